//! Two runs side by side: what is new, what is fixed, what is still open.
//!
//! Evidence is compared as multisets of fingerprints: first within code, source and column, then, for what is left,
//! within the code alone, since the name of a source that no config gives may change from export to export.

use std::collections::{BTreeMap, BTreeSet};

use super::snapshot::{Entry, Scope, Snapshot};

/// What became of a row of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// In the newer run alone.
    New,
    /// In the newer run alone, and fixed once before.
    Reopened,
    /// In the older run alone.
    Fixed,
    /// In both.
    Open,
    /// In the newer run, and covered by an agreed exception; or covered by one in the older run, and gone.
    Accepted,
    /// In one of them, where the other did not look.
    Apart,
}

/// How many rows of evidence met each fate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// In the newer run alone.
    pub new: u64,
    /// In the newer run alone, and fixed once before.
    pub reopened: u64,
    /// In the older run alone.
    pub fixed: u64,
    /// In both.
    pub open: u64,
    /// Covered by an agreed exception in the newer run.
    pub accepted: u64,
}

impl Tally {
    fn add(&mut self, fate: Fate) {
        match fate {
            Fate::New => self.new += 1,
            Fate::Reopened => self.reopened += 1,
            Fate::Fixed => self.fixed += 1,
            Fate::Open => self.open += 1,
            Fate::Accepted => self.accepted += 1,
            Fate::Apart => {}
        }
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether nothing came and nothing went.
    #[must_use]
    pub const fn is_unchanged(&self) -> bool {
        self.new == 0 && self.reopened == 0 && self.fixed == 0
    }
}

/// Evidence that cannot be compared, because one of the runs did not look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apart {
    /// Code of the rule.
    pub code: String,
    /// Name of the source.
    pub source: String,
    /// Rows of evidence in the older run.
    pub old: u64,
    /// Rows of evidence in the newer run.
    pub new: u64,
    /// Which run did not look at what.
    pub why: &'static str,
}

/// Two runs side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    /// Over everything.
    pub total: Tally,
    /// By code and source, in their order.
    pub rules: Vec<(String, String, Tally)>,
    /// What could not be compared.
    pub apart: Vec<Apart>,
    /// What became of each entry of the older run.
    pub old: Vec<Fate>,
    /// What became of each entry of the newer run.
    pub new: Vec<Fate>,
    /// Whether both hold evidence of one rule, and no identity in common.
    pub strangers: bool,
}

/// Pairs the entries of both sides that `key` takes for one; says of each whether it has met its like.
fn pair<'a, K: Ord>(old: &'a [Entry], new: &'a [Entry], met: &mut [Vec<bool>; 2], key: impl Fn(&'a Entry) -> K) {
    let mut waiting: BTreeMap<K, [Vec<usize>; 2]> = BTreeMap::new();
    for (side, entries) in [old, new].into_iter().enumerate() {
        // What is accepted comes last in the order of entries, and so is paired last.
        for (at, entry) in entries.iter().enumerate().filter(|(at, _)| !met[side][*at]) {
            waiting.entry(key(entry)).or_default()[side].push(at);
        }
    }
    for [olds, news] in waiting.into_values() {
        for (a, b) in olds.into_iter().zip(news) {
            met[0][a] = true;
            met[1][b] = true;
        }
    }
}

/// Why `scope` says nothing about an entry of another run, if it does.
fn unseen(entry: &Entry, own: Option<&Scope>, other: Option<&Scope>) -> Option<bool> {
    let other = other?;
    if !other.ran.contains(&entry.code) {
        return Some(false);
    }
    let what = own?.sources.iter().find(|(name, _)| *name == entry.source).map(|(_, what)| what)?;
    let is_seen = other.sources.iter().any(|(name, of)| *name == entry.source || of == what);
    (!is_seen).then_some(true)
}

/// Compares two runs. `was_fixed` says of a fingerprint of a rule that it was known and fixed before the newer run.
#[must_use]
pub fn diff(old: &Snapshot, new: &Snapshot, was_fixed: &dyn Fn(&str, &str) -> bool) -> Diff {
    let mut met = [vec![false; old.entries.len()], vec![false; new.entries.len()]];
    pair(&old.entries, &new.entries, &mut met, |one| (&one.code, &one.source, &one.column, &one.fingerprint));
    pair(&old.entries, &new.entries, &mut met, |one| (&one.code, &one.fingerprint));
    let (old_scope, new_scope) = (old.scope.as_ref(), new.scope.as_ref());
    let mut apart: BTreeMap<(String, String, &'static str), [u64; 2]> = BTreeMap::new();
    let mut put_apart = |entry: &Entry, side: usize, why| {
        apart.entry((entry.code.clone(), entry.source.clone(), why)).or_default()[side] += 1;
        Fate::Apart
    };
    let olds: Vec<Fate> = (old.entries.iter().zip(&met[0]))
        .map(|(entry, met)| match (met, unseen(entry, old_scope, new_scope)) {
            (true, _) => Fate::Open,
            (false, _) if entry.accepted => Fate::Accepted,
            (false, None) => Fate::Fixed,
            (false, Some(false)) => put_apart(entry, 0, "the rule did not run in NEW"),
            (false, Some(true)) => put_apart(entry, 0, "the source was not read in NEW"),
        })
        .collect();
    let news: Vec<Fate> = (new.entries.iter().zip(&met[1]))
        .map(|(entry, met)| match (met, unseen(entry, new_scope, old_scope)) {
            _ if entry.accepted => Fate::Accepted,
            (true, _) => Fate::Open,
            (false, Some(false)) => put_apart(entry, 1, "the rule did not run in OLD"),
            (false, Some(true)) => put_apart(entry, 1, "the source was not read in OLD"),
            (false, None) if was_fixed(&entry.code, &entry.fingerprint) => Fate::Reopened,
            (false, None) => Fate::New,
        })
        .collect();
    let mut rules: BTreeMap<(&str, &str), Tally> = BTreeMap::new();
    let mut total = Tally::default();
    let gone = old.entries.iter().zip(&olds).filter(|(_, fate)| **fate == Fate::Fixed);
    for (entry, fate) in gone.chain(new.entries.iter().zip(&news)) {
        total.add(*fate);
        rules.entry((&entry.code, &entry.source)).or_default().add(*fate);
    }
    let codes =
        |snapshot: &Snapshot| -> BTreeSet<String> { snapshot.entries.iter().map(|entry| entry.code.clone()).collect() };
    let strangers = !met[0].contains(&true) && codes(old).intersection(&codes(new)).next().is_some();
    let rules = rules.into_iter().filter(|(_, tally)| !tally.is_empty());
    Diff {
        total,
        rules: rules.map(|((code, source), tally)| (code.to_owned(), source.to_owned(), tally)).collect(),
        apart: apart
            .into_iter()
            .map(|((code, source, why), [old, new])| Apart { code, source, old, new, why })
            .collect(),
        old: olds,
        new: news,
        strangers,
    }
}

impl Diff {
    /// The evidence by what `key` says of it, most new first; what `key` knows nothing of stands under `None`, last.
    #[must_use]
    pub fn by<K: Ord>(
        &self,
        old: &Snapshot,
        new: &Snapshot,
        key: impl Fn(&Entry) -> Option<K>,
    ) -> Vec<(Option<K>, Tally)> {
        let mut by: BTreeMap<Option<K>, Tally> = BTreeMap::new();
        let gone = old.entries.iter().zip(&self.old).filter(|(_, fate)| **fate == Fate::Fixed);
        for (entry, fate) in gone.chain(new.entries.iter().zip(&self.new)).filter(|(_, fate)| **fate != Fate::Apart) {
            by.entry(key(entry)).or_default().add(*fate);
        }
        let mut by: Vec<_> = by.into_iter().collect();
        by.sort_by_key(|(key, tally)| {
            (key.is_none(), std::cmp::Reverse((tally.new + tally.reopened, tally.open, tally.fixed)))
        });
        by
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::snapshot::Form;
    use super::*;

    fn entry((code, source, print, accepted): (u8, u8, u8, bool)) -> Entry {
        Entry {
            code: format!("DUP00{code}"),
            fingerprint: format!("{print:x}"),
            accepted,
            source: format!("s{source}"),
            column: None,
            record: Some(print.to_string()),
        }
    }

    fn of(rows: &[(u8, u8, u8, bool)], ran: Option<&[u8]>) -> Snapshot {
        let mut entries: Vec<Entry> = rows.iter().copied().map(entry).collect();
        entries.sort();
        let scope = ran.map(|ran| Scope {
            ran: ran.iter().map(|code| format!("DUP00{code}")).collect(),
            sources: (0..2).map(|at| (format!("s{at}"), format!("crm {at}"))).collect(),
        });
        let form = if scope.is_some() { Form::Report } else { Form::Evidence };
        Snapshot { form, as_of: None, scope, entries, accepted: 0 }
    }

    fn never(_: &str, _: &str) -> bool {
        false
    }

    #[test]
    fn surplus_of_one_identity_is_new() {
        let (old, new) =
            (of(&[(1, 0, 7, false)], None), of(&[(1, 0, 7, false), (1, 0, 7, false), (1, 0, 8, false)], None));
        let total = diff(&old, &new, &never).total;
        assert_eq!((total.new, total.fixed, total.open), (2, 0, 1));
    }

    #[test]
    fn a_source_that_changed_its_name_is_the_same() {
        let (old, new) = (of(&[(1, 0, 7, false)], None), of(&[(1, 1, 7, false)], None));
        let found = diff(&old, &new, &never);
        assert_eq!((found.total.new, found.total.fixed, found.total.open), (0, 0, 1));
        assert_eq!(found.rules[0].1, "s1");
    }

    #[test]
    fn what_one_run_did_not_look_at_is_neither_new_nor_fixed() {
        let (old, new) = (of(&[(1, 0, 7, false)], Some(&[1])), of(&[(2, 0, 8, false)], Some(&[2])));
        let found = diff(&old, &new, &never);
        assert!(found.total.is_empty());
        let why: Vec<_> = found.apart.iter().map(|one| (one.code.as_str(), one.old, one.new, one.why)).collect();
        assert_eq!(
            why,
            [("DUP001", 1, 0, "the rule did not run in NEW"), ("DUP002", 0, 1, "the rule did not run in OLD")]
        );
        let mut elsewhere = new.clone();
        elsewhere.scope =
            Some(Scope { ran: ["DUP001".to_owned()].into(), sources: vec![("t".to_owned(), "chat".to_owned())] });
        assert_eq!(diff(&old, &elsewhere, &never).apart[0].why, "the source was not read in NEW");
    }

    #[test]
    fn what_is_accepted_is_neither_new_nor_open() {
        let (old, new) = (of(&[(1, 0, 7, false)], None), of(&[(1, 0, 7, true), (1, 0, 8, true)], None));
        let total = diff(&old, &new, &never).total;
        assert_eq!(total, Tally { accepted: 2, ..Tally::default() });
    }

    #[test]
    fn what_was_fixed_before_is_reopened() {
        let (old, new) = (of(&[], None), of(&[(1, 0, 7, false), (1, 0, 8, false)], None));
        let total = diff(&old, &new, &|_, print| print == "7").total;
        assert_eq!((total.new, total.reopened), (1, 1));
    }

    #[test]
    fn runs_without_a_common_identity_are_strangers() {
        let (old, new) = (of(&[(1, 0, 7, false)], None), of(&[(1, 0, 8, false)], None));
        assert!(diff(&old, &new, &never).strangers);
        assert!(!diff(&old, &old, &never).strangers);
        assert!(!diff(&of(&[], None), &new, &never).strangers);
    }

    fn rows() -> impl Strategy<Value = Vec<(u8, u8, u8, bool)>> {
        prop::collection::vec((0u8..3, 0u8..2, 0u8..6, prop::bool::weighted(0.2)), 0..24)
    }

    fn scopes() -> impl Strategy<Value = Option<Vec<u8>>> {
        prop::option::of(prop::collection::vec(0u8..3, 0..4))
    }

    proptest! {
        #[test]
        fn a_run_beside_itself_is_unchanged(rows in rows(), ran in scopes()) {
            let run = of(&rows, ran.as_deref());
            let found = diff(&run, &run, &never);
            prop_assert!(found.total.is_unchanged() && found.apart.is_empty());
        }

        #[test]
        fn new_and_fixed_swap_under_exchange(a in rows(), b in rows(), ran_a in scopes(), ran_b in scopes()) {
            let (a, b) = (of(&a, ran_a.as_deref()), of(&b, ran_b.as_deref()));
            let (there, back) = (diff(&a, &b, &never), diff(&b, &a, &never));
            prop_assert_eq!((there.total.new, there.total.fixed), (back.total.fixed, back.total.new));
            let sides = |found: &Diff| -> Vec<(u64, u64)> { found.apart.iter().map(|one| (one.old, one.new)).collect() };
            let mut swapped: Vec<_> = sides(&back).into_iter().map(|(old, new)| (new, old)).collect();
            let mut apart = sides(&there);
            apart.sort_unstable();
            swapped.sort_unstable();
            prop_assert_eq!(apart, swapped);
        }

        #[test]
        fn every_entry_of_the_newer_run_is_counted_once(a in rows(), b in rows()) {
            let (a, b) = (of(&a, None), of(&b, None));
            let total = diff(&a, &b, &never).total;
            prop_assert_eq!(total.new + total.open + total.accepted, b.entries.len() as u64);
        }
    }
}
