//! What a format shows and what it says that it leaves out is, together, what the JSON report has: of findings and of rows,
//! by rule.

use std::collections::BTreeMap;

use proptest::prelude::*;
use quick_xml::events::Event;
use regex::Regex;
use serde_json::Value;

use crate::support::{Desk, array, text};

/// What is told of one rule.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Told {
    /// Findings that are there.
    findings: u64,
    /// Rows of evidence that are there, or said to be left out.
    rows: u64,
}

/// What a format tells.
#[derive(Debug, Default, PartialEq)]
struct Account {
    rules: BTreeMap<String, Told>,
    /// Findings that it says it leaves out.
    hidden: u64,
}

impl Account {
    fn add(&mut self, code: &str, findings: u64, rows: u64) {
        let told = self.rules.entry(code.to_owned()).or_default();
        told.findings += findings;
        told.rows += rows;
    }

    fn findings(&self) -> u64 {
        self.rules.values().map(|told| told.findings).sum()
    }
}

/// Texts and headers that say what reports say.
const HOSTILE: [&str; 8] = [
    "x",
    "25 of 99 findings shown; the JSON report has all.",
    "<p>9 of 99 rows shown</p></article>",
    "|\n5 of 99 rows shown",
    "::error title=DUP001 x::5 of 99 rows shown",
    "; the first of 99 rows",
    "1 of 9 error findings shown, (20 of 99 rows shown)",
    "error: 3 of 99 rows shown\n\nerror: x",
];

/// Words of a column that has few, some of them untidy.
const KINDS: [&str; 4] = ["East Region", "East Region ", " West", "EastRegion"];

/// An export: rows, each of an address among some, a text, and whether it is damaged; and a number of further columns, of
/// texts and of kinds by turns, so that each has a finding of its own.
fn export(columns: usize, rows: &[(u8, usize, bool)]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let fixed = ["Id", "FirstName", "LastName", "Email", "CreatedDate"].map(str::to_owned);
    let header = |at: usize| match at % 2 {
        0 => format!("Kind {at}"),
        _ => format!("Text {at} {}", HOSTILE[at / 2 % HOSTILE.len()].replace('\n', " ")),
    };
    writer.write_record(fixed.into_iter().chain((0..columns).map(header))).unwrap();
    for (at, (address, cell, damaged)) in rows.iter().enumerate() {
        let email = if *address == 0 { String::new() } else { format!("p{address}@northpeak.example") };
        let text = format!("{}{}", HOSTILE[*cell], if *damaged { " JosÃ©" } else { "" });
        let time = format!("2026-10-{:02}T09:00:00Z", at % 28 + 1);
        let fixed = [at.to_string(), "Ana".to_owned(), "Moss".to_owned(), email, time];
        let cell =
            |column: usize| if column.is_multiple_of(2) { KINDS[cell % KINDS.len()].to_owned() } else { text.clone() };
        writer.write_record(fixed.into_iter().chain((0..columns).map(cell))).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn count(number: &str) -> u64 {
    number.replace(',', "").parse().unwrap()
}

fn all(pattern: &str, text: &str) -> Vec<Vec<String>> {
    let pattern = Regex::new(pattern).unwrap();
    let groups = |found: regex::Captures<'_>| {
        found.iter().skip(1).map(|one| one.map_or(String::new(), |one| one.as_str().to_owned())).collect()
    };
    pattern.captures_iter(text).map(groups).collect()
}

/// Findings left out, of lines such as `25 of 40 findings shown`.
fn left_out(lines: &[Vec<String>]) -> u64 {
    lines.iter().map(|line| count(&line[1]) - count(&line[0])).sum()
}

fn json(report: &Value) -> Account {
    let mut account = Account::default();
    for finding in array(report, "findings") {
        let rows = finding["count"].as_u64().unwrap();
        let shown = array(finding, "examples").len() as u64 + finding["examples_hidden"].as_u64().unwrap();
        assert_eq!(shown, rows, "{finding}");
        account.add(text(finding, "code"), 1, rows);
    }
    account
}

/// The counts of each line of its tables; it shows one row of each finding and says so in the same cell.
fn table(text: &str) -> Account {
    let mut account = Account::default();
    for row in all(r"(?m)^│ ([A-Z]{3}\d{3}) +│[^│]*│ +([\d,]+) +│", text) {
        account.add(&row[0], 1, count(&row[1]));
    }
    account.hidden =
        left_out(&all(r"(?m)^  - ([\d,]+) of ([\d,]+) findings shown; `-o json=report.json` has all$", text));
    account
}

/// `shown` of `all`, where as many rows are there; else the rows of a finding that points at none.
fn evidence(what: &str, body: &str, there: usize, shown: &str, bare: &str) -> u64 {
    match (all(shown, body).last(), all(bare, body).last()) {
        (Some(said), _) => {
            assert_eq!(count(&said[0]), there as u64, "{what} says how many rows it shows: {body}");
            count(&said[1])
        }
        (None, Some(said)) => count(&said[0]),
        (None, None) => panic!("{what} does not say how much of the evidence it shows: {body}"),
    }
}

fn markdown(text: &str) -> Account {
    let mut account = Account::default();
    let section = text.split_once("\n## 6 ").map_or("", |(_, rest)| rest);
    let section = section.split_once("\n## 7 ").or(section.split_once("\n## 8 ")).map_or(section, |(own, _)| own);
    account.hidden = left_out(&all(r"(?m)^([\d,]+) of ([\d,]+) findings shown; the JSON report has all\.$", section));
    for part in section.split("\n#### ").skip(1) {
        let part = part.split_once("\n### ").map_or(part, |(own, _)| own);
        // Without the head and its rule.
        let there = part.lines().filter(|line| line.starts_with("| ")).count().saturating_sub(2);
        let (shown, bare) =
            (r"(?m)^([\d,]+) of ([\d,]+) rows? shown\. ", r"(?m)^Evidence: ([\d,]+) rows?, at no record\.");
        account.add(&part[..6], 1, evidence("markdown", part, there, shown, bare));
    }
    account
}

fn html(text: &str) -> Account {
    let hidden = left_out(&all(r"<p>([\d,]+) of ([\d,]+) findings shown; the JSON report has all\.</p>", text));
    let mut account = Account { hidden, ..Account::default() };
    for part in text.split("<article class=\"finding").skip(1) {
        let part = part.split_once("</article>").unwrap().0;
        // Not the page of the rule.
        let own = part.split_once("<details class=\"rule\"").map_or(part, |(own, _)| own);
        let there = own.split_once("<tbody>").map_or(0, |(_, rows)| rows.matches("<tr>").count());
        let (shown, bare) =
            (r"<p>([\d,]+) of ([\d,]+) rows? shown[.;]", r"<p>Evidence: ([\d,]+) rows?, at no record\.");
        let code = own.split_once("data-rule=\"").unwrap().1;
        account.add(&code[..6], 1, evidence("html", own, there, shown, bare));
    }
    account
}

fn csv_report(text: &str) -> Account {
    let mut account = Account::default();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    for row in reader.deserialize::<BTreeMap<String, String>>().map(Result::unwrap) {
        if row["kind"] == "finding" {
            let there = row["records"].split_whitespace().count() as u64;
            let rows = count(&row["count"]);
            let hidden = count(&row["records_hidden"]);
            // What points at no record has none to name.
            assert!(there == 0 || there + hidden == rows, "{row:?}");
            account.add(&row["code"], 1, rows);
        }
    }
    account
}

/// Results by rule: each says how many rows it stands for, and shows some or all of them.
fn sarif(report: &Value) -> Account {
    let mut account = Account::default();
    for result in array(&report["runs"][0], "results") {
        let rows = result["occurrenceCount"].as_u64().unwrap();
        let there = array(result, "locations").len() as u64;
        let said = all(r"\((\d+) of ([\d,]+) rows? shown\)\. All in all: ", text(&result["message"], "text"));
        match said.first() {
            Some(said) => assert_eq!((count(&said[0]), count(&said[1])), (there, rows), "{result}"),
            None => {
                assert!(there == rows || text(&result["message"], "text").contains("not shown one by one"), "{result}");
            }
        }
        account.add(text(result, "ruleId"), 0, rows);
    }
    account
}

/// Entries by rule, each for a row or the first of several.
fn gitlab(report: &Value) -> Account {
    let mut account = Account::default();
    for entry in report.as_array().unwrap() {
        let (name, said) = (text(entry, "check_name"), text(entry, "description"));
        // Others are about the run.
        let Some(code) = all(r"^([A-Z]{3}\d{3}) ", name).into_iter().flatten().next() else { continue };
        let several = all(r"; the first of ([\d,]+) rows$", said);
        let rest = all(r": ([\d,]+) rows?(?: more)?, not listed one by one\. ", said);
        account.add(&code, 0, several.last().or(rest.last()).map_or(1, |said| count(&said[0])));
    }
    account
}

/// The texts of the cases by rule.
fn junit(xml: &str) -> Account {
    let mut account = Account::default();
    let mut reader = quick_xml::Reader::from_str(xml);
    let (mut code, mut inside, mut words) = (String::new(), false, String::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => match tag.name().as_ref() {
                b"testcase" => {
                    let name = tag.try_get_attribute("name").unwrap().unwrap();
                    String::from_utf8_lossy(&name.value)[..6].clone_into(&mut code);
                    words.clear();
                }
                b"failure" | b"system-out" => inside = true,
                _ => {}
            },
            Event::Text(said) if inside => words.push_str(&said.decode().unwrap()),
            Event::GeneralRef(_) if inside => words.push('.'),
            Event::End(tag) => match tag.name().as_ref() {
                b"testcase" => {
                    for finding in words.replace("does not fail the run:\n", "").split("\n\n") {
                        let lines: Vec<&str> = finding.lines().filter(|line| !line.is_empty()).collect();
                        if lines.is_empty() {
                            continue;
                        }
                        let said = all(r"^([\d,]+) of ([\d,]+) rows? shown$", lines.last().unwrap());
                        let there = lines.len() as u64 - 1;
                        let rows = said.first().map_or(there, |said| {
                            assert_eq!(count(&said[0]), there - 1, "{finding}");
                            count(&said[1])
                        });
                        account.add(&code, 1, rows);
                    }
                    words.clear();
                }
                b"failure" | b"system-out" => {
                    // The text of what fails and that of what does not are two.
                    words.push_str("\n\n");
                    inside = false;
                }
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
    }
    account
}

fn github(log: &str) -> Account {
    let mut account = Account::default();
    for found in all(r"(?m)^::(?:error|warning|notice) file=[^:]*title=([A-Z]{3}\d{3}) [^:]*::(.*)$", log) {
        let lines: Vec<&str> = found[1].split("%0A").skip(1).collect();
        let said = lines.last().map_or(Vec::new(), |last| all(r"^([\d,]+) of ([\d,]+) rows? shown$", last));
        let rows = said.first().map_or(lines.len() as u64, |said| {
            assert_eq!(count(&said[0]), lines.len() as u64 - 1, "{found:?}");
            count(&said[1])
        });
        account.add(&found[0], 1, rows);
    }
    let last = log.lines().last().unwrap();
    account.hidden = left_out(&all(r"([\d,]+) of ([\d,]+) (?:error|warning|info) findings shown", last));
    account
}

fn prometheus(text: &str) -> Account {
    let mut account = Account::default();
    for point in all(r#"(?m)^leadlint_findings\{rule="([A-Z]{3}\d{3})".*\} ([\d.]+)$"#, text) {
        account.add(&point[0], 0, point[1].parse::<f64>().unwrap() as u64);
    }
    account
}

/// Whether a format tells all findings, and all rows of each rule of which it shows all findings.
fn agrees(format: &str, told: &Account, known: &Account, by_finding: bool) {
    for (code, told) in &told.rules {
        assert!(known.rules.contains_key(code), "{format} has {code}, which is not found");
        assert!(told.findings <= known.rules[code].findings, "{format}: {code}");
    }
    if by_finding {
        assert_eq!(told.findings() + told.hidden, known.findings(), "{format}: {told:?}");
    }
    for (code, known) in &known.rules {
        let one = told.rules.get(code).copied().unwrap_or_default();
        if one.findings == known.findings || !by_finding {
            assert_eq!(one.rows, known.rows, "{format}: {code}");
        } else {
            assert!(told.hidden >= known.findings - one.findings, "{format} leaves out {code} and does not say so");
        }
    }
}

/// Holds every format of one run against its JSON report; gives the formats that leave findings out.
fn hold(columns: usize, rows: &[(u8, usize, bool)]) -> Vec<&'static str> {
    const FILES: &str = "-o json=r.json -o markdown=r.md -o html=r.html -o sarif=r.sarif -o junit=r.xml -o github=r.txt \
                         -o gitlab=gl.json -o csv=r.csv -o prometheus=r.prom";
    let desk = Desk::with("leads.csv", export(columns, rows));
    let run = desk.leadlint(&format!("check leads.csv --quiet --format table {FILES}"));
    assert!(run.code < 2, "{}", run.stderr);
    let parsed = |name: &str| -> Value { serde_json::from_str(&desk.read(name)).unwrap() };
    let known = json(&parsed("r.json"));
    let formats = [
        ("table", table(&run.stdout), true),
        ("markdown", markdown(&desk.read("r.md")), true),
        ("html", html(&desk.read("r.html")), true),
        ("csv", csv_report(&desk.read("r.csv")), true),
        ("github", github(&desk.read("r.txt")), true),
        ("junit", junit(&desk.read("r.xml")), true),
        ("sarif", sarif(&parsed("r.sarif")), false),
        ("gitlab", gitlab(&parsed("gl.json")), false),
        ("prometheus", prometheus(&desk.read("r.prom")), false),
    ];
    for (format, told, by_finding) in &formats {
        agrees(format, told, &known, *by_finding);
    }
    formats.iter().filter(|(_, told, _)| told.hidden > 0).map(|(format, ..)| *format).collect()
}

#[test]
fn a_noisy_export_is_told_whole() {
    let rows: Vec<(u8, usize, bool)> =
        (0..60).map(|at| (at % 20, usize::from(at) % HOSTILE.len(), at % 3 > 0)).collect();
    assert_eq!(hold(420, &rows), ["table", "markdown", "html", "github"]);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 20,
        max_shrink_iters: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_format_tells_what_it_shows_and_what_it_leaves_out(
        columns in prop_oneof![0_usize..6, 0_usize..60],
        rows in prop::collection::vec((0_u8..12, 0_usize..HOSTILE.len(), any::<bool>()), 1..50),
    ) {
        hold(columns, &rows);
    }
}
