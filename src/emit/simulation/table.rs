//! The replay for a terminal.

use std::fmt::Write as _;

use super::{Simulation, inconclusive, parts, population};
use crate::emit::{sheet, text};

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
            out.push_str(&sheet::grid(&part.headers, &part.rows, width.max(NARROWEST), color, CELL));
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
