//! Figures on their way to monitoring: what the Prometheus report and the OTLP receiver get, held against the JSON report.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use regex::Regex;
use serde_json::Value;

use crate::support::{Desk, array, text};

/// Series by name and labels, `name{a="b",c="d"}`, the labels in order.
pub(crate) type Series = BTreeMap<String, f64>;

/// A series as [`Series`] writes it.
pub(crate) fn series(name: &str, labels: &BTreeMap<String, String>) -> String {
    let mut out = name.to_owned();
    for (at, (label, value)) in labels.iter().enumerate() {
        let _ = write!(out, "{}{label}={value:?}", if at == 0 { "{" } else { "," });
    }
    if labels.is_empty() { out } else { out + "}" }
}

/// The samples of a text of figures.
pub(crate) fn samples(text: &str) -> Series {
    let line = Regex::new(r"^([a-z_]+)(?:\{(.*)\})? (\S+)$").unwrap();
    let label = Regex::new(r#"([a-z_]+)="((?:[^"\\]|\\.)*)""#).unwrap();
    let mut found = Series::new();
    for sample in text.lines().filter(|line| !line.starts_with('#')) {
        let parts = line.captures(sample).unwrap_or_else(|| panic!("{sample}"));
        let of = parts.get(2).map_or("", |labels| labels.as_str());
        let plain = |value: &str| value.replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\");
        let labels = label.captures_iter(of).map(|pair| (pair[1].to_owned(), plain(&pair[2]))).collect();
        let value = parts[3].parse().unwrap_or_else(|_| panic!("{sample}"));
        assert!(found.insert(series(&parts[1], &labels), value).is_none(), "{sample} stands twice");
    }
    found
}

/// Runs promtool, which has to be content.
pub(crate) fn promtool(args: &[&str], input: &str) {
    let mut child = Command::new("promtool")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("promtool: {error}; `.ci/engines/prometheus` installs it"));
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "promtool {args:?}: {}{}", said[0], said[1]);
}

#[track_caller]
fn close(series: &Series, name: &str, expected: &Value) {
    let found = series.get(name).unwrap_or_else(|| panic!("no {name} in {series:#?}"));
    let expected = expected.as_f64().unwrap_or_else(|| panic!("{name}: {expected}"));
    assert!((found - expected).abs() < 1e-9, "{name}: {found}, not {expected}");
}

fn seconds(time: &Value) -> Value {
    chrono::DateTime::parse_from_rfc3339(time.as_str().unwrap()).unwrap().timestamp().into()
}

/// Asserts that the series say what the JSON report says.
pub(crate) fn agree(series: &Series, report: &Value) {
    close(series, "leadlint_audit_as_of_timestamp_seconds", &seconds(&report["as_of"]));
    let passed = i32::from(report["verdict"]["passed"] == true);
    close(series, "leadlint_verdict_passed", &passed.into());
    close(series, "leadlint_score", &report["score"]["overall"]);
    for (dimension, score) in report["score"]["dimensions"].as_object().unwrap() {
        let name = format!("leadlint_dimension_score{{dimension={dimension:?}}}");
        if score.is_null() {
            assert!(!series.contains_key(&name), "{name}");
        } else {
            close(series, &name, score);
        }
    }
    let mut expected = Series::new();
    for finding in array(report, "findings") {
        let labels = ["rule", "severity", "source"]
            .into_iter()
            .zip(["code", "severity", "source"])
            .map(|(label, key)| (label.to_owned(), text(finding, key).to_owned()))
            .collect();
        for (name, key) in
            [("leadlint_findings", "count"), ("leadlint_findings_new", "new"), ("leadlint_checked", "checked")]
        {
            *expected.entry(self::series(name, &labels)).or_default() += finding[key].as_f64().unwrap();
        }
    }
    assert!(!expected.is_empty());
    let found: Series = series
        .iter()
        .filter(|(name, _)| {
            let name = name.split('{').next().unwrap();
            ["leadlint_findings", "leadlint_findings_new", "leadlint_checked"].contains(&name)
        })
        .map(|(name, value)| (name.clone(), *value))
        .collect();
    assert_eq!(found, expected);
    let mut rows = 0;
    for source in array(report, "sources") {
        let name = text(source, "name");
        close(series, &format!("leadlint_source_rows{{source={name:?}}}"), &source["rows"]);
        let unreadable: u64 = array(source, "files").iter().map(|file| file["unreadable"].as_u64().unwrap()).sum();
        close(series, &format!("leadlint_source_rows_unreadable{{source={name:?}}}"), &unreadable.into());
        rows += source["rows"].as_u64().unwrap();
    }
    close(series, "leadlint_rows_checked", &rows.into());
    for list in ["ran", "skipped", "failed"] {
        let codes: BTreeSet<&str> = array(report, list).iter().map(|rule| text(rule, "code")).collect();
        close(series, &format!("leadlint_rules_{list}"), &codes.len().into());
        for code in codes.into_iter().filter(|_| list == "skipped") {
            let times = array(report, list).iter().filter(|rule| text(rule, "code") == code).count();
            close(series, &format!("leadlint_rule_skipped{{rule={code:?}}}"), &times.into());
        }
    }
    flow(series, &report["metrics"]);
}

fn flow(series: &Series, metrics: &Value) {
    for one in array(&metrics["sync"], "latency") {
        let (chats, records) = (text(one, "chats"), text(one, "records"));
        let pair = format!("chats={chats:?},records={records:?}");
        for (name, key) in [
            ("leadlint_sync_leads", "leads"),
            ("leadlint_sync_leads_over_target", "over_target"),
            ("leadlint_sync_leads_over_alert", "over_alert"),
            ("leadlint_sync_latency_max_seconds", "max"),
        ] {
            close(series, &format!("{name}{{{pair}}}"), &one[key]);
        }
        for (percentile, key) in [("50", "p50"), ("90", "p90"), ("95", "p95"), ("99", "p99")] {
            let labels = format!("chats={chats:?},percentile={percentile:?},records={records:?}");
            close(series, &format!("leadlint_sync_latency_seconds{{{labels}}}"), &one[key]);
        }
    }
    for log in array(&metrics["sync"], "attempts") {
        let source = text(log, "source");
        for (name, key) in [
            ("leadlint_sync_chats", "chats"),
            ("leadlint_sync_chats_failed", "chats_failed"),
            ("leadlint_sync_chat_failure_ratio", "chat_failure_rate"),
            ("leadlint_sync_attempts", "attempts"),
            ("leadlint_sync_attempts_failed", "attempts_failed"),
        ] {
            close(series, &format!("{name}{{source={source:?}}}"), &log[key]);
        }
        let rate = |hour: &Value| hour["rate"].as_f64().unwrap();
        let worst = array(log, "failed_hours").iter().max_by(|a, b| rate(a).total_cmp(&rate(b))).unwrap();
        for (which, hour) in [("worst", worst), ("last", &log["last_hour"])] {
            let labels = format!("hour={which:?},source={source:?}");
            close(series, &format!("leadlint_sync_hour_failure_ratio{{{labels}}}"), &hour["rate"]);
            close(series, &format!("leadlint_sync_hour_chats{{{labels}}}"), &hour["tried"]);
            close(series, &format!("leadlint_sync_hour_chats_failed{{{labels}}}"), &hour["failed"]);
            let start = seconds(&hour["start"]);
            close(series, &format!("leadlint_sync_hour_start_timestamp_seconds{{{labels}}}"), &start);
        }
    }
    close(series, "leadlint_chat_match_ratio", &metrics["links"]["match_rate"]);
    close(series, "leadlint_lead_creation_ratio", &metrics["links"]["creation_rate"]);
    close(series, "leadlint_duplicates_created", &metrics["duplicates_created"]);
}

#[test]
fn the_figures_say_what_the_json_report_says() {
    let desk = Desk::with_fixture("acme");
    let run = desk.leadlint("check --format json -o prometheus=leadlint.prom");
    let report = run.exits(1).json();
    let text = desk.read("leadlint.prom");
    promtool(&["check", "metrics"], &text);
    agree(&samples(&text), &report);
    assert!(!text.contains(".example"), "no address");
    let metrics = &report["metrics"];
    assert!(!array(&metrics["sync"], "latency").is_empty() && !array(&metrics["sync"], "attempts").is_empty());
}

#[test]
fn figures_go_to_stdout_too_and_a_clean_audit_has_some() {
    let desk = Desk::with_fixture("spotless");
    let run = desk.leadlint("check --format prometheus");
    let text = &run.exits(0).stdout;
    promtool(&["check", "metrics"], text);
    let series = samples(text);
    assert_eq!(series.get("leadlint_verdict_passed"), Some(&1.0));
    assert_eq!(series.get(r#"leadlint_severity_findings{severity="error"}"#), Some(&0.0));
}

#[test]
fn hostile_names_of_sources_are_read_back_by_promtool() {
    let name = "a\"} 1 \\ `x` ${y} <script> \u{202e}";
    let desk = Desk::with("leads.csv", crate::support::REPEATED);
    let config = format!("[sources.{}]\nkind = \"crm\"\npath = \"leads.csv\"\n", toml_key(name));
    desk.write("leadlint.toml", config);
    let run = desk.leadlint("check --format prometheus");
    let text = &run.exits(1).stdout;
    promtool(&["check", "metrics"], text);
    let found = samples(text);
    let rows: Vec<&String> = found.keys().filter(|name| name.starts_with("leadlint_source_rows{")).collect();
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert!(rows[0].contains(r#"a\"} 1 \\ `x` ${y} <script> ‹U+202E›"#), "{rows:?}");
}

/// Builds without the feature hold no code that opens a connection.
#[cfg(not(feature = "otlp"))]
#[test]
fn a_build_that_cannot_send_says_which_one_can() {
    let desk = Desk::with("leads.csv", crate::support::REPEATED);
    let run = desk.leadlint("check leads.csv -o json=r.json -o otlp=http://127.0.0.1:9");
    assert!(run.exits(2).stderr.contains("cargo build --release --features otlp"), "{}", run.stderr);
    assert!(!desk.path("r.json").exists());
    assert!(desk.leadlint("formats").stdout.contains("not in this build"));
}

fn toml_key(name: &str) -> String {
    serde_json::to_string(name).unwrap()
}
