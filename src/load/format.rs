//! What a file holds, by its first bytes, and by its name where those cannot tell.

use super::Error;
use super::dialect::extension;

/// A form of export that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Delimited text.
    Delimited,
    /// JSON, or JSON lines.
    Json,
}

/// Formats that are not read, by their first bytes.
const FOREIGN: [(&[u8], &str, &str); 6] = [
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "unpack it, or save the sheet as CSV (UTF-8)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook", "save the sheet as CSV (UTF-8)"),
    (b"PAR1", "a Parquet file", "convert it to CSV"),
    (b"\x28\xb5\x2f\xfd", "zstd data", "unpack it with `zstd -d`, or pack it with gzip"),
    (b"%PDF", "a PDF document", "export the records as CSV"),
    (b"BZh", "bzip2 data", "unpack it, or pack it with gzip"),
];

/// Tells what unpacked bytes are; `path` is for its extension and for messages.
///
/// # Errors
///
/// When it is something that is not read, with what to do instead.
pub(crate) fn recognise(content: &[u8], path: &str) -> Result<Format, Error> {
    let refuse = |format, next| Err(Error::Format { path: path.to_owned(), format, next });
    if let Some((_, format, next)) = FOREIGN.iter().find(|(magic, ..)| content.starts_with(magic)) {
        return refuse(format, next);
    }
    if is_binary(content) {
        return refuse("binary data", "export the records as CSV");
    }
    Ok(if is_json(content, path) { Format::Json } else { Format::Delimited })
}

/// Whether the start of a file has more control characters than any text has. UTF-16 and UTF-32, which are full of NULs,
/// announce themselves or get a message of their own.
fn is_binary(content: &[u8]) -> bool {
    let start = &content[..content.len().min(64 * 1024)];
    let controls = start.iter().filter(|b| **b < 0x20 && !matches!(b, 0 | b'\t' | b'\n' | b'\r' | 0x0C | 0x1A)).count();
    start.len() >= 256 && controls * 20 > start.len()
}

fn is_json(content: &[u8], path: &str) -> bool {
    let start = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content).trim_ascii_start();
    extension(path).is_some_and(|e| matches!(e.as_str(), "json" | "ndjson" | "jsonl"))
        || matches!(start, [b'[', rest @ ..] if rest.trim_ascii_start().starts_with(b"{"))
        || matches!(start, [b'{', rest @ ..] if rest.trim_ascii_start().starts_with(b"\""))
}
