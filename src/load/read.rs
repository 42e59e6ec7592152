//! From one input to its tables, whatever its format.

use std::collections::BTreeMap;

use super::archive::{Archive, no_member, passed_over};
use super::format::{Format, recognise};
use super::inputs::Input;
use super::table::Table;
use super::transport::{Payload, sha256};
use super::{Error, LoadOptions, columnar, delimited, workbook};

/// Reads an input: the table of a file, or the tables of what it holds.
pub(crate) fn read(input: &Input, options: &LoadOptions<'_>) -> Result<Vec<Table>, Error> {
    let payload = Payload::read(input)?;
    let shown = input.shown();
    let path = input.part().and_then(|part| shown.strip_suffix(part)).unwrap_or(shown);
    read_payload(&payload, path, input.part(), options)
}

/// Reads what was fetched; `path` is how it is shown, `part` what of it is wanted.
pub(crate) fn read_payload(
    payload: &Payload,
    path: &str,
    part: Option<&str>,
    options: &LoadOptions<'_>,
) -> Result<Vec<Table>, Error> {
    let format = recognise(payload.content(), path)?;
    if format == Format::Zip {
        return members(payload.content(), path, part, options);
    }
    // Hashing costs no wall time of its own: it runs beside the reading.
    let (hash, tables) = rayon::join(|| sha256(payload.disk()), || tables(format, payload, path, part, options));
    let mut tables = tables?;
    for file in tables.iter_mut().flat_map(|table| &mut table.files) {
        file.sha256.clone_from(&hash);
        file.bytes = payload.disk().len() as u64;
    }
    Ok(tables)
}

/// The tables of a file that is no archive.
fn tables(
    format: Format,
    payload: &Payload,
    path: &str,
    part: Option<&str>,
    options: &LoadOptions<'_>,
) -> Result<Vec<Table>, Error> {
    if let Format::Workbook(book) = format {
        let sheet = match part.map(|part| part.strip_prefix('#').ok_or(part)) {
            None => None,
            Some(Ok(sheet)) => Some(sheet),
            Some(Err(part)) => return Err(no_part(path, part)),
        };
        return workbook::read(payload.content(), book, path, sheet);
    }
    if let Some(part) = part {
        return Err(no_part(path, part));
    }
    match format {
        Format::Text => Ok(vec![delimited::read(payload, path, options)?]),
        Format::Parquet => Ok(vec![columnar::read(payload.content(), path)?]),
        Format::Zip | Format::Workbook(_) => Ok(Vec::new()),
    }
}

fn no_part(path: &str, part: &str) -> Error {
    Error::NoPart { path: format!("{path}{part}"), what: "part", known: String::new() }
}

/// The tables of the members of a zip, one member in memory at a time.
fn members(content: &[u8], path: &str, part: Option<&str>, options: &LoadOptions<'_>) -> Result<Vec<Table>, Error> {
    let mut archive = Archive::open(content, path)?;
    let (members, hidden) = archive.members()?;
    if let Some(part) = part {
        let name = part.strip_prefix('!').ok_or_else(|| no_part(path, part))?;
        // A member that is a workbook may have its sheet named behind it.
        let wanted = members.iter().find_map(|member| {
            let rest = name.strip_prefix(member.name.as_str())?;
            (rest.is_empty() || rest.starts_with('#')).then(|| (member, Some(rest).filter(|rest| !rest.is_empty())))
        });
        let (member, rest) = wanted.ok_or_else(|| no_member(&format!("{path}{part}"), &members))?;
        let shown = format!("{path}!{}", member.name);
        return read_member(archive.read(member)?, &shown, rest, options);
    }
    let mut skipped: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    let mut tables = Vec::new();
    for member in &members {
        if member.is_export() {
            let shown = format!("{path}!{}", member.name);
            tables.extend(read_member(archive.read(member)?, &shown, None, options)?);
        } else {
            let nested = member.name.to_lowercase().ends_with(".zip");
            let why = if nested { "archives in an archive; unpack them" } else { "no exports by their names" };
            skipped.entry(why).or_default().push(member.name.clone());
        }
    }
    if hidden > 0 {
        skipped.entry("hidden or links").or_default().push(format!("{hidden} members"));
    }
    let note = passed_over(&skipped);
    match tables.first_mut() {
        None => Err(Error::NothingWithin { path: path.to_owned(), held: note.unwrap_or_default() }),
        Some(first) => {
            first.notes.extend(note.map(|note| format!("{path}: {note}")));
            Ok(tables)
        }
    }
}

fn read_member(
    bytes: Vec<u8>,
    shown: &str,
    part: Option<&str>,
    options: &LoadOptions<'_>,
) -> Result<Vec<Table>, Error> {
    let payload = Payload::from_bytes(bytes, shown)?;
    if recognise(payload.content(), shown)? == Format::Zip {
        let format = "an archive in an archive";
        return Err(Error::Format { path: shown.to_owned(), format, next: "unpack the outer one" });
    }
    read_payload(&payload, shown, part, options)
}

/// The tables of an input that holds several, put together: those whose parts have the same name are one source.
pub(crate) fn by_part(tables: Vec<(String, Vec<Table>)>) -> Vec<Vec<Table>> {
    let mut groups: indexmap::IndexMap<String, Vec<Table>> = indexmap::IndexMap::new();
    for (path, found) in tables {
        // A file that holds one table is that table, whatever it calls it.
        let single = found.len() == 1;
        for table in found {
            let own = table.files.first().map(|file| file.path.as_str()).unwrap_or_default();
            let part = if single { "" } else { own.strip_prefix(path.as_str()).unwrap_or(own) };
            groups.entry(part.to_owned()).or_default().push(table);
        }
    }
    groups.into_values().collect()
}
