//! The audit as a whole: from sources to findings, score and verdict.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use polars::prelude::PolarsResult;
use rayon::prelude::*;

use super::metrics::metrics;
use super::run::{Chosen, Found, choose, configured, run};
use super::{RULES, by_code};
use crate::config::Selection;
use crate::config::options::Options;
use crate::evidence::fingerprint::Identity;
use crate::evidence::{
    Accepted, Audit, Finding, Gathered, Penalties, RoleSummary, Ruling, Skipped, SourceSummary, Verdict, score,
};
use crate::model::{Severity, Source};
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
    /// The severity that fails the run; `None` for never.
    pub fail_on: Option<Severity>,
    /// The command line, for whoever repeats the run.
    pub command: Vec<String>,
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

/// Audits `sources`. `tick` is told the code of each rule before it runs.
pub fn audit(sources: &[Arc<Source>], request: &Request<'_>, tick: &dyn Fn(&'static str)) -> Result<Audit, Error> {
    let config = request.config;
    validate(config)?;
    let tables = tables(sources, config);
    tick("facts");
    let facts = Facts::compute(&tables, request.clock, request.now, config);
    let (chosen, mut skipped) = choose(config, &request.selection);
    if chosen.is_empty() {
        return Err(Error::NoRule);
    }
    let found = run(&tables, &facts, config, &chosen, tick);
    if !found.missed.is_empty() {
        return Err(Error::Missed(found.missed));
    }
    tick("evidence");
    let as_of = facts.as_of.and_then(DateTime::from_timestamp_micros);
    let mut penalties = measured(&found, &tables);
    let Found { hits, checked, ran, skipped: lacking, failed, linkages, .. } = found;
    skipped.extend(lacking);
    skipped.sort_by(|a, b| (a.code, &a.reason).cmp(&(b.code, &b.reason)));
    let today = as_of.map(|at| at.format("%Y-%m-%d").to_string());
    let gathered = Gathered::new(sources.to_vec(), hits, Identity::new(config.audit.salt.as_deref()), |code| {
        let again = by_code(code).map_or(&[][..], |rule| rule.meta().lists_again());
        let words: Vec<&str> = again
            .iter()
            .chain([&code])
            .flat_map(|code| [*code, by_code(code).map_or("", |rule| rule.meta().name)])
            .collect();
        Accepted::of_rules(&config.accept, &words, today.as_deref())
    })?;
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
    let verdict = verdict(&findings, request.fail_on, failed.len());
    let codes: Vec<&'static str> = ran.iter().map(|meta| meta.code).collect();
    let mut metrics = metrics(&checked, &tables, &facts, &gathered, &codes, config);
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
        score: score(&penalties),
        findings,
        skipped,
        failed,
        ran: ran.iter().map(|meta| (meta.code, meta.name)).collect(),
        metrics,
        comparison: None,
        exceptions: Vec::new(),
        verdict,
        notes: notes(config, &chosen, &tables, &facts),
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

fn verdict(findings: &[Finding], fail_on: Option<Severity>, failed: usize) -> Verdict {
    let word = fail_on.map_or("never", Severity::as_str).to_owned();
    let failing: Vec<&Finding> = findings
        .iter()
        .filter(|finding| {
            fail_on.is_some_and(|least| finding.severity >= least) && finding.new > 0 && !finding.within_budget
        })
        .collect();
    if failed > 0 {
        let why =
            format!("{failed} {} could not finish; what they would have found is missing", plural(failed, "rule"));
        return Verdict { passed: false, fail_on: word, why };
    }
    let why = match (fail_on, failing.as_slice()) {
        (None, _) => "findings never fail this run (--fail-on never)".to_owned(),
        (Some(least), []) => format!("no finding of severity {least} or worse outside its budget"),
        (Some(least), failing) => {
            let mut codes: Vec<&str> = failing.iter().map(|finding| finding.code).collect();
            codes.dedup();
            format!(
                "{} {} of severity {least} or worse: {}",
                failing.len(),
                plural(failing.len(), "finding"),
                codes.join(", ")
            )
        }
    };
    Verdict { passed: failing.is_empty(), fail_on: word, why }
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
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
