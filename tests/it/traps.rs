//! Values that drift must never join, however rare one of them is, and spellings that it must join.
//!
//! Each pair has a column of its own, beside values that have nothing to do with it. `traps.csv` holds pairs that are two
//! things; `spellings.csv` the value to keep, a variant of it, the rule that says so, and other values of the column.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Desk, csv_bytes, csv_rows, text};

/// Rules that join two values of one column.
const JOINING: [&str; 3] = ["DRF001", "DRF002", "DRF003"];

/// Rules whose rows of `spellings.csv` must be found.
const FOUND: [&str; 3] = ["DRF001", "DRF002", "DRF003"];

/// Values that are like nothing else in the lists.
const NEUTRAL: [&str; 3] = ["Quagmire", "Bluff Ovenbird", "Zymurgy"];

fn rows(table: &str) -> Vec<Vec<String>> {
    csv_rows(table.as_bytes()).1
}

/// The values of one column and how many cells hold each.
type Column = Vec<(String, usize)>;

/// What drift says of a table with these columns, by the column's position: value, suggested value, rule.
fn said(columns: &[Column]) -> BTreeMap<usize, Vec<(String, String, String)>> {
    let height = columns.iter().map(|column| column.iter().map(|(_, count)| count).sum::<usize>()).max().unwrap();
    let header: Vec<String> =
        std::iter::once("Id".to_owned()).chain((0..columns.len()).map(|at| format!("Kind{at}__c"))).collect();
    let cells: Vec<Vec<&str>> = columns
        .iter()
        .map(|column| column.iter().flat_map(|(value, count)| std::iter::repeat_n(value.as_str(), *count)).collect())
        .collect();
    let rows: Vec<Vec<String>> = (0..height)
        .map(|row| {
            let values = cells.iter().map(|column| column.get(row).copied().unwrap_or_default().to_owned());
            std::iter::once(format!("r{row}")).chain(values).collect()
        })
        .collect();
    let desk = Desk::with("leads.csv", csv_bytes(&header, &rows));
    // Named columns are looked at whatever their values are: nothing hides behind the choice of columns.
    let named: Vec<String> = header[1..].iter().map(|name| format!("{name:?}")).collect();
    desk.write("leadlint.toml", format!("[drift]\ncolumns = [{}]\n", named.join(", ")));
    let mut said: BTreeMap<usize, Vec<(String, String, String)>> = BTreeMap::new();
    for row in desk.evidence("--fail-on never --select DRF leads.csv") {
        let of = |key: &str| text(&row, key).to_owned();
        if let Some(at) = column_of(&row) {
            said.entry(at).or_default().push((of("value"), of("suggested"), of("code")));
        }
    }
    said
}

fn column_of(row: &Value) -> Option<usize> {
    text(row, "column").strip_prefix("Kind")?.strip_suffix("__c")?.parse().ok()
}

fn column(values: &[(&str, usize)], beside: &str) -> Column {
    let others = beside.split(';').filter(|value| !value.is_empty()).chain(NEUTRAL);
    values
        .iter()
        .copied()
        .chain(others.map(|value| (value, 5)))
        .map(|(value, count)| (value.to_owned(), count))
        .collect()
}

#[test]
fn no_two_things_are_joined() {
    let traps = rows(include_str!("traps.csv"));
    assert!(traps.len() >= 350);
    let mut columns = Vec::new();
    for trap in &traps {
        let (one, other) = (trap[0].as_str(), trap[1].as_str());
        for (a, b) in [(20, 1), (1, 20), (20, 20)] {
            columns.push(column(&[(one, a), (other, b)], ""));
        }
    }
    let said = said(&columns);
    let mut joined = Vec::new();
    for (at, rows) in &said {
        let trap = &traps[at / 3];
        for (value, suggested, code) in rows {
            if JOINING.contains(&code.as_str()) {
                joined.push(format!(
                    "{code}: {value} -> {suggested} ({}, {})",
                    trap[2],
                    ["rare other", "rare one", "even"][at % 3]
                ));
            }
        }
    }
    assert!(joined.is_empty(), "{} joined:\n{}", joined.len(), joined.join("\n"));
}

#[test]
fn spellings_of_one_thing_are_joined() {
    let spellings = rows(include_str!("spellings.csv"));
    assert!(spellings.len() >= 120);
    let columns: Vec<Column> = spellings.iter().map(|row| column(&[(&row[1], 20), (&row[2], 1)], &row[3])).collect();
    let said = said(&columns);
    let mut missed = Vec::new();
    for (at, row) in spellings.iter().enumerate() {
        let found = said.get(&at).map_or(&[][..], Vec::as_slice);
        let joins = |(value, suggested, code): &(String, String, String)| {
            *value == row[2] && *suggested == row[1] && JOINING.contains(&code.as_str())
        };
        if FOUND.contains(&row[0].as_str()) && !found.iter().any(joins) {
            missed.push(format!("{}: {} -> {}, said: {found:?}", row[0], row[2], row[1]));
        }
    }
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}
