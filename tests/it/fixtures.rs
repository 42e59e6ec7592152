//! The fixtures: everything that was planted is found, where it was planted, and nothing else is.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Desk, array, codes, text};

/// What `fixtures/acme/case.md` says was planted for the rules that exist: code, file, line, record, column. A line of 0
/// means the file as a whole. Evidence on rows that cannot be read names a record only where the row was read after all.
const PLANTED: &[(&str, &str, u64, &str, &str)] = &[
    ("DRF001", "leads.csv", 7, "00Q5e0000000006EAA", "Industry"),
    ("DRF001", "leads.csv", 9, "00Q5e0000000008EAA", "Region__c"),
    ("DRF001", "leads.csv", 14, "00Q5e0000000012EAA", "Region__c"),
    ("DRF001", "leads.csv", 19, "00Q5e0000000016EAA", "Region__c"),
    ("DRF001", "leads.csv", 29, "00Q5e0000000026EAA", "Industry"),
    ("DRF001", "contacts.csv", 13, "90020451", "Industry"),
    ("DUP001", "leads.csv", 2, "00Q5e0000000001EAA", "Email"),
    ("DUP001", "leads.csv", 3, "00Q5e0000000002EAA", "Email"),
    ("DUP001", "leads.csv", 4, "00Q5e0000000003EAA", "Email"),
    ("DUP001", "leads.csv", 42, "00Q5e0000000039EAA", "Email"),
    ("DUP001", "leads.csv", 43, "00Q5e0000000040EAA", "Email"),
    ("DUP001", "leads.csv", 44, "00Q5e0000000041EAA", "Email"),
    ("DUP001", "leads.csv", 45, "00Q5e0000000042EAA", "Email"),
    ("DUP001", "contacts.csv", 4, "90020082", "Email"),
    ("DUP001", "contacts.csv", 11, "90020369", "Email"),
    ("DUP005", "leads.csv", 15, "00Q5e0000000013EAA", "Id"),
    ("DUP005", "leads.csv", 16, "00Q5e0000000013EAA", "Id"),
    ("FMT003", "leads.csv", 52, "00Q5e0000000049EAA", "CreatedDate"),
    ("FMT003", "leads.csv", 53, "00Q5e0000000050EAA", "LastModifiedDate"),
    ("FMT003", "contacts.csv", 18, "90020656", "Last Modified Date"),
    ("FMT005", "leads.csv", 17, "00Q5e0000000014EAA", "LastName"),
    ("FMT005", "leads.csv", 18, "00Q5e0000000015EAA", "Company"),
    ("FMT005", "leads.csv", 45, "00Q5e0000000042EAA", "Email"),
    ("FMT005", "leads.csv", 55, "00Q5e0000000052EAA", "FirstName"),
    ("FMT005", "contacts.csv", 14, "90020492", "City"),
    ("FMT006", "leads.csv", 57, "00Q5e0000000054EAA", "FirstName"),
    ("FMT006", "leads.csv", 58, "00Q5e0000000055EAA", "LastName"),
    ("FMT006", "leads.csv", 59, "00Q5e0000000056EAA", "LastName"),
    ("FMT006", "contacts.csv", 16, "90020574", "Last Name"),
    ("FMT008", "leads.csv", 32, "00Q5e0000000029EAA", "CreatedDate"),
    ("FMT009", "leads.csv", 68, "", ""),
    ("FMT009", "leads.csv", 70, "00Q5e0000000066EAA", ""),
    ("FMT009", "leads.csv", 71, "", ""),
    ("FMT011", "accounts.csv", 0, "", ""),
    ("REQ001", "leads.csv", 32, "00Q5e0000000029EAA", "Email"),
    ("REQ001", "leads.csv", 33, "00Q5e0000000030EAA", "Email"),
    ("REQ001", "leads.csv", 34, "00Q5e0000000031EAA", "LastName"),
    ("REQ001", "contacts.csv", 5, "90020123", "Email"),
    ("REQ002", "leads.csv", 38, "00Q5e0000000035EAA", "Email"),
    ("REQ002", "leads.csv", 39, "00Q5e0000000036EAA", "Email"),
    ("REQ002", "leads.csv", 40, "00Q5e0000000037EAA", "Email"),
    ("REQ002", "contacts.csv", 7, "90020205", "Email"),
];

type Place = (String, String, u64, String, String);

fn planted() -> BTreeSet<Place> {
    PLANTED
        .iter()
        .map(|(code, file, line, record, column)| {
            ((*code).to_owned(), (*file).to_owned(), *line, (*record).to_owned(), (*column).to_owned())
        })
        .collect()
}

/// Where a row of evidence points to. FMT011 is about a whole file, which it names in its detail.
fn place(row: &Value) -> Place {
    let detail = text(row, "detail").split_once(": ").map_or("", |(file, _)| file);
    let file = if row["file"].is_null() { detail } else { text(row, "file") };
    (
        text(row, "code").to_owned(),
        file.to_owned(),
        row["line"].as_u64().unwrap_or(0),
        text(row, "record_id").to_owned(),
        text(row, "column").to_owned(),
    )
}

#[test]
fn everything_planted_in_acme_is_found_and_nothing_else() {
    let desk = Desk::with_fixture("acme");
    let evidence = desk.evidence("");
    let known: BTreeSet<&str> = PLANTED.iter().map(|(code, ..)| *code).collect();
    let (accepted, found): (Vec<&Value>, Vec<&Value>) = evidence
        .iter()
        .filter(|row| known.contains(text(row, "code")))
        .partition(|row| text(row, "status") == "accepted");
    let places: BTreeSet<Place> = found.iter().map(|row| place(row)).collect();
    let missed: Vec<_> = planted().difference(&places).cloned().collect();
    let surplus: Vec<_> = places.difference(&planted()).cloned().collect();
    assert!(missed.is_empty() && surplus.is_empty(), "missed: {missed:#?}\nnot planted: {surplus:#?}");
    assert_eq!(found.len(), PLANTED.len(), "each place once");

    let accepted: BTreeSet<&str> = accepted.iter().map(|row| text(row, "record_id")).collect();
    let three = ["00Q5e0000000045EAA", "00Q5e0000000046EAA", "00Q5e0000000047EAA"];
    assert_eq!(accepted, BTreeSet::from(three), "the agreed exception is listed, as such");
}

#[test]
fn the_list_of_what_is_planted_is_that_of_the_case() {
    let case =
        std::fs::read_to_string(std::path::Path::new(crate::support::ROOT).join("fixtures/acme/case.md")).unwrap();
    let (case, later) = case.split_once("## Planted, for later rules").unwrap();
    let (_, table) = case.split_once("## Planted").unwrap();
    let mut told = BTreeSet::new();
    for row in table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---")).skip(1) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        for line in cells[3].split(" and ") {
            told.insert((cells[1].to_owned(), cells[2].to_owned(), line.parse().unwrap()));
        }
    }
    let ours: BTreeSet<_> = planted()
        .into_iter()
        // The case gives the line of the footer.
        .map(|(code, file, line, ..)| (code, file, if line == 0 { 13 } else { line }))
        .collect();
    assert_eq!(told, ours);
    assert!(later.contains("| DUP004 |"));
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
    assert_eq!(declared("accounts"), (10, Some(12)));
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
