//! What the runbook says of the scripts.

use std::fmt::Write as _;

use super::super::Context;
use super::super::text::{code_block, counted, markdown, shell};
use super::job::{Job, OWN};
use crate::plan::Plan;

/// The steps of the scripts.
pub(super) fn steps(job: &Job, cx: &Context<'_>) -> String {
    let mut out = format!(
        "## Database: {} in `sql/`\n\nFor SQLite 3.26 or later. {} set, {} gone. Everything is done in one \
         transaction or not at all; an operation whose record is no longer what was exported is left out and said.\n\n",
        counted(job.steps.len(), "operation"),
        counted(job.written(), "cell is").replace("cell iss", "cells are"),
        counted(job.gone(), "record is").replace("record iss", "records are"),
    );
    if job.steps.is_empty() {
        out.push_str("Nothing is to be done: the scripts change nothing.\n");
    }
    let run = |name: &str| {
        let path = cx.folder.join("sql").join(name).to_string_lossy().into_owned();
        code_block(&format!("sqlite3 -bail -header -column DATABASE < {}", shell(&path)))
    };
    let tables: Vec<String> = job.places.iter().map(|place| markdown(&place.shown())).collect();
    let _ = write!(
        out,
        "- [ ] The tables {} are those of the export: the same headers, the same ids. A blank cell may be NULL or empty. \
         Other names go into `[targets.sql]`.\n\
         - [ ] Copy the database file first, and let nothing else write to it.\n\
         - [ ] Rehearse. It does everything and takes it back, lists what would be skipped and the triggers on these \
         tables; switch those off that would change what is written, or answer for what they do:\n\n{}\n\
         - [ ] Apply. A second run does only what the first one skipped:\n\n{}\n\
         - [ ] Verify. It lists what is not as planned, then the sums:\n\n{}\n",
        if tables.is_empty() { "of the config".to_owned() } else { tables.join(", ") },
        run("dry-run.sql"),
        run("apply.sql"),
        run("verify.sql"),
    );
    let _ = write!(
        out,
        "- [ ] Way back, until the backups are dropped: every cell, record and reference as it was, but for rows that changed \
         since, which it names and leaves. Do not VACUUM before that; it renumbers rows:\n\n{}\n\
         - [ ] After {days} days of quarantine drop the backups (`{OWN}…_{}`). They are personal data, records that \
         were merged away or deleted among it; after that there is no way back:\n\n{}\n",
        run("undo.sql"),
        job.hash,
        run("drop-backups.sql"),
        days = Plan::QUARANTINE_DAYS,
    );
    out.push_str(&references(job));
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
        "Merges re-point these columns: {which}; a record that one of them refers to is not deleted. A foreign key to a merged table that is not under `[targets.sql] references` \
         stops the script; a column that holds ids without a foreign key is yours to name. Where a unique constraint forbids \
         two references to one record, the script stops too and changes nothing.\n"
    )
}

fn left_out(job: &Job) -> String {
    if job.left_out.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = job
        .left_out
        .iter()
        .map(|one| format!("- {} ({}): {}\n", markdown(&one.what), one.count, markdown(one.why)))
        .collect();
    format!("\n**Not in the scripts**, to be done by hand:\n\n{}", lines.concat())
}
