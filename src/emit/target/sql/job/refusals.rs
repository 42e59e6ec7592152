//! Operations that no script can carry out, and why.

use std::collections::BTreeSet;

use super::{Draft, Mended, Spot};
use crate::config::options::SqlDialect;
use crate::model::Role;
use crate::plan::{Merge, Operation, Plan, Set, consent_columns};

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

    /// Notes which consent is mended, and whether the scripts do it.
    pub(super) fn mended(&mut self, plan: &Plan, twice: &BTreeSet<Spot<'_>>) {
        for operation in &plan.operations {
            let Operation::Set(set) = operation else { continue };
            let source = set.at.source;
            let of = &self.sources[source];
            let columns = self.consent.entry(source).or_insert_with(|| consent_columns(of));
            let Some(record) = set.at.record.clone().filter(|_| columns.contains(&set.column)) else { continue };
            let refused = self.refuses_set(set, twice).or_else(|| self.refuses_values(operation));
            let mended = Mended { column: set.column, old: set.old.clone(), written: refused.is_none() };
            self.mended.entry((source, record)).or_default().push(mended);
        }
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
            .or_else(|| {
                let members = std::iter::once(&merge.survivor).chain(&merge.losers);
                let mut mended = members.filter_map(|place| self.mended.get(&(source, place.record.clone()?))).flatten();
                mended.any(|one| !one.written).then_some(
                    "consent of one of the records has to be mended first, and is not in the scripts; mend it by hand, then \
                     export again",
                )
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
