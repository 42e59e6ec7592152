//! The replay of the assignment rules, the last part of section 7.

use super::{Page, Rich, name};
use crate::emit::simulation::{NOBODY, inconclusive, parts, population};

/// Rows of a table; the rules are all shown.
const MOST: usize = 10;

impl Page<'_> {
    pub(super) fn assignment(&mut self) {
        let Some(replay) = self.audit.metrics.assignment.as_ref() else { return };
        // The section is there after all: what was to be said of it under section 9 is said in it.
        if let Some(at) = self.absent.iter().position(|(number, _, _)| *number == 7) {
            let (_, _, why) = self.absent.remove(at);
            self.heading(7, "Mapping proof");
            self.line(format!("None per mapping: {why}."));
        }
        self.subheading("Assignment rules, replayed");
        self.line(format!("{}.", population(replay)));
        if let Some(short) = inconclusive(replay) {
            self.line(Rich::bold(format!("{short}.")));
        }
        for part in parts(replay, MOST) {
            self.line(Rich::bold(format!("{}.", part.title)).text(format!(" {}", part.said)));
            if !part.rows.is_empty() {
                let rows: Vec<Vec<String>> = part.rows.iter().map(|row| self.cells(&part.headers, row)).collect();
                self.table(part.title, &part.headers, rows);
            }
            if let Some(shown) = part.shown() {
                self.line(format!("{shown}."));
            }
            for item in &part.items {
                let item = self.sentence(item);
                self.item(item);
            }
        }
    }

    /// A row of a table, its owners shown as people are.
    fn cells(&self, headers: &[&str], row: &[String]) -> Vec<String> {
        let cell = |(header, cell): (&&str, &String)| match *header {
            "gives to" | "owner" | "owner now" | "owner by rule" if cell != NOBODY => name(&self.masker.person(cell)),
            _ => self.sentence(cell),
        };
        headers.iter().zip(row).map(cell).collect()
    }
}
