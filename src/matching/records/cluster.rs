//! Clusters that hold together: two are joined only if all their records together speak for it, not just the nearest two.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::weight::{Model, Reason, probability};

/// Records of a cluster beyond which no pair outside of the candidates is weighed.
const WEIGHED: usize = 40;
/// The mean weight, in bits, that the pairs between two clusters must exceed to be joined.
const HOLDS: f64 = 0.0;

/// The most that one pair says for or against, in bits.
const MOST: f64 = 12.0;

/// Records that are one person or company.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// The records, ascending.
    pub members: Vec<u32>,
    /// For each member the record of the cluster that it fits best, how sure that is, and why.
    pub fits: Vec<Fit>,
}

/// How a record fits into its cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The record of the cluster that is most like it.
    pub other: u32,
    /// The probability that the two are one.
    pub confidence: f64,
    /// What each field says, strongest first.
    pub reasons: Vec<Reason>,
}

/// Clusters from pairs with their weights, strongest first.
pub(super) fn clusters(model: &Model<'_>, edges: &[(u32, u32, f64)]) -> Vec<Cluster> {
    let mut of: FxHashMap<u32, u32> = FxHashMap::default();
    let mut groups: Vec<Vec<u32>> = Vec::new();
    let mut levels = Vec::new();
    for (one, other, _) in edges {
        let mut group = |row: u32| -> u32 {
            *of.entry(row).or_insert_with(|| {
                groups.push(vec![row]);
                groups.len() as u32 - 1
            })
        };
        let (a, b) = (group(*one), group(*other));
        if a == b || !holds(model, &groups[a as usize], &groups[b as usize], &mut levels) {
            continue;
        }
        let (keep, gone) = if groups[a as usize].len() >= groups[b as usize].len() { (a, b) } else { (b, a) };
        let moved = std::mem::take(&mut groups[gone as usize]);
        for row in &moved {
            of.insert(*row, keep);
        }
        groups[keep as usize].extend(moved);
    }
    groups
        .into_par_iter()
        .filter(|group| group.len() > 1)
        .map(|mut members| {
            members.sort_unstable();
            let mut levels = Vec::new();
            let fits = members.iter().map(|row| fit(model, *row, &members, &mut levels)).collect();
            Cluster { members, fits }
        })
        .collect()
}

/// Whether two groups are one: hardly any two records contradict each other, and the pairs between them speak for it on
/// average.
fn holds(model: &Model<'_>, one: &[u32], other: &[u32], levels: &mut Vec<u8>) -> bool {
    let (mut sum, mut pairs) = (0.0, 0_u32);
    for a in one.iter().take(WEIGHED) {
        for b in other.iter().take(WEIGHED) {
            let weight = model.pair(*a, *b, levels);
            // One overwhelming agreement must not carry a dozen contradictions, nor the other way round. Names that keep two
            // records apart weigh as much as the best agreement: less than half of the pairs may be such, where nobody can
            // read one name of many.
            sum += weight.clamp(-MOST, MOST);
            pairs += 1;
        }
    }
    sum / f64::from(pairs.max(1)) > HOLDS
}

fn fit(model: &Model<'_>, row: u32, members: &[u32], levels: &mut Vec<u8>) -> Fit {
    let mut best = (f64::NEG_INFINITY, row);
    for other in members.iter().filter(|other| **other != row).take(WEIGHED) {
        let weight = model.pair(row, *other, levels);
        let is_first = || best.1 == row || model.records.place(*other) < model.records.place(best.1);
        if weight > best.0 || (weight.total_cmp(&best.0).is_eq() && is_first()) {
            best = (weight, *other);
        }
    }
    Fit { other: best.1, confidence: probability(best.0), reasons: model.reasons(row, best.1) }
}
