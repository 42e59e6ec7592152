//! The CSV report: a row for the verdict, each finding, each rule that did not run or failed, each source and note.
//!
//! UTF-8 without a byte order mark, comma, LF, every row with every column. It has no personal data but what messages
//! and record ids hold; the rows behind a finding are what `--evidence` is for.

use csv::{QuoteStyle, WriterBuilder};

use super::{Report, ReportMeta};
use crate::emit::mask::Masker;
use crate::emit::{Error, View, text, words};
use crate::evidence::{Audit, EvidenceRow, Finding, SourceSummary};
use crate::model::Safety;

/// The `csv` format.
#[derive(Debug)]
pub(super) struct Csv;

const META: ReportMeta = ReportMeta {
    name: "csv",
    title: "a row per finding, skipped rule, source and note, for spreadsheets; formulas are defused with a leading '",
    extension: "csv",
    masks: false,
};

const COLUMNS: [&str; 21] = [
    "kind",
    "code",
    "name",
    "severity",
    "dimension",
    "source",
    "column",
    "checked",
    "count",
    "rows",
    "groups",
    "rate",
    "new",
    "accepted",
    "safe",
    "review",
    "manual",
    "within_budget",
    "message",
    "records",
    "records_hidden",
];

/// The most graphemes of one cell; a longer one ends in an ellipsis.
const LONGEST: usize = 1000;

impl Report for Csv {
    fn meta(&self) -> &'static ReportMeta {
        &META
    }

    fn render(&self, audit: &Audit, view: &View) -> Result<Vec<u8>, Error> {
        let masker = Masker::new(audit, view);
        let said = |text: &str| masker.text(text).into_owned();
        let mut writer = WriterBuilder::new().quote_style(QuoteStyle::Necessary).from_writer(Vec::new());
        let failed = |e: &csv::Error| Error::render(META.name, e);
        writer.write_record(COLUMNS).map_err(|e| failed(&e))?;
        let mut rows = vec![Row {
            kind: "verdict",
            name: if audit.verdict.passed { "passed" } else { "failed" }.to_owned(),
            message: said(&audit.verdict.why),
            ..Row::default()
        }];
        rows.extend(audit.failed.iter().map(|rule| Row {
            kind: "failed",
            code: rule.code,
            name: rule.name.to_owned(),
            message: said(&rule.error),
            ..Row::default()
        }));
        rows.extend(audit.findings.iter().map(|finding| Row::finding(finding, &masker)));
        rows.extend(audit.skipped.iter().map(|rule| Row {
            kind: "skipped",
            code: rule.code,
            name: rule.name.to_owned(),
            message: said(&rule.reason),
            ..Row::default()
        }));
        for source in &audit.sources {
            rows.push(Row::source(source, &said(&source.detected)));
            rows.extend(source.notes.iter().map(|note| Row {
                kind: "note",
                source: source.name.clone(),
                message: said(note),
                ..Row::default()
            }));
            rows.extend(source.ignored.iter().map(|header| Row {
                kind: "note",
                source: source.name.clone(),
                column: header.clone(),
                message: "no rule looked at this column: the config asks to ignore it".to_owned(),
                ..Row::default()
            }));
        }
        rows.extend(audit.notes.iter().map(|note| Row { kind: "note", message: said(note), ..Row::default() }));
        for row in rows {
            writer.write_record(row.cells()).map_err(|e| failed(&e))?;
        }
        writer.into_inner().map_err(|e| Error::render(META.name, &e))
    }
}

/// One row; what does not apply is empty.
#[derive(Default)]
struct Row {
    kind: &'static str,
    code: &'static str,
    name: String,
    severity: &'static str,
    dimension: &'static str,
    source: String,
    column: String,
    checked: Option<u64>,
    counts: Option<[u64; 8]>,
    rate: Option<f64>,
    within_budget: Option<bool>,
    message: String,
    records: String,
    records_hidden: Option<u64>,
}

impl Row {
    fn finding(finding: &Finding, masker: &Masker<'_>) -> Self {
        let class = |safety| finding.safety.get(&safety).copied().unwrap_or(0);
        let records: Vec<String> = finding.examples.iter().filter_map(record).collect();
        Self {
            kind: "finding",
            code: finding.code,
            name: finding.name.to_owned(),
            severity: finding.severity.as_str(),
            dimension: finding.dimension.as_str(),
            source: finding.source.clone(),
            column: finding.column.clone().unwrap_or_default(),
            checked: Some(finding.checked),
            counts: Some([
                finding.count,
                finding.rows,
                finding.groups,
                finding.new,
                finding.accepted,
                class(Safety::Safe),
                class(Safety::Review),
                class(Safety::Manual),
            ]),
            rate: Some(finding.rate),
            within_budget: Some(finding.within_budget),
            message: masker.message(finding),
            records: records.join(" "),
            records_hidden: Some(finding.examples_hidden),
        }
    }

    fn source(source: &SourceSummary, detected: &str) -> Self {
        let files: Vec<&str> = source.files.iter().map(|file| file.path.as_str()).collect();
        let unreadable: u64 = source.files.iter().map(|file| file.unreadable).sum();
        Self {
            kind: "source",
            name: source.vendor.clone(),
            source: source.name.clone(),
            checked: Some(source.rows),
            message: format!(
                "{} read from {}; {} unreadable; {detected}",
                words::plural(source.rows, "row"),
                files.join(" and "),
                words::number(unreadable)
            ),
            ..Self::default()
        }
    }

    /// The cells in the order of [`COLUMNS`].
    fn cells(self) -> [String; 21] {
        let number = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
        let count = |at: usize| number(self.counts.map(|counts| counts[at]));
        [
            self.kind.to_owned(),
            self.code.to_owned(),
            defused(&self.name),
            self.severity.to_owned(),
            self.dimension.to_owned(),
            defused(&self.source),
            defused(&self.column),
            number(self.checked),
            count(0),
            count(1),
            count(2),
            self.rate.map(|rate| format!("{rate:.6}")).unwrap_or_default(),
            count(3),
            count(4),
            count(5),
            count(6),
            count(7),
            self.within_budget.map(|within| within.to_string()).unwrap_or_default(),
            defused(&self.message),
            defused(&self.records),
            number(self.records_hidden),
        ]
    }
}

/// How people find the row again: its record id, else its line or row.
fn record(row: &EvidenceRow) -> Option<String> {
    let id = row.record_id.as_ref().map(|id| text::line(id, 60));
    id.or_else(|| row.line.map(|line| format!("line:{line}"))).or_else(|| row.row.map(|row| format!("row:{row}")))
}

/// A cell that a spreadsheet shows and never runs: on one line, with `'` before what would begin a formula. Where lists
/// are separated by semicolons, a spreadsheet cuts cells there, so what follows one is a beginning as well.
fn defused(cell: &str) -> String {
    let shown = text::line(cell, LONGEST);
    let mut out = String::with_capacity(shown.len() + 1);
    let mut begins = true;
    for c in shown.chars() {
        if begins && matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') {
            out.push('\'');
        }
        begins = c == ';' || begins && (c.is_whitespace() || matches!(c, '⇥' | '⏎' | '"'));
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::emit::{Pii, testing};

    fn table(audit: &Audit) -> Vec<Vec<String>> {
        let bytes = Csv.render(audit, &testing::view(Pii::Show)).unwrap();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    /// What a spreadsheet would run.
    fn runs(cell: &str) -> bool {
        cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
    }

    #[test]
    fn nothing_is_left_out() {
        let audit = testing::sample();
        let rows = table(&audit);
        let of = |kind: &str| rows.iter().filter(|row| row[0] == kind).count();
        assert_eq!((of("verdict"), of("finding")), (1, audit.findings.len()));
        assert_eq!((of("skipped"), of("source")), (audit.skipped.len(), audit.sources.len()));
        assert_eq!(of("note"), 1 + 2, "of the audit, of a source, of an ignored column");
        let count: u64 = rows.iter().filter(|row| row[0] == "finding").map(|row| row[8].parse::<u64>().unwrap()).sum();
        assert_eq!(count, audit.findings.iter().map(|finding| finding.count).sum::<u64>());
        let failed = table(&testing::failed());
        assert!(failed.iter().any(|row| row[0] == "failed" && row[1] == "DRF002"));
    }

    #[test]
    fn formulas_are_defused_and_nothing_else_is() {
        for (cell, shown) in [
            ("=1+1", "'=1+1"),
            ("@x", "'@x"),
            ("  -2", "  '-2"),
            ("\t=x", "⇥'=x"),
            ("a;=x", "a;'=x"),
            ("＝x", "'＝x"),
            ("a=b - c", "a=b - c"),
            ("12 of 4,310 leads", "12 of 4,310 leads"),
        ] {
            assert_eq!(defused(cell), shown);
        }
    }

    proptest! {
        #[test]
        fn no_cell_runs(text in "[=+@;\t\r\n\" ,'a-]{0,12}|\\PC{0,12}") {
            let mut audit = testing::sample();
            audit.findings[0].message.clone_from(&text);
            audit.findings[0].source.clone_from(&text);
            audit.findings[0].column = Some(text.clone());
            audit.findings[0].examples[0].record_id = Some(text.clone());
            audit.sources[0].detected.clone_from(&text);
            audit.notes.push(text.clone());
            let bytes = Csv.render(&audit, &testing::view(Pii::Show)).unwrap();
            let lines = String::from_utf8(bytes).unwrap().lines().count();
            let rows = table(&audit);
            prop_assert_eq!(lines, rows.len() + 1, "a row is a line");
            for cell in rows.iter().flatten() {
                prop_assert!(!runs(cell), "{cell:?}");
                prop_assert!(cell.split(';').all(|part| !runs(part)), "{cell:?}");
            }
        }
    }
}
