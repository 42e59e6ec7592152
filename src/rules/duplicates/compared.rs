//! What the records of a table are compared by: the columns of `[duplicates] match`, else every one that can be compared.

mod neighbours;
mod people;
mod place;

use std::hash::Hash;

use memchr::memmem;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

pub(super) use people::People;
use people::people_of;
use place::order;

use super::{cluster, placeholder};
use crate::config::{Options, hint};
use crate::matching::compare::company::CompanyNames;
use crate::matching::compare::email::EmailAddresses;
use crate::matching::compare::kind::{self, Kind, Stats};
use crate::matching::records::{Field, NONE, Nature, Records};
use crate::model::Role;
use crate::normalise::Table;
use crate::normalise::email;
use crate::normalise::function_mailbox::is_function;
use crate::normalise::keys::KeyName;
use crate::normalise::text::{lowered, trimmed};

/// The records of a table, taken apart into fields.
///
/// # Errors
///
/// Says what is missing where the table has too little to compare by.
pub(super) fn records(table: &Table, config: &Options) -> Result<Records, String> {
    let (mut people, mut rest) = compared(table, columns(table, config)?, config);
    let from = neighbours::bring_together(&mut people, &mut rest);
    let fields = fields(&[people], rest, table);
    if fields.is_empty() {
        return Err(format!(
            "{}: nothing to compare by: the columns that [duplicates] match names, else those of names, phones, addresses and \
             birth dates, hold nothing",
            table.name()
        ));
    }
    if fields.len() < 2 && config.duplicates.r#match.is_none() {
        return Err(format!(
            "{} has too little to tell people by: probable duplicates need two of name, phone, email, company, address or \
             birth date; name columns under [duplicates] match",
            table.name()
        ));
    }
    let moved = |of_row: Vec<u32>| from.iter().map(|row| of_row[*row as usize]).collect();
    let (record, order) = (moved(record_numbers(&[table])), moved(order(&[table])));
    // Rules of people ask; columns that somebody named speak for themselves.
    let of_people = config.duplicates.r#match.is_none();
    Ok(Records { rows: table.height(), fields, record, second: Vec::new(), order, from, of_people })
}

/// The records of two tables, those of the second behind those of the first, by what both have.
///
/// # Errors
///
/// Says what is missing where they have too little in common.
pub(super) fn records_of_both(first: &Table, second: &Table, config: &Options) -> Result<Records, String> {
    let (one, rest) = compared(first, shared_columns(first, config), config);
    let (other, mut others) = compared(second, shared_columns(second, config), config);
    let mut pairs: Vec<(Compared<'_>, Compared<'_>)> = Vec::new();
    for column in rest {
        let is_same =
            |other: &Compared<'_>| match (first.source.role_of(column.column), second.source.role_of(other.column)) {
                (Some(one), Some(other)) => one == other,
                (None, None) => {
                    squeezed(first.source.header(column.column)) == squeezed(second.source.header(other.column))
                }
                _ => false,
            };
        if let Some(at) = others.iter().position(is_same) {
            pairs.push((column, others.remove(at)));
        }
    }
    let limit = cluster::shared_above(config);
    let both = pairs.into_par_iter().map(|(one, other)| one.with(other).uncrowded(limit)).collect();
    let fields = fields(&[one, other], both, first);
    if fields.len() < 2 && (config.duplicates.r#match.is_none() || fields.is_empty()) {
        return Err(format!(
            "{} and {} have too little in common to tell by who is in both: it takes two of name, phone, email, company, \
             address or birth date",
            first.name(),
            second.name()
        ));
    }
    let rows = first.height() + second.height();
    let is_second = (0..rows).map(|row| row >= first.height()).collect();
    let (record, order) = (record_numbers(&[first, second]), order(&[first, second]));
    let of_people = config.duplicates.r#match.is_none();
    Ok(Records { rows, fields, record, second: is_second, order, from: Vec::new(), of_people })
}

/// The fields of the records of one table or two: names, and the other columns.
fn fields(people: &[People<'_>], mut columns: Vec<Compared<'_>>, table: &Table) -> Vec<Field> {
    let has_names = people.iter().all(|people| !people.columns.is_empty());
    let mut fields: Vec<Field> = has_names.then(|| people_of(people)).into_iter().collect();
    // In an order of their own, whatever that of the columns is.
    let organisations: Vec<usize> = match fields.first() {
        Some(names) => columns.iter().filter(|beside| beside.is_beside(names)).map(|beside| beside.column).collect(),
        None => Vec::new(),
    };
    columns.sort_by_key(|column| (said(table, column.column), column.column));
    let from_names: Vec<Vec<bool>> = columns.iter().map(|column| column.follows_names(people)).collect();
    fields.par_extend(columns.into_par_iter().zip(from_names).map(|(column, from_name)| {
        let is_organisation = organisations.contains(&column.column);
        let mut field = column.field(table);
        if is_organisation {
            field.nature = Nature::Organisation;
        }
        (field.from_name, field.follows_from) = (from_name, EmailAddresses::FOLLOWS_FROM_NAME);
        field
    }));
    fields
}

/// Columns of a table that hold anything: those of people's names, and the others.
fn compared<'a>(table: &'a Table, columns: Vec<usize>, config: &Options) -> (People<'a>, Vec<Compared<'a>>) {
    let mut columns: Vec<Compared<'a>> = columns
        .into_par_iter()
        .map(|column| Compared::of(table, column, config))
        .filter(|column| !column.values.is_empty())
        .collect();
    merge_alternatives(&mut columns);
    let (parts, rest) = columns.into_iter().partition(|column| column.kind.is_part_of_name());
    (People { rows: table.height() as u32, columns: parts }, rest)
}

fn squeezed(header: &str) -> String {
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The columns by which a table is held against another one: those that `[duplicates] match` names as far as they are
/// here. What is nowhere is said where each table is compared with itself.
fn shared_columns(table: &Table, config: &Options) -> Vec<usize> {
    match &config.duplicates.r#match {
        None => columns(table, config).unwrap_or_default(),
        Some(names) => names.iter().filter_map(|name| table.source.column_named(name)).collect(),
    }
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
            .par_iter()
            .map(|cell| {
                let is_nobody = |cell: &str| is_function(cell) || email::is_placeholder(cell);
                let is_mail = kind == Kind::Email && is_nobody(&lowered(cell));
                !(cluster::is_nobody(cell) || is_mail || placeholder::is_one(kind, cell))
            })
            .collect();
        // Numbered anew, in the order in which they come.
        let (mut told, mut numbers) = (Vec::new(), vec![NONE; values.len()]);
        let renumbered = rows.zip(codes).map(|(row, code)| {
            if code == NONE || !tells[code as usize] || crowded.binary_search(&row).is_ok() {
                return NONE;
            }
            let number = &mut numbers[code as usize];
            if *number == NONE {
                *number = told.len() as u32;
                told.push(values[code as usize]);
            }
            *number
        });
        let codes = renumbered.collect();
        Self { column, kind, values: told, codes }
    }

    /// This column and, behind its rows, those of the one of another table that holds the same.
    fn with(mut self, other: Self) -> Self {
        let mut known: FxHashMap<&str, u32> = (0..).zip(&self.values).map(|(code, value)| (*value, code)).collect();
        let codes: Vec<u32> = other
            .values
            .into_iter()
            .map(|value| {
                *known.entry(value).or_insert_with(|| {
                    self.values.push(value);
                    self.values.len() as u32 - 1
                })
            })
            .collect();
        self.codes.extend(other.codes.into_iter().map(|code| if code == NONE { NONE } else { codes[code as usize] }));
        self
    }

    /// Without addresses that stand on more than `limit` rows of both tables together.
    fn uncrowded(mut self, limit: u32) -> Self {
        if self.kind == Kind::Email {
            let mut count = vec![0_u32; self.values.len()];
            self.codes.iter().filter(|code| **code != NONE).for_each(|code| count[*code as usize] += 1);
            let is_crowded = |code: u32| code != NONE && count[code as usize] > limit;
            self.codes.iter_mut().filter(|code| is_crowded(**code)).for_each(|code| *code = NONE);
        }
        self
    }

    /// For each row whether its address is made of the name of the person; nothing for other columns.
    fn follows_names(&self, people: &[People<'_>]) -> Vec<bool> {
        if self.kind != Kind::Email {
            return Vec::new();
        }
        let locals: Vec<String> =
            self.values.par_iter().map(|value| plain(value.split('@').next().unwrap_or_default())).collect();
        let mut found = Vec::with_capacity(self.codes.len());
        for people in people {
            // What stands for an initial is left out.
            let words: Vec<Vec<Vec<String>>> = people
                .columns
                .iter()
                .map(|part| {
                    let long =
                        |value: &&str| value.split_whitespace().map(plain).filter(|word| word.len() > 2).collect();
                    part.values.par_iter().map(long).collect()
                })
                .collect();
            let first = found.len();
            let of_row = |row: usize| {
                let code = self.codes[first + row];
                let holds = |word: &String| memmem::find(locals[code as usize].as_bytes(), word.as_bytes()).is_some();
                code != NONE
                    && people.columns.iter().zip(&words).any(|(part, words)| {
                        let held = part.codes[row];
                        held != NONE && words[held as usize].iter().any(holds)
                    })
            };
            found.par_extend((0..people.rows as usize).into_par_iter().map(of_row));
        }
        found
    }

    /// Whether it names organisations that are records by themselves: hardly any record has a person's name too.
    fn is_beside(&self, names: &Field) -> bool {
        let filled = |codes: &[u32]| codes.iter().filter(|code| **code != NONE).count();
        let both = self.codes.iter().zip(&names.codes).filter(|(a, b)| **a != NONE && **b != NONE).count();
        self.kind == Kind::Company && both * ALTERNATIVE <= filled(&self.codes).min(filled(&names.codes))
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
        let (name, chance) = (said(table, self.column), chance(self.kind));
        Field { name, nature, chance, comparison, codes: self.codes, from_name: Vec::new(), follows_from: 0 }
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
                out.extend(plain.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()));
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
fn record_numbers(tables: &[&Table]) -> Vec<u32> {
    let codes = tables
        .iter()
        .enumerate()
        .flat_map(|(at, table)| cluster::record_codes(table).into_iter().map(move |code| Some((at, code))));
    distinct(codes).1
}
