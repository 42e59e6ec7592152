//! Levels of the pairs of a field of few values, such as countries: each pair of values is compared once.

use std::sync::atomic::{AtomicU8, Ordering};

use super::{Field, NONE};

/// Values up to which a field has a place for each pair of them.
const FEW: usize = 1024;
/// A pair of values that was not compared yet.
const OPEN: u8 = u8::MAX;

/// The levels of the pairs of values of one field; empty for a field of many values.
#[derive(Debug, Default)]
pub(super) struct Grid {
    values: usize,
    levels: Vec<AtomicU8>,
}

impl Grid {
    pub(super) fn of(field: &Field) -> Self {
        let values = field.codes.iter().filter(|code| **code != NONE).max().map_or(0, |most| *most as usize + 1);
        // What is compared less often than it has pairs need not be remembered.
        if values > FEW || values * values > field.codes.len() {
            return Self::default();
        }
        Self { values, levels: (0..values * values).map(|_| AtomicU8::new(OPEN)).collect() }
    }

    /// The level of two values, as the field compares them.
    pub(super) fn level(&self, field: &Field, one: u32, other: u32) -> u8 {
        let Some(place) = self.levels.get(one as usize * self.values + other as usize) else {
            return field.comparison.level(one, other);
        };
        // Whoever comes first: all find the same.
        match place.load(Ordering::Relaxed) {
            OPEN => {
                let level = field.comparison.level(one, other);
                place.store(level, Ordering::Relaxed);
                level
            }
            level => level,
        }
    }

    /// Adds the levels of several pairs of values.
    pub(super) fn levels(&self, field: &Field, pairs: &[(u32, u32)], levels: &mut Vec<u8>) {
        if self.levels.is_empty() {
            return field.comparison.levels_of(pairs, levels);
        }
        levels.extend(pairs.iter().map(|(one, other)| self.level(field, *one, *other)));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::records;
    use super::*;

    #[test]
    fn levels_are_those_of_the_comparison() {
        let records = records(&[]);
        let is_few = |field: &&Field| !Grid::of(field).levels.is_empty();
        assert!(records.fields.iter().any(|field| is_few(&field)), "a field of few values");
        for field in &records.fields {
            let grid = Grid::of(field);
            let values = || field.codes.iter().copied().filter(|code| *code != NONE);
            for (one, other) in values().zip(values().rev()).chain(values().zip(values().rev())) {
                assert_eq!(grid.level(field, one, other), field.comparison.level(one, other));
            }
        }
    }
}
