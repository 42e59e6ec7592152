//! DUP007 among small exports.

use crate::rules::testing::flagged;

const CHATS: &str = "chat_id,started_at,ended_at,visitor_email,transcript\n\
    c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,Visitor: What does the Team plan cost? Agent: Ten.\n\
    c2,2026-10-05T09:00:00Z,2026-10-05T09:10:00Z,ana@acme.example,Visitor: When is the chat open today? Agent: Till five.\n";
const LEADS: &str = "Id,Name,Email,CreatedDate,Chat_Id__c,Description\n";
const LAST: &str = "9,Zoe Roe,zoe@acme.example,2026-10-09T09:00:00Z,,\n";

fn found(texts: &[(&str, &str)]) -> Vec<(String, String)> {
    let found = flagged("DUP007", "", texts);
    found.into_iter().map(|row| (row.record_id.unwrap_or_default(), row.detail)).collect()
}

fn ids(leads: &str) -> Vec<String> {
    let leads = format!("{LEADS}{leads}{LAST}");
    found(&[("lead", &leads), ("chat", CHATS)]).into_iter().map(|(id, _)| id).collect()
}

#[test]
fn a_record_that_carries_nothing_of_a_later_chat() {
    assert_eq!(ids("1,Ana Moss,ana@acme.example,2026-10-01T09:10:05Z,c1,\n"), ["c2"]);
    assert!(ids("1,Ana Moss,ana@acme.example,2026-10-01T09:10:05Z,c1; c2,\n").is_empty());
    // One id is all that the column holds, and the last chat's stands there.
    assert!(ids("1,Ana Moss,ana@acme.example,2026-10-01T09:10:05Z,c2,\n").is_empty());
    // The notes hold what was said, or name the chat.
    assert!(
        ids("1,Ana Moss,ana@acme.example,2026-10-01T09:10:05Z,c1,when is the chat open today? - till five\n")
            .is_empty()
    );
}

#[test]
fn a_second_record_beside_a_contact_or_a_converted_lead() {
    let leads = format!("{LEADS}1,Ana Moss,ana@acme.example,2026-10-05T09:10:05Z,c2,\n{LAST}");
    let chats = CHATS
        .replace("c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana", "c1,2026-10-05T09:00:00Z,2026-10-05T09:10:00Z,bo");
    let contacts = "Id,Email,CreatedDate\n77,Ana@acme.example,2026-08-01T09:00:00Z\n";
    let said = found(&[("lead", &leads), ("chat", &chats), ("contact", contacts)]);
    assert_eq!(said.len(), 1);
    assert!(
        said[0].1.starts_with("made 1 of lead, although the address stood on 77 of contact since 2026-08-01"),
        "{said:?}"
    );
    // Made a moment before the chat: by the form that opens it.
    let form = contacts.replace("2026-08-01T09:00:00Z", "2026-10-05T08:59:30Z");
    assert!(found(&[("lead", &leads), ("chat", &chats), ("contact", &form)]).is_empty());
    let converted = "Id,Email,CreatedDate,Chat_Id__c,IsConverted\n1,ana@acme.example,2026-10-05T09:10:05Z,c2,false\n\
        5,ana@acme.example,2026-07-05T09:10:05Z,,true\n9,zoe@acme.example,2026-10-09T09:00:00Z,,false\n";
    assert_eq!(found(&[("lead", converted), ("chat", &chats)]).len(), 1);
    // Two open leads of one address are DUP001's.
    assert!(found(&[("lead", &converted.replace("true", "false")), ("chat", &chats)]).is_empty());
}

#[test]
fn an_activity_may_name_the_chat() {
    let leads = format!("{LEADS}1,Ana Moss,ana@acme.example,2026-10-01T09:10:05Z,c1,\n{LAST}");
    let task = |when: &str| format!("Id,CreatedDate,WhoId,Subject\n7,{when},1,Live chat\n");
    let with = |task: &str| found(&[("lead", &leads), ("chat", CHATS), ("activity", task)]).len();
    assert_eq!((with(&task("2026-10-05T09:11:00Z")), with(&task("2026-10-02T09:11:00Z"))), (0, 1));
}

#[test]
fn records_that_cannot_tell_are_not_judged() {
    let leads =
        "Id,Email,CreatedDate\n1,ana@acme.example,2026-10-01T09:10:05Z\n9,zoe@acme.example,2026-10-09T09:00:00Z\n";
    assert!(found(&[("lead", leads), ("chat", CHATS)]).is_empty());
}

#[test]
fn where_no_record_names_any_chat_it_is_one_finding() {
    let each = |row: &dyn Fn(u32) -> String| (10..50).map(row).collect::<Vec<_>>().concat();
    let chats = each(&|n| format!("c{n},2026-10-01T09:{n}:00Z,2026-10-01T09:{n}:30Z,v{n}@acme.example\n"));
    let leads = each(&|n| format!("{n},v{n}@acme.example,2026-10-01T09:{n}:35Z,\n"));
    let chats = format!("chat_id,started_at,ended_at,visitor_email\n{chats}");
    let leads = format!("Id,Email,CreatedDate,Chat_Id__c\n{leads}99,zoe@acme.example,2026-10-09T09:00:00Z,\n");
    let said = found(&[("lead", &leads), ("chat", &chats)]);
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].1, "no record names any of the 40 chats of known people");
}
