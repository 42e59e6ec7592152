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
        "splink_fake1000_B" => {
            "missed: records with two fields left, both garbled, or with a name, a date and a town that each differ a little"
        }
        "febrl dataset1" | "febrl dataset2" => {
            "missed: another last name together with another birth date or identifier: two people in one house as far as the fields tell"
        }
        "restaurant, no phone" => {
            "missed: a name with words more or less (the kitchen, \"the\", the city in brackets) under another city and another cuisine; joined: a house and its annex across the street, two houses of one general name in one city"
        }
        "senzing_truthset" => {
            "joined: a family that shares one email address (DUP001), parent and child of one name and address that only a birth date would tell apart; missed: names in another script or spelling beside an address alone, a move with another last name"
        }
        "opensanctions_names, as pairs" => {
            "joined: two first names that change places, national forms of one first name; missed: words written backwards or cut apart, figures for words, pet names and translations that no list has"
        }
        "1,000,000 generated leads" => "not looked over one by one",
        "10,000 generated leads" => {
            "joined: two of one family with a line and a short form of the name in common; missed: a short form of the first name beside a common last name and another mailbox; job changers in another country with nothing but name and line left"
        }
        "restoration_region, region" => {
            "joined: a space around the value, and a plain slip, which the list leaves as they are; missed: a short form with a slip in it"
        }
        "restoration_region, time_period" => {
            "joined: a space around the value, another case, a question mark behind it, which the list leaves as they are; missed: a year that differs in a digit, which must stay apart"
        }
        _ => "",
    }
}
