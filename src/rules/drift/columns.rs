//! The values of a column that should change, worked out once for the rules that each report some of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::picklist::Picklist;
use crate::matching::drift::{self, Cluster, Relation, Variant};
use crate::rules::prelude::*;

/// A cell value that should change.
#[derive(Debug)]
struct Change {
    value: String,
    suggested: String,
    key: String,
    detail: String,
    confidence: f64,
    relation: Relation,
}

/// Changes by source and column.
type ByColumn = BTreeMap<(usize, usize), Arc<Vec<Change>>>;

/// What has been worked out.
#[derive(Debug, Default)]
pub struct Drifted {
    columns: Mutex<ByColumn>,
}

/// The evidence of a rule that reports `relations`.
pub(super) fn report(cx: &Check<'_>, relations: &[Relation]) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        for column in table.source.columns() {
            let facts = &cx.facts.of(table).columns[column];
            let Ok(category) = &facts.category else { continue };
            let filled = table.height() - table.blank(column).sum().unwrap_or(0) as usize;
            out.checked(table, Some(column), filled as u64);
            let changes = changes(cx, table, column, category);
            let changes: Vec<&Change> = changes.iter().filter(|one| relations.contains(&one.relation)).collect();
            let text = |get: fn(&Change) -> &str| -> Series {
                changes.iter().map(|one| Some(get(one))).collect::<StringChunked>().into_series()
            };
            let confidence: Vec<f64> = changes.iter().map(|one| one.confidence).collect();
            let frame = df!("confidence" => confidence)?;
            out.push(
                Hits::new(table, Some(column), Place::Values, frame)?
                    .with("value", text(|one| &one.value))?
                    .with("suggested", text(|one| &one.suggested))?
                    .with("key", text(|one| &one.key))?
                    .with("detail", text(|one| &one.detail))?,
            );
        }
    }
    Ok(out)
}

/// The changes of a column, which are the same for every part of its rows: facts decide.
fn changes(cx: &Check<'_>, table: &Table, column: usize, category: &Category) -> Arc<Vec<Change>> {
    let known = |columns: &ByColumn| columns.get(&(table.index, column)).cloned();
    let columns = || cx.shared.drift.columns.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(changes) = known(&columns()) {
        return changes;
    }
    let picklist = table.source.declared(column).and_then(Picklist::of);
    let aliases: BTreeMap<String, String> = cx
        .config
        .drift
        .aliases
        .iter()
        .filter(|(name, _)| table.source.column_named(name) == Some(column))
        .flat_map(|(_, aliases)| aliases)
        .flat_map(|(kept, spellings)| spellings.iter().chain([kept]).map(move |spelling| (spelling, kept)))
        .map(|(spelling, kept)| (trimmed(spelling).to_owned(), trimmed(kept).to_owned()))
        .collect();
    let companies = table.source.role_of(column) == Some(Role::Company);
    let names = [table.name(), table.source.header(column)];
    let changes = Arc::new(work_out(category, picklist.as_ref(), &aliases, companies, names));
    columns().insert((table.index, column), Arc::clone(&changes));
    changes
}

/// The cell values to change; where cells hold several values, each part is judged by itself and the cell is put together
/// again.
fn work_out(
    category: &Category,
    picklist: Option<&Picklist<'_>>,
    aliases: &BTreeMap<String, String>,
    companies: bool,
    [source, header]: [&str; 2],
) -> Vec<Change> {
    let parts = |cell: &str| -> Vec<String> {
        match category.separator {
            Some(separator) => cell.split(separator).map(str::to_owned).collect(),
            None => vec![cell.to_owned()],
        }
    };
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for (cell, count) in &category.values {
        for part in parts(cell) {
            *counts.entry(trimmed(&part).to_owned()).or_default() += count;
        }
    }
    counts.remove("");
    let mut listed: BTreeSet<String> = picklist.iter().flat_map(|list| list.active()).map(str::to_owned).collect();
    listed.extend(aliases.values().cloned());
    for known in &listed {
        counts.entry(known.clone()).or_default();
    }
    let clusters = drift::clusters(&drift::Column { counts: &counts, listed: &listed, aliases, companies });
    let mut variants: BTreeMap<&str, (&Cluster, &Variant)> = BTreeMap::new();
    for cluster in &clusters {
        for variant in &cluster.variants {
            variants.insert(&variant.value, (cluster, variant));
        }
    }
    let plain: BTreeMap<&str, u64> = category.values.iter().map(|(cell, count)| (cell.as_str(), *count)).collect();
    let mut found = Vec::new();
    for (cell, _) in &category.values {
        let key = |canonical: &str| [source, header, canonical].join("\u{1F}");
        let mut changed: Option<(&Cluster, &Variant)> = None;
        let mended: Vec<String> = parts(cell)
            .into_iter()
            .map(|part| {
                let Some((cluster, variant)) = variants.get(trimmed(&part)).copied() else { return part };
                // Of several, the least sure one says which rule reports the cell.
                if changed.is_none_or(|(_, other)| variant.confidence < other.confidence) {
                    changed = Some((cluster, variant));
                }
                cluster.canonical.clone()
            })
            .collect();
        if let Some((cluster, variant)) = changed {
            let separator = category.separator.map(String::from).unwrap_or_default();
            let says = if picklist.is_some_and(|list| list.holds(&cluster.canonical)) {
                format!("the picklist says \"{}\"", cluster.canonical)
            } else {
                say(cluster.count, &cluster.canonical)
            };
            let detail = match variant.relation {
                Relation::Spelling => says,
                _ => format!("{}; {says}", variant.reason),
            };
            found.push(Change {
                value: cell.clone(),
                suggested: mended.join(&separator),
                key: key(&cluster.canonical),
                detail,
                confidence: variant.confidence,
                relation: variant.relation,
            });
        } else if category.separator.is_none()
            && let Some(count) = plain.get(trimmed(cell)).filter(|_| trimmed(cell) != cell)
        {
            // Space around a cell is FMT005's too; here it makes two values of one.
            found.push(Change {
                value: cell.clone(),
                suggested: trimmed(cell).to_owned(),
                key: key(trimmed(cell)),
                detail: format!("space around it; {}", say(*count, trimmed(cell))),
                confidence: 0.99,
                relation: Relation::Spelling,
            });
        }
    }
    found
}

/// How many cells have a value.
fn say(count: u64, value: &str) -> String {
    if count == 1 { format!("1 cell says \"{value}\"") } else { format!("{count} cells say \"{value}\"") }
}
