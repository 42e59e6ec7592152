//! What rules must be silent about, case by case, and beside it what they must say.
//!
//! A case is a heading, `== CODE [ids of the records to be found] the caveat in words`, and files, each behind its name
//! and a colon. `-` is a finding of no record; `[skipped]` says that the rule lacks what it needs. A line `*3 {n},x` is
//! the lines `1,x`, `2,x` and `3,x`. Tables are read by name unless the config has `[sources.…]`. Files below `before/` are
//! what the run saw that wrote the baseline; a config there has `[sources.…]`.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::Desk;

const FAMILIES: [&str; 17] = [
    include_str!("caveats/before_any_rule.txt"),
    include_str!("caveats/required.txt"),
    include_str!("caveats/duplicates.txt"),
    include_str!("caveats/misspelt_email.txt"),
    include_str!("caveats/people.txt"),
    include_str!("caveats/drift.txt"),
    include_str!("caveats/drift_spellings.txt"),
    include_str!("caveats/formats.txt"),
    include_str!("caveats/mapping_contract.txt"),
    include_str!("caveats/mapping_proof.txt"),
    include_str!("caveats/mapping_automations.txt"),
    include_str!("caveats/sync.txt"),
    include_str!("caveats/tags_and_chats.txt"),
    include_str!("caveats/assignment.txt"),
    include_str!("caveats/consent_links_and_stages.txt"),
    include_str!("caveats/chats_and_links.txt"),
    include_str!("caveats/baseline.txt"),
];

/// One caveat and the files that put it to the test.
struct Case {
    code: &'static str,
    caveat: &'static str,
    expected: Vec<&'static str>,
    files: Vec<(&'static str, String)>,
}

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in FAMILIES.into_iter().flat_map(str::lines).filter(|line| !line.is_empty()) {
        if let Some(heading) = line.strip_prefix("== ") {
            let (code, rest) = heading.split_once(" [").unwrap();
            let (expected, caveat) = rest.split_once("] ").unwrap();
            let mut expected: Vec<&str> = expected.split_whitespace().collect();
            expected.sort_unstable();
            cases.push(Case { code, caveat, expected, files: Vec::new() });
            continue;
        }
        let case = cases.last_mut().unwrap();
        let name = line.strip_suffix(':').filter(|name| !name.contains([' ', ',']) && name.contains('.'));
        if let Some(name) = name {
            case.files.push((name, String::new()));
            continue;
        }
        let content = &mut case.files.last_mut().unwrap().1;
        if let Some((times, template)) = line.strip_prefix('*').and_then(|line| line.split_once(' ')) {
            for n in 1..=times.parse::<u32>().unwrap() {
                content.push_str(&template.replace("{n}", &n.to_string()));
                content.push('\n');
            }
        } else {
            content.push_str(line);
            content.push('\n');
        }
    }
    cases
}

impl Case {
    /// The records that the rule finds, in order.
    fn found(&self) -> Vec<String> {
        let desk = Desk::new();
        let (before, files): (Vec<_>, Vec<_>) = self.files.iter().partition(|(name, _)| name.starts_with("before/"));
        for (name, content) in &files {
            desk.write(name, content);
        }
        let mut baseline = "";
        if !before.is_empty() {
            for (name, content) in &before {
                desk.write(name.trim_start_matches("before/"), content);
            }
            let names: Vec<&str> = before.iter().map(|(name, _)| name.trim_start_matches("before/")).collect();
            let tables = names.iter().filter(|name| name.strip_suffix(".csv").is_some());
            let inputs: Vec<&str> =
                if names.contains(&"leadlint.toml") { Vec::new() } else { tables.copied().collect() };
            desk.leadlint(&format!("check --fail-on never --write-baseline known.json {}", inputs.join(" "))).exits(0);
            for (name, content) in &files {
                desk.write(name, content);
            }
            baseline = "--baseline known.json";
        }
        let config = files.iter().find(|(name, _)| *name == "leadlint.toml");
        let tables = files.iter().map(|(name, _)| *name).filter(|name| name.strip_suffix(".csv").is_some());
        let inputs: Vec<&str> =
            if config.is_some_and(|(_, text)| text.contains("[sources")) { Vec::new() } else { tables.collect() };
        let args = format!("--fail-on never --select {} {baseline} {}", self.code, inputs.join(" "));
        if self.expected == ["skipped"] {
            let run = desk.leadlint(&format!("check {args}"));
            assert!(run.code == 2 && run.stderr.contains("cannot run"), "{}: {}", self.caveat, run.stderr);
            return vec!["skipped".to_owned()];
        }
        let mut found: Vec<String> =
            desk.evidence(&args).iter().map(|row| row["record_id"].as_str().unwrap_or("-").to_owned()).collect();
        found.sort_unstable();
        found
    }
}

#[test]
fn rules_keep_to_their_caveats() {
    let cases = cases();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, |threads| threads.get().min(8)) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = case.found();
                    if found != case.expected {
                        let said = format!("{}, {}: {found:?}, not {:?}", case.code, case.caveat, case.expected);
                        wrong.lock().unwrap().push(said);
                    }
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort_unstable();
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn every_caveat_is_put_to_the_test_once() {
    let cases = cases();
    let mut caveats: Vec<(&str, &str)> = cases.iter().map(|case| (case.code, case.caveat)).collect();
    caveats.sort_unstable();
    caveats.dedup();
    assert_eq!(caveats.len(), cases.len());
    let known = Desk::new().leadlint("rule --all");
    assert!(cases.iter().all(|case| !case.files.is_empty() && known.stdout.contains(case.code)));
}
