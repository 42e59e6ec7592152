//! The fixtures: everything that was planted is found, where it was planted, and nothing else is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::support::{Desk, ROOT, array, codes, text};

/// Code, file, line, column. A line of 0 means the file as a whole.
type Place = (String, String, u64, String);

/// What `fixtures/acme/case.md` says was planted for the rules that exist: places, with the record that each concerns.
fn planted() -> BTreeMap<Place, String> {
    let case = std::fs::read_to_string(Path::new(ROOT).join("fixtures/acme/case.md")).unwrap();
    let (_, table) = case.split_once("\n## Planted\n").unwrap();
    let table = table.split("\n## ").next().unwrap();
    let mut planted = BTreeMap::new();
    for row in table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---")).skip(1) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        for line in cells[3].split(" and ") {
            let line = if line.is_empty() { 0 } else { line.parse().unwrap() };
            let place = (cells[1].to_owned(), cells[2].to_owned(), line, cells[5].to_owned());
            assert!(planted.insert(place, cells[4].to_owned()).is_none(), "twice in the case: {row}");
        }
    }
    planted
}

/// Where a row of evidence points to. What is about a whole file names it in its detail; what is about the audit is in
/// the config.
fn place(row: &Value) -> Place {
    let detail = text(row, "detail")
        .split_once(": ")
        .map(|(file, _)| file)
        .filter(|file| file.rsplit_once('.').is_some_and(|(_, end)| end == "csv"));
    let file = match (row["file"].as_str(), row["source"].as_str()) {
        (Some(file), _) => file,
        (None, None) => "leadlint.toml",
        (None, Some(source)) => detail.unwrap_or(source),
    };
    (text(row, "code").to_owned(), file.to_owned(), row["line"].as_u64().unwrap_or(0), text(row, "column").to_owned())
}

#[test]
fn everything_planted_in_acme_is_found_and_nothing_else() {
    let desk = Desk::with_fixture("acme");
    let evidence = desk.evidence("");
    let (accepted, found): (Vec<&Value>, Vec<&Value>) =
        evidence.iter().partition(|row| text(row, "status") == "accepted");
    let planted = planted();
    let places: BTreeSet<Place> = found.iter().map(|row| place(row)).collect();
    let missed: Vec<_> = planted.keys().filter(|place| !places.contains(*place)).collect();
    let surplus: Vec<_> = places.iter().filter(|place| !planted.contains_key(*place)).collect();
    assert!(missed.is_empty() && surplus.is_empty(), "missed: {missed:#?}\nnot planted: {surplus:#?}");
    assert_eq!(found.len(), planted.len(), "each place once");
    // A row that cannot be read names no record.
    for row in found.iter().filter(|row| row["record_id"].is_string()) {
        assert_eq!(text(row, "record_id"), planted[&place(row)], "{row}");
    }

    let accepted: BTreeSet<&str> = accepted.iter().map(|row| text(row, "record_id")).collect();
    let three = ["00Q5e0000000045EAA", "00Q5e0000000046EAA", "00Q5e0000000047EAA"];
    assert_eq!(accepted, BTreeSet::from(three), "the agreed exception is listed, as such");
}

#[test]
fn every_finding_of_acme_sums_up_its_evidence() {
    let desk = Desk::with_fixture("acme");
    let evidence = desk.evidence("");
    let report = desk.report("");
    for finding in array(&report, "findings") {
        let rows: Vec<&Value> = evidence
            .iter()
            .filter(|row| ["code", "source", "column"].into_iter().all(|key| row[key] == finding[key]))
            .collect();
        let accepted = rows.iter().filter(|row| row["status"] == "accepted").count();
        let what = format!("{} {} {}", finding["code"], finding["source"], finding["column"]);
        assert_eq!(finding["count"], rows.len() - accepted, "{what}");
        assert_eq!(finding["accepted"], accepted, "{what}");
        assert_eq!(finding["new"], rows.len() - accepted, "{what}");
        let mut fingerprints: Vec<&str> = rows.iter().map(|row| text(row, "fingerprint")).collect();
        fingerprints.sort_unstable();
        let listed: Vec<&str> = array(finding, "fingerprints").iter().filter_map(Value::as_str).collect();
        assert_eq!(listed, fingerprints, "{what}");
        let shown = array(finding, "examples").len() as u64;
        assert_eq!(shown + finding["examples_hidden"].as_u64().unwrap(), (rows.len() - accepted) as u64, "{what}");
        let by_class: u64 = ["safe", "review", "manual"].iter().map(|c| finding["safety"][c].as_u64().unwrap()).sum();
        assert_eq!(by_class, finding["count"].as_u64().unwrap(), "{what}");
        let rate = finding["rows"].as_f64().unwrap() / finding["checked"].as_f64().unwrap();
        assert!((finding["rate"].as_f64().unwrap() - rate).abs() < 1e-6, "{what}: {rate}");
    }
    let listed: usize = array(&report, "findings").iter().map(|finding| array(finding, "fingerprints").len()).sum();
    assert_eq!(listed, evidence.len(), "every row of evidence belongs to a finding");
}

#[test]
fn acme_is_read_as_the_case_says() {
    let report = Desk::with_fixture("acme").report("");
    assert_eq!(report["as_of"], "2026-10-29T17:47:03Z");
    let leads = &report["sources"][0];
    assert_eq!(leads["name"], "leads");
    let file = &leads["files"][0];
    let count = |what: &str| file[what].as_u64().unwrap();
    assert_eq!((count("rows"), count("unreadable"), count("excluded")), (67, 2, 1), "two of 70 rows cannot be read");
    let excluded = &leads["excluded"][0];
    assert_eq!((&excluded["reason"], &excluded["rows"]), (&"identical".into(), &1.into()));
    let declared = |name: &str| {
        let source = array(&report, "sources").iter().find(|source| source["name"] == name).unwrap();
        (source["rows"].as_u64().unwrap(), source["files"][0]["declared_rows"].as_u64())
    };
    assert_eq!(declared("accounts"), (11, Some(12)));
    assert_eq!(declared("users"), (5, Some(5)));
}

#[test]
fn nothing_is_found_in_spotless() {
    let desk = Desk::with_fixture("spotless");
    let run = desk.leadlint("check --format json --fail-on info");
    let report = run.exits(0).json();
    assert!(array(&report, "findings").is_empty(), "{}", report["findings"]);
    assert!(array(&report, "failed").is_empty());
    assert!(desk.evidence("").is_empty());
}

#[test]
fn an_audit_without_owner_says_so() {
    let desk = Desk::with_fixture("spotless");
    let config = desk.read("leadlint.toml");
    let owner = config.lines().find(|line| line.starts_with("owner")).unwrap();
    desk.write("leadlint.toml", config.replacen(&format!("{owner}\n"), "", 1));
    let report = desk.report("");
    assert_eq!(codes(&report), ["GOV001"]);
    desk.leadlint("check").exits(0);
    desk.leadlint("check --fail-on info").exits(1);
}

#[test]
fn an_ignored_rule_finds_nothing_and_the_rest_stays() {
    let desk = Desk::with_fixture("acme");
    let all = desk.evidence("");
    for code in ["DUP001", "FMT009", "DRF"] {
        let rest: Vec<&Value> = all.iter().filter(|row| !text(row, "code").starts_with(code)).collect();
        let ignored = desk.evidence(&format!("--ignore {code}"));
        assert_eq!(ignored.iter().collect::<Vec<_>>(), rest, "--ignore {code}");
        let selected = desk.evidence(&format!("--select {code}"));
        let own: Vec<&Value> = all.iter().filter(|row| text(row, "code").starts_with(code)).collect();
        assert_eq!(selected.iter().collect::<Vec<_>>(), own, "--select {code}");
    }
}
