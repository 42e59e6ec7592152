//! Agreed exceptions: `[[accept]]` entries that hold at the time of the audit.

use std::collections::BTreeSet;

use crate::config::options::AcceptOptions;
use crate::normalise::record_id;

/// The `[[accept]]` entries that hold for one rule.
#[derive(Debug, Default)]
pub struct Accepted {
    records: BTreeSet<String>,
    groups: BTreeSet<String>,
}

impl Accepted {
    /// The entries for rules with these codes and names. `today` is the day of the audit's clock as `2026-10-31`;
    /// entries that expired before it do not count.
    #[must_use]
    pub fn of_rules(entries: &[AcceptOptions], words: &[&str], today: Option<&str>) -> Self {
        let mut accepted = Self::default();
        for entry in entries {
            let meant = words.iter().any(|word| entry.rule.eq_ignore_ascii_case(word));
            let last_day = entry.expires.as_ref().map(|day| day.to_string().chars().take(10).collect::<String>());
            let in_force = match (last_day, today) {
                (Some(last), Some(today)) => last.as_str() >= today,
                _ => true,
            };
            if meant && in_force {
                accepted
                    .records
                    .extend(entry.records.iter().filter_map(|id| Some(record_id::canonical(id)?.into_owned())));
                accepted.groups.extend(entry.group.iter().cloned());
            }
        }
        accepted
    }

    /// Whether nothing is accepted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.groups.is_empty()
    }

    /// Whether evidence on this record, or in this group, is accepted.
    #[must_use]
    pub fn covers(&self, record: Option<&str>, group: Option<&str>) -> bool {
        group.is_some_and(|group| self.groups.contains(group))
            || record.and_then(record_id::canonical).is_some_and(|record| self.records.contains(record.as_ref()))
    }
}
