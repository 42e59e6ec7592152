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

fn merge(records: &str, rule: &str) -> String {
    format!("[[merge]]\nin = \"leads\"\nrecords = [{records}]\ndecision = \"reject\"\nrule = \"{rule}\"\n")
}

#[test]
fn a_decision_on_several_records_is_one_on_every_pair() {
    let pairs = |records: &str| {
        let entries = file::parse(&merge(records, "repeated-email"), "d.toml").unwrap();
        entries
            .into_iter()
            .map(|(subject, code, ruling, place)| {
                assert_eq!(
                    (code.as_str(), ruling.answer, place.as_str()),
                    ("DUP001", Answer::Reject, "d.toml [[merge]] 1")
                );
                subject
            })
            .collect::<Vec<_>>()
    };
    let pair = |one, other| Subject::pair("leads", one, other);
    assert_eq!(pairs("\"2\", \"1\""), [pair("1", "2")]);
    assert_eq!(pairs("\"3\", \"1\", \"2\""), [pair("1", "2"), pair("1", "3"), pair("2", "3")]);
    // As ids compare, in 15 characters as in 18.
    assert_eq!(
        pairs("\"00Q5e0000000002EAA\", \"00Q5e000000018E\""),
        [pair("00Q5e0000000002EAA", "00Q5e000000018EEAQ")]
    );
    let contradicting =
        merge("\"1\", \"2\", \"3\"", "DUP001") + &merge("\"3\", \"2\"", "DUP001").replace("reject", "accept");
    let said = file::parse(&contradicting, "d.toml").unwrap_err();
    assert_eq!(said.0, ["d.toml [[merge]] 2: contradicts d.toml [[merge]] 1; decide once"]);
}

#[test]
fn lists_that_are_no_pair_and_rules_that_merge_nothing_are_refused() {
    let many: Vec<String> = (0..501).map(|at| format!("\"{at}\"")).collect();
    for (records, rule, said) in [
        ("\"1\"", "DUP001", "`records` takes two ids or more"),
        ("", "DUP001", "`records` takes two ids or more"),
        ("\"1\", \"1\"", "DUP001", "`records` names a record twice"),
        ("\"1\", \"2\", \" 1\"", "DUP001", "`records` names a record twice"),
        ("\"00Q5e000000018E\", \"00Q5e000000018EEAQ\"", "DUP001", "`records` names a record twice"),
        ("\"1\", \" \"", "DUP001", "`records` holds a blank id"),
        (&many.join(", "), "DUP001", "`records` takes up to 500 ids"),
        ("\"1\", \"2\", \"3\"", "DUP01", "`DUP01` is no rule; did you mean `DUP001`?"),
        ("\"1\", \"2\"", "DRF001", "DRF001 merges nothing; name one of DUP001"),
    ] {
        let refused = file::parse(&merge(records, rule), "d.toml").unwrap_err();
        assert_eq!(refused.0.len(), 1, "{refused}");
        assert!(refused.0[0].starts_with(&format!("d.toml [[merge]] 1: {said}")), "{refused}");
    }
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
