//! How chats become leads: latency, failures, links; and the duplicates that were created.

use chrono::{DateTime, Datelike, TimeDelta, Utc};

use super::{Figure, Names, alone};
use crate::evidence::{Attempts, Audit, Duplicates, FailedHour, Latency, LinkFigures, Sync};

/// The labels of latencies.
const PAIR: &[&str] = &["chats", "records"];

/// The labels of a sync log.
const LOG: &[&str] = &["source"];

pub(super) fn figures(audit: &Audit, names: &Names) -> Vec<Figure> {
    let mut figures = Vec::new();
    if let Some(sync) = &audit.metrics.sync {
        figures.extend(latency(sync, names));
        figures.extend(attempts(sync, names));
        figures.extend(hours(sync, names));
    }
    if let Some(links) = &audit.metrics.links {
        figures.extend(linked(links));
    }
    if let Some(duplicates) = &audit.metrics.duplicates {
        figures.extend(created(duplicates, audit.as_of));
    }
    figures
}

fn latency(sync: &Sync, names: &Names) -> Vec<Figure> {
    let pair = |one: &Latency| vec![names.get(&one.chats), names.get(&one.records)];
    let amount = |name, help, of: fn(&Latency) -> Option<u64>| {
        Figure::amount(name, help, PAIR, sync.latency.iter().filter_map(|one| Some((pair(one), of(one)? as f64))))
    };
    let percentiles = sync.latency.iter().filter_map(|one| Some((pair(one), one.figures.seconds?)));
    let by_percentile = percentiles.clone().flat_map(|(pair, of)| {
        [("50", of.p50), ("90", of.p90), ("95", of.p95), ("99", of.p99)].map(|(percentile, seconds)| {
            let mut labels = pair.clone();
            labels.push(percentile.to_owned());
            (labels, seconds as f64)
        })
    });
    let limit = |name, help, seconds: i64| Figure::seconds(name, help, &[], alone(Some(seconds as f64)));
    vec![
        Figure::seconds(
            "leadlint_sync_latency_seconds",
            "From chat to lead, by percentile; absent where times are not stamped to the second.",
            &["chats", "records", "percentile"],
            by_percentile,
        ),
        Figure::seconds(
            "leadlint_sync_latency_max_seconds",
            "The longest from chat to lead; absent where times are not stamped to the second.",
            PAIR,
            percentiles.map(|(pair, of)| (pair, of.max as f64)),
        ),
        amount("leadlint_sync_leads", "Leads that a chat made, of which both times are known.", |one| Some(one.leads)),
        amount("leadlint_sync_leads_untimed", "Leads that a chat made, of which a time is not known.", |one| {
            Some(one.untimed)
        }),
        amount(
            "leadlint_sync_leads_over_target",
            "Leads at or over [sync] target-seconds; absent where that cannot be told.",
            |one| one.figures.over_target,
        ),
        amount(
            "leadlint_sync_leads_over_alert",
            "Leads over [sync] alert-seconds; absent where that cannot be told.",
            |one| one.figures.over_alert,
        ),
        limit("leadlint_sync_target_seconds", "Seconds from which a lead is slow.", sync.target_seconds),
        limit("leadlint_sync_alert_seconds", "Seconds over which a lead is stalled.", sync.alert_seconds),
    ]
}

fn attempts(sync: &Sync, names: &Names) -> Vec<Figure> {
    let log = |one: &Attempts| vec![names.get(&one.source)];
    let amount = |name, help, of: fn(&Attempts) -> u64| {
        Figure::amount(name, help, LOG, sync.attempts.iter().map(|one| (log(one), of(one) as f64)))
    };
    let ratio = |name, help, of: fn(&Attempts) -> Option<f64>| {
        Figure::ratio(name, help, LOG, sync.attempts.iter().filter_map(|one| Some((log(one), of(one)?))))
    };
    let causes = sync.attempts.iter().flat_map(|one| {
        one.causes.iter().map(|(cause, count)| (vec![names.get(&one.source), (*cause).to_owned()], *count as f64))
    });
    vec![
        amount("leadlint_sync_chats", "Distinct chats that the sync log tried.", |one| one.chats),
        amount("leadlint_sync_chats_failed", "Chats that never got through.", |one| one.chats_failed),
        ratio("leadlint_sync_chat_failure_ratio", "Share of the chats that never got through.", |one| {
            one.chat_failure_rate()
        }),
        amount("leadlint_sync_attempts", "Attempts of the sync log, retries included.", |one| one.attempts),
        amount("leadlint_sync_attempts_failed", "Attempts that failed.", |one| one.attempts_failed),
        ratio("leadlint_sync_attempt_failure_ratio", "Share of the attempts that failed.", |one| {
            one.attempt_failure_rate()
        }),
        Figure::amount(
            "leadlint_sync_attempts_failed_by_cause",
            "Attempts that failed, by what the log writes about them.",
            &["source", "cause"],
            causes,
        ),
    ]
}

/// The hour of the largest share of failures, and the last hour.
fn hours(sync: &Sync, names: &Names) -> [Figure; 4] {
    let points = |of: fn(&FailedHour) -> f64| {
        let mut points = Vec::new();
        for one in &sync.attempts {
            // Without a failure every hour is as good as the last.
            let worst = one.worst_share().or(one.last_hour);
            for (which, hour) in [("worst", worst), ("last", one.last_hour)] {
                if let Some(hour) = hour {
                    points.push((vec![names.get(&one.source), which.to_owned()], of(&hour)));
                }
            }
        }
        points
    };
    let labels = &["source", "hour"];
    [
        Figure::ratio(
            "leadlint_sync_hour_failure_ratio",
            "Share of the chats first tried in a UTC hour that did not get through in it; the worst hour, and the last.",
            labels,
            points(FailedHour::rate),
        ),
        Figure::state(
            "leadlint_sync_hour_chats",
            "Chats first tried in the worst hour, and in the last.",
            labels,
            points(|hour| hour.tried as f64),
        ),
        Figure::state(
            "leadlint_sync_hour_chats_failed",
            "Of these chats, those that did not get through in the hour.",
            labels,
            points(|hour| hour.failed as f64),
        ),
        Figure::seconds(
            "leadlint_sync_hour_start_timestamp_seconds",
            "When the worst and the last hour began, in seconds since 1970.",
            labels,
            points(|hour| hour.start.div_euclid(1_000_000) as f64),
        ),
    ]
}

fn linked(links: &LinkFigures) -> Vec<Figure> {
    let amount = |name, help, count: u64| Figure::amount(name, help, &[], alone(Some(count as f64)));
    vec![
        amount("leadlint_chats_qualifying", "Chats that ought to become leads.", links.qualifying),
        amount("leadlint_chats_matched", "Of these, chats that are linked to a record.", links.linked),
        amount("leadlint_chats_made_lead", "Of these, chats that made a record.", links.made),
        Figure::ratio(
            "leadlint_chat_match_ratio",
            "Share of the chats that ought to become leads which is linked to a record.",
            &[],
            alone(links.match_rate()),
        ),
        Figure::ratio(
            "leadlint_lead_creation_ratio",
            "Share of the chats that ought to become leads which made a record.",
            &[],
            alone(links.creation_rate()),
        ),
        amount(
            "leadlint_records_unmatched",
            "Leads and contacts of the period of the chats that no chat made.",
            links.unmatched_records(),
        ),
    ]
}

/// The ISO week of a day as the metrics write it.
fn week(of: DateTime<Utc>) -> String {
    let week = of.iso_week();
    format!("{}-W{:02}", week.year(), week.week())
}

fn created(duplicates: &Duplicates, as_of: Option<DateTime<Utc>>) -> [Figure; 2] {
    let count = |week: &str| duplicates.per_week.iter().find(|one| one.week == week).map_or(0, |one| one.count);
    let weeks = as_of.into_iter().flat_map(|at| {
        [("current", week(at)), ("previous", week(at - TimeDelta::weeks(1)))]
            .map(|(which, week)| (vec![which.to_owned()], count(&week) as f64))
    });
    [
        Figure::amount(
            "leadlint_duplicates_created",
            "Records that were created although there was one of the same person or company.",
            &[],
            alone(Some(duplicates.created as f64)),
        ),
        Figure::state(
            "leadlint_week_duplicates_created",
            "Duplicates created in the ISO week of the audit's clock so far, and in the week before.",
            &["week"],
            weeks,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::CreatedIn;

    #[test]
    fn weeks_go_by_the_clock_and_are_nought_where_nothing_was_created() {
        let duplicates = Duplicates {
            created: 9,
            per_week: vec![
                CreatedIn { week: "2026-W52".to_owned(), count: 2 },
                CreatedIn { week: "2026-W53".to_owned(), count: 4 },
            ],
            ..Duplicates::default()
        };
        let weeks = |at: &str| -> Vec<(String, f64)> {
            let [_, figure] = created(&duplicates, Some(at.parse().unwrap()));
            figure.points.into_iter().map(|(labels, value)| (labels[0].clone(), value)).collect()
        };
        let expected = |current, previous| vec![("current".to_owned(), current), ("previous".to_owned(), previous)];
        // The first days of 2027 are in week 53 of 2026.
        assert_eq!(weeks("2027-01-03T12:00:00Z"), expected(4.0, 2.0));
        assert_eq!(weeks("2027-01-04T00:00:00Z"), expected(0.0, 4.0));
        assert_eq!(created(&duplicates, None)[1].points, []);
    }
}
