//! Clusters of records to be merged: groups of evidence, united where they share a record.

use std::collections::{BTreeMap, BTreeSet};

use super::operation::Cited;
use crate::evidence::EvidenceRow;

/// Position of a source, code of a rule, and group.
type Group = (usize, &'static str, String);

/// A frame row, and the fingerprint of the evidence that points at it.
type Evidenced = (u32, String);

/// Evidence of merge rules, by group.
#[derive(Debug, Default)]
pub(super) struct Clusters {
    groups: BTreeMap<Group, Vec<Evidenced>>,
}

/// Records that are one, with the evidence that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cluster {
    pub(super) source: usize,
    pub(super) rows: Vec<u32>,
    pub(super) cited: Vec<Cited>,
}

impl Cluster {
    /// Rows of evidence.
    pub(super) fn evidence(&self) -> u64 {
        self.cited.iter().map(|cited| cited.rows).sum()
    }
}

impl Clusters {
    pub(super) fn add(&mut self, source: usize, row: u32, evidence: &EvidenceRow) {
        // Evidence without a group holds nothing together; its fingerprint is a group of one.
        let group = evidence.group.clone().unwrap_or_else(|| evidence.fingerprint.clone());
        self.groups.entry((source, evidence.code, group)).or_default().push((row, evidence.fingerprint.clone()));
    }

    /// The clusters, by source and first row.
    pub(super) fn united(self) -> Vec<Cluster> {
        let mut parent: BTreeMap<(usize, u32), (usize, u32)> = BTreeMap::new();
        for ((source, _, _), members) in &self.groups {
            let Some((first, _)) = members.first() else { continue };
            for (row, _) in members {
                let (a, b) = (root(&mut parent, (*source, *first)), root(&mut parent, (*source, *row)));
                // The smallest row stands for its cluster, so that the order of evidence does not matter.
                parent.insert(a.max(b), a.min(b));
            }
        }
        let mut rows: BTreeMap<(usize, u32), BTreeSet<u32>> = BTreeMap::new();
        let mut cited: BTreeMap<(usize, u32), Vec<Cited>> = BTreeMap::new();
        for ((source, code, group), members) in self.groups {
            let Some((first, _)) = members.first() else { continue };
            let at = root(&mut parent, (source, *first));
            rows.entry(at).or_default().extend(members.iter().map(|(row, _)| *row));
            let mut fingerprints: Vec<String> = members.into_iter().map(|(_, fingerprint)| fingerprint).collect();
            fingerprints.sort_unstable();
            let count = fingerprints.len() as u64;
            cited.entry(at).or_default().push(Cited { code, group: Some(group), fingerprints, rows: count });
        }
        rows.into_iter()
            .map(|(at, rows)| Cluster {
                source: at.0,
                rows: rows.into_iter().collect(),
                cited: cited.remove(&at).unwrap_or_default(),
            })
            .collect()
    }
}

fn root(parent: &mut BTreeMap<(usize, u32), (usize, u32)>, of: (usize, u32)) -> (usize, u32) {
    let mut at = of;
    while let Some(next) = parent.get(&at).copied().filter(|next| *next != at) {
        at = next;
    }
    parent.insert(of, at);
    at
}
