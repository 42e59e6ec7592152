//! JSON as it is read: shapes of documents, cells, places, refusals.

use polars::prelude::PlSmallStr;
use proptest::prelude::*;

use crate::load::encoding::encode;
use crate::load::read::read_payload;
use crate::load::table::Table;
use crate::load::transport::Payload;
use crate::load::{Error, LoadOptions};
use crate::model::{IssueKind, Object, TextEncoding};

fn read(bytes: &[u8], path: &str) -> Result<Table, Error> {
    read_payload(&Payload::from_bytes(bytes.to_vec(), path)?, path, None, &LoadOptions::default())
        .map(|mut tables| tables.remove(0))
}

fn table(text: &str) -> Table {
    read(text.as_bytes(), "x.json").unwrap()
}

fn refusal(text: &str) -> String {
    read(text.as_bytes(), "x.json").unwrap_err().to_string()
}

fn headers(table: &Table) -> Vec<&str> {
    table.frame.get_column_names().into_iter().map(PlSmallStr::as_str).collect()
}

/// Every row as its cells; `∅` where a cell is missing.
fn rows(table: &Table) -> Vec<Vec<String>> {
    let cell = |column: usize, row: usize| table.column(column).unwrap().get(row).unwrap_or("∅").to_owned();
    (0..table.frame.height()).map(|row| (0..table.frame.width()).map(|column| cell(column, row)).collect()).collect()
}

#[test]
fn cells_keep_their_text() {
    let table = table(
        r#"[{"id": 123456789012345678, "n": 6.0E7, "on": true, "off": false, "nil": null, "s": "a\n\"b\" \u00e9 \ud83d\ude42", "e": ""}]"#,
    );
    assert_eq!(headers(&table), ["id", "n", "on", "off", "nil", "s", "e"]);
    assert_eq!(rows(&table), [["123456789012345678", "6.0E7", "true", "false", "∅", "a\n\"b\" é 🙂", ""]]);
    assert_eq!((table.origin.row, table.origin.line), (vec![1], vec![0]));
}

#[test]
fn nested_objects_become_columns_and_lists_become_cells() {
    let table = table(
        r#"[{"a": {"b": {"c": 1}, "d": {}}, "tags": ["x", 2, null, true], "none": [], "parts": [ {"k": "a b", "l": [1, 2]} ], "pairs": [["q", "w"]]}]"#,
    );
    assert_eq!(headers(&table), ["a.b.c", "a.d", "tags", "none", "parts", "pairs"]);
    assert_eq!(rows(&table), [["1", "∅", "x;2;true", "∅", r#"[{"k":"a b","l":[1,2]}]"#, r#"[["q","w"]]"#]]);
}

#[test]
fn columns_come_in_order_of_first_appearance_and_are_null_elsewhere() {
    let table = table(r#"[{"b": 1}, {"a": 2, "b": 3}, {"c": 4}]"#);
    assert_eq!(headers(&table), ["b", "a", "c"]);
    assert_eq!(rows(&table), [["1", "∅", "∅"], ["3", "2", "∅"], ["∅", "∅", "4"]]);
    assert!(table.notes.is_empty(), "{:?}", table.notes);
}

#[test]
fn null_in_the_place_of_an_object_is_no_column() {
    let table = table(r#"[{"owner": null, "phone": null}, {"owner": {"name": "Ana"}}]"#);
    assert_eq!(headers(&table), ["phone", "owner.name"]);
}

#[test]
fn a_key_that_is_there_twice_loses_nothing() {
    let table = table(r#"[{"a": 1, "a": 2, "x": {"y": 3}, "x.y": 4}, {"a": 5}]"#);
    assert_eq!(headers(&table), ["a", "a (2)", "x.y", "x.y (2)"]);
    assert_eq!(rows(&table), [["1", "2", "3", "4"], ["5", "∅", "∅", "∅"]]);
    assert_eq!(table.notes.len(), 2);
}

#[test]
fn ndjson_has_lines_and_a_bad_one_costs_only_itself() {
    let text = "{\"id\": 1}\n\n{\"id\": 2,\n\"three\"\n{\"id\": 4}\r\n[5]\n";
    for name in ["x.ndjson", "x.jsonl", "x.json", "x.txt", "x.json.gz"] {
        let table = read(text.as_bytes(), name).unwrap();
        assert_eq!(rows(&table), [["1"], ["4"]]);
        assert_eq!((&table.origin.row, &table.origin.line), (&vec![1, 4], &vec![1, 5]));
        let found: Vec<_> = table.issues.iter().map(|i| (i.kind, i.row, i.line, i.value.as_str())).collect();
        assert_eq!(
            found,
            [
                (IssueKind::NoRecord, 2, 3, "{\"id\": 2,"),
                (IssueKind::NoRecord, 3, 4, "\"three\""),
                (IssueKind::NoRecord, 5, 6, "[5]")
            ]
        );
        assert!(table.issues[1].detail.contains("a text where a record should be"), "{}", table.issues[1].detail);
        assert_eq!((table.files[0].rows, table.files[0].unreadable), (2, 3));
    }
}

#[test]
fn documents_may_follow_one_another_however_they_are_set() {
    let table = table("{\"id\": 1}{\"id\": 2}\n{\n \"id\": 3\n}\n[{\"id\": 4}]");
    assert_eq!(rows(&table), [["1"], ["2"], ["3"], ["4"]]);
    assert_eq!(table.origin.line, [1, 1, 2, 0]);
}

#[test]
fn the_list_is_found_in_what_wraps_it() {
    for text in [
        r#"{"conversations": [{"id": 1}, {"id": 2}], "pages": {"type": "pages", "next": null}, "type": "conversation.list", "total_count": 2}"#,
        r#"{"data": [{"id": 1}, {"id": 2}]}"#,
        r#"{"status": 0, "result": {"records": [{"id": 1}, {"id": 2}], "totalSize": 2, "done": true}, "warnings": []}"#,
        r#"{"_embedded": {"items": [{"id": 1}, {"id": 2}]}, "_links": {"self": {"href": "x"}}, "page": {"size": 2}}"#,
        r#"{"data": {"meta": {"all_count": 2}, "payload": [{"id": 1}, {"id": 2}]}}"#,
        r#"{"account": "acme", "exported_at": "2026-01-01", "chats": [{"id": 1}, {"id": 2}]}"#,
        r#"{"@odata.context": "x", "value": [{"id": 1}, {"id": 2}]}"#,
        r#"{"results": [{"id": 1}], "paging": {"next": {"after": "1"}}}{"results": [{"id": 2}]}"#,
    ] {
        let table = table(text);
        assert_eq!(
            (headers(&table), rows(&table)),
            (vec!["id"], vec![vec!["1".to_owned()], vec!["2".to_owned()]]),
            "{text}"
        );
    }
}

#[test]
fn a_record_is_no_wrapper_whatever_lists_it_holds() {
    for text in [
        r#"{"id": 1, "messages": [{"text": "a"}]}"#,
        r#"{"status": "closed", "messages": [{"text": "a"}]}"#,
        r#"{"name": "Acme", "contacts": [{"email": "a@x.example"}], "count": 1}"#,
        r#"{"session": {"id": 1}, "messages": [{"text": "a"}, {"text": "b"}]}"#,
    ] {
        assert_eq!(table(text).frame.height(), 1, "{text}");
    }
}

#[test]
fn an_empty_list_is_a_source_without_rows() {
    for text in ["[]", r#"{"conversations": [], "pages": {}, "total_count": 0}"#] {
        let table = table(text);
        assert_eq!((table.frame.height(), table.frame.width()), (0, 0));
        assert_eq!(table.notes, ["the list of records is empty"]);
    }
}

#[test]
fn an_element_that_is_no_object_is_an_unreadable_row() {
    let table = table("[{\"id\": 1},\n 7,\n {\"id\": 2}]");
    assert_eq!(rows(&table), [["1"], ["2"]]);
    assert_eq!(table.origin.row, [1, 3]);
    assert_eq!((table.issues[0].row, table.issues[0].line), (2, 2));
    assert_eq!(table.issues[0].detail, "a number at column 2 where a record should be");
}

#[test]
fn what_holds_no_records_is_refused_with_its_place_and_what_to_do() {
    for (text, place, reason) in [
        ("[1, 2]", "line 1, column 2", "first element is a number"),
        ("[\n  [\"a\"]\n]", "line 2, column 3", "first element is a list"),
        ("\"text\"", "line 1, column 1", "a text, where a list of objects was expected"),
        ("[{\"id\": 1},\n {\"id\": }]", "line 2, column 9", "not valid JSON: expected value"),
        ("[{\"id\": 1},\n {\"id\": 2", "line 2, column 9", "the text ends too early"),
        ("[{\"id\": 1}] x", "line 1, column 13", "not valid JSON"),
        ("{'id': 1}", "line 1, column 2", "key must be a string"),
        (
            "{\"tickets\": [{\"id\": 1}], \"users\": [{\"id\": 2}], \"count\": 1}",
            "line 1, column 1",
            "several lists of records: tickets, users",
        ),
        ("{\"schema\": \"leadlint.report/1\", \"findings\": []}", "line 1, column 1", "no export"),
    ] {
        let said = refusal(text);
        assert!(
            said.starts_with(&format!("x.json: {place}: ")) && said.contains(reason) && said.contains("; "),
            "{said}"
        );
    }
    assert_eq!(refusal(" \n"), "x.json: nothing but blank lines; export it again, or leave it out");
    assert!(read(b"1\n2\n", "x.ndjson").unwrap_err().to_string().contains("a number, where a list of objects"));
}

#[test]
fn nesting_and_width_have_their_limits() {
    let deep = |levels: usize| format!("{{\"id\": 1, \"a\": {}1{}}}", "{\"a\": ".repeat(levels), "}".repeat(levels));
    assert_eq!(table(&deep(127)).frame.width(), 2);
    assert!(refusal(&deep(128)).contains("line 1, column 1: objects are nested deeper than 128 levels"));
    assert!(refusal(&deep(200_000)).contains("nested deeper"));
    assert_eq!(table(&format!("[{{\"a\": {}{}}}]", "[".repeat(100_000), "]".repeat(100_000))).frame.width(), 1);
    assert!(refusal(&"[".repeat(200_000)).contains("the text ends too early"));
    let keyed: Vec<String> = (0..10_001).map(|id| format!("\"{id}\": {{\"email\": \"a@x.example\"}}")).collect();
    assert!(refusal(&format!("{{{}}}", keyed.join(","))).contains("more than 10000 different keys"));
}

#[test]
fn marks_and_stray_bytes_are_read() {
    let text = "[{\"name\": \"日本\"}]";
    for encoding in [TextEncoding::Utf8, TextEncoding::Utf16Le, TextEncoding::Utf16Be, TextEncoding::Utf32Le] {
        assert_eq!(rows(&read(&encode(text, encoding, true).unwrap(), "x").unwrap()), [["日本"]]);
    }
    let table = read(b"{\"name\": \"caf\xe9 \xc3\xa9 \xc3\xa9\"}", "x.json").unwrap();
    assert_eq!(rows(&table), [["café é é"]]);
    assert!(table.notes[0].contains("line 1, column 14"), "{:?}", table.notes);
    assert_eq!(rows(&self::table(r#"[{"a\ud800": "x\udc00y"}]"#)).len(), 1);
}

#[test]
fn records_of_salesforce_are_leads() {
    let source = crate::load::testing::Folder::new().source(
        "x.json",
        r#"{"status": 0, "result": {"records": [{"attributes": {"type": "Lead", "url": "/x"}, "Id": "00Q5g00000AbCdEEAV", "Email": "bo@north.example", "Owner": {"attributes": {"type": "User"}, "Name": "Ana"}}], "totalSize": 1, "done": true}, "warnings": []}"#,
    );
    assert_eq!((source.vendor.as_str(), source.object), ("salesforce", Some(Object::Lead)));
    assert_eq!(crate::load::testing::roles(&source), "id=Id email=Email owner=Owner.Name");
}

fn record() -> impl Strategy<Value = Vec<Option<String>>> {
    prop::collection::vec(prop::option::weighted(0.8, "[a-zé\"\\\\ ,;\n\u{1}🙂{}\\[\\]:]{0,6}"), 3)
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Err(error) = read(&bytes, "x.json") {
            prop_assert!(error.to_string().starts_with("x.json: "), "{error}");
        }
    }

    #[test]
    fn damaged_json_never_panics_and_names_the_file(
        at in 0_usize..240, cut in 0_usize..3, piece in "[\\[\\]{}\",:0-9a-z\\\\ \n\u{0}é]{0,3}",
    ) {
        let text = "{\"type\": \"list\", \"items\": [\n{\"id\": 1, \"tags\": [\"a\", \"b\"], \"who\": {\"email\": \"b@x.example\", \"n\": null}},\n{\"id\": 2.5e3, \"parts\": [{\"t\": \"é\"}]}], \"next\": null}\n";
        let text: Vec<char> = text.repeat(2).chars().collect();
        let at = at.min(text.len());
        let rest = (at + cut).min(text.len());
        let text: String = text[..at].iter().chain(&piece.chars().collect::<Vec<_>>()).chain(&text[rest..]).collect();
        for name in ["x.json", "x.ndjson"] {
            match read(text.as_bytes(), name) {
                Err(error) => prop_assert!(error.to_string().starts_with(name), "{error}"),
                Ok(table) => prop_assert_eq!(table.frame.height(), table.origin.row.len()),
            }
        }
    }

    #[test]
    fn a_table_reads_alike_in_every_form(table in prop::collection::vec(record(), 1..8)) {
        let names = ["id", "note", "x"];
        let objects: Vec<String> = table.iter().map(|cells| {
            let pairs = names.iter().zip(cells).filter_map(|(name, cell)| Some((*name, cell.clone()?)));
            serde_json::to_string(&pairs.collect::<indexmap::IndexMap<_, _>>()).unwrap()
        }).collect();
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(names).unwrap();
        for cells in &table {
            csv.write_record(cells.iter().map(|c| c.as_deref().unwrap_or("∅"))).unwrap();
        }
        let plain = read(&csv.into_inner().unwrap(), "x.csv").unwrap();
        // A first record with every key fixes the order of columns.
        let first = r#"{"id": "", "note": "", "x": ""}"#;
        let array = read(format!("[{first},{}]", objects.join(",\n")).as_bytes(), "x.json").unwrap();
        let lines = read(format!("{first}\n{}", objects.join("\n")).as_bytes(), "x.ndjson").unwrap();
        prop_assert_eq!(&rows(&array)[1..], &rows(&plain)[..]);
        prop_assert_eq!(rows(&array), rows(&lines));
        prop_assert_eq!(lines.origin.line, (1..=table.len() as u32 + 1).collect::<Vec<_>>());
    }

    #[test]
    fn compact_json_is_the_same_json(text in "[a\"\\\\ \n{}:,]{0,12}") {
        let value = serde_json::json!([{"k": text, "l": [1, {"m": [text.clone()]}]}]);
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        prop_assert_eq!(super::parse::compact(&pretty), serde_json::to_string(&value).unwrap());
    }
}
