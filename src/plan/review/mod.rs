//! What a person has to decide on: every merge and every value that a plan would bring if all of it were accepted, with
//! the reasons and the alternatives.
//!
//! It is read off two plans: one in which every merge is accepted and of the values only what is decided or needs nobody,
//! so that it shows what a yes on a group brings by itself; and one in which nothing is merged, for the values, which may be
//! looked at whatever becomes of the merges.

mod counts;
mod merges;
#[cfg(test)]
mod tests;
mod values;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::build::build;
use super::decisions::{Answer, Assumed, Decisions, Kept, Known, Records, Ruling, Subject};
use crate::config::options::Options;
use crate::evidence::{Audit, EvidenceRow};
use crate::model::{Role, Source};

/// What a line of a review stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// All records or values of a group.
    Group,
    /// One record of a group that would be merged.
    Record,
    /// What one field of the merged record will be.
    Field,
    /// One value, or one record that would be changed otherwise.
    Value,
}

/// One line of a review.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it stands for.
    pub what: What,
    /// What was decided before.
    pub answer: Option<Answer>,
    /// Codes of the rules.
    pub rule: String,
    /// Name of the source.
    pub source: String,
    /// The record's own id.
    pub record: String,
    /// Physical line.
    pub line: Option<u64>,
    /// Original header.
    pub column: String,
    /// What stands there; of a record, who it is.
    pub current: String,
    /// What would.
    pub suggested: String,
    /// What else could stand there, with counts.
    pub alternatives: String,
    /// Which record survives.
    pub survivor: String,
    /// 0..1, where evidence says.
    pub confidence: Option<f64>,
    /// Why.
    pub reasons: String,
    /// The group in the workbook.
    pub group: String,
    /// The record or value in the workbook.
    pub key: String,
}

/// Lines that are decided on together.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Code of the first rule.
    pub code: &'static str,
    /// The lines, that of the group first.
    pub lines: Vec<Line>,
}

/// A decision that was kept and meets something in this audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Code of the rule.
    pub code: String,
    /// What it is about.
    pub subject: Subject,
    /// What was said.
    pub ruling: Ruling,
}

/// What a person has to decide on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Review {
    /// The groups and values, by rule.
    pub blocks: Vec<Block>,
    /// What was decided before.
    pub standing: Vec<Standing>,
}

/// Everything that lines are made from.
struct Desk<'a> {
    sources: &'a [Arc<Source>],
    decisions: &'a Decisions,
    records: Records,
    evidence: BTreeMap<(&'static str, &'a str), &'a EvidenceRow>,
}

impl Desk<'_> {
    /// The row of evidence that is cited.
    fn cited(&self, code: &'static str, fingerprint: &str) -> Option<&EvidenceRow> {
        self.evidence.get(&(code, fingerprint)).copied()
    }

    fn source_name(&self, source: usize) -> &str {
        self.sources.get(source).map_or("", |source| source.name.as_str())
    }
}

/// Gathers what a person has to decide on.
#[must_use]
pub fn review(
    audit: &Audit,
    sources: &[Arc<Source>],
    config: &Options,
    decisions: &Decisions,
    kept: &Kept,
    known: &Known,
) -> Review {
    let rows = audit.evidence.rows();
    let mut evidence: BTreeMap<(&'static str, &str), &EvidenceRow> = BTreeMap::new();
    for row in &rows {
        evidence.entry((row.code, &row.fingerprint)).or_insert(row);
    }
    let desk = Desk { sources, decisions, records: Records::new(config), evidence };
    let merged = build(audit, sources, config, &decisions.assumed(Assumed::Merges));
    let mut blocks = merges::blocks(&desk, &merged);
    let apart = build(audit, sources, config, &decisions.assumed(Assumed::Values));
    blocks.extend(values::blocks(&desk, &apart, &rows));
    blocks.sort_by(|a, b| order(a).cmp(&order(b)));
    let standing = kept.iter().filter_map(|(subject, (code, ruling))| {
        Some(Standing { code: code.clone(), subject: known.resolve(subject)?, ruling: ruling.clone() })
    });
    let mut standing: Vec<Standing> = standing.collect();
    standing.sort_by(|a, b| (&a.code, &a.subject).cmp(&(&b.code, &b.subject)));
    Review { blocks, standing }
}

/// By rule, source and column; then the value that is proposed, and the first record.
fn order(block: &Block) -> (&str, &str, &str, &str, &str, &str) {
    let first = block.lines.first();
    let record = block.lines.iter().map(|line| line.record.as_str()).find(|record| !record.is_empty());
    let text = |of: fn(&Line) -> &String| first.map_or("", |line| of(line).as_str());
    (
        block.code,
        text(|line| &line.source),
        text(|line| &line.column),
        text(|line| &line.suggested),
        record.unwrap_or_default(),
        text(|line| &line.group),
    )
}

/// Who a record is, in one line: name, address, phone, company, place, state and day of creation, as far as it has them.
fn who(source: &Source, row: u32) -> String {
    let cell = |role| {
        let column = source.role(role)?;
        super::places::cell(source, column, row).map(str::trim).filter(|cell| !cell.is_empty())
    };
    let name = match (cell(Role::Name), cell(Role::FirstName), cell(Role::LastName)) {
        (Some(name), ..) => Some(name.to_owned()),
        (None, None, None) => None,
        (None, first, last) => Some([first, last].into_iter().flatten().collect::<Vec<_>>().join(" ")),
    };
    let more = [Role::Email, Role::Phone, Role::Company, Role::City, Role::Status];
    let mut parts: Vec<String> = name.into_iter().chain(more.into_iter().filter_map(cell).map(str::to_owned)).collect();
    parts.extend(cell(Role::CreatedAt).map(|at| format!("created {at}")));
    parts.join(" · ")
}

/// Texts, each once, in order of their first appearance.
fn each_once<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for text in texts.filter(|text| !text.is_empty()) {
        if !seen.contains(&text) {
            seen.push(text);
        }
        if seen.len() > 12 {
            break;
        }
    }
    seen.join("; ")
}
