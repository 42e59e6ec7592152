//! `leadlint clean --target hubspot`: the runner, run against a portal that speaks HubSpot's contract.

mod portal;

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use portal::{Fault, Portal, TOKEN};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Desk, csv_rows};

const CLEAN: &str = "clean --target hubspot --out cleanup --decide DUP001=accept,FMT005=accept";

/// What a run of the runner said.
struct Said {
    code: i32,
    text: String,
}

impl Said {
    #[track_caller]
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}", self.text);
        self
    }

    #[track_caller]
    fn says(self, text: &str) -> Self {
        assert!(self.text.contains(text), "`{text}` is not in\n{}", self.text);
        self
    }
}

fn command(desk: &Desk, portal: &Portal, words: &str) -> Command {
    let mut command = Command::new("python3");
    command
        .arg(desk.path("cleanup/hubspot/run.py"))
        .args(words.split_whitespace())
        .args(["--api", &portal.address, "--backoff", "0.01", "--rate", "100000"])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HUBSPOT_TOKEN", TOKEN)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[track_caller]
fn run(desk: &Desk, portal: &Portal, words: &str) -> Said {
    let output = command(desk, portal, words).output().expect("python3 is needed: apt-get install python3");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!text.contains(TOKEN) && !text.contains("Traceback"), "{text}");
    Said { code: output.status.code().unwrap(), text }
}

fn receipts(desk: &Desk) -> Vec<Value> {
    desk.read("cleanup/hubspot/receipts.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Every intent has exactly one result.
#[track_caller]
fn complete(desk: &Desk) {
    let of = |event: &str| -> Vec<u64> {
        receipts(desk).iter().filter(|one| one["event"] == event).map(|one| one["n"].as_u64().unwrap()).collect()
    };
    let (intents, mut results) = (of("intent"), of("result"));
    results.sort_unstable();
    assert_eq!(intents, results);
    assert_eq!(intents, (1..=intents.len() as u64).collect::<Vec<_>>());
}

const HEADER: &str = "Record ID,First Name,Last Name,Email,Phone Number,City,Lifecycle Stage,Contact owner,Create Date\n";

/// A contact in the export and in the portal: what stands there.
fn contact(id: u32, email: &str, phone: &str, city: &str) -> [String; 9] {
    let name = ["Ana", "Bo", "Cy", "Di", "Ed", "Flo"][id as usize % 6];
    [
        id.to_string(),
        name.to_owned(),
        format!("Moss{}", id / 10),
        email.to_owned(),
        phone.to_owned(),
        city.to_owned(),
        "Marketing Qualified Lead".to_owned(),
        "Ana Moss".to_owned(),
        format!("2026-10-{:02} 09:30", 1 + id % 28),
    ]
}

/// Contacts as an export of the portal that holds them, and the cleanup of it.
fn cleaned(contacts: &[[String; 9]], portal: &Portal) -> Desk {
    let mut export = HEADER.to_owned();
    for contact in contacts {
        let cells: Vec<String> = contact.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        export += &(cells.join(",") + "\n");
        let [id, first, last, email, phone, city, ..] = contact;
        let of = [
            ("firstname", first),
            ("lastname", last),
            ("email", email),
            ("phone", phone),
            ("city", city),
            ("lifecyclestage", &"marketingqualifiedlead".to_owned()),
            ("hubspot_owner_id", &"71".to_owned()),
            ("jobtitle", &format!("Job {id}")),
        ];
        portal.world().put("contacts", id, &of.map(|(name, value)| (name, value.as_str())));
    }
    let desk = Desk::with("hubspot-crm-exports-all-contacts-2026-11-20.csv", export);
    let run = desk.leadlint(&format!("{CLEAN} hubspot-crm-exports-all-contacts-2026-11-20.csv"));
    assert!(run.code < 2, "{}{}", run.stdout, run.stderr);
    desk
}

/// Twelve groups of two to four that share an address, and ten contacts with a blank at the end of their city.
fn world(portal: &Portal) -> (Desk, Vec<Vec<String>>) {
    let mut contacts = Vec::new();
    let mut groups = Vec::new();
    for group in 0..12_u32 {
        let mut ids = Vec::new();
        for member in 0..2 + group % 3 {
            let id = 1000 + group * 10 + member;
            // The first has most; a later one has the phone.
            let phone = if member == 1 { format!("+1 202-555-01{group:02}") } else { String::new() };
            let city = if member == 0 { "Bonn" } else { "" };
            let mut made = contact(id, &format!("p{group}@acme.example"), &phone, city);
            made[1] = "Ana".to_owned();
            contacts.push(made);
            ids.push(id.to_string());
        }
        groups.push(ids);
    }
    for id in 0..10_u32 {
        contacts.push(contact(2000 + id * 10, &format!("q{id}@acme.example"), "", &format!("Ulm {id} ")));
    }
    (cleaned(&contacts, portal), groups)
}

#[track_caller]
fn all_merged(portal: &Portal, groups: &[Vec<String>]) {
    let world = portal.world();
    assert_eq!(world.violations, Vec::<String>::new());
    for ids in groups {
        let at: BTreeSet<String> = ids.iter().map(|id| world.now_at("contacts", id)).collect();
        assert_eq!(at.len(), 1, "{ids:?}");
        assert!(world.get("contacts", &ids[0], "phone").starts_with("+1 202-555-01"));
        assert_eq!(world.get("contacts", &ids[0], "city"), "Bonn");
    }
    let pairs: usize = groups.iter().map(|ids| ids.len() - 1).sum();
    assert_eq!(world.merged.len(), pairs, "each merge once");
    for id in 0..10 {
        assert_eq!(world.get("contacts", &(2000 + id * 10).to_string(), "city"), format!("Ulm {id}"));
    }
}

#[test]
fn everything_is_done_once_whatever_the_connection_does() {
    let portal = Portal::new();
    let (desk, groups) = world(&portal);
    run(&desk, &portal, "").exits(0).says("dry-run, nothing was changed").says("24 merge to do");
    assert!(portal.world().writes.is_empty());
    assert!(!desk.path("cleanup/hubspot/receipts.jsonl").exists());
    const FAULTS: [Fault; 9] = [
        Fault::None,
        Fault::Error,
        Fault::ErrorAfter,
        Fault::None,
        Fault::Drop,
        Fault::DropAfter,
        Fault::Error,
        Fault::Error,
        Fault::ErrorAfter,
    ];
    portal.world().fault(|number, _| if number == 3 { Fault::Limit(1) } else { FAULTS[number % 9] });
    run(&desk, &portal, "apply").exits(0).says("0 left alone");
    all_merged(&portal, &groups);
    complete(&desk);
    let limited = portal.world().writes[3].clone();
    let next = portal.world().writes[4].clone();
    assert!(limited.status == 429 && next.body == limited.body, "{next:?}");
    assert!(next.at - limited.at >= Duration::from_secs(1), "the portal asked for a second");

    let writes = portal.world().writes.len();
    let dump = portal.world().dump();
    run(&desk, &portal, "apply").exits(0);
    assert_eq!(portal.world().writes.len(), writes, "a second run sends nothing");
    run(&desk, &portal, "verify").exits(0).says("0 left alone");
    assert_eq!(portal.world().dump(), dump);
    for ids in &groups {
        let survivor = portal.world().get("contacts", &ids[0], "jobtitle");
        assert!(!survivor.is_empty());
    }
}

#[test]
fn a_run_that_is_killed_goes_on_where_it_was() {
    for after in [false, true] {
        let portal = Portal::new();
        let (desk, groups) = world(&portal);
        for at in [0, 4, 9, 17] {
            let hang = if after { Fault::HangAfter } else { Fault::Hang };
            let mut hung = false;
            portal.world().fault(move |number, _| {
                if number < at || hung {
                    return Fault::None;
                }
                hung = true;
                hang
            });
            let mut child = command(&desk, &portal, "apply").spawn().unwrap();
            portal.hanging.recv_timeout(Duration::from_secs(120)).expect("the runner never got there");
            run(&desk, &portal, "apply").exits(2).says("another run is at work here");
            child.kill().unwrap();
            child.wait().unwrap();
        }
        // What was being written when the machine stopped may be cut short.
        let path = desk.path("cleanup/hubspot/receipts.jsonl");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text + "{\"event\": \"inte").unwrap();
        run(&desk, &portal, "verify").exits(1);
        run(&desk, &portal, "apply").exits(0);
        all_merged(&portal, &groups);
        complete(&desk);
        run(&desk, &portal, "verify").exits(0);
    }
}

#[test]
fn receipts_and_backup_hold_everything_and_are_private() {
    let portal = Portal::new();
    let (desk, _) = world(&portal);
    let before = portal.world().dump();
    run(&desk, &portal, "backup").exits(0).says("46 records");
    assert!(portal.world().writes.is_empty());
    run(&desk, &portal, "apply").exits(0);
    let lines: Vec<Value> = desk
        .read("cleanup/hubspot/backup.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 47);
    for line in &lines[..46] {
        let key = ("contacts".to_owned(), line["id"].as_str().unwrap().to_owned());
        for (name, value) in &before[&key] {
            assert_eq!(line["properties"][name], *value, "{name}");
        }
    }
    #[cfg(unix)]
    for name in ["receipts.jsonl", "backup.jsonl"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(desk.path(&format!("cleanup/hubspot/{name}"))).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    // A cleanup that was carried out is not written over.
    let run = desk.leadlint(&format!("{CLEAN} --force hubspot-crm-exports-all-contacts-2026-11-20.csv"));
    assert!(run.code == 2 && run.stderr.contains("hubspot/"), "{}", run.stderr);
}

#[test]
fn a_refused_merge_is_noted_and_the_rest_goes_on() {
    let portal = Portal::new();
    let (desk, groups) = world(&portal);
    let group = groups.iter().find(|ids| ids.len() == 4).unwrap();
    portal.world().refuse.insert(group[1].clone());
    let said = run(&desk, &portal, "apply").exits(1).says("these records can't be merged");
    assert!(said.text.contains(&format!("merge {}", group[1])), "{}", said.text);
    complete(&desk);
    let world = portal.world();
    let at: BTreeSet<String> = group.iter().map(|id| world.now_at("contacts", id)).collect();
    assert_eq!(at.len(), 2, "the others became one");
    assert_eq!(world.merged.len(), 23);
    assert_eq!(world.get("contacts", &group[0], "phone"), "", "the phone of a record that is not in it");
    let writes = world.writes.len();
    drop(world);
    run(&desk, &portal, "apply").exits(1).says("these records can't be merged");
    assert_eq!(portal.world().writes.len(), writes, "it is not asked again");
    run(&desk, &portal, "verify").exits(1);
    portal.world().refuse.clear();
    run(&desk, &portal, "apply --retry-refused").exits(0);
    all_merged(&portal, &groups);
}

#[test]
fn what_changed_since_the_export_is_left_and_said() {
    let portal = Portal::new();
    let (desk, groups) = world(&portal);
    portal.world().set("contacts", "2000", "city", "Hamburg");
    portal.world().set("contacts", &groups[0][1], "lastname", "Lind");
    portal.world().set("contacts", "2010", "city", "Ulm 1");
    portal.world().set("contacts", "2020", "salesforcecontactid", "0035e000001AAAAAAA");
    let said = run(&desk, &portal, "dry-run").exits(1);
    let applied = run(&desk, &portal, "apply").exits(1);
    for said in [&said, &applied] {
        for line in [
            "contacts 2000: city: changed since the export",
            "contacts 2020: city: another CRM masters the record",
            "changed since the export: lastname of",
        ] {
            assert!(said.text.contains(line), "{line}: {}", said.text);
        }
    }
    let world = portal.world();
    assert_eq!(world.get("contacts", "2000", "city"), "Hamburg");
    assert_eq!(world.get("contacts", "2020", "city"), "Ulm 2 ");
    assert_eq!(world.get("contacts", "2030", "city"), "Ulm 3");
    assert!(world.holds("contacts", &groups[0][0]) && world.holds("contacts", &groups[0][1]));
    assert_eq!(world.merged.len(), 23);
}

#[test]
fn undo_puts_back_every_value_and_says_what_cannot_be_undone() {
    let portal = Portal::new();
    let (desk, groups) = world(&portal);
    let before = portal.world().dump();
    run(&desk, &portal, "apply").exits(0);
    portal.world().set("contacts", "2050", "city", "Kiel");
    run(&desk, &portal, "undo")
        .exits(1)
        .says("contacts 2050: city: changed since it was written")
        .says("24 merges cannot be undone")
        .says("backup.jsonl has both as they were");
    let after = portal.world().dump();
    for id in (0..10).map(|id| (2000 + id * 10).to_string()).filter(|id| id != "2050") {
        let key = ("contacts".to_owned(), id);
        assert_eq!(after[&key], before[&key]);
    }
    assert_eq!(portal.world().get("contacts", "2050", "city"), "Kiel");
    let at: BTreeSet<String> = groups[2].iter().map(|id| portal.world().now_at("contacts", id)).collect();
    assert_eq!(at.len(), 1, "merges stay");
    complete(&desk);
    let writes = portal.world().writes.len();
    run(&desk, &portal, "undo");
    assert_eq!(portal.world().writes.len(), writes, "a second way back sends nothing");
}

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
    assert_eq!((world.get("contacts", "1", "optin"), world.get("contacts", "3", "optin")), ("false".into(), "false".into()));
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
    with_steps(&desk, &[set("contacts", "7", &[cell("city", "Ulm ", "Ulm")]), delete("1"), delete("2")], &["route by city"]);
    run(&desk, &portal, "apply").exits(2).says("route by city").says("--automations-paused");
    assert!(portal.world().writes.is_empty());
    run(&desk, &portal, "apply --automations-paused").exits(0).says("2 records wait for the end of their quarantine of 14 days");
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
        assert_eq!((world.get("contacts", &id, "city").as_str(), world.get("contacts", &id, "amount").as_str()), (city, "12"));
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
    run(&desk, &portal, "apply").exits(1).says("a record holds at most 250 merged ones");
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
    run(&desk, &portal, "apply").exits(1).says("unsubscribe the survivor first").says("would be lost with it");
    assert!(portal.world().writes.is_empty());
    portal.world().set("contacts", "1", "hs_email_optout", "true");
    run(&desk, &portal, "apply").exits(1);
    assert_eq!(portal.world().merged.len(), 1);
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
        let output = command(&desk, &portal, "dry-run").args(["--api", api]).env("HUBSPOT_TOKEN", token).output().unwrap();
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
fn import_files_hold_changed_columns_by_record_id() {
    let portal = Portal::new();
    let (desk, _) = world(&portal);
    let (header, rows) = csv_rows(desk.read("cleanup/hubspot/import-contacts.csv").as_bytes());
    assert_eq!(header, ["Record ID", "City"]);
    assert_eq!(rows.len(), 10, "merged records are not among them");
    assert!(rows.contains(&vec!["2030".to_owned(), "Ulm 3".to_owned()]));
    let runbook = desk.read("cleanup/RUNBOOK.md");
    for said in ["**Merges cannot be undone.**", "(48 h)", "run.py apply", "--retry-refused", "Owner: nobody", "never to the email"] {
        assert!(runbook.contains(said), "{said} is not in {runbook}");
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
