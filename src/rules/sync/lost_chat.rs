//! SYN004: chats that ought to be leads, and of which the CRM has nothing.

use std::collections::BTreeMap;

use super::latency::chats;
use crate::model::{Kind, Object};
use crate::normalise::gate::Verdict;
use crate::normalise::links::{At, Trace};
use crate::normalise::record_id;
use crate::normalise::sync_result::{Attempted, result};
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Chats that qualify (by `[qualify] any`: an email, a phone number or an `Intent_*` or `Demo_*` tag; never spam, bots or
    /// tests) and of which nothing is in the CRM: no record or log row links to them, and their address and number stand on
    /// no lead, contact or account, in no email column, whatever its age. Converted leads prove that someone exists.
    ///
    /// Judged are chats that ended in the period that the leads cover, less `[sync] grace-seconds` at its end; how many lie
    /// outside is said. A chat that qualifies by its tags alone, and left neither address nor number, is judged only where
    /// some records or the log are linked by ids, since nothing else could name it. Of people who chatted before that period
    /// the record may be older than what is loaded: they are counted as not checked.
    ///
    /// Where no contacts are loaded the person may be one: the severity is then warning. The same where the log says that
    /// a record was written which is not loaded: it may have been deleted since.
    ///
    /// ## Why it matters
    ///
    /// Somebody asked to be called, and nobody knows.
    ///
    /// ## Example
    ///
    /// ```csv lead
    /// Id,Email,CreatedDate
    /// 1,ana@acme.example,2026-10-01T09:10:05Z
    /// 2,bo@acme.example,2026-10-03T09:10:05Z
    /// ```
    ///
    /// ```csv chat flags
    /// chat_id,started_at,ended_at,visitor_email
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example
    /// c2,2026-10-02T09:00:00Z,2026-10-02T09:10:00Z,cy@acme.example
    /// ```
    ///
    /// ```csv chat passes
    /// chat_id,started_at,ended_at,visitor_email
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example
    /// c3,2026-10-04T09:00:00Z,2026-10-04T09:10:00Z,di@acme.example
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: create the leads from the evidence, then look at the log for that hour.
    pub struct LostChat {
        code: "SYN004",
        name: "lost-chat",
        family: Sync,
        severity: Error,
        dimension: Integrity,
        scope: Scope::Whole("a chat is lost only if no row of any source knows it"),
        kinds: [Chat, Crm, SyncLog],
        needs: [],
        safety: Manual,
        message: "{count} of {checked|qualifying chat|qualifying chats} of {source} left nothing in the CRM",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// By chat id, the record that the log says was written for it.
fn written(cx: &Check<'_>) -> BTreeMap<String, String> {
    let mut written = BTreeMap::new();
    for log in cx.tables.iter().filter(|table| table.source.kind == Kind::SyncLog) {
        let (Some(chat), Some(record)) = (log.role(Role::ChatId), log.role(Role::RecordId)) else { continue };
        let results = log.role(Role::Result).map(|column| log.map_cells(column, result));
        let (chats, records) = (log.text(chat), log.text(record));
        for row in 0..log.height() as u32 {
            let failed = results.as_ref().is_some_and(|said| said[row as usize] == Attempted::Failed);
            let ids =
                chats.get(row).and_then(record_id::canonical).zip(records.get(row).and_then(record_id::canonical));
            if let Some((chat, record)) = ids.filter(|_| !failed) {
                written.insert(chat.into_owned(), record.into_owned());
            }
        }
    }
    written
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let Some(links) = &cx.facts.links else {
        out.unchecked("lost chats need chats beside leads or contacts; load both".to_owned());
        return Ok(out);
    };
    let contacts = cx.tables.iter().any(|table| table.source.object == Some(Object::Contact));
    let mut in_log: Option<BTreeMap<String, String>> = None;
    for table in chats(cx) {
        let Some(side) = links.side(table.index) else { continue };
        let linked_by_id = links.pairs()[links.of_source(table.index)].iter().any(|link| link.by.is_proof());
        let email = table.role(Role::Email);
        let phone = table.role(Role::Phone);
        let ids = table.role(Role::Id).map(|column| table.text(column));
        let mut found: BTreeMap<Option<usize>, Vec<PairHit>> = BTreeMap::new();
        let (mut checked, mut outside, mut nameless, mut back) = (0, 0_u64, 0_u64, 0_u64);
        for row in 0..table.height() as u32 {
            let at = table.source_row(row);
            let verdict = side.verdicts[at as usize];
            if !verdict.qualifies() {
                continue;
            }
            if !side.is_judged(at) {
                outside += 1;
                continue;
            }
            if verdict == Verdict::Intent && !linked_by_id {
                nameless += 1;
                continue;
            }
            let chat = At { source: table.index as u32, row: at };
            let is_lost = side.traces[at as usize] == Trace::Nothing && links.of_chat(chat).is_empty();
            if is_lost && side.returned[at as usize] {
                back += 1;
                continue;
            }
            checked += 1;
            if !is_lost {
                continue;
            }
            let column = match verdict {
                Verdict::Email => email,
                Verdict::Phone => phone,
                _ => None,
            };
            let id = ids.as_ref().and_then(|text| text.get(row)).and_then(record_id::canonical);
            let record = id.and_then(|id| in_log.get_or_insert_with(|| written(cx)).get(id.as_ref()).cloned());
            let (why, sure) = match (&record, contacts) {
                (Some(record), _) => (format!("; the log says it became {record}, which is not loaded"), false),
                (None, true) => (String::new(), true),
                (None, false) => ("; no contacts are loaded, the person may be one".to_owned(), false),
            };
            found.entry(column).or_default().push(PairHit {
                row,
                detail: format!("{}, and nothing of it is in the CRM{why}", verdict.why()),
                severity: (!sure).then_some(Severity::Warning),
                ..PairHit::default()
            });
        }
        for (count, why) in [
            (
                outside,
                [
                    "qualifying chat of {} ended outside of the period that the records cover",
                    "qualifying chats of {} ended outside of the period that the records cover",
                ],
            ),
            (
                back,
                [
                    "chat of {} is of somebody who chatted before the period that the records cover, so that the record may be older",
                    "chats of {} are of people who chatted before the period that the records cover, so that their record may be older",
                ],
            ),
            (
                nameless,
                [
                    "chat of {} qualifies by tags alone and left nothing to look for",
                    "chats of {} qualify by tags alone and left nothing to look for",
                ],
            ),
        ] {
            if count > 0 {
                let why = why[usize::from(count != 1)];
                out.unchecked(format!("{count} {}", why.replace("{}", table.name())));
            }
        }
        let columns: Vec<Option<usize>> = found.keys().copied().collect();
        match columns.as_slice() {
            [] => out.checked(table, None, checked),
            some => some.iter().for_each(|column| out.checked(table, *column, checked)),
        }
        for (column, found) in found {
            out.push(pair_hits::hits(table, column, &found, (Severity::Error, Safety::Manual))?);
        }
    }
    Ok(out)
}
