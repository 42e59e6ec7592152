//! The agreement matrix as people and programs read it: which chat field lands in which CRM field, how often, and how
//! much of that is chance; and a draft of the `[[mapping]]` entries.
//!
//! In: the matrices of the facts. Out: text. Headers are hostile and are quoted for each format; of the cells nothing is
//! shown but the words of fields whose values are translated.

mod draft;
mod json;
mod markdown;
mod table;
#[cfg(test)]
mod tests;

use serde::Serialize;

use super::words;
use crate::config::options::{FieldType, Options};
use crate::normalise::agreement::{Cell, How, Inferred, Matrix};
use crate::normalise::links::By;
use crate::normalise::{Facts, Table};

/// Which chat fields land where, for every chat source and source of people that are linked.
#[derive(Debug, Clone, Serialize)]
pub struct FieldMap {
    /// One by one.
    pub sides: Vec<Side>,
    /// The entries for a `leadlint.toml`.
    pub draft: String,
    /// How many entries the draft has.
    pub drafted: usize,
}

/// The fields of one chat source against those of one source of people.
#[derive(Debug, Clone, Serialize)]
pub struct Side {
    /// The chat source.
    pub chats: String,
    /// The source of people.
    pub records: String,
    /// Pairs that are linked.
    pub linked: u64,
    /// Pairs that were compared.
    pub sampled: u64,
    /// Whether pairs count in which the chat only touched the record, for want of others.
    pub touched: bool,
    /// How the compared pairs were linked.
    pub linked_by: Vec<(&'static str, u64)>,
    /// The chat fields that say anything, in the order of the export.
    pub fields: Vec<Field>,
    /// CRM fields in which no chat field lands.
    pub unreached: Vec<String>,
}

/// One chat field.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    /// Its header.
    pub from: String,
    /// Pairs in which it says something.
    pub said: u64,
    /// What it seems to hold.
    pub kind: Option<FieldType>,
    /// The CRM fields that agree at all, those in which it lands first, then the best.
    pub cells: Vec<Agreed>,
}

/// How a chat field agrees with a CRM field.
#[derive(Debug, Clone, Serialize)]
pub struct Agreed {
    /// Header of the CRM field.
    pub to: String,
    /// How it lands there; `None` where it does not.
    pub lands: Option<How>,
    /// Whether the config declares it.
    pub declared: bool,
    /// Whether most pairs were linked by these two fields.
    pub is_link: bool,
    /// Minutes by which times of the CRM field are ahead of those of the chat field.
    pub offset_minutes: i64,
    /// How far it agrees beyond chance: 0 is chance, 1 is always.
    pub score: f64,
    /// Share of pairs, 0..1, equal byte for byte.
    pub exact: f64,
    /// Equal but for case, white space, or the way in which such values are written.
    pub normalised: f64,
    /// Another word that stands for it.
    pub translated: f64,
    /// Among other text.
    pub contained: f64,
    /// The share that agrees by chance.
    pub chance: f64,
    /// Whether that is clearly more than chance.
    pub clear: bool,
}

/// Pairs below which a share proves little.
const FEW: u64 = 30;

impl FieldMap {
    /// What the facts say of the fields of `tables`.
    #[must_use]
    pub fn of(tables: &[Table], facts: &Facts, config: &Options) -> Self {
        let sides = facts.agreement().iter().map(|matrix| side(matrix, tables, facts)).collect();
        let (draft, drafted) = draft::draft(facts, config);
        Self { sides, draft, drafted }
    }

    /// For a terminal of `width` columns. With `all`, every pair of fields that agrees at all.
    #[must_use]
    pub fn table(&self, width: u16, color: bool, all: bool) -> String {
        table::render(self, width, color, all)
    }

    /// As Markdown.
    #[must_use]
    pub fn markdown(&self, all: bool) -> String {
        markdown::render(self, all)
    }

    /// As JSON, `leadlint.map/1`: always every pair of fields that agrees at all.
    #[must_use]
    pub fn json(&self) -> String {
        json::render(self)
    }
}

fn side(matrix: &Matrix, tables: &[Table], facts: &Facts) -> Side {
    let (chats, records) = (&tables[matrix.chats], &tables[matrix.records]);
    let lands = |from: usize, to: usize| {
        let (from, to) = ((matrix.chats, from), (matrix.records, to));
        facts.inferred().iter().find(|one| one.from == from && one.to == to)
    };
    let declared = |from: usize, to: usize| {
        let (from, to) = (Some((matrix.chats, from)), Some((matrix.records, to)));
        facts.mappings.iter().any(|mapping| mapping.from.place() == from && mapping.to.place() == to)
    };
    let fields = matrix
        .said
        .iter()
        .map(|(from, said, kind)| {
            let cells = matrix.cells.iter().filter(|cell| cell.from == *from);
            let mut cells: Vec<Agreed> = cells
                .map(|cell| {
                    let header = records.source.header(cell.to);
                    agreed(cell, header, lands(cell.from, cell.to), declared(cell.from, cell.to))
                })
                .collect();
            cells.sort_by(|a, b| {
                let score = || b.score.total_cmp(&a.score);
                b.lands.is_some().cmp(&a.lands.is_some()).then_with(score).then_with(|| a.to.cmp(&b.to))
            });
            Field { from: chats.source.header(*from).to_owned(), said: *said, kind: *kind, cells }
        })
        .collect();
    let reached = |column: usize| facts.inferred().iter().any(|one| one.to == (matrix.records, column));
    let unreached = matrix.shown.iter().filter(|(column, _)| !reached(*column));
    Side {
        chats: chats.name().to_owned(),
        records: records.name().to_owned(),
        linked: matrix.linked,
        sampled: matrix.sampled,
        touched: matrix.touched,
        linked_by: By::ALL.iter().zip(matrix.by).filter(|(_, n)| *n > 0).map(|(by, n)| (by.as_str(), n)).collect(),
        fields,
        unreached: unreached.map(|(column, _)| records.source.header(*column).to_owned()).collect(),
    }
}

fn agreed(cell: &Cell, header: &str, lands: Option<&Inferred>, declared: bool) -> Agreed {
    let share = |count: u64, of: u64| if of == 0 { 0.0 } else { count as f64 / of as f64 };
    let how = lands.map(|one| one.how);
    let score = match how {
        Some(How::Equal) => cell.score(),
        Some(How::Translated) => cell.score_translated(),
        Some(How::Contained | How::Part) => cell.score_contained(),
        None => cell.score().max(cell.score_contained()),
    };
    let chance = match how {
        Some(How::Contained | How::Part) => share(cell.chance_contained, cell.looked),
        Some(How::Translated) => share(cell.usual, cell.said),
        _ if cell.score_contained() > cell.score() => share(cell.chance_contained, cell.looked),
        _ => cell.by_chance(),
    };
    // Words that meet by chance are no translation.
    let told = lands.is_some_and(|one| !one.values.is_empty());
    let translated = if told { share(cell.translated, cell.said) } else { 0.0 };
    Agreed {
        to: header.to_owned(),
        lands: how,
        declared,
        is_link: lands.is_some_and(|one| one.is_link),
        offset_minutes: cell.offset,
        score,
        exact: share(cell.exact, cell.said),
        normalised: share(cell.normalised, cell.said),
        translated,
        contained: share(cell.contained, cell.looked),
        chance,
        clear: cell.is_clear(),
    }
}

impl Side {
    /// How many pairs were compared, and how they were linked, in a sentence.
    fn population(&self) -> String {
        let by: Vec<String> = self.linked_by.iter().map(|(by, n)| format!("{} by {by}", words::number(*n))).collect();
        let of = if self.sampled < self.linked {
            format!(
                "{} of {} pairs, chosen by a hash of the chat's id",
                words::number(self.sampled),
                words::number(self.linked)
            )
        } else {
            words::plural(self.linked, "pair")
        };
        let what = if self.touched {
            "of a chat and a record that it made or touched, for too few were made"
        } else {
            "of a chat and the record that it made"
        };
        let few = if self.sampled < FEW { "; so few pairs prove little" } else { "" };
        format!("{of} {what}; linked {}{few}", words::list(&by, "and"))
    }
}

impl Agreed {
    /// What is to be thought of it, in a word or two.
    fn verdict(&self) -> String {
        let mut said = match (self.lands, self.declared) {
            (Some(_), true) => "lands here, as declared".to_owned(),
            (Some(_), false) => "lands here".to_owned(),
            (None, true) => "declared, and does not land here".to_owned(),
            (None, false) if self.clear => "sometimes".to_owned(),
            (None, false) => "no more than chance".to_owned(),
        };
        if self.offset_minutes != 0 && self.lands.is_some() {
            said.extend([", ", &self.offset_minutes.to_string(), " minutes off"]);
        }
        if self.is_link {
            said.push_str("; pairs were linked by it");
        }
        said
    }
}

/// The cells of a field that are shown: those in which it lands and those declared, else the best; with `all` every one.
fn shown(field: &Field, all: bool) -> Vec<&Agreed> {
    if all {
        return field.cells.iter().collect();
    }
    let told: Vec<&Agreed> = field.cells.iter().filter(|cell| cell.lands.is_some() || cell.declared).collect();
    if told.is_empty() { field.cells.iter().filter(|cell| cell.clear).take(1).collect() } else { told }
}

/// Headers of the matrix; a `>` in front says that a column holds figures.
const HEADERS: [&str; 9] =
    ["chat field", ">said", "CRM field", ">equal", ">alike", ">translated", ">within", ">by chance", "so"];

/// A cell of the matrix as a row, as texts that are not quoted yet. Nothing stands for no share: what is there stands out.
fn row(field: &Field, cell: &Agreed) -> Vec<String> {
    let share = |share: f64| if share > 0.0 { words::rate(share) } else { String::new() };
    vec![
        field.from.clone(),
        words::number(field.said),
        cell.to.clone(),
        share(cell.exact),
        share(cell.normalised),
        share(cell.translated),
        share(cell.contained),
        words::rate(cell.chance),
        cell.verdict(),
    ]
}
