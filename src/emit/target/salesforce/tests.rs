//! Limits, forms and what the files hold.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::apex::{SCRIPT, STATEMENTS, merges, undeletes, undo};
use super::fields::Object;
use super::files::bulk;
use super::job::{Change, Changes, Merging};

fn id(prefix: &str, number: usize) -> String {
    format!("{prefix}5e00000{number:08}AAA").chars().take(18).collect()
}

fn merging(number: usize, losers: usize, value: &str) -> Merging {
    let survivor = id("00Q", number * 100);
    let losers: Vec<String> = (1..=losers).map(|loser| id("00Q", number * 100 + loser)).collect();
    let change = Change { old: String::new(), new: value.to_owned() };
    let seen = std::iter::once(&survivor)
        .chain(&losers)
        .map(|id| (id.clone(), BTreeMap::from([("City".to_owned(), vec![String::new()])])))
        .collect();
    Merging { object: Object::Lead, survivor, losers, changes: [("City".to_owned(), change)].into(), seen }
}

#[test]
fn ten_thousand_groups_stay_within_the_limits() {
    let all: Vec<Merging> = (1..=10_000).map(|number| merging(number, 1 + number % 4, "Bonn")).collect();
    let scripts = merges(&all);
    assert_eq!(scripts.too_large, 0);
    let mut groups = 0;
    for text in scripts.texts.iter().chain(&undo(&all).texts) {
        assert!(text.len() <= SCRIPT && text.is_ascii(), "{}", text.len());
    }
    for text in &scripts.texts {
        groups += text.matches("\"survivor\"").count();
        let statements: usize = text
            .split("\"losers\":[")
            .skip(1)
            .map(|rest| rest.split(']').next().unwrap().matches("00Q").count().div_ceil(2))
            .sum();
        assert!(statements < STATEMENTS, "{statements}");
    }
    assert_eq!(groups, 10_000);
}

#[test]
fn a_merge_that_no_script_can_hold_is_counted() {
    let scripts = merges(&[merging(1, 1, &"x".repeat(40_000)), merging(2, 1, "Bonn")]);
    assert_eq!((scripts.too_large, scripts.texts.len()), (1, 1));
}

/// Reads the literal of a script back, as Apex does, and then its JSON.
fn data(script: &str) -> serde_json::Value {
    let text = script.split("deserializeUntyped('").nth(1).unwrap();
    let (mut out, mut chars) = (String::new(), text.chars());
    loop {
        match chars.next().unwrap() {
            '\'' => break,
            '\\' => match chars.next().unwrap() {
                c @ ('\\' | '\'') => out.push(c),
                other => panic!("\\{other} is no escape of Apex"),
            },
            c => out.push(c),
        }
    }
    serde_json::from_str(&out).unwrap()
}

#[test]
fn what_is_compared_stands_in_a_script_as_short_as_can_be() {
    let mut merge = merging(1, 1, "Bonn");
    let survivor = merge.survivor.clone();
    let seen = merge.seen.get_mut(&survivor).unwrap();
    seen.insert("Description".to_owned(), vec!["a\r\n".repeat(5_000)]);
    seen.insert("LastName".to_owned(), vec!["Lind ".to_owned(), "Lind".to_owned()]);
    seen.insert("Notes__c".to_owned(), Vec::new());
    let read = data(&merges(&[merge]).texts[0]);
    let fields = read[0]["seen"][&survivor].as_object().unwrap();
    // The digest of the text with plain line ends, as Salesforce holds it.
    let digest = "fcd7d7858e32dc9eb11a8a165309d488cc45372381d60d3030332f625609d761";
    assert_eq!(fields["Description"]["sha256"], digest);
    assert_eq!(fields["LastName"], serde_json::json!(["Lind ", "Lind"]));
    assert!(!fields.contains_key("Notes__c"), "{fields:?}");
}

#[test]
fn deleted_records_come_back_a_thousand_a_script() {
    let records = (0..2_500).map(|number| (id("006", number), BTreeMap::new())).collect();
    let texts = undeletes(&BTreeMap::from([(Object::Opportunity, records)]));
    assert_eq!(texts.len(), 3);
    assert!(
        texts.iter().all(|text| text.len() <= SCRIPT && !text.contains("'SELECT Id, MasterRecordId")),
        "{}",
        texts[0].len()
    );
    assert_eq!(data(&texts[2]).as_array().unwrap().len(), 500);
}

proptest! {
    #[test]
    fn hostile_cells_are_data(value in "\\PC{0,40}|['\"\\\\\n\r\t*/$`{}\u{202E}\u{2028}é😀]{0,30}") {
        let scripts = merges(&[merging(1, 1, &value)]);
        prop_assert!(scripts.texts[0].is_ascii());
        let read = data(&scripts.texts[0]);
        prop_assert_eq!(read[0]["set"]["City"].as_str().unwrap(), &value);
        let changes: Changes = [("City".to_owned(), Change { old: "x".to_owned(), new: value.clone() })].into();
        let records = BTreeMap::from([(id("00Q", 1), changes)]);
        for (back, wanted) in [(false, value.as_str()), (true, "x")] {
            let (_, text) = bulk("update/values-lead", &records, back).remove(0);
            let mut rows = csv::Reader::from_reader(text.as_bytes());
            prop_assert_eq!(rows.headers().unwrap(), vec!["Id", "City"]);
            let row = rows.records().next().unwrap().unwrap();
            prop_assert_eq!(&row[1], if wanted.is_empty() { "#N/A" } else { wanted });
        }
    }
}
