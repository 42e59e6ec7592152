//! Workflow commands of GitHub Actions: annotations on the run, and what else has to be said as plain lines of the log.
//!
//! GitHub shows 10 annotations of a kind per step, so the worst are chosen, and the last line, a notice of ours, says
//! what was left out. No text of the data can be a command: a command stands at the start of a line, or after `##[`
//! anywhere in one, and neither can come from a cell.

use std::fmt::Write as _;

use super::{Report, ReportMeta};
use crate::emit::mask::Masker;
use crate::emit::place::Spot;
use crate::emit::{Error, View, said, summary, words};
use crate::evidence::{Audit, Finding};
use crate::model::Severity;

/// The `github` format.
#[derive(Debug)]
pub(super) struct Github;

const META: ReportMeta = ReportMeta {
    name: "github",
    title: "annotations for GitHub Actions: the worst 10 of each kind, as many as a step shows",
    extension: "txt",
    masks: true,
};

/// Annotations of one kind that GitHub shows for a step.
const OF_A_KIND: usize = 10;
/// Rows of evidence in an annotation.
const EXAMPLES: usize = 3;
/// The longest name of a place, in graphemes.
const NAME: usize = 120;
/// Skipped rules that a line names; all are named.
const CODES_A_LINE: usize = 40;

impl Report for Github {
    fn meta(&self) -> &'static ReportMeta {
        &META
    }

    fn render(&self, audit: &Audit, view: &View) -> Result<Vec<u8>, Error> {
        let mut log = Log { audit, masker: Masker::new(audit, view), out: String::new(), cut: Vec::new() };
        log.annotations();
        log.lines();
        log.last();
        Ok(log.out.into_bytes())
    }
}

struct Log<'a> {
    audit: &'a Audit,
    masker: Masker<'a>,
    out: String,
    /// What of each kind is not shown.
    cut: Vec<String>,
}

impl Log<'_> {
    fn annotations(&mut self) {
        let mut failed: Vec<(String, String)> = self
            .audit
            .failed
            .iter()
            .map(|rule| {
                let error = said::sentence(&self.masker, &rule.error);
                (format!("{} {}", rule.code, rule.name), format!("failed inside, its evidence is missing: {error}"))
            })
            .collect();
        if let Some(why) = said::fails_otherwise(self.audit) {
            failed.push(("the run fails".to_owned(), said::sentence(&self.masker, why)));
        }
        for (title, text) in failed.iter().take(OF_A_KIND) {
            self.command("error", None, title, text);
        }
        if failed.len() > OF_A_KIND {
            self.cut.push(format!("{OF_A_KIND} of {} failed rules shown", words::number(failed.len() as u64)));
        }
        for severity in Severity::WORST_FIRST {
            let mut found: Vec<&Finding> = self.audit.of(severity).collect();
            // What fails the run comes first, then what is new.
            found.sort_by_key(|finding| (!said::fails(self.audit, finding), finding.within_budget, finding.new == 0));
            let (kind, most) = match severity {
                Severity::Error => ("error", OF_A_KIND.saturating_sub(failed.len())),
                Severity::Warning => ("warning", OF_A_KIND),
                // The last notice is the last line's.
                Severity::Info => ("notice", OF_A_KIND - 1),
            };
            for finding in found.iter().take(most) {
                let spot = match finding.examples.first() {
                    Some(row) => Spot::of_row(row, finding, self.audit),
                    None => Spot::of_finding(finding, self.audit),
                };
                let title = format!("{} {}", finding.code, finding.name);
                let text = self.text(finding);
                self.command(kind, Some(&spot), &title, &text);
            }
            if found.len() > most {
                let all = words::number(found.len() as u64);
                self.cut.push(format!("{most} of {all} {severity} findings shown"));
            }
        }
    }

    fn text(&self, finding: &Finding) -> String {
        let mut text = format!("{}: {}", summary::place(finding, NAME), said::message(&self.masker, finding));
        for standing in said::standing(finding) {
            let _ = write!(text, "; {standing}");
        }
        let shown = finding.examples.iter().take(EXAMPLES);
        for row in shown {
            let said = said::row(&self.masker, self.audit, row);
            if !said.is_empty() {
                let _ = write!(text, "\n{said}");
            }
        }
        let all = finding.examples.len() as u64 + finding.examples_hidden;
        let shown = finding.examples.len().min(EXAMPLES) as u64;
        if all > shown {
            let _ = write!(text, "\n{shown} of {} shown", words::plural(all, "row"));
        }
        text
    }

    /// What is no annotation: the verdict, what was not checked.
    fn lines(&mut self) {
        let audit = self.audit;
        let word = if audit.verdict.passed { "passed" } else { "failed" };
        self.line(&format!("{word}, {}: {}", summary::tally(audit), said::sentence(&self.masker, &audit.verdict.why)));
        for (reason, codes) in summary::by_reason(&audit.skipped) {
            let reason = said::sentence(&self.masker, reason);
            for codes in codes.chunks(CODES_A_LINE) {
                self.line(&format!("did not run: {}: {reason}", codes.join(", ")));
            }
        }
        for note in said::notes(&self.masker, audit) {
            self.line(&note);
        }
    }

    fn last(&mut self) {
        let audit = self.audit;
        let word = if audit.verdict.passed { "passed" } else { "failed" };
        let mut said = format!("{word}, {}", summary::tally(audit));
        if !audit.skipped.is_empty() {
            let skipped = words::plural(audit.skipped.len() as u64, "rule");
            let _ = write!(said, "; {skipped} did not run, so what they look for is not known to be absent");
        }
        let cut = std::mem::take(&mut self.cut);
        if cut.is_empty() {
            said.push_str("; all findings are shown");
        } else {
            let _ = write!(said, "; {}: GitHub shows {OF_A_KIND} annotations of a kind per step", cut.join(", "));
            said.push_str("; `-o json=PATH` has all findings");
        }
        self.command("notice", None, "leadlint", &said);
    }

    /// A workflow command, as docs.github.com has it under "Workflow commands".
    fn command(&mut self, kind: &str, spot: Option<&Spot>, title: &str, text: &str) {
        let mut properties = Vec::new();
        if let Some(spot) = spot {
            properties.push(format!("file={}", property(&spot.file)));
            if let Some(line) = spot.line {
                properties.push(format!("line={line}"));
            }
        }
        properties.push(format!("title={}", property(title)));
        let _ = writeln!(self.out, "::{kind} {}::{}", properties.join(","), data(text));
    }

    /// A line that is no command, whatever it says: it begins with our name.
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "leadlint: {}", inert(text).replace(['\r', '\n'], " "));
    }
}

/// The older form of commands counts anywhere in a line.
fn inert(text: &str) -> String {
    text.replace("##[", "## [")
}

/// The text of a command.
fn data(text: &str) -> String {
    inert(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
#[path = "github_tests.rs"]
mod tests;
