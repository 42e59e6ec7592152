//! Evidence in the portions that code platforms take: one per group or distinct value, never one per row.
//!
//! Platforms refuse or drop what is too much, so portions are capped, worst findings first; what has no portion of its
//! own is counted, and each finding has at least that count.

use hmac::{Hmac, KeyInit, Mac};
use indexmap::IndexMap;
use sha2::{Digest, Sha256};

use super::View;
use crate::evidence::{Audit, EvidenceRow, Finding};
use crate::model::Status;

/// The most portions of a run, those of what is left over included: GitHub shows the worst 5,000 results of a run, and
/// refuses a file with over 25,000.
pub(crate) const MOST: usize = 5_000;
/// The most portions of one finding, so that one noisy column does not hide the others.
pub(crate) const OF_ONE: usize = 1_000;
/// Rows that a portion keeps; GitHub shows 100 locations of a result, and refuses over 1,000.
pub(crate) const ROWS: usize = 20;
/// The longest text of a row that is kept, in characters; no format shows as much.
const LONGEST: usize = 2_000;

/// Rows of one finding that belong together.
#[derive(Debug)]
pub(crate) struct Portion {
    /// The first rows, in the order of the evidence: the first with its texts, long ones cut, the others for their places.
    pub(crate) rows: Vec<EvidenceRow>,
    /// How many there are.
    pub(crate) count: u64,
    /// Of those, rows that a baseline knows.
    pub(crate) known: u64,
    /// Whether an agreed exception covers them.
    pub(crate) accepted: bool,
    /// Identity across runs, 32 hex digits.
    pub(crate) identity: String,
}

/// A finding in portions.
#[derive(Debug)]
pub(crate) struct Portioned<'a> {
    /// The finding.
    pub(crate) finding: &'a Finding,
    /// Its portions, in the order of the evidence.
    pub(crate) portions: Vec<Portion>,
    /// Rows that are in none of them.
    pub(crate) rest: u64,
    /// Identity of the rest.
    pub(crate) rest_identity: String,
}

/// What holds rows of a finding together: whether they are accepted, and their group, else their value, else the reason.
type Key = (bool, String);

/// Every finding in portions, in the order of the findings: errors first.
///
/// Each finding is expanded once, some thousands of rows at a time, and not at all once the portions are used up.
pub(crate) fn portions<'a>(audit: &'a Audit, view: &View) -> Vec<Portioned<'a>> {
    // Each finding can always say what is left of it.
    let mut left = MOST.saturating_sub(audit.findings.len());
    audit
        .findings
        .iter()
        .map(|finding| {
            let portioned = portioned(audit, finding, view, left.min(OF_ONE));
            left -= portioned.portions.len();
            portioned
        })
        .collect()
}

fn portioned<'a>(audit: &Audit, finding: &'a Finding, view: &View, most: usize) -> Portioned<'a> {
    let mut found: IndexMap<Key, Portion> = IndexMap::new();
    let mut rest = 0;
    if most == 0 {
        rest = finding.count + finding.accepted;
    } else {
        audit.evidence.each(finding.code, &finding.source, finding.column.as_deref(), |row| {
            let key = key(row);
            if !found.contains_key(&key) && found.len() == most {
                rest += 1;
                return;
            }
            let identity = || identity(view, finding, row.status == Status::Accepted, &key.1);
            let portion = found.entry(key.clone()).or_insert_with(|| Portion {
                rows: Vec::new(),
                count: 0,
                known: 0,
                accepted: row.status == Status::Accepted,
                identity: identity(),
            });
            portion.count += 1;
            portion.known += u64::from(row.status == Status::Known);
            if portion.rows.len() < ROWS {
                portion.rows.push(if portion.rows.is_empty() { cut(row) } else { place(row) });
            }
        });
    }
    if found.is_empty() && rest == 0 {
        // A finding always shows, whatever became of its evidence.
        rest = finding.count + finding.accepted;
    }
    let rest_identity = identity(view, finding, false, "\u{1}rest");
    Portioned { finding, portions: found.into_values().collect(), rest, rest_identity }
}

fn key(row: &EvidenceRow) -> Key {
    let of = match (&row.group, &row.value) {
        (Some(group), _) => format!("group\u{1f}{group}"),
        (None, Some(value)) => format!("value\u{1f}{}", value.trim()),
        (None, None) => format!("why\u{1f}{}", row.detail),
    };
    (row.status == Status::Accepted, of)
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn cut(row: &EvidenceRow) -> EvidenceRow {
    EvidenceRow {
        value: row.value.as_deref().map(short),
        suggested: row.suggested.as_deref().map(short),
        detail: short(&row.detail),
        ..place(row)
    }
}

/// Where a row is, without what stands there.
fn place(row: &EvidenceRow) -> EvidenceRow {
    let text = |text: &Option<String>| text.as_deref().map(short);
    EvidenceRow {
        code: row.code,
        source: row.source.clone(),
        column: text(&row.column),
        file: row.file.clone(),
        row: row.row,
        line: row.line,
        record_id: text(&row.record_id),
        other_source: None,
        other_id: text(&row.other_id),
        value: None,
        suggested: None,
        group: row.group.clone(),
        confidence: row.confidence,
        safety: row.safety,
        detail: String::new(),
        fingerprint: row.fingerprint.clone(),
        status: row.status,
    }
}

/// What a platform knows a portion by, from one run to the next: keyed by the salt, for values are personal data.
///
/// It is made of what the rows share, not of the rows' own fingerprints: a third duplicate, or one record that was
/// mended, must not make a new alert of a known one.
fn identity(view: &View, finding: &Finding, accepted: bool, key: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(view.salt.as_bytes()) else {
        return String::new();
    };
    let column = finding.column.as_deref().unwrap_or_default();
    let accepted = if accepted { "accepted" } else { "" };
    for part in ["leadlint/v1", finding.code, &finding.source, column, accepted, key] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    hex(&mac.finalize().into_bytes())
}

/// What a text is known by that holds nothing personal, 32 hex digits.
pub(crate) fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(16).fold(String::new(), |out, byte| out + &format!("{byte:02x}"))
}

#[cfg(test)]
#[path = "portions_tests.rs"]
mod tests;
