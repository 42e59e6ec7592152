//! The plan as temporary tables, and the guards over it: what `apply` and `verify` begin with.

use std::collections::BTreeSet;

use super::super::job::New;
use super::text::{literal, name, nullable};
use super::{Checks, Database, Lines};

/// Checks that the tables are what the scripts take them for.
pub(super) fn shape(db: &Database<'_>, checks: &mut Checks) {
    for (at, place) in db.job.places.iter().enumerate() {
        let shown = place.shown();
        let schema = name(Database::schema(place));
        checks.add(
            format!("there is no table {shown}; name it in [targets.sql] tables"),
            &format!(
                "EXISTS (SELECT 1 FROM {schema}.sqlite_master m WHERE m.type = 'table' AND m.name = {} COLLATE NOCASE \
                 AND m.sql NOT LIKE 'CREATE VIRTUAL%')",
                literal(&place.table)
            ),
        );
        checks.add(
            format!("{shown} has a column _rowid_, which hides the number of its rows"),
            &format!(
                "NOT EXISTS (SELECT 1 FROM pragma_table_xinfo({}) p WHERE p.name = '_rowid_' COLLATE NOCASE)",
                db.pragma(at)
            ),
        );
        checks.add(
            format!("{shown} has no numbers of rows: it is WITHOUT ROWID"),
            &format!("SELECT count(*) < 2 FROM (SELECT x._rowid_ FROM {} x LIMIT 1)", db.table(at)),
        );
    }
    let mut seen = BTreeSet::new();
    let named = db.job.tables.iter().flat_map(|table| {
        let columns = table.columns.iter().map(|column| (table.place, column.header.as_str(), column.written));
        columns.chain(std::iter::once((table.place, table.id.as_str(), false)))
    });
    let references = db.job.references.iter().map(|one| (one.place, one.column.as_str(), true));
    for (place, column, written) in named.chain(references).filter(|column| seen.insert(*column)) {
        let shown = db.job.places[place].shown();
        let (hidden, what) = if written { ("= 0", " that can be written") } else { ("<> 1", "") };
        checks.add(
            format!("{shown} has no column {column}{what}; rename it as in the export, or see [targets.sql]"),
            &format!(
                "EXISTS (SELECT 1 FROM pragma_table_xinfo({}) p WHERE p.name = {} COLLATE NOCASE AND p.hidden {hidden})",
                db.pragma(place),
                literal(column)
            ),
        );
    }
    for place in db.merged_places() {
        merged(db, place, checks);
    }
}

/// Checks that copies, which are copied column by column, still have the columns of their tables: message and condition.
/// The first columns of a copy that are none of the table's are not counted.
pub(super) fn columns(db: &Database<'_>, place: usize, what: &str, first: usize) -> (String, String) {
    let name = &db.job.places[place];
    let copy = db.plain_beside(place, what);
    let of = |table: &str, first: usize| {
        format!(
            "SELECT row_number() OVER (ORDER BY p.cid) - {first} AS n, p.name FROM pragma_table_xinfo({}, {}) p WHERE p.hidden <> 1",
            literal(table),
            literal(Database::schema(name))
        )
    };
    let (table, copied) = (of(&name.table, 0), format!("SELECT n, name FROM ({}) WHERE n > 0", of(&copy, first)));
    (
        format!(
            "the columns of {} are no longer those of {copy}; change those likewise, in the same order, and run this again",
            name.shown()
        ),
        format!(
            "NOT EXISTS (SELECT * FROM ({table}) EXCEPT {copied}) AND NOT EXISTS ({copied} EXCEPT SELECT * FROM ({table}))"
        ),
    )
}

/// Checks of a table whose records are merged.
fn merged(db: &Database<'_>, place: usize, checks: &mut Checks) {
    let shown = db.job.places[place].shown();
    checks.add(
        format!("{shown} has generated columns: its records could not be brought back; merge by hand"),
        &format!("NOT EXISTS (SELECT 1 FROM pragma_table_xinfo({}) p WHERE p.hidden IN (2, 3))", db.pragma(place)),
    );
    checks.add(
        format!("a foreign key to {shown} is not in [targets.sql] references; dry-run.sql lists it"),
        &format!("NOT EXISTS ({})", foreign_keys(db, place)),
    );
    let ids: Vec<String> = db
        .job
        .tables
        .iter()
        .filter(|table| table.place == place && table.merges)
        .map(|table| format!("{} = k.\"to\" COLLATE NOCASE", literal(&table.id)))
        .collect();
    let schema = literal(Database::schema(&db.job.places[place]));
    checks.add(
        format!("a foreign key to {shown} refers to another column than the id; re-point it by hand and remove it first"),
        &format!(
            "NOT EXISTS (SELECT 1 FROM (SELECT coalesce(f.\"to\", (SELECT p.name FROM pragma_table_info({}) p WHERE p.pk = 1)) \
             AS \"to\" FROM {}.sqlite_master m JOIN pragma_foreign_key_list(m.name, {schema}) f WHERE m.type = 'table' AND \
             f.\"table\" = {} COLLATE NOCASE) k WHERE NOT coalesce({}, 0))",
            db.pragma(place),
            name(Database::schema(&db.job.places[place])),
            literal(&db.job.places[place].table),
            ids.join(" OR ")
        ),
    );
}

/// The foreign keys to a place that the config does not name: table and column.
pub(super) fn foreign_keys(db: &Database<'_>, place: usize) -> String {
    let of = &db.job.places[place];
    let schema = Database::schema(of);
    let known: Vec<String> = db
        .job
        .references
        .iter()
        .filter(|one| db.job.tables[one.to].place == place)
        .filter(|one| Database::schema(&db.job.places[one.place]).eq_ignore_ascii_case(schema))
        .map(|one| {
            format!(
                "m.name = {} COLLATE NOCASE AND f.\"from\" = {} COLLATE NOCASE",
                literal(&db.job.places[one.place].table),
                literal(&one.column)
            )
        })
        .collect();
    let known = if known.is_empty() { "0".to_owned() } else { known.join(" OR ") };
    format!(
        "SELECT m.name AS \"table\", f.\"from\" AS \"column\", f.\"table\" AS \"refers to\" FROM {}.sqlite_master m JOIN \
         pragma_foreign_key_list(m.name, {}) f WHERE m.type = 'table' AND f.\"table\" = {} COLLATE NOCASE AND NOT ({known})",
        name(schema),
        literal(schema),
        literal(&of.table)
    )
}

/// The plan: operations, the records that each is about, and their cells.
pub(super) fn data(db: &Database<'_>, lines: &mut Lines) {
    lines.say("The plan: operations, the records of each with the one that a record goes into, and the cells that are compared (writes = 0) or written.");
    lines.run("CREATE TEMP TABLE leadlint_op (op INTEGER PRIMARY KEY, kind TEXT, rules TEXT, tbl INTEGER, id TEXT)");
    lines.run("CREATE TEMP TABLE leadlint_member (op INTEGER, tbl INTEGER, id TEXT, into_id TEXT)");
    lines.run("CREATE TEMP TABLE leadlint_cell (op INTEGER, unit INTEGER, tbl INTEGER, col INTEGER, id TEXT, old, new, writes INTEGER)");
    let units = db.units();
    let (mut ops, mut members, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    for (number, step) in (1..).zip(&db.job.steps) {
        let (table, id) = (step.table + 1, literal(&step.record));
        ops.push(format!("({number},{},{},{table},{id})", literal(step.kind), literal(&step.rules)));
        // A record that is deleted goes into itself.
        if !step.deletes() {
            members.push(format!("({number},{table},{id},NULL)"));
        }
        members.extend(step.gone.iter().map(|gone| format!("({number},{table},{},{id})", literal(gone))));
        for cell in &step.cells {
            let unit =
                units.iter().find(|unit| unit.of == Some((step.table, cell.column))).map_or(0, |unit| unit.number);
            let (new, writes) = match &cell.new {
                New::Value(new) => (literal(new), 1),
                New::Blank => ("NULL".to_owned(), 1),
                New::Same => ("NULL".to_owned(), 0),
            };
            let (id, old) = (literal(&cell.id), nullable(cell.old.as_deref()));
            cells.push(format!("({number},{unit},{table},{},{id},{old},{new},{writes})", cell.column + 1));
        }
    }
    for (table, rows) in [("op", ops), ("member", members), ("cell", cells)] {
        lines.insert(&format!("temp.leadlint_{table}"), &rows);
    }
    lines.run("CREATE INDEX temp.leadlint_cell_at ON leadlint_cell (tbl, col)");
    lines.run("CREATE INDEX temp.leadlint_member_of ON leadlint_member (tbl, id)");
}

/// Whether all of the plan arrived, as an expression.
pub(super) fn arrived(db: &Database<'_>) -> String {
    let members = db.job.steps.iter().filter(|step| !step.deletes()).count() + db.job.gone();
    let cells: usize = db.job.steps.iter().map(|step| step.cells.len()).sum();
    format!(
        "(SELECT count(*) FROM temp.leadlint_op) = {} AND (SELECT count(*) FROM temp.leadlint_member) = {members} AND \
         (SELECT count(*) FROM temp.leadlint_cell) = {cells}",
        db.job.steps.len()
    )
}

/// Whether column `x.column` holds `value`, as data. What is blank in an export may be NULL or empty in a table.
pub(super) fn holds(column: &str, value: &str) -> String {
    format!("(x.{column} IS {value} COLLATE BINARY OR {value} IS NULL AND x.{column} IS '' COLLATE BINARY)")
}

/// The rows of the records, and the guards: which operations are about records that are not what was exported.
pub(super) fn guards(db: &Database<'_>, lines: &mut Lines) {
    lines.say("The rows of the records.");
    lines.run("CREATE TEMP TABLE leadlint_record (tbl INTEGER, id TEXT, PRIMARY KEY (tbl, id)) WITHOUT ROWID");
    lines.run("INSERT OR IGNORE INTO temp.leadlint_record SELECT m.tbl, m.id FROM temp.leadlint_member m");
    lines.run("CREATE TEMP TABLE leadlint_row (tbl INTEGER, id TEXT, row INTEGER, found INTEGER, PRIMARY KEY (tbl, id)) WITHOUT ROWID");
    for (number, table) in db.tables() {
        lines.run(format!(
            "INSERT INTO temp.leadlint_row SELECT r.tbl, r.id, max(x._rowid_), count(*) FROM temp.leadlint_record r JOIN {} x \
             ON {} WHERE r.tbl = {number} GROUP BY r.id",
            db.table(table.place),
            Database::is_record(table, "r.id")
        ));
    }
    lines.say("Guards: an operation is left out as a whole when one of its cells is not what was exported.");
    lines.run("CREATE TEMP TABLE leadlint_bad (op INTEGER, tbl INTEGER, id TEXT, col TEXT, found, why TEXT)");
    lines.run(
        "INSERT INTO temp.leadlint_bad SELECT m.op, m.tbl, m.id, NULL, NULL, CASE WHEN r.found > 1 THEN 'several records have \
         this id' ELSE 'no record has this id' END FROM temp.leadlint_member m LEFT JOIN temp.leadlint_row r ON r.tbl = m.tbl \
         AND r.id = m.id WHERE r.found IS NOT 1",
    );
    for (number, table) in db.tables() {
        for (at, column) in (1..).zip(&table.columns) {
            let (quoted, shown) = (name(&column.header), literal(&column.header));
            lines.run(format!(
                "INSERT INTO temp.leadlint_bad SELECT c.op, c.tbl, c.id, {shown}, x.{quoted}, 'changed since the export' FROM \
                 temp.leadlint_cell c JOIN temp.leadlint_row r ON r.tbl = c.tbl AND r.id = c.id JOIN {} x ON x._rowid_ = r.row \
                 WHERE c.tbl = {number} AND c.col = {at} AND NOT {} UNION ALL SELECT NULL, {number}, NULL, {shown}, NULL, \
                 'compared'",
                db.table(table.place),
                holds(&quoted, "c.old")
            ));
        }
    }
    for one in &db.job.references {
        lines.run(format!(
            "INSERT INTO temp.leadlint_bad SELECT DISTINCT m.op, m.tbl, m.id, NULL, NULL, 'a row refers to it: ' || {} FROM \
             temp.leadlint_member m JOIN {} x ON x.{column} = m.id AND CAST(x.{column} AS TEXT) = m.id COLLATE BINARY WHERE m.tbl \
             = {} AND m.into_id = m.id UNION ALL SELECT NULL, {}, NULL, NULL, NULL, 'compared'",
            db.label(one.place),
            db.table(one.place),
            one.to + 1,
            one.to + 1,
            column = name(&one.column),
        ));
    }
}

/// Whether every column was compared, as an expression.
pub(super) fn compared(db: &Database<'_>) -> String {
    let columns: usize = db.job.tables.iter().map(|table| table.columns.len()).sum();
    let columns = columns + db.job.references.len();
    format!("(SELECT count(*) FROM temp.leadlint_bad b WHERE b.op IS NULL) = {columns}")
}

/// The triggers on the tables that are touched, for people to see.
pub(super) fn triggers(db: &Database<'_>) -> Vec<String> {
    let of = |(at, place): (usize, &super::Name)| {
        format!(
            "SELECT {} AS \"table\", m.name AS \"trigger that may change more\" FROM {}.sqlite_master m WHERE m.type = 'trigger' \
             AND m.tbl_name = {} COLLATE NOCASE ORDER BY m.name",
            db.label(at),
            name(Database::schema(place)),
            literal(&place.table)
        )
    };
    db.job.places.iter().enumerate().map(of).collect()
}
