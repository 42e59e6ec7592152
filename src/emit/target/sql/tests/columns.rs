//! Tables whose columns change between a cleanup and the way back, and tables whose rows have more columns than they show.

use super::desk::{self, dump, set, written};
use super::engines::{Database, KINDS, Kind};
use super::servers::{self, one, sums};
use super::{CONFIG, rows, text};

const WIDER: &str = "ALTER TABLE leads ADD COLUMN p varchar(9); ALTER TABLE leads ADD COLUMN q varchar(9); UPDATE leads SET p = 'P', q = 'Q'";
const STOPS: &str = "the columns of leads are no longer those of leadlint_";

#[test]
fn rows_do_not_come_back_into_other_columns() {
    for kind in KINDS {
        let source = servers::four();
        let scripts = written(servers::some_of_each(&source), &source, &servers::config(kind));
        let mut alterations = vec![
            "DROP COLUMN p, ADD COLUMN r varchar(9)",
            "ADD COLUMN r varchar(9) DEFAULT 'R'",
            "RENAME COLUMN p TO r",
        ];
        if kind == Kind::Mariadb {
            alterations.push("MODIFY q varchar(9) FIRST");
        }
        for change in alterations {
            let db = servers::database(kind);
            db.run(WIDER);
            db.run(&scripts["apply.sql"]);
            let alter = |table: &str| db.run(&format!("ALTER TABLE {table} {change}"));
            alter("leads");
            let changed = db.dump();
            for script in ["undo.sql", "apply.sql"] {
                let stopped = db.try_run(&scripts[script]).expect_err(change);
                assert!(stopped.contains(STOPS), "{kind:?} {change}: {script}: {stopped}");
                db.force(&scripts[script]);
                assert_eq!(db.dump(), changed, "{kind:?} {change}: {script}");
            }
            // What the message says to do.
            let gone = db.own().into_iter().find(|table| table.starts_with("leadlint_gone_")).unwrap();
            alter(&gone);
            let shown = db.run(&scripts["undo.sql"]);
            assert_eq!(sums(&shown, 2), ["5", "5"], "{kind:?} {change}: {shown}");
            assert_eq!(one(&db, "SELECT DISTINCT q FROM leads"), "Q", "{kind:?} {change}");
            assert_eq!(one(&db, "SELECT count(*) FROM leads"), "4");
            assert_eq!(db.own(), Vec::<String>::new(), "{kind:?} {change}");
        }
    }
}

#[test]
fn cells_come_back_whatever_columns_came_since() {
    for kind in KINDS {
        let source = servers::four();
        let operations = vec![set(&source, 0, 2, "Bonn"), set(&source, 3, 2, "")];
        let scripts = written(operations, &source, &servers::config(kind));
        let db = servers::database(kind);
        let before = db.dump();
        db.run(&scripts["apply.sql"]);
        db.run("ALTER TABLE leads ADD COLUMN r varchar(9) DEFAULT 'R'");
        let shown = db.run(&scripts["undo.sql"]);
        assert_eq!(sums(&shown, 2), ["2", "2"], "{shown}");
        db.run("ALTER TABLE leads DROP COLUMN r");
        assert_eq!((db.dump(), db.own()), (before, Vec::new()), "{kind:?}");
    }
}

#[test]
fn in_sqlite_rows_do_not_come_back_into_other_columns() {
    let source = super::four();
    let scripts = written(super::some_of_each(&source), &source, CONFIG);
    for change in [
        &["DROP COLUMN p", "ADD COLUMN r varchar(9)"][..],
        &["ADD COLUMN r varchar(9) DEFAULT 'R'"],
        &["RENAME COLUMN p TO r"],
    ] {
        let db = super::database();
        db.execute_batch(WIDER).unwrap();
        db.execute_batch(&scripts["apply.sql"]).unwrap();
        let alter = |table: &str| {
            for change in change {
                db.execute_batch(&format!("ALTER TABLE {table} {change}")).unwrap();
            }
        };
        alter("leads");
        let changed = dump(&db);
        for script in ["undo.sql", "apply.sql"] {
            let stopped = desk::run(&db, &scripts[script], false).expect_err(script);
            assert!(stopped.contains(STOPS), "{change:?}: {script}: {stopped}");
            let _ = db.execute_batch("ROLLBACK");
            desk::run(&db, &scripts[script], true).unwrap();
            assert_eq!(dump(&db), changed, "{change:?}: {script}");
        }
        let gone = desk::own(&db).into_iter().find(|table| table.starts_with("leadlint_gone_")).unwrap();
        alter(&gone);
        let shown = desk::run(&db, &scripts["undo.sql"], false).unwrap();
        assert_eq!(shown[1][1], ["4", "4"], "{change:?}");
        let q: String = db.query_row("SELECT group_concat(q, '') FROM leads", [], |row| row.get(0)).unwrap();
        assert_eq!(q, "QQQQ", "{change:?}");
        assert_eq!(desk::own(&db), Vec::<String>::new());
    }
    let scripts = written(vec![set(&source, 0, 2, "Bonn")], &source, CONFIG);
    let db = super::database();
    db.execute_batch(&scripts["apply.sql"]).unwrap();
    db.execute_batch("ALTER TABLE leads ADD COLUMN r").unwrap();
    db.execute_batch(&scripts["undo.sql"]).unwrap();
    assert_eq!(text(&rows(&db, "leads")[&10][2]), "Bonn ", "a cell comes back whatever columns came since");
}

#[test]
fn a_table_that_others_inherit_from_keeps_its_records() {
    let source = servers::four();
    let config = servers::config(Kind::Postgresql);
    let family = || -> Database {
        let db = servers::database(Kind::Postgresql);
        db.run(
            "CREATE TABLE kid (secret text) INHERITS (leads); INSERT INTO kid SELECT x.*, 'S' FROM leads x WHERE \"Id\" = 'L2'; DELETE FROM \
             activities WHERE lead_id = 'L2'; DELETE FROM ONLY leads WHERE \"Id\" = 'L2'",
        );
        db
    };
    let scripts = written(servers::some_of_each(&source), &source, &config);
    let db = family();
    let before = db.dump();
    for script in ["dry-run.sql", "apply.sql"] {
        let stopped = db.try_run(&scripts[script]).unwrap_err();
        assert!(stopped.contains("other tables inherit from leads"), "{stopped}");
        assert_eq!((db.dump(), db.own()), (before.clone(), Vec::new()));
    }
    // Cells of the heir's rows are set and come back as those of any other.
    let scripts = written(vec![set(&source, 1, 2, "Bonn")], &source, &config);
    let db = family();
    let shown = db.run(&scripts["apply.sql"]);
    assert_eq!(sums(&shown, 4), ["1", "1", "1", "0"], "{shown}");
    assert_eq!(one(&db, "SELECT \"City\" || secret FROM kid"), "BonnS");
    db.run(&scripts["undo.sql"]);
    assert_eq!((db.dump(), db.own()), (before, Vec::new()));
}

#[test]
fn rows_of_a_partition_come_back_to_it() {
    let source = servers::four();
    let scripts = written(servers::some_of_each(&source), &source, &servers::config(Kind::Postgresql));
    let db = servers::database(Kind::Postgresql);
    db.run(
        "CREATE TABLE parts (LIKE leads) PARTITION BY LIST (\"Email\"); CREATE TABLE part1 PARTITION OF parts FOR VALUES IN \
         ('ana.b@acme.example'); CREATE TABLE part2 PARTITION OF parts DEFAULT; INSERT INTO parts SELECT * FROM leads; ALTER TABLE \
         activities DROP CONSTRAINT activities_lead_id_fkey; ALTER TABLE leads RENAME TO old; ALTER TABLE parts RENAME TO leads",
    );
    let before = db.dump();
    db.run(&scripts["apply.sql"]);
    assert_eq!(one(&db, "SELECT count(*) FROM leads"), "3");
    db.run(&scripts["undo.sql"]);
    assert_eq!((db.dump(), db.own()), (before, Vec::new()));
}
