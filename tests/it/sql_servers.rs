//! `leadlint clean --target sql` for PostgreSQL and MySQL: the scripts, run by the servers' own clients on databases that
//! hold the export.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::engines::{Database, KINDS, Kind};
use crate::support::{Desk, csv_rows};

const CLEAN: &str = "clean --target csv,sql --out cleanup --decide DUP001=accept,DRF001=accept,FMT005=accept";
const TABLES: [&str; 7] = ["leads", "contacts", "chats", "accounts", "deals", "users", "sync-log"];

fn cleaned(kind: Kind) -> Desk {
    let desk = Desk::with_fixture("acme");
    let settings = format!(
        "\n[targets.sql]\ndialect = \"{}\"\nreferences = [{{ table = \"activities\", column = \"lead\", to = \"leads\" }}]\n",
        kind.dialect()
    );
    desk.write("leadlint.toml", desk.read("leadlint.toml") + &settings);
    desk.leadlint(CLEAN).exits(0);
    desk
}

fn quoted(kind: Kind, name: &str) -> String {
    match kind {
        Kind::Postgresql => format!("\"{}\"", name.replace('"', "\"\"")),
        Kind::Mariadb => format!("`{}`", name.replace('`', "``")),
    }
}

/// The exports of a desk in a database, blank cells of leads as NULL; and an activity for each lead.
fn loaded(kind: Kind, desk: &Desk) -> Database {
    let db = kind.database();
    let mut sql = match kind {
        Kind::Postgresql => "BEGIN;\n",
        Kind::Mariadb => "SET sql_mode = 'NO_BACKSLASH_ESCAPES';\n",
    }
    .to_owned();
    for table in TABLES {
        let (header, rows) = csv_rows(desk.read(&format!("{table}.csv")).as_bytes());
        let columns: Vec<String> = header.iter().map(|column| format!("{} text", quoted(kind, column))).collect();
        let name = quoted(kind, table);
        let _ = writeln!(sql, "CREATE TABLE {name} ({});", columns.join(", "));
        for mut row in rows {
            row.resize(header.len(), String::new());
            let cells: Vec<String> = row
                .iter()
                .map(|cell| match cell.as_str() {
                    "" if table == "leads" => "NULL".to_owned(),
                    cell => format!("'{}'", cell.replace('\'', "''")),
                })
                .collect();
            let _ = writeln!(sql, "INSERT INTO {name} VALUES ({});", cells.join(", "));
        }
    }
    let id = quoted(kind, "Id");
    let _ = writeln!(
        sql,
        "CREATE TABLE activities (id integer PRIMARY KEY, lead varchar(60), kind varchar(9)); INSERT INTO activities SELECT row_number() \
         OVER (ORDER BY {id}), {id}, 'call' FROM leads;"
    );
    if kind == Kind::Postgresql {
        sql.push_str("COMMIT;\n");
    }
    db.run(&sql);
    db
}

/// Rows of a table by id as hexadecimal digits, records that stand on several rows aside.
fn rows(db: &Database, desk: &Desk, table: &str) -> BTreeMap<String, Vec<String>> {
    let (header, _) = csv_rows(desk.read(&format!("{table}.csv")).as_bytes());
    let shown: Vec<String> = header
        .iter()
        .map(|column| {
            let column = quoted(db.kind, column);
            match db.kind {
                Kind::Postgresql => format!("coalesce(encode(convert_to({column}, 'UTF8'), 'hex'), '')"),
                Kind::Mariadb => format!("coalesce(lower(hex({column})), '')"),
            }
        })
        .collect();
    let text = db.run(&format!("SELECT {} FROM {}", shown.join(", "), quoted(db.kind, table)));
    by_id(text.lines().skip(1).map(|line| line.split(['|', '\t']).map(str::to_owned).collect()))
}

fn by_id(rows: impl IntoIterator<Item = Vec<String>>) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for row in rows {
        found.entry(row[0].clone()).or_default().push(row);
    }
    found.into_iter().filter(|(_, rows)| rows.len() == 1).map(|(id, mut rows)| (id, rows.remove(0))).collect()
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[test]
fn the_database_ends_up_as_the_cleaned_exports_and_goes_back() {
    for kind in KINDS {
        let desk = cleaned(kind);
        let script = |name: &str| desk.read(&format!("cleanup/sql/{name}"));
        let db = loaded(kind, &desk);
        let before = db.dump();
        db.run(&script("dry-run.sql"));
        assert_eq!((db.dump(), db.own()), (before.clone(), Vec::new()), "a rehearsal changes nothing");
        let shown = db.run(&script("apply.sql"));
        // Lists of what was skipped have eight columns, the record in the fifth.
        let lines = shown.lines().map(|line| line.split(['|', '\t']).collect::<Vec<_>>());
        let skipped: BTreeSet<String> = lines.filter(|line| line.len() == 8).map(|line| hex(line[4])).collect();
        for table in ["leads", "contacts", "chats"] {
            let (header, expected) = csv_rows(desk.read(&format!("cleanup/csv/{table}.csv")).as_bytes());
            let width = header.len();
            let whole = expected.into_iter().filter(|row| row.len() == width);
            let expected = by_id(whole.map(|row| row.iter().map(|cell| hex(cell)).collect()));
            let found = rows(&db, &desk, table);
            assert!(expected.len() > 10, "{table}");
            for (id, row) in &expected {
                assert!(
                    found.get(id) == Some(row) || skipped.contains(id),
                    "{kind:?} {table} {id}: {:?} is not {row:?}",
                    found.get(id)
                );
            }
        }
        let id = quoted(kind, "Id");
        let dangling = db.run(&format!("SELECT count(*) FROM activities WHERE lead NOT IN (SELECT {id} FROM leads)"));
        assert_eq!(dangling.lines().nth(1), Some("0"), "references follow the record that stays");
        let shown = db.run(&script("verify.sql"));
        let sums: Vec<&str> = shown.lines().last().unwrap().split(['|', '\t']).collect();
        assert_eq!((sums[4], sums[5]), ("5", "5"), "{shown}");

        let applied = db.dump();
        assert_ne!(applied, before);
        db.run(&script("apply.sql"));
        assert_eq!(db.dump(), applied, "a second run changes nothing");
        db.run(&script("undo.sql"));
        assert_eq!((db.dump(), db.own()), (before.clone(), Vec::new()), "{kind:?}");
        db.run(&script("drop-backups.sql"));
        assert_eq!(db.dump(), before);
    }
}

#[test]
fn a_value_that_changed_and_a_key_that_nobody_named() {
    for kind in KINDS {
        let desk = cleaned(kind);
        let script = |name: &str| desk.read(&format!("cleanup/sql/{name}"));
        let db = loaded(kind, &desk);
        let shown = db.run(&script("apply.sql"));
        let skipped_before = shown.lines().filter(|line| line.split(['|', '\t']).count() == 8).count();
        db.run(&script("undo.sql"));
        // A city that the plan would mend, changed since.
        let (city, id) = (quoted(kind, "City"), quoted(kind, "Record ID"));
        db.run(&format!("UPDATE contacts SET {city} = 'Pittsburgh' WHERE {id} = '90020492'"));
        let shown = db.run(&script("apply.sql"));
        let skipped = shown.lines().filter(|line| line.split(['|', '\t']).count() == 8).count();
        assert!(skipped > skipped_before && shown.contains("90020492") && shown.contains("Pittsburgh"), "{shown}");
        let found = db.run(&format!("SELECT {city} FROM contacts WHERE {id} = '90020492'"));
        assert_eq!(found.lines().nth(1), Some("Pittsburgh"));
        db.run(&script("undo.sql"));

        let (text, unique) = match kind {
            Kind::Postgresql => ("text".to_owned(), format!("CREATE UNIQUE INDEX one ON contacts ({id})")),
            Kind::Mariadb => (
                "varchar(60)".to_owned(),
                format!("ALTER TABLE contacts MODIFY {id} varchar(60); CREATE UNIQUE INDEX one ON contacts ({id})"),
            ),
        };
        db.run(&format!(
            "{unique}; CREATE TABLE calls (contact {text}, FOREIGN KEY (contact) REFERENCES contacts ({id}))"
        ));
        let before = db.dump();
        let stopped = db.try_run(&script("apply.sql")).unwrap_err();
        assert!(stopped.contains("a foreign key to contacts is not in [targets.sql] references"), "{stopped}");
        assert!(stopped.contains("calls"), "it is listed: {stopped}");
        assert_eq!(db.dump(), before);
        db.force(&script("apply.sql"));
        assert_eq!((db.dump(), db.own()), (before, Vec::new()), "a client that goes on changes nothing either");
    }
}

#[test]
fn a_connection_that_is_killed_leaves_nothing_half_applied() {
    for kind in KINDS {
        let desk = cleaned(kind);
        let script = |name: &str| desk.read(&format!("cleanup/sql/{name}"));
        let db = loaded(kind, &desk);
        let before = db.dump();
        db.kill_at("leads", &script("apply.sql"));
        db.run(&script("apply.sql"));
        db.kill_at("leads", &script("undo.sql"));
        db.run(&script("undo.sql"));
        assert_eq!((db.dump(), db.own()), (before, Vec::new()));
    }
}

#[test]
fn the_runbook_tells_how_the_scripts_are_run() {
    for kind in KINDS {
        let desk = cleaned(kind);
        let runbook = desk.read("cleanup/RUNBOOK.md");
        let client = if kind == Kind::Postgresql {
            "psql -X -q -v ON_ERROR_STOP=1"
        } else {
            "mysql --default-character-set=utf8mb4"
        };
        for name in ["dry-run.sql", "apply.sql", "verify.sql", "undo.sql", "drop-backups.sql"] {
            let line = runbook.lines().find(|line| line.contains(client) && line.ends_with(&format!("sql/{name}")));
            assert!(line.is_some_and(|line| line.starts_with("    ")), "{name}: {runbook}");
        }
    }
}
