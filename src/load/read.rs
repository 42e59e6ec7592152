//! From one input to its tables, whatever its format.

use super::format::{Format, recognise};
use super::inputs::Input;
use super::table::Table;
use super::transport::{Payload, sha256};
use super::{Error, LoadOptions, delimited};

/// Reads an input: the table of a file, or the tables of what it holds.
pub(crate) fn read(input: &Input, options: &LoadOptions<'_>) -> Result<Vec<Table>, Error> {
    let payload = Payload::read(input)?;
    read_payload(&payload, input.shown(), options)
}

/// Reads what was fetched; `path` is how it is shown.
pub(crate) fn read_payload(payload: &Payload, path: &str, options: &LoadOptions<'_>) -> Result<Vec<Table>, Error> {
    // Hashing costs no wall time of its own: it runs beside the reading.
    let (hash, tables) = rayon::join(|| sha256(payload.disk()), || tables(payload, path, options));
    let mut tables = tables?;
    for file in tables.iter_mut().flat_map(|table| &mut table.files) {
        file.sha256.clone_from(&hash);
        file.bytes = payload.disk().len() as u64;
    }
    Ok(tables)
}

fn tables(payload: &Payload, path: &str, options: &LoadOptions<'_>) -> Result<Vec<Table>, Error> {
    match recognise(payload.content(), path)? {
        Format::Delimited => Ok(vec![delimited::read(payload, path, options)?]),
        // JSON is read in a module of its own: `json::read(payload.content(), path, options)`, one table.
        Format::Json => Err(Error::Format { path: path.to_owned(), format: "JSON", next: "export the records as CSV" }),
    }
}
