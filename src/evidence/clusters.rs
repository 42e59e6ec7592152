//! Rows that evidence holds together, whichever rule found them.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::expand::Gathered;
use crate::model::Status;

/// A row: position of the source, row of its frame.
type Row = (usize, u32);

/// A row that evidence puts into a group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// Code of the rule.
    pub code: &'static str,
    /// Its group; groups of different rules have nothing to do with each other.
    pub group: u64,
    /// Position of the source.
    pub source: usize,
    /// Row of its frame.
    pub row: u32,
    /// The row that is named beside it: position of the source, row of its frame.
    pub other: Option<(usize, u32)>,
    /// How sure the evidence is: 0..1.
    pub confidence: f64,
    /// Position of the evidence, for [`Evidence::detail`](super::Evidence::detail).
    pub at: usize,
}

impl Gathered {
    /// The rows that the rules `codes` put into groups, in the order of the evidence. Accepted evidence counts: it is as
    /// right or wrong as any.
    pub(super) fn members(&self, codes: &[&str]) -> Vec<Member> {
        let mut members = Vec::new();
        for stretch in self.stretches().iter().filter(|stretch| codes.contains(&stretch.code)) {
            for (at, one) in (stretch.from..).zip(self.tally(stretch)) {
                if let (Some(row), Some(group)) = (one.frame_row, one.group) {
                    let (other, confidence) = (self.other(at), self.confidence(at));
                    members.push(Member {
                        code: stretch.code,
                        group,
                        source: stretch.source,
                        row,
                        other,
                        confidence,
                        at,
                    });
                }
            }
        }
        members
    }

    /// The rows of one source that the groups of the rules `codes` hold together, united where groups share a row, by
    /// source and first row. Accepted evidence holds nothing together.
    #[must_use]
    pub fn clusters(&self, codes: &[&str]) -> Vec<Vec<Row>> {
        let mut groups: BTreeMap<(&str, usize, u64), Row> = BTreeMap::new();
        let mut parent: FxHashMap<Row, Row> = FxHashMap::default();
        for stretch in self.stretches().iter().filter(|stretch| codes.contains(&stretch.code)) {
            for one in self.tally(stretch).filter(|one| one.status != Status::Accepted) {
                let (Some(row), Some(group)) = (one.frame_row, one.group) else { continue };
                let at = (stretch.source, row);
                parent.entry(at).or_insert(at);
                let first = *groups.entry((stretch.code, stretch.source, group)).or_insert(at);
                let (a, b) = (root(&mut parent, first), root(&mut parent, at));
                // The smallest row stands for its cluster, so that the order of evidence does not matter.
                parent.insert(a.max(b), a.min(b));
            }
        }
        let mut clusters: BTreeMap<Row, Vec<Row>> = BTreeMap::new();
        let mut rows: Vec<Row> = parent.keys().copied().collect();
        rows.sort_unstable();
        for row in rows {
            clusters.entry(root(&mut parent, row)).or_default().push(row);
        }
        clusters.into_values().filter(|rows| rows.len() > 1).collect()
    }
}

fn root(parent: &mut FxHashMap<Row, Row>, of: Row) -> Row {
    let mut at = of;
    while let Some(next) = parent.get(&at).copied().filter(|next| *next != at) {
        at = next;
    }
    parent.insert(of, at);
    at
}
