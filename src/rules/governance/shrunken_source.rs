//! GOV005: a source that lost over half of its rows.

use std::collections::BTreeMap;

use crate::model::place;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Sources with fewer than half the rows that the baseline has of them. Sources that the config names are told by their
    /// name, others by their kind and object, all of one kind and object together. Where `covers` states a period that is
    /// shorter than the baseline's, so many rows fewer are expected.
    ///
    /// A source of the baseline that the run did not read at all may have been left out on purpose. It is no finding, and
    /// is listed with the rules that were skipped.
    ///
    /// ## Why it matters
    ///
    /// An export with a filter left on, a lost page, or a token without rights, passes every other rule: rows that are not
    /// there have no defects. The score even rises.
    ///
    /// ## Example
    ///
    /// An earlier run saw this:
    ///
    /// ```csv lead before
    /// Id,Email
    /// 1,ana@acme.example
    /// 2,bo@acme.example
    /// 3,cy@acme.example
    /// 4,di@acme.example
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email
    /// 1,ana@acme.example
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email
    /// 1,ana@acme.example
    /// 2,bo@acme.example
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: export again. Where the rows are meant to be gone, write a new baseline.
    pub struct ShrunkenSource {
        code: "GOV005",
        name: "shrunken-source",
        family: Governance,
        severity: Warning,
        dimension: Completeness,
        scope: Scope::Facts,
        kinds: [Crm, Chat, SyncLog],
        needs: [Need::Baseline],
        safety: Manual,
        message: "{source} lost over half of its rows",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let Some(baseline) = &cx.facts.baseline else { return Ok(out) };
    let mut now: BTreeMap<String, Vec<&Table>> = BTreeMap::new();
    for table in &cx.tables {
        now.entry(place(&table.source)).or_default().push(table);
    }
    for (place, past) in &baseline.sources {
        let Some(tables) = now.remove(place) else {
            out.unchecked(format!(
                "{place} has {} in {}, and this run did not read it",
                counted(past.rows),
                baseline.called()
            ));
            continue;
        };
        let Some(first) = tables.first() else { continue };
        let rows: u64 = tables.iter().map(|table| cx.facts.of(table).rows).sum();
        out.checked(first, None, rows);
        let (expected, why) = match shorter(cx, &tables, past.window) {
            None => (past.rows as f64, String::new()),
            Some(share) => {
                (past.rows as f64 * share, format!(", of whose period covers states {:.0} %", share * 100.0))
            }
        };
        if (rows as f64) * 2.0 < expected {
            let detail = format!("{}, after {} in {}{why}", counted(rows), counted(past.rows), baseline.called());
            out.push(Hits::whole(first, None, &detail)?);
        }
    }
    for tables in now.into_values().flatten() {
        out.unchecked(format!("{} is not in {}", tables.name(), baseline.called()));
    }
    Ok(out)
}

fn counted(rows: u64) -> String {
    if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") }
}

/// The share of the earlier period that the config says is covered now, where that is less than all of it.
fn shorter(
    cx: &Check<'_>,
    tables: &[&Table],
    then: Option<(chrono::DateTime<chrono::Utc>, chrono::DateTime<chrono::Utc>)>,
) -> Option<f64> {
    let [table] = tables else { return None };
    let facts = cx.facts.of(table);
    let (from, to) = facts.window.filter(|_| facts.window_declared)?;
    let (then_from, then_to) = then?;
    let share = (to - from) as f64 / (then_to - then_from).num_microseconds()? as f64;
    (share < 1.0).then_some(share)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged_since;

    fn leads(rows: usize) -> String {
        (0..rows).fold("Id,Email\n".to_owned(), |all, n| all + &format!("{n},p{n}@acme.example\n"))
    }

    #[test]
    fn half_is_not_over_half() {
        let run = |before: usize, now: usize| {
            flagged_since("GOV005", "", &[("lead", &leads(before))], &[("lead", &leads(now))]).0.len()
        };
        assert_eq!([run(10, 5), run(10, 4), run(11, 5), run(10, 20), run(0, 3)], [0, 1, 1, 0, 0]);
    }

    #[test]
    fn what_is_there_on_one_side_only_is_said() {
        let before = leads(9);
        let (found, said) = flagged_since("GOV005", "", &[("contact", &before)], &[("lead", &before)]);
        assert!(found.is_empty());
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[0].contains("has 9 rows in the baseline, and this run did not read it"), "{said:?}");
        assert_eq!(said[1], "lead is not in the baseline");
    }
}
