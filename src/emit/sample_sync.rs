//! Figures of links and of the sync for the sample audit.

use super::testing::HOSTILE;
use crate::evidence::{Attempts, Bucket, FailedHour, Latency, LinkFigures, Percentiles, Quantiles, Sync};
use crate::normalise::links::By;

/// Links with something in every figure.
pub(crate) fn links() -> LinkFigures {
    LinkFigures {
        chats: 1_400,
        judged: 1_310,
        qualifying: 1_204,
        linked: 1_190,
        made: 1_101,
        linked_unqualified: 3,
        by: vec![(By::ChatId, 900), (By::Email, 290), (By::Phone, 3)],
        records: 4_000,
        records_made: 1_101,
        records_orphaned: 2,
        chats_of_several: 4,
        records_of_several: 1,
        crowded: 5,
    }
}

fn quantiles(leads: u64, p50: i64, max: i64, over: [u64; 2]) -> Quantiles {
    let seconds = Percentiles { p50, p90: p50 * 2, p95: p50 * 3, p99: p50 * 9, max };
    Quantiles { leads, seconds: Some(seconds), over_target: Some(over[0]), over_alert: Some(over[1]) }
}

/// What adds up to the figures of the pair that all is known of.
fn histogram() -> Vec<Bucket> {
    let latencies = [(-20, 1), (3, 90), (9, 600), (15, 288), (40, 50), (100, 9), (4_100, 2)];
    let all: Vec<i64> = latencies.iter().flat_map(|(seconds, leads)| vec![*seconds; *leads]).collect();
    Bucket::of(&all, 30, 300)
}

/// A pair that all is known of, one stamped to the minute, one of dates; a log with failures.
pub(crate) fn sync() -> Sync {
    let crude = |records: &str, precision, why: &str, over_alert| Latency {
        chats: "chats".to_owned(),
        records: records.to_owned(),
        precision,
        leads: 40,
        figures: Quantiles { leads: 40, over_alert, ..Quantiles::default() },
        skipped: Some(why.to_owned()),
        ..Latency::default()
    };
    let owners =
        [(Some("Ann Lee"), 500, 9), (Some(HOSTILE), 300, 12), (Some("0055e0000000002AAA"), 200, 8), (None, 40, 70)];
    Sync {
        target_seconds: 30,
        alert_seconds: 300,
        trigger: "chat end",
        latency: vec![
            Latency {
                chats: "chats".to_owned(),
                records: "leads".to_owned(),
                precision: "second",
                leads: 1_040,
                untimed: 2,
                early: 1,
                figures: quantiles(1_040, 9, 4_100, [61, 2]),
                histogram: histogram(),
                by_hour: (8..15).map(|hour| (hour, quantiles(100, i64::from(hour), 4_100, [5, 1]))).collect(),
                by_owner: owners
                    .map(|(owner, leads, p50)| (owner.map(str::to_owned), quantiles(leads, p50, 4_100, [5, 1])))
                    .to_vec(),
                skipped: None,
            },
            crude("contacts", "minute", "times are stamped to the minute", Some(1)),
            crude("old leads", "day", "times are dates", None),
        ],
        attempts: vec![Attempts {
            source: "sync-log".to_owned(),
            chats: 1_204,
            chats_failed: 3,
            attempts: 1_260,
            attempts_failed: 41,
            unclear: 2,
            causes: vec![("rate limit", 38), ("other", 3)],
            hours: vec![
                FailedHour { start: 1_790_847_000_000_000, tried: 9, failed: 1 },
                FailedHour { start: 1_790_938_800_000_000, tried: 4, failed: 3 },
            ],
            last_hour: Some(FailedHour { start: 1_790_946_000_000_000, tried: 7, failed: 0 }),
        }],
        skipped: vec!["old-log lacks a column of times, chats or results".to_owned()],
    }
}
