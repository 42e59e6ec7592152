//! What a run writes: every format of one run, held to its schema, with personal data shown or hidden.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::process::Stdio;

use polars::prelude::{ParquetReader, PlSmallStr, SerReader as _};
use serde_json::Value;

use crate::schema::broken;
use crate::support::{Desk, array, csv_rows, text};

#[test]
fn one_run_writes_every_output() {
    let desk = Desk::with_fixture("acme");
    let run = desk.leadlint("check -o json=r.json -o markdown=r.md -o table=r.txt --evidence x.parquet");
    run.exits(1);
    assert!(run.stdout.starts_with("# leadlint: failed"), "markdown where stdout is no terminal");
    assert_eq!(run.stderr.lines().count(), 1, "only why it failed");
    let report: Value = serde_json::from_str(&desk.read("r.json")).unwrap();
    assert_eq!(report["schema"], "leadlint.report/1");
    // A page in a file has its pictures beside it.
    let words = |page: &str| -> Vec<String> {
        page.lines().filter(|line| !line.is_empty() && !line.starts_with("![")).map(str::to_owned).collect()
    };
    assert_eq!(words(&desk.read("r.md")), words(&run.stdout));
    assert!(desk.read("r.txt").contains("DUP001"));
    let rows = ParquetReader::new(File::open(desk.path("x.parquet")).unwrap()).finish().unwrap();
    let counted: usize = array(&report, "findings").iter().map(|finding| array(finding, "fingerprints").len()).sum();
    assert_eq!(rows.height(), counted);
    assert!(!desk.snapshot().keys().any(|name| name.contains(".part")), "nothing half-written is left");
}

#[test]
fn every_form_of_the_evidence_holds_the_same_rows() {
    let desk = Desk::with_fixture("acme");
    for extension in ["csv", "ndjson", "parquet"] {
        desk.leadlint(&format!("check --quiet --format json --evidence x.{extension}")).exits(1);
    }
    let lines: Vec<Value> = desk.read("x.ndjson").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let columns = [
        "code",
        "source",
        "column",
        "file",
        "row",
        "line",
        "record_id",
        "other_source",
        "other_id",
        "value",
        "suggested",
        "group",
        "confidence",
        "safety",
        "detail",
        "fingerprint",
        "status",
    ];
    assert_eq!(lines[0].as_object().unwrap().keys().collect::<Vec<_>>(), columns);
    let (header, rows) = csv_rows(desk.read("x.csv").as_bytes());
    assert_eq!(header, columns);
    let parquet = ParquetReader::new(File::open(desk.path("x.parquet")).unwrap()).finish().unwrap();
    let names: Vec<&str> = parquet.get_column_names().into_iter().map(PlSmallStr::as_str).collect();
    assert_eq!(names, columns);
    assert_eq!((rows.len(), parquet.height()), (lines.len(), lines.len()));
    for name in ["fingerprint", "code", "record_id", "source"] {
        let at = columns.iter().position(|column| *column == name).unwrap();
        let expected: Vec<&str> = lines.iter().map(|line| text(line, name)).collect();
        assert_eq!(rows.iter().map(|row| row[at].as_str()).collect::<Vec<_>>(), expected, "{name} of csv");
        let cells = parquet.column(name).unwrap().str().unwrap();
        assert_eq!(cells.iter().map(Option::unwrap_or_default).collect::<Vec<_>>(), expected, "{name} of parquet");
    }
}

#[test]
fn reports_hold_to_their_schema() {
    let desk = Desk::with_fixture("acme");
    let schema = desk.leadlint("schema report").exits(0).json();
    for args in
        ["", "--timings", "--pii mask", "--pii hash", "--select REQ", "--as-of 2026-11-01T00:00:00Z", "--ignore DUP"]
    {
        let report = desk.report(args);
        assert_eq!(broken(&schema, &report), Vec::<String>::new(), "{args}");
        assert_eq!(report["timings"].is_object(), args == "--timings");
    }
    let report = desk.report("");
    for key in ["schema", "tool", "as_of", "config_sha256", "sources", "score", "findings", "skipped", "metrics"] {
        assert!(report.get(key).is_some(), "{key}");
    }
    for finding in array(&report, "findings") {
        for key in [
            "code",
            "name",
            "severity",
            "source",
            "column",
            "checked",
            "count",
            "groups",
            "rate",
            "new",
            "safety",
            "message",
            "fingerprints",
            "examples",
            "examples_hidden",
        ] {
            assert!(finding.get(key).is_some(), "{key} of {}", finding["code"]);
        }
    }
    assert!(!broken(&schema, &serde_json::json!({})).is_empty(), "the schema asks for something");
}

#[test]
fn plans_hold_to_their_schema() {
    let desk = Desk::with_fixture("acme");
    let schema = desk.leadlint("schema plan").exits(0).json();
    for (folder, args) in
        [("none", ""), ("some", "--decide DUP001=accept --decide DRF001=accept --decide FMT005=accept")]
    {
        desk.leadlint(&format!("clean --target csv --out {folder} {args}")).exits(0);
        let plan: Value = serde_json::from_str(&desk.read(&format!("{folder}/plan.json"))).unwrap();
        assert_eq!(broken(&schema, &plan), Vec::<String>::new(), "{folder}");
    }
}

#[test]
fn the_configs_of_the_fixtures_hold_to_their_schema() {
    let schema = Desk::new().leadlint("schema config").exits(0).json();
    for name in ["acme", "spotless"] {
        let config: toml::Value = toml::from_str(&Desk::with_fixture(name).read("leadlint.toml")).unwrap();
        // A date of TOML is text to JSON.
        let config = serde_json::to_string(&config).unwrap();
        let config = config.replace("{\"$__toml_private_datetime\":\"2027-06-30\"}", "\"2027-06-30\"");
        let broken = broken(&schema, &serde_json::from_str(&config).unwrap());
        assert_eq!(broken, Vec::<String>::new(), "{name}");
    }
    let wrong = serde_json::json!({"audit": {"ownr": "x"}});
    assert!(!broken(&schema, &wrong).is_empty(), "unknown keys are errors");
}

/// Every address in the exports of acme but those of the audit itself.
fn addresses(desk: &Desk) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for name in ["leads.csv", "contacts.csv", "chats.csv"] {
        let (_, rows) = csv_rows(desk.read(name).as_bytes());
        for cell in rows.iter().flatten() {
            for word in cell.split(|c: char| c.is_whitespace() || ";,<>()".contains(c)) {
                let word = word.trim_matches(|c: char| !c.is_alphanumeric());
                if word.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.')) {
                    found.insert(word.to_lowercase());
                }
            }
        }
    }
    assert!(found.len() > 50);
    found
}

/// Addresses that `text` holds, seen as a reader sees them.
fn held(desk: &Desk, text: &str) -> Vec<String> {
    let text = text.replace("&#8203;", "").replace(['\u{200b}', '\\'], "").to_lowercase();
    addresses(desk).into_iter().filter(|address| text.contains(address.as_str())).collect()
}

#[test]
fn personal_data_is_masked_in_markdown_unless_shown() {
    let desk = Desk::with_fixture("acme");
    let masked = desk.leadlint("check --format markdown");
    assert_eq!(held(&desk, &masked.stdout), Vec::<String>::new());
    let shown = desk.leadlint("check --format markdown --pii show");
    assert!(held(&desk, &shown.stdout).contains(&"owen.hart@cedarworks.example".to_owned()));
    for id in ["00Q5e0000000002EAA", "90020082"] {
        assert!(masked.stdout.contains(id), "record ids are not masked: {id}");
    }
}

#[test]
fn personal_data_is_hidden_everywhere_when_asked() {
    let desk = Desk::with_fixture("acme");
    for how in ["mask", "hash"] {
        let run =
            desk.leadlint(&format!("check --format json --pii {how} -o table=r.txt -o markdown=r.md --evidence x.csv"));
        run.exits(1);
        for (name, text) in [
            ("json", run.stdout.clone()),
            ("table", desk.read("r.txt")),
            ("markdown", desk.read("r.md")),
            ("csv", desk.read("x.csv")),
        ] {
            assert_eq!(held(&desk, &text), Vec::<String>::new(), "{name} --pii {how}");
        }
    }
    let shown = desk.leadlint("check --format json");
    assert!(!held(&desk, &shown.stdout).is_empty(), "json shows by default");
}

#[test]
fn counts_are_the_same_however_personal_data_is_told() {
    let desk = Desk::with_fixture("acme");
    let counts = |args: &str| -> Vec<String> {
        let report = desk.report(args);
        let line =
            |f: &Value| format!("{} {} {} {} {}", f["code"], f["source"], f["column"], f["count"], f["fingerprints"]);
        array(&report, "findings").iter().map(line).collect()
    };
    assert_eq!(counts("--pii show"), counts("--pii mask"));
    assert_eq!(counts("--pii show"), counts("--pii hash"));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let desk = Desk::with_fixture("acme");
    for (args, code) in [
        ("check --format json --fail-on never", 0),
        ("check --format json", 1),
        ("check --format markdown", 1),
        ("check --format table", 1),
        ("rule --all --format json", 0),
        ("schema config", 0),
        ("formats", 0),
        ("--help", 0),
        ("clean --target csv --out cleanup", 0),
    ] {
        let mut child =
            desk.command(args.split_whitespace()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        // All that may be said is how the run ended.
        said.retain(|c| c != '\n');
        let verdict = said.starts_with("passed: ") || said.starts_with("failed: ");
        assert_eq!((child.wait().unwrap().code(), said.is_empty() || verdict), (Some(code), true), "{args}: {said}");
    }
}

#[test]
fn colour_comes_only_when_asked_for() {
    let desk = Desk::with_fixture("acme");
    for (args, coloured) in [("", false), ("--color never", false), ("--color always", true)] {
        let run = desk.leadlint(&format!("check --format table -o table=file.txt {args}"));
        assert_eq!(run.stdout.contains('\u{1b}'), coloured, "{args}");
        assert!(!desk.read("file.txt").contains('\u{1b}'), "files are plain: {args}");
    }
}

#[test]
fn what_was_left_out_is_said() {
    let desk = Desk::with("users.csv", "User ID,Full Name,Email\n1,Ana Moss,ana@northpeak.example\n");
    let report = desk.report("users.csv");
    let skipped: BTreeSet<&str> = array(&report, "skipped").iter().map(|rule| text(rule, "code")).collect();
    assert!(!skipped.is_empty());
    assert!(array(&report, "skipped").iter().all(|rule| !text(rule, "reason").is_empty()));
    for format in ["markdown", "table"] {
        let run = desk.leadlint(&format!("check users.csv --format {format}"));
        for code in &skipped {
            assert!(run.stdout.contains(code), "{code} in {format}");
        }
    }
    let all = Desk::new().leadlint("rule --all --format json").json();
    let ran: BTreeSet<&str> = array(&report, "ran").iter().map(|rule| text(rule, "code")).collect();
    assert_eq!(ran.len() + skipped.len(), all.as_array().unwrap().len(), "every rule ran or was skipped");
}

#[test]
fn no_output_quotes_a_card_number_or_a_password() {
    let chats = "chat_id,started_at,visitor_email,transcript\n\
        c1,2026-10-01T09:00:00Z,ana@northpeak.example,My card is 4111 1111 1111 1111 and the password is hunter22\n\
        c2,2026-10-02T09:00:00Z,bo@cedarworks.example,hello\n";
    let desk = Desk::new();
    desk.write("in/chats.csv", chats);
    for extension in ["csv", "ndjson"] {
        let outputs = "-o json=r.json -o markdown=r.md -o table=r.txt --pii show";
        desk.leadlint(&format!("check in/chats.csv {outputs} --evidence x.{extension}")).exits(1);
    }
    assert!(desk.read("x.csv").contains("card number, password"), "{}", desk.read("x.csv"));
    for (name, bytes) in desk.snapshot() {
        let said = String::from_utf8_lossy(&bytes);
        assert!(name.starts_with("in/") || !(said.contains("4111") || said.contains("hunter22")), "{name}: {said}");
    }
}
