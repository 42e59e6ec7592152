//! The same input gives the same bytes: from run to run, at any number of threads; and order in a file means nothing.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::generator::{Request, generate};
use crate::support::{Desk, csv_bytes, csv_rows};

const THREADS: [&str; 4] = ["1", "2", "8", "8"];

/// A generated export of 3,000 leads with everything planted.
fn generated() -> Desk {
    let desk = Desk::new();
    let request = Request { leads: 3_000, chats: None, seed: 5, faults: 4.0, ragged: 1_000.0 };
    generate(&request, &desk.path(".")).unwrap();
    std::fs::remove_dir_all(desk.path("gold")).unwrap();
    desk.write(
        "leadlint.toml",
        "[audit]\nsalt = \"determinism\"\n\
         [sources.leads]\nkind = \"crm\"\nobject = \"lead\"\npath = \"leads.csv\"\n\
         [sources.chats]\nkind = \"chat\"\npath = \"chats.csv\"\n\
         [sources.sync-log]\nkind = \"sync-log\"\npath = \"sync_log.csv\"\n",
    );
    desk
}

/// Every output of one run, by file.
fn outputs(desk: &Desk, args: &str) -> BTreeMap<String, Vec<u8>> {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().to_str().unwrap();
    let at = |name: &str| format!("{folder}/{name}");
    let command = format!(
        "check --format json -o json={} -o markdown={} -o table={} --evidence {} {args}",
        at("report.json"),
        at("report.md"),
        at("report.txt"),
        at("evidence.csv")
    );
    let run = desk.leadlint(&command);
    run.exits(1);
    let mut files = crate::support::files_below(out.path());
    let reports = ["evidence.csv", "report.json", "report.md", "report.txt"];
    let pictures = files.keys().filter(|name| !reports.contains(&name.as_str()));
    assert!(
        pictures.clone().all(|name| name.starts_with("report-")),
        "beside the page there are its pictures: {files:?}"
    );
    assert_eq!(files.len(), reports.len() + pictures.count());
    assert!(files.values().all(|bytes| !bytes.is_empty()));
    files.insert("stdout".to_owned(), run.stdout.into_bytes());
    without_commands(files)
}

/// The files without lines that repeat the command of the run: `--threads` and the paths of outputs differ.
fn without_commands(files: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    let told = |line: &str| !line.contains("leadlint check --format") && !line.contains("leadlint clean --target csv");
    let strip = |bytes: Vec<u8>| match String::from_utf8(bytes) {
        Ok(text) => text.split_inclusive('\n').filter(|line| told(line)).collect::<String>().into_bytes(),
        Err(error) => error.into_bytes(),
    };
    files.into_iter().map(|(name, bytes)| (name, strip(bytes))).collect()
}

#[track_caller]
fn same(first: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>, what: &str) {
    assert_eq!(first.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>(), "{what}");
    for (name, bytes) in first {
        if *bytes != other[name] {
            let (old, new) = (String::from_utf8_lossy(bytes), String::from_utf8_lossy(&other[name]));
            let differ = old.lines().zip(new.lines()).find(|(old, new)| old != new);
            panic!("{name} differs {what}: {differ:?}");
        }
    }
}

#[track_caller]
fn same_at_any_number_of_threads(desk: &Desk) {
    let first = outputs(desk, "");
    for threads in THREADS {
        let other = outputs(desk, &format!("--threads {threads}"));
        same(&first, &other, &format!("with --threads {threads}"));
    }
}

#[test]
fn reports_of_acme_are_the_same_at_any_number_of_threads() {
    same_at_any_number_of_threads(&Desk::with_fixture("acme"));
}

#[test]
fn reports_of_a_generated_export_are_the_same_at_any_number_of_threads() {
    same_at_any_number_of_threads(&generated());
}

#[test]
fn reports_are_the_same_from_run_to_run() {
    for desk in [Desk::with_fixture("acme"), generated()] {
        let first = outputs(&desk, "");
        same(&first, &outputs(&desk, ""), "from run to run");
    }
}

#[test]
fn cleanups_are_the_same_at_any_number_of_threads() {
    for desk in [Desk::with_fixture("acme"), generated()] {
        let clean = |args: &str| {
            let all = "--decide DUP001=accept --decide DRF001=accept --decide FMT005=accept";
            let run = desk.leadlint(&format!("clean --target csv --out cleanup --force {all} {args}"));
            run.exits(0);
            let mut files = crate::support::files_below(&desk.path("cleanup"));
            files.insert("stdout".to_owned(), run.stdout.into_bytes());
            without_commands(files)
        };
        let first = clean("");
        assert!(first.contains_key("csv/leads.csv") && first.contains_key("plan.json"));
        for threads in THREADS {
            same(&first, &clean(&format!("--threads {threads}")), &format!("with --threads {threads}"));
        }
    }
}

/// Evidence without what a place in the file decides, sorted.
fn unplaced(evidence: Vec<Value>) -> Vec<String> {
    let mut rows: Vec<String> = evidence
        .into_iter()
        .map(|mut row| {
            let fields = row.as_object_mut().unwrap();
            for place in ["file", "row", "line"] {
                fields.remove(place);
            }
            row.to_string()
        })
        .collect();
    rows.sort_unstable();
    rows
}

/// Shuffles rows and columns of `leads.csv`.
fn shuffle(desk: &Desk, seed: u64) {
    let (mut header, mut rows) = csv_rows(desk.read("leads.csv").as_bytes());
    rows.retain(|row| row.len() == header.len());
    let mut rng = fastrand::Rng::with_seed(seed);
    rng.shuffle(&mut rows);
    let mut order: Vec<usize> = (0..header.len()).collect();
    rng.shuffle(&mut order);
    header = order.iter().map(|at| header[*at].clone()).collect();
    for row in &mut rows {
        *row = order.iter().map(|at| row[*at].clone()).collect();
    }
    desk.write("leads.csv", csv_bytes(&header, &rows));
}

#[test]
fn the_order_of_rows_and_columns_means_nothing() {
    for desk in [Desk::with_fixture("acme"), generated()] {
        // Rows of another width than the header, and cells that swallowed other rows, are about places in the file: whether
        // such a row can be read hangs on the column that it broke in. They stay out.
        let (header, mut rows) = csv_rows(desk.read("leads.csv").as_bytes());
        let swallowed = |cell: &String| cell.matches('\n').count() > 1;
        rows.retain(|row| row.len() == header.len() && !row.iter().any(swallowed));
        desk.write("leads.csv", csv_bytes(&header, &rows));
        let before = unplaced(desk.evidence("--ignore FMT009"));
        assert!(before.len() > 30);
        for seed in 1..=3 {
            shuffle(&desk, seed);
            let after = unplaced(desk.evidence("--ignore FMT009"));
            let lost: Vec<_> = before.iter().filter(|row| !after.contains(row)).take(3).collect();
            let gained: Vec<_> = after.iter().filter(|row| !before.contains(row)).take(3).collect();
            assert!(before == after, "shuffle {seed}: lost {lost:#?}\ngained {gained:#?}");
        }
    }
}

#[test]
fn fingerprints_do_not_depend_on_where_an_export_lies() {
    let fingerprints = |desk: &Desk, args: &str| -> Vec<String> {
        let rows = desk.evidence(args);
        rows.iter().map(|row| crate::support::text(row, "fingerprint").to_owned()).collect()
    };
    let desk = Desk::with_fixture("acme");
    let moved = Desk::new();
    moved.write("deep/down/export-2026-11.csv", desk.read("leads.csv"));
    for desk in [&desk, &moved] {
        desk.write("salt.toml", "[audit]\nsalt = \"salt\"\n");
        desk.write("pepper.toml", "[audit]\nsalt = \"pepper\"\n");
    }
    let here = fingerprints(&desk, "leads.csv --config salt.toml");
    let there = fingerprints(&moved, "deep/down/export-2026-11.csv --config salt.toml");
    assert!(!here.is_empty());
    assert_eq!(here, there);
    let other = fingerprints(&desk, "leads.csv --config pepper.toml");
    assert_eq!(other.len(), here.len());
    assert!(here.iter().all(|one| !other.contains(one)), "the salt keys every fingerprint");
}
