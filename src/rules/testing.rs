//! What tests over rules share: sources, tables and facts of small texts, and what a rule says of them.

use std::sync::Arc;

use super::audit::{Request, audit, settled, tables};
use super::declare::AnyRule;
use super::run::{Chosen, Found, run};
use crate::config::Options;
use crate::evidence::fingerprint::Identity;
use crate::evidence::{Accepted, Evidence, EvidenceRow, Gathered};
use crate::load::{Input, LoadOptions, SourceSpec, load};
use crate::model::{Baseline, Kind, Object, Source};
use crate::normalise::{AsOf, Facts, Table};

/// Sources from text, each with the word that says what it is: a kind or an object. Texts with one word are the files of
/// one source.
pub(super) fn sources(texts: &[(&str, &str)]) -> Vec<Arc<Source>> {
    let folder = tempfile::tempdir().unwrap();
    // The CRM's own schema is that of the first source.
    let mut schema = texts.iter().find(|(what, _)| *what == "schema").map(|(_, text)| {
        let path = folder.path().join("schema.json");
        std::fs::write(&path, text).unwrap();
        path
    });
    let mut specs: Vec<SourceSpec> = Vec::new();
    for (at, (what, text)) in texts.iter().enumerate().filter(|(_, (what, _))| *what != "schema") {
        let first = specs.iter().position(|spec| spec.name.as_deref() == Some(what));
        let path = folder.path().join(if first.is_some() { format!("{what}-{at}.csv") } else { format!("{what}.csv") });
        std::fs::write(&path, text).unwrap();
        if let Some(first) = first {
            specs[first].inputs.push(Input::file(path));
            continue;
        }
        specs.push(SourceSpec {
            name: Some((*what).to_owned()),
            kind: Some(what.parse().unwrap_or(Kind::Crm)),
            object: what.parse::<Object>().ok(),
            schema: schema.take(),
            ..SourceSpec::of(vec![Input::file(path)])
        });
    }
    settled(load(&specs, &LoadOptions::default()).unwrap(), &Options::default()).unwrap()
}

pub(super) fn facts(tables: &[Table], config: &Options) -> Facts {
    // A run's own clock far ahead: the exports decide.
    let now = chrono::DateTime::from_timestamp(4_000_000_000, 0).unwrap();
    Facts::compute(tables, AsOf::Export, now, config)
}

/// What a run of every rule over `sources` leaves for the next.
pub(super) fn baseline(sources: &[Arc<Source>], config: &Options) -> Arc<Baseline> {
    let now = chrono::DateTime::from_timestamp(4_000_000_000, 0).unwrap();
    let request = Request { write_baseline: true, ..Request::new(config, now) };
    Arc::new(audit(sources, &request, &|_| {}).unwrap().next_baseline.unwrap())
}

/// What rule `code` says over `texts` under the config `toml`, held against a run over `before`; and what it could not
/// check. For tests that sit on the rules.
pub(crate) fn flagged_since(
    code: &str,
    toml: &str,
    before: &[(&str, &str)],
    texts: &[(&str, &str)],
) -> (Vec<EvidenceRow>, Vec<String>) {
    let config = crate::config::parse(toml, code).unwrap();
    let baseline = Some(baseline(&sources(before), &config));
    let sources = sources(texts);
    let tables = tables(&sources, &config);
    let facts = facts(&tables, &config).beside(baseline);
    let rule = super::by_code(code).unwrap();
    let own = super::run::configured(&config, rule.meta());
    let mut found = run(&tables, &facts, &config, &[Chosen { rule, config: own, exact: true }], &|_| {});
    let unchecked = std::mem::take(&mut found.skipped).into_iter().map(|one| one.reason).collect();
    (evidence(&sources, found), unchecked)
}

/// What rule `code` says over `texts` (each with the word that says what it is: a kind or an object, `lead`, `chat`) under
/// the config `toml`. For tests that sit on the rules.
pub(crate) fn flagged(code: &str, toml: &str, texts: &[(&str, &str)]) -> Vec<EvidenceRow> {
    let config = crate::config::parse(toml, code).unwrap();
    let sources = sources(texts);
    let tables = tables(&sources, &config);
    let facts = facts(&tables, &config);
    let rule = super::by_code(code).unwrap();
    let own = super::run::configured(&config, rule.meta());
    let found = run(&tables, &facts, &config, &[Chosen { rule, config: own, exact: true }], &|_| {});
    evidence(&sources, found)
}

/// One source from text; `what` is a kind or an object. For tests that sit on the rules.
pub(crate) fn source_of(what: &str, text: &str) -> Arc<Source> {
    sources(&[(what, text)]).remove(0)
}

/// The table of one source from text. For tests that sit on the rules.
pub(crate) fn table_of(what: &str, text: &str) -> Table {
    Table::new(source_of(what, text), 0, None)
}

/// The replay of the assignment rules of the config `toml` over `texts`. For tests that sit on the rules.
pub(crate) fn replayed(toml: &str, texts: &[(&str, &str)]) -> super::assignment::replay::Replay {
    let config = crate::config::parse(toml, "leadlint.toml").unwrap();
    let tables = tables(&sources(texts), &config);
    let facts = facts(&tables, &config);
    super::assignment::replay::Replay::of(&tables, &tables, &facts, &config, None).unwrap()
}

pub(super) fn run_one(rule: &'static dyn AnyRule, tables: &[Table], facts: &Facts, config: &Options) -> Found {
    let own = super::run::configured(config, rule.meta());
    run(tables, facts, config, &[Chosen { rule, config: own, exact: true }], &|_| {})
}

pub(super) fn evidence(sources: &[Arc<Source>], found: Found) -> Vec<EvidenceRow> {
    assert!(found.failed.is_empty(), "{:?}", found.failed);
    let gathered = Gathered::new(sources.to_vec(), found.hits, Identity::new(None), |_| Accepted::default()).unwrap();
    Evidence::from(gathered).rows()
}
