//! The evidence of a run beside a baseline: what is new, known, fixed and reopened, and the entries of the next baseline.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::expand::{Gathered, Stretch};
use super::{Comparison, RuleChange, SourceChange};
use crate::model::{
    Baseline, Entries, Source, Status, SystemField, entry, parse_entry, parse_time_key, place, time_key,
};
use crate::normalise::record_id;
use crate::normalise::text::Text;

/// One row of evidence as a baseline knows it.
#[derive(Debug, Clone, Copy)]
struct Seen {
    print: u128,
    known: bool,
    /// When it was seen first, of what is known; `None` where no clock told.
    first: Option<DateTime<Utc>>,
}

/// Identities of all evidence, in its order, and when it was first seen.
#[derive(Debug)]
pub(super) struct Ledger {
    rows: Vec<Seen>,
    /// What the baseline knows and the run did not find, by rule and place.
    missing: Vec<Missing>,
}

/// An entry of a baseline that the run did not find, or not so often.
#[derive(Debug)]
struct Missing {
    code: String,
    place: String,
    print: u128,
    count: u32,
    first: Option<DateTime<Utc>>,
}

/// An entry of a baseline, and how often it is still to be found.
struct Known<'a> {
    code: &'a str,
    place: &'a str,
    first: Option<DateTime<Utc>>,
    left: u32,
}

/// Code, place, identity.
type Identified<'a> = (&'a str, String, u128);

/// Every entry with its code, place, time, identity and count, in the order of the file.
fn each(entries: &Entries) -> impl Iterator<Item = (&str, &str, Option<DateTime<Utc>>, u128, u32)> {
    entries.iter().flat_map(|(code, places)| {
        places.iter().flat_map(move |(place, times)| {
            times.iter().flat_map(move |(time, prints)| {
                let at = parse_time_key(time).flatten();
                let prints = prints.iter().filter_map(|print| parse_entry(print));
                prints.map(move |(print, count)| (code.as_str(), place.as_str(), at, print, count))
            })
        })
    })
}

/// The ids of records that were merged into the record of each id, in the form in which ids compare.
fn merged(source: &Source) -> FxHashMap<String, Vec<String>> {
    let mut into: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for gone in &source.gone {
        if let Some(survivor) = &gone.into {
            into.entry(survivor.clone()).or_default().insert(gone.id.clone());
        }
    }
    let id = source.roles.iter().find(|binding| binding.role == crate::model::Role::Id).map(|binding| binding.column);
    let text = |column: usize| Text::new(&source.frame.columns()[column]).ok();
    if let (Some(ids), Some(losers)) = (id.and_then(text), source.system(SystemField::MergedFrom).and_then(text)) {
        for (own, losers) in ids.iter().zip(losers.iter()) {
            let (Some(own), Some(losers)) = (own.and_then(record_id::canonical), losers) else { continue };
            let losers = losers.split([';', ',']).filter_map(record_id::canonical).map(std::borrow::Cow::into_owned);
            into.entry(own.into_owned()).or_default().extend(losers);
        }
    }
    into.retain(|_, losers| !losers.is_empty());
    // A loser may itself have swallowed others.
    let all = |survivor: &String| {
        let (mut found, mut next) = (Vec::new(), vec![survivor]);
        let mut met = BTreeSet::from([survivor]);
        while let Some(one) = next.pop() {
            for loser in into.get(one).into_iter().flatten() {
                if met.insert(loser) {
                    found.push(loser.clone());
                    next.push(loser);
                }
            }
        }
        found
    };
    into.keys().map(|survivor| (survivor.clone(), all(survivor))).collect()
}

/// What became of evidence that an earlier run knew and this one did not find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The run looked, and it is gone.
    Fixed,
    /// The run did not look there: it stays as it was.
    NotLookedAt,
    /// It told of a change since the baseline, and says nothing by itself.
    Dropped,
}

impl Gathered {
    fn place(&self, stretch: &Stretch) -> String {
        self.sources.get(stretch.source).map_or_else(|| "audit".to_owned(), |source| place(source))
    }

    /// How much evidence each `[[accept]]` entry covers, by position.
    #[must_use]
    pub fn covered(&self) -> BTreeMap<usize, u64> {
        self.covered.clone()
    }

    /// Takes the identities of all evidence and looks each up in `baseline`. With `judge`, what is found there is known from
    /// now on, and what was there once is reopened; without, the baseline only tells when evidence was first seen.
    pub fn look_up(&mut self, baseline: Option<&Baseline>, judge: bool) {
        let merged: Vec<FxHashMap<String, Vec<String>>> = self
            .sources
            .par_iter()
            .map(|source| if baseline.is_some() { merged(source) } else { FxHashMap::default() })
            .collect();
        let mut known: FxHashMap<u128, Vec<Known<'_>>> = FxHashMap::default();
        let mut fixed: FxHashSet<u128> = FxHashSet::default();
        if let Some(baseline) = baseline {
            for (code, place, first, print, left) in each(&baseline.evidence) {
                known.entry(print).or_default().push(Known { code, place, first, left });
            }
            fixed.extend(each(&baseline.fixed).map(|(.., print, _)| print));
        }
        let mut rows = Vec::with_capacity(self.refs.len());
        let mut statuses = Vec::with_capacity(self.refs.len());
        for stretch in self.stretches() {
            let merged = merged.get(stretch.source);
            let prints = self.prints(stretch, |id| merged.and_then(|of| of.get(id)).cloned().unwrap_or_default());
            for ((print, former), one) in prints.into_iter().zip(&self.refs[stretch.from..stretch.to]) {
                // The oldest entry first, so that what is left over is the youngest.
                let found = std::iter::once(&print).chain(&former).find_map(|print| {
                    let held = known.get_mut(print)?.iter_mut().filter(|held| held.left > 0);
                    let oldest = held.min_by_key(|held| held.first)?;
                    oldest.left -= 1;
                    Some(oldest.first)
                });
                let back = || std::iter::once(&print).chain(&former).any(|print| fixed.contains(print));
                statuses.push(match one.status {
                    Status::Accepted => Status::Accepted,
                    _ if found.is_some() => Status::Known,
                    _ if back() => Status::Reopened,
                    status => status,
                });
                rows.push(Seen { print, known: found.is_some(), first: found.flatten() });
            }
        }
        if judge {
            for (one, status) in self.refs.iter_mut().zip(statuses) {
                one.status = status;
            }
        }
        let mut missing: Vec<Missing> = known
            .into_iter()
            .flat_map(|(print, held)| held.into_iter().map(move |held| (print, held)))
            .filter(|(_, held)| held.left > 0)
            .map(|(print, held)| Missing {
                code: held.code.to_owned(),
                place: held.place.to_owned(),
                print,
                count: held.left,
                first: held.first,
            })
            .collect();
        missing.sort_by(|a, b| (&a.code, &a.place, a.print, a.first).cmp(&(&b.code, &b.place, b.print, b.first)));
        self.ledger = Some(Ledger { rows, missing });
    }

    /// Marks the evidence on rows that `untouched` (position of the source, row of its frame) names, so that it does not
    /// count as new; says how much that is, accepted and known evidence aside.
    pub fn leave_alone(&mut self, untouched: impl Fn(usize, u32) -> bool) -> u64 {
        let mut left = 0;
        for stretch in self.stretches().to_vec() {
            let Some(source) = self.sources.get(stretch.source).cloned() else { continue };
            for one in &mut self.refs[stretch.from..stretch.to] {
                one.untouched = one.at.frame_row(&source).is_some_and(|row| untouched(stretch.source, row));
                left += u64::from(one.untouched && matches!(one.status, Status::New | Status::Reopened));
            }
        }
        left
    }

    /// When the oldest known evidence of a stretch was first seen.
    pub(super) fn since(&self, stretch: &Stretch) -> Option<DateTime<Utc>> {
        let rows = &self.ledger.as_ref()?.rows[stretch.from..stretch.to];
        let known = self.refs[stretch.from..stretch.to].iter().zip(rows).filter(|(one, _)| one.status == Status::Known);
        known.filter_map(|(_, seen)| seen.first).min()
    }

    /// The run beside the baseline at `path`. `fate` says what became of missing evidence of a rule in a place.
    #[must_use]
    pub fn comparison(&self, path: &str, baseline: &Baseline, fate: impl Fn(&str, &str) -> Fate) -> Comparison {
        let mut rules: BTreeMap<String, RuleChange> = BTreeMap::new();
        let blank = |code: &str| RuleChange { code: code.to_owned(), new: 0, known: 0, reopened: 0, fixed: 0 };
        for stretch in self.stretches() {
            let change = rules.entry(stretch.code.to_owned()).or_insert_with(|| blank(stretch.code));
            for one in &self.refs[stretch.from..stretch.to] {
                match one.status {
                    // What stands on records left alone does not count as new; the run says how much that is.
                    Status::New | Status::Reopened if one.untouched => {}
                    Status::New => change.new += 1,
                    Status::Known => change.known += 1,
                    Status::Reopened => change.reopened += 1,
                    Status::Accepted => {}
                }
            }
        }
        let mut not_looked_at = 0;
        for missing in self.ledger.iter().flat_map(|ledger| &ledger.missing) {
            let count = u64::from(missing.count);
            match fate(&missing.code, &missing.place) {
                Fate::Fixed => {
                    rules.entry(missing.code.clone()).or_insert_with(|| blank(&missing.code)).fixed += count;
                }
                Fate::NotLookedAt => not_looked_at += count,
                Fate::Dropped => {}
            }
        }
        rules.retain(|_, change| change.new + change.known + change.reopened + change.fixed > 0);
        Comparison {
            baseline: path.to_owned(),
            as_of: baseline.as_of,
            rules: rules.into_values().collect(),
            not_looked_at,
            score: baseline.score,
            sources: baseline.sources.iter().map(|(place, past)| self.source_change(place, past.rows)).collect(),
        }
    }

    fn source_change(&self, at: &str, then: u64) -> SourceChange {
        let here: Vec<u64> =
            self.sources.iter().filter(|source| place(source) == at).map(|source| source.height() as u64).collect();
        SourceChange { place: at.to_owned(), then, now: (!here.is_empty()).then(|| here.iter().sum()) }
    }

    /// The entries of the next baseline, known and fixed: what the run found and nobody agreed to, with the time at which
    /// it was first seen, and of `old` what the run did not look for. `keeps` says of which rules evidence is kept.
    #[must_use]
    pub fn entries(
        &self,
        old: Option<&Baseline>,
        as_of: Option<DateTime<Utc>>,
        fate: impl Fn(&str, &str) -> Fate,
        keeps: impl Fn(&str) -> bool,
    ) -> (Entries, Entries) {
        // How often, and when first.
        let mut found: BTreeMap<Identified<'_>, (u32, Option<DateTime<Utc>>)> = BTreeMap::new();
        let mut add = |code, place, print, count: u32, first: Option<DateTime<Utc>>| {
            let held = found.entry((code, place, print)).or_insert((0, first));
            held.0 = held.0.saturating_add(count);
            held.1 = [held.1, first].into_iter().flatten().min();
        };
        let ledger = self.ledger.as_ref();
        let mut fixed: BTreeMap<(&str, &str, u128), Option<DateTime<Utc>>> = BTreeMap::new();
        for stretch in self.stretches().iter().filter(|stretch| keeps(stretch.code)) {
            let place = self.place(stretch);
            let rows = ledger.map_or(&[][..], |ledger| &ledger.rows[stretch.from..stretch.to]);
            for (one, seen) in self.refs[stretch.from..stretch.to].iter().zip(rows) {
                if one.status != Status::Accepted {
                    add(stretch.code, place.clone(), seen.print, 1, if seen.known { seen.first } else { as_of });
                }
            }
        }
        let was_fixed = old.iter().flat_map(|old| each(&old.fixed));
        for (code, place, at, print, _) in was_fixed.filter(|(code, place, ..)| fate(code, place) != Fate::Dropped) {
            fixed.insert((code, place, print), at);
        }
        for missing in ledger.iter().flat_map(|ledger| &ledger.missing) {
            match fate(&missing.code, &missing.place) {
                Fate::Fixed => {
                    fixed.insert((&missing.code, &missing.place, missing.print), as_of);
                }
                Fate::NotLookedAt => {
                    add(&missing.code, missing.place.clone(), missing.print, missing.count, missing.first);
                }
                Fate::Dropped => {}
            }
        }
        let mut known: Entries = BTreeMap::new();
        let here: FxHashSet<u128> = found.keys().map(|(.., print)| *print).collect();
        for ((code, place, print), (count, first)) in found {
            put(&mut known, code, &place, first, entry(print, count));
        }
        let mut gone: Entries = BTreeMap::new();
        for ((code, place, print), at) in fixed {
            if !here.contains(&print) {
                put(&mut gone, code, place, at, entry(print, 1));
            }
        }
        (known, gone)
    }
}

fn put(entries: &mut Entries, code: &str, place: &str, at: Option<DateTime<Utc>>, entry: String) {
    let places = entries.entry(code.to_owned()).or_default();
    places.entry(place.to_owned()).or_default().entry(time_key(at)).or_default().push(entry);
}
