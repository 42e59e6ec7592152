//! Sources, plans and databases for the tests, and what a database shows.

use std::collections::BTreeMap;

use polars::prelude::{Column, DataFrame, NamedFrom as _, Series};
use rusqlite::Connection;
use rusqlite::types::Value;

use super::super::*;
use crate::config::parse;
pub(super) use crate::emit::target::testing::plan;
use crate::model::Safety;
use crate::plan::tests::leads;
use crate::plan::{Cited, Decision, Delete, FieldChoice, Grounds, Merge, Operation, Place, Set, SetKind};

/// A table as the tests see it: its rows by number.
pub(super) type Rows = BTreeMap<i64, Vec<Value>>;

/// Every table that is not the scripts' own: its definition and its rows, types and all.
pub(super) fn dump(db: &Connection) -> BTreeMap<String, (String, Rows)> {
    let mut tables = BTreeMap::new();
    let mut named = db
        .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'leadlint%' AND name NOT LIKE 'sqlite%'")
        .unwrap();
    let found: Vec<(String, String)> =
        named.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    for (name, sql) in found {
        let rows = rows(db, &name);
        tables.insert(name, (sql, rows));
    }
    tables
}

pub(super) fn rows(db: &Connection, table: &str) -> Rows {
    let read = |number: &str| db.prepare(&format!("SELECT {number}, * FROM \"{table}\""));
    let mut all = read("oid").or_else(|_| read("row_number() OVER ()")).unwrap();
    let width = all.column_count();
    let read = all.query_map([], |row| Ok((row.get(0)?, (1..width).map(|at| row.get(at).unwrap()).collect())));
    read.unwrap().map(Result::unwrap).collect()
}

/// The script's own tables that hold something.
pub(super) fn own(db: &Connection) -> Vec<String> {
    let mut listed = db.prepare("SELECT name FROM sqlite_master WHERE name LIKE 'leadlint%'").unwrap();
    let names: Vec<String> = listed.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    names.into_iter().filter(|name| !rows(db, name).is_empty()).collect()
}

/// The statements of a script, as a program reads it that knows only quotes, comments and semicolons.
pub(super) fn statements(script: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut quote = None;
    let mut chars = script.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '-') if chars.peek() == Some(&'-') => while chars.next().is_some_and(|c| c != '\n') {},
            (None, ';') => found.push(String::new()),
            _ => {
                quote = match (quote, c) {
                    (None, '\'' | '"') => Some(c),
                    (Some(open), c) if open == c => None,
                    (open, _) => open,
                };
                found.last_mut().unwrap().push(c);
            }
        }
    }
    found.retain(|statement| !statement.trim().is_empty());
    found
}

/// Runs a script statement by statement, and what it shows: each table with its header first. Goes on after errors if
/// told to.
pub(super) fn run(db: &Connection, script: &str, go_on: bool) -> Result<Vec<Vec<Vec<String>>>, String> {
    let mut shown = Vec::new();
    for statement in statements(script) {
        let step = || -> rusqlite::Result<Option<Vec<Vec<String>>>> {
            let mut prepared = db.prepare(&statement)?;
            let header: Vec<String> = prepared.column_names().into_iter().map(str::to_owned).collect();
            let width = header.len();
            if width == 0 {
                prepared.execute([])?;
                return Ok(None);
            }
            let mut table = vec![header];
            let mut found = prepared.query([])?;
            while let Some(row) = found.next()? {
                table.push((0..width).map(|at| text(&row.get(at).unwrap())).collect());
            }
            Ok(Some(table))
        };
        match step() {
            Ok(table) => shown.extend(table),
            Err(_) if go_on => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(shown)
}

pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Integer(n) => n.to_string(),
        Value::Real(n) => n.to_string(),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => format!("{bytes:?}"),
    }
}

/// A source with these cells; the first column is the id.
pub(super) fn source(headers: &[&str], cells: &[Vec<Option<String>>]) -> Arc<Source> {
    let mut source = Source::clone(&leads("Id,Email\n1,a@b.example\n"));
    let columns = headers.iter().enumerate().map(|(at, header)| {
        let column: Vec<Option<&str>> = cells.iter().map(|row| row[at].as_deref()).collect();
        Column::from(Series::new((*header).into(), column))
    });
    source.frame = DataFrame::new(cells.len(), columns.collect()).unwrap();
    source.origin.row = (1..=cells.len() as u32).collect();
    source.origin.line = (2..=cells.len() as u32 + 1).collect();
    source.files[0].rows = cells.len() as u64;
    source.files[0].headers = headers.iter().map(|header| (*header).to_owned()).collect();
    source.roles.retain(|binding| binding.column == 0);
    source.system.clear();
    Arc::new(source)
}

pub(super) fn cell(source: &Source, row: usize, column: usize) -> Option<String> {
    source.frame.columns()[column].as_materialized_series().str().unwrap().get(row).map(str::to_owned)
}

pub(super) fn place(source: &Source, row: usize) -> Place {
    Place {
        source: 0,
        row: row as u32,
        file: source.files[0].path.clone(),
        file_row: row as u64 + 1,
        line: None,
        record: cell(source, row, 0),
    }
}

pub(super) fn grounds() -> Grounds {
    let evidence = vec![Cited { code: "DUP001", group: None, fingerprints: Vec::new(), rows: 1 }];
    Grounds { evidence, safety: Safety::Review, decision: Decision::Safe, reason: String::new() }
}

pub(super) fn set(source: &Source, row: usize, column: usize, new: &str) -> Operation {
    Operation::Set(Set {
        kind: SetKind::Value,
        at: place(source, row),
        column,
        header: source.header(column).to_owned(),
        old: cell(source, row, column),
        new: new.to_owned(),
        grounds: grounds(),
    })
}

/// A merge that writes `fields` (column, new value) on the survivor.
pub(super) fn merge(source: &Source, survivor: usize, losers: &[usize], fields: &[(usize, &str)]) -> Operation {
    let field = |(column, value): &(usize, &str)| FieldChoice {
        column: *column,
        header: source.header(*column).to_owned(),
        old: cell(source, survivor, *column),
        value: Some((*value).to_owned()),
        from: Vec::new(),
        why: String::new(),
        given_up: Vec::new(),
    };
    Operation::Merge(Merge {
        survivor: place(source, survivor),
        losers: losers.iter().map(|row| place(source, *row)).collect(),
        fields: fields.iter().map(field).collect(),
        repointed: Vec::new(),
        notes: Vec::new(),
        grounds: grounds(),
    })
}

pub(super) fn delete(source: &Source, row: usize) -> Operation {
    Operation::Delete(Delete { at: place(source, row), grounds: grounds() })
}

/// The scripts by name.
pub(super) fn written(
    operations: Vec<Operation>,
    source: &Arc<Source>,
    config: &str,
) -> BTreeMap<&'static str, String> {
    let config = parse(config, "leadlint.toml").unwrap();
    let job = Job::new(&plan(operations), std::slice::from_ref(source), &config).unwrap();
    scripts(dialect(&config).unwrap(), &job).into_iter().map(|script| (script.name, script.text)).collect()
}
