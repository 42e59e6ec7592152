//! The scripts, run: what they change, what they leave, and the way back.

mod columns;
mod desk;
#[path = "../../../../tests/engines/mod.rs"]
mod engines;
mod references;
mod servers;
mod values;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use desk::{cell, delete, dump, merge, own, plan, rows, run, set, source, text, written};
use rusqlite::Connection;
use rusqlite::types::Value;

use super::*;
use crate::config::parse;
use crate::plan::Operation;

const CONFIG: &str =
    "[targets.sql]\ndialect = \"sqlite\"\nreferences = [{ table = \"activities\", column = \"lead_id\" }]\n";

const HEADERS: [&str; 4] = ["Id", "Email", "City", "Score"];

fn four() -> Arc<Source> {
    let row = |cells: [&str; 4]| cells.map(|cell| Some(cell.to_owned())).to_vec();
    source(
        &HEADERS,
        &[
            row(["L1", "ana@acme.example", "Bonn ", "7"]),
            row(["L2", "ANA@acme.example", "", "70"]),
            row(["L3", "bo@acme.example", "Ulm", ""]),
            row(["L4", "cy@acme.example", "it's", "1.5"]),
        ],
    )
}

/// The four in a table with a column more, a unique address and a number; and what refers to them.
fn database() -> Connection {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(
        "PRAGMA foreign_keys = OFF;
         CREATE TABLE lead_source (x);
         CREATE TABLE leads (id TEXT NOT NULL UNIQUE, email TEXT UNIQUE, city TEXT, score NUMERIC NOT NULL DEFAULT '', extra);
         INSERT INTO leads (_rowid_, id, email, city, score, extra) VALUES
           (10, 'L1', 'ana@acme.example', 'Bonn ', 7, x'00ff'), (20, 'L2', 'ANA@acme.example', NULL, 70, 1.0),
           (30, 'L3', 'bo@acme.example', 'Ulm', '', NULL), (40, 'L4', 'cy@acme.example', 'it''s', 1.5, 'x');
         CREATE TABLE activities (id INTEGER PRIMARY KEY, lead_id TEXT REFERENCES leads (id), note);
         INSERT INTO activities VALUES (1, 'L2', 'called'), (2, 'L1', 'wrote'), (3, NULL, 'none'), (4, 'L4', 2.0);",
    )
    .unwrap();
    db
}

/// L2 goes into L1, which takes its address; L1 and L3 get a city, L4 loses its.
fn some_of_each(source: &Source) -> Vec<Operation> {
    vec![
        merge(source, 0, &[1], &[(1, "ANA@acme.example"), (3, "70")]),
        set(source, 0, 2, "Bonn"),
        set(source, 2, 2, "O'Hara\0\n; DROP TABLE leads"),
        set(source, 3, 2, ""),
    ]
}

#[test]
fn apply_does_what_is_planned_and_undo_takes_all_of_it_back() {
    for foreign_keys in ["ON", "OFF"] {
        let source = four();
        let scripts = written(some_of_each(&source), &source, CONFIG);
        let db = database();
        db.execute_batch(&format!("PRAGMA foreign_keys = {foreign_keys}")).unwrap();
        let before = dump(&db);
        run(&db, &scripts["dry-run.sql"], false).unwrap();
        assert_eq!((dump(&db), own(&db)), (before.clone(), Vec::new()), "a rehearsal changes nothing");
        db.execute_batch(&scripts["apply.sql"]).unwrap();
        let after = rows(&db, "leads");
        let of = |row: i64| after[&row].iter().map(text).collect::<Vec<_>>();
        assert_eq!(of(10), ["L1", "ANA@acme.example", "Bonn", "70", "[0, 255]"]);
        assert_eq!(of(30)[2], "O'Hara\0\n; DROP TABLE leads");
        assert_eq!(after[&40][2], Value::Null);
        assert_eq!(after.keys().collect::<Vec<_>>(), [&10, &30, &40]);
        assert_eq!(rows(&db, "activities")[&1][1], Value::Text("L1".to_owned()));
        let once = dump(&db);
        let shown = run(&db, &scripts["verify.sql"], false).unwrap();
        assert_eq!(shown[0].len(), 1, "{shown:?}");
        assert_eq!(shown.last().unwrap()[1], ["4", "4", "5", "5", "1", "1"]);
        assert!(own(&db).iter().any(|name| name.starts_with("leadlint_backup_leads_")));

        let kept = own(&db);
        db.execute_batch(&scripts["apply.sql"]).unwrap();
        assert_eq!((dump(&db), own(&db)), (once, kept), "a second run changes nothing");

        for _ in 0..2 {
            db.execute_batch(&scripts["undo.sql"]).unwrap();
            assert_eq!((dump(&db), own(&db)), (before.clone(), Vec::new()));
        }
        let shown = run(&db, &scripts["verify.sql"], false).unwrap();
        assert_eq!(shown.last().unwrap()[1][..2], ["4", "0"]);
        db.execute_batch(&scripts["apply.sql"]).unwrap();
        assert_eq!(rows(&db, "leads").len(), 3, "what was taken back can be applied again");
        db.execute_batch(&scripts["undo.sql"]).unwrap();
        db.execute_batch(&scripts["drop-backups.sql"]).unwrap();
        assert_eq!(dump(&db), before);
        let own: i64 = db
            .query_row("SELECT count(*) FROM sqlite_master WHERE name LIKE 'leadlint%'", [], |row| row.get(0))
            .unwrap();
        assert_eq!(own, 0);
    }
}

#[test]
fn deleted_records_go_and_come_back() {
    let source = four();
    let operations = vec![set(&source, 0, 2, "Bonn"), delete(&source, 2), delete(&source, 3)];
    let scripts = written(operations, &source, CONFIG);
    let db = database();
    let before = dump(&db);
    run(&db, &scripts["dry-run.sql"], false).unwrap();
    assert_eq!((dump(&db), own(&db)), (before.clone(), Vec::new()));
    let shown = run(&db, &scripts["apply.sql"], false).unwrap();
    let skipped = shown.iter().find(|table| table[0][0] == "skipped").unwrap();
    assert_eq!(skipped.len(), 2, "{skipped:?}");
    assert_eq!(skipped[1][0], "3");
    assert_eq!(skipped[1][4], "L4");
    assert_eq!(skipped[1][7], "a row refers to it: activities", "an activity of L4 would point nowhere");
    assert_eq!(rows(&db, "leads").keys().collect::<Vec<_>>(), [&10, &20, &40]);
    assert_eq!(rows(&db, "activities"), before["activities"].1);
    db.execute("DELETE FROM activities WHERE lead_id = 'L4'", []).unwrap();
    db.execute_batch(&scripts["apply.sql"]).unwrap();
    assert_eq!(rows(&db, "leads").keys().collect::<Vec<_>>(), [&10, &20], "what was skipped is done once it can be");
    let shown = run(&db, &scripts["verify.sql"], false).unwrap();
    assert_eq!(shown.last().unwrap()[1], ["3", "3", "1", "1", "2", "2"]);
    db.execute_batch(&scripts["undo.sql"]).unwrap();
    assert_eq!(dump(&db)["leads"], before["leads"]);
    assert_eq!(own(&db), Vec::<String>::new());
}

#[test]
fn a_record_that_changed_since_the_export_is_not_deleted() {
    let source = four();
    let scripts = written(vec![delete(&source, 2)], &source, CONFIG);
    let db = database();
    db.execute("UPDATE leads SET score = 3 WHERE id = 'L3'", []).unwrap();
    let before = dump(&db);
    let shown = run(&db, &scripts["apply.sql"], false).unwrap();
    let skipped = shown.iter().find(|table| table[0][0] == "skipped").unwrap();
    assert_eq!(skipped[1][4..], ["L3", "Score", "3", "changed since the export"]);
    assert_eq!(dump(&db), before);
}

#[test]
fn what_changed_since_the_export_is_left_and_said() {
    let source = four();
    let scripts = written(some_of_each(&source), &source, CONFIG);
    // A cell of the record that goes; the record that stays; the record is gone; there are two.
    for (change, skipped) in [
        ("UPDATE leads SET city = 'Cologne' WHERE id = 'L2'", vec!["1"]),
        ("UPDATE leads SET score = 8 WHERE id = 'L1'", vec!["1"]),
        ("UPDATE leads SET city = 'Bonn' WHERE id = 'L1'", vec!["2"]),
        ("UPDATE leads SET email = lower(email) || '.test' WHERE id = 'L2'", vec!["1"]),
        ("UPDATE leads SET id = 'l2' WHERE id = 'L2'", vec!["1"]),
        ("DELETE FROM leads WHERE id = 'L3'", vec!["3"]),
    ] {
        let db = database();
        db.execute_batch(change).unwrap();
        let before = dump(&db);
        let shown = run(&db, &scripts["apply.sql"], false).unwrap();
        let listed = shown.iter().find(|table| table[0][0] == "skipped").unwrap();
        assert_eq!(listed[1..].iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), skipped, "{change}");
        assert_eq!(shown.last().unwrap()[1], ["4", "3", "3", "1"], "{change}");
        if skipped == ["1"] {
            let (leads, activities) = (rows(&db, "leads"), rows(&db, "activities"));
            assert_eq!(leads[&20], before["leads"].1[&20], "{change}: all of the merge or nothing");
            assert_eq!(leads[&10][1], before["leads"].1[&10][1], "{change}");
            assert_eq!(activities, before["activities"].1, "{change}");
        }
        let problems = run(&db, &scripts["verify.sql"], false).unwrap();
        let of: BTreeSet<&str> = problems[0][1..].iter().map(|row| row[0].as_str()).collect();
        let done_anyway = change.contains("'Bonn' WHERE");
        assert_eq!(of, if done_anyway { BTreeSet::new() } else { skipped.into_iter().collect() }, "{change}");
        db.execute_batch(&scripts["undo.sql"]).unwrap();
        assert_eq!((dump(&db), own(&db)), (before, Vec::new()), "{change}");
    }
}

#[test]
fn a_merge_waits_for_consent_that_is_not_mended() {
    let row = |cells: [&str; 2]| cells.map(|cell| Some(cell.to_owned()).filter(|cell| !cell.is_empty())).to_vec();
    let cells = [row(["L1", ""]), row(["L2", "No"]), row(["L3", "Yes"]), row(["L1", "Yes"]), row(["L4", "Yes"])];
    let source = source(&["Id", "Newsletter Opt In"], &cells);
    let config = parse(CONFIG, "leadlint.toml").unwrap();
    let job = |operations| Job::new(&plan(operations), &[Arc::clone(&source)], &config).unwrap();
    let merge = || merge(&source, 0, &[1], &[]);
    // L1 stands on two rows that disagree: its consent is not mended.
    let left = job(vec![set(&source, 0, 1, "No"), set(&source, 3, 1, "No"), merge()]);
    assert!(left.steps.is_empty());
    assert!(
        left.left_out.iter().any(|one| one.what == "merges of leads" && one.why.contains("has to be mended first"))
    );
    assert_eq!(job(vec![set(&source, 2, 1, "No"), merge()]).steps.len(), 2, "that of another record is no matter");

    let scripts = written(vec![set(&source, 0, 1, "No"), merge()], &source, CONFIG);
    for (now, is_merged) in [("NULL", true), ("'Yes'", false)] {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(&format!(
            "CREATE TABLE leads (id TEXT UNIQUE, \"Newsletter Opt In\" TEXT); CREATE TABLE activities (id, lead_id TEXT);
             INSERT INTO leads VALUES ('L1', {now}), ('L2', 'No');"
        ))
        .unwrap();
        run(&db, &scripts["apply.sql"], false).unwrap();
        let no = db.query_row("SELECT count(*) FROM leads WHERE \"Newsletter Opt In\" = 'No'", [], |row| row.get(0));
        assert_eq!((rows(&db, "leads").len() == 1, no), (is_merged, Ok(1_i64)), "{now}: the refusal stays");
    }
}

#[test]
fn undo_leaves_what_changed_since_and_names_it() {
    let source = four();
    let scripts = written(some_of_each(&source), &source, CONFIG);
    for (change, left) in [
        ("UPDATE leads SET city = 'Cologne' WHERE id = 'L3'", "3"),
        ("UPDATE leads SET score = 71 WHERE id = 'L1'", "1"),
        ("UPDATE activities SET lead_id = 'L4' WHERE id = 1", "1"),
        ("INSERT INTO leads VALUES ('L2', 'new@acme.example', NULL, 0, NULL)", "1"),
        ("DELETE FROM leads WHERE id = 'L4'", "4"),
    ] {
        let db = database();
        db.execute_batch(&scripts["apply.sql"]).unwrap();
        db.execute_batch(change).unwrap();
        let changed = dump(&db);
        let shown = run(&db, &scripts["undo.sql"], false).unwrap();
        assert_eq!(shown[0][1][0], left, "{change}: {shown:?}");
        assert_eq!(shown[1][1], ["4", "3"], "{change}");
        assert!(!own(&db).is_empty(), "{change}: its backups stay");
        if left == "1" {
            assert_eq!(
                rows(&db, "leads").get(&10).map(|row| row[1].clone()),
                changed["leads"].1.get(&10).map(|row| row[1].clone())
            );
        }
        let first = dump(&db);
        run(&db, &scripts["undo.sql"], false).unwrap();
        assert_eq!(dump(&db), first, "{change}: a second run changes nothing");
    }
}

#[test]
fn records_come_back_under_their_old_numbers() {
    let row = |id: usize| vec![Some(format!("L{id}")), Some(String::new())];
    let source = source(&["Id", "City"], &(0..6).map(row).collect::<Vec<_>>());
    let operations = vec![merge(&source, 0, &[5, 1], &[]), merge(&source, 4, &[2, 3], &[])];
    let scripts = written(operations, &source, "[targets.sql]\ndialect = \"sqlite\"\n");
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch("CREATE TABLE leads (Id, City); INSERT INTO leads (_rowid_, Id) VALUES (-4, 'L0'), (3, 'L1'), (5, 'L2'), (6, 'L3'), (4, 'L4'), (9, 'L5')").unwrap();
    let before = dump(&db);
    db.execute_batch(&scripts["apply.sql"]).unwrap();
    assert_eq!(rows(&db, "leads").len(), 2);
    db.execute_batch(&scripts["undo.sql"]).unwrap();
    assert_eq!(dump(&db), before);
}

#[test]
fn numbers_are_compared_as_numbers_and_keep_their_type() {
    let row = |cells: [&str; 2]| cells.map(|cell| Some(cell.to_owned())).to_vec();
    let source = source(&["Id", "Score"], &[row(["1", "1.50"]), row(["2", "7"]), row(["03", "8"]), row(["4", "9"])]);
    let operations = vec![merge(&source, 0, &[1], &[(1, "2.50")]), set(&source, 2, 1, "80"), set(&source, 3, 1, "90")];
    let scripts = written(operations, &source, CONFIG);
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(
        "CREATE TABLE leads (Id INTEGER PRIMARY KEY, Score REAL);
         INSERT INTO leads VALUES (1, 1.5), (2, 7), (3, 8), (4, 9);
         CREATE TABLE activities (lead_id INTEGER REFERENCES leads); INSERT INTO activities VALUES (2), (4)",
    )
    .unwrap();
    let before = dump(&db);
    let shown = run(&db, &scripts["apply.sql"], false).unwrap();
    assert_eq!(shown.last().unwrap()[1], ["3", "2", "2", "1"], "03 is another id than 3");
    let leads = rows(&db, "leads");
    assert_eq!(leads[&1][1], Value::Real(2.5));
    assert_eq!((leads[&3][1].clone(), leads[&4][1].clone()), (Value::Real(8.0), Value::Real(90.0)));
    assert_eq!(rows(&db, "activities")[&1][0], Value::Integer(1));
    db.execute_batch(&scripts["undo.sql"]).unwrap();
    assert_eq!(dump(&db), before);
}

#[test]
fn a_failed_check_changes_nothing_even_where_the_runner_goes_on() {
    let source = four();
    let scripts = written(some_of_each(&source), &source, CONFIG);
    for (change, said) in [
        ("ALTER TABLE leads RENAME TO people", "no table leads"),
        ("ALTER TABLE leads RENAME COLUMN city TO town", "no column City"),
        ("DROP TABLE activities", "no table activities"),
        ("CREATE TABLE deals (lead REFERENCES leads (id))", "foreign key to leads is not in"),
        ("CREATE TABLE deals (lead REFERENCES leads (email))", "not in [targets.sql]"),
        (
            "DROP TABLE activities; CREATE TABLE activities (lead_id REFERENCES leads (email))",
            "another column than the id",
        ),
        ("ALTER TABLE leads ADD COLUMN twice AS (city || city)", "generated columns"),
        ("ALTER TABLE leads ADD COLUMN _rowid_", "hides the number"),
        ("DROP TABLE leads; CREATE TABLE leads (id PRIMARY KEY, email, city, score) WITHOUT ROWID", "_rowid_"),
        ("DROP TABLE leads; CREATE VIEW leads AS SELECT 1 AS id, 2 AS email, 3 AS city, 4 AS score", "no table leads"),
        (
            "CREATE TRIGGER t AFTER UPDATE ON leads BEGIN UPDATE leads SET city = 'X' WHERE id = 'L3'; END",
            "stood in the way",
        ),
        ("CREATE TRIGGER t BEFORE DELETE ON leads BEGIN SELECT RAISE(ABORT, 'never'); END", "never"),
        ("CREATE UNIQUE INDEX u ON leads (city); UPDATE leads SET city = 'Bonn' WHERE id = 'L4'", "UNIQUE"),
    ] {
        for script in ["apply.sql", "dry-run.sql"] {
            let db = database();
            db.execute_batch(change).unwrap();
            let before = dump(&db);
            let stopped = run(&db, &scripts[script], false).unwrap_err();
            assert!(stopped.contains(said), "{change}: {stopped}");
            let _ = db.execute_batch("ROLLBACK");
            assert_eq!((dump(&db), own(&db)), (before.clone(), Vec::new()), "{change}");
            run(&db, &scripts[script], true).unwrap();
            assert!(db.is_autocommit(), "{change}");
            assert_eq!((dump(&db), own(&db)), (before, Vec::new()), "{change}: {script} goes on after an error");
        }
    }
}

#[test]
fn triggers_are_named() {
    let source = four();
    let scripts = written(some_of_each(&source), &source, CONFIG);
    let db = database();
    db.execute_batch("CREATE TRIGGER stamp AFTER UPDATE ON leads BEGIN SELECT 1; END").unwrap();
    for script in ["dry-run.sql", "apply.sql", "verify.sql"] {
        let shown = run(&db, &scripts[script], false).unwrap();
        assert!(shown.iter().flatten().any(|row| *row == ["leads", "stamp"]), "{script}: {shown:?}");
    }
}

#[test]
fn names_of_the_config_are_used() {
    let source = four();
    let config = "[targets.sql]\ndialect = \"sqlite\"\ntables = { leads = \"crm.le\\\"ads\" }\n\
                  references = [{ table = \"crm.activities\", column = \"lead_id\", to = \"leads\" }]\n";
    let scripts = written(some_of_each(&source), &source, config);
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(
        "ATTACH ':memory:' AS crm; CREATE TABLE leads (id, email, city, score); INSERT INTO leads VALUES ('L4', 'cy@acme.example', 'it''s', '1.5');
         CREATE TABLE crm.\"le\"\"ads\" (id, email, city, score);
         INSERT INTO crm.\"le\"\"ads\" VALUES ('L1','ana@acme.example','Bonn ','7'),('L2','ANA@acme.example','','70'),
           ('L3','bo@acme.example','Ulm',''),('L4','cy@acme.example','it''s','1.5');
         CREATE TABLE crm.activities (lead_id); INSERT INTO crm.activities VALUES ('L2')",
    )
    .unwrap();
    let before = dump(&db);
    db.execute_batch(&scripts["apply.sql"]).unwrap();
    assert_eq!(dump(&db), before, "a table of that name elsewhere is another one");
    let of = |sql: &str| db.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(of("SELECT lead_id FROM crm.activities"), "L1");
    assert_eq!(of("SELECT group_concat(id) FROM crm.\"le\"\"ads\""), "L1,L3,L4");
    db.execute_batch(&scripts["undo.sql"]).unwrap();
    assert_eq!(of("SELECT group_concat(id || city) FROM crm.\"le\"\"ads\""), "L1Bonn ,L2,L3Ulm,L4it's");
}

#[test]
fn what_no_script_can_do_is_said() {
    let row = |cells: [&str; 4]| cells.map(|cell| Some(cell.to_owned()).filter(|cell| !cell.is_empty())).to_vec();
    let source = source(
        &["Id", "City", "city", "a\0b"],
        &[row(["1", "x ", "y ", "z "]), row(["", "x", "y", "z"]), row(["3", "v", "", ""]), row(["3", "w", "", ""])],
    );
    let operations =
        vec![set(&source, 0, 1, "x"), set(&source, 0, 3, "z"), set(&source, 2, 0, "4"), set(&source, 3, 0, "4")];
    let config = parse(CONFIG, "leadlint.toml").unwrap();
    let job = Job::new(&plan(operations), &[Arc::clone(&source)], &config).unwrap();
    let why: String = job.left_out.iter().map(|one| one.why).collect::<Vec<_>>().join("; ");
    assert!(why.contains("NUL") && why.contains("only by case"), "{why}");
    assert_eq!(job.steps.len(), 1, "the same change on two rows of one record is one");
    let none = Job::new(&plan(vec![set(&source, 1, 0, "x")]), &[Arc::clone(&source)], &config).unwrap();
    assert_eq!(none.left_out[0].why, "the record has no id");
    let page = steps::steps(
        &job,
        SqlDialect::Sqlite,
        &Context {
            config: &config,
            config_file: None,
            before_after: &crate::plan::Convergence::default(),
            folder: Path::new("out"),
        },
    );
    assert!(
        page.contains("Not in the scripts") && page.contains("after 14 days") || page.contains("After 14 days"),
        "{page}"
    );
}

#[test]
fn settings_that_cannot_be_used_are_refused_with_the_next_step() {
    let said = |config: &str| Sql.check(&parse(config, "leadlint.toml").unwrap()).unwrap_err().to_string();
    let unset = said("");
    assert!(
        ["postgresql", "mysql", "sqlite", "dialect = \"postgresql\""].iter().all(|word| unset.contains(word)),
        "{unset}"
    );
    let of = |rest: &str| said(&format!("[targets.sql]\ndialect = \"sqlite\"\n{rest}"));
    assert!(of("tables = { leads = \"a.b.c\" }").contains("schema.table"));
    assert!(of("tables = { leads = \"leadlint_log\" }").contains("no table of yours"));
    assert!(of("references = [{ table = \"a\", column = \"\" }]").contains("names no column"));
    let source = four();
    let job = |config: &str| {
        let config = parse(&format!("[targets.sql]\n{config}"), "leadlint.toml").unwrap();
        Job::new(&plan(some_of_each(&source)), &[Arc::clone(&source)], &config).unwrap_err().to_string()
    };
    assert!(job("tables = { lead = \"x\" }").contains("did you mean `leads`?"));
    assert!(job("references = [{ table = \"a\", column = \"b\", to = \"leds\" }]").contains("did you mean `leads`?"));
}
