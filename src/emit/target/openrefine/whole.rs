//! Merges, whole or not at all: a record that goes takes what it says with it, so the survivor must have it first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::export::{Export, NO_ID, UNCERTAIN_HEADER};
use crate::emit::target::csv::{FileAt, file_at};
use crate::model::Source;
use crate::plan::{Merge, Operation, Place, Plan, consent_columns};

/// The merges that no operations are written for.
pub(super) struct Withheld {
    /// By source and row of the survivor, with the files that the merge is about, and why.
    merges: BTreeMap<(usize, u32), (BTreeSet<FileAt>, String)>,
}

impl Withheld {
    pub(super) fn new(
        plan: &Plan,
        sources: &[Arc<Source>],
        exports: &BTreeMap<FileAt, Result<Export, String>>,
    ) -> Self {
        let consent: Vec<Vec<usize>> = sources.iter().map(|source| consent_columns(source)).collect();
        // Headers that are written on each record: a merge counts on consent that is mended.
        let mut written: BTreeMap<(usize, u32), BTreeSet<&str>> = BTreeMap::new();
        for operation in &plan.operations {
            let own = match operation {
                Operation::Merge(_) => true,
                Operation::Set(set) => consent[set.at.source].contains(&set.column),
                Operation::Delete(_) => false,
            };
            let at = operation.place();
            let headers = operation.cells().filter(|_| own).map(|(_, header, ..)| header);
            written.entry((at.source, at.row)).or_default().extend(headers);
        }
        let refuses = |place: &Place, goes: bool| {
            let headers = written.get(&(place.source, place.row)).filter(|headers| !headers.is_empty());
            if !goes && headers.is_none() {
                return None;
            }
            let Some(Ok(export)) = exports.get(&file_at(place, sources)) else {
                return Some("one of its records stands in an export that gets no operations");
            };
            if export.at(place.file_row).and_then(|at| export.id(at)).is_none() {
                return Some(NO_ID);
            }
            headers.into_iter().flatten().any(|header| !export.is_plain(header)).then_some(UNCERTAIN_HEADER)
        };
        let withheld = |merge: &Merge| {
            let mut going = merge.losers.iter();
            let why = refuses(&merge.survivor, false).or_else(|| going.find_map(|place| refuses(place, true)))?;
            let places = std::iter::once(&merge.survivor).chain(&merge.losers);
            let files = places.map(|place| file_at(place, sources)).collect();
            let why = format!("a merge is done whole or not at all: {why}");
            Some(((merge.survivor.source, merge.survivor.row), (files, why)))
        };
        Self { merges: plan.merges().filter_map(withheld).collect() }
    }

    /// Whether operations are written for `operation`.
    pub(super) fn holds(&self, operation: &Operation) -> bool {
        let Operation::Merge(Merge { survivor, .. }) = operation else { return true };
        !self.merges.contains_key(&(survivor.source, survivor.row))
    }

    /// Why merges with records of a file are left out.
    pub(super) fn of(&self, source: usize, index: usize) -> impl Iterator<Item = &str> {
        let of_file = move |(files, _): &'_ (BTreeSet<FileAt>, String)| files.contains(&(source, index));
        self.merges.values().filter(move |one| of_file(one)).map(|(_, why)| why.as_str())
    }
}
