//! `leadlint map`: which chat field lands in which CRM field, and a draft of the mappings that a check takes up.

use std::fmt::Write as _;

use crate::support::{Desk, HEALTHY, array, text};

const REASONS: [&str; 4] = ["Pricing", "Migration", "Support", "Security"];
const CODES: [&str; 4] = ["PRC", "MIG", "SUP", "SEC"];

/// Sixty chats and their leads, with headers that say nothing.
fn exports(desk: &Desk) {
    let mut chats = "chat_id,started_at,ended_at,visitor_email,field_a,field_b,field_c,field_d\n".to_owned();
    let mut leads = "Id,CreatedDate,Email,F1__c,F2__c,F3__c,F4__c\n".to_owned();
    for n in 0..60_usize {
        let at = format!("2026-10-{:02}T{:02}:00", 1 + n % 28, 8 + n / 28);
        let (reason, code) = (REASONS[n * 7 / 3 % 4], CODES[n * 7 / 3 % 4]);
        let yes = n * 5 % 7 < 3;
        let plan = ["Basic", "Team", "Firm"][n / 2 % 3];
        let words = (if yes { "yes" } else { "no" }, if yes { "TRUE" } else { "FALSE" });
        let _ = writeln!(chats, "c{n},{at}:00Z,{at}:20Z,v{n}@x.example,{reason},{},{plan},{}", words.0, n % 5);
        let _ = writeln!(leads, "L{n},{at}:25Z,v{n}@x.example,{},{code},{},{plan}", n % 3, words.1);
    }
    desk.write("chats.csv", chats);
    desk.write("leads.csv", leads);
}

#[test]
fn every_field_is_recovered_and_nothing_else_and_a_check_takes_the_draft() {
    let desk = Desk::new();
    exports(&desk);
    let run = desk.run(&["map", "chats.csv", "leads.csv", "--format", "json"]);
    run.exits(0);
    let map = run.json();
    assert_eq!(map["schema"], "leadlint.map/1");
    let mut lands = Vec::new();
    for field in array(&map["sides"][0], "fields") {
        for cell in array(field, "cells").iter().filter(|cell| !cell["lands"].is_null()) {
            lands.push(format!("{} -> {} {}", text(field, "from"), text(cell, "to"), text(cell, "lands")));
        }
    }
    let expected = [
        "visitor_email -> Email equal",
        "field_a -> F2__c translated",
        "field_b -> F3__c equal",
        "field_c -> F4__c equal",
    ];
    assert_eq!(lands, expected);

    desk.run(&["map", "chats.csv", "leads.csv", "--output", "leadlint.toml"]).exits(0);
    let draft = desk.read("leadlint.toml");
    assert!(draft.contains("values = { Migration = \"MIG\", Pricing = \"PRC\""), "{draft}");
    let report = desk.run(&["check", "chats.csv", "leads.csv", "--select", "MAP", "--format", "json"]).json();
    let broken: Vec<&str> = array(&report, "findings")
        .iter()
        .filter(|finding| text(finding, "severity") != "info")
        .map(|finding| text(finding, "code"))
        .collect();
    assert!(broken.is_empty(), "{broken:?}");
    let again = desk.run(&["map", "chats.csv", "leads.csv", "--format", "markdown"]);
    again.exits(0);
    assert!(
        again.stdout.contains("Nothing to add") && again.stdout.contains("lands here, as declared"),
        "{}",
        again.stdout
    );
}

#[test]
fn the_same_bytes_at_any_number_of_threads() {
    let desk = Desk::new();
    exports(&desk);
    let one = desk.run(&["map", "chats.csv", "leads.csv", "--format", "json", "--threads", "1"]);
    let many = desk.run(&["map", "chats.csv", "leads.csv", "--format", "json", "--threads", "7"]);
    one.exits(0);
    assert_eq!(one.stdout, many.stdout);
}

#[test]
fn what_is_missing_is_said() {
    let desk = Desk::with("leads.csv", HEALTHY);
    let run = desk.run(&["map", "leads.csv"]);
    run.exits(2);
    assert!(
        run.stderr.contains("needs an export of chats and one of leads or contacts, and read lead (crm)"),
        "{}",
        run.stderr
    );
    desk.write("chats.csv", "chat_id,started_at,visitor_email\nc1,2026-10-01T09:00:00Z,zoe@elsewhere.example\n");
    let run = desk.run(&["map", "chats.csv", "leads.csv"]);
    run.exits(2);
    assert!(run.stderr.contains("no chat could be linked with a record"), "{}", run.stderr);
    assert!(run.stdout.is_empty());
}

#[test]
fn nothing_is_replaced_unasked() {
    let desk = Desk::new();
    exports(&desk);
    desk.write("draft.toml", "mine");
    let run = desk.run(&["map", "chats.csv", "leads.csv", "--output", "draft.toml"]);
    run.exits(2);
    assert!(run.stderr.contains("--force"), "{}", run.stderr);
    assert_eq!(desk.read("draft.toml"), "mine");
    let run = desk.run(&["map", "chats.csv", "leads.csv", "--output", "leads.csv", "--force"]);
    run.exits(2);
    assert!(run.stderr.contains("would replace what is read"), "{}", run.stderr);
    desk.run(&["map", "chats.csv", "leads.csv", "--output", "draft.toml", "--force"]).exits(0);
    assert!(desk.read("draft.toml").contains("[[mapping]]"));
}
