//! What the records of a table are compared by: the columns of `[duplicates] match`, else every one that can be compared.

use std::hash::Hash;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::shared_mailbox::is_function;
use super::cluster;
use crate::config::Options;
use crate::config::hint;
use crate::matching::compare::kind::{self, Kind, Part};
use crate::matching::compare::person::PersonParts;
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
    let people = People::among(table, &columns);
    let rest = columns.into_iter().filter(|(_, kind)| !matches!(kind, Kind::Person(_)));
    let fields = fields(&[people], rest.map(|(column, kind)| (kind, vec![(table, column)])), config);
    if fields.len() < 2 && config.duplicates.r#match.is_none() {
        return Err(format!(
            "{} has too little to tell people by: probable duplicates need two of name, phone, email, company, address or \
             birth date; name columns under [duplicates] match",
            table.name()
        ));
    }
    Ok(Records { rows: table.height(), fields, record: record_numbers(&[table]), second: Vec::new(), order: order(&[table]) })
}

/// The records of two tables, those of the second behind those of the first, by what both have.
///
/// # Errors
///
/// Says what is missing where they have too little in common.
pub(super) fn records_of_both(first: &Table, second: &Table, config: &Options) -> Result<Records, String> {
    let (of_first, of_second) = (shared_columns(first, config), shared_columns(second, config));
    let people = [People::among(first, &of_first), People::among(second, &of_second)];
    let named = people.iter().all(|people| !people.texts.is_empty());
    let mut pairs: Vec<(Kind, Vec<(&Table, usize)>)> = Vec::new();
    for (column, kind) in of_first.iter().filter(|(_, kind)| !matches!(kind, Kind::Person(_))) {
        let is_same = |other: usize| match (first.source.role_of(*column), second.source.role_of(other)) {
            (Some(one), Some(other)) => one == other,
            (None, None) => squeezed(first.source.header(*column)) == squeezed(second.source.header(other)),
            _ => false,
        };
        let taken = |other: usize| pairs.iter().any(|(_, columns)| columns[1].1 == other);
        let other = of_second.iter().map(|(other, _)| *other).find(|other| is_same(*other) && !taken(*other));
        if let Some(other) = other {
            pairs.push((*kind, vec![(first, *column), (second, other)]));
        }
    }
    let fields = fields(if named { &people } else { &[] }, pairs.into_iter(), config);
    if fields.len() < 2 && (config.duplicates.r#match.is_none() || fields.is_empty()) {
        return Err(format!(
            "{} and {} have too little in common to tell by who is in both: it takes two of name, phone, email, company, \
             address or birth date",
            first.name(),
            second.name()
        ));
    }
    let rows = first.height() + second.height();
    let second_rows = (0..rows).map(|row| row >= first.height()).collect();
    Ok(Records { rows, fields, record: record_numbers(&[first, second]), second: second_rows, order: order(&[first, second]) })
}

fn fields<'t>(
    people: &[People<'t>],
    rest: impl Iterator<Item = (Kind, Vec<(&'t Table, usize)>)>,
    config: &Options,
) -> Vec<Field> {
    let people = people.iter().any(|people| !people.texts.is_empty()).then(|| people_of(people));
    people.into_iter().chain(rest.map(|(kind, columns)| field(&columns, kind, config))).collect()
}

fn squeezed(header: &str) -> String {
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The columns by which a table is held against another one: those that `[duplicates] match` names as far as they are
/// here. What is nowhere is said where each table is compared with itself.
fn shared_columns(table: &Table, config: &Options) -> Vec<(usize, Kind)> {
    match &config.duplicates.r#match {
        None => columns(table, config).unwrap_or_default(),
        Some(names) => names
            .iter()
            .filter_map(|name| {
                let column = table.source.column_named(name)?;
                Some((column, kind_of(table, column)))
            })
            .collect(),
    }
}

fn kind_of(table: &Table, column: usize) -> Kind {
    kind::infer(table.source.header(column), table.source.role_of(column), &sample(table, column))
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
                    Some(column) => found.push((column, kind_of(table, column))),
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

/// Who the rows of a table are, from all the columns of their names together.
pub(super) struct People<'a> {
    rows: u32,
    texts: Vec<(Part, Text<'a>)>,
}

impl<'a> People<'a> {
    /// Those of `table`, by the columns that are compared where no others are named.
    pub(super) fn of(table: &'a Table) -> Self {
        let source = &table.source;
        let kinds = source.columns().filter_map(|column| {
            kind::by_default(source.header(column), source.role_of(column)).map(|kind| (column, kind))
        });
        Self::among(table, &kinds.collect::<Vec<_>>())
    }

    fn among(table: &'a Table, columns: &[(usize, Kind)]) -> Self {
        let of_people = columns.iter().filter_map(|(column, kind)| match kind {
            Kind::Person(part) => Some((*part, table.text(*column))),
            _ => None,
        });
        Self { rows: table.height() as u32, texts: of_people.collect() }
    }

    /// The name of a row; `None` where nobody is named.
    pub(super) fn at(&self, row: u32) -> Option<PersonParts<'a>> {
        let mut parts = PersonParts::default();
        for (part, text) in &self.texts {
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
    }
}

/// The names of the people of one table or two.
fn people_of(people: &[People<'_>]) -> Field {
    let rows = people.iter().flat_map(|people| (0..people.rows).map(move |row| people.at(row)));
    let (values, codes) = distinct(rows);
    let comparison = Box::new(person::PersonNames::new(&values));
    Field { name: "name".to_owned(), nature: Nature::Person, comparison, codes }
}

/// One column, or the columns of two tables that hold the same.
fn field(columns: &[(&Table, usize)], kind: Kind, config: &Options) -> Field {
    let (values, codes) = distinct(columns.iter().flat_map(|(table, column)| cells(table, *column, kind, config)));
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
    let name = columns.first().map_or_else(String::new, |(table, column)| {
        let source = &table.source;
        source.role_of(*column).map_or_else(|| source.header(*column).to_owned(), |role| role.to_string())
    });
    Field { name, nature, comparison, codes }
}

/// The cells of a column by which records compare, in row order.
fn cells<'t>(
    table: &'t Table,
    column: usize,
    kind: Kind,
    config: &Options,
) -> impl Iterator<Item = Option<&'t str>> + use<'t> {
    let text = table.text(column);
    let crowded = if kind == Kind::Email { crowded(table, column, config) } else { Vec::new() };
    let of_row = move |row: u32| {
        let cell = text.get(row).filter(|cell| !cluster::is_nobody(cell))?;
        // An office's mailbox, or one on many records, tells nobody.
        let is_office = kind == Kind::Email && (is_function(&cell.to_lowercase()) || crowded.binary_search(&row).is_ok());
        (!is_office).then(|| trimmed(cell))
    };
    (0..table.height() as u32).map(of_row)
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
fn record_numbers(tables: &[&Table]) -> Vec<u32> {
    let codes = tables.iter().enumerate().flat_map(|(at, table)| {
        cluster::record_codes(table).into_iter().map(move |code| Some((at, code)))
    });
    distinct(codes).1
}

/// The place of each row in the order of ids and addresses, which no sorting of the file changes.
fn order<'t>(tables: &[&'t Table]) -> Vec<u32> {
    let mut names: Vec<(&'t str, &'t str)> = Vec::new();
    for table in tables {
        let text = |role: Role| table.role(role).map(|column| table.text(column));
        let (ids, emails) = (text(Role::Id), text(Role::Email));
        let cell = |text: &Option<Text<'t>>, row: u32| text.as_ref().and_then(|text| text.get(row)).map_or("", trimmed);
        names.extend((0..table.height() as u32).map(|row| (cell(&ids, row), cell(&emails, row))));
    }
    let mut rows: Vec<u32> = (0..names.len() as u32).collect();
    rows.par_sort_unstable_by_key(|row| (names[*row as usize], *row));
    let (mut order, mut place) = (vec![0; names.len()], 0);
    for (at, row) in rows.iter().enumerate() {
        // What has the same name has the same place.
        if at > 0 && names[rows[at - 1] as usize] != names[*row as usize] {
            place += 1;
        }
        order[*row as usize] = place;
    }
    order
}
