//! `leadlint clean --target salesforce`: its scripts are Apex, and its runner works against a stand-in for the `sf` command.

mod guards;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Map, Value, json};

use crate::support::{Desk, ROOT, csv_rows};

const CLEAN: &str = "clean --target salesforce --out cleanup --decide DUP001=accept,DRF001=accept,FMT005=accept";

/// Where the parser is; `.ci/engines/apex` puts it there.
fn packages() -> PathBuf {
    let folder = std::env::var_os("LEADLINT_NPM")
        .map_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/leadlint/npm"), PathBuf::from);
    let parser = folder.join("node_modules/@apexdevtools/apex-parser");
    assert!(parser.is_dir(), "{} is missing: run .ci/engines/apex", parser.display());
    folder
}

fn source(name: &str) -> PathBuf {
    Path::new(ROOT).join("tests/it/salesforce").join(name)
}

/// The leads of a desk as an organisation, each with a task of its own.
fn organisation(desk: &Desk) -> Value {
    let (mut leads, mut tasks) = (Map::new(), Map::new());
    let (header, rows) = csv_rows(desk.read("leads.csv").as_bytes());
    for (number, row) in rows.iter().enumerate() {
        let record: Map<String, Value> =
            header.iter().zip(row).map(|(name, cell)| (name.clone(), Value::from(cell.as_str()))).collect();
        tasks.insert(format!("00T5e00000{number:05}AAA"), json!({ "WhoId": row[0] }));
        leads.insert(row[0].clone(), Value::Object(record));
    }
    let mut accounts = Map::new();
    let (header, rows) = csv_rows(desk.read("accounts.csv").as_bytes());
    let name = |label: &str| match label {
        "Account Name" => "Name".to_owned(),
        other => other.replace(' ', ""),
    };
    for row in &rows {
        let record = header.iter().zip(row).map(|(label, cell)| (name(label), Value::from(cell.as_str()))).collect();
        accounts.insert(row[0].clone(), Value::Object(record));
    }
    json!({ "Lead": leads, "Account": accounts, "Task": tasks })
}

fn put(desk: &Desk, org: &Value) {
    desk.write("org.json", serde_json::to_string(org).unwrap());
}

fn org(desk: &Desk) -> Value {
    serde_json::from_str(&desk.read("org.json")).unwrap()
}

/// A desk with acme cleaned, its organisation, and the stand-in on the path.
fn desk() -> Desk {
    let desk = Desk::with_fixture("acme");
    desk.leadlint(CLEAN).exits(0);
    put(&desk, &organisation(&desk));
    install(&desk);
    desk
}

/// Puts the stand-in where `run` finds it.
fn install(desk: &Desk) {
    desk.write("bin/sf", format!("#!/bin/sh\nexec node '{}' \"$@\"\n", source("sf.mjs").display()));
    let mut mode = std::fs::metadata(desk.path("bin/sf")).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
    std::fs::set_permissions(desk.path("bin/sf"), mode).unwrap();
}

fn run(desk: &Desk, task: &str, down_after: Option<u64>) -> Output {
    let mut path = desk.path("bin").into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    let mut command = Command::new("bash");
    command.arg(desk.path("cleanup/salesforce/run.sh")).args([task, "demo"]).env("PATH", path);
    command.env("ORG_FILE", desk.path("org.json"));
    if let Some(calls) = down_after {
        command.env("ORG_DOWN_AFTER", calls.to_string());
    }
    command.output().unwrap()
}

/// Runs a task that must succeed; what it says.
fn done(desk: &Desk, task: &str) -> String {
    let output = run(desk, task, None);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{task}: {said}\n{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// The records alone, so that a way back can be compared.
fn records(desk: &Desk) -> Value {
    let org = org(desk);
    json!({ "Lead": org["Lead"], "Account": org["Account"], "Task": org["Task"] })
}

#[test]
fn scripts_and_queries_are_apex() {
    let desk = Desk::with_fixture("acme");
    let hostile = "x*/ ' \\ \"; delete [select Id from Lead]; // ${} `";
    let leads =
        desk.read("leads.csv").replacen("Northpeak Clinics", &format!("\"{} \"", hostile.replace('"', "\"\"")), 2);
    desk.write("leads.csv", leads);
    desk.leadlint(CLEAN).exits(0);
    let mut scripts = Vec::new();
    for (name, _) in desk.snapshot() {
        if matches!(name.rsplit_once('.'), Some((_, "apex" | "soql"))) {
            scripts.push(desk.path(&name));
        }
    }
    assert!(scripts.iter().any(|name| name.ends_with("merges/0001.apex")), "{scripts:?}");
    let mut command = Command::new("node");
    command.arg(source("parse.mjs")).args(&scripts).env("LEADLINT_NPM", packages());
    let output = command.output().expect("node is missing: install Node.js");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[test]
fn a_cleanup_is_applied_once_and_taken_back() {
    let desk = desk();
    let before = records(&desk);
    let refused = run(&desk, "apply", None);
    assert!(!refused.status.success(), "applied without a backup");
    done(&desk, "dry-run");
    assert_eq!(records(&desk), before);
    done(&desk, "backup");
    done(&desk, "apply");
    let merged = org(&desk)["merged"].as_array().unwrap().len();
    assert!(merged > 0);
    assert_ne!(records(&desk), before);
    done(&desk, "verify");
    let after = records(&desk);
    done(&desk, "apply");
    assert_eq!((records(&desk), org(&desk)["merged"].as_array().unwrap().len()), (after, merged));
    done(&desk, "undo");
    assert_eq!(records(&desk), before);
}

#[test]
fn what_changed_since_the_export_is_skipped_and_said() {
    let desk = desk();
    let expected: Value = serde_json::from_str(&desk.read("cleanup/salesforce/expected.json")).unwrap();
    let (id, fields) = expected["updates"]["values"]["Lead"].as_object().unwrap().iter().next().unwrap();
    let field = fields.as_object().unwrap().keys().next().unwrap();
    let mut changed = org(&desk);
    changed["Lead"][id][field] = "someone else's".into();
    put(&desk, &changed);
    done(&desk, "backup");
    let said = done(&desk, "apply");
    assert!(said.contains(&format!("skipped Lead {id}: {field} has changed")), "{said}");
    assert_eq!(org(&desk)["Lead"][id][field], "someone else's");
    assert!(!run(&desk, "verify", None).status.success());
}

#[test]
fn a_run_that_dies_is_taken_up_again() {
    let whole = desk();
    done(&whole, "backup");
    done(&whole, "apply");
    let wanted = records(&whole);
    for calls in 1..12 {
        let desk = desk();
        done(&desk, "backup");
        let so_far = org(&desk)["calls"].as_u64().unwrap();
        if run(&desk, "apply", Some(so_far + calls)).status.success() {
            break;
        }
        done(&desk, "apply");
        assert_eq!(records(&desk), wanted, "after {calls} calls");
        let merged = org(&desk)["merged"].as_array().unwrap().len();
        assert_eq!(merged, org(&whole)["merged"].as_array().unwrap().len(), "after {calls} calls");
    }
}
