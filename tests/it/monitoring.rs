//! docs/monitoring: alerts that work, and no name of a metric that the program does not emit.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;
use serde_json::Value;

use crate::figures::{promtool, samples};
use crate::support::{Desk, ROOT};

/// Figures of rules that failed inside, which no export brings about.
const ELSEWHERE: [&str; 1] = ["leadlint_rule_failed"];

fn folder() -> PathBuf {
    Path::new(ROOT).join("docs/monitoring")
}

fn path(name: &str) -> String {
    folder().join(name).to_str().unwrap().to_owned()
}

/// The names of the metrics that the program emits.
fn emitted() -> BTreeSet<String> {
    let desk = Desk::with_fixture("acme");
    let run = desk.leadlint("check --format prometheus");
    let series = samples(&run.exits(1).stdout);
    let mut names: BTreeSet<String> = series.keys().map(|name| name.split('{').next().unwrap().to_owned()).collect();
    names.extend(ELSEWHERE.map(str::to_owned));
    names
}

/// The names of metrics that a text holds.
fn named(text: &str) -> BTreeSet<String> {
    let name = Regex::new(r"\bleadlint_[a-z_]+").unwrap();
    name.find_iter(text).map(|found| found.as_str().to_owned()).collect()
}

#[test]
fn alerts_fire_when_they_should_and_only_then() {
    promtool(&["check", "rules", &path("alerts.yml")], "");
    promtool(&["test", "rules", &path("alerts.test.yml")], "");
}

#[test]
fn every_metric_of_the_pages_is_emitted_and_the_page_lists_all() {
    let emitted = emitted();
    let mut files = vec![folder().with_extension("md")];
    files.extend(fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()));
    assert!(files.len() >= 7, "{files:?}");
    for file in &files {
        let named = named(&fs::read_to_string(file).unwrap());
        assert!(!named.is_empty(), "{} names no metric", file.display());
        let unknown: Vec<_> = named.difference(&emitted).collect();
        assert!(unknown.is_empty(), "{}: {unknown:?}", file.display());
    }
    let listed = named(&fs::read_to_string(&files[0]).unwrap());
    let missing: Vec<_> = emitted.difference(&listed).collect();
    assert!(missing.is_empty(), "docs/monitoring.md lacks {missing:?}");
}

fn json(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder().join(name)).unwrap()).unwrap()
}

#[test]
fn the_alerts_of_every_product_go_by_the_same_limits() {
    let rules = fs::read_to_string(folder().join("alerts.yml")).unwrap();
    for (name, metric, limit) in
        [("latency", "leadlint_sync_leads_over_alert", 0.0), ("failures", "leadlint_sync_hour_failure_ratio", 0.02)]
    {
        assert!(rules.contains(&format!("expr: {metric} > {limit}\n")), "{name}");
        let monitor = json(&format!("datadog-{name}.json"));
        let query = monitor["query"].as_str().unwrap();
        // Datadog refuses a monitor whose threshold is not that of its query.
        assert!(query.contains(metric) && query.ends_with(&format!(" > {limit}")), "{query}");
        assert_eq!(monitor["options"]["thresholds"]["critical"].as_f64(), Some(limit));
        let condition = json(&format!("newrelic-{name}.json"))["variables"]["condition"].clone();
        assert!(condition["nrql"]["query"].as_str().unwrap().contains(metric), "{condition}");
        assert_eq!(condition["terms"][0]["threshold"].as_f64(), Some(limit));
        assert_eq!(condition["terms"][0]["operator"], "ABOVE");
    }
}

#[test]
fn a_real_audit_makes_both_alerts_fire_and_a_healthy_one_neither() {
    let desk = Desk::with_fixture("acme");
    let run = desk.leadlint("check --format prometheus");
    let faulty = samples(&run.exits(1).stdout);
    let over = |series: &crate::figures::Series, metric: &str, limit: f64| {
        series.iter().any(|(name, value)| name.starts_with(metric) && *value > limit)
    };
    assert!(over(&faulty, "leadlint_sync_leads_over_alert", 0.0), "{faulty:#?}");
    assert!(over(&faulty, "leadlint_sync_hour_failure_ratio", 0.02), "{faulty:#?}");
    let run = Desk::with_fixture("spotless").leadlint("check --format prometheus");
    let healthy = samples(&run.exits(0).stdout);
    assert!(healthy.keys().any(|name| name.starts_with("leadlint_sync_leads_over_alert")), "{healthy:#?}");
    assert!(!over(&healthy, "leadlint_sync_leads_over_alert", 0.0), "{healthy:#?}");
    assert!(!over(&healthy, "leadlint_sync_hour_failure_ratio", 0.02), "{healthy:#?}");
}
