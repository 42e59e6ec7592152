//! The scripts for a database server: what PostgreSQL and MySQL have in common.
//!
//! Neither takes conditions outside of procedures, and a cleanup must not need the right to make those. So conditions are
//! data, as for SQLite: the plan goes into temporary tables, guards write down which operations may not be done, and every
//! statement works on what is left. A check that fails inserts its message where it has no place; the server refuses that
//! and shows the message, and whoever runs the script stops there.
//!
//! Servers know the types of columns, the scripts do not: each reads the types from the catalogue first, and compares a
//! cell in the form of its type (`forms`). Values come back from copies of whole rows, so nothing is lost on the way.
//!
//! MySQL opens a temporary table once in a statement; no statement here names one twice.

mod apply;
mod plan;
mod shape;
mod undo;
mod verify;

use std::collections::BTreeSet;

use super::Script;
use super::job::{Job, Name, OWN, Table};
use super::lines::{Lines, comment};

/// What differs between servers.
pub(super) trait Dialect {
    /// The server and the version from which the scripts work.
    fn title(&self) -> &'static str;
    /// How a script is run.
    fn command(&self) -> &'static str;
    /// The type of a text of any length.
    fn word(&self) -> &'static str;
    /// A name of a table or a column.
    fn name(&self, name: &str) -> String;
    /// A text value.
    fn literal(&self, value: &str) -> String;
    /// How the catalogue calls the schema of a table, as an expression.
    fn schema(&self, name: &Name) -> String;
    /// A table that stands in the schema of `name`.
    fn table(&self, name: &Name, table: &str) -> String;
    /// What an expression shows, as text that compares byte by byte.
    fn text(&self, expression: &str) -> String;
    /// Whether two texts are the same to the byte, or both NULL.
    fn same(&self, left: &str, right: &str) -> String;
    /// Whether two texts are the same to the byte.
    fn is(&self, left: &str, right: &str) -> String;
    /// Two texts, one after the other.
    fn joined(&self, left: &str, right: &str) -> String;
    /// A join that reads its left side once and looks up the right.
    fn lookup(&self) -> &'static str;
    /// How a boolean column shows a yes or a no; `number` is the text as a number.
    fn boolean(&self, value: Option<bool>, number: Option<&str>) -> Option<String>;
    /// The kind of a column `c` of the catalogue, as an expression: one of `KINDS`, or `other`.
    fn kind(&self) -> &'static str;
    /// A condition on a column `c` of the catalogue: it can be written.
    fn writable(&self) -> &'static str;
    /// A condition on a column `c` of the catalogue: a row with it cannot be put back by copying.
    fn uncopied(&self) -> &'static str;
    /// The names of columns `c` of the catalogue as one text, in their order.
    fn columns(&self) -> &'static str;
    /// A condition on a column `c` of the catalogue: `x.*` has it.
    fn copied(&self) -> &'static str;
    /// Checks of a table that records go from: message and condition.
    fn going(&self, name: &Name) -> Vec<(String, String)>;
    /// Statement that changes `column` of the rows `x` of `table`, joined with `from` by `on`.
    fn update(&self, table: &str, column: &str, value: &str, from: &str, on: &str) -> String;
    /// A text value as the column `column` of row `x` takes it.
    fn cast(&self, column: &str, value: &str) -> String;
    /// Statement that removes the rows `x` of `table` that join with `from` by `on`.
    fn delete(&self, table: &str, from: &str, on: &str) -> String;
    /// Statement that puts rows back: `rows` selects them as they were.
    fn put_back(&self, table: &str, rows: &str) -> String;
    /// Statements that make the table of checks.
    fn checks_table(&self) -> Vec<String>;
    /// Statement that notes check `step`, or fails with `why`, a text value, unless `holds`.
    fn check(&self, step: usize, why: &str, holds: &str) -> String;
    /// Statement that makes a temporary table of these columns.
    fn temporary(&self, table: &str, columns: &str) -> String;
    /// Statement that makes a temporary table of copies; `leadlint_op` is one of the columns.
    fn copies(&self, table: &str, rows: &str) -> String;
    /// Statement that makes a table that stays, with these columns.
    fn kept(&self, table: &str, columns: &str) -> String;
    /// Statement that makes a table that stays, like the rows; `leadlint_op` is one of the columns if `by_op`.
    fn kept_copies(&self, table: &str, rows: &str, by_op: bool) -> String;
    /// The foreign keys to a table, `columns of the listing WHERE`; and which of their columns it holds and points at.
    fn foreign_keys(&self, to: &Name) -> ForeignKeys;
    /// What changes rows by itself, listed.
    fn triggers(&self, name: &Name, shown: &str) -> Vec<String>;
    /// Checks of the server and of a table, beside those of all: message and condition.
    fn checks(&self, name: Option<&Name>) -> Vec<(String, String)>;
    /// Starts a script.
    fn open(&self, temporary: &[&str]) -> Vec<String>;
    /// Starts the transaction, and keeps others from writing to these tables.
    fn lock(&self, tables: &[String]) -> Vec<String>;
    /// Statements after which the server knows the size of tables that were just filled.
    fn measure(&self, tables: &[&str]) -> Vec<String>;
    /// Ends the transaction, `checks` of which ought to have been made.
    fn close(&self, checks: usize, keep: bool) -> Vec<String>;
    /// After rows were put back: columns that the server stamped by itself, where all else that the backup, a table beside
    /// this one, has is as it was.
    fn unstamp(&self, name: &Name, backup: &str, key: &str) -> Vec<String>;
}

/// The foreign keys to a table, as a query.
pub(super) struct ForeignKeys {
    /// `SELECT … WHERE …`, to which conditions may be added.
    pub(super) select: String,
    /// Expressions: schema, table and column that holds the ids.
    pub(super) from: [&'static str; 3],
    /// Expression: the column that it points at.
    pub(super) to: &'static str,
}

/// A column that is read or written.
struct Field<'a> {
    /// Its number in the scripts, from 1.
    number: usize,
    /// Position of its place.
    place: usize,
    column: &'a str,
    /// The column that names its rows.
    key: &'a str,
    /// Position of its table and of the column in it; `None` for a reference.
    of: Option<(usize, usize)>,
    /// Position of the table whose ids it holds, for a reference.
    to: Option<usize>,
    written: bool,
    consent: bool,
}

/// The job in the words of a server.
struct Server<'a> {
    job: &'a Job,
    d: &'a dyn Dialect,
}

/// The temporary tables, those of copies aside.
const TEMPORARY: [&str; 13] = [
    "leadlint_two",
    "leadlint_check",
    "leadlint_lock",
    "leadlint_kind",
    "leadlint_op",
    "leadlint_member",
    "leadlint_cell",
    "leadlint_want",
    "leadlint_bad",
    "leadlint_ok",
    "leadlint_going",
    "leadlint_do",
    "leadlint_planned",
];

/// The scripts of a job.
pub(super) fn scripts(d: &dyn Dialect, job: &Job) -> Vec<Script> {
    let made = |name, text, what: &str| Script { name, text, what: what.to_owned() };
    let server = Server { job, d };
    vec![
        made("dry-run.sql", apply::script(&server, true), "does what apply.sql does, shows it and takes it back"),
        made("apply.sql", apply::script(&server, false), "the changes in one transaction, with guards and backups"),
        made("verify.sql", verify::script(&server), "lists what is not as planned; changes nothing"),
        made("undo.sql", undo::script(&server), "the way back, until the backups are dropped"),
        made("drop-backups.sql", undo::drop_backups(&server), "drops the backups, after the quarantine"),
    ]
}

impl<'a> Server<'a> {
    fn table(&self, place: usize) -> String {
        let name = &self.job.places[place];
        self.d.table(name, &name.table)
    }

    /// The name of a place as data.
    fn label(&self, place: usize) -> String {
        self.d.literal(&self.job.places[place].shown())
    }

    /// A column of the row `x`.
    fn of(&self, row: &str, column: &str) -> String {
        format!("{row}.{}", self.d.name(column))
    }

    /// What a column of a row shows.
    fn text(&self, row: &str, column: &str) -> String {
        self.d.text(&self.of(row, column))
    }

    /// A table of the scripts that stays; it stands beside the first table of the job.
    fn own(&self, what: &str) -> String {
        let table = format!("{OWN}{what}_{}", self.job.hash);
        self.job.places.first().map_or_else(|| self.d.name(&table), |beside| self.d.table(beside, &table))
    }

    /// The table that says what became of each operation.
    fn log(&self) -> String {
        self.own("log")
    }

    /// The table of cells that were changed, with what they showed before and after.
    fn cells(&self) -> String {
        self.own("cells")
    }

    /// The table with the whole rows that were touched, by operation.
    fn backup(&self, place: usize) -> String {
        self.beside(place, "backup")
    }

    /// The table with the rows that were deleted, column by column as in the table itself.
    fn gone(&self, place: usize) -> String {
        self.beside(place, "gone")
    }

    fn beside(&self, place: usize, what: &str) -> String {
        self.d.table(&self.job.places[place], &self.bare_beside(place, what))
    }

    fn bare_beside(&self, place: usize, what: &str) -> String {
        let table = &self.job.places[place].table;
        // Servers cut names after 63 bytes, or refuse them.
        let of = if table.len() <= 30 { table.clone() } else { format!("table{}", place + 1) };
        format!("{OWN}{what}_{of}_{}", self.job.hash)
    }

    /// Every table of the scripts that stays.
    fn every_own(&self) -> Vec<String> {
        let backups = (0..self.job.places.len()).map(|place| self.backup(place));
        let gone = self.going_places().into_iter().map(|place| self.gone(place));
        [self.log(), self.cells()].into_iter().chain(backups).chain(gone).collect()
    }

    /// Tables by number, from 1.
    fn tables(&self) -> impl Iterator<Item = (usize, &'a Table)> {
        (1..).zip(&self.job.tables)
    }

    /// Tables that records go from, by number.
    fn going(&self) -> impl Iterator<Item = (usize, &'a Table)> {
        self.tables().filter(|(_, table)| table.merges)
    }

    /// Places that records go from.
    fn going_places(&self) -> BTreeSet<usize> {
        self.going().map(|(_, table)| table.place).collect()
    }

    /// Every column that is read or written: those of tables, then references.
    fn fields(&self) -> Vec<Field<'a>> {
        let job = self.job;
        let mut fields = Vec::new();
        for (at, table) in job.tables.iter().enumerate() {
            for (column, of) in table.columns.iter().enumerate() {
                fields.push(Field {
                    number: fields.len() + 1,
                    place: table.place,
                    column: &of.header,
                    key: &table.id,
                    of: Some((at, column)),
                    to: None,
                    written: of.written,
                    consent: of.consent,
                });
            }
        }
        for one in &job.references {
            fields.push(Field {
                number: fields.len() + 1,
                place: one.place,
                column: &one.column,
                key: &one.key,
                of: None,
                to: Some(one.to),
                written: true,
                consent: false,
            });
        }
        fields
    }

    /// The fields that are written.
    fn units(&self) -> Vec<Field<'a>> {
        self.fields().into_iter().filter(|field| field.written).collect()
    }

    /// Rows `b` of the backup of the cells `c` or `d` of a field, and the rows `x` of the table as they stand: a join that
    /// follows one with `from`, a row of which has `op` and `rowkey`. The key finds a row by its index; the text makes sure
    /// that it is this key and no other spelling of it.
    fn rows(&self, field: &Field<'_>, from: &str, join: &str) -> String {
        format!(
            "JOIN {} b ON b.leadlint_op = {from}.op AND {} {join} {} x ON {}",
            self.backup(field.place),
            self.d.is(&self.text("b", field.key), &format!("{from}.rowkey")),
            self.table(field.place),
            self.same_row(field.key)
        )
    }

    /// Whether `x` and `b` are one row.
    fn same_row(&self, key: &str) -> String {
        format!(
            "{} = {} AND {}",
            self.of("x", key),
            self.of("b", key),
            self.d.is(&self.text("x", key), &self.text("b", key))
        )
    }

    /// Starts a script: its title, settings, temporary tables and checks.
    fn open(&self, title: &[&str], checks: &Checks) -> Lines {
        let mut lines = Lines::default();
        let first = format!("leadlint: {} {}; run it with: {}", title[0], self.d.title(), self.d.command());
        let plan = format!("Plan {}.", self.job.hash);
        let rest = title[1..].iter().copied();
        let title: Vec<&str> = std::iter::once(first.as_str()).chain(rest).chain([plan.as_str()]).collect();
        lines.title(&title);
        let copies: Vec<String> = self.tables().map(|(number, _)| seen(number)).collect();
        let temporary: Vec<&str> = TEMPORARY
            .iter()
            .copied()
            .chain(["leadlint_state", "leadlint_back"])
            .chain(copies.iter().map(String::as_str))
            .collect();
        lines.run_all(&self.d.open(&temporary));
        let word = self.d.word();
        lines.say("Checks: one that fails stops everything, and the error shows why.");
        lines.run_all(&self.d.checks_table());
        lines.run(self.d.temporary("leadlint_lock", "n bigint"));
        lines.run(self.d.temporary(
            "leadlint_bad",
            &format!("op integer, tbl integer, id {word}, col {word}, found {word}, why {word}"),
        ));
        lines.run(self.d.temporary("leadlint_ok", "op integer PRIMARY KEY"));
        lines.run_all(&checks.first);
        lines
    }

    /// The tables that stay, made where they are not yet.
    fn make_own(&self, lines: &mut Lines) {
        let word = self.d.word();
        lines.say("The tables of the backups.");
        lines.run(self.d.kept(
            &self.log(),
            &format!("op integer, kind {word}, rules {word}, tbl {word}, id {word}, status varchar(10), why {word}"),
        ));
        lines.run(self.d.kept(
            &self.cells(),
            &format!(
                "op integer, tbl {word}, unit integer, col {word}, rowkey {word}, id {word}, old {word}, new {word}"
            ),
        ));
        for place in 0..self.job.places.len() {
            let rows = format!("SELECT 0 AS leadlint_op, x.* FROM {} x WHERE 1 = 0", self.table(place));
            lines.run(self.d.kept_copies(&self.backup(place), &rows, true));
        }
        for place in self.going_places() {
            let rows = format!("SELECT x.* FROM {} x WHERE 1 = 0", self.table(place));
            lines.run(self.d.kept_copies(&self.gone(place), &rows, false));
        }
    }

    /// Keeps everybody else from writing to the tables until the end.
    fn lock(&self, lines: &mut Lines) {
        lines.say("From here on one transaction; nobody else writes to these tables before it ends.");
        let tables: Vec<String> = (0..self.job.places.len()).map(|place| self.table(place)).collect();
        lines.run_all(&self.d.lock(&tables));
    }

    /// What changes rows by itself, for people to see.
    fn triggers(&self) -> Vec<String> {
        let of = |(at, name)| self.d.triggers(name, &self.label(at));
        self.job.places.iter().enumerate().flat_map(of).collect()
    }
}

/// The temporary table of copies of the rows of table `number`.
fn seen(number: usize) -> String {
    format!("leadlint_seen_{number}")
}

/// Checks that stop a script, by number.
#[derive(Default)]
struct Checks {
    made: usize,
    /// Statements of those that come first.
    first: Vec<String>,
}

impl Checks {
    /// Adds one: `holds` is an expression that is true when all is well.
    fn add(&mut self, d: &dyn Dialect, message: &str, holds: &str) {
        let statement = self.later(d, message, holds);
        self.first.push(statement);
    }

    /// One that is made later in the script; its statement.
    fn later(&mut self, d: &dyn Dialect, message: &str, holds: &str) -> String {
        self.made += 1;
        let why = d.literal(&comment(&format!("leadlint stops: {message}")));
        d.check(self.made, &why, holds)
    }
}
