//! Exports that cover different periods: only what lies in both is judged, and how much does not is said.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Desk, array, text};

/// The rules that compare sources.
const RULES: [&str; 5] = ["CHT001", "CHT002", "CHT005", "DUP007", "SYN004"];

/// A month with the same faults on every day: leads of the days in `leads`, chats of the days in `chats`.
fn exports(leads: std::ops::RangeInclusive<u32>, chats: std::ops::RangeInclusive<u32>) -> Desk {
    let mut said =
        "chat_id,started_at,ended_at,visitor_name,visitor_email,visitor_phone,is_spam,transcript\n".to_owned();
    let mut made = "Id,Email,CreatedDate,Chat_Id__c,Chat_Transcript__c\n".to_owned();
    let mut contacts = "Id,Email,CreatedDate,Chat_Id__c\n".to_owned();
    for day in 1..=28 {
        let mut chat = |kind: &str, hour: u32, email: &str, phone: &str, spam: bool| {
            if chats.contains(&day) {
                let at = format!("2026-10-{day:02}T{hour:02}");
                let who = format!("Ana Moss{day},{email},{phone},{spam}");
                writeln!(
                    said,
                    "{kind}{day},{at}:00:00Z,{at}:10:00Z,{who},Visitor: What does the plan cost on day {day}?"
                )
                .unwrap();
            }
        };
        let mut lead = |kind: &str, hour: u32, email: &str, transcript: &str| {
            if leads.contains(&day) {
                writeln!(made, "{kind}{day},{email},2026-10-{day:02}T{hour:02}:10:05Z,{kind}{day},{transcript}")
                    .unwrap();
            }
        };
        let said = format!("Visitor: What does the plan cost on day {day}?");
        // A lead without its transcript, and a later chat that the lead does not name.
        chat("a", 9, &format!("a{day}@acme.example"), "", false);
        lead("a", 9, &format!("a{day}@acme.example"), "");
        chat("t", 12, &format!("a{day}@acme.example"), "", false);
        // A lead of spam, a lost chat, two leads of one visitor.
        chat("s", 10, &format!("s{day}@acme.example"), "", true);
        lead("s", 10, &format!("s{day}@acme.example"), &said);
        chat("l", 11, &format!("l{day}@acme.example"), "", false);
        let phone = format!("20255501{day:02}");
        chat("p", 13, &format!("p{day}@acme.example"), &phone, false);
        lead("p", 13, &format!("p{day}@acme.example"), &said);
        chat("q", 16, &format!("q{day}@home.example"), &phone, false);
        lead("q", 16, &format!("q{day}@home.example"), &said);
        // No chat of the day is in the grace at the end.
        lead("z", 20, &format!("z{day}@acme.example"), "");
        // Contacts of the whole month: one that a chat does not find, one of spam.
        chat("k", 14, &format!("k{day}@acme.example"), "", false);
        writeln!(contacts, "k{day},k{day}@acme.example,2026-09-01T09:00:00Z,").unwrap();
        chat("m", 15, &format!("m{day}@acme.example"), "", true);
        writeln!(contacts, "m{day},m{day}@acme.example,2026-10-{day:02}T15:10:05Z,m{day}").unwrap();
    }
    let desk = Desk::with("chats.csv", said);
    desk.write("leads.csv", made);
    desk.write("contacts.csv", contacts);
    desk
}

const ARGS: &str = "leads.csv contacts.csv chats.csv --select CHT001,CHT002,CHT005,DUP007,SYN004 --fail-on never";

/// By rule, the days of the chats that it speaks of.
fn days(desk: &Desk, args: &str) -> BTreeMap<String, BTreeSet<u32>> {
    let mut days: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    for row in desk.evidence(args) {
        let id = if text(&row, "source").starts_with("chat") { "record_id" } else { "other_id" };
        let day = text(&row, id).trim_start_matches(char::is_alphabetic).parse().unwrap();
        days.entry(text(&row, "code").to_owned()).or_default().insert(day);
    }
    days
}

/// By rule, how many chats it says were outside of the period.
fn outside(report: &Value) -> BTreeMap<String, u64> {
    let mut outside = BTreeMap::new();
    for skipped in array(report, "skipped") {
        let reason = text(skipped, "reason");
        if reason.contains("outside of the period that the records cover") {
            let number = reason.split(|c: char| !c.is_ascii_digit()).rfind(|part| !part.is_empty()).unwrap();
            *outside.entry(text(skipped, "code").to_owned()).or_default() += number.parse::<u64>().unwrap();
        }
    }
    outside
}

#[test]
fn a_month_of_both_is_judged_to_its_ends() {
    let desk = exports(1..=28, 1..=28);
    let days = days(&desk, ARGS);
    assert_eq!(days.keys().map(String::as_str).collect::<Vec<_>>(), RULES);
    for (code, days) in &days {
        assert_eq!(days, &(1..=28).collect(), "{code}");
    }
}

#[test]
fn a_week_of_leads_beside_a_month_of_chats() {
    let desk = exports(10..=16, 1..=28);
    for (code, days) in days(&desk, ARGS) {
        assert_eq!(days, (10..=16).collect(), "{code}");
    }
    let outside = outside(&desk.report(ARGS));
    // Of the 21 other days: chats of known contacts, contacts that spam made, and all the chats that left nothing.
    assert_eq!(outside["DUP007"], 21);
    assert_eq!(outside["CHT001"], 21);
    // And the chat of the first lead, which ended before that was there.
    assert_eq!(outside["SYN004"], 21 * 6 + 1);
    assert!(!outside.contains_key("CHT002") && !outside.contains_key("CHT005"), "all that they look at is in the week");
}

#[test]
fn a_week_of_chats_beside_a_month_of_leads() {
    let desk = exports(1..=28, 10..=16);
    let days = days(&desk, ARGS);
    assert_eq!(days.keys().map(String::as_str).collect::<Vec<_>>(), RULES);
    assert!(days.values().all(|days| days == &(10..=16).collect()), "{days:?}");
}

#[test]
fn what_the_config_says_is_covered_is_the_period() {
    let desk = exports(1..=28, 1..=28);
    let source =
        |name: &str, kind: &str, more: &str| format!("[sources.{name}]\nkind = {kind}\npath = \"{name}.csv\"\n{more}");
    let covers = "covers = [\"2026-10-10\", \"2026-10-16\"]\n";
    let leads = source("leads", "\"crm\"\nobject = \"lead\"", covers);
    let contacts = source("contacts", "\"crm\"\nobject = \"contact\"", "");
    desk.write("leadlint.toml", format!("{leads}{contacts}{}", source("chats", "\"chat\"", "")));
    let args = "--select CHT001,CHT002,CHT005,DUP007,SYN004 --fail-on never";
    for (code, days) in days(&desk, args) {
        assert_eq!(days, (10..=16).collect(), "{code}");
    }
    let outside = outside(&desk.report(args));
    assert_eq!(outside.keys().map(String::as_str).collect::<Vec<_>>(), RULES);
    assert_eq!((outside["CHT002"], outside["CHT005"]), (21 * 3, 21 * 3));
}
