use std::io::Write as _;

use proptest::prelude::*;

use super::*;
use crate::emit::testing::hostile::{TEXTS, spoilt};
use crate::emit::{Pii, portions, testing};
use crate::evidence::{AcceptState, Comparison, Evidence, EvidenceRow, Exception, Finding};
use crate::model::Status;

fn render(audit: &Audit) -> Value {
    serde_json::from_slice(&Sarif.render(audit, &testing::view(Pii::Mask)).unwrap()).unwrap()
}

fn list<'a>(value: &'a Value, path: &str) -> &'a [Value] {
    value.pointer(path).and_then(Value::as_array).unwrap_or_else(|| panic!("no list at {path}"))
}

fn results(log: &Value) -> &[Value] {
    list(log, "/runs/0/results")
}

fn of<'a>(log: &'a Value, code: &str) -> Vec<&'a Value> {
    results(log).iter().filter(|result| result["ruleId"] == code).collect()
}

#[test]
fn a_result_is_a_group_or_a_value() {
    let log = render(&testing::sample());
    // Twelve rows in six groups, of which the last has one row that is accepted.
    assert_eq!(of(&log, "DUP001").len(), 7);
    assert_eq!(of(&log, "DRF001").iter().map(|r| r["occurrenceCount"].as_u64().unwrap()).sum::<u64>(), 5);
    let levels: Vec<&str> = results(&log).iter().map(|result| result["level"].as_str().unwrap()).collect();
    let rank = |level: &&str| ["error", "warning", "note"].iter().position(|one| one == level);
    assert!(levels.is_sorted_by_key(rank), "{levels:?}");
}

#[test]
fn results_say_where_they_are() {
    let log = render(&testing::sample());
    let place = &of(&log, "REQ002")[0]["locations"][0];
    let physical = &place["physicalLocation"];
    assert_eq!(physical["artifactLocation"]["uri"], "exports/leads-2026-09.csv");
    assert_eq!(physical["region"]["startLine"], 92);
    let artifact = physical["artifactLocation"]["index"].as_u64().unwrap() as usize;
    assert_eq!(list(&log, "/runs/0/artifacts")[artifact]["location"]["uri"], "exports/leads-2026-09.csv");
    let names: Vec<&str> =
        list(place, "/logicalLocations").iter().map(|logical| logical["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["leads", "Email", "00Q5e0000000092"]);
    // About the audit, not about a row: at the first file of its source.
    let place = &of(&log, "GOV001")[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "exports/leads-2026-09.csv");
    assert!(place["region"].is_null());
}

#[test]
fn members_of_archives_are_nested_in_their_file() {
    let log = render(&testing::sample());
    let artifacts = list(&log, "/runs/0/artifacts");
    let nested = artifacts.iter().find(|one| one["parentIndex"].is_u64()).unwrap();
    assert_eq!(nested["location"]["uri"], "/conversations.json");
    let parent = nested["parentIndex"].as_u64().unwrap() as usize;
    assert_eq!(artifacts[parent]["location"]["uri"], "exports/chats.zip");
    assert!(artifacts[parent]["hashes"].is_null(), "the hash is of the member");
    let mut audit = testing::sample();
    audit.findings[1].examples[0].file = Some("exports/all.zip!a b.csv".to_owned());
    let mut rows = audit.evidence.rows();
    for row in &mut rows {
        row.file = Some("exports/all.zip!a b.csv".to_owned());
    }
    audit.evidence = Evidence::from_rows(rows);
    let log = render(&audit);
    let place = &of(&log, "REQ002")[0]["locations"][0];
    assert_eq!(place["physicalLocation"]["artifactLocation"]["uri"], "exports/all.zip");
    assert!(list(place, "/logicalLocations").iter().any(|logical| logical["name"] == "a b.csv"));
}

#[test]
fn accepted_evidence_is_suppressed_with_its_reason() {
    let mut audit = testing::sample();
    let log = render(&audit);
    let suppressed: Vec<&Value> =
        results(&log).iter().filter(|result| !list(result, "/suppressions").is_empty()).collect();
    assert_eq!(suppressed.len(), 1);
    assert!(suppressed[0]["suppressions"][0]["justification"].as_str().unwrap().contains("[[accept]]"));
    let row = audit.evidence.rows().into_iter().find(|row| row.status == Status::Accepted).unwrap();
    audit.exceptions = vec![Exception {
        rule: "repeated-email".to_owned(),
        records: vec![row.record_id.unwrap()],
        group: None,
        reason: "one mailbox for three people".to_owned(),
        owner: Some("revops".to_owned()),
        expires: Some("2027-06-30".to_owned()),
        state: AcceptState::InForce,
        covers: 1,
    }];
    let log = render(&audit);
    let suppression = results(&log).iter().find_map(|result| result["suppressions"].get(0)).unwrap();
    assert_eq!(suppression["justification"], "one mailbox for three people; agreed by r…; until 2027-06-30");
}

#[test]
fn the_state_beside_a_baseline_is_said_only_with_one() {
    let mut audit = testing::sample();
    assert!(results(&render(&audit)).iter().all(|result| result["baselineState"].is_null()));
    audit.comparison = Some(Comparison {
        baseline: "baseline.json".to_owned(),
        as_of: None,
        rules: Vec::new(),
        not_looked_at: 0,
        score: None,
        sources: Vec::new(),
    });
    let log = render(&audit);
    // Two rows a group: eight new, three known, one accepted.
    let states: Vec<&str> =
        of(&log, "DUP001").iter().map(|result| result["baselineState"].as_str().unwrap_or("none")).collect();
    assert_eq!(states, ["new", "new", "new", "new", "unchanged", "unchanged", "none"]);
    let mut rows = audit.evidence.rows();
    rows.iter_mut().filter(|row| row.status == Status::Known).take(1).for_each(|row| row.status = Status::Reopened);
    audit.evidence = Evidence::from_rows(rows);
    assert_eq!(of(&render(&audit), "DUP001")[4]["baselineState"], "updated");
}

#[test]
fn the_run_says_how_it_ended_and_what_it_did_not_check() {
    let of = |audit: &Audit| render(audit)["runs"][0]["invocations"][0].clone();
    let codes: Vec<(bool, u64)> = testing::samples()
        .iter()
        .map(|(_, audit)| of(audit))
        .map(|run| (run["executionSuccessful"].as_bool().unwrap(), run["exitCode"].as_u64().unwrap()))
        .collect();
    assert_eq!(codes, [(true, 1), (true, 0), (true, 0), (false, 2)]);
    assert_eq!(list(&of(&testing::skipped()), "/toolConfigurationNotifications").len(), 9);
    let failed = of(&testing::failed());
    let failed = &list(&failed, "/toolExecutionNotifications")[0];
    assert_eq!((&failed["level"], &failed["associatedRule"]["id"]), (&json!("error"), &json!("DRF002")));
}

#[test]
fn rules_with_results_come_with_their_page() {
    let log = render(&testing::sample());
    let rules = list(&log, "/runs/0/tool/driver/rules");
    for result in results(&log) {
        let rule = &rules[result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["help"]["markdown"].as_str().unwrap().contains("## Why it matters"), "{rule}");
        assert!(rule["fullDescription"]["text"].as_str().unwrap().len() > 20);
    }
}

/// As much as GitHub takes, and all of it long and different.
fn worst() -> Audit {
    let mut audit = testing::sample();
    let model = audit.findings[2].clone();
    let row = model.examples[0].clone();
    let mut rows = Vec::new();
    audit.findings = (0..7).map(|at| Finding { source: format!("source {at}"), ..model.clone() }).collect();
    let mut random = 1_u64;
    for finding in &mut audit.findings {
        for value in 0..portions::OF_ONE as u64 + 200 {
            for place in 0..portions::ROWS as u64 + 2 {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                rows.push(EvidenceRow {
                    source: finding.source.clone(),
                    value: Some(format!("{value} {random:x} {}", "é".repeat(60))),
                    detail: format!("{random:x} {}", "why ".repeat(40)),
                    record_id: Some(format!("00Q{random:015x}")),
                    fingerprint: format!("{random:016x}{:016x}", random.rotate_left(7) ^ place),
                    group: Some(format!("{value:016x}")),
                    line: Some(random % 1_000_000 + 2),
                    ..row.clone()
                });
            }
        }
        finding.count = (portions::OF_ONE as u64 + 200) * (portions::ROWS as u64 + 2);
    }
    audit.evidence = Evidence::from_rows(rows);
    audit
}

#[test]
fn the_limits_of_code_scanning_are_kept_and_said() {
    let audit = worst();
    let bytes = Sarif.render(&audit, &testing::view(Pii::Mask)).unwrap();
    let log: Value = serde_json::from_slice(&bytes).unwrap();
    let found = results(&log);
    assert!(found.len() <= 5_000 && found.len() > 4_900, "{}", found.len());
    assert!(found.iter().all(|result| (1..=100).contains(&list(result, "/locations").len())));
    let notes = list(&log, "/runs/0/invocations/0/toolExecutionNotifications");
    let all: u64 = audit.findings.iter().map(|finding| finding.count + finding.accepted).sum();
    let shown: u64 = found
        .iter()
        .filter(|r| !r["properties"]["evidence"].is_null())
        .map(|r| r["occurrenceCount"].as_u64().unwrap())
        .sum();
    let said = format!("{} of {} are in no result", words::number(all - shown), words::plural(all, "row"));
    assert!(notes[0]["message"]["text"].as_str().unwrap().starts_with(&said), "{said}: {}", notes[0]);
    for finding in &audit.findings {
        let own = |result: &&Value| result["properties"]["source"] == finding.source.as_str();
        assert!(found.iter().any(|result| own(&result)), "{} has none", finding.source);
    }
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(&bytes).unwrap();
    let size = packed.finish().unwrap().len();
    assert!(size < 10_000_000, "{size} bytes packed of {}", bytes.len());
}

/// What every log must hold, whatever the data says.
fn holds(audit: &Audit) {
    let log = render(audit);
    let artifacts = list(&log, "/runs/0/artifacts").len() as u64;
    for result in results(&log) {
        for location in list(result, "/locations") {
            let artifact = &location["physicalLocation"]["artifactLocation"];
            let uri = artifact["uri"].as_str().unwrap();
            assert!(uri.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~/%:".contains(c)), "{uri}");
            assert!(artifact["index"].as_u64().is_none_or(|index| index < artifacts));
        }
        let text = result["message"]["text"].as_str().unwrap();
        assert!(!text.chars().any(char::is_control) && !text.contains("]("), "{text:?}");
    }
}

#[test]
fn hostile_texts_stay_text() {
    for cell in TEXTS {
        holds(&spoilt(cell));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_stays_text(cell in any::<String>()) {
        holds(&spoilt(&cell));
    }
}
