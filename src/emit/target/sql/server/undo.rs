//! `undo.sql`, which restores what the backups hold, and `drop-backups.sql`.

use super::super::lines::Lines;
use super::{Checks, Field, Server, Table, shape};

/// The way back.
pub(super) fn script(s: &Server<'_>) -> String {
    let (d, units) = (s.d, s.units());
    let mut checks = Checks::default();
    shape::checks(s, &mut checks);
    let copies: Vec<(usize, &str)> = s.going_places().into_iter().map(|place| (place, "gone")).collect();
    let columns = shape::columns(s, &copies, &mut checks);
    let compared = checks.later(
        d,
        "not every cell could be compared; see the error above",
        &format!("SELECT count(*) = {} FROM leadlint_bad b WHERE b.op IS NULL", units.len() + s.going().count()),
    );
    let done: Vec<String> = restored(s, &units)
        .iter()
        .map(|(what, holds)| {
            checks.later(
                d,
                &format!("{what} is not what was restored: a trigger or a constraint stood in the way"),
                holds,
            )
        })
        .collect();
    let mut lines = s.open(
        &[
            "takes a cleanup back, for",
            "Restores cells, records and references as they were. An operation whose cells changed since is named and left;",
            "its backups stay, and the script may be run again. A second run changes nothing.",
        ],
        &checks,
    );
    s.make_own(&mut lines);
    s.lock(&mut lines);
    lines.run_all(&columns);
    let every: Vec<String> = s.every_own();
    lines.run_all(&d.measure(&every.iter().map(String::as_str).collect::<Vec<_>>()));
    lines.say("What stands there now, row by row.");
    compare(s, &units, &mut lines);
    lines.run(compared);
    lines.run(d.temporary("leadlint_back", "op integer PRIMARY KEY"));
    lines.run(
        "INSERT INTO leadlint_back SELECT k.op FROM leadlint_ok k LEFT JOIN leadlint_bad b ON b.op = k.op WHERE b.op IS NULL",
    );
    lines.run_all(&d.measure(&["leadlint_back"]));
    lines.say("Cells first: values of records that come back are free then.");
    units.iter().filter(|unit| unit.of.is_some()).for_each(|unit| lines.run(restore(s, unit)));
    lines.say("Records that went.");
    for (number, table) in s.going() {
        let rows =
            format!("SELECT g.* FROM {} g {} {}", s.gone(table.place), d.lookup(), coming_back(s, number, table));
        lines.run(d.put_back(&s.table(table.place), &rows));
    }
    lines.say("References, as they were.");
    units.iter().filter(|unit| unit.to.is_some()).for_each(|unit| lines.run(restore(s, unit)));
    for (at, place) in s.job.places.iter().enumerate() {
        if let Some(unit) = units.iter().find(|unit| unit.place == at) {
            lines.run_all(&d.unstamp(place, &s.bare_beside(at, "backup"), unit.key));
        }
    }
    lines.say("Is everything as it was?");
    lines.run_all(&done);
    report(s, &mut lines);
    forget(s, &mut lines);
    lines.run_all(&d.close(checks.made, true));
    lines.0
}

/// The cells `c` of a unit, of operations `k` of `which`, and the copies of their rows, `b`.
fn cells(s: &Server<'_>, unit: &Field<'_>, which: &str) -> String {
    format!("{} c JOIN {which} k ON c.unit = {} AND k.op = c.op", s.cells(), unit.number)
}

fn compare(s: &Server<'_>, units: &[Field<'_>], lines: &mut Lines) {
    let d = s.d;
    let compared = "UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, 'compared'";
    lines.run(format!("INSERT INTO leadlint_ok SELECT l.op FROM {} l WHERE l.status = 'applied'", s.log()));
    lines.run_all(&d.measure(&["leadlint_ok"]));
    for unit in units {
        let (key, now) = (s.of("x", unit.key), s.text("x", unit.column));
        lines.run(format!(
            "INSERT INTO leadlint_bad SELECT c.op, {}, c.rowkey, c.col, {now}, CASE WHEN {key} IS NULL THEN 'the record is gone' ELSE \
             'changed since' END FROM {} {} WHERE {key} IS NULL OR NOT {} {compared}",
            unit.place,
            cells(s, unit, "leadlint_ok"),
            s.rows(unit, "c", "LEFT JOIN"),
            d.same(&now, "c.new"),
        ));
    }
    for (number, table) in s.going() {
        lines.run(format!(
            "INSERT INTO leadlint_bad SELECT c.op, {}, c.id, NULL, NULL, 'there is a record with this id again' FROM {} x {} {} c ON c.unit \
             = -{number} AND {} JOIN leadlint_ok k ON k.op = c.op {compared}",
            table.place,
            s.table(table.place),
            d.lookup(),
            s.cells(),
            d.is("c.rowkey", &s.text("x", &table.id)),
        ));
    }
}

fn restore(s: &Server<'_>, unit: &Field<'_>) -> String {
    let from = format!(
        "{} JOIN {} b ON b.leadlint_op = c.op AND {}",
        cells(s, unit, "leadlint_back"),
        s.backup(unit.place),
        s.d.is(&s.text("b", unit.key), "c.rowkey")
    );
    s.d.update(&s.table(unit.place), unit.column, &s.of("b", unit.column), &from, &s.same_row(unit.key))
}

/// Records of table `number` that come back, `c`; joined with their copies `g`.
fn coming_back(s: &Server<'_>, number: usize, table: &Table) -> String {
    format!(
        "{} c ON c.unit = -{number} AND {} JOIN leadlint_back k ON k.op = c.op",
        s.cells(),
        s.d.is("c.rowkey", &s.text("g", &table.id))
    )
}

/// Whether everything is as it was: what is looked at, and an expression.
fn restored(s: &Server<'_>, units: &[Field<'_>]) -> Vec<(String, String)> {
    let mut parts = Vec::new();
    for unit in units {
        parts.push((
            format!("{}.{}", s.job.places[unit.place].shown(), unit.column),
            format!(
                "NOT EXISTS (SELECT 1 FROM {} {} WHERE {} IS NULL OR NOT {})",
                cells(s, unit, "leadlint_back"),
                s.rows(unit, "c", "LEFT JOIN"),
                s.of("x", unit.key),
                s.d.same(&s.text("x", unit.column), &s.text("b", unit.column)),
            ),
        ));
    }
    for (number, table) in s.going() {
        parts.push((
            s.job.places[table.place].shown(),
            format!(
                "NOT EXISTS (SELECT 1 FROM {} c JOIN leadlint_back k ON c.unit = -{number} AND k.op = c.op JOIN {} b ON b.leadlint_op = c.op \
                 AND {} LEFT JOIN {} x ON {} WHERE {} IS NULL)",
                s.cells(),
                s.backup(table.place),
                s.d.is(&s.text("b", &table.id), "c.rowkey"),
                s.table(table.place),
                s.same_row(&table.id),
                s.of("x", &table.id)
            ),
        ));
    }
    parts
}

fn report(s: &Server<'_>, lines: &mut Lines) {
    lines.say("What was not taken back, and the sums.");
    let name = |text: &str| s.d.name(text);
    let places: Vec<String> = (0..s.job.places.len()).map(|at| format!("WHEN {at} THEN {}", s.label(at))).collect();
    let of = if places.is_empty() { "NULL".to_owned() } else { format!("CASE b.tbl {} END", places.join(" ")) };
    lines.run(format!(
        "SELECT b.op AS {}, {of} AS {}, b.id AS {}, b.col AS {}, b.found AS {}, b.why AS {} FROM leadlint_bad b WHERE b.op IS NOT NULL ORDER \
         BY b.op, b.id, b.col",
        name("not taken back"),
        name("table"),
        name("record"),
        name("column"),
        name("found"),
        name("why"),
    ));
    lines.run(format!(
        "SELECT (SELECT count(*) FROM {} l WHERE l.status = 'applied') AS {}, (SELECT count(*) FROM leadlint_back) AS {}",
        s.log(),
        name("operations applied"),
        name("taken back")
    ));
}

/// Takes out of the backups what was taken back.
fn forget(s: &Server<'_>, lines: &mut Lines) {
    lines.say("Backups of what was taken back are needed no more.");
    for (number, table) in s.going() {
        let from = format!("{} c JOIN leadlint_back k ON c.unit = -{number} AND k.op = c.op", s.cells());
        lines.run(s.d.delete(&s.gone(table.place), &from, &s.d.is("c.rowkey", &s.text("x", &table.id))));
    }
    for place in 0..s.job.places.len() {
        lines.run(format!("DELETE FROM {} WHERE leadlint_op IN (SELECT k.op FROM leadlint_back k)", s.backup(place)));
    }
    lines.run(format!("DELETE FROM {} WHERE op IN (SELECT k.op FROM leadlint_back k)", s.cells()));
    lines.run(format!("DELETE FROM {} WHERE op IN (SELECT k.op FROM leadlint_back k) OR status <> 'applied'", s.log()));
}

/// The end of the way back.
pub(super) fn drop_backups(s: &Server<'_>) -> String {
    let mut lines = Lines::default();
    lines.title(&[
        &format!("leadlint: drops the backups of a cleanup, for {}. After this there is no way back.", s.d.title()),
        &format!("Run it with: {}", s.d.command()),
        &format!(
            "Run it after the quarantine of {} days, or once undo.sql took everything back. Plan {}.",
            crate::plan::Plan::QUARANTINE_DAYS,
            s.job.hash
        ),
    ]);
    for table in s.every_own() {
        lines.run(format!("DROP TABLE IF EXISTS {table}"));
    }
    lines.0
}
