//! Clusters that hold together: two are joined only if all their records together speak for it, not just the nearest two.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::weight::{Model, Reason, probability};

/// Records of a cluster beyond which no pair outside of the candidates is weighed.
const WEIGHED: usize = 40;
/// Records of each of two groups that are held against each other.
const HELD: usize = 20;
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
    // Groups that do not hold together, as large as they were then.
    let mut apart: FxHashSet<[usize; 4]> = FxHashSet::default();
    let mut levels = Vec::new();
    for (one, other, _) in edges {
        let mut group = |row: u32| -> u32 {
            *of.entry(row).or_insert_with(|| {
                groups.push(vec![row]);
                groups.len() as u32 - 1
            })
        };
        // The order within a group must not come from that of the file.
        let (first, second) =
            if model.records.place(*one) < model.records.place(*other) { (one, other) } else { (other, one) };
        let (a, b) = (group(*first), group(*second));
        if a == b {
            continue;
        }
        let sizes = [a, b].map(|at| groups[at as usize].len());
        let tried = [a as usize, b as usize, sizes[0], sizes[1]];
        if apart.contains(&tried) {
            continue;
        }
        if !holds(model, &groups[a as usize], &groups[b as usize], &mut levels) {
            apart.insert(tried);
            continue;
        }
        let (keep, gone) = if sizes[0] >= sizes[1] { (a, b) } else { (b, a) };
        let moved = std::mem::take(&mut groups[gone as usize]);
        for row in &moved {
            of.insert(*row, keep);
        }
        groups[keep as usize].extend(moved);
    }
    // In a large cluster a record's best fit is that among the candidates: the first edge within the cluster.
    let mut best: FxHashMap<u32, (u32, f64)> = FxHashMap::default();
    for (one, other, weight) in edges.iter().filter(|(one, other, _)| of[one] == of[other]) {
        best.entry(*one).or_insert((*other, *weight));
        best.entry(*other).or_insert((*one, *weight));
    }
    groups
        .into_par_iter()
        .filter(|group| group.len() > 1)
        .map(|mut members| {
            members.sort_unstable_by_key(|row| model.records.place(*row));
            let mut levels = Vec::new();
            let mut fit = |row: &u32| match best.get(row) {
                Some((other, weight)) if members.len() > WEIGHED => told(model, *row, *other, *weight),
                _ => fit(model, *row, &members, &mut levels),
            };
            let mut fits: Vec<(u32, Fit)> = members.iter().map(|row| (model.records.outside(*row), fit(row))).collect();
            fits.sort_unstable_by_key(|(row, _)| *row);
            let (members, fits) = fits.into_iter().unzip();
            Cluster { members, fits }
        })
        .collect()
}

/// Whether two groups are one: hardly any two records contradict each other, fewer still where the groups have nothing of a
/// person's own in common, and the pairs between them speak for it on average.
fn holds(model: &Model<'_>, one: &[u32], other: &[u32], levels: &mut Vec<u8>) -> bool {
    let (mut sum, mut pairs, mut apart, mut proven, mut own) = (0.0, 0_u32, 0_u32, false, false);
    for a in one.iter().take(HELD) {
        for b in other.iter().take(HELD) {
            let weight = model.pair(*a, *b, levels);
            // One overwhelming agreement must not carry a dozen contradictions, nor the other way round. Names that keep two
            // records apart weigh as much as the best agreement: less than half of the pairs may be such, where nobody can
            // read one name of many.
            own |= model.has_own(levels);
            proven |= model.is_proven(levels, *a, *b);
            if weight == f64::NEG_INFINITY {
                apart += 1;
            } else {
                sum += weight.clamp(-MOST, MOST);
            }
            pairs += 1;
        }
    }
    // Families and co-workers have all in common but that.
    if !own && apart * 3 >= pairs {
        return false;
    }
    // Where a number of social security says that somebody has two names, they are no contradiction.
    let against = if proven { 0.0 } else { MOST * f64::from(apart) };
    (sum - against) / f64::from(pairs.max(1)) > HOLDS
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
    told(model, row, best.1, best.0)
}

fn told(model: &Model<'_>, row: u32, other: u32, weight: f64) -> Fit {
    Fit { other: model.records.outside(other), confidence: probability(weight), reasons: model.reasons(row, other) }
}
