//! The weight of evidence for a pair, in bits: log2 of how much likelier it is among records of one person.

use rayon::prelude::*;

use super::estimate::Parameters;
use super::frequency::Frequencies;
use super::{NONE, Nature, Records};

/// Level of a field that one of two records leaves blank.
pub(super) const BLANK: u8 = u8::MAX;
/// How much of its weight a field keeps beside a stronger one that it follows from: companies, places, shared lines.
const BESIDE: f64 = 0.25;
/// People that a file is taken for a sample of, at least.
const WORLD: f64 = 100.0;
/// People on a line from which on it is a shared one.
const SHARED_LINE: u32 = 3;

/// What one field said of a pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// Name of the field.
    pub field: String,
    /// Name of the level.
    pub level: &'static str,
    /// Its weight in bits; above 0 speaks for one person.
    pub weight: f64,
}

/// Candidate pairs with the levels of all their fields.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    pub(super) pairs: Vec<(u32, u32)>,
    /// Levels, one after the other: as many as there are fields for each pair.
    pub(super) levels: Vec<u8>,
}

/// The records and what is known of how they compare.
#[derive(Debug)]
pub(super) struct Model<'a> {
    pub(super) records: &'a Records,
    pub(super) parameters: Parameters,
    pub(super) frequencies: Vec<Frequencies>,
    has_person: bool,
}

impl<'a> Model<'a> {
    pub(super) fn new(records: &'a Records) -> Self {
        let frequencies = records.fields.par_iter().map(|field| Frequencies::of(field, &[])).collect();
        let has_person = records.fields.iter().any(|field| field.nature == Nature::Person);
        Self { records, parameters: Parameters::expected(records), frequencies, has_person }
    }

    /// Counts people again, now that `person` numbers the records that are one.
    pub(super) fn recount(&mut self, person: &[u32]) {
        self.frequencies = self.records.fields.par_iter().map(|field| Frequencies::of(field, person)).collect();
    }

    /// Level of field `field` of a pair.
    pub(super) fn level(&self, field: usize, one: u32, other: u32) -> u8 {
        let of = &self.records.fields[field];
        match (of.codes[one as usize], of.codes[other as usize]) {
            (NONE, _) | (_, NONE) => BLANK,
            (one, other) if one == other => 0,
            (one, other) => of.comparison.level(one, other),
        }
    }

    /// Levels of all fields of a pair.
    pub(super) fn levels(&self, one: u32, other: u32, levels: &mut Vec<u8>) {
        levels.clear();
        levels.extend((0..self.records.fields.len()).map(|field| self.level(field, one, other)));
    }

    /// Pairs that nothing keeps apart, with their levels.
    pub(super) fn candidates(&self, pairs: &[(u32, u32)]) -> Candidates {
        let parts: Vec<Candidates> = pairs
            .par_chunks(1 << 14)
            .map(|pairs| {
                let mut part = Candidates::default();
                let mut levels = Vec::with_capacity(self.records.fields.len());
                for (one, other) in pairs {
                    self.levels(*one, *other, &mut levels);
                    if !self.is_apart(&levels) {
                        part.pairs.push((*one, *other));
                        part.levels.extend_from_slice(&levels);
                    }
                }
                part
            })
            .collect();
        let mut all = Candidates::default();
        for part in parts {
            all.pairs.extend(part.pairs);
            all.levels.extend(part.levels);
        }
        all
    }

    /// Whether a field keeps two records apart whatever the others say: names that contradict each other, unless an
    /// identifier or two other things that belong to one person alone agree.
    pub(super) fn is_apart(&self, levels: &[u8]) -> bool {
        let fields = || self.records.fields.iter().zip(levels).enumerate().filter(|(_, (_, level))| **level != BLANK);
        let conflict = fields().any(|(_, (field, level))| field.comparison.levels()[*level as usize].conflict);
        if !conflict {
            return false;
        }
        let own: u32 = fields()
            .map(|(_, (field, level))| match (field.nature, *level) {
                (Nature::Identifier, 0) => 2,
                (Nature::Own, 0) | (Nature::Identifier, 1) => 1,
                (Nature::Own, level) => u32::from(level + 1 < field.comparison.levels().len() as u8 / 2),
                _ => 0,
            })
            .sum();
        own < 2
    }

    /// The weight of one field at a level, in bits; 0 for blank.
    pub(super) fn weight(&self, field: usize, level: u8, one: u32, other: u32) -> f64 {
        if level == BLANK {
            return 0.0;
        }
        let learned = &self.parameters.fields[field];
        let plain = learned.weight[level as usize];
        let (codes, frequencies) = (&self.records.fields[field].codes, &self.frequencies[field]);
        let count = frequencies.count(level, codes[one as usize], codes[other as usize]);
        if count == 0 || plain <= 0.0 {
            return plain;
        }
        // u of this very term, in place of u of the level: the share of people, one of the two aside, who have it.
        // Where nobody else is known to have it, as many as have any such value by chance.
        let mean = frequencies.mean(level);
        let own = if count > 1 { f64::from(count) - 1.0 } else { mean.clamp(0.01, 0.5) };
        if level == 0 {
            // What is somebody's own is rare in the world, however small the file.
            let people = match self.records.fields[field].nature {
                Nature::Person | Nature::Own | Nature::Identifier | Nature::Phone => frequencies.people.max(WORLD),
                Nature::Company | Nature::Place | Nature::Other => frequencies.people,
            };
            let u = (own / people).min(1.0);
            return (learned.m[0] / u).log2().max(0.0);
        }
        let ratio = (own / mean.max(0.5)).clamp(1.0 / 64.0, 64.0);
        (plain - ratio.log2()).max(0.0)
    }

    /// Whether the agreement of a field follows from others like it.
    fn is_shared(&self, field: usize, level: u8, one: u32, other: u32) -> bool {
        let of = &self.records.fields[field];
        match of.nature {
            Nature::Place => true,
            Nature::Company => self.has_person,
            Nature::Phone => {
                let count = self.frequencies[field].count(level, of.codes[one as usize], of.codes[other as usize]);
                count >= SHARED_LINE
            }
            _ => false,
        }
    }

    /// The weight of evidence for a pair with these levels, the prior included.
    pub(super) fn total(&self, one: u32, other: u32, levels: &[u8]) -> f64 {
        let mut total = self.parameters.prior_weight();
        let (mut strongest, mut shared_for, mut shared_against, mut weakest) = (0.0_f64, 0.0, 0.0, 0.0_f64);
        let mut nameless = self.has_person;
        for (field, level) in levels.iter().enumerate() {
            if *level == BLANK {
                continue;
            }
            let nature = self.records.fields[field].nature;
            nameless &= nature != Nature::Person;
            let weight = self.weight(field, *level, one, other);
            if self.is_shared(field, *level, one, other) {
                if weight > 0.0 {
                    shared_for += weight;
                    strongest = strongest.max(weight);
                } else {
                    shared_against += weight;
                    weakest = weakest.min(weight);
                }
            } else {
                total += weight;
            }
        }
        let beside = |all: f64, first: f64| first + (all - first) * BESIDE;
        let mut for_it = beside(shared_for, strongest);
        if nameless {
            // Where nobody is named, a company or a line says where, not who.
            for_it *= 0.5;
        }
        total + for_it + beside(shared_against, weakest)
    }

    /// The weight of a pair from scratch; minus infinity where something keeps it apart.
    pub(super) fn pair(&self, one: u32, other: u32, levels: &mut Vec<u8>) -> f64 {
        self.levels(one, other, levels);
        if self.is_apart(levels) { f64::NEG_INFINITY } else { self.total(one, other, levels) }
    }

    /// All candidates with their weights, in their order.
    pub(super) fn weigh_all(&self, candidates: &Candidates) -> Vec<(u32, u32, f64)> {
        let width = self.records.fields.len().max(1);
        candidates
            .pairs
            .par_iter()
            .zip(candidates.levels.par_chunks(width))
            .map(|((one, other), levels)| (*one, *other, self.total(*one, *other, levels)))
            .collect()
    }

    /// What each field says of a pair, strongest first.
    pub(super) fn reasons(&self, one: u32, other: u32) -> Vec<Reason> {
        let mut levels = Vec::new();
        self.levels(one, other, &mut levels);
        let mut reasons: Vec<Reason> = levels
            .iter()
            .enumerate()
            .filter(|(_, level)| **level != BLANK)
            .map(|(field, level)| Reason {
                field: self.records.fields[field].name.clone(),
                level: self.records.fields[field].comparison.levels()[*level as usize].name,
                weight: self.weight(field, *level, one, other),
            })
            .collect();
        reasons.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()).then_with(|| a.field.cmp(&b.field)));
        reasons
    }
}

/// The probability that a weight of evidence stands for.
pub(super) fn probability(weight: f64) -> f64 {
    let odds = weight.clamp(-60.0, 60.0).exp2();
    odds / (1.0 + odds)
}
