//! How long records took: from the trigger in the chat to the record, of records that the chat made.

use rayon::prelude::*;

use crate::config::options::Trigger;
use crate::model::Kind;
use crate::normalise::links::{At, Link};
use crate::normalise::precision::Precision;
use crate::rules::prelude::*;

const SECOND: i64 = 1_000_000;

/// Links that one task goes through.
const STRETCH: usize = 1 << 14;

/// The latency of one link.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct Latency {
    /// The link; the chat made the record.
    pub(in crate::rules) link: Link,
    /// Row of the chat in the part that the rule looks at.
    pub(in crate::rules) row: u32,
    /// When the clock started, in microseconds since 1970.
    pub(in crate::rules) trigger: i64,
    /// Microseconds; negative where the record was there before the trigger.
    pub(in crate::rules) micros: i64,
}

impl Latency {
    /// Whole seconds, rounded down.
    pub(in crate::rules) const fn seconds(&self) -> i64 {
        self.micros.div_euclid(SECOND)
    }
}

/// The latencies of the chats of one part and the records of one source, and how finely they are stamped.
#[derive(Debug)]
pub(in crate::rules) struct Measured {
    /// Position of the source of the records.
    pub(in crate::rules) records: usize,
    /// The coarser precision of both sides.
    pub(in crate::rules) precision: Precision,
    /// By chat.
    pub(in crate::rules) latencies: Vec<Latency>,
}

/// Seconds from which a lead is slow, and over which it is stalled.
pub(in crate::rules) fn limits(cx: &Check<'_>) -> (i64, i64) {
    let of = |seconds: Option<u64>, default: i64| seconds.map_or(default, |s| i64::try_from(s).unwrap_or(i64::MAX));
    (of(cx.config.sync.target_seconds, 30), of(cx.config.sync.alert_seconds, 300))
}

/// `chat end` or `chat start`.
pub(in crate::rules) fn trigger_word(cx: &Check<'_>) -> &'static str {
    match cx.config.sync.trigger {
        Some(Trigger::ChatStart) => "chat start",
        Some(Trigger::ChatEnd) | None => "chat end",
    }
}

/// The chat tables that a rule looks at.
pub(in crate::rules) fn chats<'c, 't>(cx: &'c Check<'t>) -> impl Iterator<Item = &'t Table> + 'c {
    cx.tables.iter().copied().filter(|table| table.source.kind == Kind::Chat)
}

/// The latencies of the chats of `table`, by source of the records. What cannot be measured is said.
pub(in crate::rules) fn measure(cx: &Check<'_>, table: &Table, out: &mut Outcome) -> Vec<Measured> {
    let Some(links) = &cx.facts.links else { return Vec::new() };
    let Some(side) = links.side(table.index) else { return Vec::new() };
    let mut found: Vec<Measured> = Vec::new();
    for records in links.people.iter().copied() {
        let Some(created) = cx.tables.iter().find(|other| other.index == records) else { continue };
        let precision = side.precision(cx.config.sync.trigger).max(cx.facts.sources[records].precision);
        if let Some(shift) = links.shift(table.index, records) {
            out.unchecked(format!(
                "the clocks of {} and {} are {} minutes apart (MAP008): no latency can be measured",
                table.name(),
                created.name(),
                shift.minutes[0]
            ));
            continue;
        }
        if links.is_doubtful(table.index, records) {
            out.unchecked(format!(
                "the times of {} say no zone and do not lie near those of {}: set [audit] timezone, for no latency can be measured",
                created.name(),
                table.name()
            ));
            continue;
        }
        found.push(Measured { records, precision, latencies: Vec::new() });
    }
    let known: Vec<usize> = found.iter().map(|one| one.records).collect();
    // The position in `found`, and the latency unless its hour repeats.
    let of = |link: &Link| -> Option<(usize, Option<Latency>)> {
        let row = table.part_row(link.chat.row).filter(|_| link.made)?;
        let at = known.iter().position(|records| *records == link.record.source as usize)?;
        let trigger = side.trigger(link.chat.row, cx.config.sync.trigger)?;
        let micros = created(cx, link)?.saturating_sub(trigger);
        Some((at, (!is_repeated(cx, link)).then_some(Latency { link: *link, row, trigger, micros })))
    };
    let measured: Vec<Vec<(usize, Option<Latency>)>> = links.pairs()[links.of_source(table.index)]
        .par_chunks(STRETCH)
        .map(|links| links.iter().filter_map(of).collect())
        .collect();
    let mut repeated = 0_u64;
    for (at, latency) in measured.into_iter().flatten() {
        match latency {
            Some(latency) => found[at].latencies.push(latency),
            None => repeated += 1,
        }
    }
    if repeated > 0 {
        out.unchecked(format!(
            "{repeated} leads of {} that are stamped in an hour that clocks repeat: it is not known in which of both",
            table.name()
        ));
    }
    found
}

/// Whether the chat or the record of a link is stamped in an hour that clocks repeat.
pub(super) fn is_repeated(cx: &Check<'_>, link: &Link) -> bool {
    let at = |at: At, roles: &[Role]| {
        let table = cx.tables.iter().find(|table| table.index == at.source as usize);
        let row = table.and_then(|table| table.part_row(at.row));
        table.zip(row).is_some_and(|(table, row)| {
            roles.iter().filter_map(|role| table.role(*role)).any(|column| table.is_repeated(column, row))
        })
    };
    at(link.record, &[Role::CreatedAt]) || at(link.chat, &[Role::StartedAt, Role::EndedAt])
}

/// When the record of a link was created.
fn created(cx: &Check<'_>, link: &Link) -> Option<i64> {
    let table = cx.tables.iter().find(|table| table.index == link.record.source as usize)?;
    table.times(table.role(Role::CreatedAt)?).get(table.part_row(link.record.row)?)
}
