//! Which columns were looked at for value drift, in the JSON report.

use schemars::JsonSchema;
use serde::Serialize;

use crate::evidence;

/// What was decided about one column.
#[derive(Serialize, JsonSchema)]
pub(super) struct DriftColumn {
    /// Name of the source.
    source: String,
    /// Header of the column.
    column: String,
    /// Whether drift was looked for in it.
    looked_at: bool,
    /// Why, or why not.
    why: String,
    /// Distinct values as written; null where there are too many to tell, or the config ignores the column.
    values: Option<u64>,
    /// Cells that hold something.
    cells: u64,
}

/// As it is published.
pub(super) fn drift(all: &[evidence::DriftColumn]) -> Vec<DriftColumn> {
    all.iter()
        .map(|one| DriftColumn {
            source: one.source.clone(),
            column: one.column.clone(),
            looked_at: one.looked_at,
            why: one.why.clone(),
            values: one.values,
            cells: one.cells,
        })
        .collect()
}
