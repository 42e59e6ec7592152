//! The names of cleaned exports. Names of members and sheets come from a file and are not trusted.

use std::collections::{BTreeMap, BTreeSet};

use super::{CHANGES, DELETES, MERGES};
use crate::load::Input;
use crate::model::SourceFile;

/// A name has at most this many bytes, which leaves room for a number and an extension.
const LENGTH: usize = 150;

/// Names in the folder, each given once. File systems may fold case.
#[derive(Debug)]
pub(super) struct Names {
    taken: BTreeSet<String>,
    /// The folder of each archive.
    folders: BTreeMap<String, String>,
}

impl Default for Names {
    fn default() -> Self {
        Self { taken: [CHANGES, MERGES, DELETES].map(str::to_owned).into(), folders: BTreeMap::new() }
    }
}

impl Names {
    /// The name of a cleaned export, with a number if another one has it already. Members of a zip stand in a folder of
    /// the zip's name; what is written as CSV though it was none says so by its extension.
    pub(super) fn take(&mut self, file: &SourceFile) -> String {
        let located = Input::locate(&file.path);
        let of_stdin = || file.path.strip_prefix('-').filter(|part| part.starts_with(['!', '#']));
        let part = located.as_ref().map_or_else(of_stdin, Input::part).unwrap_or_default().to_owned();
        let outer = file.path.strip_suffix(part.as_str()).unwrap_or(&file.path);
        let suffix = if file.dialect.is_none() { ".csv" } else { "" };
        let Some(member) = part.strip_prefix('!') else {
            return self.free(&safe(&format!("{}{}", last(outer), part.replacen('#', "-", 1))), suffix);
        };
        let folder = if let Some(folder) = self.folders.get(outer) {
            folder.clone()
        } else {
            let stem = last(outer).split('.').next().unwrap_or_default();
            let folder = self.free(&safe(stem), "");
            self.folders.insert(outer.to_owned(), folder.clone());
            folder
        };
        let name = safe(&last(member).replacen('#', "-", 1));
        self.free(&format!("{folder}/{name}"), suffix)
    }

    fn free(&mut self, name: &str, suffix: &str) -> String {
        let start = name.rfind('/').map_or(0, |at| at + 1);
        let dot =
            name[start..].char_indices().skip(1).find(|(_, c)| *c == '.').map_or(name.len(), |(at, _)| start + at);
        let mut free = format!("{name}{suffix}");
        let mut number = 2;
        while !self.taken.insert(free.to_lowercase()) {
            free = format!("{}-{number}{}{suffix}", &name[..dot], &name[dot..]);
            number += 1;
        }
        free
    }
}

/// The last component of a path; what stands behind a `#` is the name of a sheet, which may hold anything.
fn last(path: &str) -> &str {
    let end = path.find('#').unwrap_or(path.len());
    let start = path[..end].rfind(['/', '\\']).map_or(0, |at| at + 1);
    let name = &path[start..];
    if name == "-" { "stdin.csv" } else { name }
}

/// A name that stands for a file in this folder on any system.
fn safe(name: &str) -> String {
    let forbidden = |c: char| c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    let mut name: String = name.chars().map(|c| if forbidden(c) { '_' } else { c }).collect();
    if name.len() > LENGTH {
        let end = (0..=LENGTH).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
        name.truncate(end);
    }
    if name.chars().all(|c| matches!(c, '.' | ' ')) { "export".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::testing::file;

    #[test]
    fn names_are_unique_and_stay_in_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = |rest: &str| format!("{}/{rest}", folder.path().display());
        for name in ["WE.zip", "book.xlsx", "we.ZIP"] {
            std::fs::write(path(name), "x").unwrap();
        }
        let mut names = Names::default();
        let mut take = |rest: &str, text| names.take(&file(&path(rest), 1, text));
        assert_eq!(take("a/leads.csv.gz", true), "leads.csv.gz");
        assert_eq!(take("b/Leads.csv.gz", true), "Leads-2.csv.gz");
        assert_eq!(take("changes.csv", true), "changes-2.csv");
        assert_eq!(take("x.parquet", false), "x.parquet.csv");
        assert_eq!(take("book.xlsx#Sheet1", false), "book.xlsx-Sheet1.csv");
        assert_eq!(take("book.xlsx#../../a:b", false), "book.xlsx-.._.._a_b.csv");
        assert_eq!(take("WE.zip!sub/Lead.csv", true), "WE/Lead.csv");
        assert_eq!(take("WE.zip!Lead.csv", true), "WE/Lead-2.csv");
        assert_eq!(take("we.ZIP!Lead.csv", true), "we-2/Lead.csv");
        assert_eq!(take("WE.zip!..", true), "WE/export");
        assert_eq!(take("WE.zip!..\\..\\evil.csv", true), "WE/evil.csv");
        assert_eq!(take("WE.zip!b.xlsx#A/B", false), "WE/b.xlsx-A_B.csv");
        assert_eq!(names.take(&file("-", 1, true)), "stdin.csv");
        assert_eq!(names.take(&file("-!Lead.csv", 1, true)), "stdin/Lead.csv");
        assert!(names.take(&file(&"é".repeat(300), 1, true)).len() <= LENGTH);
    }
}
