//! Records that go, merged away or deleted: all of what was exported of them must still be there.

use super::{Cell, Draft, New, Step, filled};
use crate::model::Role;
use crate::plan::{Delete, Place};

impl Draft<'_> {
    pub(super) fn refuses_delete(&self, delete: &Delete) -> Option<&'static str> {
        let Delete { at, .. } = delete;
        self.refuses_source(at.source)
            .or_else(|| self.compared(at.source, at.row).into_iter().find_map(|c| self.refuses_column(at.source, c)))
            .or_else(|| at.record.is_none().then_some("the record has no id"))
    }

    /// The columns in which a record that goes must still be what was exported: all of its file's, the id aside.
    pub(super) fn compared(&self, source: usize, row: u32) -> Vec<usize> {
        let of = &self.sources[source];
        let file = &of.files[of.file_of(row)];
        of.columns()
            .filter(|column| of.role_of(*column) != Some(Role::Id))
            .filter(|column| file.headers.iter().any(|header| header == of.header(*column)))
            .collect()
    }

    /// Every cell of a record that goes, to be compared.
    pub(super) fn guards(&mut self, at: &Place, table: usize) -> Vec<Cell> {
        let id = at.record.clone().unwrap_or_default();
        let columns = self.compared(at.source, at.row);
        let guards = columns.into_iter().map(|column| {
            let old = self.sources[at.source].frame.columns()[column].as_materialized_series().str().ok();
            let old = old.and_then(|cells| cells.get(at.row as usize)).map(str::to_owned);
            Cell {
                column: self.column(at.source, table, column, false),
                id: id.clone(),
                old: filled(old.as_deref()),
                new: New::Same,
            }
        });
        guards.collect()
    }

    pub(super) fn delete(&mut self, delete: &Delete, table: usize) -> Step {
        self.job.tables[table].merges = true;
        let id = delete.at.record.clone().unwrap_or_default();
        Step {
            kind: "delete",
            rules: delete.grounds.codes().join(" "),
            table,
            record: id.clone(),
            gone: vec![id],
            cells: self.guards(&delete.at, table),
        }
    }
}
