//! ASG009: open records of users who work no more, or are not known.

use super::checked_rows;
use super::owners::{Holder, Owners, open_rows};
use crate::normalise::users::{Form, Users, Who, is_queue};
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Open leads, contacts, accounts and deals whose owner is an inactive user, or a user whom the export of users does not
    /// know. Owners are looked up by id, name or address; of two users of one name the active one decides.
    ///
    /// It needs an export of users, and for inactive users a column in it that says who is active. Unknown owners are
    /// judged where that export covers the owners of the column: of fewer than 20 different ids half are in it, of more
    /// four in five; of names and addresses always four in five. Queues and system users are no people, and blank owners
    /// are ASG001's. A record is open unless its status or stage ends it, and converted leads are no evidence.
    ///
    /// ## Why it matters
    ///
    /// The record looks assigned, and nobody reads its mail.
    ///
    /// ## Example
    ///
    /// ```csv user
    /// Id,Name,IsActive
    /// u1,Erin Vale,true
    /// u4,Pat Lund,false
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Status,OwnerId
    /// 1,Open,u4
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Status,OwnerId
    /// 1,Open,u1
    /// 2,Closed,u4
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Manual: a person decides who takes over, before the user is switched off.
    pub struct InactiveOwner {
        code: "ASG009",
        name: "inactive-owner",
        family: Assignment,
        severity: Error,
        dimension: Integrity,
        scope: Scope::Row,
        kinds: [Crm],
        objects: [Lead, Contact, Account, Deal],
        needs: [Need::Role(Role::Owner)],
        safety: Manual,
        message: "{count} of {checked|open record|open records} of {source} belong to users who are inactive or unknown",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// Whether the users cover the owners, each named in `form`, of a source.
fn are_covered(owners: &[(String, u64)], form: Form, users: &Users, is_system: impl Fn(&str) -> bool) -> bool {
    let people = owners.iter().map(|(owner, _)| owner.as_str()).filter(|owner| Form::of(owner) == form);
    let people: Vec<&str> = people.filter(|owner| !is_queue(owner) && !is_system(owner)).collect();
    let (held, different) = (people.iter().filter(|owner| users.find(owner) != Who::Unknown).count(), people.len());
    held > 0 && if form == Form::Id && different < 20 { held * 2 >= different } else { held * 5 >= different * 4 }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let users = &cx.facts.users;
    if users.is_empty() {
        out.unchecked("needs an export of users with ids, names or addresses; load one, as in user=users.csv");
        return Ok(out);
    }
    if !users.tells_enabled() {
        out.unchecked("the export of users does not say who is active; only unknown owners are looked for");
    }
    for table in &cx.tables {
        let Some(owners) = Owners::of(table, cx.facts, cx.config) else { continue };
        let facts = cx.facts.of(table);
        let covered = |form| are_covered(facts.owners(), form, users, |owner| facts.system_users.holds(owner));
        let covered = [Form::Id, Form::Name, Form::Email].map(|form| (form, covered(form)));
        let is_covered = |owner: &str| covered.iter().any(|(form, covered)| *covered && *form == Form::of(owner));
        let said: Vec<Option<&str>> = owners
            .values
            .iter()
            .zip(&owners.holders)
            .map(|(owner, holder)| match (holder, users.is_enabled(owner)) {
                (Holder::Queue | Holder::System | Holder::Nobody, _) => None,
                (_, Some(true)) => Some(""),
                (_, Some(false)) => Some("an inactive user"),
                (_, None) if is_covered(owner) => Some("no user of the export of users"),
                (_, None) => None,
            })
            .collect();
        if said.contains(&None) {
            let unknown = owners.values.iter().zip(&owners.holders);
            let unknown = unknown.filter(|(owner, holder)| {
                matches!(holder, Holder::Person | Holder::Default)
                    && users.find(owner) == Who::Unknown
                    && !is_covered(owner)
            });
            if unknown.count() > 0 {
                out.unchecked(format!(
                    "{} · {} names owners whom the export of users does not cover",
                    table.name(),
                    table.source.header(owners.column)
                ));
            }
        }
        let is_open = open_rows(table);
        let (mut checked, mut found) = (0, Vec::new());
        for row in (0..table.height() as u32).filter(|row| is_open(*row)) {
            let Some(said) = owners.at(row).and_then(|at| said[at]) else { continue };
            checked += 1;
            if !said.is_empty() {
                found.push(PairHit { row, detail: format!("its owner is {said}"), ..PairHit::default() });
            }
        }
        checked_rows(&mut out, table, Some(owners.column), checked);
        out.push(pair_hits::hits(table, Some(owners.column), &found, (Severity::Error, Safety::Manual))?);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    const USERS: &str = "Id,Name,Email,IsActive\n0055e0000000001AAA,Erin Vale,erin@acme.example,true\n\
        0055e0000000002AAA,Wes Holt,wes@acme.example,1\n0055e0000000004AAA,Pat Lund,pat@acme.example,false\n\
        0055e0000000005AAA,Two Names,two@acme.example,false\n0055e0000000006AAA,Two Names,names@acme.example,true\n";

    fn told(texts: &[(&str, &str)]) -> Vec<(String, String)> {
        let found = flagged("ASG009", "", texts);
        found.into_iter().map(|row| (row.record_id.unwrap(), row.detail)).collect()
    }

    fn ids(leads: &str) -> Vec<String> {
        told(&[("lead", leads), ("user", USERS)]).into_iter().map(|one| one.0).collect()
    }

    #[test]
    fn inactive_by_id_name_and_address() {
        let leads = "Id,Status,IsConverted,Owner\n1,Open,false,0055e0000000004AAA\n2,Open,false,Pat Lund\n3,Open,false,PAT@acme.example\n\
            4,Open,false,0055e0000000004\n5,Closed,false,Pat Lund\n6,Open,true,Pat Lund\n7,Open,false,Erin Vale\n8,Open,false,Two Names\n9,Open,false,\n";
        assert_eq!(ids(leads), ["1", "2", "3", "4"]);
    }

    #[test]
    fn unknown_where_the_users_cover_the_owners() {
        let head =
            "Id,Status,OwnerId\n1,Open,0055e0000000009AAA\n2,Open,0055e0000000001AAA\n3,Open,00G5e0000000001EAA\n";
        assert_eq!(ids(head), ["1"]);
        assert!(ids(&format!("{head}4,Open,0055e0000000019AAA\n")).is_empty(), "one of three");
        let names = "Id,Status,Owner\n1,Open,Cy Fox\n2,Open,Erin Vale\n3,Open,Wes Holt\n";
        assert!(ids(names).is_empty(), "two of three names");
        assert_eq!(ids(&format!("{names}4,Open,Pat Lund\n5,Open,Two Names\n")), ["1", "4"]);
    }

    #[test]
    fn every_object_that_has_an_owner_and_no_users_no_verdict() {
        let deals = "Id,Name,StageName,OwnerId,CreatedDate\n1,a,Negotiation,0055e0000000004AAA,2026-10-01\n2,b,Closed Won,0055e0000000004AAA,2026-10-01\n";
        assert_eq!(
            told(&[("deal", deals), ("user", USERS)]),
            [("1".to_owned(), "its owner is an inactive user".to_owned())]
        );
        assert!(told(&[("deal", deals)]).is_empty());
        let silent = USERS.replace("IsActive", "Team__c");
        assert!(told(&[("deal", deals), ("user", &silent)]).is_empty(), "nobody says who is active");
    }
}
