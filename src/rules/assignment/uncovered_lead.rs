//! ASG006: leads that no assignment rule takes.

use super::replay::Replayed;
use super::{NO_LEADS, assigned, checked_rows, counted, replay_of_judged};
use crate::rules::condition::Conditions;
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Leads that meet the conditions of no live assignment rule. A lead that was created before the rules were in force, or
    /// that meets a rule which came later, is none; neither is one that only a rule could take which asks a column that the
    /// export lacks: that is said. Converted leads are no evidence, and a pilot covers nothing.
    ///
    /// Where the rules ask one column only, the finding points at what stands there; else at the record.
    ///
    /// ## Why it matters
    ///
    /// What no rule takes stays with whoever made it, or with nobody. Most of these are a spelling that no rule knows.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[assignment]]
    /// name = "east territory"
    /// when = { region = "East Region" }
    /// owner = "u1"
    /// since = "2026-10-01"
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Region__c,CreatedDate
    /// 1,EastRegion,2026-10-02T09:00:00Z
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Region__c,CreatedDate
    /// 1,east region,2026-10-02T09:00:00Z
    /// 2,EastRegion,2026-09-02T09:00:00Z
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: mend the values (DRF001 to DRF004 propose how), add a rule, or add one with `fallback = true`.
    pub struct UncoveredLead {
        code: "ASG006",
        name: "uncovered-lead",
        family: Assignment,
        severity: Warning,
        dimension: Consistency,
        scope: Scope::Row,
        kinds: [Crm],
        objects: [Lead, Contact],
        needs: [Need::Setting("a live [[assignment]]", |config| {
            config.assignment.iter().any(|rule| rule.status == crate::config::options::AssignmentStatus::Live)
        })],
        safety: Manual,
        message: "{count} of {checked|record|records} of {source} are taken by no assignment rule",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// The column that all live rules ask, if it is one.
fn asked(cx: &Check<'_>, table: &Table) -> anyhow::Result<Vec<usize>> {
    let mut columns = std::collections::BTreeSet::new();
    for rule in &cx.config.assignment {
        if rule.status == crate::config::options::AssignmentStatus::Live {
            columns.extend(Conditions::of(&rule.when)?.columns(&table.source));
        }
    }
    Ok(columns.into_iter().collect())
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let replay = replay_of_judged(cx)?;
    if assigned(cx).next().is_none() {
        out.unchecked(NO_LEADS);
    }
    for table in assigned(cx) {
        let Some(of) = replay.table(table) else { continue };
        let columns = asked(cx, table)?;
        let column = if let [one] = columns.as_slice() { Some(*one) } else { None };
        say_what_is_not_known(table, of, &mut out);
        let live = replay.rules.iter().filter(|rule| !rule.pilot).count() as u64;
        let headers: Vec<&str> = columns.iter().map(|column| table.source.header(*column)).collect();
        let detail = format!("none of {} takes it; they ask {}", counted(live, "rule"), headers.join(", "));
        let (mut judged, mut found) = (0, Vec::new());
        for (row, pattern) in
            of.rows().filter(|(_, pattern)| pattern.ruled && (pattern.unasked.is_none() || !pattern.live.is_empty()))
        {
            judged += 1;
            if pattern.is_uncovered() {
                found.push(PairHit { row, detail: detail.clone(), ..PairHit::default() });
            }
        }
        checked_rows(&mut out, table, column, judged);
        out.push(pair_hits::hits(table, column, &found, (Severity::Warning, Safety::Manual))?);
    }
    Ok(out)
}

/// Leads that a rule might take which asks what the export lacks.
fn say_what_is_not_known(table: &Table, of: &Replayed, out: &mut Outcome) {
    let unknown: u64 =
        of.patterns.iter().filter(|one| one.live.is_empty() && one.unasked.is_some()).map(|one| one.rows).sum();
    let lacks: std::collections::BTreeSet<&str> = of.lacks.iter().flatten().map(String::as_str).collect();
    if unknown > 0 {
        let lacks: Vec<&str> = lacks.into_iter().collect();
        out.unchecked(format!(
            "whether a rule takes {} of {}: rules ask {}, which it lacks",
            counted(unknown, "record"),
            table.name(),
            lacks.join(", ")
        ));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    const EAST: &str =
        "[[assignment]]\nname = 'east'\nwhen = { region = 'East Region' }\nowner = 'a'\nsince = 2026-10-01\n";
    const HOT: &str = "[[assignment]]\nname = 'hot'\nwhen = { score = { above = 75 } }\nowner = 'b'\n";
    const LEADS: &str = "Id,Status,IsConverted,Region__c,Score,CreatedDate\n\
        1,Open,false,EastRegion,10,2026-10-02T09:00:00Z\n2,Open,false,East Region,10,2026-10-02T09:00:00Z\n\
        3,Closed,false,,10,2026-10-02T09:00:00Z\n4,Open,true,EastRegion,10,2026-10-02T09:00:00Z\n\
        5,Open,false,EastRegion,10,2026-09-02T09:00:00Z\n6,Open,false,EastRegion,90,2026-10-02T09:00:00Z\n\
        7,Open,false,East Region,10,\n8,Open,false,EastRegion,10,\n";

    fn told(toml: &str, leads: &str) -> Vec<(String, Option<String>, Option<String>)> {
        let found = flagged("ASG006", toml, &[("lead", leads)]);
        found.into_iter().map(|row| (row.record_id.unwrap(), row.column, row.value)).collect()
    }

    #[test]
    fn one_column_is_pointed_at() {
        let cell =
            |id: &str, value: Option<&str>| (id.to_owned(), Some("Region__c".to_owned()), value.map(str::to_owned));
        assert_eq!(
            told(EAST, LEADS),
            [cell("1", Some("EastRegion")), cell("3", Some("")), cell("6", Some("EastRegion"))]
        );
    }

    #[test]
    fn of_several_columns_the_record_is() {
        let row = |id: &str| (id.to_owned(), None, None);
        let found = told(&format!("{EAST}{HOT}"), LEADS);
        // Before the first rule was in force the other one was.
        assert_eq!(found, [row("1"), row("3"), row("5"), row("8")]);
    }

    #[test]
    fn a_fallback_takes_all_and_a_pilot_nothing() {
        let rest = "[[assignment]]\nname = 'rest'\nowner = 'c'\nfallback = true\n";
        assert!(told(&format!("{EAST}{rest}"), LEADS).is_empty());
        assert_eq!(told(&format!("{EAST}{rest}status = 'pilot'\n"), LEADS).len(), 3);
        assert!(told(&format!("{rest}status = 'pilot'\n"), LEADS).is_empty());
    }

    #[test]
    fn a_rule_that_cannot_be_asked_might_take_it() {
        let topical = "[[assignment]]\nname = 'topical'\nwhen = { topic = 'x' }\nowner = 'z'\n";
        assert!(told(&format!("{EAST}{topical}"), LEADS).is_empty());
    }
}
