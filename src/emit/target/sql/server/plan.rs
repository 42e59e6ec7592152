//! The plan as temporary tables, the types of the columns, and the guards: what `apply` and `verify` begin with.

use std::fmt::Write as _;

use super::super::forms;
use super::super::job::New;
use super::super::lines::Lines;
use super::{Field, Server, seen, shape};

/// The kind of each column, its width, and whether it needs a value; then the plan: operations, the records of each with
/// the one that a record goes into, and cells.
pub(super) fn data(s: &Server<'_>, lines: &mut Lines) {
    let (d, word) = (s.d, s.d.word());
    lines.say("Types of the columns: a cell is compared in the form of its type.");
    lines.run(d.temporary(
        "leadlint_kind",
        &format!("field integer PRIMARY KEY, col {word}, kind varchar(20), wide bigint, needed integer"),
    ));
    let fields = s.fields();
    for field in fields.iter().filter(|field| field.of.is_some()) {
        lines.run(format!(
            "INSERT INTO leadlint_kind SELECT {}, {}, {}, c.character_maximum_length, CASE c.is_nullable WHEN 'NO' THEN 1 ELSE 0 END \
             FROM {}",
            field.number,
            d.literal(field.column),
            d.kind(),
            shape::column_of(s, field.place, field.column)
        ));
    }
    lines.say("The plan: operations, the records of each with the one that a record goes into, and the cells that are compared (writes = 0) or written, each as text and in the forms of a number, a boolean and a point in time.");
    lines.run(d.temporary(
        "leadlint_op",
        &format!("op integer PRIMARY KEY, kind {word}, rules {word}, tbl integer, id {word}"),
    ));
    lines.run(d.temporary(
        "leadlint_member",
        &format!("n integer PRIMARY KEY, op integer, tbl integer, id {word}, into_id {word}"),
    ));
    let forms = |which: &str| format!("{which} {word}, {which}_n {word}, {which}_b {word}, {which}_t {word}");
    lines.run(d.temporary(
        "leadlint_cell",
        &format!("op integer, field integer, id {word}, {}, {}, writes integer", forms("old"), forms("new")),
    ));
    lines.run(d.temporary(
        "leadlint_want",
        &format!(
            "op integer, field integer, id {word}, old {word}, was {word}, odd integer, new {word}, be {word}, writes integer, unfit {word}"
        ),
    ));
    let (mut ops, mut members, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    for (number, step) in (1..).zip(&s.job.steps) {
        let (table, id) = (step.table + 1, d.literal(&step.record));
        ops.push(format!("({number},{},{},{table},{id})", d.literal(step.kind), d.literal(&step.rules)));
        let mut member = |id: &str, into: &str| {
            members.push(format!("({},{number},{table},{},{into})", members.len() + 1, d.literal(id)));
        };
        // A record that is deleted goes into itself.
        if !step.deletes() {
            member(&step.record, "NULL");
        }
        step.gone.iter().for_each(|gone| member(gone, &id));
        for cell in &step.cells {
            let field = fields.iter().find(|field| field.of == Some((step.table, cell.column)));
            let (new, writes) = match &cell.new {
                New::Value(new) => (Some(new.as_str()), 1),
                New::Blank => (None, 1),
                New::Same => (None, 0),
            };
            cells.push(format!(
                "({number},{},{},{},{},{writes})",
                field.map_or(0, |field| field.number),
                d.literal(&cell.id),
                in_forms(s, cell.old.as_deref()),
                in_forms(s, new)
            ));
        }
    }
    for (table, rows) in [("leadlint_op", ops), ("leadlint_member", members), ("leadlint_cell", cells)] {
        lines.insert(table, &rows);
    }
    lines.run(want(s));
    lines.run_all(&d.measure(&["leadlint_op", "leadlint_member", "leadlint_want"]));
}

/// A value as text, number, boolean and point in time.
fn in_forms(s: &Server<'_>, value: Option<&str>) -> String {
    let Some(value) = value else { return "NULL,NULL,NULL,NULL".to_owned() };
    let number = forms::number(value);
    let forms = [
        Some(value.to_owned()),
        number.clone(),
        s.d.boolean(forms::boolean(value), number.as_deref()),
        forms::time(value),
    ];
    forms.map(|form| form.map_or("NULL".to_owned(), |form| s.d.literal(&form))).join(",")
}

/// The form of `old` or `new` that the column's type has; NULL where it has none.
fn form(which: &str) -> String {
    format!(
        "CASE k.kind WHEN 'text' THEN c.{which} WHEN 'number' THEN c.{which}_n WHEN 'integer' THEN (CASE WHEN c.{which}_n LIKE '%.%' \
         THEN NULL ELSE c.{which}_n END) WHEN 'boolean' THEN c.{which}_b WHEN 'time' THEN c.{which}_t WHEN 'day' THEN (CASE WHEN \
         c.{which}_t LIKE '% 00:00:00' THEN c.{which}_t END) END"
    )
}

/// Cells in the form of their column's type. `odd` says that no column of the type shows the old value, `unfit` why none
/// takes the new one.
fn want(s: &Server<'_>) -> String {
    let (old, new) = (form("old"), form("new"));
    let mut out = format!(
        "INSERT INTO leadlint_want SELECT c.op, c.field, c.id, c.old, {old}, CASE WHEN k.kind = 'other' OR c.old IS NOT NULL AND ({old}) \
         IS NULL THEN 1 ELSE 0 END, c.new, CASE WHEN c.writes = 1 AND c.new IS NULL AND k.needed = 1 AND k.kind = 'text' THEN '' ELSE \
         ({new}) END, c.writes, CASE WHEN c.writes = 0 THEN NULL"
    );
    for (when, why) in [
        ("k.kind = 'other'", "the scripts cannot write a column of this type"),
        ("c.new IS NULL AND k.needed = 1 AND k.kind <> 'text'", "the column needs a value"),
        (&format!("c.new IS NOT NULL AND ({new}) IS NULL"), "a column of this type cannot hold the new value"),
        ("k.kind = 'text' AND char_length(c.new) > k.wide", "the new value is too long for the column"),
    ] {
        let _ = write!(out, " WHEN {when} THEN {}", s.d.literal(why));
    }
    out.push_str(" END FROM leadlint_cell c JOIN leadlint_kind k ON k.field = c.field");
    out
}

/// What a column of row `row` shows, in the form of its type (`k`).
pub(super) fn shown(s: &Server<'_>, row: &str, column: &str) -> String {
    let text = s.text(row, column);
    let trimmed = |text: &str| {
        format!(
            "CASE WHEN {text} LIKE '%.%' THEN TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {text})) ELSE {text} END"
        )
    };
    let time = trimmed(&format!("REPLACE({text}, '+00', '')"));
    format!(
        "(CASE WHEN k.kind = 'number' THEN ({}) WHEN k.kind = 'time' THEN ({time}) WHEN k.kind = 'day' THEN {} ELSE {text} END)",
        trimmed(&text),
        s.d.joined(&text, "' 00:00:00'")
    )
}

/// Whether a column of row `row` is what the export showed (`was` of `w`). What is blank there may be NULL or empty.
pub(super) fn as_exported(s: &Server<'_>, row: &str, column: &str) -> String {
    let (cell, text) = (s.of(row, column), s.text(row, column));
    format!(
        "(CASE WHEN w.odd = 1 THEN FALSE WHEN w.was IS NULL THEN {cell} IS NULL OR k.kind = 'text' AND char_length({text}) = 0 ELSE {} \
         END)",
        s.d.same(&shown(s, row, column), "w.was")
    )
}

/// Whether a column of row `row` is what was to be written (`be` of `w`).
pub(super) fn as_planned(s: &Server<'_>, row: &str, column: &str) -> String {
    let text = s.text(row, column);
    format!(
        "({} OR w.be IS NULL AND k.kind = 'text' AND char_length({text}) = 0)",
        s.d.same(&shown(s, row, column), "w.be")
    )
}

/// Copies of the rows that the plan is about, by operation, and the guards over them: which operations are about records
/// that are not what was exported. `but` keeps operations out of it that were done before.
pub(super) fn guards(s: &Server<'_>, but: &str, lines: &mut Lines) {
    let d = s.d;
    lines.say("The rows of the records.");
    for (number, table) in s.tables() {
        let rows = format!(
            "SELECT m.op AS leadlint_op, x.* FROM {} x {} leadlint_member m ON m.tbl = {number} AND {} WHERE 1 = 1{but}",
            s.table(table.place),
            d.lookup(),
            d.is("m.id", &s.text("x", &table.id))
        );
        lines.run(d.copies(&seen(number), &rows));
        lines.run_all(&d.measure(&[&seen(number)]));
    }
    lines.say("Guards: an operation is left out as a whole when one of its cells is not what was exported.");
    let compared = |what: &str| format!("UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, {}", d.literal(what));
    for (number, table) in s.tables() {
        lines.run(format!(
            "INSERT INTO leadlint_bad SELECT m.op, m.tbl, m.id, NULL, NULL, CASE WHEN count(s.leadlint_op) > 1 THEN 'several records \
             have this id' ELSE 'no record has this id' END FROM leadlint_member m LEFT JOIN {} s ON s.leadlint_op = m.op AND {} WHERE \
             m.tbl = {number}{but} GROUP BY m.n, m.op, m.tbl, m.id HAVING count(s.leadlint_op) <> 1 {}",
            seen(number),
            d.is(&s.text("s", &table.id), "m.id"),
            compared("compared")
        ));
    }
    for field in s.fields() {
        lines.run(match (field.of, field.to) {
            (Some((table, _)), _) => compare(s, &field, table, &compared("compared")),
            (_, Some(to)) => format!(
                "INSERT INTO leadlint_bad SELECT m.op, m.tbl, m.id, NULL, NULL, {} FROM {} x {} leadlint_member m ON m.tbl = {} AND {} \
                 AND {} WHERE 1 = 1{but} {}",
                d.literal(&format!("a row refers to it: {}", s.job.places[field.place].shown())),
                s.table(field.place),
                d.lookup(),
                to + 1,
                d.is("m.id", &s.text("x", field.column)),
                d.is("m.into_id", "m.id"),
                compared("compared")
            ),
            _ => continue,
        });
    }
    lines.run(
        "INSERT INTO leadlint_bad SELECT w.op, o.tbl, w.id, k.col, NULL, w.unfit FROM leadlint_want w JOIN leadlint_kind k ON k.field = \
         w.field JOIN leadlint_op o ON o.op = w.op WHERE w.unfit IS NOT NULL",
    );
    lines.run_all(&d.measure(&["leadlint_bad"]));
}

fn compare(s: &Server<'_>, field: &Field<'_>, table: usize, compared: &str) -> String {
    let id = s.text("s", &s.job.tables[table].id);
    format!(
        "INSERT INTO leadlint_bad SELECT w.op, {}, w.id, {}, {}, CASE WHEN k.kind = 'other' THEN 'the scripts cannot compare a column of \
         this type' ELSE 'changed since the export' END FROM leadlint_want w JOIN leadlint_kind k ON k.field = w.field JOIN {} s ON \
         s.leadlint_op = w.op AND {} WHERE w.field = {} AND NOT {} {compared}",
        table + 1,
        s.d.literal(field.column),
        s.text("s", field.column),
        seen(table + 1),
        s.d.is(&id, "w.id"),
        field.number,
        as_exported(s, "s", field.column)
    )
}

/// Whether all of the plan arrived and every guard was made, as an expression.
pub(super) fn arrived(s: &Server<'_>) -> String {
    let steps = &s.job.steps;
    let members = steps.iter().filter(|step| !step.deletes()).count() + s.job.gone();
    let cells: usize = steps.iter().map(|step| step.cells.len()).sum();
    let guards = s.job.tables.len() + s.fields().len();
    format!(
        "(SELECT count(*) FROM leadlint_op) = {} AND (SELECT count(*) FROM leadlint_member) = {members} AND (SELECT count(*) FROM \
         leadlint_want) = {cells} AND (SELECT count(*) FROM leadlint_bad b WHERE b.op IS NULL) = {guards}",
        steps.len()
    )
}
