//! Sentences about findings and evidence that several formats for CI show: masked, on one line, short.

use super::mask::Masker;
use super::{summary, text, words};
use crate::evidence::{Audit, EvidenceRow, Exception, Finding};
use crate::normalise::record_id;
use crate::rules::by_code;

/// The longest sentence, in graphemes.
pub(crate) const SENTENCE: usize = 400;
/// The longest value, in graphemes.
const VALUE: usize = 60;
/// The longest reason or name in a sentence, in graphemes.
const PART: usize = 120;

/// Whether a finding fails the run: at or above `--fail-on`, with new evidence, and not within its budget.
pub(crate) fn fails(audit: &Audit, finding: &Finding) -> bool {
    let least = crate::model::Severity::WORST_FIRST.into_iter().find(|s| s.as_str() == audit.verdict.fail_on);
    finding.fails(least)
}

/// Why the run fails, where no finding and no broken rule says so: a score that fell, a baseline that no longer fits.
pub(crate) fn fails_otherwise(audit: &Audit) -> Option<&str> {
    let said = audit.verdict.passed || !audit.failed.is_empty() || audit.findings.iter().any(|one| fails(audit, one));
    (!said).then_some(audit.verdict.why.as_str())
}

/// Any text of the audit: masked, on one line.
pub(crate) fn sentence(masker: &Masker<'_>, raw: &str) -> String {
    text::line(&masker.text(raw), SENTENCE).trim().to_owned()
}

/// The sentence of a finding.
pub(crate) fn message(masker: &Masker<'_>, finding: &Finding) -> String {
    text::line(&masker.message(finding), SENTENCE).trim().to_owned()
}

/// Why a finding does not fail the run, where that is not plain from its severity: its budget, or what is known of it.
pub(crate) fn standing(finding: &Finding) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(budget) = &finding.budget {
        let kept = if finding.within_budget { "within budget" } else { "over budget" };
        said.push(format!("{kept}: {}", text::line(budget, PART)));
    }
    if finding.new != finding.count {
        said.push(format!("{} of {} new", words::number(finding.new), words::number(finding.count)));
    }
    if finding.accepted > 0 {
        said.push(format!("{} covered by agreed exceptions", words::plural(finding.accepted, "row")));
    }
    said
}

/// `leads · Email, line 14, record 00Q…: "a…@….example" → "…": why`.
pub(crate) fn row(masker: &Masker<'_>, audit: &Audit, row: &EvidenceRow) -> String {
    let shown = masker.row(row);
    let mut place = Vec::new();
    place.extend(summary::spot(row, audit, PART, false));
    match (&row.record_id, &row.other_id) {
        (Some(id), Some(other)) => {
            place.push(format!("record {} with {}", text::line(id, VALUE), text::line(other, VALUE)));
        }
        (Some(id), None) | (None, Some(id)) => place.push(format!("record {}", text::line(id, VALUE))),
        (None, None) => {}
    }
    let mut out = place.join(", ");
    let mut add = |mark: &str, text: String| {
        if !out.is_empty() {
            out.push_str(mark);
        }
        out.push_str(&text);
    };
    if let Some(value) = shown.value.as_deref() {
        add(": ", text::quoted(value, VALUE));
    }
    if let Some(suggested) = shown.suggested.as_deref() {
        add(" → ", text::quoted(suggested, VALUE));
    }
    if !shown.detail.is_empty() {
        add(": ", text::line(&shown.detail, PART));
    }
    out
}

/// What no rule could see in the sources, and what else the audit says of itself.
pub(crate) fn notes(masker: &Masker<'_>, audit: &Audit) -> Vec<String> {
    let mut said = Vec::new();
    for source in &audit.sources {
        let name = text::line(&source.name, PART);
        let unreadable: u64 = source.files.iter().map(|file| file.unreadable).sum();
        if unreadable > 0 {
            said.push(format!(
                "{name}: {} could not be read, and no other rule saw them",
                words::plural(unreadable, "row")
            ));
        }
        said.extend(source.excluded.iter().map(|one| format!("{name}: {}", summary::excluded(one))));
        if !source.ignored.is_empty() {
            let columns: Vec<String> = source.ignored.iter().map(|column| text::line(column, VALUE)).collect();
            said.push(format!("{name}: the config ignores {}", columns.join(", ")));
        }
        said.extend(source.notes.iter().map(|note| format!("{name}: {}", sentence(masker, note))));
    }
    said.extend(audit.notes.iter().map(|note| sentence(masker, note)));
    said.retain(|note| !note.is_empty());
    said
}

/// The agreed exception that covers a row.
pub(crate) fn exception<'a>(audit: &'a Audit, row: &EvidenceRow) -> Option<&'a Exception> {
    let rule = by_code(row.code)?.meta();
    let own = row.record_id.as_deref().and_then(record_id::canonical);
    audit.exceptions.iter().find(|one| {
        let codes = rule.lists_again().iter().chain([&rule.code]);
        let meant = codes
            .flat_map(|code| [*code, by_code(code).map_or("", |rule| rule.meta().name)])
            .any(|word| one.rule.eq_ignore_ascii_case(word));
        let of_group = one.group.is_some() && one.group == row.group;
        meant && (of_group || one.records.iter().any(|id| own.is_some() && record_id::canonical(id) == own))
    })
}

/// Why evidence is accepted.
pub(crate) fn justification(masker: &Masker<'_>, audit: &Audit, row: &EvidenceRow) -> String {
    exception(audit, row).map_or_else(
        || "an `[[accept]]` entry of the config covers it".to_owned(),
        |one| {
            let mut said = sentence(masker, &one.reason);
            if let Some(owner) = &one.owner {
                said = format!("{said}; agreed by {}", text::line(&masker.person(owner), PART));
            }
            match &one.expires {
                Some(day) => format!("{said}; until {}", text::line(day, VALUE)),
                None => said,
            }
        },
    )
}
