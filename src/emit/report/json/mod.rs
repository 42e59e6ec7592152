//! The JSON report: `leadlint.report/1`, for programs and for `leadlint diff`.
//!
//! It has its own structs, so that what is inside can change without changing what is published. A field may be
//! added under the same version; one may be removed or change its meaning only under the next.

pub(crate) mod assignment;
mod comparison;
mod drift;
mod matching;
mod metrics;
mod proof;
mod sync;

use comparison::Comparison;
use indexmap::IndexMap;
use metrics::{Metrics, metrics};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use super::{Report, ReportMeta};
use crate::emit::mask::Masker;
use crate::emit::{Error, View, words};
use crate::evidence::history::Run;
use crate::evidence::{Audit, EvidenceRow, Exception, Finding, SourceSummary};
use crate::model::{Absence, Dimension, Found, Kind, Object, Role, Safety, Severity, SourceFile, Status, SystemField};

/// Name and version of the format.
const SCHEMA: &str = "leadlint.report/1";

/// The `json` format.
#[derive(Debug)]
pub(super) struct Json;

const META: ReportMeta = ReportMeta {
    name: "json",
    title: "everything, for programs and for `leadlint diff`",
    extension: "json",
    masks: false,
};

impl Report for Json {
    fn meta(&self) -> &'static ReportMeta {
        &META
    }

    fn render(&self, audit: &Audit, view: &View) -> Result<Vec<u8>, Error> {
        let report = document(audit, &Masker::new(audit, view));
        let mut bytes = serde_json::to_vec_pretty(&report).map_err(|e| Error::render(META.name, &e))?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// The JSON Schema of the report.
#[must_use]
pub fn schema() -> serde_json::Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<Document>().to_value()
}

/// The report of one run of `leadlint check`.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "leadlint report")]
struct Document {
    /// Name and version of this format: `leadlint.report/1`.
    schema: &'static str,
    /// The program that wrote it.
    tool: Tool,
    /// The clock of every age and expiry; null when no source has a usable time.
    #[schemars(extend("format" = "date-time"))]
    as_of: Option<String>,
    /// How the clock was set: `export`, `now` or `given`.
    as_of_from: String,
    /// Who answers for the audit.
    owner: Option<String>,
    /// SHA-256 of the config's bytes, in hex; null without a config.
    config_sha256: Option<String>,
    /// What was read.
    sources: Vec<Source>,
    /// Quality in numbers.
    score: Score,
    /// What was found, worst first, then by code, source and column.
    findings: Vec<FindingEntry>,
    /// The rules that ran, whether they found something or not.
    ran: Vec<Rule>,
    /// The rules that did not run.
    skipped: Vec<Skipped>,
    /// The rules that failed inside: their evidence is missing.
    failed: Vec<Failed>,
    /// Figures that go beside the findings.
    metrics: Metrics,
    /// What became of the evidence since the baseline; null without one.
    comparison: Option<Comparison>,
    /// The `[[accept]]` entries, in the order of the config.
    exceptions: Vec<Exception>,
    /// The run before this one, as the history keeps it; only with `--history`, from its second run on.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<Run>,
    /// Pass or fail.
    verdict: Verdict,
    /// What else has to be said.
    notes: Vec<String>,
    /// Wall time by stage in milliseconds; only with `--timings`.
    #[serde(skip_serializing_if = "Option::is_none")]
    timings: Option<IndexMap<String, f64>>,
}

/// A program.
#[derive(Serialize, JsonSchema)]
struct Tool {
    /// Name.
    name: &'static str,
    /// Version.
    version: &'static str,
}

/// One or more exports read as one table.
#[derive(Serialize, JsonSchema)]
struct Source {
    /// Name.
    name: String,
    /// Kind.
    kind: Kind,
    /// What a row is, for CRM sources.
    object: Option<Object>,
    /// The vendor whose shape it has.
    vendor: String,
    /// Why kind, object and vendor were taken to be these.
    detected: String,
    /// Data rows that were audited.
    rows: u64,
    /// Columns.
    columns: u64,
    /// The files, in the order in which they were read.
    files: Vec<File>,
    /// Rows that were read and not audited, by reason: repeats of a record, and records that are gone.
    excluded: Vec<ExcludedEntry>,
    /// Columns in which the system says something of the record itself.
    system: Vec<SystemEntry>,
    /// Which column plays which role, and how that was found.
    roles: Vec<RoleEntry>,
    /// The period that the export covers.
    window: Option<Window>,
    /// Columns that the config asks to ignore.
    ignored: Vec<String>,
    /// What the reader wants said.
    notes: Vec<String>,
}

/// Rows that were read and not audited.
#[derive(Serialize, JsonSchema)]
struct ExcludedEntry {
    /// Why.
    reason: Absence,
    /// How many.
    rows: u64,
    /// Original headers of the columns that say it.
    columns: Vec<String>,
}

/// A column in which the system says something of the record itself.
#[derive(Serialize, JsonSchema)]
struct SystemEntry {
    /// What it says.
    field: SystemField,
    /// Original header.
    column: String,
}

/// A file of a source.
#[derive(Serialize, JsonSchema)]
struct File {
    /// The path as given; `zip!member` and `book.xlsx#Sheet` for members.
    path: String,
    /// SHA-256 of the bytes on disk, in hex.
    sha256: String,
    /// Size on disk, in bytes.
    bytes: u64,
    /// Data rows that were audited.
    rows: u64,
    /// Data rows that could not be read.
    unreadable: u64,
    /// Data rows that were read and not audited.
    excluded: u64,
    /// The number of rows that the file itself declares.
    declared_rows: Option<u64>,
    /// The encoding, for formats that are text.
    encoding: Option<&'static str>,
    /// The delimiter, for delimited text.
    delimiter: Option<char>,
}

/// A role and the column that plays it.
#[derive(Serialize, JsonSchema)]
struct RoleEntry {
    /// The role.
    role: Role,
    /// Original header.
    column: String,
    /// How it was found.
    found: Found,
    /// Why, in a few words.
    why: String,
}

/// A period; both ends are within.
#[derive(Serialize, JsonSchema)]
struct Window {
    /// Its start.
    #[schemars(extend("format" = "date-time"))]
    start: String,
    /// Its end.
    #[schemars(extend("format" = "date-time"))]
    end: String,
    /// Whether the config says so; else it is the range of the created or started times.
    declared: bool,
}

/// Quality in numbers, 0 to 100.
#[derive(Serialize, JsonSchema)]
struct Score {
    /// Mean of the dimensions that were measured; null when none was.
    overall: Option<f64>,
    /// By dimension, all six always present; null when no rule of it ran.
    dimensions: IndexMap<Dimension, Option<f64>>,
}

/// One rule's evidence in one source and column.
#[derive(Serialize, JsonSchema)]
struct FindingEntry {
    /// Code of the rule.
    code: &'static str,
    /// Name of the rule.
    name: &'static str,
    /// How bad it is.
    severity: Severity,
    /// The dimension that it counts against.
    dimension: Dimension,
    /// Name of the source.
    source: String,
    /// Original header, if one column is meant.
    column: Option<String>,
    /// Rows (cells, pairs, hours) that had everything the rule needs.
    checked: u64,
    /// Evidence that is not accepted.
    count: u64,
    /// Distinct groups.
    groups: u64,
    /// Distinct rows pointed at.
    rows: u64,
    /// `rows` over `checked`, rounded to six digits.
    rate: f64,
    /// Evidence that is new or reopened; equals `count` without a baseline and without `--only-changed-since`.
    new: u64,
    /// The worst severity of that; null where nothing is new.
    new_severity: Option<Severity>,
    /// When the oldest of its known evidence was first seen; null where none is known.
    #[schemars(extend("format" = "date-time"))]
    since: Option<String>,
    /// Evidence that an agreed exception covers.
    accepted: u64,
    /// Evidence by cleanup class, all three always present.
    safety: IndexMap<Safety, u64>,
    /// One sentence for people.
    message: String,
    /// Whether the config grants it a budget that it keeps, so that it does not fail the run.
    within_budget: bool,
    /// Why it is within or over budget; null when the config has none.
    budget: Option<String>,
    /// Identities of all its evidence, accepted rows included, sorted.
    fingerprints: Vec<String>,
    /// The first few rows.
    examples: Vec<Example>,
    /// Evidence that `examples` leaves out.
    examples_hidden: u64,
}

/// One row of evidence.
#[derive(Serialize, JsonSchema)]
struct Example {
    /// Path as given.
    file: Option<String>,
    /// 1-based data row in that file.
    row: Option<u64>,
    /// Physical line.
    line: Option<u64>,
    /// The record's own id.
    record_id: Option<String>,
    /// Source of the joined record.
    other_source: Option<String>,
    /// Id of the joined record.
    other_id: Option<String>,
    /// What stands there.
    value: Option<String>,
    /// What should stand there.
    suggested: Option<String>,
    /// What holds several rows together.
    group: Option<String>,
    /// 0 to 1; 1 for exact rules.
    confidence: f64,
    /// How much judgement the cleanup needs.
    safety: Safety,
    /// Why, in a few words.
    detail: String,
    /// Identity across exports.
    fingerprint: String,
    /// New, known, reopened or accepted.
    status: Status,
}

/// A rule that ran.
#[derive(Serialize, JsonSchema)]
struct Rule {
    /// Code.
    code: &'static str,
    /// Name.
    name: &'static str,
}

/// A rule that did not run.
#[derive(Serialize, JsonSchema)]
struct Skipped {
    /// Code.
    code: &'static str,
    /// Name.
    name: &'static str,
    /// What is missing, and the setting that would supply it.
    reason: String,
}

/// A rule that failed inside.
#[derive(Serialize, JsonSchema)]
struct Failed {
    /// Code.
    code: &'static str,
    /// Name.
    name: &'static str,
    /// What went wrong.
    error: String,
}

/// Pass or fail, and why.
#[derive(Serialize, JsonSchema)]
struct Verdict {
    /// Whether the run passes.
    passed: bool,
    /// The severity that fails a run, or `never`.
    fail_on: String,
    /// Why, in one sentence.
    why: String,
}

fn document(audit: &Audit, masker: &Masker<'_>) -> Document {
    let text = |text: &str| masker.text(text).into_owned();
    Document {
        schema: SCHEMA,
        tool: Tool { name: "leadlint", version: audit.version },
        as_of: audit.as_of.map(words::time),
        as_of_from: audit.as_of_from.to_owned(),
        owner: audit.owner.clone(),
        config_sha256: audit.config_sha256.clone(),
        sources: audit.sources.iter().map(|s| source(s, masker)).collect(),
        score: Score {
            overall: audit.score.overall.map(six_digits),
            dimensions: audit.score.dimensions.iter().map(|(d, score)| (*d, score.map(six_digits))).collect(),
        },
        findings: audit.findings.iter().map(|f| finding(f, audit, masker)).collect(),
        ran: audit.ran.iter().map(|&(code, name)| Rule { code, name }).collect(),
        skipped: audit
            .skipped
            .iter()
            .map(|s| Skipped { code: s.code, name: s.name, reason: text(&s.reason) })
            .collect(),
        failed: audit.failed.iter().map(|f| Failed { code: f.code, name: f.name, error: text(&f.error) }).collect(),
        metrics: metrics(&audit.metrics, masker),
        comparison: audit.comparison.as_ref().map(Comparison::of),
        exceptions: audit.exceptions.clone(),
        previous: audit.previous().cloned(),
        verdict: Verdict {
            passed: audit.verdict.passed,
            fail_on: audit.verdict.fail_on.clone(),
            why: text(&audit.verdict.why),
        },
        notes: audit.notes.iter().map(|n| text(n)).collect(),
        timings: audit.timings.as_ref().map(|t| t.iter().map(|(stage, ms)| (stage.clone(), six_digits(*ms))).collect()),
    }
}

fn source(source: &SourceSummary, masker: &Masker<'_>) -> Source {
    let text = |text: &str| masker.text(text).into_owned();
    Source {
        name: source.name.clone(),
        kind: source.kind,
        object: source.object,
        vendor: source.vendor.clone(),
        detected: text(&source.detected),
        rows: source.rows,
        columns: source.columns,
        files: source.files.iter().map(file).collect(),
        excluded: source
            .excluded
            .iter()
            .map(|one| ExcludedEntry { reason: one.reason, rows: one.rows, columns: one.columns.clone() })
            .collect(),
        system: source
            .system
            .iter()
            .map(|(field, column)| SystemEntry { field: *field, column: column.clone() })
            .collect(),
        roles: source
            .roles
            .iter()
            .map(|r| RoleEntry { role: r.role, column: r.column.clone(), found: r.found, why: text(&r.why) })
            .collect(),
        window: source.window.map(|(start, end)| Window {
            start: words::time(start),
            end: words::time(end),
            declared: source.window_declared,
        }),
        ignored: source.ignored.clone(),
        notes: source.notes.iter().map(|n| text(n)).collect(),
    }
}

fn file(file: &SourceFile) -> File {
    File {
        path: file.path.clone(),
        sha256: file.sha256.clone(),
        bytes: file.bytes,
        rows: file.rows,
        unreadable: file.unreadable,
        excluded: file.set_aside.len() as u64,
        declared_rows: file.declared_rows,
        encoding: file.dialect.map(|d| d.encoding.as_str()),
        delimiter: file.dialect.map(|d| char::from(d.delimiter)),
    }
}

fn finding(finding: &Finding, audit: &Audit, masker: &Masker<'_>) -> FindingEntry {
    let fingerprints = audit.evidence.fingerprints(finding.code, &finding.source, finding.column.as_deref());
    FindingEntry {
        code: finding.code,
        name: finding.name,
        severity: finding.severity,
        dimension: finding.dimension,
        source: finding.source.clone(),
        column: finding.column.clone(),
        checked: finding.checked,
        count: finding.count,
        groups: finding.groups,
        rows: finding.rows,
        rate: six_digits(finding.rate),
        new: finding.new,
        new_severity: finding.new_severity,
        since: finding.since.map(words::time),
        accepted: finding.accepted,
        safety: Safety::ALL.iter().map(|s| (*s, finding.safety.get(s).copied().unwrap_or(0))).collect(),
        message: masker.message(finding),
        within_budget: finding.within_budget,
        budget: finding.budget.as_deref().map(|b| masker.text(b).into_owned()),
        fingerprints,
        examples: finding.examples.iter().map(|row| example(row, masker)).collect(),
        examples_hidden: finding.examples_hidden,
    }
}

fn example(row: &EvidenceRow, masker: &Masker<'_>) -> Example {
    let shown = masker.row(row);
    Example {
        file: row.file.clone(),
        row: row.row,
        line: row.line,
        record_id: row.record_id.clone(),
        other_source: row.other_source.clone(),
        other_id: row.other_id.clone(),
        value: shown.value,
        suggested: shown.suggested,
        group: row.group.clone(),
        confidence: six_digits(row.confidence),
        safety: row.safety,
        detail: shown.detail,
        fingerprint: row.fingerprint.clone(),
        status: row.status,
    }
}

/// Six digits after the point: enough to compare, too few to show how a sum was ordered. JSON has no infinities.
pub(in crate::emit) fn six_digits(n: f64) -> f64 {
    if n.is_finite() { (n * 1e6).round() / 1e6 } else { 0.0 }
}

#[cfg(test)]
#[path = "../json_tests.rs"]
mod tests;
