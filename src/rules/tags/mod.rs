//! Tags: outside the vocabulary, misspelt, idle, unexplained.

pub mod idle_tag;
pub mod malformed_tag;
pub mod one_off_tag;
pub mod undocumented_tag;
pub mod unknown_tag;
pub mod variant_tag;
mod vocabulary;

use std::collections::BTreeMap;

use super::prelude::*;

/// Days without use after which a tag is idle, where the config does not say.
pub(super) const RETIRE_AFTER_DAYS: u32 = 90;

/// Adds a hit for each tag that `strays` picks from a cell, one group per tag, and what was checked: cells with tags.
fn point<'a>(
    out: &mut Outcome,
    table: &'a Table,
    column: usize,
    why: &str,
    strays: impl Fn(&'a str) -> Vec<&'a str>,
) -> anyhow::Result<()> {
    let mut known: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let (mut checked, mut rows, mut tags) = (0_u64, Vec::new(), Vec::new());
    let text = table.text(column);
    for (row, cell) in (0..).zip(text.iter()) {
        let Some(cell) = cell.filter(|cell| !trimmed(cell).is_empty()) else { continue };
        checked += 1;
        let found = known.entry(cell).or_insert_with(|| {
            let mut found = strays(cell);
            found.sort_unstable();
            found.dedup();
            found
        });
        for tag in found {
            rows.push(row);
            tags.push(*tag);
        }
    }
    out.checked(table, Some(column), checked);
    let key: StringChunked =
        tags.iter().map(|tag| Some([table.name(), table.source.header(column), tag].join("\u{1F}"))).collect();
    let value: StringChunked = tags.into_iter().map(Some).collect();
    out.push(
        Hits::rows(table, Some(column), rows)?
            .with("value", value.into_series())?
            .with("key", key.into_series())?
            .with_text("detail", why)?,
    );
    Ok(())
}

/// Adds a hit on the column as a whole for each of `tags`, with its detail.
fn say(out: &mut Outcome, table: &Table, column: usize, tags: &[&str], detail: &[String]) -> anyhow::Result<()> {
    let text = |values: Vec<&str>| values.into_iter().map(Some).collect::<StringChunked>().into_series();
    let frame = df!("value" => text(tags.to_vec()))?;
    out.push(
        Hits::new(table, Some(column), Place::Whole, frame)?
            .with("detail", text(detail.iter().map(String::as_str).collect()))?,
    );
    Ok(())
}

/// Whether `table` holds the first row of its source that was looked at: the part that says what is said once.
fn is_first(cx: &Check<'_>, table: &Table, column: usize) -> bool {
    let files = &cx.facts.of(table).columns.formats(column).files;
    files.iter().find_map(|file| file.first_row).is_some_and(|row| table.holds(row))
}
