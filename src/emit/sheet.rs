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
            out.push_str(&grid(&sheet.headers, &sheet.rows, width.max(NARROWEST), color, CELL));
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
            out.push('\n');
            out.push_str(&pipes(&sheet.headers, &sheet.rows, CELL));
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

/// A table for a terminal. A `>` in front of a header aligns its column right; cells are cut at so many graphemes.
pub(super) fn grid(headers: &[&str], rows: &[Vec<String>], width: u16, color: bool, cell: usize) -> String {
    let names = headers.iter().map(|header| header.trim_start_matches('>'));
    let mut grid = report::table::grid(names, width, color);
    for row in rows {
        grid.add_row(row.iter().map(|text| Cell::new(text::line(text, cell))));
    }
    for (at, _) in headers.iter().enumerate().filter(|(_, header)| header.starts_with('>')) {
        if let Some(column) = grid.column_mut(at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    grid.trim_fmt() + "\n"
}

/// The same table in Markdown, its cells quoted.
pub(super) fn pipes(headers: &[&str], rows: &[Vec<String>], cell: usize) -> String {
    let names: Vec<&str> = headers.iter().map(|header| header.trim_start_matches('>')).collect();
    let rules: Vec<&str> = headers.iter().map(|header| if header.starts_with('>') { "---:" } else { "---" }).collect();
    let mut out = format!("| {} |\n| {} |\n", names.join(" | "), rules.join(" | "));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|text| escape(text::line(text, cell).trim())).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    out
}
