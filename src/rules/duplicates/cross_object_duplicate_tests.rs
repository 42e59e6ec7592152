//! DUP008 on small exports.

use crate::rules::testing::flagged;

const CONTACTS: &str = "Id,Name,Email\n0031,Ana Moss,ana@acme.example\n0032,Bo Lee,bo@acme.example\n";

/// The leads that are found, with what they repeat and how sure that is.
fn run(toml: &str, texts: &[(&str, &str)]) -> Vec<(String, String, f64)> {
    let rows = flagged("DUP008", toml, texts);
    let of = |text: Option<String>| text.unwrap_or_default();
    let mut found: Vec<_> = rows.into_iter().map(|row| (of(row.record_id), of(row.other_id), row.confidence)).collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

fn one(lead: &str, other: &str, confidence: f64) -> (String, String, f64) {
    (lead.to_owned(), other.to_owned(), confidence)
}

#[test]
fn the_lead_is_pointed_at_and_the_contact_named() {
    let leads = "Id,Name,Email\n1,Ana Moss,Ana@acme.example\n2,Cy Fox,bo@acme.example\n3,,bo@acme.example\n";
    let found = run("", &[("lead", leads), ("contact", CONTACTS)]);
    assert_eq!(found, [one("1", "0031", 1.0), one("3", "0032", 0.9)]);
    let rows = flagged("DUP008", "", &[("lead", leads), ("contact", CONTACTS)]);
    let first = rows.iter().find(|row| row.record_id.as_deref() == Some("1")).unwrap();
    assert_eq!(first.detail, "same address as 0031 of contact, the same name");
    assert_eq!(first.column.as_deref(), Some("Email"));
}

#[test]
fn leads_of_one_contact_are_one_group() {
    let leads = "Id,Name,Email\n1,Ana Moss,ana@acme.example\n2,A. Moss,ana@acme.example\n3,Bo Lee,bo@acme.example\n";
    let mut rows = flagged("DUP008", "", &[("lead", leads), ("contact", CONTACTS)]);
    rows.sort_by(|a, b| a.record_id.cmp(&b.record_id));
    let groups: Vec<_> = rows.iter().map(|row| row.group.as_deref()).collect();
    assert!(rows.len() == 3 && groups[0] == groups[1] && groups[1] != groups[2], "{rows:?}");
}

#[test]
fn the_surest_contact_is_named_and_of_several_the_first_by_id() {
    let contacts =
        "Id,Name,Email\n0039,Ana Moss,ana@acme.example\n0034,Ana Moss,ana@acme.example\n0031,,ana@acme.example\n";
    let found = run("", &[("lead", "Id,Name,Email\n1,Ana Moss,ana@acme.example\n"), ("contact", contacts)]);
    assert_eq!(found, [one("1", "0034", 1.0)]);
}

#[test]
fn who_is_linked_is_no_finding() {
    for leads in [
        "Id,Name,Email,IsConverted,ConvertedContactId\n1,Ana Moss,ana@acme.example,true,0031\n",
        "Id,Name,Email,ContactId\n1,Ana Moss,ana@acme.example,0031\n",
        "Id,Name,Email,Associated Contact IDs\n1,Ana Moss,ana@acme.example,0032;0031\n",
    ] {
        assert_eq!(run("", &[("lead", leads), ("contact", CONTACTS)]), [], "{leads}");
    }
    let leads = "Id,Name,Email,ContactId\n1,Ana Moss,ana@acme.example,0032\n";
    assert_eq!(run("", &[("lead", leads), ("contact", CONTACTS)]).len(), 1);
    let contacts = "Id,Name,Email,Original Lead\n0031,Ana Moss,ana@acme.example,1\n";
    assert_eq!(run("", &[("lead", "Id,Name,Email\n1,Ana Moss,ana@acme.example\n"), ("contact", contacts)]), []);
    // One record in two views of the CRM.
    let same = "Id,Name,Email\n90020001,Ana Moss,ana@acme.example\n";
    assert_eq!(run("", &[("lead", same), ("contact", same)]), []);
}

#[test]
fn a_converted_lead_proves_that_its_contact_exists() {
    let leads = "Id,Name,Email,IsConverted,ConvertedContactId\n1,Ana Moss,ana@acme.example,true,0031\n2,Ana Moss,ana@acme.example,false,\n";
    let rows = flagged("DUP008", "", &[("lead", leads)]);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].detail, "same address as the converted lead 1 of lead, the same name");
    // The contact itself tells more.
    assert_eq!(run("", &[("lead", leads), ("contact", CONTACTS)]), [one("2", "0031", 1.0)]);
    // By now it names the contact.
    let linked = leads.replace("ana@acme.example,false,", "ana@acme.example,false,0031");
    assert_eq!(run("", &[("lead", &linked), ("contact", CONTACTS)]), []);
}

#[test]
fn what_a_chat_made_beside_a_contact_is_the_chats() {
    let contacts = "Id,Name,Email,CreatedDate\n0031,Ana Moss,ana@acme.example,2026-09-01T09:00:00Z\n0032,Bo Lee,bo@acme.example,2026-10-20T09:00:00Z\n";
    let leads = "Id,Name,Email,CreatedDate,Chat_Id__c\n1,Ana Moss,ana@acme.example,2026-10-05T09:10:05Z,c1\n2,Cy Fox,cy@acme.example,2026-10-19T09:00:00Z,\n";
    let chats = "chat_id,started_at,ended_at,visitor_name,visitor_email\nc1,2026-10-05T09:00:00Z,2026-10-05T09:10:00Z,Ana Moss,ana@acme.example\n\
        c2,2026-10-06T09:00:00Z,2026-10-06T09:10:00Z,Di Ray,di@acme.example\n";
    let texts = [("lead", leads), ("contact", contacts), ("chat", chats)];
    assert_eq!(flagged("DUP007", "", &texts).len(), 1);
    assert_eq!(run("", &texts), []);
    assert_eq!(run("", &texts[..2]).len(), 1);
}
