//! The evidence of a run, expanded on demand.

use polars::prelude::{Column, DataFrame, NamedFrom, PolarsResult, Series};

use super::EvidenceRow;

/// All evidence of a run, sorted by (code, source, column, group, record id, row).
#[derive(Debug, Default)]
pub struct Evidence {
    rows: Vec<EvidenceRow>,
}

impl Evidence {
    /// Evidence from rows that are already expanded and sorted.
    #[must_use]
    pub fn from_rows(rows: Vec<EvidenceRow>) -> Self {
        Self { rows }
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows, in order.
    #[must_use]
    pub fn rows(&self) -> &[EvidenceRow] {
        &self.rows
    }

    /// The whole table with the columns of [`SCHEMA`](super::schema::SCHEMA).
    pub fn frame(&self) -> PolarsResult<DataFrame> {
        fn text<'a>(name: &str, rows: &'a [EvidenceRow], get: impl Fn(&'a EvidenceRow) -> Option<&'a str>) -> Column {
            Series::new(name.into(), rows.iter().map(get).collect::<Vec<_>>()).into()
        }
        let rows = &self.rows;
        let number = |name: &str, get: fn(&EvidenceRow) -> Option<u64>| -> Column {
            Series::new(name.into(), rows.iter().map(get).collect::<Vec<_>>()).into()
        };
        DataFrame::new(
            rows.len(),
            vec![
                text("code", rows, |r| Some(r.code)),
                text("source", rows, |r| Some(&r.source)),
                text("column", rows, |r| r.column.as_deref()),
                text("file", rows, |r| r.file.as_deref()),
                number("row", |r| r.row),
                number("line", |r| r.line),
                text("record_id", rows, |r| r.record_id.as_deref()),
                text("other_source", rows, |r| r.other_source.as_deref()),
                text("other_id", rows, |r| r.other_id.as_deref()),
                text("value", rows, |r| r.value.as_deref()),
                text("suggested", rows, |r| r.suggested.as_deref()),
                text("group", rows, |r| r.group.as_deref()),
                Series::new("confidence".into(), rows.iter().map(|r| r.confidence).collect::<Vec<_>>()).into(),
                text("safety", rows, |r| Some(r.safety.as_str())),
                text("detail", rows, |r| Some(&r.detail)),
                text("fingerprint", rows, |r| Some(&r.fingerprint)),
                text("status", rows, |r| Some(r.status.as_str())),
            ],
        )
    }

    /// Sorted fingerprints of one finding's evidence, accepted rows included.
    #[must_use]
    pub fn fingerprints(&self, code: &str, source: &str, column: Option<&str>) -> Vec<&str> {
        let mut found: Vec<&str> = self
            .rows
            .iter()
            .filter(|r| r.code == code && r.source == source && r.column.as_deref() == column)
            .map(|r| r.fingerprint.as_str())
            .collect();
        found.sort_unstable();
        found
    }
}
