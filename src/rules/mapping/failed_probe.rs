//! MAP014: test chats whose values did not arrive.

use std::collections::BTreeMap;

use crate::normalise::declared::{Expectation, Probe, State};
use crate::normalise::links::At;
use crate::rules::outcome::Checked;
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `[[probe]]` entries that do not prove what they are for: a field of the record does not show what is expected of it,
    /// there is no record of the chat, the field is not in the export, or neither a chat nor a record of that id is loaded.
    ///
    /// Values compare as such values do: letter case and white space aside, phone numbers by their digits, yes as true, owners
    /// through the source of users; in long texts the value may stand among others. Of the records linked with the chat those
    /// that it made count, else all of them, and one that shows the value is enough. Not checked is a chat outside of the
    /// period that the records cover, and a record of an object that is not linked with chats.
    ///
    /// ## Why it matters
    ///
    /// A probe is the one chat of which everything is known beforehand. If it fails, others fail unseen.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[probe]]
    /// chat = "c1"
    /// expect = { "lead.Reason__c" = "Pricing" }
    /// ```
    ///
    /// ```csv chat
    /// chat_id,started_at,ended_at,visitor_email,reason
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,probe@acme.example,Pricing
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,CreatedDate,Reason__c
    /// 1,probe@acme.example,2026-10-01T09:10:05Z,Other
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,CreatedDate,Reason__c
    /// 1,probe@acme.example,2026-10-01T09:10:05Z,pricing
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: mend the mapping, chat again, and name the new chat. A probe of an earlier period is replaced by one of
    /// this period.
    pub struct FailedProbe {
        code: "MAP014",
        name: "failed-probe",
        family: Mapping,
        severity: Error,
        dimension: Integrity,
        scope: Scope::Links,
        kinds: [Chat, Crm],
        needs: [Need::Setting("[[probe]]", |config| !config.probe.is_empty())],
        safety: Manual,
        message: "{count} of {checked|expectation|expectations} of probes {count|does|do} not hold in {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// Hits and how much was checked, by source and column.
type Places = BTreeMap<(usize, Option<usize>), (u64, Vec<PairHit>)>;

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let holds = |at: At| {
        let table = cx.tables.iter().find(|table| table.index == at.source as usize)?;
        Some((*table, table.part_row(at.row)?))
    };
    // What is at no row is said by the part that holds the first row of all.
    let first = cx.facts.sources.iter().position(|source| source.rows > 0);
    let says_rest = first.is_some_and(|source| holds(At { source: source as u32, row: 0 }).is_some());
    let mut places = Places::new();
    for probe in &cx.facts.declared.probes {
        if probe.is_absent() {
            if says_rest {
                absent(cx, probe, &mut out)?;
            }
            continue;
        }
        for one in &probe.expectations {
            let column = one.field.column;
            match &one.state {
                State::NotChecked(why) if says_rest => {
                    out.unchecked(format!("{}: {}: {why}", front(cx, probe), field(one)));
                }
                State::NotChecked(_) => {}
                State::Held(at) => {
                    if let Some((table, _)) = holds(*at) {
                        places.entry((table.index, column)).or_default().0 += 1;
                    }
                }
                State::Failed(at) => {
                    let Some((table, row)) = holds(*at) else { continue };
                    let by = probe.records.iter().find(|(record, _)| record == at).map(|(_, by)| by.as_str());
                    let linked = by.map(|by| format!("; linked by {by}")).unwrap_or_default();
                    let hit = PairHit {
                        row,
                        suggested: Some(one.expected.clone()),
                        detail: format!("{}: not what is expected{linked}", front(cx, probe)),
                        other: probe.chats.first().copied().filter(|chat| chat != at),
                        ..PairHit::default()
                    };
                    let (checked, hits) = places.entry((table.index, column)).or_default();
                    *checked += 1;
                    hits.push(hit);
                }
                State::Missing(why) => {
                    let Some(anchor) = probe.chats.first().or(probe.records.first().map(|(at, _)| at)) else {
                        continue;
                    };
                    let Some((table, row)) = holds(*anchor) else { continue };
                    let hit = PairHit {
                        row,
                        value: Some(field(one)),
                        suggested: Some(one.expected.clone()),
                        detail: format!("{}: {why}", front(cx, probe)),
                        ..PairHit::default()
                    };
                    let (checked, hits) = places.entry((table.index, None)).or_default();
                    *checked += 1;
                    hits.push(hit);
                }
            }
        }
    }
    for ((source, column), (checked, hits)) in places {
        let Some(table) = cx.tables.iter().find(|table| table.index == source) else { continue };
        out.checked(table, column, checked);
        out.push(pair_hits::hits(table, column, &hits, (Severity::Error, Safety::Manual))?);
    }
    Ok(out)
}

/// A probe of which nothing is loaded.
fn absent(cx: &Check<'_>, probe: &Probe, out: &mut Outcome) -> anyhow::Result<()> {
    let chats: Vec<&str> = cx
        .tables
        .iter()
        .filter(|table| table.source.kind == crate::model::Kind::Chat && table.role(Role::Id).is_some())
        .map(|table| table.name())
        .collect();
    if chats.is_empty() {
        out.unchecked(format!("{}: no chats with ids are loaded to look it up in", front(cx, probe)));
        return Ok(());
    }
    out.checked.push(Checked { source: AUDIT, column: None, count: 1 });
    let detail = format!("{}: no chat of {} has this id, and no record names it", front(cx, probe), chats.join(", "));
    out.push(Hits::on_audit(&detail)?.with_text("value", &cx.config.probe[probe.at].chat)?);
    Ok(())
}

/// Where the probe stands in the config, and its chat.
fn front(cx: &Check<'_>, probe: &Probe) -> String {
    let place = cx.config.places.of("probe", probe.at).map(|place| format!("{place}: ")).unwrap_or_default();
    let chat: String = cx.config.probe[probe.at].chat.chars().take(60).collect();
    format!("{place}probe {chat}")
}

/// `leads.Reason__c`.
fn field(one: &Expectation) -> String {
    format!("{}.{}", one.field.name, one.field.header)
}

#[cfg(test)]
#[path = "failed_probe_tests.rs"]
mod tests;
