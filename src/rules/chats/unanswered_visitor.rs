//! CHT009: visitors who met nobody, left an address, and heard nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::carried::{Activities, chats, say_unchecked};
use crate::matching::spelling;
use crate::normalise::boolean::is_true;
use crate::normalise::links::{At, Links};
use crate::normalise::precision::Precision;
use crate::normalise::{email, record_id};
use crate::rules::open_record;
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Missed chats and offline messages with an email address, of people (no spam, bots or tests), after which nothing
    /// happened for 24 hours: no chat with the visitor that was answered, no activity on a record with the address, and no
    /// activity that names the chat, the record or the address. A record that is converted, closed, or whose status says
    /// that the person was contacted counts as answered. So does one whose last activity is later: there may have been
    /// others before it.
    ///
    /// Judged are chats that ended in the period that the records cover and a day before the newest record, since somebody
    /// has 24 hours. Needed are a column that says which chats were missed, and a last activity or a source of activities.
    ///
    /// ## Why it matters
    ///
    /// The visitor asked, and asks somebody else now.
    ///
    /// ## Example
    ///
    /// ```csv chat
    /// chat_id,started_at,ended_at,visitor_email,missed
    /// c1,2026-10-02T09:00:00Z,2026-10-02T09:10:00Z,ana@acme.example,true
    /// c2,2026-10-02T10:00:00Z,2026-10-02T10:10:00Z,bo@acme.example,false
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,CreatedDate,LastActivityDate
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,
    /// 2,zoe@acme.example,2026-10-09T09:00:00Z,2026-10-09
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,CreatedDate,LastActivityDate
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,2026-10-02
    /// 2,zoe@acme.example,2026-10-09T09:00:00Z,2026-10-09
    /// ```
    ///
    /// ## Options
    ///
    /// - `hours`: within how many hours somebody is to answer.
    ///
    /// ## Cleanup
    ///
    /// Manual: write to the visitors now, the latest first.
    pub struct UnansweredVisitor {
        code: "CHT009",
        name: "unanswered-visitor",
        family: Chats,
        severity: Warning,
        dimension: Timeliness,
        scope: Scope::Whole("the answer may stand in any chat, record or activity"),
        kinds: [Chat, Crm],
        needs: [Need::Clock],
        safety: Manual,
        message: "{count} of {checked|missed chat|missed chats} of {source} with an address were never answered",
        since: "0.1.0",
        options: Options,
        check: check,
    }
}

/// Options under `[rules.CHT009]`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// Within how many hours somebody is to answer.
    pub hours: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { hours: 24 }
    }
}

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// Whether a cell says that nobody answered.
fn is_missed(cell: &str) -> bool {
    is_true(cell) || matches!(trimmed(cell).to_lowercase().as_str(), "missed" | "offline" | "unanswered" | "abandoned")
}

/// Whether a status says that somebody talked to the person.
fn is_contacted(status: &str) -> bool {
    let words = spelling::words(status);
    let said =
        |at: usize| matches!(words[at].as_str(), "contacted" | "connected" | "replied" | "answered" | "kontaktiert");
    let denied = |at: usize| at > 0 && matches!(words[at - 1].as_str(), "not" | "un" | "never" | "nicht");
    (0..words.len()).any(|at| said(at) && !denied(at))
}

/// A missed chat that is due.
struct Missed {
    row: u32,
    chat: At,
    address: String,
    id: Option<String>,
    span: (i64, i64),
}

fn check(cx: &Check<'_>, options: &Options) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let (Some(links), Some(as_of)) = (&cx.facts.links, cx.facts.as_of) else {
        out.unchecked("unanswered visitors need chats beside leads or contacts; load both".to_owned());
        return Ok(out);
    };
    let people: Vec<&Table> = cx.tables.iter().copied().filter(|table| links.people.contains(&table.index)).collect();
    let tells = people.iter().any(|table| table.role(Role::LastActivityAt).is_some());
    if !tells && !Activities::of(cx, &FxHashSet::default()).are_loaded {
        out.unchecked(
            "no record has a last activity, and no activities are loaded: nothing tells of an answer".to_owned(),
        );
        return Ok(out);
    }
    let hours = i64::from(options.hours).saturating_mul(HOUR);
    let known_until = newest(&people, as_of);
    let answered = answered(cx, links);
    for table in chats(cx) {
        let Some(side) = links.side(table.index) else { continue };
        let (Some(missed), Some(column)) = (table.role(Role::Missed), table.role(Role::Email)) else {
            out.unchecked(format!(
                "{0} has no column that says which chats were missed, or none of addresses; name them under [sources.{0}.columns]",
                table.name()
            ));
            continue;
        };
        let was_missed = table.map_cells(missed, is_missed);
        let (addresses, ids) = (table.text(column), table.role(Role::Id).map(|id| table.text(id)));
        let (mut due, mut beyond) = (Vec::new(), 0);
        for row in (0..table.height() as u32).filter(|row| was_missed[*row as usize]) {
            let at = table.source_row(row);
            let address =
                addresses.get(row).and_then(email::canonical).filter(|address| !email::is_placeholder(address));
            let (Some(address), Some(span)) = (address, side.spoken(at)) else { continue };
            if !side.verdicts[at as usize].is_person() {
                continue;
            }
            if !side.is_judged(at) || span.1.saturating_add(hours) > known_until {
                beyond += 1;
                continue;
            }
            let id = ids.as_ref().and_then(|text| text.get(row)).and_then(record_id::canonical).map(Cow::into_owned);
            let chat = At { source: table.index as u32, row: at };
            due.push(Missed { row, chat, address: address.into_owned(), id, span });
        }
        say_unchecked(
            &mut out,
            table,
            beyond,
            "missed chats of {} outside of the period that the records cover, or not due yet",
        );
        out.checked(table, Some(column), due.len() as u64);
        due.retain(|one| {
            let until = one.span.1.saturating_add(hours);
            !answered.get(&one.address).is_some_and(|starts| starts.iter().any(|at| (one.span.0..=until).contains(at)))
        });
        let records = records_of(&people, links, &due);
        let record_id = |at: &At| -> Option<String> {
            let table = people.iter().find(|table| table.index == at.source as usize)?;
            let row = table.part_row(at.row)?;
            table.text(table.role(Role::Id)?).get(row).and_then(record_id::canonical).map(Cow::into_owned)
        };
        let names = |one: &Missed| -> Vec<String> {
            let of_records = records.get(&one.chat).into_iter().flatten().filter_map(record_id);
            of_records.chain(one.id.clone()).chain([one.address.clone()]).collect()
        };
        let activities = Activities::of(cx, &due.iter().flat_map(names).collect());
        let mut found = Vec::new();
        for one in &due {
            let own = records.get(&one.chat).map_or(&[][..], Vec::as_slice);
            let until = one.span.1.saturating_add(hours);
            let is_told = names(one).iter().any(|name| activities.name_within(name, one.span.0, until));
            if is_told || own.iter().any(|at| is_answered(&people, *at, one.span.0, activities.are_loaded)) {
                continue;
            }
            let what = if own.is_empty() { "no record has the address" } else { "no activity on the record since" };
            found.push(PairHit {
                row: one.row,
                detail: format!("nobody answered the chat, nor within {} hours after it; {what}", options.hours),
                other: own.first().copied(),
                ..PairHit::default()
            });
        }
        out.push(pair_hits::hits(table, Some(column), &found, (Severity::Warning, Safety::Manual))?);
    }
    Ok(out)
}

/// The newest time at which a record was made or changed, up to the clock: what came later is not in the export.
fn newest(people: &[&Table], as_of: i64) -> i64 {
    let columns = people.iter().flat_map(|table| {
        [Role::CreatedAt, Role::UpdatedAt].into_iter().filter_map(|role| Some(&table.times(table.role(role)?).micros))
    });
    columns.flatten().copied().filter(|at| *at <= as_of).max().unwrap_or(Times::MISSING)
}

/// By address, when chats began that somebody answered.
fn answered(cx: &Check<'_>, links: &Links) -> FxHashMap<String, Vec<i64>> {
    let told = chats(cx).filter_map(|table| {
        let missed = table.role(Role::Missed).map(|column| table.map_cells(column, is_missed));
        Some((table, links.side(table.index)?, table.text(table.role(Role::Email)?), missed))
    });
    let told: Vec<_> = told.collect();
    // Few visitors missed anybody, and nobody else is asked for.
    let mut wanted: FxHashSet<Cow<'_, str>> = FxHashSet::default();
    for (_, _, text, missed) in &told {
        let rows = (0_u32..).zip(missed.iter().flatten()).filter(|(_, missed)| **missed);
        wanted.extend(rows.filter_map(|(row, _)| text.get(row).and_then(email::canonical)));
    }
    let mut answered: FxHashMap<String, Vec<i64>> = FxHashMap::default();
    for (table, side, text, missed) in &told {
        let parts = text.par_parts(|first, cells| {
            let mut found = Vec::new();
            for (row, cell) in (first..).zip(cells) {
                let is_missed = missed.as_ref().is_some_and(|missed| missed[row as usize]);
                if let Some(address) = cell.filter(|_| !is_missed).and_then(email::canonical)
                    && wanted.contains(&address)
                    && let Some((from, _)) = side.spoken(table.source_row(row))
                {
                    found.push((address.into_owned(), from));
                }
            }
            found
        });
        for (address, from) in parts.into_iter().flatten() {
            answered.entry(address).or_default().push(from);
        }
    }
    answered
}

/// The records of each chat: those that it is linked to, and those with its address.
fn records_of(people: &[&Table], links: &Links, due: &[Missed]) -> BTreeMap<At, Vec<At>> {
    let wanted: FxHashSet<&str> = due.iter().map(|one| one.address.as_str()).collect();
    let mut by_address: FxHashMap<String, Vec<At>> = FxHashMap::default();
    for table in people {
        let columns = table.role(Role::Email).map(|column| (column, false)).into_iter();
        for (column, several) in columns.chain(table.more_emails().map(|column| (column, true))) {
            let parts = table.text(column).par_parts(|first, cells| {
                let of_row = |(row, cell): (u32, Option<&'_ str>)| {
                    let parts = cell.unwrap_or_default().split(|c: char| several && c == ';');
                    let addresses = parts.filter_map(email::canonical).filter(|one| wanted.contains(one.as_ref()));
                    addresses.map(|address| (address.into_owned(), row)).collect::<Vec<_>>()
                };
                (first..).zip(cells).flat_map(of_row).collect::<Vec<(String, u32)>>()
            });
            for (address, row) in parts.into_iter().flatten() {
                let at = At { source: table.index as u32, row: table.source_row(row) };
                by_address.entry(address).or_default().push(at);
            }
        }
    }
    due.iter()
        .map(|one| {
            let linked = links.of_chat(one.chat).iter().map(|link| link.record);
            let mut records: Vec<At> =
                linked.chain(by_address.get(&one.address).into_iter().flatten().copied()).collect();
            records.sort_unstable();
            records.dedup();
            (one.chat, records)
        })
        .collect()
}

/// Whether a record shows that somebody cared for the person since `from`, or does not tell.
fn is_answered(people: &[&Table], at: At, from: i64, with_activities: bool) -> bool {
    let Some(table) = people.iter().find(|table| table.index == at.source as usize) else { return true };
    let Some(row) = table.part_row(at.row) else { return true };
    if !table.open().holds(at.row) {
        return true;
    }
    let status = [Role::Status, Role::Stage].into_iter().find_map(|role| table.text(table.role(role)?).get(row));
    if status.is_some_and(|status| is_contacted(status) || open_record::is_over(status)) {
        return true;
    }
    let Some(column) = table.role(Role::LastActivityAt) else { return !with_activities };
    let times = table.times(column);
    // A date is of some zone.
    let since = match Precision::of(times) {
        Precision::Days => from.saturating_sub(from.rem_euclid(DAY)).saturating_sub(DAY),
        _ if times.get(row).is_some_and(|at| at.rem_euclid(DAY) == 0) => {
            from.saturating_sub(from.rem_euclid(DAY)).saturating_sub(DAY)
        }
        Precision::Seconds | Precision::Minutes => from,
    };
    times.get(row).is_some_and(|at| at >= since)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::flagged;

    #[test]
    fn a_status_tells_who_was_contacted() {
        assert!(is_contacted("Working - Contacted") && is_contacted("contacted"));
        assert!(!is_contacted("Open - Not Contacted") && !is_contacted("New") && !is_contacted("Uncontacted"));
    }

    const CHATS: &str = "chat_id,started_at,ended_at,visitor_email,missed,is_spam\n\
        c1,2026-10-02T09:00:00Z,2026-10-02T09:10:00Z,ana@acme.example,missed,\n";
    const LEADS: &str = "Id,Email,Status,CreatedDate,LastActivityDate\n\
        1,ana@acme.example,Open - Not Contacted,2026-10-01T09:10:05Z,2026-09-29\n\
        9,zoe@acme.example,,2026-10-09T09:00:00Z,\n";

    fn found(leads: &str, chats: &str, activities: &str) -> usize {
        let texts = [("lead", leads), ("chat", chats), ("activity", activities)];
        flagged("CHT009", "", &texts[..if activities.is_empty() { 2 } else { 3 }]).len()
    }

    #[test]
    fn an_answer_may_stand_anywhere() {
        assert_eq!(found(LEADS, CHATS, ""), 1);
        assert_eq!(found(&LEADS.replace("1,ana", "1,bo"), CHATS, ""), 1, "nobody has the address");
        for answer in ["2026-10-02", "2026-10-08"] {
            assert_eq!(found(&LEADS.replace("2026-09-29", answer), CHATS, ""), 0, "{answer}");
        }
        assert_eq!(found(&LEADS.replace("Open - Not Contacted", "Closed"), CHATS, ""), 0);
        let again = format!("{CHATS}c2,2026-10-02T11:00:00Z,2026-10-02T11:10:00Z,Ana@acme.example,,\n");
        assert_eq!(found(LEADS, &again, ""), 0, "the visitor came back");
        assert_eq!(found(LEADS, &again.replace("Ana@acme.example,,", "Ana@acme.example,missed,"), ""), 2);
        let calls = "Id,CreatedDate,WhoId,Subject\n7,2026-10-02T12:00:00Z,1,Call\n";
        assert_eq!(found(LEADS, CHATS, calls), 0);
        assert_eq!(found(LEADS, CHATS, &calls.replace("2026-10-02", "2026-10-04")), 1);
    }

    #[test]
    fn only_people_who_are_due_are_asked_for() {
        assert_eq!(found(LEADS, &CHATS.replace("missed,\n", "missed,true\n"), ""), 0);
        assert_eq!(found(LEADS, &CHATS.replace("ana@acme.example", ""), ""), 0);
        assert_eq!(found(&LEADS.replace("2026-10-09T09", "2026-10-03T08"), CHATS, ""), 0, "24 hours are not over");
    }
}
