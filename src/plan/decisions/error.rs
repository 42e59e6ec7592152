//! Why decisions cannot be used.

use std::fmt::Write as _;

/// Why a decision cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecisionError {
    /// Not of the form `CODE=ANSWER`.
    #[error("`--decide {word}` is no decision; write CODE=accept or CODE=reject")]
    Form {
        /// The word as given.
        word: String,
    },
    /// The answer is neither.
    #[error("`--decide {word}`: the answer is `accept` or `reject`, not `{answer}`")]
    Answer {
        /// The word as given.
        word: String,
        /// What stands for the answer.
        answer: String,
    },
    /// No such rule.
    #[error("`--decide {word}` names no rule; {hint}")]
    UnknownRule {
        /// The word as given.
        word: String,
        /// The nearest known name.
        hint: String,
    },
    /// Yes and no at once.
    #[error("{code} is both accepted and rejected; decide once")]
    Contradiction {
        /// Code of the rule.
        code: &'static str,
    },
}

/// Decisions in files that cannot be used, each with the place where it stands: `review.xlsx Duplicates!A14`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", shown(.0))]
pub struct Refused(pub Vec<String>);

/// How many complaints are shown before they are only counted.
const SHOWN: usize = 20;

fn shown(complaints: &[String]) -> String {
    let mut out = complaints.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n");
    if complaints.len() > SHOWN {
        let _ = write!(out, "\nand {} more", complaints.len() - SHOWN);
    }
    out
}
