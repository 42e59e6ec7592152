//! The most that a pair can weigh: what few pairs reach need not be weighed exactly, which reads a place in memory for each
//! field.

use rayon::prelude::*;

use super::Nature;
use super::weight::{BLANK, Candidates, Model};

/// Weights are rounded; a bound must not fall below one by that.
const SLACK: f64 = 1e-3;

/// The most that each level of each field weighs, in bits, whatever the value.
#[derive(Debug)]
struct Bounds(Vec<Vec<f64>>);

impl Model<'_> {
    /// The candidates that weigh as much as a probability of `least` or more, with their weights, in their order.
    pub(super) fn weigh_likely(&self, candidates: &Candidates, least: f64) -> Vec<(u32, u32, f64)> {
        let least = (least / (1.0 - least)).log2();
        let fields = 0..self.records.fields.len();
        let levels = |field: usize| 0..self.parameters.fields[field].weight.len() as u8;
        let bounds = Bounds(fields.map(|at| levels(at).map(|level| self.most(at, level)).collect()).collect());
        let width = self.records.fields.len().max(1);
        let pairs = candidates.pairs.par_iter().zip(candidates.levels.par_chunks(width));
        pairs
            .filter(|((one, other), levels)| self.may_reach(&bounds, least - SLACK, *one, *other, levels))
            .map(|((one, other), levels)| (*one, *other, self.total(*one, *other, levels)))
            .filter(|(_, _, weight)| *weight >= least)
            .collect()
    }

    /// Whether a pair may weigh `least` bits: from the most that its levels weigh, then with what its values weigh, one
    /// field after the other, as long as that leaves it open.
    fn may_reach(&self, bounds: &Bounds, least: f64, one: u32, other: u32, levels: &[u8]) -> bool {
        let fields = || levels.iter().enumerate().filter(|(_, level)| **level != BLANK);
        let best = |field: usize, level: u8| bounds.0[field][level as usize];
        // Of what may follow from each other the weakest alone counts in full.
        let (mut most, mut weakest) = (self.parameters.prior_weight(), 0.0_f64);
        for (field, level) in fields() {
            let best = best(field, *level);
            let nature = self.records.fields[field].nature;
            if best < 0.0 && matches!(nature, Nature::Place | Nature::Area | Nature::Company | Nature::Phone) {
                weakest = weakest.min(best);
            } else {
                most += best;
            }
        }
        most += weakest;
        for (field, level) in fields() {
            if most < least {
                return false;
            }
            let best = best(field, *level);
            if best > 0.0 {
                most -= best - self.weight(field, *level, one, other);
            }
        }
        most >= least
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::records;
    use super::super::{Blocks, estimate, weight};
    use super::*;

    #[test]
    fn no_pair_that_is_likely_is_left_out() {
        // Some twice, some with a slip, and namesakes with nothing else in common.
        let again: Vec<[String; 4]> = (0..180_usize)
            .map(|n| {
                let person = n / 3;
                let name: String =
                    (0..7).map(|at| (b'a' + (person * 11 + at * (person + 3)) as u8 % 26) as char).collect();
                match n % 3 {
                    0 => [name, format!("7{person:04}"), format!("firm{}", 400 + person), "city1".to_owned()],
                    1 => [name + "x", format!("7{person:04}"), String::new(), "city1".to_owned()],
                    _ => [
                        name,
                        format!("8{:04}", 9_876 - person * 3),
                        format!("firm{}", 600 + person),
                        "city3".to_owned(),
                    ],
                }
            })
            .collect();
        let again: Vec<[&str; 4]> = again.iter().map(|row| [&*row[0], &*row[1], &*row[2], &*row[3]]).collect();
        let records = records(&again);
        let blocks = Blocks::of(&records);
        let mut model = Model::new(&records);
        let candidates = model.candidates(&blocks.pairs);
        estimate::learn(&mut model, &candidates);
        let weighed = |least: f64| -> Vec<(u32, u32, f64)> {
            let pairs = candidates.pairs.iter().zip(candidates.levels.chunks(records.fields.len()));
            pairs
                .map(|((one, other), levels)| (*one, *other, model.total(*one, *other, levels)))
                .filter(|(_, _, weight)| weight::probability(*weight) >= least)
                .collect()
        };
        for least in [0.5, 0.7, 0.95, 0.999] {
            assert_eq!(model.weigh_likely(&candidates, least), weighed(least), "{least}");
        }
        let (likely, all) = (weighed(0.7).len(), candidates.pairs.len());
        assert!(likely > 0 && likely < all, "{likely} of {all}");
    }
}
