//! A delimited text to polars columns, in parallel over chunks, with exactly the outcome of one sequential pass.
//!
//! Chunks are cut at a line end that stands outside quotes if the quotes before it pair up. Where they do not (a stray
//! quote), the guess shows itself: the chunk before the cut does not end between records. It is then read on, by the
//! same reader, until one does, and what was read from the wrong start is dropped.

use std::ops::Range;

use memchr::{memchr_iter, memchr2_iter};
use polars::prelude::{PlSmallStr, StringChunked, StringChunkedBuilder};
use rayon::prelude::*;

use super::Progress;
use super::encoding::lenient;
use super::scan::{Record, Scanner, Shape, Step};
use crate::model::IssueKind;

/// The text of an unreadable row is kept up to this many bytes.
const RAW_LIMIT: usize = 4096;

/// The rows of a file.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// One column for each header.
    pub(crate) columns: Vec<StringChunked>,
    /// 1-based data row of each row that was kept.
    pub(crate) row: Vec<u32>,
    /// Physical line of each row that was kept.
    pub(crate) line: Vec<u32>,
    /// What was noticed; rows and lines are those of the file, frame rows those of the columns.
    pub(crate) issues: Vec<RowIssue>,
    /// Data rows, unreadable ones among them.
    pub(crate) seen: u64,
    /// Physical line after the last row.
    pub(crate) last_line: u64,
}

/// An issue of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowIssue {
    pub(crate) kind: IssueKind,
    pub(crate) row: u64,
    pub(crate) line: u64,
    pub(crate) column: Option<usize>,
    pub(crate) frame_row: Option<u64>,
    pub(crate) value: String,
    pub(crate) detail: String,
}

/// Reads `body`, which begins at physical line `line` where a record begins.
pub(crate) fn tokenise(
    text: &[u8],
    body: Range<usize>,
    line: u64,
    shape: Shape,
    chunk_bytes: usize,
    progress: &dyn Progress,
) -> Rows {
    let chunks = cut(text, &body, shape.line_end, chunk_bytes.max(1));
    let width = row_width(text, &body);
    let mut parts: Vec<Option<Part<'_>>> = chunks
        .par_iter()
        .map(|chunk| {
            let mut part = Part::new(text, chunk, shape, width);
            part.read(chunk.end, chunk.end == body.end);
            progress.advance(chunk.len() as u64);
            Some(part)
        })
        .collect();

    let mut rows = Rows { last_line: line, ..Rows::default() };
    rows.columns = (0..shape.columns).map(|_| StringChunkedBuilder::new(PlSmallStr::EMPTY, 0).finish()).collect();
    let kept = parts.iter().flatten().map(|p| p.row.len()).sum();
    rows.row.reserve(kept);
    rows.line.reserve(kept);
    let mut index = 0;
    while index < parts.len() {
        let part = parts[index].take();
        index += 1;
        let Some(mut part) = part else { continue };
        while part.within && index < chunks.len() {
            parts[index] = None;
            part.read(chunks[index].end, chunks[index].end == body.end);
            index += 1;
        }
        rows.append(part);
    }
    rows
}

/// Cuts at line ends outside quotes, as far as the count of quotes before them can tell.
fn cut(text: &[u8], body: &Range<usize>, line_end: u8, chunk_bytes: usize) -> Vec<Range<usize>> {
    let nominal: Vec<Range<usize>> =
        body.clone().step_by(chunk_bytes).map(|from| from..(from + chunk_bytes).min(body.end)).collect();
    let quotes: Vec<usize> = nominal.par_iter().map(|part| memchr_iter(b'"', &text[part.clone()]).count()).collect();
    let mut open = false;
    let starts = nominal.iter().zip(quotes).map(|(part, quotes)| {
        let start = (part.clone(), open);
        open ^= quotes % 2 == 1;
        start
    });
    let mut chunks = Vec::with_capacity(nominal.len());
    let mut from = body.start;
    for (part, mut open) in starts.collect::<Vec<_>>().into_iter().skip(1) {
        let at = memchr2_iter(b'"', line_end, &text[part.clone()]).find(|at| {
            let quote = text[part.start + at] == b'"';
            open ^= quote;
            !quote && !open
        });
        if let Some(at) = at {
            let end = part.start + at + 1;
            if end < body.end {
                chunks.push(from..end);
                from = end;
            }
        }
    }
    if from < body.end {
        chunks.push(from..body.end);
    }
    chunks
}

/// About how many bytes a row takes.
fn row_width(text: &[u8], body: &Range<usize>) -> usize {
    let sample = &text[body.start..body.end.min(body.start + 64 * 1024)];
    (sample.len() / (1 + memchr2_iter(b'\n', b'\r', sample).count())).max(1)
}

/// A chunk, read from where a record is taken to begin. Rows and lines count from its start.
struct Part<'t> {
    text: &'t [u8],
    shape: Shape,
    scanner: Scanner<'t>,
    within: bool,
    columns: Vec<StringChunkedBuilder>,
    row: Vec<u32>,
    line: Vec<u32>,
    issues: Vec<RowIssue>,
    seen: u64,
}

impl<'t> Part<'t> {
    fn new(text: &'t [u8], chunk: &Range<usize>, shape: Shape, width: usize) -> Self {
        // Rows are as wide as those at the top of the file or so; a column that has to grow is copied.
        let capacity = chunk.len() / width * 17 / 16 + 16;
        Self {
            text,
            shape,
            scanner: Scanner::new(text, chunk.start, 0, shape),
            within: false,
            columns: (0..shape.columns).map(|_| StringChunkedBuilder::new(PlSmallStr::EMPTY, capacity)).collect(),
            row: Vec::with_capacity(capacity),
            line: Vec::with_capacity(capacity),
            issues: Vec::new(),
            seen: 0,
        }
    }

    fn read(&mut self, limit: usize, last: bool) {
        loop {
            match self.scanner.step(limit, last) {
                Step::Record(record) => self.take(&record),
                Step::Within => {
                    self.within = true;
                    return;
                }
                Step::Between => {
                    self.within = false;
                    return;
                }
            }
        }
    }

    fn take(&mut self, record: &Record) {
        self.seen += 1;
        if let Some(kind) = record.unreadable {
            self.report(record, kind, None);
            return;
        }
        let frame_row = self.row.len() as u64;
        if record.missing {
            self.report(record, IssueKind::MissingCells, Some(frame_row));
        }
        if record.text_after_quote {
            self.report(record, IssueKind::TextAfterQuote, Some(frame_row));
        }
        let bytes = self.scanner.bytes();
        let ends = self.scanner.ends();
        let found = ends.len().min(self.shape.columns);
        if let Ok(cells) = std::str::from_utf8(bytes)
            && ends.iter().all(|end| cells.is_char_boundary(*end))
        {
            let gap = self.scanner.gap();
            let mut from = 0;
            for (column, end) in self.columns.iter_mut().zip(&ends[..found]) {
                column.append_value(&cells[from..*end]);
                from = *end + gap;
            }
        } else {
            for (index, column) in self.columns.iter_mut().enumerate().take(found) {
                let cell = self.scanner.cell(index);
                let read = lenient(cell);
                if std::str::from_utf8(cell).is_err() {
                    self.issues.push(RowIssue {
                        kind: IssueKind::ForeignBytes,
                        row: self.seen,
                        line: record.line,
                        column: Some(index),
                        frame_row: Some(frame_row),
                        value: read.clone().into_owned(),
                        detail: "bytes that are not UTF-8, read as Windows-1252".to_owned(),
                    });
                }
                column.append_value(&read);
            }
        }
        for column in &mut self.columns[found..] {
            column.append_null();
        }
        self.row.push(self.seen as u32);
        self.line.push(record.line as u32);
    }

    fn report(&mut self, record: &Record, kind: IssueKind, frame_row: Option<u64>) {
        let cells = self.scanner.ends().len();
        let width = self.shape.columns;
        let lines = record.inner_lines;
        let detail = match kind {
            IssueKind::SurplusCells | IssueKind::MissingCells => {
                format!("{cells} {}, the header has {width}", if cells == 1 { "cell" } else { "cells" })
            }
            IssueKind::OpenQuote if lines == 0 => format!("a quote in cell {cells} is never closed"),
            IssueKind::OpenQuote => {
                format!(
                    "a quote in cell {cells} is never closed; {lines} further {} to the end of the file",
                    plural(lines)
                )
            }
            IssueKind::SwallowedRows => {
                format!("a quoted cell spans {} lines that look like rows of their own; a quote is stray", lines + 1)
            }
            IssueKind::TextAfterQuote => "text follows a closing quote".to_owned(),
            IssueKind::ForeignBytes => "bytes that are not UTF-8, read as Windows-1252".to_owned(),
            IssueKind::NoRecord => "no record".to_owned(),
        };
        self.issues.push(RowIssue {
            kind,
            row: self.seen,
            line: record.line,
            column: None,
            frame_row,
            value: raw_text(&self.text[record.start..record.end]),
            detail,
        });
    }
}

fn plural(lines: u64) -> &'static str {
    if lines == 1 { "line" } else { "lines" }
}

/// A record's bytes as text, without its line end, cut where it is very long.
fn raw_text(bytes: &[u8]) -> String {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    if bytes.len() <= RAW_LIMIT {
        return lenient(bytes).into_owned();
    }
    let end = (RAW_LIMIT - 4..=RAW_LIMIT).rev().find(|at| bytes[*at] & 0xC0 != 0x80).unwrap_or(RAW_LIMIT);
    format!("{}…", lenient(&bytes[..end]))
}

impl Rows {
    fn append(&mut self, part: Part<'_>) {
        let (rows, lines, frame_rows) = (self.seen, self.last_line, self.row.len() as u64);
        self.row.extend(part.row.iter().map(|row| row.wrapping_add(rows as u32)));
        self.line.extend(part.line.iter().map(|line| line.wrapping_add(lines as u32)));
        self.issues.extend(part.issues.into_iter().map(|issue| RowIssue {
            row: issue.row + rows,
            line: issue.line + lines,
            frame_row: issue.frame_row.map(|row| row + frame_rows),
            ..issue
        }));
        self.seen += part.seen;
        self.last_line += part.scanner.line();
        for (column, more) in self.columns.iter_mut().zip(part.columns) {
            let more = more.finish();
            if column.is_empty() {
                *column = more;
            } else {
                // Chunks of one type always join.
                let _ = column.append_owned(more);
            }
        }
    }
}
