//! Titled tables with a few sentences, on a terminal and in Markdown: what commands print that compare runs.

use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment};

use super::report::markdown::escape;
use super::{report, text};

/// Longest cell, in graphemes.
const CELL: usize = 80;
/// The longest sentence.
const SENTENCE: usize = 400;
/// The narrowest table that can be read.
const NARROWEST: u16 = 60;

/// One part of a page.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// What it is about; nothing for what follows the heading.
    pub(super) title: String,
    /// Sentences above the table.
    pub(super) said: Vec<String>,
    /// Headers; a `>` in front aligns the column right.
    pub(super) headers: Vec<&'static str>,
    /// Rows, as they stand.
    pub(super) rows: Vec<Vec<String>>,
    /// What the table leaves out, as a sentence.
    pub(super) hidden: Option<String>,
    /// Lines below the table.
    pub(super) items: Vec<String>,
}

impl Sheet {
    /// Whether there is nothing on it.
    pub(super) fn is_empty(&self) -> bool {
        self.said.is_empty() && self.rows.is_empty() && self.items.is_empty()
    }
}

/// The page for a terminal.
pub(super) fn table(heading: &str, sheets: &[Sheet], width: u16, color: bool) -> String {
    let strong = |line: &str| if color { format!("\u{1b}[1m{line}\u{1b}[0m") } else { line.to_owned() };
    let mut out = strong(&text::line(heading, SENTENCE)) + "\n";
    for sheet in sheets.iter().filter(|sheet| !sheet.is_empty()) {
        out.push('\n');
        if !sheet.title.is_empty() {
            let _ = writeln!(out, "{}", strong(&sheet.title));
        }
        for said in &sheet.said {
            let _ = writeln!(out, "{}", text::line(said, SENTENCE));
        }
        if !sheet.rows.is_empty() {
            let names = sheet.headers.iter().map(|header| header.trim_start_matches('>'));
            let mut grid = report::table::grid(names, width.max(NARROWEST), color);
            for row in &sheet.rows {
                grid.add_row(row.iter().map(|cell| Cell::new(text::line(cell, CELL))));
            }
            for (at, _) in sheet.headers.iter().enumerate().filter(|(_, header)| header.starts_with('>')) {
                if let Some(column) = grid.column_mut(at) {
                    column.set_cell_alignment(CellAlignment::Right);
                }
            }
            let _ = writeln!(out, "{}", grid.trim_fmt());
        }
        if let Some(hidden) = &sheet.hidden {
            let _ = writeln!(out, "{hidden}.");
        }
        for item in &sheet.items {
            let _ = writeln!(out, "  - {}", text::line(item, SENTENCE));
        }
    }
    out
}

/// The page as Markdown.
pub(super) fn markdown(heading: &str, sheets: &[Sheet]) -> String {
    let line = |raw: &str, max| escape(text::line(raw, max).trim());
    let mut out = format!("# {}\n", line(heading, SENTENCE));
    for sheet in sheets.iter().filter(|sheet| !sheet.is_empty()) {
        if !sheet.title.is_empty() {
            let _ = write!(out, "\n## {}\n", line(&sheet.title, SENTENCE));
        }
        for said in &sheet.said {
            let _ = write!(out, "\n{}\n", line(said, SENTENCE));
        }
        if !sheet.rows.is_empty() {
            let names: Vec<&str> = sheet.headers.iter().map(|header| header.trim_start_matches('>')).collect();
            let rules: Vec<&str> =
                sheet.headers.iter().map(|header| if header.starts_with('>') { "---:" } else { "---" }).collect();
            let _ = write!(out, "\n| {} |\n| {} |\n", names.join(" | "), rules.join(" | "));
            for row in &sheet.rows {
                let cells: Vec<String> = row.iter().map(|cell| line(cell, CELL)).collect();
                let _ = writeln!(out, "| {} |", cells.join(" | "));
            }
        }
        if let Some(hidden) = &sheet.hidden {
            let _ = write!(out, "\n{hidden}.\n");
        }
        if !sheet.items.is_empty() {
            out.push('\n');
        }
        for item in &sheet.items {
            let _ = writeln!(out, "- {}", line(item, SENTENCE));
        }
    }
    out
}
