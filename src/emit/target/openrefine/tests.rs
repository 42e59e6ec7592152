//! Operations, carried out by another reading of the format, do what the plan says.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;

use super::super::csv::Edit as Change;
use super::history::{History, history};
use crate::load::{LoadOptions, load, resolve};

type Rows = Vec<BTreeMap<String, String>>;

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Carries operations out on rows, cell by cell.
fn replay(operations: &Value, rows: &Rows) -> Rows {
    let mut rows = rows.clone();
    for operation in operations.as_array().unwrap() {
        let facets = operation["engineConfig"]["facets"].as_array().unwrap().clone();
        let sees = |row: &BTreeMap<String, String>| {
            facets.iter().all(|facet| {
                let cell = &row[text(&facet["columnName"])];
                facet["selection"].as_array().unwrap().iter().any(|one| text(&one["v"]["v"]) == cell)
            })
        };
        match text(&operation["op"]) {
            "core/row-removal" => rows.retain(|row| !sees(row)),
            "core/mass-edit" => {
                for row in rows.iter_mut().filter(|row| sees(row)) {
                    let cell = row.get_mut(text(&operation["columnName"])).unwrap();
                    let edit = operation["edits"].as_array().unwrap().iter().find(|edit| {
                        if cell.is_empty() { edit["fromBlank"] == true } else { edit["from"][0] == cell.as_str() }
                    });
                    if let Some(edit) = edit {
                        text(&edit["to"]).clone_into(cell);
                    }
                }
            }
            other => panic!("{other} is no operation"),
        }
    }
    rows
}

fn made(rows: &Rows, edits: &BTreeMap<u64, Change>) -> History {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leads.csv");
    let mut out = csv::Writer::from_path(&path).unwrap();
    out.write_record(["Lead ID", "City", "Email"]).unwrap();
    for row in rows {
        out.write_record(["Lead ID", "City", "Email"].map(|header| &row[header])).unwrap();
    }
    out.flush().unwrap();
    let specs = resolve(&[path.to_string_lossy().into_owned()], None).unwrap();
    let sources = load(&specs, &LoadOptions::default()).unwrap();
    history(&sources[0].files[0], Some("Lead ID"), edits).unwrap()
}

fn row(id: &str, city: &str, email: &str) -> BTreeMap<String, String> {
    [("Lead ID", id), ("City", city), ("Email", email)].map(|(a, b)| (a.to_owned(), b.to_owned())).into()
}

fn cell(header: &str, old: &str, new: &str) -> Change {
    Change::Cells([(header.to_owned(), (Some(old.to_owned()), new.to_owned()))].into())
}

#[test]
fn what_changes_everywhere_is_one_edit_and_the_rest_goes_by_id() {
    let rows = vec![
        row("1", "Bonn ", "a@acme.example"),
        row("2", "Bonn ", "b@acme.example"),
        row("3", "Ulm", "c@acme.example"),
        row("4", "Ulm", "d@acme.example"),
    ];
    let edits = BTreeMap::from([
        (1, cell("City", "Bonn ", "Bonn")),
        (2, cell("City", "Bonn ", "Bonn")),
        (3, cell("City", "Ulm", "Bonn ")),
        (4, Change::Gone),
    ]);
    let made = made(&rows, &edits);
    // Row 4 goes first, so that every Ulm that is left changes.
    assert_eq!((made.operations.len(), made.cells, made.removed), (2, 3, 1));
    let operations = serde_json::to_value(&made.operations).unwrap();
    assert_eq!(operations[0]["op"], "core/row-removal");
    assert_eq!(operations[1]["edits"][0]["from"], serde_json::json!(["Bonn "]));
    let cities: Vec<String> = replay(&operations, &rows).iter().map(|row| row["City"].clone()).collect();
    assert_eq!(cities, ["Bonn", "Bonn", "Bonn "]);
}

#[test]
fn a_record_without_an_id_of_its_own_is_left_out_and_counted() {
    let rows = vec![row("1", "Bonn", "a"), row("1", "Bonn", "b"), row("", "Ulm", "c"), row("4", "Ulm", "c")];
    let edits = BTreeMap::from([(1, cell("City", "Bonn", "Ulm")), (3, Change::Gone)]);
    let made = made(&rows, &edits);
    assert_eq!((made.operations.len(), made.cells, made.removed), (0, 0, 0));
    assert_eq!(made.left_out.values().sum::<usize>(), 2);
}

fn hostile() -> impl Strategy<Value = String> {
    let parts =
        ["=cmd()", "'", "\"", "\\", "\n", "*/", "$$", "${}", "`", "\u{202E}", "--", "Bonn", " ", ",", "\u{1F}", "é"];
    prop::collection::vec(prop::sample::select(parts.to_vec()), 0..4).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn hostile_cells_come_back_exact(
        cells in prop::collection::vec((hostile(), hostile(), any::<bool>(), prop::bool::weighted(0.1)), 1..12)
    ) {
        let rows: Rows = (1..).zip(&cells).map(|(id, (old, ..))| row(&format!("id{id}"), old, "x")).collect();
        let mut edits = BTreeMap::new();
        let mut planned = Vec::new();
        for (at, (old, new, changes, goes)) in (1..).zip(&cells) {
            if *goes {
                edits.insert(at, Change::Gone);
                continue;
            }
            if *changes && old != new {
                edits.insert(at, cell("City", old, new));
            }
            planned.push(row(&format!("id{at}"), if *changes { new } else { old }, "x"));
        }
        let made = made(&rows, &edits);
        prop_assert!(made.left_out.is_empty());
        prop_assert_eq!(replay(&serde_json::to_value(&made.operations).unwrap(), &rows), planned);
    }
}
