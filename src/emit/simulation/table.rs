//! The replay for a terminal.

use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment, Table as Grid};

use super::{Part, Simulation, inconclusive, parts, population};
use crate::emit::{report, text};

/// Longest name, in graphemes.
const CELL: usize = 60;
/// The longest sentence.
const SENTENCE: usize = 400;
/// The narrowest table that can be read.
const NARROWEST: u16 = 80;
/// Rows of a table.
const MOST: usize = 25;

pub(super) fn render(simulation: &Simulation, width: u16, color: bool) -> String {
    let replay = &simulation.replay;
    let strong = |line: &str| if color { format!("\u{1b}[1m{line}\u{1b}[0m") } else { line.to_owned() };
    let mut out = format!("{}.\n", population(replay));
    if let Some(short) = inconclusive(replay) {
        let _ = writeln!(out, "{}.", strong(&short));
    }
    for part in parts(replay, MOST) {
        let _ = writeln!(out, "\n{}\n{}", strong(part.title), part.said);
        if !part.rows.is_empty() {
            out.push_str(&grid(&part, width.max(NARROWEST), color).trim_fmt());
            out.push('\n');
        }
        if let Some(shown) = part.shown() {
            let _ = writeln!(out, "{shown}.");
        }
        for item in &part.items {
            let _ = writeln!(out, "  - {}", text::line(item, SENTENCE));
        }
    }
    out
}

fn grid(part: &Part, width: u16, color: bool) -> Grid {
    let mut grid = report::table::grid(part.headers.iter().map(|header| header.trim_start_matches('>')), width, color);
    for row in &part.rows {
        grid.add_row(row.iter().map(|cell| Cell::new(text::line(cell, CELL))));
    }
    for (at, _) in part.headers.iter().enumerate().filter(|(_, header)| header.starts_with('>')) {
        if let Some(column) = grid.column_mut(at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    grid
}
