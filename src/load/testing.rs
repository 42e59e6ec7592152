//! What the loader's tests share: files in a temporary folder, and short ways to look at a source.

use std::path::PathBuf;

use super::{Input, LoadOptions, SourceSpec, load};
use crate::model::{Role, Source};

/// A folder that goes when it is dropped.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn source(&self, name: &str, text: &str) -> Source {
        let path = self.write(name, text);
        load(&[SourceSpec::of(vec![Input::file(path)])], &LoadOptions::default()).unwrap().remove(0)
    }
}

/// The header of the column that plays a role.
pub(crate) fn role(source: &Source, role: Role) -> Option<&str> {
    source.role(role).map(|column| source.header(column))
}

/// A cell, by header and row.
pub(crate) fn cell<'s>(source: &'s Source, column: &str, row: usize) -> Option<&'s str> {
    source.frame.column(column).unwrap().str().unwrap().get(row)
}

/// Every role with the header of its column, in order: `id=Id email=E-Mail`.
pub(crate) fn roles(source: &Source) -> String {
    let found: Vec<String> = source.roles.iter().map(|b| format!("{}={}", b.role, source.header(b.column))).collect();
    found.join(" ")
}
