//! SYN006: leads that are older than the chat that made them.

use super::latency::{chats, is_repeated};
use super::slow_sync::said_if_unlinked;
use crate::config::options::Trigger;
use crate::normalise::precision::Precision;
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Records that a chat made, by an id that names both, and that were created before that chat *started*. A record that
    /// is more than a day older than the chat was there before and was only touched: it is no finding. Nor is one that was
    /// created while the chat ran: some integrations work from the first message.
    ///
    /// The time of creation must lie before the start by more than the stamp can hide: a second, or a minute where times
    /// are stamped to the minute. Where they are dates, or the two clocks are a constant offset apart (MAP008), nothing is
    /// judged, and the report says so.
    ///
    /// ## Why it matters
    ///
    /// Either the clock of one system is wrong, or somebody backdates records; every latency that is measured with them is
    /// too good.
    ///
    /// ## Example
    ///
    /// ```csv chat
    /// chat_id,started_at,ended_at,visitor_email
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,CreatedDate,Chat_Id__c
    /// 1,ana@acme.example,2026-10-01T08:50:00Z,c1
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,CreatedDate,Chat_Id__c
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,c1
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: compare the clocks of both systems, and see who may set the time of creation.
    pub struct BackdatedLead {
        code: "SYN006",
        name: "backdated-lead",
        family: Sync,
        severity: Warning,
        dimension: Timeliness,
        scope: Scope::Links,
        kinds: [Chat, Crm],
        needs: [],
        safety: Manual,
        message: "{count} of {checked|record|records} made by {source} are older than the chat",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    said_if_unlinked(cx, &mut out);
    let Some(links) = &cx.facts.links else { return Ok(out) };
    for table in cx.tables.iter().filter(|table| links.people.contains(&table.index)) {
        let Some(column) = table.role(Role::CreatedAt) else { continue };
        let times = table.times(column);
        for chat in chats(cx) {
            let Some(side) = links.side(chat.index) else { continue };
            let start = side.precision(Some(Trigger::ChatStart));
            let precision = start.max(cx.facts.sources[table.index].precision);
            let unsure = links.shift(chat.index, table.index).is_some() || links.is_doubtful(chat.index, table.index);
            if precision == Precision::Days || unsure {
                out.unchecked(format!(
                    "whether records of {} are older than their chats: its clock is not known well enough",
                    table.name()
                ));
                continue;
            }
            let slack = precision.slack();
            let mut found = Vec::new();
            let mut checked = 0;
            for link in &links.pairs()[links.of_source(chat.index)] {
                if !link.made || link.record.source as usize != table.index {
                    continue;
                }
                let Some(row) = table.part_row(link.record.row) else { continue };
                let started = side.started[link.chat.row as usize];
                let Some(created) = times.get(row).filter(|_| started != Times::MISSING) else { continue };
                checked += 1;
                let early = started.saturating_sub(created);
                if early > slack && !is_repeated(cx, link) {
                    let seconds = early / 1_000_000;
                    found.push(PairHit {
                        row,
                        detail: format!("{seconds} s before its chat started, linked by {}", link.by.as_str()),
                        other: Some(link.chat),
                        ..PairHit::default()
                    });
                }
            }
            out.checked(table, Some(column), checked);
            out.push(pair_hits::hits(table, Some(column), &found, (Severity::Warning, Safety::Manual))?);
        }
    }
    Ok(out)
}
