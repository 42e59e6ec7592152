//! How right names compare alone, against pairs of names that are known to be one or not.

use std::time::Instant;

use crate::evidence::evaluation::{Evaluation, Mistake, Pairs, Scores, calibration};
use crate::matching::compare::alone;

/// Two names and whether they are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePair {
    /// The one.
    pub one: String,
    /// The other.
    pub other: String,
    /// Whether they are names of companies; of people otherwise.
    pub company: bool,
    /// What the label says.
    pub same: bool,
}

/// The confidence from which two names are one.
const LIKELY: f64 = 0.5;

/// Scores the comparison of names with nothing beside them, pair by pair.
#[must_use]
pub fn names(pairs: &[NamePair], subject: String, errors: usize) -> Evaluation {
    let start = Instant::now();
    let mut counted = Pairs::default();
    let mut sure = Vec::new();
    let (mut false_positives, mut false_negatives) = (Vec::new(), Vec::new());
    for pair in pairs {
        let compare = if pair.company { alone::same_company } else { alone::same_person };
        let confidence = compare(&pair.one, &pair.other);
        let found = confidence >= LIKELY;
        sure.extend(found.then_some((confidence, pair.same)));
        match (pair.same, found) {
            (true, true) => counted.true_positives += 1,
            (false, true) => counted.false_positives += 1,
            (true, false) => counted.false_negatives += 1,
            (false, false) => {}
        }
        let told = if found { &mut false_positives } else { &mut false_negatives };
        if pair.same != found && told.len() < errors {
            let why = vec![format!("confidence {confidence:.2}")];
            told.push(Mistake { one: pair.one.clone(), other: pair.other.clone(), pairs: 1, why });
        }
    }
    Evaluation {
        subject,
        precision: counted.precision(),
        recall: counted.recall(),
        f1: counted.f1(),
        scores: Scores::of_pairs(pairs.len() as u64, counted),
        rules: Vec::new(),
        calibration: calibration(sure),
        skipped: Vec::new(),
        false_positives,
        false_negatives,
        notes: Vec::new(),
        milliseconds: u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
    }
}
