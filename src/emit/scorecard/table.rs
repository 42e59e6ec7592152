//! The score for a terminal.

use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment};

use super::{Grid, Scorecard, calibration, figures, mistakes, notes, rules};
use crate::emit::{report, text};

/// Longest id or value, in graphemes.
const CELL: usize = 60;
/// The longest sentence.
const SENTENCE: usize = 400;
/// The narrowest table that can be read.
const NARROWEST: u16 = 80;

pub(super) fn render(scorecard: &Scorecard, width: u16, color: bool) -> String {
    let evaluation = &scorecard.evaluation;
    let width = width.max(NARROWEST);
    let strong = |line: &str| if color { format!("\u{1b}[1m{line}\u{1b}[0m") } else { line.to_owned() };
    let mut out = String::new();
    for line in scorecard.said() {
        let _ = writeln!(out, "{}.", text::line(&line, SENTENCE));
    }
    out.push_str(&grid(&figures(evaluation), width, color));
    if !evaluation.rules.is_empty() {
        out.push_str(&grid(&rules(evaluation), width, color));
    }
    if !evaluation.calibration.is_empty() {
        out.push_str(&grid(&calibration(evaluation), width, color));
    }
    for (title, mistakes) in mistakes(evaluation) {
        let _ = writeln!(out, "\n{}", strong(title));
        for mistake in mistakes {
            let [one, other] = [&mistake.one, &mistake.other].map(|name| text::line(name, CELL));
            let _ = writeln!(out, "  - {one} and {other}, pairs: {}", mistake.pairs);
            for why in &mistake.why {
                let _ = writeln!(out, "      {}", text::line(why, SENTENCE));
            }
        }
    }
    for note in notes(evaluation) {
        let _ = writeln!(out, "  - {}", text::line(&note, SENTENCE));
    }
    out
}

fn grid((headers, rows): &Grid, width: u16, color: bool) -> String {
    let mut grid = report::table::grid(headers.iter().copied(), width, color);
    for row in rows {
        grid.add_row(row.iter().map(Cell::new));
    }
    for at in 1..headers.len() {
        if let Some(column) = grid.column_mut(at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    grid.trim_fmt() + "\n"
}
