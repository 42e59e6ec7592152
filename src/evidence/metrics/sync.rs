//! How fast and how reliably chats become leads.

use super::links::share;

/// How fast and how reliably chats become leads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sync {
    /// Seconds from which a lead is slow.
    pub target_seconds: i64,
    /// Seconds over which a lead is stalled.
    pub alert_seconds: i64,
    /// What starts the clock: `chat end` or `chat start`.
    pub trigger: &'static str,
    /// By source of chats and source of records, in the order of the sources.
    pub latency: Vec<Latency>,
    /// By sync log, in the order of the sources.
    pub attempts: Vec<Attempts>,
    /// What could not be measured at all, and why.
    pub skipped: Vec<String>,
}

/// How long the records took that the chats of one source made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latency {
    /// Name of the source of chats.
    pub chats: String,
    /// Name of the source of records.
    pub records: String,
    /// How finely both sides are stamped, the coarser one: `second`, `minute` or `day`.
    pub precision: &'static str,
    /// Records that a chat made, of which both times are known.
    pub leads: u64,
    /// Records that a chat made, of which a time is not known.
    pub untimed: u64,
    /// Of `leads`, those that were there before the clock started, beyond what the stamp can hide.
    pub early: u64,
    /// Over all `leads`; what the precision does not support is not there.
    pub figures: Quantiles,
    /// How often which seconds were measured, in ascending steps; empty where seconds are not known.
    pub histogram: Vec<Bucket>,
    /// By UTC hour of day in which the clock started; hours without any are left out.
    pub by_hour: Vec<(u32, Quantiles)>,
    /// By owner of the record, as the sources call them, most records first; `None` where there is none.
    pub by_owner: Vec<(Option<String>, Quantiles)>,
    /// Why something is not there.
    pub skipped: Option<String>,
}

/// How latencies are spread, in whole seconds rounded down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quantiles {
    /// How many.
    pub leads: u64,
    /// Percentiles by nearest rank; `None` where seconds are not known.
    pub seconds: Option<Percentiles>,
    /// At or over the target; `None` where that cannot be told.
    pub over_target: Option<u64>,
    /// Over the alert, where stamped to the minute by the lower bound; `None` where that cannot be told.
    pub over_alert: Option<u64>,
}

/// One step of a histogram of latencies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bucket {
    /// The least seconds in it; `None` is anything below nought: there before the clock started.
    pub from: Option<i64>,
    /// The first seconds over it; `None` where it has no end.
    pub to: Option<i64>,
    /// How many latencies are in it.
    pub leads: u64,
}

/// Where the steps of a histogram start, target and alert aside.
const STEPS: [i64; 16] = [0, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400];

impl Bucket {
    /// The histogram of latencies in ascending order. Its steps are the same for every export that has the same target
    /// and alert, so that histograms of parts add up; a step starts at the target and one second over the alert. Steps
    /// without any latency are left out at both ends.
    #[must_use]
    pub fn of(ascending: &[i64], target: i64, alert: i64) -> Vec<Self> {
        let over = alert.saturating_add(1);
        // What is over the alert starts a second later than the step that it takes the place of.
        let mut starts: Vec<i64> = STEPS.into_iter().filter(|step| *step != alert).chain([target, over]).collect();
        starts.retain(|start| *start >= 0);
        starts.sort_unstable();
        starts.dedup();
        let froms = [None].into_iter().chain(starts.iter().copied().map(Some));
        let tos = starts.iter().copied().map(Some).chain([None]);
        let below = |limit: i64| ascending.partition_point(|one| *one < limit);
        let buckets: Vec<Self> = froms
            .zip(tos)
            .map(|(from, to)| {
                let leads = to.map_or(ascending.len(), below) - from.map_or(0, below);
                Self { from, to, leads: leads as u64 }
            })
            .collect();
        let first = buckets.iter().position(|one| one.leads > 0).unwrap_or(buckets.len());
        let last = buckets.iter().rposition(|one| one.leads > 0).map_or(first, |at| at + 1);
        buckets[first..last].to_vec()
    }
}

/// Percentiles by nearest rank: the smallest value that at least so many percent do not exceed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Percentiles {
    /// The middle.
    pub p50: i64,
    /// 90 percent.
    pub p90: i64,
    /// 95 percent.
    pub p95: i64,
    /// 99 percent.
    pub p99: i64,
    /// The largest.
    pub max: i64,
}

impl Percentiles {
    /// The percentiles of values in ascending order; `None` without any.
    #[must_use]
    pub fn of(ascending: &[i64]) -> Option<Self> {
        let at = |percent: usize| {
            let rank = (ascending.len() * percent).div_ceil(100).max(1);
            ascending.get(rank - 1).copied()
        };
        Some(Self { p50: at(50)?, p90: at(90)?, p95: at(95)?, p99: at(99)?, max: at(100)? })
    }
}

/// What one sync log says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Name of the source.
    pub source: String,
    /// Distinct chats that were tried.
    pub chats: u64,
    /// Of those, chats that never got through.
    pub chats_failed: u64,
    /// Attempts.
    pub attempts: u64,
    /// Of those, attempts that failed.
    pub attempts_failed: u64,
    /// Rows without a time, a chat or an outcome; in no other figure.
    pub unclear: u64,
    /// Failed attempts by cause, in words.
    pub causes: Vec<(&'static str, u64)>,
    /// Hours in which a chat that was first tried did not get through, oldest first.
    pub hours: Vec<FailedHour>,
    /// The last hour in which a chat was first tried, whether or not all got through.
    pub last_hour: Option<FailedHour>,
}

/// A UTC hour, and how many of the chats that were first tried in it did not get through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FailedHour {
    /// Its start, in microseconds since 1970.
    pub start: i64,
    /// Distinct chats that were first tried in it.
    pub tried: u64,
    /// Of those, chats without a success inside of it.
    pub failed: u64,
}

impl Attempts {
    /// Share of the chats that never got through.
    #[must_use]
    pub fn chat_failure_rate(&self) -> Option<f64> {
        share(self.chats_failed, self.chats)
    }

    /// Share of the attempts that failed.
    #[must_use]
    pub fn attempt_failure_rate(&self) -> Option<f64> {
        share(self.attempts_failed, self.attempts)
    }

    /// The hour in which most chats did not get through; of equals the one with the larger share, then the first.
    #[must_use]
    pub fn worst_hour(&self) -> Option<FailedHour> {
        let key = |hour: &FailedHour| (hour.failed, std::cmp::Reverse(hour.tried), std::cmp::Reverse(hour.start));
        self.hours.iter().copied().max_by_key(key)
    }

    /// The hour with the largest share of chats that did not get through; of equals the one with more, then the first.
    /// Alerts go by it: the hour with most failures may hold a small share of many chats.
    #[must_use]
    pub fn worst_share(&self) -> Option<FailedHour> {
        // Shares are compared crosswise, as whole numbers: a/b < c/d where a*d < c*b.
        let order = |a: &FailedHour, b: &FailedHour| {
            let crosswise = |x: &FailedHour, y: &FailedHour| u128::from(x.failed) * u128::from(y.tried);
            crosswise(a, b).cmp(&crosswise(b, a)).then(a.failed.cmp(&b.failed)).then(b.start.cmp(&a.start))
        };
        self.hours.iter().copied().max_by(order)
    }
}

impl FailedHour {
    /// Share of its chats that did not get through; nothing where none was tried.
    #[must_use]
    pub fn rate(&self) -> f64 {
        share(self.failed, self.tried).unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_go_by_nearest_rank() {
        let of = |values: &[i64]| Percentiles::of(values).map(|p| [p.p50, p.p90, p.p95, p.p99, p.max]);
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[-7]), Some([-7; 5]));
        assert_eq!(of(&[1, 2]), Some([1, 2, 2, 2, 2]));
        assert_eq!(of(&(1..=100).collect::<Vec<_>>()), Some([50, 90, 95, 99, 100]));
        assert_eq!(of(&(1..=7).collect::<Vec<_>>()), Some([4, 7, 7, 7, 7]));
    }

    #[test]
    fn a_histogram_has_steps_at_target_and_alert_and_adds_up() {
        let bucket = |from, to, leads| Bucket { from, to, leads };
        assert_eq!(Bucket::of(&[], 30, 300), []);
        assert_eq!(
            Bucket::of(&[-5, 0, 29, 30, 300, 301], 30, 300),
            [
                bucket(None, Some(0), 1),
                bucket(Some(0), Some(1), 1),
                bucket(Some(1), Some(2), 0),
                bucket(Some(2), Some(5), 0),
                bucket(Some(5), Some(10), 0),
                bucket(Some(10), Some(20), 0),
                bucket(Some(20), Some(30), 1),
                bucket(Some(30), Some(60), 1),
                bucket(Some(60), Some(120), 0),
                bucket(Some(120), Some(301), 1),
                bucket(Some(301), Some(600), 1),
            ]
        );
        assert_eq!(
            Bucket::of(&[45, 46, 90_000], 45, 90)[..2],
            [bucket(Some(45), Some(60), 2), bucket(Some(60), Some(91), 0)]
        );
        let all: Vec<i64> = (-10..100_000).step_by(7).collect();
        let sum: u64 = Bucket::of(&all, 30, 300).iter().map(|one| one.leads).sum();
        assert_eq!(sum, all.len() as u64);
    }

    #[test]
    fn the_worst_hour_has_most_failures_then_the_larger_share() {
        let hour = |start, tried, failed| FailedHour { start, tried, failed };
        let hours = vec![hour(1, 1, 1), hour(2, 9, 4), hour(3, 5, 4), hour(4, 5, 4)];
        assert_eq!(Attempts { hours, ..Attempts::default() }.worst_hour(), Some(hour(3, 5, 4)));
        assert_eq!(Attempts::default().worst_hour(), None);
    }

    #[test]
    fn the_hour_of_the_largest_share_may_hold_fewer_failures() {
        let hour = |start, tried, failed| FailedHour { start, tried, failed };
        let hours = vec![hour(1, 1_000, 10), hour(2, 4, 1), hour(3, 8, 2), hour(4, 8, 2)];
        assert_eq!(Attempts { hours, ..Attempts::default() }.worst_share(), Some(hour(3, 8, 2)));
        assert_eq!(Attempts::default().worst_share(), None);
    }
}
