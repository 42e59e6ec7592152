//! Decisions on pairs of records, and what they make of the groups that evidence puts together.

use std::collections::BTreeMap;

use super::{Answer, Ruling};

/// A record: which source it is of, and its name.
type Record = (String, String);

/// Decisions on pairs of records, each pair in either order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::plan) struct Pairs {
    of: BTreeMap<Record, BTreeMap<String, Ruling>>,
}

impl Pairs {
    /// Takes a decision in; of two on one pair the later one counts.
    pub(super) fn insert(&mut self, scope: &str, low: String, high: String, ruling: Ruling) {
        let mut one_way = |from: String, to: String, ruling: Ruling| {
            self.of.entry((scope.to_owned(), from)).or_default().insert(to, ruling);
        };
        one_way(low.clone(), high.clone(), ruling.clone());
        one_way(high, low, ruling);
    }

    /// The records that `name` was decided to be one with, or not to be.
    pub(in crate::plan) fn with<'a>(
        &'a self,
        scope: &str,
        name: &str,
        answer: Answer,
    ) -> impl Iterator<Item = (&'a str, &'a Ruling)> {
        let found = self.of.get(&(scope.to_owned(), name.to_owned()));
        let all = found.into_iter().flatten().filter(move |(_, ruling)| ruling.answer == answer);
        all.map(|(other, ruling)| (other.as_str(), ruling))
    }

    /// What was decided about a pair.
    pub(in crate::plan) fn of(&self, scope: &str, one: &str, other: &str) -> Option<&Ruling> {
        self.of.get(&(scope.to_owned(), one.to_owned()))?.get(other)
    }
}
