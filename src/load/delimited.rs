//! One delimited text file to one table.

use polars::prelude::{Column, DataFrame, IntoColumn, PlSmallStr};

use super::dialect::{Layout, lay_out};
use super::encoding::{decode, lenient};
use super::table::Table;
use super::tokenise::{Rows, tokenise};
use super::transport::Payload;
use super::{Error, LoadOptions, json};
use crate::model::{Dialect, IssueKind, Origin, Packing, ReadIssue, SourceFile, TextEncoding};

impl Layout {
    /// How the text is written, for reading it back and writing it again.
    pub(crate) fn dialect(&self, encoding: TextEncoding, bom: bool, packing: Packing) -> Dialect {
        Dialect { encoding, bom, delimiter: self.shape.delimiter, header_line: self.header_line as u32, packing }
    }
}

/// Reads text: JSON, else delimited. `path` is how it is shown; hash and size are the caller's to set.
pub(crate) fn read(payload: &Payload, path: &str, options: &LoadOptions<'_>) -> Result<Table, Error> {
    let decoded = decode(payload.content(), path)?;
    let text = &*decoded.bytes;
    if json::is_json(text, path) {
        return json::read(text, path, options.progress);
    }
    let layout = lay_out(text, path)?;
    let rows =
        tokenise(text, layout.body.clone(), layout.body_line, layout.shape, options.chunk_bytes, options.progress);
    if rows.seen >= u64::from(u32::MAX) || rows.last_line >= u64::from(u32::MAX) {
        return Err(Error::TooLarge { path: path.to_owned() });
    }
    let file = SourceFile {
        path: path.to_owned(),
        sha256: String::new(),
        bytes: 0,
        rows: rows.row.len() as u64,
        unreadable: rows.seen - rows.row.len() as u64,
        set_aside: Vec::new(),
        declared_rows: layout.footer.declared,
        preamble_lines: layout.preamble_lines,
        footer_lines: layout.footer.lines,
        first_row: 0,
        dialect: Some(layout.dialect(decoded.encoding, decoded.bom, payload.packing())),
        headers: layout.headers.names.clone(),
    };
    let mut issues = header_issues(text, &layout);
    let Rows { columns, row, line, issues: found, .. } = rows;
    issues.extend(found.into_iter().map(|issue| ReadIssue {
        kind: issue.kind,
        file: 0,
        row: issue.row,
        line: issue.line,
        column: issue.column,
        frame_row: issue.frame_row.map(|row| row as u32),
        value: issue.value,
        detail: issue.detail,
    }));
    let columns: Vec<Column> = columns
        .into_iter()
        .zip(&layout.headers.names)
        .map(|(cells, name)| cells.with_name(PlSmallStr::from_str(name)).into_column())
        .collect();
    let frame = DataFrame::new(row.len(), columns).map_err(|cause| Error::Frame { path: path.to_owned(), cause })?;
    let notes = layout.headers.notes;
    Ok(Table { frame, origin: Origin { row, line }, files: vec![file], issues, notes, zone: None })
}

/// A fault of the header is an issue of row 0.
fn header_issues(text: &[u8], layout: &Layout) -> Vec<ReadIssue> {
    let fault = layout.header_fault.into_iter();
    fault
        .map(|kind| {
            let raw = lenient(&text[layout.header.clone()]).into_owned();
            let detail = match kind {
                IssueKind::OpenQuote => "a quote in the header is never closed; no row could be read",
                _ => "text follows a closing quote in the header",
            };
            ReadIssue {
                kind,
                file: 0,
                row: 0,
                line: layout.header_line,
                column: None,
                frame_row: None,
                value: raw.chars().take(4096).collect::<String>().trim_end().to_owned(),
                detail: detail.to_owned(),
            }
        })
        .collect()
}
