//! What this audit knows of the things that people decide on: which records stand together, which evidence there is, and
//! what became of records that were merged since.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::build::MERGES;
use super::super::places::{Places, record_id, squeezed};
use super::file::Subject;
use super::records::Records;
use crate::config::options::Options;
use crate::evidence::fingerprint::Parts;
use crate::evidence::{Audit, EvidenceRow};
use crate::model::{Object, Source};
use crate::normalise::record_id as ids;
use crate::normalise::text::Text;

/// Headers, in one word, of columns that list the ids which a record had before it was merged.
const FORMER: [&str; 5] =
    ["hsmergedobjectids", "mergedobjectids", "mergedrecordids", "hscalculatedmergedvids", "mergedvids"];

/// A record: which source it is of, and its name.
type Record = (String, String);

/// What an audit knows of the things that people decide on.
#[derive(Debug, Default)]
pub struct Known {
    /// Code by fingerprint, of evidence that proposes a value.
    values: BTreeMap<String, &'static str>,
    /// The fingerprint that evidence has now, by the one that it had before its record was merged.
    former: BTreeMap<String, String>,
    /// Record by its key in a workbook.
    records: BTreeMap<String, Record>,
    /// Code and cluster of each record that a merge rule points at.
    clusters: BTreeMap<Record, (&'static str, usize)>,
    /// The name of a record now, by the one that it had before a merge.
    into: BTreeMap<Record, String>,
    /// What records are said to be of: the names of sources, or what their rows are.
    scopes: BTreeSet<String>,
}

impl Known {
    /// What `audit` of `sources` knows.
    #[must_use]
    pub fn new(audit: &Audit, sources: &[Arc<Source>], config: &Options) -> Self {
        let records = Records::new(config);
        let rows = audit.evidence.rows();
        let scopes = sources.iter().map(|source| Records::scope(source)).collect();
        let mut known = Self { into: merged(sources, &records), scopes, ..Self::default() };
        let mut before: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for (old, new) in &known.into {
            before.entry((&old.0, new)).or_default().push(&old.1);
        }
        let places = Places::new(sources);
        let mut groups: BTreeMap<(&'static str, &str, usize), Vec<Record>> = BTreeMap::new();
        let mut former = BTreeMap::new();
        for row in &rows {
            let Some(at) = places.source(&row.source) else { continue };
            let source = &sources[at];
            let scope = Records::scope(source);
            if MERGES.contains(&row.code) {
                let Some(id) = places.find(row).and_then(|(at, row)| record_id(&sources[at], row)) else { continue };
                let Some(name) = records.name(&scope, &id) else { continue };
                let group = row.group.as_deref().unwrap_or(&row.fingerprint);
                groups.entry((row.code, group, at)).or_default().push((scope, name));
                continue;
            }
            known.values.insert(row.fingerprint.clone(), row.code);
            let name = row.record_id.as_deref().and_then(|id| records.name(&scope, id));
            for old in name.iter().filter_map(|name| before.get(&(scope.as_str(), name.as_str()))).flatten() {
                former.extend(formerly(row, source, old, &records).map(|old| (old, row.fingerprint.clone())));
            }
        }
        known.former = former;
        known.unite(&groups);
        for (scope, name) in known.clusters.keys() {
            known.records.insert(records.key(scope, name), (scope.clone(), name.clone()));
        }
        known
    }

    /// Numbers the clusters: groups that share a record are one.
    fn unite(&mut self, groups: &BTreeMap<(&'static str, &str, usize), Vec<Record>>) {
        let mut numbers: Vec<usize> = Vec::new();
        let root = |numbers: &[usize], mut at: usize| {
            while numbers[at] != at {
                at = numbers[at];
            }
            at
        };
        for ((code, ..), members) in groups {
            let mut own = numbers.len();
            numbers.push(own);
            for member in members {
                match self.clusters.get(member) {
                    Some((_, other)) => {
                        let (a, b) = (root(&numbers, own), root(&numbers, *other));
                        own = a.min(b);
                        numbers[a.max(b)] = own;
                    }
                    None => drop(self.clusters.insert(member.clone(), (code, own))),
                }
            }
        }
        for (_, number) in self.clusters.values_mut() {
            *number = root(&numbers, *number);
        }
    }

    /// What records are said to be of.
    pub(super) fn scopes(&self) -> &BTreeSet<String> {
        &self.scopes
    }

    /// The record of a key in a workbook.
    pub(super) fn record(&self, key: &str) -> Option<&Record> {
        self.records.get(key)
    }

    /// Code and cluster of a record.
    pub(super) fn cluster(&self, record: &Record) -> Option<(&'static str, usize)> {
        self.clusters.get(record).copied()
    }

    /// Code and present fingerprint of evidence that proposes a value.
    pub(super) fn value(&self, fingerprint: &str) -> Option<(&'static str, &str)> {
        let now = self.former.get(fingerprint).map_or(fingerprint, String::as_str);
        self.values.get_key_value(now).map(|(now, code)| (*code, now.as_str()))
    }

    /// The name that a record has now.
    fn now<'a>(&'a self, scope: &str, name: &'a str) -> &'a str {
        let mut at = name;
        // Records may be merged again and again; a ring of them says nothing.
        for _ in 0..64 {
            match self.into.get(&(scope.to_owned(), at.to_owned())) {
                Some(next) => at = next,
                None => return at,
            }
        }
        name
    }

    /// What a decision is about in this audit; `None` where it meets nothing.
    #[must_use]
    pub fn resolve(&self, subject: &Subject) -> Option<Subject> {
        match subject {
            Subject::Value { fingerprint } => {
                self.value(fingerprint).map(|(_, now)| Subject::Value { fingerprint: now.to_owned() })
            }
            Subject::Pair { scope, low, high } => {
                let (low, high) = (self.now(scope, low), self.now(scope, high));
                let of = |name: &str| self.cluster(&(scope.clone(), name.to_owned()));
                let (a, b) = (of(low)?, of(high)?);
                (low != high && a.1 == b.1).then(|| Subject::pair(scope, low, high))
            }
        }
    }
}

/// The name that each record has now which was merged into another, as the exports tell.
fn merged(sources: &[Arc<Source>], records: &Records) -> BTreeMap<Record, String> {
    let mut into = BTreeMap::new();
    for source in sources {
        let scope = Records::scope(source);
        let mut add = |old: &str, new: &str| {
            if let (Some(old), Some(new)) = (records.name(&scope, old), records.name(&scope, new))
                && old != new
            {
                into.entry((scope.clone(), old)).or_insert(new);
            }
        };
        for gone in &source.gone {
            if let Some(new) = &gone.into {
                add(&gone.id, new);
            }
        }
        for column in source.columns().filter(|column| FORMER.contains(&squeezed(source.header(*column)).as_str())) {
            let Ok(text) = Text::new(&source.frame.columns()[column]) else { continue };
            for (row, cell) in (0..).zip(text.iter()) {
                let Some(cell) = cell.filter(|cell| !cell.trim().is_empty()) else { continue };
                let Some(id) = record_id(source, row) else { continue };
                for old in cell.split([';', ',']) {
                    // Some list when each was merged, behind a colon.
                    add(old.split(':').next().unwrap_or(old), &id);
                }
            }
        }
    }
    // Of records that stand in the export under their own id nothing is to be told.
    let standing: BTreeSet<Record> = sources
        .iter()
        .filter(|source| into.keys().any(|(scope, _): &Record| *scope == Records::scope(source)))
        .flat_map(|source| {
            let scope = Records::scope(source);
            let names = (0..source.height() as u32).filter_map(|row| records.name(&scope, &record_id(source, row)?));
            names.map(|name| (scope.clone(), name)).collect::<Vec<_>>()
        })
        .collect();
    into.retain(|old, _| !standing.contains(old));
    into
}

/// The fingerprint that a row of evidence had when its record had the id `old`.
fn formerly(row: &EvidenceRow, source: &Source, old: &str, records: &Records) -> Option<String> {
    let id = row.record_id.as_deref()?;
    let now = ids::canonical(id)?;
    let header = row.column.as_deref().unwrap_or_default();
    let role = source.frame.get_column_index(header).and_then(|column| source.role_of(column));
    let fields = [role.map_or(header, |role| role.as_str()), ""];
    fields.into_iter().find_map(|field| {
        let parts = |record| Parts {
            code: row.code,
            kind: source.kind.as_str(),
            object: source.object.map_or("", Object::as_str),
            source: if source.configured { source.name.as_str() } else { "" },
            record,
            field,
            value: row.value.as_deref().unwrap_or_default(),
        };
        // Whether these are the parts that it was taken of shows in its present one.
        (records.fingerprint(&parts(&now)) == row.fingerprint).then(|| records.fingerprint(&parts(old)))
    })
}
