//! SYN003: hours in which too many chats did not get through.

use std::collections::BTreeMap;

use chrono::DateTime;

use super::attempts::HOUR;
use crate::normalise::sync_result::Cause;
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// UTC hours in which, of the distinct chats that the sync log first tried, more than `[sync] error-rate` (2 %) had no
    /// success inside the hour, and at least two. Each such chat is pointed at where it first failed; the hour holds them
    /// together, and the detail says what the hour's chats failed with: rate limit, permission, timeout, validation,
    /// duplicate, other.
    ///
    /// A chat counts once however often it was tried, so that eager retries neither hide a burst nor make one. An hour with a
    /// single chat that failed is over the share only because it is quiet: such hours are counted under what was not
    /// checked.
    ///
    /// ## Why it matters
    ///
    /// Chats fail together: an expired login, a limit that is used up, a field that became required. Whatever came in that
    /// hour may be lost.
    ///
    /// ## Example
    ///
    /// ```csv sync-log flags
    /// logged_at,chat_id,record_id,result,error,attempt
    /// 2026-10-01T09:01:00Z,c1,,error,429 Too Many Requests,1
    /// 2026-10-01T09:05:00Z,c2,,error,429 Too Many Requests,1
    /// 2026-10-01T09:07:00Z,c3,00Q1,success,,1
    /// ```
    ///
    /// ```csv sync-log passes
    /// logged_at,chat_id,record_id,result,error,attempt
    /// 2026-10-01T09:01:00Z,c1,,error,429 Too Many Requests,1
    /// 2026-10-01T09:02:00Z,c1,00Q1,success,,2
    /// 2026-10-01T09:05:00Z,c2,,error,504 Gateway Timeout,1
    /// 2026-10-01T09:07:00Z,c3,00Q3,success,,1
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: send the chats of the hour again, then look at what stopped them.
    pub struct ErrorBurst {
        code: "SYN003",
        name: "error-burst",
        family: Sync,
        severity: Error,
        dimension: Timeliness,
        scope: Scope::Whole("a chat counts in the hour in which it was first tried"),
        kinds: [SyncLog],
        needs: [Need::Role(Role::LoggedAt), Need::Role(Role::ChatId), Need::AnyRole(&[Role::Result, Role::Error])],
        safety: Manual,
        message: "{count|chat|chats} of {source} did not get through in {groups|hour|hours} with too many failures",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// Tolerated share of failing chats in an hour, unless `[sync] error-rate` says another.
const ERROR_RATE: f64 = 0.02;

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let rate = cx.config.sync.error_rate.unwrap_or(ERROR_RATE);
    for table in &cx.tables {
        let log = cx.shared.attempts(table);
        out.checked(table, None, log.chats);
        let over = |hour: &super::attempts::Hour| hour.missed.len() as f64 > rate * hour.tried as f64;
        let quiet = log.hours.values().filter(|hour| over(hour) && hour.missed.len() == 1).count();
        if quiet > 0 {
            out.unchecked(format!(
                "{quiet} hours of {} in which a single chat failed: too few to be a burst",
                table.name()
            ));
        }
        if log.unclear > 0 {
            out.unchecked(format!("{} rows of {} without a time, a chat or an outcome", log.unclear, table.name()));
        }
        let mut found = Vec::new();
        for (hour, of) in log.hours.iter().filter(|(_, hour)| over(hour) && hour.missed.len() > 1) {
            let Some(begin) = DateTime::from_timestamp_micros(hour.saturating_mul(HOUR)) else { continue };
            let key = begin.format("%Y-%m-%dT%H:%M:%SZ").to_string();
            let mut causes: BTreeMap<Cause, u64> = BTreeMap::new();
            for missed in &of.missed {
                *causes.entry(missed.cause).or_default() += 1;
            }
            let causes: Vec<String> =
                causes.iter().map(|(cause, chats)| format!("{} {chats}", cause.as_str())).collect();
            let told = cx.config.sync.page_to.as_ref().map(|page| format!("; page {page}")).unwrap_or_default();
            let detail = format!(
                "{} of {} chats first tried in the hour from {key} did not get through in it: {}{told}",
                of.missed.len(),
                of.tried,
                causes.join(", ")
            );
            found.extend(of.missed.iter().map(|missed| PairHit {
                row: missed.row,
                value: Some(key.clone()),
                key: Some(key.clone()),
                detail: detail.clone(),
                ..PairHit::default()
            }));
        }
        out.push(pair_hits::hits(table, None, &found, (Severity::Error, Safety::Manual))?);
    }
    Ok(out)
}
