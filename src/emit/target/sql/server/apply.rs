//! `apply.sql`, and `dry-run.sql`, which is the same but for its last word.

use std::fmt::Write as _;

use super::super::lines::Lines;
use super::{Checks, Field, Server, plan, seen, shape};

/// The operations that this plan has done before, left out by `m`.
fn not_before(s: &Server<'_>) -> String {
    format!(" AND m.op NOT IN (SELECT l.op FROM {} l WHERE l.status = 'applied')", s.log())
}

/// The script; a rehearsal takes everything back.
pub(super) fn script(s: &Server<'_>, rehearsal: bool) -> String {
    let what = format!(
        "{} operations: {} cells to write, {} records to go.",
        s.job.steps.len(),
        s.job.written(),
        s.job.gone()
    );
    let mode = if rehearsal {
        "This is the rehearsal of apply.sql: everything is done, shown and taken back."
    } else {
        "Run dry-run.sql first. All of it is done, or nothing. A second run does only what the first one skipped."
    };
    let units = s.units();
    let mut checks = Checks::default();
    shape::checks(s, &mut checks);
    let copies: Vec<(usize, &str)> = (0..s.job.places.len())
        .map(|place| (place, "backup"))
        .chain(s.going_places().into_iter().map(|place| (place, "gone")))
        .collect();
    let columns = shape::columns(s, &copies, &mut checks);
    let arrived = checks.later(s.d, "not all of the plan could be read, or not every guard", &plan::arrived(s));
    let done: Vec<String> = done(s, &units)
        .iter()
        .map(|(what, holds)| {
            let why = format!(
                "{what} is not what was written: a trigger, a constraint or the type of a column stood in the way"
            );
            checks.later(s.d, &why, holds)
        })
        .collect();
    let mut lines = s.open(
        &[
            "cleanup for",
            mode,
            &what,
            "The way back is undo.sql. Backups stay in the database until drop-backups.sql; they are personal data.",
        ],
        &checks,
    );
    s.make_own(&mut lines);
    s.lock(&mut lines);
    lines.run_all(&columns);
    plan::data(s, &mut lines);
    plan::guards(s, &not_before(s), &mut lines);
    lines.run(arrived);
    prepare(s, &units, &mut lines);
    backup(s, &units, &mut lines);
    change(s, &units, &mut lines);
    note(s, &units, &mut lines);
    lines.say("Is everything as planned?");
    lines.run_all(&done);
    report(s, &mut lines);
    lines.say(if rehearsal { "Nothing of it stays." } else { "Done." });
    lines.run_all(&s.d.close(checks.made, !rehearsal));
    lines.0
}

/// The operations that are done in this run, and each cell that they write, by the key of its row.
fn prepare(s: &Server<'_>, units: &[Field<'_>], lines: &mut Lines) {
    let (d, word) = (s.d, s.d.word());
    lines.say("What is done in this run: what no guard speaks against, and no earlier run has done.");
    lines.run(format!(
        "INSERT INTO leadlint_ok SELECT DISTINCT m.op FROM leadlint_op m LEFT JOIN leadlint_bad b ON b.op = m.op WHERE b.op IS NULL{}",
        not_before(s)
    ));
    lines.run(d.temporary("leadlint_going", &format!("tbl integer, id {word}")));
    lines.run(
        "INSERT INTO leadlint_going SELECT m.tbl, m.id FROM leadlint_member m JOIN leadlint_ok k ON k.op = m.op WHERE m.into_id IS NOT \
         NULL",
    );
    lines.run(d.temporary("leadlint_do", &format!("unit integer, op integer, rowkey {word}, id {word}, be {word}")));
    lines.run(
        "INSERT INTO leadlint_do SELECT w.field, w.op, w.id, w.id, w.be FROM leadlint_want w JOIN leadlint_ok k ON k.op = w.op WHERE \
         w.writes = 1",
    );
    lines.run_all(&d.measure(&["leadlint_ok", "leadlint_going", "leadlint_do"]));
    lines.run(d.temporary("leadlint_planned", &format!("unit integer, rowkey {word}")));
    lines.run("INSERT INTO leadlint_planned SELECT d.unit, d.rowkey FROM leadlint_do d");
    lines.run_all(&d.measure(&["leadlint_planned"]));
    for unit in units {
        let Some(to) = unit.to else { continue };
        // A record that goes is no reference to be kept, and a cell that the plan writes gets the plan's value.
        let going: Vec<String> = s
            .going()
            .filter(|(_, table)| table.place == unit.place)
            .map(|(number, table)| format!("g.tbl = {number} AND {}", d.is("g.id", &s.text("x", &table.id))))
            .collect();
        let planned: Vec<String> = units
            .iter()
            .filter(|other| other.of.is_some() && other.place == unit.place)
            .filter(|other| other.column.eq_ignore_ascii_case(unit.column))
            .map(|other| format!("p.unit = {} AND {}", other.number, d.is("p.rowkey", &s.text("x", other.key))))
            .collect();
        let mut but = String::new();
        for (table, conditions) in [("leadlint_going g", going), ("leadlint_planned p", planned)] {
            if !conditions.is_empty() {
                let _ = write!(but, " AND NOT EXISTS (SELECT 1 FROM {table} WHERE {})", conditions.join(" OR "));
            }
        }
        // A record does not come to refer to itself, unless it has to refer to something.
        let into = if unit.place == s.job.tables[to].place {
            format!(
                "CASE WHEN {} AND EXISTS (SELECT 1 FROM {} AND c.is_nullable = 'YES') THEN NULL ELSE m.into_id END",
                d.is("m.into_id", &s.text("x", &s.job.tables[to].id)),
                shape::column_of(s, unit.place, unit.column)
            )
        } else {
            "m.into_id".to_owned()
        };
        lines.run(format!(
            "INSERT INTO leadlint_do SELECT {}, m.op, {}, NULL, {into} FROM {} x {} leadlint_member m ON m.tbl = {} AND m.into_id IS \
             NOT NULL AND {} JOIN leadlint_ok k ON k.op = m.op WHERE 1 = 1{but}",
            unit.number,
            s.text("x", unit.key),
            s.table(unit.place),
            d.lookup(),
            to + 1,
            d.is("m.id", &s.text("x", unit.column)),
        ));
    }
    lines.run_all(&d.measure(&["leadlint_do"]));
}

/// Records of table `number` that go in this run, `m`, with their copies, `b`.
fn going(s: &Server<'_>, number: usize, table: &super::Table) -> String {
    format!(
        "leadlint_member m JOIN leadlint_ok k ON k.op = m.op AND m.tbl = {number} AND m.into_id IS NOT NULL JOIN {} b ON b.leadlint_op = \
         m.op AND {}",
        s.backup(table.place),
        s.d.is(&s.text("b", &table.id), "m.id")
    )
}

/// Whole rows as they stand, and rows that go once more as they are.
fn backup(s: &Server<'_>, units: &[Field<'_>], lines: &mut Lines) {
    lines.say("Backups: every row that is touched, and once more those that go.");
    for (number, table) in s.tables() {
        lines.run(format!(
            "INSERT INTO {} SELECT s.* FROM {} s JOIN leadlint_ok k ON k.op = s.leadlint_op",
            s.backup(table.place),
            seen(number)
        ));
    }
    for unit in units.iter().filter(|unit| unit.to.is_some()) {
        let (d, backup) = (s.d, s.backup(unit.place));
        lines.run(format!(
            "INSERT INTO {backup} SELECT d.op, x.* FROM {} x {} leadlint_do d ON d.unit = {} AND {} WHERE NOT EXISTS (SELECT 1 FROM \
             {backup} b WHERE b.leadlint_op = d.op AND {})",
            s.table(unit.place),
            d.lookup(),
            unit.number,
            d.is("d.rowkey", &s.text("x", unit.key)),
            d.is(&s.text("b", unit.key), "d.rowkey")
        ));
    }
    for place in 0..s.job.places.len() {
        lines.run_all(&s.d.measure(&[&s.backup(place)]));
    }
    for (number, table) in s.going() {
        lines.run(format!(
            "INSERT INTO {} SELECT x.* FROM {} JOIN {} x ON {}",
            s.gone(table.place),
            going(s, number, table),
            s.table(table.place),
            s.same_row(&table.id)
        ));
    }
}

/// The changes: consent, references, records that go, and then what they leave to those that stay. A unique value is
/// free by the time it is written elsewhere.
fn change(s: &Server<'_>, units: &[Field<'_>], lines: &mut Lines) {
    lines.say("Consent first.");
    units.iter().filter(|unit| unit.consent).for_each(|unit| lines.run(update(s, unit)));
    lines.say("References follow the record that stays.");
    units.iter().filter(|unit| unit.to.is_some()).for_each(|unit| lines.run(update(s, unit)));
    lines.say("Records that are merged away or deleted go; their values are free then.");
    for (number, table) in s.going() {
        lines.run(s.d.delete(&s.table(table.place), &going(s, number, table), &s.same_row(&table.id)));
    }
    lines.say("Values of the records that stay.");
    units.iter().filter(|unit| unit.of.is_some() && !unit.consent).for_each(|unit| lines.run(update(s, unit)));
}

/// The cells of a unit that are written, `d`, with the copies of their rows, `b`.
fn cells(s: &Server<'_>, unit: &Field<'_>) -> String {
    format!(
        "leadlint_do d JOIN {} b ON d.unit = {} AND b.leadlint_op = d.op AND {}",
        s.backup(unit.place),
        unit.number,
        s.d.is(&s.text("b", unit.key), "d.rowkey")
    )
}

fn update(s: &Server<'_>, unit: &Field<'_>) -> String {
    s.d.update(
        &s.table(unit.place),
        unit.column,
        &s.d.cast(unit.column, "d.be"),
        &cells(s, unit),
        &s.same_row(unit.key),
    )
}

/// What was written, as it stands now, and what became of each operation.
fn note(s: &Server<'_>, units: &[Field<'_>], lines: &mut Lines) {
    lines.say("What stood there and stands there now, so that the way back knows whether it still does.");
    for unit in units {
        lines.run(format!(
            "INSERT INTO {} SELECT d.op, {}, d.unit, {}, d.rowkey, d.id, {}, {} FROM {} JOIN {} x ON {}",
            s.cells(),
            s.label(unit.place),
            s.d.literal(unit.column),
            s.text("b", unit.column),
            s.text("x", unit.column),
            cells(s, unit),
            s.table(unit.place),
            s.same_row(unit.key)
        ));
    }
    for (number, table) in s.going() {
        lines.run(format!(
            "INSERT INTO {} SELECT m.op, {}, -{number}, NULL, m.id, m.id, NULL, NULL FROM leadlint_member m JOIN leadlint_ok k ON k.op = \
             m.op WHERE m.tbl = {number} AND m.into_id IS NOT NULL",
            s.cells(),
            s.label(table.place)
        ));
    }
    let log = s.log();
    lines.run(format!("DELETE FROM {log} WHERE status <> 'applied'"));
    for (number, table) in s.tables() {
        let label = s.label(table.place);
        lines.run(format!(
            "INSERT INTO {log} SELECT o.op, o.kind, o.rules, {label}, o.id, 'applied', NULL FROM leadlint_op o JOIN leadlint_ok k ON k.op \
             = o.op WHERE o.tbl = {number}"
        ));
        lines.run(format!(
            "INSERT INTO {log} SELECT o.op, o.kind, o.rules, {label}, o.id, 'skipped', min(b.why) FROM leadlint_op o JOIN leadlint_bad b \
             ON b.op = o.op WHERE o.tbl = {number} AND o.op NOT IN (SELECT l.op FROM {log} l) GROUP BY o.op, o.kind, o.rules, o.id"
        ));
    }
}

/// Whether everything that was to be done in this run is done: what is looked at, and an expression.
fn done(s: &Server<'_>, units: &[Field<'_>]) -> Vec<(String, String)> {
    let mut parts = vec![(
        "the number of cells".to_owned(),
        format!(
            "(SELECT count(*) FROM leadlint_do) = (SELECT count(*) FROM {} c JOIN leadlint_ok k ON k.op = c.op WHERE c.unit > 0)",
            s.cells()
        ),
    )];
    for unit in units {
        let (shown, kind) = match unit.of {
            Some(_) => {
                (plan::shown(s, "x", unit.column), format!(" JOIN leadlint_kind k ON k.field = {}", unit.number))
            }
            None => (s.text("x", unit.column), String::new()),
        };
        parts.push((
            format!("{}.{}", s.job.places[unit.place].shown(), unit.column),
            format!(
                "NOT EXISTS (SELECT 1 FROM {}{kind} LEFT JOIN {} x ON {} WHERE {} IS NULL OR NOT {})",
                cells(s, unit),
                s.table(unit.place),
                s.same_row(unit.key),
                s.of("x", unit.key),
                s.d.same(&shown, "d.be")
            ),
        ));
    }
    for (number, table) in s.going() {
        let name = s.job.places[table.place].shown();
        parts.push((
            name.clone(),
            format!(
                "NOT EXISTS (SELECT 1 FROM {} x {} leadlint_going g ON g.tbl = {number} AND {})",
                s.table(table.place),
                s.d.lookup(),
                s.d.is("g.id", &s.text("x", &table.id))
            ),
        ));
        parts.push((
            format!("the backup of {name}"),
            format!(
                "(SELECT count(*) FROM {} x {} leadlint_going g ON g.tbl = {number} AND {}) = (SELECT count(*) FROM leadlint_member m JOIN \
                 leadlint_ok k ON k.op = m.op WHERE m.tbl = {number} AND m.into_id IS NOT NULL)",
                s.gone(table.place),
                s.d.lookup(),
                s.d.is("g.id", &s.text("x", &table.id)),
            ),
        ));
    }
    parts
}

/// What the run did, for people to see.
fn report(s: &Server<'_>, lines: &mut Lines) {
    lines.say("What was skipped, what changes rows by itself, and the sums.");
    let name = |text: &str| s.d.name(text);
    let tables: Vec<String> =
        s.tables().map(|(number, table)| format!("WHEN {number} THEN {}", s.label(table.place))).collect();
    let of = if tables.is_empty() { "NULL".to_owned() } else { format!("CASE b.tbl {} END", tables.join(" ")) };
    let log = s.log();
    lines.run(format!(
        "SELECT b.op AS {}, o.kind AS {}, o.rules AS {}, {of} AS {}, b.id AS {}, b.col AS {}, b.found AS {}, b.why AS {} FROM \
         leadlint_bad b JOIN leadlint_op o ON o.op = b.op WHERE b.op NOT IN (SELECT l.op FROM {log} l WHERE l.status = 'applied') ORDER \
         BY b.op, b.id, b.col",
        name("skipped"),
        name("operation"),
        name("rules"),
        name("table"),
        name("record"),
        name("column"),
        name("found"),
        name("why"),
    ));
    lines.run_all(&s.triggers());
    lines.run(format!(
        "SELECT {} AS {}, (SELECT count(*) FROM leadlint_ok) AS {}, (SELECT count(*) FROM {log} l WHERE l.status = 'applied') AS {}, \
         (SELECT count(*) FROM {log} l WHERE l.status <> 'applied') AS {}",
        s.job.steps.len(),
        name("operations"),
        name("done now"),
        name("done in all"),
        name("skipped")
    ));
}
