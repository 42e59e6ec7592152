//! ASG008: leads that fell to whoever gets what no rule caught.

use super::age::{Created, ON_ITS_WAY, span};
use super::owners::{Holder, Owners, open_rows};
use super::wrong_owner::Creator;
use super::{NO_LEADS, assigned, called, checked_rows, replay_of_judged};
use crate::normalise::users::Same;
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Open leads, created more than two hours before the clock of the audit, that the default owner has: `[assign]
    /// default-owner`, by id, name or address. Leads that an assignment rule gives to the default owner are none, whether
    /// it is a fallback or not.
    ///
    /// Without `[assign] default-owner`: open leads that whoever created them still has although an assignment rule names
    /// somebody else. That is what is left when the rules were not asked. It needs a column that says who created a record,
    /// and `[[assignment]]`.
    ///
    /// That nobody works these leads is ASG001's to say; this rule says where the routing leaks. Leads of queues are not
    /// judged, and converted ones are no evidence.
    ///
    /// ## Why it matters
    ///
    /// The default owner is a net, and nobody looks into the net.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [assign]
    /// default-owner = "u7"
    ///
    /// [[assignment]]
    /// name = "east territory"
    /// when = { region = "East" }
    /// owner = "u1"
    /// ```
    ///
    /// ```csv lead flags
    /// Id,OwnerId,Region__c,CreatedDate
    /// 1,u7,East,2026-10-01T09:00:00Z
    /// 2,u1,East,2026-10-01T13:00:00Z
    /// ```
    ///
    /// ```csv lead passes
    /// Id,OwnerId,Region__c,CreatedDate
    /// 1,u1,East,2026-10-01T09:00:00Z
    /// 2,u7,East,2026-10-01T13:00:00Z
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Needs review where a rule names an owner: that owner is proposed. Else a person decides; add a rule for such leads.
    pub struct DefaultOwnerLeak {
        code: "ASG008",
        name: "default-owner-leak",
        family: Assignment,
        severity: Warning,
        dimension: Consistency,
        scope: Scope::Row,
        kinds: [Crm],
        objects: [Lead, Contact],
        needs: [Need::Role(Role::Owner), Need::Role(Role::CreatedAt), Need::Clock],
        safety: Manual,
        message: "{count} of {checked|open record|open records} of {source} fell to the default owner",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let has_default = cx.config.assign.default_owner.is_some();
    if !has_default && cx.config.assignment.is_empty() {
        out.unchecked(
            "the config says neither [assign] default-owner nor [[assignment]]; write one into leadlint.toml",
        );
        return Ok(out);
    }
    if assigned(cx).next().is_none() {
        out.unchecked(NO_LEADS);
    }
    let replay = replay_of_judged(cx)?;
    let users = &cx.facts.users;
    for table in assigned(cx) {
        let (Some(owners), Some(created)) = (Owners::of(table, cx.facts, cx.config), Created::of(cx, table)) else {
            continue;
        };
        let creator = Creator::of(cx, table);
        if !has_default && creator.is_none() {
            out.unchecked(format!(
                "{} does not say who created a record, and the config names no [assign] default-owner",
                table.name()
            ));
            continue;
        }
        let of = replay.table(table);
        let is_open = open_rows(table);
        let (mut checked, mut found) = (0, Vec::new());
        for row in 0..table.height() as u32 {
            let Some(age) = created.age(row).filter(|age| *age > ON_ITS_WAY && is_open(row)) else { continue };
            let Some(held) = owners.at(row).map(|at| owners.values[at]) else { continue };
            let holder = owners.holder(row);
            let rule = of.and_then(|of| of.get(row)).and_then(super::replay::Pattern::first);
            let same = rule.map(|rule| users.compare(held, &replay.rules[rule].owner));
            if holder == Holder::Queue || (!has_default && rule.is_none()) || same == Some(Same::Unknown) {
                continue;
            }
            checked += 1;
            let is_leak = match &creator {
                Some(creator) => same == Some(Same::No) && creator.still_has(cx, row, held),
                None => holder == Holder::Default && same != Some(Same::Yes),
            };
            if !is_leak {
                continue;
            }
            let suggested = rule.and_then(|rule| owners.proposed(&replay.rules[rule].owner, Some(held), users));
            let who = if has_default { "the default owner has it" } else { "whoever created it still has it" };
            let why = match rule {
                Some(rule) => format!("{} names {}", called(cx.config, rule), users.shown(&replay.rules[rule].owner)),
                None if cx.config.assignment.is_empty() => "no rules are declared".to_owned(),
                None => "no rule is known to take it".to_owned(),
            };
            let detail = format!("{who}, {} after it was created; {why}", span(age));
            let safety = Some(if suggested.is_some() { Safety::Review } else { Safety::Manual });
            found.push(PairHit { row, suggested, detail, safety, ..PairHit::default() });
        }
        checked_rows(&mut out, table, Some(owners.column), checked);
        out.push(pair_hits::hits(table, Some(owners.column), &found, (Severity::Warning, Safety::Manual))?);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    const RULES: &str = "[[assignment]]\nname = 'east'\nwhen = { region = 'East' }\nowner = 'Erin Vale'\n\
        [[assignment]]\nname = 'south'\nwhen = { region = 'South' }\nowner = 'Pat Lund'\n";
    const DEFAULT: &str = "[assign]\ndefault-owner = 'Pat Lund'\n";
    const USERS: &str = "Id,Name,IsActive\nu1,Erin Vale,true\nu7,Pat Lund,true\nu9,Chat sync,true\n";
    const LEADS: &str = "Id,Status,OwnerId,CreatedById,IsConverted,Region__c,CreatedDate\n\
        1,Open,u7,u9,false,East,2026-10-01T09:00:00Z\n2,Open,u7,u9,false,South,2026-10-01T09:00:00Z\n\
        3,Open,u7,u9,false,North,2026-10-01T09:00:00Z\n4,Closed,u7,u9,false,East,2026-10-01T09:00:00Z\n\
        5,Open,u7,u9,true,East,2026-10-01T09:00:00Z\n6,Open,u9,u9,false,East,2026-10-01T09:00:00Z\n\
        7,Open,u1,u1,false,East,2026-10-01T09:00:00Z\n8,Open,u7,u7,false,East,2026-10-01T09:00:00Z\n\
        9,Open,u9,u9,false,North,2026-10-01T09:00:00Z\n10,Open,u7,u9,false,East,2026-10-02T08:00:00Z\n\
        11,Open,,u9,false,East,2026-10-01T09:00:00Z\n12,Open,u1,u9,false,East,2026-10-02T09:00:00Z\n";

    fn told(toml: &str, leads: &str) -> Vec<(String, Option<String>)> {
        let found = flagged("ASG008", toml, &[("lead", leads), ("user", USERS)]);
        found.into_iter().map(|row| (row.record_id.unwrap(), row.suggested)).collect()
    }

    fn ids(toml: &str, leads: &str) -> Vec<String> {
        told(toml, leads).into_iter().map(|one| one.0).collect()
    }

    #[test]
    fn what_the_default_owner_has_and_no_rule_gives_him_has_leaked() {
        let u1 = Some("u1".to_owned());
        let found = told(&format!("{DEFAULT}{RULES}"), LEADS);
        assert_eq!(found, [("1".to_owned(), u1.clone()), ("3".to_owned(), None), ("8".to_owned(), u1)]);
        assert_eq!(ids(DEFAULT, LEADS), ["1", "2", "3", "8"], "without rules all of his are");
        let rest = "[[assignment]]\nname = 'rest'\nowner = 'u7'\nfallback = true\n";
        assert_eq!(ids(&format!("{DEFAULT}{RULES}{rest}"), LEADS), ["1", "8"]);
    }

    #[test]
    fn without_a_default_owner_creators_must_not_keep_what_a_rule_gives_to_another() {
        assert_eq!(ids(RULES, LEADS), ["6", "8"]);
        assert!(ids("", LEADS).is_empty());
        assert!(ids(RULES, &LEADS.replace("CreatedById", "Made_Up__c")).is_empty());
    }
}
