//! ASG003: assignment rules that never fire.

use super::rule_hits::{Enough, checked, hit, tested};
use super::{NO_LEADS, counted, replay_of_all};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Live assignment rules that take no lead: no lead meets their conditions, or every lead that does is taken by a rule
    /// before them, which is named. Judged are rules that at least 100 leads over 14 days put to the test, created since
    /// the rule is in force; converted leads count, for they were assigned too.
    ///
    /// A rule with `fallback = true` or without conditions may well have nothing to do, and pilots are only simulated.
    /// Where a rule asks a column that no export has, or comes after one that does, the report says that it is not known.
    ///
    /// ## Why it matters
    ///
    /// Somebody believes that these leads are routed. A typo in a condition or a renamed picklist value looks like this.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[assignment]]
    /// name = "east territory"
    /// when = { region = "Est" }
    /// owner = "u1"
    ///
    /// [rules.ASG003]
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
    /// 1,Est,2026-10-01T09:00:00Z
    /// 2,East,2026-10-01T10:00:00Z
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
    /// None by script: mend the condition or the order of the rules, or drop the rule.
    pub struct SilentRule {
        code: "ASG003",
        name: "silent-rule",
        family: Assignment,
        severity: Warning,
        dimension: Integrity,
        scope: Scope::Whole("a rule is silent only if no lead of all meets it"),
        kinds: [Crm],
        objects: [Lead, Contact],
        needs: [Need::Setting("[[assignment]]", |config| !config.assignment.is_empty())],
        safety: Manual,
        message: "{count} of {checked|assignment rule|assignment rules} take no lead",
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
        let (matched, taken) = replay.taken(at);
        if rule.fallback {
            continue;
        }
        let unknown = replay.patterns().any(|one| one.live.contains(&at) && one.first().is_none() && one.rows > 0);
        if taken == 0 && unknown {
            out.unchecked(format!(
                "whether rule `{}` takes a lead: a rule before it asks what no export has",
                rule.name
            ));
            continue;
        }
        judged += 1;
        if taken > 0 {
            continue;
        }
        let leads = replay.in_force(at).leads;
        let why = if matched == 0 {
            format!("meets none of {}", counted(leads, "lead"))
        } else {
            let by: Vec<String> = replay
                .shadows(at, false)
                .iter()
                .take(3)
                .map(|(by, n)| format!("`{}` {n}", replay.rules[*by].name))
                .collect();
            format!("meets {}, and rules before it take them all: {}", counted(matched, "lead"), by.join(", "))
        };
        out.push(hit(cx, at, &rule.name, &why, Severity::Warning)?);
    }
    checked(&mut out, judged);
    Ok(out)
}

#[cfg(test)]
pub(super) mod tests {
    use std::fmt::Write as _;

    use crate::rules::testing::flagged;

    /// Leads over `days` days, `each` of them a day, in turn of these regions.
    pub(in crate::rules::assignment) fn leads(days: u32, each: u32, regions: &[&str]) -> String {
        let mut text = "Id,Region__c,Score,IsConverted,CreatedDate\n".to_owned();
        for n in 0..days * each {
            let (day, region) = (1 + n / each, regions[n as usize % regions.len()]);
            let _ = writeln!(text, "{n},{region},{},false,2026-10-{day:02}T09:{:02}:07Z", n % 10, n % each);
        }
        text
    }

    fn told(toml: &str, leads: &str) -> Vec<(String, String)> {
        let found = flagged("ASG003", toml, &[("lead", leads)]);
        found.into_iter().map(|row| (row.value.unwrap(), row.detail)).collect()
    }

    const RULES: &str = "[[assignment]]\nname = 'east'\nwhen = { region = 'East' }\nowner = 'a'\n\
        [[assignment]]\nname = 'typo'\nwhen = { region = 'Wets' }\nowner = 'b'\n\
        [[assignment]]\nname = 'hot east'\nwhen = { region = 'East', score = { above = 5 } }\nowner = 'c'\n\
        [[assignment]]\nname = 'trial'\nwhen = { region = 'Nowhere' }\nowner = 'd'\nstatus = 'pilot'\n\
        [[assignment]]\nname = 'rest'\nwhen = { region = 'Nowhere' }\nowner = 'd'\nfallback = true\n";

    #[test]
    fn no_lead_or_none_left_is_silence() {
        let found = told(RULES, &leads(20, 6, &["East", "West"]));
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0].0, "hot east");
        assert!(
            found[0]
                .1
                .starts_with("ASG003:9: rule `hot east` meets 24 leads, and rules before it take them all: `east` 24"),
            "{}",
            found[0].1
        );
        assert_eq!((found[1].0.as_str(), found[1].1.ends_with("rule `typo` meets none of 120 leads")), ("typo", true));
    }

    #[test]
    fn a_hundred_leads_over_a_fortnight_are_needed_since_the_rule_is_in_force() {
        assert!(told(RULES, &leads(14, 7, &["East", "West"])).is_empty(), "98 leads");
        assert!(told(RULES, &leads(13, 20, &["East", "West"])).is_empty(), "13 days");
        assert_eq!(told(RULES, &leads(14, 8, &["East", "West"])).len(), 2);
        let late = RULES
            .replace("owner = 'b'", "owner = 'b'\nsince = 2026-10-03")
            .replace("owner = 'c'", "owner = 'c'\nsince = 2026-10-09");
        assert_eq!(told(&late, &leads(20, 6, &["East", "West"])).len(), 1);
    }

    #[test]
    fn converted_leads_show_that_a_rule_fires() {
        let text = leads(20, 6, &["East", "West", "Wets"]).replace("Wets,2,false", "Wets,2,true");
        let kept: Vec<&str> =
            text.split_inclusive('\n').filter(|line| !line.contains("Wets") || line.contains("true")).collect();
        let found = told(RULES, &kept.concat());
        assert!(found.iter().all(|(name, _)| name != "typo"), "{found:?}");
    }

    #[test]
    fn what_comes_after_a_rule_that_cannot_be_asked_is_not_known() {
        let toml = format!("[[assignment]]\nname = 'topical'\nwhen = {{ topic = 'x' }}\nowner = 'z'\n{RULES}");
        let found = told(&toml, &leads(20, 6, &["East", "West"]));
        assert_eq!(found.iter().map(|one| one.0.as_str()).collect::<Vec<_>>(), ["typo"], "{found:?}");
    }
}
