//! Operations, carried out by another reading of the format, do what the plan says.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;

use super::super::csv::Edit as Change;
use super::super::testing::plan;
use super::export::Export;
use super::history::{History, history};
use super::planned;
use crate::load::{LoadOptions, load, resolve};
use crate::model::{Safety, Source};
use crate::plan::{Decision, FieldChoice, Grounds, Merge, Operation, Place, Set, SetKind};

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
    history(&Export::read(&sources[0].files[0], Some("Lead ID")).unwrap(), edits).unwrap()
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

fn grounds() -> Grounds {
    Grounds { evidence: Vec::new(), safety: Safety::Review, decision: Decision::Safe, reason: String::new() }
}

fn place(source: &Source, row: u32) -> Place {
    let file = &source.files[source.file_of(row)];
    let file_row = u64::from(source.origin.row[row as usize]);
    Place { source: 0, row, file: file.path.clone(), file_row, line: None, record: held(source, row, 0) }
}

fn held(source: &Source, row: u32, column: usize) -> Option<String> {
    source.frame.columns()[column].str().unwrap().get(row as usize).map(str::to_owned)
}

fn set(source: &Source, row: u32, column: usize, new: &str) -> Operation {
    let (header, old) = (source.header(column).to_owned(), held(source, row, column));
    let (kind, at, new) = (SetKind::Value, place(source, row), new.to_owned());
    Operation::Set(Set { kind, at, column, header, old, new, grounds: grounds() })
}

/// A merge that writes a value on the survivor.
fn merge(source: &Source, survivor: u32, loser: u32, (column, value): (usize, &str)) -> Operation {
    let field = FieldChoice {
        column,
        header: source.header(column).to_owned(),
        old: held(source, survivor, column),
        value: Some(value.to_owned()),
        from: Vec::new(),
        why: String::new(),
        given_up: Vec::new(),
    };
    Operation::Merge(Merge {
        survivor: place(source, survivor),
        losers: vec![place(source, loser)],
        fields: vec![field],
        repointed: Vec::new(),
        notes: Vec::new(),
        grounds: grounds(),
    })
}

/// Changed cells, removed rows, and what is left out.
type Made = (usize, usize, Vec<(String, usize)>);

/// What is written for exports of one source; `None` for none.
fn target(files: &[&str], operations: impl Fn(&Source) -> Vec<Operation>) -> Vec<Option<Made>> {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<_> = (0..files.len()).map(|at| folder.path().join(format!("leads-{at}.csv"))).collect();
    for (path, text) in paths.iter().zip(files) {
        std::fs::write(path, text).unwrap();
    }
    let mut specs = resolve(&[paths[0].to_string_lossy().into_owned()], None).unwrap();
    specs[0].inputs = paths.iter().map(crate::load::Input::file).collect();
    let sources: Vec<_> = load(&specs, &LoadOptions::default()).unwrap().into_iter().map(std::sync::Arc::new).collect();
    assert_eq!((sources.len(), sources[0].files.len()), (1, files.len()));
    let plan = plan(operations(&sources[0]));
    if files.len() > 1 {
        // The last of several has changed.
        std::fs::write(paths.last().unwrap(), "Lead ID\n").unwrap();
    }
    let said = planned(&plan, &sources).into_iter().map(|one| {
        let made = one.made.ok()?;
        Some((made.cells, made.removed, made.left_out.into_iter().collect()))
    });
    said.collect()
}

#[test]
fn a_merge_is_done_whole_or_not_at_all() {
    let rows = "1,Bonn,Yes\n2,Ulm,No\n3,Kiel,\n3,Kiel,\n";
    let text = |consent: &str| format!("Lead ID,City,{consent}\n{rows}");
    let all = |s: &Source| vec![set(s, 0, 2, "No"), merge(s, 0, 1, (1, "Ulm"))];
    assert_eq!(target(&[&text("Newsletter Opt In")], all), [Some((2, 1, Vec::new()))]);
    // The survivor's consent cannot be mended, or its value not be written, or the loser not be removed.
    let hidden = text("Newsletter Opt In ");
    for (at, said) in [
        target(&[&hidden], all),
        target(&[&hidden], |s: &Source| vec![merge(s, 0, 1, (2, "No"))]),
        target(&[&hidden], |s: &Source| vec![merge(s, 0, 2, (1, "Kiel"))]),
        target(&[&hidden], |s: &Source| vec![merge(s, 2, 1, (1, "Ulm"))]),
    ]
    .into_iter()
    .enumerate()
    {
        let Some((0, 0, left)) = &said[0] else { panic!("{at}: {said:?}") };
        let whole = left.iter().filter(|(why, _)| why.starts_with("a merge is done whole or not at all: "));
        assert_eq!(whole.map(|(_, count)| count).sum::<usize>(), 1, "{at}: {said:?}");
    }
    // Consent of another record is no matter.
    let other = |s: &Source| vec![set(s, 2, 2, "No"), merge(s, 0, 1, (1, "Ulm"))];
    let said = target(&[&hidden], other);
    assert!(matches!(&said[0], Some((1, 1, left)) if left.len() == 1), "{said:?}");
    // The other half stands in an export that gets no operations.
    let (one, two) = (text("Newsletter Opt In"), "Lead ID,City,Newsletter Opt In\n7,Ulm,No\n8,Ulm,No\n");
    let half = |s: &Source| vec![merge(s, 4, 0, (1, "Ulm ")), merge(s, 1, 5, (1, "Ulm "))];
    let said = target(&[&one, two], half);
    assert!(matches!(&said[..], [Some((0, 0, left)), None] if left[0].1 == 2), "{said:?}");
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
