//! The figures of links and of the sync in the JSON report.

use chrono::DateTime;
use schemars::JsonSchema;
use serde::Serialize;

use super::six_digits;
use crate::emit::mask::Masker;
use crate::emit::words;
use crate::evidence;

/// How much of the chats is in the CRM, and the other way round.
#[derive(Serialize, JsonSchema)]
pub(super) struct Links {
    /// Chats, all.
    chats: u64,
    /// Chats in the period that can be judged; the next figures are of these.
    judged: u64,
    /// Chats that ought to become leads, by `[qualify]`.
    qualifying: u64,
    /// Of those, chats that are linked to a record.
    matched: u64,
    /// `matched` over `qualifying`; null without any.
    match_rate: Option<f64>,
    /// `qualifying` less `matched`.
    unmatched_chats: u64,
    /// Of `qualifying`, chats that made a record.
    made: u64,
    /// `made` over `qualifying`; null without any.
    creation_rate: Option<f64>,
    /// Chats that ought not to become leads: no way to reach anybody, spam, bots, tests.
    unqualified: u64,
    /// Of those, chats that are linked to a record all the same.
    unqualified_matched: u64,
    /// Leads and contacts created in the period of the chats.
    records: u64,
    /// Of those, records that a chat made.
    records_made: u64,
    /// `records` less `records_made`.
    unmatched_records: u64,
    /// Of those, records that name a chat which is not loaded.
    orphaned_records: u64,
    /// Chats that made several records.
    chats_of_several: u64,
    /// Records that several chats name by id.
    records_of_several: u64,
    /// Ids, addresses and numbers on so many chats and records that they link nothing.
    crowded: u64,
    /// Pairs of chat and record by how they are linked, best proof first.
    linked_by: Vec<LinkedBy>,
}

/// Pairs that are linked in one way.
#[derive(Serialize, JsonSchema)]
struct LinkedBy {
    /// `chat id`, `record id`, `sync log`, `email` or `phone`.
    by: &'static str,
    /// How many.
    pairs: u64,
}

/// How fast and how reliably chats become leads.
#[derive(Serialize, JsonSchema)]
pub(super) struct Sync {
    /// Seconds from which a lead is slow.
    target_seconds: i64,
    /// Seconds over which a lead is stalled.
    alert_seconds: i64,
    /// What starts the clock: `chat end` or `chat start`.
    trigger: &'static str,
    /// How long records took that chats made, by source of chats and source of records.
    latency: Vec<Latency>,
    /// What the sync logs say.
    attempts: Vec<SyncLog>,
    /// What could not be measured at all, and why.
    skipped: Vec<String>,
}

/// How long the records took that the chats of one source made.
#[derive(Serialize, JsonSchema)]
struct Latency {
    /// Name of the source of chats.
    chats: String,
    /// Name of the source of records.
    records: String,
    /// How finely both sides are stamped, the coarser one: `second`, `minute` or `day`.
    precision: &'static str,
    /// Why something is null; null where all is there.
    skipped: Option<String>,
    /// Records that a chat made, of which a time is not known; in no other figure.
    untimed: u64,
    /// Records that were there before the clock started.
    early: u64,
    /// Over all records that a chat made.
    #[serde(flatten)]
    all: Spread,
    /// How often which seconds were measured, in ascending steps; a step starts at the target and one over the alert.
    /// Empty where seconds are not known.
    histogram: Vec<Bucket>,
    /// By UTC hour of day in which the clock started; hours without any are left out.
    by_hour: Vec<ByHour>,
    /// By owner of the record, most records first.
    by_owner: Vec<ByOwner>,
}

/// One step of a histogram of latencies.
#[derive(Serialize, JsonSchema)]
struct Bucket {
    /// The least seconds in it; null below nought: there before the clock started.
    from: Option<i64>,
    /// The first seconds over it; null where it has no end.
    to: Option<i64>,
    /// How many latencies are in it.
    leads: u64,
}

/// How latencies are spread. Seconds are whole, rounded down, and negative where the record was there before the clock
/// started. Percentiles go by nearest rank.
#[derive(Serialize, JsonSchema)]
struct Spread {
    /// Records that a chat made.
    leads: u64,
    /// The middle.
    p50: Option<i64>,
    /// 90 percent took no longer.
    p90: Option<i64>,
    /// 95 percent took no longer.
    p95: Option<i64>,
    /// 99 percent took no longer.
    p99: Option<i64>,
    /// The longest.
    max: Option<i64>,
    /// At or over the target.
    over_target: Option<u64>,
    /// `over_target` over `leads`.
    over_target_share: Option<f64>,
    /// Over the alert.
    over_alert: Option<u64>,
    /// `over_alert` over `leads`.
    over_alert_share: Option<f64>,
}

/// Latencies of one hour of day.
#[derive(Serialize, JsonSchema)]
struct ByHour {
    /// 0 to 23, in UTC.
    hour: u32,
    /// How they are spread.
    #[serde(flatten)]
    spread: Spread,
}

/// Latencies of one owner's records.
#[derive(Serialize, JsonSchema)]
struct ByOwner {
    /// Who, by name where the sources tell it; null where nobody owns the record.
    owner: Option<String>,
    /// How they are spread.
    #[serde(flatten)]
    spread: Spread,
}

/// What one sync log says.
#[derive(Serialize, JsonSchema)]
struct SyncLog {
    /// Name of the source.
    source: String,
    /// Distinct chats that were tried.
    chats: u64,
    /// Of those, chats that never got through.
    chats_failed: u64,
    /// `chats_failed` over `chats`; null without any.
    chat_failure_rate: Option<f64>,
    /// Attempts.
    attempts: u64,
    /// Of those, attempts that failed.
    attempts_failed: u64,
    /// `attempts_failed` over `attempts`; null without any.
    attempt_failure_rate: Option<f64>,
    /// Rows without a time, a chat or an outcome; in no other figure.
    unclear: u64,
    /// Failed attempts by cause.
    causes: Vec<CauseCount>,
    /// The hour in which most chats did not get through; null without any.
    worst_hour: Option<FailedHour>,
    /// The last hour in which a chat was first tried, whether or not all got through; null without any.
    last_hour: Option<FailedHour>,
    /// UTC hours in which a chat that was first tried did not get through, oldest first.
    failed_hours: Vec<FailedHour>,
}

/// Failed attempts of one cause.
#[derive(Serialize, JsonSchema)]
struct CauseCount {
    /// `rate limit`, `permission`, `timeout`, `validation`, `duplicate` or `other`.
    cause: &'static str,
    /// How many.
    attempts: u64,
}

/// A UTC hour, and how many of its chats did not get through.
#[derive(Serialize, JsonSchema)]
struct FailedHour {
    /// Its start.
    #[schemars(extend("format" = "date-time"))]
    start: String,
    /// Distinct chats that were first tried in it.
    tried: u64,
    /// Of those, chats without a success inside of it.
    failed: u64,
    /// `failed` over `tried`.
    rate: f64,
}

/// The figures of links as they are published.
pub(super) fn links(of: &evidence::LinkFigures) -> Links {
    Links {
        chats: of.chats,
        judged: of.judged,
        qualifying: of.qualifying,
        matched: of.linked,
        match_rate: of.match_rate().map(six_digits),
        unmatched_chats: of.unmatched_chats(),
        made: of.made,
        creation_rate: of.creation_rate().map(six_digits),
        unqualified: of.unqualified(),
        unqualified_matched: of.linked_unqualified,
        records: of.records,
        records_made: of.records_made,
        unmatched_records: of.unmatched_records(),
        orphaned_records: of.records_orphaned,
        chats_of_several: of.chats_of_several,
        records_of_several: of.records_of_several,
        crowded: of.crowded,
        linked_by: of.by.iter().map(|(by, pairs)| LinkedBy { by: by.as_str(), pairs: *pairs }).collect(),
    }
}

/// The figures of the sync as they are published.
pub(super) fn sync(of: &evidence::Sync, masker: &Masker<'_>) -> Sync {
    Sync {
        target_seconds: of.target_seconds,
        alert_seconds: of.alert_seconds,
        trigger: of.trigger,
        latency: of.latency.iter().map(|one| latency(one, masker)).collect(),
        attempts: of.attempts.iter().map(attempts).collect(),
        skipped: of.skipped.iter().map(|why| masker.text(why).into_owned()).collect(),
    }
}

fn latency(of: &evidence::Latency, masker: &Masker<'_>) -> Latency {
    Latency {
        chats: of.chats.clone(),
        records: of.records.clone(),
        precision: of.precision,
        skipped: of.skipped.clone(),
        untimed: of.untimed,
        early: of.early,
        all: spread(&of.figures),
        histogram: of.histogram.iter().map(|one| Bucket { from: one.from, to: one.to, leads: one.leads }).collect(),
        by_hour: of.by_hour.iter().map(|(hour, figures)| ByHour { hour: *hour, spread: spread(figures) }).collect(),
        by_owner: of
            .by_owner
            .iter()
            .map(|(owner, figures)| ByOwner {
                owner: owner.as_deref().map(|owner| masker.person(owner).into_owned()),
                spread: spread(figures),
            })
            .collect(),
    }
}

fn spread(of: &evidence::Quantiles) -> Spread {
    let share = |part: Option<u64>| part.filter(|_| of.leads > 0).map(|part| six_digits(part as f64 / of.leads as f64));
    let seconds = of.seconds;
    Spread {
        leads: of.leads,
        p50: seconds.map(|s| s.p50),
        p90: seconds.map(|s| s.p90),
        p95: seconds.map(|s| s.p95),
        p99: seconds.map(|s| s.p99),
        max: seconds.map(|s| s.max),
        over_target: of.over_target,
        over_target_share: share(of.over_target),
        over_alert: of.over_alert,
        over_alert_share: share(of.over_alert),
    }
}

fn attempts(of: &evidence::Attempts) -> SyncLog {
    let hour = |hour: evidence::FailedHour| FailedHour {
        start: DateTime::from_timestamp_micros(hour.start).map_or_else(String::new, words::time),
        tried: hour.tried,
        failed: hour.failed,
        rate: six_digits(hour.rate()),
    };
    SyncLog {
        source: of.source.clone(),
        chats: of.chats,
        chats_failed: of.chats_failed,
        chat_failure_rate: of.chat_failure_rate().map(six_digits),
        attempts: of.attempts,
        attempts_failed: of.attempts_failed,
        attempt_failure_rate: of.attempt_failure_rate().map(six_digits),
        unclear: of.unclear,
        causes: of.causes.iter().map(|(cause, attempts)| CauseCount { cause, attempts: *attempts }).collect(),
        worst_hour: of.worst_hour().map(hour),
        last_hour: of.last_hour.map(hour),
        failed_hours: of.hours.iter().copied().map(hour).collect(),
    }
}
