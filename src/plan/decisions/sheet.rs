//! The form in which people decide: rows of a workbook, or of a CSV file with the same columns.

use std::path::Path;

use polars::prelude::DataFrame;

use super::Refused;
use crate::load::{Input, LoadOptions, SourceSpec, load};
use crate::model::{Source, SourceFile};

/// The columns of a sheet, in order.
pub const COLUMNS: [&str; 15] = [
    "decision",
    "what",
    "rule",
    "source",
    "record",
    "line",
    "column",
    "current value",
    "suggested value",
    "alternatives",
    "survivor",
    "confidence",
    "reasons",
    "group",
    "key",
];

/// A row that stands for all records or values of its group.
pub const GROUP: &str = "group";
/// A row that stands for one record of a group.
pub const RECORD: &str = "record";
/// A row that stands for one value.
pub const CELL: &str = "value";
/// A row that says what a field of a merged record will be; there is nothing to decide on it.
pub const FIELD: &str = "field";

/// What a person may write into the column `decision`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vote {
    /// Carry it out.
    Accept,
    /// Never do it.
    Reject,
    /// Ask again next time; what was decided before is forgotten.
    Later,
}

/// A row that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Where its decision stands: `review.xlsx Duplicates!A14`.
    pub(super) place: String,
    /// The file and sheet that it stands in.
    pub(super) sheet: String,
    pub(super) vote: Option<Vote>,
    pub(super) what: String,
    pub(super) rule: String,
    pub(super) group: String,
    pub(super) key: String,
}

/// Reads every sheet of `path` that has decisions.
pub(super) fn read(path: &Path) -> Result<Vec<Row>, Refused> {
    let shown = path.display().to_string();
    let spec = SourceSpec { inputs: vec![Input::file(path)], ..SourceSpec::default() };
    let sources = load(&[spec], &LoadOptions::default()).map_err(|error| Refused(vec![error.to_string()]))?;
    let mut rows = Vec::new();
    let mut complaints = Vec::new();
    let mut is_any = false;
    for source in &sources {
        for file in &source.files {
            let missing = missing(file);
            let Some(columns) = Columns::find(source).filter(|_| missing.is_empty()) else {
                // Decisions may stand in a sheet that was one before somebody renamed its columns.
                if missing.len() <= FOUND.len() - 2 || is_displaced(source, file) {
                    complaints.push(format!(
                        "{}: the column {} is missing in its first row; decisions are read from sheets that have {}",
                        place(file, &shown),
                        missing.join(", "),
                        FOUND.join(", ")
                    ));
                }
                continue;
            };
            is_any = true;
            if file.unreadable > 0 {
                complaints.push(format!("{}: {} rows cannot be read", file.path, file.unreadable));
            }
            read_sheet(source, file, &columns, &shown, &mut rows, &mut complaints);
        }
    }
    if !is_any {
        complaints.push(format!(
            "{shown}: no sheet has the columns decision, what, group and key, as in the workbook of `clean --target xlsx`"
        ));
    }
    if complaints.is_empty() { Ok(rows) } else { Err(Refused(complaints)) }
}

/// Columns without which decisions do not find their way back.
const FOUND: [&str; 4] = ["decision", "what", "group", "key"];

/// Which of them a sheet lacks.
fn missing(file: &SourceFile) -> Vec<&'static str> {
    let has = |name: &&str| file.headers.iter().any(|header| header.trim().eq_ignore_ascii_case(name));
    FOUND.into_iter().filter(|name| !has(name)).collect()
}

/// Whether the first row of a sheet is not that of its headers: a row was put above it, or it was taken out.
fn is_displaced(source: &Source, file: &SourceFile) -> bool {
    let is_group = |cell: &str| {
        let hash = cell.trim().strip_prefix("g-").unwrap_or_default();
        hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let rows = file.first_row..file.first_row + (file.rows as u32).min(8);
    file.headers.iter().any(|header| is_group(header))
        || rows
            .into_iter()
            .any(|row| (0..source.frame.width()).any(|column| is_group(cell(&source.frame, column, row))))
}

/// The sheet as a person names it: `review.xlsx Duplicates`.
fn place(file: &SourceFile, shown: &str) -> String {
    match file.path.strip_prefix(shown).and_then(|rest| rest.strip_prefix('#')) {
        Some(sheet) => format!("{shown} {sheet}"),
        None => file.path.clone(),
    }
}

/// Positions of the columns that count.
struct Columns {
    decision: usize,
    what: usize,
    rule: Option<usize>,
    group: usize,
    key: usize,
}

impl Columns {
    fn find(source: &Source) -> Option<Self> {
        let at = |name: &str| {
            (0..source.frame.width()).find(|column| source.header(*column).trim().eq_ignore_ascii_case(name))
        };
        Some(Self {
            decision: at("decision")?,
            what: at("what")?,
            rule: at("rule"),
            group: at("group")?,
            key: at("key")?,
        })
    }
}

fn read_sheet(
    source: &Source,
    file: &SourceFile,
    columns: &Columns,
    shown: &str,
    rows: &mut Vec<Row>,
    complaints: &mut Vec<String>,
) {
    let header = source.header(columns.decision);
    let letter = file.headers.iter().position(|one| one == header).map_or("A".to_owned(), letters);
    let sheet = file.path.strip_prefix(shown).and_then(|rest| rest.strip_prefix('#'));
    for at in file.first_row..file.first_row + file.rows as u32 {
        let line = source.origin.line.get(at as usize).copied().unwrap_or_default();
        let place = match sheet {
            Some(sheet) => format!("{shown} {sheet}!{letter}{line}"),
            None => format!("{} line {line}", file.path),
        };
        let text = |column: usize| cell(&source.frame, column, at);
        let vote = match text(columns.decision).to_lowercase().as_str() {
            "" => None,
            "accept" => Some(Vote::Accept),
            "reject" => Some(Vote::Reject),
            "later" => Some(Vote::Later),
            other => {
                complaints.push(format!("{place}: `{other}` is no decision; choose accept, reject or later"));
                None
            }
        };
        rows.push(Row {
            sheet: file.path.clone(),
            vote,
            what: text(columns.what).to_lowercase(),
            rule: columns.rule.map(text).unwrap_or_default().to_owned(),
            group: text(columns.group).to_owned(),
            key: text(columns.key).to_owned(),
            place,
        });
    }
}

fn cell(frame: &DataFrame, column: usize, row: u32) -> &str {
    let found = frame.columns().get(column).and_then(|column| column.as_materialized_series().str().ok());
    found.and_then(|text| text.get(row as usize)).unwrap_or_default().trim()
}

/// The letters of a column, counted from 0.
fn letters(column: usize) -> String {
    let mut out = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        out.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    out.iter().rev().collect()
}
