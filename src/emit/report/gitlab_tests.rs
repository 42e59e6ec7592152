use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::emit::testing::hostile::{TEXTS, spoilt};
use crate::emit::{Pii, testing};

fn render(audit: &Audit) -> Vec<Value> {
    let bytes = Gitlab.render(audit, &testing::view(Pii::Mask)).unwrap();
    match serde_json::from_slice(&bytes).unwrap() {
        Value::Array(entries) => entries,
        other => panic!("no list: {other}"),
    }
}

/// What GitLab asks of a report, whatever the data says.
fn holds(audit: &Audit) {
    let mut seen = BTreeSet::new();
    for entry in render(audit) {
        let keys: Vec<&str> = entry.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["description", "check_name", "fingerprint", "severity", "location"]);
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&entry["severity"].as_str().unwrap()));
        assert!(seen.insert(entry["fingerprint"].as_str().unwrap().to_owned()), "twice: {entry}");
        assert!(entry["location"]["lines"]["begin"].as_u64().unwrap() > 0);
        let path = entry["location"]["path"].as_str().unwrap();
        assert!(!path.starts_with("./") && !path.contains('\\'), "{path}");
        for text in ["description", "check_name"] {
            let text = entry[text].as_str().unwrap();
            assert!(!text.is_empty() && !text.chars().any(char::is_control), "{text:?}");
        }
    }
}

#[test]
fn a_clean_run_is_an_empty_list() {
    let mut audit = testing::clean();
    for source in &mut audit.sources {
        (source.excluded, source.notes, source.ignored) = (Vec::new(), Vec::new(), Vec::new());
        for file in &mut source.files {
            file.unreadable = 0;
        }
    }
    assert_eq!(Gitlab.render(&audit, &testing::view(Pii::Mask)).unwrap(), b"[]\n");
}

#[test]
fn what_was_not_checked_is_an_entry() {
    let skipped = render(&testing::skipped());
    let said: Vec<&str> = skipped.iter().map(|entry| entry["description"].as_str().unwrap()).collect();
    assert_eq!(said.len(), 3, "one for each reason: {said:?}");
    assert!(said[0].starts_with("6 rules did not run: REQ002, DUP001, DUP002, "), "{said:?}");
    let failed = render(&testing::failed());
    assert_eq!(failed[0]["severity"], "blocker");
    assert!(failed[0]["description"].as_str().unwrap().contains("DRF002 misspelt-value failed inside"));
}

#[test]
fn severities_paths_and_lines_are_gitlabs() {
    let entries = render(&testing::sample());
    let invalid = entries.iter().find(|entry| entry["check_name"] == "REQ002 invalid-email").unwrap();
    assert_eq!(invalid["severity"], "critical");
    assert_eq!(invalid["location"]["path"], "exports/leads-2026-09.csv");
    assert_eq!(invalid["location"]["lines"]["begin"], 92);
    let accepted = entries.iter().find(|e| e["description"].as_str().unwrap().contains("agreed exceptions")).unwrap();
    assert_eq!(accepted["severity"], "info");
}

#[test]
fn fingerprints_are_the_same_from_run_to_run() {
    let prints = |audit: &Audit| -> Vec<Value> { render(audit).iter().map(|e| e["fingerprint"].clone()).collect() };
    let mut moved = testing::sample();
    let mut rows = moved.evidence.rows();
    for row in &mut rows {
        row.line = row.line.map(|line| line + 100);
    }
    moved.evidence = crate::evidence::Evidence::from_rows(rows);
    assert_eq!(prints(&testing::sample()), prints(&moved), "lines move, defects stay");
}

#[test]
fn hostile_texts_stay_text() {
    for cell in TEXTS {
        holds(&spoilt(cell));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_stays_text(cell in any::<String>()) {
        holds(&spoilt(&cell));
    }
}
