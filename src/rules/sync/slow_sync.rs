//! SYN001: leads that took longer than they ought to.

use super::latency::{Measured, chats, limits, measure, trigger_word};
use crate::normalise::precision::Precision;
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Chats whose lead was created `[sync] target-seconds` (30) or more after the chat ended, and not more than
    /// `alert-seconds` (300): what is later than that is SYN002's. Only records that the chat made count; records that were
    /// there before, or came another way, are none of the sync's work.
    ///
    /// The clock starts at the chat's end, or at its start with `[sync] trigger = "chat-start"`. Where most leads are created
    /// while their chats still run, the end of the chat is not what triggers them: the rule says so once, as a note of
    /// severity info, and judges nothing.
    ///
    /// Seconds must be there to be judged: where all times of one side are stamped to the minute, or to the day, nothing is
    /// judged, and the report says so. The same where the two clocks are a constant offset apart (MAP008).
    ///
    /// ## Why it matters
    ///
    /// A visitor who asked for a price is warm for minutes. Somebody must see the lead while the visitor is still there.
    ///
    /// ## Example
    ///
    /// ```csv lead
    /// Id,Email,CreatedDate,Chat_Id__c
    /// 1,ana@acme.example,2026-10-01T09:11:35Z,c1
    /// 2,bo@acme.example,2026-10-01T10:10:05Z,c2
    /// ```
    ///
    /// ```csv chat flags
    /// chat_id,started_at,ended_at,visitor_email
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example
    /// ```
    ///
    /// ```csv chat passes
    /// chat_id,started_at,ended_at,visitor_email
    /// c2,2026-10-01T10:00:00Z,2026-10-01T10:10:00Z,bo@acme.example
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: look at the integration's queue, its polling interval and its rate limits.
    pub struct SlowSync {
        code: "SYN001",
        name: "slow-sync",
        family: Sync,
        severity: Warning,
        dimension: Timeliness,
        scope: Scope::Links,
        kinds: [Chat, Crm],
        needs: [],
        safety: Manual,
        message: "{count} of {checked|lead|leads} made by {source} took longer than the target",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// Whether leads are created while their chats still run, so that the end of the chat triggers nothing.
pub(super) fn starts_them(cx: &Check<'_>, source: usize) -> bool {
    const FEW: u64 = 10;
    let Some(links) = cx.facts.links.as_ref().filter(|_| cx.config.sync.trigger.is_none()) else { return false };
    links.running(source).is_some_and(|(running, made)| made >= FEW && running * 2 > made)
}

/// The chats of one source whose latency, in whole seconds, is in a range, as hits.
pub(super) fn hits(
    cx: &Check<'_>,
    table: &Table,
    measured: &Measured,
    severity: Severity,
    within: impl Fn(i64) -> bool,
) -> anyhow::Result<Hits> {
    let (_, alert) = limits(cx);
    let late = measured.latencies.iter().filter(|one| within(one.seconds()));
    let found = late.map(|one| {
        let seconds = one.seconds();
        let told = match (&cx.config.sync.alert_to, &cx.config.sync.page_to) {
            (_, Some(page)) if seconds > alert => format!("; page {page}"),
            (Some(told), _) => format!("; tell {told}"),
            _ => String::new(),
        };
        PairHit {
            row: one.row,
            value: Some(format!("{seconds} s")),
            detail: format!("{seconds} s after {}, linked by {}{told}", trigger_word(cx), one.link.by.as_str()),
            other: Some(one.link.record),
            ..PairHit::default()
        }
    });
    pair_hits::hits(table, None, &found.collect::<Vec<_>>(), (severity, Safety::Manual))
}

/// What has to be there for latencies to be judged at all.
pub(super) fn said_if_unlinked(cx: &Check<'_>, out: &mut Outcome) {
    if cx.facts.links.is_none() {
        out.unchecked("latencies need chats beside leads or contacts; load both".to_owned());
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    said_if_unlinked(cx, &mut out);
    let (target, alert) = limits(cx);
    for table in chats(cx) {
        if starts_them(cx, table.index) {
            // Said by the part that holds the first chat.
            if table.part_row(0).is_some() {
                let detail = "most leads are created while their chats run: set [sync] trigger = \"chat-start\"";
                out.push(Hits::whole(table, None, detail)?.with_severity(Severity::Info)?);
            }
            continue;
        }
        for measured in measure(cx, table, &mut out) {
            if measured.latencies.is_empty() {
                continue;
            }
            if measured.precision != Precision::Seconds {
                out.unchecked(format!(
                    "times of {} or its records are stamped to the {}: seconds cannot be judged",
                    table.name(),
                    measured.precision.as_str()
                ));
                continue;
            }
            out.checked(table, None, measured.latencies.len() as u64);
            out.push(hits(cx, table, &measured, Severity::Warning, |seconds| seconds >= target && seconds <= alert)?);
        }
    }
    Ok(out)
}
