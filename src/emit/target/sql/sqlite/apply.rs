//! `apply.sql`, and `dry-run.sql`, which is the same but for its last word.

use super::super::job::New;
use super::text::{literal, name};
use super::{Checks, Database, Lines, Unit, plan};

/// The script; a rehearsal takes everything back.
pub(super) fn script(db: &Database<'_>, rehearsal: bool) -> String {
    let what = format!(
        "{} operations: {} cells to write, {} records to go. Plan {}.",
        db.job.steps.len(),
        db.job.written(),
        db.job.gone(),
        db.job.hash
    );
    let mode = if rehearsal {
        "This is the rehearsal of apply.sql: everything is done, shown and taken back."
    } else {
        "Run dry-run.sql first. All of it is done, or nothing. A second run does only what the first one skipped."
    };
    let mut lines = Database::begin(
        &[
            "leadlint: cleanup for SQLite 3.26 or later; run it with: sqlite3 -bail -header -column DATABASE < FILE",
            mode,
            &what,
            "The way back is undo.sql. Backups stay in the database until drop-backups.sql; they are personal data.",
        ],
        "BEGIN IMMEDIATE",
    );
    let units = db.units();
    let mut checks = Checks::default();
    plan::shape(db, &mut checks);
    let first: Vec<String> = std::mem::take(&mut checks.statements);
    let all = checks.count();
    let arrived = checks.later(
        "not all of the plan could be read, or not every guard",
        &format!("{} AND {}", plan::arrived(db), plan::compared(db)),
    );
    let copies = (0..db.job.places.len()).map(|place| plan::columns(db, place, "backup", 1));
    let copies = copies.chain(db.merged_places().into_iter().map(|place| plan::columns(db, place, "gone", 0)));
    let columns: Vec<String> = copies.map(|(message, holds)| checks.later(&message, &holds)).collect();
    let stood = "a value is not what was written: a trigger or a constraint stood in the way";
    let done: Vec<String> = done(db, &units).iter().map(|holds| checks.later(stood, holds)).collect();
    let last = checks.count();

    lines.say("Checks: one that fails stops everything, and its name says why.");
    lines.run(checks.table());
    for place in db.merged_places() {
        lines.run(plan::foreign_keys(db, place));
    }
    lines.run_all(&first);
    lines.run(all);
    plan::data(db, &mut lines);
    plan::guards(db, &mut lines);
    lines.run(arrived);
    prepare(db, &units, &mut lines);
    backup(db, &units, &columns, &mut lines);
    change(db, &units, &mut lines);
    note(db, &units, &mut lines);
    lines.say("Is everything as planned?");
    lines.run_all(&done);
    lines.run(last);
    report(db, &mut lines);
    lines.say(if rehearsal { "Nothing of it stays." } else { "Done." });
    if rehearsal {
        lines.run("ROLLBACK");
    } else {
        Database::drop_temporary(&mut lines);
        lines.run("COMMIT");
    }
    lines.0
}

/// The operations that are done in this run, and each cell that they write, by row.
fn prepare(db: &Database<'_>, units: &[Unit<'_>], lines: &mut Lines) {
    lines.say("What is done in this run: what no guard speaks against, and no earlier run has done.");
    lines.run("CREATE TEMP TABLE leadlint_do (unit INTEGER, row INTEGER, op INTEGER, id TEXT, new, PRIMARY KEY (unit, row)) WITHOUT ROWID");
    lines
        .run("CREATE TEMP TABLE leadlint_touched (place INTEGER, row INTEGER, PRIMARY KEY (place, row)) WITHOUT ROWID");
    lines.run("CREATE TEMP TABLE leadlint_ok AS SELECT CAST(0 AS INTEGER) AS op FROM temp.leadlint_check WHERE 0");
    lines.run(format!(
        "CREATE TABLE IF NOT EXISTS {} AS SELECT o.op AS op, o.kind AS kind, o.rules AS rules, '' AS tbl, o.id AS id, '' AS \
         status, '' AS why FROM temp.leadlint_op o JOIN temp.leadlint_ok k ON 0",
        db.log()
    ));
    lines.run(format!(
        "CREATE TABLE IF NOT EXISTS {} AS SELECT CAST(0 AS INTEGER) AS op, '' AS tbl, CAST(0 AS INTEGER) AS unit, '' AS col, CAST(0 AS INTEGER) AS row, '' AS id, NULL AS old, \
         NULL AS new FROM temp.leadlint_ok k WHERE 0",
        db.cells()
    ));
    lines.run(format!(
        "INSERT INTO temp.leadlint_ok SELECT o.op FROM temp.leadlint_op o WHERE o.op NOT IN (SELECT b.op FROM \
         temp.leadlint_bad b WHERE b.op IS NOT NULL) AND o.op NOT IN (SELECT l.op FROM {} l WHERE l.status = 'applied')",
        db.log()
    ));
    lines.run("CREATE UNIQUE INDEX temp.leadlint_ok_op ON leadlint_ok (op)");
    lines.run(
        "INSERT OR ROLLBACK INTO temp.leadlint_do SELECT c.unit, r.row, c.op, c.id, c.new FROM temp.leadlint_cell c JOIN \
         temp.leadlint_ok k ON k.op = c.op JOIN temp.leadlint_row r ON r.tbl = c.tbl AND r.id = c.id WHERE c.writes = 1",
    );
    for unit in units {
        let Some(to) = unit.to else { continue };
        let table = &db.job.tables[to];
        let column = name(unit.column);
        // A record that goes is no reference to be kept, and a cell that the plan writes gets the plan's value.
        let going = db.tables().filter(|(_, other)| other.place == unit.place && other.merges).map(|(number, _)| {
            format!(
                " AND x._rowid_ NOT IN (SELECT r.row FROM temp.leadlint_member g JOIN temp.leadlint_ok k ON k.op = g.op JOIN \
                 temp.leadlint_row r ON r.tbl = g.tbl AND r.id = g.id WHERE g.tbl = {number} AND g.into_id IS NOT NULL)"
            )
        });
        let planned = units
            .iter()
            .filter(|other| other.of.is_some() && other.place == unit.place)
            .filter(|other| other.column.eq_ignore_ascii_case(unit.column))
            .map(|other| {
                format!(" AND x._rowid_ NOT IN (SELECT d.row FROM temp.leadlint_do d WHERE d.unit = {})", other.number)
            });
        let but: String = going.chain(planned).collect();
        // A record does not come to refer to itself, unless it has to refer to something.
        let own = if unit.place == table.place {
            format!(
                "CASE WHEN EXISTS (SELECT 1 FROM temp.leadlint_row o WHERE o.tbl = {} AND o.id = m.into_id AND o.row = x._rowid_) AND \
                 EXISTS (SELECT 1 FROM pragma_table_xinfo({}) p WHERE p.name = {} COLLATE NOCASE AND p.\"notnull\" = 0) THEN NULL ELSE",
                to + 1,
                db.pragma(unit.place),
                literal(unit.column)
            )
        } else {
            String::new()
        };
        let end = if own.is_empty() { "" } else { " END" };
        lines.run(format!(
            "INSERT OR ROLLBACK INTO temp.leadlint_do SELECT {}, x._rowid_, m.op, NULL, {own} (SELECT s.{} FROM temp.leadlint_row r \
             JOIN {} s ON s._rowid_ = r.row WHERE r.tbl = {number} AND r.id = m.into_id){end} FROM {} x JOIN temp.leadlint_member m \
             ON m.tbl = {number} AND m.id = CAST(x.{column} AS TEXT) COLLATE BINARY JOIN temp.leadlint_ok k ON k.op = m.op \
             WHERE m.into_id IS NOT NULL{but}",
            unit.number,
            name(&table.id),
            db.table(table.place),
            db.table(unit.place),
            number = to + 1,
        ));
    }
    for (number, table) in db.tables() {
        lines.run(format!(
            "INSERT OR IGNORE INTO temp.leadlint_touched SELECT {}, r.row FROM temp.leadlint_member m JOIN temp.leadlint_ok k ON \
             k.op = m.op JOIN temp.leadlint_row r ON r.tbl = m.tbl AND r.id = m.id WHERE m.tbl = {number}",
            table.place
        ));
    }
    for unit in units.iter().filter(|unit| unit.to.is_some()) {
        lines.run(format!(
            "INSERT OR IGNORE INTO temp.leadlint_touched SELECT {}, d.row FROM temp.leadlint_do d WHERE d.unit = {}",
            unit.place, unit.number
        ));
    }
}

/// The rows of records of table `number` that go in this run.
fn losers(number: usize) -> String {
    format!(
        "SELECT r.row FROM temp.leadlint_member m JOIN temp.leadlint_ok k ON k.op = m.op JOIN temp.leadlint_row r ON r.tbl = \
         m.tbl AND r.id = m.id WHERE m.tbl = {number} AND m.into_id IS NOT NULL"
    )
}

/// Whole rows as they stand, rows that go once more as they are, and each cell that changes.
fn backup(db: &Database<'_>, units: &[Unit<'_>], columns: &[String], lines: &mut Lines) {
    lines.say("Backups: every row that is touched, with its number.");
    for place in 0..db.job.places.len() {
        lines.run(format!(
            "CREATE TABLE IF NOT EXISTS {} AS SELECT x._rowid_ AS leadlint_rowid, x.* FROM {} x JOIN temp.leadlint_ok k ON 0",
            db.backup(place),
            db.table(place)
        ));
    }
    for place in db.merged_places() {
        lines.run(format!(
            "CREATE TABLE IF NOT EXISTS {} AS SELECT x.* FROM {} x JOIN temp.leadlint_ok k ON 0",
            db.gone(place),
            db.table(place)
        ));
    }
    lines.run_all(columns);
    for place in 0..db.job.places.len() {
        let (table, backup) = (db.table(place), db.backup(place));
        lines.run(format!(
            "INSERT INTO {backup} SELECT x._rowid_, x.* FROM {table} x WHERE x._rowid_ IN (SELECT t.row FROM \
             temp.leadlint_touched t WHERE t.place = {place}) AND x._rowid_ NOT IN (SELECT b.leadlint_rowid FROM {backup} b)"
        ));
    }
    for (number, table) in db.tables().filter(|(_, table)| table.merges) {
        lines.run(format!(
            "INSERT INTO {} SELECT x.* FROM {} x WHERE x._rowid_ IN ({})",
            db.gone(table.place),
            db.table(table.place),
            losers(number)
        ));
        lines.run(format!(
            "INSERT INTO {} SELECT m.op, {}, -{number}, NULL, r.row, m.id, NULL, NULL FROM temp.leadlint_member m JOIN \
             temp.leadlint_ok k ON k.op = m.op JOIN temp.leadlint_row r ON r.tbl = m.tbl AND r.id = m.id WHERE m.tbl = {number} \
             AND m.into_id IS NOT NULL",
            db.cells(),
            db.label(table.place)
        ));
    }
    for unit in units {
        lines.run(format!(
            "INSERT INTO {} SELECT d.op, {}, d.unit, {}, d.row, d.id, x.{}, NULL FROM temp.leadlint_do d JOIN {} x ON x._rowid_ = \
             d.row WHERE d.unit = {}",
            db.cells(),
            db.label(unit.place),
            literal(unit.column),
            name(unit.column),
            db.table(unit.place),
            unit.number
        ));
    }
}

/// The changes: consent, references, records that go, and then what they leave to those that stay. A unique value is
/// free by the time it is written elsewhere.
fn change(db: &Database<'_>, units: &[Unit<'_>], lines: &mut Lines) {
    let is_consent =
        |unit: &&Unit<'_>| unit.of.is_some_and(|(table, column)| db.job.tables[table].columns[column].consent);
    lines.say("Consent first.");
    units.iter().filter(is_consent).for_each(|unit| lines.run(update(db, unit)));
    lines.say("References follow the record that stays.");
    units.iter().filter(|unit| unit.to.is_some()).for_each(|unit| lines.run(update(db, unit)));
    lines.say("Records that are merged away or deleted go; their values are free then.");
    for (number, table) in db.tables().filter(|(_, table)| table.merges) {
        let bare = db.bare(table.place);
        lines.run(format!("DELETE FROM {} WHERE {bare}._rowid_ IN ({})", db.table(table.place), losers(number)));
    }
    lines.say("Values of the records that stay.");
    units.iter().filter(|unit| unit.of.is_some() && !is_consent(unit)).for_each(|unit| lines.run(update(db, unit)));
}

fn update(db: &Database<'_>, unit: &Unit<'_>) -> String {
    let (bare, number) = (db.bare(unit.place), unit.number);
    let blank = unit.of.is_some_and(|of| {
        db.job
            .steps
            .iter()
            .filter(|step| step.table == of.0)
            .flat_map(|step| &step.cells)
            .any(|cell| cell.column == of.1 && cell.new == New::Blank)
    });
    // Blank is NULL, but where the table wants a value.
    let new = if blank {
        format!(
            "coalesce(d.new, (SELECT CASE WHEN p.\"notnull\" THEN '' END FROM pragma_table_xinfo({}) p WHERE p.name = {} COLLATE \
             NOCASE))",
            db.pragma(unit.place),
            literal(unit.column)
        )
    } else {
        "d.new".to_owned()
    };
    format!(
        "UPDATE OR ROLLBACK {} SET {} = (SELECT {new} FROM temp.leadlint_do d WHERE d.unit = {number} AND d.row = \
         {bare}._rowid_) WHERE {bare}._rowid_ IN (SELECT d.row FROM temp.leadlint_do d WHERE d.unit = {number})",
        db.table(unit.place),
        name(unit.column)
    )
}

/// What was written, as it stands now, and what became of each operation.
fn note(db: &Database<'_>, units: &[Unit<'_>], lines: &mut Lines) {
    lines.say("What stands there now, so that the way back knows whether it still does.");
    let cells = db.cells();
    for unit in units {
        lines.run(format!(
            "UPDATE {cells} SET new = (SELECT x.{} FROM {} x WHERE x._rowid_ = {}.row) WHERE unit = {} AND op IN (SELECT k.op FROM \
             temp.leadlint_ok k)",
            name(unit.column),
            db.table(unit.place),
            db.own("cells"),
            unit.number
        ));
    }
    let log = db.log();
    lines.run(format!(
        "UPDATE {log} SET status = 'applied', why = NULL WHERE op IN (SELECT k.op FROM temp.leadlint_ok k)"
    ));
    for (number, table) in db.tables() {
        lines.run(format!(
            "INSERT INTO {log} SELECT o.op, o.kind, o.rules, {}, o.id, CASE WHEN k.op IS NULL THEN 'skipped' ELSE 'applied' END, \
             (SELECT min(b.why) FROM temp.leadlint_bad b WHERE b.op = o.op) FROM temp.leadlint_op o LEFT JOIN temp.leadlint_ok k \
             ON k.op = o.op WHERE o.tbl = {number} AND o.op NOT IN (SELECT l.op FROM {log} l)",
            db.label(table.place)
        ));
    }
}

/// Whether everything that was to be done in this run is done, as expressions.
fn done(db: &Database<'_>, units: &[Unit<'_>]) -> Vec<String> {
    let mut parts = vec![format!(
        "(SELECT count(*) FROM temp.leadlint_do) = (SELECT count(*) FROM {} c WHERE c.unit > 0 AND c.op IN (SELECT k.op FROM \
         temp.leadlint_ok k)) AND NOT EXISTS (SELECT 1 FROM temp.leadlint_ok k LEFT JOIN {} l ON l.op = k.op AND l.status = \
         'applied' WHERE l.op IS NULL)",
        db.cells(),
        db.log()
    )];
    for unit in units {
        parts.push(format!(
            "NOT EXISTS (SELECT 1 FROM temp.leadlint_do d LEFT JOIN {} x ON x._rowid_ = d.row WHERE d.unit = {} AND (x._rowid_ IS \
             NULL OR NOT {}))",
            db.table(unit.place),
            unit.number,
            plan::holds(&name(unit.column), "d.new")
        ));
    }
    for (number, table) in db.tables().filter(|(_, table)| table.merges) {
        parts.push(format!(
            "NOT EXISTS (SELECT 1 FROM {} x WHERE x._rowid_ IN ({}))",
            db.table(table.place),
            losers(number)
        ));
        parts.push(format!(
            "NOT EXISTS (SELECT 1 FROM temp.leadlint_member m JOIN temp.leadlint_ok k ON k.op = m.op WHERE m.tbl = {number} AND \
             m.into_id IS NOT NULL AND m.id NOT IN (SELECT CAST(g.{id} AS TEXT) COLLATE BINARY FROM {} g WHERE g.{id} IS NOT \
             NULL))",
            db.gone(table.place),
            id = name(&table.id)
        ));
    }
    for place in 0..db.job.places.len() {
        parts.push(format!(
            "NOT EXISTS (SELECT 1 FROM temp.leadlint_touched t WHERE t.place = {place} AND t.row NOT IN (SELECT b.leadlint_rowid \
             FROM {} b))",
            db.backup(place)
        ));
    }
    parts
}

/// What the run did, for people to see.
fn report(db: &Database<'_>, lines: &mut Lines) {
    lines.say("What was skipped, the triggers on these tables, and the sums.");
    let tables: Vec<String> =
        db.tables().map(|(number, table)| format!("WHEN {number} THEN {}", db.label(table.place))).collect();
    let of = if tables.is_empty() { "NULL".to_owned() } else { format!("CASE b.tbl {} END", tables.join(" ")) };
    lines.run(format!(
        "SELECT b.op AS skipped, o.kind AS operation, o.rules AS rules, {of} AS \"table\", b.id AS record, b.col AS \"column\", \
         b.found AS found, b.why AS why FROM temp.leadlint_bad b JOIN temp.leadlint_op o ON o.op = b.op WHERE b.op NOT IN (SELECT \
         l.op FROM {} l WHERE l.status = 'applied') ORDER BY b.op, b.id, b.col",
        db.log()
    ));
    lines.run_all(&plan::triggers(db));
    lines.run(format!(
        "SELECT {} AS operations, (SELECT count(*) FROM temp.leadlint_ok) AS \"done now\", (SELECT count(*) FROM {log} l WHERE \
         l.status = 'applied') AS \"done in all\", (SELECT count(*) FROM {log} l WHERE l.status <> 'applied') AS skipped",
        db.job.steps.len(),
        log = db.log()
    ));
}
