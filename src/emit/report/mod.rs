//! Reports: one file per format, and the list of them.
//!
//! To add a format: write `src/emit/report/NAME.rs` with a unit struct that implements [`Report`], and name it in
//! [`REPORTS`]. `--format`, `-o`, the error for unknown names and the snapshots over every sample then know it.

mod csv;
mod github;
mod gitlab;
pub(crate) mod html;
pub mod json;
mod junit;
pub(crate) mod markdown;
mod prometheus;
mod sarif;
pub(crate) mod table;

use super::{Error, View};
use crate::evidence::Audit;

/// What is known about a format without rendering one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportMeta {
    /// The name in `--format` and `-o`; also the name of its file here.
    pub name: &'static str,
    /// What it is for, in a few words.
    pub title: &'static str,
    /// The extension that its files usually have.
    pub extension: &'static str,
    /// Whether personal data is masked unless `--pii` says otherwise.
    pub masks: bool,
}

/// A format that an audit is reported in.
pub trait Report: Sync {
    /// What is known about the format.
    fn meta(&self) -> &'static ReportMeta;

    /// The report as bytes: the same audit and view give the same bytes.
    fn render(&self, audit: &Audit, view: &View) -> Result<Vec<u8>, Error>;

    /// Names of the pictures that may lie beside a report in a file: `NAME` as `STEM-NAME.svg`.
    fn beside(&self) -> &'static [&'static str] {
        &[]
    }

    /// The report as it lies in a folder, with the files that it links to. `stem` is the name of its own file without
    /// the extension.
    fn lay(&self, audit: &Audit, view: &View, _stem: &str) -> Result<Laid, Error> {
        Ok(Laid { report: self.render(audit, view)?, beside: Vec::new() })
    }
}

/// A report with the files beside it.
#[derive(Debug)]
pub struct Laid {
    /// The report.
    pub report: Vec<u8>,
    /// Pictures that it links to, by one of the names that [`Report::beside`] gives.
    pub beside: Vec<(&'static str, Vec<u8>)>,
}

/// The name of the file that holds a picture of the report `stem`.
pub(crate) fn picture_file(stem: &str, name: &str) -> String {
    format!("{stem}-{name}.svg")
}

/// Every report format, in the order in which help lists them.
pub const REPORTS: &[&dyn Report] = &[
    &table::Table,
    &json::Json,
    &markdown::Markdown,
    &html::Html,
    &csv::Csv,
    &sarif::Sarif,
    &junit::Junit,
    &github::Github,
    &gitlab::Gitlab,
    &prometheus::Prometheus,
];

/// The format of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Report> {
    REPORTS.iter().copied().find(|r| r.meta().name == name)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::emit::{Pii, testing};
    use crate::model::Severity;

    #[test]
    fn every_file_of_the_folder_is_registered() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/emit/report");
        let modules = testing::modules(&folder);
        for name in &modules {
            assert!(
                find(name).is_some(),
                "src/emit/report/{name}.rs is not in REPORTS; add it to src/emit/report/mod.rs"
            );
        }
        assert_eq!(modules.len(), REPORTS.len(), "a report has the name of its file");
    }

    #[test]
    fn every_format_renders_every_sample() {
        for report in REPORTS {
            let meta = report.meta();
            for (name, audit) in testing::samples() {
                let pii = if meta.masks { Pii::Mask } else { Pii::Show };
                let bytes = report.render(&audit, &testing::view(pii)).unwrap();
                assert_eq!(bytes, report.render(&audit, &testing::view(pii)).unwrap(), "the same bytes each time");
                let text = String::from_utf8(bytes).unwrap();
                assert!(text.ends_with('\n'), "{} ends with a line end", meta.name);
                insta::assert_snapshot!(format!("{}_{name}", meta.name), text);
            }
        }
    }

    #[test]
    fn every_format_names_what_failed_and_what_was_skipped() {
        let runs = regex::Regex::new(r"([A-Z]{3}\d{3}) to ([A-Z]{3}\d{3})").unwrap();
        for report in REPORTS {
            for (_, audit) in testing::samples() {
                let text = String::from_utf8(report.render(&audit, &testing::view(Pii::Show)).unwrap()).unwrap();
                for failed in &audit.failed {
                    assert!(text.contains(failed.code), "{} hides that {} failed", report.meta().name, failed.code);
                }
                for code in audit.skipped.iter().map(|s| s.code) {
                    let in_run = |run: regex::Captures<'_>| (&run[1]..=&run[2]).contains(&code);
                    let said = text.contains(code) || runs.captures_iter(&text).any(in_run);
                    assert!(said, "{} hides that {code} was skipped", report.meta().name);
                }
            }
        }
    }

    #[test]
    fn no_format_lets_masked_personal_data_through() {
        for report in REPORTS {
            for pii in [Pii::Mask, Pii::Hash] {
                let text = String::from_utf8(report.render(&testing::sample(), &testing::view(pii)).unwrap()).unwrap();
                for secret in testing::PERSONAL {
                    assert!(!text.contains(secret), "{} lets {secret} through", report.meta().name);
                }
                // Figures name no record.
                let names_records = report.meta().name != "prometheus";
                assert!(!names_records || text.contains("00Q5e000000018E"), "{} hides a record id", report.meta().name);
            }
        }
    }

    /// The numbers around ` of ` in each line that says how much it shows.
    fn said(text: &str) -> Vec<(u64, u64)> {
        let number = |word: &str| word.trim_start_matches("<p>").replace(',', "").parse::<u64>().ok();
        text.lines()
            .filter(|l| l.contains("findings shown"))
            .filter_map(|line| {
                let words: Vec<&str> = line.split_whitespace().collect();
                let of = words.iter().position(|w| *w == "of")?;
                Some((number(words[of - 1])?, number(words[of + 1])?))
            })
            .collect()
    }

    #[test]
    fn findings_shown_and_findings_said_to_be_hidden_are_all_findings() {
        let mut audit = testing::sample();
        let mut model = audit.findings.remove(2);
        // As bad as the other warning, so that formats which choose the worst keep the order.
        model.within_budget = false;
        for i in 0..333 {
            let mut finding = model.clone();
            finding.source = format!("source-{i:03}-end");
            audit.findings.insert(2 + i, finding);
        }
        for report in REPORTS {
            let text = String::from_utf8(report.render(&audit, &testing::view(Pii::Show)).unwrap()).unwrap();
            let shown = (0..333).filter(|i| text.contains(&format!("source-{i:03}-end"))).count() as u64;
            if matches!(report.meta().name, "json" | "csv" | "sarif" | "junit" | "gitlab" | "prometheus") {
                assert_eq!(shown, 333);
                continue;
            }
            let warnings = audit.of(Severity::Warning).count() as u64;
            let (at, of) = *said(&text).first().unwrap_or_else(|| panic!("{} says nothing", report.meta().name));
            assert_eq!((at, of), (shown, warnings), "{}", report.meta().name);
        }
    }

    #[test]
    fn a_report_on_huge_cells_stays_small() {
        let mut audit = testing::sample();
        let huge = "x y".repeat(400_000);
        for finding in &mut audit.findings {
            finding.message.clone_from(&huge);
            for example in &mut finding.examples {
                (example.value, example.suggested) = (Some(huge.clone()), Some(huge.clone()));
                example.detail.clone_from(&huge);
            }
        }
        for report in REPORTS.iter().filter(|r| r.meta().name != "json") {
            let size = report.render(&audit, &testing::view(Pii::Mask)).unwrap().len();
            // A page brings its style, its script, its charts and the pages of its rules.
            let most = if report.meta().name == "html" { 160_000 } else { 60_000 };
            assert!(size < most, "{} has {size} bytes", report.meta().name);
        }
    }
}
