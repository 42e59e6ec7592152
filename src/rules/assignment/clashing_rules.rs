//! ASG005: assignment rules that name different owners for one lead.

use indexmap::IndexMap;

use super::replay::Replay;
use super::rule_hits::{checked, hit};
use super::{NO_LEADS, called, counted, replay_of_all};
use crate::config::options::Condition;
use crate::normalise::users::{Same, Users};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Pairs of live assignment rules that claim the same leads for different owners.
    ///
    /// Where the order of the rules decides, because each of them has leads of its own or the narrower one comes first,
    /// that is severity info: the order is worth knowing. Where it cannot, because the later rule asks all that the earlier
    /// one asks, and perhaps more, the later rule never gets a lead; that is a warning, whether leads met it or not.
    ///
    /// A fallback after other rules clashes with none of them; pilots are only simulated. Owners are one person by id, name
    /// or address through the export of users; two that cannot be told apart are said, and no clash. Converted leads count
    /// among those that are claimed.
    ///
    /// ## Why it matters
    ///
    /// Two people believe that the lead is theirs, or neither does.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[assignment]]
    /// name = "east territory"
    /// when = { region = "East" }
    /// owner = "u1"
    ///
    /// [[assignment]]
    /// name = "hot leads"
    /// when = { score = { above = 75 } }
    /// owner = "u2"
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Region__c,Score,CreatedDate
    /// 1,East,80,2026-10-01T09:00:00Z
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Region__c,Score,CreatedDate
    /// 1,East,10,2026-10-01T09:00:00Z
    /// 2,West,80,2026-10-01T09:00:00Z
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: narrow one of the conditions, or put the rules into the order that is meant.
    pub struct ClashingRules {
        code: "ASG005",
        name: "clashing-rules",
        family: Assignment,
        severity: Warning,
        dimension: Integrity,
        scope: Scope::Whole("how many leads two rules both claim is told by all of them"),
        kinds: [Crm],
        objects: [Lead, Contact],
        needs: [Need::Setting("[[assignment]]", |config| !config.assignment.is_empty())],
        safety: Manual,
        message: "{count} of {checked|pair|pairs} of assignment rules claim the same leads for different owners",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// Two live rules that claim leads for different owners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clash {
    /// The one that comes first.
    pub first: usize,
    /// The other.
    pub second: usize,
    /// Leads that both claim.
    pub leads: u64,
    /// Whether the order of the two decides: each gets leads.
    pub order_decides: bool,
}

/// What is found between the rules of a config.
#[derive(Debug, Default)]
pub struct Clashes {
    /// The clashes, in the order of the rules.
    pub found: Vec<Clash>,
    /// Pairs of rules that were compared.
    pub compared: u64,
    /// Pairs that claim the same leads, and whose owners cannot be told apart or together.
    pub untold: Vec<(usize, usize)>,
}

/// The clashes between the rules `when` of which each asks; with `pilots`, as if those were live.
#[must_use]
pub fn clashes(replay: &Replay, when: &[&IndexMap<String, Condition>], users: &Users, pilots: bool) -> Clashes {
    let mut clashes = Clashes::default();
    let counts = |rule: usize| pilots || !replay.rules[rule].pilot;
    for second in (0..replay.rules.len()).filter(|rule| counts(*rule)) {
        for first in (0..second).filter(|rule| counts(*rule)) {
            clashes.compared += 1;
            // What a fallback gets is what the rules before it leave.
            let shadowed = asks_all(when[second], when[first]);
            if replay.rules[second].fallback && !(shadowed && replay.rules[first].fallback) {
                continue;
            }
            let claims = |one: &super::replay::Pattern, rule: usize| {
                one.live.contains(&rule) || (pilots && one.pilots.contains(&rule))
            };
            let both = replay.patterns().filter(|one| claims(one, first) && claims(one, second));
            let leads: u64 = both.map(|one| one.rows).sum();
            if leads == 0 && !shadowed {
                continue;
            }
            match users.compare(&replay.rules[first].owner, &replay.rules[second].owner) {
                Same::Yes => {}
                Same::Unknown => clashes.untold.push((first, second)),
                Same::No => clashes.found.push(Clash { first, second, leads, order_decides: !shadowed }),
            }
        }
    }
    clashes
}

/// Whether `later` asks all that `earlier` asks, and perhaps more.
fn asks_all(later: &IndexMap<String, Condition>, earlier: &IndexMap<String, Condition>) -> bool {
    let same = |one: &Condition, other: &Condition| match (one, other) {
        (Condition::Text(one), Condition::Text(other)) => trimmed(one).to_lowercase() == trimmed(other).to_lowercase(),
        _ => one == other,
    };
    earlier.iter().all(|(name, asked)| later.get(name).is_some_and(|found| same(found, asked)))
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let replay = replay_of_all(cx)?;
    if replay.tables.is_empty() {
        out.unchecked(NO_LEADS);
        return Ok(out);
    }
    // The parts of an export that hold no lead say nothing.
    if cx.all.iter().all(|table| table.height() == 0) {
        return Ok(out);
    }
    let when: Vec<_> = cx.config.assignment.iter().map(|rule| &rule.when).collect();
    let clashes = clashes(&replay, &when, &cx.facts.users, false);
    checked(&mut out, clashes.compared);
    for (first, second) in clashes.untold {
        out.unchecked(format!(
            "whether {} and `{}` name one owner: one by id, one by name, and no export of users ties them together",
            called(cx.config, first),
            replay.rules[second].name
        ));
    }
    for clash in clashes.found {
        let (first, second) = (&replay.rules[clash.first], &replay.rules[clash.second]);
        let (severity, how) = if clash.order_decides {
            (Severity::Info, "the order decides: the first gets them".to_owned())
        } else {
            (Severity::Warning, format!("`{}` asks all that the first asks and never gets one", second.name))
        };
        let leads = counted(clash.leads, "lead");
        let why = format!("and `{}` both claim {leads}, for different owners; {how}", second.name);
        out.push(hit(cx, clash.first, &format!("{} / {}", first.name, second.name), &why, severity)?);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    const LEADS: &str = "Id,Region__c,Score,CreatedDate\n1,East,80,2026-10-01T09:00:00Z\n2,East,80,2026-10-02T09:00:00Z\n\
        3,West,80,2026-10-01T09:00:00Z\n4,East,10,2026-10-01T09:00:00Z\n";
    const USERS: &str = "Id,Name,IsActive\nu1,Erin Vale,true\nu2,Hal Moor,true\n";

    fn told(rules: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
        let toml: Vec<String> = rules
            .iter()
            .enumerate()
            .map(|(at, (when, owner, more))| {
                format!("[[assignment]]\nname = 'r{at}'\nwhen = {when}\nowner = '{owner}'\n{more}\n")
            })
            .collect();
        let found = flagged("ASG005", &toml.concat(), &[("lead", LEADS), ("user", USERS)]);
        found.into_iter().map(|row| (row.value.unwrap(), row.source, row.detail)).collect()
    }

    const EAST: &str = "{ region = 'East' }";
    const HOT: &str = "{ score = { above = 75 } }";
    const HOT_EAST: &str = "{ region = ' EAST ', score = { above = 75 } }";

    #[test]
    fn order_decides_between_rules_that_have_leads_of_their_own() {
        let found = told(&[(EAST, "u1", ""), (HOT, "u2", "")]);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0.as_str(), found[0].1.as_str()), ("r0 / r1", "audit"));
        assert_eq!(
            found[0].2,
            "ASG005:1: rule `r0` and `r1` both claim 2 leads, for different owners; the order decides: the first gets them"
        );
        let narrow_first = told(&[(HOT_EAST, "u1", ""), (EAST, "u2", "")]);
        assert!(narrow_first[0].2.ends_with("the order decides: the first gets them"));
    }

    #[test]
    fn a_rule_that_can_never_get_a_lead_is_a_warning() {
        let severity = |rules: &[(&str, &str, &str)]| told(rules).first().map(|one| one.2.contains("never gets one"));
        assert_eq!(severity(&[(EAST, "u1", ""), (EAST, "u2", "")]), Some(true));
        assert_eq!(severity(&[(EAST, "u1", ""), (HOT_EAST, "u2", "")]), Some(true));
        assert_eq!(severity(&[("{}", "u1", ""), (EAST, "u2", "")]), Some(true));
        assert_eq!(severity(&[("{ region = 'Nowhere' }", "u1", ""), ("{ region = 'nowhere' }", "u2", "")]), Some(true));
        assert_eq!(severity(&[("{ region = 'Nowhere' }", "u1", ""), (EAST, "u2", "")]), None);
    }

    #[test]
    fn one_owner_fallbacks_and_pilots_are_no_clash() {
        assert!(told(&[(EAST, "u1", ""), (HOT, "Erin Vale", "")]).is_empty());
        assert!(told(&[(EAST, "u1", ""), (HOT, "u2", "fallback = true")]).is_empty());
        assert!(told(&[(EAST, "u1", ""), ("{}", "u2", "")]).is_empty());
        assert!(told(&[(EAST, "u1", ""), (HOT, "u2", "status = 'pilot'")]).is_empty());
        assert_eq!(told(&[("{}", "u1", ""), ("{}", "u2", "")]).len(), 1, "two fallbacks");
    }

    #[test]
    fn rules_of_different_times_do_not_meet() {
        let found = told(&[(EAST, "u1", "since = 2026-10-02"), (HOT, "u2", "")]);
        assert!(found[0].2.contains("both claim 1 lead,"), "{found:?}");
        assert!(told(&[(EAST, "u1", "since = 2026-10-03"), (HOT, "u2", "")]).is_empty());
    }
}
