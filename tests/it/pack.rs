//! `-o pack=DIR`: the evidence pack for auditors.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::support::{Desk, array, files_below};

const PACK: &str = "check . --quiet --format json -o pack=pack";

#[test]
fn a_pack_of_the_fixture_is_whole_and_repeats() {
    let desk = Desk::with_fixture("acme");
    desk.leadlint(&format!("{PACK} --threads 1")).exits(1);
    let first = files_below(&desk.path("pack"));
    let names: Vec<&str> = first.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "INPUTS.sha256",
            "MANIFEST.json",
            "README.txt",
            "RUNBOOK.md",
            "SHA256SUMS",
            "evidence.csv",
            "leadlint.toml",
            "plan.json",
            "report.json",
            "report.md"
        ]
    );
    desk.leadlint(&format!("{PACK} --threads 2")).exits(1);
    assert_eq!(files_below(&desk.path("pack")), first, "the same bytes at any number of threads");
    assert_eq!(first["leadlint.toml"], fs::read(desk.path("leadlint.toml")).unwrap());

    let manifest: Value = serde_json::from_slice(&first["MANIFEST.json"]).unwrap();
    let report: Value = serde_json::from_slice(&first["report.json"]).unwrap();
    assert_eq!(array(&manifest, "rules_ran").len(), array(&report, "ran").len());
    assert_eq!(array(&manifest, "rules_skipped").len(), array(&report, "skipped").len());
    let rows: u64 = array(&report, "sources").iter().map(|source| source["rows"].as_u64().unwrap()).sum();
    assert_eq!(manifest["population"]["rows"], rows);
    assert_eq!(manifest["command"].as_array().unwrap().len(), 8, "without the threads");

    // Whoever has coreutils can check both lists.
    for (folder, list) in [("pack", "SHA256SUMS"), (".", "pack/INPUTS.sha256")] {
        let checked =
            Command::new("sha256sum").args(["--check", "--quiet", list]).current_dir(desk.path(folder)).output();
        let Ok(checked) = checked else { continue };
        assert!(checked.status.success(), "{list}: {}", String::from_utf8_lossy(&checked.stderr));
    }
    let runbook = String::from_utf8(first["RUNBOOK.md"].clone()).unwrap();
    assert!(runbook.contains("leadlint clean . --config ./leadlint.toml --target csv --out cleanup/"), "{runbook}");
}

#[test]
fn nothing_to_clean_up_makes_no_runbook() {
    let desk = Desk::with_fixture("spotless");
    desk.leadlint(PACK).exits(0);
    let names = files_below(&desk.path("pack"));
    assert!(names.contains_key("report.md") && !names.contains_key("RUNBOOK.md"), "{:?}", names.keys());
}

#[test]
fn a_pack_of_clean_holds_its_plan() {
    let desk = Desk::with_fixture("acme");
    let run = desk.leadlint("clean . --quiet --automations-paused --target csv --out cleanup -o pack=pack");
    assert!(run.code < 2, "{}", run.stderr);
    let (pack, cleanup) = (desk.read("pack/plan.json"), desk.read("cleanup/plan.json"));
    assert_eq!(pack, cleanup);
}

#[test]
fn a_folder_that_is_no_pack_is_left_alone() {
    let desk = Desk::with_fixture("acme");
    desk.write("other/notes.txt", "mine");
    let before = desk.snapshot();
    for (args, said) in [
        ("-o pack=other", "holds `notes.txt`, which no pack wrote"),
        ("-o pack=leads.csv", "it is a file"),
        ("-o pack=no/pack", "there is no folder `no`"),
        ("-o pack=-", "a pack is a folder"),
        ("-o pack=a -o pack=b", "one pack"),
    ] {
        let run = desk.leadlint(&format!("check . --quiet {args}"));
        assert!(run.exits(2).stderr.contains(said), "{args}: {}", run.stderr);
        assert_eq!(desk.snapshot(), before, "{args}");
    }
    desk.leadlint(PACK).exits(1);
    desk.write("pack/README.txt", "Approved by me");
    let before = desk.snapshot();
    assert!(desk.leadlint(PACK).exits(2).stderr.contains("`README.txt` was changed"));
    assert_eq!(desk.snapshot(), before);
}
