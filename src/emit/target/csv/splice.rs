//! Splices changed cells into the bytes of an export. What nobody asked to change stays as it stands, byte for byte.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::load::{self, RawCell, Reopened, SegmentKind, cells, reopen};
use crate::model::SourceFile;
use crate::normalise::record_id;

/// What happens to one row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Edit {
    /// The row goes.
    Gone,
    /// Cells change: old and new value by header.
    Cells(BTreeMap<String, (Option<String>, String)>),
}

/// Why an export cannot be written back with the changes.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// It cannot be read again.
    #[error("{0}")]
    Load(#[from] load::Error),
    /// Rows of the frame are not rows of the file.
    #[error("several rows of the file are one record here, so that a changed cell has no single place in it")]
    Folded,
    /// The file is not what was read.
    #[error("row {row} is not what was read: {what}")]
    Differs {
        /// 1-based data row.
        row: u64,
        /// What differs.
        what: String,
    },
    /// The encoding lacks a character.
    #[error("{0}")]
    Unencodable(String),
    /// The changed file would be read differently.
    #[error("with these changes the file would be read differently from what is planned")]
    ReadsDifferently,
}

/// Changes to records, for the rows of an export that were read and set aside: a row may be a copy of one that changes, and
/// would bring back what is mended, merged or deleted.
#[derive(Debug, Default)]
pub(super) struct Copies {
    /// The header of the records' ids.
    pub(super) header: String,
    /// The changes by id, as ids compare.
    pub(super) edits: BTreeMap<String, Edit>,
}

impl Copies {
    /// What happens to a row that was set aside: it goes with its record, and its cells change where they hold what the
    /// record's held.
    fn edit(&self, file: &Reopened, record: &[u8]) -> Option<Edit> {
        let at = |header: &str| file.headers.iter().position(|own| own == header);
        let held = cells(record, file.dialect.delimiter);
        let value = |at: usize| held.get(at).map_or(Cow::Borrowed(&b""[..]), |cell| cell.value(record));
        let id = value(at(&self.header)?);
        match self.edits.get(&*record_id::canonical(std::str::from_utf8(&id).ok()?)?)? {
            Edit::Gone => Some(Edit::Gone),
            Edit::Cells(changes) => {
                let stands = |(header, (old, _)): &(&String, &(Option<String>, String))| {
                    at(header).is_some_and(|at| *value(at) == *old.as_deref().unwrap_or_default().as_bytes())
                };
                let changes: BTreeMap<_, _> =
                    changes.iter().filter(stands).map(|(header, change)| (header.clone(), change.clone())).collect();
                (!changes.is_empty()).then_some(Edit::Cells(changes))
            }
        }
    }
}

/// A file with its changes spliced in.
#[derive(Debug)]
pub(crate) struct Spliced {
    /// Whether rows that were set aside are changed.
    pub(super) is_copy_changed: bool,
    /// The bytes, not packed.
    pub(crate) bytes: Vec<u8>,
    /// The text of each row that a reader must find again, line ends aside.
    rows: Vec<Vec<u8>>,
    headers: Vec<String>,
}

/// Splices `edits`, by 1-based data row, into `file`, of which the rows `rows` are in the frame. Those that were read and
/// set aside stay as they stand, unless they are copies of what changes.
pub(super) fn splice(
    file: &SourceFile,
    rows: &[u32],
    edits: &BTreeMap<u64, Edit>,
    copies: &Copies,
) -> Result<Spliced, Refusal> {
    let reopened = reopen(file)?;
    let data = reopened.segments.iter().filter(|segment| segment.kind == SegmentKind::Data).map(|segment| segment.row);
    let mut read: Vec<u32> = rows.iter().chain(&file.set_aside).copied().collect();
    read.sort_unstable();
    if !data.eq(read.iter().map(|row| Some(u64::from(*row)))) || reopened.headers != file.headers {
        return Err(Refusal::Folded);
    }
    let mut text = Vec::with_capacity(reopened.text.len());
    let mut kept = Vec::new();
    let mut is_copy_changed = false;
    for segment in &reopened.segments {
        let bytes = &reopened.text[segment.range.clone()];
        let row = segment.row.filter(|_| segment.kind == SegmentKind::Data);
        let of_copy = row
            .filter(|row| u32::try_from(*row).is_ok_and(|row| file.set_aside.binary_search(&row).is_ok()))
            .and_then(|_| copies.edit(&reopened, bytes));
        is_copy_changed |= of_copy.is_some();
        let edit = row.and_then(|row| Some((row, of_copy.as_ref().or_else(|| edits.get(&row))?)));
        let from = text.len();
        match edit {
            None => text.extend_from_slice(bytes),
            Some((_, Edit::Gone)) => continue,
            Some((row, Edit::Cells(changes))) => replace(&reopened, bytes, row, changes, &mut text)?,
        }
        if matches!(segment.kind, SegmentKind::Data | SegmentKind::Unreadable) {
            kept.push(without_line_end(&text[from..]).to_vec());
        }
    }
    let bytes = reopened.encode(&text).map_err(|refused| Refusal::Unencodable(refused.to_string()))?;
    Ok(Spliced { is_copy_changed, bytes, rows: kept, headers: reopened.headers })
}

impl Spliced {
    /// Checks that `written`, the spliced file on disk, reads as planned: a changed value or a row that is gone must not
    /// change what the reader takes for header, rows, footer or encoding.
    pub(crate) fn check(&self, written: &SourceFile) -> Result<(), Refusal> {
        let again = reopen(written).map_err(|_| Refusal::ReadsDifferently)?;
        let rows = again
            .segments
            .iter()
            .filter(|segment| matches!(segment.kind, SegmentKind::Data | SegmentKind::Unreadable))
            .map(|segment| without_line_end(&again.text[segment.range.clone()]));
        let same = again.headers == self.headers && rows.eq(self.rows.iter().map(Vec::as_slice));
        if same { Ok(()) } else { Err(Refusal::ReadsDifferently) }
    }
}

fn without_line_end(record: &[u8]) -> &[u8] {
    let end = record.iter().rposition(|b| !matches!(b, b'\r' | b'\n')).map_or(0, |at| at + 1);
    &record[..end]
}

/// Writes one record with its changed cells.
fn replace(
    file: &Reopened,
    record: &[u8],
    row: u64,
    changes: &BTreeMap<String, (Option<String>, String)>,
    out: &mut Vec<u8>,
) -> Result<(), Refusal> {
    let differs = |what: String| Refusal::Differs { row, what };
    let held = cells(record, file.dialect.delimiter);
    let mut placed: BTreeMap<usize, &(Option<String>, String)> = BTreeMap::new();
    for (header, change) in changes {
        let at = file.headers.iter().position(|own| own == header);
        placed.insert(at.ok_or_else(|| differs(format!("it has no column {header}")))?, change);
    }
    let mut at = 0;
    for (index, cell) in held.iter().enumerate() {
        let Some((old, new)) = placed.get(&index) else { continue };
        let stands = cell.value(record);
        // Stray bytes are read by a rule of their own; the row and the column are sure without them.
        if std::str::from_utf8(&stands).is_ok_and(|stands| stands != old.as_deref().unwrap_or_default()) {
            return Err(differs(format!("{} holds something else", file.headers[index])));
        }
        out.extend_from_slice(&record[at..cell.range.start]);
        write_cell(new, Some(cell), held.len() == 1, file.dialect.delimiter, out);
        at = cell.range.end;
    }
    let end = held.last().map_or(0, |cell| cell.range.end);
    out.extend_from_slice(&record[at..end]);
    // A row that ends early gets the delimiters up to the cell.
    let mut width = held.len();
    for (index, (_, new)) in placed.range(held.len()..) {
        out.resize(out.len() + index + 1 - width, file.dialect.delimiter);
        write_cell(new, None, false, file.dialect.delimiter, out);
        width = index + 1;
    }
    out.extend_from_slice(&record[end..]);
    Ok(())
}

fn write_cell(value: &str, was: Option<&RawCell>, alone: bool, delimiter: u8, out: &mut Vec<u8>) {
    let quoted = was.is_some_and(|cell| cell.quoted)
        || value.bytes().any(|b| b == delimiter || matches!(b, b'"' | b'\r' | b'\n'))
        || value.trim() != value
        // A blank line is no row.
        || alone && value.is_empty();
    if !quoted {
        out.extend_from_slice(value.as_bytes());
        return;
    }
    out.push(b'"');
    for byte in value.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}
