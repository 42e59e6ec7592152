//! The one table that reports, baselines, plans and metrics read.

use polars::prelude::DataType;

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
