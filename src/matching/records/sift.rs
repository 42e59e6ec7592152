//! Candidates without those that their names keep apart: most pairs end here, so what decides is compared first.

use rayon::prelude::*;

use super::weight::{BLANK, Candidates, Model, OPEN};
use super::{NONE, Nature};

/// Pairs that one task goes through.
const STRETCH: usize = 1 << 14;
/// Things of a person's own that must agree for two names that contradict each other to be compared at all.
const OWN_NEEDED: u32 = 2;

/// Pairs whose names are compared side by side.
const BATCH: usize = 64;

/// The levels of the names of a batch of pairs, and room to find them in.
#[derive(Debug, Default)]
struct Batch {
    /// The values that have to be compared, each pair of them once where it comes several times in a row: namesakes stand
    /// together.
    values: Vec<(u32, u32)>,
    /// For each pair the place of its values.
    places: Vec<usize>,
    found: Vec<u8>,
    /// The levels of the batch, one field after the other.
    levels: Vec<u8>,
}

/// Which fields decide.
struct Deciding {
    /// Those with levels that contradict, or ask for more.
    names: Vec<usize>,
    /// Those that can answer.
    own: Vec<usize>,
    /// All others.
    rest: Vec<usize>,
}

impl Model<'_> {
    /// Pairs that nothing keeps apart, with the levels that decide it.
    pub(super) fn candidates(&self, pairs: &[(u32, u32)]) -> Candidates {
        let deciding = self.deciding();
        let parts: Vec<Candidates> = pairs
            .par_chunks(STRETCH)
            .map(|pairs| {
                let mut part = Candidates::default();
                let mut levels = Vec::with_capacity(self.records.fields.len());
                let mut batch = Batch::default();
                for pairs in pairs.chunks(BATCH) {
                    self.compare_names(&deciding, pairs, &mut batch);
                    for (at, (one, other)) in pairs.iter().enumerate() {
                        levels.clear();
                        levels.resize(self.records.fields.len(), BLANK);
                        for (field, own) in deciding.names.iter().zip(batch.levels.chunks(pairs.len())) {
                            levels[*field] = own[at];
                        }
                        if self.levels_unless_apart(&deciding, *one, *other, &mut levels) {
                            part.pairs.push((*one, *other));
                            part.levels.extend_from_slice(&levels);
                        }
                    }
                }
                part
            })
            .collect();
        Candidates::of(parts)
    }

    fn deciding(&self) -> Deciding {
        let fields = &self.records.fields;
        let (names, others): (Vec<usize>, Vec<usize>) = (0..fields.len()).partition(|at| self.marks[*at].decides());
        let (own, rest) =
            others.into_iter().partition(|at| matches!(fields[*at].nature, Nature::Own | Nature::Identifier));
        Deciding { names, own, rest }
    }

    /// Compares the names of several pairs.
    fn compare_names(&self, deciding: &Deciding, pairs: &[(u32, u32)], batch: &mut Batch) {
        batch.levels.clear();
        for field in &deciding.names {
            batch.values.clear();
            batch.places.clear();
            batch.found.clear();
            for (one, other) in pairs {
                let values = (self.rows.code(*one, *field), self.rows.code(*other, *field));
                let is_known = values.0 == NONE || values.1 == NONE || values.0 == values.1;
                if !is_known && batch.values.last() != Some(&values) {
                    batch.values.push(values);
                }
                batch.places.push(if is_known { usize::MAX } else { batch.values.len() - 1 });
            }
            self.grids[*field].levels(&self.records.fields[*field], &batch.values, &mut batch.found);
            let levels = pairs.iter().zip(&batch.places).map(|((one, other), place)| match batch.found.get(*place) {
                Some(level) => self.unless_it_follows(*field, *level, *one, *other),
                None => self.level(*field, *one, *other),
            });
            batch.levels.extend(levels);
        }
    }

    /// The levels of a pair that nothing keeps apart, as far as they decide that and can be told from which values the two
    /// have; `levels` has those of the names. False, and part of the levels, for one that is kept apart.
    fn levels_unless_apart(&self, deciding: &Deciding, one: u32, other: u32, levels: &mut Vec<u8>) -> bool {
        // With nothing else compared, only names that need no more are not apart.
        if self.is_apart(levels, OWN_NEEDED) {
            // Most pairs do not even have what would have to agree.
            if !self.may_agree(deciding, one, other, levels) {
                debug_assert!(self.stay_apart(one, other), "what is blank decides nothing");
                return false;
            }
            for field in &deciding.own {
                levels[*field] = self.level(*field, one, other);
            }
            self.blank_slips(one, other, levels);
            if self.is_apart(levels, OWN_NEEDED) {
                debug_assert!(self.stay_apart(one, other), "what is compared later decides nothing");
                return false;
            }
            self.levels(one, other, levels);
            return true;
        }
        // The rest is compared where it matters.
        for field in deciding.own.iter().chain(&deciding.rest) {
            levels[*field] = match (self.rows.code(one, *field), self.rows.code(other, *field)) {
                (NONE, _) | (_, NONE) => BLANK,
                (a, b) if a == b => 0,
                _ => OPEN,
            };
        }
        true
    }

    /// Whether a pair that its names keep apart has enough of its own that could agree.
    fn may_agree(&self, deciding: &Deciding, one: u32, other: u32, levels: &[u8]) -> bool {
        let has = |field: &usize| self.rows.code(one, *field) != NONE && self.rows.code(other, *field) != NONE;
        let own = deciding.own.iter().filter(|field| has(field));
        let most: u32 =
            own.map(|field| if self.records.fields[*field].nature == Nature::Identifier { 2 } else { 1 }).sum();
        !self.is_apart_with(levels, OWN_NEEDED, most)
    }

    /// Whether all levels of a pair keep it apart.
    fn stay_apart(&self, one: u32, other: u32) -> bool {
        let mut levels = Vec::new();
        self.levels(one, other, &mut levels);
        self.is_apart(&levels, OWN_NEEDED)
    }
}
