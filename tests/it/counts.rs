//! DUP001 and REQ001 against a count made here, over generated exports.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::generator::{Request, generate};
use crate::support::{Desk, text};

/// A generated export without ragged rows, and its leads by header.
fn generated(seed: u64) -> (Desk, Vec<BTreeMap<String, String>>) {
    let desk = Desk::new();
    generate(&Request { leads: 5_000, chats: Some(100), seed, faults: 2.0, ragged: 0.0 }, &desk.path(".")).unwrap();
    let rows = rows(&desk.path("leads.csv"));
    assert_eq!(rows.len(), 5_000);
    (desk, rows)
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

/// Data rows, 1-based, that a rule points at, by column.
fn pointed_at(evidence: &[Value], code: &str) -> BTreeSet<(u64, String)> {
    let rows = evidence.iter().filter(|row| text(row, "code") == code);
    rows.map(|row| (row["row"].as_u64().unwrap(), text(row, "column").to_owned())).collect()
}

fn is_nothing(cell: &str) -> bool {
    let cell = cell.trim().to_lowercase();
    matches!(cell.as_str(), "" | "n/a" | "-" | "null" | "none" | "unknown" | "tbd" | "[not provided]" | "." | "xx")
}

#[test]
fn repeated_emails_are_counted_exactly() {
    for seed in [1, 7, 2_026] {
        let (desk, leads) = generated(seed);
        let mut ids: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for lead in leads.iter().filter(|lead| lead["Email"].contains('@')) {
            ids.entry(lead["Email"].trim().to_lowercase()).or_default().insert(&lead["Id"]);
        }
        let mut expected = BTreeSet::new();
        for (row, lead) in (1..).zip(&leads) {
            let shared = ids.get(&lead["Email"].trim().to_lowercase()).map_or(0, BTreeSet::len);
            if (2..=10).contains(&shared) {
                expected.insert((row, "Email".to_owned()));
            }
        }
        assert!(expected.len() > 100, "seed {seed} has {} repeats only", expected.len());
        let evidence = desk.evidence("leads.csv --select DUP001");
        assert_eq!(pointed_at(&evidence, "DUP001"), expected, "seed {seed}");
        assert_eq!(evidence.len(), expected.len(), "seed {seed}: each row once");

        let groups = ids.values().filter(|ids| (2..=10).contains(&ids.len())).count();
        let report = desk.report("leads.csv --select DUP001");
        assert_eq!(report["findings"][0]["count"], expected.len());
        assert_eq!(report["findings"][0]["groups"], groups);
    }
}

#[test]
fn missing_values_are_counted_exactly() {
    for seed in [1, 7, 2_026] {
        let (desk, leads) = generated(seed);
        let mut expected = BTreeSet::new();
        for (row, lead) in (1..).zip(&leads) {
            for column in ["Email", "CreatedDate"] {
                if is_nothing(&lead[column]) {
                    expected.insert((row, column.to_owned()));
                }
            }
            // Either name would do.
            if is_nothing(&lead["FirstName"]) && is_nothing(&lead["LastName"]) {
                expected.insert((row, "LastName".to_owned()));
            }
        }
        assert!(expected.len() > 20, "seed {seed} lacks {} values only", expected.len());
        let evidence = desk.evidence("leads.csv --select REQ001");
        assert_eq!(pointed_at(&evidence, "REQ001"), expected, "seed {seed}");
        assert_eq!(evidence.len(), expected.len(), "seed {seed}: each cell once");
    }
}

#[test]
fn an_address_on_more_records_than_ten_is_no_key() {
    for (records, found) in [(1, 0), (2, 2), (10, 10), (11, 0), (40, 0)] {
        let header = "Id,LastName,Email,CreatedDate".to_owned();
        let leads = (0..records).map(|id| format!("{id},Moss,shared@northpeak.example,2026-10-01T09:00:00Z"));
        let lines: Vec<String> = [header].into_iter().chain(leads).collect();
        let desk = Desk::with("leads.csv", lines.join("\n"));
        assert_eq!(desk.evidence("leads.csv --select DUP001").len(), found, "{records} records");
    }
}

#[test]
fn ragged_rows_are_counted_exactly() {
    let desk = Desk::new();
    let request = Request { leads: 5_000, chats: Some(0), seed: 3, faults: 1.0, ragged: 2_000.0 };
    generate(&request, &desk.path(".")).unwrap();
    let told: BTreeSet<String> = rows(&desk.path("gold/faults.csv"))
        .into_iter()
        .filter(|fault| fault["code"] == "FMT009")
        .map(|fault| fault["record_id"].clone())
        .collect();
    assert!(told.len() > 3, "{told:?}");
    let evidence = desk.evidence("leads.csv --select FMT009");
    // A row that cannot be read stands there as it was; a short one has its id.
    let found = evidence.iter().map(|row| text(row, "value").split(',').next().unwrap_or_default().to_owned());
    assert_eq!(found.collect::<BTreeSet<_>>(), told);
    assert_eq!(evidence.len(), told.len());
}

#[test]
fn healthy_generated_leads_repeat_no_address_and_lack_nothing() {
    let desk = Desk::new();
    let request = Request { leads: 5_000, chats: None, seed: 11, faults: 0.0, ragged: 0.0 };
    generate(&request, &desk.path(".")).unwrap();
    let report = desk.report("leads.csv chats.csv sync-log=sync_log.csv --ignore GOV001,GOV004");
    assert_eq!(report["findings"], serde_json::json!([]), "healthy data");
}
