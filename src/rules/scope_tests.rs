//! The property that holds every rule to its scope: run over any parts that keep its scope together, it says what it says
//! over the whole.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::RULES;
use super::audit::tables;
use super::declare::Scope;
use super::run::Found;
use super::testing::{baseline, evidence, facts, run_one, sources};
use crate::config::Options;
use crate::normalise::keys::KeyName;
use crate::normalise::{Facts, Table};

/// Cells that rules care about, by header. Empty cells and repeats are likely.
const LEADS: [(&str, &[&str]); 25] = [
    ("Id", &["1", "2", "3", "4", "5", "6", "00Q5e000000018E", ""]),
    (
        "Email",
        &[
            "",
            "ana@acme.example",
            "Ana@Acme.example ",
            "bo@acme.con",
            "cy",
            "none@none.com",
            "d@x.example;e@x.example",
            "ana+x@acme.example",
            "a.na@gmail.com",
            "ana@googlemail.com",
            "info@acme.example",
            "test@example.com",
        ],
    ),
    ("Email 2", &["", "", "", "ana@acme.example", "e@x.example"]),
    ("FirstName", &["Ana", "Ana", "A.", "Bo", "Anna", ""]),
    ("LastName", &["Moss", "N/A", "", "Null", "JosÃ©", "????", " Lee", "Moss", "Moss"]),
    ("Company", &["Acme", "Acme ", "ACME", "A\u{200B}cme", ""]),
    ("Region__c", &["East Region", "East Region", "East Region", "EastRegion", "east-region", "West", "WEST", ""]),
    ("Interests", &["a;b", "a", "b", "B", "A;b", ""]),
    (
        "CreatedDate",
        &["2026-10-01T09:00:00Z", "2026-10-02 10:00", "31/31/2026", "2027-12-01", "3/4/2026", "25/4/2026", ""],
    ),
    ("LastModifiedDate", &["2026-10-03T09:00:00Z", "2026-10-05T09:00:00Z", ""]),
    ("Phone", &["5555555555", "+12025550101", "(202) 555-0102", "202-555-0103 x1", "+1202", "1.2E+10", ""]),
    ("Country", &["United States", "US", "Germany", "Canada", ""]),
    ("State", &["California", "NY", "Ontario", ""]),
    ("PostalCode", &["94105", "10001", "2110", "SW1A 1AA", "M5V 3L9", ""]),
    ("Vip__c", &["true", "False", "1", "no", ""]),
    ("Amount__c", &["1.5", "1,5", "USD 5", "5", "6.0E7", ""]),
    ("Status", &["Open", "open", "Closed", ""]),
    ("Description", &["two\nlines", " x", "\u{FFFD}", "card 4111 1111 1111 1111", ""]),
    ("LastActivityDate", &["2026-05-01", "2027-01-01", ""]),
    ("Chat_Id__c", &["c1", "c2", "c3", "c4", "c9", "", ""]),
    ("Assigned_Date", &["2026-10-01T12:30:00Z", "2026-10-01T09:01:00Z", "2026-11-01T09:00:00Z", ""]),
    ("OwnerId", &["u1", "u2", "u3", "u9", "00G5e0000000001EAA", ""]),
    ("Reason__c", &["Pricing", "pricing", "Demo", "Other", ""]),
    ("HasOptedOutOfEmail", &["true", "false", "maybe", ""]),
    ("EmailBouncedDate", &["", "", "2026-10-01"]),
];

const CONTACTS: [(&str, &[&str]); 7] = [
    ("Id", &["0031", "0032", "0033", "0034", "2", "00Q5e000000018E", ""]),
    ("Email", &["ana@acme.example", "ana+y@acme.example", "a.n.a@gmail.com", "info@acme.example", "none@none.com", ""]),
    ("First Name", &["Ana", "Anna", "Bo", "A", ""]),
    ("Last Name", &["Moss", "Moss", "Lee", ""]),
    ("Phone", &["+12025550101", "(202) 555-0102", "5555555555", ""]),
    ("Company", &["Acme", "ACME Inc.", "Bolt", ""]),
    ("Do Not Call", &["yes", "no", ""]),
];

const ACCOUNTS: [(&str, &[&str]); 5] = [
    ("Id", &["1", "2", "3", "4", "5", "6", "7", ""]),
    ("Name", &["Acme", "Acme, Inc.", "ACME LLC", "Bolt", "Bolt GmbH", "N/A", ""]),
    ("Website", &["", "", "acme.example", "https://www.acme.example/x", "bolt.example", "facebook.com/bolt"]),
    ("BillingCountry", &["", "", "US", "us", "DE"]),
    ("ParentId", &["", "", "", "1", "2", "3"]),
];

const CHATS: [(&str, &[&str]); 10] = [
    ("chat_id", &["c1", "c2", "c3", "c4", ""]),
    ("started_at", &["2026-10-01T09:00:00Z", "1790847000", "soon", ""]),
    ("ended_at", &["2026-10-01T09:10:00Z", "2028-10-01T09:10:00Z", ""]),
    ("visitor_email", &["ana@acme.example", "x@", ""]),
    ("topic", &["Pricing", "Pricing", "pricing", "PRICING ", "Demo", "Demo"]),
    ("transcript", &["hello", "JosÃ©", "the password is hunter22", ""]),
    ("visitor_name", &["Ana Moss", "Visitor 12", ""]),
    (
        "tags",
        &[
            "Intent_Pricing",
            "Intent_Pricing;vip!!",
            "intent pricing;spam",
            "Odd_One",
            "Intent_Pricing;Odd_Two",
            "Demo_Request",
            "",
        ],
    ),
    ("is_bot", &["false", "true", ""]),
    ("visitor_phone", &["+12025550101", "(202) 555-0102", ""]),
];

const LOG: [(&str, &[&str]); 6] = [
    ("logged_at", &["2026-10-01T09:10:05Z", "2026-10-01T09:40:00Z", "2026-10-02T10:00:00Z", ""]),
    ("chat_id", &["c1", "c2", "c3", "c4", "c7", ""]),
    ("record_id", &["1", "2", "3", "", ""]),
    ("result", &["success", "error", "error", ""]),
    ("error", &["429 Too Many Requests", "timeout", "duplicate value", "", ""]),
    ("attempt", &["1", "2", "3"]),
];

/// The people who work with the records, whole in every part.
const USERS: &str = "Id,Name,Email,IsActive\nu1,East rep,east@acme.example,true\nu2,West rep,west@acme.example,true\nu3,Gone rep,gone@acme.example,false\n";

/// A config in which every kind of entry stands.
const CONFIG: &str = r#"
[audit]
cadence = { duplicates = "daily", tags = "weekly", cleanup = "daily" }
[stages]
order = { status = ["Open", "Closed"] }
[rules.DRF006]
at-least = 2
[tags]
vocabulary = ["Intent_Pricing", "Demo_Request"]
[sync]
target-seconds = 30
[assign]
default-owner = "u2"
[[mapping]]
from = "chat.topic"
to = "lead.Reason__c"
type = "picklist"
[[mapping]]
from = "chat.visitor_email"
to = "lead.Email"
[[mapping]]
from = "chat.transcript"
to = "lead.Description"
[[mapping]]
from = "chat.is_bot"
to = "lead.Vip__c"
type = "boolean"
[[mapping]]
from = "chat.absent"
to = "lead.Absent__c"
[[mapping]]
from = "chat.visitor_phone"
to = "lead.Description"
[[mapping]]
from = "chat.visitor_name"
to = "lead.Company"
type = "timestamp"
[[assignment]]
name = "east"
when = { region = "East Region" }
owner = "East rep"
[[assignment]]
name = "priced"
when = { Reason__c = "Pricing" }
owner = "u2"
since = "2026-10-01"
[[automation]]
name = "route"
uses = ["lead.Reason__c", "chat.topic"]
when = { Reason__c = "Pricing" }
expect = { "lead.OwnerId" = "u1" }
within-seconds = 60
[[automation]]
name = "rate"
uses = ["lead.Vip__c"]
when = { topic = "Pricing" }
expect = { "lead.Vip__c" = "yes", "lead.Absent__c" = "x" }
[[probe]]
chat = "c3"
case = "repeat"
expect = { "lead.Vip__c" = "yes", "lead.OwnerId" = "East rep", "chat.topic" = "Demo", "lead.Absent__c" = "x" }
[[probe]]
chat = "c1"
case = "plain"
expect = { "lead.Reason__c" = "Pricing" }
"#;

fn export(columns: &[(&str, &[&str])], picks: &[Vec<usize>], ragged: bool) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    writer.write_record(columns.iter().map(|(header, _)| *header)).unwrap();
    for (at, row) in picks.iter().enumerate() {
        let mut cells: Vec<&str> = columns.iter().zip(row).map(|((_, pool), pick)| pool[pick % pool.len()]).collect();
        if ragged && at % 7 == 3 {
            cells.push("surplus");
        } else if ragged && at % 7 == 5 {
            cells.pop();
        }
        writer.write_record(cells).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn picks(columns: usize) -> impl Strategy<Value = Vec<Vec<usize>>> {
    proptest::collection::vec(proptest::collection::vec(0_usize..56, columns), 0..24)
}

/// Parts of a table that keep together what the scope wants together. `seed` decides which part each row goes to.
fn split(table: &Table, scope: Scope, seed: &[u8]) -> Vec<Table> {
    let height = table.height();
    let mut part_of: Vec<usize> = (0..height).map(|row| usize::from(seed[row % seed.len()]) % 3).collect();
    if matches!(scope, Scope::Whole(_)) {
        part_of.fill(0);
    }
    if let Scope::Key(name) = scope {
        // Rows that share an entry go where the first of them goes; rows with several entries tie groups together.
        let key = table.key(name);
        loop {
            let before = part_of.clone();
            let mut least: std::collections::BTreeMap<u32, usize> = std::collections::BTreeMap::new();
            for (row, code) in key.row.iter().zip(&key.code) {
                let entry = least.entry(*code).or_insert(usize::MAX);
                *entry = (*entry).min(part_of[*row as usize]);
            }
            for (row, code) in key.row.iter().zip(&key.code) {
                part_of[*row as usize] = part_of[*row as usize].min(least[code]);
            }
            if before == part_of {
                break;
            }
        }
    }
    (0..3)
        .map(|part| {
            let rows: Vec<u32> = (0..).zip(&part_of).filter(|(_, of)| **of == part).map(|(row, _)| row).collect();
            table.part(&rows)
        })
        .collect()
}

/// Parts of every table: chats stay with the records that they are linked to, and those with their other chats.
fn split_by_links(tables: &[Table], facts: &Facts, seed: &[u8]) -> Vec<Vec<Table>> {
    let mut part_of: Vec<Vec<usize>> = tables
        .iter()
        .map(|table| (0..table.height()).map(|row| usize::from(seed[row % seed.len()]) % 3).collect())
        .collect();
    loop {
        let before = part_of.clone();
        for link in facts.links.iter().flat_map(crate::normalise::links::Links::pairs) {
            let ends = [link.chat, link.record].map(|at| (at.source as usize, at.row as usize));
            let least = ends.iter().map(|(source, row)| part_of[*source][*row]).min().unwrap();
            for (source, row) in ends {
                part_of[source][row] = least;
            }
        }
        if before == part_of {
            break;
        }
    }
    let part = |table: &Table, of: &[usize], part: usize| {
        let rows: Vec<u32> = (0..).zip(of).filter(|(_, of)| **of == part).map(|(row, _)| row).collect();
        table.part(&rows)
    };
    tables.iter().zip(&part_of).map(|(table, of)| (0..3).map(|at| part(table, of, at)).collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_rule_says_the_same_over_parts_as_over_the_whole(
        leads in picks(LEADS.len()), chats in picks(CHATS.len()), contacts in picks(CONTACTS.len()), accounts in picks(ACCOUNTS.len()), log in picks(LOG.len()),
        seed in proptest::collection::vec(any::<u8>(), 8), ragged in any::<bool>(), configured in any::<bool>(),
    ) {
        let sources = sources(&[
            ("lead", &export(&LEADS, &leads, ragged)),
            ("contact", &export(&CONTACTS, &contacts, ragged)),
            ("chat", &export(&CHATS, &chats, ragged)),
            ("account", &export(&ACCOUNTS, &accounts, ragged)),
            ("sync-log", &export(&LOG, &log, false)),
            ("user", USERS),
        ]);
        let config = if configured { crate::config::parse(CONFIG, "leadlint.toml").unwrap() } else { Options::default() };
        let whole = tables(&sources, &config);
        // Held against a run over every other lead, for the rules that compare.
        let fewer: Vec<Vec<usize>> = leads.iter().step_by(2).cloned().collect();
        let before = self::sources(&[("lead", &export(&LEADS, &fewer, false)), ("chat", &export(&CHATS, &chats, false))]);
        let facts = facts(&whole, &config).beside(Some(baseline(&before, &config)));
        for rule in RULES {
            let meta = rule.meta();
            let once = run_one(*rule, &whole, &facts, &config);
            let mut parts = Found::default();
            let split: Vec<Vec<Table>> = if matches!(meta.scope, Scope::Links) {
                split_by_links(&whole, &facts, &seed)
            } else {
                whole.iter().map(|table| split(table, meta.scope, &seed)).collect()
            };
            for part in 0..3 {
                let of_part: Vec<Table> = split.iter().map(|of| {
                    let rows: Vec<u32> = (0..of[part].height() as u32).collect();
                    of[part].part(&rows)
                }).collect();
                let found = run_one(*rule, &of_part, &facts, &config);
                parts.failed.extend(found.failed);
                parts.hits.extend(found.hits);
                parts.checked.extend(found.checked);
                // Rules over facts emit once, whatever part they are shown.
                if matches!(meta.scope, Scope::Facts) {
                    break;
                }
            }
            let sum = |found: &Found| -> u64 { found.checked.iter().map(|(_, checked)| checked.count).sum() };
            prop_assert_eq!(sum(&once), sum(&parts), "{}: what was checked", meta.code);
            prop_assert_eq!(evidence(&sources, once), evidence(&sources, parts), "{}", meta.code);
        }
    }

    #[test]
    fn moved_rows_and_columns_change_no_evidence_but_its_place(
        leads in picks(LEADS.len()), contacts in picks(CONTACTS.len()), order in any::<u64>(),
    ) {
        let config = Options::default();
        let run = |columns: &[(&str, &[&str])], picks: &[Vec<usize>], contacts: &[Vec<usize>]| -> Vec<String> {
            let sources = sources(&[
                ("lead", &export(columns, picks, false)),
                ("contact", &export(&CONTACTS, contacts, false)),
            ]);
            let tables = tables(&sources, &config);
            let facts = facts(&tables, &config);
            let mut all: Vec<String> = RULES
                .iter()
                .flat_map(|rule| evidence(&sources, run_one(*rule, &tables, &facts, &config)))
                .map(|mut row| {
                    (row.file, row.row, row.line) = (None, None, None);
                    // The path of a file in a message is that of a temporary folder.
                    row.detail = row.detail.rsplit('/').next().unwrap_or_default().to_owned();
                    // A record without an id is called by its row.
                    if let Some((_, said)) = row.detail.strip_prefix("like row ").and_then(|rest| rest.split_once(": ")) {
                        row.detail = said.to_owned();
                    }
                    serde_json::to_string(&row).unwrap()
                })
                .collect();
            all.sort();
            all
        };
        let straight = run(&LEADS, &leads, &contacts);
        // A rotation and a reversal reach every place.
        let turn = (order % LEADS.len() as u64) as usize;
        let mut columns: Vec<usize> = (0..LEADS.len()).collect();
        columns.rotate_left(turn);
        let mut moved = leads.clone();
        moved.reverse();
        let len = moved.len().max(1);
        moved.rotate_left((order / LEADS.len() as u64) as usize % len);
        let headers: Vec<(&str, &[&str])> = columns.iter().map(|at| LEADS[*at]).collect();
        let rows: Vec<Vec<usize>> = moved.iter().map(|row| columns.iter().map(|at| row[*at]).collect()).collect();
        let of_contacts: Vec<Vec<usize>> = contacts.iter().rev().cloned().collect();
        let turned = run(&headers, &rows, &of_contacts);
        let only = |a: &[String], b: &[String]| a.iter().filter(|row| !b.contains(row)).cloned().collect::<Vec<_>>();
        prop_assert_eq!(only(&straight, &turned), only(&turned, &straight), "evidence on one side only");
        prop_assert_eq!(straight.len(), turned.len());
    }
}

#[test]
fn keys_have_names_of_their_own() {
    let names: BTreeSet<&str> = KeyName::ALL.iter().map(|key| key.as_str()).collect();
    assert_eq!(names.len(), KeyName::ALL.len());
}
