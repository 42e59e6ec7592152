//! Facts: summaries over everything that is loaded. Given the facts, a rule may look at any part that keeps its scope
//! together and says the same as over the whole. What only some rules need is worked out when the first of them asks.

use std::sync::Arc;

use chrono::{DateTime, TimeZone, Utc};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::agreement::{Inferred, Matrix};
use super::clock::DayProfile;
use super::column_facts::Columns;
use super::declared::{Declared, Known};
use super::grain::{self, Grain};
use super::inference::Inference;
use super::keys::KeyName;
use super::links::Links;
use super::mapped::{self, Mapping};
use super::once::Once;
use super::owner_history::OwnerHistory;
use super::phone::PhoneFacts;
use super::precision::Precision;
use super::proof::{Proof, prove};
use super::system_users::SystemUsers;
use super::table::Table;
use super::tags::TagFacts;
use super::timestamp::Times;
use super::users::Users;
use crate::config::options::{DriftOptions, Options};
use crate::model::{Baseline, Role};

/// How the clock is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// From the exports.
    Export,
    /// The run's own clock.
    Now,
    /// A time that the user gave.
    Given(DateTime<Utc>),
}

/// What is known of one source as a whole.
#[derive(Debug)]
pub struct SourceFacts {
    /// Rows in the frame.
    pub rows: u64,
    /// Its columns.
    pub columns: Columns,
    /// First and last created, started or logged time up to the clock, in microseconds since 1970, or what the config
    /// says is covered.
    pub window: Option<(i64, i64)>,
    /// Whether the config says it.
    pub window_declared: bool,
    /// Rows that could not be read, over all files.
    pub unreadable: u64,
    /// Rows whose record id stands on another row of the same file too.
    pub repeated_id_rows: u64,
    phones: Once<PhoneFacts>,
    tags: Once<TagFacts>,
    /// Rows whose created, started or logged time lies outside of what the config says is covered.
    pub uncovered: u64,
    /// What a row is.
    pub grain: Grain,
    /// Whether repeated ids are no fault: a row is an event of a record, or most ids repeat.
    pub is_history: bool,
    /// Users whose edits are not people's.
    pub system_users: SystemUsers,
    /// How finely the times are stamped that the sync is measured by: the end of chats (else their start), the creation
    /// of records, the entries of a log.
    pub precision: Precision,
    owners: Once<Vec<(String, u64)>>,
    /// The whole source.
    table: Table,
}

/// What is known of the run as a whole.
#[derive(Debug)]
pub struct Facts {
    /// The clock, in microseconds since 1970; `None` when no source has a usable time.
    pub as_of: Option<i64>,
    /// `export`, `now` or `given`.
    pub as_of_from: &'static str,
    /// By source.
    pub sources: Vec<SourceFacts>,
    /// The people who work with the records.
    pub users: Users,
    /// Who owned records before, as far as a history is loaded.
    pub owners: OwnerHistory,
    /// Which chat made or touched which record; `None` where there are no chats or no people.
    pub links: Option<Links>,
    /// The `[[mapping]]` entries of the config, in its order.
    pub mappings: Vec<Mapping>,
    /// Of those whose both sides are loaded, whether what chats said stands where it is meant to.
    pub proofs: Vec<Proof>,
    inference: Inference,
    /// What else the config declares, held against the exports.
    pub declared: Declared,
    /// What an earlier run left to compare with, where the run is given one.
    pub baseline: Option<Arc<Baseline>>,
}

impl Facts {
    /// Computes the facts over whole tables. `now` is the run's own clock; `clock` says whether it or the exports count.
    #[must_use]
    pub fn compute(tables: &[Table], clock: AsOf, now: DateTime<Utc>, config: &Options) -> Self {
        let (as_of, as_of_from) = match clock {
            AsOf::Now => (Some(now.timestamp_micros()), "now"),
            AsOf::Given(at) => (Some(at.timestamp_micros()), "given"),
            AsOf::Export => {
                (tables.par_iter().filter_map(|table| newest(table, now.timestamp_micros())).max(), "export")
            }
        };
        let ((sources, mappings), users) = rayon::join(
            || {
                let sources = tables.par_iter().map(|table| {
                    let all = tables.iter().map(|table| &*table.source);
                    SourceFacts::compute(table, as_of, &config.drift, SystemUsers::of(&table.source, all))
                });
                (sources.collect::<Vec<_>>(), mapped::resolve(&config.mapping, tables))
            },
            || Users::of(tables),
        );
        let (links, owners) = rayon::join(
            || Links::compute(tables, &sources, config),
            || OwnerHistory::of(tables, |table| sources[table.index].grain),
        );
        let inference = Inference::of(tables);
        let known = Known {
            tables,
            sources: &sources,
            links: links.as_ref(),
            mappings: &mappings,
            inference: &inference,
            users: &users,
        };
        let (proofs, declared) = rayon::join(
            || links.as_ref().map_or_else(Vec::new, |links| prove(tables, links, &mappings, config)),
            || Declared::compute(known, config),
        );
        Self { as_of, as_of_from, sources, users, owners, links, mappings, proofs, inference, declared, baseline: None }
    }

    /// The same, to be held against what an earlier run left.
    #[must_use]
    pub fn beside(mut self, baseline: Option<Arc<Baseline>>) -> Self {
        self.baseline = baseline;
        self
    }

    /// How well the fields of chats and records agree, over a sample of links.
    #[must_use]
    pub fn agreement(&self) -> &[Matrix] {
        self.inference.agreement(self.links.as_ref())
    }

    /// Which chat field lands in which CRM field, told by the links alone.
    #[must_use]
    pub fn inferred(&self) -> &[Inferred] {
        self.inference.inferred(self.links.as_ref())
    }

    /// Of those that no mapping declares and that are equal, the same proofs as [`Facts::proofs`]; `at` is a position in
    /// [`Facts::inferred`].
    #[must_use]
    pub fn inferred_proofs(&self) -> &[Proof] {
        self.inference.proofs(self.links.as_ref(), &self.mappings)
    }

    /// The facts of the source that `table` is, or is a part of.
    #[must_use]
    pub fn of(&self, table: &Table) -> &SourceFacts {
        &self.sources[table.index]
    }
}

/// Rows below which nothing is said of how a table is made.
const MANY: usize = 20;

/// Rows whose id stands on another row of the same file: next month's export of the same record is no repeat.
fn repeated_in_a_file(table: &Table) -> u64 {
    let key = table.key(KeyName::RecordId);
    let file = |at: usize| table.source.file_of(table.source_row(key.row[at]));
    let mut counts: FxHashMap<(u32, usize), u64> = FxHashMap::default();
    for at in key.repeated() {
        *counts.entry((key.code[at], file(at))).or_default() += 1;
    }
    key.repeated().filter(|at| counts[&(key.code[*at], file(*at))] > 1).count() as u64
}

/// The newest time of one source that the source itself vouches for.
fn newest(table: &Table, limit: i64) -> Option<i64> {
    table
        .source
        .columns()
        .filter(|column| table.source.role_of(*column).is_some_and(Role::moves_clock))
        .map(|column| DayProfile::of(&table.times(column).micros, Times::MISSING, limit))
        .fold(DayProfile::default(), DayProfile::merge)
        .newest()
}

impl SourceFacts {
    fn compute(table: &Table, as_of: Option<i64>, drift: &DriftOptions, system_users: SystemUsers) -> Self {
        let source = &table.source;
        let declared = source.covers.map(|(from, to)| {
            let start = Utc.from_utc_datetime(&from.and_time(chrono::NaiveTime::MIN)).timestamp_micros();
            let end = Utc.from_utc_datetime(&to.and_time(chrono::NaiveTime::MIN)).timestamp_micros();
            (start, end + 86_400_000_000 - 1)
        });
        let made = [Role::CreatedAt, Role::StartedAt, Role::LoggedAt].into_iter().find_map(|role| table.role(role));
        let uncovered = declared.zip(made).map_or(0, |((from, to), column)| {
            let times = table.times(column).micros.iter().filter(|at| **at != Times::MISSING);
            times.filter(|at| !(from..=to).contains(*at)).count() as u64
        });
        let window = declared.or_else(|| {
            let column = made?;
            // What lies after the clock is FMT008's, and no period that the export covers.
            let last = as_of.unwrap_or(i64::MAX);
            let times = table.times(column).micros.iter().copied().filter(|at| *at != Times::MISSING && *at <= last);
            times.fold(None, |range, at| match range {
                None => Some((at, at)),
                Some((from, to)) => Some((at.min(from), at.max(to))),
            })
        });
        let stamped = [Role::EndedAt, Role::StartedAt, Role::LoggedAt, Role::CreatedAt];
        let stamped = stamped.into_iter().find_map(|role| table.role(role));
        let repeated_id_rows = repeated_in_a_file(table);
        let grain = grain::decide(source, table.height(), repeated_id_rows as usize);
        Self {
            uncovered,
            precision: stamped.map_or(Precision::Seconds, |column| Precision::of(table.times(column))),
            grain,
            is_history: grain == Grain::Events
                || (table.height() >= MANY && repeated_id_rows * 2 > table.height() as u64),
            rows: table.height() as u64,
            phones: Once::default(),
            tags: Once::default(),
            columns: Columns::of(table, drift),
            system_users,
            owners: Once::default(),
            table: table.clone(),
            window,
            window_declared: source.covers.is_some(),
            unreadable: source.files.iter().map(|file| file.unreadable).sum(),
            repeated_id_rows,
        }
    }

    /// How phone numbers are written.
    #[must_use]
    pub fn phones(&self) -> &PhoneFacts {
        self.phones.get_or_init(|| PhoneFacts::compute(&self.table))
    }

    /// The tags and their use.
    #[must_use]
    pub fn tags(&self) -> &TagFacts {
        self.tags.get_or_init(|| TagFacts::compute(&self.table))
    }

    /// Who owns its records, as written, and how many each; empty where there are too many to tell.
    #[must_use]
    pub fn owners(&self) -> &[(String, u64)] {
        self.owners.get_or_init(|| owners(&self.table))
    }
}

/// The distinct owners of a source of records, in the order of their bytes.
fn owners(table: &Table) -> Vec<(String, u64)> {
    let Some(dictionary) = table.role(Role::Owner).and_then(|column| table.dictionary(column)) else {
        return Vec::new();
    };
    let counted = dictionary.values.iter().zip(&dictionary.counts);
    let mut owners: Vec<(String, u64)> = counted
        .filter(|(value, _)| !super::text::is_blank(Some(value)))
        .map(|(value, count)| (value.clone(), u64::from(*count)))
        .collect();
    owners.sort_unstable();
    owners
}
