//! Carries a plan out on the loaded frames, so that they can be audited again.

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::{IdxCa, IntoColumn, NewChunkedArray, PolarsResult, StringChunked};

use super::Plan;
use super::operation::Operation;
use crate::model::{Origin, ReadIssue, Source, SourceFile};

/// The changes to one source: new cells by column and row, and rows that go.
#[derive(Debug, Default)]
struct Changes<'a> {
    cells: BTreeMap<usize, BTreeMap<u32, &'a str>>,
    gone: Vec<u32>,
}

/// The sources as they are once the plan is carried out. A source that the plan leaves alone is the same one.
pub fn apply(plan: &Plan, sources: &[Arc<Source>]) -> PolarsResult<Vec<Arc<Source>>> {
    let mut changes: Vec<Changes<'_>> = sources.iter().map(|_| Changes::default()).collect();
    for operation in &plan.operations {
        let place = operation.place();
        let of = &mut changes[place.source];
        for (column, _, _, new) in operation.cells() {
            of.cells.entry(column).or_default().insert(place.row, new);
        }
        if let Operation::Merge(merge) = operation {
            of.gone.extend(merge.losers.iter().map(|loser| loser.row));
        }
    }
    sources.iter().zip(changes).map(|(source, changes)| changed(source, changes)).collect()
}

fn changed(source: &Arc<Source>, mut changes: Changes<'_>) -> PolarsResult<Arc<Source>> {
    if changes.cells.is_empty() && changes.gone.is_empty() {
        return Ok(Arc::clone(source));
    }
    changes.gone.sort_unstable();
    let mut planned = Source::clone(source);
    for (column, cells) in &changes.cells {
        let old = &source.frame.columns()[*column];
        let text = old.as_materialized_series().str()?;
        let mut next = cells.iter().peekable();
        let new: StringChunked = (0_u32..)
            .zip(text.iter())
            .map(|(row, cell)| match next.next_if(|(at, _)| **at == row) {
                Some((_, value)) => Some(*value),
                None => cell,
            })
            .collect();
        planned.frame.replace_column(*column, new.with_name(old.name().clone()).into_column())?;
    }
    if !changes.gone.is_empty() {
        remove(&mut planned, &changes.gone)?;
    }
    Ok(Arc::new(planned))
}

/// Takes the rows `gone` (ascending) out of the frame and of everything that counts its rows.
fn remove(source: &mut Source, gone: &[u32]) -> PolarsResult<()> {
    let height = source.frame.height() as u32;
    let is_gone = |row: &u32| gone.binary_search(row).is_ok();
    let before = |row: u32| gone.partition_point(|lost| *lost < row) as u32;
    let kept: Vec<u32> = (0..height).filter(|row| !is_gone(row)).collect();
    source.frame = source.frame.take(&IdxCa::from_slice("".into(), &kept))?;
    let pick = |from: &[u32]| kept.iter().filter_map(|row| from.get(*row as usize).copied()).collect();
    source.origin = Origin { row: pick(&source.origin.row), line: pick(&source.origin.line) };
    for file in &mut source.files {
        let lost = u64::from(before(file.first_row + file.rows as u32) - before(file.first_row));
        *file = SourceFile {
            first_row: file.first_row - before(file.first_row),
            rows: file.rows - lost,
            // What the footer counts is what the file held; a merge makes no export incomplete.
            declared_rows: file.declared_rows.map(|declared| declared.saturating_sub(lost)),
            ..file.clone()
        };
    }
    let issues = std::mem::take(&mut source.issues);
    source.issues = issues
        .into_iter()
        .filter(|issue| !issue.frame_row.as_ref().is_some_and(is_gone))
        .map(|issue| ReadIssue { frame_row: issue.frame_row.map(|row| row - before(row)), ..issue })
        .collect();
    Ok(())
}
