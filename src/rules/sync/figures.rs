//! The figures of the sync: how long records took, and how many attempts failed. `docs/metrics.md` defines each.

use std::collections::BTreeMap;

use super::attempts::{Attempts, HOUR};
use super::latency::{Measured, chats, limits, measure, trigger_word};
use super::slow_sync::starts_them;
use crate::evidence::{self, FailedHour, Percentiles, Quantiles};
use crate::model::Kind;
use crate::normalise::precision::Precision;
use crate::normalise::text::is_blank;
use crate::rules::prelude::*;

/// The figures over whole tables; `None` where there are neither chats beside records nor a sync log.
pub(in crate::rules) fn figures(cx: &Check<'_>) -> Option<evidence::Sync> {
    let logs: Vec<&&Table> = cx.tables.iter().filter(|table| table.source.kind == Kind::SyncLog).collect();
    if cx.facts.links.is_none() && logs.is_empty() {
        return None;
    }
    let (target, alert) = limits(cx);
    let mut sync = evidence::Sync {
        target_seconds: target,
        alert_seconds: alert,
        trigger: trigger_word(cx),
        ..evidence::Sync::default()
    };
    if cx.facts.links.is_none() {
        sync.skipped.push("latencies need chats beside leads or contacts".to_owned());
    } else {
        for table in chats(cx) {
            sync.latency.extend(latency(cx, table, &mut sync.skipped));
        }
    }
    let mut told = 0;
    for table in logs {
        let has = |role: Role| table.role(role).is_some();
        if has(Role::LoggedAt) && has(Role::ChatId) && (has(Role::Result) || has(Role::Error)) {
            sync.attempts.push(tries(table, cx.shared.attempts(table)));
            told += 1;
        } else {
            sync.skipped.push(format!("{} lacks a column of times, chats or results", table.name()));
        }
    }
    if told == 0 && sync.skipped.is_empty() {
        sync.skipped.push("failure rates need a sync log".to_owned());
    }
    Some(sync)
}

/// What a log says, for the report.
fn tries(table: &Table, log: &Attempts) -> evidence::Attempts {
    let hour = |(start, hour): (&i64, &super::attempts::Hour)| FailedHour {
        start: start.saturating_mul(HOUR),
        tried: hour.tried,
        failed: hour.missed.len() as u64,
    };
    evidence::Attempts {
        source: table.name().to_owned(),
        chats: log.chats,
        chats_failed: log.lost,
        attempts: log.tries,
        attempts_failed: log.failed,
        unclear: log.unclear,
        causes: log.causes.iter().map(|(cause, count)| (cause.as_str(), *count)).collect(),
        hours: log.hours.iter().filter(|(_, hour)| !hour.missed.is_empty()).map(hour).collect(),
        last_hour: log.hours.last_key_value().map(hour),
    }
}

/// The latencies of the chats of one source, by source of records. Sources of which no chat made a record are left out.
fn latency(cx: &Check<'_>, table: &Table, skipped: &mut Vec<String>) -> Vec<evidence::Latency> {
    let Some(links) = &cx.facts.links else { return Vec::new() };
    let mut apart = Outcome::default();
    let measured = measure(cx, table, &mut apart);
    skipped.extend(apart.unchecked);
    let running = starts_them(cx, table.index);
    let mut made: BTreeMap<usize, u64> = BTreeMap::new();
    for link in links.pairs()[links.of_source(table.index)].iter().filter(|link| link.made) {
        *made.entry(link.record.source as usize).or_default() += 1;
    }
    let mut found = Vec::new();
    for one in measured {
        let all = made.get(&one.records).copied().unwrap_or_default();
        let Some(records) = cx.tables.iter().find(|other| other.index == one.records && all > 0) else { continue };
        found.push(summed(cx, table, records, &one, running, all));
    }
    found
}

fn summed(
    cx: &Check<'_>,
    chats: &Table,
    records: &Table,
    measured: &Measured,
    running: bool,
    made: u64,
) -> evidence::Latency {
    let leads = measured.latencies.len() as u64;
    let precision = measured.precision;
    let skipped = match precision {
        _ if running => Some("most leads are created while their chats run: set [sync] trigger = \"chat-start\""),
        Precision::Seconds => None,
        Precision::Minutes => {
            Some("times are stamped to the minute: seconds, and what is at or over the target, are not known")
        }
        Precision::Days => Some("times are dates: no latency is known"),
    };
    let mut sum = evidence::Latency {
        chats: chats.name().to_owned(),
        records: records.name().to_owned(),
        precision: precision.as_str(),
        leads,
        untimed: made - leads.min(made),
        skipped: skipped.map(str::to_owned),
        ..evidence::Latency::default()
    };
    sum.figures.leads = leads;
    if running || precision == Precision::Days {
        return sum;
    }
    let owners = records.role(Role::Owner).map(|column| records.text(column));
    let mut all = Vec::with_capacity(measured.latencies.len());
    let mut by_hour: BTreeMap<u32, Vec<i64>> = BTreeMap::new();
    // The spelling shown of an owner is the least of those that name them.
    let mut by_owner: BTreeMap<Option<String>, (String, Vec<i64>)> = BTreeMap::new();
    for one in &measured.latencies {
        let seconds = one.seconds();
        all.push(seconds);
        let hour = one.trigger.div_euclid(HOUR).rem_euclid(24) as u32;
        by_hour.entry(hour).or_default().push(seconds);
        let row = records.part_row(one.link.record.row);
        let owner =
            owners.as_ref().zip(row).and_then(|(text, row)| text.get(row)).filter(|owner| !is_blank(Some(owner)));
        let shown = owner.map_or_else(String::new, |owner| cx.facts.users.shown(owner).to_owned());
        let of = by_owner
            .entry(owner.map(|owner| cx.facts.users.identity(owner)))
            .or_insert_with(|| (shown.clone(), Vec::new()));
        if shown < of.0 {
            of.0 = shown;
        }
        of.1.push(seconds);
    }
    // A lead that is stamped with the start of its minute may seem to be there before its chat ended.
    let early = |seconds: &&i64| seconds.saturating_add(if precision == Precision::Seconds { 0 } else { 60 }) < 0;
    sum.early = all.iter().filter(early).count() as u64;
    let limits = limits(cx);
    if precision == Precision::Seconds {
        all.sort_unstable();
        sum.histogram = evidence::Bucket::of(&all, limits.0, limits.1);
    }
    sum.figures = quantiles(all, precision, limits);
    sum.by_hour = by_hour.into_iter().map(|(hour, all)| (hour, quantiles(all, precision, limits))).collect();
    sum.by_owner = by_owner
        .into_iter()
        .map(|(owner, (shown, all))| (owner.map(|_| shown), quantiles(all, precision, limits)))
        .collect();
    sum.by_owner.sort_by(|(a, x), (b, y)| y.leads.cmp(&x.leads).then_with(|| (a.is_none(), a).cmp(&(b.is_none(), b))));
    sum
}

/// How latencies in whole seconds are spread, as far as the precision tells.
fn quantiles(mut seconds: Vec<i64>, precision: Precision, (target, alert): (i64, i64)) -> Quantiles {
    seconds.sort_unstable();
    let from = |least: i64| (seconds.len() - seconds.partition_point(|one| *one < least)) as u64;
    let exact = precision == Precision::Seconds;
    // What is stamped to the minute may have been up to a minute nearer.
    let slack = if exact { 0 } else { 60 };
    Quantiles {
        leads: seconds.len() as u64,
        seconds: Percentiles::of(&seconds).filter(|_| exact),
        over_target: exact.then(|| from(target)),
        over_alert: Some(from(alert.saturating_add(slack).saturating_add(1))),
    }
}
