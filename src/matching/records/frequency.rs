//! How many people have a term: the frequencies that make a rare agreement say more than a common one.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

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
    /// Whether people were counted yet: records are no measure.
    pub(super) counted: bool,
}

impl Frequencies {
    /// Counts people; `person` numbers the records that are known to be one.
    pub(super) fn of(field: &Field, person: &[u32]) -> Self {
        let values = field.codes.iter().filter(|code| **code != NONE).max().map_or(0, |most| *most as usize + 1);
        let levels = field.comparison.levels().len() as u8;
        let mut records: Vec<u32> = vec![0; person.len()];
        for person in person {
            records[*person as usize] += 1;
        }
        // People of one record count for each value; those of several once for each term.
        let (mut alone, mut several) = (vec![0_u32; values], Vec::new());
        for (code, person) in field.codes.iter().zip(person).filter(|(code, _)| **code != NONE) {
            if records[*person as usize] == 1 {
                alone[*code as usize] += 1;
            } else {
                several.push((*person, *code));
            }
        }
        let counted: Vec<(Vec<u32>, f64)> = (0..levels)
            .into_par_iter()
            .map(|level| {
                let terms: Vec<u64> =
                    (0..values as u32).into_par_iter().map(|value| field.comparison.term(value, level)).collect();
                if terms.iter().all(|term| *term == 0) {
                    return (Vec::new(), 0.0);
                }
                let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
                for (term, alone) in terms.iter().zip(&alone) {
                    *counts.entry(*term).or_default() += alone;
                }
                let mut held: Vec<(u32, u64)> =
                    several.iter().map(|(person, code)| (*person, terms[*code as usize])).collect();
                held.sort_unstable();
                held.dedup();
                for (_, term) in held {
                    *counts.entry(term).or_default() += 1;
                }
                counts.remove(&0);
                // Integers, so that the order of the map does not show.
                let (sum, squares) = counts.values().fold((0_u64, 0_u64), |(sum, squares), count| {
                    (sum + u64::from(*count), squares + u64::from(*count) * u64::from(count.saturating_sub(1)))
                });
                let mean = squares as f64 / (sum as f64).max(1.0);
                (terms.iter().map(|term| counts.get(term).copied().unwrap_or(0)).collect(), mean)
            })
            .collect();
        let mut people: Vec<u32> = several.iter().map(|(person, _)| *person).collect();
        people.sort_unstable();
        people.dedup();
        let people = people.len() as f64 + alone.iter().map(|count| f64::from(*count)).sum::<f64>();
        let (of_level, mean): (Vec<_>, Vec<f64>) = counted.into_iter().unzip();
        let same = mean[0] / (people - 1.0).max(1.0);
        Self { of_level, mean, same, people, counted: true }
    }

    /// People with the term of a value at a level, the more frequent of two; 0 where frequency says nothing.
    pub(super) fn count(&self, level: u8, one: u32, other: u32) -> u32 {
        let Some(counts) = self.of_level.get(level as usize) else { return 0 };
        if counts.is_empty() { 0 } else { counts[one as usize].max(counts[other as usize]) }
    }

    /// The mean count at a level over agreeing pairs of two people.
    pub(super) fn mean(&self, level: u8) -> f64 {
        self.mean[level as usize]
    }
}
