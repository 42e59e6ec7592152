//! Which of the records that share something with a chat is the one that it made.

use std::borrow::Cow;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::join::{Group, Groups, Index, Place};
use super::shift::{Sample, doubtful, learn};
use super::{At, By, Link, Links, Trace};
use crate::model::{Kind, Object, Role};
use crate::normalise::email;
use crate::normalise::phone;
use crate::normalise::precision::Precision;
use crate::normalise::record_id;
use crate::normalise::table::Table;
use crate::normalise::timestamp::Times;

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 86_400_000_000;

/// The most records that an address or a number may stand on and still link (RULES, DUP001).
const CROWD: usize = 10;

/// The most pairs of one id: an id on hundreds of chats and records names none of them.
const MANY_PAIRS: usize = 1_000;

/// A pair that has something in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    chat: At,
    record: At,
    by: By,
}

/// What is known of the time of one pair.
struct Timing {
    /// Distance of the creation from the chat's end, microseconds; [`i64::MAX`] where it is not known.
    distance: i64,
    /// Whether the record can be the chat's work, given how the pair is linked.
    made: bool,
    /// Whether the record was there when the chat ended.
    stood: bool,
}

/// Rows of all sources that are marked.
struct Marked(Vec<Vec<bool>>);

impl Marked {
    /// No row of `tables`, which are whole.
    fn of(tables: &[Table]) -> Self {
        Self(tables.iter().map(|table| vec![false; table.height()]).collect())
    }

    fn mark(&mut self, at: At) {
        self.0[at.source as usize][at.row as usize] = true;
    }

    fn has(&self, at: At) -> bool {
        self.0[at.source as usize][at.row as usize]
    }
}

/// What some addresses say.
#[derive(Default)]
struct Met {
    /// The chats, each with the person's oldest record that stood before it began.
    chats: Vec<(At, Option<At>)>,
    /// The pairs.
    pairs: Vec<Candidate>,
    /// Addresses that stand on so much that they link nothing.
    crowded: u64,
}

struct Desk<'t> {
    tables: &'t [Table],
    precision: FxHashMap<u32, Precision>,
}

/// Fills links, traces and what stood before from `tables`.
pub(super) fn fill(links: &mut Links, tables: &[Table], chats: &[&Table], people: &[&Table]) {
    let desk = Desk {
        tables,
        precision: people
            .iter()
            .filter_map(|table| Some((table.index as u32, Precision::of(table.times(table.role(Role::CreatedAt)?)))))
            .collect(),
    };
    let ((mut proven, crowded), of_email) = rayon::join(|| by_ids(tables, chats, people), || by_email(tables, chats));
    links.crowded += crowded;
    let mut known = Vec::new();
    for met in desk.met(links, &of_email.iter().collect::<Vec<_>>()) {
        links.crowded += met.crowded;
        for (chat, oldest) in met.chats {
            set_trace(links, chat, Trace::Email);
            if let Some(side) = links.chats.iter_mut().find(|side| side.source == chat.source as usize) {
                side.before[chat.row as usize] = oldest;
            }
        }
        known.extend(met.pairs);
    }
    proven.par_sort_unstable();
    proven.dedup_by_key(|one| (one.chat, one.record));
    for one in &proven {
        set_trace(links, one.chat, Trace::Id);
    }
    let mut linked = Marked::of(tables);
    proven.iter().chain(&known).for_each(|one| linked.mark(one.chat));
    for (chat, right) in by_phone(chats, people, &linked) {
        set_trace(links, chat, Trace::Phone);
        if right.len() > CROWD {
            links.crowded += 1;
            continue;
        }
        let same = right.iter().filter(|record| !are_two_people(tables, chat, **record));
        known.extend(same.map(|record| Candidate { chat, record: *record, by: By::Phone }));
    }
    let sample = |one: &Candidate| desk.sample(links, one);
    let mut pairs: Vec<Sample> = proven.par_iter().chain(&known).filter_map(sample).collect();
    pairs.par_sort_by_key(Sample::pair);
    links.shifts = learn(&pairs);
    links.doubtful = doubtful(&pairs, &links.shifts, |chats, records| desk.is_zone_unknown(chats, records));
    links.pairs = choose(&desk, links, &proven, &known);
    desk.count_running(links);
}

fn set_trace(links: &mut Links, chat: At, trace: Trace) {
    if let Some(side) = links.chats.iter_mut().find(|side| side.source == chat.source as usize) {
        let old = &mut side.traces[chat.row as usize];
        if *old == Trace::Nothing || trace == Trace::Id {
            *old = trace;
        }
    }
}

/// The pairs of `groups`, and how many of its values stand on too much to name anything.
fn pairs_of(groups: &Groups, by: By) -> (Vec<Candidate>, u64) {
    let (mut found, mut crowded) = (Vec::new(), 0);
    for Group { left, right } in groups.iter() {
        if left.len().saturating_mul(right.len()) > MANY_PAIRS {
            crowded += 1;
            continue;
        }
        for chat in left {
            found.extend(right.iter().map(|record| Candidate { chat: *chat, record: *record, by }));
        }
    }
    (found, crowded)
}

/// Pairs that an id proves, and how many ids stand on too much to prove anything.
fn by_ids(tables: &[Table], chats: &[&Table], people: &[&Table]) -> (Vec<Candidate>, u64) {
    let index = |role: Role| {
        let mut index = Index::default();
        for table in chats {
            if let Some(column) = table.role(role) {
                index.of(table, column, record_id::canonical, |_| true, |_| true);
            }
        }
        index
    };
    let places = |of: &[&Table], role: Role, several: bool| -> Vec<Place<'_>> {
        of.iter().filter_map(|table| Some((&tables[table.index], table.role(role)?, several))).collect()
    };
    let ids = places(people, Role::Id, false);
    let (of_chats, of_records) = rayon::join(|| index(Role::Id), || index(Role::RecordId));
    let ((named, naming), logged) = rayon::join(
        || {
            let named = of_chats.meet(&places(people, Role::ChatId, true), record_id::canonical);
            let naming = of_records.meet(&ids, record_id::canonical);
            (pairs_of(&named, By::ChatId), pairs_of(&naming, By::RecordId))
        },
        || {
            let (of_log, crowded) = by_log(tables, &of_chats);
            let (found, more) = pairs_of(&of_log.meet(&ids, record_id::canonical), By::Log);
            (found, crowded + more)
        },
    );
    let crowded = named.1 + naming.1 + logged.1;
    ([named.0, naming.0, logged.0].concat(), crowded)
}

/// The log names both: the chats that its rows name by the records that those rows name, and how many chats stand on too
/// many rows.
fn by_log<'t>(tables: &'t [Table], of_chats: &Index<'_>) -> (Index<'t>, u64) {
    let logs = tables.iter().filter(|table| table.source.kind == Kind::SyncLog);
    let places: Vec<Place<'_>> = logs.filter_map(|table| Some((table, table.role(Role::ChatId)?, false))).collect();
    let records: Vec<_> =
        tables.iter().map(|table| table.role(Role::RecordId).map(|column| table.text(column))).collect();
    let (mut of_log, mut crowded) = (Index::default(), 0);
    for group in of_chats.meet(&places, record_id::canonical).iter() {
        if group.left.len() > 1 && group.left.len().saturating_mul(group.right.len()) > MANY_PAIRS {
            crowded += 1;
            continue;
        }
        for row in group.right {
            let Some(record) = &records[row.source as usize] else { continue };
            let Some(record) = record.get(row.row).and_then(record_id::canonical) else { continue };
            for chat in group.left {
                of_log.add(record.clone(), *chat);
            }
        }
    }
    (of_log, crowded)
}

/// Chats and all records that share an address, in whatever email column.
fn by_email<'t>(tables: &'t [Table], chats: &[&'t Table]) -> Groups {
    let mut index = Index::default();
    for table in chats {
        if let Some(column) = table.role(Role::Email) {
            index.of(table, column, email::canonical, |_| true, |address| !email::is_placeholder(address));
        }
    }
    let mut places: Vec<Place<'_>> = Vec::new();
    for table in tables.iter().filter(|t| t.source.kind == Kind::Crm && t.source.object != Some(Object::User)) {
        places.extend(table.role(Role::Email).map(|column| (table, column, false)));
        places.extend(table.more_emails().map(|column| (table, column, true)));
    }
    index.meet(&places, email::canonical)
}

/// The last nine digits of a phone number; `None` below seven.
pub(super) fn tail(cell: &str) -> Option<Cow<'_, str>> {
    // Most numbers are digits alone, and are their own tail.
    let digits = cell.strip_prefix('+').unwrap_or(cell);
    if digits.bytes().all(|b| b.is_ascii_digit()) {
        let digits = digits.trim_start_matches('0');
        return (digits.len() >= 7).then(|| Cow::Borrowed(&digits[digits.len().saturating_sub(9)..]));
    }
    phone::tail(cell, 9).map(Cow::Owned)
}

/// Whether a chat and a record that share a number are of two people: co-workers have one switchboard, families one line.
/// Their addresses are known and differ, and so do their names.
fn are_two_people(tables: &[Table], chat: At, record: At) -> bool {
    let cell = |at: At, role: Role| -> Option<&str> {
        let table = &tables[at.source as usize];
        table.text(table.role(role)?).get(at.row)
    };
    let address = |at: At| email::canonical(cell(at, Role::Email)?);
    let name = |at: At| -> Option<String> {
        let whole = cell(at, Role::Name).map(str::to_owned);
        let parts = || Some(format!("{} {}", cell(at, Role::FirstName)?, cell(at, Role::LastName)?));
        whole.or_else(parts).map(|name| name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase())
    };
    let addresses = address(chat).zip(address(record));
    addresses.is_some_and(|(a, b)| a != b) && name(chat) != name(record)
}

/// Chats of which nothing else is known, each with the people who have its number.
fn by_phone(chats: &[&Table], people: &[&Table], linked: &Marked) -> Vec<(At, Vec<At>)> {
    let mut index = Index::default();
    for table in chats {
        if let Some(column) = table.role(Role::Phone) {
            let source = table.index as u32;
            index.of(table, column, tail, |row| !linked.has(At { source, row }), |_| true);
        }
    }
    let places: Vec<Place<'_>> =
        people.iter().filter_map(|table| Some((*table, table.role(Role::Phone)?, false))).collect();
    let number = |at: &At, tables: &[&Table]| -> Option<String> {
        let table = tables.iter().find(|table| table.index == at.source as usize)?;
        table.text(table.role(Role::Phone)?).get(at.row).map(str::to_owned)
    };
    let mut groups = Vec::new();
    for group in index.meet(&places, tail).iter() {
        // Nine digits that so many share are no number of one person, whatever stands before them.
        if group.right.len() > 10 * CROWD {
            continue;
        }
        for chat in group.left.iter().copied() {
            let Some(own) = number(&chat, chats) else { continue };
            let same = |at: &&At| number(at, people).is_some_and(|other| phone::is_same(&own, &other));
            let right: Vec<At> = group.right.iter().filter(same).copied().collect();
            if !right.is_empty() {
                groups.push((chat, right));
            }
        }
    }
    groups
}

impl Desk<'_> {
    /// When a record was created, in microseconds since 1970.
    fn created(&self, record: At) -> Option<i64> {
        let table = &self.tables[record.source as usize];
        table.times(table.role(Role::CreatedAt)?).get(record.row)
    }

    /// Whether the records' creation says no zone and none is known, while the chats' times say theirs.
    fn is_zone_unknown(&self, chats: usize, records: usize) -> bool {
        let is_naive = |table: usize, roles: &[Role]| {
            let table = &self.tables[table];
            let column = roles.iter().find_map(|role| table.role(*role));
            !table.knows_zone()
                && column.is_some_and(|column| table.times(column).naive.len() as u64 * 2 > table.times(column).filled)
        };
        is_naive(records, &[Role::CreatedAt]) && !is_naive(chats, &[Role::StartedAt, Role::EndedAt, Role::CreatedAt])
    }

    /// Begin and end of a chat; the end is the beginning where no end is known.
    fn spoken(links: &Links, chat: At) -> Option<(i64, i64)> {
        links.side(chat.source as usize)?.spoken(chat.row)
    }

    /// The person's oldest record that stood before the chat began.
    fn before(&self, links: &Links, chat: At, records: &[At]) -> Option<At> {
        let (started, _) = Self::spoken(links, chat)?;
        let stood =
            records.iter().filter_map(|at| Some((self.created(*at).filter(|created| *created < started)?, *at)));
        stood.min().map(|(_, at)| at)
    }

    /// Those who share an address, in stretches that are looked at in parallel.
    fn met(&self, links: &Links, groups: &[Group<'_>]) -> Vec<Met> {
        const STRETCH: usize = 4096;
        let stretches = groups.par_chunks(STRETCH).map(|groups| {
            let mut met = Met::default();
            let mut people = Vec::new();
            for group in groups {
                if group.right.len() > CROWD {
                    met.crowded += 1;
                    met.chats.extend(group.left.iter().map(|chat| (*chat, None)));
                    continue;
                }
                people.clear();
                people.extend(group.right.iter().filter(|at| links.people.contains(&(at.source as usize))).copied());
                for chat in group.left.iter().copied() {
                    met.chats.push((chat, self.before(links, chat, &people)));
                    met.pairs.extend(people.iter().map(|record| Candidate { chat, record: *record, by: By::Email }));
                }
            }
            met
        });
        stretches.collect()
    }

    /// A pair as the clocks see it; a crude stamp shows no offset.
    fn sample(&self, links: &Links, one: &Candidate) -> Option<Sample> {
        if self.precision.get(&one.record.source) == Some(&Precision::Days) {
            return None;
        }
        let (_, ended) = Self::spoken(links, one.chat)?;
        let late = self.created(one.record)?.saturating_sub(ended);
        Some(Sample { chat: one.chat, records: one.record.source as usize, late })
    }

    /// Counts the chats that still ran when the record that they made was created.
    fn count_running(&self, links: &mut Links) {
        for link in links.pairs.iter().filter(|link| link.made) {
            let side = links.chats.iter_mut().find(|side| side.source == link.chat.source as usize);
            let (Some(side), Some(created)) = (side, self.created(link.record)) else { continue };
            let row = link.chat.row as usize;
            let (started, ended) = (side.started[row], side.ended[row]);
            if started != Times::MISSING && ended != Times::MISSING {
                side.timed += 1;
                // A crude stamp lies before what it stamps.
                let slack = self.precision.get(&link.record.source).map_or(0, |precision| precision.slack());
                let latest = if slack > 1_000_000 { created.saturating_add(slack) } else { created };
                side.running += u64::from(started < created && latest < ended);
            }
        }
    }

    fn timing(&self, links: &Links, one: &Candidate) -> Timing {
        let unknown = Timing { distance: i64::MAX, made: one.by.is_proof(), stood: true };
        let Some(created) = self.created(one.record) else { return unknown };
        let Some((started, ended)) = Self::spoken(links, one.chat) else { return unknown };
        let slack = self.precision.get(&one.record.source).map_or(MINUTE, |precision| precision.slack().max(MINUTE));
        let offsets: &[i64] =
            links.shift(one.chat.source as usize, one.record.source as usize).map_or(&[0], |shift| &shift.minutes);
        let mut best = unknown;
        for offset in offsets {
            let created = created.saturating_sub(offset.saturating_mul(MINUTE));
            let distance = created.saturating_sub(ended).saturating_abs();
            // An id proves the link; a record of an earlier day was only touched.
            let made = if one.by.is_proof() {
                created >= started.saturating_sub(DAY)
            } else {
                created >= started.saturating_sub(slack) && created <= ended.saturating_add(DAY)
            };
            if (!made, distance) < (!best.made, best.distance) || best.distance == i64::MAX {
                best = Timing { distance, made, stood: created <= ended };
            }
        }
        best
    }
}

/// The links: every pair that an id proves, and of those that share an address or a number the nearest.
fn choose(desk: &Desk<'_>, links: &Links, proven: &[Candidate], known: &[Candidate]) -> Vec<Link> {
    // Records that are made, chats that made one.
    let (mut made, mut maker) = (Marked::of(desk.tables), Marked::of(desk.tables));
    let mut pairs = Vec::with_capacity(proven.len() + known.len() / 2);
    let timed = |of: &[Candidate]| -> Vec<(Timing, Candidate)> {
        let mut timed: Vec<_> = of.par_iter().map(|one| (desk.timing(links, one), *one)).collect();
        timed.par_sort_by_key(|(timing, one)| {
            (one.by, !timing.made && !timing.stood, timing.distance, one.chat, one.record)
        });
        timed
    };
    // A record is made once: by the chat that names it best and is nearest to its creation. An id that stands on two rows
    // names one of them: of records that do not name the chat, it makes one in each source.
    let mut unnamed = Marked::of(desk.tables);
    proven.iter().filter(|one| one.by != By::ChatId).for_each(|one| unnamed.mark(one.chat));
    let mut once_in: FxHashSet<(At, u32)> = FxHashSet::default();
    for (timing, one) in timed(proven) {
        let again = one.by != By::ChatId && once_in.contains(&(one.chat, one.record.source));
        let is_made = timing.made && !again && !made.has(one.record);
        if is_made {
            made.mark(one.record);
            maker.mark(one.chat);
            if unnamed.has(one.chat) {
                once_in.insert((one.chat, one.record.source));
            }
        }
        pairs.push(Link { chat: one.chat, record: one.record, by: one.by, made: is_made });
    }
    // Whoever is linked by an id needs no address.
    let mut done = Marked::of(desk.tables);
    for one in proven {
        done.mark(one.chat);
    }
    let open: Vec<Candidate> = known.iter().filter(|one| !done.has(one.chat)).copied().collect();
    let mut nearest: FxHashMap<At, (i64, Candidate)> = FxHashMap::default();
    for (timing, one) in timed(&open) {
        if maker.has(one.chat) {
            continue;
        }
        if timing.made && !made.has(one.record) {
            made.mark(one.record);
            maker.mark(one.chat);
            pairs.push(Link { chat: one.chat, record: one.record, by: one.by, made: true });
        } else if one.by == By::Email {
            // The person is known, though this chat made no record; a number alone may be a family's.
            nearest.entry(one.chat).or_insert((timing.distance, one));
        }
    }
    for (_, one) in nearest.into_values().filter(|(_, one)| !maker.has(one.chat)) {
        pairs.push(Link { chat: one.chat, record: one.record, by: one.by, made: false });
    }
    pairs.par_sort_unstable_by_key(|link| (link.chat, !link.made, link.by, link.record));
    pairs
}
