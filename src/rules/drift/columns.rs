//! The values of a column that should change, worked out once for the rules that each report some of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use polars::prelude::NamedFrom;

use super::by_country::{self, Beside, Names};
use super::picklist::Picklist;
use crate::matching::drift::{self, Cluster, Relation, Variant};
use crate::normalise::once::Once;
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
    beside: Beside,
}

/// Changes by source and column.
type ByColumn = BTreeMap<(usize, usize), Arc<Once<Arc<Vec<Change>>>>>;

/// What has been worked out.
#[derive(Debug, Default)]
pub struct Drifted {
    columns: Mutex<ByColumn>,
}

/// The evidence of a rule that reports `relations`.
pub(super) fn report(cx: &Check<'_>, relations: &[Relation]) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    unknown_columns(cx, &mut out);
    for table in &cx.tables {
        for column in table.source.columns() {
            let facts = &cx.facts.of(table).columns;
            let Ok(category) = facts.category(column) else { continue };
            let filled = table.height() - table.blank(column).sum().unwrap_or(0) as usize;
            out.checked(table, Some(column), filled as u64);
            let changes = changes(cx, table, column, category);
            let changes: Vec<&Change> = changes.iter().filter(|one| relations.contains(&one.relation)).collect();
            let (changes, by_row): (Vec<&Change>, Vec<&Change>) =
                changes.into_iter().partition(|one| one.beside == Beside::Any);
            let wanted: Vec<(&str, Beside)> = by_row.iter().map(|one| (one.value.as_str(), one.beside)).collect();
            for (one, rows) in by_row.into_iter().zip(by_country::rows(table, column, &wanted)) {
                out.push(of_rows(table, column, one, rows)?);
            }
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

/// Says which columns of the config no source has: a name with a slip in it must not pass for a column without drift.
fn unknown_columns(cx: &Check<'_>, out: &mut Outcome) {
    let drift = &cx.config.drift;
    let listed = drift.columns.iter().flatten().map(|name| ("[drift] columns", name));
    for (section, name) in listed.chain(drift.aliases.keys().map(|name| ("[drift.aliases]", name))) {
        if cx.tables.iter().all(|table| table.source.column_named(name).is_none()) {
            let headers = cx.tables.iter().flat_map(|table| table.source.columns().map(|at| table.source.header(at)));
            out.unchecked(format!(
                "{section} names `{name}`, which no source has; {}",
                crate::config::hint(name, headers)
            ));
        }
    }
}

/// A change that holds for some rows only.
fn of_rows(table: &Table, column: usize, change: &Change, rows: Vec<u32>) -> anyhow::Result<Hits> {
    let text = |of: &str| vec![Some(of); rows.len()].into_iter().collect::<StringChunked>().into_series();
    let columns = [
        ("value", text(&change.value)),
        ("suggested", text(&change.suggested)),
        ("key", text(&change.key)),
        ("detail", text(&change.detail)),
        ("confidence", Series::new("confidence".into(), vec![change.confidence; rows.len()])),
    ];
    columns.into_iter().try_fold(Hits::rows(table, Some(column), rows)?, |hits, (name, of)| Ok(hits.with(name, of)?))
}

/// The changes of a column, which are the same for every part of its rows: facts decide.
fn changes(cx: &Check<'_>, table: &Table, column: usize, category: &Category) -> Arc<Vec<Change>> {
    let of_column = {
        let mut columns = cx.shared.drift.columns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(columns.entry((table.index, column)).or_default())
    };
    Arc::clone(of_column.get_or_init(|| Arc::new(changes_of(cx, table, column, category))))
}

fn changes_of(cx: &Check<'_>, table: &Table, column: usize, category: &Category) -> Vec<Change> {
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
    let mut found = work_out(category, picklist.as_ref(), &aliases, companies, names);
    if category.separator.is_none() && table.role(Role::Country).is_some_and(|country| country != column) {
        read_by_country(&mut found, category, names);
    }
    found
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
                beside: Beside::Any,
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
                beside: Beside::Any,
            });
        }
    }
    found
}

/// Takes codes of states for what they are beside the country of the row, where there is one.
fn read_by_country(found: &mut Vec<Change>, category: &Category, [source, header]: [&str; 2]) {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for (cell, count) in &category.values {
        *counts.entry(trimmed(cell).to_owned()).or_default() += count;
    }
    let kept: BTreeMap<String, String> =
        found.iter().map(|one| (trimmed(&one.value).to_owned(), one.suggested.clone())).collect();
    let names = Names::of(&counts);
    // Where most cells have codes, codes are right.
    let states_named = names.are_usual(&counts);
    for (cell, _) in &category.values {
        let code = trimmed(cell);
        let at = found.iter().position(|one| one.value == *cell && one.relation == Relation::Vocabulary);
        if at.is_none() && kept.contains_key(code) {
            continue;
        }
        let Some(states) = names.read(code, at.map(|at| found[at].suggested.as_str())) else { continue };
        if let Some(at) = at {
            found[at].beside = Beside::Unknown;
        }
        for (home, name) in states {
            let Some(name) = name.map(|name| kept.get(name).map_or(name, String::as_str)) else { continue };
            if name == code || !states_named {
                continue;
            }
            found.push(Change {
                value: cell.clone(),
                suggested: name.to_owned(),
                key: [source, header, name].join("\u{1F}"),
                detail: format!(
                    "another name of the same beside the country of its row; {}",
                    say(counts.get(name).copied().unwrap_or_default(), name)
                ),
                confidence: 0.97,
                relation: Relation::Vocabulary,
                beside: Beside::Country(home),
            });
        }
    }
}

/// How many cells have a value.
fn say(count: u64, value: &str) -> String {
    if count == 1 { format!("1 cell says \"{value}\"") } else { format!("{count} cells say \"{value}\"") }
}
