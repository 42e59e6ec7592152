//! Tests of decisions.

use super::*;

#[test]
fn codes_and_names_are_decided_on() {
    let decisions = Decisions::parse(["dup001=accept, spelling-variant=Reject", "DUP001=accept"]).unwrap();
    assert_eq!(decisions.of("DUP001"), Some(Answer::Accept));
    assert_eq!(decisions.of("DRF001"), Some(Answer::Reject));
    assert_eq!(decisions.of("FMT005"), None);
}

#[test]
fn what_is_no_decision_says_what_would_be_one() {
    let error = |word: &str| Decisions::parse([word]).unwrap_err().to_string();
    assert!(error("DUP01=accept").contains("did you mean `DUP001`?"), "{}", error("DUP01=accept"));
    assert!(error("DUP001").contains("CODE=accept"));
    assert!(error("DUP001=maybe").contains("not `maybe`"));
    assert!(error("DUP001=accept,DUP001=reject").contains("decide once"));
}

fn ruling(answer: Answer) -> Ruling {
    Ruling { answer, by: Some("ops@acme.example".to_owned()), on: NaiveDate::from_ymd_opt(2026, 10, 31) }
}

#[test]
fn the_file_is_sorted_and_reads_back_what_was_written() {
    let mut kept = Kept::default();
    kept.insert(Subject::Value { fingerprint: "f2".to_owned() }, "DRF001", ruling(Answer::Accept));
    kept.insert(Subject::pair("leads", "b", "a"), "DUP001", ruling(Answer::Reject));
    let odd = "it's \"quoted\" \\ and\nbroken";
    kept.insert(Subject::pair(odd, "1", "2"), "DUP001", Ruling { answer: Answer::Accept, by: None, on: None });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    kept.prepare(&path).unwrap().persist(&path).unwrap();
    assert_eq!(Kept::read(&path).unwrap(), kept);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("in = \"leads\"\nrecords = [\"a\", \"b\"]\ndecision = \"reject\"\nrule = \"DUP001\"\nby = \"ops@acme.example\"\non = 2026-10-31\n"), "{text}");
    assert!(text.find("[[merge]]").unwrap() < text.find("[[value]]").unwrap());
    assert_eq!(Kept::read(&folder.path().join("none.toml")).unwrap(), Kept::default());
}

#[test]
fn entries_that_are_no_decision_are_refused_with_their_place() {
    let said = |text: &str| file::parse(text, "d.toml").unwrap_err().to_string();
    let entry = "[[value]]\nfingerprint = \"f\"\nrule = \"DRF001\"\n";
    assert!(said(&format!("{entry}decision = \"maybe\"\n")).contains("d.toml [[value]] 1: `maybe` is no decision"));
    assert!(said(&format!("{entry}decision = \"accept\"\non = 10:00:00\n")).contains("`on` is a day"));
    assert!(said("[[values]]\n").starts_with("d.toml: "));
    let twice = format!("{entry}decision = \"accept\"\n{entry}decision = \"reject\"\n");
    assert!(said(&twice).contains("d.toml [[value]] 2: contradicts d.toml [[value]] 1"));
    let same = format!("{entry}decision = \"accept\"\n{entry}decision = \"accept\"\n");
    assert!(file::parse(&same, "d.toml").is_ok());
}

#[test]
fn addresses_are_not_written_down_as_ids() {
    let records = Records::new(&crate::config::options::Options::default());
    assert_eq!(records.name("leads", "00Q5e000000018E").as_deref(), Some("00Q5e000000018EEAQ"));
    let name = records.name("leads", "ana@acme.example").unwrap();
    assert!(name.starts_with("record:") && !name.contains('@'), "{name}");
    assert_eq!(records.name("leads", " ana@acme.example "), Some(name.clone()));
    assert_ne!(records.name("contacts", "ana@acme.example"), Some(name));
    assert_eq!(records.name("leads", "  "), None);
    assert!(records.name("leads", &"9".repeat(1 << 20)).unwrap().len() < 60);
}
