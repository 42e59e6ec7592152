//! Agreed exceptions: `[[accept]]` entries that hold at the time of the audit.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use super::{AcceptState, Exception};
use crate::config::options::AcceptOptions;
use crate::normalise::record_id;

/// The `[[accept]]` entries that hold for one rule.
#[derive(Debug, Default)]
pub struct Accepted {
    records: BTreeMap<String, Vec<usize>>,
    groups: BTreeMap<String, Vec<usize>>,
    /// Entries that name the rule itself, and not one whose evidence it lists again.
    own: BTreeSet<usize>,
}

impl Accepted {
    /// The entries for rules with these codes and names, the rule's own last. `today` is the day of the audit's clock as `2026-10-31`;
    /// entries that expired before it do not count.
    #[must_use]
    pub fn of_rules(entries: &[AcceptOptions], words: &[&str], today: Option<&str>) -> Self {
        let mut accepted = Self::default();
        for (at, entry) in entries.iter().enumerate() {
            let meant = words.iter().any(|word| entry.rule.eq_ignore_ascii_case(word));
            if meant && in_force(entry, today) {
                if words.iter().rev().take(2).any(|word| entry.rule.eq_ignore_ascii_case(word)) {
                    accepted.own.insert(at);
                }
                for id in entry.records.iter().filter_map(|id| record_id::canonical(id)) {
                    accepted.records.entry(id.into_owned()).or_default().push(at);
                }
                if let Some(group) = &entry.group {
                    accepted.groups.entry(group.clone()).or_default().push(at);
                }
            }
        }
        accepted
    }

    /// Whether nothing is accepted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.groups.is_empty()
    }

    /// Whether evidence that an entry covers is counted as covered by it: evidence that is listed again is counted once.
    #[must_use]
    pub fn counts(&self, entry: usize) -> bool {
        self.own.contains(&entry)
    }

    /// The entries, by position, that cover evidence on this record, or in this group.
    #[must_use]
    pub fn covering(&self, record: Option<&str>, group: Option<&str>) -> Vec<usize> {
        let by_group = group.and_then(|group| self.groups.get(group));
        let by_record = record.and_then(record_id::canonical).and_then(|record| self.records.get(record.as_ref()));
        let mut covering: Vec<usize> = by_group.into_iter().chain(by_record).flatten().copied().collect();
        covering.sort_unstable();
        covering.dedup();
        covering
    }
}

/// The last day on which an entry holds, as `2027-06-30`.
fn last_day(entry: &AcceptOptions) -> Option<String> {
    entry.expires.as_ref().map(|day| day.to_string().chars().take(10).collect())
}

/// Whether an entry holds on a day.
fn in_force(entry: &AcceptOptions, today: Option<&str>) -> bool {
    match (last_day(entry), today) {
        (Some(last), Some(today)) => last.as_str() >= today,
        _ => true,
    }
}

/// Days before its last one from which an exception is said to expire.
const SOON: u64 = 30;

/// How the entries stand on `today`. `covered` says how much evidence each covers, by position; `ran` whether the rule of
/// that code or name ran.
#[must_use]
pub fn exceptions(
    entries: &[AcceptOptions],
    today: Option<NaiveDate>,
    covered: &BTreeMap<usize, u64>,
    ran: impl Fn(&str) -> bool,
) -> Vec<Exception> {
    let day = |day: NaiveDate| day.format("%Y-%m-%d").to_string();
    let soon = today.and_then(|today| today.checked_add_days(Days::new(SOON))).map(day);
    let today = today.map(day);
    let each = entries.iter().enumerate().map(|(at, entry)| {
        let covers = covered.get(&at).copied().unwrap_or(0);
        let expires = last_day(entry);
        let expiring = expires.as_ref().zip(soon.as_ref()).is_some_and(|(last, soon)| last <= soon);
        let state = if !in_force(entry, today.as_deref()) {
            AcceptState::Expired
        } else if !ran(&entry.rule) {
            AcceptState::NotChecked
        } else if covers == 0 {
            AcceptState::Stale
        } else if expiring {
            AcceptState::Expiring
        } else {
            AcceptState::InForce
        };
        Exception {
            rule: entry.rule.clone(),
            records: entry.records.clone(),
            group: entry.group.clone(),
            reason: entry.reason.clone(),
            owner: entry.owner.clone(),
            expires,
            state,
            covers,
        }
    });
    each.collect()
}
