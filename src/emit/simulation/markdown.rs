//! The replay as Markdown.

use std::fmt::Write as _;

use super::{Simulation, inconclusive, parts, population};
use crate::emit::report::markdown::escape;
use crate::emit::{sheet, text};

/// Longest name, in graphemes.
const CELL: usize = 80;
/// The longest sentence.
const SENTENCE: usize = 400;
/// Rows of a table.
const MOST: usize = 100;

pub(super) fn render(simulation: &Simulation) -> String {
    let replay = &simulation.replay;
    let mut out = format!("# What the assignment rules would do\n\n{}.\n", population(replay));
    if let Some(short) = inconclusive(replay) {
        let _ = write!(out, "\n**{short}.**\n");
    }
    for part in parts(replay, MOST) {
        let _ = write!(out, "\n## {}\n\n{}\n", part.title, part.said);
        if !part.rows.is_empty() {
            out.push('\n');
            out.push_str(&sheet::pipes(&part.headers, &part.rows, CELL));
        }
        if let Some(shown) = part.shown() {
            let _ = write!(out, "\n{shown}.\n");
        }
        if !part.items.is_empty() {
            out.push('\n');
        }
        for item in &part.items {
            let _ = writeln!(out, "- {}", escape(&text::line(item, SENTENCE)));
        }
    }
    out
}
