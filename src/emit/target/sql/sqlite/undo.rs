//! `undo.sql`, which restores what the backups hold, and `drop-backups.sql`.

use super::text::{literal, name};
use super::{Checks, Database, Lines, Unit, plan};

/// The way back.
pub(super) fn script(db: &Database<'_>) -> String {
    let mut lines = Database::begin(
        &[
            "leadlint: takes a cleanup back, for SQLite 3.26 or later; run it with: sqlite3 -bail -header -column DATABASE < FILE",
            "Restores cells, records and references as they were. An operation whose cells changed since is named and left;",
            "its backups stay, and the script may be run again. A second run changes nothing. Do not VACUUM before it.",
            &format!("Plan {}.", db.job.hash),
        ],
        "BEGIN IMMEDIATE",
    );
    let units = db.units();
    let mut checks = Checks::default();
    plan::shape(db, &mut checks);
    let first: Vec<String> = std::mem::take(&mut checks.statements);
    let all = checks.count();
    let columns: Vec<String> = db
        .merged_places()
        .into_iter()
        .map(|place| plan::columns(db, place, "gone", 0))
        .map(|(message, holds)| checks.later(&message, &holds))
        .collect();
    let merging = db.tables().filter(|(_, table)| table.merges).count();
    let compared = checks.later(
        "not every cell could be compared; see the error above",
        &format!("SELECT count(*) = {} FROM temp.leadlint_bad b WHERE b.op IS NULL", units.len() + merging),
    );
    let stood = "a value is not what was restored: a trigger or a constraint stood in the way";
    let done: Vec<String> = restored(db, &units).iter().map(|holds| checks.later(stood, holds)).collect();
    let last = checks.count();

    lines.say("Checks: one that fails stops everything, and its name says why.");
    lines.run(checks.table());
    lines.run_all(&first);
    lines.run(all);
    existing(db, &mut lines);
    lines.run_all(&columns);
    lines.say("What stands there now, row by row.");
    compare(db, &units, &mut lines);
    lines.run(compared);
    lines.run("CREATE TEMP TABLE leadlint_back AS SELECT CAST(0 AS INTEGER) AS op FROM temp.leadlint_check WHERE 0");
    lines.run(
        "INSERT INTO temp.leadlint_back SELECT l.op FROM temp.leadlint_ok l WHERE l.op NOT IN (SELECT b.op FROM \
         temp.leadlint_bad b WHERE b.op IS NOT NULL)",
    );
    lines.run("CREATE UNIQUE INDEX temp.leadlint_back_op ON leadlint_back (op)");
    lines.run("CREATE TEMP TABLE leadlint_at (tbl INTEGER, now INTEGER, via INTEGER, want INTEGER)");
    lines.say("Cells first: values of records that come back are free then.");
    units.iter().filter(|unit| unit.of.is_some()).for_each(|unit| lines.run(restore(db, unit)));
    lines.say("Records that went, under their old numbers.");
    records(db, &mut lines);
    lines.say("References, as they were.");
    units.iter().filter(|unit| unit.to.is_some()).for_each(|unit| lines.run(restore(db, unit)));
    lines.say("Is everything as it was?");
    lines.run_all(&done);
    lines.run(last);
    report(db, &mut lines);
    forget(db, &mut lines);
    Database::drop_temporary(&mut lines);
    lines.run("COMMIT");
    lines.0
}

/// Empty backups where there are none, so that a second run finds nothing to do.
fn existing(db: &Database<'_>, lines: &mut Lines) {
    lines.say("The backups; empty where nothing was applied, or all of it was taken back.");
    lines.run(format!(
        "CREATE TABLE IF NOT EXISTS {} AS SELECT CAST(0 AS INTEGER) AS op, '' AS kind, '' AS rules, '' AS tbl, '' AS id, '' AS status, '' AS why \
         FROM temp.leadlint_check k WHERE 0",
        db.log()
    ));
    lines.run(format!(
        "CREATE TABLE IF NOT EXISTS {} AS SELECT CAST(0 AS INTEGER) AS op, '' AS tbl, CAST(0 AS INTEGER) AS unit, '' AS col, CAST(0 AS INTEGER) AS row, '' AS id, NULL AS old, NULL \
         AS new FROM temp.leadlint_check k WHERE 0",
        db.cells()
    ));
    for place in 0..db.job.places.len() {
        lines.run(format!(
            "CREATE TABLE IF NOT EXISTS {} AS SELECT x._rowid_ AS leadlint_rowid, x.* FROM {} x JOIN temp.leadlint_check k ON 0",
            db.backup(place),
            db.table(place)
        ));
    }
    for place in db.merged_places() {
        lines.run(format!(
            "CREATE TABLE IF NOT EXISTS {} AS SELECT x.* FROM {} x JOIN temp.leadlint_check k ON 0",
            db.gone(place),
            db.table(place)
        ));
    }
}

/// Cells of what was applied, `c`, and their rows `x`: by id where the record has one, else by the number of the row.
fn joined(db: &Database<'_>, unit: &Unit<'_>, join: &str) -> String {
    let found = match unit.of {
        Some((table, _)) => Database::is_record(&db.job.tables[table], "CAST(c.id AS TEXT)"),
        None => "x._rowid_ = c.row".to_owned(),
    };
    format!(
        "FROM {} c JOIN temp.leadlint_ok l ON l.op = c.op {join} {} x ON {found} WHERE c.unit = {}",
        db.cells(),
        db.table(unit.place),
        unit.number
    )
}

fn compare(db: &Database<'_>, units: &[Unit<'_>], lines: &mut Lines) {
    lines.run("CREATE TEMP TABLE leadlint_ok (op INTEGER PRIMARY KEY)");
    lines.run(format!("INSERT INTO temp.leadlint_ok SELECT l.op FROM {} l WHERE l.status = 'applied'", db.log()));
    lines.run("CREATE TEMP TABLE leadlint_bad (op INTEGER, tbl TEXT, id TEXT, col TEXT, found, why TEXT)");
    lines.run("CREATE TEMP TABLE leadlint_do (unit INTEGER, row INTEGER, op INTEGER, id TEXT, new, PRIMARY KEY (unit, row)) WITHOUT ROWID");
    for unit in units {
        let column = name(unit.column);
        // A row that only refers is told by its own id where its table is known, else by its number.
        let of = db.job.tables.iter().find(|table| table.place == unit.place);
        let own = of.map(|table| format!("x.{}, ", name(&table.id))).unwrap_or_default();
        lines.run(format!(
            "INSERT INTO temp.leadlint_bad SELECT c.op, c.tbl, coalesce(c.id, {own}'row ' || c.row), c.col, x.{column}, CASE WHEN x._rowid_ IS NULL \
             THEN 'the record is gone' ELSE 'changed since' END {} AND (x._rowid_ IS NULL OR NOT {}) UNION ALL SELECT NULL, NULL, \
             NULL, NULL, NULL, 'compared'",
            joined(db, unit, "LEFT JOIN"),
            same(&column, "c.new")
        ));
        lines.run(format!(
            "INSERT OR ROLLBACK INTO temp.leadlint_do SELECT c.unit, x._rowid_, c.op, c.id, c.old {}",
            joined(db, unit, "JOIN")
        ));
    }
    for (number, table) in db.tables().filter(|(_, table)| table.merges) {
        lines.run(format!(
            "INSERT INTO temp.leadlint_bad SELECT c.op, c.tbl, c.id, NULL, NULL, 'there is a record with this id again' FROM {} c JOIN temp.leadlint_ok l ON l.op = c.op JOIN {} x ON {} WHERE c.unit = -{number} UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, 'compared'",
            db.cells(),
            db.table(table.place),
            Database::is_record(table, "CAST(c.id AS TEXT)")
        ));
    }
}

/// Whether a column holds exactly this value, of this type.
fn same(column: &str, value: &str) -> String {
    format!("(x.{column} IS {value} COLLATE BINARY AND typeof(x.{column}) = typeof({value}))")
}

fn restore(db: &Database<'_>, unit: &Unit<'_>) -> String {
    let (bare, number) = (db.bare(unit.place), unit.number);
    format!(
        "UPDATE OR ROLLBACK {} SET {} = (SELECT d.new FROM temp.leadlint_do d WHERE d.unit = {number} AND d.row = {bare}._rowid_) \
         WHERE {bare}._rowid_ IN (SELECT d.row FROM temp.leadlint_do d JOIN temp.leadlint_back k ON k.op = d.op WHERE d.unit = \
         {number})",
        db.table(unit.place),
        name(unit.column)
    )
}

/// Records of table `number` that come back, `c`.
fn coming_back(db: &Database<'_>, number: usize) -> String {
    format!("FROM {} c JOIN temp.leadlint_back k ON k.op = c.op WHERE c.unit = -{number}", db.cells())
}

fn records(db: &Database<'_>, lines: &mut Lines) {
    for (number, table) in db.tables().filter(|(_, table)| table.merges) {
        let (of, bare, id) = (db.table(table.place), db.bare(table.place), name(&table.id));
        lines.run(format!(
            "INSERT OR ROLLBACK INTO {of} SELECT g.* FROM {} g WHERE CAST(g.{id} AS TEXT) COLLATE BINARY IN (SELECT CAST(c.id AS TEXT) {})",
            db.gone(table.place),
            coming_back(db, number)
        ));
        // By a detour below every number in use: the old number of one may be the new number of another.
        lines.run(format!(
            "INSERT INTO temp.leadlint_at SELECT {number}, x._rowid_, (SELECT min(0, min(y._rowid_)) FROM {of} y) - c._rowid_, c.row \
             FROM {} c JOIN temp.leadlint_back k ON k.op = c.op JOIN {of} x ON {} WHERE c.unit = -{number} AND x._rowid_ <> c.row",
            db.cells(),
            Database::is_record(table, "CAST(c.id AS TEXT)")
        ));
        for (or, to, from) in [("ROLLBACK", "via", "now"), ("IGNORE", "want", "via")] {
            lines.run(format!(
                "UPDATE OR {or} {of} SET _rowid_ = (SELECT a.{to} FROM temp.leadlint_at a WHERE a.tbl = {number} AND a.{from} = \
                 {bare}._rowid_) WHERE {bare}._rowid_ IN (SELECT a.{from} FROM temp.leadlint_at a WHERE a.tbl = {number})"
            ));
        }
    }
}

/// Whether everything is as it was, as expressions.
fn restored(db: &Database<'_>, units: &[Unit<'_>]) -> Vec<String> {
    let mut parts = Vec::new();
    for unit in units {
        let column = name(unit.column);
        parts.push(format!(
            "NOT EXISTS (SELECT 1 FROM temp.leadlint_do d JOIN temp.leadlint_back k ON k.op = d.op LEFT JOIN {} x ON x._rowid_ = d.row \
             WHERE d.unit = {} AND (x._rowid_ IS NULL OR NOT {}))",
            db.table(unit.place),
            unit.number,
            same(&column, "d.new")
        ));
    }
    for (number, table) in db.tables().filter(|(_, table)| table.merges) {
        parts.push(format!(
            "NOT EXISTS (SELECT 1 FROM {} c JOIN temp.leadlint_back k ON k.op = c.op LEFT JOIN {} x ON {} WHERE c.unit = -{number} AND \
             x._rowid_ IS NULL)",
            db.cells(),
            db.table(table.place),
            Database::is_record(table, "CAST(c.id AS TEXT)")
        ));
    }
    parts
}

fn report(db: &Database<'_>, lines: &mut Lines) {
    lines.say("What was not taken back, and the sums.");
    lines.run(
        "SELECT b.op AS \"not taken back\", b.tbl AS \"table\", b.id AS record, b.col AS \"column\", b.found AS found, b.why AS why \
         FROM temp.leadlint_bad b WHERE b.op IS NOT NULL ORDER BY b.op, b.id, b.col",
    );
    lines.run(format!(
        "SELECT (SELECT count(*) FROM {} l WHERE l.status = 'applied') AS \"operations applied\", (SELECT count(*) FROM \
         temp.leadlint_back) AS \"taken back\"",
        db.log()
    ));
}

/// Takes out of the backups what was taken back.
fn forget(db: &Database<'_>, lines: &mut Lines) {
    lines.say("Backups of what was taken back are needed no more.");
    for (number, table) in db.tables().filter(|(_, table)| table.merges) {
        lines.run(format!(
            "DELETE FROM {} WHERE CAST({}.{} AS TEXT) COLLATE BINARY IN (SELECT CAST(c.id AS TEXT) {})",
            db.gone(table.place),
            db.bare_beside(table.place, "gone"),
            name(&table.id),
            coming_back(db, number)
        ));
    }
    lines.run(format!("DELETE FROM {} WHERE op IN (SELECT k.op FROM temp.leadlint_back k)", db.cells()));
    lines.run(format!(
        "DELETE FROM {} WHERE op IN (SELECT k.op FROM temp.leadlint_back k) OR status <> 'applied' AND EXISTS (SELECT 1 FROM \
         temp.leadlint_check k)",
        db.log()
    ));
    for (place, of) in db.job.places.iter().enumerate() {
        lines.run(format!(
            "DELETE FROM {} WHERE leadlint_rowid NOT IN (SELECT c.row FROM {} c WHERE c.tbl = {}) AND EXISTS (SELECT 1 FROM \
             temp.leadlint_check k)",
            db.backup(place),
            db.cells(),
            literal(&of.shown())
        ));
    }
}

/// The end of the way back.
pub(super) fn drop_backups(db: &Database<'_>) -> String {
    let mut lines = Database::begin(
        &[
            "leadlint: drops the backups of a cleanup, for SQLite. After this there is no way back.",
            &format!(
                "Run it after the quarantine of 14 days, or once undo.sql took everything back. Plan {}.",
                db.job.hash
            ),
        ],
        "BEGIN IMMEDIATE",
    );
    let own = [db.log(), db.cells()];
    let backups = (0..db.job.places.len()).map(|place| db.backup(place));
    let gone = db.merged_places().into_iter().map(|place| db.gone(place));
    for table in own.into_iter().chain(backups).chain(gone) {
        lines.run(format!("DROP TABLE IF EXISTS {table}"));
    }
    lines.run("COMMIT");
    lines.0
}
