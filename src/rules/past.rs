//! What a run leaves for the next one to compare with: the baseline.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;

use super::by_code;
use super::declare::{Need, RuleMeta};
use super::run::Found;
use super::stages::order::{self, Orders};
use crate::config::options::Options;
use crate::evidence::fingerprint::Identity;
use crate::evidence::{Fate, Gathered, field_of};
use crate::model::{BASELINE_SCHEMA, Baseline, PastSource, Role, place};
use crate::normalise::text::trimmed;
use crate::normalise::{Facts, Table, record_id};

/// Where a run looked: rules that ran, and the places that each of them checked.
#[derive(Debug)]
pub(super) struct Looked {
    rules: BTreeMap<&'static str, BTreeSet<String>>,
    places: BTreeSet<String>,
    /// Whether the run was given a baseline to judge by.
    judged: bool,
}

impl Looked {
    /// `old` is what the run remembers, `judged` whether it judges by that.
    pub(super) fn of(found: &Found, tables: &[Table], old: Option<&Baseline>, judged: bool) -> Self {
        let places: Vec<String> = tables.iter().map(|table| place(&table.source)).collect();
        // Sources that the config does not name may share a place: where fewer of them are read than then, what is missing
        // may stand in another.
        let fewer = |place: &&String| {
            let then = old.and_then(|old| old.sources.get(*place)).map_or(0, |past| past.sources as usize);
            places.iter().filter(|one| one == place).count() < then
        };
        let mut rules: BTreeMap<&'static str, BTreeSet<String>> =
            found.ran.iter().map(|meta| (meta.code, BTreeSet::new())).collect();
        for (code, checked) in &found.checked {
            if let Some((of, place)) = rules.get_mut(code).zip(places.get(checked.source)) {
                of.insert(place.clone());
            }
        }
        let whole = places.iter().filter(|place| !fewer(place)).cloned();
        Self { rules, places: whole.chain(["audit".to_owned()]).collect(), judged }
    }

    /// What became of evidence of this rule in this place that is no longer found.
    pub(super) fn at(&self, code: &str, place: &str) -> Fate {
        if by_code(code).is_some_and(|rule| is_relative(rule.meta()) || !rule.meta().lists_again().is_empty()) {
            return Fate::Dropped;
        }
        let Some(checked) = self.rules.get(code) else { return Fate::NotLookedAt };
        let looked = self.places.contains(place) && (checked.contains(place) || checked.is_empty() || place == "audit");
        if looked { Fate::Fixed } else { Fate::NotLookedAt }
    }

    /// Whether evidence of this rule is kept for the next run: what a rule says of a change since the baseline is no debt,
    /// for the next baseline is another, and what is only inferred for want of one will be seen then.
    pub(super) fn keeps(&self, code: &str) -> bool {
        by_code(code).is_none_or(|rule| {
            let meta = rule.meta();
            !is_relative(meta) && (self.judged || meta.lists_again().is_empty())
        })
    }
}

/// Whether a rule compares with a baseline, so that its evidence goes when the baseline is written anew, though nobody mended
/// a thing.
fn is_relative(meta: &RuleMeta) -> bool {
    meta.needs.iter().any(|need| matches!(need, Need::Baseline))
}

/// The baseline of this run: what it found and, of `old`, what it did not look for.
pub(super) fn baseline(
    gathered: &Gathered,
    old: Option<&Baseline>,
    looked: &Looked,
    tables: &[Table],
    facts: &Facts,
    config: &Options,
    score: Option<f64>,
) -> Baseline {
    let identity = Identity::new(config.audit.salt.as_deref());
    let as_of = facts.as_of.and_then(DateTime::from_timestamp_micros);
    let (evidence, fixed) =
        gathered.entries(old, as_of, |code, place| looked.at(code, place), |code| looked.keeps(code));
    let mut audited = old.map(|old| old.audited.clone()).unwrap_or_default();
    audited.extend(looked.rules.keys().map(|code| ((*code).to_owned(), as_of)));
    let mut read: BTreeMap<String, PastSource> = BTreeMap::new();
    for table in tables {
        // Sources that the config does not name may share a place.
        read.entry(place(&table.source)).or_default().unite(past(table, facts, &identity, config));
    }
    let mut sources = old.map(|old| old.sources.clone()).unwrap_or_default();
    sources.extend(read);
    Baseline {
        schema: BASELINE_SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        as_of,
        salt: identity.mark(),
        score,
        audited,
        sources,
        evidence,
        fixed,
    }
}

fn past(table: &Table, facts: &Facts, identity: &Identity, config: &Options) -> PastSource {
    let (source, facts) = (&table.source, facts.of(table));
    let place = place(source);
    let time = DateTime::from_timestamp_micros;
    let columns = (0..table.width()).filter_map(|column| {
        let category = facts.columns.category(column).ok()?;
        let field = field_of(source, column);
        let mut values: BTreeMap<String, u64> = BTreeMap::new();
        for (cell, rows) in &category.values {
            for value in values_of(cell, category.separator) {
                *values.entry(identity.keep(&place, field, value)).or_default() += rows;
            }
        }
        Some((field.to_owned(), values))
    });
    PastSource {
        sources: 1,
        rows: table.height() as u64,
        window: facts.window.and_then(|(from, to)| Some((time(from)?, time(to)?))),
        columns: columns.collect(),
        stages: if facts.is_history { BTreeMap::new() } else { stages(table, &place, identity, config) },
    }
}

/// What a baseline counts of a cell: its value, or each of them where cells of the column hold several.
pub(super) fn values_of(cell: &str, separator: Option<char>) -> Vec<&str> {
    match separator {
        None => vec![trimmed(cell)],
        Some(separator) => cell.split(separator).map(trimmed).filter(|value| !value.is_empty()).collect(),
    }
}

/// What a baseline keeps of a record, to tell its stage by.
pub(super) fn record(identity: &Identity, place: &str, id: &str) -> Option<String> {
    Some(identity.keep(place, Role::Id.as_str(), &record_id::canonical(id)?))
}

fn stages(table: &Table, place: &str, identity: &Identity, config: &Options) -> BTreeMap<String, BTreeSet<String>> {
    let mut stages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let Some(ids) = table.role(Role::Id).map(|column| table.text(column)) else { return stages };
    for column in order::columns(&table.source) {
        let orders = Orders::of(&table.source, column, &config.stages);
        let field = field_of(&table.source, column);
        let mut by_key: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for (row, cell) in (0..).zip(table.text(column).iter()) {
            if let Some(key) = cell.and_then(|cell| orders.key(cell)).filter(|key| orders.may_fall(key)) {
                by_key.entry(key).or_default().push(row);
            }
        }
        for (key, rows) in by_key {
            let records = rows.into_iter().filter_map(|row| record(identity, place, ids.get(row)?));
            stages.entry(identity.keep(place, field, key)).or_default().extend(records);
        }
    }
    stages.retain(|_, records| !records.is_empty());
    stages
}
