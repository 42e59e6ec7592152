//! The loader as a whole: files in, sources out.

use std::fmt::Write as _;
use std::io::Write as _;

use proptest::prelude::*;

use super::dialect::lay_out;
use super::encoding::decode;
use super::read::read_payload;
use super::segments::segments;
use super::table::Table;
use super::testing::{Folder, cell, role};
use super::transport::Payload;
use super::*;
use crate::model::{Found, IssueKind, Object, Packing, Role, TextEncoding};

fn table_of(bytes: &[u8], chunk_bytes: usize) -> Result<Table, Error> {
    let payload = Payload::from_bytes(bytes.to_vec(), "x.csv")?;
    Ok(read_payload(&payload, "x.csv", None, &LoadOptions { chunk_bytes, progress: &() })?.remove(0))
}

fn table(text: &str) -> Table {
    table_of(text.as_bytes(), CHUNK_BYTES).unwrap()
}

/// Every row as its cells; `∅` where a cell is missing.
fn rows(table: &Table) -> Vec<Vec<String>> {
    let cell = |column: usize, row: usize| table.column(column).unwrap().get(row).unwrap_or("∅").to_owned();
    (0..table.frame.height()).map(|row| (0..table.frame.width()).map(|column| cell(column, row)).collect()).collect()
}

fn issues(table: &Table) -> Vec<(IssueKind, u64, u64, Option<u32>)> {
    table.issues.iter().map(|i| (i.kind, i.row, i.line, i.frame_row)).collect()
}

#[test]
fn cells_rows_and_lines_are_as_in_the_file() {
    let table = table("id,note\r\n1,\"two\r\nlines\"\r\n\r\n2,\"say \"\"hi\"\"\"\r\n3,\n");
    assert_eq!(rows(&table), [["1", "two\r\nlines"], ["2", "say \"hi\""], ["3", ""]]);
    assert_eq!(table.origin.line, [2, 5, 6]);
    assert_eq!(table.origin.row, [1, 2, 3]);
}

#[test]
fn a_short_row_is_padded_kept_and_reported() {
    let table = table("a,b,c\n1,2\n3,4,5\n");
    assert_eq!(rows(&table), [["1", "2", "∅"], ["3", "4", "5"]]);
    assert_eq!(issues(&table), [(IssueKind::MissingCells, 1, 2, Some(0))]);
    assert_eq!(table.issues[0].detail, "2 cells, the header has 3");
}

#[test]
fn a_row_that_lacks_only_columns_without_a_header_lacks_nothing() {
    let table = table("a,b,,\n1,2\n3\n");
    assert_eq!(issues(&table), [(IssueKind::MissingCells, 2, 3, Some(1))]);
}

#[test]
fn a_long_row_is_in_no_frame_but_counts() {
    let table = table("a,b\n1,2,3\n4,5\n6,7,,\n");
    assert_eq!(rows(&table), [["4", "5"], ["6", "7"]]);
    assert_eq!(issues(&table), [(IssueKind::SurplusCells, 1, 2, None)]);
    assert_eq!(
        (table.issues[0].value.as_str(), table.issues[0].detail.as_str()),
        ("1,2,3", "3 cells, the header has 2")
    );
    assert_eq!(table.origin.row, [2, 3]);
    assert_eq!((table.files[0].rows, table.files[0].unreadable), (2, 1));
}

#[test]
fn an_unquoted_comma_shows_even_when_it_pushes_only_a_blank_cell_out() {
    let table = table("id,text,name\n1,\"Yes, of course\",Ann\n2,Yes, of course,\n");
    assert_eq!(issues(&table), [(IssueKind::SurplusCells, 2, 3, None)]);
}

#[test]
fn a_quote_that_never_closes_is_reported_with_what_it_swallowed() {
    let table = table("a,b\n1,2\n3,\"4\n5,6\n7,8\n");
    assert_eq!(rows(&table), [["1", "2"]]);
    assert_eq!(issues(&table), [(IssueKind::OpenQuote, 2, 3, None)]);
    assert!(table.issues[0].detail.contains("never closed"), "{}", table.issues[0].detail);
    assert_eq!(table.issues[0].value, "3,\"4\n5,6\n7,8");
}

#[test]
fn a_header_that_never_closes_is_reported() {
    assert_eq!(issues(&table("a,\"b\n1,2\n")), [(IssueKind::OpenQuote, 0, 1, None)]);
}

#[test]
fn text_after_a_closing_quote_is_kept_and_reported() {
    let table = table("a,b\n\"x\"y,2\n\"x\" ,2\n3\"4,\"5\"\n");
    assert_eq!(rows(&table), [["xy", "2"], ["x ", "2"], ["3\"4", "5"]]);
    assert_eq!(issues(&table), [(IssueKind::TextAfterQuote, 1, 2, Some(0))]);
}

#[test]
fn two_stray_quotes_do_not_swallow_rows_silently() {
    let table = table("id,name,email\n1,\"Ann,a@x.co\n2,Bob,b@x.co\n3,Cid,c@x.co\n4,Dee\",d@x.co\n5,Eve,e@x.co\n");
    assert_eq!(rows(&table), [["5", "Eve", "e@x.co"]]);
    assert_eq!(issues(&table), [(IssueKind::SwallowedRows, 1, 2, None)]);
    assert!(table.issues[0].value.contains("3,Cid,c@x.co"));
    assert_eq!(table.origin.line, [6]);
}

#[test]
fn prose_of_several_lines_is_no_swallowed_row() {
    let table = table("id,text,n\n1,\"Hello, you, there\nyes, no, so\nwell, a, b\nbye\",2\n");
    assert_eq!((table.frame.height(), table.issues.len()), (1, 0));
}

#[test]
fn a_space_before_an_opening_quote_is_skipped() {
    let table = table("a, b\n1, \"x, y\"\n2,   \"z\"\n3, \"\"\"q\"\", r\"\n\"said, \"\"no\"\"\", \"w\"\n");
    assert_eq!(rows(&table), [["1", "x, y"], ["2", "z"], ["3", "\"q\", r"], ["said, \"no\"", "w"]]);
    assert!(table.issues.is_empty());
}

#[test]
fn lines_that_end_in_carriage_returns_alone_are_lines() {
    let table = table("a,b\r1,\"x\ry\"\r\r2,z\r");
    assert_eq!(rows(&table), [["1", "x\ry"], ["2", "z"]]);
    assert_eq!(table.origin.line, [2, 5]);
}

#[test]
fn preamble_and_footer_are_no_rows() {
    let table = table(
        "Reporting period 2026-10-01 to 2026-10-31\n\nLead ID,Email,City\n00Q1,a@x.co,Rome\n00Q2,b@x.co,Oslo\n\n\"Grand Totals (5 records)\"\nConfidential Information - Do Not Distribute\n",
    );
    assert_eq!(table.frame.height(), 2);
    assert_eq!(table.origin.line, [4, 5]);
    let file = &table.files[0];
    assert_eq!((file.preamble_lines, file.footer_lines, file.declared_rows), (1, 2, Some(5)));
    assert_eq!(file.dialect.unwrap().header_line, 3);
}

#[test]
fn bad_cells_of_a_utf8_file_are_windows_1252_and_reported() {
    let text = [&"é,ü\n".repeat(5).into_bytes()[..], b"ok,caf\xe9\n"].concat();
    let table = table_of(&[b"a,b\n".to_vec(), text].concat(), CHUNK_BYTES).unwrap();
    assert_eq!(rows(&table)[5], ["ok", "café"]);
    assert_eq!(issues(&table), [(IssueKind::ForeignBytes, 6, 7, Some(5))]);
    assert_eq!((table.issues[0].column, table.issues[0].value.as_str()), (Some(1), "café"));
    assert_eq!(table.files[0].dialect.unwrap().encoding, TextEncoding::Utf8);
}

#[test]
fn every_encoding_reads_alike() {
    let text = "naïve,\"日本\"\r\n🙂,\"a\nb\"\n";
    let plain = rows(&table(text));
    for encoding in
        [TextEncoding::Utf8, TextEncoding::Utf16Le, TextEncoding::Utf16Be, TextEncoding::Utf32Le, TextEncoding::Utf32Be]
    {
        let found = table_of(&encode(text, encoding, true).unwrap(), 3).unwrap();
        assert_eq!(rows(&found), plain);
        assert_eq!(found.frame.get_column_names()[0], "naïve");
        assert!(found.files[0].dialect.unwrap().bom);
    }
}

#[test]
fn what_is_not_read_is_refused_with_what_to_do() {
    let error = |bytes: &[u8]| table_of(bytes, 1).unwrap_err().to_string();
    assert!(error(b"%PDF-1.7").contains("a PDF document, which is not read yet; export the records as CSV"));
    assert!(error(b"<!DOCTYPE html><html>").contains("a page of HTML or XML"));
    assert!(error(b"").contains("the file is empty"));
    assert!(error(b"\xef\xbb\xbf").contains("the file is empty"));
    assert!(error(b"\n\n").contains("nothing but blank lines"));
}

#[test]
fn a_header_without_rows_is_a_source_without_rows() {
    let source = Folder::new().source("leads.csv", "Id,Email\n");
    assert_eq!((source.height(), source.frame.width(), source.object), (0, 2, Some(Object::Lead)));
}

#[test]
fn files_are_united_by_header_in_order() {
    let folder = Folder::new();
    let b = folder.write("b.csv", "Email,Phone\nb@x.co,1\nshort\n");
    let a = folder.write("a.csv", "Id,Email\n1,a@x.co\n2,a@x.co,3\n");
    let source =
        load(&[SourceSpec::of(vec![Input::file(a), Input::file(b)])], &LoadOptions::default()).unwrap().remove(0);
    assert_eq!(source.frame.get_column_names(), ["Id", "Email", "Phone"]);
    assert_eq!(cell(&source, "Id", 1), None);
    assert_eq!(cell(&source, "Phone", 1), Some("1"));
    assert_eq!(source.origin.row, [1, 1, 2]);
    assert_eq!((source.file_of(0), source.file_of(1), source.file_of(2)), (0, 1, 1));
    let kinds: Vec<_> = source.issues.iter().map(|i| (i.kind, i.file, i.frame_row)).collect();
    assert_eq!(kinds, [(IssueKind::SurplusCells, 0, None), (IssueKind::MissingCells, 1, Some(2))]);
    assert!(source.notes.iter().any(|n| n.contains("column \"Id\" is missing in 1 of 2 files")), "{:?}", source.notes);
}

#[test]
fn unnamed_sources_are_named_after_their_object() {
    let folder = Folder::new();
    let path = folder.write("leads.csv", "id,email\n1,a@x.co\n");
    let chat = folder.write("chats.csv", "chat_id,started_at,ended_at\n1,2,3\n");
    let spec = SourceSpec::of(vec![Input::file(path)]);
    let named = SourceSpec { name: Some("lead-2".into()), configured: true, ..spec.clone() };
    let specs = [spec.clone(), named, spec, SourceSpec::of(vec![Input::file(chat)])];
    let found: Vec<String> = load(&specs, &LoadOptions::default()).unwrap().into_iter().map(|s| s.name).collect();
    assert_eq!(found, ["lead", "lead-2", "lead-3", "chat"]);
}

#[test]
fn a_configured_header_that_is_not_there_is_an_error_with_the_nearest() {
    let folder = Folder::new();
    let path = folder.write("leads.csv", "Id,E-Mail address\n1,a@x.co\n");
    let mut spec = SourceSpec::of(vec![Input::file(path)]);
    spec.name = Some("leads".into());
    spec.columns.insert(Role::Email, "Email address".into());
    let error = load(&[spec], &LoadOptions::default()).unwrap_err().to_string();
    assert!(error.contains("source leads: `columns.email = \"Email address\"`"), "{error}");
    assert!(error.contains("did you mean \"E-Mail address\"?"), "{error}");
}

#[test]
fn the_config_wins_over_aliases_and_content() {
    let folder = Folder::new();
    let path = folder.write("leads.csv", "Id,Email,Work\n1,a@x.co,b@x.co\n");
    let mut spec = SourceSpec::of(vec![Input::file(path)]);
    spec.columns.insert(Role::Email, "Work".into());
    spec.ignore_columns = vec!["Email".into(), "Gone".into()];
    let source = load(&[spec], &LoadOptions::default()).unwrap().remove(0);
    assert_eq!(role(&source, Role::Email), Some("Work"));
    assert_eq!(source.roles.iter().find(|b| b.role == Role::Email).unwrap().found, Found::Config);
    assert_eq!(source.ignored, [1]);
    assert!(source.notes.iter().any(|n| n.contains("\"Gone\"")));
}

#[test]
fn a_column_of_emails_is_the_email_column_whatever_the_order_of_rows() {
    let folder = Folder::new();
    let mut lines: Vec<String> = (0..25_000).map(|i| format!("{i},v{i}@x.co,owner@x.co")).collect();
    lines.extend((0..1_000).map(|i| format!("z{i},none,owner@x.co")));
    let forward = folder.source("a.csv", &format!("key,adr,agent\n{}\n", lines.join("\n")));
    lines.reverse();
    let backward = folder.source("b.csv", &format!("key,adr,agent\n{}\n", lines.join("\n")));
    assert_eq!(role(&forward, Role::Email), Some("adr"));
    assert_eq!(forward.roles, backward.roles);
    assert_eq!(forward.roles.iter().find(|b| b.role == Role::Email).unwrap().found, Found::Content);
}

#[test]
fn a_vendor_that_is_not_known_is_an_error() {
    let folder = Folder::new();
    let spec = SourceSpec {
        vendor: Some("sales-force".into()),
        ..SourceSpec::of(vec![Input::file(folder.write("a.csv", "id\n1\n"))])
    };
    let error = load(&[spec], &LoadOptions::default()).unwrap_err().to_string();
    assert!(error.contains("did you mean \"salesforce\"?"), "{error}");
}

#[test]
fn an_unchanged_file_is_written_back_byte_for_byte() {
    let folder = Folder::new();
    let text = "Report x\r\n\r\na,b,c\r\n1,\"2\",é\r\n\r\n4,5,6,7\r\n";
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    let mut stray = text.to_owned().into_bytes();
    stray.extend_from_slice("é,é,\n\x00".as_bytes());
    stray.extend_from_slice(b"caf\xe9,1,2\n");
    for (name, bytes) in [
        ("plain.csv", text.as_bytes().to_vec()),
        ("wide.csv", encode(text, TextEncoding::Utf16Le, true).unwrap()),
        ("latin.csv", encode(text, TextEncoding::Windows1252, false).unwrap()),
        ("stray.csv", stray),
        ("packed.csv.gz", packed.finish().unwrap()),
    ] {
        let path = folder.write(name, &bytes);
        let source = load(&[SourceSpec::of(vec![Input::file(path)])], &LoadOptions::default()).unwrap().remove(0);
        let again = reopen(&source.files[0]).unwrap();
        let written = again.encode(&again.text).unwrap();
        let gzip = again.dialect.packing == Packing::Gzip;
        assert_eq!(written, if gzip { text.as_bytes().to_vec() } else { bytes }, "{name}");
        assert_eq!(again.headers, source.files[0].headers);
        let data: Vec<u64> =
            again.segments.iter().filter(|s| s.kind == SegmentKind::Data).filter_map(|s| s.row).collect();
        assert_eq!(data, source.origin.row.iter().map(|r| u64::from(*r)).collect::<Vec<_>>());
    }
}

#[test]
fn a_file_that_changed_or_was_standard_input_cannot_be_written_back() {
    let folder = Folder::new();
    let source = folder.source("a.csv", "id\n1\n");
    folder.write("a.csv", "id\n2\n");
    assert!(matches!(reopen(&source.files[0]), Err(Error::Changed { .. })));
    let mut file = source.files[0].clone();
    file.path = "-".into();
    assert!(reopen(&file).unwrap_err().to_string().contains("save it to a file"));
}

#[test]
fn nasty_cells_come_back_exact() {
    let long = "x\"y,z\n".repeat(200_000);
    let cells = [
        "",
        " ",
        "\"",
        "\"\"",
        "a\nb",
        "a\r\nb",
        ",",
        ", \"q\"",
        "\0",
        "🙂",
        "שלום, עולם",
        "\u{feff}x",
        "'=1+1",
        &long,
    ];
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["id", "cell", "end"]).unwrap();
    for (index, cell) in cells.iter().enumerate() {
        writer.write_record([index.to_string().as_str(), cell, "e"]).unwrap();
    }
    let bytes = writer.into_inner().unwrap();
    for chunk_bytes in [1, 7, 4096, CHUNK_BYTES] {
        let table = table_of(&bytes, chunk_bytes).unwrap();
        let found: Vec<Option<&str>> = table.column(1).unwrap().iter().collect();
        assert_eq!(found, cells.map(Some));
        assert!(table.issues.is_empty(), "{:?}", table.issues[0].kind);
    }
}

/// What the csv crate reads, as this loader documents it: long rows dropped, short rows padded, and without the last
/// record when a quote is open in it.
fn by_csv_crate(text: &str, delimiter: u8, open: bool) -> Vec<Vec<String>> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).has_headers(false).delimiter(delimiter).from_reader(text.as_bytes());
    let mut records: Vec<Vec<String>> =
        reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
    if open {
        records.pop();
    }
    let width = records.first().map_or(0, Vec::len);
    let kept = records
        .into_iter()
        .skip(1)
        .filter(|r| r.len() <= width || r[width..].iter().all(|cell| cell.trim().is_empty()));
    kept.map(|mut r| {
        r.resize(width, "∅".to_owned());
        r
    })
    .collect()
}

fn hostile_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z]{1,3}",
        3 => Just("\"".to_owned()),
        2 => Just("\"\"".to_owned()),
        5 => Just(",".to_owned()),
        3 => Just("\n".to_owned()),
        1 => Just("\r\n".to_owned()),
        1 => Just("é🙂".to_owned()),
    ];
    prop::collection::vec(piece, 0..80).prop_map(|pieces| format!("h,i,j\n{}", pieces.concat()))
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), chunk_bytes in 1_usize..64) {
        let _ = table_of(&bytes, chunk_bytes);
    }

    #[test]
    fn hostile_csv_bytes_never_panic_and_read_alike_in_any_chunks(
        bytes in "[ab\", \n\r;\t|é\u{0}]{0,120}", chunk_bytes in 1_usize..64,
    ) {
        let whole = table_of(bytes.as_bytes(), CHUNK_BYTES);
        let parts = table_of(bytes.as_bytes(), chunk_bytes);
        prop_assert_eq!(whole.is_ok(), parts.is_ok());
        if let (Ok(whole), Ok(parts)) = (whole, parts) {
            prop_assert!(whole.frame.equals_missing(&parts.frame));
            prop_assert_eq!(&whole.origin, &parts.origin);
            prop_assert_eq!(&whole.issues, &parts.issues);
        }
    }

    #[test]
    fn rows_are_those_of_the_csv_crate(text in hostile_text(), chunk_bytes in 1_usize..64) {
        let table = table_of(text.as_bytes(), chunk_bytes).unwrap();
        let reported = |kind| table.issues.iter().any(|i| i.kind == kind);
        let dialect = table.files[0].dialect.unwrap();
        if dialect.delimiter != b',' || dialect.header_line != 1 || reported(IssueKind::SwallowedRows) {
            return Ok(());
        }
        prop_assert_eq!(rows(&table), by_csv_crate(&text, b',', reported(IssueKind::OpenQuote)));
    }

    #[test]
    fn segments_join_to_the_text_and_agree_with_the_frame(text in "[ab\", \n\r;é]{1,120}") {
        let Ok(table) = table_of(text.as_bytes(), 5) else { return Ok(()) };
        let decoded = decode(text.as_bytes(), "x.csv").unwrap();
        let layout = lay_out(&decoded.bytes, "x.csv").unwrap();
        let found = segments(&decoded.bytes, &layout);
        let joined: Vec<u8> = found.iter().flat_map(|s| decoded.bytes[s.range.clone()].to_vec()).collect();
        prop_assert_eq!(&joined, &*decoded.bytes);
        let data: Vec<u32> = found.iter().filter(|s| s.kind == SegmentKind::Data).map(|s| s.row.unwrap() as u32).collect();
        prop_assert_eq!(data, table.origin.row.clone());
        for (at, segment) in found.iter().filter(|s| s.kind == SegmentKind::Data).enumerate() {
            let raw = &decoded.bytes[segment.range.clone()];
            let cells: Vec<String> = cells(raw, layout.shape.delimiter)
                .iter().take(layout.shape.columns)
                .map(|c| String::from_utf8(c.value(raw).into_owned()).unwrap()).collect();
            prop_assert_eq!(&rows(&table)[at][..cells.len()], &cells[..]);
        }
    }

    #[test]
    fn two_stray_quotes_lose_no_line(first in 0_usize..12, second in 0_usize..12, at in 0_usize..18, to in 0_usize..18) {
        let mut lines: Vec<String> = (0..12).map(|i| format!("{i},name{i},n{i}@x.co,city{i}")).collect();
        for (line, place) in [(first, at), (second, to)] {
            let place = place.min(lines[line].len());
            lines[line].insert(place, '"');
        }
        let mut text = "id,name,email,city\n".to_owned();
        for line in &lines {
            writeln!(text, "{line}").unwrap();
        }
        let table = table_of(text.as_bytes(), 16).unwrap();
        let found = rows(&table);
        for index in (0..12).filter(|i| ![first, second].contains(i)) {
            let line = &lines[index];
            let own = found.iter().any(|r| r.join(",") == *line);
            let within = found.iter().filter(|r| r.iter().any(|c| c.contains(line.as_str()))).count();
            let swallowed = found.iter().flatten().map(|c| lines.iter().filter(|l| c.contains(l.as_str())).count()).max();
            let reported = table.issues.iter().any(|i| i.value.contains(line.as_str()));
            prop_assert!(own || reported || (within == 1 && swallowed < Some(2)), "line {index} of {text} is lost");
        }
    }
}
