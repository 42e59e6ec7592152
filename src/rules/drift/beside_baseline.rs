//! Columns that a baseline holds, beside what stands in them now.

use std::collections::BTreeMap;

use crate::evidence::field_of;
use crate::model::{Baseline, PastSource, place};
use crate::normalise::text::{Text, is_blank};
use crate::rules::prelude::*;

/// A column that the baseline holds.
pub(super) struct Beside<'a> {
    pub(super) column: usize,
    pub(super) field: &'a str,
    /// Hashes of its values then, with their counts.
    pub(super) then: &'a BTreeMap<String, u64>,
    /// Its cells now, as written, and how many rows hold each; blank ones are left out.
    pub(super) now: Vec<(&'a str, u64)>,
    /// What separates several values in one cell now.
    pub(super) separator: Option<char>,
}

/// The source of `table` as the baseline holds it, and its place there; says so where it does not.
pub(super) fn past<'b>(
    cx: &Check<'_>,
    table: &Table,
    baseline: &'b Baseline,
    out: &mut Outcome,
) -> Option<(String, &'b PastSource)> {
    let at = place(&table.source);
    let Some(past) = baseline.sources.get(&at) else {
        out.unchecked(format!("{} is not in {}", table.name(), baseline.called()));
        return None;
    };
    if past.sources > 1 || cx.all.iter().filter(|one| place(&one.source) == at).count() > 1 {
        out.unchecked(format!(
            "{} shares its place ({at}) with another source, and a baseline cannot tell their values apart; name each under [sources]",
            table.name()
        ));
        return None;
    }
    Some((at, past))
}

/// The columns of `table` that the baseline holds; says which of them are no categories now.
pub(super) fn columns<'a>(
    cx: &Check<'a>,
    table: &'a Table,
    past: &'a PastSource,
    called: &str,
    out: &mut Outcome,
) -> Vec<Beside<'a>> {
    let mut columns = Vec::new();
    for column in table.source.columns() {
        let field = field_of(&table.source, column);
        let Some(then) = past.columns.get(field) else { continue };
        let facts = &cx.facts.of(table).columns;
        let (now, separator) = match facts.category(column) {
            Ok(category) => {
                (category.values.iter().map(|(value, rows)| (value.as_str(), *rows)).collect(), category.separator)
            }
            // A column of one value is no category, and has changed all the more.
            Err(_) if facts.is_same(column) => (only_value(table, column, facts.filled(column)), None),
            Err(_) if facts.filled(column) == 0 => (Vec::new(), None),
            Err(exclusion) => {
                out.unchecked(format!(
                    "{} · {} was a category in {called} and is none now: {}",
                    table.name(),
                    table.source.header(column),
                    exclusion.why()
                ));
                continue;
            }
        };
        columns.push(Beside { column, field, then, now, separator });
    }
    columns
}

/// The value that all cells of a column share, looked up in the whole source: a part may hold none of them.
fn only_value(table: &Table, column: usize, filled: u64) -> Vec<(&str, u64)> {
    let cells = Text::new(&table.source.frame.columns()[column]).ok();
    let first = (0..table.source.frame.height() as u32)
        .find_map(|row| cells.as_ref()?.get(row).filter(|cell| !is_blank(Some(cell))));
    first.map(|value| (value, filled)).into_iter().collect()
}

/// A value as a message shows it: in quotes, and not at any length.
pub(super) fn shown(value: &str) -> String {
    const LONG: usize = 40;
    match value.char_indices().nth(LONG) {
        None => format!("\"{value}\""),
        Some((end, _)) => format!("\"{}…\"", &value[..end]),
    }
}
