//! What the records of a table are compared by: the columns of `[duplicates] match`, else every one that can be compared.

use std::hash::Hash;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::cluster;
use super::shared_mailbox::is_function;
use crate::config::{Options, hint};
use crate::matching::compare::company::CompanyNames;
use crate::matching::compare::email::EmailAddresses;
use crate::matching::compare::kind::{self, Kind, Stats};
use crate::matching::compare::person::{PersonNames, PersonParts};
use crate::matching::records::{Field, NONE, Nature, Records};
use crate::model::Role;
use crate::normalise::Table;
use crate::normalise::keys::KeyName;
use crate::normalise::text::trimmed;

/// The records of a table, taken apart into fields.
///
/// # Errors
///
/// Says what is missing where the table has too little to compare by.
pub(super) fn records(table: &Table, config: &Options) -> Result<Records, String> {
    let mut columns: Vec<Compared<'_>> = columns(table, config)?
        .into_par_iter()
        .map(|column| Compared::of(table, column, config))
        .filter(|column| !column.values.is_empty())
        .collect();
    merge_alternatives(&mut columns);
    let (parts, rest): (Vec<_>, Vec<_>) = columns.drain(..).partition(|column| column.kind.is_part_of_name());
    let mut fields: Vec<Field> = (!parts.is_empty()).then(|| people(table, &parts)).into_iter().collect();
    let from_names: Vec<Vec<bool>> = rest.iter().map(|column| column.from_names(&parts)).collect();
    fields.par_extend(rest.into_par_iter().zip(from_names).map(|(column, from_name)| {
        let mut field = column.field(table);
        (field.from_name, field.follows_from) = (from_name, EmailAddresses::FOLLOWS_FROM_NAME);
        field
    }));
    if fields.len() < 2 && config.duplicates.r#match.is_none() {
        return Err(format!(
            "{} has too little to tell people by: probable duplicates need two of name, phone, email, company, address or \
             birth date; name columns under [duplicates] match",
            table.name()
        ));
    }
    Ok(Records { rows: table.height(), fields, record: record_numbers(table), second: Vec::new() })
}

/// The columns to compare.
fn columns(table: &Table, config: &Options) -> Result<Vec<usize>, String> {
    let source = &table.source;
    match &config.duplicates.r#match {
        None => Ok(source.columns().filter(|at| kind::is_default(source.header(*at), source.role_of(*at))).collect()),
        Some(names) => names
            .iter()
            .map(|name| {
                source.column_named(name).ok_or_else(|| {
                    format!(
                        "{} has no column `{name}`, which [duplicates] match names; {}",
                        table.name(),
                        hint(name, source.columns().map(|column| source.header(column)))
                    )
                })
            })
            .collect(),
    }
}

/// One column: its distinct values, and the position of each row's.
struct Compared<'a> {
    column: usize,
    kind: Kind,
    values: Vec<&'a str>,
    codes: Vec<u32>,
}

impl<'a> Compared<'a> {
    fn of(table: &'a Table, column: usize, config: &Options) -> Self {
        let text = table.text(column);
        let cell = |row: u32| text.get(row).map(trimmed).filter(|cell| cell.chars().any(char::is_alphanumeric));
        let rows = 0..table.height() as u32;
        let (values, codes) = distinct(rows.clone().map(cell));
        let filled = codes.iter().filter(|code| **code != NONE).count() as u64;
        let source = &table.source;
        let kind = kind::infer(source.header(column), source.role_of(column), &Stats::of(&values, filled));
        if kind.is_part_of_name() {
            return Self { column, kind, values, codes };
        }
        // An office's mailbox, or one on many records, tells nobody.
        let crowded = if kind == Kind::Email { crowded(table, column, config) } else { Vec::new() };
        let tells: Vec<bool> = values
            .iter()
            .map(|cell| !(cluster::is_nobody(cell) || kind == Kind::Email && is_function(&cell.to_lowercase())))
            .collect();
        let (values, codes) = distinct(rows.zip(codes).map(|(row, code)| {
            let is_told = code != NONE && tells[code as usize] && crowded.binary_search(&row).is_err();
            is_told.then(|| values[code as usize])
        }));
        Self { column, kind, values, codes }
    }

    /// For each row whether its address is made of the name of the person; nothing for other columns.
    fn from_names(&self, parts: &[Self]) -> Vec<bool> {
        if self.kind != Kind::Email || parts.is_empty() {
            return Vec::new();
        }
        let locals: Vec<String> =
            self.values.par_iter().map(|value| plain(value.split('@').next().unwrap_or_default())).collect();
        // Words of names that a mailbox may be made of: `kate` of Kate Smith, and what stands for an initial is left.
        let words: Vec<Vec<Vec<String>>> = parts
            .iter()
            .map(|part| {
                let words = |value: &&str| value.split_whitespace().map(plain).filter(|word| word.len() > 2).collect();
                part.values.par_iter().map(words).collect()
            })
            .collect();
        (0..self.codes.len())
            .into_par_iter()
            .map(|row| {
                let code = self.codes[row];
                code != NONE
                    && parts.iter().zip(&words).any(|(part, words)| {
                        let held = part.codes[row];
                        held != NONE
                            && words[held as usize].iter().any(|word| locals[code as usize].contains(word.as_str()))
                    })
            })
            .collect()
    }

    fn field(self, table: &Table) -> Field {
        let nature = match self.kind {
            Kind::Email | Kind::Date => Nature::Own,
            Kind::Code => Nature::Identifier,
            Kind::Phone => Nature::Phone,
            Kind::Company => Nature::Company,
            Kind::Street | Kind::HouseNumber => Nature::Place,
            Kind::Postcode | Kind::Place => Nature::Area,
            _ => Nature::Other,
        };
        let comparison = self.kind.comparison(&self.values);
        let comparison = comparison.unwrap_or_else(|| Box::new(CompanyNames::new(&self.values)));
        Field {
            name: said(table, self.column),
            nature,
            chance: chance(self.kind),
            comparison,
            codes: self.codes,
            from_name: Vec::new(),
            follows_from: 0,
        }
    }
}

/// The share of pairs of two people or companies that have the same value, as a first guess.
const fn chance(kind: Kind) -> f64 {
    match kind {
        Kind::Email | Kind::Phone | Kind::Code => 1e-5,
        Kind::Date | Kind::Street | Kind::FullName => 1e-4,
        Kind::Company => 5e-4,
        Kind::Postcode => 2e-3,
        Kind::HouseNumber => 2e-2,
        Kind::Place => 5e-2,
        Kind::Category => 0.3,
        _ => 1e-2,
    }
}

/// Makes one of columns of one kind that hardly any row fills both: an address in one line or in parts, the name of a company
/// or the account.
fn merge_alternatives(columns: &mut Vec<Compared<'_>>) {
    let mut at = 0;
    while at < columns.len() {
        let kind = columns[at].kind;
        let alternative = |first: &Compared<'_>, second: &Compared<'_>| {
            let filled = |codes: &[u32]| codes.iter().filter(|code| **code != NONE).count();
            let both = first.codes.iter().zip(&second.codes).filter(|(a, b)| **a != NONE && **b != NONE).count();
            both * ALTERNATIVE <= filled(&first.codes).min(filled(&second.codes))
        };
        let second = (at + 1..columns.len())
            .find(|second| columns[*second].kind == kind && alternative(&columns[at], &columns[*second]));
        match second.filter(|_| matches!(kind, Kind::Street | Kind::Company | Kind::Email | Kind::Phone)) {
            Some(second) => {
                let second = columns.remove(second);
                let first = &mut columns[at];
                let cells = first.codes.iter().zip(&second.codes).map(|(a, b)| match (*a, *b) {
                    (NONE, NONE) => None,
                    (NONE, b) => Some(second.values[b as usize]),
                    (a, _) => Some(first.values[a as usize]),
                });
                let (values, codes) = distinct(cells);
                (first.values, first.codes) = (values, codes);
            }
            None => at += 1,
        }
    }
}

/// Columns are alternatives if at most one of so many rows that fill one fills both.
const ALTERNATIVE: usize = 20;

/// Letters and digits in their plain form.
fn plain(text: &str) -> String {
    let letters = |c: char| if c.is_ascii() { None } else { deunicode::deunicode_char(c) };
    let mut out = String::with_capacity(text.len());
    for c in text.chars().take(120) {
        match letters(c) {
            Some(plain) => {
                out.extend(plain.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()))
            }
            None if c.is_ascii_alphanumeric() => out.push(c.to_ascii_lowercase()),
            None => {}
        }
    }
    out
}

/// What evidence calls a column.
fn said(table: &Table, column: usize) -> String {
    table.source.role_of(column).map_or_else(|| table.source.header(column).to_owned(), |role| role.to_string())
}

/// The names of people, from all their columns together.
fn people(table: &Table, columns: &[Compared<'_>]) -> Field {
    let of_row = |row: u32| {
        let mut parts = PersonParts::default();
        for column in columns {
            let code = column.codes[row as usize];
            if code == NONE {
                continue;
            }
            let place = match column.kind {
                Kind::MiddleName => &mut parts.middle,
                Kind::FamilyName => &mut parts.family,
                Kind::FullName => &mut parts.full,
                Kind::Suffix => &mut parts.suffix,
                _ => &mut parts.given,
            };
            if place.is_empty() {
                *place = column.values[code as usize];
            }
        }
        // Null and Test are surnames, but not beside nothing else.
        let named = [parts.given, parts.middle, parts.family, parts.full];
        named.iter().any(|part| !cluster::is_nobody(part)).then_some(parts)
    };
    let (values, codes) = distinct((0..table.height() as u32).map(of_row));
    let comparison = Box::new(PersonNames::new(&values));
    Field {
        name: "name".to_owned(),
        nature: Nature::Person,
        chance: chance(Kind::FullName),
        comparison,
        codes,
        from_name: Vec::new(),
        follows_from: 0,
    }
}

/// Distinct values in the order in which they come, and the position of each row's.
fn distinct<T: Copy + Eq + Hash>(cells: impl Iterator<Item = Option<T>>) -> (Vec<T>, Vec<u32>) {
    let mut known: FxHashMap<T, u32> = FxHashMap::default();
    let mut values = Vec::new();
    let codes = cells
        .map(|cell| {
            cell.map_or(NONE, |cell| {
                *known.entry(cell).or_insert_with(|| {
                    values.push(cell);
                    values.len() as u32 - 1
                })
            })
        })
        .collect();
    (values, codes)
}

/// Rows whose address stands on more records than an address of one person does, ascending.
fn crowded(table: &Table, column: usize, config: &Options) -> Vec<u32> {
    if table.role(Role::Email) != Some(column) {
        return Vec::new();
    }
    let (key, limit) = (table.key(KeyName::Email), cluster::shared_above(config));
    let mut rows: Vec<u32> =
        (0..key.code.len()).filter(|at| key.count[key.code[*at] as usize] > limit).map(|at| key.row[at]).collect();
    rows.sort_unstable();
    rows
}

/// A number for each row, equal for rows of one record.
fn record_numbers(table: &Table) -> Vec<u32> {
    distinct(cluster::record_codes(table).into_iter().map(Some)).1
}
