//! The agreement matrix: how well each chat field agrees with each CRM field, over pairs of a chat and the record that it
//! made, and which field lands in which, as far as that tells.
//!
//! In: whole tables and their links. Out: one [`Matrix`] per chat source and source of people, part of the facts, bounded:
//! it is computed over at most [`SAMPLE`] pairs, chosen by a hash of the chat's id.
//!
//! Two fields agree by chance, too: most opt-ins are blank or `false` on both sides. So each share is held against the
//! share among shuffled pairs, where the record is that of another chat. The score is Cohen's kappa with that share as
//! the chance level: 0 is chance, 1 is always (Cohen 1960, "A coefficient of agreement for nominal scales").
//! Values that are translated are told by the two tables of counts pointing at each other, and scored by Goodman and
//! Kruskal's lambda (1954, "Measures of association for cross classifications").

mod forms;
mod infer;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::hash::Hasher;

use rayon::prelude::*;
use rustc_hash::FxHasher;

pub use infer::{How, Inferred, THRESHOLD, infer};

use forms::{Same, Sampled};

use super::links::{By, Link, Links};
use super::proof::compare::contains_words;
use super::table::Table;
use crate::config::options::FieldType;
use crate::model::Role;

/// Most pairs that are compared.
pub const SAMPLE: usize = 5_000;

/// Most pairs in whose texts values are looked for.
const TEXTS: usize = 1_000;

/// Shuffled pairs are those of a chat and the record of the pair so many steps on, in an order of no meaning.
const STEPS: [usize; 3] = [1, 7, 31];

/// Fewer pairs than this that chats made, and those that chats touched count too.
const FEW: usize = 20;

/// How a chat source and a source of people agree, field by field.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Matrix {
    /// Position of the chat source.
    pub chats: usize,
    /// Position of the source of people.
    pub records: usize,
    /// Pairs of a chat and a record that it made, or, where there are few of those, touched.
    pub linked: u64,
    /// Of them those that were compared.
    pub sampled: u64,
    /// Whether pairs are compared that the chat only touched.
    pub touched: bool,
    /// Of those compared, how they were linked, by [`By::ALL`].
    pub by: [u64; By::ALL.len()],
    /// What agreed at all, by chat field, then CRM field.
    pub cells: Vec<Cell>,
    /// Chat fields that agree with the same CRM field in half of the pairs or more.
    pub rivals: Vec<Rivals>,
    /// Of each chat field that was compared: column, pairs in which it says something, what it seems to hold.
    pub said: Vec<(usize, u64, Option<FieldType>)>,
    /// The CRM fields that were compared, and what they seem to hold.
    pub shown: Vec<(usize, Option<FieldType>)>,
}

/// How one chat field and one CRM field agree.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cell {
    /// Column of the chat field.
    pub from: usize,
    /// Column of the CRM field.
    pub to: usize,
    /// Pairs in which the chat says something.
    pub said: u64,
    /// Of those: equal byte for byte.
    pub exact: u64,
    /// Equal but for case, white space, or the way in which such values are written.
    pub normalised: u64,
    /// Another word that stands for it wherever it is said, and for nothing else.
    pub translated: u64,
    /// Among other text as whole words, of [`Cell::looked`] pairs; or, for [`Cell::part`], a part of what is said.
    pub contained: u64,
    /// Whether the chat field is a full name, and the CRM field a first or last name.
    pub part: bool,
    /// Minutes by which times of the CRM field are ahead of those of the chat field where they count as equal.
    pub offset: i64,
    /// Pairs of which the text was looked through.
    pub looked: u64,
    /// Shuffled pairs that are equal, of `3 * said`.
    pub chance: u64,
    /// Shuffled pairs in whose text the value stands, of [`Cell::looked`].
    pub chance_contained: u64,
    /// Distinct values among those equal or translated, counted up to a few.
    pub distinct: u64,
    /// Most pairs that a single CRM value would explain: the chance level of translations.
    pub usual: u64,
    /// What is said for what, where values are translated.
    pub values: Vec<(String, String)>,
}

/// Two chat fields that both agree with one CRM field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rivals {
    /// Column of the CRM field.
    pub to: usize,
    /// Column of the one chat field.
    pub from: usize,
    /// Column of the other.
    pub other: usize,
    /// Pairs in which the one is equal to the CRM field and the other is not.
    pub alone: u64,
}

impl Matrix {
    /// The cell of two columns.
    #[must_use]
    pub fn cell(&self, from: usize, to: usize) -> Option<&Cell> {
        let at = self.cells.binary_search_by_key(&(from, to), |cell| (cell.from, cell.to)).ok()?;
        Some(&self.cells[at])
    }
}

impl Cell {
    /// Pairs that are equal, however written.
    #[must_use]
    pub const fn equal(&self) -> u64 {
        self.exact + self.normalised
    }

    /// The share of equal pairs among shuffled ones.
    #[must_use]
    pub fn by_chance(&self) -> f64 {
        share(self.chance, self.said * STEPS.len() as u64)
    }

    /// How far the pairs agree beyond chance: 0 is chance, 1 is always.
    #[must_use]
    pub fn score(&self) -> f64 {
        beyond(share(self.equal(), self.said), self.by_chance())
    }

    /// The same, translated values counted, against the most usual value.
    #[must_use]
    pub fn score_translated(&self) -> f64 {
        beyond(share(self.equal() + self.translated, self.said), share(self.usual, self.said))
    }

    /// The same for values among other text.
    #[must_use]
    pub fn score_contained(&self) -> f64 {
        beyond(share(self.contained, self.looked), share(self.chance_contained, self.looked))
    }
}

fn share(count: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { count as f64 / of as f64 }
}

fn beyond(share: f64, chance: f64) -> f64 {
    if chance >= 1.0 { 0.0 } else { (share - chance) / (1.0 - chance) }
}

/// The matrices of `tables`, which are whole sources.
pub(super) fn matrices(tables: &[Table], links: &Links) -> Vec<Matrix> {
    let sides = links.chats.iter().flat_map(|side| links.people.iter().map(move |people| (side.source, *people)));
    sides.filter_map(|(chats, records)| matrix(&tables[chats], &tables[records], links)).collect()
}

/// The pairs that are compared, and how many there are in all.
fn sample(chats: &Table, records: &Table, links: &Links) -> (Vec<Link>, u64, bool) {
    let of = |made: bool| {
        let all = links.pairs()[links.of_source(chats.index)].iter();
        all.filter(move |link| link.record.source as usize == records.index && (link.made || !made))
    };
    let touched = of(true).count() < FEW;
    let ids = chats.role(Role::Id).map(|column| chats.text(column));
    let mut keyed: Vec<(u64, Link)> = of(!touched)
        .map(|link| {
            let mut hasher = FxHasher::default();
            match ids.as_ref().and_then(|ids| ids.get(link.chat.row)) {
                Some(id) => hasher.write(id.as_bytes()),
                None => hasher.write_u32(link.chat.row),
            }
            (hasher.finish(), *link)
        })
        .collect();
    let linked = keyed.len() as u64;
    if keyed.len() > SAMPLE {
        keyed.select_nth_unstable(SAMPLE);
        keyed.truncate(SAMPLE);
    }
    keyed.sort_unstable();
    (keyed.into_iter().map(|(_, link)| link).collect(), linked, touched)
}

fn matrix(chats: &Table, records: &Table, links: &Links) -> Option<Matrix> {
    let (pairs, linked, touched) = sample(chats, records, links);
    if pairs.is_empty() {
        return None;
    }
    let sampled = |table: &Table, columns: Vec<usize>, rows: Vec<u32>| -> Vec<Sampled> {
        let some = |column: &Sampled| (0..rows.len()).any(|at| column.is_filled(at));
        columns.into_par_iter().map(|column| Sampled::of(table, column, &rows, TEXTS)).filter(some).collect()
    };
    let said = sampled(
        chats,
        chats.source.columns().filter(|column| is_said(chats, *column)).collect(),
        pairs.iter().map(|pair| pair.chat.row).collect(),
    );
    let shown = sampled(
        records,
        records.source.columns().filter(|column| is_filled_by_chats(records, *column)).collect(),
        pairs.iter().map(|pair| pair.record.row).collect(),
    );
    let mut by = [0; By::ALL.len()];
    for pair in &pairs {
        by[By::ALL.iter().position(|by| *by == pair.by).unwrap_or_default()] += 1;
    }
    let rows = pairs.len();
    let cells: Vec<Cell> = said
        .par_iter()
        .flat_map_iter(|from| {
            let name = chats.source.role_of(from.column) == Some(Role::Name);
            shown.iter().filter_map(move |to| {
                let role = records.source.role_of(to.column);
                let part = name && matches!(role, Some(Role::FirstName | Role::LastName));
                cell(from, to, rows, part)
            })
        })
        .collect();
    let filled = |column: &Sampled| (0..rows).filter(|at| column.is_filled(*at)).count() as u64;
    Some(Matrix {
        chats: chats.index,
        records: records.index,
        linked,
        sampled: pairs.len() as u64,
        touched,
        by,
        rivals: rivals(&cells, &said, &shown, rows),
        cells,
        said: said.iter().map(|of| (of.column, filled(of), of.kind(chats.source.role_of(of.column)))).collect(),
        shown: shown.iter().map(|of| (of.column, of.kind(records.source.role_of(of.column)))).collect(),
    })
}

/// The chat fields that agree with the same CRM field, and how often each does so without the other.
fn rivals(cells: &[Cell], said: &[Sampled], shown: &[Sampled], pairs: usize) -> Vec<Rivals> {
    let mut found = Vec::new();
    for to in shown {
        let agree = |from: &&Sampled| {
            let cell = cells.iter().find(|cell| cell.from == from.column && cell.to == to.column);
            cell.is_some_and(|cell| cell.equal() * 2 >= cell.said)
        };
        let agreeing: Vec<&Sampled> = said.iter().filter(agree).collect();
        for from in &agreeing {
            for other in agreeing.iter().filter(|other| other.column != from.column) {
                let same = |of: &Sampled, at: usize| of.same(at, to, at, 0) != Same::No;
                let alone = (0..pairs).filter(|at| same(from, *at) && !same(other, *at)).count() as u64;
                found.push(Rivals { to: to.column, from: from.column, other: other.column, alone });
            }
        }
    }
    found
}

/// Whether a chat field may land in the CRM: not the record's id, which came from there.
fn is_said(chats: &Table, column: usize) -> bool {
    chats.source.role_of(column) != Some(Role::RecordId)
}

/// Whether a chat may fill a CRM field: not those that the CRM itself fills.
fn is_filled_by_chats(records: &Table, column: usize) -> bool {
    let by_itself = [Role::Id, Role::Owner, Role::CreatedAt, Role::UpdatedAt, Role::LastActivityAt, Role::AssignedAt];
    let role = records.source.role_of(column);
    let is_system = records.source.system.iter().any(|(_, system)| *system == column);
    !role.is_some_and(|role| by_itself.contains(&role)) && !is_system
}

/// How two columns agree over `pairs` sampled pairs; `None` where they never do.
fn cell(from: &Sampled, to: &Sampled, pairs: usize, part: bool) -> Option<Cell> {
    /// Distinct values above which it makes no difference how many they are.
    const MANY: usize = 8;
    let mut cell = Cell { from: from.column, to: to.column, part, ..Cell::default() };
    let mut distinct: Vec<u64> = Vec::new();
    let offset = offset(from, to, pairs);
    cell.offset = offset / 60;
    for at in (0..pairs).filter(|at| from.is_filled(*at)) {
        cell.said += 1;
        match from.same(at, to, at, offset) {
            Same::Exact => cell.exact += 1,
            Same::Normalised => cell.normalised += 1,
            Same::No => continue,
        }
        if distinct.len() < MANY && !distinct.contains(&from.folded(at)) {
            distinct.push(from.folded(at));
        }
    }
    cell.distinct = distinct.len() as u64;
    if cell.equal() > 0 {
        for step in STEPS {
            let shuffled = (0..pairs).filter(|at| from.is_filled(*at));
            cell.chance +=
                shuffled.filter(|at| from.same(*at, to, (at + step) % pairs, offset) != Same::No).count() as u64;
        }
    }
    if cell.equal() < cell.said {
        translate(&mut cell, from, to);
    }
    if cell.equal() * 2 < cell.said && (part || to.length > from.length + 3) {
        look(&mut cell, from, to);
    }
    (cell.equal() + cell.translated + cell.contained > 0).then_some(cell)
}

/// The seconds by which most times of `to` are ahead of those of `from`, where they are a multiple of a quarter of an hour,
/// as time zones are; 0 where most are not, or not ahead.
fn offset(from: &Sampled, to: &Sampled, pairs: usize) -> i64 {
    const QUARTER: i64 = 15 * 60;
    const FURTHEST: i64 = 14 * 3_600;
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    let mut both = 0;
    for (apart, unit) in (0..pairs).filter_map(|at| from.apart(at, to, at)) {
        both += 1;
        if unit <= 60 && apart % QUARTER == 0 && apart.abs() <= FURTHEST {
            *counts.entry(apart).or_default() += 1;
        }
    }
    let most = counts.into_iter().max_by_key(|(apart, count)| (*count, -apart.abs()));
    most.filter(|(_, count)| count * 2 > both).map_or(0, |(apart, _)| apart)
}

/// Counts the values that stand among other text.
fn look(cell: &mut Cell, from: &Sampled, to: &Sampled) {
    let part = cell.part;
    let rows = from.texts.len();
    let holds = |value: &str, at: usize| {
        let text = &to.texts[at];
        if part { !text.is_empty() && contains_words(value, text) } else { contains_words(text, value) }
    };
    for at in 0..rows {
        let Some(value) = from.word(at) else { continue };
        cell.looked += 1;
        cell.contained += u64::from(holds(value, at));
        // Of another chat that says something else; without one there is no telling, and it counts as chance.
        let mut others =
            STEPS.iter().map(|step| (at + step) % rows).filter(|other| from.folded(*other) != from.folded(at));
        cell.chance_contained += u64::from(others.next().is_none_or(|other| holds(value, other)));
    }
}

/// Finds words that stand for others: of each said value the CRM value that it mostly meets, and which in turn mostly
/// meets it.
fn translate(cell: &mut Cell, from: &Sampled, to: &Sampled) {
    /// A word that was met less often is no word that stands for another.
    const SEEN: u64 = 3;
    let (Some(said), Some(shown)) = (&from.values, &to.values) else { return };
    // How often two words meet, and whether they are equal anyway.
    let mut counts: BTreeMap<(u32, u32), (u64, bool)> = BTreeMap::new();
    let mut usual: BTreeMap<u32, u64> = BTreeMap::new();
    let mut all: BTreeMap<u32, u64> = BTreeMap::new();
    for (at, pair) in said.codes.iter().zip(&shown.codes).enumerate() {
        if from.is_filled(at) && to.is_filled(at) {
            let met = counts.entry((*pair.0, *pair.1)).or_insert_with(|| (0, from.same(at, to, at, 0) != Same::No));
            met.0 += 1;
            *all.entry(*pair.0).or_default() += 1;
            *usual.entry(*pair.1).or_default() += 1;
        }
    }
    // Of equals the first.
    let mut ahead: BTreeMap<u32, (u64, u32)> = BTreeMap::new();
    let mut back: BTreeMap<u32, (u64, u32)> = BTreeMap::new();
    for ((a, b), (count, _)) in &counts {
        for (best, key, other) in [(&mut ahead, a, b), (&mut back, b, a)] {
            let most = best.entry(*key).or_default();
            if *count > most.0 {
                *most = (*count, *other);
            }
        }
    }
    for (a, (count, b)) in ahead {
        let both = back.get(&b).is_some_and(|(_, back)| *back == a);
        let same = counts.get(&(a, b)).is_some_and(|(_, same)| *same);
        if both && !same && count >= SEEN && count * 2 >= all.get(&a).copied().unwrap_or_default() {
            cell.translated += count;
            cell.values.push((said.written[a as usize].clone(), shown.written[b as usize].clone()));
            cell.distinct += 1;
        }
    }
    cell.values.sort();
    cell.usual = usual.into_values().max().unwrap_or_default();
}
