//! References to records that go: the columns that follow, and what no script re-points.

use super::{Draft, Error, Name, Reference, setting};
use crate::config::options::SqlDialect;
use crate::plan::{Operation, Place};

/// Ids of the records that an operation changes or removes.
pub(super) fn ids(operation: &Operation) -> impl Iterator<Item = &str> {
    std::iter::once(operation.place()).chain(operation.gone()).filter_map(|place| place.record.as_deref())
}

/// Letters of an id or a cell that people are shown.
const WIDE: usize = 80;

/// A record as people are told of it: by its id, else by its row.
pub(super) fn told(place: &Place) -> String {
    let row = || format!("row {} of {}", place.file_row, place.file);
    place.record.as_deref().filter(|id| id.chars().count() <= WIDE).map_or_else(row, str::to_owned)
}

/// Ids in a cell, unless they are too many to read.
fn shown(cell: &str) -> &str {
    match cell.trim() {
        "" => "blank",
        ids if ids.chars().count() > WIDE => "a list of many ids",
        ids => ids,
    }
}

impl Draft<'_> {
    /// The references to tables whose records go.
    pub(super) fn references(&mut self, known: &[&str]) -> Result<(), Error> {
        let with_table: Vec<&str> = match self.options.tables.len() {
            0 => self.sources.iter().map(|source| source.name.as_str()).collect(),
            _ => self.options.tables.keys().map(String::as_str).collect(),
        };
        for reference in &self.options.references {
            let to = match (&reference.to, with_table.as_slice()) {
                (Some(to), _) => to.as_str(),
                (None, [only]) => only,
                (None, _) => {
                    return Err(setting(format!(
                        "the reference `{}.{}` does not say whose ids it holds; add to = \"SOURCE\" ({})",
                        reference.table,
                        reference.column,
                        known.join(", ")
                    )));
                }
            };
            // Records of every source that the table holds.
            let held = self.at(&self.name(to)?);
            let tables = self.job.tables.iter().enumerate();
            let to: Vec<usize> = tables
                .filter(|(_, table)| table.merges && Some(table.place) == held)
                .map(|(position, _)| position)
                .collect();
            if to.is_empty() {
                continue;
            }
            let place = self.place(Name::parse(&reference.table)?);
            let column = &reference.column;
            let of = self.job.tables.iter().find(|table| table.place == place);
            let key = match (&reference.key, of) {
                (Some(key), _) => key.clone(),
                (None, Some(table)) => table.id.clone(),
                (None, None) => "id".to_owned(),
            };
            if self.options.dialect != Some(SqlDialect::Sqlite) && key.eq_ignore_ascii_case(column) {
                return Err(setting(format!(
                    "the reference `{}.{column}` tells its own rows apart, so a changed one could not be found again; add key = \
                     \"COLUMN\", the key of the table",
                    reference.table
                )));
            }
            for to in to {
                let same = |one: &Reference| {
                    one.place == place && one.to == to && one.column.eq_ignore_ascii_case(&reference.column)
                };
                if !self.job.references.iter().any(same) {
                    self.job.references.push(Reference { place, column: column.clone(), key: key.clone(), to });
                }
            }
        }
        Ok(())
    }

    /// Cells of the exports that hold ids of records that are merged away, and that the scripts do not re-point: of a column
    /// that the config does not name, or not the id alone.
    pub(super) fn dangling(&mut self) -> Result<(), Error> {
        for merge in std::mem::take(&mut self.merged) {
            let Some(table) = self.tables.get(&merge.survivor.source) else { continue };
            let to = self.job.tables[*table].place;
            for one in &merge.repointed {
                let source = &self.sources[one.at.source].name;
                let place = self.at(&self.name(source)?);
                let named = self.job.references.iter().any(|reference| {
                    Some(reference.place) == place
                        && self.job.tables[reference.to].place == to
                        && reference.column.eq_ignore_ascii_case(&one.header)
                });
                let is_alone = merge.losers.iter().any(|loser| loser.record.as_ref() == Some(&one.old));
                if !named {
                    *self.job.unnamed.entry((source.clone(), one.header.clone())).or_default() += 1;
                } else if !is_alone {
                    let why = "the cell holds more than the one id, or another spelling of it; references follow where an id \
                               stands alone";
                    let said = format!("{} ({} becomes {})", told(&one.at), shown(&one.old), shown(&one.new));
                    self.left_out.entry((format!("{source} · {}", one.header), why)).or_default().push(said);
                }
            }
        }
        Ok(())
    }

    /// The table of a source, as the config or its own name says.
    pub(super) fn name(&self, source: &str) -> Result<Name, Error> {
        match self.options.tables.get(source) {
            Some(name) => Name::parse(name),
            // A name that detection gave is no path: it holds no schema.
            None => Name::parse(&source.replace('.', "_")),
        }
    }

    /// Position of the place that a table is, if some operation or reference is about it.
    pub(super) fn at(&self, name: &Name) -> Option<usize> {
        let schema = match self.options.dialect {
            Some(SqlDialect::Postgresql) => Some(super::super::postgresql::SCHEMA),
            Some(SqlDialect::Mysql) => None,
            Some(SqlDialect::Sqlite) | None => Some("main"),
        };
        self.job.places.iter().position(|known| known.is(name, schema))
    }

    /// Why an operation would undo another's work: two sources that are one table may hold one record.
    pub(super) fn refuses_shared(&self, operation: &Operation) -> Result<Option<&'static str>, Error> {
        let source = operation.place().source;
        let Some(place) = self.at(&self.name(&self.sources[source].name)?) else { return Ok(None) };
        let taken = |id| self.taken.get(&(place, id)).is_some_and(|of| *of != source);
        Ok(ids(operation).any(taken).then_some(
            "another source is the same table and has an operation on the same record; keep one of them, or say which table is \
             whose under [targets.sql] tables",
        ))
    }
}
