//! `verify.sql`: compares the tables with the plan, whatever an earlier script says that it did.

use super::text::{literal, name};
use super::{Database, plan};

/// The script.
pub(super) fn script(db: &Database<'_>) -> String {
    let mut lines = Database::begin(
        &[
            "leadlint: verifies the cleanup, for SQLite 3.26 or later; run it with: sqlite3 -bail -header -column DATABASE < FILE",
            "Lists what is not as planned, the triggers on these tables, then the sums. Changes nothing but temporary tables.",
            &format!("Plan {}.", db.job.hash),
        ],
        "BEGIN",
    );
    plan::data(db, &mut lines);
    plan::guards(db, &mut lines);
    lines.say("What stands there.");
    lines
        .run("CREATE TEMP TABLE leadlint_state (op INTEGER, tbl TEXT, id TEXT, col TEXT, expected, found, state TEXT)");
    let units = db.units();
    for unit in &units {
        let (column, table) = (name(unit.column), db.table(unit.place));
        let (label, shown) = (db.label(unit.place), literal(unit.column));
        if let Some((of, at)) = unit.of {
            lines.run(format!(
                "INSERT INTO temp.leadlint_state SELECT c.op, {label}, c.id, {shown}, c.new, x.{column}, CASE WHEN x._rowid_ IS NULL \
                 THEN 'no such record' WHEN {} THEN 'done' WHEN {} THEN 'not done' ELSE 'changed by somebody else' END FROM \
                 temp.leadlint_cell c LEFT JOIN temp.leadlint_row r ON r.tbl = c.tbl AND r.id = c.id AND r.found = 1 LEFT JOIN \
                 {table} x ON x._rowid_ = r.row WHERE c.tbl = {} AND c.col = {} AND c.writes = 1",
                plan::holds(&column, "c.new"),
                plan::holds(&column, "c.old"),
                of + 1,
                at + 1
            ));
        }
        if let Some(to) = unit.to {
            lines.run(format!(
                "INSERT INTO temp.leadlint_state SELECT m.op, {label}, m.id, {shown}, m.into_id, x.{column}, 'still refers to a record \
                 that goes' FROM {table} x JOIN temp.leadlint_member m ON m.tbl = {} AND m.id = CAST(x.{column} AS TEXT) COLLATE \
                 BINARY WHERE m.into_id IS NOT NULL",
                to + 1
            ));
        }
    }
    for (number, table) in db.tables().filter(|(_, table)| table.merges) {
        lines.run(format!(
            "INSERT INTO temp.leadlint_state SELECT m.op, {label}, m.id, NULL, NULL, NULL, CASE WHEN r.id IS NULL THEN 'done' ELSE \
             'not done: the record is still there' END FROM temp.leadlint_member m LEFT JOIN temp.leadlint_row r ON r.tbl = m.tbl \
             AND r.id = m.id WHERE m.tbl = {number} AND m.into_id IS NOT NULL",
            label = db.label(table.place)
        ));
        // Why a merge was left out: what its records no longer are.
        lines.run(format!(
            "INSERT INTO temp.leadlint_state SELECT b.op, {label}, b.id, b.col, c.old, b.found, b.why FROM temp.leadlint_bad b JOIN \
             temp.leadlint_member m ON m.op = b.op AND m.tbl = b.tbl AND m.id = b.id AND m.into_id IS NOT NULL JOIN \
             temp.leadlint_row r ON r.tbl = m.tbl AND r.id = m.id LEFT JOIN temp.leadlint_cell c ON c.op = b.op AND c.tbl = b.tbl \
             AND c.id = b.id AND c.writes = 0 AND c.col = (CASE b.col {} END) WHERE b.tbl = {number}",
            positions(table),
            label = db.label(table.place)
        ));
    }
    lines.say("What is not as planned.");
    lines.run(
        "SELECT s.op AS operation, o.kind AS kind, o.rules AS rules, s.tbl AS \"table\", s.id AS record, s.col AS \"column\", \
         s.state AS problem, s.expected AS expected, s.found AS found FROM temp.leadlint_state s JOIN temp.leadlint_op o ON o.op = \
         s.op WHERE s.state <> 'done' ORDER BY s.op, s.id, s.col",
    );
    lines.run_all(&plan::triggers(db));
    lines.run(format!(
        "SELECT {} AS \"operations expected\", (SELECT count(*) FROM temp.leadlint_op o WHERE o.op NOT IN (SELECT s.op FROM \
         temp.leadlint_state s WHERE s.state <> 'done')) AS \"operations done\", {} AS \"cells expected\", (SELECT count(*) FROM \
         temp.leadlint_state s WHERE s.col IS NOT NULL AND s.state = 'done') AS \"cells as planned\", {} AS \"records to go\", (SELECT count(*) FROM temp.leadlint_state s WHERE \
         s.col IS NULL AND s.state = 'done') AS \"records gone\"",
        db.job.steps.len(),
        db.job.written(),
        db.job.gone()
    ));
    lines.run("ROLLBACK");
    lines.0
}

/// `WHEN 'City' THEN 3`: the numbers of a table's columns.
fn positions(table: &super::Table) -> String {
    let columns = (1..).zip(&table.columns);
    let when: Vec<String> = columns.map(|(at, column)| format!("WHEN {} THEN {at}", literal(&column.header))).collect();
    if when.is_empty() { "WHEN NULL THEN 0".to_owned() } else { when.join(" ") }
}
