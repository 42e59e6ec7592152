//! How right the rules are on a labelled file: audits it with the rules that join records, or values, and holds what they
//! join against the labels.

mod drift;
mod labels;
mod mistakes;
mod names;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use petgraph::unionfind::UnionFind;
use rustc_hash::{FxHashMap, FxHashSet};

pub use drift::{Gold, drift};
pub use labels::Labels;
pub use names::{NamePair, names};

use super::audit::{Error, Request, audit};
use crate::config::Selection;
use crate::config::options::Options;
use crate::evidence::evaluation::{Bin, Evaluation, Scores, Share, calibration, score};
use crate::evidence::{Audit, Member};
use crate::model::Source;
use mistakes::Joined;

/// The rules that join records of one source, in the order in which a pair counts.
pub const DUPLICATES: [&str; 4] = ["DUP001", "DUP002", "DUP003", "DUP004"];

/// The rules that join spellings of one value, in the same order.
pub const DRIFT: [&str; 3] = ["DRF001", "DRF002", "DRF003"];

/// Scores the duplicates of `sources`, as settled, against `labels`. `errors` is how many mistakes of each kind are listed.
///
/// Groups are closed transitively; a record that no rule points at is a cluster of its own. Rows without a label take no
/// part, other than that clusters may hang together by them.
pub fn duplicates(
    sources: &[Arc<Source>],
    labels: &Labels,
    config: &Options,
    now: DateTime<Utc>,
    errors: usize,
) -> Result<Evaluation, Error> {
    let (audit, milliseconds) = audited(sources, config, now, &DUPLICATES)?;
    let bases: Vec<u32> = sources
        .iter()
        .scan(0, |next, source| {
            let base = *next;
            *next += source.height() as u32;
            Some(base)
        })
        .collect();
    let rows: usize = sources.iter().map(|source| source.height()).sum();
    let members = audit.evidence.members(&DUPLICATES);
    let place = |member: &Member| bases[member.source] + member.row;
    let mut joined = UnionFind::<u32>::new(rows);
    let mut rules = Vec::new();
    let mut scores = scored(&joined, labels);
    let mut skipped = audit.skipped.clone();
    skipped.retain(|one| DUPLICATES.contains(&one.code));
    for code in DUPLICATES.into_iter().filter(|code| audit.ran.iter().any(|(ran, _)| ran == code)) {
        let mut first: FxHashMap<u64, u32> = FxHashMap::default();
        let mut items: FxHashSet<u32> = FxHashSet::default();
        for member in members.iter().filter(|member| member.code == code) {
            items.insert(place(member));
            joined.union(*first.entry(member.group).or_insert_with(|| place(member)), place(member));
        }
        let before = std::mem::replace(&mut scores, scored(&joined, labels));
        rules.push(Share {
            code,
            groups: first.len() as u64,
            items: items.len() as u64,
            adds_right: scores.pairs.true_positives - before.pairs.true_positives,
            adds_wrong: scores.pairs.false_positives - before.pairs.false_positives,
        });
    }
    let found = joined.into_labeling();
    let said: Vec<(u32, &'static str, usize)> =
        members.iter().map(|member| (place(member), member.code, member.at)).collect();
    let of =
        Joined { sources, bases: &bases, truth: labels.all(), found: &found, said: &said, evidence: &audit.evidence };
    let (false_positives, false_negatives) = of.mistakes(errors);
    Ok(Evaluation {
        subject: format!("duplicates of {} by {}", source_names(sources), labels.column),
        precision: scores.pairs.precision(),
        recall: scores.pairs.recall(),
        f1: scores.pairs.f1(),
        scores,
        rules,
        calibration: calibrated(&members, &bases, labels),
        skipped,
        false_positives,
        false_negatives,
        notes: labels.notes.clone(),
        milliseconds,
    })
}

/// What the rules say of pairs, by how sure they are: of a record and the one beside it, else of it and the first of its
/// group. A pair that several rules find counts for the surest.
fn calibrated(members: &[Member], bases: &[u32], labels: &Labels) -> Vec<Bin> {
    let mut first: FxHashMap<(&str, u64), u32> = FxHashMap::default();
    let mut sure: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    for member in members {
        let row = bases[member.source] + member.row;
        let of_group = *first.entry((member.code, member.group)).or_insert(row);
        let other = member.other.map_or(of_group, |(source, row)| bases[source] + row);
        if other != row {
            let held = sure.entry((row.min(other), row.max(other))).or_default();
            *held = held.max(member.confidence);
        }
    }
    let label = |row: u32| labels.all().get(row as usize).copied().flatten();
    calibration(sure.into_iter().filter_map(|((one, other), sure)| Some((sure, label(one)? == label(other)?))))
}

fn source_names(sources: &[Arc<Source>]) -> String {
    sources.iter().map(|source| source.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// The scores of the rows that have a label.
fn scored(joined: &UnionFind<u32>, labels: &Labels) -> Scores {
    let found = joined.clone().into_labeling();
    let (truth, found): (Vec<u32>, Vec<u32>) =
        labels.all().iter().zip(found).filter_map(|(label, found)| Some(((*label)?, found))).unzip();
    score(&truth, &found)
}

/// The audit with the rules `codes` only, and how long it took.
fn audited(
    sources: &[Arc<Source>],
    config: &Options,
    now: DateTime<Utc>,
    codes: &[&str],
) -> Result<(Audit, u64), Error> {
    // By the front of their codes: a rule that lacks what it needs is told of, and is no error here.
    let front = &codes[0][..5];
    let known = super::known();
    let others: Vec<String> = known
        .iter()
        .filter(|rule| rule.code.starts_with(front) && !codes.contains(&rule.code))
        .map(|rule| rule.code.to_owned())
        .collect();
    let selection = Selection::parse(&[front.to_owned()], &others, &known).unwrap_or_default();
    let request = Request { selection, ..Request::new(config, now) };
    let start = Instant::now();
    let audit = audit(sources, &request, &|_| {})?;
    let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    if let Some(failed) = audit.failed.first() {
        return Err(Error::Failed { code: failed.code, error: failed.error.clone() });
    }
    Ok((audit, milliseconds))
}
