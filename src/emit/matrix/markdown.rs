//! The matrix as Markdown.

use std::fmt::Write as _;

use super::{FieldMap, HEADERS, row, shown};
use crate::emit::report::markdown::escape;
use crate::emit::{sheet, text, words};

/// Longest header, in graphemes.
const CELL: usize = 80;

pub(super) fn render(map: &FieldMap, all: bool) -> String {
    let name = |raw: &str| escape(&text::line(raw, CELL));
    let mut out = "# Which chat field lands in which CRM field\n".to_owned();
    for side in &map.sides {
        let _ = write!(out, "\n## {} to {}\n\n{}.\n\n", name(&side.chats), name(&side.records), side.population());
        let rows: Vec<Vec<String>> =
            side.fields.iter().flat_map(|field| shown(field, all).into_iter().map(|cell| row(field, cell))).collect();
        out.push_str(&sheet::pipes(&HEADERS, &rows, CELL));
        let silent: Vec<String> =
            side.fields.iter().filter(|field| shown(field, all).is_empty()).map(|field| name(&field.from)).collect();
        if !silent.is_empty() {
            let _ = write!(out, "\nLand nowhere: {}.\n", words::list(&silent, "and"));
        }
        if !side.unreached.is_empty() {
            let fields: Vec<String> = side.unreached.iter().map(|field| name(field)).collect();
            let _ = write!(out, "\nFilled by no chat field: {}.\n", words::list(&fields, "and"));
        }
    }
    out
}
