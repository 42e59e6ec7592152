//! The matrix as JSON.

use serde::Serialize;

use super::{FieldMap, Side};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    sides: &'a [Side],
    drafted: usize,
    draft: &'a str,
}

pub(super) fn render(map: &FieldMap) -> String {
    let document = Document { schema: "leadlint.map/1", sides: &map.sides, drafted: map.drafted, draft: &map.draft };
    // Plain structures of texts and finite numbers always serialize.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}
