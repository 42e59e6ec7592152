//! How a baseline is written: an entry a line, everything sorted, so that version control shows what came and went.

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::PrettyFormatter;

use super::Error;
use crate::model::Baseline;

/// The baseline as JSON: the same baseline gives the same bytes.
pub(crate) fn render(baseline: &Baseline) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let mut json = Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b" "));
    baseline.serialize(&mut json).map_err(|error| Error::render("baseline", &error))?;
    bytes.push(b'\n');
    Ok(bytes)
}
