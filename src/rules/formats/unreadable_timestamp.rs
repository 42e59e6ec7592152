//! FMT003: times that cannot be read.

use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Cells of time columns that are no point in time in any spelling that exports use: ISO 8601, epoch seconds and
    /// milliseconds, day and month in either order, months in letters.
    ///
    /// ## Why it matters
    ///
    /// Latency, age and order cannot be computed for the record; imports reject it or read it as something else.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,CreatedDate
    /// 1,2026-10-01T09:00:00Z
    /// 2,31/31/2026
    /// 3,yesterday
    /// ```
    ///
    /// ```csv lead passes
    /// Id,CreatedDate
    /// 1,2026-10-01T09:00:00.000Z
    /// 2,25.10.2026 09:00
    /// 3,1790847000
    /// 4,
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: the time that was meant is not in the export.
    pub struct UnreadableTimestamp {
        code: "FMT003",
        name: "unreadable-timestamp",
        family: Formats,
        severity: Error,
        dimension: Validity,
        scope: Scope::Row,
        kinds: [Crm, Chat, SyncLog],
        needs: [Need::AnyRole(&TIMES)],
        safety: Manual,
        message: "no time can be read in {count} of {checked|cell|cells} of {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

const TIMES: [Role; 7] = [
    Role::CreatedAt,
    Role::UpdatedAt,
    Role::LastActivityAt,
    Role::AssignedAt,
    Role::StartedAt,
    Role::EndedAt,
    Role::LoggedAt,
];

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        for column in TIMES.into_iter().filter_map(|role| table.role(role)) {
            let times = table.times(column);
            out.checked(table, Some(column), times.filled);
            out.push(
                Hits::rows(table, Some(column), times.unreadable.clone())?
                    .with_text("detail", "no spelling of a time that exports use")?,
            );
        }
    }
    Ok(out)
}
