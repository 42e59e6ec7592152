//! CHT002: leads of chats that do not say what was said.

use std::borrow::Cow;

use rustc_hash::FxHashSet;

use super::carried::{Activities, Carriers, chats, created, say_unchecked};
use crate::normalise::links::{At, Link};
use crate::normalise::record_id;
use crate::normalise::text::is_blank;
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Leads and contacts that a qualifying chat made, and that do not lead to what was said in it:
    ///
    /// - where the records have a transcript column, it is blank, and the transcript stands neither in the notes nor in an
    ///   activity that names the chat or the record. Chats without a transcript of their own have nothing to lose;
    /// - else, where the records have a chat id column, it is blank, and no activity names the chat or the record;
    /// - else, where they have a last activity, there was none since the chat began. Where most of the records that chats made
    ///   have none, activities are not how this CRM keeps chats, and nothing is judged.
    ///
    /// Judged are chats that ended in the period that the records cover, less `[sync] grace-seconds` at its end. A CRM with
    /// none of these columns cannot be judged, and the report says so. Where the column is blank on all of twenty records or
    /// more, that is one finding.
    ///
    /// ## Why it matters
    ///
    /// The first call begins with the questions that the visitor has answered already.
    ///
    /// ## Example
    ///
    /// ```csv chat
    /// chat_id,started_at,ended_at,visitor_email,transcript
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,"Visitor: What does it cost?"
    /// c2,2026-10-01T10:00:00Z,2026-10-01T10:10:00Z,bo@acme.example,"Visitor: Where is the data kept?"
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,CreatedDate,Chat_Id__c,Chat_Transcript__c
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,c1,
    /// 2,zoe@acme.example,2026-10-03T09:00:00Z,,
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,CreatedDate,Chat_Id__c,Chat_Transcript__c
    /// 1,bo@acme.example,2026-10-01T10:10:05Z,c2,Visitor: Where is the data kept?
    /// 2,zoe@acme.example,2026-10-03T09:00:00Z,,
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Review where the record has a blank chat id: the chat's is proposed. Manual else: write the transcript into the record;
    /// the evidence names both.
    pub struct MissingTranscript {
        code: "CHT002",
        name: "missing-transcript",
        family: Chats,
        severity: Error,
        dimension: Completeness,
        scope: Scope::Whole("an activity anywhere may hold the transcript"),
        kinds: [Chat, Crm],
        needs: [],
        safety: Manual,
        message: "{count} of {checked|record|records} that chats made in {source} do not lead to what was said",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

const DAY: i64 = 86_400_000_000;
/// Records from which on it is one finding that all lack it.
const MANY: usize = 20;

/// By which column the records of a source lead to a chat, and what they lack where it is blank.
fn judged_by(table: &Table) -> Option<(Role, usize, &'static str)> {
    [
        (Role::Transcript, "no transcript"),
        (Role::ChatId, "no chat id to look the transcript up by"),
        (Role::LastActivityAt, "no activity since the chat began"),
    ]
    .into_iter()
    .find_map(|(role, lack)| table.role(role).map(|column| (role, column, lack)))
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let Some(links) = &cx.facts.links else {
        out.unchecked("missing transcripts need chats beside leads or contacts; load both".to_owned());
        return Ok(out);
    };
    for chat in chats(cx) {
        let Some(side) = links.side(chat.index) else { continue };
        let text = |role: Role| chat.role(role).map(|column| chat.text(column));
        let (said, ids) = (text(Role::Transcript), text(Role::Id));
        let mut outside = 0;
        for table in cx.tables.iter().filter(|table| links.people.contains(&table.index)) {
            let made = links.pairs()[links.of_source(chat.index)].iter().filter(|link| {
                let own = link.made && link.record.source as usize == table.index;
                own && side.verdicts[link.chat.row as usize].qualifies()
            });
            let (judged, beyond): (Vec<&Link>, Vec<&Link>) = made.partition(|link| {
                let created = table.part_row(link.record.row).and_then(|row| created(table, row));
                side.is_judged_with(link.chat.row, created)
            });
            outside += beyond.len() as u64;
            let Some((role, column, lack)) = judged_by(table) else {
                if !judged.is_empty() {
                    out.unchecked(format!(
                        "{} has neither a transcript nor a chat id nor a last activity: whether its records lead to their chats is not known",
                        table.name()
                    ));
                }
                continue;
            };
            let carriers = Carriers::of(table);
            let cells = table.text(column);
            let times = table.is_time(column).then(|| table.times(column));
            let (mut checked, mut suspects) = (0, Vec::new());
            for link in judged {
                let (Some(row), Some(of_chat)) = (table.part_row(link.record.row), chat.part_row(link.chat.row)) else {
                    continue;
                };
                let talk = said.as_ref().and_then(|text| text.get(of_chat));
                // Nothing was said, as far as the chats tell.
                if role == Role::Transcript && said.is_some() && is_blank(talk) {
                    continue;
                }
                checked += 1;
                let has = match (times, side.spoken(link.chat.row)) {
                    // A day of some zone is all that most activities are stamped by.
                    (Some(times), Some((from, _))) => {
                        let day = from.saturating_sub(from.rem_euclid(DAY)).saturating_sub(DAY);
                        times.get(row).is_some_and(|at| at >= day)
                    }
                    _ => !is_blank(cells.get(row)),
                };
                let id = ids.as_ref().and_then(|text| text.get(of_chat)).map(trimmed);
                let has = has || (role == Role::Transcript && carriers.holds(row, None, talk));
                if !has {
                    suspects.push((row, *link, id.and_then(record_id::canonical)));
                }
            }
            if role == Role::LastActivityAt && suspects.len() * 2 > checked as usize {
                out.unchecked(format!(
                    "most records that chats made in {} have no activity since: it is not how transcripts are kept there",
                    table.name()
                ));
                continue;
            }
            let record =
                |row: u32| table.role(Role::Id).and_then(|id| table.text(id).get(row)).and_then(record_id::canonical);
            let wanted: FxHashSet<String> = suspects
                .iter()
                .flat_map(|(row, _, id)| [id.clone(), record(*row)].map(|id| id.map(Cow::into_owned)))
                .flatten()
                .collect();
            let activities = Activities::of(cx, &wanted);
            let is_told = |row: u32, chat: At, id: Option<&str>| {
                id.is_some_and(|id| activities.name(id))
                    || side
                        .spoken(chat.row)
                        .zip(record(row))
                        .is_some_and(|((from, to), id)| activities.name_within(&id, from, to.saturating_add(DAY)))
            };
            let found: Vec<PairHit> = suspects
                .iter()
                .filter(|(row, link, id)| !is_told(*row, link.chat, id.as_deref()))
                .map(|(row, link, id)| PairHit {
                    row: *row,
                    suggested: id.as_deref().filter(|_| role == Role::ChatId).map(str::to_owned),
                    safety: (id.is_some() && role == Role::ChatId).then_some(Safety::Review),
                    detail: format!("{lack}, linked by {}", link.by.as_str()),
                    other: Some(link.chat),
                    ..PairHit::default()
                })
                .collect();
            out.checked(table, Some(column), checked);
            if found.len() >= MANY && found.len() as u64 == checked && cx.facts.of(table).columns.filled(column) == 0 {
                let detail = format!("{lack}: blank on every record, of which chats made {}", found.len());
                out.push(Hits::whole(table, Some(column), &detail)?);
                continue;
            }
            out.push(pair_hits::hits(table, Some(column), &found, (Severity::Error, Safety::Manual))?);
        }
        say_unchecked(
            &mut out,
            chat,
            outside,
            "chats of {} that made records, and ended outside of the period that the records cover",
        );
    }
    Ok(out)
}
