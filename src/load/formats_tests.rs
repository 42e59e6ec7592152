//! Every format that is no text: what is read, what is refused, and that no bytes do harm.

mod files;
mod harm;

use std::io::Cursor;
use std::time::{Duration, Instant};

use ::zip::ZipArchive;
use polars::prelude::*;
use rust_xlsxwriter::{Format, FormatAlign, Workbook};

use files::{book, compound, ods, ods_row, parquet, texts, xls, zipped};

use super::read::read_payload;
use super::table::Table;
use super::testing::Folder;
use super::transport::Payload;
use super::{Error, Input, LoadOptions, SourceSpec, load};

fn tables(bytes: &[u8], path: &str) -> Result<Vec<Table>, Error> {
    let payload = Payload::from_bytes(bytes.to_vec(), path)?;
    read_payload(&payload, path, None, &LoadOptions::default())
}

fn part(bytes: &[u8], path: &str, part: &str) -> Result<Vec<Table>, Error> {
    read_payload(&Payload::from_bytes(bytes.to_vec(), path)?, path, Some(part), &LoadOptions::default())
}

fn refusal(bytes: &[u8], path: &str) -> String {
    match tables(bytes, path) {
        Err(error) => error.to_string(),
        Ok(tables) => panic!("{path} was read: {:?}", tables.iter().map(rows).collect::<Vec<_>>()),
    }
}

/// What a file is refused with, which must not take long.
fn quick_refusal(bytes: &[u8], path: &str) -> String {
    let start = Instant::now();
    let refusal = refusal(bytes, path);
    // A second on a machine that does nothing else; without the limits it would be minutes, or never end.
    assert!(start.elapsed() < Duration::from_mins(1), "{path} took {:?}", start.elapsed());
    refusal
}

/// Headers and rows; a blank cell is an empty text.
fn rows(table: &Table) -> Vec<Vec<String>> {
    let header = table.frame.get_column_names().into_iter().map(ToString::to_string).collect();
    let cell = |column: usize, row: usize| table.column(column).unwrap().get(row).unwrap_or_default().to_owned();
    let body = (0..table.frame.height()).map(|row| (0..table.frame.width()).map(|column| cell(column, row)).collect());
    std::iter::once(header).chain(body).collect()
}

fn paths(tables: &[Table]) -> Vec<&str> {
    tables.iter().map(|table| table.files[0].path.as_str()).collect()
}

#[test]
fn each_member_of_a_zip_is_a_table() {
    let inner = zipped([("x.csv", &b"a\n1\n"[..])]);
    let bytes = zipped([
        ("Lead.csv", &b"Id,Email\n1,a@x.co\n"[..]),
        ("sub/Account.tsv", b"Id\tName\n7\tAcme\n"),
        ("__MACOSX/._Lead.csv", b"junk"),
        (".DS_Store", b"junk"),
        ("photo.png", b"\x89PNG"),
        ("more.zip", &inner),
        ("Contact.csv.zst", &zstd::encode_all(&b"Id,Name\n3,Bo\n"[..], 3).unwrap()),
    ]);
    let found = tables(&bytes, "exports/WE.zip").unwrap();
    assert_eq!(
        paths(&found),
        ["exports/WE.zip!Contact.csv.zst", "exports/WE.zip!Lead.csv", "exports/WE.zip!sub/Account.tsv"]
    );
    assert_eq!(rows(&found[2]), [["Id", "Name"], ["7", "Acme"]]);
    assert_eq!(
        found[0].notes,
        [
            "exports/WE.zip: not read: more.zip (archives in an archive; unpack them); 2 members (hidden or links); photo.png (no exports by their names)"
        ]
    );
    assert_eq!(found[1].files[0].bytes, 18);
    let one = part(&bytes, "exports/WE.zip", "!Lead.csv").unwrap();
    assert_eq!(paths(&one), ["exports/WE.zip!Lead.csv"]);
    let error = part(&bytes, "WE.zip", "!lead.csv").unwrap_err().to_string();
    assert!(
        error.starts_with("WE.zip!lead.csv: there is no such member in the file; it has Contact.csv.zst"),
        "{error}"
    );
}

#[test]
fn a_zip_with_nothing_to_read_says_what_it_holds() {
    let refused = refusal(&zipped([("a.png", &b"x"[..]), ("b.docx", b"x")]), "x.zip");
    assert!(refused.contains("not read: a.png, b.docx (no exports by their names)"), "{refused}");
    assert!(refusal(&zipped([]), "x.zip").contains("it is empty"));
    let refused = refusal(&zipped([("a.csv", &zipped([("x.csv", &b"a\n1\n"[..])])[..])]), "x.zip");
    assert!(refused.starts_with("x.zip!a.csv: this is an archive in an archive"), "{refused}");
    let refused = refusal(&zipped([("word/document.xml", &b"x"[..]), ("[Content_Types].xml", b"x")]), "x.docx");
    assert!(refused.contains("a Word document"), "{refused}");
    let bzip2 = refusal(b"BZh91AY&SY", "x.csv.bz2");
    assert!(bzip2.contains("bzip2 data") && refusal(b"%PDF-1.7", "x.pdf").contains("a PDF document"), "{bzip2}");
}

#[test]
fn names_of_members_reach_for_nothing() {
    let members = ["../../etc/leads.csv", "/abs/leads.csv", "..\\..\\win.csv", "a\u{202e}vsc.csv", "b\u{7}.csv"];
    let found = tables(&zipped(members.map(|name| (name, &b"Id\n1\n"[..]))), "x.zip").unwrap();
    let shown = paths(&found);
    assert_eq!(shown.len(), members.len());
    assert!(shown.iter().all(|path| path.starts_with("x.zip!") && !path.contains(['\u{202e}', '\u{7}'])), "{shown:?}");
    let names = shown.join(" ");
    assert!(names.contains("!../../etc/leads.csv"), "{names}");
    for path in shown {
        assert_eq!(
            part(&zipped(members.map(|name| (name, &b"Id\n1\n"[..]))), "x.zip", &path["x.zip".len()..]).unwrap().len(),
            1
        );
    }
}

#[test]
fn a_locked_member_is_named() {
    let mut bytes = zipped([("Lead.csv", &b"Id\n1\n"[..])]);
    // The flag of encryption, in the header of the member and in the directory.
    let directory = bytes.windows(4).position(|at| at == b"PK\x01\x02").unwrap();
    bytes[6] |= 1;
    bytes[directory + 8] |= 1;
    assert!(refusal(&bytes, "x.zip").starts_with("x.zip!Lead.csv: it is protected by a password"));
    assert!(refusal(&compound("EncryptedPackage", &[0; 4096]), "x.xlsx").contains("protected by a password"));
    assert!(refusal(&compound("WordDocument", &[0; 4096]), "x.xls").contains("a Word document"));
}

#[test]
fn bombs_are_refused_before_they_unpack() {
    let zeros = vec![b'0'; 70 * 1024 * 1024];
    let bomb = zipped([("a.csv", &zeros[..])]);
    assert!(bomb.len() < 200_000);
    let refused = quick_refusal(&bomb, "x.zip");
    assert!(
        refused.starts_with("x.zip!a.csv: it unpacks to more than 64 MiB, and more than 200 times its size"),
        "{refused}"
    );
    // Members count together.
    let parts: Vec<String> = (0..5).map(|at| format!("{at}.csv")).collect();
    let head = [b"Id\n", &zeros[..15 * 1024 * 1024]].concat();
    let refused = quick_refusal(&zipped(parts.iter().map(|name| (name.as_str(), &head[..]))), "x.zip");
    assert!(refused.starts_with("x.zip!4.csv: it unpacks to more"), "{refused}");
    let refused = quick_refusal(&zipped([("[Content_Types].xml", &zeros[..])]), "x.xlsx");
    assert!(refused.starts_with("x.xlsx: it unpacks to more than"), "{refused}");
    // A directory that lies about the size.
    let mut lie = bomb;
    let directory = lie.windows(4).position(|at| at == b"PK\x01\x02").unwrap();
    lie[directory + 24..directory + 28].copy_from_slice(&5_u32.to_le_bytes());
    quick_refusal(&lie, "x.zip");
}

#[test]
fn too_many_members_are_refused() {
    let names: Vec<String> = (0..10_001).map(|at| format!("{at}.csv")).collect();
    let refused = quick_refusal(&zipped(names.iter().map(|name| (name.as_str(), &b"a\n"[..]))), "x.zip");
    assert!(refused.contains("10001 members, at most 10000 are read"), "{refused}");
}

#[test]
fn sheets_are_tables_of_text() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("All leads").unwrap();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let moment = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    let span = Format::new().set_num_format("[h]:mm:ss");
    for (column, header) in ["Id", "Phone", "Born", "Created", "Spent", "Member", "Email", "Email"].iter().enumerate() {
        sheet.write_string(0, column as u16, *header).unwrap();
    }
    sheet.write_number(1, 0, 123_456_789_012.0).unwrap();
    sheet.write_number(1, 1, 0.1).unwrap();
    sheet.write_number_with_format(1, 2, 46_296.0, &day).unwrap();
    sheet.write_number_with_format(1, 3, 46_296.395_833_333_336, &moment).unwrap();
    sheet.write_number_with_format(1, 4, 1.5, &span).unwrap();
    sheet.write_boolean(1, 5, true).unwrap();
    sheet.write_formula(1, 6, rust_xlsxwriter::Formula::new("=A9").set_result("#REF!")).unwrap();
    let bold = Format::new().set_bold();
    sheet.write_rich_string(1, 7, &[(&bold, "a@"), (&Format::default(), "x.co")]).unwrap();
    sheet.write_number_with_format(4, 3, 46_297.0, &moment).unwrap();
    sheet.write_blank(5, 0, &Format::new().set_align(FormatAlign::Center)).unwrap();
    book.add_worksheet().set_name("Blank").unwrap();
    let hidden = book.add_worksheet().set_name("Lists").unwrap();
    hidden.write_string(0, 0, "Status").unwrap();
    hidden.set_hidden(true);
    let bytes = book.save_to_buffer().unwrap();
    let found = tables(&bytes, "book.xlsx").unwrap();
    assert_eq!(paths(&found), ["book.xlsx#All leads"]);
    assert_eq!(
        rows(&found[0]),
        [
            ["Id", "Phone", "Born", "Created", "Spent", "Member", "Email", "Email (2)"],
            ["123456789012", "0.1", "2026-10-01", "2026-10-01T09:30:00", "36:00:00", "true", "#REF!", "a@x.co"],
            ["", "", "", "2026-10-02T00:00:00", "", "", "", ""],
        ]
    );
    assert_eq!((found[0].origin.row.as_slice(), found[0].origin.line.as_slice()), (&[1, 2][..], &[2, 5][..]));
    assert!(found[0].column(0).unwrap().get(1).is_none());
    assert!(found[0].notes.contains(&"book.xlsx: not read: Blank (empty); Lists (hidden)".to_owned()));
    assert_eq!(rows(&part(&bytes, "book.xlsx", "#Lists").unwrap()[0]), [["Status"]]);
    let error = part(&bytes, "book.xlsx", "#Leads").unwrap_err().to_string();
    assert_eq!(error, "book.xlsx#Leads: there is no such sheet in the file; it has All leads, Blank, Lists");
}

#[test]
fn titles_borders_and_footers_of_a_report_are_no_rows() {
    let sheet = texts(&[
        &["", "Leads by owner"],
        &[],
        &["", "Lead ID", "Email", "City"],
        &["", "00Q1", "a@x.co", "Rome"],
        &["", "00Q2", "b@x.co", "Oslo"],
        &["", "Total", "2"],
        &[],
        &["", "Confidential Information - Do Not Distribute"],
    ]);
    let found = tables(&book(&sheet), "report.xlsx").unwrap().remove(0);
    assert_eq!(rows(&found), [["Lead ID", "Email", "City"], ["00Q1", "a@x.co", "Rome"], ["00Q2", "b@x.co", "Oslo"]]);
    assert_eq!((found.files[0].preamble_lines, found.files[0].footer_lines), (1, 2));
    assert_eq!(found.origin.line, [4, 5]);
}

#[test]
fn numbers_too_long_for_a_spreadsheet_are_said() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["", "Id", "Email"]).unwrap();
    for (row, id) in [(1, 123_456_789_012_345_678.0), (2, 4_503_599_627_370_497.0), (3, 12.0)] {
        sheet.write_number(row, 1, id).unwrap();
        sheet.write_string(row, 2, "a@x.co").unwrap();
    }
    let found = tables(&book.save_to_buffer().unwrap(), "b.xlsx").unwrap().remove(0);
    assert_eq!(
        found.notes,
        [
            "b.xlsx#Sheet1: column \"Id\" has 1 number of 16 or more digits: a spreadsheet keeps 15 digits, so the last ones \
             may be wrong; if these are ids, export them as text, or as CSV"
        ]
    );
}

#[test]
fn open_documents_are_read() {
    let row = ods_row(&["1", "a &amp; b<text:s text:c=\"2\"/>c</text:p><text:p>d"]);
    let typed = "<table:table-row table:number-rows-repeated=\"2\">\
        <table:table-cell office:value-type=\"float\" office:value=\"12\"><text:p>12.00</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"date\" office:date-value=\"2026-10-01T09:30:00\"><text:p>x</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\"/>\
        <table:table-cell office:value-type=\"string\" calcext:value-type=\"error\" office:string-value=\"\"><text:p>#REF!</text:p></table:table-cell>\
        <table:table-cell table:number-columns-repeated=\"16380\"/></table:table-row>";
    let blank = "<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
    let header = ods_row(&["Id", "Note", "Ok", "Ref"]);
    let hidden = "<style:style style:name=\"h\"><style:table-properties table:display=\"false\"/></style:style>";
    let bytes = ods(&format!(
        "{hidden}<table:table table:name=\"Leads\">{header}{row}<table:table-row/>{typed}{blank}</table:table>\
         <table:table table:name=\"Lists\" table:style-name=\"h\">{header}</table:table>"
    ));
    let found = tables(&bytes, "b.ods").unwrap();
    assert_eq!(paths(&found), ["b.ods#Leads"]);
    let moment = ["12", "2026-10-01T09:30:00", "true", "#REF!"];
    assert_eq!(rows(&found[0]), [["Id", "Note", "Ok", "Ref"], ["1", "a & b  c\nd", "", ""], moment, moment]);
    assert_eq!(found[0].origin.line, [2, 4, 5]);
    assert_eq!(found[0].notes, ["b.ods: not read: Lists (hidden)"]);
}

#[test]
fn old_workbooks_are_read() {
    let cells = [(0, 0, Err("Id")), (0, 1, Err("Email")), (1, 0, Ok(7.0)), (1, 1, Err("a@x.co")), (3, 0, Ok(8.5))];
    let found = tables(&xls(&cells, [4, 2]), "b.xls").unwrap().remove(0);
    assert_eq!(rows(&found), [["Id", "Email"], ["7", "a@x.co"], ["8.5", ""]]);
    assert_eq!((found.files[0].path.as_str(), found.origin.line.as_slice()), ("b.xls#Sheet1", &[2, 4][..]));
}

#[test]
fn sheets_that_claim_what_they_have_not_are_refused_quickly() {
    let cell = "<table:table-cell office:value-type=\"string\" table:number-columns-repeated=\"16384\"><text:p>x</text:p></table:table-cell>";
    let many = format!(
        "<table:table table:name=\"a\"><table:table-row table:number-rows-repeated=\"1048576\">{cell}</table:table-row></table:table>"
    );
    let refused = quick_refusal(&ods(&many), "b.ods");
    assert!(refused.starts_with("b.ods#a: more than 8388608 cells"), "{refused}");
    let wide = many.replace("1048576", "1").replace("16384", "4000000000");
    assert!(quick_refusal(&ods(&wide), "b.ods").contains("outside of any sheet"));
    let tall = many.replace("1048576", "4000000000").replace("16384", "1");
    assert!(quick_refusal(&ods(&tall), "b.ods").contains("outside of any sheet"));
    let cut = ods("<table:table table:name=\"a\"><table:table-row>");
    assert!(quick_refusal(&cut, "b.ods").contains("ends in the middle of a sheet"));
    let nested = "<table:table><table:table-row><table:table-cell>".repeat(50_000);
    quick_refusal(&ods(&nested), "b.ods");
    // Two cells in opposite corners.
    let corners = [(0, 0, Err("Id")), (65_535, 255, Err("x"))];
    assert!(quick_refusal(&xls(&corners, [65_536, 256]), "b.xls").contains("more than 8388608 cells"));
    assert!(quick_refusal(&xls(&corners[..1], [u32::MAX, 256]), "b.xls").contains("claims more rows"));
    let mut circle = xls(&corners[..1], [1, 1]);
    circle[512 + 4..512 + 8].copy_from_slice(&1_u32.to_le_bytes());
    assert!(quick_refusal(&circle, "b.xls").contains("in a circle"));
}

#[test]
fn a_text_that_is_shared_by_many_cells_counts_in_each() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let long = "x".repeat(32_000);
    for row in 0..3000 {
        sheet.write_string(row, 0, &long).unwrap();
    }
    let refused = quick_refusal(&book.save_to_buffer().unwrap(), "b.xlsx");
    assert!(refused.starts_with("b.xlsx#Sheet1: it unpacks to more than 64 MiB"), "{refused}");
}

#[test]
fn a_far_cell_and_a_vast_dimension_cost_nothing() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in [["Id", "Email"], ["1", "a@x.co"]].iter().enumerate() {
        sheet.write_row(row as u32, 0, *cells).unwrap();
    }
    sheet.write_string(1_048_575, 1, "far").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let start = Instant::now();
    let found = tables(&bytes, "b.xlsx").unwrap().remove(0);
    assert_eq!(rows(&found), [["Id", "Email"], ["1", "a@x.co"], ["", "far"]]);
    assert_eq!(found.origin.line, [2, 1_048_576]);
    let vast = rewritten(&bytes, "xl/worksheets/sheet1.xml", |xml| {
        let end = xml.find("<sheetViews").unwrap();
        let begin = xml.find("<dimension").unwrap();
        format!("{}<dimension ref=\"A1:XFD1048576\"/>{}", &xml[..begin], &xml[end..])
    });
    assert_eq!(rows(&tables(&vast, "b.xlsx").unwrap()[0]), rows(&found));
    assert!(start.elapsed() < Duration::from_mins(1), "{:?}", start.elapsed());
}

/// A zip with one member changed.
fn rewritten(bytes: &[u8], member: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut members = Vec::new();
    for name in names {
        let mut text = Vec::new();
        std::io::copy(&mut zip.by_name(&name).unwrap(), &mut text).unwrap();
        if name == member {
            text = change(std::str::from_utf8(&text).unwrap()).into_bytes();
        }
        members.push((name, text));
    }
    zipped(members.iter().map(|(name, text)| (name.as_str(), text.as_slice())))
}

fn typed() -> DataFrame {
    let fields =
        [Series::new("city".into(), [Some("Bonn"), None]), Series::new("zip".into(), [Some(53_111_i32), None])];
    let place = StructChunked::from_series("place".into(), 2, fields.iter()).unwrap().into_series();
    let stamps = |unit, zone| {
        let ticks = Int64Chunked::new("at".into(), [Some(1_790_847_000_123), None]);
        ticks.into_datetime(unit, zone).into_series()
    };
    let tags =
        Series::new("tags".into(), [Series::new("".into(), ["a", "b"]), Series::new("".into(), [] as [&str; 0])]);
    df!(
        "id" => [123_456_789_012_i64, -1],
        "name" => [Some("Ann"), None],
        "share" => [0.1_f64, f64::NAN],
        "small" => [0.1_f32, 3.0],
        "whole" => [5.0_f64, 1e21],
        "ok" => [Some(true), None],
    )
    .unwrap()
    .hstack(&[
        Int32Chunked::new("born".into(), [Some(20_727), None]).into_date().into_series().into(),
        stamps(TimeUnit::Milliseconds, None).with_name("naive".into()).into(),
        stamps(TimeUnit::Milliseconds, Some(TimeZone::UTC)).with_name("utc".into()).into(),
        Series::new("price".into(), ["12.50", "-0.05"]).cast(&DataType::Decimal(10, 2)).unwrap().into(),
        tags.into(),
        place.into(),
        BinaryChunked::new("raw".into(), [Some(&b"\xff\xfe"[..]), None]).into_series().into(),
        BinaryChunked::new("bytes".into(), [Some(&b"text"[..]), None]).into_series().into(),
    ])
    .unwrap()
}

#[test]
fn columns_of_parquet_are_text() {
    let found = tables(&parquet(typed()), "x.parquet").unwrap().remove(0);
    let expected = [
        ["id", "123456789012", "-1"],
        ["name", "Ann", ""],
        ["share", "0.1", ""],
        ["small", "0.1", "3"],
        ["whole", "5", "1000000000000000000000"],
        ["ok", "true", ""],
        ["born", "2026-10-01", ""],
        ["naive", "2026-10-01T09:30:00.123", ""],
        ["utc", "2026-10-01T09:30:00.123Z", ""],
        ["price", "12.50", "-0.05"],
        ["tags", "a;b", ""],
        ["place.city", "Bonn", ""],
        ["place.zip", "53111", ""],
        ["bytes", "text", ""],
    ];
    let rows = rows(&found);
    for (at, column) in expected.iter().enumerate() {
        assert_eq!([&rows[0][at], &rows[1][at], &rows[2][at]], [column[0], column[1], column[2]]);
    }
    assert_eq!(rows[0].len(), expected.len());
    assert_eq!(found.notes, ["column \"raw\" is not read: it holds bytes that are no text"]);
    assert_eq!((found.origin.row, found.origin.line), (vec![1, 2], vec![0, 0]));
    assert!(refusal(b"PAR1", "x.parquet").starts_with("x.parquet: damaged Parquet file"));
}

#[test]
fn a_column_of_nothing_repeated_without_end_is_refused() {
    let bytes =
        parquet(DataFrame::new(12_000_000, vec![Column::full_null("a".into(), 12_000_000, &DataType::Int32)]).unwrap());
    assert!(bytes.len() < 40_000, "{}", bytes.len());
    assert!(quick_refusal(&bytes, "x.parquet").starts_with("x.parquet: more than 8388608 cells"));
}

#[test]
fn a_glob_unites_parts_of_one_name_and_single_tables() {
    let folder = Folder::new();
    let week = |lead: &str| zipped([("Lead.csv", lead.as_bytes()), ("Account.csv", &b"Id,Name\n0011,Acme\n"[..])]);
    let first = folder.write("WE_1.zip", week("Id,Email\n1,a@x.co\n"));
    let second = folder.write("WE_2.zip", week("Id,Email\n2,b@x.co\n"));
    let plain = folder.write("more.csv", "Id,Email\n3,c@x.co\n");
    let spec = SourceSpec::of([first, second].map(Input::file).into());
    let heights = |spec: &SourceSpec| {
        let found = load(std::slice::from_ref(spec), &LoadOptions::default()).unwrap();
        found.iter().map(|source| (source.files.len(), source.height())).collect::<Vec<_>>()
    };
    assert_eq!(heights(&spec), [(2, 2), (2, 2)]);
    assert_eq!(heights(&SourceSpec { name: Some("all".to_owned()), ..spec }), [(4, 4)]);
    let sheet = folder.write("leads.xlsx", book(&texts(&[&["Id", "Email"], &["4", "d@x.co"]])));
    assert_eq!(heights(&SourceSpec::of([plain, sheet].map(Input::file).into())), [(2, 2)]);
}
