//! Ways to name and to pack an export.

use std::io::Write as _;

use serde_json::Value;

use crate::support::{Desk, HEALTHY, REPEATED, array, text};

fn gzipped(content: &str) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(content.as_bytes()).unwrap();
    out.finish().unwrap()
}

/// What DUP001 finds: record and line.
fn repeated(evidence: &[Value]) -> Vec<(&str, u64)> {
    let rows = evidence.iter().filter(|row| row["code"] == "DUP001");
    rows.map(|row| (text(row, "record_id"), row["line"].as_u64().unwrap())).collect()
}

#[test]
fn an_export_is_read_from_stdin() {
    let desk = Desk::new();
    for args in ["check --format json -", "check --format json crm=-"] {
        let report = desk.piped(args, REPEATED.as_bytes());
        let report = report.exits(1).json();
        assert_eq!(report["sources"][0]["rows"], 4, "{args}");
        assert_eq!(report["findings"][0]["count"], 2, "{args}");
    }
    let run = desk.piped("clean --target csv --out cleanup -", REPEATED.as_bytes());
    assert!(run.code < 2, "{}", run.stderr);
    assert_eq!(desk.piped("check -", b"").code, 2);
}

#[test]
fn gzip_is_read_like_plain_text() {
    let desk = Desk::with("leads.csv", REPEATED);
    desk.write("packed.csv.gz", gzipped(REPEATED));
    let (plain, packed) = (desk.evidence("leads.csv"), desk.evidence("packed.csv.gz"));
    assert_eq!(repeated(&plain), repeated(&packed));
    assert_eq!(repeated(&plain).len(), 2);
    assert_eq!(text(&packed[0], "file"), "packed.csv.gz");
    desk.leadlint("clean packed.csv.gz --target csv --out cleanup").exits(0);
    assert!(desk.path("cleanup/csv/packed.csv.gz").is_file());
}

#[test]
fn a_directory_stands_for_the_exports_in_it() {
    let desk = Desk::with("exports/leads.csv", REPEATED);
    desk.write("exports/notes.md", "no export");
    desk.write("exports/deeper/leads.csv", HEALTHY);
    let report = desk.report("exports");
    let files = array(&report["sources"][0], "files");
    assert_eq!(files.iter().map(|file| text(file, "path")).collect::<Vec<_>>(), ["exports/leads.csv"]);
}

#[test]
fn a_directory_with_a_config_stands_for_it() {
    let desk = Desk::with("exports/data/leads.csv", REPEATED);
    desk.write(
        "exports/leadlint.toml",
        "[audit]\nowner = \"a@b.example\"\n[sources.prospects]\nkind = \"crm\"\nobject = \"lead\"\npath = \"data/*.csv\"\n",
    );
    let report = desk.report("exports");
    assert_eq!(report["owner"], "a@b.example");
    assert_eq!(report["sources"][0]["name"], "prospects");
    assert_eq!(desk.report("--config exports/leadlint.toml")["sources"][0]["rows"], 4);
    let replaced = desk.report("prospects=exports/data/leads.csv --config exports/leadlint.toml");
    assert_eq!(replaced["sources"][0]["name"], "prospects");
}

#[test]
fn a_glob_joins_its_files_into_one_source() {
    let desk = Desk::with("exports/leads-2.csv", HEALTHY.replace("\n1,", "\n5,").replace("\n2,", "\n6,"));
    desk.write("exports/leads-1.csv", HEALTHY);
    let report = desk.report("exports/leads-*.csv");
    assert_eq!(array(&report, "sources").len(), 1);
    let source = &report["sources"][0];
    assert_eq!(source["rows"], 4);
    let paths: Vec<&str> = array(source, "files").iter().map(|file| text(file, "path")).collect();
    assert_eq!(paths, ["exports/leads-1.csv", "exports/leads-2.csv"], "in the order of their paths");
    // Both addresses stand in both files, under ids of their own.
    assert_eq!(desk.evidence("exports/leads-*.csv --select DUP001").len(), 4);
}

#[test]
fn a_kind_in_front_says_what_an_export_is() {
    let desk = Desk::with("leads-a.csv", REPEATED);
    desk.write("b.csv", "chat_id,started_at,visitor_email\nc1,2026-10-01T09:00:00Z,ana@northpeak.example\n");
    desk.write("c.csv", "chat_id,record_id,logged_at,result\nc1,1,2026-10-01T09:05:00Z,success\n");
    let report = desk.report("crm=leads-a.csv chat=b.csv sync-log=c.csv");
    let kinds: Vec<&str> = array(&report, "sources").iter().map(|source| text(source, "kind")).collect();
    assert_eq!(kinds, ["crm", "chat", "sync-log"]);
    assert_eq!(report["sources"][0]["object"], "lead");
}

#[test]
fn a_name_with_an_equals_sign_is_a_path_where_there_is_one() {
    let desk = Desk::with("crm=leads.csv", REPEATED);
    let report = desk.report("crm=leads.csv");
    assert_eq!(report["sources"][0]["files"][0]["path"], "crm=leads.csv");
}

#[test]
fn encodings_and_delimiters_are_told_apart() {
    let desk = Desk::new();
    let text = REPEATED.replace("Moss", "Müller");
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let windows: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let bom: Vec<u8> = [0xEF, 0xBB, 0xBF].into_iter().chain(text.bytes()).collect();
    for (name, bytes) in [
        ("utf8.csv", text.clone().into_bytes()),
        ("bom.csv", bom),
        ("utf16.csv", utf16),
        ("windows.csv", windows),
        ("semicolon.csv", text.replace(',', ";").into_bytes()),
        ("tab.tsv", text.replace(',', "\t").into_bytes()),
        ("pipe.txt", text.replace(',', "|").into_bytes()),
        ("crlf.csv", text.replace('\n', "\r\n").into_bytes()),
        ("cr.csv", text.replace('\n', "\r").into_bytes()),
        ("open-end.csv", text.trim_end().as_bytes().to_vec()),
    ] {
        desk.write(name, bytes);
        let evidence = desk.evidence(&format!("{name} --ignore GOV001"));
        assert_eq!(repeated(&evidence), [("1", 2), ("2", 3)], "{name}");
        assert_eq!(evidence.len(), 2, "{name}: nothing else is wrong: {evidence:#?}");
    }
}

#[test]
fn json_and_ndjson_are_read_like_csv() {
    let desk = Desk::with("leads.csv", "id,email\n1,bo@north.example\n2,bo@north.example\n");
    desk.write(
        "leads.json",
        r#"{"leads": [{"id": 1, "email": "bo@north.example"}, {"id": 2, "email": "bo@north.example"}], "count": 2}"#,
    );
    desk.write(
        "leads.ndjson",
        "{\"id\": 1, \"email\": \"bo@north.example\"}\nbroken\n{\"id\": 2, \"email\": \"bo@north.example\"}\n",
    );
    let of = |file: &str| {
        let evidence = desk.evidence(file);
        let rows = evidence.iter().filter(|row| row["code"] == "DUP001");
        rows.map(|row| (text(row, "record_id").to_owned(), row["row"].clone(), row["line"].clone())).collect::<Vec<_>>()
    };
    let found = |rows: [(u64, Option<u64>); 2]| {
        let places = ["1", "2"].into_iter().zip(rows);
        places.map(|(id, (row, line))| (id.to_owned(), Value::from(row), Value::from(line))).collect::<Vec<_>>()
    };
    assert_eq!(of("leads.csv"), found([(1, Some(2)), (2, Some(3))]));
    assert_eq!(of("leads.json"), found([(1, None), (2, None)]));
    assert_eq!(of("leads.ndjson"), found([(1, Some(1)), (3, Some(3))]));
    let evidence = desk.evidence("leads.ndjson");
    let bad = evidence.iter().find(|row| row["code"] == "FMT009").unwrap();
    assert_eq!((text(bad, "value"), &bad["line"]), ("broken", &Value::from(2)));
    desk.write("cut.json", r#"[{"id": 1, "email""#);
    let run = desk.leadlint("check cut.json");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("cut.json: line 1, column 18: the text ends too early"), "{}", run.stderr);
}

#[test]
fn a_word_before_a_file_that_means_nothing_is_said() {
    let desk = Desk::with("h1.csv", HEALTHY);
    let run = desk.leadlint("check contact=h1.csv");
    run.exits(2);
    assert!(run.stderr.contains("`contact` is neither a kind of source"), "{}", run.stderr);
    assert!(desk.leadlint("check contact=h2.csv").exits(2).stderr.contains("no such file"));
}
