//! Tests over every rule: its page, the examples on it, and its scope.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;

use super::RULES;
use super::audit::{settled, tables};
use super::declare::{AnyRule, Family, RuleMeta, Scope};
use super::page::body;
use super::run::{Chosen, Found, run};
use crate::config::Options;
use crate::evidence::fingerprint::Identity;
use crate::evidence::{Accepted, Evidence, EvidenceRow, Gathered};
use crate::load::{Input, LoadOptions, SourceSpec, load};
use crate::model::{Kind, Object, Source};
use crate::normalise::keys::KeyName;
use crate::normalise::{AsOf, Facts, Table};

/// Sources from text, each with the word that says what it is: a kind or an object. Texts with one word are the files of
/// one source.
fn sources(texts: &[(&str, &str)]) -> Vec<Arc<Source>> {
    let folder = tempfile::tempdir().unwrap();
    // The CRM's own schema is that of the first source.
    let mut schema = texts.iter().find(|(what, _)| *what == "schema").map(|(_, text)| {
        let path = folder.path().join("schema.json");
        std::fs::write(&path, text).unwrap();
        path
    });
    let mut specs: Vec<SourceSpec> = Vec::new();
    for (at, (what, text)) in texts.iter().enumerate().filter(|(_, (what, _))| *what != "schema") {
        let first = specs.iter().position(|spec| spec.name.as_deref() == Some(what));
        let path = folder.path().join(if first.is_some() { format!("{what}-{at}.csv") } else { format!("{what}.csv") });
        std::fs::write(&path, text).unwrap();
        if let Some(first) = first {
            specs[first].inputs.push(Input::file(path));
            continue;
        }
        specs.push(SourceSpec {
            name: Some((*what).to_owned()),
            kind: Some(what.parse().unwrap_or(Kind::Crm)),
            object: what.parse::<Object>().ok(),
            schema: schema.take(),
            ..SourceSpec::of(vec![Input::file(path)])
        });
    }
    settled(load(&specs, &LoadOptions::default()).unwrap(), &Options::default()).unwrap()
}

fn facts(tables: &[Table], config: &Options) -> Facts {
    // A run's own clock far ahead: the exports decide.
    let now = chrono::DateTime::from_timestamp(4_000_000_000, 0).unwrap();
    Facts::compute(tables, AsOf::Export, now, config)
}

/// What rule `code` says over `texts` (each with the word that says what it is: a kind or an object, `lead`, `chat`) under
/// the config `toml`. For tests that sit on the rules.
pub(crate) fn flagged(code: &str, toml: &str, texts: &[(&str, &str)]) -> Vec<EvidenceRow> {
    let config = crate::config::parse(toml, code).unwrap();
    let sources = sources(texts);
    let tables = tables(&sources, &config);
    let facts = facts(&tables, &config);
    let rule = super::by_code(code).unwrap();
    let own = super::run::configured(&config, rule.meta());
    let found = run(&tables, &facts, &config, &[Chosen { rule, config: own, exact: false }], &|_| {});
    evidence(&sources, found)
}

/// One source from text; `what` is a kind or an object. For tests that sit on the rules.
pub(crate) fn source_of(what: &str, text: &str) -> Arc<Source> {
    sources(&[(what, text)]).remove(0)
}

/// The table of one source from text. For tests that sit on the rules.
pub(crate) fn table_of(what: &str, text: &str) -> Table {
    Table::new(source_of(what, text), 0, None)
}

fn run_one(rule: &'static dyn AnyRule, tables: &[Table], facts: &Facts, config: &Options) -> Found {
    run(tables, facts, config, &[Chosen { rule, config: None, exact: false }], &|_| {})
}

fn evidence(sources: &[Arc<Source>], found: Found) -> Vec<EvidenceRow> {
    assert!(found.failed.is_empty(), "{:?}", found.failed);
    let gathered = Gathered::new(sources.to_vec(), found.hits, Identity::new(None), |_| Accepted::default()).unwrap();
    Evidence::from(gathered).rows()
}

/// A fence of a page: language, words after it, content.
struct Fence {
    language: String,
    words: Vec<String>,
    text: String,
}

fn fences(page: &str) -> Vec<Fence> {
    let mut found = Vec::new();
    let mut open: Option<Fence> = None;
    for line in page.lines() {
        match (line.trim_end().strip_prefix("```"), open.take()) {
            (Some(info), None) => {
                let mut words = info.split_whitespace().map(str::to_owned);
                open = Some(Fence {
                    language: words.next().unwrap_or_default(),
                    words: words.collect(),
                    text: String::new(),
                });
            }
            (Some(_), Some(fence)) => found.push(fence),
            (None, Some(mut fence)) => {
                fence.text.push_str(line);
                fence.text.push('\n');
                open = Some(fence);
            }
            (None, None) => {}
        }
    }
    found
}

#[test]
fn the_examples_on_every_page_do_what_they_say() {
    for rule in RULES {
        let meta = rule.meta();
        let mut config = Options::default();
        let mut seen = BTreeSet::new();
        let mut beside: Vec<(String, String)> = Vec::new();
        for fence in fences(&body(meta)) {
            match (fence.language.as_str(), fence.words.as_slice()) {
                ("toml", _) => config = crate::config::parse(&fence.text, meta.code).unwrap(),
                // A source that stands beside those of the examples after it, or the schema of those.
                ("csv" | "json", [what]) => {
                    beside.retain(|(other, _)| other != what);
                    beside.push((what.clone(), fence.text));
                }
                ("csv", [what, verdict]) => {
                    let mut texts: Vec<(&str, &str)> = vec![(what, &fence.text)];
                    texts.extend(beside.iter().map(|(what, text)| (what.as_str(), text.as_str())));
                    let sources = sources(&texts);
                    let tables = tables(&sources, &config);
                    let own = super::run::configured(&config, meta);
                    let chosen = [Chosen { rule: *rule, config: own, exact: false }];
                    let found = run(&tables, &facts(&tables, &config), &config, &chosen, &|_| {});
                    let count = evidence(&sources, found).len();
                    assert_eq!(count > 0, verdict == "flags", "{}: {count} hits on\n{}", meta.code, fence.text);
                    seen.insert(verdict.clone());
                }
                other => panic!("{}: a fence of {other:?} is not run", meta.code),
            }
        }
        assert_eq!(
            seen,
            BTreeSet::from(["flags".to_owned(), "passes".to_owned()]),
            "{} has both kinds of example",
            meta.code
        );
    }
}

#[test]
fn every_page_has_its_headings_in_order() {
    const HEADINGS: [&str; 6] =
        ["## What it finds", "## Why it matters", "## Example", "## Options", "## Cleanup", "## References"];
    for rule in RULES {
        let meta = rule.meta();
        let page = body(meta);
        let found: Vec<&str> = page.lines().filter(|line| line.starts_with("## ")).collect();
        let wanted: Vec<&str> = HEADINGS
            .into_iter()
            .filter(|heading| match *heading {
                "## Options" => !rule.default_options().is_empty(),
                "## References" => found.contains(heading),
                _ => true,
            })
            .collect();
        assert_eq!(found, wanted, "{}", meta.code);
        for (key, _) in rule.default_options() {
            assert!(page.contains(&format!("- `{key}`:")), "{} does not document `{key}`", meta.code);
        }
        for line in page.lines().filter_map(|line| line.strip_prefix("- `")) {
            let key = line.split('`').next().unwrap_or_default();
            assert!(
                rule.default_options().contains_key(key),
                "{} documents `{key}`, which it does not have",
                meta.code
            );
        }
    }
}

#[test]
fn codes_and_names_are_unique_and_well_formed() {
    let mut codes = BTreeSet::new();
    let mut names = BTreeSet::new();
    for rule in RULES {
        let RuleMeta { code, name, family, message, .. } = rule.meta();
        assert!(codes.insert(code) && names.insert(name), "{code} {name} is there twice");
        assert!(code.len() == 6 && code.starts_with(family.prefix()), "{code} is not of family {}", family.prefix());
        for front in ["no-", "avoid-", "use-", "prefer-", "validate-", "check-"] {
            assert!(!name.starts_with(front), "{name} names the remedy, not the defect");
        }
        assert!(!message.ends_with('.') && message.chars().next().is_some_and(|c| !c.is_uppercase()));
    }
    let sorted: Vec<_> = RULES.iter().map(|rule| rule.meta().code).collect();
    let mut by_family = sorted.clone();
    by_family.sort_by_key(|code| (Family::ALL.iter().position(|f| code.starts_with(f.prefix())), *code));
    assert_eq!(sorted, by_family, "RULES is in the order of families and codes");
}

#[test]
fn every_file_of_a_family_is_registered() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for family in Family::ALL {
        let folder = root.join("src/rules").join(family.name());
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            if !text.contains("declare_rule!") {
                continue;
            }
            let file = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            assert!(
                RULES.iter().any(|rule| rule.meta().file == file),
                "{file} is not in RULES; add its line to src/rules/mod.rs"
            );
            let stem = path.file_stem().unwrap().to_str().unwrap().replace('_', "-");
            assert!(RULES.iter().any(|rule| rule.meta().name == stem), "{file} does not have the name of its rule");
        }
    }
}

/// Cells that rules care about, by header. Empty cells and repeats are likely.
const LEADS: [(&str, &[&str]); 21] = [
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
    ("LastName", &["Moss", "N/A", "", "Null", "JosÃ©", "????", " Lee"]),
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
    ("OwnerId", &["u1", "u2", "u3", "u9", "00G5e0000000001EAA", ""]),
    ("Reason__c", &["Pricing", "pricing", "Demo", "Other", ""]),
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
            table.part(&rows).unwrap()
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
        table.part(&rows).unwrap()
    };
    tables.iter().zip(&part_of).map(|(table, of)| (0..3).map(|at| part(table, of, at)).collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_rule_says_the_same_over_parts_as_over_the_whole(
        leads in picks(LEADS.len()), chats in picks(CHATS.len()), accounts in picks(ACCOUNTS.len()), log in picks(LOG.len()),
        seed in proptest::collection::vec(any::<u8>(), 8), ragged in any::<bool>(), configured in any::<bool>(),
    ) {
        let sources = sources(&[
            ("lead", &export(&LEADS, &leads, ragged)),
            ("chat", &export(&CHATS, &chats, ragged)),
            ("account", &export(&ACCOUNTS, &accounts, ragged)),
            ("sync-log", &export(&LOG, &log, false)),
            ("user", USERS),
        ]);
        let config = if configured { crate::config::parse(CONFIG, "leadlint.toml").unwrap() } else { Options::default() };
        let whole = tables(&sources, &config);
        let facts = facts(&whole, &config);
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
                    of[part].part(&rows).unwrap()
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
        leads in picks(LEADS.len()), order in any::<u64>(),
    ) {
        let config = Options::default();
        let run = |columns: &[(&str, &[&str])], picks: &[Vec<usize>]| -> Vec<String> {
            let sources = sources(&[("lead", &export(columns, picks, false))]);
            let tables = tables(&sources, &config);
            let facts = facts(&tables, &config);
            let mut all: Vec<String> = RULES
                .iter()
                .flat_map(|rule| evidence(&sources, run_one(*rule, &tables, &facts, &config)))
                .map(|mut row| {
                    (row.file, row.row, row.line) = (None, None, None);
                    // The path of a file in a message is that of a temporary folder.
                    row.detail = row.detail.rsplit('/').next().unwrap_or_default().to_owned();
                    serde_json::to_string(&row).unwrap()
                })
                .collect();
            all.sort();
            all
        };
        let straight = run(&LEADS, &leads);
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
        let turned = run(&headers, &rows);
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
