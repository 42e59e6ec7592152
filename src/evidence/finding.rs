//! Findings and the audit as a whole: what reports, plans and gates read.

use chrono::{DateTime, Utc};
use indexmap::IndexMap;
use serde::Serialize;

use crate::model::{
    Baseline, Dimension, Excluded, Kind, Object, Role, Safety, Severity, SourceFile, Status, SystemField,
};

/// One row of evidence, expanded: the row form of [`SCHEMA`](super::schema::SCHEMA).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvidenceRow {
    /// Code of the rule.
    pub code: &'static str,
    /// Name of the source.
    pub source: String,
    /// Original header; `None` when the row or the source is meant.
    pub column: Option<String>,
    /// Path as given.
    pub file: Option<String>,
    /// 1-based data row in that file.
    pub row: Option<u64>,
    /// Physical line.
    pub line: Option<u64>,
    /// The record's own id.
    pub record_id: Option<String>,
    /// Source of the joined record.
    pub other_source: Option<String>,
    /// Id of the joined record.
    pub other_id: Option<String>,
    /// What stands there.
    pub value: Option<String>,
    /// What should stand there.
    pub suggested: Option<String>,
    /// What holds several rows together.
    pub group: Option<String>,
    /// 0..1; 1 for exact rules.
    pub confidence: f64,
    /// How much judgement the cleanup needs.
    pub safety: Safety,
    /// Why, in a few words.
    pub detail: String,
    /// Identity across exports.
    pub fingerprint: String,
    /// New, known, reopened or accepted.
    pub status: Status,
}

/// One rule's evidence in one source and column, summed up.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// Code of the rule.
    pub code: &'static str,
    /// Name of the rule.
    pub name: &'static str,
    /// How bad it is: the worst severity among its evidence, or what the config says.
    pub severity: Severity,
    /// The dimension of quality that it counts against.
    pub dimension: Dimension,
    /// Name of the source.
    pub source: String,
    /// Original header, if one column is meant.
    pub column: Option<String>,
    /// The role that the column plays; decides what is masked.
    pub role: Option<Role>,
    /// Rows (cells, pairs, hours) that had everything the rule needs.
    pub checked: u64,
    /// Evidence that is not accepted.
    pub count: u64,
    /// Evidence that an `[[accept]]` entry covers.
    pub accepted: u64,
    /// Distinct groups among the evidence that is not accepted.
    pub groups: u64,
    /// Distinct rows pointed at, accepted ones aside.
    pub rows: u64,
    /// `rows / checked`; 0 when nothing was checked.
    pub rate: f64,
    /// Evidence that is new or reopened; equals `count` without a baseline.
    pub new: u64,
    /// The worst severity among that; `None` where nothing is new.
    pub new_severity: Option<Severity>,
    /// When the oldest of its known evidence was first seen; `None` where none is known.
    pub since: Option<DateTime<Utc>>,
    /// Evidence by cleanup class, all three always present.
    pub safety: IndexMap<Safety, u64>,
    /// One sentence for people: `12 of 4,310 leads have no email`.
    pub message: String,
    /// Whether it stays within the budget that the config grants it, and so does not fail the run.
    pub within_budget: bool,
    /// Why it is within or over budget, when the config has one.
    pub budget: Option<String>,
    /// The first few rows that no exception covers, in the order of the evidence.
    pub examples: Vec<EvidenceRow>,
    /// Evidence counted in `count` that `examples` leaves out.
    pub examples_hidden: u64,
}

impl Finding {
    /// Whether it fails a run that severities from `least` on fail: it has new evidence that is as bad, outside of its budget.
    #[must_use]
    pub fn fails(&self, least: Option<Severity>) -> bool {
        least.is_some_and(|least| self.new_severity >= Some(least)) && !self.within_budget
    }
}

/// A rule that did not run, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Skipped {
    /// Code of the rule.
    pub code: &'static str,
    /// Name of the rule.
    pub name: &'static str,
    /// What is missing, and the setting that would supply it.
    pub reason: String,
}

/// A rule that failed inside: its evidence is missing, the run exits 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Failed {
    /// Code of the rule.
    pub code: &'static str,
    /// Name of the rule.
    pub name: &'static str,
    /// What went wrong.
    pub error: String,
}

/// A source as reports show it.
#[derive(Debug, Clone, Serialize)]
pub struct SourceSummary {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: Kind,
    /// What a row is, for CRM sources.
    pub object: Option<Object>,
    /// Vendor.
    pub vendor: String,
    /// Why kind, object and vendor were taken to be these.
    pub detected: String,
    /// Rows in the frame.
    pub rows: u64,
    /// Columns in the frame.
    pub columns: u64,
    /// The files.
    pub files: Vec<SourceFile>,
    /// Rows that were read and are not in the frame, by reason.
    pub excluded: Vec<Excluded>,
    /// System fields that were found, with the original header.
    pub system: Vec<(SystemField, String)>,
    /// Role, header, how it was found and why.
    pub roles: Vec<RoleSummary>,
    /// First and last created or started time, or what the config says is covered.
    pub window: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Whether the window comes from the config.
    pub window_declared: bool,
    /// What the reader wants said.
    pub notes: Vec<String>,
    /// Columns that the config asks to ignore.
    pub ignored: Vec<String>,
}

/// One role of a source as reports show it.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct RoleSummary {
    /// The role.
    pub role: Role,
    /// Original header.
    pub column: String,
    /// `config`, `alias` or `content`.
    pub found: crate::model::Found,
    /// Why, in a few words.
    pub why: String,
}

/// Quality in numbers, 0 to 100 with one decimal.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Score {
    /// Mean of the dimensions that were measured; `None` when none was.
    pub overall: Option<f64>,
    /// Each dimension, all six always present; `None` when no rule of it ran.
    pub dimensions: IndexMap<Dimension, Option<f64>>,
}

/// Pass or fail, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Verdict {
    /// Whether the run passes.
    pub passed: bool,
    /// The severity that fails a run, or `never`.
    pub fail_on: String,
    /// Why, in one sentence.
    pub why: String,
}

/// What a rule's evidence has become since the baseline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct RuleChange {
    /// Code of the rule.
    pub code: String,
    /// Evidence that the baseline does not know, reopened evidence aside.
    pub new: u64,
    /// Evidence that the baseline knows.
    pub known: u64,
    /// Evidence that was mended once and is back.
    pub reopened: u64,
    /// Entries of the baseline that are no longer found.
    pub fixed: u64,
}

/// The rows of a source then and now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SourceChange {
    /// Kind and object, with the name of the source where the config gives it: `crm/lead`, `crm/lead/leads`.
    pub place: String,
    /// Rows that it had in the run that wrote the baseline.
    pub then: u64,
    /// Rows that it has now; `None` where it was not read.
    pub now: Option<u64>,
}

/// The run beside its baseline. Accepted evidence is in none of the figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Path of the baseline as given.
    pub baseline: String,
    /// The clock of the run that wrote it.
    pub as_of: Option<DateTime<Utc>>,
    /// By rule, those without any figure left out, in the order of their codes.
    pub rules: Vec<RuleChange>,
    /// Entries of rules that did not run, or of sources that were not read: neither known nor fixed.
    pub not_looked_at: u64,
    /// The overall score then; `None` when none was measured.
    pub score: Option<f64>,
    /// The sources that the baseline knows, by place.
    pub sources: Vec<SourceChange>,
}

impl Comparison {
    /// One figure summed up over the rules.
    pub fn total(&self, figure: impl Fn(&RuleChange) -> u64) -> u64 {
        self.rules.iter().map(figure).sum()
    }
}

/// How an `[[accept]]` entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AcceptState {
    /// It covers evidence.
    InForce,
    /// It covers evidence, and expires within 30 days of the audit's clock.
    Expiring,
    /// It expired, and covers nothing any more.
    Expired,
    /// Its rule ran and found nothing that it would cover.
    Stale,
    /// Its rule did not run.
    NotChecked,
}

/// An agreed exception as reports show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Exception {
    /// Code of the rule.
    pub rule: String,
    /// Record ids, as the config has them.
    pub records: Vec<String>,
    /// Id of the group, if the entry names one.
    pub group: Option<String>,
    /// Why it was agreed.
    pub reason: String,
    /// Who agreed.
    pub owner: Option<String>,
    /// The last day on which it holds, `2027-06-30`.
    pub expires: Option<String>,
    /// How it stands.
    pub state: AcceptState,
    /// Evidence that it covers.
    pub covers: u64,
}

/// Everything that a run found, ready for reports.
#[derive(Debug)]
pub struct Audit {
    /// Version of the program.
    pub version: &'static str,
    /// The clock of every age and expiry; `None` when no source has a usable time.
    pub as_of: Option<DateTime<Utc>>,
    /// How the clock was set: `export`, `now` or `given`.
    pub as_of_from: &'static str,
    /// Who answers for the audit.
    pub owner: Option<String>,
    /// Path of the config as given.
    pub config: Option<String>,
    /// SHA-256 of the config's bytes, in hex; `None` without a config.
    pub config_sha256: Option<String>,
    /// The command line that would repeat the run, words as given.
    pub command: Vec<String>,
    /// The sources.
    pub sources: Vec<SourceSummary>,
    /// The score.
    pub score: Score,
    /// The findings, worst first, then by code, source and column.
    pub findings: Vec<Finding>,
    /// Rules that did not run.
    pub skipped: Vec<Skipped>,
    /// Rules that failed inside.
    pub failed: Vec<Failed>,
    /// Codes and names of the rules that ran, in order.
    pub ran: Vec<(&'static str, &'static str)>,
    /// Figures.
    pub metrics: super::Metrics,
    /// What became of the evidence since the baseline; `None` without one.
    pub comparison: Option<Comparison>,
    /// The `[[accept]]` entries, in the order of the config.
    pub exceptions: Vec<Exception>,
    /// The baseline that this run leaves; `None` where nobody asked for one.
    pub next_baseline: Option<Baseline>,
    /// The runs before this one in the history, oldest first; `None` without a history.
    pub past: Option<Vec<super::history::Run>>,
    /// Pass or fail.
    pub verdict: Verdict,
    /// What else has to be said: declared and not yet verified, filters, caps.
    pub notes: Vec<String>,
    /// Wall time by stage in milliseconds, only with `--timings`.
    pub timings: Option<IndexMap<String, f64>>,
    /// All evidence, still as indices and codes.
    pub evidence: super::Evidence,
}

impl Audit {
    /// Findings of one severity.
    pub fn of(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |f| f.severity == severity)
    }

    /// The run before this one in the history; `None` without a history, or in its first run.
    #[must_use]
    pub fn previous(&self) -> Option<&super::history::Run> {
        self.past.as_ref()?.last()
    }
}
