//! The document says what baselines and exceptions say, and keeps to the room that a format has.

use super::*;
use crate::emit::{Pii, testing};
use crate::evidence::history::Run;
use crate::evidence::{
    AcceptState, Comparison, CreatedFrom, CreatedIn, CreatedInFrom, Exception, RuleChange, SourceChange,
};

const DEPTH: Depth =
    Depth { findings: 200, rows: 200, rows_in_all: 7, value: 60, pictures: true, rest: Some("more elsewhere") };

fn document(audit: &Audit, pii: Pii) -> Document {
    Document::of(audit, &testing::view(pii), DEPTH).unwrap()
}

/// All words of a section.
fn words(document: &Document, number: u8) -> String {
    let section = document.sections.iter().find(|section| section.number == number);
    section.map_or_else(String::new, |section| serde_json::to_string(section).unwrap())
}

#[test]
fn a_comparison_stands_in_section_2() {
    let mut audit = testing::sample();
    audit.comparison = Some(Comparison {
        baseline: "leadlint-baseline.json".to_owned(),
        as_of: audit.as_of,
        rules: vec![RuleChange { code: "DUP001".to_owned(), new: 8, known: 3, reopened: 1, fixed: 4 }],
        not_looked_at: 9,
        score: Some(90.1),
        sources: vec![
            SourceChange { place: "crm/lead".to_owned(), then: 4_000, now: Some(4_310) },
            SourceChange { place: "crm/deal".to_owned(), then: 7, now: None },
        ],
    });
    let said = words(&document(&audit, Pii::Show), 2);
    for part in [
        "8 new, 1 reopened, 3 known, 4 fixed, held against leadlint-baseline.json of 2026-10-31T21:14:03Z",
        "score: 91.4 now, 90.1 then",
        "crm/lead: 4,310 rows now, 4,000 then",
        "crm/deal: not read now, 7 then",
        "9 entries of the baseline are of rules that did not run",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
}

#[test]
fn exceptions_stand_in_section_10_with_owner_and_state() {
    let mut audit = testing::sample();
    audit.exceptions = vec![Exception {
        rule: "DUP001".to_owned(),
        records: (0..5).map(|n| format!("00Q5e00000000{n}A")).collect(),
        group: None,
        reason: "one mailbox, asked ann.lee@acme.example".to_owned(),
        owner: Some("ann.lee@acme.example".to_owned()),
        expires: Some("2026-11-20".to_owned()),
        state: AcceptState::Expiring,
        covers: 5,
    }];
    let said = words(&document(&audit, Pii::Show), 10);
    for part in ["ann.lee@acme.example", "2026-11-20", "expires soon", "and 2 more"] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    assert!(!words(&document(&audit, Pii::Mask), 10).contains("ann.lee@"));
}

#[test]
fn evidence_stops_where_the_room_ends_and_says_so() {
    let document = document(&testing::sample(), Pii::Show);
    let mut rows = 0;
    for block in document.sections.iter().flat_map(|section| &section.blocks) {
        if let Block::Finding(found) = block {
            let shown = found.evidence.as_ref().map_or(0, |table| table.rows.len());
            rows += shown;
            assert!(serde_json::to_string(&found.shown).unwrap().contains("shown") || found.evidence.is_none());
        }
    }
    assert_eq!(rows, 7);
    assert!(words(&document, 6).contains("7 of 11 rows shown; more elsewhere."));
}

#[test]
fn every_chart_of_the_sample_is_there_with_a_sentence_and_a_table() {
    let past = Some(vec![Run::of(&testing::sample())]);
    let document = document(&Audit { past, ..testing::sample() }, Pii::Mask);
    let mut names = Vec::new();
    for block in document.sections.iter().flat_map(|section| &section.blocks) {
        if let Block::Picture(picture) = block {
            names.push(picture.name);
            assert!(picture.says.ends_with('.') && !picture.rows.is_empty(), "{}: {}", picture.name, picture.says);
        }
    }
    let mut known = crate::emit::chart::NAMES;
    names.sort_unstable();
    known.sort_unstable();
    assert_eq!(names, known);
}

#[test]
fn the_first_run_of_a_history_is_said_and_not_drawn() {
    let first = document(&Audit { past: Some(Vec::new()), ..testing::sample() }, Pii::Mask);
    assert!(words(&first, 5).contains("One run has no trend yet") && !words(&first, 5).contains("run by run"));
    assert!(!words(&document(&testing::sample(), Pii::Mask), 5).contains("One run has no trend yet"));
}

#[test]
fn duplicates_are_drawn_by_week_and_origin_and_further_origins_together() {
    let mut audit = testing::sample();
    let duplicates = audit.metrics.duplicates.as_mut().unwrap();
    duplicates.per_week = vec![CreatedIn { week: "2026-W44".to_owned(), count: 28 }];
    duplicates.per_week_and_source = (1..=7)
        .map(|count| CreatedInFrom { week: "2026-W44".to_owned(), source: Some(format!("o{count}")), count })
        .collect();
    duplicates.by_source =
        (1..=7).rev().map(|count| CreatedFrom { source: Some(format!("o{count}")), count }).collect();
    let document = document(&audit, Pii::Mask);
    let drawn = document.sections.iter().flat_map(|section| &section.blocks).find_map(|block| match block {
        Block::Picture(picture) if picture.name == "duplicates-by-week" => Some(picture),
        _ => None,
    });
    let drawn = drawn.unwrap();
    assert_eq!(drawn.headers, ["week", "o7", "o6", "o5", "o4", "o3", "2 further origins", "duplicates"]);
    assert_eq!(drawn.rows, [["2026-W44", "7", "6", "5", "4", "3", "3", "28"]]);
    assert!(drawn.says.contains("Of all, 7 of 14 came from o7; 5 of 7 origins shown."), "{}", drawn.says);
    assert!(drawn.svg.contains(">o7</text>") && drawn.svg.contains(">28</text>"), "{}", drawn.svg);
}
