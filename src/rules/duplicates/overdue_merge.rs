//! DUP006: a duplicate that nobody merged in time.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::DataFrame;
use rustc_hash::FxHashMap;

use super::cluster;
use crate::evidence::fingerprint::Identity;
use crate::evidence::print_of_cell;
use crate::model::{parse_entry, parse_time_key};
use crate::normalise::keys::KeyName;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Clusters of DUP001 and DUP002 that are older than `[duplicates] merge-within-hours` (48): the records of the cluster
    /// are listed again, for whoever has to merge them first. They are not scored again.
    ///
    /// With `--baseline`, a cluster is as old as the run that first saw two of its records as duplicates; what the baseline
    /// does not know is new and not overdue. Without one, it is as old as its second record, by `created_at`. That is an
    /// inference, as an address may have been typed in later, so it is a warning then. Clusters of which fewer than two
    /// records say when they were created are not judged.
    ///
    /// ## Why it matters
    ///
    /// A duplicate of a day is a matter of minutes. After a week both records have an owner, activities and a history.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Email,CreatedDate
    /// 1,ana@acme.example,2026-10-01T09:00:00Z
    /// 2,Ana@acme.example,2026-10-02T09:00:00Z
    /// 3,bo@acme.example,2026-10-30T09:00:00Z
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,CreatedDate
    /// 1,ana@acme.example,2026-10-01T09:00:00Z
    /// 2,Ana@acme.example,2026-10-29T09:00:00Z
    /// 3,bo@acme.example,2026-10-30T09:00:00Z
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None of its own: the clusters go with the decisions on DUP001 and DUP002.
    pub struct OverdueMerge {
        code: "DUP006",
        name: "overdue-merge",
        family: Duplicates,
        severity: Error,
        dimension: Timeliness,
        scope: Scope::Key(KeyName::Mailbox),
        kinds: [Crm],
        objects: [Lead, Contact],
        needs: [Need::Role(Role::Email), Need::Clock],
        safety: Manual,
        message: "{count|record|records} of {source} wait in {groups|cluster|clusters} for an overdue merge",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

const HOUR: i64 = 3_600_000_000;

/// A member of a cluster.
struct Member<'a> {
    at: u32,
    column: u32,
    record: u64,
    key: &'a str,
}

/// When evidence of DUP001 and DUP002 was first seen, as the baseline has it.
struct Remembered {
    identity: Identity,
    first: FxHashMap<u128, i64>,
}

impl Remembered {
    fn of(cx: &Check<'_>) -> Option<Self> {
        let baseline = cx.facts.baseline.as_ref()?;
        let places = ["DUP001", "DUP002"].into_iter().filter_map(|code| baseline.evidence.get(code));
        let mut first: FxHashMap<u128, i64> = FxHashMap::default();
        for (time, prints) in places.flat_map(BTreeMap::values).flatten() {
            let Some(at) = parse_time_key(time).flatten() else { continue };
            for (print, _) in prints.iter().filter_map(|print| parse_entry(print)) {
                let held = first.entry(print).or_insert(at.timestamp_micros());
                *held = at.timestamp_micros().min(*held);
            }
        }
        Some(Self { identity: Identity::new(cx.config.audit.salt.as_deref()), first })
    }

    fn seen(&self, code: &str, table: &Table, member: &Member<'_>) -> Option<i64> {
        let row = table.source_row(member.at);
        self.first.get(&print_of_cell(&self.identity, code, &table.source, row, member.column as usize)).copied()
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let limit = cluster::shared_above(cx.config);
    let hours = cx.config.duplicates.merge_within_hours.unwrap_or(48);
    let Some(as_of) = cx.facts.as_of else { return Ok(out) };
    let remembered = Remembered::of(cx);
    for table in &cx.tables {
        let Some(primary) = table.role(Role::Email) else { continue };
        let times = table.role(Role::CreatedAt).map(|created| table.times(created));
        if times.is_none() && remembered.is_none() {
            out.unchecked(format!(
                "{} has no created_at column, and there is no baseline to tell how old a duplicate is; give one with --baseline",
                table.name()
            ));
            continue;
        }
        let created = |row: u32| times.as_ref().and_then(|times| times.get(row));
        // Mailboxes first: their clusters hold those of their addresses.
        let found = [("DUP002", cluster::by_mailbox(table, limit)?), ("DUP001", cluster::by_address(table, limit)?)];
        let mut listed: BTreeSet<(u32, u32)> = BTreeSet::new();
        let mut late: BTreeMap<u32, Vec<(Member<'_>, String)>> = BTreeMap::new();
        for (code, frame) in &found {
            let mut clusters: BTreeMap<&str, Vec<Member<'_>>> = BTreeMap::new();
            for member in members(frame)? {
                clusters.entry(member.key).or_default().push(member);
            }
            for members in clusters.into_values() {
                let mut first: BTreeMap<u64, i64> = BTreeMap::new();
                for member in &members {
                    let at = match &remembered {
                        Some(remembered) => remembered.seen(code, table, member),
                        None => created(member.at),
                    };
                    if let Some(at) = at {
                        let held = first.entry(member.record).or_insert(at);
                        *held = at.min(*held);
                    }
                }
                let mut ages: Vec<i64> = first.into_values().collect();
                ages.sort_unstable();
                let Some(since) = ages.get(1) else { continue };
                let age = (as_of - since) / HOUR;
                if as_of - since <= i64::from(hours) * HOUR {
                    continue;
                }
                let waited = if age < 72 { format!("{age} h") } else { format!("{} days", age / 24) };
                let how = if remembered.is_some() { "known to the baseline" } else { "inferred from created_at" };
                let detail = format!("a duplicate for {waited}, {how}; due within {hours} h");
                for member in members {
                    if listed.insert((member.at, member.column)) {
                        late.entry(member.column).or_default().push((member, detail.clone()));
                    }
                }
            }
        }
        let key = table.key(KeyName::Email);
        let dated =
            key.row.iter().zip(&key.column).filter(|(row, column)| {
                **column as usize == primary && (remembered.is_some() || created(**row).is_some())
            });
        out.checked(table, Some(primary), dated.count() as u64);
        for (column, members) in late {
            let keys: StringChunked = members.iter().map(|(member, _)| Some(member.key)).collect();
            let details: StringChunked = members.iter().map(|(_, detail)| Some(detail.as_str())).collect();
            let rows = members.iter().map(|(member, _)| member.at).collect();
            let hits = Hits::rows(table, Some(column as usize), rows)?
                .with("key", keys.into_series())?
                .with("detail", details.into_series())?;
            // Only a baseline proves that the duplicate stood there all the time.
            out.push(if remembered.is_some() { hits } else { hits.with_severity(Severity::Warning)? });
        }
    }
    Ok(out)
}

fn members(frame: &DataFrame) -> anyhow::Result<Vec<Member<'_>>> {
    let number = |name: &str| -> anyhow::Result<_> { Ok(frame.column(name)?.u32()?) };
    let (at, column) = (number("at")?, number("column")?);
    let (record, key) = (frame.column("record")?.u64()?, frame.column("key")?.str()?);
    let each = (0..frame.height()).filter_map(|n| {
        Some(Member { at: at.get(n)?, column: column.get(n)?, record: record.get(n)?, key: key.get(n)? })
    });
    Ok(each.collect())
}

#[cfg(test)]
mod tests {
    use crate::evidence::EvidenceRow;
    use crate::rules::testing::flagged;

    fn run(toml: &str, rows: &str) -> Vec<EvidenceRow> {
        flagged("DUP006", toml, &[("lead", &format!("Id,Name,Email,CreatedDate\n{rows}"))])
    }

    const CLOCK: &str = "9,Zo Ito,zo@acme.example,2026-10-30T00:00:00Z\n";

    #[test]
    fn the_second_record_makes_the_duplicate() {
        let at = |second: &str| {
            format!(
                "1,A,a@acme.example,2026-01-01T00:00:00Z\n2,A,a@acme.example,{second}\n3,A,a@acme.example,2026-10-29T12:00:00Z\n{CLOCK}"
            )
        };
        assert!(run("", &at("2026-10-29T00:00:00Z")).is_empty());
        assert!(run("", &at("2026-10-28T00:00:00Z")).is_empty(), "48 hours to the minute are in time");
        let late = run("", &at("2026-10-27T00:00:00Z"));
        assert_eq!(late.len(), 3);
        assert_eq!(late[0].detail, "a duplicate for 3 days, inferred from created_at; due within 48 h");
        assert_eq!(run("[duplicates]\nmerge-within-hours = 12\n", &at("2026-10-29T00:00:00Z")).len(), 3);
        assert!(run("", &at("")).is_empty(), "only the third record's time is left");
    }

    #[test]
    fn a_record_in_two_clusters_is_listed_once() {
        let rows =
            format!("1,A,a@gmail.com,2026-10-01\n2,A,A@gmail.com,2026-10-02\n3,A,a+x@gmail.com,2026-10-03\n{CLOCK}");
        let late = run("", &rows);
        assert_eq!(late.len(), 3);
        assert!(late.iter().all(|row| row.group == late[0].group));
    }

    #[test]
    fn records_that_do_not_say_when_they_were_made_are_not_judged() {
        let rows = format!("1,A,a@acme.example,2026-10-01\n2,A,a@acme.example,\n{CLOCK}");
        assert!(run("", &rows).is_empty());
    }
}
