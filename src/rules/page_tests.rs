//! Tests over the page of every rule and the examples on it, and over the registry.

use std::collections::BTreeSet;
use std::path::Path;

use super::RULES;
use super::audit::tables;
use super::declare::{Family, RuleMeta};
use super::page::body;
use super::run::{Chosen, run};
use super::testing::{baseline, evidence, facts, sources};
use crate::config::Options;

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
        let mut before = None;
        let mut beside: Vec<(String, String)> = Vec::new();
        for fence in fences(&body(meta)) {
            match (fence.language.as_str(), fence.words.as_slice()) {
                ("toml", _) => config = crate::config::parse(&fence.text, meta.code).unwrap(),
                // A source that stands beside those of the examples after it, or the schema of those.
                ("csv" | "json", [what]) => {
                    beside.retain(|(other, _)| other != what);
                    beside.push((what.clone(), fence.text));
                }
                // The run that the examples after it are held against.
                ("csv", [what, when]) if when == "before" => {
                    let mut texts: Vec<(&str, &str)> = vec![(what, &fence.text)];
                    texts.extend(beside.iter().map(|(what, text)| (what.as_str(), text.as_str())));
                    before = Some(baseline(&sources(&texts), &config));
                }
                ("csv", [what, verdict]) => {
                    let mut texts: Vec<(&str, &str)> = vec![(what, &fence.text)];
                    texts.extend(beside.iter().map(|(what, text)| (what.as_str(), text.as_str())));
                    let sources = sources(&texts);
                    let tables = tables(&sources, &config);
                    let own = super::run::configured(&config, meta);
                    let chosen = [Chosen { rule: *rule, config: own, exact: false }];
                    let facts = facts(&tables, &config).beside(before.clone());
                    let found = run(&tables, &facts, &config, &chosen, &|_| {});
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
            let text = if path.is_dir() { String::new() } else { std::fs::read_to_string(&path).unwrap() };
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
