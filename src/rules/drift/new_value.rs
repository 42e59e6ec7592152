//! DRF005: a value that was not there before.

use super::beside_baseline::{columns, past, shown};
use crate::evidence::fingerprint::Identity;
use crate::rules::past::values_of;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Values of a categorical column that the baseline's column does not hold. Only columns that the baseline holds are
    /// compared; blank cells are no value, and case and space make no other value. Where cells hold several values, each is
    /// looked up by itself. A value is new until a run writes the next baseline.
    ///
    /// Columns that were no category then, such as those with one value in all rows, are not in the baseline. Those that
    /// are none any more, because hardly any value repeats, are listed with the rules that were skipped.
    ///
    /// ## Why it matters
    ///
    /// Forms, imports and integrations bring values that no routing rule, report or automation knows. On the first day it
    /// is one record.
    ///
    /// ## Example
    ///
    /// An earlier run saw this:
    ///
    /// ```csv lead before
    /// Id,Region
    /// 1,East
    /// 2,East
    /// 3,West
    /// 4,West
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Region
    /// 1,East
    /// 2,East
    /// 3,West
    /// 4,West
    /// 5,North
    /// 6,North
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Region
    /// 1,East
    /// 2,EAST
    /// 3,East
    /// 4,East
    /// 5,West
    /// 6,
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: whether the value is meant is known to whoever brought it. DRF001 to DRF004 say what is a slip.
    pub struct NewValue {
        code: "DRF005",
        name: "new-value",
        family: Drift,
        severity: Info,
        dimension: Consistency,
        scope: Scope::Values,
        kinds: [Crm, Chat, SyncLog],
        needs: [Need::Baseline],
        safety: Manual,
        message: "{groups|new value|new values} in {count} of {checked|cell|cells} of {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let Some(baseline) = &cx.facts.baseline else { return Ok(out) };
    let (identity, called) = (Identity::new(cx.config.audit.salt.as_deref()), baseline.called());
    for table in &cx.tables {
        let Some((place, past)) = past(cx, table, baseline, &mut out) else { continue };
        for beside in columns(cx, table, past, &called, &mut out) {
            let filled = table.height() - table.blank(beside.column).sum().unwrap_or(0) as usize;
            out.checked(table, Some(beside.column), filled as u64);
            let hash = |value: &str| identity.keep(&place, beside.field, value);
            let known = |value: &str| beside.then.contains_key(&hash(value));
            let (mut values, mut keys, mut details) = (Vec::new(), Vec::new(), Vec::new());
            for (cell, _) in &beside.now {
                // Whether cells hold several values is told by the others, and may be told otherwise from run to run.
                let several = || {
                    let parts = values_of(cell, Some(';'));
                    parts.len() > 1 && parts.iter().all(|part| known(part))
                };
                if known(trimmed(cell)) || several() {
                    continue;
                }
                let new: Vec<&str> =
                    values_of(cell, beside.separator).into_iter().filter(|value| !known(value)).collect();
                // A cell of separators only holds no value.
                if new.is_empty() {
                    continue;
                }
                let which = if new.as_slice() == [trimmed(cell)] {
                    String::new()
                } else {
                    format!("{}: ", new.iter().map(|value| shown(value)).collect::<Vec<_>>().join(", "))
                };
                let held = beside.then.len();
                details.push(format!(
                    "{which}not among the {held} {} of {called}",
                    if held == 1 { "value" } else { "values" }
                ));
                let hashes: Vec<String> = new.iter().map(|value| hash(value)).collect();
                keys.push([table.name(), table.source.header(beside.column), &hashes.join(";")].join("\u{1F}"));
                values.push(*cell);
            }
            let text = |cells: Vec<&str>| cells.into_iter().map(Some).collect::<StringChunked>().into_series();
            let frame = df!("value" => values)?;
            out.push(
                Hits::new(table, Some(beside.column), Place::Values, frame)?
                    .with("key", text(keys.iter().map(String::as_str).collect()))?
                    .with("detail", text(details.iter().map(String::as_str).collect()))?,
            );
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged_since;

    const BEFORE: &str = "Id,Interests\n1,Chat;Phone\n2,Chat\n3,Phone\n4,Chat\n5,Chat\n6,Phone\n";

    fn run(before: &str, now: &str) -> Vec<(String, String)> {
        let (found, _) = flagged_since("DRF005", "", &[("lead", before)], &[("lead", now)]);
        found.into_iter().map(|row| (row.value.unwrap(), row.detail)).collect()
    }

    #[test]
    fn of_several_values_in_a_cell_each_is_looked_up() {
        let now = "Id,Interests\n1,Phone; chat\n2,Chat\n3,Chat;Fax\n4,Chat\n5,Phone\n6,Chat\n7,;\n8,;\n9,Chat\n10,Chat\n11,Phone\n";
        assert_eq!(
            run(BEFORE, now),
            [("Chat;Fax".to_owned(), "\"Fax\": not among the 2 values of the baseline".to_owned())]
        );
    }

    #[test]
    fn a_column_that_came_to_hold_one_value_is_still_compared() {
        let found = run(BEFORE, "Id,Interests\n1,Mail\n2,Mail\n3,\n");
        assert_eq!(found.len(), 2);
        assert!(run(BEFORE, "Id,Interests\n1,PHONE\n2,PHONE\n").is_empty());
        assert!(run(BEFORE, "Id,Interests\n1,\n2,\n").is_empty());
    }

    #[test]
    fn columns_without_a_past_are_not_compared_and_lost_ones_are_said() {
        assert!(run(BEFORE, "Id,Plan\n1,Gold\n2,Gold\n3,Base\n4,Base\n").is_empty());
        let now = "Id,Interests\n1,a\n2,b\n3,c\n";
        let (found, said) = flagged_since("DRF005", "", &[("lead", BEFORE)], &[("lead", now)]);
        assert!(found.is_empty());
        assert_eq!(
            said,
            ["lead · Interests was a category in the baseline and is none now: values hardly ever repeat"]
        );
        let (_, said) = flagged_since("DRF005", "", &[("contact", BEFORE)], &[("lead", BEFORE)]);
        assert_eq!(said, ["lead is not in the baseline"]);
    }
}
