//! A workbook in which people decide: every merge and value that waits for a decision, with reasons and alternatives.
//!
//! Every cell is written as text or as a number; none is a formula, whatever an export holds.

mod book;
mod readme;
mod shown;
mod style;

#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use book::{Filled, LINES, Told};
use style::Formats;

use super::text::{code_block, counted, shell};
use super::{Context, Error, Target, TargetMeta, Written};
use crate::model::Source;
use crate::plan::decisions::FILE;
use crate::plan::{Plan, Review};

/// The target `xlsx`.
#[derive(Debug)]
pub struct Xlsx;

static META: TargetMeta = TargetMeta {
    name: "xlsx",
    title: "Review workbook",
    writes: "review.xlsx: what waits for a decision, a sheet per family of rules; read back with --decisions",
};

const FOLDER: &str = "xlsx";
const NAME: &str = "review.xlsx";

impl Target for Xlsx {
    fn meta(&self) -> &'static TargetMeta {
        &META
    }

    fn is_for_review(&self) -> bool {
        true
    }

    fn write(&self, _: &Plan, _: &[Arc<Source>], _: &Path, _: &Context<'_>) -> Result<Vec<Written>, Error> {
        Ok(Vec::new())
    }

    fn write_review(&self, review: &Review, plan: &Plan, dir: &Path, cx: &Context<'_>) -> Result<Vec<Written>, Error> {
        let folder = dir.join(FOLDER);
        fs::create_dir_all(&folder).map_err(Error::write(&folder))?;
        let path = folder.join(NAME);
        let made = workbook(review, plan, cx, LINES).map_err(std::io::Error::other);
        let (bytes, filled, told) = made.map_err(Error::write(&path))?;
        fs::write(&path, bytes).map_err(Error::write(&path))?;
        Ok(vec![Written { path: format!("{FOLDER}/{NAME}"), what: what(&filled, told), of: None, refused: None }])
    }

    fn steps(&self, plan: &Plan, _: &[Arc<Source>], cx: &Context<'_>) -> String {
        let book = cx.folder.join(FOLDER).join(NAME).to_string_lossy().into_owned();
        let next = cx.folder.with_file_name("NEW-FOLDER").to_string_lossy().into_owned();
        let mut words: Vec<&str> = Vec::new();
        let mut command = plan.heading.command.iter().map(String::as_str);
        while let Some(word) = command.next() {
            match word {
                "--out" | "--decisions" => drop(command.next()),
                "--force" => {}
                word if word.starts_with("--out=") || word.starts_with("--decisions=") => {}
                word => words.push(word),
            }
        }
        let mut line: Vec<String> = words.into_iter().map(shell).collect();
        if line.is_empty() {
            line.push("leadlint clean …".to_owned());
        }
        line.extend(["--decisions".to_owned(), shell(&book), "--out".to_owned(), shell(&next)]);
        format!(
            "## Review: decide in `{FOLDER}/{NAME}`\n\nWhat waits for a decision is in the workbook, and not in the plan. It says on its \
             first sheet how to decide. It holds personal data: send it to whoever decides, and to nobody else.\n\n\
             - [ ] Decide, and save it as a workbook, or a sheet as CSV with all of its columns.\n\
             - [ ] Run again with the decisions, with the targets that carry them out (`csv`, `sql` …), and with another folder, so \
             that the workbook stays as it is. They are kept in `{FILE}` beside the config:\n\n{}",
            code_block(&line.join(" "))
        )
    }
}

/// What the workbook holds, in a few words.
fn what(filled: &[Filled], told: Told) -> String {
    let sum = |of: fn(&Filled) -> usize| filled.iter().map(of).sum::<usize>();
    let (groups, decided, left_out) = (sum(|one| one.groups), sum(|one| one.decided), sum(|one| one.left_out));
    let mut what = format!("{} to decide on", counted(groups - decided, "group"));
    if decided > 0 {
        let _ = write!(what, ", {decided} decided before");
    }
    if left_out > 0 {
        let _ = write!(what, "; no room for {}", counted(left_out, "more group"));
    }
    if told.cut > 0 {
        let _ = write!(what, "; {} cut to what a cell can hold", counted(told.cut, "cell"));
    }
    what
}

/// The bytes of the workbook, what is in it, and what is not shown as it is.
fn workbook(
    review: &Review,
    plan: &Plan,
    cx: &Context<'_>,
    most: usize,
) -> Result<(Vec<u8>, Vec<Filled>, Told), rust_xlsxwriter::XlsxError> {
    let formats = Formats::new();
    let mut told = Told::default();
    let as_of = plan.heading.as_of;
    let day = as_of.map_or("no clock".to_owned(), |at| format!("as of {}", at.format("%Y-%m-%d %H:%M UTC")));
    let families = book::sheets(review, &formats, most, &mut told, &day)?;
    let decided = readme::decided(review, &formats, most, &mut told, &day)?;
    let filled: Vec<Filled> = families.iter().map(|(_, filled)| filled.clone()).collect();
    let first = readme::sheet(plan, &filled, &formats, told, &day, cx.config_file)?;
    let sheets = std::iter::once(first).chain(families.into_iter().map(|(sheet, _)| sheet)).chain(decided);
    Ok((book::bytes(sheets.collect(), as_of)?, filled, told))
}
