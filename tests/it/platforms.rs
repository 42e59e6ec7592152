//! The formats of CI platforms, as a run of the program writes them: held to their schemas, and to what the platforms do
//! with them.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::generator::{Request, generate};
use crate::support::{Desk, HEALTHY, REPEATED, ROOT, UNTIDY, array, csv_bytes, csv_rows, text};

/// Each with the ending of its files.
const FORMATS: [(&str, &str); 4] = [("sarif", "sarif"), ("junit", "xml"), ("github", "txt"), ("gitlab", "json")];
/// Every format that masks.
const MASKED: [&str; 5] = ["markdown", "sarif", "junit", "github", "gitlab"];

fn schema(name: &str) -> PathBuf {
    Path::new(ROOT).join("tests/it/schemas").join(name)
}

/// Where Ajv is; `.ci/engines/schemas` puts it there.
fn packages() -> PathBuf {
    let folder = std::env::var_os("LEADLINT_NPM")
        .map_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/leadlint/npm"), PathBuf::from);
    for package in ["ajv", "ajv-formats"] {
        let path = folder.join("node_modules").join(package);
        assert!(path.is_dir(), "{} is missing: run .ci/engines/schemas", path.display());
    }
    folder
}

/// What the SARIF schema says of these files of a desk; nothing if they hold.
fn sarif_broken(desk: &Desk, files: &[&str]) -> String {
    let output = Command::new("node")
        .arg(schema("validate.mjs"))
        .arg(schema("sarif-2.1.0.json"))
        .args(files.iter().map(|file| desk.path(file)))
        .env("LEADLINT_NPM", packages())
        .output()
        .expect("node is missing: run .ci/engines/schemas");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.success(), said.is_empty(), "{said}");
    said
}

/// What the JUnit schema says of a file; nothing if it holds.
fn junit_broken(desk: &Desk, file: &str) -> String {
    let output = Command::new("xmllint")
        .args(["--nonet", "--noout", "--huge", "--schema"])
        .arg(schema("junit-4.xsd"))
        .arg(desk.path(file))
        .output()
        .expect("xmllint is missing: run .ci/engines/schemas (apt-get install libxml2-utils)");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { String::new() } else { said }
}

/// Runs `check` with every format beside the one on stdout.
fn check(desk: &Desk, args: &str, code: i32) {
    let outputs: Vec<String> = FORMATS.iter().map(|(name, end)| format!("-o {name}=out-{name}.{end}")).collect();
    desk.leadlint(&format!("check --quiet --format json {} {args}", outputs.join(" "))).exits(code);
}

/// A desk for each kind of run, with its arguments and exit code.
fn runs() -> Vec<(&'static str, Desk, &'static str, i32)> {
    let unreadable = REPEATED.replace("3,Bo,Lind", "3,Bo,Lind,one,too,many");
    let undated = "Id,LastName\n1,Moss\n2,Lind\n";
    let bad = Desk::with("leads.csv", HEALTHY);
    bad.write("leadlint.toml", "[audit]\nownr = \"x\"\n");
    vec![
        ("clean", Desk::with("leads.csv", HEALTHY), "leads.csv --select REQ002,DUP001,FMT005", 0),
        ("warning", Desk::with("leads.csv", UNTIDY), "leads.csv --select REQ002,DUP001,FMT005", 0),
        ("error", Desk::with("leads.csv", REPEATED), "leads.csv --select REQ002,DUP001,FMT005", 1),
        ("skipped", Desk::with("leads.csv", undated), "leads.csv --select DUP,FMT005", 0),
        ("unreadable", Desk::with("leads.csv", unreadable), "leads.csv --select FMT009,REQ002", 1),
        ("config", bad, "leads.csv", 2),
    ]
}

/// A log without the pages of its rules: they have their own tests, and examples that are nobody's.
fn without_pages(log: &str) -> String {
    let mut log: Value = serde_json::from_str(log).unwrap();
    for rule in log["runs"][0]["tool"]["driver"]["rules"].as_array_mut().unwrap() {
        for key in ["help", "fullDescription"] {
            rule[key] = Value::from("(its page)");
        }
    }
    serde_json::to_string_pretty(&log).unwrap()
}

#[test]
fn every_kind_of_run_in_every_format() {
    for (name, desk, args, code) in runs() {
        check(&desk, args, code);
        for (format, end) in FORMATS {
            let path = format!("out-{format}.{end}");
            if code == 2 {
                assert!(!desk.path(&path).exists(), "a run that could not audit writes nothing: {path}");
                continue;
            }
            let mut said = desk.read(&path);
            if format == "sarif" {
                said = without_pages(&said);
            }
            insta::assert_snapshot!(format!("{name}_{format}"), said);
        }
        if code == 2 {
            assert!(!desk.snapshot().keys().any(|name| name.contains(".part")), "nothing half-written is left");
            for (format, _) in FORMATS {
                let run = desk.leadlint(&format!("check --format {format} {args}"));
                assert_eq!(run.exits(2).stdout, "", "{format}");
            }
        }
    }
}

#[test]
fn reports_hold_to_the_schemas_of_others() {
    let acme = Desk::with_fixture("acme");
    check(&acme, "", 1);
    let mut all = runs();
    all.retain(|(.., code)| *code < 2);
    for (_, desk, args, code) in &all {
        check(desk, args, *code);
    }
    for desk in all.iter().map(|(_, desk, ..)| desk).chain([&acme]) {
        assert_eq!(sarif_broken(desk, &["out-sarif.sarif"]), "");
        assert_eq!(junit_broken(desk, "out-junit.xml"), "");
    }
    let broken =
        acme.read("out-sarif.sarif").replacen("\"executionSuccessful\": true", "\"executionSuccessful\": 7", 1);
    acme.write("broken.sarif", broken);
    assert!(sarif_broken(&acme, &["broken.sarif"]).contains("executionSuccessful"), "the schema is read");
    acme.write("broken.xml", acme.read("out-junit.xml").replacen("<testsuite name=", "<testsuite nam=", 1));
    assert!(junit_broken(&acme, "broken.xml").contains("nam"), "the schema is read");
}

#[test]
fn every_row_of_evidence_is_in_a_result() {
    let desk = Desk::with_fixture("acme");
    let run = desk.leadlint("check --format json -o sarif=out.sarif");
    let report = run.exits(1).json();
    let log: Value = serde_json::from_str(&desk.read("out.sarif")).unwrap();
    for finding in array(&report, "findings") {
        let own = |result: &&Value| {
            result["ruleId"] == finding["code"]
                && result["properties"]["source"] == finding["source"]
                && result["properties"]["column"] == finding["column"]
        };
        let results: Vec<&Value> = array(&log["runs"][0], "results").iter().filter(own).collect();
        let rows: u64 = results.iter().map(|result| result["occurrenceCount"].as_u64().unwrap()).sum();
        let all = array(finding, "fingerprints").len() as u64;
        assert_eq!(rows, all, "{} {} {}", finding["code"], finding["source"], finding["column"]);
        let suppressed = |result: &&&Value| !array(result, "suppressions").is_empty();
        let accepted: u64 =
            results.iter().filter(suppressed).map(|result| result["occurrenceCount"].as_u64().unwrap()).sum();
        assert_eq!(accepted, all - finding["count"].as_u64().unwrap(), "{}", finding["code"]);
    }
}

#[test]
fn what_hostile_cells_do_to_a_platform_is_nothing() {
    let cells = [
        "::error file=x::y",
        "##[error]pwned",
        "a\u{0}b\u{1b}[31m",
        "]]></failure><x>",
        "\"}],\"x\":[{",
        "\u{202e}evil",
        "%0A::warning::x",
        "${{ secrets.X }}",
        "one\r\n::error::two\n::stop-commands::x",
    ];
    let header =
        ["Id", "FirstName", "LastName", "Email", "Region__c", "CreatedDate", "::error::column"].map(str::to_owned);
    let mut rows = Vec::new();
    for (number, cell) in cells.iter().enumerate() {
        for twin in ["a", "b"] {
            let row = [
                format!("{number}{twin}{cell}"),
                format!("{cell} "),
                (*cell).to_owned(),
                format!("{cell}@northpeak.example"),
                (*cell).to_owned(),
                (*cell).to_owned(),
                format!(" {cell}"),
            ];
            rows.push(row.to_vec());
        }
    }
    let desk = Desk::with("leads.csv", csv_bytes(&header, &rows));
    for pii in ["mask", "show", "hash"] {
        let outputs: Vec<String> = FORMATS.iter().map(|(name, end)| format!("-o {name}=out-{name}.{end}")).collect();
        let run = desk.leadlint(&format!("check crm=leads.csv --pii {pii} {} --quiet", outputs.join(" ")));
        assert!(run.code < 2, "{}", run.stderr);
        assert_eq!(sarif_broken(&desk, &["out-sarif.sarif"]), "", "{pii}");
        assert_eq!(junit_broken(&desk, "out-junit.xml"), "", "{pii}");
        let entries: Value = serde_json::from_str(&desk.read("out-gitlab.json")).unwrap();
        assert!(entries.as_array().unwrap().len() > 5);
        let log = desk.read("out-github.txt");
        assert!(!log.contains("##[") && !log.contains('\r'), "{log}");
        for line in log.lines() {
            let ours = ["::error ", "::warning ", "::notice ", "leadlint: "];
            assert!(ours.iter().any(|start| line.starts_with(start)), "{line}");
        }
    }
}

/// Every address, and every phone of seven digits or more, in these exports.
fn personal(desk: &Desk, names: &[&str]) -> Vec<String> {
    let mut found = std::collections::BTreeSet::new();
    for name in names {
        let (header, rows) = csv_rows(desk.read(name).as_bytes());
        for row in &rows {
            for (column, cell) in header.iter().zip(row) {
                let column = column.to_lowercase();
                if ["phone", "mobile"].iter().any(|word| column.contains(word))
                    && cell.chars().filter(char::is_ascii_digit).count() > 6
                {
                    found.insert(cell.trim().to_lowercase());
                }
                for word in cell.split(|c: char| c.is_whitespace() || ";,<>()\"".contains(c)) {
                    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
                    if word.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.')) {
                        found.insert(word.to_lowercase());
                    }
                }
            }
        }
    }
    assert!(found.len() > 50, "{}", found.len());
    found.into_iter().collect()
}

#[test]
fn no_masked_format_shows_an_address_or_a_phone() {
    let acme = Desk::with_fixture("acme");
    let made = Desk::new();
    let request = Request { leads: 600, chats: None, seed: 7, faults: 4.0, ragged: 1_000.0 };
    generate(&request, &made.path(".")).unwrap();
    std::fs::remove_dir_all(made.path("gold")).unwrap();
    let is_csv = |name: &str| Path::new(name).extension().is_some_and(|extension| extension == "csv");
    let exports: Vec<String> = made.snapshot().into_keys().filter(|name| is_csv(name)).collect();
    let exports: Vec<&str> = exports.iter().map(String::as_str).collect();
    for (desk, names) in [(&acme, vec!["leads.csv", "contacts.csv", "chats.csv"]), (&made, exports)] {
        let secrets = personal(desk, &names);
        let outputs: Vec<String> = MASKED.iter().map(|name| format!("-o {name}=out.{name}")).collect();
        let run = desk.leadlint(&format!("check . --quiet --format json {}", outputs.join(" ")));
        assert!(run.code < 2, "{}", run.stderr);
        for name in MASKED {
            let mut said = desk.read(&format!("out.{name}"));
            if name == "sarif" {
                said = without_pages(&said);
            }
            let said = said.replace(['\u{200b}', '\\'], "").to_lowercase();
            let held: Vec<&String> = secrets.iter().filter(|secret| said.contains(secret.as_str())).collect();
            assert_eq!(held, Vec::<&String>::new(), "{name}");
        }
        assert!(secrets.iter().any(|secret| run.stdout.to_lowercase().contains(secret.as_str())), "json shows them");
    }
}

#[test]
fn results_keep_their_identity_when_rows_move() {
    let identities = |desk: &Desk| -> Vec<String> {
        let log = desk.leadlint("check leads.csv --format sarif --select DUP001,FMT005,REQ001").json();
        let results = array(&log["runs"][0], "results");
        assert!(!results.is_empty());
        results.iter().map(|one| text(&one["partialFingerprints"], "leadlint/v1").to_owned()).collect()
    };
    let before = identities(&Desk::with("leads.csv", REPEATED));
    let third = format!("{REPEATED}5,Ana,Moss,ana@northpeak.example,2026-10-05T09:00:00Z\n");
    assert_eq!(identities(&Desk::with("leads.csv", third)), before, "a third duplicate is no new alert");
    let (header, rows) = REPEATED.split_once('\n').unwrap();
    let moved: Vec<&str> = rows.lines().rev().collect();
    assert_eq!(identities(&Desk::with("leads.csv", format!("{header}\n{}\n", moved.join("\n")))), before);
}

#[test]
fn the_step_summary_stays_below_what_github_takes() {
    let wide = "長い\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}".repeat(200);
    let columns: Vec<String> = (0..60).map(|at| format!("Column {at} {wide}")).collect();
    let mut header = vec!["Id".to_owned(), "Email".to_owned()];
    header.extend(columns);
    let rows: Vec<Vec<String>> = (0..60)
        .map(|row| {
            let mut cells = vec![format!("id-{row}-{wide}"), format!("p{row}@northpeak.example")];
            cells.extend((0..60).map(|at| format!(" {row} {at} {wide} ")));
            cells
        })
        .collect();
    let desk = Desk::with("leads.csv", csv_bytes(&header, &rows));
    let run = desk.leadlint("check crm=leads.csv --format markdown");
    assert!(run.stdout.len() < 1024 * 1024, "{}", run.stdout.len());
    assert!(run.stdout.len() > 400_000, "as wide as exports get: {}", run.stdout.len());
    assert!(!run.stdout.contains("This report is cut"), "so that only stranger ones are cut");
}

#[test]
fn no_masked_format_names_an_owner_or_quotes_a_short_row() {
    let desk = Desk::new();
    desk.write(
        "leads.csv",
        "Id,Status,Owner,Region__c,LastName,Email,CreatedDate\n\
         1,Open,Zora Quillfeather,East,Moss,ana@northpeak.example,2026-10-02T09:00:00Z\n\
         2,Open,Erin Valecourt,East,Lind,bo@cedarworks.example,2026-10-20T09:00:00Z\n\
         00Q5e0000000002EAA,Quirina,Wolkenstein\n",
    );
    desk.write(
        "leadlint.toml",
        "[[assignment]]\nname = 'east'\nwhen = { region = 'East' }\nowner = 'Erin Valecourt'\nsince = 2026-10-01\n\
         [[accept]]\nrule = 'ASG002'\nrecords = ['1']\nreason = 'on leave'\nowner = 'Mara Thornbush'\nexpires = 2027-01-01\n",
    );
    for format in MASKED.into_iter().chain(["html --pii mask"]) {
        for accepts in [true, false] {
            if !accepts {
                let config = desk.read("leadlint.toml");
                desk.write("plain.toml", config.split("[[accept]]").next().unwrap());
            }
            let config = if accepts { "leadlint.toml" } else { "plain.toml" };
            let run = desk.leadlint(&format!("check crm=leads.csv --config {config} --format {format}"));
            assert!(run.stdout.contains("ASG002"), "{format}: {}", run.stdout);
            for name in ["Quillfeather", "Valecourt", "Thornbush", "Wolkenstein", "Quirina"] {
                assert!(!run.stdout.contains(name), "{format} names {name}: {}", run.stdout);
            }
        }
    }
    assert!(desk.leadlint("check crm=leads.csv --format json").stdout.contains("Quillfeather"));
}
