//! Steps of each kind, carried out one by one: consent, values, deletions, cells of every sort.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::portal::{Portal, TOKEN};
use super::{Said, cleaned, command, complete, contact, run};
use crate::support::Desk;

/// Replaces the steps of a cleanup: what the runner does with each kind does not depend on where it came from.
fn with_steps(desk: &Desk, steps: &[Value], automations: &[&str]) {
    let work = json!({ "schema": "leadlint.hubspot/1", "plan": "0123456789abcdef", "owner": null,
                       "automations": automations, "steps": steps });
    desk.write("cleanup/hubspot/work.json", serde_json::to_vec(&work).unwrap());
}

fn cell(property: &str, old: &str, new: &str) -> Value {
    json!({ "property": property, "label": property, "old": old, "new": new, "rules": "FMT005" })
}

fn set(object: &str, id: &str, cells: &[Value]) -> Value {
    json!({ "kind": "set", "object": object, "id": id, "cells": cells })
}

/// What was left alone, and why.
fn left(said: &Said) -> Vec<&str> {
    said.text.lines().filter(|line| line.starts_with("left: ")).collect()
}

fn one_contact(portal: &Portal) -> Desk {
    cleaned(&[contact(7, "ana@acme.example", "", "Ulm ")], portal)
}

#[test]
fn consent_is_on_every_record_before_any_merge() {
    let portal = Portal::new();
    let desk = one_contact(&portal);
    for (id, optin) in [("1", "true"), ("2", "false"), ("3", "")] {
        portal.world().put("contacts", id, &[("optin", optin), ("email", "x@acme.example")]);
    }
    let merge = json!({ "kind": "merge", "object": "contacts", "rules": "DUP001", "survivor": "1", "losers": ["2", "3"],
        "seen": { "1": { "optin": "Yes" }, "2": { "optin": "No" }, "3": { "optin": "" } },
        "consent": { "optin": { "new": "No", "label": "Newsletter Opt In", "from": [] } }, "values": {} });
    with_steps(&desk, &[merge], &[]);
    portal.world().refuse.insert("3".to_owned());
    run(&desk, &portal, "apply").exits(1);
    let world = portal.world();
    let paths: Vec<&str> = world.writes.iter().map(|call| call.path.rsplit('/').next().unwrap()).collect();
    assert_eq!(paths, ["update", "merge", "update", "merge"]);
    assert_eq!(world.writes[0].body, json!({ "inputs": [{ "id": "1", "properties": { "optin": "false" } }] }));
    assert_eq!(
        (world.get("contacts", "1", "optin"), world.get("contacts", "3", "optin")),
        ("false".into(), "false".into())
    );
    drop(world);
    run(&desk, &portal, "undo").says("consent of a merged record stays as it was written");
    assert_eq!(portal.world().get("contacts", "1", "optin"), "false", "consent of a merged record is never loosened");
    assert_eq!(portal.world().get("contacts", "3", "optin"), "", "that of one that stayed alone is put back");
}

#[test]
fn records_are_archived_last_and_after_their_quarantine() {
    let portal = Portal::new();
    let desk = one_contact(&portal);
    portal.world().put("contacts", "1", &[("city", "x")]);
    portal.world().put("contacts", "2", &[("city", "touched")]);
    let delete = |id: &str| json!({ "kind": "delete", "object": "contacts", "rules": "JNK001", "id": id, "seen": { "city": "x" } });
    with_steps(
        &desk,
        &[set("contacts", "7", &[cell("city", "Ulm ", "Ulm")]), delete("1"), delete("2")],
        &["route by city"],
    );
    run(&desk, &portal, "apply").exits(2).says("route by city").says("--automations-paused");
    assert!(portal.world().writes.is_empty());
    run(&desk, &portal, "apply --automations-paused")
        .exits(0)
        .says("2 records wait for the end of their quarantine of 14 days");
    run(&desk, &portal, "apply --automations-paused --archive").exits(2).says("after the quarantine");
    assert!(portal.world().holds("contacts", "1"));
    run(&desk, &portal, "apply --automations-paused --archive --quarantine-days 0")
        .exits(1)
        .says("contacts 2: delete: changed since the export: city");
    assert!(!portal.world().holds("contacts", "1") && portal.world().holds("contacts", "2"));
    run(&desk, &portal, "undo").says("contacts 1 was archived").says("within 90 days");
    complete(&desk);
}

#[test]
fn cells_are_translated_and_one_bad_value_stops_no_other() {
    let portal = Portal::new();
    let desk = one_contact(&portal);
    let mut steps = Vec::new();
    for id in 100..340_u32 {
        let id = id.to_string();
        portal.world().put("contacts", &id, &[("city", "old"), ("hubspot_owner_id", "72"), ("amount", "10.0")]);
        let new = if id == "150" || id == "299" { "REFUSED" } else { "new" };
        steps.push(set("contacts", &id, &[cell("city", "old", new), cell("amount", "10", "12")]));
    }
    steps.push(set(
        "contacts",
        "7",
        &[
            cell("lifecyclestage", "Marketing Qualified Lead", "Customer"),
            cell("hubspot_owner_id", "Ana Moss", "bo@acme.example"),
            cell("optin", "", "Yes"),
            cell("interests", "", "Apples;Pears"),
            cell("createdate", "2026-01-01 09:30", "2026-01-02"),
            cell("hs_object_id", "7", "8"),
            cell("nosuch", "", "x"),
            cell("phone", "", ""),
            cell("jobtitle", "Job 7", ""),
            cell("city", "Ulm ", "Ulm"),
        ],
    ));
    steps.push(set("contacts", "999", &[cell("city", "old", "new")]));
    with_steps(&desk, &steps, &[]);
    run(&desk, &portal, "apply")
        .exits(1)
        .says("contacts 150: city: refused")
        .says("contacts 299: city: refused")
        .says("contacts 7: createdate: a time in an export carries no zone")
        .says("contacts 7: hs_object_id: the portal writes it itself")
        .says("contacts 7: nosuch: the portal has no property nosuch")
        .says("contacts 999: city: the record is gone");
    let world = portal.world();
    assert_eq!(world.violations, Vec::<String>::new());
    for (name, value) in [
        ("lifecyclestage", "customer"),
        ("hubspot_owner_id", "72"),
        ("optin", "true"),
        ("interests", "a;b"),
        ("jobtitle", ""),
        ("city", "Ulm"),
    ] {
        assert_eq!(world.get("contacts", "7", name), value, "{name}");
    }
    for id in (100..340_u32).map(|id| id.to_string()) {
        let city = if id == "150" || id == "299" { "old" } else { "new" };
        assert_eq!(
            (world.get("contacts", &id, "city").as_str(), world.get("contacts", &id, "amount").as_str()),
            (city, "12")
        );
    }
    drop(world);
    complete(&desk);
}

#[test]
fn a_group_that_would_be_too_large_is_not_merged_further() {
    let portal = Portal::new();
    let desk = one_contact(&portal);
    let older: Vec<String> = (5000..5248).map(|id: u32| id.to_string()).collect();
    portal.world().put("companies", "1", &[("name", "Acme"), ("hs_merged_object_ids", &older.join(";"))]);
    portal.world().put("companies", "2", &[("name", "Acme")]);
    portal.world().put("companies", "3", &[("name", "Acme")]);
    let merge = json!({ "kind": "merge", "object": "companies", "rules": "DUP004", "survivor": "1", "losers": ["2", "3"],
        "seen": { "1": { "name": "Acme" }, "2": { "name": "Acme" }, "3": { "name": "Acme" } }, "consent": {}, "values": {} });
    with_steps(&desk, &[merge], &[]);
    let said = run(&desk, &portal, "dry-run").exits(1).says("1 merge to do");
    assert_eq!(left(&said), left(&run(&desk, &portal, "apply").exits(1)));
    assert!(left(&said)[0].contains("merge 3: a record holds at most 250 merged ones"), "{}", said.text);
    assert_eq!(portal.world().merged.len(), 1);
    assert_eq!(portal.world().violations, Vec::<String>::new());
}

#[test]
fn an_opt_out_is_not_lost_with_an_address() {
    let portal = Portal::new();
    let desk = one_contact(&portal);
    for (id, out) in [("1", ""), ("2", "true"), ("3", "true")] {
        portal.world().put("contacts", id, &[("email", "x@acme.example"), ("hs_email_optout", out)]);
    }
    let merge = json!({ "kind": "merge", "object": "contacts", "rules": "DUP001", "survivor": "1", "losers": ["2"],
        "seen": { "1": {}, "2": {} }, "consent": {}, "values": {} });
    let email = set("contacts", "3", &[cell("email", "x@acme.example", "y@acme.example")]);
    with_steps(&desk, &[merge, email], &[]);
    run(&desk, &portal, "dry-run").exits(1).says("contacts 1: merge 2: it wants no mail").says("would be lost with it");
    run(&desk, &portal, "apply").exits(1).says("unsubscribe the survivor first").says("would be lost with it");
    assert!(portal.world().writes.is_empty());
    portal.world().set("contacts", "1", "hs_email_optout", "true");
    run(&desk, &portal, "apply").exits(1);
    assert_eq!(portal.world().merged.len(), 1);
}

#[test]
fn a_dry_run_says_what_apply_will_leave() {
    let portal = Portal::new();
    let desk = one_contact(&portal);
    for (id, out, city) in [("1", "", ""), ("2", "true", "Ulm"), ("3", "", "Bonn"), ("4", "", "")] {
        portal.world().put("contacts", id, &[("hs_email_optout", out), ("city", city), ("email", "x@acme.example")]);
    }
    let merge = json!({ "kind": "merge", "object": "contacts", "rules": "DUP001", "survivor": "1",
        "losers": ["2", "3", "4"], "seen": { "1": { "city": "" }, "2": { "city": "Ulm" }, "3": { "city": "Bonn" },
        "4": { "city": "" } }, "consent": {},
        "values": { "city": { "new": "Ulm", "label": "City", "from": ["2"] } } });
    with_steps(&desk, &[merge], &[]);
    let before = run(&desk, &portal, "dry-run").exits(1).says("2 merge to do").says("2 left alone");
    let applied = run(&desk, &portal, "apply").exits(1).says("2 merge done").says("2 left alone");
    let after = run(&desk, &portal, "verify").exits(1).says("2 left alone");
    assert!(!after.text.contains("to do"), "{}", after.text);
    for said in [&before, &applied, &after] {
        let said = left(said);
        assert!(said[0].contains("contacts 1: merge 2: it wants no mail"), "{said:?}");
        assert!(said[1].contains("contacts 1: city: its value comes from a record that was not merged"), "{said:?}");
    }
    // A value that is still to be written is something to do.
    portal.world().set("contacts", "2", "hs_email_optout", "");
    run(&desk, &portal, "apply").exits(0);
    portal.world().set("contacts", "1", "city", "Bonn");
    run(&desk, &portal, "verify").exits(1).says("1 set to do");
}

#[test]
fn a_label_of_another_property_is_no_key() {
    let portal = Portal::new();
    let desk = one_contact(&portal);
    let mut named = cell("jobtitle", "Job 7", "Boss");
    named["label"] = json!("City");
    let foreign = cell("lifecyclestage", "Stufe Eins", "Customer");
    with_steps(&desk, &[set("contacts", "7", &[named, foreign])], &[]);
    run(&desk, &portal, "apply")
        .exits(1)
        .says("jobtitle: the portal calls another property so")
        .says("lifecyclestage: cannot be compared: it is no option");
    assert!(portal.world().writes.is_empty());
}

#[test]
fn the_token_stays_secret_and_goes_nowhere_else() {
    let portal = Portal::new();
    let desk = one_contact(&portal);
    let with = |token: &str, api: &str| {
        let output =
            command(&desk, &portal, "dry-run").args(["--api", api]).env("HUBSPOT_TOKEN", token).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = with("", &portal.address);
    assert!(code == 2 && said.contains("HUBSPOT_TOKEN"), "{said}");
    let (code, said) = with("wrong-secret", &portal.address);
    assert!(code == 2 && said.contains("not accepted") && !said.contains("wrong-secret"), "{said}");
    let (code, said) = with("se cret\nX-Evil: 1", &portal.address);
    assert!(code == 2 && !said.contains("se cret"), "{said}");
    let (code, said) = with(TOKEN, "http://api.acme.example");
    assert!(code == 2 && said.contains("https://"), "{said}");
    for file in desk.snapshot() {
        assert!(!String::from_utf8_lossy(&file.1).contains(TOKEN), "{}", file.0);
    }
}

#[test]
fn hostile_cells_arrive_as_they_are() {
    let portal = Portal::new();
    let desk = one_contact(&portal);
    let marker = desk.path("pwned");
    let shell = format!("$(touch {0}) `touch {0}` ; touch {0} #", marker.display());
    let hostile = [
        shell.as_str(),
        "\"}]}; __import__('os').system('id') #",
        "=cmd|' /C calc'!A0",
        "O'Hara\\\" \\\\ \\n",
        "a\nb\r\nc\rd\te",
        "NUL \u{0} and \u{1b}[31m",
        "\u{202e}right to left \u{2028}\u{feff}",
        "*/ $$ ${HUBSPOT_TOKEN} {0} %s {{x}} <script>",
        "😀 ß é ﬁ",
    ];
    let mut steps = Vec::new();
    for (at, value) in hostile.iter().enumerate() {
        let id = (10 + at).to_string();
        portal.world().put("contacts", &id, &[("city", value)]);
        steps.push(set("contacts", &id, &[cell("city", value, &format!("new {value}"))]));
    }
    with_steps(&desk, &steps, &[]);
    run(&desk, &portal, "apply").exits(0);
    for (at, value) in hostile.iter().enumerate() {
        assert_eq!(portal.world().get("contacts", &(10 + at).to_string(), "city"), format!("new {value}"));
    }
    run(&desk, &portal, "undo").exits(0);
    for (at, value) in hostile.iter().enumerate() {
        assert_eq!(portal.world().get("contacts", &(10 + at).to_string(), "city"), *value);
    }
    assert!(!marker.exists());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]
    #[test]
    fn any_cell_arrives_as_it_is(values in prop::collection::vec(any::<String>(), 1..120)) {
        let portal = Portal::new();
        let desk = Desk::new();
        let source = one_contact(&portal);
        for (name, bytes) in source.snapshot() {
            if name.starts_with("cleanup/") && !name.ends_with('/') {
                desk.write(&name, bytes);
            }
        }
        let mut wanted = BTreeMap::new();
        let mut steps = Vec::new();
        for (at, value) in values.iter().filter(|value| !value.is_empty() && *value != "REFUSED").enumerate() {
            let id = (10_000 + at).to_string();
            portal.world().put("contacts", &id, &[("city", "")]);
            steps.push(set("contacts", &id, &[cell("city", "", value)]));
            wanted.insert(id, value.clone());
        }
        with_steps(&desk, &steps, &[]);
        run(&desk, &portal, "apply").exits(0);
        for (id, value) in wanted {
            prop_assert_eq!(portal.world().get("contacts", &id, "city"), value);
        }
    }
}

#[test]
fn the_runner_keeps_its_pace() {
    let portal = Portal::new();
    let desk = one_contact(&portal);
    let steps: Vec<Value> = (0..3)
        .map(|kind| {
            let object = ["contacts", "companies", "deals"][kind];
            portal.world().put(object, "5", &[("city", "a ")]);
            set(object, "5", &[cell("city", "a ", "a")])
        })
        .collect();
    with_steps(&desk, &steps, &[]);
    let begun = Instant::now();
    // Three definitions, backup, read and write of each: twelve requests, of which ten fit into ten seconds.
    let output = command(&desk, &portal, "apply").args(["--rate", "10"]).output().unwrap();
    assert!(output.status.success());
    assert!(begun.elapsed() >= Duration::from_secs(10));
}
