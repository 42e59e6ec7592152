//! `leadlint clean --target xlsx` and `--decisions`: a workbook is written, people decide in it, and the next run knows.

mod merged;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use rust_xlsxwriter::Workbook;
use serde_json::Value;

use crate::support::{Desk, array, csv_bytes, csv_rows, text};

/// Sheets by name, each as rows of text.
type Sheets = Vec<(String, Vec<Vec<String>>)>;

const DECISION: usize = 0;
const WHAT: usize = 1;
const RULE: usize = 2;
const RECORD: usize = 4;
const COLUMN: usize = 6;
const CURRENT: usize = 7;
const GROUP: usize = 13;
const KEY: usize = 14;

fn sheets(path: &Path) -> Sheets {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let names = book.sheet_names();
    let read = names.into_iter().map(|name| {
        let range = book.worksheet_range(&name).unwrap();
        let (height, width) = range.end().map_or((0, 0), |(row, column)| (row + 1, column + 1));
        let cell = |row, column| match range.get_value((row, column)) {
            None | Some(Data::Empty) => String::new(),
            Some(Data::Float(number)) => number.to_string(),
            Some(Data::String(text)) => text.clone(),
            Some(other) => panic!("{name}: {other:?} is neither text nor a number"),
        };
        (name.clone(), (0..height).map(|row| (0..width).map(|column| cell(row, column)).collect()).collect())
    });
    read.collect()
}

/// Writes sheets as a workbook.
fn save(sheets: &Sheets, path: &Path) {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(cells) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
    }
    book.save(path).unwrap();
}

fn sheet<'a>(sheets: &'a mut Sheets, name: &str) -> &'a mut Vec<Vec<String>> {
    &mut sheets.iter_mut().find(|(one, _)| one == name).unwrap_or_else(|| panic!("no sheet {name}")).1
}

/// Runs LibreOffice on a file; it writes into the same folder.
fn office(folder: &Path, to: &str, file: &str) {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", profile.path().display()))
        .args(["--headless", "--convert-to", to, "--outdir"])
        .arg(folder)
        .arg(folder.join(file))
        .output()
        .unwrap_or_else(|error| panic!("soffice: {error}; `.ci/engines/office` installs LibreOffice Calc"));
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// acme with a workbook in `book/xlsx`, and its sheets.
fn reviewed() -> (Desk, Sheets) {
    let desk = Desk::with_fixture("acme");
    desk.leadlint("clean --target xlsx --out book").exits(0);
    let sheets = sheets(&desk.path("book/xlsx/review.xlsx"));
    (desk, sheets)
}

/// Row numbers of the records of the group of leads that `id` is in, that of the group first.
fn group_of(rows: &[Vec<String>], id: &str) -> Vec<usize> {
    let at = rows.iter().find(|row| row[WHAT] == "record" && row[RECORD] == id).unwrap_or_else(|| panic!("no {id}"));
    let is_in = |row: &&Vec<String>| row[GROUP] == at[GROUP] && row[WHAT] != "field";
    rows.iter().enumerate().filter(|(_, row)| is_in(row)).map(|(at, _)| at).collect()
}

fn merges(desk: &Desk, folder: &str) -> Vec<Vec<String>> {
    let plan: Value = serde_json::from_str(&desk.read(&format!("{folder}/plan.json"))).unwrap();
    let merges = array(&plan, "operations").iter().filter(|step| step["operation"] == "merge");
    let id = |place: &Value| text(place, "record").to_owned();
    let mut of: Vec<Vec<String>> = merges
        .map(|step| {
            let mut ids: Vec<String> = array(step, "losers").iter().map(id).collect();
            ids.push(id(&step["survivor"]));
            ids.sort();
            ids
        })
        .collect();
    of.sort();
    of
}

const OWEN: [&str; 3] = ["00Q5e0000000002EAA", "00Q5e0000000040EAA", "00Q5e0000000041EAA"];
const LENA: [&str; 2] = ["00Q5e0000000003EAA", "00Q5e0000000042EAA"];
const MARTA: [&str; 2] = ["00Q5e0000000001EAA", "00Q5e0000000039EAA"];

#[test]
fn the_workbook_shows_what_waits_and_nothing_runs() {
    let (desk, sheets) = reviewed();
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(&names[..4], ["Read me", "Required", "Duplicates", "Drift"]);
    let first: Vec<String> = sheets[0].1.iter().map(|row| row.join(" ")).collect();
    for said in ["Cleanup review", "owner: revops@acme.example", "as of 2026-10-29", "How to decide", "leads.csv"] {
        assert!(first.iter().any(|row| row.contains(said)), "{said} is not in {first:#?}");
    }
    for (name, rows) in &sheets[1..] {
        assert_eq!(rows[0][..3], ["decision", "what", "rule"], "{name}");
        assert_eq!((rows[0][GROUP].as_str(), rows[0][KEY].as_str()), ("group", "key"), "{name}");
        assert!(rows.len() > 1, "{name}");
    }
    let duplicates = &sheets[2].1;
    let owen = group_of(duplicates, OWEN[0]);
    assert_eq!(owen.len(), 4, "the group and three records");
    let group = &duplicates[owen[0]];
    assert_eq!((group[WHAT].as_str(), group[RULE].as_str(), group[CURRENT].as_str()), ("group", "DUP001", "3 records"));
    assert!(
        duplicates[owen[1]][CURRENT].starts_with("Owen Hart · owen.hart@cedarworks.example"),
        "{:?}",
        duplicates[owen[1]]
    );
    let field = duplicates.iter().find(|row| row[WHAT] == "field" && row[COLUMN] == "Phone Number").unwrap();
    assert_eq!((field[8].as_str(), field[9].as_str()), ("+13055550180", "+12155550173 (90020082)"));
    assert_eq!(field[12], "Phone Number from 90020369, the survivor's own");
    let region = sheets[3].1.iter().find(|row| row[WHAT] == "group" && row[COLUMN] == "Region__c").unwrap();
    assert_eq!(region[CURRENT], "East␣␣Region (1); EastRegion (1); east-region (1)");
    assert_eq!((region[8].as_str(), region[9].as_str()), ("East Region", "East Region stands in 31 rows"));
    // What is agreed, or cannot be done by script, is not asked.
    assert!(!duplicates.iter().any(|row| row[RECORD] == "00Q5e0000000045EAA"));
    let runbook = desk.read("book/RUNBOOK.md");
    assert!(runbook.contains("--decisions book/xlsx/review.xlsx --out NEW-FOLDER"), "{runbook}");
    assert!(!desk.path("leadlint.decisions.toml").exists());
}

#[test]
fn the_same_audit_gives_the_same_bytes() {
    let (desk, _) = reviewed();
    desk.leadlint("clean --target xlsx --out again").exits(0);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    desk.leadlint("clean --target xlsx --out book --force").exits(0);
    let bytes = |name: &str| fs::read(desk.path(name)).unwrap();
    assert_eq!(bytes("again/xlsx/review.xlsx"), bytes("book/xlsx/review.xlsx"));
}

#[test]
fn libreoffice_opens_prints_and_saves_it() {
    let (desk, mut sheets) = reviewed();
    let folder = desk.path("book/xlsx");
    office(&folder, "pdf", "review.xlsx");
    let pages = |file: &str| {
        let run = |program: &str, args: &[&str]| {
            let output = Command::new(program).args(args).arg(folder.join(file)).output();
            let output = output.unwrap_or_else(|error| panic!("{program}: {error}; `.ci/engines/office` installs it"));
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        let info = run("pdfinfo", &[]);
        let count = info.lines().find_map(|line| line.strip_prefix("Pages:")).unwrap().trim().parse::<usize>().unwrap();
        let size = info.lines().find(|line| line.starts_with("Page size:")).unwrap().to_owned();
        let output = Command::new("pdftotext").args(["-layout"]).arg(folder.join(file)).arg("-").output().unwrap();
        (count, size, String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (count, size, text) = pages("review.pdf");
    assert!(size.contains("841.89 x 595") || size.contains("842 x 595"), "landscape A4: {size}");
    for page in 1..=count {
        assert!(text.contains(&format!("Page {page} of {count}")), "page {page} of {count}");
    }
    // Each page of a sheet has its header, and no page is only the rest of a width.
    let sheets_pages = text.split('\u{c}').filter(|page| page.contains("leadlint review · Duplicates")).count();
    let headers =
        text.split('\u{c}').filter(|page| page.contains("Duplicates") && page.contains("suggested value")).count();
    assert!(sheets_pages >= 1 && headers >= sheets_pages, "{headers} of {sheets_pages}");
    assert!(text.contains("Owen Hart") && text.contains("reasons"), "{text}");

    // A decision, saved by LibreOffice as its own format and as CSV, is read like that of the workbook.
    let duplicates = sheet(&mut sheets, "Duplicates");
    let owen = group_of(duplicates, OWEN[0]);
    duplicates[owen[0]][DECISION] = "Accept".to_owned();
    save(&sheets, &desk.path("decided.xlsx"));
    office(&desk.path(""), "ods", "decided.xlsx");
    office(
        &desk.path(""),
        "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,3",
        "decided.xlsx",
    );
    let csv = fs::read_dir(desk.path("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let csv = csv
        .filter(|name| name.starts_with("decided"))
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "csv"))
        .collect::<Vec<_>>();
    let [csv] = csv.as_slice() else { panic!("{csv:?}") };
    for (at, file) in ["decided.xlsx", "decided.ods", csv].into_iter().enumerate() {
        let out = format!("out{at}");
        let _ = fs::remove_file(desk.path("leadlint.decisions.toml"));
        desk.leadlint(&format!("clean --target csv --out {out} --decisions {file}")).exits(0);
        assert_eq!(merges(&desk, &out), [OWEN.map(str::to_owned).to_vec()], "{file}");
    }
}

#[test]
fn decisions_are_kept_and_a_rejected_pair_is_not_proposed_again() {
    let (desk, mut book) = reviewed();
    let duplicates = sheet(&mut book, "Duplicates");
    let owen = group_of(duplicates, OWEN[0]);
    duplicates[owen[0]][DECISION] = "accept".to_owned();
    let told_apart = *owen.iter().find(|at| duplicates[**at][RECORD] == OWEN[2]).unwrap();
    duplicates[told_apart][DECISION] = "reject".to_owned();
    let lena = group_of(duplicates, LENA[0]);
    duplicates[lena[0]][DECISION] = "reject".to_owned();
    let drift = sheet(&mut book, "Drift");
    let region = drift.iter().position(|row| row[WHAT] == "group" && row[COLUMN] == "Region__c").unwrap();
    drift[region][DECISION] = "accept".to_owned();
    let kept = drift.iter().position(|row| row[WHAT] == "value" && row[CURRENT] == "east-region").unwrap();
    drift[kept][DECISION] = "reject".to_owned();
    save(&book, &desk.path("review.xlsx"));

    let run = desk.leadlint("clean --target csv,xlsx --out one --decisions review.xlsx");
    run.exits(0);
    assert!(run.stderr.contains("leadlint.decisions.toml: 7 decisions added or changed"), "{}", run.stderr);
    assert_eq!(merges(&desk, "one"), [OWEN[..2].iter().map(|id| (*id).to_owned()).collect::<Vec<_>>()]);
    let leads = desk.read("one/csv/leads.csv");
    assert!(!leads.contains("EastRegion") && leads.contains("east-region"), "{leads}");
    let plan: Value = serde_json::from_str(&desk.read("one/plan.json")).unwrap();
    let asides: Vec<&Value> = array(&plan, "set_aside").iter().filter(|one| one["class"] == "rejected").collect();
    let why: Vec<&str> = asides.iter().map(|one| text(one, "why")).collect();
    assert!(
        why.contains(
            &format!("not one with record {}: rejected by revops@acme.example on 2026-10-29", OWEN[0]).as_str()
        ),
        "{why:#?}"
    );
    assert!(why.contains(&"rejected by revops@acme.example on 2026-10-29"), "{why:#?}");
    let toml = desk.read("leadlint.decisions.toml");
    assert!(
        toml.contains(&format!(
            "records = [\"{}\", \"{}\"]\ndecision = \"reject\"\nrule = \"DUP001\"",
            OWEN[0], OWEN[2]
        )),
        "{toml}"
    );
    assert!(toml.contains("by = \"revops@acme.example\"\non = 2026-10-29"), "{toml}");
    assert!(!toml.contains("cedarworks") && !toml.contains("Region"), "ids and hashes only: {toml}");
    assert_eq!(toml.matches("[[merge]]").count(), 4);
    assert_eq!(toml.matches("[[value]]").count(), 3);
    let names: Vec<String> = desk.snapshot().into_keys().filter(|name| name.starts_with('.')).collect();
    assert!(names.is_empty(), "left behind: {names:?}");

    // The next workbook shows what was accepted, asks for the rest, and not for what was rejected.
    let mut next = sheets(&desk.path("one/xlsx/review.xlsx"));
    let duplicates = sheet(&mut next, "Duplicates");
    let owen = group_of(duplicates, OWEN[0]);
    assert_eq!(owen.len(), 3);
    assert_eq!(duplicates[owen[0]][DECISION], "accept");
    assert!(!duplicates.iter().any(|row| row[RECORD] == OWEN[2] || row[RECORD] == LENA[0]));
    assert_eq!(sheet(&mut next, "Decided").iter().filter(|row| row[1] == "reject").count(), 4);

    // The same again, and without the file: nothing changes. A rule that is accepted meanwhile does not undo a no.
    desk.leadlint("clean --target csv --out two --decisions review.xlsx").exits(0);
    assert_eq!(desk.read("leadlint.decisions.toml"), toml);
    desk.leadlint("clean --target csv --out three --decide DUP001=accept,DRF001=accept").exits(0);
    let all = merges(&desk, "three");
    assert!(all.contains(&MARTA.map(str::to_owned).to_vec()), "{all:?}");
    assert!(!all.iter().flatten().any(|id| id == OWEN[2] || LENA.contains(&id.as_str())), "{all:?}");
    assert!(desk.read("three/csv/leads.csv").contains("east-region"));

    // Next month: a new twin, another order, other columns. What was said stands; what is new is asked for.
    let (header, mut rows) = csv_rows(desk.read("leads.csv").as_bytes());
    let mut twin = rows.iter().find(|row| row[0] == LENA[0]).unwrap().clone();
    twin[0] = "00Q5e0000000999EAA".to_owned();
    rows.push(twin);
    rows.reverse();
    desk.write("leads.csv", csv_bytes(&header, &rows));
    desk.leadlint("clean --target csv,xlsx --out four").exits(0);
    assert_eq!(merges(&desk, "four"), [OWEN[..2].iter().map(|id| (*id).to_owned()).collect::<Vec<_>>()]);
    let mut next = sheets(&desk.path("four/xlsx/review.xlsx"));
    let duplicates = sheet(&mut next, "Duplicates");
    let asked = group_of(duplicates, "00Q5e0000000999EAA");
    let asked: Vec<&str> = asked[1..].iter().map(|at| duplicates[*at][RECORD].as_str()).collect();
    assert_eq!(asked.len(), 2, "the twin and one of the two that are not one: {asked:?}");
    assert!(!(asked.contains(&LENA[0]) && asked.contains(&LENA[1])), "{asked:?}");
}

#[test]
fn what_was_said_can_be_taken_back() {
    let (desk, mut book) = reviewed();
    let duplicates = sheet(&mut book, "Duplicates");
    let marta = group_of(duplicates, MARTA[0])[0];
    for (decision, count) in [("accept", 1), ("reject", 0), ("accept", 1), ("later", 0)] {
        sheet(&mut book, "Duplicates")[marta][DECISION] = decision.to_owned();
        save(&book, &desk.path("review.xlsx"));
        desk.leadlint("clean --target csv --out out --force --decisions review.xlsx").exits(0);
        assert_eq!(merges(&desk, "out").len(), count, "{decision}");
    }
    assert!(!desk.read("leadlint.decisions.toml").contains("[[merge]]"));
}

#[test]
fn decisions_that_cannot_be_used_name_their_cell_and_write_nothing() {
    let (desk, book) = reviewed();
    let mut sheets_of = book.clone();
    let duplicates = sheet(&mut sheets_of, "Duplicates");
    let owen = group_of(duplicates, OWEN[0]);
    let marta = group_of(duplicates, MARTA[0]);
    let row = |at: usize| at + 1;
    let refused = |edit: &dyn Fn(&mut Vec<Vec<String>>), said: &[String]| {
        let mut book = book.clone();
        edit(sheet(&mut book, "Duplicates"));
        save(&book, &desk.path("review.xlsx"));
        let before = desk.snapshot();
        let run = desk.leadlint("clean --target csv --out out --decisions review.xlsx");
        run.exits(2);
        for said in said {
            assert!(run.stderr.contains(said.as_str()), "{said} is not in\n{}", run.stderr);
        }
        assert_eq!(before, desk.snapshot(), "nothing is written");
    };
    let put = |rows: &mut Vec<Vec<String>>, at: usize, decision: &str| rows[at][DECISION] = decision.to_owned();
    refused(
        &|rows| put(rows, owen[0], "perhaps"),
        &[format!(
            "review.xlsx Duplicates!A{}: `perhaps` is no decision; choose accept, reject or later",
            row(owen[0])
        )],
    );
    refused(
        &|rows| {
            put(rows, owen[0], "reject");
            put(rows, owen[1], "accept");
        },
        &[format!(
            "review.xlsx Duplicates!A{}: accepts a record of a group that review.xlsx Duplicates!A{} rejects",
            row(owen[1]),
            row(owen[0])
        )],
    );
    refused(
        &|rows| put(rows, owen[1], "accept"),
        &[format!("review.xlsx Duplicates!A{}: there is nothing to merge with", row(owen[1]))],
    );
    refused(
        &|rows| {
            put(rows, marta[1], "accept");
            rows[marta[1]][KEY] = "r-0000".to_owned();
        },
        &[format!("review.xlsx Duplicates!A{}: a record of this group is not in this audit", row(marta[1]))],
    );
    refused(
        &|rows| {
            put(rows, owen[0], "accept");
            rows[owen[0]][RULE] = "DUP999".to_owned();
        },
        &[format!("review.xlsx Duplicates!A{}: `DUP999` is no rule", row(owen[0]))],
    );
    refused(
        &|rows| {
            put(rows, owen[0], "accept");
            rows[owen[0]][WHAT] = "cluster".to_owned();
        },
        &[format!("review.xlsx Duplicates!A{}: `cluster` is nothing to decide on", row(owen[0]))],
    );
    refused(
        &|rows| {
            put(rows, owen[0], "accept");
            let mut copy = rows[owen[0]].clone();
            copy[DECISION] = "reject".to_owned();
            rows.push(copy);
        },
        &[format!("contradicts review.xlsx Duplicates!A{}; decide once", row(owen[0]))],
    );
    // A sheet of decisions whose first row was changed is not passed over for another one.
    refused(
        &|rows| {
            put(rows, owen[0], "accept");
            rows[0][DECISION] = "x".to_owned();
        },
        &["review.xlsx Duplicates: the column decision is missing in its first row".to_owned()],
    );
    refused(
        &|rows| {
            put(rows, owen[0], "accept");
            rows.remove(0);
        },
        // The first row of a group says `group` itself.
        &["review.xlsx Duplicates: the column decision, what, key is missing in its first row".to_owned()],
    );
    // The export has changed: the record is gone.
    let (header, mut rows) = csv_rows(desk.read("leads.csv").as_bytes());
    rows.retain(|row| row[0] != MARTA[1]);
    desk.write("leads.csv", csv_bytes(&header, &rows));
    refused(
        &|rows| put(rows, marta[0], "accept"),
        &[format!("review.xlsx Duplicates!A{}: a record of this group is not in this audit", row(marta[0]))],
    );
    // Files that hold no decisions, or are none.
    desk.write("none.csv", "a,b\n1,2\n");
    desk.write("broken.xlsx", "not a workbook");
    desk.write("typo.toml", "[[merge]]\nrecord = 1\n");
    for (file, said) in [
        ("none.csv", "no sheet has the columns"),
        ("broken.xlsx", "broken.xlsx"),
        ("typo.toml", "typo.toml"),
        ("missing.csv", "missing.csv"),
    ] {
        let run = desk.leadlint(&format!("clean --target csv --out out --decisions {file}"));
        run.exits(2);
        assert!(run.stderr.contains(said), "{file}: {}", run.stderr);
        assert!(!desk.path("out").exists());
    }
    // A workbook in the folder that would be replaced is not lost.
    let run = desk.leadlint("clean --target xlsx --out book --force --decisions book/xlsx/review.xlsx");
    run.exits(2);
    assert!(run.stderr.contains("name another folder"), "{}", run.stderr);
}

#[test]
fn a_toml_file_decides_too_and_old_entries_do_no_harm() {
    let desk = Desk::with_fixture("acme");
    let entry = |a: &str, b: &str, answer: &str| {
        format!("[[merge]]\nin = \"leads\"\nrecords = [\"{a}\", \"{b}\"]\ndecision = \"{answer}\"\nrule = \"DUP001\"\n")
    };
    desk.write("leadlint.decisions.toml", entry("1", "2", "reject"));
    desk.write("mine.toml", entry(MARTA[1], MARTA[0], "accept"));
    let run = desk.leadlint("clean --target csv --out one --decisions mine.toml");
    run.exits(0);
    assert_eq!(merges(&desk, "one"), [MARTA.map(str::to_owned).to_vec()]);
    assert!(run.stderr.contains("1 of 2 decisions are about nothing in this audit, and are kept"), "{}", run.stderr);
    let toml = desk.read("leadlint.decisions.toml");
    assert!(toml.contains("records = [\"1\", \"2\"]") && toml.contains(MARTA[0]), "{toml}");
    desk.write("mine.toml", entry(MARTA[1], MARTA[0], "accept") + &entry(MARTA[0], MARTA[1], "reject"));
    let run = desk.leadlint("clean --target csv --out two --decisions mine.toml");
    run.exits(2);
    assert!(run.stderr.contains("mine.toml [[merge]] 2: contradicts mine.toml [[merge]] 1"), "{}", run.stderr);
    desk.write("mine.toml", entry("1", "2", "accept"));
    let run = desk.leadlint("clean --target csv --out two --decisions mine.toml");
    run.exits(2);
    assert!(run.stderr.contains("mine.toml [[merge]] 1: is not in this audit"), "{}", run.stderr);
    // One entry on three records says it of every pair, and a name that no source has is said.
    let three = entry(OWEN[0], OWEN[1], "reject").replace("\"]\ndecision", &format!("\", \"{}\"]\ndecision", OWEN[2]));
    desk.write("leadlint.decisions.toml", three + &entry("1", "2", "reject").replace("leads", "leadz"));
    let run = desk.leadlint("clean --target csv --out three --decide DUP001=accept");
    run.exits(0);
    assert!(
        merges(&desk, "three").iter().all(|ids| OWEN.iter().filter(|id| ids.contains(&(**id).to_owned())).count() < 2)
    );
    assert!(
        run.stderr.contains("`in = \"leadz\"` names no source, and decides nothing; did you mean `leads`?"),
        "{}",
        run.stderr
    );
    // Given by name, the kept file is what it is anyway.
    desk.leadlint("clean --target csv --out two --decisions leadlint.decisions.toml").exits(0);
}

#[test]
fn hostile_cells_are_text() {
    let cells = ["=cmd|' /C calc'!A0", "@SUM(1)", "+1-1", "-2+3", "a\u{202e}b", "{=1}", "<b>&amp;</b>", "_x0041_"];
    let mut rows = String::from("Id,Email,First Name,Company,Created Date\n");
    let mut expected: BTreeMap<String, String> = BTreeMap::new();
    for (at, cell) in cells.iter().enumerate() {
        for twin in 0..2 {
            let id = at * 2 + twin;
            let _ = writeln!(rows, "{id},p{at}@acme.example,\"{cell}\",\"{cell}\",2026-01-0{}", twin + 1);
            expected.insert(id.to_string(), (*cell).to_owned());
        }
    }
    let desk = Desk::with("leads.csv", rows);
    desk.leadlint("clean leads.csv --target xlsx --out out --select DUP001").exits(0);
    let mut book = sheets(&desk.path("out/xlsx/review.xlsx"));
    let seen = sheet(&mut book, "Duplicates").clone();
    for row in seen.iter().filter(|row| row[WHAT] == "record") {
        let cell = expected[&row[RECORD]].replace('\u{202e}', "\\u{202e}").replace("_x0041_", "\\u{5f}x0041_");
        assert!(row[CURRENT].starts_with(&format!("{cell} · p")), "{:?}", row[CURRENT]);
    }
    let mut book: Xlsx<_> = open_workbook(desk.path("out/xlsx/review.xlsx")).unwrap();
    for name in book.sheet_names() {
        assert!(book.worksheet_formula(&name).unwrap().is_empty(), "{name} has a formula");
    }
    // Through another program as well.
    office(&desk.path("out/xlsx"), "ods", "review.xlsx");
    let run = desk.leadlint("check out/xlsx/review.ods --format json --fail-on never");
    assert!(run.code < 2, "{}", run.stderr);
}
