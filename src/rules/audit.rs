//! The audit as a whole: from sources to findings, score and verdict.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use polars::prelude::PolarsResult;
use rayon::prelude::*;

use super::gate::{Gate, Outcome};
use super::metrics::metrics;
use super::past::{self, Looked};
use super::run::{Chosen, Found, Step, Watch, choose, configured, run};
use super::{RULES, by_code};
use crate::config::Selection;
use crate::config::options::Options;
use crate::evidence::fingerprint::Identity;
use crate::evidence::{
    Accepted, Audit, Gathered, Penalties, RoleSummary, Ruling, Skipped, SourceSummary, exceptions, score,
};
use crate::model::{Baseline, Role, Source};
use crate::normalise::{AsOf, Facts, Table, grain};

/// What an audit is asked for.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The config.
    pub config: &'a Options,
    /// Path of the config as given, and the SHA-256 of its bytes.
    pub config_file: Option<(String, String)>,
    /// The rules to run.
    pub selection: Selection,
    /// How the clock is set.
    pub clock: AsOf,
    /// The run's own clock.
    pub now: DateTime<Utc>,
    /// What the run is held against.
    pub gate: Gate,
    /// The baseline that evidence is judged by, with its path as given.
    pub baseline: Option<(String, Arc<Baseline>)>,
    /// Whether the run is to leave a baseline.
    pub write_baseline: bool,
    /// Without a baseline to judge by: one whose days on which evidence was first seen are taken over.
    pub earlier: Option<Arc<Baseline>>,
    /// Only evidence on records that changed on this day or later counts as new.
    pub changed_since: Option<NaiveDate>,
    /// The command line, for whoever repeats the run.
    pub command: Vec<String>,
}

impl<'a> Request<'a> {
    /// An audit by the default rules and the clock of the exports, that nothing fails.
    #[must_use]
    pub fn new(config: &'a Options, now: DateTime<Utc>) -> Self {
        Self {
            config,
            config_file: None,
            selection: Selection::default(),
            clock: AsOf::Export,
            now,
            gate: Gate::default(),
            baseline: None,
            write_baseline: false,
            earlier: None,
            changed_since: None,
            command: Vec::new(),
        }
    }
}

/// Why there is no audit.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Rules that the user named exactly cannot run.
    #[error("{}", missed(.0))]
    Missed(Vec<Skipped>),
    /// Nothing is left to run.
    #[error("no rule is left to run: --select and --ignore leave none; `leadlint rule --all` lists them")]
    NoRule,
    /// An option of a rule is wrong.
    #[error("[rules.{code}]: {message}; `leadlint rule {code}` lists its options")]
    Option {
        /// Code of the rule.
        code: &'static str,
        /// What is wrong.
        message: String,
    },
    /// A rule in the config is not known.
    #[error("{table} names `{word}`, which is no rule; {hint}")]
    UnknownRule {
        /// `[rules]` or `[[accept]]`.
        table: &'static str,
        /// What stands there.
        word: String,
        /// The nearest known name.
        hint: String,
    },
    /// A rule failed inside, where its result is all that was asked for.
    #[error("{code} could not finish: {error}")]
    Failed {
        /// Code of the rule.
        code: &'static str,
        /// What went wrong.
        error: String,
    },
    /// polars refused.
    #[error("the evidence could not be put together: {0}")]
    Polars(#[from] polars::prelude::PolarsError),
}

fn missed(skipped: &[Skipped]) -> String {
    let rules: Vec<String> = skipped.iter().map(|one| format!("{} cannot run: {}", one.code, one.reason)).collect();
    rules.join("\n")
}

/// Checks what the config says about rules: that they exist and have these options.
pub fn validate(config: &Options) -> Result<(), Error> {
    let known = super::known();
    let words = config.rules.keys().map(|word| ("[rules]", word));
    for (table, word) in words.chain(config.accept.iter().map(|entry| ("[[accept]]", &entry.rule))) {
        if crate::config::find(word, &known).is_none() {
            let names = known.iter().flat_map(|rule| [rule.code, rule.name]);
            return Err(Error::UnknownRule { table, word: word.clone(), hint: crate::config::hint(word, names) });
        }
    }
    for rule in RULES {
        if let Some(options) = configured(config, rule.meta()) {
            rule.validate(&options.own).map_err(|message| Error::Option { code: rule.meta().code, message })?;
        }
    }
    Ok(())
}

/// Sources as read, settled: one row per record, without records that are gone. Naive times are read in the zone of the
/// config, as in [`tables`].
pub fn settled(sources: Vec<Source>, config: &Options) -> Result<Vec<Arc<Source>>, Error> {
    let zone = config.audit.timezone.as_ref().and_then(|name| name.parse().ok());
    let settled: PolarsResult<Vec<_>> =
        sources.into_par_iter().map(|source| grain::settle(&Arc::new(source), zone)).collect();
    Ok(settled?)
}

/// Tables of whole sources, ready for rules.
#[must_use]
pub fn tables(sources: &[Arc<Source>], config: &Options) -> Vec<Table> {
    let zone = config.audit.timezone.as_ref().and_then(|name| name.parse().ok());
    sources.iter().enumerate().map(|(at, source)| Table::new(Arc::clone(source), at, zone)).collect()
}

/// Audits `sources`. `watch` is told of each stage, and when each rule begins and ends.
pub fn audit(sources: &[Arc<Source>], request: &Request<'_>, watch: Watch<'_>) -> Result<Audit, Error> {
    let config = request.config;
    validate(config)?;
    let tables = tables(sources, config);
    watch(Step::Stage("facts"));
    let facts = Facts::compute(&tables, request.clock, request.now, config);
    let facts = facts.beside(request.baseline.as_ref().map(|(_, baseline)| Arc::clone(baseline)));
    let (chosen, mut skipped) = choose(config, &request.selection);
    if chosen.is_empty() {
        return Err(Error::NoRule);
    }
    watch(Step::Stage("rules"));
    let found = run(&tables, &facts, config, &chosen, watch);
    if !found.missed.is_empty() {
        return Err(Error::Missed(found.missed));
    }
    watch(Step::Stage("evidence"));
    let as_of = facts.as_of.and_then(DateTime::from_timestamp_micros);
    let mut penalties = measured(&found, &tables);
    let judging = request.baseline.as_ref().map(|(_, baseline)| &**baseline);
    let remembered = judging.or(request.earlier.as_deref());
    let looked = Looked::of(&found, &tables, remembered, judging.is_some());
    let Found { hits, checked, ran, skipped: lacking, failed, linkages, shared, .. } = found;
    skipped.extend(lacking);
    skipped.sort_by(|a, b| (a.code, &a.reason).cmp(&(b.code, &b.reason)));
    let today = as_of.map(|at| at.format("%Y-%m-%d").to_string());
    let identity = Identity::new(config.audit.salt.as_deref());
    let mut gathered = Gathered::new(sources.to_vec(), hits, identity.clone(), |code| {
        let again = by_code(code).map_or(&[][..], |rule| rule.meta().lists_again());
        let words: Vec<&str> = again
            .iter()
            .chain([&code])
            .flat_map(|code| [*code, by_code(code).map_or("", |rule| rule.meta().name)])
            .collect();
        Accepted::of_rules(&config.accept, &words, today.as_deref())
    })?;
    if judging.is_some() || request.write_baseline {
        gathered.look_up(remembered, judging.is_some());
    }
    let mut notes = notes(config, &chosen, &tables, &facts);
    let left_alone = request.changed_since.map(|day| (day, leave_alone(&mut gathered, &tables, day)));
    notes.extend(left_alone.map(|(day, left)| said_of_left(day, left)));
    let findings = gathered.findings(
        |code| {
            let meta = by_code(code)?.meta();
            let config = configured(config, meta);
            let dimension = meta.dimension;
            Some(Ruling { name: meta.name, dimension, scores: meta.scores(), message: meta.message, config })
        },
        |code, source, column| {
            checked
                .iter()
                .filter(|(of, one)| *of == code && one.source == source && one.column == column)
                .map(|(_, one)| one.count)
                .sum()
        },
        &mut penalties,
    );
    let exceptions = exceptions(&config.accept, as_of.map(|at| at.date_naive()), &gathered.covered(), |word| {
        ran.iter().any(|meta| word.eq_ignore_ascii_case(meta.code) || word.eq_ignore_ascii_case(meta.name))
    });
    let comparison = request
        .baseline
        .as_ref()
        .map(|(path, baseline)| gathered.comparison(path, baseline, |code, place| looked.at(code, place)));
    let score = score(&penalties);
    let verdict = request.gate.judge(&Outcome {
        findings: &findings,
        exceptions: &exceptions,
        comparison: comparison.as_ref(),
        score: score.overall,
        failed: failed.len(),
        left_alone: left_alone.map_or(0, |(_, left)| left),
    });
    let next = request
        .write_baseline
        .then(|| past::baseline(&gathered, remembered, &looked, &tables, &facts, config, score.overall));
    let codes: Vec<&'static str> = ran.iter().map(|meta| meta.code).collect();
    let mut metrics = metrics(&checked, &tables, &facts, &gathered, &codes, config, &shared)?;
    metrics.matching = linkages.figures(&tables);
    if codes.iter().any(|code| super::evaluate::DRIFT.contains(code)) {
        metrics.drift = super::drift::figures::columns(&tables, &facts, config);
    }
    if codes.iter().any(|code| code.starts_with("ASG")) {
        metrics.assignment = super::assignment::figures(&tables, &facts, config, None, false).unwrap_or_default();
    }
    Ok(Audit {
        version: env!("CARGO_PKG_VERSION"),
        as_of,
        as_of_from: facts.as_of_from,
        owner: config.audit.owner.clone(),
        config: request.config_file.as_ref().map(|(path, _)| path.clone()),
        config_sha256: request.config_file.as_ref().map(|(_, sha256)| sha256.clone()),
        command: request.command.clone(),
        sources: tables.iter().map(|table| summary(table, &facts)).collect(),
        score,
        findings,
        skipped,
        failed,
        ran: ran.iter().map(|meta| (meta.code, meta.name)).collect(),
        metrics,
        comparison,
        exceptions,
        next_baseline: next,
        past: None,
        verdict,
        notes,
        timings: None,
        evidence: gathered.into(),
    })
}

/// Which sources each dimension was measured on.
fn measured(found: &Found, tables: &[Table]) -> Penalties {
    let mut penalties = Penalties::default();
    for (code, checked) in &found.checked {
        if let Some(rule) = by_code(code).filter(|rule| rule.meta().scores()) {
            // What is said of the audit itself is no property of the data, and is not in the score.
            if let Some(table) = tables.get(checked.source) {
                penalties.measure(rule.meta().dimension, checked.source, table.height().max(1) as u64);
            }
        }
    }
    penalties
}

/// Takes evidence on records that nobody changed since `day` out of what counts as new; returns how much that was.
fn leave_alone(gathered: &mut Gathered, tables: &[Table], day: NaiveDate) -> u64 {
    let since = day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_micros();
    let times = [Role::UpdatedAt, Role::CreatedAt, Role::EndedAt, Role::StartedAt, Role::LoggedAt];
    // A record is as young as its newest time; one without any may have changed.
    let old: Vec<Vec<bool>> = tables
        .iter()
        .map(|table| {
            let times: Vec<_> =
                times.iter().filter_map(|role| table.role(*role)).map(|column| table.times(column)).collect();
            let newest = |row: u32| times.iter().filter_map(|times| times.get(row)).max();
            (0..table.height() as u32).map(|row| newest(row).is_some_and(|at| at < since)).collect()
        })
        .collect();
    gathered.leave_alone(|source, row| old.get(source).is_some_and(|of| of[row as usize]))
}

fn said_of_left(day: NaiveDate, left: u64) -> String {
    let said = if left == 1 {
        "1 piece of evidence stands on a record that nobody changed since, and is not counted as new".to_owned()
    } else {
        format!("{left} pieces of evidence stand on records that nobody changed since, and are not counted as new")
    };
    format!("--only-changed-since {day}: {said}; records without any date are")
}

fn summary(table: &Table, facts: &Facts) -> SourceSummary {
    let source = &table.source;
    let facts = facts.of(table);
    let time = DateTime::from_timestamp_micros;
    SourceSummary {
        name: source.name.clone(),
        kind: source.kind,
        object: source.object,
        vendor: source.vendor.clone(),
        detected: source.detected.clone(),
        rows: table.height() as u64,
        columns: source.frame.width() as u64,
        files: source.files.clone(),
        excluded: source.excluded.clone(),
        system: source.system.iter().map(|(field, column)| (*field, source.header(*column).to_owned())).collect(),
        roles: source
            .roles
            .iter()
            .map(|binding| RoleSummary {
                role: binding.role,
                column: source.header(binding.column).to_owned(),
                found: binding.found,
                why: binding.why.clone(),
            })
            .collect(),
        window: facts.window.and_then(|(from, to)| Some((time(from)?, time(to)?))),
        window_declared: facts.window_declared,
        notes: source.notes.clone(),
        ignored: source.ignored.iter().map(|column| source.header(*column).to_owned()).collect(),
    }
}

/// What has to be said beside the findings: parts of the config that no rule that ran looks at.
fn notes(config: &Options, chosen: &[Chosen<'_>], tables: &[Table], facts: &Facts) -> Vec<String> {
    let any = |prefix: &str| chosen.iter().any(|one| one.rule.meta().code.starts_with(prefix));
    let declared = [
        (!config.mapping.is_empty(), "[[mapping]]", "MAP"),
        (!config.tags.vocabulary.is_empty(), "[tags]", "TAG"),
        (!config.assignment.is_empty(), "[[assignment]]", "ASG"),
        (!config.automation.is_empty(), "[[automation]]", "MAP"),
        (!config.probe.is_empty(), "[[probe]]", "MAP"),
        (config.sync != crate::config::options::SyncOptions::default(), "[sync]", "SYN"),
    ];
    let grains = tables.iter().filter_map(|table| {
        let (facts, name) = (facts.of(table), table.name());
        let passed_over = facts.grain.passed_over(name).map(|why| format!("{why}; only formats are judged there"));
        passed_over.or_else(|| {
            facts.is_history.then(|| format!("most ids of {name} stand on several rows, so repeated ids are no fault"))
        })
    });
    let uncovered = tables.iter().filter_map(|table| {
        let (rows, (from, to)) = (facts.of(table).uncovered, table.source.covers?);
        (rows > 0).then(|| {
            format!(
                "{rows} rows of {} lie outside of the period that its `covers` states, {from} to {to}",
                table.name()
            )
        })
    });
    declared
        .into_iter()
        .filter(|(given, _, prefix)| *given && !any(prefix))
        .map(|(_, table, prefix)| format!("{table} is declared, not verified: no {prefix} rule ran"))
        .chain(grains)
        .chain(uncovered)
        .collect()
}
