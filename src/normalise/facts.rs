//! Facts: summaries over everything that is loaded. Given the facts, a rule may look at any part that keeps its scope
//! together and says the same as over the whole.

use std::sync::Arc;

use chrono::{DateTime, TimeZone, Utc};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::agreement::{self, Inferred, Matrix};
use super::category::{Category, Exclusion, categorise};
use super::clock::DayProfile;
use super::column_formats::ColumnFormats;
use super::declared::{Declared, Known};
use super::grain::{self, Grain};
use super::keys::KeyName;
use super::links::Links;
use super::mapped::{self, Mapping};
use super::owner_history::OwnerHistory;
use super::phone::PhoneFacts;
use super::precision::Precision;
use super::proof::{Proof, prove, prove_inferred};
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

/// What is known of one column as a whole.
#[derive(Debug)]
pub struct ColumnFacts {
    /// Cells that hold something.
    pub filled: u64,
    /// Bytes of all cells.
    pub bytes: u64,
    /// Whether all cells that hold something hold the same, as written.
    pub same: bool,
    /// Distinct values, if the column is a category; else why not.
    pub category: Result<Category, Exclusion>,
    /// Whether cells are meant to hold several lines.
    pub multi_line: bool,
    /// How the cells are written, file by file.
    pub formats: ColumnFormats,
}

/// What is known of one source as a whole.
#[derive(Debug)]
pub struct SourceFacts {
    /// Rows in the frame.
    pub rows: u64,
    /// By column.
    pub columns: Vec<ColumnFacts>,
    /// First and last created, started or logged time up to the clock, in microseconds since 1970, or what the config
    /// says is covered.
    pub window: Option<(i64, i64)>,
    /// Whether the config says it.
    pub window_declared: bool,
    /// Rows that could not be read, over all files.
    pub unreadable: u64,
    /// Rows whose record id stands on another row of the same file too.
    pub repeated_id_rows: u64,
    /// How phone numbers are written.
    pub phones: PhoneFacts,
    /// The tags and their use.
    pub tags: TagFacts,
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
    /// Who owns its records, as written, and how many each; empty where there are too many to tell.
    pub owners: Vec<(String, u64)>,
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
    /// How well the fields of chats and records agree, over a sample of links.
    pub agreement: Vec<Matrix>,
    /// Which chat field lands in which CRM field, told by the links alone.
    pub inferred: Vec<Inferred>,
    /// Of those that no mapping declares and that are equal, the same proofs; `at` is a position in `inferred`.
    pub inferred_proofs: Vec<Proof>,
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
        let (proofs, (agreement, inferred)) = rayon::join(
            || links.as_ref().map_or_else(Vec::new, |links| prove(tables, links, &mappings, config)),
            || {
                let agreement = links.as_ref().map_or_else(Vec::new, |links| agreement::matrices(tables, links));
                let inferred = agreement.iter().flat_map(|matrix| agreement::infer(matrix, tables)).collect::<Vec<_>>();
                (agreement, inferred)
            },
        );
        let known = Known {
            tables,
            sources: &sources,
            links: links.as_ref(),
            mappings: &mappings,
            inferred: &inferred,
            users: &users,
        };
        let (inferred_proofs, declared) = rayon::join(
            || links.as_ref().map_or_else(Vec::new, |links| prove_inferred(tables, links, &mappings, &inferred)),
            || Declared::compute(known, config),
        );
        Self {
            as_of,
            as_of_from,
            sources,
            users,
            owners,
            links,
            mappings,
            proofs,
            agreement,
            inferred,
            inferred_proofs,
            declared,
            baseline: None,
        }
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
        let named = |column: usize| {
            let is = |name: &String| source.column_named(name) == Some(column);
            // Who gives aliases for a column wants it looked at.
            let aliased = || drift.aliases.keys().any(is).then_some(true);
            drift.columns.as_ref().map_or_else(aliased, |names| Some(names.iter().any(is)))
        };
        let columns = (0..source.frame.width())
            .into_par_iter()
            .map(|column| {
                if source.ignored.contains(&column) {
                    return ColumnFacts {
                        filled: 0,
                        bytes: 0,
                        same: false,
                        category: Err(Exclusion::Meaning("ignored by the config")),
                        multi_line: false,
                        formats: ColumnFormats::default(),
                    };
                }
                let dictionary = table.dictionary(column);
                let (filled, bytes, distinct) = volume(table, column);
                let category = match named(column) {
                    Some(false) => Err(Exclusion::Meaning("[drift] columns does not name it")),
                    named => categorise(source, column, dictionary, &table.text(column), named.is_some()),
                };
                let multi_line = is_multi_line(table, column, filled);
                let formats = ColumnFormats::compute(table, column);
                ColumnFacts { filled, bytes, same: distinct == 1, category, multi_line, formats }
            })
            .collect();
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
            phones: PhoneFacts::compute(table),
            tags: TagFacts::compute(table),
            columns,
            system_users,
            owners: owners(table),
            window,
            window_declared: source.covers.is_some(),
            unreadable: source.files.iter().map(|file| file.unreadable).sum(),
            repeated_id_rows,
        }
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

/// Cells of a column that hold something, bytes of all its cells, and distinct values that hold something, as far as a
/// dictionary counts them.
fn volume(table: &Table, column: usize) -> (u64, u64, usize) {
    let Some(dictionary) = table.dictionary(column) else {
        let bytes = table.text(column).par_parts(|_, cells| cells.flatten().map(|cell| cell.len() as u64).sum::<u64>());
        let filled = (table.height() - table.blank(column).sum().unwrap_or(0) as usize) as u64;
        return (filled, bytes.into_iter().sum(), usize::MAX);
    };
    let values = || dictionary.values.iter().zip(dictionary.counts.iter().map(|count| u64::from(*count)));
    let filled = || values().filter(|(value, _)| !super::text::is_blank(Some(value)));
    let bytes = values().map(|(value, count)| value.len() as u64 * count).sum();
    (filled().map(|(_, count)| count).sum(), bytes, filled().count())
}

/// Words in a header that mean several lines.
const SEVERAL_LINES: [&str; 9] =
    ["description", "comment", "note", "message", "body", "transcript", "address", "street", "text"];

/// Whether a column is meant to hold several lines: by its role or header, or because more than one cell in a hundred does.
fn is_multi_line(table: &Table, column: usize, filled: u64) -> bool {
    let source = &table.source;
    match source.role_of(column) {
        Some(Role::Notes | Role::Transcript | Role::Street | Role::Error) => return true,
        Some(_) => return false,
        None => {}
    }
    let header = source.header(column).to_lowercase();
    if SEVERAL_LINES.iter().any(|word| header.contains(word)) {
        return true;
    }
    let broken = table.marks(column).of(super::marks::LINE_BREAK).count() as u64;
    broken > 2 && broken * 100 > filled
}
