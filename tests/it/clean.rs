//! `leadlint clean`: what is written differs from the export exactly as the list of changes says, and no further.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Desk, Run, array, csv_rows, text};

const DECIDED: &str = "--decide DUP001=accept --decide DRF001=accept --decide FMT005=accept";
const EXPORTS: [&str; 7] =
    ["deals.csv", "leads.csv", "contacts.csv", "accounts.csv", "users.csv", "chats.csv", "sync-log.csv"];

/// Cleans acme into `cleanup`.
fn cleaned(args: &str) -> (Desk, Run) {
    let desk = Desk::with_fixture("acme");
    let run = desk.leadlint(&format!("clean --target csv --out cleanup {args}"));
    run.exits(0);
    (desk, run)
}

/// A change of one cell: file, record, column, old, new.
type Change = (String, String, String, String, String);

/// `changes.csv`, and the records that `merges.csv` says go.
fn told(desk: &Desk) -> (BTreeSet<Change>, BTreeSet<String>) {
    let (header, rows) = csv_rows(desk.read("cleanup/csv/changes.csv").as_bytes());
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let cell = |row: &[String], name: &str| row[at(name)].clone();
    let changes = rows
        .iter()
        .map(|row| (cell(row, "file"), cell(row, "record"), cell(row, "column"), cell(row, "old"), cell(row, "new")))
        .collect();
    let (header, rows) = csv_rows(desk.read("cleanup/csv/merges.csv").as_bytes());
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let gone = rows.iter().filter(|row| row[at("what")] == "goes").map(|row| row[at("record")].clone()).collect();
    (changes, gone)
}

/// How the cleaned exports differ from the exports, cell by cell, records that are `gone` aside.
fn real(desk: &Desk, gone: &BTreeSet<String>) -> BTreeSet<Change> {
    let mut changes = BTreeSet::new();
    for name in EXPORTS {
        let (header, before) = csv_rows(desk.read(name).as_bytes());
        let (same_header, after) = csv_rows(desk.read(&format!("cleanup/csv/{name}")).as_bytes());
        assert_eq!(header, same_header, "{name}");
        let before: Vec<_> = before.into_iter().filter(|row| !gone.contains(&row[0])).collect();
        assert_eq!(before.len(), after.len(), "{name}: rows");
        for (old, new) in before.iter().zip(&after) {
            assert_eq!((&old[0], old.len()), (&new[0], new.len()), "{name}: records keep their order");
            for ((column, old_cell), new_cell) in header.iter().zip(old).zip(new).filter(|((_, old), new)| old != new) {
                let place = (name.to_owned(), old[0].clone(), column.clone());
                changes.insert((place.0, place.1, place.2, old_cell.clone(), new_cell.clone()));
            }
        }
    }
    changes
}

fn plan(desk: &Desk) -> Value {
    serde_json::from_str(&desk.read("cleanup/plan.json")).unwrap()
}

#[test]
fn every_file_of_a_cleanup_is_there() {
    let (desk, run) = cleaned(DECIDED);
    for name in EXPORTS.into_iter().chain(["changes.csv", "merges.csv"]) {
        assert!(desk.path(&format!("cleanup/csv/{name}")).is_file(), "{name}");
    }
    let plan = plan(&desk);
    assert_eq!(plan["schema"], "leadlint.plan/1");
    assert_eq!(array(&plan, "inputs").len(), EXPORTS.len());
    let runbook = desk.read("cleanup/RUNBOOK.md");
    assert!(runbook.starts_with("# ") && runbook.contains("csv/leads.csv"), "{runbook}");
    assert!(run.stdout.contains("RUNBOOK.md"), "{}", run.stdout);
    let names: Vec<String> = desk.snapshot().into_keys().filter(|name| name.starts_with('.')).collect();
    assert!(names.is_empty(), "left behind: {names:?}");
}

#[test]
fn exports_are_never_written_to() {
    let (desk, _) = cleaned(DECIDED);
    let fresh = Desk::with_fixture("acme");
    for name in EXPORTS {
        assert_eq!(desk.read(name), fresh.read(name), "{name}");
    }
}

#[test]
fn the_list_of_changes_is_the_difference() {
    let (desk, _) = cleaned(DECIDED);
    let (told, gone) = told(&desk);
    assert_eq!(told, real(&desk, &gone));
    let merges = array(&plan(&desk), "operations").iter().filter(|step| step["operation"] == "merge").count();
    assert_eq!((merges, gone.len()), (4, 5), "two pairs and a trio of leads, a pair of contacts");
    assert!(told.len() >= 10, "{told:#?}");
    for id in ["00Q5e0000000045EAA", "00Q5e0000000046EAA", "00Q5e0000000047EAA"] {
        assert!(!gone.contains(id), "{id} is an agreed exception");
        assert!(desk.read("cleanup/csv/leads.csv").contains(id));
    }
    // One record of each address stays.
    for (address, copies) in [("marta.klein@", 2), ("owen.hart@", 3), ("lena.frost@", 2)] {
        let holders = |file: &str| desk.read(file).to_lowercase().lines().filter(|line| line.contains(address)).count();
        assert_eq!((holders("leads.csv"), holders("cleanup/csv/leads.csv")), (copies, 1), "{address}");
    }
}

#[test]
fn without_decisions_nothing_but_safe_changes_is_made() {
    let (desk, _) = cleaned("");
    let (told, gone) = told(&desk);
    assert!(gone.is_empty(), "{gone:?}");
    assert_eq!(told, real(&desk, &gone));
    let plan = plan(&desk);
    for step in array(&plan, "operations") {
        assert_eq!(step["safety"], "safe", "{step}");
        assert!(step["operation"] == "set" || step["operation"] == "retag", "{step}");
    }
    let city: Vec<_> = told.iter().filter(|change| change.2 == "City").map(|change| (&*change.1, &*change.4)).collect();
    assert_eq!(city, [("90020492", "Philadelphia")], "a city is no key, and white space at its end means nothing");
    assert!(told.iter().all(|change| !["Email", "LastName", "FirstName", "Company"].contains(&change.2.as_str())));
    let waiting: BTreeSet<&str> = array(&plan, "set_aside").iter().map(|aside| text(aside, "code")).collect();
    assert!(waiting.is_superset(&BTreeSet::from(["DUP001", "DRF001", "FMT005"])), "{waiting:?}");
}

#[test]
fn a_rejected_rule_is_left_alone() {
    let (desk, _) = cleaned("--decide DUP001=accept --decide DRF001=reject");
    let (told, gone) = told(&desk);
    assert_eq!(told, real(&desk, &gone));
    assert!(!gone.is_empty());
    let (_, rows) = csv_rows(desk.read("cleanup/csv/changes.csv").as_bytes());
    assert!(rows.iter().all(|row| !row.iter().any(|cell| cell.contains("DRF001"))), "{rows:?}");
}

#[test]
fn lines_that_no_record_was_read_from_stay_byte_for_byte() {
    let (desk, _) = cleaned(DECIDED);
    let (before, after) = (desk.read("leads.csv"), desk.read("cleanup/csv/leads.csv"));
    let lines: Vec<&str> = before.split_inclusive('\n').collect();
    // A cell too many; a stray quote and the rows that it swallowed.
    for (first, last) in [(68, 68), (71, 73)] {
        let block = lines[first - 1..last].concat();
        assert_eq!(after.matches(&block).count(), 1, "lines {first} to {last}");
    }
    // The footer of a report.
    assert_eq!(desk.read("accounts.csv"), desk.read("cleanup/csv/accounts.csv"));
    assert_eq!(desk.read("users.csv"), desk.read("cleanup/csv/users.csv"));
}

#[test]
fn lines_without_a_change_stay_byte_for_byte() {
    let (desk, _) = cleaned(DECIDED);
    let (told, gone) = told(&desk);
    for name in EXPORTS {
        let after = desk.read(&format!("cleanup/csv/{name}"));
        let kept: BTreeSet<&str> = after.split_inclusive('\n').collect();
        for line in desk.read(name).split_inclusive('\n') {
            let id = line.split(',').next().unwrap_or_default();
            let touched = gone.contains(id) || told.iter().any(|change| change.0 == name && change.1 == id);
            assert!(touched || kept.contains(line), "{name}: {line}");
        }
    }
}

#[test]
fn a_second_cleanup_has_nothing_to_do() {
    let (desk, _) = cleaned(DECIDED);
    let again = Desk::new();
    again.write("leadlint.toml", desk.read("leadlint.toml"));
    for name in EXPORTS {
        again.write(name, desk.read(&format!("cleanup/csv/{name}")));
    }
    again.leadlint(&format!("clean --target csv --out cleanup {DECIDED}")).exits(0);
    let plan = plan(&again);
    assert!(array(&plan, "operations").is_empty(), "{}", plan["operations"]);
    for name in EXPORTS {
        assert_eq!(again.read(name), again.read(&format!("cleanup/csv/{name}")), "{name}");
    }
    let left = again.evidence("--select DUP001,DRF001,FMT005");
    assert!(left.iter().all(|row| row["status"] == "accepted"), "{left:#?}");
}

#[test]
fn what_is_counted_before_and_after_is_what_an_audit_counts() {
    let (desk, _) = cleaned(DECIDED);
    let again = Desk::new();
    again.write("leadlint.toml", desk.read("leadlint.toml"));
    for name in EXPORTS {
        again.write(name, desk.read(&format!("cleanup/csv/{name}")));
    }
    let count = |desk: &Desk, code: &str| {
        desk.evidence("").iter().filter(|row| row["code"] == code && row["status"] != "accepted").count() as u64
    };
    let plan = plan(&desk);
    let rules = array(&plan["before_after"], "rules");
    assert!(rules.len() > 5);
    for change in rules {
        let code = text(change, "code");
        assert_eq!(change["before"], count(&desk, code), "{code} before");
        assert_eq!(change["after"], count(&again, code), "{code} after");
    }
}

#[test]
fn force_replaces_a_cleanup_and_nothing_else() {
    let (desk, _) = cleaned("");
    desk.write("cleanup/notes.txt", "of last month");
    let forced = format!("clean --target csv --out cleanup --force {DECIDED}");
    desk.leadlint("clean --target csv --out cleanup").exits(2);
    desk.leadlint(&forced).exits(2);
    assert_eq!(desk.read("cleanup/notes.txt"), "of last month");
    std::fs::remove_file(desk.path("cleanup/notes.txt")).unwrap();
    desk.write("cleanup/csv/old.csv", "of last month");
    desk.leadlint(&forced).exits(0);
    assert!(!desk.path("cleanup/csv/old.csv").exists());
    assert!(desk.read("cleanup/csv/changes.csv").contains("DRF001"));
}

#[test]
fn a_cleanup_gives_the_report_when_asked() {
    let desk = Desk::with_fixture("acme");
    let run = desk.leadlint("clean --target csv --out cleanup --format json -o markdown=before.md");
    assert_eq!(run.exits(0).json()["schema"], "leadlint.report/1");
    assert!(desk.read("before.md").contains("DUP001"));
}

#[test]
fn clusters_of_address_and_mailbox_that_share_a_record_are_one_merge() {
    let leads = "Id,FirstName,LastName,Email,CreatedDate\n\
        1,Ana,Moss,ana.moss@gmail.com,2026-10-01T09:00:00Z\n\
        2,Ana,Moss,anamoss@gmail.com,2026-10-02T09:00:00Z\n\
        3,Ana,Moss,AnaMoss@gmail.com,2026-10-03T09:00:00Z\n\
        4,Bo,Lee,bo@acme.example,2026-10-20T09:00:00Z\n";
    let desk = Desk::with("leads.csv", leads);
    let args = "--target csv --out cleanup --select DUP --decide DUP001=accept --decide DUP002=accept";
    desk.leadlint(&format!("clean leads.csv {args}")).exits(0);
    let (_, gone) = told(&desk);
    assert_eq!(gone, BTreeSet::from(["2".to_owned(), "3".to_owned()]));
    let plan = plan(&desk);
    let cited: Vec<&str> =
        array(&array(&plan, "operations")[0], "evidence").iter().map(|one| text(one, "code")).collect();
    assert_eq!(cited, ["DUP001", "DUP002"]);
    assert_eq!(array(&plan["before_after"], "left").len(), 0);
}
