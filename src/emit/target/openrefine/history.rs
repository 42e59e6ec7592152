//! The changes to one export as operations.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::export::{Export, NO_ID, UNCERTAIN_HEADER};
use super::operations::{Edit, Engine, Operation};
use crate::emit::target::csv::Edit as Change;

/// The operations for one export.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct History {
    pub(super) operations: Vec<Operation>,
    /// Cells that they change.
    pub(super) cells: usize,
    /// Rows that they remove.
    pub(super) removed: usize,
    /// What they leave out, counted by reason.
    pub(super) left_out: BTreeMap<String, usize>,
}

/// A cell that changes: its row in the frame, what stands there and what will.
type Cell<'a> = (usize, &'a str, &'a str);

/// The operations that carry out `edits`, by 1-based data row of the export.
///
/// # Errors
///
/// Says why the file cannot be treated so: it has changed.
pub(super) fn history(export: &Export, edits: &BTreeMap<u64, Change>) -> Result<History, String> {
    let mut history = History::default();
    let mut gone = BTreeSet::new();
    let mut named = BTreeSet::new();
    let mut columns: BTreeMap<&str, Vec<Cell<'_>>> = BTreeMap::new();
    for (row, change) in edits {
        let at = export.at(*row).ok_or_else(|| format!("data row {row} is no longer in it"))?;
        match change {
            Change::Gone => match export.id(at) {
                Some(id) => {
                    gone.insert(at);
                    named.insert(id.to_owned());
                }
                None => history.leave_out(NO_ID),
            },
            Change::Cells(cells) => {
                for (header, (old, new)) in cells {
                    columns.entry(header).or_default().push((at, old.as_deref().unwrap_or_default(), new));
                }
            }
        }
    }
    if let (Some(column), false) = (export.id_header(), gone.is_empty()) {
        history.removed = gone.len();
        history.operations.push(Operation::removal(Engine::of(column, named)));
    }
    for (header, cells) in columns {
        if !export.is_plain(header) {
            for _ in &cells {
                history.leave_out(UNCERTAIN_HEADER);
            }
            continue;
        }
        history.column(header, &cells, export, &gone)?;
    }
    Ok(history)
}

impl History {
    /// Counts a change that is left out.
    pub(super) fn leave_out(&mut self, why: &str) {
        *self.left_out.entry(why.to_owned()).or_default() += 1;
    }

    /// Adds the operations on one column.
    fn column(
        &mut self,
        header: &str,
        cells: &[Cell<'_>],
        export: &Export,
        gone: &BTreeSet<usize>,
    ) -> Result<(), String> {
        let text = export.column(header)?;
        let mut standing: FxHashMap<&str, usize> = FxHashMap::default();
        for (_, cell) in text.iter().enumerate().filter(|(at, _)| !gone.contains(at)) {
            *standing.entry(cell.unwrap_or_default()).or_default() += 1;
        }
        let mut by_old: BTreeMap<&str, Vec<(usize, &str)>> = BTreeMap::new();
        for (at, old, new) in cells {
            if text.get(*at).unwrap_or_default() != *old {
                return Err(format!("{header} of data row {} holds something else than the plan says", at + 1));
            }
            by_old.entry(old).or_default().push((*at, new));
        }
        let mut everywhere = Vec::new();
        let mut elsewhere: BTreeMap<(&str, &str), BTreeSet<String>> = BTreeMap::new();
        for (old, changes) in by_old {
            let (_, new) = changes[0];
            if changes.len() == standing.get(old).copied().unwrap_or(0)
                && changes.iter().all(|(_, other)| *other == new)
            {
                self.cells += changes.len();
                everywhere.push(Edit::new(old, new));
                continue;
            }
            for (at, new) in changes {
                match export.id(at) {
                    Some(id) => {
                        self.cells += 1;
                        elsewhere.entry((old, new)).or_default().insert(id.to_owned());
                    }
                    None => self.leave_out(NO_ID),
                }
            }
        }
        // At once, so that no edit sees what another made. Single records come after: what they had is in no edit before.
        if !everywhere.is_empty() {
            self.operations.push(Operation::edit(Engine::all(), header, everywhere));
        }
        let Some(id) = export.id_header() else { return Ok(()) };
        let mut of_ids: BTreeMap<BTreeSet<String>, Vec<Edit>> = BTreeMap::new();
        for ((old, new), records) in elsewhere {
            of_ids.entry(records).or_default().push(Edit::new(old, new));
        }
        for (records, edits) in of_ids {
            self.operations.push(Operation::edit(Engine::of(id, records), header, edits));
        }
        Ok(())
    }
}
