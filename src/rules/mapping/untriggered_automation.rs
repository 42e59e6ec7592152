//! MAP016: automations that did not do what they are declared to do.

use super::outcomes::{Outcome as Became, outcomes};
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Records that match the `when` of an `[[automation]]` and do not show what it is declared to `expect`. The conditions
    /// are asked of the records; where those lack a column, of the chats that made them. Values compare as in MAP014, owners
    /// through the source of users: one that nothing ties to the owner expected is not judged.
    ///
    /// With `within-seconds`, records younger than that are not judged, and a record whose time of assignment is later than
    /// that, by up to a week, is found too: the owner came late. Other outcomes have no time of their own.
    ///
    /// A person who changed the record more than ten minutes after it was made may have changed the outcome too: where the
    /// field shows something of a person's, that is severity info.
    ///
    /// ## Why it matters
    ///
    /// An automation that does not run is noticed by whoever waits for it: the lead that nobody called.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[automation]]
    /// name = "route by reason"
    /// when = { reason = "Pricing" }
    /// expect = { "lead.OwnerId" = "u1" }
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,Reason__c,OwnerId
    /// 1,ana@acme.example,Pricing,u2
    /// 2,bo@acme.example,Demo,u2
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,Reason__c,OwnerId
    /// 1,ana@acme.example,Pricing,u1
    /// 2,bo@acme.example,Demo,u2
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: mend the automation, then let it run over these records.
    pub struct UntriggeredAutomation {
        code: "MAP016",
        name: "untriggered-automation",
        family: Mapping,
        severity: Warning,
        dimension: Timeliness,
        scope: Scope::Links,
        kinds: [Chat, Crm],
        needs: [Need::Setting("[[automation]] expect", |config| config.automation.iter().any(|one| !one.expect.is_empty()))],
        safety: Manual,
        message: "{count} of {checked|record|records} of {source} that automations are about do not show the outcome in {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for (at, automation) in cx.config.automation.iter().enumerate() {
        let place = cx.config.places.of("automation", at).map(|place| format!("{place}: ")).unwrap_or_default();
        let front = format!("{place}{}", automation.name);
        for expected in outcomes(automation, &cx.tables, cx.facts)? {
            let matches = match expected.matches {
                Ok(matches) => matches,
                Err(why) => {
                    out.unchecked(format!("{front}: {}: {why}", expected.field));
                    continue;
                }
            };
            let Some((source, column)) = expected.place else { continue };
            let Some(table) = cx.tables.iter().find(|table| table.index == source) else { continue };
            let judged = matches.iter().filter(|one| !matches!(one.outcome, Became::Young | Became::Untold)).count();
            out.checked(table, Some(column), judged as u64);
            let found: Vec<PairHit> = matches
                .iter()
                .filter_map(|one| {
                    let (why, severity) = match one.outcome {
                        Became::Late(seconds) => (format!("came {seconds} s after the record"), None),
                        Became::Missing => ("matches, and does not show the outcome".to_owned(), None),
                        Became::Changed => {
                            let why = "matches, and does not show the outcome; a person changed the record since";
                            (why.to_owned(), Some(Severity::Info))
                        }
                        Became::Shown | Became::Young | Became::Untold => return None,
                    };
                    Some(PairHit {
                        row: one.row,
                        suggested: Some(expected.value.to_owned()),
                        detail: format!("{front}: {why}"),
                        other: one.chat,
                        severity,
                        ..PairHit::default()
                    })
                })
                .collect();
            out.push(pair_hits::hits(table, Some(column), &found, (Severity::Warning, Safety::Manual))?);
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    const USERS: &str = "Id,Name,Email\nu1,Erin Vale,erin@ours.example\nu2,Wes Holt,wes@ours.example\n";
    const CHATS: &str = "chat_id,started_at,ended_at,visitor_email,topic\n\
        c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,Price\n\
        c2,2026-10-02T09:00:00Z,2026-10-02T09:10:00Z,bo@acme.example,Demo\n";

    fn found(automation: &str, leads: &str) -> Vec<(String, String)> {
        let toml = format!("[[automation]]\nname = \"route\"\n{automation}\n");
        flagged("MAP016", &toml, &[("lead", leads), ("chat", CHATS), ("user", USERS)])
            .into_iter()
            .map(|row| (row.record_id.unwrap(), row.detail.strip_prefix("MAP016:1: route: ").unwrap().to_owned()))
            .collect()
    }

    fn ids(automation: &str, leads: &str) -> Vec<String> {
        found(automation, leads).into_iter().map(|(id, _)| id).collect()
    }

    #[test]
    fn conditions_may_be_about_the_chat_that_made_the_record() {
        let leads = "Id,Email,CreatedDate,OwnerId\n1,ana@acme.example,2026-10-01T09:10:05Z,u2\n\
            2,bo@acme.example,2026-10-02T09:10:05Z,u2\n3,x@acme.example,2026-10-02T10:10:05Z,u2\n";
        let toml = "[[automation]]\nname = \"route\"\nwhen = { topic = \"price\" }\nexpect = { \"lead.OwnerId\" = \"Erin Vale\" }\n";
        let rows = flagged("MAP016", toml, &[("lead", leads), ("chat", CHATS), ("user", USERS)]);
        let pairs: Vec<_> = rows.iter().map(|row| (row.record_id.as_deref(), row.other_id.as_deref())).collect();
        assert_eq!(pairs, [(Some("1"), Some("c1"))]);
    }

    #[test]
    fn owners_that_nothing_ties_together_are_not_judged() {
        let leads =
            "Id,Email,Status,OwnerId\n1,a@x.example,Open,Somebody Else\n2,b@x.example,Open,u7\n3,c@x.example,Open,\n";
        let toml =
            "[[automation]]\nname = \"route\"\nwhen = { status = \"open\" }\nexpect = { \"lead.OwnerId\" = \"u1\" }\n";
        let ids: Vec<_> =
            flagged("MAP016", toml, &[("lead", leads)]).into_iter().filter_map(|row| row.record_id).collect();
        assert_eq!(ids, ["2", "3"]);
    }

    #[test]
    fn records_younger_than_it_may_take_are_not_judged() {
        let leads = "Id,Email,CreatedDate,Status,Grade__c\n1,a@x.example,2026-10-03T09:00:00Z,Open,\n\
            2,b@x.example,2026-10-03T09:09:30Z,Open,\n3,c@x.example,2026-10-03T09:10:05Z,Closed,\n";
        let expect = "when = { status = \"Open\" }\nexpect = { \"lead.Grade__c\" = \"A\" }";
        assert_eq!(ids(&format!("{expect}\nwithin-seconds = 60"), leads), ["1"]);
        assert_eq!(ids(expect, leads), ["1", "2"]);
    }

    #[test]
    fn an_owner_may_come_late_and_a_later_one_is_another_assignment() {
        let leads = "Id,Email,CreatedDate,Status,OwnerId,Assigned Date\n\
            1,a@x.example,2026-10-01T09:00:01Z,Open,u1,2026-10-01T09:00:31Z\n\
            2,b@x.example,2026-10-01T09:00:01Z,Open,u1,2026-10-01T09:20:01Z\n\
            3,c@x.example,2026-10-01T09:00:01Z,Open,u1,2026-10-19T09:20:01Z\n\
            4,d@x.example,2026-10-20T09:00:01Z,Closed,u1,2026-10-20T09:20:01Z\n";
        let toml = "when = { status = \"Open\" }\nexpect = { \"lead.OwnerId\" = \"u1\" }\nwithin-seconds = 60";
        assert_eq!(found(toml, leads), [("2".to_owned(), "came 1200 s after the record".to_owned())]);
    }

    #[test]
    fn a_person_may_have_changed_the_outcome() {
        let leads = "Id,Email,CreatedDate,LastModifiedDate,Status,OwnerId\n\
            1,a@x.example,2026-10-01T09:00:01Z,2026-10-01T11:00:01Z,Open,u2\n\
            2,b@x.example,2026-10-01T09:00:01Z,2026-10-01T09:01:01Z,Open,u2\n\
            3,c@x.example,2026-10-01T09:00:01Z,2026-10-01T11:00:01Z,Open,00G5e0000000001EAA\n";
        let told: Vec<(String, bool)> =
            found("when = { status = \"Open\" }\nexpect = { \"lead.OwnerId\" = \"u1\" }", leads)
                .into_iter()
                .map(|(id, why)| (id, why.ends_with("a person changed the record since")))
                .collect();
        assert_eq!(told, [("1".to_owned(), true), ("2".to_owned(), false), ("3".to_owned(), false)]);
    }
}
