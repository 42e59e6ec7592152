//! The scripts on real servers: what they change, what they leave, and the way back.

use super::desk::{delete, merge, set, source, written};
use super::engines::{Database, KINDS, Kind};
use super::*;
use crate::config::parse;
use crate::plan::Operation;

const HEADERS: [&str; 7] = ["Id", "Email", "City", "Score", "Visits", "Active", "Seen"];

pub(super) fn four() -> Arc<Source> {
    let row = |cells: [&str; 7]| cells.map(|cell| Some(cell.to_owned())).to_vec();
    source(
        &HEADERS,
        &[
            row(["L1", "ana@acme.example", "Bonn ", "7", "3", "true", "2026-10-01T09:00:00Z"]),
            row(["L2", "ana.b@acme.example", "", "70", "04", "no", "2026-10-02T11:00:00+02:00"]),
            row(["L3", "bo@acme.example", "Ulm", "", "", "", ""]),
            row(["L4", "cy@acme.example", "it's \\ `x`", "1.5", "0", "1", "2026-10-04"]),
        ],
    )
}

pub(super) fn config(kind: Kind) -> String {
    format!(
        "[targets.sql]\ndialect = \"{}\"\nreferences = [{{ table = \"activities\", column = \"lead_id\" }}]\n",
        kind.dialect()
    )
}

/// L2 goes into L1, which takes its address, score and time; L3 gets a city and a yes, L4 loses its city.
pub(super) fn some_of_each(source: &Source) -> Vec<Operation> {
    vec![
        merge(source, 0, &[1], &[(1, "ana.b@acme.example"), (3, "70"), (6, "2026-10-02T09:00:00Z")]),
        set(source, 0, 2, "Bonn"),
        set(source, 2, 2, "O'Hara\\\n; DROP TABLE leads; -- */ $$ \u{202e}"),
        set(source, 2, 5, "yes"),
        set(source, 3, 2, ""),
    ]
}

/// The four in a table with columns more, a unique address and types; and what refers to them.
pub(super) fn database(kind: Kind) -> Database {
    let db = kind.database();
    db.run(match kind {
        Kind::Postgresql => {
            r#"CREATE TABLE leads ("Id" varchar(18) PRIMARY KEY, "Email" varchar(60) UNIQUE, "City" text, "Score" numeric(10, 2), "Visits" integer,
                 "Active" boolean, "Seen" timestamptz, extra bytea, more jsonb, n integer GENERATED ALWAYS AS IDENTITY);
               INSERT INTO leads ("Id", "Email", "City", "Score", "Visits", "Active", "Seen", extra, more) VALUES
                 ('L1', 'ana@acme.example', 'Bonn ', 7, 3, true, '2026-10-01 09:00+00', '\x00ff', '{"a": 1}'),
                 ('L2', 'ana.b@acme.example', NULL, 70, 4, false, '2026-10-02 09:00+00', NULL, '[]'),
                 ('L3', 'bo@acme.example', 'Ulm', NULL, NULL, NULL, NULL, NULL, NULL),
                 ('L4', 'cy@acme.example', 'it''s \ `x`', 1.5, 0, true, '2026-10-04 00:00+00', NULL, NULL);
               CREATE TABLE activities (id integer PRIMARY KEY, lead_id varchar(18) REFERENCES leads ("Id"), note text);
               INSERT INTO activities VALUES (1, 'L2', 'called'), (2, 'L1', 'wrote'), (3, NULL, 'none'), (4, 'L4', '2.0');"#
        }
        Kind::Mariadb => {
            r#"SET sql_mode = 'NO_BACKSLASH_ESCAPES';
               CREATE TABLE leads (id varchar(18) PRIMARY KEY, email varchar(60) UNIQUE, city text CHARACTER SET latin1, score decimal(10, 2), visits int, active boolean,
                 seen datetime(3), extra blob, more json, stamped timestamp(6) NOT NULL DEFAULT '2026-01-01' ON UPDATE current_timestamp(6));
               INSERT INTO leads (id, email, city, score, visits, active, seen, extra, more) VALUES
                 ('L1', 'ana@acme.example', 'Bonn ', 7, 3, true, '2026-10-01 09:00', x'00ff', '{"a": 1}'),
                 ('L2', 'ana.b@acme.example', NULL, 70, 4, false, '2026-10-02 09:00', NULL, '[]'),
                 ('L3', 'bo@acme.example', 'Ulm', NULL, NULL, NULL, NULL, NULL, NULL),
                 ('L4', 'cy@acme.example', 'it''s \ `x`', 1.5, 0, true, '2026-10-04', NULL, NULL);
               ALTER TABLE leads MODIFY city text CHARACTER SET utf8mb4;
               CREATE TABLE activities (id int PRIMARY KEY, lead_id varchar(18), note text, FOREIGN KEY (lead_id) REFERENCES leads (id));
               INSERT INTO activities VALUES (1, 'L2', 'called'), (2, 'L1', 'wrote'), (3, NULL, 'none'), (4, 'L4', '2.0');"#
        }
    });
    db
}

/// The last line of what was shown that has `columns` cells.
pub(super) fn sums(shown: &str, columns: usize) -> Vec<String> {
    let mut rows = shown.lines().map(|line| line.split(['|', '\t']).map(str::to_owned).collect::<Vec<_>>());
    rows.rfind(|row| row.len() == columns).unwrap_or_default()
}

/// A name as the server quotes it.
pub(super) fn q(kind: Kind, column: &str) -> String {
    if kind == Kind::Postgresql { format!("\"{column}\"") } else { column.to_owned() }
}

pub(super) fn one(db: &Database, sql: &str) -> String {
    db.run(sql).lines().skip(1).collect::<Vec<_>>().join("\n")
}

#[test]
fn apply_does_what_is_planned_and_undo_takes_all_of_it_back() {
    for kind in KINDS {
        let source = four();
        let scripts = written(some_of_each(&source), &source, &config(kind));
        let db = database(kind);
        let before = db.dump();
        db.run(&scripts["dry-run.sql"]);
        assert_eq!((db.dump(), db.own()), (before.clone(), Vec::new()), "a rehearsal changes nothing");
        let shown = db.run(&scripts["apply.sql"]);
        assert_eq!(sums(&shown, 4), ["5", "5", "5", "0"], "{shown}");
        let [id, email, city] = ["Id", "Email", "City"].map(|column| q(kind, column));
        let lead = |what: &str, of: &str| one(&db, &format!("SELECT {what} FROM leads WHERE {id} = '{of}'"));
        assert_eq!(lead(&email, "L1"), "ana.b@acme.example");
        assert_eq!(lead(&format!("char_length({city})"), "L1"), "4");
        assert_eq!(lead(&format!("{} = 70", q(kind, "Score")), "L1").replace('t', "1"), "1");
        assert_eq!(lead(&format!("char_length({city})"), "L3"), "38");
        assert_eq!(lead(&q(kind, "Active"), "L3").replace('t', "1"), "1");
        assert_eq!(lead(&format!("{city} IS NULL"), "L4").replace('t', "1"), "1");
        assert_eq!(lead("count(*)", "L2"), "0");
        assert_eq!(one(&db, "SELECT lead_id FROM activities WHERE id = 1"), "L1");
        let once = db.dump();
        let shown = db.run(&scripts["verify.sql"]);
        assert_eq!(sums(&shown, 6), ["5", "5", "7", "7", "1", "1"], "{shown}");
        assert_eq!(db.dump(), once);
        let shown = db.run(&scripts["apply.sql"]);
        assert_eq!(sums(&shown, 4), ["5", "0", "5", "0"], "{shown}");
        assert_eq!(db.dump(), once, "a second run changes nothing");
        for _ in 0..2 {
            db.run(&scripts["undo.sql"]);
            assert_eq!(db.dump(), before, "{kind:?}");
            assert_eq!(db.own(), Vec::<String>::new());
        }
        let shown = db.run(&scripts["verify.sql"]);
        assert_eq!(sums(&shown, 6)[..2], ["5", "0"], "{shown}");
        db.run(&scripts["apply.sql"]);
        let leads =
            |dump: &[String]| dump.iter().filter(|line| line.contains("INSERT INTO") && line.contains("leads")).count();
        assert_eq!(leads(&db.dump()), 3, "what was taken back can be applied again");
        db.run(&scripts["undo.sql"]);
        db.run(&scripts["drop-backups.sql"]);
        assert_eq!(db.dump(), before);
        let left = "SELECT count(*) FROM information_schema.tables WHERE table_name LIKE 'leadlint%' AND table_schema IN ('public', DATABASE())";
        let left = if kind == Kind::Postgresql { left.replace("DATABASE()", "''") } else { left.to_owned() };
        assert_eq!(one(&db, &left), "0");
    }
}

#[test]
fn what_changed_since_the_export_is_left_and_said() {
    for kind in KINDS {
        let source = four();
        let scripts = written(some_of_each(&source), &source, &config(kind));
        let [id, email, city, score, seen, active] =
            ["Id", "Email", "City", "Score", "Seen", "Active"].map(|column| q(kind, column));
        for (change, skipped) in [
            (format!("UPDATE leads SET {city} = 'Cologne' WHERE {id} = 'L2'"), "1"),
            (format!("UPDATE leads SET {score} = 7.01 WHERE {id} = 'L1'"), "1"),
            (format!("UPDATE leads SET {seen} = '2026-10-02 09:00:01' WHERE {id} = 'L2'"), "1"),
            (format!("UPDATE leads SET {active} = true WHERE {id} = 'L2'"), "1"),
            (format!("UPDATE leads SET {email} = 'ANA.B@acme.example' WHERE {id} = 'L2'"), "1"),
            (format!("UPDATE leads SET {city} = 'Bonn  ' WHERE {id} = 'L1'"), "2"),
            (format!("UPDATE leads SET {city} = 'ulm' WHERE {id} = 'L3'"), "3"),
            (format!("UPDATE leads SET {id} = 'l2' WHERE {id} = 'L2'"), "1"),
        ] {
            let db = database(kind);
            db.run("DELETE FROM activities WHERE id = 1");
            db.run(&change);
            let before = db.dump();
            let shown = db.run(&scripts["apply.sql"]);
            assert_eq!(sums(&shown, 4), ["5", "4", "4", "1"], "{kind:?} {change}: {shown}");
            let line = sums(&shown, 8);
            assert_eq!((line[0].as_str(), line[3].as_str()), (skipped, "leads"), "{change}: {shown}");
            assert!(
                ["changed since the export", "no record has this id"].contains(&line[7].as_str()),
                "{change}: {shown}"
            );
            if skipped == "1" {
                assert_eq!(one(&db, "SELECT count(*) FROM leads"), "4", "{change}: all of the merge or nothing");
                assert_eq!(one(&db, &format!("SELECT {email} FROM leads WHERE {id} = 'L1'")), "ana@acme.example");
            }
            let shown = db.run(&scripts["verify.sql"]);
            assert_eq!(sums(&shown, 6)[1], "4", "{change}: {shown}");
            db.run(&scripts["undo.sql"]);
            assert_eq!((db.dump(), db.own()), (before, Vec::new()), "{change}");
        }
    }
}

#[test]
fn undo_leaves_what_changed_since_and_names_it() {
    for kind in KINDS {
        let source = four();
        let scripts = written(some_of_each(&source), &source, &config(kind));
        let [id, email, city, score] = ["Id", "Email", "City", "Score"].map(|column| q(kind, column));
        for (change, left) in [
            (format!("UPDATE leads SET {city} = 'Cologne' WHERE {id} = 'L1'"), "2"),
            (format!("UPDATE leads SET {score} = 71 WHERE {id} = 'L1'"), "1"),
            ("UPDATE activities SET lead_id = 'L4' WHERE id = 1".to_owned(), "1"),
            (format!("INSERT INTO leads ({id}, {email}) VALUES ('L2', 'new@acme.example')"), "1"),
            (format!("DELETE FROM activities WHERE id = 4; DELETE FROM leads WHERE {id} = 'L4'"), "5"),
        ] {
            let db = database(kind);
            db.run(&scripts["apply.sql"]);
            db.run(&change);
            let shown = db.run(&scripts["undo.sql"]);
            assert_eq!(sums(&shown, 6)[0], left, "{kind:?} {change}: {shown}");
            assert_eq!(sums(&shown, 2), ["5", "4"], "{change}: {shown}");
            assert!(!db.own().is_empty(), "{change}: its backups stay");
            let first = db.dump();
            db.run(&scripts["undo.sql"]);
            assert_eq!(db.dump(), first, "{change}: a second run changes nothing");
        }
    }
}

#[test]
fn deleted_records_go_and_come_back_unless_something_refers_to_them() {
    for kind in KINDS {
        let source = four();
        let scripts = written(vec![delete(&source, 2), delete(&source, 3)], &source, &config(kind));
        let db = database(kind);
        let before = db.dump();
        let shown = db.run(&scripts["apply.sql"]);
        assert_eq!(sums(&shown, 4), ["2", "1", "1", "1"], "{shown}");
        assert!(shown.contains("a row refers to it: activities"), "{shown}");
        assert_eq!(one(&db, "SELECT count(*) FROM leads"), "3");
        db.run(&scripts["undo.sql"]);
        assert_eq!((db.dump(), db.own()), (before, Vec::new()));
    }
}

#[test]
fn what_a_column_cannot_hold_is_left_out() {
    for kind in KINDS {
        let source = four();
        let operations = vec![
            set(&source, 0, 3, "much"),
            set(&source, 0, 4, "1.5"),
            set(&source, 0, 5, "maybe"),
            set(&source, 0, 6, "2026-02-30"),
            set(&source, 0, 1, &"x".repeat(61)),
            set(&source, 1, 4, "+05"),
        ];
        let scripts = written(operations, &source, &config(kind));
        let db = database(kind);
        let before = db.dump();
        let shown = db.run(&scripts["apply.sql"]);
        assert_eq!(sums(&shown, 4), ["6", "1", "1", "5"], "{shown}");
        assert_eq!(shown.matches("cannot hold the new value").count(), 4, "{shown}");
        assert!(shown.contains("too long for the column"), "{shown}");
        db.run(&scripts["undo.sql"]);
        assert_eq!(db.dump(), before);
    }
}

#[test]
fn a_failed_check_changes_nothing_even_where_the_client_goes_on() {
    for kind in KINDS {
        let source = four();
        let scripts = written(some_of_each(&source), &source, &config(kind));
        let [id, email, city] = ["Id", "Email", "City"].map(|column| q(kind, column));
        let trigger = |when: &str, body: &str| match kind {
            Kind::Postgresql => format!(
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN {}; END $$; CREATE TRIGGER stamp {when} ON leads \
                 FOR EACH ROW EXECUTE FUNCTION f()",
                if when.contains("DELETE") { "old" } else { "new" }
            ),
            Kind::Mariadb => format!("CREATE TRIGGER stamp {when} ON leads FOR EACH ROW SET {body}"),
        };
        let drift = match kind {
            Kind::Postgresql => trigger("BEFORE UPDATE", "new.\"City\" := 'X';"),
            Kind::Mariadb => trigger("BEFORE UPDATE", "new.city = 'X'"),
        };
        let mut changes = vec![
            ("DROP TABLE activities; ALTER TABLE leads RENAME TO people".to_owned(), "no table leads"),
            (format!("ALTER TABLE leads RENAME COLUMN {city} TO town"), "no column City"),
            ("DROP TABLE activities".to_owned(), "no table activities"),
            ("ALTER TABLE activities RENAME COLUMN id TO number".to_owned(), "no column id; name the column that tells"),
            (
                format!("CREATE TABLE deals (id integer, lead varchar(18), FOREIGN KEY (lead) REFERENCES leads ({id}))"),
                "foreign key to leads is not in",
            ),
            (
                format!("DROP TABLE activities; CREATE TABLE activities (id integer PRIMARY KEY, lead_id varchar(60), FOREIGN KEY (lead_id) REFERENCES leads ({email}))"),
                "another column than the id",
            ),
            (format!("ALTER TABLE leads ADD COLUMN twice text GENERATED ALWAYS AS ({city}) STORED"), "generated or hidden columns"),
            ("DROP TABLE activities; CREATE TABLE activities (id integer, lead_id varchar(18)); INSERT INTO activities VALUES (1, 'L1'), (1, 'L2')".to_owned(), "no key"),
            (drift, "stood in the way"),
            (
                match kind {
                    Kind::Postgresql => "UPDATE leads SET \"City\" = 'Bonn' WHERE \"Id\" = 'L4'; CREATE UNIQUE INDEX u ON leads (\"City\")",
                    Kind::Mariadb => {
                        "UPDATE leads SET city = 'Bonn' WHERE id = 'L4'; ALTER TABLE leads MODIFY city varchar(60) CHARACTER SET utf8mb4 \
                         COLLATE utf8mb4_nopad_bin; CREATE UNIQUE INDEX u ON leads (city)"
                    }
                }
                .to_owned(),
                "uplicate",
            ),
        ];
        if kind == Kind::Mariadb {
            changes.push(("DROP TABLE activities; CREATE TABLE activities (id int PRIMARY KEY, lead_id varchar(18)) ENGINE=MyISAM".to_owned(), "no InnoDB table"));
        }
        for (change, said) in changes {
            for script in ["apply.sql", "dry-run.sql"] {
                let db = database(kind);
                db.run(&change);
                let before = db.dump();
                let stopped = db.try_run(&scripts[script]).expect_err(&change);
                assert!(stopped.contains(said), "{kind:?} {change}: {stopped}");
                assert_eq!((db.dump(), db.own()), (before.clone(), Vec::new()), "{change}");
                let shown = db.force(&scripts[script]);
                assert_eq!(db.dump(), before, "{change}: {script} goes on after an error: {shown}");
                assert_eq!(db.own(), Vec::<String>::new());
            }
        }
    }
}

#[test]
fn a_connection_that_is_killed_leaves_nothing_half_applied() {
    for kind in KINDS {
        let source = four();
        let scripts = written(some_of_each(&source), &source, &config(kind));
        let db = database(kind);
        let before = db.dump();
        // In the middle of the changes: consent and references are done before records go.
        db.kill_at("activities", &scripts["apply.sql"]);
        db.kill_at("leads", &scripts["apply.sql"]);
        db.run(&scripts["apply.sql"]);
        db.kill_at("activities", &scripts["undo.sql"]);
        db.run(&scripts["undo.sql"]);
        assert_eq!((db.dump(), db.own()), (before, Vec::new()));
    }
}

#[test]
fn triggers_and_stamps_are_named() {
    for kind in KINDS {
        let source = four();
        let scripts = written(some_of_each(&source), &source, &config(kind));
        let db = database(kind);
        db.run(match kind {
            Kind::Postgresql => {
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$; \
                 CREATE TRIGGER stamp BEFORE UPDATE ON leads FOR EACH ROW EXECUTE FUNCTION f()"
            }
            Kind::Mariadb => "CREATE TRIGGER stamp BEFORE UPDATE ON leads FOR EACH ROW SET @seen = 1",
        });
        for script in ["dry-run.sql", "apply.sql", "verify.sql"] {
            let shown = db.run(&scripts[script]);
            let lines: Vec<Vec<&str>> = shown.lines().map(|line| line.split(['|', '\t']).collect()).collect();
            assert!(lines.contains(&vec!["leads", "stamp"]), "{script}: {shown}");
            assert!(kind == Kind::Postgresql || lines.contains(&vec!["leads", "stamped"]), "{script}: {shown}");
        }
    }
}

#[test]
fn names_of_the_config_are_used() {
    for kind in KINDS {
        let source = four();
        let schema = if kind == Kind::Postgresql { "crm" } else { "t_crm" };
        let config = format!(
            "[targets.sql]\ndialect = \"{}\"\ntables = {{ leads = \"{schema}.le\\\"a`ds\" }}\n\
             references = [{{ table = \"{schema}.notes\", column = \"lead\", to = \"leads\", key = \"number\" }}]\n",
            kind.dialect()
        );
        let scripts = written(vec![merge(&source, 0, &[1], &[]), set(&source, 2, 2, "Bonn")], &source, &config);
        let db = kind.database();
        let table = if kind == Kind::Postgresql { "crm.\"le\"\"a`ds\"" } else { "t_crm.`le\"a``ds`" };
        let columns: Vec<String> = HEADERS.iter().map(|column| format!("{} varchar(60)", q(kind, column))).collect();
        db.run(&format!(
            "CREATE SCHEMA {schema}; CREATE TABLE {table} ({}); INSERT INTO {table} VALUES ('L1','ana@acme.example','Bonn \
             ','7','3','true','2026-10-01T09:00:00Z'), ('L2','ana.b@acme.example','','70','04','no','2026-10-02T11:00:00+02:00'), \
             ('L3','bo@acme.example','Ulm','','','',''); CREATE TABLE {schema}.notes (number integer, lead varchar(60)); INSERT INTO \
             {schema}.notes VALUES (1, 'L2'), (2, 'L3')",
            columns.join(", ")
        ));
        let shown = db.run(&scripts["apply.sql"]);
        assert_eq!(sums(&shown, 4), ["2", "2", "2", "0"], "{shown}");
        assert_eq!(one(&db, &format!("SELECT lead FROM {schema}.notes WHERE number = 1")), "L1");
        db.run(&scripts["undo.sql"]);
        assert_eq!(one(&db, &format!("SELECT lead FROM {schema}.notes WHERE number = 1")), "L2");
        assert_eq!(one(&db, &format!("SELECT count(*) FROM {table}")), "3");
        if kind == Kind::Mariadb {
            db.run("DROP SCHEMA t_crm");
        }
    }
}

#[test]
fn what_a_server_cannot_do_is_said() {
    let source = source(&["Id", "City"], &[vec![Some("1".to_owned()), Some("a\0".to_owned())]]);
    let why = |dialect: &str, operation: Operation| {
        let config = parse(&format!("[targets.sql]\ndialect = \"{dialect}\""), "leadlint.toml").unwrap();
        let job = Job::new(&plan(vec![operation]), std::slice::from_ref(&source), &config).unwrap();
        job.left_out.first().map(|one| one.why.to_owned()).unwrap_or_default()
    };
    assert!(why("postgresql", set(&source, 0, 1, "a")).contains("no text with a NUL"));
    assert!(why("postgresql", delete(&source, 0)).contains("no text with a NUL"));
    assert_eq!(why("mysql", set(&source, 0, 1, "a")), "");
    assert!(why("mysql", set(&source, 0, 0, "2")).contains("changes the record's id"));
    let config = "[targets.sql]\ndialect = \"mysql\"\nreferences = [{ table = \"notes\", column = \"ID\" }]";
    let config = parse(config, "leadlint.toml").unwrap();
    let merged = vec![delete(&source, 0)];
    let refused = Job::new(&plan(merged), std::slice::from_ref(&source), &config).unwrap_err().to_string();
    assert!(refused.contains("key = \"COLUMN\""), "{refused}");
}
