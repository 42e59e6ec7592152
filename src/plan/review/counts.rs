//! How often values stand in a column.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::model::Source;
use crate::normalise::text::Text;

/// Counts of values, taken of a column when they are first asked for.
pub(super) struct Counts<'a> {
    sources: &'a [Arc<Source>],
    of: BTreeMap<(usize, usize), FxHashMap<&'a str, u64>>,
}

impl<'a> Counts<'a> {
    pub(super) fn new(sources: &'a [Arc<Source>]) -> Self {
        Self { sources, of: BTreeMap::new() }
    }

    /// How many rows of a column hold exactly `value`.
    pub(super) fn of(&mut self, source: usize, column: usize, value: &str) -> u64 {
        let counts = self.of.entry((source, column)).or_insert_with(|| {
            let mut counts = FxHashMap::default();
            let column = self.sources.get(source).and_then(|source| source.frame.columns().get(column));
            if let Some(text) = column.and_then(|column| Text::new(column).ok()) {
                for cell in text.iter().flatten() {
                    *counts.entry(cell).or_default() += 1;
                }
            }
            counts
        });
        counts.get(value).copied().unwrap_or(0)
    }
}
