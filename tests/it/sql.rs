//! `leadlint clean --target sql`: the scripts, run on a database that holds the export.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::types::Value;
use rusqlite::{Batch, Connection, params_from_iter};

use crate::support::{Desk, csv_rows};

const SETTINGS: &str = "\n[targets.sql]\ndialect = \"sqlite\"\nreferences = [{ table = \"activities\", column = \"lead\", to = \"leads\" }]\n";
const CLEAN: &str = "clean --target csv,sql --out cleanup --decide DUP001=accept,DRF001=accept,FMT005=accept";
const TABLES: [&str; 3] = ["leads", "contacts", "chats"];

/// A table by the number of its rows, cells with their types.
type Rows = BTreeMap<i64, Vec<Value>>;

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The exports of a desk in a database, blank cells of leads as NULL; and an activity for each lead.
fn loaded(desk: &Desk) -> Connection {
    let db = Connection::open_in_memory().unwrap();
    for table in TABLES {
        let (header, rows) = csv_rows(desk.read(&format!("{table}.csv")).as_bytes());
        let columns: Vec<String> = header.iter().map(|column| format!("{} TEXT", quoted(column))).collect();
        db.execute_batch(&format!("CREATE TABLE {table} ({})", columns.join(", "))).unwrap();
        let marks = vec!["?"; header.len()].join(", ");
        for mut row in rows {
            row.resize(header.len(), String::new());
            let cells = row.into_iter().map(|cell| Some(cell).filter(|cell| table != "leads" || !cell.is_empty()));
            db.execute(&format!("INSERT INTO {table} VALUES ({marks})"), params_from_iter(cells)).unwrap();
        }
    }
    db.execute_batch("CREATE TABLE activities (lead, kind); INSERT INTO activities SELECT Id, 'call' FROM leads")
        .unwrap();
    db
}

fn rows(db: &Connection, table: &str) -> Rows {
    let mut all = db.prepare(&format!("SELECT _rowid_, * FROM {table}")).unwrap();
    let width = all.column_count();
    let read = all.query_map([], |row| Ok((row.get(0)?, (1..width).map(|at| row.get(at).unwrap()).collect())));
    read.unwrap().map(Result::unwrap).collect()
}

fn dump(db: &Connection) -> Vec<Rows> {
    ["leads", "contacts", "chats", "activities"].iter().map(|table| rows(db, table)).collect()
}

/// Runs a script; the tables that it shows, without their headers.
fn run(db: &Connection, script: &str) -> Vec<Vec<Vec<String>>> {
    let mut batch = Batch::new(db, script);
    let mut shown = Vec::new();
    while let Some(mut statement) = batch.next().unwrap() {
        let width = statement.column_count();
        if width == 0 {
            statement.execute([]).unwrap();
            continue;
        }
        let read = statement.query_map([], |row| Ok((0..width).map(|at| text(&row.get(at).unwrap())).collect()));
        shown.push(read.unwrap().map(Result::unwrap).collect());
    }
    shown
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Integer(n) => n.to_string(),
        Value::Text(text) => text.clone(),
        other => panic!("{other:?}"),
    }
}

/// Rows of a table by id, records that stand on several rows aside.
fn by_id(rows: impl IntoIterator<Item = Vec<String>>) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for row in rows {
        found.entry(row[0].clone()).or_default().push(row);
    }
    found.into_iter().filter(|(_, rows)| rows.len() == 1).map(|(id, mut rows)| (id, rows.remove(0))).collect()
}

fn cleaned() -> Desk {
    let desk = Desk::with_fixture("acme");
    desk.write("leadlint.toml", desk.read("leadlint.toml") + SETTINGS);
    desk.leadlint(CLEAN).exits(0);
    desk
}

#[test]
fn the_database_ends_up_as_the_cleaned_exports_and_goes_back() {
    let desk = cleaned();
    let script = |name: &str| desk.read(&format!("cleanup/sql/{name}"));
    let db = loaded(&desk);
    let before = dump(&db);
    run(&db, &script("dry-run.sql"));
    assert_eq!(dump(&db), before, "a rehearsal changes nothing");
    let skipped: BTreeSet<String> = run(&db, &script("apply.sql"))[2].iter().map(|row| row[4].clone()).collect();
    let mut gone = 0;
    for table in TABLES {
        let (header, expected) = csv_rows(desk.read(&format!("cleanup/csv/{table}.csv")).as_bytes());
        let width = header.len();
        let expected = by_id(expected.into_iter().filter(|row| row.len() == width));
        let found = by_id(rows(&db, table).into_values().map(|row| row.iter().map(text).collect::<Vec<_>>()));
        let (_, exported) = csv_rows(desk.read(&format!("{table}.csv")).as_bytes());
        assert!(expected.len() > 10, "{table}");
        for (id, row) in &expected {
            assert!(found[id] == *row || skipped.contains(id), "{table} {id}: {:?} is not {row:?}", found[id]);
        }
        for id in exported.iter().map(|row| &row[0]).filter(|id| !found.contains_key(*id)) {
            gone +=
                usize::from(!expected.contains_key(id) && !rows(&db, table).values().any(|row| text(&row[0]) == *id));
        }
    }
    assert_eq!(gone, 5, "two pairs and a trio of leads, a pair of contacts");
    let dangling: i64 = db
        .query_row("SELECT count(*) FROM activities WHERE lead NOT IN (SELECT Id FROM leads)", [], |row| row.get(0))
        .unwrap();
    assert_eq!(dangling, 0, "references follow the record that stays");

    let shown = run(&db, &script("verify.sql"));
    for problem in &shown[0] {
        assert!(skipped.contains(&problem[4]), "{problem:?}");
    }
    let sums = shown.last().unwrap()[0].clone();
    assert_eq!((sums[4].as_str(), sums[5].as_str()), ("5", "5"), "{sums:?}");

    let applied = dump(&db);
    run(&db, &script("apply.sql"));
    assert_eq!(dump(&db), applied, "a second run changes nothing");
    run(&db, &script("undo.sql"));
    assert_eq!(dump(&db), before, "cell by cell, types and numbers of rows too");
    run(&db, &script("drop-backups.sql"));
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 4);
}

#[test]
fn every_script_is_there_and_the_runbook_tells_of_it() {
    let desk = cleaned();
    let runbook = desk.read("cleanup/RUNBOOK.md");
    for name in ["dry-run.sql", "apply.sql", "verify.sql", "undo.sql", "drop-backups.sql"] {
        assert!(desk.path(&format!("cleanup/sql/{name}")).is_file(), "{name}");
        assert!(runbook.contains(&format!("sql/{name}")), "{name}");
    }
    for said in ["14 days of quarantine", "activities · lead (ids of leads)", "not for re-import"] {
        assert!(runbook.contains(said), "{said} is not in {runbook}");
    }
    let first = desk.read("cleanup/sql/apply.sql");
    desk.leadlint(&format!("{CLEAN} --force")).exits(0);
    assert_eq!(desk.read("cleanup/sql/apply.sql"), first, "the same plan gives the same script");
    desk.leadlint(&CLEAN.replace("csv,sql --out cleanup", "sql --out alone")).exits(0);
    let alone = desk.read("alone/RUNBOOK.md");
    assert!(!alone.contains("csv/") && alone.contains("until the backups are dropped"), "{alone}");
    assert_eq!(desk.read("alone/sql/apply.sql"), first);
}

#[test]
fn a_database_that_nobody_named_is_refused_before_the_work() {
    let desk = Desk::with_fixture("acme");
    let config = desk.read("leadlint.toml");
    for (settings, said) in [
        ("", &["postgresql, mysql, sqlite", "dialect = \"postgresql\""][..]),
        ("dialect = \"oracle\"", &["oracle"]),
        ("dialect = \"sqlite\"\ntables = { leds = \"x\" }", &["leds", "did you mean `leads`?"]),
    ] {
        desk.write("leadlint.toml", format!("{config}\n[targets.sql]\n{settings}\n"));
        let run = desk.leadlint("clean --target sql --out cleanup");
        run.exits(2);
        assert!(said.iter().all(|word| run.stderr.contains(word)), "{settings}: {}", run.stderr);
        assert!(!desk.path("cleanup").exists(), "{settings}");
    }
}
