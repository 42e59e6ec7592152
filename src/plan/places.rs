//! From evidence back to rows of frames, and which rows a plan may touch at all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::operation::Place;
use crate::evidence::EvidenceRow;
use crate::matching::spelling;
use crate::model::{Role, Source};

/// Finds the row that evidence points at.
pub(super) struct Places<'a> {
    sources: &'a [Arc<Source>],
    by_name: BTreeMap<&'a str, usize>,
    files: Vec<BTreeMap<&'a str, usize>>,
}

impl<'a> Places<'a> {
    pub(super) fn new(sources: &'a [Arc<Source>]) -> Self {
        let files = sources.iter().map(|source| {
            let mut files: BTreeMap<&str, usize> = BTreeMap::new();
            let mut twice = BTreeSet::new();
            for (at, file) in source.files.iter().enumerate() {
                if files.insert(&file.path, at).is_some() {
                    twice.insert(file.path.as_str());
                }
            }
            // Evidence names the path only, so rows of a file that was read twice cannot be told apart.
            files.retain(|path, _| !twice.contains(path));
            files
        });
        Self {
            by_name: sources.iter().enumerate().map(|(at, source)| (source.name.as_str(), at)).collect(),
            files: files.collect(),
            sources,
        }
    }

    /// The source at a position.
    pub(super) fn of(&self, source: usize) -> &'a Source {
        &self.sources[source]
    }

    /// Position of the source of that name.
    pub(super) fn source(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Source and frame row that `row` points at; `None` where it means a file, a column or the audit as a whole.
    pub(super) fn find(&self, row: &EvidenceRow) -> Option<(usize, u32)> {
        let at = self.source(&row.source)?;
        let source = &self.sources[at];
        let file = &source.files[*self.files[at].get(row.file.as_deref()?)?];
        let (from, to) = (file.first_row as usize, file.first_row as usize + file.rows as usize);
        let wanted = u32::try_from(row.row?).ok()?;
        let found = source.origin.row.get(from..to)?.binary_search(&wanted).ok()?;
        Some((at, (from + found) as u32))
    }

    /// Where frame row `row` of source `source` stands.
    pub(super) fn place(&self, source: usize, row: u32) -> Place {
        let of = &self.sources[source];
        let at = row as usize;
        let line = of.origin.line.get(at).copied().unwrap_or_default();
        Place {
            source,
            row,
            file: of.files.get(of.file_of(row)).map(|file| file.path.clone()).unwrap_or_default(),
            file_row: u64::from(of.origin.row.get(at).copied().unwrap_or_default()),
            line: (line > 0).then_some(u64::from(line)),
            record: record_id(of, row),
        }
    }
}

/// The record id that row `row` carries, as it stands there.
pub(super) fn record_id(source: &Source, row: u32) -> Option<String> {
    let column = source.roles.iter().find(|binding| binding.role == Role::Id)?.column;
    let id = cell(source, column, row)?;
    (!id.trim().is_empty()).then(|| id.to_owned())
}

/// The cell of column `column` in row `row`.
pub(super) fn cell(source: &Source, column: usize, row: u32) -> Option<&str> {
    source.frame.columns().get(column)?.as_materialized_series().str().ok()?.get(row as usize)
}

/// A header in one word: lower case, letters and digits only.
pub(super) fn squeezed(header: &str) -> String {
    spelling::words(header).concat().chars().filter(|c| c.is_alphanumeric()).collect()
}
