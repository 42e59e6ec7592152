//! Tests of the plan as a whole: from exports to the audit after.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::{TimeZone, Utc};
use proptest::prelude::*;

use super::*;
use crate::config::options::Options;
use crate::config::parse;
use crate::evidence::Evidence;
use crate::load::{Input, LoadOptions, SourceSpec, load};
use crate::model::Safety;
use crate::rules::audit::{audit, settled};

/// A source called `leads`, from text.
pub(crate) fn leads(text: &str) -> Arc<Source> {
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let spec = SourceSpec {
        name: Some("leads".to_owned()),
        configured: true,
        kind: Some(crate::model::Kind::Crm),
        object: Some(crate::model::Object::Lead),
        inputs: vec![Input::file(file.path())],
        ..SourceSpec::default()
    };
    settled(load(&[spec], &LoadOptions::default()).unwrap(), &Options::default()).unwrap().remove(0)
}

pub(crate) fn request(config: &Options) -> Request<'_> {
    Request {
        command: vec!["leadlint".to_owned(), "clean".to_owned(), "leads.csv".to_owned()],
        ..Request::new(config, Utc.with_ymd_and_hms(2026, 11, 1, 0, 0, 0).unwrap())
    }
}

pub(super) fn cleanup(text: &str, config: &str, decide: &str) -> Cleanup {
    let config = parse(config, "leadlint.toml").unwrap();
    let mut source = Source::clone(&leads(text));
    source.system_users = config.sources.get("leads").map(|of| of.system_users.clone()).unwrap_or_default();
    let sources = [Arc::new(source)];
    let request = request(&config);
    let before = audit(&sources, &request, &|_| ()).unwrap();
    clean(&before, &sources, &request, &Decisions::parse([decide]).unwrap(), &|_| ()).unwrap()
}

/// Enough rows for a column to be a category.
fn drifting() -> String {
    let mut text = "Id,Email,Created Date,Region,City,Industry\n".to_owned();
    for n in 0..60 {
        let region = ["EMEA", "Latin America", "North America"][n % 3];
        writeln!(text, "r{n:02},p{n}@acme.example,2026-01-{:02},{region},,Retail", n % 28 + 1).unwrap();
    }
    // The same person twice, a spelling variant with a stray space on the one that goes, another elsewhere.
    text.push_str("x1,ana@acme.example,2026-01-01,,Bonn,Retail\nx2,ana@acme.example,2026-01-02, emea,,\n");
    text.push_str("x3,bo@acme.example,2026-01-02, latin america,Ulm ,\n");
    text
}

#[test]
fn what_is_planned_is_mended() {
    let cleanup = cleanup(&drifting(), "[audit]\nowner = \"ops\"\n", "DUP001=accept,DRF001=accept,FMT005=accept");
    assert!(cleanup.convergence.converged(), "{:?}", cleanup.convergence);
    assert!(cleanup.convergence.new.is_empty(), "{:?}", cleanup.convergence.new);
    let of = |code| cleanup.convergence.rules.iter().find(|rule| rule.code == code).unwrap();
    assert_eq!((of("DUP001").before, of("DUP001").planned, of("DUP001").after), (2, 2, 0));
    assert_eq!((of("DRF001").before, of("DRF001").after), (2, 0));
    assert_eq!((of("FMT005").before, of("FMT005").after), (3, 0));
    // The value that survives the merge is the canonical one, from the record that goes.
    let merge = cleanup.plan.merges().next().unwrap();
    let region = merge.fields.iter().find(|field| field.header == "Region").unwrap();
    assert_eq!((region.value.as_deref(), region.from.as_slice()), (Some("EMEA"), &["x2".to_owned()][..]));
    assert!(region.why.contains("as DRF001 writes it"), "{}", region.why);
    let decided = &merge.grounds.decision;
    let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 28);
    assert_eq!(*decided, Decision::Accepted { by: Some("ops".to_owned()), on: day });
}

#[test]
fn safe_changes_need_no_decision_and_the_rest_waits() {
    let cleanup = cleanup(&drifting(), "", "");
    assert_eq!(cleanup.plan.merges().count(), 0);
    let sets: Vec<(&str, Safety)> = cleanup.plan.sets().map(|set| (set.header.as_str(), set.grounds.safety)).collect();
    assert!(sets.iter().all(|(_, safety)| *safety == Safety::Safe), "{sets:?}");
    assert!(sets.contains(&("City", Safety::Safe)), "{sets:?}");
    let waiting: BTreeSet<&str> =
        cleanup.plan.set_aside.iter().filter(|aside| aside.class == Aside::Undecided).map(|aside| aside.code).collect();
    assert_eq!(waiting, BTreeSet::from(["DRF001", "DUP001"]));
}

#[test]
fn conflicts_are_said_and_the_canonical_value_answers_both() {
    let cleanup = cleanup(&drifting(), "", "DRF001=accept,FMT005=accept");
    let set = cleanup.plan.sets().find(|set| set.at.record.as_deref() == Some("x3") && set.header == "Region").unwrap();
    assert_eq!((set.new.as_str(), set.grounds.codes()), ("Latin America", vec!["DRF001", "FMT005"]));
    let conflicts: Vec<&SetAside> =
        cleanup.plan.set_aside.iter().filter(|aside| aside.class == Aside::Conflict).collect();
    assert_eq!(conflicts.len(), 1);
    assert!(conflicts[0].code == "FMT005" && conflicts[0].why.contains("DRF001"), "{conflicts:?}");
}

#[test]
fn rejected_and_accepted_evidence_is_set_aside() {
    let rejected = cleanup(&drifting(), "", "FMT005=reject,DUP001=accept");
    let of = |class| {
        rejected.plan.set_aside.iter().filter(|aside| aside.class == class).map(|aside| aside.count).sum::<u64>()
    };
    assert_eq!(of(Aside::Rejected), 3);
    assert_eq!(rejected.plan.decisions.len(), 2);
    assert_eq!(rejected.plan.decisions.iter().find(|decision| decision.code == "FMT005").unwrap().rows, 3);
    let config = "[[accept]]\nrule = \"DUP001\"\nrecords = [\"x1\", \"x2\"]\nreason = \"two people\"\n";
    let accepted = cleanup(&drifting(), config, "DUP001=accept");
    assert_eq!(accepted.plan.merges().count(), 0);
    assert!(accepted.plan.set_aside.iter().any(|aside| aside.class == Aside::Accepted && aside.count == 2));
}

#[test]
fn a_value_that_the_encoding_lacks_is_set_aside() {
    let source = leads("Id,Email,City\n1,a@acme.example,x\n");
    let mut source = Source::clone(&source);
    let dialect = source.files[0].dialect.unwrap();
    source.files[0].dialect =
        Some(crate::model::Dialect { encoding: crate::model::TextEncoding::Windows1252, ..dialect });
    let sources = [Arc::new(source)];
    let config = Options::default();
    let mut before = audit(&sources, &request(&config), &|_| ()).unwrap();
    before.evidence = Evidence::from_rows(vec![evidence(&sources[0], "FMT005", "City", "x", Some("Łódź 🏭"))]);
    let plan = build(&before, &sources, &config, &Decisions::default());
    assert!(plan.operations.is_empty());
    assert_eq!(plan.set_aside[0].class, Aside::Unwritable);
    assert!(plan.set_aside[0].why.contains("windows-1252"));
}

fn evidence(
    source: &Source,
    code: &'static str,
    column: &str,
    value: &str,
    new: Option<&str>,
) -> crate::evidence::EvidenceRow {
    crate::evidence::EvidenceRow {
        code,
        source: source.name.clone(),
        column: Some(column.to_owned()),
        file: Some(source.files[0].path.clone()),
        row: Some(1),
        line: Some(2),
        record_id: Some("1".to_owned()),
        other_source: None,
        other_id: None,
        value: Some(value.to_owned()),
        suggested: new.map(str::to_owned),
        group: None,
        confidence: 1.0,
        safety: Safety::Safe,
        detail: String::new(),
        fingerprint: format!("{code}{column}{value}"),
        status: crate::model::Status::New,
    }
}

#[test]
fn automations_that_read_changed_fields_are_named() {
    let config = "[[automation]]\nname = \"route\"\nuses = [\"leads.City\", \"leads.Industry\"]\n\
                  [[automation]]\nname = \"other\"\nuses = [\"leads.Email\"]\n[sources.leads]\n";
    let cleanup = cleanup(&drifting(), config, "");
    assert_eq!(cleanup.plan.wakes.len(), 1);
    assert_eq!(
        (cleanup.plan.wakes[0].name.as_str(), cleanup.plan.wakes[0].fields.as_slice()),
        ("route", &["leads.City".to_owned()][..])
    );
}

#[test]
fn the_schema_of_plans_describes_plans() {
    let text = serde_json::to_string(&schema()).unwrap();
    for key in ["before_after", "given_up", "decided_on", "irreversible", "set_aside"] {
        assert!(text.contains(key), "{key}");
    }
}

fn document(cleanup: &Cleanup) -> String {
    Document::new(&cleanup.plan, &cleanup.convergence).to_json().unwrap()
}

/// A cell of the kinds that plans are about.
fn region() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["EMEA", "emea", " EMEA", "E.M.E.A.", "Latin America", "latin  america", "APAC", ""])
}

fn address() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a@x.example", "A@x.example", "b@x.example", "c@x.example", "d@x.example", "n/a", ""])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn plans_are_free_of_conflicts_do_not_depend_on_order_and_converge(
        rows in prop::collection::vec((address(), address(), region(), region()), 1..40),
        seed in any::<u64>(),
    ) {
        let mut text = "Id,Email,Email 2,Region,City,Created Date\n".to_owned();
        for (n, (email, further, region, city)) in rows.iter().enumerate() {
            writeln!(text, "r{n},{email},{further},{region},{city},2026-01-{:02}", n % 28 + 1).unwrap();
        }
        let config = parse("[drift]\ncolumns = [\"Region\"]\n", "leadlint.toml").unwrap();
        let sources = [leads(&text)];
        let request = request(&config);
        let mut before = audit(&sources, &request, &|_| ()).unwrap();
        let decisions = Decisions::parse(["DUP001=accept,DRF001=accept,FMT005=accept"]).unwrap();
        let cleanup = clean(&before, &sources, &request, &decisions, &|_| ()).unwrap();

        let mut cells = BTreeSet::new();
        let mut losers = BTreeSet::new();
        for operation in &cleanup.plan.operations {
            for (column, ..) in operation.cells() {
                prop_assert!(cells.insert((operation.place().row, column)), "one cell twice");
            }
        }
        for merge in cleanup.plan.merges() {
            losers.extend(merge.losers.iter().map(|loser| loser.row));
        }
        prop_assert!(cells.iter().all(|(row, _)| !losers.contains(row)), "a loser is changed");
        prop_assert_eq!(cleanup.applied[0].height(), rows.len() - losers.len());
        prop_assert!(cleanup.convergence.converged(), "{:?}", cleanup.convergence.left);

        let mut shuffled = before.evidence.rows();
        let mut state = seed | 1;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(at, (state >> 33) as usize % (at + 1));
        }
        before.evidence = Evidence::from_rows(shuffled);
        let again = clean(&before, &sources, &request, &decisions, &|_| ()).unwrap();
        prop_assert_eq!(document(&cleanup), document(&again));
    }
}
