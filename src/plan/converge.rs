//! Before and after: what a plan was meant to mend and did not, and what it brought about.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::Plan;
use super::build::MERGES;
use super::operation::Place;
use crate::evidence::{Audit, EvidenceRow};
use crate::model::Status;
use crate::normalise::record_id;

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
    /// Of these, those that say of the record something that was not to be mended: see [`Together::is_fresh`].
    fresh: u64,
    row: Option<&'a EvidenceRow>,
}

/// A record: name of its source, its id as ids compare.
type Record<'a> = (&'a str, Cow<'a, str>);

/// Code and group of evidence.
type Group<'a> = (&'static str, &'a str);

/// Which records evidence spoke of before, those that were merged by what they are now.
struct Together<'a> {
    /// What each record is merged into.
    into: BTreeMap<Record<'a>, Record<'a>>,
    /// The joined records of evidence, by code and fingerprint.
    joined: BTreeMap<(&'static str, &'a str), BTreeSet<Record<'a>>>,
    /// Groups of merge rules in which a record stood.
    before: BTreeMap<Record<'a>, BTreeSet<Group<'a>>>,
    /// How many records of a group stood together in a group before.
    after: BTreeMap<Group<'a>, BTreeMap<Group<'a>, u64>>,
}

impl<'a> Together<'a> {
    fn new(plan: &'a Plan, before: &'a [EvidenceRow], after: &'a [EvidenceRow]) -> Self {
        let sources: Vec<&str> = plan.heading.sources.iter().map(|(name, _)| name.as_str()).collect();
        let named =
            |place: &'a Place| Some((*sources.get(place.source)?, record_id::canonical(place.record.as_deref()?)?));
        let mut into: BTreeMap<Record<'a>, Record<'a>> = BTreeMap::new();
        for merge in plan.merges() {
            let Some(survivor) = named(&merge.survivor) else { continue };
            into.extend(merge.losers.iter().filter_map(|loser| Some((named(loser)?, survivor.clone()))));
        }
        let mut together = Self { into, joined: BTreeMap::new(), before: BTreeMap::new(), after: BTreeMap::new() };
        for row in before {
            if let Some(other) = joined(row) {
                let known = together.joined.entry((row.code, &row.fingerprint)).or_default();
                known.extend(together.into.get(&other).cloned().into_iter().chain([other]));
            }
            let Some(record) = record(row).filter(|_| MERGES.contains(&row.code)) else { continue };
            // One that ought to be gone may still be there.
            for record in together.into.get(&record).cloned().into_iter().chain([record]) {
                together.before.entry(record).or_default().insert(group(row));
            }
        }
        let mut members: BTreeMap<Group<'a>, BTreeSet<Record<'a>>> = BTreeMap::new();
        for row in after.iter().filter(|row| MERGES.contains(&row.code)) {
            members.entry(group(row)).or_default().extend(record(row));
        }
        for (of, records) in members {
            let counts = together.after.entry(of).or_default();
            for before in records.iter().filter_map(|record| together.before.get(record)).flatten() {
                *counts.entry(*before).or_default() += 1;
            }
        }
        together
    }

    /// Whether a row of the audit after puts its record with none of those that it was put with before, or speaks of
    /// another joined record than before: whatever brought that about, it is not what was to be mended. A chat that is
    /// linked to its record may only now be seen to repeat another one.
    fn is_fresh(&self, row: &'a EvidenceRow) -> bool {
        if !MERGES.contains(&row.code) {
            let known = self.joined.get(&(row.code, row.fingerprint.as_str()));
            return known.zip(joined(row)).is_some_and(|(known, other)| !known.contains(&other));
        }
        let (Some(record), Some(counts)) = (record(row), self.after.get(&group(row))) else { return false };
        let mut before = self.before.get(&record).into_iter().flatten().filter(|before| before.0 == row.code);
        !before.any(|before| counts.get(before).is_some_and(|count| *count > 1))
    }
}

fn record(row: &EvidenceRow) -> Option<Record<'_>> {
    Some((row.source.as_str(), record_id::canonical(row.record_id.as_deref()?)?))
}

/// The record that evidence joins with its own.
fn joined(row: &EvidenceRow) -> Option<Record<'_>> {
    Some((row.other_source.as_deref()?, record_id::canonical(row.other_id.as_deref()?)?))
}

fn group(row: &EvidenceRow) -> Group<'_> {
    (row.code, row.group.as_deref().unwrap_or(&row.fingerprint))
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
    let together = Together::new(plan, &rows_before, &rows_after);
    for row in rows_after.iter().filter(open) {
        let tally = tallies.entry((row.code, &row.fingerprint)).or_default();
        tally.after += 1;
        tally.fresh += u64::from(together.is_fresh(row));
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
        let stays = tally.before.saturating_sub(tally.planned);
        let left = tally.after.saturating_sub(tally.fresh).saturating_sub(stays).min(tally.planned);
        if left > 0 {
            convergence.left.push(say(left));
        }
        let new = tally.after.saturating_sub(stays).saturating_sub(left);
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

#[cfg(test)]
mod tests {
    use super::super::operation_tests::cleanup;
    use super::*;

    const ACCOUNTS: &str = "Id,Name,Website,City,ParentId,Created\n0,Umbra GmbH,lux.example,Rome,1,\n\
        1,Lux,lux.example,,,2025-12-01\n2,Lux,lux.example,,,2025-12-01\n3,Hill,hill.example,Rome,1,2025-12-01\n\
        4,Lux,www.lux.example,,5,\n5,Lux,hill.example,Rome,,\n";

    #[test]
    fn records_that_a_merge_brings_together_are_new_and_not_left() {
        let cleanup = cleanup(&[("accounts.csv", ACCOUNTS)], "", "DUP010");
        assert!(cleanup.plan.merges().count() > 0);
        let codes = |of: &[Unconverged]| of.iter().map(|one| one.code).collect::<Vec<_>>();
        assert!(cleanup.convergence.converged(), "{:?}", cleanup.convergence.left);
        assert!(codes(&cleanup.convergence.new).contains(&"DUP010"), "{:?}", cleanup.convergence);
    }

    #[test]
    fn a_finding_of_another_record_is_new_and_not_left() {
        let leads = "Id,LastName,Email,CreatedDate,Chat_Id__c\n\
            00Q5e0000000001EAA,Lee,bo@acme.example,2026-09-01T09:00:00Z,c1\n\
            00Q5e0000000010EAA,Klein,ana@summit.example,2026-09-14T02:00:00Z,\n\
            00Q5e0000000012EAA,Vale,cy@acme.example,2026-09-28T09:00:00Z,\n";
        let contacts =
            "Id,LastName,Email,CreatedDate\n0035e0000000007AAA,Hahn,ana@summit.example,2026-09-04T09:00:00Z\n";
        let chats = "chat_id,started_at,ended_at,visitor_name,visitor_email\n\
            c1,2026-09-01T08:00:00Z,2026-09-01T08:59:00Z,Lee,bo@acme.example\n\
            c10,2026-09-14T10:00:00Z,2026-09-14T10:09:00Z,Otto Hahn,ana@summit.example\n";
        let files = [("leads.csv", leads), ("contacts.csv", contacts), ("chats.csv", chats)];
        let linked = cleanup(&files, "", "DUP007");
        assert_eq!(linked.plan.sets().map(|set| set.new.as_str()).collect::<Vec<_>>(), ["c10"]);
        let codes = |of: &[Unconverged]| of.iter().map(|one| one.code).collect::<Vec<_>>();
        assert_eq!(codes(&linked.convergence.left), [""; 0], "{:?}", linked.convergence);
        assert!(codes(&linked.convergence.new).contains(&"DUP007"), "{:?}", linked.convergence);
        // As if the link had not been written.
        let before = cleanup(&files, "", "").after;
        assert!(codes(&compare(&linked.plan, &before, &before).left).contains(&"DUP007"));
    }

    #[test]
    fn a_group_that_is_still_there_is_left() {
        let text = "Lead ID,Email,Created Date\n1,ana@acme.example,2026-01-01\n2,ana@acme.example,2026-01-02\n\
            3,ana@acme.example,2026-01-03\n4,bo@acme.example,2026-01-03\n";
        let cleanup = cleanup(&[("leads.csv", text)], "", "DUP001");
        assert!(cleanup.convergence.converged());
        // As if nothing had been carried out, and as if one of the records had not gone.
        let audited = |text: &str| super::super::operation_tests::cleanup(&[("leads.csv", text)], "", "").after;
        let before = audited(text);
        for rows in [text.to_owned(), text.replace("2,ana@acme.example,2026-01-02\n", "")] {
            let left = compare(&cleanup.plan, &before, &audited(&rows)).left;
            assert!(left.iter().any(|one| one.code == "DUP001" && one.record.as_deref() == Some("1")), "{left:?}");
        }
    }
}
