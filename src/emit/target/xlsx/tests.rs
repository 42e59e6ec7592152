//! Tests of the workbook, read back through calamine.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use proptest::prelude::*;

use super::shown::shown;
use super::*;
use crate::config::options::Options;
use crate::plan::{Answer, Block, Convergence, Line, What};

/// Strings that somebody might put into a cell to be run, hidden or believed.
const HOSTILE: [&str; 16] = [
    "=cmd|' /C calc'!A0",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r\n=1",
    "\"'`$${}*/--",
    "a\0b\u{7}\u{1b}[31m",
    "\u{202e}gpj.exe",
    "_x0000_ _x005F_",
    "</t></si><f>1</f>",
    "&#x0;&lt;]]>",
    "\u{fffe}\u{ffff}\u{feff}",
    "1e309",
    "🙂\u{1f468}\u{200d}\u{1f469}",
];

fn line(what: What, text: &str, group: &str) -> Line {
    let text = text.to_owned();
    Line {
        what,
        answer: None,
        rule: "DRF001".to_owned(),
        source: text.clone(),
        record: text.clone(),
        line: Some(7),
        column: text.clone(),
        current: text.clone(),
        suggested: text.clone(),
        alternatives: text.clone(),
        survivor: text.clone(),
        confidence: Some(0.5),
        reasons: text,
        group: group.to_owned(),
        key: "v-1".to_owned(),
    }
}

fn plan() -> Plan {
    let mut plan = super::super::testing::plan(Vec::new());
    plan.heading.as_of = chrono::DateTime::from_timestamp(1_790_000_000, 0);
    plan.heading.owner = Some("=owner()".to_owned());
    plan.heading.command = vec!["leadlint".to_owned(), "clean".to_owned()];
    plan
}

/// The workbook of a review, with at most so many lines on a sheet.
fn made(blocks: Vec<Block>, most: usize) -> (Xlsx<Cursor<Vec<u8>>>, Vec<Filled>, Told) {
    let (config, before_after) = (Options::default(), Convergence::default());
    let cx = Context { config: &config, config_file: None, before_after: &before_after, folder: Path::new("out") };
    let review = Review { blocks, standing: Vec::new() };
    let (bytes, filled, told) = workbook(&review, &plan(), &cx, most).unwrap();
    let (again, ..) = workbook(&review, &plan(), &cx, most).unwrap();
    assert_eq!(bytes, again, "the same review, the same bytes");
    (Xlsx::new(Cursor::new(bytes)).unwrap(), filled, told)
}

/// Every cell of every sheet is text or a number, and none is a formula.
fn rows(book: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Vec<Vec<String>> {
    for name in book.sheet_names() {
        assert!(book.worksheet_formula(&name).unwrap().is_empty(), "{name} has a formula");
    }
    let range = book.worksheet_range(sheet).unwrap();
    let read = |cell: &Data| match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        Data::Float(number) => number.to_string(),
        other => panic!("{other:?} is neither text nor a number"),
    };
    range.rows().map(|row| row.iter().map(read).collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_value_comes_back_as_it_is_shown(
        values in proptest::collection::vec(prop_oneof![
            proptest::sample::select(HOSTILE.to_vec()).prop_map(str::to_owned),
            any::<String>(),
            proptest::collection::vec(any::<char>(), 0..40).prop_map(|chars| chars.into_iter().collect()),
        ], 1..8),
    ) {
        let blocks = values.iter().map(|value| Block { code: "DRF001", lines: vec![line(What::Value, value, "g-1")] });
        let (mut book, filled, _) = made(blocks.collect(), 1_000);
        prop_assert_eq!((filled[0].groups, filled[0].rows), (values.len(), values.len()));
        let rows = rows(&mut book, "Drift");
        for (row, value) in rows[1..].iter().zip(&values) {
            let text = shown(value).text;
            for column in [3, 4, 6, 7, 8, 9, 10, 12] {
                prop_assert_eq!(&row[column], &text);
            }
            prop_assert_eq!((&*row[5], &*row[11]), ("7", "0.5"));
        }
    }
}

#[test]
fn a_cell_that_is_too_long_is_cut_and_said() {
    let blocks = vec![Block { code: "DRF001", lines: vec![line(What::Value, &"x".repeat(1 << 20), "g-1")] }];
    let (mut book, filled, told) = made(blocks, 1_000);
    assert_eq!(told.cut, 8);
    let rows = rows(&mut book, "Drift");
    assert!(rows[1][7].len() <= shown::LONGEST + 2 && rows[1][7].ends_with("… (cut; 1048576 characters in all)"));
    assert!(what(&filled, told).contains("8 cells cut to what a cell can hold"), "{}", what(&filled, told));
}

#[test]
fn groups_that_find_no_room_are_left_out_whole_and_said() {
    let group = |name: &str, size: usize| Block {
        code: "DRF001",
        lines: std::iter::once(line(What::Group, "all", name))
            .chain((0..size).map(|_| line(What::Value, "one", name)))
            .collect(),
    };
    let (mut book, filled, told) = made(vec![group("g-a", 3), group("g-b", 9), group("g-c", 2)], 8);
    assert_eq!((filled[0].groups, filled[0].rows, filled[0].left_out), (2, 7, 1));
    let seen = rows(&mut book, "Drift");
    assert!(seen.iter().all(|row| row[13] != "g-b") && seen.len() == 8);
    assert!(what(&filled, told).contains("no room for 1 more group"), "{}", what(&filled, told));
    let first = rows(&mut book, "Read me");
    assert!(first.iter().flatten().any(|cell| cell.starts_with("Groups without room")));
    assert!(first.iter().flatten().any(|cell| cell.contains("owner: =owner()")));
}

#[test]
fn what_was_decided_is_filled_in_and_counted() {
    let mut decided = line(What::Value, "one", "g-a");
    decided.answer = Some(Answer::Accept);
    let blocks = vec![
        Block { code: "FMT005", lines: vec![decided] },
        Block { code: "DRF001", lines: vec![line(What::Value, "two", "g-b")] },
    ];
    let (mut book, filled, told) = made(blocks, 100);
    assert_eq!(
        filled.iter().map(|one| (one.sheet.as_str(), one.decided)).collect::<Vec<_>>(),
        [("Drift", 0), ("Formats", 1)]
    );
    assert_eq!(what(&filled, told), "1 group to decide on, 1 decided before");
    assert_eq!(rows(&mut book, "Formats")[1][0], "accept");
    assert_eq!(rows(&mut book, "Drift")[1][0], "");
}

#[test]
fn a_review_of_nothing_says_so() {
    let (mut book, filled, told) = made(Vec::new(), 100);
    assert_eq!(what(&filled, told), "0 groups to decide on");
    assert_eq!(book.sheet_names(), ["Read me"]);
    assert!(rows(&mut book, "Read me").iter().flatten().any(|cell| cell == "No proposal waits for a decision."));
}
