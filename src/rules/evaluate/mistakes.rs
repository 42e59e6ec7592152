//! The heaviest mistakes of clusters: what was joined and is not one, what is one and was not joined.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::evidence::Evidence;
use crate::evidence::evaluation::Mistake;
use crate::model::{Role, Source};
use crate::normalise::text::Text;

/// Parts of one cluster that are held against each other; of a cluster in more parts, the largest.
const PARTS: usize = 60;

/// Rows, their true and their found clusters.
pub(super) struct Joined<'a> {
    pub(super) sources: &'a [Arc<Source>],
    /// First number of each source's rows.
    pub(super) bases: &'a [u32],
    pub(super) truth: &'a [Option<u32>],
    pub(super) found: &'a [u32],
    /// Row, code and position of the evidence.
    pub(super) said: &'a [(u32, &'static str, usize)],
    pub(super) evidence: &'a Evidence,
}

impl Joined<'_> {
    /// False positives and false negatives, at most `most` of each, those that stand for most pairs first.
    pub(super) fn mistakes(&self, most: usize) -> (Vec<Mistake>, Vec<Mistake>) {
        if most == 0 {
            return (Vec::new(), Vec::new());
        }
        let labelled = || {
            (0..)
                .zip(self.truth.iter().zip(self.found))
                .filter_map(|(row, (label, found))| Some((row, (*label)?, *found)))
        };
        let wrong = heaviest(labelled().map(|(row, label, found)| (found, label, row)), most);
        let missed = heaviest(labelled().map(|(row, label, found)| (label, found, row)), most);
        let told = |pairs: Vec<(u64, u32, u32)>, explain: bool| {
            pairs
                .into_iter()
                .map(|(pairs, one, other)| Mistake {
                    one: self.name(one),
                    other: self.name(other),
                    pairs,
                    why: if explain { self.why(one).chain(self.why(other)).collect() } else { Vec::new() },
                })
                .collect()
        };
        (told(wrong, true), told(missed, false))
    }

    fn why(&self, row: u32) -> impl Iterator<Item = String> + '_ {
        let name = self.name(row);
        let of_row = self.said.iter().filter(move |(of, _, _)| *of == row);
        of_row.map(move |(_, code, at)| format!("{code} on {name}: {}", self.evidence.detail(*at)))
    }

    /// The id of a row, else its line or number.
    fn name(&self, at: u32) -> String {
        let source = self.bases.partition_point(|base| *base <= at).saturating_sub(1);
        let (row, source) = (at - self.bases[source], &self.sources[source]);
        let id = source.role(Role::Id).and_then(|column| {
            Text::new(&source.frame.columns()[column]).ok()?.get(row).map(|id| id.trim().to_owned())
        });
        id.filter(|id| !id.is_empty())
            .unwrap_or_else(|| format!("row {}", source.origin.row.get(row as usize).copied().unwrap_or(row + 1)))
    }
}

/// Of items `(whole, part, row)` the pairs of parts of one whole, as the number of pairs between them and a row of each.
pub(super) fn heaviest(items: impl Iterator<Item = (u32, u32, u32)>, most: usize) -> Vec<(u64, u32, u32)> {
    let mut wholes: BTreeMap<u32, BTreeMap<u32, (u64, u32)>> = BTreeMap::new();
    for (whole, part, row) in items {
        wholes.entry(whole).or_default().entry(part).or_insert((0, row)).0 += 1;
    }
    let mut pairs = Vec::new();
    for parts in wholes.into_values().filter(|parts| parts.len() > 1) {
        let mut parts: Vec<(u64, u32)> = parts.into_values().collect();
        parts.sort_by_key(|(size, row)| (Reverse(*size), *row));
        parts.truncate(PARTS);
        for (at, (size, row)) in parts.iter().enumerate() {
            pairs.extend(parts[..at].iter().map(|(other, first)| (size * other, *first.min(row), *first.max(row))));
        }
    }
    pairs.sort_by_key(|(pairs, one, other)| (Reverse(*pairs), *one, *other));
    pairs.truncate(most);
    pairs
}
