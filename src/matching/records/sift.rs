//! Candidates without those that their names keep apart: most pairs end here, so what decides is compared first.

use rayon::prelude::*;

use super::weight::{BLANK, Candidates, Model};
use super::{NONE, Nature};

/// Pairs that one task goes through.
const STRETCH: usize = 1 << 14;
/// Things of a person's own that must agree for two names that contradict each other to be compared at all.
const OWN_NEEDED: u32 = 2;

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
    /// Pairs that nothing keeps apart, with their levels.
    pub(super) fn candidates(&self, pairs: &[(u32, u32)]) -> Candidates {
        let deciding = self.deciding();
        let parts: Vec<Candidates> = pairs
            .par_chunks(STRETCH)
            .map(|pairs| {
                let mut part = Candidates::default();
                let mut levels = Vec::with_capacity(self.records.fields.len());
                for (one, other) in pairs {
                    if self.levels_unless_apart(&deciding, *one, *other, &mut levels) {
                        part.pairs.push((*one, *other));
                        part.levels.extend_from_slice(&levels);
                    }
                }
                part
            })
            .collect();
        let many = parts.iter().map(|part| part.pairs.len()).sum();
        let mut all = Candidates {
            pairs: Vec::with_capacity(many),
            levels: Vec::with_capacity(many * self.records.fields.len()),
        };
        for part in parts {
            all.pairs.extend(part.pairs);
            all.levels.extend(part.levels);
        }
        all
    }

    fn deciding(&self) -> Deciding {
        let fields = &self.records.fields;
        let decides = |at: &usize| {
            let levels = fields[*at].comparison.levels();
            levels.iter().any(|level| level.conflict || level.doubtful || level.slip_in.is_some())
        };
        let (names, others): (Vec<usize>, Vec<usize>) = (0..fields.len()).partition(decides);
        let (own, rest) =
            others.into_iter().partition(|at| matches!(fields[*at].nature, Nature::Own | Nature::Identifier));
        Deciding { names, own, rest }
    }

    /// The levels of a pair that nothing keeps apart. False, and part of the levels, for one that is kept apart.
    fn levels_unless_apart(&self, deciding: &Deciding, one: u32, other: u32, levels: &mut Vec<u8>) -> bool {
        levels.clear();
        levels.resize(self.records.fields.len(), BLANK);
        for field in &deciding.names {
            levels[*field] = self.level(*field, one, other);
        }
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
        for field in deciding.own.iter().chain(&deciding.rest) {
            levels[*field] = self.level(*field, one, other);
        }
        self.blank_slips(one, other, levels);
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
