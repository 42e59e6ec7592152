//! Files for a Salesforce organisation and the `sf` command: bulk files, Apex merges, and a script that carries them out
//! under guard. Nothing here speaks to Salesforce; a person runs `run.sh`.
//!
//! Limits and forms are those of the Bulk API 2.0 (UTF-8, LF, `#N/A` clears, blank leaves alone, ids in the first column),
//! of anonymous Apex (32,000 characters, 150 statements) and of `Database.merge` (three records a statement).

mod apex;
mod fields;
mod files;
mod job;
mod seen;
mod steps;

#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use files::File;
use job::Job;

use super::text::counted;
use super::{Context, Error, Target, TargetMeta, Written};
use crate::config::options::Options;
use crate::model::Source;
use crate::plan::Plan;

/// The target `salesforce`.
#[derive(Debug)]
pub struct Salesforce;

static META: TargetMeta = TargetMeta {
    name: "salesforce",
    title: "Files for Salesforce",
    writes: "bulk files, Apex merges and undo, and run.sh for the `sf` command, which compares before it loads",
};

const FOLDER: &str = "salesforce";
const RUN: &str = include_str!("run.sh");
const GUARD: &str = include_str!("guard.mjs");

/// All files of a job but the program's own.
struct Made {
    files: Vec<File>,
    /// Merges that no script holds.
    too_large: usize,
}

fn made(job: &Job, config: &Options) -> Made {
    let mut files = Vec::new();
    for ((phase, object), records) in &job.updates {
        let name = format!("{}-{}", phase.file(), object.file());
        files.extend(files::bulk(&format!("update/{name}"), records, false));
        files.extend(files::bulk(&format!("undo/{name}"), records, true));
    }
    let merges = apex::merges(&job.merges);
    let undo = apex::undo(&job.merges);
    let named = |folder: &'static str, texts: Vec<String>| {
        (1..).zip(texts).map(move |(number, text): (usize, String)| (format!("{folder}{number:04}.apex"), text))
    };
    files.extend(named("merges/", merges.texts));
    files.extend(named("undo-merges/undo-", undo.texts));
    files.extend(named("undo-deletes/undo-delete-", apex::undeletes(&job.deletes)));
    files.extend(files::queries(job, config));
    files.extend(files::deletes(job));
    Made { files, too_large: merges.too_large }
}

impl Target for Salesforce {
    fn meta(&self) -> &'static TargetMeta {
        &META
    }

    fn check(&self, config: &Options) -> Result<(), Error> {
        let section = "[targets.salesforce]";
        let options = &config.targets.salesforce;
        if let Some((header, name)) = options.fields.iter().find(|(_, name)| !fields::is_name(name)) {
            let what = format!("`{}` for `{header}` is no API name of a field, such as Region__c", name.escape_debug());
            return Err(Error::Setting { section, what });
        }
        let is_lookup = |child: &str| {
            child.split_once('.').is_some_and(|(object, field)| fields::is_name(object) && fields::is_name(field))
        };
        match options.children.iter().find(|child| !is_lookup(child)) {
            None => Ok(()),
            Some(child) => {
                let what = format!("`{}` is no lookup; write Object__c.Field__c", child.escape_debug());
                Err(Error::Setting { section, what })
            }
        }
    }

    fn write(&self, plan: &Plan, sources: &[Arc<Source>], dir: &Path, cx: &Context<'_>) -> Result<Vec<Written>, Error> {
        let job = Job::of(plan, sources, cx.config);
        if job.is_empty() {
            return Ok(Vec::new());
        }
        let folder = dir.join(FOLDER);
        let made = made(&job, cx.config);
        let put = |name: &str, text: &str| -> Result<(), Error> {
            let path = folder.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(Error::write(parent))?;
            }
            fs::write(&path, text).map_err(Error::write(&path))
        };
        for (name, text) in &made.files {
            put(name, text)?;
        }
        put("expected.json", &(serde_json::to_string_pretty(&files::expected(&job))? + "\n"))?;
        put("guard.mjs", GUARD)?;
        put("run.sh", RUN)?;
        let left_out: usize = job.left_out.values().sum::<usize>() + made.too_large;
        let said =
            |path: &str, what: String| Written { path: format!("{FOLDER}/{path}"), what, of: None, refused: None };
        let mut written = vec![said(
            "run.sh",
            format!(
                "compares and loads, with the `sf` command: {}, {}, {}{}",
                counted(job.cells(), "cell"),
                counted(job.merges.len() - made.too_large, "merge"),
                counted(job.deletes.values().map(std::collections::BTreeMap::len).sum(), "deletion"),
                if left_out > 0 { format!("; {left_out} left out, as RUNBOOK.md says") } else { String::new() },
            ),
        )];
        for (begin, what) in [
            ("update/", "values to load, exact: not for a spreadsheet"),
            ("undo/", "the values that stood there, to load back"),
            ("merges/", "Apex that merges"),
            ("undo-merges/", "Apex that brings merged records back from the recycle bin"),
            ("undo-deletes/", "Apex that brings deleted records back from it"),
            ("queries/", "queries for backup and comparison"),
            ("delete/", "ids to delete"),
        ] {
            let count = made.files.iter().filter(|(name, _)| name.starts_with(begin)).count();
            if count > 0 {
                written.push(said(begin, format!("{}: {what}", counted(count, "file"))));
            }
        }
        Ok(written)
    }

    fn steps(&self, plan: &Plan, sources: &[Arc<Source>], cx: &Context<'_>) -> String {
        let job = Job::of(plan, sources, cx.config);
        let too_large = apex::merges(&job.merges).too_large;
        steps::steps(&job, too_large, plan, cx)
    }
}
