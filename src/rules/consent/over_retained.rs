//! CNS003: records kept beyond the retention period.

use crate::model::SystemField;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Leads, contacts and chats whose newest time (last activity, update, creation; of a chat its start or end) lies
    /// more than `[retention] days` before the clock of the audit. Rows without a readable time are not judged, and a
    /// time that lies ahead keeps its record. Updates by `system-users` of the source keep nothing.
    ///
    /// ## Why it matters
    ///
    /// Personal data that nobody works with any more may not be kept for ever; who asks will be told what is still there.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [retention]
    /// days = 730
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,CreatedDate,LastActivityDate
    /// 1,ana@acme.example,2023-02-01T09:00:00Z,2023-05-04
    /// 2,bo@acme.example,2026-10-01T09:00:00Z,
    /// 3,cy@acme.example,2026-10-02T09:00:00Z,
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,CreatedDate,LastActivityDate
    /// 1,ana@acme.example,2023-02-01T09:00:00Z,2026-05-04
    /// 2,bo@acme.example,2026-10-01T09:00:00Z,
    /// 3,cy@acme.example,2026-10-02T09:00:00Z,
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Review: deleting, after a quarantine of 14 days, is proposed to a person, who knows of contracts, invoices and claims
    /// that ask for keeping a record longer. Records that opted out or bounced are kept, so that nobody enters them again:
    /// anonymise them by hand. So are customers, what another system knows, and what other loaded records refer to.
    pub struct OverRetained {
        code: "CNS003",
        name: "over-retained",
        family: Consent,
        severity: Info,
        dimension: Timeliness,
        scope: Scope::Row,
        kinds: [Crm, Chat],
        objects: [Lead, Contact],
        needs: [
            Need::Setting("[retention] days", |config| config.retention.days.is_some()),
            Need::AnyRole(&TIMES),
            Need::Clock,
        ],
        safety: Review,
        message: "{count} of {checked|record|records} of {source} kept beyond the retention period",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// Times that show that a record was still of use.
const TIMES: [Role; 5] = [Role::LastActivityAt, Role::UpdatedAt, Role::CreatedAt, Role::StartedAt, Role::EndedAt];

const DAY: i64 = 86_400_000_000;

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let (Some(as_of), Some(days)) = (cx.facts.as_of, cx.config.retention.days) else { return Ok(out) };
    let end = as_of.saturating_sub(i64::from(days) * DAY);
    for table in &cx.tables {
        let mut newest = vec![Times::MISSING; table.height()];
        let system = &cx.facts.of(table).system_users;
        let by = table.source.system(SystemField::UpdatedBy).map(|column| table.text(column));
        let by_system = |row: u32| by.as_ref().and_then(|by| by.get(row)).is_some_and(|user| system.holds(user));
        for (role, column) in TIMES.into_iter().filter_map(|role| Some((role, table.role(role)?))) {
            for ((row, newest), at) in (0..).zip(&mut newest).zip(&table.times(column).micros) {
                // A nightly sync of every record would keep them all for ever.
                if *at > *newest && !(role == Role::UpdatedAt && by_system(row)) {
                    *newest = *at;
                }
            }
        }
        out.checked(table, None, newest.iter().filter(|at| **at != Times::MISSING).count() as u64);
        let rows: Vec<u32> =
            (0..).zip(&newest).filter(|(_, at)| **at != Times::MISSING && **at < end).map(|(row, _)| row).collect();
        let detail: StringChunked = rows
            .iter()
            .map(|row| {
                let idle = as_of.saturating_sub(newest[*row as usize]) / DAY;
                Some(format!("nothing for {idle} days; {days} may be kept"))
            })
            .collect();
        out.push(Hits::rows(table, None, rows)?.with("detail", detail.into_series())?);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    const TOML: &str = "[retention]\ndays = 365\n";

    #[test]
    fn the_newest_time_counts_whichever_it_is() {
        let leads = "Id,Email,CreatedDate,LastModifiedDate,LastActivityDate\n\
            1,a@x.example,2020-01-01T00:00:00Z,2020-02-01T00:00:00Z,2020-03-01\n\
            2,b@x.example,2020-01-01T00:00:00Z,2026-02-01T00:00:00Z,2020-03-01\n\
            3,c@x.example,2020-01-01T00:00:00Z,2020-02-01T00:00:00Z,2026-03-01\n\
            4,d@x.example,,,\n\
            5,e@x.example,2026-10-01T00:00:00Z,2026-10-02T00:00:00Z,\n\
            6,f@x.example,2025-10-02T00:00:00Z,,\n\
            7,g@x.example,2025-10-01T00:00:00Z,,\n";
        let found = flagged("CNS003", TOML, &[("lead", leads)]);
        let ids: Vec<_> = found.iter().filter_map(|row| row.record_id.as_deref()).collect();
        assert_eq!(ids, ["1", "7"], "record 6 is kept for exactly as long as it may be");
        assert!(found[1].detail.starts_with("nothing for 366 days"), "{}", found[1].detail);
    }

    #[test]
    fn chats_are_kept_from_their_end() {
        let chats = "chat_id,started_at,ended_at,visitor_email\n\
            c1,2024-01-01T10:00:00Z,2024-01-01T10:10:00Z,a@x.example\n\
            c2,2026-10-01T10:00:00Z,2026-10-01T10:10:00Z,b@x.example\n";
        let found = flagged("CNS003", TOML, &[("chat", chats)]);
        assert_eq!(found.iter().filter_map(|row| row.record_id.as_deref()).collect::<Vec<_>>(), ["c1"]);
    }

    #[test]
    fn nothing_is_said_without_a_period() {
        let leads = "Id,Email,CreatedDate\n1,a@x.example,2020-01-01T00:00:00Z\n2,b@x.example,2026-10-01T00:00:00Z\n3,c@x.example,2026-10-02T00:00:00Z\n";
        assert!(flagged("CNS003", "", &[("lead", leads)]).is_empty());
        assert_eq!(flagged("CNS003", TOML, &[("lead", leads)]).len(), 1);
    }
}
