//! What an earlier run found, read back: a JSON report or an evidence file.

use std::collections::BTreeSet;

use polars::prelude::{ParquetReader, SerReader};
use serde::Deserialize;

/// Name and version of the reports that can be read.
const REPORT: &str = "leadlint.report/1";
/// The columns of an evidence file that are needed.
const COLUMNS: [&str; 6] = ["code", "source", "column", "record_id", "fingerprint", "status"];

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A JSON report: it says which rules ran on what, and holds identities without records.
    Report,
    /// An evidence file: it has the record of each row, and says nothing of rules that found nothing.
    Evidence,
}

impl Form {
    /// What people call it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Report => "JSON report",
            Self::Evidence => "evidence file",
        }
    }
}

/// One row of evidence, as far as two runs are compared by it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Code of the rule.
    pub code: String,
    /// Identity across exports.
    pub fingerprint: String,
    /// Whether an agreed exception covers it; reports do not say it of single rows.
    pub accepted: bool,
    /// Name of the source.
    pub source: String,
    /// Original header, if one column is meant.
    pub column: Option<String>,
    /// The record's own id; reports do not have it.
    pub record: Option<String>,
}

/// What a run looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Codes of the rules that ran.
    pub ran: BTreeSet<String>,
    /// Name of each source, and what its rows are: kind and object.
    pub sources: Vec<(String, String)>,
}

/// What a run found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// What it was read from.
    pub form: Form,
    /// The clock of the run, as written; evidence files do not say it.
    pub as_of: Option<String>,
    /// What the run looked at; evidence files do not say it.
    pub scope: Option<Scope>,
    /// Its evidence, sorted.
    pub entries: Vec<Entry>,
    /// Of a report, the rows that an agreed exception covers: they are among the entries.
    pub accepted: u64,
}

#[derive(Deserialize)]
struct Report {
    as_of: Option<String>,
    sources: Vec<ReportSource>,
    findings: Vec<ReportFinding>,
    ran: Vec<ReportRule>,
}

#[derive(Deserialize)]
struct ReportSource {
    name: String,
    kind: String,
    object: Option<String>,
}

#[derive(Deserialize)]
struct ReportFinding {
    code: String,
    source: String,
    column: Option<String>,
    accepted: u64,
    fingerprints: Vec<String>,
}

#[derive(Deserialize)]
struct ReportRule {
    code: String,
}

#[derive(Deserialize)]
struct Row {
    code: String,
    source: String,
    column: Option<String>,
    record_id: Option<String>,
    fingerprint: String,
    status: String,
}

impl Row {
    fn entry(self) -> Entry {
        let accepted = self.status == "accepted";
        let Self { code, source, column, record_id, fingerprint, .. } = self;
        Entry { code, fingerprint, accepted, source, column, record: record_id }
    }
}

/// Reads a JSON report or an evidence file; which one it is, its bytes say.
///
/// # Errors
///
/// In words, what is wrong with a file that is neither.
pub fn read(bytes: &[u8]) -> Result<Snapshot, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.starts_with(b"PAR1") {
        return parquet(bytes).map(evidence);
    }
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return csv(bytes).map(evidence);
    }
    // A report is one object over many lines; of an evidence file each line is one.
    let first = bytes.trim_ascii_start().split(|byte| *byte == b'\n').next().unwrap_or_default();
    match serde_json::from_slice::<serde_json::Value>(first) {
        Ok(row) if row.get("schema").is_none() => ndjson(bytes).map(evidence),
        _ => report(bytes),
    }
}

fn evidence(mut entries: Vec<Entry>) -> Snapshot {
    entries.sort_unstable();
    Snapshot { form: Form::Evidence, as_of: None, scope: None, entries, accepted: 0 }
}

fn report(bytes: &[u8]) -> Result<Snapshot, String> {
    #[derive(Deserialize)]
    struct Named {
        schema: Option<String>,
    }
    let named: Named = serde_json::from_slice(bytes).map_err(|error| format!("it is damaged JSON: {error}"))?;
    let ours = |schema: &str| schema.strip_prefix(REPORT).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    match &named.schema {
        Some(schema) if ours(schema) => {}
        Some(schema) => return Err(format!("its schema is `{schema}`, and this program reads `{REPORT}`")),
        None => return Err(format!("it has no `schema`; a report says `\"schema\": \"{REPORT}\"`")),
    }
    let report: Report = serde_json::from_slice(bytes)
        .map_err(|error| format!("it is a damaged {}: {error}", named.schema.unwrap_or_default()))?;
    let accepted = report.findings.iter().map(|finding| finding.accepted).sum();
    let mut entries: Vec<Entry> = Vec::new();
    for finding in report.findings {
        for fingerprint in finding.fingerprints {
            entries.push(Entry {
                code: finding.code.clone(),
                fingerprint,
                accepted: false,
                source: finding.source.clone(),
                column: finding.column.clone(),
                record: None,
            });
        }
    }
    entries.sort_unstable();
    let what = |source: &ReportSource| match &source.object {
        Some(object) => format!("{} {object}", source.kind),
        None => source.kind.clone(),
    };
    let scope = Scope {
        ran: report.ran.into_iter().map(|rule| rule.code).collect(),
        sources: report.sources.iter().map(|source| (source.name.clone(), what(source))).collect(),
    };
    Ok(Snapshot { form: Form::Report, as_of: report.as_of, scope: Some(scope), entries, accepted })
}

fn ndjson(bytes: &[u8]) -> Result<Vec<Entry>, String> {
    let lines = bytes.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.trim_ascii().is_empty());
    lines
        .map(|(at, line)| {
            let row: Row = serde_json::from_slice(line)
                .map_err(|error| format!("line {} is no row of evidence: {error}", at + 1))?;
            Ok(row.entry())
        })
        .collect()
}

fn csv(bytes: &[u8]) -> Result<Vec<Entry>, String> {
    let mut reader = ::csv::ReaderBuilder::new().from_reader(bytes);
    let header = reader.headers().map_err(|error| format!("it is no CSV: {error}"))?.clone();
    let place = |name: &str| header.iter().position(|one| one == name);
    let lacks: Vec<&str> = COLUMNS.into_iter().filter(|name| place(name).is_none()).collect();
    if !lacks.is_empty() {
        return Err(format!(
            "it is neither a JSON report nor an evidence file: it has no column `{}`",
            lacks.join("`, `")
        ));
    }
    let places = COLUMNS.map(|name| place(name).unwrap_or_default());
    let mut entries = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| format!("it is damaged: {error}"))?;
        let cell = |at: usize| record.get(places[at]).unwrap_or_default().to_owned();
        let filled = |at: usize| Some(cell(at)).filter(|cell| !cell.is_empty());
        let (code, source, column, record_id) = (cell(0), cell(1), filled(2), filled(3));
        entries.push(Row { code, source, column, record_id, fingerprint: cell(4), status: cell(5) }.entry());
    }
    Ok(entries)
}

fn parquet(bytes: &[u8]) -> Result<Vec<Entry>, String> {
    let damaged = |error: polars::prelude::PolarsError| format!("it is no evidence file: {error}");
    let columns = COLUMNS.map(str::to_owned).to_vec();
    let frame =
        ParquetReader::new(std::io::Cursor::new(bytes)).with_columns(Some(columns)).finish().map_err(damaged)?;
    let texts: Vec<_> = COLUMNS
        .iter()
        .map(|name| frame.column(name).and_then(|column| column.str().cloned()).map_err(damaged))
        .collect::<Result<_, _>>()?;
    let cell = |of: usize, row: usize| texts[of].get(row).map(str::to_owned);
    let filled = |of: usize, row: usize| cell(of, row).unwrap_or_default();
    Ok((0..frame.height())
        .map(|row| {
            let (code, source, column, record_id) = (filled(0, row), filled(1, row), cell(2, row), cell(3, row));
            Row { code, source, column, record_id, fingerprint: filled(4, row), status: filled(5, row) }.entry()
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSV: &str = "code,source,column,file,row,line,record_id,fingerprint,status\n\
        DUP001,lead,Email,a.csv,2,3,00Q2,ff,new\nDUP001,lead,,a.csv,1,2,,aa,accepted\n";

    #[test]
    fn evidence_reads_the_same_from_csv_and_ndjson() {
        let csv = read(CSV.as_bytes()).unwrap();
        let ndjson = "{\"code\":\"DUP001\",\"source\":\"lead\",\"column\":\"Email\",\"record_id\":\"00Q2\",\"fingerprint\":\"ff\",\"status\":\"new\"}\n\
            {\"code\":\"DUP001\",\"source\":\"lead\",\"column\":null,\"record_id\":null,\"fingerprint\":\"aa\",\"status\":\"accepted\"}\n";
        assert_eq!(read(ndjson.as_bytes()).unwrap(), csv);
        assert_eq!(csv.form, Form::Evidence);
        assert_eq!(csv.entries[0].fingerprint, "aa");
        assert!(csv.entries[0].accepted && csv.entries[0].column.is_none());
        assert_eq!(csv.entries[1].record.as_deref(), Some("00Q2"));
    }

    #[test]
    fn what_is_neither_is_said() {
        for (text, said) in [
            ("Id,Email\n1,a\n", "no column `code`"),
            ("{\"schema\":\"leadlint.report/2\"}", "`leadlint.report/2`"),
            ("{\"schema\":\"leadlint.report/1\"}", "damaged leadlint.report/1"),
            ("{\"a\":1}\n", "line 1 is no row"),
            ("{\n\"a\":1}\n", "no `schema`"),
            ("{\n", "damaged JSON"),
            ("PAR1", "no evidence file"),
            ("", "no column"),
        ] {
            let error = read(text.as_bytes()).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
