//! Of section 5: which columns were looked at for value drift, and why not the others.

use indexmap::IndexMap;

use super::before::FIGURES;
use super::{Page, name};
use crate::emit::{text, words};
use crate::evidence::DriftColumn;

/// Columns that are named beside one reason; the rest is counted.
const NAMED: usize = 4;

impl Page<'_> {
    pub(super) fn drift(&mut self) {
        let all = &self.audit.metrics.drift;
        if all.is_empty() {
            return;
        }
        let (chosen, left): (Vec<&DriftColumn>, Vec<&DriftColumn>) = all.iter().partition(|one| one.looked_at);
        if chosen.is_empty() {
            self.line("No column was looked at for value drift.");
        }
        let why = |why: &str| text::line(why, super::CELL);
        let rows: Vec<Vec<String>> = chosen
            .iter()
            .map(|one| {
                let values = one.values.map_or_else(|| words::NONE.to_owned(), words::number);
                vec![name(&one.source), name(&one.column), why(&one.why), values, words::number(one.cells)]
            })
            .collect();
        self.capped(
            "Columns looked at for drift",
            &["looked at for drift", "column", "why", ">distinct", ">cells"],
            rows,
        );
        let mut reasons: IndexMap<(&str, &str), Vec<&str>> = IndexMap::new();
        for one in &left {
            reasons.entry((&one.source, &one.why)).or_default().push(&one.column);
        }
        let rows: Vec<Vec<String>> = reasons
            .into_iter()
            .map(|((source, reason), columns)| {
                let mut listed: Vec<String> = columns.iter().take(NAMED).map(|column| name(column)).collect();
                if columns.len() > NAMED {
                    listed.push(format!("and {} more", words::number((columns.len() - NAMED) as u64)));
                }
                vec![name(source), why(reason), listed.join(", ")]
            })
            .collect();
        self.capped("Columns not looked at for drift", &["left out", "why", "columns"], rows);
    }

    fn capped(&mut self, caption: &str, headers: &[&str], mut rows: Vec<Vec<String>>) {
        let all = rows.len();
        if all == 0 {
            return;
        }
        rows.truncate(2 * FIGURES);
        let shown = rows.len();
        self.table(caption, headers, rows);
        if shown < all {
            self.line(format!("{shown} of {} shown; the JSON report has all.", words::number(all as u64)));
        }
    }
}
