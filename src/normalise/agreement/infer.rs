//! Which chat field lands in which CRM field, as far as the matrix tells.

use std::collections::BTreeSet;

use super::{By, Cell, Matrix};
use crate::config::options::FieldType;
use crate::model::Role;
use crate::normalise::table::Table;

/// How a chat field lands in a CRM field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// As the same value, however written.
    Equal,
    /// As another word that stands for it.
    Translated,
    /// Among other text.
    Contained,
    /// As a part of it: the first or last name of a full name.
    Part,
}

impl How {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Translated => "translated",
            Self::Contained => "contained",
            Self::Part => "part",
        }
    }
}

/// A chat field that lands in a CRM field, told by the pairs alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Inferred {
    /// Positions of the chat source and the column.
    pub from: (usize, usize),
    /// Positions of the source of people and the column.
    pub to: (usize, usize),
    /// Both as a config writes them: `chats.reason`, `leads.Reason__c`.
    pub names: (String, String),
    /// How.
    pub how: How,
    /// What both sides hold.
    pub kind: Option<FieldType>,
    /// Pairs that agree.
    pub agreed: u64,
    /// Pairs in which the chat says something and that were looked at.
    pub said: u64,
    /// How far that is beyond chance: 0 is chance, 1 is always.
    pub score: f64,
    /// The share that agrees by chance, 0..1.
    pub chance: f64,
    /// Minutes by which times of the CRM field are ahead.
    pub offset: i64,
    /// Words that stand for others.
    pub values: Vec<(String, String)>,
    /// Whether most pairs were linked by these two fields, so that their agreement proves nothing.
    pub is_link: bool,
}

/// The least score at which a field is held to land in another.
pub const THRESHOLD: f64 = 0.5;

/// The least number of pairs that agree.
const AGREED: u64 = 3;

/// Whether `agreed` of `of` pairs are clearly more than chance makes, of which `hits` of `tries` were seen: by more than
/// four standard deviations, the chance estimated by Laplace's rule.
fn is_clear(agreed: u64, of: u64, hits: u64, tries: u64) -> bool {
    const DEVIATIONS: f64 = 4.0;
    let chance = (hits + 1) as f64 / (tries + 2) as f64;
    let expected = of as f64 * chance;
    agreed >= AGREED && agreed as f64 > expected + DEVIATIONS * (expected * (1.0 - chance)).sqrt()
}

/// The fields that land in others: of each CRM field, the chat fields that fill it. Values among other text count only for
/// chat fields that land nowhere else, words that stand for others only where nothing is equal.
#[must_use]
pub fn infer(matrix: &Matrix, tables: &[Table]) -> Vec<Inferred> {
    let (chats, records) = (&tables[matrix.chats], &tables[matrix.records]);
    let mut found: Vec<Inferred> = Vec::new();
    let mut from_done: BTreeSet<usize> = BTreeSet::new();
    let mut to_done: BTreeSet<usize> = BTreeSet::new();
    for how in [How::Equal, How::Part, How::Contained, How::Translated] {
        let candidates = matrix.cells.iter().filter(|cell| match how {
            How::Equal => is_equal(cell),
            How::Translated => is_translated(cell, records.source.role_of(cell.to)),
            How::Part => cell.part && is_contained(cell),
            How::Contained => !cell.part && is_contained(cell),
        });
        let mut candidates: Vec<(f64, &Cell)> = candidates
            .filter(|cell| how == How::Equal || !from_done.contains(&cell.from))
            .filter(|cell| !to_done.contains(&cell.to))
            .map(|cell| (score(cell, how), cell))
            .collect();
        let named = |cell: &Cell| {
            let header = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
            strsim::jaro_winkler(&header(chats.source.header(cell.from)), &header(records.source.header(cell.to)))
        };
        candidates.sort_by(|(a, one), (b, other)| {
            let alike = || named(other).total_cmp(&named(one));
            // What a column means tells more than what it is called.
            let role = |cell: &Cell| {
                chats.source.role_of(cell.from).is_some_and(|role| records.source.role_of(cell.to) == Some(role))
            };
            let meant = || role(other).cmp(&role(one));
            b.total_cmp(a)
                .then_with(meant)
                .then_with(alike)
                .then_with(|| (one.from, one.to).cmp(&(other.from, other.to)))
        });
        let mut taken: BTreeSet<usize> = BTreeSet::new();
        let mut once: BTreeSet<usize> = BTreeSet::new();
        for (score, cell) in candidates {
            // One chat field fills a CRM field; it may fill several, but stands for words, or among text, in one only.
            // A second field lands in a CRM field only where it does so without the first, again and again.
            let alone = |other: &Inferred| {
                let rivals =
                    matrix.rivals.iter().find(|r| (r.to, r.from, r.other) == (cell.to, cell.from, other.from.1));
                rivals.is_some_and(|rivals| rivals.alone >= AGREED && rivals.alone * 10 >= cell.equal())
            };
            let first = taken.insert(cell.to);
            if how == How::Equal && !first && !found.iter().filter(|one| one.to.1 == cell.to).all(alone) {
                continue;
            }
            if matches!(how, How::Translated | How::Part) && !first {
                continue;
            }
            if matches!(how, How::Translated | How::Contained) && !once.insert(cell.from) {
                continue;
            }
            found.push(inferred(matrix, cell, how, score, (chats, records)));
        }
        from_done.extend(found.iter().map(|one| one.from.1));
        to_done.extend(found.iter().filter(|one| one.how != How::Contained).map(|one| one.to.1));
    }
    found.sort_by_key(|one| (one.from, one.to));
    found
}

fn score(cell: &Cell, how: How) -> f64 {
    match how {
        How::Equal => cell.score(),
        How::Translated => cell.score_translated(),
        How::Contained | How::Part => cell.score_contained(),
    }
}

fn is_equal(cell: &Cell) -> bool {
    cell.score() >= THRESHOLD && is_more_than_chance(cell)
}

/// Whether the equal pairs of a cell are clearly more than chance makes, and not all of one value.
fn is_more_than_chance(cell: &Cell) -> bool {
    let tries = cell.said * super::STEPS.len() as u64;
    cell.distinct >= 2 && is_clear(cell.equal(), cell.said, cell.chance, tries)
}

impl Cell {
    /// Whether the two fields agree clearly more often than by chance, although perhaps too seldom to say that one lands
    /// in the other.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        is_more_than_chance(self) || is_clear(self.contained, self.looked, self.chance_contained, self.looked)
    }
}

/// Words stand for others only where two words meet again and again: of what is said, at most every fourth is another
/// word. Fields that follow from many things, and names, are nothing that a word stands for.
fn is_translated(cell: &Cell, to: Option<Role>) -> bool {
    const SEEN: u64 = 10;
    const AGAIN: u64 = 4;
    let follows = to.is_some_and(|role| {
        role.is_time()
            || matches!(
                role,
                Role::Status
                    | Role::Stage
                    | Role::Score
                    | Role::Country
                    | Role::Region
                    | Role::City
                    | Role::Postcode
                    | Role::Street
                    | Role::Email
                    | Role::Phone
                    | Role::Name
                    | Role::FirstName
                    | Role::LastName
                    | Role::Company
                    | Role::Domain
            )
    });
    let agreed = cell.equal() + cell.translated;
    !follows
        && cell.values.len() >= 2
        && cell.said >= SEEN
        && cell.distinct * AGAIN <= agreed
        && cell.score_translated() >= THRESHOLD
        && is_clear(agreed, cell.said, cell.usual, cell.said)
}

fn is_contained(cell: &Cell) -> bool {
    cell.score_contained() >= THRESHOLD && is_clear(cell.contained, cell.looked, cell.chance_contained, cell.looked)
}

fn inferred(matrix: &Matrix, cell: &Cell, how: How, score: f64, tables: (&Table, &Table)) -> Inferred {
    let (chats, records) = tables;
    let of_from = matrix.said.iter().find(|(column, ..)| *column == cell.from).and_then(|(.., kind)| *kind);
    let of_to = matrix.shown.iter().find(|(column, _)| *column == cell.to).and_then(|(_, kind)| *kind);
    let roles = (chats.source.role_of(cell.from), records.source.role_of(cell.to));
    let linked =
        |by: By| By::ALL.iter().zip(matrix.by).filter(|(one, _)| **one == by).map(|(_, count)| count).sum::<u64>();
    let by = match roles {
        (Some(Role::Id), Some(Role::ChatId)) => linked(By::ChatId),
        (Some(Role::Email), Some(Role::Email)) => linked(By::Email),
        (Some(Role::Phone), Some(Role::Phone)) => linked(By::Phone),
        _ => 0,
    };
    let (agreed, said, chance) = match how {
        How::Equal => (cell.equal(), cell.said, cell.by_chance()),
        How::Translated => (cell.equal() + cell.translated, cell.said, super::share(cell.usual, cell.said)),
        How::Contained | How::Part => (cell.contained, cell.looked, super::share(cell.chance_contained, cell.looked)),
    };
    Inferred {
        from: (matrix.chats, cell.from),
        to: (matrix.records, cell.to),
        names: (name(chats, cell.from), name(records, cell.to)),
        how,
        kind: if how == How::Equal { kind(of_from, of_to, cell.to, records) } else { None },
        agreed,
        said,
        score,
        chance,
        values: if matches!(how, How::Equal | How::Translated) { cell.values.clone() } else { Vec::new() },
        offset: if how == How::Equal { cell.offset } else { 0 },
        is_link: by * 2 > matrix.sampled,
    }
}

fn name(table: &Table, column: usize) -> String {
    format!("{}.{}", table.name(), table.source.header(column))
}

/// The type of a mapping: what both sides hold; else what the target is declared or looks to be.
fn kind(from: Option<FieldType>, to: Option<FieldType>, column: usize, records: &Table) -> Option<FieldType> {
    use crate::model::FieldKind;

    if from.is_some() && from == to {
        return from;
    }
    if records.source.declared(column).is_some_and(|field| field.kind == FieldKind::Picklist) {
        return Some(FieldType::Picklist);
    }
    matches!(records.source.role_of(column), Some(Role::Transcript | Role::Notes)).then_some(FieldType::LongText)
}
