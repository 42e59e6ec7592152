//! Sections 6 to 11: the findings, mapping proof, cleanup, what was not checked, exceptions, what to file.

use super::{CELL, Page, code, escape, name};
use crate::emit::{summary, text, words};
use crate::evidence::{EvidenceRow, Finding};
use crate::model::{Safety, Severity};

/// Findings of one severity that are shown; the rest is counted.
const SHOWN: usize = 25;
/// Rows of evidence shown per finding.
const EXAMPLES: usize = 5;
/// The longest example, in graphemes.
const EXAMPLE: usize = 60;

impl Page<'_> {
    pub(super) fn findings(&mut self) {
        let audit = self.audit;
        if audit.findings.is_empty() {
            let why = format!("{} ran and found nothing", words::plural(audit.ran.len() as u64, "rule"));
            self.absent(6, "findings", why);
            return;
        }
        self.heading(6, "Findings");
        for severity in Severity::WORST_FIRST {
            let found: Vec<&Finding> = audit.of(severity).collect();
            if found.is_empty() {
                continue;
            }
            self.line(&format!("### {}", words::plural(found.len() as u64, severity.as_str())));
            let rows: Vec<Vec<String>> = found
                .iter()
                .take(SHOWN)
                .map(|f| {
                    vec![
                        format!("{} {}", f.code, f.name),
                        escape(&summary::place(f, CELL)),
                        words::number(f.checked),
                        words::number(f.count),
                        if f.rows == 0 && f.count > 0 {
                            words::NONE.to_owned()
                        } else {
                            words::share(f.rows, f.checked)
                        },
                        words::number(f.new),
                        words::number(f.accepted),
                        classes(f),
                    ]
                })
                .collect();
            self.table(&["rule", "where", ">checked", ">failing", ">rate", ">new", ">accepted", "fix"], rows);
            if found.len() > SHOWN {
                let all = words::number(found.len() as u64);
                self.line(&format!("{SHOWN} of {all} findings shown; the JSON report has all."));
                self.blank();
            }
            for finding in found.iter().take(SHOWN) {
                self.finding(finding);
            }
        }
    }

    fn finding(&mut self, finding: &Finding) {
        self.line(&format!("#### {} {}: {}", finding.code, finding.name, escape(&summary::place(finding, CELL))));
        self.blank();
        self.line(&format!("{}.", self.message(finding).trim_end_matches('.')));
        if let Some(budget) = &finding.budget {
            let kept = if finding.within_budget { "Within budget" } else { "Over budget" };
            self.line(&format!("{kept}: {}.", self.sentence(budget)));
        }
        if finding.groups > 0 {
            self.line(&format!("They form {}.", words::plural(finding.groups, "group")));
        }
        let shown = finding.examples.len().min(EXAMPLES);
        let all = finding.examples.len() as u64 + finding.examples_hidden;
        let bare = |row: &EvidenceRow| row.line.or(row.row).is_none() && row.record_id.is_none() && row.value.is_none();
        if finding.examples.iter().all(bare) {
            let rows = words::plural(all, "row");
            self.line(&format!("Evidence: {rows}, at no record. What it means: `leadlint rule {}`.", finding.code));
            self.blank();
            return;
        }
        if shown > 0 {
            let rows: Vec<Vec<String>> = finding.examples.iter().take(shown).map(|row| self.example(row)).collect();
            self.table(&["place", "record", "value", "suggested", "why"], rows);
        }
        self.line(&format!(
            "{shown} of {} shown. What it means: `leadlint rule {}`.",
            words::plural(all, "row"),
            finding.code
        ));
        self.blank();
    }

    fn example(&self, row: &EvidenceRow) -> Vec<String> {
        let shown = self.masker.row(row);
        let cell = |value: &Option<String>| {
            value.as_deref().map_or(words::NONE.to_owned(), |v| escape(&text::quoted(v, EXAMPLE)))
        };
        let record = match (&row.record_id, &row.other_id) {
            (Some(id), Some(other)) => format!("{} with {}", name(id), name(other)),
            (Some(id), None) | (None, Some(id)) => name(id),
            (None, None) => words::NONE.to_owned(),
        };
        vec![
            summary::spot(row, self.audit, CELL, false).map_or(words::NONE.to_owned(), |s| escape(&s)),
            record,
            cell(&shown.value),
            cell(&shown.suggested),
            escape(&text::line(&shown.detail, CELL)),
        ]
    }

    pub(super) fn mapping(&mut self) {
        let found = self.audit.findings.iter().filter(|f| f.code.starts_with("MAP")).count();
        let ran = self.audit.ran.iter().filter(|(code, _)| code.starts_with("MAP")).count();
        let why = match (ran, found) {
            (0, _) => "no mapping rule ran".to_owned(),
            (ran, 0) => format!(
                "{} ran and found nothing; pairs are not counted per mapping",
                words::plural(ran as u64, "mapping rule")
            ),
            _ => "pairs are not counted per mapping; what the mapping rules found is in section 6".to_owned(),
        };
        self.absent(7, "mapping proof", why);
    }

    pub(super) fn cleanup(&mut self) {
        let classes = summary::by_class(self.audit);
        if classes.iter().all(|(_, n)| *n == 0) {
            self.absent(8, "cleanup", "no rule that ran found something to clean up");
            return;
        }
        self.heading(8, "Cleanup");
        let rows: Vec<Vec<String>> = classes
            .iter()
            .map(|(class, n)| {
                let what = match class {
                    Safety::Safe => "goes into the apply script",
                    Safety::Review => "waits for a decision, in the review workbook or by `--decide`",
                    Safety::Manual => "no script can do it: the runbook says what to do by hand",
                };
                vec![class.to_string(), words::number(*n), what.to_owned()]
            })
            .collect();
        self.table(&["class", ">evidence", "what happens"], rows);
        self.line("Operations, what they set aside and the figures before and after are in the runbook of:");
        self.fence(&format!("{} --target csv --out cleanup/", summary::command_for(self.audit, "clean")));
    }

    pub(super) fn not_checked(&mut self) {
        let audit = self.audit;
        self.heading(9, "Not checked");
        self.line("This report looks back at exports. It does not replace alerts on what runs now.");
        self.blank();
        if audit.skipped.is_empty() && audit.failed.is_empty() {
            self.item("every selected rule could run");
        }
        if !audit.skipped.is_empty() {
            let rows: Vec<Vec<String>> = summary::by_reason(&audit.skipped)
                .into_iter()
                .map(|(reason, codes)| vec![words::number(codes.len() as u64), codes.join(", "), self.sentence(reason)])
                .collect();
            let skipped = words::plural(audit.skipped.len() as u64, "rule");
            self.line(&format!("{skipped} could not run:"));
            self.table(&[">rules", "codes", "what they lack"], rows);
        }
        for source in &audit.sources {
            let unreadable: u64 = source.files.iter().map(|f| f.unreadable).sum();
            if unreadable > 0 {
                let rows = words::plural(unreadable, "row");
                self.item(&format!("{}: {rows} could not be read, and no other rule saw them", name(&source.name)));
            }
            if !source.ignored.is_empty() {
                let columns: Vec<String> = source.ignored.iter().map(|c| name(c)).collect();
                self.item(&format!("{}: the config ignores {}", name(&source.name), columns.join(", ")));
            }
        }
        for rule in &audit.failed {
            self.item(&format!("{} {} failed inside", rule.code, rule.name));
        }
        for note in &audit.notes {
            self.item(&self.sentence(note));
        }
        for (number, title, why) in std::mem::take(&mut self.absent) {
            self.item(&format!("section {number}, {title}: {why}"));
        }
        self.item("not part of this report: conversion rates, and who or what made the bad rows");
    }

    pub(super) fn accepted(&mut self) {
        let accepted: Vec<&Finding> = self.audit.findings.iter().filter(|f| f.accepted > 0).collect();
        if accepted.is_empty() {
            self.absent(10, "accepted exceptions", "none is agreed that covers anything");
            return;
        }
        self.heading(10, "Accepted exceptions");
        let rows: Vec<Vec<String>> = accepted
            .iter()
            .take(SHOWN * 2)
            .map(|f| {
                vec![format!("{} {}", f.code, f.name), escape(&summary::place(f, CELL)), words::number(f.accepted)]
            })
            .collect();
        let shown = rows.len();
        self.table(&["rule", "where", ">rows accepted"], rows);
        let all = words::plural(accepted.len() as u64, "exception");
        self.line(&format!(
            "{shown} of {all} shown. Reasons, owners and expiry dates stand in `[[accept]]` of the config."
        ));
    }

    pub(super) fn filing(&mut self) {
        let audit = self.audit;
        self.heading(11, "To file");
        self.line("The exact command:");
        self.fence(&summary::command(audit));
        let rows: u64 = audit.sources.iter().map(|s| s.rows).sum();
        self.item(&format!(
            "population: all {} of {}, no sampling; rows that could not be read are counted in section 4",
            words::plural(rows, "row"),
            words::plural(audit.sources.len() as u64, "source")
        ));
        let config =
            audit.config_sha256.as_deref().map_or_else(|| "no config".to_owned(), |h| format!("config {}", name(h)));
        self.item(&format!("hashes (SHA-256): {config}; files in section 4"));
        self.item(&format!(
            "evidence: {}; {} writes them all",
            words::plural(audit.evidence.len() as u64, "row"),
            code("--evidence PATH")
        ));
        if let Some(timings) = summary::timings(audit) {
            self.item(&name(&timings));
        }
        self.blank();
        self.line("| role | name | date |");
        self.line("| --- | --- | --- |");
        self.line("| reviewer | | |");
        self.line("| approver | | |");
    }
}

/// How much of a finding a script can mend: `12 safe, 3 review`.
fn classes(finding: &Finding) -> String {
    let parts: Vec<String> = Safety::ALL
        .iter()
        .filter_map(|class| {
            finding.safety.get(class).filter(|n| **n > 0).map(|n| format!("{} {class}", words::number(*n)))
        })
        .collect();
    if parts.is_empty() { words::NONE.to_owned() } else { parts.join(", ") }
}
