//! What a rule hands back: hits, and how much had everything that it needs.

use crate::evidence::Hits;
use crate::normalise::Table;

/// The outcome of one rule over one partition.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The hits.
    pub hits: Vec<Hits>,
    /// How many rows, cells, pairs or hours had everything the rule needs, by source and column. Counts of parts add up.
    pub checked: Vec<Checked>,
    /// What could not be checked, and why: goes with the skipped rules into every report.
    pub unchecked: Vec<String>,
}

/// How much a rule checked in one source and column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Position of the source.
    pub source: usize,
    /// Position of the column, when one is meant.
    pub column: Option<usize>,
    /// How many.
    pub count: u64,
}

impl Outcome {
    /// Adds hits unless there are none.
    pub fn push(&mut self, hits: Hits) {
        if !hits.is_empty() {
            self.hits.push(hits);
        }
    }

    /// Says why something that the rule is about was not checked.
    pub fn unchecked(&mut self, why: impl Into<String>) {
        self.unchecked.push(why.into());
    }

    /// Says that `count` rows or cells of `table` had everything the rule needs.
    pub fn checked(&mut self, table: &Table, column: Option<usize>, count: u64) {
        self.checked.push(Checked { source: table.index, column, count });
    }
}
