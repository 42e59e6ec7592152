//! SYN002: leads that took so long that somebody ought to have been told.

use super::latency::{chats, limits, measure};
use super::slow_sync::{hits, said_if_unlinked, starts_them};
use crate::normalise::precision::Precision;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Chats whose lead was created more than `[sync] alert-seconds` (300) after the chat ended (or began, by `[sync]
    /// trigger`). Only records that the chat made count.
    ///
    /// Where times are stamped to the minute, a lead counts as stalled only if it is so by its lower bound, 60 seconds less.
    /// Where they are dates, nothing is judged, and the report says so; the same where the two clocks are a constant offset
    /// apart (MAP008), or most leads are created while their chats still run (SYN001).
    ///
    /// ## Why it matters
    ///
    /// Minutes of delay mean that the integration stood still: everybody who chatted meanwhile waits too.
    ///
    /// ## Example
    ///
    /// ```csv lead
    /// Id,Email,CreatedDate,Chat_Id__c
    /// 1,ana@acme.example,2026-10-01T09:40:00Z,c1
    /// 2,bo@acme.example,2026-10-01T10:10:35Z,c2
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
    /// None by script: look at the log of the integration at that hour, and at what retried it.
    pub struct StalledSync {
        code: "SYN002",
        name: "stalled-sync",
        family: Sync,
        severity: Error,
        dimension: Timeliness,
        scope: Scope::Links,
        kinds: [Chat, Crm],
        needs: [],
        safety: Manual,
        message: "{count} of {checked|lead|leads} made by {source} took longer than the alert",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    said_if_unlinked(cx, &mut out);
    let (_, alert) = limits(cx);
    for table in chats(cx).filter(|table| !starts_them(cx, table.index)) {
        for measured in measure(cx, table, &mut out) {
            if measured.latencies.is_empty() {
                continue;
            }
            // What is stamped to the minute may have been up to a minute nearer.
            let slack = match measured.precision {
                Precision::Seconds => 0,
                Precision::Minutes => 60,
                Precision::Days => {
                    out.unchecked(format!(
                        "times of {} or its records are dates: seconds cannot be judged",
                        table.name()
                    ));
                    continue;
                }
            };
            out.checked(table, None, measured.latencies.len() as u64);
            out.push(hits(cx, table, &measured, Severity::Error, |seconds| seconds.saturating_sub(slack) > alert)?);
        }
    }
    Ok(out)
}
