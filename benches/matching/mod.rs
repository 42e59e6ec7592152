//! The sets by which matching is judged, and what came of them.

pub(crate) mod drift;
pub(crate) mod names;
pub(crate) mod records;
pub(crate) mod report;
pub(crate) mod traps;

use std::error::Error;
use std::path::{Path, PathBuf};

use leadlint::evidence::evaluation::{Bin, Evaluation, Mistake};

/// What came of one set.
pub(crate) struct Line {
    /// The set.
    pub(crate) set: &'static str,
    /// How it was run.
    pub(crate) how: &'static str,
    /// The goal, in words.
    pub(crate) goal: &'static str,
    /// Whether it is reached.
    pub(crate) reached: bool,
    /// A peer's figures, and what they are of.
    pub(crate) peer: &'static str,
    pub(crate) precision: f64,
    pub(crate) recall: f64,
    pub(crate) f1: f64,
    /// Where clusters are scored.
    pub(crate) b_cubed: Option<f64>,
    /// Milliseconds of the rules.
    pub(crate) milliseconds: Option<u64>,
    /// Whether the confidences hold.
    pub(crate) calibration: Vec<Bin>,
    /// Pairs that are wrongly joined, and pairs that are missed.
    pub(crate) mistakes: (u64, u64),
    /// Of what kind they are, in words.
    pub(crate) remains: &'static str,
    /// The heaviest of both.
    pub(crate) examples: [Vec<Mistake>; 2],
}

/// Mistakes of each kind that are listed.
pub(crate) const EXAMPLES: usize = 10;

/// A goal: the least F1 and the least precision.
#[derive(Clone, Copy)]
pub(crate) struct Goal {
    pub(crate) words: &'static str,
    pub(crate) f1: f64,
    pub(crate) precision: f64,
}

impl Goal {
    pub(crate) fn line(self, set: &'static str, how: &'static str, peer: &'static str, of: &Evaluation) -> Line {
        Line {
            set,
            how,
            goal: self.words,
            reached: of.f1 >= self.f1 && of.precision >= self.precision,
            peer,
            precision: of.precision,
            recall: of.recall,
            f1: of.f1,
            b_cubed: of.scores.b_cubed.map(|b_cubed| b_cubed.f1),
            milliseconds: Some(of.milliseconds),
            calibration: of.calibration.clone(),
            mistakes: (of.scores.pairs.false_positives, of.scores.pairs.false_negatives),
            remains: remains(set),
            examples: [of.false_positives.clone(), of.false_negatives.clone()],
        }
    }
}

/// What a set gave: its line, or the file that is missing.
pub(crate) type Outcome = Result<Line, Missing>;

/// A set that is not at hand, or could not be run.
pub(crate) struct Missing {
    pub(crate) set: &'static str,
    pub(crate) why: String,
}

/// The file of a set, if it is there.
pub(crate) fn file(dir: &Path, path: &str) -> Result<PathBuf, Box<dyn Error>> {
    let path = dir.join(path);
    if path.is_file() {
        Ok(path)
    } else {
        Err(format!("{} is not there", path.file_name().unwrap_or_default().display()).into())
    }
}

/// Of what kind the mistakes are that remained when somebody last looked at them.
fn remains(set: &str) -> &'static str {
    match set {
        _ => "",
    }
}
