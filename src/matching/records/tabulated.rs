//! Weights of what few people have, worked out once: each takes a logarithm, and millions of pairs ask for the same.

use super::weight::{BLANK, Held, Model};

/// People from which on a weight is worked out when it is asked for.
const FEW: u32 = 128;
/// Pairs up to which every weight is: fewer ask for less than there is to work out.
const MANY: usize = 10_000;

/// The weights of a model as it is now.
#[derive(Debug)]
pub(super) struct Tabulated<'m> {
    model: &'m Model<'m>,
    /// By field, then by level and people. Empty for a field whose people were not counted, and where few pairs ask.
    weights: Vec<Vec<f64>>,
}

impl<'m> Tabulated<'m> {
    /// Those for so many pairs.
    pub(super) fn of(model: &'m Model<'m>, pairs: usize) -> Self {
        let of_field = |field: usize| {
            let is_asked = pairs > MANY && model.frequencies[field].counted;
            let levels = if is_asked { model.parameters.fields[field].weight.len() as u8 } else { 0 };
            let of_level =
                |level: u8| (0..FEW).map(move |people| model.weigh(field, level, Held { people, established: false }));
            (0..levels).flat_map(of_level).collect()
        };
        Self { model, weights: (0..model.records.fields.len()).map(of_field).collect() }
    }

    /// [`Model::weigh`].
    pub(super) fn weigh(&self, field: usize, level: u8, held: Held) -> f64 {
        if held.people < FEW
            && !held.established
            && let Some(weight) = self.weights[field].get(usize::from(level) * FEW as usize + held.people as usize)
        {
            return *weight;
        }
        self.model.weigh(field, level, held)
    }

    /// [`Model::weight`].
    pub(super) fn weight(&self, field: usize, level: u8, one: u32, other: u32) -> f64 {
        if level == BLANK { 0.0 } else { self.weigh(field, level, self.model.held(field, level, one, other)) }
    }

    /// [`Model::total`].
    pub(super) fn total(&self, one: u32, other: u32, levels: &[u8]) -> f64 {
        self.model.total_of(levels, |field, level| {
            let held = self.model.held(field, level, one, other);
            (self.weigh(field, level, held), held)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::records;
    use super::*;

    #[test]
    fn weights_are_those_of_the_model() {
        let records = records(&[
            ["anna", "7111", "firm1", "city1"],
            ["anna", "7111", "firm1", "city2"],
            ["bruno", "7222", "firm1", "city1"],
            ["brunox", "7222", "firm2", "city1"],
        ]);
        let mut model = Model::new(&records);
        for counted in [false, true] {
            if counted {
                let person: Vec<u32> = (0..records.rows as u32).map(|row| row / 2).collect();
                model.recount(&person);
            }
            for (pairs, field) in
                [1, MANY + 1].into_iter().flat_map(|pairs| (0..records.fields.len()).map(move |field| (pairs, field)))
            {
                let weights = Tabulated::of(&model, pairs);
                for level in 0..model.parameters.fields[field].weight.len() as u8 {
                    // Before people are counted there is nobody.
                    let known: &[u32] = if counted { &[0, 1, 2, 3, FEW - 1, FEW, 10_000] } else { &[0] };
                    for people in known.iter().copied() {
                        for established in [false, true] {
                            let held = Held { people, established: established && people > 0 };
                            let (found, wanted) = (weights.weigh(field, level, held), model.weigh(field, level, held));
                            assert_eq!(found.to_bits(), wanted.to_bits(), "{field} {level} {held:?}");
                        }
                    }
                }
            }
        }
    }
}
