//! Operation histories for OpenRefine: what a person pastes under Undo / Redo, Apply. One file for each export that changes.
//!
//! A value that changes alike wherever it stands is one edit of its column; any other cell is reached through a facet on
//! the column of record ids. Rows that go are removed first, cells are edited after that. The format is that of
//! OpenRefine's own `core/mass-edit` and `core/row-removal` operations.

mod export;
mod history;
mod operations;
mod whole;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use export::Export;
use history::{History, history};
use whole::Withheld;

use super::csv::{FileAt, Names, edits};
use super::text::{counted, markdown};
use super::{Context, Error, Target, TargetMeta, Written};
use crate::model::{Dialect, Role, Source, SourceFile};
use crate::plan::Plan;

/// The target `openrefine`.
#[derive(Debug)]
pub struct OpenRefine;

static META: TargetMeta = TargetMeta {
    name: "openrefine",
    title: "Operations for OpenRefine",
    writes: "an operation history for each export that changes, to be applied under Undo / Redo",
};

const FOLDER: &str = "openrefine";

/// An export that changes: its file and what becomes of it.
struct Planned<'a> {
    file: &'a SourceFile,
    dialect: Option<Dialect>,
    name: String,
    /// The operations, or why there are none.
    made: Result<History, String>,
}

/// What becomes of every export that changes, in the order of the sources.
fn planned<'a>(plan: &Plan, sources: &'a [Arc<Source>]) -> Vec<Planned<'a>> {
    let mut names = Names::default();
    let mut found = Vec::new();
    let changed = edits(&plan.operations, sources).into_keys();
    let exports: BTreeMap<FileAt, Result<Export, String>> =
        changed.map(|(at, index)| ((at, index), read(&sources[at], &sources[at].files[index]))).collect();
    let withheld = Withheld::new(plan, sources, &exports);
    let edits = edits(plan.operations.iter().filter(|operation| withheld.holds(operation)), sources);
    for (at, source) in sources.iter().enumerate() {
        for (index, file) in source.files.iter().enumerate() {
            let name = format!("{}.operations.json", names.take(file));
            let Some(export) = exports.get(&(at, index)) else { continue };
            let none = BTreeMap::new();
            let edits = edits.get(&(at, index)).unwrap_or(&none);
            let mut made = export.as_ref().map_err(Clone::clone).and_then(|export| history(export, edits));
            if let Ok(made) = &mut made {
                withheld.of(at, index).for_each(|why| made.leave_out(why));
            }
            found.push(Planned { file, dialect: file.dialect, name, made });
        }
    }
    found
}

fn read(source: &Source, file: &SourceFile) -> Result<Export, String> {
    if file.dialect.is_none() {
        return Err(
            "OpenRefine reads numbers and dates of this format in its own way; `--target csv` writes it as CSV".into(),
        );
    }
    let id = source.role(Role::Id).map(|column| source.header(column));
    Export::read(file, id)
}

impl Target for OpenRefine {
    fn meta(&self) -> &'static TargetMeta {
        &META
    }

    fn write(&self, plan: &Plan, sources: &[Arc<Source>], dir: &Path, _: &Context<'_>) -> Result<Vec<Written>, Error> {
        let folder = dir.join(FOLDER);
        fs::create_dir_all(&folder).map_err(Error::write(&folder))?;
        let mut written = Vec::new();
        for Planned { file, name, made, .. } in planned(plan, sources) {
            let mut one = Written { path: format!("{FOLDER}/{name}"), what: String::new(), of: None, refused: None };
            match made {
                Err(why) => one.refused = Some(format!("{}: {why}", file.path)),
                Ok(made) => {
                    let path = folder.join(&name);
                    if let Some(parent) = path.parent() {
                        fs::create_dir_all(parent).map_err(Error::write(parent))?;
                    }
                    fs::write(&path, serde_json::to_string_pretty(&made.operations)? + "\n")
                        .map_err(Error::write(&path))?;
                    one.what = format!("operations for OpenRefine, {}", said(&made));
                }
            }
            written.push(one);
        }
        Ok(written)
    }

    fn steps(&self, plan: &Plan, sources: &[Arc<Source>], _: &Context<'_>) -> String {
        let all = planned(plan, sources);
        let mut out = "## OpenRefine: operations in `openrefine/`\n\n".to_owned();
        if all.is_empty() {
            out.push_str("Nothing is to be done.\n");
            return out;
        }
        out.push_str(
            "OpenRefine works on a copy, so nothing is lost; Undo / Redo takes every operation back. It carries no condition: \
             the export has to be the one that was audited (its SHA-256 stands in `plan.json`). References of other tables to \
             records that were merged away are not changed by it. A merge is done whole or not at all.\n\n",
        );
        for one in all {
            let (path, name) = (markdown(&one.file.path), markdown(&one.name));
            let made = match &one.made {
                Ok(made) => made,
                Err(why) => {
                    let _ = writeln!(out, "- {path}: no operations: {}", markdown(why));
                    continue;
                }
            };
            let read = one.dialect.map_or(String::new(), |dialect| importing(dialect, one.file));
            let _ = writeln!(
                out,
                "- [ ] Create a project from {path}: {read}. Switch off: trim leading and trailing white space, parse cell text \
                 into numbers and dates. Keep: store blank cells as nulls.\n\
                 - [ ] Undo / Redo, Apply: paste `{name}`. {}.",
                said(made)
            );
            for (why, count) in &made.left_out {
                let _ = writeln!(out, "  - left out, {}: {}", counted(*count, "change"), markdown(why));
            }
        }
        out
    }
}

/// How OpenRefine has to read an export.
fn importing(dialect: Dialect, file: &SourceFile) -> String {
    let delimiter = match dialect.delimiter {
        b'\t' => "tabs".to_owned(),
        other => format!("`{}`", char::from(other)),
    };
    let mut said = format!("character encoding {}, columns separated by {delimiter}", dialect.encoding.as_str());
    if dialect.header_line > 1 {
        let _ = write!(said, ", ignore the first {}", counted(dialect.header_line as usize - 1, "line"));
    }
    if file.footer_lines > 0 {
        let _ =
            write!(said, ", and delete the last {}, which the export adds", counted(file.footer_lines as usize, "row"));
    }
    said
}

fn said(made: &History) -> String {
    let mut said = format!("{}, {}", counted(made.cells, "changed cell"), counted(made.removed, "removed row"));
    let left_out: usize = made.left_out.values().sum();
    if left_out > 0 {
        let _ = write!(said, ", {left_out} left out as RUNBOOK.md says");
    }
    said
}
