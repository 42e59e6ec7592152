//! What the runbook says of the scripts.

use std::fmt::Write as _;

use super::super::Context;
use super::super::text::{code_block, counted, markdown, shell};
use super::job::{Job, OWN};
use super::mysql::Mysql;
use super::postgresql::Postgresql;
use super::server::Dialect as _;
use crate::config::options::SqlDialect;
use crate::plan::Plan;

/// What the steps say of a database.
struct Words {
    title: &'static str,
    /// How a script is run; its path follows.
    command: &'static str,
    copy: &'static str,
    back: &'static str,
    /// How a cell is compared with the export, where columns have types.
    types: &'static str,
}

const TYPES: &str = "- [ ] Cells are compared byte by byte; in columns of numbers, booleans, dates and times as such (a time without an \
    offset is taken for UTC). A column of another type (binary, JSON, arrays) leaves out the operations that need it. Names of \
    columns are those of the export, letter case too where the database minds it.\n";

fn words(dialect: SqlDialect) -> Words {
    match dialect {
        SqlDialect::Sqlite => Words {
            title: "SQLite 3.26 or later",
            command: "sqlite3 -bail -header -column DATABASE <",
            copy: "Copy the database file first, and let nothing else write to it.",
            back: " Do not VACUUM before that; it renumbers rows:",
            types: "",
        },
        SqlDialect::Postgresql => Words {
            title: Postgresql.title(),
            command: Postgresql.command(),
            copy: "Take a dump first (`pg_dump`). The scripts lock these tables against writing, not reading, while they run.",
            back: " What triggers did on their own is not taken back:",
            types: TYPES,
        },
        SqlDialect::Mysql => Words {
            title: Mysql.title(),
            command: Mysql.command(),
            copy: "Take a dump first (`mysqldump`). The scripts lock the rows of these tables while they run. Never run them with \
                   `--force`; the tables of the backups are made before the transaction, and stay empty where it fails.",
            back: " What triggers did on their own is not taken back:",
            types: TYPES,
        },
    }
}

/// The steps of the scripts.
pub(super) fn steps(job: &Job, dialect: SqlDialect, cx: &Context<'_>) -> String {
    let words = words(dialect);
    let mut out = format!(
        "## Database: {} in `sql/`\n\nFor {}. {} set, {} gone. Everything is done in one \
         transaction or not at all; an operation whose record is no longer what was exported is left out and said.\n\n",
        counted(job.steps.len(), "operation"),
        words.title,
        counted(job.written(), "cell is").replace("cell iss", "cells are"),
        counted(job.gone(), "record is").replace("record iss", "records are"),
    );
    if job.steps.is_empty() {
        out.push_str("Nothing is to be done: the scripts change nothing.\n");
    }
    let run = |name: &str| {
        let path = cx.folder.join("sql").join(name).to_string_lossy().into_owned();
        code_block(&format!("{} {}", words.command, shell(&path)))
    };
    let tables: Vec<String> = job.places.iter().map(|place| markdown(&place.shown())).collect();
    let _ = write!(
        out,
        "- [ ] The tables {} are those of the export: the same headers, the same ids. A blank cell may be NULL or empty. \
         Other names go into `[targets.sql]`.\n\
         {}- [ ] {}\n\
         - [ ] Rehearse. It does everything and takes it back, lists what would be skipped and the triggers on these \
         tables; switch those off that would change what is written, or answer for what they do:\n\n{}\n\
         - [ ] Apply. A second run does only what the first one skipped:\n\n{}\n\
         - [ ] Verify. It lists what is not as planned, then the sums:\n\n{}\n",
        if tables.is_empty() { "of the config".to_owned() } else { tables.join(", ") },
        words.types,
        words.copy,
        run("dry-run.sql"),
        run("apply.sql"),
        run("verify.sql"),
    );
    let _ = write!(
        out,
        "- [ ] Way back, until the backups are dropped: every cell, record and reference as it was, but for rows that changed \
         since, which it names and leaves.{}\n\n{}\n\
         - [ ] After {days} days of quarantine drop the backups (`{OWN}…_{}`). They are personal data, records that \
         were merged away or deleted among it; after that there is no way back:\n\n{}\n",
        words.back,
        run("undo.sql"),
        job.hash,
        run("drop-backups.sql"),
        days = Plan::QUARANTINE_DAYS,
    );
    out.push_str(&references(job));
    out.push_str(&unnamed(job));
    out.push_str(&left_out(job));
    out
}

fn references(job: &Job) -> String {
    if job.gone() == 0 {
        return String::new();
    }
    let lines: Vec<String> = job
        .references
        .iter()
        .map(|one| {
            let place = markdown(&job.places[one.place].shown());
            format!("{place} · {} (ids of {})", markdown(&one.column), markdown(&job.tables[one.to].source))
        })
        .collect();
    let which = if lines.is_empty() { "none is named".to_owned() } else { lines.join(", ") };
    format!(
        "Merges re-point these columns, where an id stands alone in its cell: {which}. What would make a record \
         refer to itself becomes blank, if the column may be. A record that one of them refers to is not deleted. A foreign key to a merged table that is not under `[targets.sql] references` \
         stops the script; a column that holds ids without a foreign key is yours to name. Where a unique constraint forbids \
         two references to one record, the script stops too and changes nothing.\n"
    )
}

/// References in what was loaded that a merge has to re-point, and that the config does not name.
fn unnamed(job: &Job) -> String {
    if job.unnamed.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = job
        .unnamed
        .iter()
        .map(|((source, header), count)| {
            format!("- {} · {}: {}\n", markdown(source), markdown(header), counted(*count, "reference"))
        })
        .collect();
    format!(
        "\n**Not re-pointed by the scripts**: these columns of the exports hold ids of records that are merged away. Where the \
         database has them, name them under `[targets.sql] references` first:\n\n{}",
        lines.concat()
    )
}

/// Records that are named where something is left to people; the target csv lists them all.
const NAMED: usize = 50;

fn left_out(job: &Job) -> String {
    if job.left_out.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = job
        .left_out
        .iter()
        .map(|one| {
            let named: Vec<String> = one.records.iter().take(NAMED).map(|record| markdown(record)).collect();
            let more = match one.records.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(", and {more} more, which `csv/` of the target csv lists"),
            };
            let (what, count, why) = (markdown(&one.what), one.records.len(), markdown(one.why));
            format!("- {what} ({count}): {why}. Records: {}{more}\n", named.join(", "))
        })
        .collect();
    format!("\n**Not in the scripts**, to be done by hand:\n\n{}", lines.concat())
}
