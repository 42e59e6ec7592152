//! The one table that reports, baselines, plans and metrics read.

use polars::prelude::{
    Column, DataFrame, DataType, Float64Chunked, IntoColumn, PolarsResult, StringChunked, UInt64Chunked,
};

use super::EvidenceRow;

/// Name and type of each column of the evidence table, in order.
///
/// | column | type | |
/// | --- | --- | --- |
/// | `code` | str | `DUP001` |
/// | `source`, `column` | str | source name; original header (null when the row or the source is meant) |
/// | `file`, `row`, `line` | str, u64, u64 | path as given; 1-based data row in that file; physical line |
/// | `record_id` | str | the record's own id |
/// | `other_source`, `other_id` | str | the joined record |
/// | `value`, `suggested` | str | what stands there; what should |
/// | `group` | str | unique within a code over all sources |
/// | `confidence` | f64 | 0..1; 1 for exact rules |
/// | `safety` | str | `safe`, `review`, `manual` |
/// | `detail` | str | why, in a few words |
/// | `fingerprint` | str | identity across exports, 32 hex digits |
/// | `status` | str | `new`, `known`, `reopened`, `accepted` |
pub const SCHEMA: [(&str, DataType); 17] = [
    ("code", DataType::String),
    ("source", DataType::String),
    ("column", DataType::String),
    ("file", DataType::String),
    ("row", DataType::UInt64),
    ("line", DataType::UInt64),
    ("record_id", DataType::String),
    ("other_source", DataType::String),
    ("other_id", DataType::String),
    ("value", DataType::String),
    ("suggested", DataType::String),
    ("group", DataType::String),
    ("confidence", DataType::Float64),
    ("safety", DataType::String),
    ("detail", DataType::String),
    ("fingerprint", DataType::String),
    ("status", DataType::String),
];

/// The table of `rows`, with the columns of [`SCHEMA`].
pub(super) fn frame(rows: &[EvidenceRow]) -> PolarsResult<DataFrame> {
    fn text<'a>(name: &str, rows: &'a [EvidenceRow], get: impl Fn(&'a EvidenceRow) -> Option<&'a str>) -> Column {
        rows.iter().map(get).collect::<StringChunked>().with_name(name.into()).into_column()
    }
    let number = |name: &str, get: fn(&EvidenceRow) -> Option<u64>| -> Column {
        rows.iter().map(get).collect::<UInt64Chunked>().with_name(name.into()).into_column()
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
            rows.iter()
                .map(|r| Some(r.confidence))
                .collect::<Float64Chunked>()
                .with_name("confidence".into())
                .into_column(),
            text("safety", rows, |r| Some(r.safety.as_str())),
            text("detail", rows, |r| Some(&r.detail)),
            text("fingerprint", rows, |r| Some(&r.fingerprint)),
            text("status", rows, |r| Some(r.status.as_str())),
        ],
    )
}
