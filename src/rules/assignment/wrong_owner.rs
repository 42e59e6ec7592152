//! ASG002: leads that somebody else ought to have.

use super::age::{Created, MINUTE, span};
use super::owners::{Holder, Owners, compare, untold};
use super::{NO_LEADS, assigned, called, checked_rows, replay_of_judged};
use crate::model::SystemField;
use crate::normalise::users::Same;
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Open leads whose owner is a person other than the one whom the assignment rules name. The rules are asked in their
    /// order and the first that holds decides; a rule is asked of leads created on or after its `since`, and pilots are not
    /// asked. Where a rule asks a column that the export lacks, what that rule would take is not known, and neither is
    /// anything after it: the report says so.
    ///
    /// Owners are one person by id, name or address through the export of users. An id beside a name that nothing ties
    /// together is not judged, and neither is a rule whose owner no export of users knows; both are said.
    ///
    /// A lead that somebody was given later is severity info: the last change of owner in a loaded history was made by a
    /// person, or the assigned date lies more than ten minutes after the creation. A system user's change is none by hand.
    ///
    /// Leads that nobody, a queue, the default owner or the integration has are ASG001's. Leads that whoever created them
    /// still has are ASG008's, unless `[assign] default-owner` says what ASG008 looks for.
    ///
    /// ## Why it matters
    ///
    /// Territories and quotas rest on it, and the customer hears from the wrong person.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[assignment]]
    /// name = "east territory"
    /// when = { region = "East" }
    /// owner = "u1"
    /// since = "2026-10-01"
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Status,OwnerId,Region__c,CreatedDate
    /// 1,Open,u2,East,2026-10-02T09:00:00Z
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Status,OwnerId,Region__c,CreatedDate
    /// 1,Open,u1,East,2026-10-02T09:00:00Z
    /// 2,Open,u2,West,2026-10-02T09:00:00Z
    /// 3,Closed,u2,East,2026-10-02T09:00:00Z
    /// 4,Open,u2,East,2026-09-02T09:00:00Z
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Needs review: the owner by rule is proposed, as the column writes owners. An owner is never changed without a
    /// decision.
    pub struct WrongOwner {
        code: "ASG002",
        name: "wrong-owner",
        family: Assignment,
        severity: Error,
        dimension: Consistency,
        scope: Scope::Row,
        kinds: [Crm],
        objects: [Lead, Contact],
        needs: [
            Need::Setting("[[assignment]]", |config| !config.assignment.is_empty()),
            Need::Role(Role::Owner)
        ],
        safety: Manual,
        message: "{count} of {checked|open record|open records} of {source} belong to somebody else by the assignment rules",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// How long after the creation an assignment still belongs to it.
const AT_ONCE: i64 = 10 * MINUTE;

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let replay = replay_of_judged(cx)?;
    let users = &cx.facts.users;
    if assigned(cx).next().is_none() {
        out.unchecked(NO_LEADS);
    }
    for table in assigned(cx) {
        let (Some(of), Some(owners)) = (replay.table(table), Owners::of(table, cx.facts, cx.config)) else { continue };
        for (rule, lacks) in replay.rules.iter().zip(&of.lacks).filter(|(rule, lacks)| !rule.pilot && !lacks.is_empty())
        {
            out.unchecked(format!(
                "what rule `{}` and those after it give: it asks {}, which {} lacks",
                rule.name,
                lacks.join(", "),
                table.name()
            ));
        }
        let compared = compare(table, of, &replay, &owners, users, false);
        for rule in compared.untold.keys() {
            out.unchecked(untold(table, &owners, &replay.rules[*rule], users));
        }
        let later = Later::of(cx, table);
        let creator = Creator::of(cx, table);
        let mut found = Vec::new();
        for change in compared.changes {
            let Some(held) = owners.at(change.row).map(|at| owners.values[at]) else { continue };
            let is_asg008 = || creator.as_ref().is_some_and(|creator| creator.still_has(cx, change.row, held));
            if owners.holder(change.row) != Holder::Person || is_asg008() {
                continue;
            }
            let rule = &replay.rules[change.rule];
            let suggested = owners.proposed(&rule.owner, Some(held), users);
            let named = format!("{} names {}", called(cx.config, change.rule), users.shown(&rule.owner));
            let (severity, detail) = match later.given(cx, change.row, held) {
                Some(later) => (Severity::Info, format!("{named}; {later}")),
                None => (Severity::Error, named),
            };
            let safety = Some(if suggested.is_some() { Safety::Review } else { Safety::Manual });
            found.push(PairHit {
                row: change.row,
                suggested,
                detail,
                severity: Some(severity),
                safety,
                ..PairHit::default()
            });
        }
        checked_rows(&mut out, table, Some(owners.column), compared.told_people);
        out.push(pair_hits::hits(table, Some(owners.column), &found, (Severity::Error, Safety::Manual))?);
    }
    Ok(out)
}

/// What tells that a record was given to somebody later.
struct Later<'t> {
    table: &'t Table,
    created: Option<Created<'t>>,
    assigned: Option<&'t Times>,
    id: Option<usize>,
    slack: i64,
}

impl<'t> Later<'t> {
    fn of(cx: &Check<'_>, table: &'t Table) -> Self {
        Self {
            table,
            created: Created::of(cx, table),
            assigned: table.role(Role::AssignedAt).map(|column| table.times(column)),
            id: table.role(Role::Id),
            slack: super::age::slack(cx.facts, table),
        }
    }

    /// How a row came to `owner` after it was created, in a few words.
    fn given(&self, cx: &Check<'_>, row: u32, owner: &str) -> Option<String> {
        let created = self.created.as_ref().and_then(|created| created.at(row));
        let after = |at: i64| created.map(|created| at.saturating_sub(created).saturating_sub(self.slack));
        let id = self.id.and_then(|column| self.table.text(column).get(row));
        let last = id.and_then(|id| cx.facts.owners.changes(id).last());
        // A history that ends with another owner does not know of the last change.
        let last = last.filter(|last| last.new.iter().any(|new| cx.facts.users.compare(new, owner) == Same::Yes));
        if let Some(last) = last {
            let system = &cx.facts.of(self.table).system_users;
            if !last.by.is_empty() {
                return (!last.by.iter().any(|by| system.holds(by)))
                    .then(|| "given by hand, as the history says".to_owned());
            }
            return after(last.at).filter(|after| *after > AT_ONCE).map(|after| format!("given {} later", span(after)));
        }
        let assigned = self.assigned.and_then(|times| times.get(row))?;
        after(assigned)
            .filter(|after| *after > AT_ONCE)
            .map(|after| format!("assigned {} after it was created", span(after)))
    }
}

/// Who created the records of a table, where that tells what the default owner would.
pub(super) struct Creator<'t> {
    by: crate::normalise::text::Text<'t>,
}

impl<'t> Creator<'t> {
    /// `None` where the config names the default owner, or the table does not tell.
    pub(super) fn of(cx: &Check<'_>, table: &'t Table) -> Option<Self> {
        let column =
            table.source.system(SystemField::CreatedBy).filter(|_| cx.config.assign.default_owner.is_none())?;
        Some(Self { by: table.text(column) })
    }

    /// Whether `owner`, who has a row, created it.
    pub(super) fn still_has(&self, cx: &Check<'_>, row: u32, owner: &str) -> bool {
        self.by.get(row).is_some_and(|by| cx.facts.users.compare(by, owner) == Same::Yes)
    }
}

#[cfg(test)]
mod tests {
    use crate::evidence::EvidenceRow;
    use crate::rules::testing::flagged;

    const RULES: &str = "[[assignment]]\nname = 'east'\nwhen = { region = 'East' }\nowner = 'Erin Vale'\nsince = 2026-10-01\n\
        [[assignment]]\nname = 'hot'\nwhen = { score = { above = 75 } }\nowner = 'Hal Moor'\n\
        [[assignment]]\nname = 'trial'\nstatus = 'pilot'\nwhen = { region = 'West' }\nowner = 'Pia Lind'\n";
    const USERS: &str = "Id,Name,Email,IsActive\nu1,Erin Vale,erin@acme.example,true\nu2,Hal Moor,hal@acme.example,true\n\
        u3,Pia Lind,pia@acme.example,true\nu9,Chat sync,sync@acme.example,true\n";

    fn found(toml: &str, leads: &str) -> Vec<EvidenceRow> {
        flagged("ASG002", toml, &[("lead", leads), ("user", USERS)])
    }

    fn told(found: &[EvidenceRow]) -> Vec<(&str, Option<&str>)> {
        found.iter().map(|row| (row.record_id.as_deref().unwrap(), row.suggested.as_deref())).collect()
    }

    #[test]
    fn the_first_rule_decides_by_id_name_or_address() {
        let leads = "Id,Owner,Region__c,Score,CreatedDate\n\
            1,u1,East,90,2026-10-02T09:00:00Z\n2,erin@acme.example,East,90,2026-10-02T09:00:00Z\n\
            3,u2,East,90,2026-10-02T09:00:00Z\n4,u3,West,90,2026-10-02T09:00:00Z\n5,u1,West,10,2026-10-02T09:00:00Z\n\
            6,u2,East,10,2026-09-30T23:00:00Z\n7,u2,,90,2026-10-02T09:00:00Z\n8,u3,East,10,2026-10-01T00:00:00Z\n";
        let found = found(RULES, leads);
        assert_eq!(told(&found), [("3", Some("u1")), ("4", Some("u2")), ("8", Some("u1"))]);
        assert!(found[0].detail.ends_with("rule `east` names Erin Vale"), "{}", found[0].detail);
        assert!(found.iter().all(|row| row.safety.as_str() == "review"));
    }

    #[test]
    fn closed_leads_and_those_that_nobody_has_are_not_judged() {
        let leads = "Id,Status,Owner,Region__c,Score,CreatedDate\n\
            1,Closed,u2,East,,2026-10-02T09:00:00Z\n2,Open,,East,,2026-10-02T09:00:00Z\n\
            3,Open,00G5e0000000001EAA,East,,2026-10-02T09:00:00Z\n4,Open,u3,East,,2026-10-02T09:00:00Z\n";
        assert_eq!(told(&found(RULES, leads)), [("4", Some("u1"))]);
        let default = format!("{RULES}[assign]\ndefault-owner = 'Pia Lind'\n");
        assert!(found(&default, leads).is_empty());
    }

    #[test]
    fn what_cannot_be_compared_or_asked_is_not_judged() {
        let leads = "Id,OwnerId,Region__c,Score,CreatedDate\n1,u2,East,,2026-10-02T09:00:00Z\n";
        assert!(flagged("ASG002", RULES, &[("lead", leads)]).is_empty(), "an id beside a name");
        assert_eq!(flagged("ASG002", &RULES.replace("Erin Vale", "u1"), &[("lead", leads)]).len(), 1);
        assert!(found(&RULES.replace("Erin Vale", "Erin Vael"), leads).is_empty(), "a slip in the config");
        let without = "Id,OwnerId,Score,CreatedDate\n1,u1,90,2026-10-02T09:00:00Z\n2,u1,90,2026-09-02T09:00:00Z\n";
        assert_eq!(
            told(&found(RULES, without)),
            [("2", Some("u2"))],
            "before the rule that asks the region was in force"
        );
    }

    #[test]
    fn what_was_given_later_is_a_note() {
        let severities = |leads: &str, more: &[(&str, &str)]| -> Vec<(String, String)> {
            let toml = format!("{RULES}[sources.lead]\nkind = 'crm'\n");
            let texts: Vec<(&str, &str)> =
                [("lead", leads), ("user", USERS)].into_iter().chain(more.iter().copied()).collect();
            let found = flagged("ASG002", &toml, &texts);
            found.into_iter().map(|row| (row.record_id.unwrap(), row.detail)).collect()
        };
        let leads = "Id,OwnerId,Region__c,Score,CreatedDate,Assigned_Date\n\
            1,u2,East,,2026-10-02T09:00:00Z,2026-10-02T09:05:00Z\n2,u2,East,,2026-10-02T09:00:00Z,2026-10-04T09:05:00Z\n";
        let found = severities(leads, &[]);
        assert!(found[0].1.ends_with("names Erin Vale"), "{found:?}");
        assert!(found[1].1.ends_with("names Erin Vale; assigned 2 days after it was created"), "{found:?}");
        let history = "Id,LeadId,Field,OldValue,NewValue,CreatedById,CreatedDate\n\
            h1,1,Owner,u1,u2,u3,2026-10-03T09:00:00Z\nh2,1,Owner,Erin Vale,Hal Moor,u3,2026-10-03T09:00:00Z\n\
            h3,2,Owner,u1,u3,u3,2026-10-03T09:00:00Z\nh4,2,Status,New,Open,u3,2026-10-03T09:00:00Z\n";
        let plain = leads.replace("2026-10-04T09:05:00Z", "");
        let found = severities(&plain, &[("lead_history", history)]);
        assert!(found[0].1.ends_with("; given by hand, as the history says"), "{found:?}");
        assert!(found[1].1.ends_with("names Erin Vale"), "the history ends with another owner: {found:?}");
    }

    #[test]
    fn what_its_creator_still_has_is_left_to_the_leak() {
        let leads = "Id,OwnerId,CreatedById,Region__c,Score,CreatedDate\n1,u2,u2,East,,2026-10-02T09:00:00Z\n2,u2,u9,East,,2026-10-02T09:00:00Z\n";
        assert_eq!(told(&found(RULES, leads)), [("2", Some("u1"))]);
        let default = format!("{RULES}[assign]\ndefault-owner = 'Pia Lind'\n");
        assert_eq!(told(&found(&default, leads)), [("1", Some("u1")), ("2", Some("u1"))]);
    }
}
