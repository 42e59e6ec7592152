//! Carries a plan out on the loaded frames, so that they can be audited again.

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::{IntoColumn, PolarsResult, StringChunked};

use super::Plan;
use crate::model::Source;
use crate::normalise::grain::without;

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
        for cell in operation.changes() {
            changes[cell.at.source].cells.entry(cell.column).or_default().insert(cell.at.row, cell.new);
        }
        for gone in operation.gone() {
            changes[gone.source].gone.push(gone.row);
        }
    }
    sources.iter().zip(changes).map(|(source, changes)| changed(source, changes)).collect()
}

fn changed(source: &Arc<Source>, mut changes: Changes<'_>) -> PolarsResult<Arc<Source>> {
    if changes.cells.is_empty() && changes.gone.is_empty() {
        return Ok(Arc::clone(source));
    }
    changes.gone.sort_unstable();
    changes.gone.dedup();
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
    Ok(Arc::new(without(&planned, &changes.gone)?))
}
