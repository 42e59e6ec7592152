//! Where platforms are told that something is: a path from the folder of the run, and a line.

use super::text;
use crate::evidence::{Audit, EvidenceRow, Finding};

/// What workbooks end in: a part of one is named after `#`.
const WORKBOOKS: [&str; 5] = [".xlsx", ".xlsb", ".xls", ".ods", ".xlsm"];

/// A file, the part of it that is meant, and the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The file on disk: `exports/chats.zip`, with `/` and without `./`.
    pub(crate) file: String,
    /// The member or sheet in it: `conversations.json`, `Sheet1`.
    pub(crate) part: Option<String>,
    /// Physical line; the row of the sheet in a workbook.
    pub(crate) line: Option<u64>,
}

impl Spot {
    /// Where the file with this path, as reports show it, is.
    pub(crate) fn of_file(path: &str) -> Self {
        let (file, part) = split(path);
        let file = file.replace('\\', "/");
        Self {
            file: file.trim_start_matches("./").to_owned(),
            part: part.map(str::to_owned).filter(|part| !part.is_empty()),
            line: None,
        }
    }

    /// Where a row of evidence is; of what points at no row, where its finding is.
    pub(crate) fn of_row(row: &EvidenceRow, finding: &Finding, audit: &Audit) -> Self {
        match &row.file {
            Some(file) => Self { line: row.line, ..Self::of_file(file) },
            None => Self::of_finding(finding, audit),
        }
    }

    /// Where a finding is that points at no row: at the first file of its source; one about the audit itself at the
    /// config, and without one at the first file that was read.
    pub(crate) fn of_finding(finding: &Finding, audit: &Audit) -> Self {
        let own = audit.sources.iter().find(|source| source.name == finding.source);
        let first = |source: &crate::evidence::SourceSummary| source.files.first().map(|file| file.path.clone());
        let path = own
            .and_then(first)
            .or_else(|| audit.config.clone())
            .or_else(|| audit.sources.iter().find_map(first))
            .unwrap_or_else(|| "leadlint.toml".to_owned());
        Self::of_file(&path)
    }
}

/// A path as reports show it, cut where a member of an archive or a sheet begins.
fn split(path: &str) -> (&str, Option<&str>) {
    let lower = path.to_ascii_lowercase();
    let ends = |at: usize, endings: &[&str]| endings.iter().any(|ending| lower[..at].ends_with(ending));
    for (at, c) in path.char_indices() {
        if (c == '!' && ends(at, &[".zip"])) || (c == '#' && ends(at, &WORKBOOKS)) {
            return (&path[..at], Some(&path[at + 1..]));
        }
    }
    (path, None)
}

/// A path as a URI reference: what may not stand in one is percent-encoded; an absolute path becomes a `file:` URI.
pub(crate) fn uri(path: &str) -> String {
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
    let mut out = String::with_capacity(path.len() + 8);
    if drive {
        out.push_str("file:///");
    } else if path.starts_with('/') {
        out.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => out.push(char::from(byte)),
            // A colon in the first part of a relative path would read as a scheme.
            b':' if drive && out.len() == "file:///".len() + 1 => out.push(':'),
            other => {
                let hex = format!("%{other:02X}");
                out.push_str(&hex);
            }
        }
    }
    out
}

/// A path on one line, for places that show it to people.
pub(crate) fn shown(path: &str) -> String {
    text::line(path, 240)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_of_archives_and_workbooks_are_cut_off() {
        let of = |path: &str| {
            let spot = Spot::of_file(path);
            (spot.file, spot.part.unwrap_or_default())
        };
        let pair = |file: &str, part: &str| (file.to_owned(), part.to_owned());
        assert_eq!(of("exports/chats.zip!a/b.json"), pair("exports/chats.zip", "a/b.json"));
        assert_eq!(of("./book.XLSX#Sheet #1"), pair("book.XLSX", "Sheet #1"));
        assert_eq!(of("all.zip!book.xlsx#Leads"), pair("all.zip", "book.xlsx#Leads"));
        assert_eq!(of("leads #1!.csv"), pair("leads #1!.csv", ""));
        assert_eq!(of(r"exports\leads.csv"), pair("exports/leads.csv", ""));
    }

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("exports/leads #1.csv"), "exports/leads%20%231.csv");
        assert_eq!(uri("a:b.csv"), "file:///a:b.csv");
        assert_eq!(uri("ab:c.csv"), "ab%3Ac.csv");
        assert_eq!(uri("/srv/ü.csv"), "file:///srv/%C3%BC.csv");
        assert_eq!(uri("C:/a:b.csv"), "file:///C:/a%3Ab.csv");
    }

    proptest! {
        #[test]
        fn any_path_is_a_uri_of_plain_characters(path in any::<String>()) {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_.~/%:".contains(c);
            prop_assert!(uri(&path).chars().all(plain), "{}", uri(&path));
        }
    }
}
