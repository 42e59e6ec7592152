//! The scripts for SQLite.
//!
//! SQLite has no procedures, so conditions are data: the plan goes into temporary tables, guards write down which
//! operations may not be done, and every statement works on what is left. Checks are rows of a table whose constraints
//! refuse them, `OR ROLLBACK`: that takes back the whole transaction with its temporary tables, and every later
//! statement, which names one of those, can do nothing. So a failed check changes nothing even where whoever runs the
//! script goes on after an error.
//!
//! A column is always named with its table: SQLite takes a lone `"Name"` that is no column for text.

mod apply;
mod plan;
mod text;
mod undo;
mod verify;

use std::fmt::Write as _;

use text::name;

use super::Script;
use super::job::{Job, Name, OWN, Table};
use super::lines::{Lines, comment};

/// The scripts of a job.
pub(super) fn scripts(job: &Job) -> Vec<Script> {
    let made = |name, text, what: &str| Script { name, text, what: what.to_owned() };
    let db = Database { job };
    vec![
        made("dry-run.sql", apply::script(&db, true), "does what apply.sql does, shows it and takes it back"),
        made("apply.sql", apply::script(&db, false), "the changes in one transaction, with guards and backups"),
        made("verify.sql", verify::script(&db), "lists what is not as planned; changes nothing"),
        made("undo.sql", undo::script(&db), "the way back, until the backups are dropped"),
        made("drop-backups.sql", undo::drop_backups(&db), "drops the backups, after the quarantine"),
    ]
}

/// A column that is written: of a table, or a reference.
struct Unit<'a> {
    /// Its number in the scripts, from 1.
    number: usize,
    /// Position of its place.
    place: usize,
    column: &'a str,
    /// Position of its table, and of the column in it; `None` for a reference.
    of: Option<(usize, usize)>,
    /// Position of the table whose ids it holds, for a reference.
    to: Option<usize>,
}

/// The names of the job as SQLite reads them.
struct Database<'a> {
    job: &'a Job,
}

impl<'a> Database<'a> {
    fn schema(place: &Name) -> &str {
        place.schema.as_deref().unwrap_or("main")
    }

    /// `main."leads"`.
    fn table(&self, place: usize) -> String {
        let place = &self.job.places[place];
        format!("{}.{}", name(Self::schema(place)), name(&place.table))
    }

    /// `"leads"`, which is what the columns of a changed table are named with.
    fn bare(&self, place: usize) -> String {
        name(&self.job.places[place].table)
    }

    /// The name of a place as data.
    fn label(&self, place: usize) -> String {
        text::literal(&self.job.places[place].shown())
    }

    /// Arguments of a pragma function: table and schema.
    fn pragma(&self, place: usize) -> String {
        let place = &self.job.places[place];
        format!("{}, {}", text::literal(&place.table), text::literal(Self::schema(place)))
    }

    fn own(&self, what: &str) -> String {
        name(&format!("{OWN}{what}_{}", self.job.hash))
    }

    /// The table that says what became of each operation.
    fn log(&self) -> String {
        format!("main.{}", self.own("log"))
    }

    /// The table of cells that were changed, with what stood there and what stands there.
    fn cells(&self) -> String {
        format!("main.{}", self.own("cells"))
    }

    /// The table with the whole rows that were touched.
    fn backup(&self, place: usize) -> String {
        self.beside(place, "backup")
    }

    /// The table with the rows that were deleted, column by column as in the table itself.
    fn gone(&self, place: usize) -> String {
        self.beside(place, "gone")
    }

    fn beside(&self, place: usize, what: &str) -> String {
        format!("{}.{}", name(Self::schema(&self.job.places[place])), self.bare_beside(place, what))
    }

    fn bare_beside(&self, place: usize, what: &str) -> String {
        name(&self.plain_beside(place, what))
    }

    fn plain_beside(&self, place: usize, what: &str) -> String {
        format!("{OWN}{what}_{}_{}", self.job.places[place].table, self.job.hash)
    }

    /// Tables by number, from 1.
    fn tables(&self) -> impl Iterator<Item = (usize, &'a Table)> {
        (1..).zip(&self.job.tables)
    }

    /// Places in which records go.
    fn merged_places(&self) -> Vec<usize> {
        let places = self.job.tables.iter().filter(|table| table.merges).map(|table| table.place);
        let places: std::collections::BTreeSet<usize> = places.collect();
        places.into_iter().collect()
    }

    /// Every column that is written.
    fn units(&self) -> Vec<Unit<'a>> {
        let columns = self.job.tables.iter().enumerate().flat_map(|(at, table)| {
            table
                .columns
                .iter()
                .enumerate()
                .filter(|(_, column)| column.written)
                .map(move |(column, of)| (table.place, of.header.as_str(), Some((at, column)), None))
        });
        let references = self.job.references.iter().map(|one| (one.place, one.column.as_str(), None, Some(one.to)));
        (1..)
            .zip(columns.chain(references))
            .map(|(number, (place, column, of, to))| Unit { number, place, column, of, to })
            .collect()
    }

    /// Whether row `x` of a table is the record whose id is the text `id`. The first half finds it by index, the second
    /// makes sure that it is this id and no other spelling of it.
    fn is_record(table: &Table, id: &str) -> String {
        let column = name(&table.id);
        format!("x.{column} = {id} AND CAST(x.{column} AS TEXT) = {id} COLLATE BINARY")
    }

    /// Starts a script: its title, the transaction, and the temporary tables of an earlier run out of the way.
    fn begin(title: &[&str], begin: &str) -> Lines {
        let mut lines = Lines::default();
        lines.title(title);
        lines.run(begin);
        Self::drop_temporary(&mut lines);
        lines
    }

    fn drop_temporary(lines: &mut Lines) {
        for table in
            ["check", "op", "member", "cell", "record", "row", "bad", "ok", "do", "touched", "state", "back", "at"]
        {
            lines.run(format!("DROP TABLE IF EXISTS temp.{OWN}{table}"));
        }
    }
}

/// Checks that stop a script. Each is a numbered row; the message is the name of the constraint that refuses it.
#[derive(Default)]
struct Checks {
    messages: Vec<String>,
    statements: Vec<String>,
}

impl Checks {
    /// Adds one: `holds` is an expression that is true when all is well.
    fn add(&mut self, message: String, holds: &str) {
        self.messages.push(message);
        self.statements.push(Self::statement(self.messages.len(), holds));
    }

    /// Adds one that counts the checks that were made: one that failed as a statement is none.
    fn count(&mut self) -> String {
        let made = self.messages.len();
        self.later(
            "not every check could be made; see the error above",
            &format!("SELECT count(*) = {made} FROM temp.leadlint_check"),
        )
    }

    /// Adds one that is made later in the script; its statement.
    fn later(&mut self, message: &str, holds: &str) -> String {
        self.messages.push(message.to_owned());
        Self::statement(self.messages.len(), holds)
    }

    fn statement(number: usize, holds: &str) -> String {
        format!("INSERT OR ROLLBACK INTO temp.leadlint_check (step, holds) SELECT {number}, ({holds})")
    }

    /// The statement that makes the table of checks. Whatever is not made cannot hold: a missing value is refused too.
    fn table(&self) -> String {
        let mut constraints = String::new();
        for (number, message) in (1..).zip(&self.messages) {
            let message = name(&comment(&format!("leadlint: {message}")));
            let _ = write!(constraints, ",\n  CONSTRAINT {message} CHECK (step <> {number} OR holds IS 1)");
        }
        format!("CREATE TEMP TABLE leadlint_check (step INTEGER, holds INTEGER{constraints})")
    }
}
