use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::load::{Input, LoadOptions, SourceSpec, load};
use crate::model::Object;

/// One source of several files, in the order of their names.
fn read(folder: &Path, what: &str, files: &[(&str, &str)]) -> Arc<Source> {
    let inputs = files.iter().map(|(name, text)| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        Input::file(path)
    });
    let object: Option<Object> = what.parse().ok();
    let spec = SourceSpec {
        name: Some("x".to_owned()),
        kind: Some(what.parse().unwrap_or(Kind::Crm)),
        object,
        ..SourceSpec::of(inputs.collect())
    };
    Arc::new(load(&[spec], &LoadOptions::default()).unwrap().remove(0))
}

fn settled(what: &str, files: &[(&str, &str)]) -> Arc<Source> {
    let folder = tempfile::tempdir().unwrap();
    settle(&read(folder.path(), what, files), None).unwrap()
}

/// The cells of one column, and what was left out.
fn kept(what: &str, column: &str, files: &[(&str, &str)]) -> (Vec<String>, Vec<(Absence, u64)>) {
    let source = settled(what, files);
    let column = source.frame.column(column).unwrap().str().unwrap();
    (
        column.iter().map(|cell| cell.unwrap_or_default().to_owned()).collect(),
        source.excluded.iter().map(|one| (one.reason, one.rows)).collect(),
    )
}

fn one(text: &str) -> (Vec<String>, Vec<(Absence, u64)>) {
    kept("lead", "Id", &[("leads.csv", text)])
}

#[test]
fn deleted_archived_and_merged_records_are_out_and_stay_known() {
    let text = "Id,Email,IsDeleted,Archived,MasterRecordId,_fivetran_deleted\n\
        1,a@x.example,false,no,,\n2,b@x.example,true,,,\n3,c@x.example,,yes,,\n4,d@x.example,true,,00Q5e000000018E,\n\
        5,e@x.example,0,0,000000000000000AAA,FALSE\n6,f@x.example,,,,TRUE\n7,g@x.example,,,7,\n";
    assert_eq!(
        one(text),
        (
            ["1", "5", "7"].map(str::to_owned).to_vec(),
            vec![(Absence::MergedAway, 1), (Absence::Deleted, 2), (Absence::Archived, 1)]
        )
    );
    let source = settled("lead", &[("leads.csv", text)]);
    let gone: Vec<(&str, Absence, Option<&str>)> =
        source.gone.iter().map(|gone| (gone.id.as_str(), gone.reason, gone.into.as_deref())).collect();
    assert_eq!(
        gone,
        [
            ("2", Absence::Deleted, None),
            ("3", Absence::Archived, None),
            ("4", Absence::MergedAway, Some("00Q5e000000018EEAQ")),
            ("6", Absence::Deleted, None)
        ]
    );
    assert_eq!(source.excluded[1].columns, ["IsDeleted", "_fivetran_deleted"]);
    assert_eq!(source.files[0].set_aside, [2, 3, 4, 6]);
}

#[test]
fn archived_chats_are_ordinary_and_versions_of_chats_are_not() {
    let text = "chat_id,started_at,archived,deleted,_fivetran_active\n\
        c1,2026-10-01,true,false,true\nc2,2026-10-01,false,true,true\nc3,2026-10-01,false,false,false\n";
    assert_eq!(
        kept("chat", "chat_id", &[("chats.csv", text)]),
        (["c1", "c2"].map(str::to_owned).to_vec(), vec![(Absence::NotCurrent, 1)])
    );
}

#[test]
fn an_ignored_column_sets_nothing_aside() {
    let folder = tempfile::tempdir().unwrap();
    let mut source =
        Source::clone(&read(folder.path(), "lead", &[("a.csv", "Id,Email,IsDeleted\n1,a@x.example,true\n")]));
    source.ignored = vec![2];
    assert_eq!(settle(&Arc::new(source), None).unwrap().height(), 1);
}

#[test]
fn the_newest_of_overlapping_exports_counts() {
    let head = "Id,Email,Last Modified Date\n";
    // By when the record was changed; what cannot be read is oldest; of equals the last file counts.
    let first = format!(
        "{head}00Q5e000000018E,new@x.example,2026-10-09T00:00:00Z\n2,old@x.example,2026-10-01T00:00:00Z\n\
         3,old@x.example,soon\n4,old@x.example,2026-10-01T00:00:00Z\n5,only@x.example,\n"
    );
    let second = format!(
        "{head}00Q5e000000018EEAQ,old@x.example,2026-10-02T00:00:00Z\n2,new@x.example,2026-10-05T00:00:00Z\n\
         3,new@x.example,2020-01-01\n4,new@x.example,2026-10-01T00:00:00Z\n"
    );
    let files = [("2026-09.csv", first.as_str()), ("2026-10.csv", second.as_str())];
    let (emails, out) = kept("lead", "Email", &files);
    assert_eq!(emails, ["new@x.example", "only@x.example", "new@x.example", "new@x.example", "new@x.example"]);
    assert_eq!(out, [(Absence::OlderExport, 4)]);
    let source = settled("lead", &files);
    assert!(source.gone.is_empty());
    assert_eq!(source.files.iter().map(|f| (f.first_row, f.rows)).collect::<Vec<_>>(), [(0, 2), (2, 3)]);
    assert_eq!((&source.files[0].set_aside, &source.files[1].set_aside), (&vec![2, 3, 4], &vec![1]));
}

#[test]
fn a_record_that_the_newest_export_calls_deleted_is_gone() {
    let (ids, out) = kept(
        "lead",
        "Id",
        &[
            ("1.csv", "Id,Email,IsDeleted\n1,a@x.example,false\n"),
            ("2.csv", "Id,Email,IsDeleted\n1,a@x.example,true\n"),
        ],
    );
    assert!(ids.is_empty());
    assert_eq!(out, [(Absence::OlderExport, 1), (Absence::Deleted, 1)]);
}

#[test]
fn identical_rows_are_one_record_and_contradicting_ones_stay() {
    let text = "Id,Email,City\n1,a@x.example,Bonn\n2,b@x.example,Bonn\n1,a@x.example,Bonn\n2,b@x.example,Ulm\n,c@x.example,\n,c@x.example,\n";
    assert_eq!(one(text), (["1", "2", "2", "", ""].map(str::to_owned).to_vec(), vec![(Absence::Identical, 1)]));
}

#[test]
fn rows_without_ids_stay_and_are_noted_where_they_are_many() {
    let text = |repeats: usize| {
        let body = (0..30).map(|at| format!("p{at}@x.example,Bonn\n")).collect::<Vec<_>>().concat();
        format!("Email,City\n{body}{}", "p0@x.example,Bonn\n".repeat(repeats))
    };
    let quiet = settled("lead", &[("a.csv", &text(19))]);
    assert_eq!((quiet.height(), quiet.notes.len()), (49, 0));
    let loud = settled("lead", &[("a.csv", &text(20))]);
    assert_eq!(loud.height(), 50);
    assert!(loud.notes[0].starts_with("20 rows repeat another one"), "{:?}", loud.notes);
    assert_eq!(settle(&loud, None).unwrap().notes, loud.notes);
}

/// A report with a row per lead and campaign.
const REPORT: &str = "Lead ID,Email,Campaign Name,Member Note\n1,a@x.example,Spring,\n1,a@x.example,Autumn,\n\
    2,b@x.example,Spring,x\n2,b@x.example,Autumn,x\n3,c@x.example,Spring,\n3,c@x.example,Fair,\n4,d@x.example,Fair,\n";

#[test]
fn the_rows_of_a_join_are_one_record() {
    let source = settled("lead", &[("a.csv", REPORT)]);
    assert_eq!(source.excluded.len(), 1);
    assert_eq!((source.excluded[0].reason, source.excluded[0].rows), (Absence::JoinRepeat, 3));
    assert_eq!(source.excluded[0].columns, ["Campaign Name"]);
    assert_eq!(source.origin.row, [1, 3, 5, 7]);
}

#[test]
fn what_contradicts_itself_is_no_join() {
    // A role differs; too few ids repeat; no column differs on every row.
    for text in [
        REPORT.replace("3,c@x.example,Fair", "3,z@x.example,Fair"),
        REPORT.replace("3,c@x.example,Fair", "5,c@x.example,Fair"),
        REPORT.replace("Fair,\n4", "Spring,y\n4"),
    ] {
        let (_, out) = kept("lead", "Email", &[("a.csv", &text)]);
        assert_eq!(out, [], "{text}");
    }
}

#[test]
fn a_history_with_current_rows_is_the_table_of_its_records() {
    let text = "id,email,_fivetran_active,_fivetran_start,_fivetran_end\n\
        1,a@x.example,false,2026-01-01,2026-02-01\n1,b@x.example,true,2026-02-01,9999-12-31\n\
        2,c@x.example,false,2026-01-01,2026-02-01\n3,d@x.example,true,2026-01-01,9999-12-31\n";
    let source = settled("contact", &[("contact_history.csv", text)]);
    assert_eq!(source.origin.row, [2, 4]);
    assert_eq!(source.gone, [Gone { id: "2".to_owned(), reason: Absence::NotCurrent, into: None }]);
    assert_eq!(decide(&source, 2, 0), Grain::Records);
}

#[test]
fn histories_and_links_are_no_records_and_keep_their_rows() {
    let events = "contact_id,timestamp,name,value\n1,2026-01-01,email,a\n1,2026-01-01,email,a\n1,2026-01-02,email,b\n";
    let links = "contact_id,company_id,_fivetran_synced\n1,7,2026-01-01\n1,8,2026-01-01\n";
    for (name, text, rows, grain) in
        [("contact_property_history.csv", events, 3, Grain::Events), ("contact_company.csv", links, 2, Grain::Links)]
    {
        let source = settled("contact", &[(name, text)]);
        let groups = repeats::groups(
            &Table::new(Arc::clone(&source), 0, None),
            &Verdicts { of: vec![None; rows], columns: BTreeMap::new() },
        );
        assert_eq!((source.height(), decide(&source, rows, groups.in_one_file())), (rows, grain), "{name}");
    }
    let edits = (0..30).map(|at| format!("{},2026-01-{:02},Status,old,new\n", at % 3, at % 28 + 1));
    let body = edits.collect::<Vec<_>>().concat();
    let text = format!("Lead ID,Edit Date,Field / Event,Old Value,New Value\n{body}");
    let source = settled("lead", &[("edits.csv", &text)]);
    assert_eq!((source.height(), decide(&source, 30, 30)), (30, Grain::Events));
}

#[test]
fn what_the_reader_noticed_moves_with_its_row() {
    let text = "Id,Email,IsDeleted\n1,a@x.example,true\n2,b@x.example\n3,c@x.example,true,x\n4\n5,d@x.example,false\n";
    let source = settled("lead", &[("a.csv", text)]);
    assert_eq!(source.origin.row, [2, 4, 5]);
    let at: Vec<(u64, Option<u32>)> = source.issues.iter().map(|issue| (issue.row, issue.frame_row)).collect();
    assert_eq!(at, [(2, Some(0)), (3, None), (4, Some(1))]);
}

/// Cells of which ids repeat, flags are set now and then, and times are good, bad or absent.
fn export(rows: &[(u8, u8, u8, u8)]) -> String {
    const FLAGS: [&str; 6] = ["", "false", "", "", "true", "FALSE"];
    const TIMES: [&str; 5] = ["", "2026-10-01", "2026-10-02T10:00:00Z", "soon", "2026-10-03"];
    let mut text = "Id,Email,IsDeleted,Last Modified Date,Campaign\n".to_owned();
    for (id, flag, time, campaign) in rows {
        let id = if id % 9 == 0 { String::new() } else { (id % 9).to_string() };
        let _ = writeln!(
            text,
            "{id},p{id}@x.example,{},{},c{}",
            FLAGS[usize::from(*flag) % 6],
            TIMES[usize::from(*time) % 5],
            campaign % 4
        );
    }
    text
}

fn rows() -> impl Strategy<Value = Vec<(u8, u8, u8, u8)>> {
    proptest::collection::vec((0..18_u8, 0..30_u8, 0..30_u8, 0..30_u8), 0..24)
}

fn cells(source: &Source, row: u32) -> Vec<Option<&str>> {
    source.frame.columns().iter().map(|column| column.str().unwrap().get(row as usize)).collect()
}

#[test]
fn settling_twice_is_settling_once_where_one_repeat_hides_another() {
    let files: [&[(u8, u8, u8, u8)]; 2] = [
        &[(11, 0, 6, 0)],
        &[
            (3, 0, 25, 11),
            (8, 0, 2, 4),
            (12, 0, 25, 4),
            (8, 5, 17, 1),
            (10, 0, 12, 17),
            (11, 0, 13, 0),
            (10, 0, 17, 6),
            (2, 0, 5, 0),
        ],
    ];
    let folder = tempfile::tempdir().unwrap();
    let texts = files.map(export);
    let before = read(folder.path(), "lead", &[("0.csv", &texts[0]), ("1.csv", &texts[1])]);
    let after = settle(&before, None).unwrap();
    assert!(after.height() < before.height());
    assert_eq!(settle(&after, None).unwrap().height(), after.height());
}

proptest! {
    #[test]
    fn rows_that_stand_and_rows_set_aside_are_all_rows(files in proptest::collection::vec(rows(), 1..4)) {
        let folder = tempfile::tempdir().unwrap();
        let texts: Vec<(String, String)> =
            files.iter().enumerate().map(|(at, rows)| (format!("{at}.csv"), export(rows))).collect();
        let texts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let before = read(folder.path(), "lead", &texts);
        let after = settle(&before, None).unwrap();
        let again = settle(&after, None).unwrap();
        prop_assert!(again.frame.equals_missing(&after.frame));
        prop_assert_eq!(
            (&again.origin, &again.excluded, &again.gone, &again.notes),
            (&after.origin, &after.excluded, &after.gone, &after.notes)
        );
        let excluded: u64 = after.excluded.iter().map(|one| one.rows).sum();
        prop_assert_eq!(before.height() as u64, after.height() as u64 + excluded);
        for (was, is) in before.files.iter().zip(&after.files) {
            prop_assert_eq!(was.rows, is.rows + is.set_aside.len() as u64);
        }
        // Each row that stands is the row of its file that it says it is.
        let mut place: BTreeMap<(usize, u32), u32> = BTreeMap::new();
        for row in 0..before.height() as u32 {
            place.insert((before.file_of(row), before.origin.row[row as usize]), row);
        }
        for row in 0..after.height() as u32 {
            let at = (after.file_of(row), after.origin.row[row as usize]);
            prop_assert!(after.files[at.0].set_aside.binary_search(&at.1).is_err());
            prop_assert_eq!(cells(&after, row), cells(&before, place[&at]));
        }
        // Whoever had an id stands, or is known to be gone.
        let ids = |source: &Source| -> BTreeSet<String> {
            let column = source.frame.column("Id").unwrap().str().unwrap();
            column.iter().flatten().filter(|id| !id.is_empty()).map(str::to_owned).collect()
        };
        let mut known = ids(&after);
        for gone in &after.gone {
            prop_assert!(known.insert(gone.id.clone()), "{} stands and is gone", gone.id);
        }
        prop_assert_eq!(known, ids(&before));
    }

    #[test]
    fn the_same_records_survive_whatever_the_order_of_the_files(
        first in rows(), second in rows(), turn in 0..24_usize,
    ) {
        // One row per record and file, changed at times of their own: nothing is left to the tie rule.
        let unique = |rows: &[(u8, u8, u8, u8)]| -> Vec<(u8, u8)> {
            let by_id: BTreeMap<u8, u8> = rows.iter().map(|(id, flag, ..)| (id % 9 + 1, *flag)).collect();
            by_id.into_iter().collect()
        };
        let text = |rows: &[(u8, u8)], day: u8| -> String {
            let lines = rows.iter().map(|(id, flag)| format!("{id},{},2026-10-{:02}\n", flag % 5 == 0, (id + day) % 28 + 1));
            format!("Id,IsDeleted,Last Modified Date\n{}", lines.collect::<Vec<_>>().concat())
        };
        let (a, b) = (unique(&first), unique(&second));
        let survivors = |one: &str, other: &str| -> BTreeSet<Vec<String>> {
            let source = settled("lead", &[("1.csv", one), ("2.csv", other)]);
            (0..source.height() as u32)
                .map(|row| cells(&source, row).into_iter().map(|cell| cell.unwrap_or_default().to_owned()).collect())
                .collect()
        };
        let mut turned = a.clone();
        turned.rotate_left(turn % a.len().max(1));
        prop_assert_eq!(
            survivors(&text(&a, 0), &text(&b, 14)),
            survivors(&text(&b, 14), &text(&turned, 0))
        );
    }
}
