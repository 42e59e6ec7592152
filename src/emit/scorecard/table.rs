//! The score for a terminal.

use std::fmt::Write as _;

use super::{Scorecard, grids, mistakes, notes};
use crate::emit::{sheet, text};

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
    for (headers, rows) in grids(evaluation) {
        out.push_str(&sheet::grid(&headers, &rows, width, color, CELL));
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
