//! What a rule returns: indices and codes, and only what the rule alone knows. The engine adds the rest.

use std::sync::Arc;

use polars::prelude::{Column, DataFrame, DataType, IntoColumn, NamedFrom, PolarsResult, Series};

use crate::model::{Safety, Severity, Source};
use crate::normalise::Table;
use crate::normalise::dictionary::Dictionary;

/// What the `at` of a hit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Rows of the table that the rule looked at.
    Rows,
    /// Distinct values: positions in [`Dictionary::values`] are not stable over parts, so `values` rules name the value
    /// itself in `value`, and every row that holds exactly it is pointed at.
    Values,
    /// Positions in [`Source::issues`].
    Issues,
    /// The column or source as a whole; `at` is ignored.
    Whole,
}

/// Name and type of each column of a frame of hits. A rule leaves out what it does not know.
///
/// | column | type | when left out |
/// | --- | --- | --- |
/// | `at` | u32 | only [`Place::Values`] and [`Place::Whole`] may |
/// | `value` | str | the cell pointed at, if a column is meant |
/// | `suggested` | str | null |
/// | `key` | str | null: no group |
/// | `confidence` | f64 | 1 |
/// | `safety` | str | the rule's own |
/// | `detail` | str | empty |
/// | `severity` | u32 | the rule's own; [`Severity::rank`] |
/// | `other_source`, `other_row` | u32 | null |
/// | `identity` | str | nothing; what tells this defect from another of the same cell, where value and place do not |
pub const HITS: [(&str, DataType); 11] = [
    ("at", DataType::UInt32),
    ("value", DataType::String),
    ("suggested", DataType::String),
    ("key", DataType::String),
    ("confidence", DataType::Float64),
    ("safety", DataType::String),
    ("detail", DataType::String),
    ("severity", DataType::UInt32),
    ("other_source", DataType::UInt32),
    ("other_row", DataType::UInt32),
    ("identity", DataType::String),
];

/// Stands for the position of a source where the audit itself is meant.
pub const AUDIT: usize = usize::MAX;

/// Hits of one rule in one source and column.
#[derive(Debug, Clone)]
pub struct Hits {
    /// Position of the source.
    pub source: usize,
    /// Position of the column, when one is meant.
    pub column: Option<usize>,
    /// What `at` counts.
    pub place: Place,
    /// Columns of [`HITS`].
    pub frame: DataFrame,
}

impl Hits {
    /// Hits from a frame whose columns are some of [`HITS`], cast to their types; others are refused.
    pub fn new(table: &Table, column: Option<usize>, place: Place, frame: DataFrame) -> PolarsResult<Self> {
        let height = frame.height();
        let mut columns: Vec<Column> = Vec::with_capacity(frame.width());
        for given in frame.into_columns() {
            let Some((_, dtype)) = HITS.iter().find(|(name, _)| *name == given.name().as_str()) else {
                polars::prelude::polars_bail!(ComputeError: "`{}` is no column of hits", given.name());
            };
            columns.push(given.cast(dtype)?);
        }
        Ok(Self { source: table.index, column, place, frame: DataFrame::new(height, columns)? })
    }

    /// Hits on rows of `table`.
    pub fn rows(table: &Table, column: Option<usize>, rows: Vec<u32>) -> PolarsResult<Self> {
        let height = rows.len();
        Self::new(
            table,
            column,
            Place::Rows,
            DataFrame::new(height, vec![Series::new("at".into(), rows).into_column()])?,
        )
    }

    /// One hit on the column or source as a whole.
    pub fn whole(table: &Table, column: Option<usize>, detail: &str) -> PolarsResult<Self> {
        let frame = DataFrame::new(1, vec![Series::new("detail".into(), [detail]).into_column()])?;
        Self::new(table, column, Place::Whole, frame)
    }

    /// One hit on the audit itself.
    pub fn on_audit(detail: &str) -> PolarsResult<Self> {
        let frame = DataFrame::new(1, vec![Series::new("detail".into(), [detail]).into_column()])?;
        Ok(Self { source: AUDIT, column: None, place: Place::Whole, frame })
    }

    /// The same hits with column `name` of [`HITS`] set.
    pub fn with(mut self, name: &str, values: impl IntoColumn) -> PolarsResult<Self> {
        let mut column = values.into_column();
        column.rename(name.into());
        self.frame.with_column(column)?;
        Ok(self)
    }

    /// The same hits, all with one text in column `name` of [`HITS`].
    pub fn with_text(self, name: &str, text: &str) -> PolarsResult<Self> {
        let height = self.frame.height();
        let column = Column::new_scalar(
            name.into(),
            polars::prelude::Scalar::from(polars::prelude::PlSmallStr::from(text)),
            height,
        );
        self.with(name, column)
    }

    /// The same hits, all of severity `severity`.
    pub fn with_severity(self, severity: Severity) -> PolarsResult<Self> {
        let height = self.frame.height();
        self.with("severity", Series::new("severity".into(), vec![severity.rank(); height]))
    }

    /// The same hits, all of safety `safety`.
    pub fn with_safety(self, safety: Safety) -> PolarsResult<Self> {
        self.with_text("safety", safety.as_str())
    }

    /// Number of hits; a hit on a value counts once here, whatever the rows that hold it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.frame.height()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where each hit points in the source: position in `frame`, and row of the source, issue, or nothing.
    pub(crate) fn resolve(&self, table: &Table) -> PolarsResult<Vec<(u32, At)>> {
        match self.place {
            Place::Whole => Ok((0..self.len() as u32).map(|pos| (pos, At::Whole)).collect()),
            Place::Issues => self.each_at(|pos, at| (pos, At::Issue(at))),
            Place::Rows => self.each_at(|pos, at| (pos, At::Row(table.source_row(at)))),
            Place::Values => {
                let Some(column) = self.column else { return Ok(Vec::new()) };
                let values = self.frame.column("value")?.as_materialized_series().str()?;
                let wanted: rustc_hash::FxHashMap<&str, u32> =
                    (0..).zip(values.iter()).filter_map(|(pos, value)| Some((value?, pos))).collect();
                let found = match table.dictionary(column) {
                    Some(dictionary) => by_code(dictionary, &wanted),
                    None => (0..)
                        .zip(table.text(column).iter())
                        .filter_map(|(row, cell)| Some((*wanted.get(cell?)?, row)))
                        .collect(),
                };
                Ok(found.into_iter().map(|(pos, row)| (pos, At::Row(table.source_row(row)))).collect())
            }
        }
    }

    fn each_at(&self, make: impl Fn(u32, u32) -> (u32, At)) -> PolarsResult<Vec<(u32, At)>> {
        let at = self.frame.column("at")?.as_materialized_series().u32()?;
        Ok((0..).zip(at.iter()).filter_map(|(pos, at)| Some(make(pos, at?))).collect())
    }
}

fn by_code(dictionary: &Dictionary, wanted: &rustc_hash::FxHashMap<&str, u32>) -> Vec<(u32, u32)> {
    let by_code: Vec<Option<u32>> = dictionary.values.iter().map(|value| wanted.get(value.as_str()).copied()).collect();
    (0..).zip(&dictionary.codes).filter_map(|(row, code)| Some(((*by_code.get(*code as usize)?)?, row))).collect()
}

/// Where a hit points in a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum At {
    /// The column or source as a whole.
    Whole,
    /// A row of the source.
    Row(u32),
    /// An issue of the source.
    Issue(u32),
}

impl At {
    /// The row of the source's frame that is pointed at, if it is there.
    pub(crate) fn frame_row(self, source: &Arc<Source>) -> Option<u32> {
        match self {
            Self::Whole => None,
            Self::Row(row) => Some(row),
            Self::Issue(issue) => source.issues.get(issue as usize).and_then(|issue| issue.frame_row),
        }
    }
}
