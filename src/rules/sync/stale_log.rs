//! SYN007: a log that does not cover the chats, or that nobody writes any more.

use chrono::DateTime;

use crate::model::Kind;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Sync logs whose entries begin more than a day after the first chat, or end more than a day before the last one, so
    /// that they do not cover the period of the chats; and logs whose newest entry is a week older than the clock of the
    /// run.
    ///
    /// ## Why it matters
    ///
    /// A log that ended proves nothing: no failure in it does not mean that nothing failed.
    ///
    /// ## Example
    ///
    /// ```csv chat
    /// chat_id,started_at
    /// c1,2026-10-01T09:00:00Z
    /// c2,2026-10-20T09:00:00Z
    /// ```
    ///
    /// ```csv sync-log flags
    /// logged_at,chat_id,record_id,result
    /// 2026-10-01T09:10:00Z,c1,00Q1,success
    /// 2026-10-02T09:10:00Z,c9,00Q9,success
    /// ```
    ///
    /// ```csv sync-log passes
    /// logged_at,chat_id,record_id,result
    /// 2026-10-01T09:10:00Z,c1,00Q1,success
    /// 2026-10-20T09:10:00Z,c2,00Q2,success
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: export the log for the whole period, or find out why it ended.
    pub struct StaleLog {
        code: "SYN007",
        name: "stale-log",
        family: Sync,
        severity: Warning,
        dimension: Timeliness,
        scope: Scope::Facts,
        kinds: [SyncLog, Chat],
        needs: [Need::Clock],
        safety: Manual,
        message: "{source} does not cover the period of the chats",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

const DAY: i64 = 86_400_000_000;

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let of_kind = |kind: Kind| cx.tables.iter().filter(move |table| table.source.kind == kind);
    let day =
        |at: i64| DateTime::from_timestamp_micros(at).map_or_else(String::new, |at| at.format("%Y-%m-%d").to_string());
    let windows = of_kind(Kind::Chat).filter_map(|table| cx.facts.of(table).window);
    let chats = windows.reduce(|(a, b), (from, to)| (a.min(from), b.max(to)));
    let mut logs = 0;
    for table in of_kind(Kind::SyncLog) {
        let Some((from, to)) = cx.facts.of(table).window else {
            out.unchecked(format!("{} has no readable time", table.name()));
            continue;
        };
        logs += 1;
        out.checked(table, None, 1);
        let mut said = Vec::new();
        if let Some((first, last)) = chats {
            if from.saturating_sub(first) > DAY {
                said.push(format!("it begins on {}, the chats on {}", day(from), day(first)));
            }
            if last.saturating_sub(to) > DAY {
                said.push(format!("it ends on {}, the chats on {}", day(to), day(last)));
            }
        }
        if let Some(as_of) = cx.facts.as_of.filter(|as_of| as_of.saturating_sub(to) > 7 * DAY) {
            said.push(format!("its newest entry is {} days older than the exports", as_of.saturating_sub(to) / DAY));
        }
        if !said.is_empty() {
            out.push(Hits::whole(table, None, &said.join("; "))?.with_text("value", &day(to))?);
        }
    }
    if logs == 0 {
        out.unchecked("no sync log with times is loaded".to_owned());
    }
    Ok(out)
}
