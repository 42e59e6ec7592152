//! STG002: a record that has fallen back to an earlier stage.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::order::{self, Orders};
use crate::evidence::field_of;
use crate::evidence::fingerprint::Identity;
use crate::model::place;
use crate::rules::past::record;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Leads, contacts and deals that stand in an earlier stage or status than in the run that wrote the baseline. Records
    /// are told by their id. Which stage is earlier says `[stages] order`, by role, header or `source.header`:
    ///
    /// `order = { status = ["New", "Working", "Qualified"], "deals.stage" = ["Pilot", "Offer", "Signed"] }`
    ///
    /// Without an entry the usual orders hold: Salesforce's lead statuses and opportunity stages, HubSpot's lead statuses,
    /// lifecycle stages and deal stages. A stage that no order has is not judged; lost, unqualified, disqualified and
    /// recycled are in none, unless an entry lists them. Sources of which most ids stand on several rows are not judged.
    ///
    /// ## Why it matters
    ///
    /// A sync that writes a default, or an import of last month's file, sets records back without anybody noticing. Reports
    /// over the pipeline then count the same step twice, and automations that wait for a step run again.
    ///
    /// ## Example
    ///
    /// An earlier run saw this:
    ///
    /// ```csv deal before
    /// Id,Name,StageName
    /// 1,Renewal,Negotiation/Review
    /// 2,Upgrade,Closed Won
    /// 3,Pilot,Prospecting
    /// ```
    ///
    /// ```csv deal flags
    /// Id,Name,StageName
    /// 1,Renewal,Qualification
    /// 2,Upgrade,Closed Won
    /// 3,Pilot,Needs Analysis
    /// ```
    ///
    /// ```csv deal passes
    /// Id,Name,StageName
    /// 1,Renewal,Closed Lost
    /// 2,Upgrade,Closed Won
    /// 3,Pilot,Prospecting
    /// 4,Extension,Prospecting
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: whether the record was reopened or set back is known to its owner.
    pub struct StageRegression {
        code: "STG002",
        name: "stage-regression",
        family: Stages,
        severity: Warning,
        dimension: Consistency,
        scope: Scope::Row,
        kinds: [Crm],
        objects: [Lead, Contact, Deal],
        needs: [Need::Baseline, Need::Role(Role::Id), Need::AnyRole(&[Role::Stage, Role::Status])],
        safety: Manual,
        message: "{count|record|records} of {source} fell back to an earlier {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let Some(baseline) = &cx.facts.baseline else { return Ok(out) };
    unknown_columns(cx, &mut out);
    let identity = Identity::new(cx.config.audit.salt.as_deref());
    for table in &cx.tables {
        let (name, place) = (table.name(), place(&table.source));
        let Some(past) = baseline.sources.get(&place) else {
            out.unchecked(format!("{name} is not in {}", baseline.called()));
            continue;
        };
        let Some(ids) = table.role(Role::Id).map(|column| table.text(column)) else { continue };
        if cx.facts.of(table).is_history {
            out.unchecked(format!("most ids of {name} stand on several rows, so that no record has one stage"));
            continue;
        }
        for column in order::columns(&table.source) {
            let (field, orders) =
                (field_of(&table.source, column), Orders::of(&table.source, column, &cx.config.stages));
            let stages: BTreeMap<&str, &str> = orders.stages().collect();
            let mut then: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
            for key in stages.keys() {
                for record in past.stages.get(&identity.keep(&place, field, key)).into_iter().flatten() {
                    then.entry(record).or_default().push(key);
                }
            }
            let mut checked = 0;
            let (mut rows, mut details) = (Vec::new(), Vec::new());
            for (row, cell) in (0..).zip(table.text(column).iter()) {
                let Some(now) = cell.and_then(|cell| orders.key(cell)) else { continue };
                let Some(record) = ids.get(row).and_then(|id| record(&identity, &place, id)) else { continue };
                checked += 1;
                let Some(then) = then.get(record.as_str()) else { continue };
                // A record on several rows of the earlier export has fallen if it is below all of them.
                if then.iter().all(|then| orders.fell(then, now)) {
                    rows.push(row);
                    details.push(format!("\"{}\" in {}", stages[then[0]], baseline.called()));
                }
            }
            if checked == 0 && table.height() > 0 {
                out.unchecked(format!(
                    "no record of {name} has an id and a {} of a known order; write its stages, from first to last, under [stages], as order = {{ \"{name}.{field}\" = [...] }}",
                    table.source.header(column)
                ));
                continue;
            }
            out.checked(table, Some(column), checked);
            let details: StringChunked = details.iter().map(|detail| Some(detail.as_str())).collect();
            out.push(Hits::rows(table, Some(column), rows)?.with("detail", details.into_series())?);
        }
    }
    Ok(out)
}

/// Says which entries of `[stages] order` are about no column: a slip must not pass for a pipeline without regressions.
fn unknown_columns(cx: &Check<'_>, out: &mut Outcome) {
    for name in cx.config.stages.order.keys() {
        let known = cx.tables.iter().any(|table| {
            order::columns(&table.source).any(|column| order::matches(&table.source, column, name).is_some())
        });
        if !known {
            let columns = cx.tables.iter().flat_map(|table| {
                order::columns(&table.source).map(|column| format!("{}.{}", table.name(), table.source.header(column)))
            });
            let columns: Vec<String> = columns.collect();
            out.unchecked(format!(
                "[stages] order names `{name}`, which is no stage or status column of a source with an id; {}",
                crate::config::hint(name, columns.iter().map(String::as_str))
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged_since;

    fn ids(toml: &str, object: &str, before: &str, now: &str) -> Vec<String> {
        let (found, _) = flagged_since("STG002", toml, &[(object, before)], &[(object, now)]);
        found.into_iter().filter_map(|row| row.record_id).collect()
    }

    #[test]
    fn both_columns_of_a_contact_are_held_against_the_baseline() {
        let header = "Record ID,Last Name,Email,Lifecycle Stage,Lead Status";
        let before = format!("{header}\n1,A,a@acme.example,Customer,OPEN_DEAL\n2,B,b@acme.example,Lead,NEW\n");
        let now = format!("{header}\n2,B,b@acme.example,Subscriber,New\n1,A,a@acme.example,opportunity,Open\n");
        let (found, unchecked) = flagged_since("STG002", "", &[("contact", &before)], &[("contact", &now)]);
        let said: Vec<_> = found
            .iter()
            .map(|row| (row.record_id.as_deref().unwrap(), row.value.as_deref().unwrap(), row.detail.as_str()))
            .collect();
        let detail = |stage: &str| format!("\"{stage}\" in the baseline");
        let (customer, deal, lead) = (detail("Customer"), detail("Open Deal"), detail("Lead"));
        let mut said_sorted = said.clone();
        said_sorted.sort_unstable();
        assert_eq!(
            said_sorted,
            [("1", "Open", deal.as_str()), ("1", "opportunity", customer.as_str()), ("2", "Subscriber", lead.as_str())]
        );
        assert!(unchecked.is_empty(), "{unchecked:?}");
    }

    #[test]
    fn the_order_of_the_config_is_the_order() {
        let rows = |stage: &str| format!("Id,Name,StageName\n1,A,{stage}\n2,B,Pilot\n");
        let toml = "[stages]\norder = { \"deal.StageName\" = [\"Closed Lost\", \"Pilot\", \"Signed\"] }\n";
        assert_eq!(ids(toml, "deal", &rows("Signed"), &rows("Closed Lost")), ["1"]);
        assert!(ids("", "deal", &rows("Signed"), &rows("Closed Lost")).is_empty());
        assert!(ids(toml, "deal", &rows("Pilot"), &rows("Signed")).is_empty());
    }

    #[test]
    fn ids_compare_in_either_length() {
        let row = |id: &str, status: &str| format!("Id,LastName,Status\n{id},Moss,{status}\n");
        let (short, long) = ("00Q5e000001ABcd", crate::normalise::record_id::salesforce_long("00Q5e000001ABcd"));
        let before = row(short, "Working - Contacted");
        assert_eq!(ids("", "lead", &before, &row(&long, "Open - Not Contacted")), [long.as_str()]);
        assert!(ids("", "lead", &before, &row("00Q5e000001ABcD", "Open - Not Contacted")).is_empty(), "another record");
    }

    #[test]
    fn what_cannot_be_compared_is_said() {
        let before = "Id,LastName,Status\n1,Moss,Working\n";
        let unknown = "Id,LastName,Status\n1,Moss,Warm\n";
        let (found, said) = flagged_since("STG002", "", &[("lead", before)], &[("lead", unknown)]);
        assert!(found.is_empty() && said[0].contains("\"lead.status\" = [...]"), "{said:?}");
        let toml = "[stages]\norder = { stauts = [\"A\", \"B\"] }\n";
        let (_, said) = flagged_since("STG002", toml, &[("lead", before)], &[("lead", before)]);
        assert!(said[0].contains("names `stauts`"), "{said:?}");
        let (_, said) = flagged_since("STG002", "", &[("contact", before)], &[("lead", before)]);
        assert_eq!(said, ["lead is not in the baseline"]);
    }
}
