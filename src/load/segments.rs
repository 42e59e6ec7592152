//! For writing a cleaned export back: every byte of a file's text, in the pieces that the reader saw.

use std::borrow::Cow;
use std::ops::Range;

use polars::prelude::DataFrame;

use super::dialect::{Layout, lay_out};
use super::encoding::{decode, encode, lenient};
use super::inputs::Input;
use super::read::read;
use super::scan::{Scanner, Step};
use super::transport::{Payload, sha256};
use super::{Error, LoadOptions};
use crate::model::{Dialect, SourceFile, TextEncoding};

/// What a stretch of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SegmentKind {
    /// Before the header, blank lines among it.
    Preamble,
    /// The header.
    Header,
    /// Blank lines between rows.
    Blank,
    /// A row of the frame.
    Data,
    /// A row that could not be read.
    Unreadable,
    /// After the last row, from the first blank line of the footer on.
    Footer,
}

/// A stretch of text, line end included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// What it is.
    pub kind: SegmentKind,
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// 1-based data row in the file, for rows.
    pub row: Option<u64>,
}

/// One cell of a record, as it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawCell {
    /// Its bytes in the record, quotes included; spaces before an opening quote are not part of it.
    pub range: Range<usize>,
    /// Whether it is quoted.
    pub quoted: bool,
}

impl RawCell {
    /// The bytes that the cell stands for, as the frame has them.
    #[must_use]
    pub fn value<'r>(&self, record: &'r [u8]) -> Cow<'r, [u8]> {
        let raw = &record[self.range.clone()];
        if !self.quoted {
            return Cow::Borrowed(raw);
        }
        let (close, inner) = closing_quote(raw);
        let rest = &raw[(close + 1).min(raw.len())..];
        if rest.is_empty() && !inner.contains(&b'"') {
            return Cow::Borrowed(inner);
        }
        let mut value = Vec::with_capacity(raw.len());
        let mut bytes = inner.iter();
        while let Some(byte) = bytes.next() {
            value.push(*byte);
            if *byte == b'"' {
                bytes.next();
            }
        }
        value.extend_from_slice(rest);
        Cow::Owned(value)
    }
}

/// Position of the quote that closes a quoted cell (or its length), and what stands inside.
fn closing_quote(raw: &[u8]) -> (usize, &[u8]) {
    let mut at = 1;
    while at < raw.len() {
        match memchr::memchr(b'"', &raw[at..]) {
            None => break,
            Some(found) if raw.get(at + found + 1) == Some(&b'"') => at += found + 2,
            Some(found) => return (at + found, &raw[1..at + found]),
        }
    }
    (raw.len(), &raw[1..])
}

/// Splits one record in its cells. The record's line end, if it has one, belongs to no cell.
#[must_use]
pub fn cells(record: &[u8], delimiter: u8) -> Vec<RawCell> {
    let ends = |byte: u8| byte == delimiter || matches!(byte, b'\n' | b'\r');
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        let mut start = at;
        if !found.is_empty() {
            let spaces = record[at..].iter().take_while(|b| **b == b' ').count();
            if record.get(at + spaces) == Some(&b'"') {
                start += spaces;
            }
        }
        let quoted = record.get(start) == Some(&b'"');
        at = start;
        if quoted {
            at = (start + closing_quote(&record[start..]).0 + 1).min(record.len());
        }
        at += record[at..].iter().position(|b| ends(*b)).unwrap_or(record.len() - at);
        found.push(RawCell { range: start..at, quoted });
        match record.get(at) {
            Some(byte) if *byte == delimiter => at += 1,
            _ => return found,
        }
    }
}

/// The text of a file that was read before, ready to be written back.
#[derive(Debug, Clone)]
pub struct Reopened {
    /// The text, without a byte order mark: UTF-8, but for stray bytes of a UTF-8 file, which stand as they are.
    pub text: Vec<u8>,
    /// The pieces of the text, in order, without a gap.
    pub segments: Vec<Segment>,
    /// How it is written.
    pub dialect: Dialect,
    /// The column names, as in [`SourceFile::headers`].
    pub headers: Vec<String>,
    mark: Vec<u8>,
}

impl Reopened {
    /// The bytes of a changed text, written as the file was (but not packed).
    ///
    /// # Errors
    ///
    /// When a character of the changed text does not exist in the file's encoding.
    pub fn encode(&self, text: &[u8]) -> Result<Vec<u8>, super::encoding::Unencodable> {
        let text = if self.dialect.encoding == TextEncoding::Utf8 {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(encode(&lenient(text), self.dialect.encoding, false)?)
        };
        Ok([&self.mark, &*text].concat())
    }
}

/// Reads a file again for writing it back.
///
/// # Errors
///
/// When the file is gone or has changed, when it was standard input, or when its text is damaged so that writing it back
/// would change bytes that nobody asked to change.
pub fn reopen(file: &SourceFile) -> Result<Reopened, Error> {
    let payload = fetch(file)?;
    let decoded = decode(payload.content(), &file.path)?;
    let layout = lay_out(&decoded.bytes, &file.path)?;
    let reopened = Reopened {
        segments: segments(&decoded.bytes, &layout),
        dialect: layout.dialect(decoded.encoding, decoded.bom, payload.packing()),
        headers: layout.headers.names,
        mark: decoded.mark.to_vec(),
        text: decoded.bytes.into_owned(),
    };
    if reopened.encode(&reopened.text).ok().as_deref() != Some(payload.content()) {
        return Err(Error::NotReversible { path: file.path.clone(), encoding: reopened.dialect.encoding.as_str() });
    }
    Ok(reopened)
}

/// The bytes of a file, or of a member of a zip, that was read before.
fn fetch(file: &SourceFile) -> Result<Payload, Error> {
    if matches!(file.path.as_bytes(), [b'-'] | [b'-', b'!' | b'#', ..]) {
        return Err(Error::StdinGone);
    }
    let input = Input::locate(&file.path).ok_or_else(|| Error::missing(&file.path))?;
    let payload = Payload::read_part(&input)?;
    if sha256(payload.disk()) == file.sha256 { Ok(payload) } else { Err(Error::Changed { path: file.path.clone() }) }
}

/// The bytes of a file that was read before, as they stand on disk or in their zip; `None` if they are no longer the same.
#[must_use]
pub fn original(file: &SourceFile) -> Option<Vec<u8>> {
    fetch(file).ok().map(Payload::into_disk)
}

/// Reads a file again whose format is not text: its frame, and the data row of each row of it.
///
/// # Errors
///
/// When the file is gone or has changed, or when it was standard input.
pub fn reread(file: &SourceFile) -> Result<(DataFrame, Vec<u32>), Error> {
    fetch(file)?;
    let input = Input::locate(&file.path).ok_or_else(|| Error::missing(&file.path))?;
    let tables = read(&input, &LoadOptions::default())?;
    match tables.into_iter().find(|table| table.files.first().is_some_and(|own| own.path == file.path)) {
        Some(table) => Ok((table.frame, table.origin.row)),
        None => Err(Error::Changed { path: file.path.clone() }),
    }
}

/// Splits a decoded text in segments that cover it without a gap.
pub(crate) fn segments(text: &[u8], layout: &Layout) -> Vec<Segment> {
    let mut found: Vec<Segment> = Vec::new();
    let mut add = |kind, range: Range<usize>, row| {
        if !range.is_empty() {
            found.push(Segment { kind, range, row });
        }
    };
    add(SegmentKind::Preamble, 0..layout.header.start, None);
    add(SegmentKind::Header, layout.header.clone(), None);
    let body = layout.body.clone();
    let mut scanner = Scanner::new(text, body.start, layout.body_line, layout.shape);
    let mut at = body.start;
    let mut row = 0;
    while let Step::Record(record) = scanner.step(body.end, true) {
        row += 1;
        add(SegmentKind::Blank, at..record.start, None);
        let kind = if record.unreadable.is_some() { SegmentKind::Unreadable } else { SegmentKind::Data };
        add(kind, record.start..record.end, Some(row));
        at = record.end;
    }
    add(SegmentKind::Blank, at..body.end, None);
    add(SegmentKind::Footer, body.end..text.len(), None);
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::scan::Shape;
    use super::*;

    fn pieces(text: &str) -> Vec<(SegmentKind, &str, Option<u64>)> {
        let layout = lay_out(text.as_bytes(), "x.csv").unwrap();
        segments(text.as_bytes(), &layout).into_iter().map(|s| (s.kind, &text[s.range], s.row)).collect()
    }

    #[test]
    fn every_byte_belongs_to_one_segment() {
        use SegmentKind::{Blank, Data, Footer, Header, Preamble, Unreadable};
        let text = "Report x\n\na,b,c\r\n1,\"2\n3\",4\r\n\r\n5,6,7,8\n9,10,11\n\nConfidential Information - Do Not Distribute\n";
        assert_eq!(
            pieces(text),
            [
                (Preamble, "Report x\n\n", None),
                (Header, "a,b,c\r\n", None),
                (Data, "1,\"2\n3\",4\r\n", Some(1)),
                (Blank, "\r\n", None),
                (Unreadable, "5,6,7,8\n", Some(2)),
                (Data, "9,10,11\n", Some(3)),
                (Footer, "\nConfidential Information - Do Not Distribute\n", None),
            ]
        );
    }

    #[test]
    fn one_cell_can_be_replaced_and_all_else_stays() {
        let record = b"1, \"a \"\"b\"\"\",,\"x\"y,z\r\n";
        let found = cells(record, b',');
        let values: Vec<String> = found.iter().map(|c| lenient(&c.value(record)).into_owned()).collect();
        assert_eq!(values, ["1", "a \"b\"", "", "xy", "z"]);
        assert_eq!(&record[found[1].range.clone()], b"\"a \"\"b\"\"\"");
        assert_eq!(found.iter().map(|c| c.quoted).collect::<Vec<_>>(), [false, true, false, true, false]);
    }

    proptest! {
        #[test]
        fn cells_are_those_of_the_scanner(record in "[ab,\" \n\r]{1,40}") {
            let text = record.as_bytes();
            let shape = Shape { delimiter: b',', columns: 1, named: 0, line_end: b'\n', spaced: false };
            let mut scanner = Scanner::new(text, 0, 1, shape);
            while let Step::Record(record) = scanner.step(text.len(), true) {
                let raw = &text[record.start..record.end];
                let found: Vec<Vec<u8>> = cells(raw, b',').iter().map(|c| c.value(raw).into_owned()).collect();
                let wanted: Vec<Vec<u8>> = (0..scanner.ends().len()).map(|i| scanner.cell(i).to_vec()).collect();
                prop_assert_eq!(found, wanted);
            }
        }
    }
}
