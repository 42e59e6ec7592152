//! How many people have a term: the frequencies that make a rare agreement say more than a common one.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Field, NONE};

/// Frequencies of one field, level by level.
#[derive(Debug, Default)]
pub(super) struct Frequencies {
    /// For each level the number of people with the term of each value; empty where frequency says nothing.
    of_level: Vec<Vec<u32>>,
    /// For each level the mean of these over agreeing pairs.
    mean: Vec<f64>,
    /// Share of pairs of two people that are at the first level.
    pub(super) same: f64,
    /// People with a value.
    pub(super) people: f64,
    /// Whether people were counted yet; records are no measure.
    pub(super) counted: bool,
}

impl Frequencies {
    /// Counts people. `person` numbers the records that are known to be one; empty while nothing is known.
    pub(super) fn of(field: &Field, person: &[u32]) -> Self {
        let values = field.codes.iter().filter(|code| **code != NONE).max().map_or(0, |most| *most as usize + 1);
        let levels = field.comparison.levels().len() as u8;
        // Each value once for each person.
        let held: Vec<(u32, u32)> = (0_u32..)
            .zip(&field.codes)
            .filter(|(_, code)| **code != NONE)
            .map(|(row, code)| (*code, if person.is_empty() { row } else { person[row as usize] }))
            .collect();
        let counted: Vec<(Vec<u32>, f64)> = (0..levels)
            .into_par_iter()
            .map(|level| {
                let terms: Vec<u64> = (0..values as u32).map(|value| field.comparison.term(value, level)).collect();
                if terms.iter().all(|term| *term == 0) {
                    return (Vec::new(), 0.0);
                }
                let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
                if person.is_empty() {
                    for (code, _) in &held {
                        *counts.entry(terms[*code as usize]).or_default() += 1;
                    }
                } else {
                    let mut seen: FxHashSet<(u64, u32)> = FxHashSet::default();
                    for (code, person) in &held {
                        let term = terms[*code as usize];
                        if seen.insert((term, *person)) {
                            *counts.entry(term).or_default() += 1;
                        }
                    }
                }
                counts.remove(&0);
                // Integers, so that the order of the map does not show.
                let (sum, squares) = counts.values().fold((0_u64, 0_u64), |(sum, squares), count| {
                    (sum + u64::from(*count), squares + u64::from(*count) * u64::from(count - 1))
                });
                let mean = squares as f64 / (sum as f64).max(1.0);
                (terms.iter().map(|term| counts.get(term).copied().unwrap_or(0)).collect(), mean)
            })
            .collect();
        let people = if person.is_empty() {
            held.len() as f64
        } else {
            held.iter().map(|(_, person)| *person).collect::<FxHashSet<u32>>().len() as f64
        };
        let (of_level, mean): (Vec<_>, Vec<f64>) = counted.into_iter().unzip();
        let same = mean[0] / (people - 1.0).max(1.0);
        Self { of_level, mean, same, people, counted: !person.is_empty() }
    }

    /// People with the term of a value at a level, the more frequent of two; 0 where frequency says nothing.
    pub(super) fn count(&self, level: u8, one: u32, other: u32) -> u32 {
        let counts = &self.of_level[level as usize];
        if counts.is_empty() { 0 } else { counts[one as usize].max(counts[other as usize]) }
    }

    /// The mean count at a level over agreeing pairs of two people.
    pub(super) fn mean(&self, level: u8) -> f64 {
        self.mean[level as usize]
    }
}
