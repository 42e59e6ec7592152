//! Exports to sources: resolving what was named, reading it as text with the place of every row, recognising the vendor
//! and what each column means.
//!
//! The way of a file: [`inputs`] find it, `transport` reads and unpacks it, `encoding` decodes it, `dialect` finds its
//! header and rows, `tokenise` reads them, `table` unites the files of one source, [`vendors`] say what it is, `roles`
//! what its columns mean. [`segments`] go the way back, for writing a cleaned export.

mod conversation;
mod delimited;
mod dialect;
mod encoding;
mod error;
mod footer;
mod header;
pub mod inputs;
mod roles;
mod scan;
pub mod segments;
mod table;
mod tokenise;
mod transport;
pub mod vendors;

use hashbrown::HashSet;

pub use encoding::{Unencodable, encode};
pub use error::Error;
pub(crate) use header::squeeze;
pub use inputs::{ConfigSources, Input, SourceSpec, config_in, resolve};
pub use segments::{RawCell, Reopened, Segment, SegmentKind, cells, reopen};

use crate::model::{Kind, Source};
use vendors::Exhibit;

/// Chunks of this many bytes keep two threads busy and leave few pieces to a column.
pub const CHUNK_BYTES: usize = 8 * 1024 * 1024;

/// Who wants to know how far the reading has come. Called from several threads.
pub trait Progress: Sync {
    /// So many more bytes of text were read.
    fn advance(&self, bytes: u64);
}

/// Nobody wants to know.
impl Progress for () {
    fn advance(&self, _bytes: u64) {}
}

/// How to load.
#[derive(Clone, Copy)]
pub struct LoadOptions<'a> {
    /// Texts are tokenised in chunks of about this many bytes; the outcome does not depend on it.
    pub chunk_bytes: usize,
    /// Who is told how far it is.
    pub progress: &'a dyn Progress,
}

impl Default for LoadOptions<'_> {
    fn default() -> Self {
        Self { chunk_bytes: CHUNK_BYTES, progress: &() }
    }
}

/// Reads every source, in order.
///
/// # Errors
///
/// When a file cannot be read as a table, or the config names what the export does not have.
pub fn load(specs: &[SourceSpec], options: &LoadOptions<'_>) -> Result<Vec<Source>, Error> {
    let mut taken: HashSet<String> = specs.iter().filter_map(|s| s.name.clone()).collect();
    let mut sources = Vec::with_capacity(specs.len());
    for spec in specs {
        let mut source = load_one(spec, options)?;
        if spec.name.is_none() {
            source.name = free_name(&source.name, &taken);
            taken.insert(source.name.clone());
        }
        sources.push(source);
    }
    Ok(sources)
}

/// The first of `lead`, `lead-2`, `lead-3` … that is free.
fn free_name(base: &str, taken: &HashSet<String>) -> String {
    let mut name = base.to_owned();
    let mut number = 1;
    while taken.contains(&name) {
        number += 1;
        name = format!("{base}-{number}");
    }
    name
}

fn load_one(spec: &SourceSpec, options: &LoadOptions<'_>) -> Result<Source, Error> {
    let tables = spec.inputs.iter().map(|input| delimited::read(input, options)).collect::<Result<Vec<_>, Error>>()?;
    if tables.is_empty() {
        return Err(Error::NoSource);
    }
    let mut table = table::unite(tables)?;
    let shown = spec.name.clone().unwrap_or_else(|| table.files[0].path.clone());
    let (vendor, found) = vendors::choose(&Exhibit::of(&table, spec), spec.vendor.as_deref(), &shown)?;
    vendor.prepare(&mut table, &found)?;
    let exhibit = Exhibit::of(&table, spec);
    let roles = roles::bind(&exhibit, vendor, &found, &spec.columns, &shown)?;
    let exhibit_system = roles::system(&exhibit.keys);
    let mut notes = std::mem::take(&mut table.notes);
    if roles.is_empty() {
        notes.push("no column was recognised; only rules that need no role look at this source".to_owned());
    }
    let mut ignored = Vec::new();
    for header in &spec.ignore_columns {
        match table.frame.get_column_index(header) {
            Some(column) => ignored.push(column),
            None => notes.push(format!("ignore-columns names \"{header}\", which the export does not have")),
        }
    }
    let name = spec.name.clone().unwrap_or_else(|| match (found.kind, found.object) {
        (Kind::Crm, Some(object)) => object.as_str().to_owned(),
        (kind, _) => kind.as_str().to_owned(),
    });
    Ok(Source {
        name,
        configured: spec.configured,
        kind: found.kind,
        object: found.object,
        vendor: vendor.meta().name.to_owned(),
        detected: found.why,
        frame: table.frame,
        origin: table.origin,
        files: table.files,
        system: exhibit_system,
        roles,
        excluded: Vec::new(),
        gone: Vec::new(),
        issues: table.issues,
        notes,
        zone: table.zone,
        required: spec.required.clone(),
        ignored,
        system_users: spec.system_users.clone(),
        synced_with: spec.synced_with.clone(),
        covers: spec.covers.map(|[first, last]| (first, last)),
    })
}

/// Formats that are not text, and text formats that are not tables, by their first bytes.
const FOREIGN: [(&[u8], &str, &str); 6] = [
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "unpack it, or save the sheet as CSV (UTF-8)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook", "save the sheet as CSV (UTF-8)"),
    (b"PAR1", "a Parquet file", "convert it to CSV"),
    (b"\x28\xb5\x2f\xfd", "zstd data", "unpack it with `zstd -d`, or pack it with gzip"),
    (b"%PDF", "a PDF document", "export the records as CSV"),
    (b"BZh", "bzip2 data", "unpack it, or pack it with gzip"),
];

/// Whether the start of a file has more control characters than any text has. UTF-16 and UTF-32, which are full of NULs,
/// announce themselves or get a message of their own.
fn is_binary(content: &[u8]) -> bool {
    let start = &content[..content.len().min(64 * 1024)];
    let controls = start.iter().filter(|b| **b < 0x20 && !matches!(b, 0 | b'\t' | b'\n' | b'\r' | 0x0C | 0x1A)).count();
    start.len() >= 256 && controls * 20 > start.len()
}

/// Refuses what is no delimited text, saying what to do instead.
fn refuse_binary(content: &[u8], path: &str) -> Result<(), Error> {
    let refuse = |format, next| Err(Error::Format { path: path.to_owned(), format, next });
    if let Some((_, format, next)) = FOREIGN.iter().find(|(magic, ..)| content.starts_with(magic)) {
        return refuse(format, next);
    }
    if is_binary(content) {
        return refuse("binary data", "export the records as CSV");
    }
    let named = dialect::extension(path).is_some_and(|e| matches!(e.as_str(), "json" | "ndjson" | "jsonl"));
    let start = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content).trim_ascii_start();
    let looks = matches!(start, [b'[', rest @ ..] if rest.trim_ascii_start().starts_with(b"{"))
        || matches!(start, [b'{', rest @ ..] if rest.trim_ascii_start().starts_with(b"\""));
    if named || looks {
        return refuse("JSON", "export the records as CSV");
    }
    Ok(())
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
