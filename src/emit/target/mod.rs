//! Targets: the forms that a plan is written in. A target gets the plan and a folder and fills it; it neither decides nor
//! leaves out, and what it cannot write it says.
//!
//! To add one: write `src/emit/target/<name>.rs` after the pattern of its neighbours, and its line in [`TARGETS`].
//! `plan.json` and `RUNBOOK.md` are written beside every target.

pub mod csv;
pub mod hubspot;
pub mod openrefine;
mod output;
mod plan_json;
mod runbook;
pub mod salesforce;
pub mod sql;
mod text;
pub mod xlsx;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use output::Folder;

use crate::config::options::Options;
use crate::load::Input;
use crate::model::Source;
use crate::plan::{Convergence, Document, Plan, Review};

/// Every target, by name.
pub static TARGETS: &[&dyn Target] =
    &[&csv::Csv, &openrefine::OpenRefine, &sql::Sql, &hubspot::Hubspot, &salesforce::Salesforce, &xlsx::Xlsx];

/// What is known of a target before it writes.
#[derive(Debug)]
pub struct TargetMeta {
    /// The name on the command line.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// What it writes, in one sentence.
    pub writes: &'static str,
}

/// What a target may know beside the plan.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The config.
    pub config: &'a Options,
    /// Path of the config as given.
    pub config_file: Option<&'a str>,
    /// The audits before and after.
    pub before_after: &'a Convergence,
    /// The folder that the outputs end up in.
    pub folder: &'a Path,
}

/// A form that a plan is written in.
pub trait Target: Sync {
    /// What is known of it.
    fn meta(&self) -> &'static TargetMeta;

    /// Checks the settings that it needs, before the work.
    ///
    /// # Errors
    ///
    /// When a setting is missing or of no use; the error says what to write.
    fn check(&self, _config: &Options) -> Result<(), Error> {
        Ok(())
    }

    /// What the runbook says of carrying its outputs out: a section of Markdown, or nothing.
    fn steps(&self, _plan: &Plan, _sources: &[Arc<Source>], _cx: &Context<'_>) -> String {
        String::new()
    }

    /// Whether it asks people to decide, and so needs to know what waits for them.
    fn is_for_review(&self) -> bool {
        false
    }

    /// Writes what waits for a decision into the folder `dir`.
    ///
    /// # Errors
    ///
    /// When a file cannot be written; nothing of the cleanup is then put in place.
    fn write_review(
        &self,
        _review: &Review,
        _plan: &Plan,
        _dir: &Path,
        _cx: &Context<'_>,
    ) -> Result<Vec<Written>, Error> {
        Ok(Vec::new())
    }

    /// Writes `plan` into the folder `dir`, which is new and empty but for other targets' outputs.
    ///
    /// # Errors
    ///
    /// When a file cannot be written; nothing of the cleanup is then put in place. What the target cannot express is no
    /// error: it comes back as refused.
    fn write(&self, plan: &Plan, sources: &[Arc<Source>], dir: &Path, cx: &Context<'_>) -> Result<Vec<Written>, Error>;
}

/// An output of a target, or what stands in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Path in the folder, with `/`.
    pub path: String,
    /// What it holds, in a few words.
    pub what: String,
    /// The export that it is the cleaned form of, as given.
    pub of: Option<Cleaned>,
    /// Why it was not written.
    pub refused: Option<String>,
}

/// Which export a cleaned one was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// Position of the source.
    pub source: usize,
    /// Path of the export as given.
    pub export: String,
    /// Whether it differs from the export.
    pub changed: bool,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// Why nothing was put in place.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder holds something.
    #[error("`{}` is not empty; name a new folder, or replace what is in it with --force", .0.display())]
    NotEmpty(PathBuf),
    /// The folder holds what no cleanup wrote.
    #[error("`{}` holds `{entry}`, which no cleanup wrote; --force replaces cleanups only, so name another folder", folder.display())]
    Foreign {
        /// The folder.
        folder: PathBuf,
        /// The name in it.
        entry: String,
    },
    /// The place of the folder is taken by a file.
    #[error("`{}` is a file; name a folder", .0.display())]
    IsFile(PathBuf),
    /// An input stands in the folder that would be replaced.
    #[error("`{}` holds the export `{export}`, which would be lost; name another folder", folder.display())]
    HoldsInput {
        /// The folder.
        folder: PathBuf,
        /// The input in it.
        export: String,
    },
    /// No such target.
    #[error("`--target {name}` is not known; {hint}")]
    Unknown {
        /// The name as given.
        name: String,
        /// The nearest known name.
        hint: String,
    },
    /// A setting is missing or of no use.
    #[error("{section}: {what}")]
    Setting {
        /// The section of the config.
        section: &'static str,
        /// What is wrong, and what to write.
        what: String,
    },
    /// The system says no.
    #[error("cannot write `{}`: {cause}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The plan has no JSON form.
    #[error("the plan could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Error {
    fn write(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |cause| Self::Write { path: path.to_owned(), cause }
    }
}

/// The target of that name.
pub fn find(name: &str) -> Result<&'static dyn Target, Error> {
    let named = |target: &&&dyn Target| target.meta().name.eq_ignore_ascii_case(name.trim());
    TARGETS.iter().find(named).copied().ok_or_else(|| Error::Unknown {
        name: name.to_owned(),
        hint: crate::config::hint(name, TARGETS.iter().map(|target| target.meta().name)),
    })
}

/// What is to be written, and where.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The audits before and after.
    pub before_after: &'a Convergence,
    /// The sources as they were read.
    pub sources: &'a [Arc<Source>],
    /// The config.
    pub config: &'a Options,
    /// Path of the config as given.
    pub config_file: Option<&'a str>,
    /// The targets.
    pub targets: &'a [&'static dyn Target],
    /// What waits for a decision, for the targets that ask.
    pub review: Option<&'a Review>,
    /// The folder.
    pub folder: &'a Path,
    /// Whether what is in the folder may be replaced.
    pub force: bool,
}

impl std::fmt::Debug for Order<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let targets: Vec<&str> = self.targets.iter().map(|target| target.meta().name).collect();
        f.debug_struct("Order").field("folder", &self.folder).field("targets", &targets).finish_non_exhaustive()
    }
}

/// A plan on paper: its runbook and `plan.json`, for no target. What carries it out is written by [`write()`] alone.
pub fn on_paper(order: &Order<'_>) -> Result<(String, String), Error> {
    let cx = Context {
        config: order.config,
        config_file: order.config_file,
        before_after: order.before_after,
        folder: order.folder,
    };
    let what = "every operation, what was set aside, before and after".to_owned();
    let plan = Written { path: "plan.json".to_owned(), what, of: None, refused: None };
    let runbook = runbook::render(order.plan, order.sources, &[], &[plan], &cx);
    Ok((runbook, Document::new(order.plan, order.before_after).to_json()?))
}

/// Checks that the folder can be written to, before the work.
pub fn check_folder(folder: &Path, force: bool, sources: &[Arc<Source>]) -> Result<(), Error> {
    // Of a member or sheet, the file that holds it.
    let whole = |path: &str| match Input::locate(path) {
        Some(Input::File { path, .. }) => path.to_string_lossy().into_owned(),
        _ => path.to_owned(),
    };
    let inputs: Vec<String> = sources.iter().flat_map(|source| &source.files).map(|file| whole(&file.path)).collect();
    output::check(folder, force, inputs.iter().map(String::as_str))
}

/// Writes the plan for every target, `plan.json` and `RUNBOOK.md`. The folder holds all of it, or what it held before.
pub fn write(order: &Order<'_>) -> Result<Vec<Written>, Error> {
    check_folder(order.folder, order.force, order.sources)?;
    let folder = Folder::beside(order.folder)?;
    let cx = Context {
        config: order.config,
        config_file: order.config_file,
        before_after: order.before_after,
        folder: order.folder,
    };
    let mut written = Vec::new();
    for target in order.targets {
        written.extend(target.write(order.plan, order.sources, folder.path(), &cx)?);
        if let Some(review) = order.review {
            written.extend(target.write_review(review, order.plan, folder.path(), &cx)?);
        }
    }
    written.push(plan_json::write(order.plan, folder.path(), &cx)?);
    let runbook = runbook::render(order.plan, order.sources, order.targets, &written, &cx);
    written.push(runbook::write(&runbook, folder.path())?);
    folder.put_in_place()?;
    Ok(written)
}
