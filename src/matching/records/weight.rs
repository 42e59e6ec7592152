//! The weight of evidence for a pair, in bits: log2 of how much likelier it is among records of one person.

use rayon::prelude::*;

use super::estimate::Parameters;
use super::frequency::{Frequencies, Terms};
use super::grid::Grid;
use super::marks::Marks;
use super::rows::Rows;
use super::{NONE, Nature, Records};

/// Level of a field that one of two records leaves blank.
pub(super) const BLANK: u8 = u8::MAX;
/// Level of a field that both fill, with two values, and that was not compared yet.
pub(super) const OPEN: u8 = u8::MAX - 1;
/// How much of its weight a field keeps beside a stronger one that it follows from: companies, places, shared lines.
const BESIDE: f64 = 0.25;
/// How much of its weight a field keeps beside one that speaks more against.
const MOVED: f64 = 0.1;
/// People on a line from which on it is a shared one.
const SHARED_LINE: u32 = 3;

/// How many people the expectation counts for when the frequency of a value is judged.
const ASSUMED: f64 = 200.0;

/// People on an identifier up to which it is one person's, and how many others are taken to have been given it.
const PAIR: u32 = 2;
const GIVEN_TWICE: f64 = 0.0025;

/// People of a name from which on it is no slip of another, and what that takes off the weight, in bits.
const ESTABLISHED: u32 = 3;
const NAMES_APART: f64 = 6.0;

/// The weight from which on an identifier is proof.
const PROOF: f64 = 12.0;

/// The weight from which on a field speaks for one person.
const SPEAKS: f64 = 1.0;

/// The expected weight from which on a level counts as agreement.
const AGREES: f64 = 4.0;
/// The same where nobody is named: one address, one date, one number.
const SAME: f64 = 12.0;

/// The share of two people with one name from which on the name is a last name.
const LAST_NAME: f64 = 5e-3;

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

/// Candidate pairs with the levels of their fields, as far as they were compared.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    pub(super) pairs: Vec<(u32, u32)>,
    /// Levels, one after the other: as many as there are fields for each pair.
    pub(super) levels: Vec<u8>,
}

impl Candidates {
    /// Those of several tasks, one after the other.
    pub(super) fn of(parts: Vec<Self>) -> Self {
        let (pairs, levels) =
            parts.iter().fold((0, 0), |all, part| (all.0 + part.pairs.len(), all.1 + part.levels.len()));
        let mut all = Self { pairs: Vec::with_capacity(pairs), levels: Vec::with_capacity(levels) };
        for part in parts {
            all.pairs.extend_from_slice(&part.pairs);
            all.levels.extend_from_slice(&part.levels);
        }
        all
    }
}

/// How many people have what a field of a pair agrees in.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Held {
    /// People with the term, 0 where frequency says nothing.
    pub(super) people: u32,
    /// Whether what looks like a slip in a name is two names, which several people have each.
    pub(super) established: bool,
}

/// The records and what is known of how they compare.
#[derive(Debug)]
pub(super) struct Model<'a> {
    pub(super) records: &'a Records,
    pub(super) parameters: Parameters,
    pub(super) frequencies: Vec<Frequencies>,
    pub(super) rows: Rows,
    /// Terms by field, once people were counted.
    terms: Vec<Terms>,
    has_person: bool,
    /// Whether names are mostly one word: a last name, which many have.
    has_last_names: bool,
    /// Weights of the levels before the data says anything.
    expected: Vec<Vec<f64>>,
    /// By field.
    pub(super) marks: Vec<Marks>,
    pub(super) grids: Vec<Grid>,
}

impl<'a> Model<'a> {
    pub(super) fn new(records: &'a Records) -> Self {
        let frequencies = records.fields.iter().map(|_| Frequencies::default()).collect();
        let has_person = records.of_people || records.fields.iter().any(|field| field.nature == Nature::Person);
        let is_last = |field: &super::Field| field.nature == Nature::Person && field.chance >= LAST_NAME;
        let has_last_names = records.fields.iter().any(is_last);
        let parameters = Parameters::expected(records);
        let expected: Vec<Vec<f64>> = parameters.fields.iter().map(|field| field.weight.clone()).collect();
        let fields = records.fields.iter().zip(&expected);
        let marks = fields.map(|(field, expected)| Marks::of(field, |level| expected[level] >= AGREES)).collect();
        let grids = records.fields.par_iter().map(Grid::of).collect();
        let rows = Rows::of(records);
        let terms = Vec::new();
        Self { records, parameters, frequencies, rows, terms, has_person, has_last_names, expected, marks, grids }
    }

    /// Counts people again, now that `person` numbers the records that are one.
    pub(super) fn recount(&mut self, person: &[u32]) {
        let fields = &self.records.fields;
        if self.terms.is_empty() {
            self.terms = fields.par_iter().map(Terms::of).collect();
        }
        let counted = fields.par_iter().zip(&self.terms).map(|(field, terms)| Frequencies::of(field, terms, person));
        self.frequencies = counted.collect();
    }

    /// Frees what only counting needs.
    pub(super) fn counted(&mut self) {
        self.terms = Vec::new();
    }

    /// Level of field `field` of a pair.
    pub(super) fn level(&self, field: usize, one: u32, other: u32) -> u8 {
        let of = &self.records.fields[field];
        match (self.rows.code(one, field), self.rows.code(other, field)) {
            (NONE, _) | (_, NONE) => BLANK,
            (a, b) if a == b => 0,
            (a, b) => self.unless_it_follows(field, self.grids[field].level(of, a, b), one, other),
        }
    }

    /// The level of two values of a pair, blank where it follows from the names.
    pub(super) fn unless_it_follows(&self, field: usize, level: u8, one: u32, other: u32) -> u8 {
        let of = &self.records.fields[field];
        let follows = level >= of.follows_from
            && self.marks[field].is_near(level)
            && !of.from_name.is_empty()
            && (of.from_name[one as usize] || of.from_name[other as usize]);
        if follows { BLANK } else { level }
    }

    /// Levels of all fields of a pair.
    pub(super) fn levels(&self, one: u32, other: u32, levels: &mut Vec<u8>) {
        levels.clear();
        levels.extend((0..self.records.fields.len()).map(|field| self.level(field, one, other)));
        self.blank_slips(one, other, levels);
    }

    /// Compares the fields of a pair that were not yet.
    pub(super) fn open(&self, one: u32, other: u32, levels: &mut [u8]) {
        let slip = self.has_slip(levels);
        for (field, level) in levels.iter_mut().enumerate().filter(|(_, level)| **level == OPEN) {
            *level = self.opened(field, one, other, slip);
        }
    }

    /// The level of one field of a pair, `slip` being whether it has a slip in a name.
    pub(super) fn opened(&self, field: usize, one: u32, other: u32, slip: bool) -> u8 {
        let level = self.level(field, one, other);
        if slip && self.is_slip_of_name(field, level, one, other) { BLANK } else { level }
    }

    /// Whether names have a slip. They are compared first.
    pub(super) fn has_slip(&self, levels: &[u8]) -> bool {
        self.marks.iter().zip(levels).any(|(marks, level)| *level < OPEN && marks.is_slip(*level))
    }

    /// A slip in a name is a slip in the mailbox that is made of it.
    pub(super) fn blank_slips(&self, one: u32, other: u32, levels: &mut [u8]) {
        if !self.has_slip(levels) {
            return;
        }
        for (field, level) in levels.iter_mut().enumerate() {
            if self.is_slip_of_name(field, *level, one, other) {
                *level = BLANK;
            }
        }
    }

    fn is_slip_of_name(&self, field: usize, level: u8, one: u32, other: u32) -> bool {
        let from_name = |row: u32| self.records.fields[field].from_name.get(row as usize) == Some(&true);
        level < OPEN && self.marks[field].is_near(level) && (from_name(one) || from_name(other))
    }

    /// Whether a field keeps two records apart whatever the others say: names that contradict each other, unless an
    /// identifier, or `own_needed` other things that belong to one person alone, agree.
    pub(super) fn is_apart(&self, levels: &[u8], own_needed: u32) -> bool {
        self.is_apart_with(levels, own_needed, 0)
    }

    /// The same with `more` of a person's own that agree beside what has a level.
    pub(super) fn is_apart_with(&self, levels: &[u8], own_needed: u32, more: u32) -> bool {
        let (mut conflict, mut doubtful, mut own) = (0, 0, more);
        for (marks, level) in self.marks.iter().zip(levels).filter(|(_, level)| **level < OPEN) {
            conflict |= marks.conflict >> level & 1;
            doubtful |= marks.doubtful >> level & 1;
            own += marks.own(*level);
        }
        let needed = if conflict != 0 { own_needed } else { u32::from(doubtful) };
        own < needed
    }

    /// Whether something that belongs to one person alone agrees.
    pub(super) fn has_own(&self, levels: &[u8]) -> bool {
        self.marks.iter().zip(levels).any(|(marks, level)| *level < OPEN && marks.agrees(*level))
    }

    /// Whether an identifier says that two records are one person.
    pub(super) fn is_proven(&self, levels: &[u8], one: u32, other: u32) -> bool {
        let is_identifier = |(at, level): &(usize, &u8)| {
            self.records.fields[*at].nature == Nature::Identifier
                && **level == 0
                && self.weight(*at, 0, one, other) >= PROOF
        };
        levels.iter().enumerate().any(|one| is_identifier(&one))
    }

    /// The weight of one field at a level, in bits; 0 for blank.
    pub(super) fn weight(&self, field: usize, level: u8, one: u32, other: u32) -> f64 {
        if level == BLANK { 0.0 } else { self.weigh(field, level, self.held(field, level, one, other)) }
    }

    /// How many people have what a field of a pair agrees in.
    pub(super) fn held(&self, field: usize, level: u8, one: u32, other: u32) -> Held {
        let frequencies = &self.frequencies[field];
        if !frequencies.counted {
            return Held::default();
        }
        let people = frequencies.count(level, self.rows.code(one, field), self.rows.code(other, field));
        let established = people > 0
            && self.records.fields[field].nature == Nature::Person
            && self.is_established(field, level, one, other);
        Held { people, established }
    }

    /// The weight of one field at a level, `held` saying how many people have what it agrees in.
    pub(super) fn weigh(&self, field: usize, level: u8, held: Held) -> f64 {
        let learned = &self.parameters.fields[field];
        let plain = learned.weight[level as usize];
        let (frequencies, count) = (&self.frequencies[field], held.people);
        if count == 0 || plain <= 0.0 {
            return plain;
        }
        // u of this very term, in place of u of the level: the share of people, one of the two aside, who have it.
        // Where nobody else is known to have it, as many as have any such value by chance.
        let mean = frequencies.mean(level);
        let own = if level == 0 && count <= PAIR && self.records.fields[field].nature == Nature::Identifier {
            // A number that two have is one person's until more have it: nobody is given another's.
            GIVEN_TWICE
        } else if count > 1 {
            f64::from(count) - 1.0
        } else {
            mean.clamp(0.01, 0.5)
        };
        if level == 0 {
            let chance = self.records.fields[field].chance;
            let u = ((own + ASSUMED * chance) / (frequencies.people + ASSUMED)).min(1.0);
            return (learned.m[0] / u).log2().max(0.0);
        }
        let ratio = (own / mean.max(0.5)).clamp(1.0 / 64.0, 64.0);
        let weight = (plain - ratio.log2()).max(0.0);
        if held.established { (weight - NAMES_APART).max(0.0) } else { weight }
    }

    /// The most that a field at a level weighs, whoever has the value.
    pub(super) fn most(&self, field: usize, level: u8) -> f64 {
        let plain = self.parameters.fields[field].weight[level as usize];
        let seldom = |people| self.weigh(field, level, Held { people, established: false });
        // From the third person on a value only loses.
        if self.frequencies[field].counted { [1, 2, 3].map(seldom).into_iter().fold(plain, f64::max) } else { plain }
    }

    /// Whether what looks like a slip in one name is two names, which several people have each: Hill and Hall.
    fn is_established(&self, field: usize, level: u8, one: u32, other: u32) -> bool {
        let levels = self.records.fields[field].comparison.levels();
        let Some(part) = levels[level as usize].slip_in else { return false };
        let code = |row: u32| self.rows.code(row, field);
        let people = |row: u32| self.frequencies[field].count(part, code(row), code(row));
        let comparison = &self.records.fields[field].comparison;
        let term = |row: u32| comparison.term(code(row), part);
        term(one) != term(other) && people(one).min(people(other)) >= ESTABLISHED
    }

    /// Whether the agreement of a field follows from others like it.
    fn is_shared(&self, field: usize, level: u8, held: Held) -> bool {
        match self.records.fields[field].nature {
            Nature::Place | Nature::Area => true,
            Nature::Company => self.has_person,
            Nature::Phone if level > 1 => true,
            Nature::Phone => held.people >= SHARED_LINE,
            _ => false,
        }
    }

    /// The weight of evidence for a pair with these levels, the prior included.
    pub(super) fn total(&self, one: u32, other: u32, levels: &[u8]) -> f64 {
        self.total_of(levels, |field, level| {
            let held = self.held(field, level, one, other);
            (self.weigh(field, level, held), held)
        })
    }

    /// The same where `weighed` knows the weight of a field, and how many people have what it agrees in.
    pub(super) fn total_of(&self, levels: &[u8], weighed: impl Fn(usize, u8) -> (f64, Held)) -> f64 {
        let mut total = self.parameters.prior_weight();
        let (mut strongest, mut shared_for, mut shared_against, mut weakest) = (0.0_f64, 0.0, 0.0, 0.0_f64);
        let mut nameless = self.has_person;
        let (mut agreeing, mut own, mut unlike) = (0, false, false);
        let is_same = |field: usize, level: u8| {
            !self.records.of_people || level == 0 || self.expected[field][level as usize] >= SAME
        };
        for (field, level) in levels.iter().enumerate() {
            if *level == BLANK {
                continue;
            }
            let nature = self.records.fields[field].nature;
            nameless &= !matches!(nature, Nature::Person | Nature::Organisation);
            // Two organisations in one house.
            let last = self.parameters.fields[field].weight.len() - 1;
            unlike |= nature == Nature::Organisation && usize::from(*level) == last;
            let (weight, held) = weighed(field, *level);
            // Namesakes in one town, or in one block of numbers, are two people.
            let is_weak = match nature {
                Nature::Area => true,
                Nature::Phone => *level > 1,
                Nature::Place => *level > 2,
                // An address that is somewhat like another, beside a last name and no more.
                Nature::Own => self.has_last_names && self.expected[field][*level as usize] < AGREES,
                _ => false,
            };
            own |= weight >= SPEAKS && is_same(field, *level) && matches!(nature, Nature::Own | Nature::Identifier);
            agreeing += u32::from(weight >= SPEAKS && !(self.has_person && is_weak));
            if self.is_shared(field, *level, held) {
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
        let for_it = strongest + (shared_for - strongest) * BESIDE;
        // Who moved or changed jobs differs in all of them at once.
        total += for_it + weakest + (shared_against - weakest) * MOVED;
        // One thing in common is no evidence, however rare it is.
        // Where nobody is named, a company or a line says where, not who.
        let is_nobody = (nameless || unlike) && !own || agreeing < 2;
        let total = if is_nobody && levels.len() > 1 { total.min(-1.0) } else { total };
        // Sums that run in another order differ in their last digits; equals must stay equals.
        (total * 1e6).round() / 1e6
    }

    /// The weight of a pair from scratch; minus infinity where names keep it apart and nothing that belongs to one person
    /// alone agrees.
    pub(super) fn pair(&self, one: u32, other: u32, levels: &mut Vec<u8>) -> f64 {
        self.levels(one, other, levels);
        if self.is_apart(levels, 1) { f64::NEG_INFINITY } else { self.total(one, other, levels) }
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
        // As they are shown, to a tenth of a bit.
        let shown = |reason: &Reason| (reason.weight.abs() * 10.0).round();
        reasons.sort_by(|a, b| shown(b).total_cmp(&shown(a)).then_with(|| a.field.cmp(&b.field)));
        reasons
    }
}

/// The probability that a weight of evidence stands for.
pub(super) fn probability(weight: f64) -> f64 {
    let odds = weight.clamp(-60.0, 60.0).exp2();
    odds / (1.0 + odds)
}
