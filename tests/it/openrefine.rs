//! `leadlint clean --target openrefine`: its operations, replayed on the exports, give what the `csv` target writes.

use serde_json::Value;

use crate::support::{Desk, csv_rows};

type Table = (Vec<String>, Vec<Vec<String>>);

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Replays a history as OpenRefine would, from its documented meaning and nothing of this project's.
fn replay(history: &Value, (header, rows): &mut Table) {
    for operation in history.as_array().unwrap() {
        let column = |name: &Value| header.iter().position(|own| own == text(name)).unwrap();
        let facets: Vec<(usize, Vec<&str>)> = operation["engineConfig"]["facets"]
            .as_array()
            .unwrap()
            .iter()
            .map(|facet| {
                let chosen = facet["selection"].as_array().unwrap().iter().map(|one| text(&one["v"]["v"])).collect();
                (column(&facet["columnName"]), chosen)
            })
            .collect();
        let sees = |row: &Vec<String>| facets.iter().all(|(at, chosen)| chosen.contains(&row[*at].as_str()));
        if operation["op"] == "core/row-removal" {
            rows.retain(|row| !sees(row));
            continue;
        }
        assert_eq!((&operation["op"], &operation["expression"]), (&"core/mass-edit".into(), &"value".into()));
        let at = column(&operation["columnName"]);
        for row in rows.iter_mut().filter(|row| sees(row)) {
            let edits = operation["edits"].as_array().unwrap();
            let fits = |edit: &&Value| match row[at].as_str() {
                "" => edit["fromBlank"] == true,
                cell => edit["from"].as_array().unwrap().iter().any(|from| text(from) == cell),
            };
            if let Some(edit) = edits.iter().find(fits) {
                text(&edit["to"]).clone_into(&mut row[at]);
            }
        }
    }
}

#[test]
fn operations_do_what_the_cleaned_exports_show() {
    let desk = Desk::with_fixture("acme");
    desk.leadlint("clean --target csv,openrefine --out cleanup --decide DUP001=accept,DRF001=accept,FMT005=accept")
        .exits(0);
    let mut replayed = 0;
    for name in ["leads", "contacts", "accounts", "deals", "chats", "users", "sync-log"] {
        let before = csv_rows(desk.read(&format!("{name}.csv")).as_bytes());
        let after = csv_rows(desk.read(&format!("cleanup/csv/{name}.csv")).as_bytes());
        let history = format!("cleanup/openrefine/{name}.csv.operations.json");
        let mut table = before.clone();
        if desk.path(&history).is_file() {
            replayed += 1;
            assert_ne!(before, after, "{name}");
            replay(&serde_json::from_str(&desk.read(&history)).unwrap(), &mut table);
        }
        assert_eq!(table, after, "{name}");
    }
    assert!(replayed >= 2, "{replayed}");
    let runbook = desk.read("cleanup/RUNBOOK.md");
    assert!(runbook.contains("Undo / Redo, Apply") && !runbook.contains("left out"), "{runbook}");
}
