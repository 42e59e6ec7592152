mod desk;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use flate2::read::GzDecoder;
use proptest::prelude::*;

use desk::{cell, cleaned, delete, merge, read, repointed, set, text, write};

use super::super::testing::plan;
use super::{edits as edits_of, *};
use crate::load::{Input, LoadOptions, SourceSpec, load};
use crate::model::{Kind, Object};
use crate::normalise::grain::{settle, without};
use crate::plan::{Operation, apply};

#[test]
fn only_the_changed_cell_changes() {
    let export = "Id;\"Region\" ;Notes\r\n1; emea ;\"a \"\"b\"\"\"\r\n\r\n2;\"APAC\";x\r\n";
    let expected = "Id;\"Region\" ;Notes\r\n1;EMEA;\"a \"\"b\"\"\"\r\n\r\n2;\"Asia\";x\r\n";
    assert_eq!(text("x.csv", export, |s| vec![set(s, 0, 1, "EMEA"), set(s, 1, 1, "Asia")]), expected);
}

#[test]
fn values_are_quoted_where_they_must_be() {
    let out = text("x.csv", "Id,A\n1,x\n2,y\n3,z\n4,w\n", |s| {
        vec![set(s, 0, 1, "a,b"), set(s, 1, 1, "say \"hi\""), set(s, 2, 1, "two\nlines"), set(s, 3, 1, " x")]
    });
    assert_eq!(out, "Id,A\n1,\"a,b\"\n2,\"say \"\"hi\"\"\"\n3,\"two\nlines\"\n4,\" x\"\n");
    assert_eq!(
        text("x.csv", "Email\na@x.example\nb@x.example\n", |s| vec![set(s, 0, 0, "")]),
        "Email\n\"\"\nb@x.example\n"
    );
}

#[test]
fn deleted_rows_go_and_references_follow_a_merge() {
    let export = "Id,Email,Parent\n1,a@x.example,3\n2,b@x.example,\n3,c@x.example,\n4,d@x.example,3\n";
    let out = text("x.csv", export, |s| {
        let Operation::Merge(mut merge) = merge(s, 1, &[2]) else { unreachable!() };
        merge.repointed = [0, 3].map(|row| repointed(s, row, 2, "2")).to_vec();
        vec![Operation::Merge(merge), delete(s, 0)]
    });
    assert_eq!(out, "Id,Email,Parent\n2,b@x.example,\n4,d@x.example,2\n");
}

#[test]
fn merged_rows_go_and_unread_rows_preambles_and_footers_stay() {
    let export = "Report: leads\n\nId,Email,City\n1,a@x.example,Bonn\n2,a@x.example,Ulm,surplus,cells\n\n\
                  3,c@x.example,Ulm\n4,d@x.example,Ulm\n\nGrand Totals (4 records)\nCopyright (c) 2026\n";
    let out = text("x.csv", export, |s| vec![merge(s, 0, &[1]), set(s, 2, 2, "Neu-Ulm")]);
    assert_eq!(out, export.replace("3,c@x.example,Ulm\n", "").replace("4,d@x.example,Ulm", "4,d@x.example,Neu-Ulm"));
}

#[test]
fn a_row_that_ends_early_grows_to_the_cell() {
    let out = text("x.csv", "Id,A,B,C\n1,x\n2,y,z,w\n", |s| vec![set(s, 0, 2, "b")]);
    assert_eq!(out, "Id,A,B,C\n1,x,b\n2,y,z,w\n");
}

#[test]
fn encodings_marks_and_gzip_are_kept() {
    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain("Id,City\r\n1,x\r\n2,Łódź\r\n".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let out = cleaned("x.csv", &utf16, |s| vec![set(s, 0, 1, "Kraków 🏰")]).unwrap();
    let units: Vec<u16> = out[2..].chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    assert_eq!(String::from_utf16(&units).unwrap(), "Id,City\r\n1,Kraków 🏰\r\n2,Łódź\r\n");
    let marked = cleaned("x.csv", b"\xEF\xBB\xBFId,City\n1,x\n", |s| vec![set(s, 0, 1, "y")]).unwrap();
    assert_eq!(marked, b"\xEF\xBB\xBFId,City\n1,y\n");
    let latin = cleaned("x.csv", b"Id,City\n1,K\xF6ln\n2,x\n", |s| vec![set(s, 1, 1, "Düren")]).unwrap();
    assert_eq!(latin, b"Id,City\n1,K\xF6ln\n2,D\xFCren\n");
    let refused = cleaned("x.csv", b"Id,City\n1,K\xF6ln\n2,x\n", |s| vec![set(s, 1, 1, "🏰")]);
    assert!(refused.is_err());
    let gz = packed(b"Id,City\n1,x\n", Packing::Gzip).unwrap();
    let out = cleaned("x.csv.gz", &gz, |s| vec![set(s, 0, 1, "y")]).unwrap();
    let mut unpacked = String::new();
    GzDecoder::new(&out[..]).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, "Id,City\n1,y\n");
}

#[test]
fn a_file_that_changed_since_or_is_gone_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.csv");
    fs::write(&path, "Id,A\n1,x\n").unwrap();
    let source = read(&path).unwrap();
    let plan = plan(vec![set(&source, 0, 1, "y")]);
    fs::write(&path, "Id,A\n1,z\n").unwrap();
    let out = folder.path().join("out");
    let written = write(&plan, &[Arc::clone(&source)], &out);
    assert!(written[0].refused.is_some());
    assert!(!out.join(&written[0].path).exists());
    assert!(fs::read_to_string(out.join("csv/changes.csv")).unwrap().contains(",A,x,y,"));
    let mut stdin = Source::clone(&source);
    stdin.files[0].path = "-".to_owned();
    assert!(write(&plan, &[Arc::new(stdin)], &out)[0].refused.is_some());
}

#[test]
fn no_export_is_written_with_one_half_of_a_merge() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["a", "b", "c", "d"].map(|name| folder.path().join(format!("{name}.csv")));
    for (at, path) in paths.iter().enumerate() {
        fs::write(path, format!("Id,Newsletter Opt In\n{at},Yes\n{at}0,Yes\n")).unwrap();
    }
    let spec = SourceSpec { inputs: paths.iter().map(Input::file).collect(), ..SourceSpec::default() };
    let source = Arc::new(load(&[spec], &LoadOptions::default()).unwrap().remove(0));
    assert_eq!((source.files.len(), source.frame.height()), (4, 8));
    // b goes into a, c into b; d stands alone.
    let operations =
        vec![set(&source, 0, 1, "No"), merge(&source, 0, &[2]), merge(&source, 3, &[4]), merge(&source, 6, &[7])];
    let plan = plan(operations);
    let refused = |out: &str| {
        let out = folder.path().join(out);
        let written = write(&plan, &[Arc::clone(&source)], &out);
        for one in &written[..4] {
            assert_eq!(
                (out.join(&one.path).exists(), one.of.is_some()),
                (one.refused.is_none(), one.refused.is_none())
            );
        }
        written[..4].iter().map(|one| one.refused.clone().unwrap_or_default()).collect::<Vec<_>>()
    };
    assert_eq!(refused("whole"), ["", "", "", ""]);
    fs::remove_file(&paths[0]).unwrap();
    let said = refused("half");
    assert!(said[1].contains("merged with records of") && said[1].contains("a.csv"), "{said:?}");
    assert!(!said[0].is_empty() && said[2].contains("b.csv") && said[3].is_empty(), "{said:?}");
}

#[test]
fn rows_that_are_set_aside_pass_through_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.csv");
    let text = "Id,Email,City,IsDeleted\r\n1, \"a@x.example\" ,x,false\r\n2,b@x.example,x , TRUE\r\n1, \"a@x.example\" ,x,false\n3,c@x.example,x,\r\n";
    fs::write(&path, text).unwrap();
    let source = settle(&read(&path).unwrap(), None).unwrap();
    assert_eq!(source.origin.row, [1, 4]);
    let out = folder.path().join("out");
    let written = write(&plan(vec![set(&source, 0, 2, "y"), set(&source, 1, 2, "z")]), &[source], &out);
    assert_eq!(written[0].refused, None);
    let changed = text.replacen(",x,false\r", ",y,false\r", 1).replace("3,c@x.example,x", "3,c@x.example,z");
    assert_eq!(fs::read_to_string(out.join(&written[0].path)).unwrap(), changed);
}

/// The same operation, on records with the ids that the rows have.
fn with_ids(source: &Source, mut operation: Operation) -> Operation {
    let id = |place: &mut Place| place.record = cell(source, 0, place.row);
    match &mut operation {
        Operation::Set(set) => id(&mut set.at),
        Operation::Merge(merge) => merge.losers.iter_mut().chain([&mut merge.survivor]).for_each(id),
        Operation::Delete(delete) => id(&mut delete.at),
    }
    operation
}

#[test]
fn copies_of_a_record_that_were_set_aside_change_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.csv");
    let text = "Id,Email,City\n1,\"a@x.example\",x\n2,b@x.example,x\n2,b@x.example,x\n\
                3,c@x.example,x\n4,d@x.example,x\n4,d@x.example,x\n1,\"a@x.example\",x\n";
    fs::write(&path, text).unwrap();
    let source = settle(&read(&path).unwrap(), None).unwrap();
    let kept: Vec<&u32> = source.origin.row.iter().collect();
    assert!(source.files[0].set_aside.len() >= 3, "{kept:?}");
    let row = |id: &str| (0..source.height() as u32).find(|row| cell(&source, 0, *row).as_deref() == Some(id)).unwrap();
    let operations = [set(&source, row("1"), 2, "y"), merge(&source, row("3"), &[row("2")]), delete(&source, row("4"))];
    let plan = plan(operations.into_iter().map(|one| with_ids(&source, one)).collect());
    let out = folder.path().join("out");
    let written = write(&plan, &[Arc::clone(&source)], &out);
    assert_eq!(written[0].refused, None);
    let cleaned = fs::read_to_string(out.join(&written[0].path)).unwrap();
    assert!(!cleaned.contains("b@x") && !cleaned.contains("d@x"), "{cleaned}");
    let again = settle(&read(&out.join(&written[0].path)).unwrap(), None).unwrap();
    assert_eq!(again.height(), apply(&plan, &[Arc::clone(&source)]).unwrap()[0].height(), "{cleaned}");
    assert_eq!(cleaned.matches("\"a@x.example\",y").count(), text.matches("a@x").count(), "{cleaned}");
}

#[test]
fn older_exports_lose_records_that_go_and_keep_what_differs() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("a.csv"), folder.path().join("b.csv"));
    fs::write(&old, "Id,Email,City,Title\n1,a@x.example,x,CEO\n2,b@x.example,x,\n").unwrap();
    fs::write(&new, "Id,Email,City,Title\n1,a@x.example,x,CFO\n2,b@x.example,x,\n").unwrap();
    let spec = SourceSpec {
        name: Some("leads".to_owned()),
        kind: Some(Kind::Crm),
        object: Some(Object::Lead),
        inputs: vec![Input::file(&old), Input::file(&new)],
        ..SourceSpec::default()
    };
    let mut source = Source::clone(&load(&[spec], &LoadOptions::default()).unwrap().remove(0));
    source = without(&source, &[0, 1]).unwrap();
    let operations =
        [set(&source, 0, 2, "y"), set(&source, 0, 3, "COO"), delete(&source, 1)].map(|one| with_ids(&source, one));
    let out = folder.path().join("out");
    let written = write(&plan(operations.to_vec()), &[Arc::new(source)], &out);
    let text = |at: usize| fs::read_to_string(out.join(&written[at].path)).unwrap();
    assert_eq!(text(0), "Id,Email,City,Title\n1,a@x.example,y,CEO\n");
    assert_eq!(text(1), "Id,Email,City,Title\n1,a@x.example,y,COO\n");
    assert!(written[..2].iter().all(|one| one.what == "a cleaned export"), "{written:?}");
}

#[test]
fn folded_rows_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.csv");
    fs::write(&path, "Id,A\n1,x\n1,y\n2,z\n").unwrap();
    let mut source = Source::clone(&read(&path).unwrap());
    source.origin.row = vec![1, 3];
    source.files[0].rows = 2;
    let plan = plan(vec![set(&source, 0, 1, "y")]);
    let written = write(&plan, &[Arc::new(source)], &folder.path().join("out"));
    assert!(written[0].refused.as_deref().unwrap().contains("several rows"), "{:?}", written[0].refused);
}

#[test]
fn a_change_that_would_be_read_as_a_footer_is_refused() {
    let refused = cleaned("x.csv", b"Id,A\n1,x\n2,\n", |s| vec![set(s, 1, 0, "Grand Totals (9 records)")]);
    assert!(refused.unwrap_err().contains("read differently"));
}

#[test]
fn names_never_collide() {
    let mut names = Names::default();
    let taken: Vec<String> =
        ["a/leads.csv", "b/Leads.csv", "c/leads.csv.gz", "d/leads.csv.gz", "changes.csv", "-", "x/noext", "y/noext"]
            .into_iter()
            .map(|path| names.take(&crate::emit::testing::file(path, 1, true)))
            .collect();
    let expected = [
        "leads.csv",
        "Leads-2.csv",
        "leads.csv.gz",
        "leads-2.csv.gz",
        "changes-2.csv",
        "stdin.csv",
        "noext",
        "noext-2",
    ];
    assert_eq!(taken, expected);
}

/// A cell that tries to break out of its place.
fn hostile() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "a",
        "B7",
        "\"",
        "\"\"",
        ",",
        ";",
        "\t",
        "|",
        "\n",
        "\r\n",
        "\r",
        " ",
        "  ",
        "é",
        "🏰",
        "\u{0}",
        "=1+1",
        "\u{FEFF}",
        "\u{A0}",
        "Grand Totals (3 records)",
        "ß",
        "'",
        "\\",
        "ana@acme.example",
        "1,5",
        "sep=;",
    ]);
    prop::collection::vec(part, 0..5).prop_map(|parts| parts.concat())
}

#[derive(Debug, Clone, Copy)]
enum Coding {
    Utf8,
    Utf8Mark,
    Utf16Le,
    Utf16Be,
    Windows1252,
    StrayBytes,
}

fn encoded(text: &str, coding: Coding) -> Vec<u8> {
    match coding {
        Coding::Utf8 => text.as_bytes().to_vec(),
        // A file of two encodings: each eszett as Windows-1252 has it.
        Coding::StrayBytes => text.split('ß').map(str::as_bytes).collect::<Vec<_>>().join(&0xDF),
        Coding::Utf8Mark => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        Coding::Utf16Le => [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        Coding::Utf16Be => [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect(),
        Coding::Windows1252 => encoding_rs::WINDOWS_1252.encode(&text.replace(['🏰', '\u{FEFF}'], "ö")).0.into_owned(),
    }
}

/// An export, written as carelessly as exports are.
fn export() -> impl Strategy<Value = (Vec<u8>, bool)> {
    let row = prop::collection::vec((hostile(), any::<bool>()), 4);
    let rows = prop::collection::vec((row, 0..12_u8), 1..12);
    let coding = prop::sample::select(vec![
        Coding::Utf8,
        Coding::Utf8,
        Coding::Utf8Mark,
        Coding::Utf16Le,
        Coding::Utf16Be,
        Coding::Windows1252,
        Coding::StrayBytes,
    ]);
    let ends = prop::sample::select(vec!["\n", "\r\n", "\r"]);
    (rows, coding, ends, prop::sample::select(vec![",", ";", "\t", "|"]), any::<bool>(), any::<[bool; 3]>()).prop_map(
        |(rows, coding, end, delimiter, gzip, [preamble, footer, last_end])| {
            let mut text = String::new();
            if preamble {
                text = ["Report: leads", end, end].concat();
            }
            text.push_str(&["Id", "Email", "City", "Notes"].join(delimiter));
            text.push_str(end);
            for (n, (row, quirk)) in rows.iter().enumerate() {
                let mut cells = vec![n.to_string()];
                cells.extend(row.iter().take(3).map(|(value, quoted)| {
                    let must = value.contains(['"', '\n', '\r']) || value.contains(delimiter);
                    if must || *quoted { format!("\"{}\"", value.replace('"', "\"\"")) } else { value.clone() }
                }));
                match quirk {
                    0 => text.push_str(end),
                    1 => cells.push("surplus".to_owned()),
                    2 => cells.truncate(2),
                    3 => cells.push(String::new()),
                    4 => cells[1].push_str("stray"),
                    _ => {}
                }
                text.push_str(&cells.join(delimiter));
                if n + 1 < rows.len() || last_end || footer {
                    text.push_str(end);
                }
            }
            if footer {
                text += &[end, "Grand Totals (3 records)", end].concat();
            }
            (encoded(&text, coding), gzip)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn hostile_exports_are_written_back_as_planned(
        (bytes, gzip) in export(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 1..4_usize, hostile()), 0..6),
        gone in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
        aside in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(if gzip { "x.csv.gz" } else { "x.csv" });
        fs::write(&path, if gzip { packed(&bytes, Packing::Gzip).unwrap() } else { bytes.clone() }).unwrap();
        let Some(source) = read(&path) else { return Ok(()) };
        let file = &source.files[0];
        let height = source.height();

        // Without a change, splicing gives back every byte.
        if let Ok(same) = splice(file, &source.origin.row, &BTreeMap::new(), &Copies::default()) {
            prop_assert_eq!(&same.bytes, &bytes);
        }
        prop_assume!(height > 0);
        let gone: BTreeSet<u32> = gone.iter().map(|at| at.index(height) as u32).collect();
        let mut cells: BTreeMap<(u32, usize), &str> = BTreeMap::new();
        for (at, column, new) in &edits {
            let (row, column) = (at.index(height) as u32, (*column).min(source.frame.width() - 1));
            if !gone.contains(&row) {
                cells.insert((row, column), new);
            }
        }
        let mut operations: Vec<Operation> = cells.iter().map(|((row, column), new)| set(&source, *row, *column, new)).collect();
        if let Some(survivor) = (0..height as u32).find(|row| !gone.contains(row)).filter(|_| !gone.is_empty()) {
            operations.push(merge(&source, survivor, &gone.iter().copied().collect::<Vec<_>>()));
        }
        let plan = plan(operations);
        let out = folder.path().join("out");
        let sources = [source];
        // Rows that are set aside stand in the cleaned export as they did.
        let aside: BTreeSet<u32> = aside.iter().map(|at| at.index(height) as u32).collect();
        let part = without(&sources[0], &aside.into_iter().collect::<Vec<_>>()).unwrap();
        let changes = edits_of(&plan.operations, &sources).remove(&(0, 0)).unwrap_or_default();
        let of = |source: &Source| splice(&source.files[0], &source.origin.row, &changes, &Copies::default()).map(|spliced| spliced.bytes).ok();
        prop_assert_eq!(of(&sources[0]), of(&part));
        let written = write(&plan, &sources, &out);
        if written[0].refused.is_some() {
            return Ok(());
        }
        let planned = apply(&plan, &sources).unwrap().remove(0);
        let again = read(&out.join(&written[0].path)).expect("the cleaned export can be read");
        prop_assert_eq!(planned.height(), again.height());
        prop_assert_eq!(planned.frame.get_column_names(), again.frame.get_column_names());
        for column in 0..planned.frame.width() {
            for row in 0..planned.height() as u32 {
                // A row that grew to a cell has blanks where it had nothing.
                let blank = |cell: Option<String>| cell.unwrap_or_default();
                prop_assert_eq!(blank(cell(&planned, column, row)), blank(cell(&again, column, row)));
            }
        }
        prop_assert_eq!(planned.files[0].unreadable, again.files[0].unreadable);
    }
}

#[test]
fn refusals_are_rare() {
    // The property above lets refusals pass; plain changes must not be refused.
    for (name, bytes) in
        [("x.csv", "Id,A\n1,x\n2,y\n"), ("x.tsv", "Id\tA\r\n1\tx\r\n2\ty"), ("x.csv", "Id|A\r1|x\r2|y\r")]
    {
        assert!(cleaned(name, bytes.as_bytes(), |s| vec![set(s, 0, 1, "b, \"c\" 🏰\u{0}")]).is_ok(), "{bytes:?}");
    }
}
