//! What the program tells of itself: rules, formats, schemas.

use std::collections::BTreeSet;

use crate::support::{Desk, array, text};

#[test]
fn a_rule_is_found_by_code_and_by_name() {
    let desk = Desk::new();
    let page = desk.leadlint("rule DUP001");
    assert!(page.exits(0).stdout.starts_with("# DUP001 repeated-email\n"));
    for word in ["dup001", "repeated-email", "Repeated-Email"] {
        assert_eq!(desk.leadlint(&format!("rule {word}")).stdout, page.stdout, "{word}");
    }
    for section in ["## What it finds", "## Why it matters", "## Example", "## Cleanup", "## Config"] {
        assert!(page.stdout.contains(section), "{section}");
    }
}

#[test]
fn every_rule_is_listed_with_its_keys() {
    let desk = Desk::new();
    let list = desk.leadlint("rule --all --format json").exits(0).json();
    let rules = list.as_array().unwrap();
    assert!(rules.len() >= 13);
    let mut seen = BTreeSet::new();
    for rule in rules {
        let keys: Vec<&String> = rule.as_object().unwrap().keys().collect();
        let documented = ["code", "name", "family", "severity", "scope", "needs", "options", "safety", "since", "page"];
        assert_eq!(keys, documented);
        let (code, name) = (text(rule, "code"), text(rule, "name"));
        assert!(code.starts_with(text(rule, "family")) && code.len() == 6, "{code}");
        assert!(["error", "warning", "info"].contains(&text(rule, "severity")), "{code}");
        assert!(["safe", "review", "manual"].contains(&text(rule, "safety")), "{code}");
        assert!(rule["needs"].is_array() && rule["options"].is_object(), "{code}");
        assert!(seen.insert(code) && seen.insert(name), "{code} {name} twice");
        assert_eq!(desk.leadlint(&format!("rule {code}")).stdout, text(rule, "page"), "{code}");
        assert_eq!(desk.leadlint(&format!("rule {name} --format json")).json(), *rule, "{name}");
    }
    let table = desk.leadlint("rule --all");
    assert!(seen.iter().all(|word| table.stdout.contains(word)), "{}", table.stdout);
}

#[test]
fn pages_are_written_one_per_rule() {
    let desk = Desk::new();
    desk.leadlint("rule --all --write pages/rules").exits(0);
    let list = desk.leadlint("rule --all --format json").json();
    let expected: BTreeSet<String> =
        list.as_array().unwrap().iter().map(|rule| format!("pages/rules/{}.md", text(rule, "code"))).collect();
    let written: BTreeSet<String> = desk.snapshot().into_keys().filter(|name| !name.ends_with('/')).collect();
    assert_eq!(written, expected);
    assert_eq!(desk.read("pages/rules/DUP001.md"), desk.leadlint("rule DUP001").stdout);
}

#[test]
fn formats_are_listed() {
    let run = Desk::new().leadlint("formats");
    run.exits(0);
    for word in ["salesforce", "hubspot", "sync-log", "json", "markdown", "table", "csv", "gzip", ".parquet", ".ndjson"]
    {
        assert!(run.stdout.contains(word), "{word} is not in {}", run.stdout);
    }
}

#[test]
fn schemas_are_json_schemas() {
    for (of, keys) in [
        ("config", &["audit", "sources", "mapping", "rules", "accept"][..]),
        ("report", &["schema", "sources", "findings", "skipped", "verdict"]),
        ("plan", &["schema", "operations", "set_aside", "before_after"]),
    ] {
        let schema = Desk::new().leadlint(&format!("schema {of}")).exits(0).json();
        assert!(text(&schema, "$schema").contains("json-schema.org"), "{of}");
        assert!(!text(&schema, "title").is_empty(), "{of}");
        for key in keys {
            assert!(schema["properties"].get(key).is_some(), "{key} of {of}");
        }
        for required in schema["required"].as_array().map_or(&[][..], Vec::as_slice) {
            assert!(schema["properties"].get(required.as_str().unwrap()).is_some(), "{required} of {of}");
        }
    }
    let report = Desk::new().leadlint("schema report").json();
    assert!(array(&report, "required").iter().any(|key| key == "findings"));
}

#[test]
fn completions_are_scripts_of_their_shell() {
    let desk = Desk::new();
    for (shell, word) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef leadlint"),
        ("fish", "complete -c leadlint"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion"),
    ] {
        let script = desk.leadlint(&format!("completions {shell}"));
        assert!(script.exits(0).stdout.contains(word), "{shell}");
        let values: &[&str] = if shell == "elvish" || shell == "powershell" { &[] } else { &["DUP001", "markdown"] };
        for known in ["decide", "completions"].iter().chain(values) {
            assert!(script.stdout.contains(known), "{shell} does not know {known}");
        }
        assert_eq!(desk.leadlint(&format!("completions {shell}")).stdout, script.stdout);
    }
    desk.leadlint("completions tcsh").exits(2);
    desk.write("leadlint.bash", desk.leadlint("completions bash").stdout);
    // Where there is no bash, nobody completes in it.
    if let Ok(checked) = std::process::Command::new("bash").arg("-n").arg(desk.path("leadlint.bash")).output() {
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    }
}

#[test]
fn the_man_page_tells_of_every_command_and_flag() {
    let desk = Desk::new();
    let page = desk.leadlint("man").exits(0).stdout.replace("\\-", "-");
    let help = desk.leadlint("--help").exits(0).stdout.clone();
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    assert!(commands.len() >= 7, "{commands:?}");
    desk.leadlint("man --out pages").exits(0);
    let mut pages = BTreeSet::from(["pages/leadlint.1".to_owned()]);
    for command in commands {
        assert!(page.contains(&format!("LEADLINT {}", command.to_uppercase())), "{command}");
        let own = format!("pages/leadlint-{command}.1");
        let text = desk.read(&own).replace("\\-", "-");
        for flag in flags(&desk.leadlint(&format!("{command} --help")).stdout) {
            assert!(page.contains(&flag) && text.contains(&flag), "{flag} of {command}");
        }
        pages.insert(own);
    }
    let written: BTreeSet<String> = desk.snapshot().into_keys().filter(|name| !name.ends_with('/')).collect();
    assert_eq!(written, pages);
    assert!(page.starts_with('.') && page.contains("leadlint 0."), "{page}");
    assert!(!page.contains(" 20"), "a page has no date");
}

/// The long flags that a help text lists.
fn flags(help: &str) -> BTreeSet<String> {
    let words = help.split_whitespace().filter(|word| word.starts_with("--") && word.len() > 3);
    words.map(|word| word.trim_end_matches([',', '.', ';', ':']).to_owned()).collect()
}
