//! Reports: one file per format, and the list of them.
//!
//! To add a format: write `src/emit/report/NAME.rs` with a unit struct that implements [`Report`], and name it in
//! [`REPORTS`]. `--format`, `-o`, the error for unknown names and the snapshots over every sample then know it.

pub mod json;
mod markdown;
mod table;

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
}

/// Every report format, in the order in which help lists them.
pub const REPORTS: &[&dyn Report] = &[&table::Table, &json::Json, &markdown::Markdown];

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
        for report in REPORTS {
            for (_, audit) in testing::samples() {
                let text = String::from_utf8(report.render(&audit, &testing::view(Pii::Show)).unwrap()).unwrap();
                for failed in &audit.failed {
                    assert!(text.contains(failed.code), "{} hides that {} failed", report.meta().name, failed.code);
                }
                for skipped in &audit.skipped {
                    assert!(
                        text.contains(skipped.code),
                        "{} hides that {} was skipped",
                        report.meta().name,
                        skipped.code
                    );
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
                assert!(text.contains("00Q5e000000018E"), "{} hides a record id", report.meta().name);
            }
        }
    }
}
