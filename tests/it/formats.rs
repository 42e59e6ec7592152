//! Exports that are no plain text: archives, workbooks, columns, packed text.

use std::io::{Cursor, Write as _};

use polars::prelude::{Column, DataFrame, ParquetWriter};
use rust_xlsxwriter::{Format, Workbook};
use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::{Desk, REPEATED, UNTIDY, array, text};

const ACCOUNTS: &str = "Id,Name,Website\n0015e00000AAAAAAA1,Northpeak,northpeak.example\n";

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn fields(csv: &str) -> Vec<Vec<String>> {
    csv.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

fn parquet(csv: &str) -> Vec<u8> {
    let rows = fields(csv);
    let column = |at: usize| {
        Column::new(rows[0][at].as_str().into(), rows[1..].iter().map(|row| row[at].clone()).collect::<Vec<_>>())
    };
    let mut frame = DataFrame::new(rows.len() - 1, (0..rows[0].len()).map(column).collect()).unwrap();
    let mut out = Vec::new();
    ParquetWriter::new(&mut out).finish(&mut frame).unwrap();
    out
}

/// A workbook of two sheets: leads with numbers for ids and real dates, and accounts as text.
fn book(leads: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let moment = Format::new().set_num_format("dd/mm/yyyy hh:mm");
    let sheet = book.add_worksheet().set_name("Leads 2026").unwrap();
    for (row, cells) in (0..).zip(fields(leads)) {
        for (column, cell) in (0..).zip(&cells) {
            match (cell.parse::<f64>(), column) {
                (Ok(id), 0) => sheet.write_number(row, column, id + 123_456_789_000.0).unwrap(),
                (_, 4) if row > 0 => {
                    let day = 46_295.0 + f64::from(row) + 9.0 / 24.0;
                    sheet.write_number_with_format(row, column, day, &moment).unwrap()
                }
                _ => sheet.write_string(row, column, cell).unwrap(),
            };
        }
    }
    let sheet = book.add_worksheet().set_name("Accounts").unwrap();
    for (row, cells) in (0..).zip(fields(ACCOUNTS)) {
        sheet.write_row(row, 0, cells).unwrap();
    }
    book.save_to_buffer().unwrap()
}

/// Name, object and path of every source.
fn sources(report: &Value) -> Vec<(String, String, String)> {
    let own = |source: &Value, key: &str| source[key].as_str().unwrap_or_default().to_owned();
    let path = |source: &Value| text(&array(source, "files")[0], "path").to_owned();
    array(report, "sources").iter().map(|s| (own(s, "name"), own(s, "object"), path(s))).collect()
}

fn source(name: &str, path: &str) -> (String, String, String) {
    (name.to_owned(), name.to_owned(), path.to_owned())
}

/// File, record and line of what DUP001 finds.
fn repeated(evidence: &[Value]) -> Vec<(&str, &str, Option<u64>)> {
    let rows = evidence.iter().filter(|row| row["code"] == "DUP001");
    rows.map(|row| (text(row, "file"), text(row, "record_id"), row["line"].as_u64())).collect()
}

#[test]
fn each_object_of_a_weekly_export_is_a_source() {
    let desk = Desk::with(
        "exports/WE.zip",
        zipped(&[("Lead.csv", REPEATED.as_bytes()), ("Account.csv", ACCOUNTS.as_bytes())]),
    );
    for args in ["exports/WE.zip", "exports"] {
        let report = desk.report(args);
        let expected = [source("account", "exports/WE.zip!Account.csv"), source("lead", "exports/WE.zip!Lead.csv")];
        assert_eq!(sources(&report), expected, "{args}");
    }
    let found = desk.evidence("exports/WE.zip");
    let file = "exports/WE.zip!Lead.csv";
    assert_eq!(repeated(&found), [(file, "1", Some(2)), (file, "2", Some(3))]);
    let one = desk.report("crm=exports/WE.zip!Lead.csv");
    assert_eq!(sources(&one), [source("lead", file)]);
    let piped = desk.piped("check --format json -", &std::fs::read(desk.path("exports/WE.zip")).unwrap());
    assert_eq!(sources(&piped.exits(1).json())[1].2, "-!Lead.csv");
    assert!(desk.leadlint("check exports/WE.zip!Leads.csv").exits(2).stderr.contains("it has Account.csv, Lead.csv"));
}

#[test]
fn a_named_zip_is_one_source() {
    let other = UNTIDY.replace("\n1,", "\n11,").replace("\n2,", "\n12,");
    let zip = zipped(&[("1.csv", REPEATED.as_bytes()), ("2.csv", other.as_bytes())]);
    let desk = Desk::with("in/leads.zip", zip);
    desk.write("leadlint.toml", "[sources.prospects]\nkind = \"crm\"\nobject = \"lead\"\npath = \"in/leads.zip\"\n");
    let report = desk.report("");
    assert_eq!((array(&report, "sources").len(), &report["sources"][0]["rows"]), (1, &Value::from(6)));
    assert_eq!(desk.report("in/leads.zip")["sources"][0]["name"], "prospects");
}

#[test]
fn a_member_is_cleaned_into_a_folder_of_its_zip() {
    let members = [("a/Lead.csv", UNTIDY.as_bytes()), ("../b/Lead.csv", REPEATED.as_bytes())];
    let desk = Desk::with("WE.zip", zipped(&members));
    desk.leadlint("clean WE.zip --target csv --out cleanup --decide FMT005=accept").exits(0);
    assert_eq!(desk.read("cleanup/csv/WE/Lead-2.csv"), UNTIDY.replace("Moss ", "Moss"));
    assert_eq!(desk.read("cleanup/csv/WE/Lead.csv"), REPEATED);
    let outside: Vec<String> = desk.snapshot().into_keys().filter(|path| !path.starts_with("cleanup")).collect();
    assert_eq!(outside, ["WE.zip"]);
    // A cleanup that holds the zip itself is not replaced.
    desk.write("cleanup/csv/WE.zip", zipped(&members));
    let run = desk.leadlint("clean cleanup/csv/WE.zip --target csv --out cleanup --force");
    run.exits(2);
    assert!(run.stderr.contains("holds the export"), "{}", run.stderr);
}

#[test]
fn sheets_are_sources_with_dates_and_ids_as_text() {
    let desk = Desk::with("book.xlsx", book(REPEATED));
    let report = desk.report("book.xlsx");
    assert_eq!(sources(&report), [source("lead", "book.xlsx#Leads 2026"), source("account", "book.xlsx#Accounts")]);
    let found = desk.evidence("book.xlsx");
    let file = "book.xlsx#Leads 2026";
    assert_eq!(repeated(&found), [(file, "123456789001", Some(2)), (file, "123456789002", Some(3))]);
    assert_eq!(report["as_of"].as_str().unwrap(), desk_as_of(&desk));
    desk.run(&["check", "book.xlsx#Accounts"]).exits(0);
    let run = desk.run(&["check", "book.xlsx#Deals"]);
    run.exits(2);
    assert!(run.stderr.contains("it has Leads 2026, Accounts"), "{}", run.stderr);
}

/// The clock of the same leads as text.
fn desk_as_of(desk: &Desk) -> String {
    desk.write("same.csv", REPEATED);
    text(&desk.report("same.csv"), "as_of").to_owned()
}

#[test]
fn a_workbook_and_parquet_are_cleaned_into_csv() {
    let desk = Desk::with("book.xlsx", book(UNTIDY));
    desk.write("leads.parquet", parquet(UNTIDY));
    desk.leadlint("clean book.xlsx leads.parquet --target csv --out cleanup --decide FMT005=accept").exits(0);
    let leads = desk.read("cleanup/csv/book.xlsx-Leads 2026.csv");
    assert_eq!(
        leads,
        UNTIDY
            .replace("Moss ", "Moss")
            .replace("\n1,", "\n123456789001,")
            .replace("\n2,", "\n123456789002,")
            .replace("00Z", "00")
    );
    assert_eq!(desk.read("cleanup/csv/book.xlsx-Accounts.csv"), ACCOUNTS);
    assert_eq!(desk.read("cleanup/csv/leads.parquet.csv"), UNTIDY.replace("Moss ", "Moss"));
    let runbook = desk.read("cleanup/RUNBOOK.md");
    assert_eq!(
        runbook.matches("its records as CSV (UTF-8, commas), not the file in its own format").count(),
        3,
        "{runbook}"
    );
    assert!(desk.read("cleanup/csv/changes.csv").contains("book.xlsx#Leads 2026,2"));
    let again = desk.evidence("cleanup/csv/leads.parquet.csv");
    assert!(again.iter().all(|row| row["code"] != "FMT005"));
}

#[test]
fn parquet_has_rows_and_no_lines() {
    let desk = Desk::with("leads.parquet", parquet(REPEATED));
    desk.write("leads.parquet.gz", desk_gzip(&desk));
    for file in ["leads.parquet", "leads.parquet.gz"] {
        let found = desk.evidence(file);
        assert_eq!(repeated(&found), [(file, "1", None), (file, "2", None)]);
    }
}

fn desk_gzip(desk: &Desk) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(&std::fs::read(desk.path("leads.parquet")).unwrap()).unwrap();
    out.finish().unwrap()
}

#[test]
fn zstd_is_read_and_written_like_gzip() {
    let desk = Desk::with("leads.csv.zst", zstd::encode_all(UNTIDY.as_bytes(), 3).unwrap());
    assert_eq!(sources(&desk.report("leads.csv.zst")), [source("lead", "leads.csv.zst")]);
    desk.leadlint("clean leads.csv.zst --target csv --out cleanup --decide FMT005=accept").exits(0);
    let cleaned = std::fs::read(desk.path("cleanup/csv/leads.csv.zst")).unwrap();
    assert_eq!(String::from_utf8(zstd::decode_all(&cleaned[..]).unwrap()).unwrap(), UNTIDY.replace("Moss ", "Moss"));
}

#[test]
fn what_cannot_be_read_is_exit_2_and_named() {
    let desk = Desk::with("leads.csv.bz2", "BZh91AY&SY");
    desk.write("cut.xlsx", &book(REPEATED)[..2000]);
    desk.write("cut.parquet", &parquet(REPEATED)[..300]);
    desk.write("page.csv", "<!DOCTYPE html>\n<html><body>Your session has ended</body></html>");
    desk.write("twice.zip", zipped(&[("inner.zip", &zipped(&[("a.csv", b"Id\n1\n")]))]));
    desk.write("bomb.csv.zst", zstd::encode_all(&vec![b'0'; 100 * 1024 * 1024][..], 3).unwrap());
    for (file, word) in [
        ("leads.csv.bz2", "bzip2 data"),
        ("cut.xlsx", "damaged"),
        ("cut.parquet", "damaged Parquet file"),
        ("page.csv", "a page of HTML"),
        ("twice.zip", "archives in an archive"),
        ("bomb.csv.zst", "unpacks to more than 64 MiB"),
    ] {
        let run = desk.run(&["check", file]);
        run.exits(2);
        assert!(run.stderr.contains(&format!("{file}: ")) && run.stderr.contains(word), "{file}: {}", run.stderr);
        assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    }
}
