//! The score: quality in numbers, by dimension. `docs/score.md` has the formula.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::Score;
use crate::model::{Dimension, Severity};

/// What rows pay, by dimension and source.
#[derive(Debug, Default)]
pub struct Penalties {
    /// Worst severity that points at each row, per dimension and source.
    rows: BTreeMap<(Dimension, usize), Vec<u8>>,
    /// Evidence that points at no row of the frame, in tenths.
    others: BTreeMap<Dimension, u64>,
    /// Sources on which a rule of the dimension ran, and their rows.
    measured: BTreeMap<Dimension, BTreeMap<usize, u64>>,
}

/// What a row pays for evidence of a severity, in tenths.
const fn price(severity: Severity) -> u8 {
    match severity {
        Severity::Error => 10,
        Severity::Warning => 5,
        Severity::Info => 1,
    }
}

impl Penalties {
    /// Says that a rule of `dimension` looked at source `source` with `rows` rows.
    pub fn measure(&mut self, dimension: Dimension, source: usize, rows: u64) {
        self.measured.entry(dimension).or_default().insert(source, rows);
    }

    /// Says that evidence points at `row` of `source`, or at no row.
    pub fn add(&mut self, dimension: Dimension, source: usize, height: usize, row: Option<u32>, severity: Severity) {
        match row {
            None => *self.others.entry(dimension).or_default() += u64::from(price(severity)),
            Some(row) => {
                let rows = self.rows.entry((dimension, source)).or_insert_with(|| vec![0; height]);
                if let Some(worst) = rows.get_mut(row as usize) {
                    *worst = (*worst).max(price(severity));
                }
            }
        }
    }
}

/// The score of what was paid.
#[must_use]
pub fn score(penalties: &Penalties) -> Score {
    let mut dimensions = IndexMap::new();
    for dimension in Dimension::ALL {
        let rows: u64 = penalties.measured.get(&dimension).map_or(0, |sources| sources.values().sum());
        let paid: u64 = penalties
            .rows
            .iter()
            .filter(|((of, _), _)| *of == dimension)
            .map(|(_, rows)| rows.iter().map(|paid| u64::from(*paid)).sum::<u64>())
            .sum::<u64>()
            + penalties.others.get(&dimension).copied().unwrap_or(0);
        let value = penalties.measured.contains_key(&dimension).then(|| {
            let due = (rows * 10).max(1);
            // In thousandths of the due, as an integer, so that no rounding of floats reaches a report; a score of 100
            // is kept for what is spotless.
            let kept = 1000 - (paid.min(due) * 1000).div_ceil(due);
            kept as f64 / 10.0
        });
        dimensions.insert(dimension, value);
    }
    let measured: Vec<f64> = dimensions.values().flatten().copied().collect();
    let overall = (!measured.is_empty()).then(|| {
        let tenths: u64 = measured.iter().map(|value| (value * 10.0).round() as u64).sum();
        (tenths / measured.len() as u64) as f64 / 10.0
    });
    Score { overall, dimensions }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_pays_its_worst_evidence_once() {
        let mut penalties = Penalties::default();
        penalties.measure(Dimension::Validity, 0, 10);
        for severity in [Severity::Warning, Severity::Error, Severity::Info] {
            penalties.add(Dimension::Validity, 0, 10, Some(3), severity);
        }
        penalties.add(Dimension::Validity, 0, 10, Some(4), Severity::Warning);
        let score = score(&penalties);
        assert_eq!(score.dimensions[&Dimension::Validity], Some(85.0));
        assert_eq!(score.dimensions[&Dimension::Timeliness], None);
        assert_eq!(score.overall, Some(85.0));
    }

    #[test]
    fn a_hundred_is_kept_for_the_spotless() {
        let mut penalties = Penalties::default();
        penalties.measure(Dimension::Validity, 0, 1_000_000);
        penalties.add(Dimension::Validity, 0, 1_000_000, Some(0), Severity::Info);
        assert_eq!(score(&penalties).overall, Some(99.9));
    }
}
