//! JUnit XML: a suite per source, a case per rule and source, for every CI that shows tests.
//!
//! A case fails when its findings fail the run; other findings pass and stand in its output. A rule that looks at such
//! sources and lacks a column in this one is skipped there. A last suite, `audit`, has what is about no source: rules that
//! could not run at all, rules that failed inside (errors), and notes. No times are written, so that equal runs are equal.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use quick_junit::{NonSuccessKind, Report as Junits, TestCase, TestCaseStatus, TestSuite};

use super::{Report, ReportMeta};
use crate::emit::mask::Masker;
use crate::emit::{Error, View, said, summary, text, words};
use crate::evidence::{Audit, Finding, SourceSummary};
use crate::rules::by_code;
use crate::rules::declare::Need;

/// The `junit` format.
#[derive(Debug)]
pub(super) struct Junit;

const META: ReportMeta = ReportMeta {
    name: "junit",
    title: "JUnit XML for any CI: a suite per source, a test per rule; fails where the run fails",
    extension: "xml",
    masks: true,
};

/// Name of the suite of what is about no source.
const AUDIT: &str = "audit";
/// The longest name, in graphemes.
const NAME: usize = 120;

impl Report for Junit {
    fn meta(&self) -> &'static ReportMeta {
        &META
    }

    fn render(&self, audit: &Audit, view: &View) -> Result<Vec<u8>, Error> {
        let cx = Context { audit, masker: Masker::new(audit, view) };
        let mut report = Junits::new("leadlint");
        for source in &audit.sources {
            report.add_test_suite(cx.of_source(source));
        }
        report.add_test_suite(cx.of_audit());
        let skipped = report.skipped;
        let mut bytes = Vec::new();
        let xml = report.to_string().map_err(|e| Error::render(META.name, &e))?;
        // The schemas of Jenkins know the attribute on suites alone, and its strict reader refuses it here.
        let xml = xml.replacen(
            &format!("<testsuites name=\"leadlint\" tests=\"{}\" skipped=\"{skipped}\"", report.tests),
            &format!("<testsuites name=\"leadlint\" tests=\"{}\"", report.tests),
            1,
        );
        writeln!(bytes, "{}", xml.trim_end()).map_err(|e| Error::render(META.name, &e))?;
        Ok(bytes)
    }
}

struct Context<'a> {
    audit: &'a Audit,
    masker: Masker<'a>,
}

impl Context<'_> {
    /// A rule is in a suite once: with its findings there, or passed, or skipped for what this source lacks.
    fn of_source(&self, source: &SourceSummary) -> TestSuite {
        let mut suite = TestSuite::new(name(&source.name));
        let mut findings = self.findings(|finding| finding.source == source.name);
        for (code, name) in &self.audit.ran {
            if let Some(found) = findings.remove(code) {
                suite.add_test_case(self.found(&source.name, &found));
                continue;
            }
            let Some(rule) = by_code(code) else { continue };
            if rule.meta().is_about_rows(source.kind, source.object) {
                let status = match lacks(rule.meta().needs, source) {
                    Some(roles) => skipped(&format!("this source has no column with {roles}")),
                    None => TestCaseStatus::success(),
                };
                suite.add_test_case(case(&source.name, code, name, status));
            }
        }
        for found in findings.into_values() {
            suite.add_test_case(self.found(&source.name, &found));
        }
        suite.set_system_out(clean(&self.read(source)));
        suite
    }

    fn of_audit(&self) -> TestSuite {
        let audit = self.audit;
        let mut suite = TestSuite::new(AUDIT);
        for rule in &audit.failed {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            let error = said::sentence(&self.masker, &rule.error);
            status.set_message(clean(&format!("failed inside, its evidence is missing: {error}")));
            suite.add_test_case(case(AUDIT, rule.code, rule.name, status));
        }
        if let Some(why) = said::fails_otherwise(audit) {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(clean(&said::sentence(&self.masker, why)));
            suite.add_test_case(case(AUDIT, "verdict", "of the run", status));
        }
        let known: BTreeSet<&str> = audit.sources.iter().map(|source| source.name.as_str()).collect();
        let mut findings = self.findings(|finding| !known.contains(finding.source.as_str()));
        let elsewhere = |code: &str| {
            let about = |s: &SourceSummary| by_code(code).is_some_and(|r| r.meta().is_about_rows(s.kind, s.object));
            audit.sources.iter().any(about) || audit.findings.iter().any(|f| f.code == code)
        };
        for (code, name) in &audit.ran {
            if let Some(found) = findings.remove(code) {
                suite.add_test_case(self.found(AUDIT, &found));
            } else if !elsewhere(code) {
                suite.add_test_case(case(AUDIT, code, name, TestCaseStatus::success()));
            }
        }
        for found in findings.into_values() {
            suite.add_test_case(self.found(AUDIT, &found));
        }
        let mut reasons: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
        for rule in &audit.skipped {
            reasons.entry((rule.code, rule.name)).or_default().push(said::sentence(&self.masker, &rule.reason));
        }
        for ((code, name), why) in reasons {
            suite.add_test_case(case(AUDIT, code, name, skipped(&why.join("; "))));
        }
        let word = if audit.verdict.passed { "passed" } else { "failed" };
        let why = said::sentence(&self.masker, &audit.verdict.why);
        let mut lines = vec![format!("{word}, {}: {why}", summary::tally(audit))];
        lines.extend(said::notes(&self.masker, audit));
        suite.set_system_out(clean(&lines.join("\n")));
        suite
    }

    /// Findings by rule.
    fn findings(&self, of: impl Fn(&Finding) -> bool) -> BTreeMap<&'static str, Vec<&Finding>> {
        let mut found: BTreeMap<&'static str, Vec<&Finding>> = BTreeMap::new();
        for finding in self.audit.findings.iter().filter(|finding| of(finding)) {
            found.entry(finding.code).or_default().push(finding);
        }
        found
    }

    /// The case of a rule that found something in a source.
    fn found(&self, suite: &str, findings: &[&Finding]) -> TestCase {
        let failing: Vec<&&Finding> = findings.iter().filter(|finding| said::fails(self.audit, finding)).collect();
        let mut status = TestCaseStatus::success();
        if let Some(worst) = failing.first() {
            status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let mut message = said::message(&self.masker, worst);
            if failing.len() > 1 {
                message = format!("{message}, and {} more", words::plural(failing.len() as u64 - 1, "finding"));
            }
            status.set_message(clean(&message)).set_type(worst.severity.as_str());
            let all: Vec<String> = failing.iter().map(|finding| self.text(finding)).collect();
            status.set_description(clean(&all.join("\n\n")));
        }
        let (code, name) = findings.first().map_or(("", ""), |finding| (finding.code, finding.name));
        let mut case = case(suite, code, name, status);
        let others: Vec<String> = findings
            .iter()
            .filter(|finding| !said::fails(self.audit, finding))
            .map(|finding| self.text(finding))
            .collect();
        if !others.is_empty() {
            case.set_system_out(clean(&format!("does not fail the run:\n{}", others.join("\n\n"))));
        }
        case
    }

    fn text(&self, finding: &Finding) -> String {
        let place = summary::place(finding, NAME);
        let mut lines = vec![format!("{}: {place}: {}", finding.severity, said::message(&self.masker, finding))];
        lines.extend(said::standing(finding));
        let rows = finding.examples.iter().map(|row| said::row(&self.masker, self.audit, row));
        lines.extend(rows.filter(|row| !row.is_empty()));
        let shown = finding.examples.len() as u64;
        if finding.examples_hidden > 0 {
            lines.push(format!("{shown} of {} shown", words::plural(shown + finding.examples_hidden, "row")));
        }
        lines.join("\n")
    }

    /// What was read.
    fn read(&self, source: &SourceSummary) -> String {
        let mut lines = vec![format!("{}, {}", summary::what_it_is(source), words::plural(source.rows, "row"))];
        for file in &source.files {
            let unreadable = words::number(file.unreadable);
            let rows = words::plural(file.rows, "row");
            lines.push(format!("{}: {rows}, {unreadable} unreadable", text::line(&file.path, 240)));
        }
        lines.push(said::sentence(&self.masker, &source.detected));
        lines.join("\n")
    }
}

/// A case, named after its rule; its class is the suite, as readers that know no suites group by it.
fn case(suite: &str, code: &str, rule: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(clean(&format!("{code} {rule}")), status);
    case.set_classname(name(suite));
    case
}

/// The reason stands as text: not every schema knows a message of what is skipped.
fn skipped(why: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_description(clean(why));
    status
}

/// The roles that a rule needs, one of them, and the source has no column for.
fn lacks(needs: &[Need], source: &SourceSummary) -> Option<String> {
    let has = |role| source.roles.iter().any(|one| one.role == role);
    needs.iter().find_map(|need| match need {
        Need::Role(role) => (!has(*role)).then(|| format!("the role `{}`", role.as_str())),
        Need::AnyRole(roles) => (!roles.iter().any(|role| has(*role))).then(|| {
            let names: Vec<String> = roles.iter().map(|role| format!("`{}`", role.as_str())).collect();
            format!("one of the roles {}", words::list(&names, "and"))
        }),
        Need::Clock | Need::Setting(..) | Need::Days(_) | Need::RetireDays | Need::Baseline => None,
    })
}

fn name(raw: &str) -> String {
    clean(&text::line(raw, NAME))
}

/// What XML 1.0 can hold: control characters as their pictures, non-characters as the sign for what cannot be shown.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => c,
            '\r' => '⏎',
            '\u{7f}' => '␡',
            c if (c as u32) < 0x20 => char::from_u32(0x2400 + c as u32).unwrap_or('␦'),
            '\u{80}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
#[path = "junit_tests.rs"]
mod tests;
