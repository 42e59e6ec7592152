//! The most that a pair can weigh: what few pairs reach need not be weighed exactly, which reads a place in memory for each
//! field.

use rayon::prelude::*;

use super::Nature;
use super::tabulated::Tabulated;
use super::weight::{BLANK, Candidates, Model, OPEN};

/// Weights are rounded; a bound must not fall below one by that.
const SLACK: f64 = 1e-3;

/// Pairs that one task goes through.
const STRETCH: usize = 1 << 12;

/// The most that the fields weigh, in bits, whatever the values.
#[derive(Debug)]
struct Bounds {
    /// By field and level.
    levels: Vec<Vec<f64>>,
    /// By field, whatever the level.
    open: Vec<f64>,
    /// Fields in the order in which they are compared: those that may weigh most first.
    order: Vec<usize>,
}

impl Bounds {
    fn of(model: &Model<'_>) -> Self {
        let fields = 0..model.records.fields.len();
        let levels = |field: usize| 0..model.parameters.fields[field].weight.len() as u8;
        let levels: Vec<Vec<f64>> =
            fields.clone().map(|at| levels(at).map(|level| model.most(at, level)).collect()).collect();
        // What is blanked weighs nothing.
        let open: Vec<f64> = levels.iter().map(|levels| levels.iter().copied().fold(0.0, f64::max)).collect();
        let mut order: Vec<usize> = fields.collect();
        order.sort_by(|a, b| open[*b].total_cmp(&open[*a]));
        Self { levels, open, order }
    }
}

impl Model<'_> {
    /// The candidates that weigh as much as a probability of `least` or more, with their weights, in their order. Fields
    /// that were not compared yet are, as far as that takes.
    pub(super) fn weigh_likely(&self, candidates: &mut Candidates, least: f64) -> Vec<(u32, u32, f64)> {
        let least = (least / (1.0 - least)).log2();
        let bounds = Bounds::of(self);
        let weights = Tabulated::of(self, candidates.pairs.len());
        let width = self.records.fields.len().max(1);
        let stretches = candidates.pairs.par_chunks(STRETCH).zip(candidates.levels.par_chunks_mut(STRETCH * width));
        let found: Vec<Vec<(u32, u32, f64)>> = stretches
            .map(|(pairs, levels)| {
                let mut found = Vec::new();
                for ((one, other), levels) in pairs.iter().zip(levels.chunks_mut(width)) {
                    if self.may_reach(&bounds, &weights, least - SLACK, *one, *other, levels) {
                        let weight = weights.total(*one, *other, levels);
                        if weight >= least {
                            found.push((*one, *other, weight));
                        }
                    }
                }
                found
            })
            .collect();
        found.concat()
    }

    /// Whether a pair may weigh `least` bits: from the most that its levels weigh, then with what its values weigh, then
    /// with what was not compared yet, one field after the other, as long as that leaves it open.
    fn may_reach(
        &self,
        bounds: &Bounds,
        weights: &Tabulated<'_>,
        least: f64,
        one: u32,
        other: u32,
        levels: &mut [u8],
    ) -> bool {
        let best = |field: usize, level: u8| bounds.levels[field][level as usize];
        // Of what may follow from each other the weakest alone counts in full.
        let follows = |field: usize| {
            matches!(self.records.fields[field].nature, Nature::Place | Nature::Area | Nature::Company | Nature::Phone)
        };
        let (mut most, mut weakest) = (self.parameters.prior_weight(), 0.0_f64);
        for (field, level) in levels.iter().enumerate() {
            match *level {
                BLANK => {}
                OPEN => most += bounds.open[field],
                level => {
                    let best = best(field, level);
                    if best < 0.0 && follows(field) {
                        weakest = weakest.min(best);
                    } else {
                        most += best;
                    }
                }
            }
        }
        let mut open = false;
        for (field, level) in levels.iter().enumerate() {
            if most + weakest < least {
                return false;
            }
            open |= *level == OPEN;
            if *level < OPEN {
                let best = best(field, *level);
                if best > 0.0 {
                    most -= best - weights.weight(field, *level, one, other);
                }
            }
        }
        if open {
            let slip = self.has_slip(levels);
            for field in &bounds.order {
                if levels[*field] != OPEN {
                    continue;
                }
                if most + weakest < least {
                    return false;
                }
                let level = self.opened(*field, one, other, slip);
                levels[*field] = level;
                let weight = weights.weight(*field, level, one, other);
                most -= bounds.open[*field];
                if weight < 0.0 && follows(*field) {
                    weakest = weakest.min(weight);
                } else {
                    most += weight;
                }
            }
        }
        most + weakest >= least
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
        let mut candidates = model.candidates(&blocks.pairs);
        estimate::learn(&mut model, &mut candidates);
        let weighed = |least: f64| -> Vec<(u32, u32, f64)> {
            let mut levels = Vec::new();
            let pairs = candidates.pairs.iter().map(|(one, other)| {
                model.levels(*one, *other, &mut levels);
                (*one, *other, model.total(*one, *other, &levels))
            });
            pairs.filter(|(_, _, weight)| weight::probability(*weight) >= least).collect()
        };
        // The first time all is open, the others what was left.
        let mut open = model.candidates(&blocks.pairs);
        for least in [0.999, 0.95, 0.7, 0.5] {
            let mut fresh = model.candidates(&blocks.pairs);
            assert_eq!(model.weigh_likely(&mut fresh, least), weighed(least), "{least}");
            assert_eq!(model.weigh_likely(&mut open, least), weighed(least), "{least}, once more");
        }
        let (likely, all) = (weighed(0.7).len(), candidates.pairs.len());
        assert!(likely > 0 && likely < all, "{likely} of {all}");
    }
}
