//! ASG007: leads that waited for their first owner.

use super::age::{Created, HOUR, slack, span};
use super::owners::Person;
use super::{NO_LEADS, assigned, checked_rows, counted};
use crate::normalise::owner_history::First;
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Leads whose first owner came more than two hours after they were created. The first owner is the first who is a
    /// person: no queue, not the default owner, no system user.
    ///
    /// A history of owners tells it best (Salesforce `LeadHistory`, HubSpot property history, versions of a warehouse): a
    /// lead whose history has no earlier owner, and that was created since the history begins, is judged by the first change
    /// that gives it to a person. A lead without any change was created with its owner.
    ///
    /// Without a history the assigned date is read. It is usually that of the last assignment, so leads that it puts more
    /// than seven days after their creation are not judged; they are counted in the report.
    ///
    /// How long a lead waited must be certain: a date of creation counts from its end. Converted leads are no evidence, and
    /// leads that nobody has had yet are ASG001's.
    ///
    /// ## Why it matters
    ///
    /// A visitor who asked for a price is warm for minutes.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,OwnerId,CreatedDate,Assigned_Date
    /// 1,u1,2026-10-01T09:00:00Z,2026-10-01T13:00:00Z
    /// ```
    ///
    /// ```csv lead passes
    /// Id,OwnerId,CreatedDate,Assigned_Date
    /// 1,u1,2026-10-01T09:00:00Z,2026-10-01T09:01:00Z
    /// 2,u1,2026-10-01T09:00:00Z,2026-10-20T09:00:00Z
    /// ```
    ///
    /// ## Options
    ///
    /// - `hours`: how long a lead may wait.
    ///
    /// ## Cleanup
    ///
    /// None by script: what is past cannot be mended. Look at the queue, and at the rules that leave leads to it.
    pub struct SlowAssignment {
        code: "ASG007",
        name: "slow-assignment",
        family: Assignment,
        severity: Warning,
        dimension: Timeliness,
        scope: Scope::Row,
        kinds: [Crm],
        objects: [Lead, Contact],
        needs: [Need::Role(Role::CreatedAt)],
        safety: Manual,
        message: "{count} of {checked|record|records} of {source} waited for an owner",
        since: "0.1.0",
        options: Options,
        check: check,
    }
}

/// Options under `[rules.ASG007]`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// How long a lead may wait.
    pub hours: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { hours: 2 }
    }
}

/// After this, an assigned date is that of a later assignment.
const LATER: i64 = 7 * 24 * HOUR;

fn check(cx: &Check<'_>, options: &Options) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    if assigned(cx).next().is_none() {
        out.unchecked(NO_LEADS);
    }
    let limit = i64::from(options.hours).saturating_mul(HOUR);
    for table in assigned(cx) {
        let Some(created) = Created::of(cx, table) else { continue };
        let slack = slack(cx.facts, table);
        let ids = table.role(Role::Id).map(|column| table.text(column));
        let dates = table.role(Role::AssignedAt);
        let history = &cx.facts.owners;
        if history.is_empty() && dates.is_none() {
            out.unchecked(format!("{} has no assigned date, and no history of owners is loaded", table.name()));
            continue;
        }
        let person = Person::of(table, cx.facts, cx.config);
        let (mut checked, mut later, mut before) = (0, 0_u64, 0_u64);
        let mut found = Vec::new();
        for row in 0..table.height() as u32 {
            let Some(at) = created.at(row) else { continue };
            let waited = |until: i64| until.saturating_sub(at);
            let id = ids.as_ref().and_then(|ids| ids.get(row));
            let (until, how) = match id {
                Some(id) if !history.is_empty() && (history.covers(at) || !history.changes(id).is_empty()) => {
                    match history.first(id, |name| person.is(name)) {
                        _ if !history.covers(at) => {
                            before += 1;
                            continue;
                        }
                        First::Never => continue,
                        First::AtCreation => (at, ""),
                        First::At(until) => (until, ", by its history"),
                    }
                }
                _ => {
                    let Some(until) = dates.and_then(|column| table.times(column).get(row)) else { continue };
                    if waited(until) > LATER {
                        later += 1;
                        continue;
                    }
                    (until, ", by its assigned date")
                }
            };
            checked += 1;
            let least = waited(until).saturating_sub(slack);
            if least > limit {
                let detail = format!("first assigned {} after it was created{how}", span(least));
                found.push(PairHit { row, value: Some(span(least)), detail, ..PairHit::default() });
            }
        }
        if later > 0 {
            out.unchecked(format!(
                "{} of {} with an assigned date over 7 days after the creation: that is usually the last assignment",
                counted(later, "record"),
                table.name()
            ));
        }
        if before > 0 {
            out.unchecked(format!("{} of {} that are older than the history", counted(before, "record"), table.name()));
        }
        let column = if history.is_empty() { dates } else { None };
        checked_rows(&mut out, table, column, checked);
        out.push(pair_hits::hits(table, column, &found, (Severity::Warning, Safety::Manual))?);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    fn told(toml: &str, texts: &[(&str, &str)]) -> Vec<(String, String)> {
        let found = flagged("ASG007", toml, texts);
        found.into_iter().map(|row| (row.record_id.unwrap(), row.detail)).collect()
    }

    const DATES: &str = "Id,OwnerId,IsConverted,CreatedDate,Assigned_Date\n\
        1,u1,false,2026-10-01T09:00:00Z,2026-10-01T11:00:00Z\n2,u1,false,2026-10-01T09:00:07Z,2026-10-01T14:00:09Z\n\
        3,u1,false,2026-10-01T09:00:00Z,2026-10-08T09:00:00Z\n4,u1,false,2026-10-01T09:00:00Z,2026-10-08T09:00:01Z\n\
        5,u1,true,2026-10-01T09:00:00Z,2026-10-01T14:00:00Z\n6,u1,false,2026-10-01T09:00:00Z,\n\
        7,u1,false,,2026-10-01T14:00:00Z\n";

    #[test]
    fn the_assigned_date_is_read_within_seven_days() {
        let found = told("", &[("lead", DATES)]);
        assert_eq!(found.iter().map(|one| one.0.as_str()).collect::<Vec<_>>(), ["2", "3"]);
        assert_eq!(found[0].1, "first assigned 5 hours after it was created, by its assigned date");
        assert_eq!(told("[rules.ASG007]\nhours = 6\n", &[("lead", DATES)]).len(), 1);
    }

    const HISTORY: &str = "Id,LeadId,Field,OldValue,NewValue,CreatedById,CreatedDate\n\
        h0,9,Status,New,Open,u1,2026-09-30T00:00:00Z\n\
        h1,1,Owner,00G5e0000000001EAA,u1,u9,2026-10-01T12:30:00Z\nh2,1,Owner,Chats,Erin Vale,u9,2026-10-01T12:30:00Z\n\
        h3,2,Owner,u1,u2,u1,2026-10-03T09:00:00Z\n\
        h4,3,Owner,00G5e0000000001EAA,u7,u9,2026-10-01T09:01:00Z\nh5,3,Owner,u7,u1,u9,2026-10-02T09:01:00Z\n\
        h6,5,Owner,00G5e0000000001EAA,u1,u9,2026-10-01T09:01:00Z\n";

    #[test]
    fn a_history_tells_the_first_person() {
        let leads = "Id,OwnerId,CreatedDate,Assigned_Date\n\
            1,u1,2026-10-01T09:00:05Z,2026-10-02T09:00:00Z\n2,u2,2026-10-01T09:00:05Z,2026-10-03T09:00:00Z\n\
            3,u1,2026-10-01T09:00:05Z,\n4,u1,2026-10-01T09:00:05Z,2026-10-01T20:00:00Z\n5,u1,2026-10-01T09:00:05Z,\n\
            6,u1,2026-09-01T09:00:05Z,2026-09-01T20:00:00Z\n";
        let toml = "[assign]\ndefault-owner = 'u7'\n";
        let found = told(toml, &[("lead", leads), ("lead_history", HISTORY)]);
        let ids: Vec<&str> = found.iter().map(|one| one.0.as_str()).collect();
        assert_eq!(ids, ["1", "3", "6"], "{found:?}");
        assert_eq!(found[0].1, "first assigned 3 hours after it was created, by its history");
        assert_eq!(told("", &[("lead", leads), ("lead_history", HISTORY)]).len(), 2, "u7 is a person then");
    }

    #[test]
    fn a_date_of_creation_counts_from_its_end() {
        let rows = |assigned: &str| {
            let days: Vec<String> = (1..7).map(|n| format!("{n},u1,2026-10-0{n},2026-10-0{n}T09:00:00Z\n")).collect();
            let days = days.concat();
            format!("Id,OwnerId,CreatedDate,Assigned_Date\n{days}7,u1,2026-10-01,{assigned}\n")
        };
        assert!(told("", &[("lead", &rows("2026-10-02T01:00:00Z"))]).is_empty());
        assert_eq!(told("", &[("lead", &rows("2026-10-02T09:00:00Z"))]).len(), 1);
    }

    #[test]
    fn without_either_nothing_is_judged() {
        assert!(told("", &[("lead", "Id,OwnerId,CreatedDate\n1,u1,2026-10-01T09:00:00Z\n")]).is_empty());
    }
}
