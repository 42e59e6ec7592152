//! Scripts for a database that holds the records: apply, verify, undo.
//!
//! `job` says what is to be done, the same in every dialect. A dialect turns it into scripts; to add one, write it
//! after the pattern of `sqlite` and name it in `scripts`.

mod job;
mod sqlite;
mod steps;

#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use job::{Job, setting};

use super::text::counted;
use super::{Context, Error, Target, TargetMeta, Written};
use crate::config::options::{Options, SqlDialect};
use crate::model::Source;
use crate::plan::Plan;

/// The target `sql`.
#[derive(Debug)]
pub struct Sql;

static META: TargetMeta = TargetMeta {
    name: "sql",
    title: "Scripts for a database",
    writes: "dry-run.sql, apply.sql, verify.sql, undo.sql and drop-backups.sql for SQLite; needs [targets.sql] dialect",
};

const FOLDER: &str = "sql";

/// A script: its name, its text and what it does.
struct Script {
    name: &'static str,
    text: String,
    what: String,
}

/// The dialect that scripts are written in.
fn dialect(config: &Options) -> Result<SqlDialect, Error> {
    let known = SqlDialect::ALL.map(SqlDialect::as_str).join(", ");
    match config.targets.sql.dialect {
        Some(SqlDialect::Sqlite) => Ok(SqlDialect::Sqlite),
        Some(other) => Err(setting(format!(
            "scripts for dialect = \"{}\" are not yet written, only those for \"sqlite\"; `--target csv` lists the \
             changes for any loader",
            other.as_str()
        ))),
        None => Err(setting(format!(
            "`--target sql` needs to know the database, one of {known}; write dialect = \"sqlite\" there"
        ))),
    }
}

/// The scripts of a job.
fn scripts(dialect: SqlDialect, job: &Job) -> Vec<Script> {
    match dialect {
        SqlDialect::Sqlite => sqlite::scripts(job),
        // Refused before the work.
        SqlDialect::Postgresql | SqlDialect::Mysql => Vec::new(),
    }
}

impl Target for Sql {
    fn meta(&self) -> &'static TargetMeta {
        &META
    }

    fn check(&self, config: &Options) -> Result<(), Error> {
        dialect(config)?;
        job::check(&config.targets.sql)
    }

    fn write(&self, plan: &Plan, sources: &[Arc<Source>], dir: &Path, cx: &Context<'_>) -> Result<Vec<Written>, Error> {
        self.check(cx.config)?;
        let job = Job::new(plan, sources, cx.config)?;
        let folder = dir.join(FOLDER);
        fs::create_dir_all(&folder).map_err(Error::write(&folder))?;
        let mut written = Vec::new();
        let left_out: usize = job.left_out.iter().map(|one| one.count).sum();
        for Script { name, text, mut what } in scripts(dialect(cx.config)?, &job) {
            let path = folder.join(name);
            fs::write(&path, text).map_err(Error::write(&path))?;
            if left_out > 0 && name == "apply.sql" {
                what = format!("{what}; {} not in it, as RUNBOOK.md says", counted(left_out, "operation"));
            }
            written.push(Written { path: format!("{FOLDER}/{name}"), what, of: None, refused: None });
        }
        Ok(written)
    }

    fn steps(&self, plan: &Plan, sources: &[Arc<Source>], cx: &Context<'_>) -> String {
        Job::new(plan, sources, cx.config).map_or(String::new(), |job| steps::steps(&job, cx))
    }
}
