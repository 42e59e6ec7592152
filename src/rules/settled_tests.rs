//! What is settled before any rule: converted leads, histories, windows, and the figures.

use std::sync::Arc;

use chrono::DateTime;

use super::audit::{Request, audit, settled};
use super::testing::flagged;
use crate::config::Selection;
use crate::evidence::{Audit, CreatedBy, Creator, Duplicates};
use crate::load::{Input, LoadOptions, SourceSpec, load};
use crate::model::{Absence, Kind, Object, Source};

fn sources(texts: &[(&str, &str, &str)], config: &crate::config::Options) -> Vec<Arc<Source>> {
    let folder = tempfile::tempdir().unwrap();
    let specs: Vec<SourceSpec> = texts
        .iter()
        .map(|(name, what, text)| {
            let path = folder.path().join(format!("{name}.csv"));
            std::fs::write(&path, text).unwrap();
            let object: Option<Object> = what.parse().ok();
            let options = config.sources.get(*name);
            SourceSpec {
                name: Some((*name).to_owned()),
                kind: Some(what.parse().unwrap_or(Kind::Crm)),
                object,
                system_users: options.map(|options| options.system_users.clone()).unwrap_or_default(),
                covers: options.and_then(|options| options.covers),
                ..SourceSpec::of(vec![Input::file(path)])
            }
        })
        .collect();
    settled(load(&specs, &LoadOptions::default()).unwrap(), config).unwrap()
}

/// The audit of sources: name, what a row is, text.
fn audited(toml: &str, texts: &[(&str, &str, &str)]) -> Audit {
    selected(toml, texts, Selection::default())
}

fn selected(toml: &str, texts: &[(&str, &str, &str)], selection: Selection) -> Audit {
    let config = crate::config::parse(toml, "leadlint.toml").unwrap();
    let now = DateTime::from_timestamp(4_000_000_000, 0).unwrap();
    let request = Request { selection, ..Request::new(&config, now) };
    audit(&sources(texts, &config), &request, &|_| ()).unwrap()
}

#[test]
fn a_converted_lead_is_no_evidence() {
    let text = |converted: &str| {
        format!(
            "Id,Email,LastName,CreatedDate,IsConverted\n1,ana@acme.example,Moss,2026-10-01,{converted}\n2,ana@acme.example,Moss,2026-10-02,false\n"
        )
    };
    assert_eq!(flagged("DUP001", "", &[("lead", &text("false"))]).len(), 2);
    assert_eq!(flagged("DUP001", "", &[("lead", &text("true"))]), []);
    let text = |converted: &str| {
        format!(
            "Id,Email,LastName,CreatedDate,IsConverted\n1,,Moss,2026-10-01,{converted}\n2,bo@acme.example,Lee,2026-10-02,false\n"
        )
    };
    assert_eq!(flagged("REQ001", "", &[("lead", &text("false"))]).len(), 1);
    assert_eq!(flagged("REQ001", "", &[("lead", &text("true"))]), []);
}

#[test]
fn a_deleted_lead_is_no_evidence() {
    let text = |deleted: &str| {
        format!("Id,Email,IsDeleted\n1,ana@acme.example,{deleted}\n2,ana@acme.example,false\n3,bo@acme.example,false\n")
    };
    assert_eq!(flagged("DUP001", "", &[("lead", &text("false"))]).len(), 2);
    assert_eq!(flagged("DUP001", "", &[("lead", &text("true"))]), []);
}

#[test]
fn histories_are_judged_for_their_formats_alone() {
    let text =
        "contact_id,timestamp,name,value\n1,2026-01-01,email,a\u{200B}b\n1,2026-01-02,email,b\n1,2026-01-02,city,\n";
    let audit = audited("", &[("contact_property_history", "contact", text)]);
    let of_data = audit.findings.iter().filter(|finding| !finding.code.starts_with("GOV"));
    assert_eq!(of_data.map(|finding| finding.code).collect::<Vec<_>>(), ["FMT005"]);
    let skipped = audit.skipped.iter().find(|skipped| skipped.code == "REQ003").unwrap();
    assert!(skipped.reason.contains("is a history"), "{}", skipped.reason);
    assert!(audit.notes.iter().any(|note| note.contains("only formats are judged there")), "{:?}", audit.notes);
}

#[test]
fn labels_of_fields_do_not_drift() {
    let text = |kind: &str| {
        format!(
            "name,label,{kind}\ncreatedate,Create Date,date\ncreatedate,Create Date,date\ncreatedate,Create Date,date\ncreatedate,Create date,date\n"
        )
    };
    let codes = |text: &str| -> Vec<&'static str> {
        let audit = audited("", &[("fields", "crm", text)]);
        audit.findings.iter().map(|finding| finding.code).filter(|code| !code.starts_with("GOV")).collect()
    };
    assert_eq!(codes(&text("field_type")), [""; 0]);
    assert_eq!(codes(&text("shade")), ["DRF001"]);
}

#[test]
fn a_period_that_the_rows_contradict_is_said_once() {
    let toml = "[sources.leads]\npath = \"x.csv\"\nkind = \"crm\"\ncovers = [\"2026-10-01\", \"2026-10-31\"]\n";
    let text = "Id,Email,LastName,CreatedDate\n1,a@x.example,Moss,2026-09-30\n2,b@x.example,Lee,2026-10-01\n3,c@x.example,Lee,2026-10-31 23:59\n";
    let notes = audited(toml, &[("leads", "lead", text)]).notes;
    let said: Vec<&String> = notes.iter().filter(|note| note.contains("covers")).collect();
    assert_eq!(said, ["1 rows of leads lie outside of the period that its `covers` states, 2026-10-01 to 2026-10-31"]);
    let text = text.replace("2026-09-30", "");
    assert!(!audited(toml, &[("leads", "lead", &text)]).notes.iter().any(|note| note.contains("covers")));
}

#[test]
fn what_is_excluded_is_counted_and_in_no_figure() {
    let text = "Id,Email,LastName,CreatedDate,IsDeleted\n1,,Moss,2026-10-01,true\n2,b@x.example,Lee,2026-10-02,false\n2,b@x.example,Lee,2026-10-02,false\n";
    let audit = audited("", &[("leads", "lead", text)]);
    let source = &audit.sources[0];
    assert_eq!(source.rows, 1);
    let excluded: Vec<(Absence, u64)> = source.excluded.iter().map(|one| (one.reason, one.rows)).collect();
    assert_eq!(excluded, [(Absence::Identical, 1), (Absence::Deleted, 1)]);
    assert!((audit.metrics.fill["leads.Email"] - 1.0).abs() < 1e-9);
    assert!(audit.findings.iter().all(|finding| finding.code != "REQ001"), "{:?}", audit.findings);
}

/// Three of one address, two of another, one of a third; a converted lead and an accepted pair beside them.
const COPIES: &str = "Id,Email,LastName,CreatedDate,CreatedBy,Lead Source,IsConverted\n\
    1,ana@acme.example,Moss,2026-10-05T09:00:00Z,Cy Hahn,Web,false\n\
    2,ana@acme.example,Moss,2026-10-06T09:00:00Z,Sync Bot,Chat,false\n\
    3,ana@acme.example,Moss,2026-10-12T09:00:00Z,Cy Hahn,Chat,false\n\
    4,bo@acme.example,Lee,,,,false\n\
    5,bo@acme.example,Lee,2026-01-01T09:00:00Z,Di Roth,Web,false\n\
    6,cy@acme.example,Voss,2026-10-07T09:00:00Z,Di Roth,Web,false\n\
    7,ana@acme.example,Moss,2026-10-13T09:00:00Z,Di Roth,Web,true\n";

#[test]
fn duplicates_are_counted_by_week_creator_and_source() {
    let toml = "[sources.leads]\npath = \"x.csv\"\nkind = \"crm\"\nsystem-users = [\" u-9 \"]\n";
    let users = "Id,Name,Email\nU-9,Sync Bot,sync@acme.example\nu-1,Cy Hahn,cy@corp.example\n";
    let audit = audited(toml, &[("leads", "lead", COPIES), ("users", "user", users)]);
    let metrics = &audit.metrics;
    let Duplicates { created, undated, per_week, by_creator, by_source, per_week_and_source } =
        metrics.duplicates.clone().unwrap();
    assert_eq!((created, undated), (3, 1));
    let weeks: Vec<(&str, u64)> = per_week.iter().map(|one| (one.week.as_str(), one.count)).collect();
    assert_eq!(weeks, [("2026-W41", 1), ("2026-W42", 1)]);
    let by = |creator, count| CreatedBy { creator, count };
    assert_eq!(
        by_creator,
        [by(Creator::Person("Cy Hahn".to_owned()), 1), by(Creator::System, 1), by(Creator::Unknown, 1)]
    );
    let from: Vec<(Option<&str>, u64)> = by_source.iter().map(|one| (one.source.as_deref(), one.count)).collect();
    assert_eq!(from, [(Some("Chat"), 2), (None, 1)]);
    // The third has no time, and so no week.
    let both = per_week_and_source.iter().map(|one| (one.week.as_str(), one.source.as_deref(), one.count));
    assert_eq!(both.collect::<Vec<_>>(), [("2026-W41", Some("Chat"), 1), ("2026-W42", Some("Chat"), 1)]);
    assert!((metrics.fill["leads.CreatedBy"] - 6.0 / 7.0).abs() < 1e-9);
    assert!((metrics.fill["users.Name"] - 1.0).abs() < 1e-9);
}

#[test]
fn accepted_duplicates_and_rules_that_did_not_run_count_nothing() {
    let toml = "[[accept]]\nrule = \"DUP001\"\nreason = \"two people\"\nowner = \"ops\"\nrecords = [\"4\", \"5\"]\n";
    let audit = audited(toml, &[("leads", "lead", COPIES)]);
    assert_eq!(audit.metrics.duplicates.unwrap().created, 2);
    let only = Selection::parse(&["REQ".to_owned()], &[], &super::known()).unwrap();
    assert_eq!(selected("", &[("leads", "lead", COPIES)], only).metrics.duplicates, None);
}
