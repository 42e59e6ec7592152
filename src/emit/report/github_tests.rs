use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::emit::testing::hostile::{TEXTS, spoilt};
use crate::emit::{Pii, testing};

fn render(audit: &Audit) -> String {
    String::from_utf8(Github.render(audit, &testing::view(Pii::Mask)).unwrap()).unwrap()
}

/// A workflow command, read as the runner reads it.
#[derive(Debug)]
struct Command {
    kind: String,
    properties: BTreeMap<String, String>,
    text: String,
}

fn unescaped(text: &str, pairs: &[(&str, &str)]) -> String {
    pairs.iter().fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}

/// The commands of a log; fails on a line that is neither a command of ours nor plain.
fn commands(log: &str) -> Vec<Command> {
    assert!(!log.contains("##["), "{log}");
    assert!(!log.contains('\r'), "the runner may end a line there: {log:?}");
    let mut found = Vec::new();
    for line in log.lines() {
        // The runner looks past blanks in front.
        let Some(rest) = line.trim_start().strip_prefix("::") else {
            assert!(line.starts_with("leadlint: "), "{line}");
            continue;
        };
        assert!(line.starts_with("::"), "{line}");
        let (head, text) = rest.split_once("::").unwrap_or_else(|| panic!("no end of the command: {line}"));
        let (kind, list) = head.split_once(' ').unwrap_or((head, ""));
        let mut properties = BTreeMap::new();
        for pair in list.split(',') {
            let (key, value) = pair.split_once('=').unwrap_or_else(|| panic!("no property: {pair} in {line}"));
            assert!(!value.contains(':'), "{line}");
            let value = unescaped(value, &[("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]);
            assert!(properties.insert(key.to_owned(), value).is_none(), "twice {key}: {line}");
        }
        assert!(properties.keys().all(|key| ["file", "line", "title"].contains(&key.as_str())), "{line}");
        let text = unescaped(text, &[("%0D", "\r"), ("%0A", "\n"), ("%25", "%")]);
        found.push(Command { kind: kind.to_owned(), properties, text });
    }
    found
}

/// What every log must hold, whatever the data says.
fn holds(audit: &Audit) -> Vec<Command> {
    let found = commands(&render(audit));
    for kind in ["error", "warning", "notice"] {
        assert!(found.iter().filter(|one| one.kind == kind).count() <= OF_A_KIND, "{kind}");
    }
    assert!(found.iter().all(|one| ["error", "warning", "notice"].contains(&one.kind.as_str())), "{found:?}");
    let last = found.last().unwrap();
    assert_eq!((last.kind.as_str(), last.properties["title"].as_str()), ("notice", "leadlint"));
    found
}

#[test]
fn findings_are_annotations_at_their_first_row() {
    let found = holds(&testing::sample());
    let first = &found[0];
    assert_eq!(first.kind, "error");
    assert_eq!(first.properties["title"], "DUP001 repeated-email");
    assert_eq!(first.properties["file"], "exports/leads-2026-09.csv");
    assert_eq!(first.properties["line"], "14");
    assert!(first.text.starts_with("leads · Email: 11 of 4,310 leads share an email with another"), "{}", first.text);
    assert!(first.text.contains("record 00Q5e000000018E with 00Q5e000000022F"), "{}", first.text);
}

#[test]
fn the_worst_are_chosen_and_the_last_line_says_what_is_left_out() {
    let mut audit = testing::sample();
    let model = audit.findings.remove(1);
    for at in 0..25 {
        let mut finding = model.clone();
        finding.source = format!("source {at}");
        finding.within_budget = at < 20;
        audit.findings.insert(0, finding);
    }
    let found = holds(&audit);
    let shown: Vec<&str> =
        found.iter().filter(|one| one.kind == "error").map(|one| one.text.split(" ·").next().unwrap()).collect();
    assert_eq!(shown.len(), 10);
    for at in 20..25 {
        assert!(shown.contains(&format!("source {at}").as_str()), "what fails the run comes first: {shown:?}");
    }
    assert!(found.last().unwrap().text.contains("10 of 26 error findings shown"), "{}", found.last().unwrap().text);
}

#[test]
fn rules_that_failed_take_their_place_among_the_errors() {
    let mut audit = testing::sample();
    audit.failed = testing::failed().failed;
    audit.failed.extend((0..11).map(|_| testing::failed().failed.remove(0)));
    let found = holds(&audit);
    assert_eq!(found.iter().filter(|one| one.text.starts_with("failed inside")).count(), 10);
    let last = &found.last().unwrap().text;
    assert!(last.contains("10 of 12 failed rules shown") && last.contains("0 of 2 error findings shown"), "{last}");
}

#[test]
fn hostile_texts_are_no_commands() {
    for cell in TEXTS {
        holds(&spoilt(cell));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_is_no_command(cell in r"(::|##\[|\r|\n|%|,|:|=| |error|[ -~]|\PC){0,24}") {
        holds(&spoilt(&cell));
    }
}
