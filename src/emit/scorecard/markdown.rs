//! The score as Markdown.

use std::fmt::Write as _;

use super::{Scorecard, grids, mistakes, notes};
use crate::emit::report::markdown::escape;
use crate::emit::{sheet, text};

/// Longest id or value, in graphemes.
const CELL: usize = 80;
/// The longest sentence.
const SENTENCE: usize = 400;

pub(super) fn render(scorecard: &Scorecard) -> String {
    let evaluation = &scorecard.evaluation;
    let mut out = "# Scores against the labels\n\n".to_owned();
    for line in scorecard.said() {
        let _ = writeln!(out, "{}.\n", escape(&text::line(&line, SENTENCE)));
    }
    for (at, (headers, rows)) in grids(evaluation).iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        out.push_str(&sheet::pipes(headers, rows, CELL));
    }
    for (title, mistakes) in mistakes(evaluation) {
        let _ = write!(out, "\n## {title}\n\n");
        for mistake in mistakes {
            let [one, other] = [&mistake.one, &mistake.other].map(|name| escape(&text::line(name, CELL)));
            let _ = writeln!(out, "- {one} and {other}, pairs: {}", mistake.pairs);
            for why in &mistake.why {
                let _ = writeln!(out, "  - {}", escape(&text::line(why, SENTENCE)));
            }
        }
    }
    let notes = notes(evaluation);
    if !notes.is_empty() {
        out.push_str("\n## Not scored, or not run\n\n");
    }
    for note in notes {
        let _ = writeln!(out, "- {}", escape(&text::line(&note, SENTENCE)));
    }
    out
}
