//! What the records of a table are compared by: the columns of `[duplicates] match`, else every one that can be compared.

use std::hash::Hash;

use rustc_hash::FxHashMap;

use super::shared_mailbox::is_function;
use super::cluster;
use crate::config::Options;
use crate::config::hint;
use crate::matching::compare::kind::{self, Kind, Part};
use crate::matching::compare::{
    Comparison, category, code, date, email, person, phone, place, postcode, street, text,
};
use crate::matching::records::{Field, NONE, Nature, Records};
use crate::model::Role;
use crate::normalise::Table;
use crate::normalise::keys::KeyName;
use crate::normalise::text::{Text, is_blank, trimmed};

/// The records of a table, taken apart into fields.
///
/// # Errors
///
/// Says what is missing where the table has too little to compare by.
pub(super) fn records(table: &Table, config: &Options) -> Result<Records, String> {
    let columns = columns(table, config)?;
    let mut fields = Vec::new();
    let people: Vec<(Part, usize)> = columns
        .iter()
        .filter_map(|(column, kind)| match kind {
            Kind::Person(part) => Some((*part, *column)),
            _ => None,
        })
        .collect();
    if !people.is_empty() {
        fields.push(people_of(table, &people));
    }
    for (column, kind) in &columns {
        if !matches!(kind, Kind::Person(_)) {
            fields.push(field(table, *column, *kind, config));
        }
    }
    if fields.len() < 2 && config.duplicates.r#match.is_none() {
        return Err(format!(
            "{} has too little to tell people by: probable duplicates need two of name, phone, email, company, address or \
             birth date; name columns under [duplicates] match",
            table.name()
        ));
    }
    Ok(Records { rows: table.height(), fields, record: record_numbers(table), second: Vec::new() })
}

/// The columns to compare, and how.
fn columns(table: &Table, config: &Options) -> Result<Vec<(usize, Kind)>, String> {
    let source = &table.source;
    let all = || source.columns();
    match &config.duplicates.r#match {
        None => Ok(all()
            .filter_map(|column| {
                kind::by_default(source.header(column), source.role_of(column)).map(|kind| (column, kind))
            })
            .collect()),
        Some(names) => {
            let mut found = Vec::new();
            for name in names {
                match source.column_named(name) {
                    Some(column) => {
                        let kind = kind::infer(source.header(column), source.role_of(column), &sample(table, column));
                        found.push((column, kind));
                    }
                    None => {
                        return Err(format!(
                            "{} has no column `{name}`, which [duplicates] match names; {}",
                            table.name(),
                            hint(name, all().map(|column| source.header(column)))
                        ));
                    }
                }
            }
            Ok(found)
        }
    }
}

/// Some values of a column, to tell its kind by.
fn sample(table: &Table, column: usize) -> Vec<&str> {
    let text = table.text(column);
    text.iter().flatten().filter(|cell| !is_blank(Some(cell))).take(2_000).collect()
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

/// The names of people, from all their columns together.
fn people_of(table: &Table, columns: &[(Part, usize)]) -> Field {
    let texts: Vec<(Part, Text<'_>)> = columns.iter().map(|(part, column)| (*part, table.text(*column))).collect();
    let of_row = |row: u32| {
        let mut parts = person::PersonParts::default();
        for (part, text) in &texts {
            let Some(cell) = text.get(row).map(trimmed).filter(|cell| cell.chars().any(char::is_alphanumeric)) else {
                continue;
            };
            let place = match part {
                Part::Given => &mut parts.given,
                Part::Middle => &mut parts.middle,
                Part::Family => &mut parts.family,
                Part::Full => &mut parts.full,
                Part::Suffix => &mut parts.suffix,
            };
            if place.is_empty() {
                *place = cell;
            }
        }
        // Null and Test are surnames, but not beside nothing else.
        let said = [parts.given, parts.middle, parts.family, parts.full];
        said.iter().any(|part| !cluster::is_nobody(part)).then_some(parts)
    };
    let (values, codes) = distinct((0..table.height() as u32).map(of_row));
    let comparison = Box::new(person::PersonNames::new(&values));
    Field { name: "name".to_owned(), nature: Nature::Person, comparison, codes }
}

/// One column.
fn field(table: &Table, column: usize, kind: Kind, config: &Options) -> Field {
    let text = table.text(column);
    let crowded = if kind == Kind::Email { crowded(table, column, config) } else { Vec::new() };
    let of_row = |row: u32| {
        let cell = text.get(row).filter(|cell| !cluster::is_nobody(cell))?;
        // An office's mailbox, or one on many records, tells nobody.
        let is_office = kind == Kind::Email && (is_function(&cell.to_lowercase()) || crowded.binary_search(&row).is_ok());
        (!is_office).then(|| trimmed(cell))
    };
    let (values, codes) = distinct((0..table.height() as u32).map(of_row));
    let (nature, comparison): (Nature, Box<dyn Comparison>) = match kind {
        Kind::Email => (Nature::Own, Box::new(email::EmailAddresses::new(&values))),
        Kind::Phone => (Nature::Phone, Box::new(phone::PhoneNumbers::new(&values))),
        Kind::Company => (Nature::Company, Box::new(text::Texts::new(&values))),
        Kind::Street => (Nature::Place, Box::new(street::StreetAddresses::new(&values))),
        Kind::Postcode => (Nature::Place, Box::new(postcode::Postcodes::new(&values))),
        Kind::Place => (Nature::Place, Box::new(place::Places::new(&values))),
        Kind::Date => (Nature::Own, Box::new(date::Dates::new(&values))),
        Kind::Code => (Nature::Identifier, Box::new(code::Codes::new(&values))),
        Kind::Category => (Nature::Other, Box::new(category::Categories::new(&values))),
        Kind::Text | Kind::Person(_) => (Nature::Other, Box::new(text::Texts::new(&values))),
    };
    let name = table.source.role_of(column).map_or_else(|| table.source.header(column).to_owned(), |role| role.to_string());
    Field { name, nature, comparison, codes }
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
