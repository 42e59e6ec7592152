//! What a run leaves for the next one to compare with: the baseline.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;

use super::run::Found;
use crate::evidence::fingerprint::Identity;
use crate::evidence::{Gathered, field_of};
use crate::model::{BASELINE_SCHEMA, Baseline, PastSource, place};
use crate::normalise::{Facts, Table};

/// Where a run looked: rules that ran, and the places that each of them checked.
#[derive(Debug)]
pub(super) struct Looked {
    rules: BTreeMap<&'static str, BTreeSet<String>>,
    places: BTreeSet<String>,
}

impl Looked {
    pub(super) fn of(found: &Found, tables: &[Table]) -> Self {
        let places: Vec<String> = tables.iter().map(|table| place(&table.source)).collect();
        let mut rules: BTreeMap<&'static str, BTreeSet<String>> =
            found.ran.iter().map(|meta| (meta.code, BTreeSet::new())).collect();
        for (code, checked) in &found.checked {
            if let Some((of, place)) = rules.get_mut(code).zip(places.get(checked.source)) {
                of.insert(place.clone());
            }
        }
        Self { rules, places: places.into_iter().chain(["audit".to_owned()]).collect() }
    }

    /// Whether evidence of this rule in this place would have been found: the rule ran, and looked there.
    pub(super) fn at(&self, code: &str, place: &str) -> bool {
        let Some(checked) = self.rules.get(code) else { return false };
        self.places.contains(place) && (checked.contains(place) || checked.is_empty() || place == "audit")
    }
}

/// The baseline of this run: what it found and, of `old`, what it did not look for.
pub(super) fn baseline(
    gathered: &Gathered,
    old: Option<&Baseline>,
    looked: &Looked,
    tables: &[Table],
    facts: &Facts,
    identity: &Identity,
    score: Option<f64>,
) -> Baseline {
    let as_of = facts.as_of.and_then(DateTime::from_timestamp_micros);
    let (evidence, fixed) = gathered.entries(old, as_of, |code, place| looked.at(code, place));
    let mut audited = old.map(|old| old.audited.clone()).unwrap_or_default();
    audited.extend(looked.rules.keys().map(|code| ((*code).to_owned(), as_of)));
    let mut sources = old.map(|old| old.sources.clone()).unwrap_or_default();
    sources.extend(tables.iter().map(|table| (place(&table.source), past(table, facts, identity))));
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

fn past(table: &Table, facts: &Facts, identity: &Identity) -> PastSource {
    let (source, facts) = (&table.source, facts.of(table));
    let place = place(source);
    let time = DateTime::from_timestamp_micros;
    let columns = facts.columns.iter().enumerate().filter_map(|(column, of)| {
        let category = of.category.as_ref().ok()?;
        let field = field_of(source, column);
        let mut values: BTreeMap<String, u64> = BTreeMap::new();
        for (value, rows) in &category.values {
            *values.entry(identity.keep(&place, field, value)).or_default() += rows;
        }
        Some((field.to_owned(), values))
    });
    PastSource {
        rows: table.height() as u64,
        window: facts.window.and_then(|(from, to)| Some((time(from)?, time(to)?))),
        columns: columns.collect(),
        stages: BTreeMap::new(),
    }
}
