//! Links: which chat made or touched which record, as pairs of rows, computed once.
//!
//! In: whole tables. Out: [`Links`], part of the facts: pairs of source rows with how each was linked and whether the
//! chat made the record; and of each chat what the gate says, whether it lies in a period that can be judged, and what
//! trace of it the CRM has.
//!
//! A chat is linked by id where both sides have it (the record's chat id, the chat's record id, the sync log), else by
//! canonical email address and the nearest time of creation, else by phone number. An id proves the link; an address only
//! proves that the person is known, and the record counts as made by the chat only where it was created in the chat or
//! within a day after it.

mod choose;
mod figures;
mod join;
mod shift;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub use figures::LinkFigures;

use rustc_hash::FxHashSet;

use super::facts::SourceFacts;
use super::gate::{Verdict, verdicts};
use super::keys::KeyName;
use super::precision::Precision;
use super::table::Table;
use super::timestamp::Times;
use crate::config::options::{Options, Trigger};
use crate::model::{Kind, Object, Role};

/// 1990 and 2100, in microseconds since 1970: what lies outside is no time of a chat or its record.
const OLDEST: i64 = 631_152_000_000_000;
const NEWEST: i64 = 4_102_444_800_000_000;

/// A row of a source: of the whole source, not of a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// Position of the source.
    pub source: u32,
    /// Row of the source's frame.
    pub row: u32,
}

/// How a chat and a record were linked; the better proof is less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// The record names the chat.
    ChatId,
    /// The chat names the record.
    RecordId,
    /// The sync log names both.
    Log,
    /// Equal canonical addresses, nearest in time.
    Email,
    /// Equal phone numbers, nearest in time.
    Phone,
}

impl By {
    /// Every way, best proof first.
    pub const ALL: [Self; 5] = [Self::ChatId, Self::RecordId, Self::Log, Self::Email, Self::Phone];

    /// The words used in evidence and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChatId => "chat id",
            Self::RecordId => "record id",
            Self::Log => "sync log",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }

    /// Whether ids prove the link, whatever the times.
    #[must_use]
    pub const fn is_proof(self) -> bool {
        matches!(self, Self::ChatId | Self::RecordId | Self::Log)
    }
}

/// A chat and a record that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// The chat.
    pub chat: At,
    /// The record.
    pub record: At,
    /// How they were linked.
    pub by: By,
    /// Whether the chat made the record; else the record was there before, or came another way.
    pub made: bool,
}

/// What of a chat is in the CRM, whether linked or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Trace {
    /// Nothing.
    #[default]
    Nothing,
    /// A record or the log names it, or it names a record that is loaded.
    Id,
    /// Its address stands on some record, of whatever object and age.
    Email,
    /// Its phone number does.
    Phone,
}

/// One chat source, by row of the source.
#[derive(Debug)]
pub struct Chats {
    /// Position of the source.
    pub source: usize,
    /// What the gate says.
    pub verdicts: Vec<Verdict>,
    /// When each chat began; [`Times::MISSING`] where that is not known. Microseconds since 1970.
    pub started: Vec<i64>,
    /// When each chat ended: its end, else its start and duration; [`Times::MISSING`] where that is not known.
    pub ended: Vec<i64>,
    /// What of each chat is in the CRM.
    pub traces: Vec<Trace>,
    /// The person's oldest record that was created before the chat began, by canonical address.
    pub before: Vec<Option<At>>,
    /// Whether the same address chatted before that period: its record may be older than what is loaded.
    pub returned: Vec<bool>,
    /// The period in which a chat's record must be loaded: that of the records, less the grace at its end, and within what
    /// the config says the chats cover. What is outside is not judged.
    pub overlap: Option<(i64, i64)>,
    /// The period in which a record's chat must be loaded: that of the chats.
    pub period: Option<(i64, i64)>,
    /// Chats that made a record, of which all times are known.
    pub timed: u64,
    /// Chats that still ran when their record was created.
    pub running: u64,
}

impl Chats {
    /// Whether the chat of row `row` ended (or began, where no end is known) in the period that can be judged.
    #[must_use]
    pub fn is_judged(&self, row: u32) -> bool {
        let at = match self.ended[row as usize] {
            Times::MISSING => self.started[row as usize],
            ended => ended,
        };
        at != Times::MISSING && self.overlap.is_some_and(|(from, to)| (from..=to).contains(&at))
    }

    /// The same for a chat that made a record, created at `created`: the chat of the first record ended before that was
    /// there, and both are loaded.
    #[must_use]
    pub fn is_judged_with(&self, row: u32, created: Option<i64>) -> bool {
        let until_end = || {
            let (_, to) = self.overlap?;
            let (_, ended) = self.spoken(row)?;
            Some(
                ended <= to
                    && self.overlap.is_some_and(|(from, _)| created.is_some_and(|at| (from..=to).contains(&at))),
            )
        };
        self.is_judged(row) || until_end().unwrap_or_default()
    }

    /// Begin and end of the chat of row `row`, in microseconds since 1970; where only one is known, the other is the same.
    #[must_use]
    pub fn spoken(&self, row: u32) -> Option<(i64, i64)> {
        match (self.started[row as usize], self.ended[row as usize]) {
            (Times::MISSING, Times::MISSING) => None,
            (Times::MISSING, ended) => Some((ended, ended)),
            (started, Times::MISSING) => Some((started, started)),
            (started, ended) => Some((started, ended)),
        }
    }

    /// Whether a chat at `at`, in microseconds since 1970, would be in this source: what is outside of its period is not
    /// judged.
    #[must_use]
    pub fn covers(&self, at: i64) -> bool {
        self.period.is_some_and(|(from, to)| (from..=to).contains(&at))
    }

    /// How finely that is stamped which starts the clock of the sync, by `[sync] trigger`.
    #[must_use]
    pub fn precision(&self, trigger: Option<Trigger>) -> Precision {
        Precision::of_micros(match trigger.unwrap_or(Trigger::ChatEnd) {
            Trigger::ChatEnd => &self.ended,
            Trigger::ChatStart => &self.started,
        })
    }

    /// When the clock of the sync starts for the chat of row `row`, by `[sync] trigger`; `None` where that is not known.
    #[must_use]
    pub fn trigger(&self, row: u32, trigger: Option<Trigger>) -> Option<i64> {
        let at = match trigger.unwrap_or(Trigger::ChatEnd) {
            Trigger::ChatEnd => self.ended[row as usize],
            Trigger::ChatStart => self.started[row as usize],
        };
        (at != Times::MISSING).then_some(at)
    }
}

/// A constant offset between the clocks of a chat source and a source of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Position of the chat source.
    pub chats: usize,
    /// Position of the source of records.
    pub records: usize,
    /// Offsets of the records' creation times, in minutes, most frequent first; two where clocks changed in between.
    pub minutes: Vec<i64>,
    /// Pairs that show one of them.
    pub shown: u64,
    /// Pairs looked at.
    pub pairs: u64,
}

/// All links of a run.
#[derive(Debug, Default)]
pub struct Links {
    pairs: Vec<Link>,
    /// Positions in `pairs`, by record.
    by_record: Vec<u32>,
    /// The chat sources.
    pub chats: Vec<Chats>,
    /// Positions of the sources of people: leads and contacts.
    pub people: Vec<usize>,
    /// Clocks that disagree.
    pub shifts: Vec<Shift>,
    /// Sources of chats and of records whose clocks cannot be compared, for the zone of the records is not known.
    pub doubtful: Vec<(usize, usize)>,
    /// Ids, addresses and numbers that stand on so many chats and records that they link nothing.
    pub crowded: u64,
}

impl Links {
    /// The links among `tables`, which are whole sources with their `facts`. `None` where there are no chats or no people
    /// to link.
    pub(super) fn compute(tables: &[Table], facts: &[SourceFacts], config: &Options) -> Option<Self> {
        let records = |table: &&Table| facts[table.index].grain.passed_over("").is_none();
        let chats: Vec<&Table> = tables.iter().filter(|t| t.source.kind == Kind::Chat).filter(records).collect();
        let people: Vec<&Table> = tables.iter().filter(|t| is_people(t)).filter(records).collect();
        if chats.is_empty() || people.is_empty() {
            return None;
        }
        let window = records_window(&people, facts);
        let grace = config.sync.grace_seconds.or(config.sync.alert_seconds).unwrap_or(300);
        let sides = chats.iter().map(|table| side(table, &facts[table.index], window, grace, config)).collect();
        let mut links =
            Self { chats: sides, people: people.iter().map(|table| table.index).collect(), ..Self::default() };
        choose::fill(&mut links, tables, &chats, &people);
        let mut by_record: Vec<u32> = (0..links.pairs.len() as u32).collect();
        by_record.sort_unstable_by_key(|at| (links.pairs[*at as usize].record, *at));
        links.by_record = by_record;
        Some(links)
    }

    /// Every link, by chat, the record that it made first.
    #[must_use]
    pub fn pairs(&self) -> &[Link] {
        &self.pairs
    }

    /// The links of one chat, the record that it made first.
    #[must_use]
    pub fn of_chat(&self, chat: At) -> &[Link] {
        let from = self.pairs.partition_point(|link| link.chat < chat);
        let len = self.pairs[from..].partition_point(|link| link.chat == chat);
        &self.pairs[from..from + len]
    }

    /// The links of one record, by chat.
    pub fn of_record(&self, record: At) -> impl Iterator<Item = &Link> + '_ {
        let from = self.by_record.partition_point(|at| self.pairs[*at as usize].record < record);
        self.by_record[from..].iter().map(|at| &self.pairs[*at as usize]).take_while(move |link| link.record == record)
    }

    /// The links of the records of source `source`, by record, then chat.
    pub fn of_records(&self, source: usize) -> impl Iterator<Item = &Link> + '_ {
        let from = self.by_record.partition_point(|at| (self.pairs[*at as usize].record.source as usize) < source);
        let links = self.by_record[from..].iter().map(|at| &self.pairs[*at as usize]);
        links.take_while(move |link| link.record.source as usize == source)
    }

    /// The chat that made a record.
    #[must_use]
    pub fn maker(&self, record: At) -> Option<&Link> {
        self.of_record(record).find(|link| link.made)
    }

    /// The chat source at position `source`.
    #[must_use]
    pub fn side(&self, source: usize) -> Option<&Chats> {
        self.chats.iter().find(|side| side.source == source)
    }

    /// How far the clocks of two sources differ, where they do.
    #[must_use]
    pub fn shift(&self, chats: usize, records: usize) -> Option<&Shift> {
        self.shifts.iter().find(|shift| shift.chats == chats && shift.records == records)
    }

    /// Whether the clocks of two sources cannot be compared: the records say no zone, and do not lie near the chats.
    #[must_use]
    pub fn is_doubtful(&self, chats: usize, records: usize) -> bool {
        self.doubtful.contains(&(chats, records))
    }

    /// Of chat source `source`, how many chats still ran when the record that they made was created, and of how many it is
    /// known.
    #[must_use]
    pub fn running(&self, source: usize) -> Option<(u64, u64)> {
        self.side(source).map(|side| (side.running, side.timed))
    }

    /// The positions in [`Links::pairs`] of the links of chat source `source`.
    #[must_use]
    pub fn of_source(&self, source: usize) -> Range<usize> {
        let from = self.pairs.partition_point(|link| (link.chat.source as usize) < source);
        from..self.pairs.partition_point(|link| (link.chat.source as usize) <= source)
    }
}

/// Whether the rows of a table are people whom a chat can make: leads and contacts, and where nobody says what they are.
fn is_people(table: &Table) -> bool {
    table.source.kind == Kind::Crm
        && table.source.object.is_none_or(|object| matches!(object, Object::Lead | Object::Contact))
}

/// The period in which new people are known: that of the leads, else of the contacts.
fn records_window(people: &[&Table], facts: &[SourceFacts]) -> Option<(i64, i64)> {
    let hull = |of: &dyn Fn(&Table) -> bool| {
        let windows = people.iter().filter(|table| of(table)).filter_map(|table| facts[table.index].window);
        windows.reduce(|(a, b), (from, to)| (a.min(from), b.max(to)))
    };
    hull(&|table| table.source.object != Some(Object::Contact)).or_else(|| hull(&|_| true))
}

fn side(table: &Table, facts: &SourceFacts, records: Option<(i64, i64)>, grace: u64, config: &Options) -> Chats {
    let micros = |role: Role| match table.role(role) {
        // Warehouses write the years 1 and 9999 where there is no time.
        Some(column) => {
            let times = table.times(column).micros.iter();
            times.map(|at| if (OLDEST..NEWEST).contains(at) { *at } else { Times::MISSING }).collect()
        }
        None => vec![Times::MISSING; table.height()],
    };
    let mut started = micros(Role::StartedAt);
    if table.role(Role::StartedAt).is_none() {
        started = micros(Role::CreatedAt);
    }
    let mut ended = micros(Role::EndedAt);
    if let Some(column) = table.role(Role::Duration) {
        let seconds = table.map_cells(column, |cell| {
            cell.trim().parse::<f64>().ok().filter(|s| (0.0..1e7).contains(s)).map(|s| (s * 1e6) as i64)
        });
        for ((ended, started), lasted) in ended.iter_mut().zip(&started).zip(seconds) {
            if let Some(lasted) = lasted.filter(|_| *ended == Times::MISSING && *started != Times::MISSING) {
                *ended = started.saturating_add(lasted);
            }
        }
    }
    let grace = i64::try_from(grace).unwrap_or(i64::MAX).saturating_mul(1_000_000);
    // A chat that is loaded is in the period of the chats, unless the config says that they cover less.
    let declared = facts.window.filter(|_| facts.window_declared).unwrap_or((i64::MIN, i64::MAX));
    let overlap = records.and_then(|(from, to)| {
        let (from, to) = (from.max(declared.0), to.min(declared.1).saturating_sub(grace));
        (from <= to).then_some((from, to))
    });
    let returned = returned(table, &started, &ended, overlap);
    Chats {
        returned,
        source: table.index,
        verdicts: verdicts(table, &config.qualify),
        traces: vec![Trace::Nothing; table.height()],
        before: vec![None; table.height()],
        started,
        ended,
        overlap,
        timed: 0,
        running: 0,
        period: facts.window,
    }
}

/// Of each chat, whether another of the same address ended before the period `overlap`.
fn returned(table: &Table, started: &[i64], ended: &[i64], overlap: Option<(i64, i64)>) -> Vec<bool> {
    let mut returned = vec![false; table.height()];
    let Some((from, _)) = overlap.filter(|_| table.role(Role::Email).is_some()) else { return returned };
    let key = table.key(KeyName::Email);
    let before = |row: u32| {
        let at = match ended[row as usize] {
            Times::MISSING => started[row as usize],
            ended => ended,
        };
        at != Times::MISSING && at < from
    };
    let earlier: FxHashSet<u32> = key.repeated().filter(|at| before(key.row[*at])).map(|at| key.code[at]).collect();
    for at in key.repeated().filter(|at| earlier.contains(&key.code[*at])) {
        returned[key.row[at] as usize] = true;
    }
    returned
}
