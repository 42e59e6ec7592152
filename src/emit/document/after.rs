//! Section 8, 9 and 11: cleanup, what was not checked, what to file.

use super::{Block, Page, Rich, name, table};
use crate::emit::{summary, words};
use crate::model::Safety;

impl Page<'_> {
    pub(super) fn cleanup(&mut self) {
        let classes = summary::by_class(self.audit);
        if classes.iter().all(|(_, n)| *n == 0) {
            self.absent(8, "cleanup", "no rule that ran found something to clean up");
            return;
        }
        self.heading(8, "Cleanup");
        let rows: Vec<Vec<Rich>> = classes
            .iter()
            .map(|(class, n)| {
                let what = match class {
                    Safety::Safe => "goes into the apply script".into(),
                    Safety::Review => {
                        Rich::from("waits for a decision, in the review workbook or by ").code("--decide")
                    }
                    Safety::Manual => "no script can do it: the runbook says what to do by hand".into(),
                };
                vec![class.to_string().into(), words::number(*n).into(), what]
            })
            .collect();
        self.table("Evidence by cleanup class", &["class", ">evidence", "what happens"], rows);
        self.line("Operations, what they set aside and the figures before and after are in the runbook of:");
        self.fence(format!("{} --target csv --out cleanup/", summary::command_for(self.audit, "clean")));
    }

    pub(super) fn not_checked(&mut self) {
        let audit = self.audit;
        self.heading(9, "Not checked");
        self.line("This report looks back at exports. It does not replace alerts on what runs now.");
        if audit.skipped.is_empty() && audit.failed.is_empty() {
            self.item("every selected rule could run");
        }
        if !audit.skipped.is_empty() {
            let rows: Vec<Vec<String>> = summary::by_reason(&audit.skipped)
                .into_iter()
                .map(|(reason, codes)| vec![words::number(codes.len() as u64), codes.join(", "), self.sentence(reason)])
                .collect();
            let skipped = words::plural(audit.skipped.len() as u64, "rule");
            self.line(format!("{skipped} could not run:"));
            self.table("Rules that could not run", &[">rules", "codes", "what they lack"], rows);
        }
        for source in &audit.sources {
            let unreadable: u64 = source.files.iter().map(|f| f.unreadable).sum();
            if unreadable > 0 {
                let rows = words::plural(unreadable, "row");
                self.item(format!("{}: {rows} could not be read, and no other rule saw them", name(&source.name)));
            }
            if !source.ignored.is_empty() {
                let columns: Vec<String> = source.ignored.iter().map(|c| name(c)).collect();
                self.item(format!("{}: the config ignores {}", name(&source.name), columns.join(", ")));
            }
        }
        for rule in &audit.failed {
            self.item(format!("{} {} failed inside", rule.code, rule.name));
        }
        for note in &audit.notes {
            self.item(self.sentence(note));
        }
        for (number, title, why) in std::mem::take(&mut self.absent) {
            self.item(format!("section {number}, {title}: {why}"));
        }
        self.item("not part of this report: conversion rates, and who or what made the bad rows");
    }

    pub(super) fn filing(&mut self) {
        let audit = self.audit;
        self.heading(11, "To file");
        self.line("The exact command:");
        self.fence(summary::command(audit));
        let rows: u64 = audit.sources.iter().map(|s| s.rows).sum();
        self.item(format!(
            "population: all {} of {}, no sampling; rows that could not be read are counted in section 4",
            words::plural(rows, "row"),
            words::plural(audit.sources.len() as u64, "source")
        ));
        let config =
            audit.config_sha256.as_deref().map_or_else(|| "no config".to_owned(), |h| format!("config {}", name(h)));
        self.item(format!("hashes (SHA-256): {config}; files in section 4"));
        let evidence = words::plural(audit.evidence.len() as u64, "row");
        self.item(Rich::from(format!("evidence: {evidence}; ")).code("--evidence PATH").text(" writes them all"));
        if let Some(timings) = summary::timings(audit) {
            self.item(name(&timings));
        }
        let blank = ["reviewer", "approver"].map(|role| vec![role, "", ""]);
        self.push(Block::Table(table("Who looked at it", &["role", "name", "date"], blank)));
    }
}
