//! What a file holds, by its first bytes, and by its name where those cannot tell.

use super::Error;
use super::archive::Archive;
use super::transport::packing;
use super::workbook::{Book, compound};
use crate::model::Packing;

/// A form of export that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Text: delimited, JSON or JSON lines. Which of them is told once it is decoded.
    Text,
    /// A workbook of a spreadsheet program.
    Workbook(Book),
    /// Parquet.
    Parquet,
    /// A zip archive that is none of the above.
    Zip,
}

/// Formats that are not read, by their first bytes.
const FOREIGN: [(&[u8], &str, &str); 7] = [
    (b"%PDF", "a PDF document", "export the records as CSV"),
    (b"BZh", "bzip2 data", "unpack it, or pack it with gzip or zstd"),
    (b"\xfd7zXZ\0", "xz data", "unpack it, or pack it with gzip or zstd"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it, or pack it as zip"),
    (b"Rar!\x1a\x07", "a rar archive", "unpack it, or pack it as zip"),
    (b"SQLite format 3\0", "an SQLite database", "export the table as CSV"),
    (b"{\\rtf", "an RTF document", "export the records as CSV"),
];

/// Zip archives that are not read, by a member that only they have.
const FOREIGN_ZIPS: [(&str, &str, &str); 4] = [
    ("word/document.xml", "a Word document", "export the records as CSV"),
    ("ppt/presentation.xml", "a PowerPoint presentation", "export the records as CSV"),
    ("Index/Document.iwa", "a document of Apple's Numbers or Pages", "export it as Excel or CSV"),
    ("Index/Tables/DataList.iwa", "a document of Apple's Numbers", "export it as Excel or CSV"),
];

/// Tells what unpacked bytes are; `path` is for its extension and for messages.
///
/// # Errors
///
/// When it is something that is not read, with what to do instead.
pub(crate) fn recognise(content: &[u8], path: &str) -> Result<Format, Error> {
    let refuse = |format, next| Err(Error::Format { path: path.to_owned(), format, next });
    match content {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => return zip(content, path),
        [b'P', b'A', b'R', b'1', ..] => return Ok(Format::Parquet),
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => {
            return compound::recognise(content, path).map(Format::Workbook);
        }
        _ => {}
    }
    if packing(content) != Packing::None {
        return refuse("data that are packed twice", "unpack it once");
    }
    if let Some((_, format, next)) = FOREIGN.iter().find(|(magic, ..)| content.starts_with(magic)) {
        return refuse(format, next);
    }
    if is_binary(content) {
        return refuse("binary data", "export the records as CSV");
    }
    if is_markup(content) {
        return refuse(
            "a page of HTML or XML",
            "see in a browser whether it is a login or error page; a table in it can be saved as Excel or CSV by a spreadsheet program",
        );
    }
    Ok(Format::Text)
}

/// What a zip archive is: a workbook is one, too.
fn zip(content: &[u8], path: &str) -> Result<Format, Error> {
    let archive = Archive::open(content, path)?;
    let names: Vec<String> = archive.names().map(|name| name.into_owned().replace('\\', "/")).collect();
    let has = |wanted: &str| names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
    if let Some((_, format, next)) = FOREIGN_ZIPS.iter().find(|(member, ..)| has(member)) {
        return Err(Error::Format { path: path.to_owned(), format, next });
    }
    Ok(if has("[Content_Types].xml") && has("xl/workbook.bin") {
        Format::Workbook(Book::Xlsb)
    } else if has("[Content_Types].xml") {
        Format::Workbook(Book::Xlsx)
    } else if has("content.xml") && has("META-INF/manifest.xml") {
        Format::Workbook(Book::Ods)
    } else {
        Format::Zip
    })
}

/// Whether the start of a file has more control characters than any text has. UTF-16 and UTF-32, which are full of NULs,
/// announce themselves or get a message of their own.
fn is_binary(content: &[u8]) -> bool {
    let start = &content[..content.len().min(64 * 1024)];
    let controls = start.iter().filter(|b| **b < 0x20 && !matches!(b, 0 | b'\t' | b'\n' | b'\r' | 0x0C | 0x1A)).count();
    start.len() >= 256 && controls * 20 > start.len()
}

/// The text without a byte order mark and leading blanks.
fn start(content: &[u8]) -> &[u8] {
    content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content).trim_ascii_start()
}

/// What a browser saves when a session has ended, and what some programs call `.xls`.
fn is_markup(content: &[u8]) -> bool {
    let start = start(content);
    ["<!doctype", "<html", "<table", "<?xml"]
        .iter()
        .any(|tag| start.get(..tag.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(tag.as_bytes())))
}
