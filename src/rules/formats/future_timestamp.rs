//! FMT008: stamped times that lie in the future.

use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Times that systems stamp (created, updated, started, ended, assigned, logged) and that lie after the clock of the
    /// audit: by more than 5 minutes, or by more than 26 hours where neither the text nor the config says the zone.
    /// Activity, due and close dates may lie ahead and are not looked at.
    ///
    /// The clock is the newest such time that another time of its source stands within 31 days before, so that one
    /// record from 2099 does not move it.
    ///
    /// ## Why it matters
    ///
    /// A wrong clock or zone in an integration; latency comes out negative, and "newest first" shows the wrong record.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,CreatedDate
    /// 1,2026-10-01T09:00:00Z
    /// 2,2026-10-02T09:00:00Z
    /// 3,2027-06-01T09:00:00Z
    /// ```
    ///
    /// ```csv lead passes
    /// Id,CreatedDate,LastActivityDate
    /// 1,2026-10-01T09:00:00Z,2027-06-01
    /// 2,2026-10-02T09:00:00Z,2027-06-01
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: the integration's clock has to be mended first, and the true time is not in the export.
    pub struct FutureTimestamp {
        code: "FMT008",
        name: "future-timestamp",
        family: Formats,
        severity: Warning,
        dimension: Validity,
        scope: Scope::Row,
        kinds: [Crm, Chat, SyncLog],
        needs: [Need::AnyRole(&STAMPED), Need::Clock],
        safety: Manual,
        message: "a time in the future in {count} of {checked|cell|cells} of {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

const STAMPED: [Role; 6] =
    [Role::CreatedAt, Role::UpdatedAt, Role::AssignedAt, Role::StartedAt, Role::EndedAt, Role::LoggedAt];

const MINUTE: i64 = 60_000_000;
/// What clocks of two systems may differ by.
const SLACK: i64 = 5 * MINUTE;
/// What an unknown zone may hide: the span of the zones in use, UTC-12 to UTC+14.
const ZONES: i64 = 26 * 60 * MINUTE;

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let Some(as_of) = cx.facts.as_of else { return Ok(out) };
    for table in &cx.tables {
        for column in STAMPED.into_iter().filter_map(|role| table.role(role)) {
            let times = table.times(column);
            out.checked(table, Some(column), times.filled - times.unreadable.len() as u64);
            let ahead = |row: u32, at: i64| {
                let slack = if times.is_naive(row) && !table.knows_zone() { ZONES } else { SLACK };
                at != Times::MISSING && at > as_of.saturating_add(slack)
            };
            let rows: Vec<u32> = (0..)
                .zip(&times.micros)
                .filter(|(_, at)| **at > as_of)
                .filter(|(row, at)| ahead(*row, **at))
                .map(|(row, _)| row)
                .collect();
            let detail: StringChunked = rows
                .iter()
                .map(|row| times.get(*row).map(|at| span(at.saturating_sub(as_of)) + " after the clock of the audit"))
                .collect();
            out.push(Hits::rows(table, Some(column), rows)?.with("detail", detail.into_series())?);
        }
    }
    Ok(out)
}

/// A span in the unit that people would say it in.
fn span(micros: i64) -> String {
    let minutes = micros / MINUTE;
    match minutes {
        0..120 => format!("{minutes} minutes"),
        120..2880 => format!("{} hours", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    }
}
