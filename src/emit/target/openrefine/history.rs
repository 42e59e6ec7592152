//! The changes to one export as operations.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::{ChunkedArray, DataFrame};
use rustc_hash::FxHashMap;

use super::operations::{Edit, Engine, Operation};
use crate::emit::target::csv::Edit as Change;
use crate::load::reread;
use crate::model::SourceFile;

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

/// The operations that carry out `edits`, by 1-based data row of `file`, whose record ids stand in the column `id`.
///
/// # Errors
///
/// Says why the file cannot be treated so: it is gone, or it has changed.
pub(super) fn history(file: &SourceFile, id: Option<&str>, edits: &BTreeMap<u64, Change>) -> Result<History, String> {
    let (frame, rows) = reread(file).map_err(|error| error.to_string())?;
    let at_row: FxHashMap<u64, usize> = rows.iter().enumerate().map(|(at, row)| (u64::from(*row), at)).collect();
    let mut history = History::default();
    let ids = Ids::of(&frame, id.filter(|header| is_plain(header, file)));
    let mut gone = BTreeSet::new();
    let mut named = BTreeSet::new();
    let mut columns: BTreeMap<&str, Vec<Cell<'_>>> = BTreeMap::new();
    for (row, change) in edits {
        let at = *at_row.get(row).ok_or_else(|| format!("data row {row} is no longer in it"))?;
        match change {
            Change::Gone => match ids.of_row(at) {
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
    if let (Some(column), false) = (ids.header, gone.is_empty()) {
        history.removed = gone.len();
        history.operations.push(Operation::removal(Engine::of(column, named)));
    }
    for (header, cells) in columns {
        if !is_plain(header, file) {
            for _ in &cells {
                history.leave_out(UNCERTAIN_HEADER);
            }
            continue;
        }
        history.column(header, &cells, &frame, &gone, &ids)?;
    }
    Ok(history)
}

const NO_ID: &str = "the record has no id of its own in this export, and others have the same value";
const UNCERTAIN_HEADER: &str =
    "OpenRefine renames columns whose header is blank, repeated or has space around it; change it by hand";

impl History {
    fn leave_out(&mut self, why: &str) {
        *self.left_out.entry(why.to_owned()).or_default() += 1;
    }

    /// Adds the operations on one column.
    fn column(
        &mut self,
        header: &str,
        cells: &[Cell<'_>],
        frame: &DataFrame,
        gone: &BTreeSet<usize>,
        ids: &Ids<'_>,
    ) -> Result<(), String> {
        let text = frame.column(header).and_then(|column| column.str().cloned()).map_err(|error| error.to_string())?;
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
                match ids.of_row(at) {
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
        let Some(id) = ids.header else { return Ok(()) };
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

/// The record ids of an export, as far as they tell one row.
struct Ids<'a> {
    header: Option<&'a str>,
    of_row: Vec<Option<String>>,
}

impl<'a> Ids<'a> {
    fn of(frame: &DataFrame, header: Option<&'a str>) -> Self {
        let text = header.and_then(|header| frame.column(header).ok()?.str().ok().cloned());
        let mut count: FxHashMap<&str, u32> = FxHashMap::default();
        let cells = || text.iter().flat_map(ChunkedArray::iter);
        cells().flatten().for_each(|id| *count.entry(id).or_default() += 1);
        let single = |id: &&str| !id.is_empty() && count.get(id) == Some(&1);
        let of_row = cells().map(|cell| cell.filter(single).map(str::to_owned)).collect();
        Self { header, of_row }
    }

    fn of_row(&self, at: usize) -> Option<&str> {
        self.of_row.get(at)?.as_deref()
    }
}

/// Whether OpenRefine calls the column what it is called here: blank and repeated headers get other names there, and white
/// space around a header is lost.
fn is_plain(header: &str, file: &SourceFile) -> bool {
    let base = |header: &str| {
        header.rsplit_once(" (").filter(|(_, number)| number.ends_with(')')).map(|(base, _)| base.to_owned())
    };
    let is_numbered = base(header).is_some_and(|base| file.headers.contains(&base));
    let is_repeated = file.headers.iter().any(|other| base(other).as_deref() == Some(header));
    let is_blank = (1..).zip(&file.headers).any(|(at, own)| own == header && *own == format!("column {at}"));
    header.trim() == header && !(is_numbered || is_repeated || is_blank)
}
