//! GitLab's code quality report: one JSON list, an entry per group or distinct value.
//!
//! The widget knows neither rules that did not run nor exceptions, so both are entries of severity `info`. GitLab
//! compares reports by fingerprint; each stands once. An entry needs a file: what points at no row stands at the first
//! file of its source, and what is about the audit itself at the config.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Report, ReportMeta};
use crate::emit::mask::Masker;
use crate::emit::place::{Spot, shown};
use crate::emit::portions::{Portion, Portioned, portions};
use crate::emit::{Error, View, said, summary, words};
use crate::evidence::{Audit, Finding};
use crate::model::Severity;

/// The `gitlab` format.
#[derive(Debug)]
pub(super) struct Gitlab;

const META: ReportMeta = ReportMeta {
    name: "gitlab",
    title: "GitLab code quality: an entry per group or distinct value, and one for each thing that was not checked",
    extension: "json",
    masks: true,
};

/// The longest name of a place, in graphemes.
const NAME: usize = 120;

/// One entry, as docs.gitlab.com has it under "Code quality report format".
#[derive(Serialize)]
struct Entry {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u64,
}

impl From<Spot> for Location {
    fn from(spot: Spot) -> Self {
        // GitLab wants a line; what has none stands at the first.
        Self { path: shown(&spot.file), lines: Lines { begin: spot.line.unwrap_or(1).max(1) } }
    }
}

impl Report for Gitlab {
    fn meta(&self) -> &'static ReportMeta {
        &META
    }

    fn render(&self, audit: &Audit, view: &View) -> Result<Vec<u8>, Error> {
        let masker = Masker::new(audit, view);
        let mut entries: Vec<Entry> = Vec::new();
        for rule in &audit.failed {
            let error = said::sentence(&masker, &rule.error);
            let text = format!("{} {} failed inside, its evidence is missing: {error}", rule.code, rule.name);
            entries.push(about_audit(audit, rule.code, rule.name, "blocker", text));
        }
        if let Some(why) = said::fails_otherwise(audit) {
            let text = format!("the run fails: {}", said::sentence(&masker, why));
            entries.push(about_audit(audit, "verdict", "run-fails", "blocker", text));
        }
        for one in portions(audit, view) {
            entries
                .extend(one.portions.iter().filter(|p| !p.accepted).map(|p| portion(audit, &masker, one.finding, p)));
            entries.extend(rest(audit, &masker, &one));
            entries.extend(accepted(audit, &one));
        }
        for (reason, codes) in summary::by_reason(&audit.skipped) {
            let rules = words::plural(codes.len() as u64, "rule");
            let text = format!("{rules} did not run: {}: {}", codes.join(", "), said::sentence(&masker, reason));
            entries.push(about_audit(audit, "skipped", "not-checked", "info", text));
        }
        for note in said::notes(&masker, audit) {
            entries.push(about_audit(audit, "note", "not-checked", "info", note));
        }
        let mut seen = BTreeSet::new();
        entries.retain(|entry| seen.insert(entry.fingerprint.clone()));
        let mut bytes = serde_json::to_vec_pretty(&entries).map_err(|e| Error::render(META.name, &e))?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// The words that GitLab has, worst first: `blocker`, `critical`, `major`, `minor`, `info`.
const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Info => "info",
    }
}

fn portion(audit: &Audit, masker: &Masker<'_>, finding: &Finding, portion: &Portion) -> Entry {
    let mut text = summary::place(finding, NAME);
    if let Some(first) = portion.rows.first() {
        text = format!("{text}: {}", said::row(masker, audit, first));
    }
    if portion.count > 1 {
        text = format!("{text}; the first of {}", words::plural(portion.count, "row"));
    }
    if portion.known > 0 {
        text = format!("{text}; {} known to the baseline", words::number(portion.known));
    }
    let spot = match portion.rows.first() {
        Some(row) => Spot::of_row(row, finding, audit),
        None => Spot::of_finding(finding, audit),
    };
    entry(finding, &text, portion.identity.clone(), severity(finding.severity), spot)
}

fn rest(audit: &Audit, masker: &Masker<'_>, one: &Portioned<'_>) -> Option<Entry> {
    let finding = one.finding;
    if one.rest == 0 {
        return None;
    }
    let more = if one.portions.is_empty() { "" } else { " more" };
    let text = format!(
        "{}: {}{more}, not listed one by one. {}",
        summary::place(finding, NAME),
        words::plural(one.rest, "row"),
        said::message(masker, finding)
    );
    let spot = Spot::of_finding(finding, audit);
    Some(entry(finding, &text, one.rest_identity.clone(), severity(finding.severity), spot))
}

/// Agreed exceptions of a finding, counted: they are no debt, and not silent either.
fn accepted(audit: &Audit, one: &Portioned<'_>) -> Option<Entry> {
    let finding = one.finding;
    if finding.accepted == 0 {
        return None;
    }
    let rows = words::plural(finding.accepted, "row");
    let text = format!("{}: {rows} covered by agreed exceptions (`[[accept]]`)", summary::place(finding, NAME));
    let identity = format!("{}-accepted", one.rest_identity);
    Some(entry(finding, &text, identity, "info", Spot::of_finding(finding, audit)))
}

fn entry(finding: &Finding, text: &str, fingerprint: String, severity: &'static str, spot: Spot) -> Entry {
    Entry {
        description: format!("{} {}: {text}", finding.code, finding.name),
        check_name: format!("{} {}", finding.code, finding.name),
        fingerprint,
        severity,
        location: spot.into(),
    }
}

/// What is said of the audit and not of its data.
fn about_audit(audit: &Audit, code: &str, name: &str, severity: &'static str, text: String) -> Entry {
    let path = audit.config.as_deref().or_else(|| Some(audit.sources.first()?.files.first()?.path.as_str()));
    Entry {
        check_name: format!("{code} {name}"),
        fingerprint: format!("{code}-{}", crate::emit::portions::digest(&text)),
        severity,
        location: Spot::of_file(path.unwrap_or("leadlint.toml")).into(),
        description: text,
    }
}

#[cfg(test)]
#[path = "gitlab_tests.rs"]
mod tests;
