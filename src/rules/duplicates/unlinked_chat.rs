//! DUP007: chats of people who are known, that are not linked to what is known of them.

use std::borrow::Cow;

use rustc_hash::FxHashSet;

use super::cluster;
use crate::normalise::links::{At, By, Chats, Link, Links};
use crate::normalise::record_id;
use crate::normalise::text::Text;
use crate::rules::chats::carried::{Activities, Carriers, chats, created, say_unchecked};
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Chats that qualify (`[qualify] any`) and were not linked to the record of the person:
    ///
    /// - the chat made a new record, although the visitor's address stood in the CRM before the chat began, on a lead or a
    ///   contact, in any email column. Converted leads count: they prove that somebody exists. Where both records are open
    ///   and in one source, and DUP001 or DUP002 report them, this rule is silent;
    /// - the visitor's record exists, found by email or phone, and carries nothing of the chat: neither its id nor its
    ///   transcript, and no activity names it. A record that names a *later* chat of the visitor is no finding: the column
    ///   holds one id, and was written over. A link by an id of the chat, of the record, or in the sync log is a link.
    ///
    /// Judged are chats that ended in the period that the records cover, less `[sync] grace-seconds` at its end. The second
    /// half needs a chat id or transcript column beside the records; without either it is said that nothing could be judged.
    /// Where no record names any chat, and there are twenty chats or more, that is one finding.
    ///
    /// A record that names an earlier chat of the visitor only is severity warning: its column may keep the first id.
    ///
    /// Older records in another vendor's system are severity warning: the two may be kept in step by a sync.
    ///
    /// ## Why it matters
    ///
    /// Whoever calls the visitor does not see what was said in the chat, or does not see what the company knew before it.
    ///
    /// ## Example
    ///
    /// ```csv lead
    /// Id,Email,CreatedDate,Chat_Id__c
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,c1
    /// 2,bo@acme.example,2026-10-09T09:10:05Z,c9
    /// ```
    ///
    /// ```csv chat flags
    /// chat_id,started_at,ended_at,visitor_email
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example
    /// c2,2026-10-05T09:00:00Z,2026-10-05T09:10:00Z,ana@acme.example
    /// ```
    ///
    /// ```csv chat passes
    /// chat_id,started_at,ended_at,visitor_email
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Review, where the record exists: once a person says so, the chat's id is written to the record, or the record's id to
    /// the chat, if there is a column for it and it is blank. Manual where the chat made a second record: merge it into the
    /// older one, or convert it. Then see why the integration did not look for the person.
    pub struct UnlinkedChat {
        code: "DUP007",
        name: "unlinked-chat",
        family: Duplicates,
        severity: Error,
        dimension: Uniqueness,
        scope: Scope::Whole("the older record and activities may stand anywhere"),
        kinds: [Chat, Crm],
        needs: [],
        safety: Manual,
        message: "{count} of {checked|chat|chats} of {source} not linked to the record of a known person",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// Chats from which on it is one finding that no record names any.
const MANY: usize = 20;
/// How long before a chat began an older record must have been there, in microseconds: a form before the chat makes records
/// too.
const BEFORE: i64 = 300_000_000;
/// The same where the zone of the records is not known: zones lie up to 14 hours from UTC.
const ZONES: i64 = 14 * 3_600_000_000;
const DAY: i64 = 86_400_000_000;

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let Some(links) = &cx.facts.links else {
        out.unchecked("unlinked chats need chats beside leads or contacts; load both".to_owned());
        return Ok(out);
    };
    for table in chats(cx) {
        let Some(side) = links.side(table.index) else { continue };
        let desk = Desk { cx, links, side, table };
        desk.judge(&mut out)?;
    }
    Ok(out)
}

/// The pairs of a record that a chat made and the older one of the same person, that this rule reports.
pub(super) fn second_records(cx: &Check<'_>) -> FxHashSet<(At, At)> {
    let own = &<UnlinkedChat as crate::rules::declare::Rule>::META;
    let is_mine = |table: &&Table| own.is_about(&table.source) && cx.facts.of(table).grain.passed_over("").is_none();
    let cx = Check { tables: cx.all.iter().filter(is_mine).collect(), ..*cx };
    let mut found = FxHashSet::default();
    let Some(links) = &cx.facts.links else { return found };
    for table in chats(&cx) {
        let Some(side) = links.side(table.index) else { continue };
        let desk = Desk { cx: &cx, links, side, table };
        for at in (0..table.height() as u32).map(|row| table.source_row(row)) {
            let chat = At { source: table.index as u32, row: at };
            let own = links.of_chat(chat);
            if !side.verdicts[at as usize].qualifies() {
                continue;
            }
            let Some((made, old, _)) = desk.again(chat, own) else { continue };
            let created = desk.record(made.record).and_then(|(table, row)| created(table, row));
            if side.is_judged_with(at, created) && !desk.is_repeated(made.record, old) {
                found.insert((made.record, old));
            }
        }
    }
    found
}

/// One chat source and what its chats are held against.
struct Desk<'c, 't> {
    cx: &'c Check<'t>,
    links: &'c Links,
    side: &'c Chats,
    table: &'t Table,
}

impl<'t> Desk<'_, 't> {
    /// The table of a record and its row there.
    fn record(&self, at: At) -> Option<(&'t Table, u32)> {
        let table = self.cx.tables.iter().copied().find(|table| table.index == at.source as usize)?;
        Some((table, table.part_row(at.row)?))
    }

    /// The same, unless it is a lead that was converted.
    fn open_record(&self, at: At) -> Option<(&'t Table, u32)> {
        self.record(at).filter(|(table, _)| table.open().holds(at.row))
    }

    fn id(&self, at: At) -> Option<String> {
        let (table, row) = self.record(at)?;
        table.text(table.role(Role::Id)?).get(row).and_then(record_id::canonical).map(Cow::into_owned)
    }

    fn judge(&self, out: &mut Outcome) -> anyhow::Result<()> {
        let (table, side) = (self.table, self.side);
        let text = |role: Role| table.role(role).map(|column| table.text(column));
        let (ids, said) = (text(Role::Id), text(Role::Transcript));
        let cell = |text: &Option<Text<'t>>, row: u32| text.as_ref().and_then(|text| text.get(row));
        let (mut found, mut suspects) = (Vec::new(), Vec::new());
        let (mut checked, mut outside, mut mute, mut converted) = (0_u64, 0_u64, 0_u64, 0_u64);
        let mut any_named = false;
        for row in 0..table.height() as u32 {
            let at = table.source_row(row);
            let chat = At { source: table.index as u32, row: at };
            let own = self.links.of_chat(chat);
            if !side.verdicts[at as usize].qualifies() || own.is_empty() {
                continue;
            }
            let made = own.iter().find(|link| link.made).and_then(|link| self.record(link.record));
            if !side.is_judged_with(at, made.and_then(|(table, row)| created(table, row))) {
                outside += 1;
                continue;
            }
            any_named |= own.iter().any(|link| link.by == By::ChatId);
            match self.second(chat, own) {
                Second::Made(hit) => {
                    checked += 1;
                    found.push(PairHit { row, ..hit });
                    continue;
                }
                Second::SaidElsewhere => {
                    checked += 1;
                    continue;
                }
                Second::None => {}
            }
            if own.iter().any(|link| link.by.is_proof()) {
                checked += 1;
                continue;
            }
            let there: Vec<(Link, u32, Carriers<'_>)> = own
                .iter()
                .filter_map(|link| self.open_record(link.record).map(|(table, row)| (*link, row, Carriers::of(table))))
                .collect();
            let Some((link, ..)) = there.iter().find(|(_, _, carriers)| carriers.can_tell()) else {
                *(if there.is_empty() { &mut converted } else { &mut mute }) += 1;
                continue;
            };
            checked += 1;
            let (id, said) = (cell(&ids, row).map(trimmed), cell(&said, row));
            let held = there.iter().any(|(_, row, carriers)| carriers.holds(*row, id, said));
            if !held && !there.iter().any(|(link, ..)| self.names_later(link)) {
                suspects.push((row, *link));
            }
        }
        for (count, why) in [
            (outside, "linked chats of {} that ended outside of the period that the records cover"),
            (mute, "chats of {} whose records have neither a chat id nor a transcript column to tell by"),
            (converted, "chats of {} whose leads were converted: their contacts carry what came after"),
        ] {
            say_unchecked(out, table, count, why);
        }
        let (email, phone) = (table.role(Role::Email), table.role(Role::Phone));
        let own = (Severity::Error, Safety::Manual);
        let judged = suspects.len();
        let unlinked = self.without_activity(suspects, ids.as_ref());
        let (by_phone, by_email): (Vec<_>, Vec<_>) = unlinked.into_iter().partition(|(_, link)| link.by == By::Phone);
        out.checked(table, email, checked - by_phone.len() as u64);
        if !by_phone.is_empty() {
            out.checked(table, phone, by_phone.len() as u64);
        }
        out.push(pair_hits::hits(table, email, &found, own)?);
        if !any_named && judged >= MANY && by_phone.len() + by_email.len() == judged {
            out.push(Hits::whole(table, email, &format!("no record names any of the {judged} chats of known people"))?);
            return Ok(());
        }
        for (column, unlinked) in [(email, by_email), (phone, by_phone)] {
            let hits: Vec<PairHit> = unlinked.iter().map(|(row, link)| self.bare(*row, link)).collect();
            out.push(pair_hits::hits(table, column, &hits, (Severity::Error, Safety::Review))?);
        }
        Ok(())
    }

    /// The record that the chat made beside one that was there, that one, and since when it stood there.
    fn again(&self, chat: At, own: &[Link]) -> Option<(Link, At, i64)> {
        let old = self.side.before[chat.row as usize]?;
        let made =
            own.iter().find(|link| link.made && link.record != old && self.open_record(link.record).is_some())?;
        let since = self.stood_since(chat, old)?;
        let is_one =
            made.record.source == old.source && self.id(made.record).is_some_and(|id| Some(id) == self.id(old));
        // A record of the same id, or one that this chat is known to belong to, is no second one.
        let is_linked = own.iter().any(|link| link.record == old && link.by.is_proof());
        (!is_one && !is_linked).then_some((*made, old, since))
    }

    /// Whether the chat made a record beside one that was there.
    fn second(&self, chat: At, own: &[Link]) -> Second {
        let Some((made, old, since)) = self.again(chat, own) else { return Second::None };
        let (Some((new, _)), Some((older, _))) = (self.record(made.record), self.record(old)) else {
            return Second::None;
        };
        if self.is_repeated(made.record, old) {
            return Second::SaidElsewhere;
        }
        let (new_id, old_id) = (self.id(made.record), self.id(old));
        let elsewhere = vendor(new).zip(vendor(older)).is_some_and(|(new, old)| new != old);
        let day = chrono::DateTime::from_timestamp_micros(since).map(|at| at.format(" since %Y-%m-%d").to_string());
        Second::Made(PairHit {
            detail: format!(
                "made {} of {}, although the address stood on {} of {}{}; linked by {}",
                new_id.as_deref().unwrap_or("a record"),
                new.name(),
                old_id.as_deref().unwrap_or("a record"),
                older.name(),
                day.unwrap_or_default(),
                made.by.as_str()
            ),
            other: Some(old),
            severity: elsewhere.then_some(Severity::Warning),
            ..PairHit::default()
        })
    }

    /// Since when an older record stands, if the clocks leave no doubt that it stood before the chat began.
    fn stood_since(&self, chat: At, old: At) -> Option<i64> {
        let (started, _) = self.side.spoken(chat.row)?;
        let (table, row) = self.record(old)?;
        let created = created(table, row)?;
        // Where the zone of the records is not known, it may be any.
        let zones = if self.links.is_doubtful(chat.source as usize, old.source as usize) { ZONES } else { BEFORE };
        let slack = self.cx.facts.of(table).precision.slack().max(zones);
        let offsets = self.links.shift(chat.source as usize, old.source as usize).map_or(&[0][..], |s| &s.minutes);
        let latest = offsets.iter().map(|minutes| created.saturating_sub(minutes.saturating_mul(60_000_000))).max()?;
        (latest.saturating_add(slack) <= started).then_some(created)
    }

    /// Whether DUP001 or DUP002 report the pair: both are open, of one source, and share an address or a mailbox.
    fn is_repeated(&self, new: At, old: At) -> bool {
        let rows = self.open_record(new).zip(self.open_record(old)).filter(|_| new.source == old.source);
        rows.is_some_and(|((table, new), (_, old))| cluster::is_pair(table, new, old))
    }

    /// Whether the record of a link names a chat that began later: its one id was written over.
    fn names_later(&self, link: &Link) -> bool {
        let start = |at: At| self.links.side(at.source as usize).and_then(|side| side.spoken(at.row));
        let Some((own, _)) = start(link.chat) else { return false };
        self.links
            .of_record(link.record)
            .filter(|other| other.by == By::ChatId)
            .any(|other| start(other.chat).is_some_and(|(other, _)| other > own))
    }

    /// Whether the record of a link names another chat of this visitor.
    fn names_another(&self, link: &Link) -> bool {
        self.links.of_record(link.record).any(|other| other.by == By::ChatId && other.chat != link.chat)
    }

    /// Of chats whose records carry nothing of them, those of which no activity tells.
    fn without_activity(&self, suspects: Vec<(u32, Link)>, ids: Option<&Text<'t>>) -> Vec<(u32, Link)> {
        let chat_id = |row: u32| ids.and_then(|text| text.get(row)).and_then(record_id::canonical);
        let wanted: FxHashSet<String> = suspects
            .iter()
            .flat_map(|(row, link)| [chat_id(*row).map(Cow::into_owned), self.id(link.record)])
            .flatten()
            .collect();
        let activities = Activities::of(self.cx, &wanted);
        let is_told = |(row, link): &(u32, Link)| {
            chat_id(*row).is_some_and(|id| activities.name(&id))
                || self
                    .side
                    .spoken(link.chat.row)
                    .zip(self.id(link.record))
                    .is_some_and(|((from, to), id)| activities.name_within(&id, from, to.saturating_add(DAY)))
        };
        suspects.into_iter().filter(|one| !is_told(one)).collect()
    }

    /// The hit on a chat whose record carries nothing of it.
    fn bare(&self, row: u32, link: &Link) -> PairHit {
        let records = self.record(link.record).map_or("the CRM", |(table, _)| table.name());
        PairHit {
            row,
            detail: format!(
                "{} of {records} is there, and carries neither id nor transcript of this chat; found by {}",
                self.id(link.record).as_deref().unwrap_or("a record"),
                link.by.as_str()
            ),
            other: Some(link.record),
            // A column that keeps the first chat's id tells at least that the visitor came by chat.
            severity: self.names_another(link).then_some(Severity::Warning),
            ..PairHit::default()
        }
    }
}

/// What there is of a second record that a chat made.
enum Second {
    /// None.
    None,
    /// One, which other rules report.
    SaidElsewhere,
    /// One.
    Made(PairHit),
}

/// The vendor of a source; what only has the shape of some CRM is of no vendor.
pub(super) fn vendor(table: &Table) -> Option<&str> {
    Some(table.source.vendor.as_str()).filter(|vendor| !vendor.is_empty() && !vendor.starts_with("generic"))
}
