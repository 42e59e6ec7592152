//! MAP003 and MAP010 on both kinds of schema files.

use std::fmt::Write as _;

use crate::rules::testing::flagged;

/// A Salesforce describe, as `sf sobject describe --json` wraps it.
const DESCRIBE: &str = r#"{"status":0,"result":{"name":"Lead","fields":[
    {"name":"Email","label":"Email","type":"email","length":80},
    {"name":"Phone","label":"Phone","type":"phone","length":40},
    {"name":"Vip__c","label":"VIP","type":"boolean","length":0},
    {"name":"Note__c","label":"Note","type":"string","length":255},
    {"name":"Notes__c","label":"Notes","type":"textarea","length":32768},
    {"name":"Day__c","label":"Day","type":"date","length":0},
    {"name":"At__c","label":"At","type":"datetime","length":0},
    {"name":"Seats__c","label":"Seats","type":"double","length":0},
    {"name":"Open__c","label":"Open","type":"combobox","length":255,"restrictedPicklist":false,"picklistValues":[]},
    {"name":"Answer__c","label":"Answer","type":"picklist","length":255,"restrictedPicklist":true,"picklistValues":[
        {"value":"Yes","label":"Yes","active":true},{"value":"No","label":"No","active":true}]},
    {"name":"Reason__c","label":"Reason","type":"picklist","length":255,"restrictedPicklist":true,"picklistValues":[
        {"value":"PRC","label":"Pricing","active":true},{"value":"OLD","label":"Retired","active":false}]}]}}"#;

/// HubSpot properties, as `crm/v3/properties/contacts` gives them.
const PROPERTIES: &str = r#"{"results":[
    {"name":"email","label":"Email","type":"string","fieldType":"text"},
    {"name":"phone","label":"Phone Number","type":"string","fieldType":"phonenumber"},
    {"name":"vip","label":"VIP","type":"enumeration","fieldType":"booleancheckbox","options":[{"label":"Yes","value":"true"},{"label":"No","value":"false"}]},
    {"name":"note","label":"Note","type":"string","fieldType":"text"},
    {"name":"message","label":"Message","type":"string","fieldType":"textarea"},
    {"name":"day","label":"Day","type":"date","fieldType":"date"},
    {"name":"at","label":"At","type":"datetime","fieldType":"date"},
    {"name":"seats","label":"Seats","type":"number","fieldType":"number"},
    {"name":"reason","label":"Reason","type":"enumeration","fieldType":"select","options":[
        {"label":"Pricing","value":"PRC","hidden":false},{"label":"Retired","value":"OLD","hidden":true}]}]}"#;

const CHATS: &str = "chat_id,started_at,ended_at,visitor_email,x\n\
    c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,{}\n";

/// The values of the hits of a mapping of one chat field into `to`, as `type`; the chat says `said`.
fn judged(schema: &str, kind: &str, to: &str, said: &str) -> Vec<String> {
    let header = schema.contains("results");
    let columns = if header {
        "Record ID,email,phone,vip,note,message,day,at,seats,reason,Create Date"
    } else {
        "Id,Email,Phone,Vip__c,Note__c,Notes__c,Day__c,At__c,Seats__c,Reason__c,CreatedDate,Open__c,Answer__c"
    };
    let row = columns.split(',').map(|header| match header {
        "Record ID" | "Id" => "1",
        "email" | "Email" => "ana@acme.example",
        "Create Date" | "CreatedDate" => "2026-10-01T09:10:05Z",
        _ => "",
    });
    let records = format!("{columns}\n{}\n", row.collect::<Vec<_>>().join(","));
    let kind = if kind.is_empty() { String::new() } else { format!("type = \"{kind}\"\n") };
    let toml = format!("[[mapping]]\nfrom = \"chat.x\"\nto = \"lead.{to}\"\n{kind}");
    let texts = [("schema", schema), ("lead", records.as_str()), ("chat", &CHATS.replace("{}", said))];
    flagged("MAP003", &toml, &texts).into_iter().map(|row| row.value.unwrap()).collect()
}

#[test]
fn a_describe_tells_the_types_of_fields() {
    for (kind, to, said, wrong) in [
        ("email", "Email", "", None),
        ("email", "Note__c", "", None),
        ("email", "Vip__c", "", Some("boolean")),
        ("email", "Notes__c", "", None),
        ("phone", "Phone", "", None),
        ("phone", "Seats__c", "", Some("number")),
        ("text", "Note__c", "", None),
        ("text", "Reason__c", "", Some("picklist")),
        ("text", "Open__c", "", None),
        ("text", "Day__c", "", Some("date")),
        ("long-text", "Notes__c", "", None),
        ("long-text", "Note__c", "", Some("text")),
        ("picklist", "Reason__c", "", None),
        ("picklist", "Note__c", "", Some("text")),
        ("boolean", "Vip__c", "", None),
        ("boolean", "Answer__c", "", None),
        ("boolean", "Reason__c", "", Some("picklist")),
        ("boolean", "Note__c", "", Some("text")),
        ("number", "Seats__c", "", None),
        ("number", "Note__c", "", Some("text")),
        ("timestamp", "At__c", "2026-11-12T09:00:00Z", None),
        ("timestamp", "Day__c", "2026-11-12T09:00:00Z", Some("date")),
        ("", "Vip__c", "", None),
    ] {
        let wanted: Vec<String> = wrong.into_iter().map(str::to_owned).collect();
        assert_eq!(judged(DESCRIBE, kind, to, said), wanted, "{kind} into {to}");
    }
}

#[test]
fn properties_tell_the_types_of_fields() {
    for (kind, to, wrong) in [
        ("email", "email", None),
        ("email", "vip", Some("boolean")),
        ("phone", "phone", None),
        ("phone", "seats", Some("number")),
        ("text", "note", None),
        ("text", "reason", Some("picklist")),
        ("long-text", "message", None),
        ("long-text", "note", None),
        ("picklist", "reason", None),
        ("picklist", "note", Some("text")),
        ("boolean", "vip", None),
        ("boolean", "seats", Some("number")),
        ("timestamp", "at", None),
        ("timestamp", "reason", Some("picklist")),
    ] {
        let wanted: Vec<String> = wrong.into_iter().map(str::to_owned).collect();
        assert_eq!(judged(PROPERTIES, kind, to, ""), wanted, "{kind} into {to}");
    }
}

#[test]
fn a_date_field_takes_times_that_are_days() {
    let mut chats = "chat_id,started_at,ended_at,visitor_email,x\n".to_owned();
    for day in 1..8 {
        let date = format!("2026-10-0{day}");
        let _ = writeln!(chats, "c{day},{date}T09:00:00Z,{date}T09:10:00Z,v{day}@x.example,2026-11-0{day}");
    }
    let toml = "[[mapping]]\nfrom = \"chat.x\"\nto = \"lead.Day__c\"\ntype = \"timestamp\"\n";
    let leads = "Id,Email,Day__c,CreatedDate\n1,v1@x.example,2026-11-01,2026-10-01T09:10:05Z\n";
    assert!(flagged("MAP003", toml, &[("schema", DESCRIBE), ("lead", leads), ("chat", &chats)]).is_empty());
}

#[test]
fn the_place_in_the_config_and_both_types_are_told() {
    let toml = "[[mapping]]\nfrom = \"chat.x\"\nto = \"lead.Vip__c\"\ntype = \"email\"\n";
    let leads = "Id,Email,Vip__c\n1,v1@x.example,true\n";
    let texts = [("schema", DESCRIBE), ("lead", leads), ("chat", CHATS)];
    let found = flagged("MAP003", toml, &texts);
    assert_eq!(
        found[0].detail,
        "MAP003:1: chat.x -> lead.Vip__c: the mapping declares email, and the schema says boolean"
    );
}

#[test]
fn what_a_picklist_does_not_list_is_rejected_by_either_schema() {
    let chats = "chat_id,started_at,ended_at,visitor_email,reason\n\
        c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,Partnership\n\
        c2,2026-10-02T09:00:00Z,2026-10-02T09:10:00Z,bo@acme.example,Pricing\n\
        c3,2026-10-03T09:00:00Z,2026-10-03T09:10:00Z,cy@acme.example,Retired\n";
    for (schema, header, created) in [(DESCRIBE, "Reason__c", "CreatedDate"), (PROPERTIES, "reason", "Create Date")] {
        let leads = format!(
            "Id,Email,{created},{header}\n1,ana@acme.example,2026-10-01T09:10:05Z,\n\
             2,bo@acme.example,2026-10-02T09:10:05Z,PRC\n3,cy@acme.example,2026-10-03T09:10:05Z,\n"
        );
        let toml =
            format!("[[mapping]]\nfrom = \"chat.reason\"\nto = \"lead.{header}\"\nvalues = {{ Pricing = \"PRC\" }}\n");
        let texts = [("schema", schema), ("lead", leads.as_str()), ("chat", chats)];
        let ids: Vec<_> = flagged("MAP010", &toml, &texts).into_iter().filter_map(|row| row.record_id).collect();
        assert_eq!(ids, ["1", "3"], "{header}");
        assert!(flagged("MAP003", &toml, &texts).is_empty());
    }
}

#[test]
fn notes_hold_anything_without_a_schema_too() {
    let chats = "chat_id,started_at,ended_at,visitor_email,score\n\
        c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,v1@x.example,40\n\
        c2,2026-10-02T09:00:00Z,2026-10-02T09:10:00Z,v2@x.example,50\n";
    let leads = |header: &str| {
        format!(
            "Id,Email,CreatedDate,{header}\n1,v1@x.example,2026-10-01T09:10:05Z,Score: 40\n\
             2,v2@x.example,2026-10-02T09:10:05Z,Score: 50\n"
        )
    };
    let found = |header: &str| {
        let toml = format!("[[mapping]]\nfrom = \"chat.score\"\nto = \"lead.{header}\"\ntype = \"number\"\n");
        flagged("MAP003", &toml, &[("lead", &leads(header)), ("chat", chats)]).len()
    };
    assert_eq!((found("Description"), found("Score__c")), (0, 1));
}
