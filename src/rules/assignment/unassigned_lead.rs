//! ASG001: open leads that nobody works on.

use super::age::{Created, ON_ITS_WAY, span};
use super::owners::{Holder, Owners, open_rows};
use super::{NO_LEADS, assigned, called, checked_rows, replay_of_judged};
use crate::model::Object;
use crate::normalise::users::Same;
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Open leads, created more than two hours before the clock of the audit, whose owner is
    ///
    /// | owner | |
    /// | --- | --- |
    /// | blank | nobody |
    /// | a queue | an id of Salesforce that begins with `00G` |
    /// | the default owner | `[assign] default-owner`, by id, name or address |
    /// | the integration | one of the `system-users` of the source |
    ///
    /// A person whom an assignment rule names for the lead has it rightly, even as the default owner or a system user; a
    /// rule with `fallback = true` or without conditions only says who keeps what no rule caught.
    ///
    /// A lead is open unless its status (or stage) ends it. How old it is must be certain: a date counts from its end, and
    /// a time of unknown zone beside the times of other exports is given half a day. Leads without a time of creation,
    /// and converted ones, are not judged. Where no leads are loaded contacts with an owner and a time of creation stand in
    /// for them, if `[[assignment]]` or `[assign]` says that they are assigned.
    ///
    /// ## Why it matters
    ///
    /// Nobody answers. The first to call gets the deal.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Status,OwnerId,CreatedDate
    /// 1,Open,,2026-10-01T09:00:00Z
    /// 2,Open,u1,2026-10-01T13:00:00Z
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Status,OwnerId,CreatedDate
    /// 1,Closed,,2026-10-01T09:00:00Z
    /// 2,Open,u1,2026-10-01T09:00:00Z
    /// 3,Open,,2026-10-01T12:00:00Z
    /// 4,Open,u1,2026-10-01T13:00:00Z
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Needs review: where an assignment rule takes the lead its owner is proposed. Else a person decides who gets it.
    pub struct UnassignedLead {
        code: "ASG001",
        name: "unassigned-lead",
        family: Assignment,
        severity: Error,
        dimension: Completeness,
        scope: Scope::Row,
        kinds: [Crm],
        objects: [Lead, Contact],
        needs: [Need::Role(Role::Owner), Need::Role(Role::CreatedAt), Need::Clock],
        safety: Manual,
        message: "{count} of {checked|open record|open records} of {source} have no person as owner",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let replay = replay_of_judged(cx)?;
    let is_declared = !cx.config.assignment.is_empty() || cx.config.assign.default_owner.is_some();
    if assigned(cx).next().is_none() {
        out.unchecked(NO_LEADS);
    }
    for table in assigned(cx) {
        if table.source.object == Some(Object::Contact) && !is_declared {
            out.unchecked(format!(
                "{} holds contacts, and neither [[assignment]] nor [assign] says that they are assigned",
                table.name()
            ));
            continue;
        }
        let (Some(owners), Some(created)) = (Owners::of(table, cx.facts, cx.config), Created::of(cx, table)) else {
            continue;
        };
        let of = replay.table(table);
        let users = &cx.facts.users;
        let is_open = open_rows(table);
        let (mut checked, mut found) = (0, Vec::new());
        for row in 0..table.height() as u32 {
            let Some(age) = created.age(row).filter(|age| *age > ON_ITS_WAY && is_open(row)) else { continue };
            checked += 1;
            let holder = owners.holder(row);
            if holder == Holder::Person {
                continue;
            }
            let rule = of.and_then(|of| of.get(row)).and_then(super::replay::Pattern::first);
            let held = owners.at(row).map(|at| owners.values[at]);
            let wanted = rule.map(|rule| &replay.rules[rule]);
            let rightly = wanted.zip(held).is_some_and(|(rule, held)| {
                !rule.fallback && holder != Holder::Queue && users.compare(held, &rule.owner) == Same::Yes
            });
            if rightly {
                continue;
            }
            let who = match holder {
                Holder::Queue => "a queue has it",
                Holder::Default => "the default owner has it",
                Holder::System => "the integration has it",
                Holder::Nobody | Holder::Person => "nobody has it",
            };
            let mut detail = format!("{who}, {} after it was created", span(age));
            let suggested = wanted.and_then(|rule| owners.proposed(&rule.owner, held, users));
            if let Some(rule) = rule.filter(|_| suggested.is_some()) {
                detail =
                    format!("{detail}; {} names {}", called(cx.config, rule), users.shown(&replay.rules[rule].owner));
            }
            let safety = Some(if suggested.is_some() { Safety::Review } else { Safety::Manual });
            found.push(PairHit { row, suggested, detail, safety, ..PairHit::default() });
        }
        checked_rows(&mut out, table, Some(owners.column), checked);
        out.push(pair_hits::hits(table, Some(owners.column), &found, (Severity::Error, Safety::Manual))?);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::evidence::EvidenceRow;
    use crate::rules::testing::flagged;

    const CLOCK: &str =
        "90,Open,0055e0000000001AAA,East,2026-10-05T12:00:00Z\n91,Open,0055e0000000001AAA,East,2026-10-05T11:00:00Z\n";

    fn found(toml: &str, rows: &str) -> Vec<EvidenceRow> {
        let leads = format!("Id,Status,OwnerId,Region__c,CreatedDate\n{rows}{CLOCK}");
        flagged("ASG001", toml, &[("lead", &leads)])
    }

    fn ids(toml: &str, rows: &str) -> Vec<String> {
        found(toml, rows).into_iter().filter_map(|row| row.record_id).collect()
    }

    #[test]
    fn blank_queue_default_and_integration_are_nobody() {
        let rows = "1,Open,,East,2026-10-05T09:00:00Z\n2,Open,\u{200B} ,East,2026-10-05T09:00:00Z\n\
            3,Open,00G5e0000000001EAA,East,2026-10-05T09:00:00Z\n4,Open,00G5e0000000001,East,2026-10-05T09:00:00Z\n\
            5,Open,0055e0000000007AAA,East,2026-10-05T09:00:00Z\n6,Open,0055e0000000008AAA,East,2026-10-05T09:00:00Z\n";
        let toml = "[assign]\ndefault-owner = '0055e0000000007AAA'\n[sources.lead]\nkind = 'crm'\n";
        assert_eq!(ids(toml, rows), ["1", "2", "3", "4", "5"]);
        let details: Vec<String> = found(toml, rows).into_iter().map(|row| row.detail).collect();
        assert_eq!(details[0], "nobody has it, 2 hours after it was created");
        assert_eq!((&details[2][..12], &details[4][..13]), ("a queue has ", "the default o"));
        assert_eq!(ids("", rows), ["1", "2", "3", "4"]);
    }

    #[test]
    fn it_must_be_open_and_over_two_hours_old() {
        let rows = "1,Closed - Lost,,East,2026-10-05T09:00:00Z\n2,Open,,East,2026-10-05T10:00:00Z\n\
            3,Open,,East,2026-10-05T09:58:00Z\n4,Open,,East,\n5,,,East,2026-10-01T09:00:00Z\n";
        assert_eq!(ids("", rows), ["3", "5"]);
    }

    #[test]
    fn a_date_counts_from_its_end_and_an_unknown_zone_is_given_half_a_day() {
        let days =
            "Id,OwnerId,CreatedDate\n1,,2026-10-04\n2,,2026-10-03\n3,u1,2026-10-05\n4,u1,2026-10-02\n5,u1,2026-10-01\n";
        let ids = |texts: &[(&str, &str)]| -> Vec<String> {
            flagged("ASG001", "", texts).into_iter().filter_map(|row| row.record_id).collect()
        };
        assert_eq!(ids(&[("lead", days)]), ["2"]);
        let naive =
            "Id,OwnerId,CreatedDate\n1,,2026-10-05 05:10:11\n2,,2026-10-04 05:10:11\n3,u1,2026-10-05 08:00:00\n";
        assert_eq!(ids(&[("lead", naive)]), ["1", "2"]);
        let chats = "chat_id,started_at\nc1,2026-10-05T07:30:00Z\nc2,2026-10-05T08:00:00Z\n";
        assert_eq!(ids(&[("lead", naive), ("chat", chats)]), ["2"]);
    }

    const RULES: &str = "[assign]\ndefault-owner = 'u7'\n\
        [[assignment]]\nname = 'east'\nwhen = { region = 'East' }\nowner = 'u1'\n\
        [[assignment]]\nname = 'south'\nwhen = { region = 'South' }\nowner = 'u7'\n\
        [[assignment]]\nname = 'rest'\nowner = 'u7'\n";

    #[test]
    fn the_owner_by_rule_is_proposed_and_who_is_named_has_it_rightly() {
        let leads = "Id,OwnerId,Region__c,CreatedDate\n1,,East,2026-10-01T09:00:00Z\n2,u7,South,2026-10-01T09:00:00Z\n\
            3,u7,North,2026-10-01T09:00:00Z\n4,u7,East,2026-10-01T09:00:00Z\n5,u1,East,2026-10-02T09:00:00Z\n";
        let found = flagged("ASG001", RULES, &[("lead", leads)]);
        let rows: Vec<_> =
            found.iter().map(|row| (row.record_id.as_deref().unwrap(), row.suggested.as_deref())).collect();
        assert_eq!(rows, [("1", Some("u1")), ("3", None), ("4", Some("u1"))]);
        assert!(found[0].detail.ends_with("; ASG001:3: rule `east` names u1"), "{}", found[0].detail);
        assert_eq!(found.iter().map(|row| row.safety.as_str()).collect::<Vec<_>>(), ["review", "manual", "review"]);
    }

    #[test]
    fn converted_leads_are_no_evidence_and_contacts_stand_in_where_they_are_assigned() {
        let leads = "Id,OwnerId,IsConverted,CreatedDate\n1,,true,2026-10-01T09:00:00Z\n2,,false,2026-10-01T09:00:00Z\n3,u1,false,2026-10-02T09:00:00Z\n";
        assert_eq!(flagged("ASG001", "", &[("lead", leads)]).len(), 1);
        let contacts = "Record ID,Contact owner,Email,Create Date\n1,,a@x.example,2026-10-01T09:00:00Z\n2,u1,b@x.example,2026-10-02T09:00:00Z\n";
        assert!(flagged("ASG001", "", &[("contact", contacts)]).is_empty());
        assert_eq!(flagged("ASG001", "[assign]\ndefault-owner = 'u7'\n", &[("contact", contacts)]).len(), 1);
        assert!(
            flagged("ASG001", RULES, &[("contact", contacts), ("lead", leads)]).iter().all(|row| row.source == "lead")
        );
    }
}
