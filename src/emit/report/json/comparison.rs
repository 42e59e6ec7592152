//! The run beside its baseline, as the JSON report has it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::emit::words;
use crate::evidence::{self, RuleChange, SourceChange};

/// What became of the evidence since the baseline. Accepted evidence is in none of the figures.
#[derive(Serialize, JsonSchema)]
pub(super) struct Comparison {
    /// Path of the baseline as given.
    baseline: String,
    /// The clock of the run that wrote it.
    #[schemars(extend("format" = "date-time"))]
    as_of: Option<String>,
    /// Evidence that the baseline does not know, reopened evidence aside.
    new: u64,
    /// Evidence that the baseline knows.
    known: u64,
    /// Evidence that was mended once and is back.
    reopened: u64,
    /// Entries of the baseline that are no longer found.
    fixed: u64,
    /// Entries of rules that did not run, or of sources that were not read: neither known nor fixed.
    not_looked_at: u64,
    /// The overall score then.
    score: Option<f64>,
    /// The rows of the sources that the baseline knows, then and now.
    sources: Vec<SourceChange>,
    /// The same figures by rule, in the order of their codes.
    rules: Vec<RuleChange>,
}

impl Comparison {
    pub(super) fn of(of: &evidence::Comparison) -> Self {
        Self {
            baseline: of.baseline.clone(),
            as_of: of.as_of.map(words::time),
            new: of.total(|rule| rule.new),
            known: of.total(|rule| rule.known),
            reopened: of.total(|rule| rule.reopened),
            fixed: of.total(|rule| rule.fixed),
            not_looked_at: of.not_looked_at,
            score: of.score.map(super::six_digits),
            sources: of.sources.clone(),
            rules: of.rules.clone(),
        }
    }
}
