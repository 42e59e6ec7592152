//! What a plan does about records of one person that disagree on consent.

use super::tests::{leads, request};
use super::*;
use crate::config::parse;
use crate::normalise::Table;
use crate::rules::audit::audit;

fn cleanup(text: &str, config: &str, decide: &[&str]) -> Cleanup {
    let config = parse(config, "leadlint.toml").unwrap();
    let (sources, request) = ([leads(text)], request(&config));
    let before = audit(&sources, &request, &|_| ()).unwrap();
    clean(&before, &sources, &request, &Decisions::parse(decide.iter().copied()).unwrap(), &|_| ()).unwrap()
}

const PAIR: &str = "Id,Email,LastName,City,Industry,HasOptedOutOfEmail\n1,ana@acme.example,Moss,Bonn,Retail,false\n\
    2,ana@acme.example,Moss,,,true\n3,bo@acme.example,Lee,Ulm,Retail,false\n";

/// Record, old and new value of each cell that is set.
fn sets(cleanup: &Cleanup) -> Vec<(String, String, String)> {
    let sets = cleanup.plan.operations.iter().filter_map(|operation| match operation {
        Operation::Set(set) => Some(set),
        _ => None,
    });
    sets.map(|set| (set.at.record.clone().unwrap_or_default(), set.old.clone().unwrap_or_default(), set.new.clone()))
        .collect()
}

#[test]
fn consent_waits_for_a_decision_and_then_the_strictest_is_set() {
    let undecided = cleanup(PAIR, "", &[]);
    assert_eq!(sets(&undecided), []);
    let aside: Vec<_> = undecided.plan.set_aside.iter().filter(|aside| aside.code == "CNS001").collect();
    assert!(aside.iter().any(|aside| aside.class == Aside::Undecided && aside.count == 1), "{aside:?}");
    let decided = cleanup(PAIR, "", &["CNS001=accept"]);
    assert_eq!(sets(&decided), [("1".to_owned(), "false".to_owned(), "true".to_owned())]);
    assert!(decided.plan.operations.iter().all(|operation| operation.grounds().safety != crate::model::Safety::Safe));
    assert!(decided.after.evidence.rows().iter().all(|row| row.code != "CNS001"));
}

#[test]
fn a_merge_of_the_same_records_takes_the_consent_with_it() {
    let both = cleanup(PAIR, "", &["CNS001=accept", "DUP001=accept"]);
    // The survivor is set before the merge, which keeps what it says; who is merged away needs nothing.
    assert_eq!(sets(&both), [("1".to_owned(), "false".to_owned(), "true".to_owned())]);
    let merge = both.plan.merges().next().unwrap();
    assert_eq!(merge.survivor.record.as_deref(), Some("1"));
    assert!(merge.fields.iter().filter(|field| field.header == "HasOptedOutOfEmail").all(|field| !field.changes()));
    let left = &both.applied[0];
    let consent = Table::new(Arc::clone(left), 0, None);
    let column = left.column_named("HasOptedOutOfEmail").unwrap();
    assert_eq!(consent.text(column).iter().flatten().collect::<Vec<_>>(), ["true", "false"]);
    // Without a word on consent, the merge itself takes the strictest.
    let merged = cleanup(PAIR, "", &["DUP001=accept"]);
    let fields = &merged.plan.merges().next().unwrap().fields;
    let consent = fields.iter().find(|field| field.header == "HasOptedOutOfEmail").unwrap();
    assert_eq!(consent.value.as_deref(), Some("true"));
    assert!(both.after.evidence.rows().iter().all(|row| row.code != "CNS001"));
}

#[test]
fn nothing_loosens_consent() {
    let text = "Id,Email,Email Consent\n1,ana@acme.example,declined\n2,bo@acme.example,accepted\n3,cy@acme.example,accepted\n\
        4,di@acme.example,accepted\n";
    let config = "[drift.aliases.\"Email Consent\"]\naccepted = [\"declined\"]\n";
    let cleanup = cleanup(text, config, &["DRF001=accept"]);
    assert_eq!(sets(&cleanup), []);
}
