//! How right the corrections of a column's values are, against a list of its spellings and what each ought to be.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rustc_hash::{FxHashMap, FxHashSet};

use super::mistakes::heaviest;
use super::{DRIFT, audited, source_names};
use crate::config::options::Options;
use crate::evidence::EvidenceRow;
use crate::evidence::evaluation::{Evaluation, Mistake, Scores, Share, calibration, score};
use crate::model::Source;
use crate::rules::audit::Error;

/// The spellings of a column, and what each ought to be.
#[derive(Debug, Clone, Default)]
pub struct Gold {
    /// The column.
    pub column: String,
    /// Raw value and right value; the later entry of a raw value counts.
    pub values: Vec<(String, String)>,
}

/// Scores the drift of one column of `sources` against `gold`, by distinct values. A correction that is itself corrected
/// is followed. A value that no rule corrects stands for itself.
pub fn drift(
    sources: &[Arc<Source>],
    gold: &Gold,
    config: &Options,
    now: DateTime<Utc>,
    errors: usize,
) -> Result<Evaluation, Error> {
    let (audit, milliseconds) = audited(sources, config, now, &DRIFT)?;
    let truth: BTreeMap<&str, &str> = gold.values.iter().map(|(raw, right)| (raw.as_str(), right.as_str())).collect();
    let mut evidence = audit.evidence.rows();
    evidence
        .retain(|row| DRIFT.contains(&row.code) && row.column.as_deref().map(str::trim) == Some(gold.column.trim()));
    let mut found: BTreeMap<&str, &str> = truth.keys().map(|value| (*value, *value)).collect();
    let mut rules = Vec::new();
    let mut scores = scored(&truth, &found);
    for code in DRIFT.into_iter().filter(|code| audit.ran.iter().any(|(ran, _)| ran == code)) {
        let of_rule = || evidence.iter().filter(|row| row.code == code);
        for row in of_rule() {
            if let (Some(value), Some(suggested)) = (&row.value, &row.suggested)
                && let Some(right) = found.get_mut(value.as_str())
            {
                *right = suggested;
            }
        }
        let before = std::mem::replace(&mut scores, scored(&truth, &found));
        rules.push(Share {
            code,
            groups: of_rule().filter_map(|row| row.group.as_deref()).collect::<FxHashSet<_>>().len() as u64,
            items: of_rule().filter_map(|row| row.value.as_deref()).collect::<FxHashSet<_>>().len() as u64,
            adds_right: scores.pairs.true_positives.saturating_sub(before.pairs.true_positives),
            adds_wrong: scores.pairs.false_positives.saturating_sub(before.pairs.false_positives),
        });
    }
    let (false_positives, false_negatives) = mistakes(&truth, &found, &evidence, errors);
    let mut said: BTreeMap<&str, (f64, bool)> = BTreeMap::new();
    for row in &evidence {
        if let (Some(value), Some(suggested)) = (row.value.as_deref(), row.suggested.as_deref())
            && let Some(right) = truth.get(value)
        {
            let meant = truth.get(suggested).unwrap_or(&suggested);
            said.entry(value).or_insert((row.confidence, right == meant));
        }
    }
    let mut skipped = audit.skipped.clone();
    skipped.retain(|one| DRIFT.contains(&one.code));
    Ok(Evaluation {
        subject: format!("drift of {} in {}", gold.column, source_names(sources)),
        precision: scores.pairs.precision(),
        recall: scores.pairs.recall(),
        f1: scores.pairs.f1(),
        scores,
        rules,
        calibration: calibration(said.into_values()),
        skipped,
        false_positives,
        false_negatives,
        notes: Vec::new(),
        milliseconds,
    })
}

/// What a value becomes in the end.
fn settled<'a>(found: &BTreeMap<&'a str, &'a str>, value: &'a str) -> &'a str {
    let mut seen = vec![value];
    let mut at = value;
    while let Some(next) = found.get(at).copied().filter(|next| !seen.contains(next)) {
        seen.push(next);
        at = next;
    }
    at
}

fn scored<'a>(truth: &BTreeMap<&'a str, &'a str>, found: &BTreeMap<&'a str, &'a str>) -> Scores {
    let mut numbers: FxHashMap<&str, u32> = FxHashMap::default();
    let mut number = |text: &'a str| {
        let next = numbers.len() as u32;
        *numbers.entry(text).or_insert(next)
    };
    let (truth, found): (Vec<u32>, Vec<u32>) =
        truth.iter().map(|(value, right)| (number(right), number(settled(found, value)))).unzip();
    score(&truth, &found)
}

/// Pairs of values that were wrongly joined, and that were not, those that stand for most pairs first.
fn mistakes(
    truth: &BTreeMap<&str, &str>,
    found: &BTreeMap<&str, &str>,
    evidence: &[EvidenceRow],
    most: usize,
) -> (Vec<Mistake>, Vec<Mistake>) {
    if most == 0 {
        return (Vec::new(), Vec::new());
    }
    let mut numbers: FxHashMap<&str, u32> = FxHashMap::default();
    let values: Vec<&str> = truth.keys().copied().collect();
    let items: Vec<(u32, u32, u32)> = (0..)
        .zip(truth)
        .map(|(at, (value, right))| {
            let mut number = |text| {
                let next = numbers.len() as u32;
                *numbers.entry(text).or_insert(next)
            };
            (number(*right), number(settled(found, value)), at)
        })
        .collect();
    let mut said: FxHashMap<&str, String> = FxHashMap::default();
    for row in evidence {
        if let Some(value) = &row.value {
            said.entry(value).or_insert_with(|| format!("{} on {value}: {}", row.code, row.detail));
        }
    }
    let told = |pairs: Vec<(u64, u32, u32)>, explain: bool| -> Vec<Mistake> {
        pairs
            .into_iter()
            .map(|(pairs, one, other)| {
                let ends = [values[one as usize], values[other as usize]];
                let why = ends.iter().filter_map(|value| said.get(value).cloned()).filter(|_| explain).collect();
                Mistake { one: ends[0].to_owned(), other: ends[1].to_owned(), pairs, why }
            })
            .collect()
    };
    let wrong = heaviest(items.iter().map(|(right, end, at)| (*end, *right, *at)), most);
    (told(wrong, true), told(heaviest(items.into_iter(), most), false))
}
