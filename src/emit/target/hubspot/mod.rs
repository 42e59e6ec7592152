//! A runner for HubSpot's API, and import files for those who have no token.
//!
//! What is to be done is data: `work.json`, which the runner reads. The runner itself is the same for every cleanup, so no
//! cell of an export is ever part of a program.

mod imports;
mod job;
mod names;
mod steps;

#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use job::Job;
use serde::Serialize;

use super::text::counted;
use super::{Context, Error, Target, TargetMeta, Written};
use crate::config::options::Options;
use crate::model::Source;
use crate::plan::Plan;

/// The target `hubspot`.
#[derive(Debug)]
pub struct Hubspot;

static META: TargetMeta = TargetMeta {
    name: "hubspot",
    title: "Runner and imports for HubSpot",
    writes: "run.py (backup, dry-run, apply, verify, undo; Python 3.8 or later, no packages) with work.json, and import files by Record ID",
};

const FOLDER: &str = "hubspot";

/// The runner's files. `run.py` is what people start.
const RUNNER: [(&str, &str, &str); 6] = [
    ("run.py", include_str!("runner/run.py"), "the runner: backup, dry-run, apply, verify, undo"),
    ("work.py", include_str!("runner/work.py"), "part of the runner: guards and changes"),
    ("merging.py", include_str!("runner/merging.py"), "part of the runner: merges"),
    ("portal.py", include_str!("runner/portal.py"), "part of the runner: what the portal holds"),
    ("ledger.py", include_str!("runner/ledger.py"), "part of the runner: receipts"),
    ("client.py", include_str!("runner/client.py"), "part of the runner: requests, pace, retries"),
];

/// What `work.json` says beside the steps.
#[derive(Serialize)]
struct Head<'a> {
    schema: &'static str,
    plan: &'a str,
    owner: Option<&'a str>,
    automations: Vec<&'a str>,
}

fn setting(what: String) -> Error {
    Error::Setting { section: "[targets.hubspot]", what }
}

/// The steps as JSON, one to a line.
fn work(job: &Job, plan: &Plan) -> Result<String, Error> {
    let head = Head {
        schema: "leadlint.hubspot/1",
        plan: &job.hash,
        owner: plan.heading.owner.as_deref(),
        automations: plan.wakes.iter().map(|automation| automation.name.as_str()).collect(),
    };
    let mut text = serde_json::to_string(&head)?;
    // The closing brace makes room for the steps.
    text.pop();
    text.push_str(",\"steps\":[");
    for (at, step) in job.steps.iter().enumerate() {
        text.push_str(if at == 0 { "\n" } else { ",\n" });
        text.push_str(&serde_json::to_string(step)?);
    }
    text.push_str("\n]}\n");
    Ok(text)
}

impl Target for Hubspot {
    fn meta(&self) -> &'static TargetMeta {
        &META
    }

    fn check(&self, config: &Options) -> Result<(), Error> {
        let options = &config.targets.hubspot;
        if let Some((header, name)) = options.properties.iter().find(|(_, name)| !names::is_internal(name)) {
            return Err(setting(format!(
                "`{name}`, given for \"{}\", is no internal name of a property: those are lower-case letters, digits and _; \
                 HubSpot shows it at the property as \"Internal name\"",
                header.escape_debug()
            )));
        }
        if let Some((_, object)) = options.objects.iter().find(|(_, object)| !names::is_object(object)) {
            return Err(setting(format!(
                "`{}` is no object; write contacts, companies, deals, leads, or an id such as 2-123456",
                object.escape_debug()
            )));
        }
        Ok(())
    }

    fn write(&self, plan: &Plan, sources: &[Arc<Source>], dir: &Path, cx: &Context<'_>) -> Result<Vec<Written>, Error> {
        self.check(cx.config)?;
        let options = &cx.config.targets.hubspot;
        let mut known =
            sources.iter().map(|source| source.name.as_str()).chain(cx.config.sources.keys().map(String::as_str));
        if let Some(name) = options.objects.keys().find(|name| !known.clone().any(|known| known == name.as_str())) {
            let hint = crate::config::hint(name, &mut known);
            return Err(setting(format!("objects: `{}` is no source of this run; {hint}", name.escape_debug())));
        }
        let job = Job::new(plan, sources, options);
        let folder = dir.join(FOLDER);
        fs::create_dir_all(&folder).map_err(Error::write(&folder))?;
        let mut files: Vec<(String, String, String)> = RUNNER
            .iter()
            .map(|(name, text, what)| ((*name).to_owned(), (*text).to_owned(), (*what).to_owned()))
            .collect();
        let left_out: usize = job.left_out.iter().map(|one| one.count).sum();
        let mut what = format!("what the runner does: {}", counted(job.steps.len(), "step"));
        if left_out > 0 {
            what = format!("{what}; {} not in it, as RUNBOOK.md says", counted(left_out, "operation"));
        }
        files.insert(1, ("work.json".to_owned(), work(&job, plan)?, what));
        files.extend(imports::files(&job.imports));
        let mut written = Vec::new();
        for (name, text, what) in files {
            let path = folder.join(&name);
            fs::write(&path, text).map_err(Error::write(&path))?;
            written.push(Written { path: format!("{FOLDER}/{name}"), what, of: None, refused: None });
        }
        Ok(written)
    }

    fn steps(&self, plan: &Plan, sources: &[Arc<Source>], cx: &Context<'_>) -> String {
        let job = Job::new(plan, sources, &cx.config.targets.hubspot);
        steps::steps(&job, plan, sources, cx)
    }
}
