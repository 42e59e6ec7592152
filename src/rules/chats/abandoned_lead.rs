//! CHT004: open leads that nobody has touched for months.

use crate::normalise::Users;
use crate::normalise::text::is_blank;
use crate::normalise::users::is_queue;
use crate::rules::open_record;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Open leads whose last activity lies more than 90 days before the clock of the audit, whoever owns them; that
    /// nobody, a queue or an inactive user does is said. A lead is open unless a whole word of its status (or stage) ends
    /// it: closed, converted, unqualified, disqualified, lost, won, customer, dead, junk, recycled and the like, "Not
    /// Converted" and "Open" aside. Where there is no such column every lead counts as open. Leads without a last activity
    /// are not judged.
    ///
    /// Owners are looked up by id, name or address in a `user` source, where there is one.
    ///
    /// ## Why it matters
    ///
    /// Somebody asked and was forgotten, or the lead is dead and makes the pipeline look full.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Status,OwnerId,CreatedDate,LastActivityDate
    /// 1,Working,,2026-03-01T09:00:00Z,2026-06-30
    /// 2,Working,u1,2026-10-28T09:00:00Z,2026-10-28
    /// 3,Working,u1,2026-10-29T09:00:00Z,
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Status,OwnerId,CreatedDate,LastActivityDate
    /// 1,Closed - Not Interested,u1,2026-03-01T09:00:00Z,2026-06-30
    /// 2,Working,u1,2026-03-01T09:00:00Z,2026-12-24
    /// 3,Working,u1,2026-10-28T09:00:00Z,2026-08-01
    /// 4,Working,u1,2026-10-29T09:00:00Z,
    /// ```
    ///
    /// ## Options
    ///
    /// - `days`: after how many days without activity a lead counts as abandoned.
    ///
    /// ## Cleanup
    ///
    /// Manual: a person works the lead, closes it or has it deleted.
    pub struct AbandonedLead {
        code: "CHT004",
        name: "abandoned-lead",
        family: Chats,
        severity: Info,
        dimension: Timeliness,
        scope: Scope::Row,
        kinds: [Crm],
        objects: [Lead],
        needs: [Need::Role(Role::LastActivityAt), Need::Clock],
        safety: Manual,
        message: "{count} of {checked|open lead|open leads} of {source} without activity for months",
        since: "0.1.0",
        options: Options,
        check: check,
    }
}

/// Options under `[rules.CHT004]`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// After how many days without activity a lead counts as abandoned.
    pub days: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { days: 90 }
    }
}

const DAY: i64 = 86_400_000_000;

fn check(cx: &Check<'_>, options: &Options) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let Some(as_of) = cx.facts.as_of else { return Ok(out) };
    let end = as_of.saturating_sub(i64::from(options.days) * DAY);
    for table in &cx.tables {
        let Some(column) = table.role(Role::LastActivityAt) else { continue };
        let times = table.times(column);
        let is_over = open_record::over(table);
        let is_open = |row: u32| is_over.as_ref().is_none_or(|is_over| !is_over[row as usize]);
        let (mut checked, mut rows) = (0, Vec::new());
        for (row, at) in (0_u32..).zip(&times.micros) {
            if *at != Times::MISSING && is_open(row) {
                checked += 1;
                if *at < end {
                    rows.push(row);
                }
            }
        }
        out.checked(table, Some(column), checked);
        let owner = table.role(Role::Owner).map(|owner| table.text(owner));
        let detail: StringChunked = rows
            .iter()
            .map(|row| {
                let idle = as_of.saturating_sub(times.get(*row).unwrap_or(as_of)) / DAY;
                let whose = owner.as_ref().map_or("", |owner| whose(owner.get(*row), &cx.facts.users));
                Some(format!("no activity for {idle} days{whose}"))
            })
            .collect();
        out.push(Hits::rows(table, Some(column), rows)?.with("detail", detail.into_series())?);
    }
    Ok(out)
}

/// What there is to say of an owner.
fn whose(owner: Option<&str>, users: &Users) -> &'static str {
    let Some(owner) = owner.filter(|owner| !is_blank(Some(owner))) else { return "; nobody owns it" };
    match users.is_enabled(owner) {
        _ if is_queue(owner) => "; a queue owns it",
        Some(false) => "; its owner is an inactive user",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    const TAIL: &str = "8,Open,u1,2026-10-28T00:00:00Z,\n9,Open,u1,2026-10-28T00:00:00Z,\n";

    fn details(toml: &str, rows: &str, users: &str) -> Vec<(String, String)> {
        let leads = format!("Id,Status,OwnerId,CreatedDate,LastActivityDate\n{rows}{TAIL}");
        let texts = [("lead", leads.as_str()), ("user", users)];
        let found = flagged("CHT004", toml, &texts[..if users.is_empty() { 1 } else { 2 }]);
        found.into_iter().map(|row| (row.record_id.unwrap_or_default(), row.detail)).collect()
    }

    #[test]
    fn it_is_said_who_let_it_lie() {
        let rows = "1,Open,,2026-01-01T00:00:00Z,2026-07-01\n\
            2,Open,00G5e0000000001EAA,2026-01-01T00:00:00Z,2026-07-01\n\
            3,Open,0055e0000000004AAA,2026-01-01T00:00:00Z,2026-07-01\n\
            4,Open,Pat Lund,2026-01-01T00:00:00Z,2026-07-01\n\
            5,Open,0055e0000000001AAA,2026-01-01T00:00:00Z,2026-07-01\n\
            6,Open,somebody,2026-01-01T00:00:00Z,2026-07-01\n";
        let users = "User ID,Full Name,Email,Active\n0055e0000000001AAA,Erin Vale,erin@acme.example,1\n0055e0000000004AAA,Pat Lund,pat@acme.example,0\n";
        let found = details("", rows, users);
        let ends: Vec<&str> =
            found.iter().map(|(_, detail)| detail.strip_prefix("no activity for 119 days").unwrap()).collect();
        let inactive = "; its owner is an inactive user";
        assert_eq!(ends, ["; nobody owns it", "; a queue owns it", inactive, inactive, "", ""]);
    }

    #[test]
    fn what_is_over_recent_ahead_or_unknown_is_not_abandoned() {
        let rows = "1,Unqualified,u,2026-01-01T00:00:00Z,2026-07-01\n\
            2,Open,u,2026-01-01T00:00:00Z,2026-07-30\n\
            3,Open,u,2026-01-01T00:00:00Z,2026-12-24\n\
            4,Open,u,2026-01-01T00:00:00Z,\n\
            5,Open,u,2026-01-01T00:00:00Z,soon\n";
        assert!(details("", rows, "").is_empty(), "{:?}", details("", rows, ""));
        assert_eq!(details("[rules.CHT004]\ndays = 30\n", rows, "").len(), 1);
    }

    #[test]
    fn without_a_status_every_lead_is_open() {
        let leads = "Id,CreatedDate,LastActivityDate\n1,2026-01-01T00:00:00Z,2026-07-01\n2,2026-10-28T00:00:00Z,\n3,2026-10-28T00:00:00Z,\n";
        assert_eq!(flagged("CHT004", "", &[("lead", leads)]).len(), 1);
        let without = "Id,CreatedDate\n1,2026-01-01T00:00:00Z\n2,2026-10-28T00:00:00Z\n3,2026-10-28T00:00:00Z\n";
        assert!(flagged("CHT004", "", &[("lead", without)]).is_empty());
    }
}
