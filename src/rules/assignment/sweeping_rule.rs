//! ASG004: assignment rules that take most of the leads.

use super::rule_hits::{Enough, checked, hit, tested};
use super::{NO_LEADS, counted, replay_of_all};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Live assignment rules that take over half of the leads, unless they are the last live rule, say `fallback = true`,
    /// or ask nothing: those are meant to. A rule takes a lead if it is the first that holds. Judged are rules that at
    /// least 100 leads over 14 days put to the test, created since the rule is in force; converted leads count, for they
    /// were assigned too. Pilots are only simulated.
    ///
    /// ## Why it matters
    ///
    /// A condition that is too wide starves the rules after it, and one person gets what was meant for a team.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[assignment]]
    /// name = "named accounts"
    /// when = { region = { matches = "a" } }
    /// owner = "u1"
    ///
    /// [[assignment]]
    /// name = "west territory"
    /// when = { region = "West" }
    /// owner = "u2"
    ///
    /// [rules.ASG004]
    /// leads = 3
    /// days = 2
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Region__c,CreatedDate
    /// 1,East,2026-10-01T09:00:00Z
    /// 2,East,2026-10-01T10:00:00Z
    /// 3,West,2026-10-02T09:00:00Z
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Region__c,CreatedDate
    /// 1,East,2026-10-01T09:00:00Z
    /// 2,West,2026-10-01T10:00:00Z
    /// 3,West,2026-10-02T09:00:00Z
    /// ```
    ///
    /// ## Options
    ///
    /// - `leads`: leads below which nothing is said of a rule.
    /// - `days`: days that these leads must span.
    ///
    /// ## Cleanup
    ///
    /// None by script: narrow the condition, move the rule to the end, or say `fallback = true` if it is meant.
    pub struct SweepingRule {
        code: "ASG004",
        name: "sweeping-rule",
        family: Assignment,
        severity: Warning,
        dimension: Integrity,
        scope: Scope::Whole("what share of the leads a rule takes is told by all of them"),
        kinds: [Crm],
        objects: [Lead, Contact],
        needs: [Need::Setting("[[assignment]]", |config| !config.assignment.is_empty())],
        safety: Manual,
        message: "{count} of {checked|assignment rule|assignment rules} take over half of the leads",
        since: "0.1.0",
        options: Enough,
        check: check,
    }
}

fn check(cx: &Check<'_>, enough: &Enough) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let replay = replay_of_all(cx)?;
    if replay.tables.is_empty() {
        out.unchecked(NO_LEADS);
        return Ok(out);
    }
    let mut judged = 0;
    for at in tested(cx, &replay, enough, &mut out) {
        let rule = &replay.rules[at];
        if rule.fallback || replay.last() == Some(at) {
            continue;
        }
        judged += 1;
        let (taken, leads) = (replay.taken(at).1, replay.in_force(at).leads);
        if taken * 2 > leads {
            let why =
                format!("takes {taken} of {}, and is neither the last rule nor a fallback", counted(leads, "lead"));
            out.push(hit(cx, at, &rule.name, &why, Severity::Warning)?);
        }
    }
    checked(&mut out, judged);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::assignment::silent_rule::tests::leads;
    use crate::rules::testing::flagged;

    fn told(toml: &str, leads: &str) -> Vec<String> {
        flagged("ASG004", toml, &[("lead", leads)]).into_iter().map(|row| row.detail).collect()
    }

    fn rules(first: &str) -> String {
        format!(
            "[[assignment]]\nname = 'wide'\nwhen = {{ score = {{ below = 9 }} }}\nowner = 'a'\n{first}\n\
             [[assignment]]\nname = 'east'\nwhen = {{ region = 'East' }}\nowner = 'b'\n"
        )
    }

    #[test]
    fn over_half_is_too_much_for_a_rule_that_is_not_meant_to() {
        let text = leads(20, 6, &["East", "West"]);
        let wide = told(&rules(""), &text);
        assert_eq!(wide, ["ASG004:1: rule `wide` takes 108 of 120 leads, and is neither the last rule nor a fallback"]);
        assert!(told(&rules("fallback = true"), &text).is_empty());
        assert!(told(&rules("status = 'pilot'"), &text).is_empty());
        let half = rules("").replace("below = 9", "below = 5");
        assert!(told(&half, &text).is_empty(), "just half");
    }

    #[test]
    fn the_last_live_rule_and_one_that_asks_nothing_are_meant_to() {
        let text = leads(20, 6, &["East", "West"]);
        let last = "[[assignment]]\nname = 'wide'\nwhen = { score = { below = 9 } }\nowner = 'a'\n";
        assert!(told(last, &text).is_empty());
        let pilot =
            format!("{last}[[assignment]]\nname = 'p'\nwhen = {{ region = 'x' }}\nowner = 'b'\nstatus = 'pilot'\n");
        assert!(told(&pilot, &text).is_empty(), "a pilot after it is not in force");
        let all = format!("[[assignment]]\nname = 'all'\nowner = 'a'\n{last}");
        assert!(told(&all, &text).is_empty());
    }

    #[test]
    fn a_hundred_leads_over_a_fortnight_are_needed() {
        assert!(told(&rules(""), &leads(14, 7, &["East"])).is_empty());
        assert!(told(&rules(""), &leads(13, 20, &["East"])).is_empty());
        assert_eq!(told(&rules(""), &leads(14, 8, &["East"])).len(), 1);
        assert!(told(&rules("since = 2026-10-10"), &leads(20, 8, &["East"])).is_empty());
    }
}
