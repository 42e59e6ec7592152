//! Cells that were written to do harm, or that no reader expects: told, never obeyed.

use serde_json::Value;

use crate::support::{Desk, array, csv_bytes, csv_rows, text};

/// Cells that mean something to a spreadsheet, a shell, a page, a terminal or a database.
const CELLS: [&str; 16] = [
    "=HYPERLINK(\"http://evil.example\",\"click\")",
    "+1+1|cmd",
    "-2+3",
    "@SUM(A1)",
    "a|b|c",
    "`rm -rf x`",
    "```\nfence\n```",
    "<script>alert(1)</script>",
    "</table><img src=x onerror=alert(1)>",
    "nul\u{0}nul",
    "\u{202e}txt.exe",
    "\u{1b}[31mred\u{1b}[0m",
    "'; drop table leads; --",
    "$(touch owned)",
    "[link](javascript:alert(1))",
    "\u{feff}mark",
];

/// Leads whose every cell is hostile, and wrong in a way that some rule quotes it.
fn hostile() -> Desk {
    let header = ["Id", "FirstName", "LastName", "Email", "Region__c", "CreatedDate", "<script>alert(2)</script>"];
    let mut rows = Vec::new();
    for (number, cell) in CELLS.iter().enumerate() {
        for twin in ["a", "b"] {
            rows.push(vec![
                format!("{number}{twin}{cell}"),
                format!("{cell} "),
                (*cell).to_owned(),
                format!("{cell}@northpeak.example"),
                (*cell).to_owned(),
                (*cell).to_owned(),
                format!(" {cell}"),
            ]);
        }
    }
    rows.push(vec!["big".to_owned(), "x".repeat(1 << 20), "<".repeat(1 << 20), "`".repeat(1 << 20)]);
    let header: Vec<String> = header.map(str::to_owned).to_vec();
    Desk::with("leads.csv", csv_bytes(&header, &rows))
}

#[test]
fn hostile_cells_reach_no_page_as_markup() {
    let desk = hostile();
    for pii in ["show", "mask", "hash"] {
        let run = desk.leadlint(&format!("check crm=leads.csv --format markdown --pii {pii}"));
        assert!(run.code < 2, "{}", run.stderr);
        let page = run.stdout.to_lowercase();
        assert!(page.contains("fmt003"), "{pii}");
        for markup in ["<script", "<img", "</table", "](javascript:"] {
            assert!(!outside_code(&page).contains(markup), "{markup} with --pii {pii}");
        }
        for control in ['\u{0}', '\u{202e}', '\u{1b}'] {
            assert!(!run.stdout.contains(control), "{control:?} with --pii {pii}");
        }
        assert!(run.stdout.len() < 1 << 19, "a cell of a megabyte is cut: {} bytes", run.stdout.len());
    }
}

/// The page without what stands in code spans and blocks, where markup means nothing.
fn outside_code(page: &str) -> String {
    let page: String = page.split("```").step_by(2).flat_map(|part| part.split('`').step_by(2)).collect();
    // A backslash takes the meaning from what follows.
    page.replace("\\<", "").replace("\\]", "").replace("\\[", "")
}

#[test]
fn hostile_cells_do_not_break_tables() {
    let run = hostile().leadlint("check crm=leads.csv --format markdown --pii show");
    let mut columns = None;
    let mut fenced = false;
    for line in run.stdout.lines() {
        fenced ^= line.starts_with("```");
        if fenced || !line.starts_with('|') {
            columns = None;
            continue;
        }
        let bars = line.replace("\\|", "").matches('|').count();
        assert_eq!(*columns.get_or_insert(bars), bars, "{line}");
    }
    assert!(!fenced, "a fence is left open");
}

#[test]
fn hostile_cells_reach_programs_as_they_are() {
    let desk = hostile();
    let report = desk.report("crm=leads.csv");
    assert!(array(&report, "findings").len() > 3);
    let evidence = desk.evidence("crm=leads.csv");
    let times: Vec<&str> =
        evidence.iter().filter(|row| row["code"] == "FMT003").map(|row| text(row, "value")).collect();
    for cell in CELLS {
        assert!(times.contains(&cell), "{cell:?} is not in {times:?}");
    }
    let schema = desk.leadlint("schema report").json();
    assert_eq!(crate::schema::broken(&schema, &report), Vec::<String>::new());
}

#[test]
fn hostile_cells_reach_no_terminal_as_orders() {
    let run = hostile().leadlint("check crm=leads.csv --format table --pii show");
    for control in ['\u{0}', '\u{202e}', '\u{1b}'] {
        assert!(!run.stdout.contains(control), "{control:?}");
    }
}

#[test]
fn evidence_holds_hostile_cells_exactly_in_every_form() {
    let desk = hostile();
    for form in ["csv", "ndjson"] {
        desk.leadlint(&format!("check crm=leads.csv --format json --evidence x.{form}"));
    }
    let (header, rows) = csv_rows(&std::fs::read(desk.path("x.csv")).unwrap());
    let lines: Vec<Value> = desk.read("x.ndjson").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), lines.len());
    for (row, line) in rows.iter().zip(&lines) {
        assert_eq!(row.len(), header.len(), "{row:?}");
        for (column, cell) in header.iter().zip(row).filter(|(column, _)| line[column.as_str()].is_string()) {
            assert_eq!(cell, text(line, column), "{column}");
        }
    }
}

#[test]
fn hostile_cells_are_cleaned_without_being_run() {
    let desk = hostile();
    let decided = "--decide DUP001=accept --decide DRF001=accept --decide FMT005=accept";
    let run = desk.leadlint(&format!("clean crm=leads.csv --target csv --out cleanup {decided}"));
    assert!(run.code < 2, "{}", run.stderr);
    assert!(!desk.path("owned").exists());
    let plan: Value = serde_json::from_str(&desk.read("cleanup/plan.json")).unwrap();
    assert!(!array(&plan, "operations").is_empty());
    let runbook = desk.read("cleanup/RUNBOOK.md").to_lowercase();
    for markup in ["<script", "<img"] {
        assert!(!outside_code(&runbook).contains(markup), "{markup} in the runbook");
    }
}

#[test]
fn bytes_that_are_no_text_are_refused_or_reported() {
    let mut rng = fastrand::Rng::with_seed(1);
    for size in [1, 100, 10_000] {
        let noise: Vec<u8> = (0..size).map(|_| rng.u8(..)).collect();
        let desk = Desk::with("noise.csv", noise);
        let run = desk.command(["check", "noise.csv", "--format", "json"]).output().unwrap();
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(run.status.code().is_some_and(|code| code <= 2) && !said.contains("panicked"), "{said}");
    }
}

#[test]
fn exports_cut_anywhere_are_read_or_refused() {
    let desk = Desk::with_fixture("acme");
    let whole = std::fs::read(desk.path("leads.csv")).unwrap();
    let mut rng = fastrand::Rng::with_seed(2);
    for _ in 0..25 {
        let cut = rng.usize(..whole.len());
        desk.write("cut.csv", &whole[..cut]);
        let run = desk.leadlint("check cut.csv --format json");
        assert!(run.code <= 2 && !run.stderr.contains("panicked"), "cut at {cut}: {}", run.stderr);
        if run.code < 2 {
            run.json();
        }
    }
}
