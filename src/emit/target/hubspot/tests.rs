//! Plans of exports, written and read back.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;

use super::job::LeftOut;
use super::*;
use crate::config::parse;
use crate::load::{Input, LoadOptions, SourceSpec, load};
use crate::model::{Kind, Object, Safety};
use crate::plan::{
    Cited, Convergence, Decision, Delete, FieldChoice, Grounds, Merge, Operation, Place, Set, SetKind, Woken,
};

const HEADER: &str = "Record ID,First Name,Email,City,Newsletter Opt In,Unsubscribed from all email,Lifecycle Stage,Create Date,Shoe Size\n";

fn source(csv: &str, object: Object, synced: Option<&str>) -> Arc<Source> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contacts.csv");
    fs::write(&path, csv).unwrap();
    let spec = SourceSpec {
        name: Some("contacts".to_owned()),
        kind: Some(Kind::Crm),
        object: Some(object),
        vendor: Some("hubspot".to_owned()),
        inputs: vec![Input::file(&path)],
        synced_with: synced.map(str::to_owned),
        ..SourceSpec::default()
    };
    Arc::new(load(&[spec], &LoadOptions::default()).unwrap().remove(0))
}

fn contacts(rows: &str) -> Arc<Source> {
    source(&format!("{HEADER}{rows}"), Object::Contact, None)
}

fn grounds(code: &'static str) -> Grounds {
    let evidence = vec![Cited { code, group: None, fingerprints: Vec::new(), rows: 1 }];
    Grounds { evidence, safety: Safety::Review, decision: Decision::Safe, reason: String::new() }
}

fn cell(source: &Source, row: u32, header: &str) -> Option<String> {
    source.frame.column(header).unwrap().str().unwrap().get(row as usize).map(str::to_owned)
}

fn place(source: &Source, row: u32) -> Place {
    let id = source.header(0).to_owned();
    Place {
        source: 0,
        row,
        file: source.files[0].path.clone(),
        file_row: u64::from(row) + 1,
        line: None,
        record: cell(source, row, &id).filter(|id| !id.is_empty()),
    }
}

fn set(source: &Source, row: u32, header: &str, new: &str) -> Operation {
    Operation::Set(Set {
        kind: SetKind::Value,
        at: place(source, row),
        column: source.frame.get_column_index(header).unwrap(),
        header: header.to_owned(),
        old: cell(source, row, header),
        new: new.to_owned(),
        grounds: grounds("DRF001"),
    })
}

/// Merges all later rows into the first; `fields` are header, value that survives, row that it comes from.
fn merge(source: &Source, losers: &[u32], fields: &[(&str, &str, u32)]) -> Operation {
    let field = |(header, value, from): &(&str, &str, u32)| FieldChoice {
        column: source.frame.get_column_index(header).unwrap(),
        header: (*header).to_owned(),
        old: cell(source, 0, header),
        value: Some((*value).to_owned()),
        from: place(source, *from).record.into_iter().collect(),
        why: String::new(),
        given_up: Vec::new(),
    };
    Operation::Merge(Merge {
        survivor: place(source, 0),
        losers: losers.iter().map(|row| place(source, *row)).collect(),
        fields: fields.iter().map(field).collect(),
        repointed: Vec::new(),
        notes: Vec::new(),
        grounds: grounds("DUP001"),
    })
}

fn plan(operations: Vec<Operation>) -> Plan {
    let mut plan = super::super::testing::plan(operations);
    plan.heading.as_of = Some("2026-11-20T10:00:00Z".parse().unwrap());
    plan.heading.owner = Some("revops@acme.example".to_owned());
    plan.wakes = vec![Woken {
        name: "route \"by\" city".to_owned(),
        action: None,
        fields: vec!["contacts.City".to_owned()],
        paused: true,
    }];
    plan
}

struct Out {
    files: BTreeMap<String, String>,
    runbook: String,
    work: Value,
}

impl Out {
    fn steps(&self) -> &[Value] {
        self.work["steps"].as_array().unwrap()
    }
}

fn written(operations: Vec<Operation>, source: &Arc<Source>, config: &str) -> Out {
    let (config, folder) = (parse(config, "leadlint.toml").unwrap(), tempfile::tempdir().unwrap());
    let nothing = Convergence::default();
    let cx = Context { config: &config, config_file: None, before_after: &nothing, folder: Path::new("out") };
    let (plan, sources) = (plan(operations), std::slice::from_ref(source));
    let written = Hubspot.write(&plan, sources, folder.path(), &cx).unwrap();
    let read = |one: &Written| fs::read_to_string(folder.path().join(&one.path)).unwrap();
    let files: BTreeMap<String, String> = written.iter().map(|one| (one.path.clone(), read(one))).collect();
    let work = serde_json::from_str(&files["hubspot/work.json"]).unwrap();
    Out { work, files, runbook: Hubspot.steps(&plan, sources, &cx) }
}

fn left_out(operations: Vec<Operation>, source: &Arc<Source>, config: &str) -> Vec<LeftOut> {
    let config = parse(config, "leadlint.toml").unwrap();
    Job::new(&plan(operations), std::slice::from_ref(source), &config.targets.hubspot).left_out
}

#[test]
fn labels_become_names_and_what_has_none_is_said() {
    let source = contacts("1,Ana,a@x.example,Bonn ,Yes,false,Lead,2026-01-01 09:00,40\n");
    let operations = || {
        vec![
            set(&source, 0, "City", "Bonn"),
            set(&source, 0, "First Name", ""),
            set(&source, 0, "Shoe Size", "41"),
            set(&source, 0, "Create Date", "2026-01-02"),
            set(&source, 0, "Newsletter Opt In", "No"),
        ]
    };
    let config = "[targets.hubspot.properties]\n\"Newsletter Opt In\" = \"optin\"\n";
    let out = written(operations(), &source, config);
    assert_eq!(out.work["plan"].as_str().unwrap().len(), 16);
    assert_eq!(out.work["automations"][0], "route \"by\" city");
    let steps = out.steps();
    assert_eq!((steps[0]["kind"].as_str(), steps[1]["kind"].as_str()), (Some("consent"), Some("set")));
    assert_eq!(steps[0]["cells"][0]["property"], "optin");
    let names: Vec<&str> =
        steps[1]["cells"].as_array().unwrap().iter().map(|cell| cell["property"].as_str().unwrap()).collect();
    assert_eq!((names, steps.len()), (vec!["city", "firstname"], 2));
    assert_eq!(out.files["hubspot/import-contacts.csv"], "Record ID,City,Newsletter Opt In,Shoe Size\n1,Bonn,No,41\n");
    for said in [
        "only the import file has it; for the runner name it under",
        "contacts · Create Date (1): HubSpot writes it itself",
        "apply --automations-paused",
        "Owner: revops@acme.example",
    ] {
        assert!(out.runbook.contains(said), "{said} is not in {}", out.runbook);
    }
    let config =
        "[targets.hubspot.properties]\n\"contacts.Shoe Size\" = \"shoe_size\"\n\"Newsletter Opt In\" = \"optin\"\n";
    let out = written(operations(), &source, config);
    assert_eq!(out.steps()[1]["cells"][2]["property"], "shoe_size");
}

#[test]
fn settings_of_no_use_are_refused() {
    for (config, says) in [
        ("[targets.hubspot.properties]\nCity = \"The City\"\n", "is no internal name"),
        ("[targets.hubspot.objects]\ncontacts = \"a/b\"\n", "is no object"),
    ] {
        let config = parse(config, "leadlint.toml").unwrap();
        assert!(Hubspot.check(&config).unwrap_err().to_string().contains(says));
    }
    let source = contacts("1,Ana,a@x.example,Bonn,Yes,false,Lead,2026-01-01 09:00,40\n");
    let config = parse("[targets.hubspot.objects]\ncontact = \"contacts\"\n", "leadlint.toml").unwrap();
    let (nothing, folder) = (Convergence::default(), tempfile::tempdir().unwrap());
    let cx = Context { config: &config, config_file: None, before_after: &nothing, folder: Path::new("out") };
    let refused = Hubspot.write(&plan(Vec::new()), &[source], folder.path(), &cx).unwrap_err().to_string();
    assert!(refused.contains("did you mean `contacts`?"), "{refused}");
}

#[test]
fn nothing_is_written_for_records_that_another_crm_masters() {
    let text = "Record ID,City,Salesforce Contact ID\n1,Bonn ,0035e000001\n2,Ulm ,\n";
    let all = |source: &Arc<Source>| {
        vec![
            set(source, 0, "City", "Bonn"),
            set(source, 1, "City", "Ulm"),
            Operation::Delete(Delete { at: place(source, 0), grounds: grounds("JNK001") }),
            merge(source, &[1], &[]),
        ]
    };
    let by_id = source(text, Object::Contact, None);
    let out = written(all(&by_id), &by_id, "");
    assert_eq!(out.steps().len(), 1);
    assert_eq!(out.steps()[0]["id"], "2");
    assert!(out.runbook.contains("synced with Salesforce: clean up there first"), "{}", out.runbook);
    let by_config = source(text, Object::Contact, Some("salesforce"));
    let out = written(all(&by_config), &by_config, "");
    assert!(out.steps().is_empty() && out.runbook.contains("salesforce masters these records"), "{}", out.runbook);
    let own = source(text, Object::Contact, Some("HubSpot"));
    assert_eq!(written(all(&own), &own, "").steps().len(), 1);
}

#[test]
fn an_object_that_is_unclear_has_to_be_said() {
    let leads = source("Record ID,City\n1,Bonn \nx7,Ulm \n", Object::Lead, None);
    let operations = || vec![set(&leads, 0, "City", "Bonn"), set(&leads, 1, "City", "Ulm")];
    assert!(
        left_out(operations(), &leads, "")[0].why.contains("[targets.hubspot.objects], as contacts = \"contacts\"")
    );
    let config = "[targets.hubspot.objects]\ncontacts = \"contacts\"\n";
    let out = written(operations(), &leads, config);
    assert_eq!((out.steps().len(), out.steps()[0]["object"].as_str()), (1, Some("contacts")));
    assert!(out.runbook.contains("the record has no id of HubSpot"));
}

#[test]
fn a_merge_carries_what_each_record_showed_and_what_survives() {
    let source = contacts(
        "1,Ana,a@x.example,,Yes,false,Lead,2026-01-01 09:00,\n2,Ann,a@x.example,Ulm,No,false,Customer,2026-01-02 09:00,40\n",
    );
    let fields = [
        ("First Name", "Ana", 0),
        ("City", "Ulm", 1),
        ("Newsletter Opt In", "No", 1),
        ("Lifecycle Stage", "Customer", 1),
        ("Create Date", "2026-01-01 09:00", 0),
        ("Shoe Size", "40", 1),
    ];
    let config = "[targets.hubspot.properties]\n\"Newsletter Opt In\" = \"optin\"\n";
    let operations = vec![merge(&source, &[1], &fields), set(&source, 0, "Email", "b@x.example")];
    let out = written(operations, &source, config);
    let step = &out.steps()[0];
    assert_eq!((step["survivor"].as_str(), step["losers"][0].as_str()), (Some("1"), Some("2")));
    assert_eq!(step["seen"]["2"]["lifecyclestage"], "Customer");
    assert_eq!(step["seen"]["1"].as_object().unwrap().len(), 5, "what HubSpot writes itself is not compared: {step}");
    assert_eq!(step["consent"]["optin"]["new"], "No");
    let values: Vec<&String> = step["values"].as_object().unwrap().keys().collect();
    assert_eq!(values, ["city", "firstname"], "HubSpot keeps the furthest stage and the first date itself");
    assert_eq!(step["values"]["city"]["from"][0], "2");
    assert!(out.runbook.contains("Shoe Size of merged records"), "{}", out.runbook);
    assert!(out.runbook.contains("by 2026-11-22 10:00 UTC (48 h)"), "{}", out.runbook);
    assert!(!out.files.contains_key("hubspot/import-contacts.csv"), "a merged record gets another id");
}

#[test]
fn consent_that_is_mended_goes_with_the_merge() {
    let source =
        contacts("1,Ana,a@x.example,Bonn,Yes,,,,\n2,Ana,a@x.example,Bonn,Yes,,,,\n3,Bo,b@x.example,Ulm,Yes,,,,\n");
    let config = "[targets.hubspot.properties]\n\"Newsletter Opt In\" = \"optin\"\n";
    let to_no = |row| set(&source, row, "Newsletter Opt In", "No");
    let out = written(vec![merge(&source, &[1], &[]), to_no(0), to_no(2)], &source, config);
    let steps = out.steps();
    assert_eq!((steps.len(), &steps[0]["kind"], &steps[0]["id"]), (2, &Value::from("consent"), &Value::from("3")));
    assert_eq!(steps[1]["consent"]["optin"]["new"], "No");
}

#[test]
fn consent_or_a_value_that_cannot_be_written_forbids_the_merge() {
    let source = contacts(
        "1,Ana,a@x.example,Bonn,,false,Lead,2026-01-01 09:00,39\n2,Ana,a@x.example,Bonn,Yes,true,Lead,2026-01-02 09:00,40\n",
    );
    for (fields, says) in [
        ([("Unsubscribed from all email", "true", 1)], "record it on every one of the records in HubSpot"),
        ([("Newsletter Opt In", "", 0)], "Newsletter Opt In has to survive"),
        ([("Shoe Size", "40", 1)], "a value of Shoe Size has to replace the survivor's"),
    ] {
        let left = left_out(vec![merge(&source, &[1], &fields)], &source, "");
        assert!(left.len() == 1 && left[0].why.contains(says), "{left:?}");
    }
    let kept = vec![merge(&source, &[1], &[("Shoe Size", "39", 0), ("Unsubscribed from all email", "false", 0)])];
    assert!(left_out(kept, &source, "").is_empty());
}

#[test]
fn consent_that_is_mended_and_cannot_be_written_forbids_the_merge() {
    let source = contacts(
        "1,Ana,a@x.example,Bonn,Yes,false,,,\n2,Ana,a@x.example,Bonn,No,true,,,\n3,Bo,b@x.example,Ulm,Yes,false,,,\n",
    );
    // What the survivor gets by a change of its own is no field of the merge.
    let merged = |row, header, new| vec![merge(&source, &[1], &[]), set(&source, row, header, new)];
    for (row, header, new) in
        [(0, "Newsletter Opt In", "No"), (1, "Newsletter Opt In", "No"), (0, "Unsubscribed from all email", "true")]
    {
        let left = left_out(merged(row, header, new), &source, "");
        let says = format!("{header} has to survive, and cannot be written");
        assert!(left.iter().any(|one| one.what == "merges of contacts" && one.why.contains(&says)), "{left:?}");
        assert!(written(merged(row, header, new), &source, "").steps().is_empty());
    }
    for other in [merged(2, "Newsletter Opt In", "No"), merged(0, "Shoe Size", "41")] {
        assert_eq!(written(other, &source, "").steps()[0]["kind"], "merge");
    }
    let config = "[targets.hubspot.properties]\n\"Newsletter Opt In\" = \"optin\"\n";
    let out = written(merged(0, "Newsletter Opt In", "No"), &source, config);
    assert_eq!(out.steps()[0]["consent"]["optin"]["new"], "No");
}

#[test]
fn a_group_has_at_most_two_hundred_and_fifty_records() {
    let rows: Vec<String> = (1..=260).map(|id| format!("{id},Ana,a@x.example,Bonn,,,,,\n")).collect();
    let source = contacts(&rows.concat());
    let losers: Vec<u32> = (1..260).collect();
    let out = written(vec![merge(&source, &losers, &[])], &source, "");
    assert_eq!(out.steps()[0]["losers"].as_array().unwrap().len(), 249);
    assert!(out.runbook.contains("records to merge in contacts (10)"), "{}", out.runbook);
}

#[test]
fn a_record_on_several_rows_is_one_record() {
    let source = contacts(
        "1,Ana,a@x.example,Bonn ,,,,,\n1,Ana,a@x.example,Bonn ,,,,,\n2,Bo,b@x.example,Ulm ,,,,,\n2,Bo,b@x.example,Ulm,,,,,\n",
    );
    let operations = vec![
        set(&source, 0, "City", "Bonn"),
        set(&source, 1, "City", "Bonn"),
        set(&source, 2, "City", "Ulm"),
        set(&source, 3, "City", "Neu-Ulm"),
    ];
    let out = written(operations, &source, "");
    assert_eq!((out.steps().len(), out.steps()[0]["cells"].as_array().unwrap().len()), (1, 1));
    assert!(out.runbook.contains("with different values"), "{}", out.runbook);
}

#[test]
fn names_of_an_internal_export_and_of_a_schema_are_taken_as_they_are() {
    let source = source("hs_object_id,firstname,shoe_size,Shoe Colour\n5,Ana ,40,red\n", Object::Contact, None);
    let operations = vec![
        set(&source, 0, "firstname", "Ana"),
        set(&source, 0, "shoe_size", "41"),
        set(&source, 0, "Shoe Colour", "blue"),
    ];
    let out = written(operations, &source, "");
    assert_eq!(out.steps()[0]["cells"].as_array().unwrap().len(), 2);
    assert_eq!(out.steps()[0]["cells"][1]["property"], "shoe_size");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn any_value_comes_back_exact(
        values in prop::collection::vec(
            prop_oneof![
                any::<String>(),
                Just("=cmd|' /C calc'!A0".to_owned()),
                Just("\"}]}\u{0}*/ $$ ${x} `id` \\ \r\n -- '".to_owned()),
                Just("\u{202e}x\u{2028}".to_owned()),
            ],
            1..6,
        )
    ) {
        let rows: Vec<String> = (0..values.len()).map(|row| format!("{},Ana,a{row}@x.example,old,,,,,\n", row + 1)).collect();
        let source = contacts(&rows.concat());
        let operations = values.iter().enumerate().map(|(row, value)| set(&source, row as u32, "City", value)).collect();
        let out = written(operations, &source, "");
        for (step, value) in out.steps().iter().zip(&values) {
            prop_assert_eq!(step["cells"][0]["new"].as_str(), Some(value.as_str()));
        }
        let filled: Vec<&String> = values.iter().filter(|value| !value.is_empty()).collect();
        if let Some(text) = out.files.get("hubspot/import-contacts.csv") {
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let read: Vec<String> = reader.records().map(|row| row.unwrap()[1].to_owned()).collect();
            prop_assert_eq!(read.iter().collect::<Vec<_>>(), filled);
        } else {
            prop_assert!(filled.is_empty());
        }
        for (name, text, _) in RUNNER {
            prop_assert_eq!(&out.files[&format!("hubspot/{name}")], text);
        }
    }
}
