//! Exit codes 0 and 1: what passes and what fails a run.

use crate::support::{Desk, HEALTHY, REPEATED, UNTIDY};

#[test]
fn clean_input_passes() {
    let desk = Desk::with("leads.csv", HEALTHY);
    let run = desk.leadlint("check --format json leads.csv --ignore GOV001");
    assert_eq!(run.exits(0).json()["findings"].as_array().unwrap().len(), 0);
    assert_eq!(run.json()["verdict"]["passed"], true);
    assert_eq!(run.stderr, "passed: no finding of severity error or worse outside its budget\n");
}

#[test]
fn a_finding_of_severity_error_fails() {
    let run = Desk::with("leads.csv", REPEATED).leadlint("check --format json leads.csv");
    assert_eq!(run.exits(1).json()["verdict"]["passed"], false);
    assert_eq!(run.stderr, "failed: 1 finding of severity error or worse: DUP001\n");
}

#[test]
fn nothing_fails_with_fail_on_never() {
    let report = Desk::with("leads.csv", REPEATED).leadlint("check --format json leads.csv --fail-on never");
    let report = report.exits(0).json();
    assert_eq!(report["verdict"]["passed"], true);
    assert!(!report["findings"].as_array().unwrap().is_empty());
}

#[test]
fn warnings_pass_unless_they_are_to_fail() {
    let desk = Desk::with("leads.csv", UNTIDY);
    desk.leadlint("check leads.csv").exits(0);
    desk.leadlint("check leads.csv --fail-on error").exits(0);
    desk.leadlint("check leads.csv --fail-on warning").exits(1);
    desk.leadlint("check leads.csv --fail-on info").exits(1);
}

#[test]
fn information_fails_only_when_it_is_to() {
    // Nobody owns this audit: GOV001.
    let desk = Desk::with("leads.csv", HEALTHY);
    desk.leadlint("check leads.csv --fail-on warning").exits(0);
    desk.leadlint("check leads.csv --fail-on info").exits(1);
}

#[test]
fn a_count_within_budget_passes_and_is_reported() {
    let desk = Desk::with("leads.csv", REPEATED);
    for (max, code) in [(1, 1), (2, 0), (3, 0)] {
        desk.write("leadlint.toml", format!("[rules.DUP001]\nmax = {max}\n"));
        let report = desk.leadlint("check --format json leads.csv --select DUP001");
        let report = report.exits(code).json();
        assert_eq!(report["findings"][0]["count"], 2, "max = {max}");
        assert_eq!(report["findings"][0]["within_budget"], code == 0, "max = {max}");
    }
}

#[test]
fn a_share_within_budget_passes_and_is_reported() {
    let desk = Desk::with("leads.csv", REPEATED);
    for (rate, code) in [("0.0", 1), ("0.49", 1), ("0.5", 0), ("1.0", 0)] {
        desk.write("leadlint.toml", format!("[rules.DUP001]\nmax-rate = {rate}\n"));
        let report = desk.leadlint("check --format json leads.csv --select DUP001");
        let report = report.exits(code).json();
        assert_eq!(report["findings"][0]["rate"], 0.5, "max-rate = {rate}");
        assert_eq!(report["findings"][0]["within_budget"], code == 0, "max-rate = {rate}");
    }
}

#[test]
fn a_severity_of_the_config_counts() {
    let desk = Desk::with("leads.csv", REPEATED);
    for (severity, code) in [("error", 1), ("warning", 0), ("info", 0), ("off", 0)] {
        desk.write("leadlint.toml", format!("[rules.DUP001]\nseverity = \"{severity}\"\n"));
        let run = desk.leadlint("check --format json leads.csv");
        let report = run.exits(code).json();
        let found = report["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "DUP001");
        match found {
            Some(finding) => assert_eq!(finding["severity"], severity),
            None => assert_eq!(severity, "off"),
        }
    }
    desk.write("leadlint.toml", "[rules.DUP001]\nseverity = \"off\"\n");
    let run = desk.leadlint("check --format json leads.csv --select DUP001");
    assert_eq!(run.json()["findings"][0]["code"], "DUP001", "an exact code overrides `off`");
}

#[test]
fn an_agreed_exception_passes_until_it_expires() {
    let desk = Desk::with("leads.csv", REPEATED);
    let accept = |expires: &str| {
        format!(
            "[[accept]]\nrule = \"DUP001\"\nrecords = [\"1\", \"2\"]\nreason = \"twins\"\nowner = \"a@b.example\"\nexpires = {expires}\n"
        )
    };
    desk.write("leadlint.toml", accept("2027-06-30"));
    let run = desk.leadlint("check --format json leads.csv --select DUP001");
    run.exits(0);
    desk.write("leadlint.toml", accept("2026-06-30"));
    desk.leadlint("check leads.csv --select DUP001").exits(1);
}

#[test]
fn a_rule_selected_by_prefix_may_be_skipped() {
    let desk = Desk::with("users.csv", "User ID,Full Name,Email\n1,Ana Moss,ana@northpeak.example\n");
    desk.leadlint("check users.csv --select DUP").exits(0);
    desk.leadlint("check users.csv --select DUP001").exits(2);
}

#[test]
fn help_and_version_are_no_errors() {
    let desk = Desk::new();
    for args in ["--help", "-h", "--version", "-V", "help", "check --help", "clean --help", "rule --help"] {
        let run = desk.leadlint(args);
        run.exits(0);
        assert!(!run.stdout.is_empty() && run.stderr.is_empty(), "{args}");
    }
    assert_eq!(desk.leadlint("--version").stdout, format!("leadlint {}\n", env!("CARGO_PKG_VERSION")));
    assert!(desk.leadlint("--help").stdout.contains("Exit codes"));
}

#[test]
fn a_cleanup_that_is_written_passes_even_where_the_check_fails() {
    let desk = Desk::with("leads.csv", REPEATED);
    desk.leadlint("check leads.csv").exits(1);
    desk.leadlint("clean leads.csv --target csv --out cleanup").exits(0);
    assert!(desk.path("cleanup/RUNBOOK.md").is_file());
    desk.leadlint("clean leads.csv --target csv --out again --decide DUP001=accept").exits(0);
}

#[test]
fn an_empty_folder_may_be_cleaned_into() {
    let desk = Desk::with("leads.csv", REPEATED);
    std::fs::create_dir(desk.path("cleanup")).unwrap();
    desk.leadlint("clean leads.csv --target csv --out cleanup").exits(0);
    desk.leadlint("clean leads.csv --target csv --out cleanup").exits(2);
    desk.leadlint("clean leads.csv --target csv --out cleanup --force").exits(0);
}
