//! Hits of rules over pairs of rows: a chat and its record, either pointed at, the other named beside it.

use polars::prelude::{NamedFrom, Series};

use crate::evidence::Hits;
use crate::model::{Safety, Severity};
use crate::normalise::Table;
use crate::normalise::links::At;

/// One hit.
#[derive(Debug, Clone, Default)]
pub(in crate::rules) struct PairHit {
    /// Row of the table pointed at.
    pub(in crate::rules) row: u32,
    /// What stands there; the cell itself when `None` and a column is meant.
    pub(in crate::rules) value: Option<String>,
    /// What should.
    pub(in crate::rules) suggested: Option<String>,
    /// What holds several rows together.
    pub(in crate::rules) key: Option<String>,
    /// Why, in a few words.
    pub(in crate::rules) detail: String,
    /// The other row of the pair, of its whole source.
    pub(in crate::rules) other: Option<At>,
    /// The rule's own when `None`.
    pub(in crate::rules) severity: Option<Severity>,
    /// The rule's own when `None`.
    pub(in crate::rules) safety: Option<Safety>,
}

/// The hits as the engine wants them, pointing at `table` and, if one is meant, `column`.
pub(in crate::rules) fn hits(
    table: &Table,
    column: Option<usize>,
    found: &[PairHit],
    own: (Severity, Safety),
) -> anyhow::Result<Hits> {
    let text = |of: &dyn Fn(&PairHit) -> Option<String>| found.iter().map(of).collect::<Vec<Option<String>>>();
    let number = |of: &dyn Fn(&PairHit) -> Option<u32>| found.iter().map(of).collect::<Vec<Option<u32>>>();
    let cell = |row: u32| column.and_then(|column| table.text(column).get(row)).map(str::to_owned);
    let values = text(&|hit| hit.value.clone().or_else(|| cell(hit.row)));
    let hits = Hits::rows(table, column, found.iter().map(|hit| hit.row).collect())?
        .with("value", Series::new("value".into(), values))?
        .with("suggested", Series::new("suggested".into(), text(&|hit| hit.suggested.clone())))?
        .with("key", Series::new("key".into(), text(&|hit| hit.key.clone())))?
        .with("detail", Series::new("detail".into(), text(&|hit| Some(hit.detail.clone()))))?
        .with("severity", Series::new("severity".into(), number(&|hit| Some(hit.severity.unwrap_or(own.0).rank()))))?
        .with(
            "safety",
            Series::new("safety".into(), text(&|hit| Some(hit.safety.unwrap_or(own.1).as_str().to_owned()))),
        )?
        .with("other_source", Series::new("other_source".into(), number(&|hit| hit.other.map(|at| at.source))))?
        .with("other_row", Series::new("other_row".into(), number(&|hit| hit.other.map(|at| at.row))))?;
    Ok(hits)
}
