//! Operations that no script can carry out, and why.

use std::collections::BTreeSet;

use super::{Draft, Spot};
use crate::config::options::SqlDialect;
use crate::model::Role;
use crate::plan::{Merge, Operation, Set};

impl Draft<'_> {
    pub(super) fn refuses_source(&self, source: usize) -> Option<&'static str> {
        let has_id = self.sources[source].roles.iter().any(|binding| binding.role == Role::Id);
        (!has_id).then_some("the source has no id column; name it under [sources.NAME.columns], as id = \"<header>\"")
    }

    /// Why a column cannot be named in a script.
    pub(super) fn refuses_column(&self, source: usize, column: usize) -> Option<&'static str> {
        let of = &self.sources[source];
        let header = of.header(column);
        if header.contains('\0') {
            return Some("a header with a NUL in it is no name of a column");
        }
        let twins = (0..of.frame.width()).filter(|other| of.header(*other).eq_ignore_ascii_case(header)).count();
        (twins > 1).then_some("another header differs only by case, which databases fold")
    }

    pub(super) fn refuses_set(&self, set: &Set, twice: &BTreeSet<Spot<'_>>) -> Option<&'static str> {
        let source = set.at.source;
        if let Some(why) = self.refuses_source(source).or_else(|| self.refuses_column(source, set.column)) {
            return Some(why);
        }
        let Some(id) = &set.at.record else { return Some("the record has no id") };
        twice
            .contains(&(source, id.as_str(), set.column))
            .then_some("the record stands on several rows with different values; export each record once")
    }

    pub(super) fn refuses_merge(&self, merge: &Merge) -> Option<&'static str> {
        let source = merge.survivor.source;
        let compared = merge.losers.iter().flat_map(|loser| self.compared(source, loser.row));
        let written = merge.fields.iter().map(|field| field.column);
        self.refuses_source(source)
            .or_else(|| written.chain(compared).find_map(|column| self.refuses_column(source, column)))
            .or_else(|| {
                let mut members = std::iter::once(&merge.survivor).chain(&merge.losers);
                members.any(|place| place.record.is_none()).then_some("the record has no id")
            })
    }

    /// Why the database cannot hold what an operation compares or writes.
    pub(super) fn refuses_values(&self, operation: &Operation) -> Option<&'static str> {
        let dialect = self.options.dialect;
        let source = operation.place().source;
        let of = &self.sources[source];
        if dialect != Some(SqlDialect::Sqlite) {
            let is_id = |column: usize| of.role_of(column) == Some(Role::Id);
            if operation.cells().any(|(column, ..)| is_id(column)) {
                return Some("it changes the record's id, by which the way back finds the record");
            }
        }
        if dialect != Some(SqlDialect::Postgresql) {
            return None;
        }
        let ids =
            std::iter::once(operation.place()).chain(operation.gone()).filter_map(|place| place.record.as_deref());
        let cells = operation.cells().flat_map(|(_, _, old, new)| old.into_iter().chain([new]));
        let gone = operation.gone().iter().flat_map(|place| {
            let cell =
                |column: usize| of.frame.columns()[column].as_materialized_series().str().ok()?.get(place.row as usize);
            self.compared(source, place.row).into_iter().filter_map(cell)
        });
        let fields = match operation {
            Operation::Merge(merge) => merge.fields.as_slice(),
            _ => &[],
        };
        ids.chain(cells)
            .chain(gone)
            .chain(fields.iter().filter_map(|field| field.old.as_deref()))
            .any(|text| text.contains('\0'))
            .then_some("PostgreSQL stores no text with a NUL in it; change the record by hand")
    }
}
