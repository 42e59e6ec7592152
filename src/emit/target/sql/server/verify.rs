//! `verify.sql`: compares the tables with the plan, whatever an earlier script says that it did.

use super::{Checks, Server, plan, seen, shape};

/// The script.
pub(super) fn script(s: &Server<'_>) -> String {
    let d = s.d;
    let mut checks = Checks::default();
    shape::checks(s, &mut checks);
    let arrived = checks.later(d, "not all of the plan could be read", &plan::arrived(s));
    let mut lines = s.open(
        &[
            "verifies the cleanup, for",
            "Lists what is not as planned, what changes rows by itself, then the sums. Changes nothing but temporary tables.",
        ],
        &checks,
    );
    lines.run_all(&d.lock(&[]));
    plan::data(s, &mut lines);
    plan::guards(s, "", &mut lines);
    lines.run(arrived);
    lines.say("What stands there.");
    let word = d.word();
    lines.run(d.temporary(
        "leadlint_state",
        &format!("op integer, tbl {word}, id {word}, col {word}, expected {word}, found {word}, state varchar(80)"),
    ));
    for unit in s.units() {
        let (label, shown) = (s.label(unit.place), d.literal(unit.column));
        if let Some((table, _)) = unit.of {
            let id = &s.job.tables[table].id;
            lines.run(format!(
                "INSERT INTO leadlint_state SELECT w.op, {label}, w.id, {shown}, w.new, {}, CASE WHEN s.leadlint_op IS NULL THEN 'no such \
                 record' WHEN {} THEN 'done' WHEN {} THEN 'not done' ELSE 'changed by somebody else' END FROM leadlint_want w JOIN \
                 leadlint_kind k ON k.field = w.field LEFT JOIN {} s ON s.leadlint_op = w.op AND {} WHERE w.field = {} AND w.writes = 1",
                s.text("s", unit.column),
                plan::as_planned(s, "s", unit.column),
                plan::as_exported(s, "s", unit.column),
                seen(table + 1),
                d.is(&s.text("s", id), "w.id"),
                unit.number
            ));
        }
        if let Some(to) = unit.to {
            lines.run(format!(
                "INSERT INTO leadlint_state SELECT m.op, {label}, m.id, {shown}, m.into_id, {}, 'still refers to a record that goes' FROM \
                 {} x {} leadlint_member m ON m.tbl = {} AND m.into_id IS NOT NULL AND {}",
                s.text("x", unit.column),
                s.table(unit.place),
                d.lookup(),
                to + 1,
                d.is("m.id", &s.text("x", unit.column))
            ));
        }
    }
    for (number, table) in s.going() {
        let (label, id) = (s.label(table.place), d.is(&s.text("s", &table.id), "m.id"));
        lines.run(format!(
            "INSERT INTO leadlint_state SELECT m.op, {label}, m.id, NULL, NULL, NULL, CASE WHEN s.leadlint_op IS NULL THEN 'done' ELSE \
             'not done: the record is still there' END FROM leadlint_member m LEFT JOIN {} s ON s.leadlint_op = m.op AND {id} WHERE m.tbl = \
             {number} AND m.into_id IS NOT NULL",
            seen(number)
        ));
        // Why a record did not go: what it no longer is.
        lines.run(format!(
            "INSERT INTO leadlint_state SELECT b.op, {label}, b.id, b.col, NULL, b.found, b.why FROM leadlint_bad b JOIN leadlint_member m \
             ON m.op = b.op AND m.tbl = b.tbl AND {} AND m.into_id IS NOT NULL JOIN {} s ON s.leadlint_op = m.op AND {id} WHERE b.tbl = \
             {number}",
            d.is("m.id", "b.id"),
            seen(number)
        ));
    }
    let name = |text: &str| d.name(text);
    lines.say("What is not as planned.");
    lines.run(format!(
        "SELECT s.op AS {}, o.kind AS {}, o.rules AS {}, s.tbl AS {}, s.id AS {}, s.col AS {}, s.state AS {}, s.expected AS {}, s.found AS \
         {} FROM leadlint_state s JOIN leadlint_op o ON o.op = s.op WHERE s.state <> 'done' ORDER BY s.op, s.id, s.col",
        name("operation"),
        name("kind"),
        name("rules"),
        name("table"),
        name("record"),
        name("column"),
        name("problem"),
        name("expected"),
        name("found"),
    ));
    lines.run_all(&s.triggers());
    let sum = |when: &str| format!("COALESCE(sum(CASE WHEN {when} THEN 1 ELSE 0 END), 0)");
    lines.run(format!(
        "SELECT {steps} AS {}, {steps} - count(DISTINCT CASE WHEN s.state <> 'done' THEN s.op END) AS {}, {} AS {}, {} AS {}, {} AS {}, {} \
         AS {} FROM leadlint_state s",
        name("operations expected"),
        name("operations done"),
        s.job.written(),
        name("cells expected"),
        sum("s.col IS NOT NULL AND s.state = 'done'"),
        name("cells as planned"),
        s.job.gone(),
        name("records to go"),
        sum("s.col IS NULL AND s.state = 'done'"),
        name("records gone"),
        steps = s.job.steps.len(),
    ));
    lines.run_all(&d.close(checks.made, false));
    lines.0
}
