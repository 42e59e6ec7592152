//! Import files: the record's id and the changed columns, with exact values as an importer needs them.
//!
//! A blank cell of an import leaves the property as it is, so what is cleared is not here.

use std::collections::{BTreeMap, BTreeSet};

use super::super::text::{counted, csv_row};
use super::job::{Import, Row};

/// Rows of a file; HubSpot takes a few more.
const ROWS: usize = 1_000_000;
/// Columns of a file, the id among them; HubSpot takes fewer than a thousand.
const COLUMNS: usize = 999;

/// Name, text and purpose of each file.
pub(super) fn files(imports: &[Import]) -> Vec<(String, String, String)> {
    let mut of_object: BTreeMap<&str, usize> = BTreeMap::new();
    let mut files = Vec::new();
    for import in imports {
        for rows in import.rows.chunks(ROWS) {
            let headers: BTreeSet<&str> = rows.iter().flat_map(|(_, cells)| cells.keys().map(String::as_str)).collect();
            let headers: Vec<&str> = headers.into_iter().collect();
            for headers in headers.chunks(COLUMNS - 1) {
                let number = of_object.entry(&import.object).or_default();
                *number += 1;
                let suffix = if *number == 1 { String::new() } else { format!("-{number}") };
                let (text, count) = text(&import.id, headers, rows);
                let what = format!(
                    "an import by record id, {}; exact values, not for a spreadsheet",
                    counted(count, "record")
                );
                files.push((format!("import-{}{suffix}.csv", import.object), text, what));
            }
        }
    }
    files
}

fn text(id: &str, headers: &[&str], rows: &[Row]) -> (String, usize) {
    let mut text = csv_row(std::iter::once(id).chain(headers.iter().copied()));
    let mut count = 0;
    for (record, cells) in rows {
        let of = headers.iter().map(|header| cells.get(*header).map_or("", String::as_str));
        if headers.iter().any(|header| cells.contains_key(*header)) {
            text.push_str(&csv_row(std::iter::once(record.as_str()).chain(of)));
            count += 1;
        }
    }
    (text, count)
}
