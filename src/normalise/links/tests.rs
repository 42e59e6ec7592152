//! Links among small exports, in words.

#![expect(clippy::format_push_string, reason = "exports of a test are short")]

use super::*;
use crate::normalise::Facts;
use crate::normalise::testing::facts_of;

/// The links among texts, each with its kind or object; a link in words, and the figures.
fn links(toml: &str, texts: &[(&str, &str)]) -> (Vec<String>, LinkFigures, Facts) {
    let (tables, facts) = facts_of(toml, texts);
    let all = facts.links.as_ref().unwrap();
    let id = |at: At| {
        let table = &tables[at.source as usize];
        table.text(table.role(Role::Id).unwrap()).get(at.row).unwrap_or("?").to_owned()
    };
    let said = all
        .pairs()
        .iter()
        .map(|link| {
            let made = if link.made { "made" } else { "touched" };
            format!("{} {made} {} by {}", id(link.chat), id(link.record), link.by.as_str())
        })
        .collect();
    let figures = all.figures(&tables);
    (said, figures, facts)
}

const CHATS: &str = "chat_id,started_at,ended_at,visitor_email,visitor_phone,is_bot\n";
const LEADS: &str = "Id,CreatedDate,Email,Phone,Chat_Id__c\n";

#[test]
fn ids_come_before_addresses_and_addresses_before_numbers() {
    let chats = format!(
        "{CHATS}c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,,false\n\
         c2,2026-10-01T10:00:00Z,2026-10-01T10:10:00Z,bo@acme.example,,false\n\
         c3,2026-10-01T11:00:00Z,2026-10-01T11:10:00Z,,+1 202 555 0103,false\n\
         c4,2026-10-01T12:00:00Z,2026-10-01T12:10:00Z,di@acme.example,,false\n\
         c5,2026-10-01T13:00:00Z,2026-10-01T13:10:00Z,ed@acme.example,,false\n"
    );
    let leads = format!(
        "{LEADS}1,2026-10-01T09:10:05Z,other@acme.example,,c1\n2,2026-10-01T10:10:05Z,Bo@acme.example ,,\n\
         3,2026-10-01T11:10:05Z,,(202) 555-0103,\n4,2026-09-01T12:00:00Z,di@acme.example,,\n9,2026-10-02T12:00:00Z,zz@acme.example,,\n"
    );
    let (said, figures, _) = links("", &[("chat", &chats), ("lead", &leads)]);
    assert_eq!(said, ["c1 made 1 by chat id", "c2 made 2 by email", "c3 made 3 by phone", "c4 touched 4 by email"]);
    assert_eq!((figures.judged, figures.qualifying, figures.linked, figures.made), (5, 5, 4, 3));
    assert_eq!((figures.records, figures.records_made), (3, 3), "leads 4 and 9 lie outside of the chats' period");
}

#[test]
fn the_log_and_the_chat_itself_may_name_the_record() {
    let chats = "chat_id,started_at,ended_at,visitor_email,lead_id\n\
        c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,00Q5e0000000001EAA\n\
        c2,2026-10-01T10:00:00Z,2026-10-01T10:10:00Z,bo@acme.example,\n";
    let leads = "Id,CreatedDate,Email\n00Q5e0000000001,2026-10-01T09:10:05Z,x@acme.example\n\
        00Q5e0000000002EAA,2026-10-01T10:10:05Z,y@acme.example\n";
    let log = "logged_at,chat_id,record_id,result,error,attempt\n2026-10-01T10:10:05Z,c2,00Q5e0000000002,success,,1\n";
    let (said, ..) = links("", &[("chat", chats), ("lead", leads), ("sync-log", log)]);
    assert_eq!(said, ["c1 made 00Q5e0000000001 by record id", "c2 made 00Q5e0000000002EAA by sync log"]);
}

#[test]
fn a_record_is_made_by_the_nearest_chat_and_touched_by_the_others() {
    let chats = format!(
        "{CHATS}c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,,false\n\
         c2,2026-10-05T10:00:00Z,2026-10-05T10:10:00Z,ana@acme.example,,false\n\
         c3,2026-10-07T10:00:00Z,2026-10-07T10:10:00Z,ana@acme.example,,false\n"
    );
    let leads =
        format!("{LEADS}1,2026-10-01T09:10:05Z,ana@acme.example,,\n2,2026-10-07T10:10:05Z,ana@acme.example,,c3\n");
    let (said, _, facts) = links("", &[("chat", &chats), ("lead", &leads)]);
    assert_eq!(said, ["c1 made 1 by email", "c2 touched 1 by email", "c3 made 2 by chat id"]);
    let side = &facts.links.unwrap().chats[0];
    assert_eq!(side.before, [None, Some(At { source: 1, row: 0 }), Some(At { source: 1, row: 0 })]);
}

#[test]
fn crowded_addresses_link_nothing_and_leave_a_trace() {
    let chats = format!("{CHATS}c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,info@acme.example,,false\n");
    let mut leads = LEADS.to_owned();
    leads.extend((0..12).map(|n| format!("{n},2026-10-01T09:{:02}:05Z,info@acme.example,,\n", 10 + n)));
    let (said, figures, facts) = links("", &[("chat", &chats), ("lead", &leads)]);
    assert!(said.is_empty(), "{said:?}");
    assert_eq!((figures.crowded, facts.links.unwrap().chats[0].traces[0]), (1, Trace::Email));
}

#[test]
fn constant_offsets_are_learned_and_do_not_break_links() {
    let mut chats = CHATS.to_owned();
    let mut leads = LEADS.to_owned();
    for n in 0..20 {
        chats +=
            &format!("c{n},2026-10-{:02}T14:00:00Z,2026-10-{:02}T14:10:00Z,v{n}@acme.example,,false\n", n + 1, n + 1);
        leads += &format!("{n},2026-10-{:02}T10:10:0{}Z,v{n}@acme.example,,\n", n + 1, n % 8);
    }
    let (said, figures, facts) = links("", &[("chat", &chats), ("lead", &leads)]);
    assert_eq!(facts.links.unwrap().shifts[0].minutes, [-240]);
    assert_eq!(said.len(), 20);
    assert_eq!(figures.by, [(By::Email, 20)]);
    assert!(said.iter().all(|link| link.contains("made")), "{said:?}");
}

#[test]
fn what_lies_outside_of_the_records_period_is_not_judged() {
    let mut chats = CHATS.to_owned();
    for day in 1..29 {
        chats += &format!("c{day},2026-10-{day:02}T09:00:00Z,2026-10-{day:02}T09:10:00Z,v{day}@acme.example,,false\n");
    }
    let mut leads = LEADS.to_owned();
    for day in 10..17 {
        leads += &format!("{day},2026-10-{day:02}T09:10:05Z,v{day}@acme.example,,c{day}\n");
    }
    let (_, figures, _) = links("", &[("chat", &chats), ("lead", &leads)]);
    // The first chat ended before the first lead was there, the last one in the grace at the end.
    assert_eq!((figures.chats, figures.judged, figures.linked), (28, 5, 5));
}

#[test]
fn an_id_on_hundreds_of_rows_links_nothing() {
    let mut chats = CHATS.to_owned();
    let mut leads = LEADS.to_owned();
    for n in 0..40 {
        chats += &format!("0,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,v{n}@acme.example,,false\n");
        leads += &format!("{n},2026-10-01T09:10:05Z,w{n}@acme.example,,0\n");
    }
    let (said, figures, _) = links("", &[("chat", &chats), ("lead", &leads)]);
    assert!(said.is_empty(), "{said:?}");
    assert_eq!(figures.crowded, 1);
}

#[test]
fn a_switchboard_makes_nobody_of_a_chat() {
    let chats = "chat_id,started_at,ended_at,visitor_name,visitor_email,visitor_phone\n\
        c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,Ana Lopez,ana@acme.example,+1 202 555 0101\n\
        c2,2026-10-02T09:00:00Z,2026-10-02T09:10:00Z,Cy Dahl,cy@mail.example,+1 202 555 0102\n\
        c3,2026-10-03T09:00:00Z,2026-10-03T09:10:00Z,Di Moss,,+1 202 555 0103\n";
    let leads = "Id,CreatedDate,FirstName,LastName,Email,Phone\n\
        1,2026-10-01T09:15:00Z,Bo,Ek,bo@acme.example,+12025550101\n\
        2,2026-10-02T09:10:05Z,CY,Dahl,cy@acme.example,+12025550102\n\
        3,2026-10-03T09:10:05Z,Ed,Roy,ed@acme.example,+12025550103\n";
    let (said, _, facts) = links("", &[("chat", chats), ("lead", leads)]);
    assert_eq!(said, ["c2 made 2 by phone", "c3 made 3 by phone"]);
    // Somebody there has the number all the same, so that the chat is not called lost.
    assert_eq!(facts.links.unwrap().chats[0].traces[0], Trace::Phone);
}

#[test]
fn an_id_that_stands_on_two_rows_names_one_of_them() {
    let chats = format!("{CHATS}c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,,false\n");
    let leads = format!(
        "{LEADS}L1,2026-10-01T09:10:05Z,ana@acme.example,,c1\n\
         L1,2026-10-01T08:00:00Z,bo@acme.example,,\n"
    );
    let log = "chat_id,lead_id,attempted_at,status\nc1,L1,2026-10-01T09:10:05Z,success\n";
    let (said, ..) = links("", &[("chat", &chats), ("lead", &leads), ("sync-log", log)]);
    assert_eq!(said, ["c1 made L1 by chat id", "c1 touched L1 by sync log"]);
}

#[test]
fn records_whose_zone_is_not_known_and_that_lie_elsewhere_are_doubtful() {
    let mut chats = CHATS.to_owned();
    let mut leads = LEADS.to_owned();
    for n in 0..20 {
        chats +=
            &format!("c{n},2026-10-{:02}T15:00:00Z,2026-10-{:02}T15:10:00Z,v{n}@acme.example,,false\n", n + 1, n + 1);
        // Local time of New York, between one and eighty minutes late.
        let minute = 11 * 60 + 11 + n * 4;
        leads +=
            &format!("L{n},2026-10-{:02} {:02}:{:02}:30,v{n}@acme.example,,c{n}\n", n + 1, minute / 60, minute % 60);
    }
    let (.., facts) = links("", &[("chat", &chats), ("lead", &leads)]);
    let all = facts.links.unwrap();
    assert!(all.shifts.is_empty() && all.is_doubtful(0, 1));
    let (.., facts) = links("", &[("chat", &chats), ("lead", &leads.replace(":30,", ":30Z,"))]);
    assert!(!facts.links.unwrap().is_doubtful(0, 1), "what says its zone is what it says");
}

#[test]
fn the_years_1_and_9999_are_no_times() {
    let chats = format!("{CHATS}c1,0001-01-01T00:00:00Z,9999-12-31T00:00:00Z,ana@acme.example,,false\n");
    let leads = format!("{LEADS}L1,2026-10-01T09:10:05Z,ana@acme.example,,c1\n");
    let (_, _, facts) = links("", &[("chat", &chats), ("lead", &leads)]);
    let all = facts.links.unwrap();
    assert_eq!((all.chats[0].started[0], all.chats[0].ended[0]), (Times::MISSING, Times::MISSING));
}

proptest::proptest! {
    #[test]
    fn the_tail_of_plain_digits_is_that_of_the_number(cell in "[+]?[0-9]{0,14}|[+0-9 ()-]{0,16}") {
        let read = crate::normalise::phone::tail(&cell, 9);
        proptest::prop_assert_eq!(choose::tail(&cell).map(std::borrow::Cow::into_owned), read);
    }
}
