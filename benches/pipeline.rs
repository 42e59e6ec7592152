//! Time of each stage over generated exports, by number of leads: reading, facts, rules by family and one by one, who is
//! who, evidence, reports, evidence files, the whole audit. Rows a second count leads, chats and log lines.
//!
//! ```sh
//! cargo bench --bench pipeline                                 # over 1,000 and 100,000 leads
//! cargo bench --bench pipeline -- families                     # one part
//! LEADLINT_BENCH_LEADS=1000000 cargo bench --bench pipeline -- 'reading|facts|families|whole'
//! ```
//!
//! A million leads take minutes for each stage that needs facts first, and 8 GB: choose parts, and fewer samples with
//! `--sample-count 1`.

#[cfg_attr(test, expect(dead_code, unused_imports, reason = "its tests run with the `generate` example"))]
mod generator;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

use chrono::DateTime;
use divan::Bencher;
use divan::counter::ItemsCount;
use leadlint::config::Options;
use leadlint::emit::{self, Pii, REPORTS, Settings, View};
use leadlint::evidence::fingerprint::Identity;
use leadlint::evidence::{Accepted, Audit, Gathered, Penalties, Ruling};
use leadlint::load::{Input, LoadOptions, SourceSpec, load};
use leadlint::model::{Kind, Object, Source};
use leadlint::normalise::{AsOf, Facts, Table};
use leadlint::rules::audit::{Request, audit, settled, tables};
use leadlint::rules::declare::Family;
use leadlint::rules::run::{Chosen, run};
use leadlint::rules::{RULES, by_code};

/// Leads of the corpora: 1,000 and 100,000, or the numbers in `LEADLINT_BENCH_LEADS`, with commas between.
#[expect(clippy::disallowed_methods, reason = "arguments belong to divan, which refuses those that it does not know")]
static SIZES: LazyLock<Vec<u64>> = LazyLock::new(|| match std::env::var("LEADLINT_BENCH_LEADS") {
    Err(_) => vec![1_000, 100_000],
    Ok(given) => given
        .split(',')
        .map(|leads| leads.trim().parse().unwrap_or_else(|_| panic!("LEADLINT_BENCH_LEADS: {leads:?} is no number")))
        .collect(),
});

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

#[divan::bench(args = sizes(), sample_count = 5)]
fn reading(bencher: Bencher<'_, '_>, leads: u64) {
    let folder = corpus(leads);
    bencher.counter(rows(&sources(&folder))).bench_local(|| sources(&folder));
}

#[divan::bench(args = sizes(), sample_count = 5)]
fn facts(bencher: Bencher<'_, '_>, leads: u64) {
    let sources = sources(&corpus(leads));
    let config = Options::default();
    bencher
        .counter(rows(&sources))
        .with_inputs(|| tables(&sources, &config))
        .bench_local_refs(|tables| Facts::compute(tables, AsOf::Export, now(), &config));
}

/// Tables of a corpus and their facts, as rules find them.
fn prepared(sources: &[Arc<Source>], config: &Options) -> (Vec<Table>, Facts) {
    let tables = tables(sources, config);
    let facts = Facts::compute(&tables, AsOf::Export, now(), config);
    (tables, facts)
}

/// Times rules over new tables and facts for each sample, since the first rule that asks for a key has it made.
fn time_rules(bencher: Bencher<'_, '_>, leads: u64, chosen: &[Chosen<'_>]) {
    let sources = sources(&corpus(leads));
    let config = Options::default();
    bencher
        .counter(rows(&sources))
        .with_inputs(|| prepared(&sources, &config))
        .bench_local_refs(|(tables, facts)| run(tables, facts, &config, chosen, &|_| {}));
}

/// The rules that `keep` takes, as a run chooses them.
fn chosen(keep: impl Fn(&str) -> bool) -> Vec<Chosen<'static>> {
    let kept = RULES.iter().filter(|rule| keep(rule.meta().code));
    kept.map(|rule| Chosen { rule: *rule, config: None, exact: false }).collect()
}

#[divan::bench(args = families_by_size(), sample_count = 5)]
fn families(bencher: Bencher<'_, '_>, case: &Case) {
    time_rules(bencher, case.leads, &chosen(|code| code.starts_with(case.what)));
}

#[divan::bench(args = rules_by_size(), sample_count = 5)]
fn rules(bencher: Bencher<'_, '_>, case: &Case) {
    time_rules(bencher, case.leads, &chosen(|code| code == case.what));
}

/// Records of one person: fields, distinct values, blocks, pairs, weights, clusters. DUP004 is hardly more than that.
#[divan::bench(args = sizes(), sample_count = 5)]
fn matching(bencher: Bencher<'_, '_>, leads: u64) {
    time_rules(bencher, leads, &chosen(|code| code == "DUP004"));
}

/// From what all rules found to sorted evidence and findings.
#[divan::bench(args = sizes(), sample_count = 3)]
fn evidence(bencher: Bencher<'_, '_>, leads: u64) {
    let sources = sources(&corpus(leads));
    let config = Options::default();
    // Who is who takes most of the time between two samples, and gives little evidence.
    let chosen = chosen(|code| !["DUP004", "CNS001"].contains(&code));
    let hits = || {
        let (tables, facts) = prepared(&sources, &config);
        run(&tables, &facts, &config, &chosen, &|_| {}).hits
    };
    bencher.counter(rows(&sources)).with_inputs(hits).bench_local_values(|hits| {
        let gathered = match Gathered::new(sources.clone(), hits, Identity::new(None), |_| Accepted::default()) {
            Ok(gathered) => gathered,
            Err(error) => panic!("{error}"),
        };
        gathered.findings(
            |code| {
                let meta = by_code(code)?.meta();
                let (dimension, scores) = (meta.dimension, meta.scores());
                Some(Ruling { name: meta.name, dimension, scores, message: meta.message, config: None })
            },
            |_, _, _| 0,
            &mut Penalties::default(),
        )
    });
}

/// An audit, and the rows that it is of.
type Audited = Arc<(Audit, ItemsCount)>;

/// The audits that were made, by size.
static AUDITS: LazyLock<Mutex<BTreeMap<u64, Audited>>> = LazyLock::new(Mutex::default);

/// The audit of a corpus of `leads` leads and its rows, made once.
fn audited(leads: u64) -> Audited {
    let mut audits = AUDITS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let made = audits.entry(leads).or_insert_with(|| {
        let sources = sources(&corpus(leads));
        let config = Options::default();
        match audit(&sources, &Request::new(&config, now()), &|_| {}) {
            Ok(audit) => Arc::new((audit, rows(&sources))),
            Err(error) => panic!("{error}"),
        }
    });
    Arc::clone(made)
}

/// How a file of the format looks unless told otherwise.
fn view(masks: bool) -> View {
    let pii = Some(if masks { Pii::Mask } else { Pii::Show });
    Settings { pii, salt: String::new(), width: 120, color: false }.file(masks)
}

#[divan::bench(args = reports_by_size(), sample_count = 5)]
fn reports(bencher: Bencher<'_, '_>, case: &Case) {
    let audit = audited(case.leads);
    let Some(report) = emit::find(case.what) else { panic!("no report {}", case.what) };
    let view = view(report.meta().masks);
    bencher.counter(audit.1).bench_local(|| match report.render(&audit.0, &view) {
        Ok(bytes) => bytes,
        Err(error) => panic!("{error}"),
    });
}

#[divan::bench(args = evidence_by_size(), sample_count = 5)]
fn evidence_files(bencher: Bencher<'_, '_>, case: &Case) {
    let audit = audited(case.leads);
    let Some(format) = emit::evidence::FORMATS.iter().find(|format| format.meta().name == case.what) else {
        panic!("no evidence format {}", case.what)
    };
    let view = view(false);
    bencher.counter(audit.1).bench_local(|| {
        let mut bytes = Vec::new();
        match emit::evidence::write(*format, &audit.0, &view, &mut bytes) {
            Ok(()) => bytes,
            Err(error) => panic!("{error}"),
        }
    });
}

/// What is timed, over how many leads.
struct Case {
    leads: u64,
    what: &'static str,
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} over {}", self.what, self.leads)
    }
}

fn sizes() -> Vec<u64> {
    SIZES.clone()
}

/// Each of `names` over each size.
fn by_size(names: &(impl Iterator<Item = &'static str> + Clone)) -> Vec<Case> {
    SIZES.iter().flat_map(|leads| names.clone().map(|what| Case { leads: *leads, what })).collect()
}

fn families_by_size() -> Vec<Case> {
    by_size(&Family::ALL.iter().map(|family| family.prefix()))
}

fn rules_by_size() -> Vec<Case> {
    by_size(&RULES.iter().map(|rule| rule.meta().code))
}

fn reports_by_size() -> Vec<Case> {
    by_size(&REPORTS.iter().map(|report| report.meta().name))
}

fn evidence_by_size() -> Vec<Case> {
    by_size(&emit::evidence::FORMATS.iter().map(|format| format.meta().name))
}

#[divan::bench(args = sizes(), sample_count = 5)]
fn whole_audit(bencher: Bencher<'_, '_>, leads: u64) {
    let folder = corpus(leads);
    let config = Options::default();
    let request = Request::new(&config, now());
    bencher.counter(rows(&sources(&folder))).bench_local(|| match audit(&sources(&folder), &request, &|_| {}) {
        Ok(audit) => audit.findings.len(),
        Err(error) => panic!("{error}"),
    });
}
