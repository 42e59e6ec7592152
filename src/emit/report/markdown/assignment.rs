//! The replay of the assignment rules, the last part of section 7.

use super::Page;
use crate::emit::simulation::{inconclusive, parts, population};

/// Rows of a table; the rules are all shown.
const MOST: usize = 10;

impl Page<'_> {
    pub(super) fn assignment(&mut self) {
        let Some(replay) = self.audit.metrics.assignment.as_ref() else { return };
        if self.absent.iter().any(|(number, _, _)| *number == 7) {
            self.heading(7, "Assignment");
        }
        self.blank();
        self.line("### Assignment rules, replayed");
        self.blank();
        self.line(&format!("{}.", population(replay)));
        if let Some(short) = inconclusive(replay) {
            self.blank();
            self.line(&format!("**{short}.**"));
        }
        for part in parts(replay, MOST) {
            self.blank();
            self.line(&format!("**{}.** {}", part.title, part.said));
            if !part.rows.is_empty() {
                let rows: Vec<Vec<String>> =
                    part.rows.iter().map(|row| row.iter().map(|cell| self.sentence(cell)).collect()).collect();
                self.table(&part.headers, rows);
            }
            if let Some(shown) = part.shown() {
                self.line(&format!("{shown}."));
            }
            if !part.items.is_empty() {
                self.blank();
            }
            for item in &part.items {
                let item = self.sentence(item);
                self.item(&item);
            }
        }
    }
}
