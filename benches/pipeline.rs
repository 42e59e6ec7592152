//! Time of each stage over generated exports: reading, facts, each rule, the whole audit, by number of leads.
//!
//! `cargo bench` runs all of it; `cargo bench -- rules` one part. Rows a second count leads, chats and log lines.

#[cfg_attr(test, expect(dead_code, unused_imports, reason = "its tests run with the `generate` example"))]
mod generator;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

use chrono::DateTime;
use divan::Bencher;
use divan::counter::ItemsCount;
use leadlint::config::Options;
use leadlint::load::{Input, LoadOptions, SourceSpec, load};
use leadlint::model::{Kind, Object, Source};
use leadlint::normalise::{AsOf, Facts};
use leadlint::rules::RULES;
use leadlint::rules::audit::{Request, audit, settled, tables};
use leadlint::rules::run::{Chosen, run};

/// Leads of the corpora.
const SIZES: [u64; 2] = [1_000, 100_000];

/// The corpora that were made, by size; the folders go with the program.
static CORPORA: LazyLock<Mutex<BTreeMap<u64, tempfile::TempDir>>> = LazyLock::new(Mutex::default);

fn main() {
    divan::main();
}

/// The folder of a corpus of `leads` leads, made once.
fn corpus(leads: u64) -> PathBuf {
    let mut corpora = CORPORA.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder = corpora.entry(leads).or_insert_with(|| {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary folder: {error}"));
        let request = generator::Request { leads, chats: None, seed: 1, faults: 1.0, ragged: 5.0 };
        if let Err(error) = generator::generate(&request, folder.path()) {
            panic!("the corpus cannot be written: {error}");
        }
        folder
    });
    folder.path().to_owned()
}

fn sources(folder: &Path) -> Vec<Arc<Source>> {
    let spec = |file: &str, kind, object| SourceSpec {
        kind: Some(kind),
        object,
        ..SourceSpec::of(vec![Input::file(folder.join(file))])
    };
    let specs = [
        spec("leads.csv", Kind::Crm, Some(Object::Lead)),
        spec("chats.csv", Kind::Chat, None),
        spec("sync_log.csv", Kind::SyncLog, None),
    ];
    match load(&specs, &LoadOptions::default()) {
        Ok(sources) => match settled(sources, &Options::default()) {
            Ok(sources) => sources,
            Err(error) => panic!("the corpus cannot be settled: {error}"),
        },
        Err(error) => panic!("the corpus cannot be read: {error}"),
    }
}

fn rows(sources: &[Arc<Source>]) -> ItemsCount {
    ItemsCount::new(sources.iter().map(|source| source.height()).sum::<usize>())
}

/// The clock that stands behind the corpora.
fn now() -> DateTime<chrono::Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap_or_default()
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn reading(bencher: Bencher<'_, '_>, leads: u64) {
    let folder = corpus(leads);
    bencher.counter(rows(&sources(&folder))).bench_local(|| sources(&folder));
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn facts(bencher: Bencher<'_, '_>, leads: u64) {
    let sources = sources(&corpus(leads));
    let config = Options::default();
    bencher
        .counter(rows(&sources))
        .with_inputs(|| tables(&sources, &config))
        .bench_local_refs(|tables| Facts::compute(tables, AsOf::Export, now(), &config));
}

#[divan::bench(args = rules_by_size(), sample_count = 5)]
fn rules(bencher: Bencher<'_, '_>, case: &Case) {
    let Case(leads, rule, _) = case;
    let sources = sources(&corpus(*leads));
    let config = Options::default();
    let chosen = [Chosen { rule: RULES[*rule], config: None, exact: false }];
    bencher
        .counter(rows(&sources))
        .with_inputs(|| {
            let tables = tables(&sources, &config);
            let facts = Facts::compute(&tables, AsOf::Export, now(), &config);
            (tables, facts)
        })
        .bench_local_refs(|(tables, facts)| run(tables, facts, &config, &chosen, &|_| {}));
}

/// Leads, position of the rule, code of the rule.
struct Case(u64, usize, &'static str);

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} over {}", self.2, self.0)
    }
}

fn rules_by_size() -> Vec<Case> {
    SIZES
        .iter()
        .flat_map(|leads| RULES.iter().enumerate().map(|(at, rule)| Case(*leads, at, rule.meta().code)))
        .collect()
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn whole_audit(bencher: Bencher<'_, '_>, leads: u64) {
    let folder = corpus(leads);
    let config = Options::default();
    let request = Request::new(&config, now());
    bencher.counter(rows(&sources(&folder))).bench_local(|| match audit(&sources(&folder), &request, &|_| {}) {
        Ok(audit) => audit.findings.len(),
        Err(error) => panic!("{error}"),
    });
}
