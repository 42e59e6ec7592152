//! The history of an audit: one line of JSON per run, `leadlint.history/1`, without personal data. `docs/history.md`
//! describes it.

mod read;

use chrono::{DateTime, Datelike, Days, Utc};
use indexmap::IndexMap;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::fingerprint::hex;
use super::{Audit, Duplicates, SourceSummary};
use crate::model::{Kind, Severity, SourceFile};
pub use read::{Lines, Unreadable};

/// Name and version of the format.
pub const SCHEMA: &str = "leadlint.history/1";

/// A line of a history: what one run found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "line of a leadlint history")]
pub struct Run {
    /// Name and version of this format: `leadlint.history/1`.
    pub schema: String,
    /// The clock of the run; null when no source had a usable time.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub as_of: Option<DateTime<Utc>>,
    /// Version of the program.
    pub version: String,
    /// SHA-256 of the config's bytes, in hex; null without a config.
    pub config_sha256: Option<String>,
    /// What was read, in the order in which it was read.
    pub inputs: Vec<Input>,
    /// The rules that ran.
    pub rules: Rules,
    /// Quality in numbers.
    pub score: Scores,
    /// What was found, in the order of codes and sources.
    pub findings: Vec<Found>,
    /// The telling figures.
    pub metrics: Figures,
    /// Pass or fail.
    pub verdict: Outcome,
}

/// A file that was read. Its name is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Input {
    /// Name of the source.
    pub source: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// Data rows that were audited.
    pub rows: u64,
}

/// The rules of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rules {
    /// How many ran.
    pub ran: u64,
    /// SHA-256 of their codes, each with a line end after it, in hex: equal where the same rules ran.
    pub sha256: String,
    /// How many could not run.
    pub skipped: u64,
    /// Codes of those that failed inside.
    pub failed: Vec<String>,
}

/// Quality in numbers, 0 to 100.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scores {
    /// Mean of the dimensions that were measured; null when none was.
    pub overall: Option<f64>,
    /// By dimension; null when no rule of it ran.
    pub dimensions: IndexMap<String, Option<f64>>,
}

/// One rule's findings in one source, all columns together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Found {
    /// Code of the rule.
    pub code: String,
    /// Name of the source.
    pub source: String,
    /// The worst severity among them: `error`, `warning` or `info`.
    pub severity: String,
    /// Findings: one per column.
    pub findings: u64,
    /// Evidence that is not accepted.
    pub count: u64,
    /// Evidence that is new or reopened; equals `count` without a baseline.
    pub new: u64,
    /// Rows pointed at over rows checked, both summed up over the columns, rounded to six digits.
    pub rate: f64,
}

/// The telling figures of a run; what was not measured is null or absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Figures {
    /// By source of chats and of records.
    pub latency: Vec<Latency>,
    /// By sync log.
    pub attempts: Vec<Attempts>,
    /// Share of the chats that ought to become leads and are linked to a record.
    pub match_rate: Option<f64>,
    /// Share of the chats that ought to become leads and made one.
    pub creation_rate: Option<f64>,
    /// Duplicates that were created, in the whole export.
    pub duplicates: Option<u64>,
    /// Those of the last whole ISO week before the clock; null where the exports do not cover it.
    pub duplicates_last_week: Option<Week>,
    /// Share of rows that fill each required column: `source.column` to 0..1.
    pub required_fill: IndexMap<String, f64>,
}

/// How long records took that chats made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Latency {
    /// Source of the chats.
    pub chats: String,
    /// Source of the records.
    pub records: String,
    /// Records that were timed.
    pub leads: u64,
    /// Median in seconds.
    pub p50: i64,
    /// The 95th percentile in seconds.
    pub p95: i64,
}

/// How reliable a sync was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attempts {
    /// Name of the log.
    pub source: String,
    /// Distinct chats that were tried.
    pub chats: u64,
    /// Those that never got through.
    pub failed: u64,
}

/// A count of an ISO week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Week {
    /// `2026-W41`.
    pub week: String,
    /// How many.
    pub count: u64,
}

/// Pass or fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Outcome {
    /// Whether the run passed.
    pub passed: bool,
    /// The severity that fails a run, or `never`.
    pub fail_on: String,
}

impl Run {
    /// What a history keeps of an audit.
    #[must_use]
    pub fn of(audit: &Audit) -> Self {
        let mut codes = Sha256::new();
        for (code, _) in &audit.ran {
            codes.update(code.as_bytes());
            codes.update(b"\n");
        }
        let dimensions = audit.score.dimensions.iter();
        Self {
            schema: SCHEMA.to_owned(),
            as_of: audit.as_of,
            version: audit.version.to_owned(),
            config_sha256: audit.config_sha256.clone(),
            inputs: audit.sources.iter().flat_map(inputs).collect(),
            rules: Rules {
                ran: audit.ran.len() as u64,
                sha256: hex(&codes.finalize()),
                skipped: audit.skipped.len() as u64,
                failed: audit.failed.iter().map(|rule| rule.code.to_owned()).collect(),
            },
            score: Scores {
                overall: audit.score.overall.map(six_digits),
                dimensions: dimensions.map(|(of, score)| (of.as_str().to_owned(), score.map(six_digits))).collect(),
            },
            findings: found(audit),
            metrics: figures(audit),
            verdict: Outcome { passed: audit.verdict.passed, fail_on: audit.verdict.fail_on.clone() },
        }
    }

    /// Whether both are one run: the same clock, program, config, inputs and rules.
    #[must_use]
    pub fn is_rerun_of(&self, other: &Self) -> bool {
        let inputs = |run: &Self| -> Vec<(String, String)> {
            run.inputs.iter().map(|one| (one.source.clone(), one.sha256.clone())).collect()
        };
        (self.as_of, &self.version, &self.config_sha256, &self.rules.sha256)
            == (other.as_of, &other.version, &other.config_sha256, &other.rules.sha256)
            && inputs(self) == inputs(other)
    }

    /// The line of the history, with its line end.
    pub fn to_line(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string(self)? + "\n")
    }

    /// Evidence of one severity, by its word.
    #[must_use]
    pub fn count(&self, severity: Severity) -> u64 {
        self.findings.iter().filter(|one| one.severity == severity.as_str()).map(|one| one.count).sum()
    }

    /// Evidence that is new.
    #[must_use]
    pub fn new_rows(&self) -> u64 {
        self.findings.iter().map(|one| one.new).sum()
    }

    /// The slowest 95th percentile, in seconds.
    #[must_use]
    pub fn p95(&self) -> Option<i64> {
        self.metrics.latency.iter().map(|one| one.p95).max()
    }

    /// The slowest median, in seconds.
    #[must_use]
    pub fn p50(&self) -> Option<i64> {
        self.metrics.latency.iter().map(|one| one.p50).max()
    }

    /// Share of the chats that never got through, over all logs.
    #[must_use]
    pub fn failure_rate(&self) -> Option<f64> {
        let chats: u64 = self.metrics.attempts.iter().map(|one| one.chats).sum();
        let failed: u64 = self.metrics.attempts.iter().map(|one| one.failed).sum();
        (chats > 0).then(|| failed as f64 / chats as f64)
    }
}

/// The JSON Schema of a line.
#[must_use]
pub fn schema() -> serde_json::Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<Run>().to_value()
}

fn inputs(source: &SourceSummary) -> impl Iterator<Item = Input> {
    let of = |file: &SourceFile| Input { source: source.name.clone(), sha256: file.sha256.clone(), rows: file.rows };
    source.files.iter().map(of)
}

fn found(audit: &Audit) -> Vec<Found> {
    let mut by: std::collections::BTreeMap<(&str, &str), (Severity, [u64; 5])> = std::collections::BTreeMap::new();
    for finding in &audit.findings {
        let (severity, sums) = by.entry((finding.code, &finding.source)).or_insert_with(|| (finding.severity, [0; 5]));
        *severity = worse(*severity, finding.severity);
        let more = [1, finding.count, finding.new, finding.rows, finding.checked];
        sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }
    let line = |((code, source), (severity, [findings, count, new, rows, checked])): (_, (Severity, [u64; 5]))| {
        let (code, source): (&str, &str) = (code, source);
        Found {
            code: code.to_owned(),
            source: source.to_owned(),
            severity: severity.as_str().to_owned(),
            findings,
            count,
            new,
            rate: if checked == 0 { 0.0 } else { six_digits(rows as f64 / checked as f64) },
        }
    };
    by.into_iter().map(line).collect()
}

fn worse(a: Severity, b: Severity) -> Severity {
    Severity::WORST_FIRST.into_iter().find(|one| *one == a || *one == b).unwrap_or(a)
}

fn figures(audit: &Audit) -> Figures {
    let metrics = &audit.metrics;
    let mut figures = Figures::default();
    if let Some(sync) = &metrics.sync {
        let timed = |one: &super::Latency| {
            let seconds = one.figures.seconds?;
            Some(Latency {
                chats: one.chats.clone(),
                records: one.records.clone(),
                leads: one.leads,
                p50: seconds.p50,
                p95: seconds.p95,
            })
        };
        figures.latency = sync.latency.iter().filter_map(timed).collect();
        let tried =
            |one: &super::Attempts| Attempts { source: one.source.clone(), chats: one.chats, failed: one.chats_failed };
        figures.attempts = sync.attempts.iter().filter(|one| one.chats > 0).map(tried).collect();
    }
    if let Some(links) = &metrics.links {
        figures.match_rate = links.match_rate().map(six_digits);
        figures.creation_rate = links.creation_rate().map(six_digits);
    }
    if let Some(duplicates) = &metrics.duplicates {
        figures.duplicates = Some(duplicates.created);
        figures.duplicates_last_week = last_week(audit, duplicates);
    }
    figures.required_fill = metrics.required_fill.iter().map(|(of, share)| (of.clone(), six_digits(*share))).collect();
    figures
}

/// The last ISO week that ended before the clock: the week of the clock itself is not over, and would always look good.
fn last_week(audit: &Audit, duplicates: &Duplicates) -> Option<Week> {
    let day = audit.as_of?.date_naive().checked_sub_days(Days::new(7))?;
    let monday = day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday())))?;
    let records = audit.sources.iter().filter(|source| source.kind == Kind::Crm);
    let from = records.filter_map(|source| source.window).map(|window| window.0.date_naive()).min()?;
    let week = format!("{}-W{:02}", monday.iso_week().year(), monday.iso_week().week());
    let count = duplicates.per_week.iter().find(|one| one.week == week).map_or(0, |one| one.count);
    (from <= monday).then_some(Week { week, count })
}

/// Six digits after the point. JSON has no infinities.
fn six_digits(n: f64) -> f64 {
    if n.is_finite() { (n * 1e6).round() / 1e6 } else { 0.0 }
}
