//! JSON and NDJSON to a table: one row for each record, nested objects as columns `a.b.c`.
//!
//! No tree of the whole text is ever built. A document is found as a slice of the text, each record of it as a slice of
//! that, each member as a slice of the record, and a cell goes straight into its column. So memory is the text, the
//! columns, and one record's members, however long the list is.

mod documents;
mod envelope;
mod flatten;
mod parse;

use polars::prelude::{Column, DataFrame, IntoColumn, PlSmallStr};

use super::dialect::extension;
use super::header::name_columns;
use super::table::Table;
use super::{Error, Progress};
use crate::model::{Origin, SourceFile};

/// Whether a text is JSON: by its extension, or by how it begins.
pub(crate) fn is_json(text: &[u8], path: &str) -> bool {
    let start = text.trim_ascii_start();
    if start.is_empty() {
        return false;
    }
    let begins = |rest: &[u8], with: &[u8]| rest.trim_ascii_start().starts_with(with);
    extension(path).is_some_and(|e| matches!(e.as_str(), "json" | "ndjson" | "jsonl"))
        || matches!(start, [b'[', rest @ ..] if begins(rest, b"{"))
        || matches!(start, [b'{', rest @ ..] if begins(rest, b"\""))
}

/// Reads decoded JSON or NDJSON of a file that takes `bytes` on disk. The file's SHA-256 is left empty.
pub(crate) fn read(text: &[u8], path: &str, progress: &dyn Progress) -> Result<Table, Error> {
    let (text, bad) = parse::mend(text);
    let by_line = extension(path).is_some_and(|e| matches!(e.as_str(), "ndjson" | "jsonl"));
    let records = documents::read(&text, path, by_line, progress)?;
    let height = records.row.len();
    if records.seen >= u64::from(u32::MAX) {
        return Err(Error::TooLarge { path: path.to_owned() });
    }
    let mut notes = Vec::new();
    if let Some(first) = bad {
        let (line, column) = parse::place(&text, first);
        notes.push(format!(
            "bytes that are not UTF-8, the first at line {line}, column {column}, were read as Windows-1252"
        ));
    }
    notes.extend(records.notes);
    let (names, cells): (Vec<String>, Vec<_>) = records.columns.finish(height as u32, &mut notes).into_iter().unzip();
    let headers = name_columns(names);
    notes.extend(headers.notes);
    let columns: Vec<Column> = cells
        .into_iter()
        .zip(&headers.names)
        .map(|(cells, name)| cells.with_name(PlSmallStr::from_str(name)).into_column())
        .collect();
    let frame = DataFrame::new(height, columns).map_err(|cause| Error::Frame { path: path.to_owned(), cause })?;
    let file = SourceFile {
        path: path.to_owned(),
        sha256: String::new(),
        bytes: 0,
        rows: height as u64,
        set_aside: Vec::new(),
        unreadable: records.seen - height as u64,
        declared_rows: None,
        preamble_lines: 0,
        footer_lines: 0,
        first_row: 0,
        dialect: None,
        headers: headers.names,
    };
    let origin = Origin { row: records.row, line: records.line };
    Ok(Table { frame, origin, files: vec![file], issues: records.issues, notes, zone: None })
}

#[cfg(test)]
mod tests;
