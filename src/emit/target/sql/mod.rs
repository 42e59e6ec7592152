//! Scripts for a database that holds the records: apply, verify, undo.
//!
//! `job` says what is to be done, the same in every dialect. A dialect turns it into scripts. `server` writes those of
//! database servers; what differs between them is a file each. To add one, write it after the pattern of `postgresql` and
//! name it in `scripts`. `sqlite` numbers its rows and folds types, and has scripts of its own.

mod forms;
mod job;
mod lines;
mod mysql;
mod postgresql;
mod server;
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
    writes: "dry-run.sql, apply.sql, verify.sql, undo.sql and drop-backups.sql for PostgreSQL, MySQL, MariaDB or SQLite; needs [targets.sql] dialect",
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
    config.targets.sql.dialect.ok_or_else(|| {
        setting(format!(
            "`--target sql` needs to know the database, one of {known}; write dialect = \"postgresql\", say, there"
        ))
    })
}

/// The scripts of a job.
fn scripts(dialect: SqlDialect, job: &Job) -> Vec<Script> {
    match dialect {
        SqlDialect::Sqlite => sqlite::scripts(job),
        SqlDialect::Postgresql => server::scripts(&postgresql::Postgresql, job),
        SqlDialect::Mysql => server::scripts(&mysql::Mysql, job),
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
        let left_out: usize = job.left_out.iter().map(|one| one.records.len()).sum();
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
        let (job, dialect) = (Job::new(plan, sources, cx.config), dialect(cx.config));
        job.and_then(|job| Ok(steps::steps(&job, dialect?, cx))).unwrap_or_default()
    }
}
