//! Exports to sources: resolving what was named, reading it as text with the place of every row, recognising the vendor
//! and what each column means.
//!
//! The way of a file: [`inputs`] find it, `transport` fetches and unpacks it, `format` tells what it holds, `read` hands it
//! to the reader of that format. Of a text `encoding` decodes it, `dialect` finds its header and rows, `tokenise` reads
//! them. `table` unites the files of one source, [`vendors`] say what it is, `roles` what its columns mean. [`segments`] go
//! the way back, for writing a cleaned export.

mod archive;
mod baseline;
mod columnar;
mod conversation;
mod delimited;
mod detect;
mod dialect;
mod encoding;
mod error;
mod expand;
mod footer;
mod format;
mod guard;
mod header;
pub mod inputs;
mod json;
mod limits;
mod nested;
mod read;
mod roles;
mod said;
mod scan;
mod schema_file;
pub mod segments;
mod table;
mod tokenise;
mod transport;
pub mod vendors;
mod workbook;

use std::sync::Arc;

use hashbrown::HashSet;
use polars::prelude::PlSmallStr;

pub use baseline::{BaselineError, read_baseline};
pub use detect::DOUBTFUL;
pub use encoding::{Unencodable, encode};
pub use error::Error;
pub(crate) use header::squeeze;
pub use inputs::{ConfigSources, Input, SourceSpec, config_in, resolve};
pub use segments::{RawCell, Reopened, Segment, SegmentKind, cells, original, reopen, reread};

use crate::model::{Kind, Source};
use table::Table;
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
    let mut sources = Vec::with_capacity(specs.len());
    for of_spec in each(specs, options) {
        sources.extend(of_spec?);
    }
    Ok(sources)
}

/// Reads the sources of each spec when they are asked for, in order; what cannot be read does not keep the rest from it.
pub fn each<'a>(
    specs: &'a [SourceSpec],
    options: &'a LoadOptions<'_>,
) -> impl Iterator<Item = Result<Vec<Source>, Error>> + 'a {
    let mut taken: HashSet<String> = specs.iter().filter_map(|s| s.name.clone()).collect();
    specs.iter().map(move |spec| {
        let mut sources = Vec::new();
        for tables in gather(spec, options)? {
            let mut source = build(spec, tables)?;
            if spec.name.is_none() {
                source.name = free_name(&source.name, &taken);
                taken.insert(source.name.clone());
            }
            sources.push(source);
        }
        Ok(sources)
    })
}

/// The tables of each source that a spec stands for. Without a name, each member of a zip and each sheet of a workbook is a
/// source; of the files of a glob, those parts that have the same name are one.
fn gather(spec: &SourceSpec, options: &LoadOptions<'_>) -> Result<Vec<Vec<Table>>, Error> {
    let mut found = Vec::with_capacity(spec.inputs.len());
    for input in &spec.inputs {
        found.push((input.shown().to_owned(), read::read(input, options)?));
    }
    if spec.name.is_some() {
        return Ok(vec![found.into_iter().flat_map(|(_, tables)| tables).collect()]);
    }
    Ok(read::by_part(found))
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

/// Makes one source of its tables.
fn build(spec: &SourceSpec, tables: Vec<Table>) -> Result<Source, Error> {
    if tables.is_empty() {
        return Err(Error::NoSource);
    }
    let mut table = table::unite(tables)?;
    let shown = spec.name.clone().unwrap_or_else(|| table.files[0].path.clone());
    let detect::Detection { vendor, found, doubts } =
        detect::detect(&Exhibit::of(&table, spec), spec.vendor.as_deref(), &shown)?;
    vendor.prepare(&mut table, &found)?;
    let exhibit = Exhibit::of(&table, spec);
    let roles = roles::bind(&exhibit, vendor, &found, &spec.columns, &shown)?;
    let exhibit_system = roles::system(&exhibit.keys);
    let bound = |column: &usize| roles.iter().any(|role| role.column == *column);
    let mut ignored: Vec<usize> = roles::lists(&exhibit).into_iter().filter(|column| !bound(column)).collect();
    let hidden: Vec<usize> = exhibit.hidden().collect();
    let mut notes = std::mem::take(&mut table.notes);
    if roles.is_empty() {
        notes.push(detect::unrecognised(&found, spec.name.as_deref()));
    }
    notes.extend(doubts);
    if !ignored.is_empty() {
        let names: Vec<&str> = ignored.iter().map(|column| table.frame.columns()[*column].name().as_str()).collect();
        notes.push(format!("lists of objects, which no rule looks at as they are: {}", names.join(", ")));
    }
    for header in &spec.ignore_columns {
        match table.frame.get_column_index(header) {
            Some(column) if ignored.contains(&column) => {}
            Some(column) => ignored.push(column),
            None => notes.push(format!("ignore-columns names \"{header}\", which the export does not have")),
        }
    }
    ignored.extend(hidden.into_iter().filter(|column| !ignored.contains(column)).collect::<Vec<_>>());
    let headers: Vec<&str> = table.frame.get_column_names().into_iter().map(PlSmallStr::as_str).collect();
    let schema = spec.schema.as_ref().map(|path| schema_file::read(path, &shown, &headers)).transpose()?;
    notes.extend(schema.as_ref().and_then(|schema| schema_file::note(schema, &headers)));
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
        schema: schema.map(Arc::new),
    })
}

#[cfg(test)]
mod formats_tests;
#[cfg(test)]
mod shapes;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
