//! Before and after: what a plan was meant to mend and did not, and what it brought about.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::Plan;
use crate::evidence::{Audit, EvidenceRow};
use crate::model::Status;

/// One rule, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// Code of the rule.
    pub code: &'static str,
    /// Name of the rule.
    pub name: &'static str,
    /// Evidence before, accepted exceptions aside.
    pub before: u64,
    /// Evidence that the plan answers.
    pub planned: u64,
    /// Evidence after.
    pub after: u64,
}

/// Evidence that the plan answers and that is still there, or that is there only since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Unconverged {
    /// Code of the rule.
    pub code: &'static str,
    /// Name of the source.
    pub source: String,
    /// Original header.
    pub column: Option<String>,
    /// The record's own id.
    pub record: Option<String>,
    /// Identity across exports.
    pub fingerprint: String,
    /// Rows of evidence.
    pub count: u64,
}

/// The audits before and after, compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Convergence {
    /// Every rule with evidence before or after, by code.
    pub rules: Vec<Change>,
    /// Planned, and still there: the run exits 1.
    pub left: Vec<Unconverged>,
    /// Not there before.
    pub new: Vec<Unconverged>,
}

impl Convergence {
    /// Whether everything that was planned is mended.
    #[must_use]
    pub fn converged(&self) -> bool {
        self.left.is_empty()
    }
}

/// Evidence of one identity.
#[derive(Debug, Default)]
struct Tally<'a> {
    before: u64,
    planned: u64,
    after: u64,
    row: Option<&'a EvidenceRow>,
}

/// Compares the audits before and after `plan`.
#[must_use]
pub fn compare(plan: &Plan, before: &Audit, after: &Audit) -> Convergence {
    let (rows_before, rows_after) = (before.evidence.rows(), after.evidence.rows());
    let open = |row: &&EvidenceRow| row.status != Status::Accepted;
    let mut tallies: BTreeMap<(&'static str, &str), Tally<'_>> = BTreeMap::new();
    let mut rules: BTreeMap<&'static str, Change> = BTreeMap::new();
    for row in rows_before.iter().filter(open) {
        tallies.entry((row.code, &row.fingerprint)).or_default().before += 1;
        change(&mut rules, row.code).before += 1;
    }
    for cited in plan.operations.iter().flat_map(|operation| &operation.grounds().evidence) {
        for fingerprint in &cited.fingerprints {
            tallies.entry((cited.code, fingerprint)).or_default().planned += 1;
        }
        change(&mut rules, cited.code).planned += cited.rows;
    }
    for row in rows_after.iter().filter(open) {
        let tally = tallies.entry((row.code, &row.fingerprint)).or_default();
        tally.after += 1;
        tally.row.get_or_insert(row);
        change(&mut rules, row.code).after += 1;
    }
    let mut convergence = Convergence { rules: rules.into_values().collect(), ..Convergence::default() };
    for ((code, fingerprint), tally) in tallies {
        let Some(row) = tally.row else { continue };
        let say = |count| Unconverged {
            code,
            source: row.source.clone(),
            column: row.column.clone(),
            record: row.record_id.clone(),
            fingerprint: fingerprint.to_owned(),
            count,
        };
        // Of rows with one identity, those that nobody planned to mend may stay.
        let left = tally.after.saturating_sub(tally.before.saturating_sub(tally.planned)).min(tally.planned);
        if left > 0 {
            convergence.left.push(say(left));
        }
        let new = tally.after.saturating_sub(tally.before);
        if new > 0 {
            convergence.new.push(say(new));
        }
    }
    convergence
}

fn change<'a>(rules: &'a mut BTreeMap<&'static str, Change>, code: &'static str) -> &'a mut Change {
    rules.entry(code).or_insert_with(|| Change {
        code,
        name: crate::rules::by_code(code).map_or("", |rule| rule.meta().name),
        before: 0,
        planned: 0,
        after: 0,
    })
}
