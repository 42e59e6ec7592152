//! How many people have a term: the frequencies that make a rare agreement say more than a common one.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{Field, NONE};

/// The terms of the values of one field, by number.
#[derive(Debug)]
pub(super) struct Terms {
    /// For each level which of `numbers` it goes by; `None` where frequency says nothing.
    of_level: Vec<Option<usize>>,
    /// The number of the term of each value, and how many terms there are; [`NONE`] for a value without. Levels with the
    /// same terms share it.
    numbers: Vec<(Vec<u32>, usize)>,
}

impl Terms {
    pub(super) fn of(field: &Field) -> Self {
        let values = field.codes.iter().filter(|code| **code != NONE).max().map_or(0, |most| *most + 1);
        let levels = field.comparison.levels().len() as u8;
        let hashes = |level: u8| -> Option<Vec<u64>> {
            let terms: Vec<u64> =
                (0..values).into_par_iter().map(|value| field.comparison.term(value, level)).collect();
            terms.iter().any(|term| *term != 0).then_some(terms)
        };
        let (mut of_level, mut distinct) = (Vec::new(), Vec::<Vec<u64>>::new());
        for level in 0..levels {
            of_level.push(hashes(level).map(|terms| {
                distinct.iter().position(|known| *known == terms).unwrap_or_else(|| {
                    distinct.push(terms);
                    distinct.len() - 1
                })
            }));
        }
        Self { of_level, numbers: distinct.into_par_iter().map(|terms| numbered(&terms)).collect() }
    }
}

/// Numbers terms in the order in which they come.
fn numbered(terms: &[u64]) -> (Vec<u32>, usize) {
    let mut known: FxHashMap<u64, u32> = FxHashMap::default();
    let numbers = terms
        .iter()
        .map(|term| {
            let next = known.len() as u32;
            if *term == 0 { NONE } else { *known.entry(*term).or_insert(next) }
        })
        .collect();
    (numbers, known.len())
}

/// Frequencies of one field, level by level.
#[derive(Debug, Default)]
pub(super) struct Frequencies {
    /// For each level which of `people_of` it goes by; `None` where frequency says nothing.
    of_level: Vec<Option<usize>>,
    /// The number of people with the term of each value.
    people_of: Vec<Vec<u32>>,
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
    pub(super) fn of(field: &Field, terms: &Terms, person: &[u32]) -> Self {
        let values = terms.numbers.iter().map(|(numbers, _)| numbers.len()).max();
        let most = || field.codes.iter().filter(|code| **code != NONE).max().map_or(0, |most| *most as usize + 1);
        let mut records: Vec<u32> = vec![0; person.len()];
        for person in person {
            records[*person as usize] += 1;
        }
        // People of one record count for each value; those of several once for each term.
        let (mut alone, mut several) = (vec![0_u32; values.unwrap_or_else(most)], Vec::new());
        for (code, person) in field.codes.iter().zip(person).filter(|(code, _)| **code != NONE) {
            if records[*person as usize] == 1 {
                alone[*code as usize] += 1;
            } else {
                several.push((*person, *code));
            }
        }
        several.sort_unstable();
        let counted: Vec<(Vec<u32>, f64)> =
            terms.numbers.par_iter().map(|(numbers, many)| count(numbers, *many, &alone, &several)).collect();
        let (people_of, means): (Vec<_>, Vec<f64>) = counted.into_iter().unzip();
        let people = several.chunk_by(|a, b| a.0 == b.0).count() as f64;
        let people = people + alone.iter().map(|count| f64::from(*count)).sum::<f64>();
        let mean: Vec<f64> = terms.of_level.iter().map(|at| at.map_or(0.0, |at| means[at])).collect();
        let same = mean[0] / (people - 1.0).max(1.0);
        Self { of_level: terms.of_level.clone(), people_of, mean, same, people, counted: true }
    }

    /// People with the term of a value at a level, the more frequent of two; 0 where frequency says nothing.
    pub(super) fn count(&self, level: u8, one: u32, other: u32) -> u32 {
        let Some(at) = self.of_level.get(level as usize).copied().flatten() else { return 0 };
        let people = &self.people_of[at];
        people[one as usize].max(people[other as usize])
    }

    /// The mean count at a level over agreeing pairs of two people.
    pub(super) fn mean(&self, level: u8) -> f64 {
        self.mean[level as usize]
    }
}

/// The people with the term of each value, and their mean over agreeing pairs: `alone` people of one record by value,
/// `several` the others with their values, sorted.
fn count(numbers: &[u32], many: usize, alone: &[u32], several: &[(u32, u32)]) -> (Vec<u32>, f64) {
    let mut counts = vec![0_u32; many];
    for (number, alone) in numbers.iter().zip(alone).filter(|(number, _)| **number != NONE) {
        counts[*number as usize] += alone;
    }
    let mut held = Vec::new();
    for records in several.chunk_by(|a, b| a.0 == b.0) {
        held.clear();
        held.extend(records.iter().map(|(_, code)| numbers[*code as usize]).filter(|number| *number != NONE));
        held.sort_unstable();
        held.dedup();
        for number in &held {
            counts[*number as usize] += 1;
        }
    }
    let (sum, squares) = counts.iter().fold((0_u64, 0_u64), |(sum, squares), count| {
        (sum + u64::from(*count), squares + u64::from(*count) * u64::from(count.saturating_sub(1)))
    });
    let mean = squares as f64 / (sum as f64).max(1.0);
    let people = numbers.iter().map(|number| if *number == NONE { 0 } else { counts[*number as usize] }).collect();
    (people, mean)
}
