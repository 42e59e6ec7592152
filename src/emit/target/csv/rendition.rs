//! A cleaned export whose own format is not written: its records as CSV in UTF-8, with commas.

use std::collections::BTreeMap;

use polars::prelude::{Column, DataFrame};

use super::super::text::csv_row;
use super::splice::{Edit, Refusal};
use crate::load::reread;
use crate::model::SourceFile;

/// The CSV of `file`, whose rows in the source are `rows`, with `edits` by 1-based data row.
pub(super) fn render(file: &SourceFile, rows: &[u32], edits: &BTreeMap<u64, Edit>) -> Result<Vec<u8>, Refusal> {
    let (frame, own) = reread(file)?;
    if own != rows || !frame.get_column_names().into_iter().eq(&file.headers) {
        return Err(Refusal::Folded);
    }
    let mut out = line(file.headers.iter().map(String::as_str));
    let mut cells: Vec<String> = Vec::with_capacity(frame.width());
    for (at, row) in own.iter().map(|row| u64::from(*row)).enumerate() {
        cells.clear();
        cells.extend(frame.columns().iter().map(|column| cell(column, at)));
        match edits.get(&row) {
            Some(Edit::Gone) => continue,
            Some(Edit::Cells(changes)) => change(&mut cells, &frame, row, changes)?,
            None => {}
        }
        out.push_str(&line(cells.iter().map(String::as_str)));
    }
    Ok(out.into_bytes())
}

fn cell(column: &Column, at: usize) -> String {
    column.str().ok().and_then(|cells| cells.get(at)).unwrap_or_default().to_owned()
}

fn change(
    cells: &mut [String],
    frame: &DataFrame,
    row: u64,
    changes: &BTreeMap<String, (Option<String>, String)>,
) -> Result<(), Refusal> {
    for (header, (old, new)) in changes {
        let differs = |what: String| Refusal::Differs { row, what };
        let at = frame.get_column_index(header).ok_or_else(|| differs(format!("it has no column {header}")))?;
        if cells[at] != old.as_deref().unwrap_or_default() {
            return Err(differs(format!("{header} holds something else")));
        }
        cells[at].clone_from(new);
    }
    Ok(())
}

/// One line. A blank line would be no row, so a lone blank cell is quoted.
fn line<'c>(cells: impl Iterator<Item = &'c str>) -> String {
    let text = csv_row(cells);
    if text.trim().is_empty() { "\"\"\n".to_owned() } else { text }
}
