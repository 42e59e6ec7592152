//! Of section 5: how many chats became leads, how fast, and how often that failed.

use chrono::DateTime;

use super::before::FIGURES;
use super::{Page, name};
use crate::emit::{summary, text, words};
use crate::evidence::{Attempts, Latency, Quantiles};

impl Page<'_> {
    /// Match and creation rate, and what is unmatched on both sides.
    pub(super) fn links(&mut self) {
        let Some(links) = &self.audit.metrics.links else { return };
        let number = words::number;
        let rows = [
            (
                "chats that ought to become leads",
                number(links.qualifying),
                words::share(links.qualifying, links.judged),
            ),
            (
                "– of them linked to a record (match rate)",
                number(links.linked),
                words::share(links.linked, links.qualifying),
            ),
            ("– of them made a record (creation rate)", number(links.made), words::share(links.made, links.qualifying)),
            (
                "– of them unmatched",
                number(links.unmatched_chats()),
                words::share(links.unmatched_chats(), links.qualifying),
            ),
            (
                "chats that ought not to become leads",
                number(links.unqualified()),
                words::share(links.unqualified(), links.judged),
            ),
            (
                "– of them linked all the same",
                number(links.linked_unqualified),
                words::share(links.linked_unqualified, links.unqualified()),
            ),
            (
                "chats outside of the period that records cover",
                number(links.chats.saturating_sub(links.judged)),
                words::NONE.to_owned(),
            ),
            ("leads and contacts of the chats' period", number(links.records), "100 %".to_owned()),
            ("– of them made by a chat", number(links.records_made), words::share(links.records_made, links.records)),
            (
                "– of them unmatched",
                number(links.unmatched_records()),
                words::share(links.unmatched_records(), links.records),
            ),
            (
                "– of these naming a chat that is not loaded",
                number(links.records_orphaned),
                words::share(links.records_orphaned, links.unmatched_records()),
            ),
            ("chats that made several records", number(links.chats_of_several), words::NONE.to_owned()),
            ("records that several chats name", number(links.records_of_several), words::NONE.to_owned()),
            ("ids, addresses and numbers on too many rows to link", number(links.crowded), words::NONE.to_owned()),
        ];
        let rows = rows.map(|(what, count, share)| vec![what.to_owned(), count, share]);
        self.table("Chats and records", &["chats and records", ">count", ">share"], rows);
        let by: Vec<String> =
            links.by.iter().map(|(by, pairs)| format!("{} {}", by.as_str(), number(*pairs))).collect();
        if !by.is_empty() {
            self.line(format!("Pairs by how they are linked: {}.", by.join(", ")));
        }
    }

    /// Latency, shares over target and alert, failures, the worst hour.
    pub(super) fn sync(&mut self) {
        let Some(sync) = &self.audit.metrics.sync else { return };
        for why in &sync.skipped {
            self.line(format!("Of the sync not known: {}.", self.sentence(why)));
        }
        if !sync.latency.is_empty() {
            let target = format!(">at or over {} s", words::number(sync.target_seconds.unsigned_abs()));
            let alert = format!(">over {} s", words::number(sync.alert_seconds.unsigned_abs()));
            let from = format!("seconds from {}", sync.trigger);
            let headers = [from.as_str(), ">leads", ">p50", ">p90", ">p95", ">p99", ">max", &target, &alert];
            let rows: Vec<Vec<String>> = sync
                .latency
                .iter()
                .map(|one| {
                    let what = format!("{} to {}, to the {}", name(&one.chats), name(&one.records), one.precision);
                    let mut row = vec![what];
                    row.extend(spread(&one.figures, true));
                    row
                })
                .collect();
            self.table("Latency", &headers, rows);
            self.latency_picture();
            for one in &sync.latency {
                self.latency(one, [&target, &alert]);
            }
        }
        if sync.attempts.is_empty() {
            return;
        }
        let rows: Vec<Vec<String>> = sync.attempts.iter().map(tried).collect();
        self.failures_picture();
        self.table(
            "Attempts",
            &[
                "sync log",
                ">chats tried",
                ">never got through",
                ">rate",
                ">attempts",
                ">failed",
                ">rate",
                "worst hour (UTC)",
            ],
            rows,
        );
        for log in sync.attempts.iter().filter(|log| !log.causes.is_empty()) {
            let causes: Vec<String> =
                log.causes.iter().map(|(cause, count)| format!("{cause} {}", words::number(*count))).collect();
            self.line(format!("Failed attempts of {} by cause: {}.", name(&log.source), causes.join(", ")));
        }
    }

    /// What is missing of the latencies of one pair of sources, and the slowest hours and owners.
    fn latency(&mut self, one: &Latency, limits: [&str; 2]) {
        let pair = format!("{} to {}", name(&one.chats), name(&one.records));
        if let Some(why) = &one.skipped {
            self.line(format!("{pair}: {}.", self.sentence(why)));
        }
        for (count, what) in [(one.untimed, "without a known time"), (one.early, "there before the clock started")] {
            if count > 0 {
                self.line(format!("{pair}: {} {what}.", words::plural(count, "lead")));
            }
        }
        let hours = one.by_hour.iter().map(|(hour, figures)| (format!("{hour:02}:00"), figures)).collect();
        self.slowest("slowest hours of day (UTC)", "hours", hours, limits);
        let owner = |owner: &Option<String>| match owner {
            Some(owner) => name(&text::line(&self.masker.person(owner), 48)),
            None => "nobody".to_owned(),
        };
        let owners = one.by_owner.iter().map(|(who, figures)| (owner(who), figures)).collect();
        self.slowest("slowest owners", "owners", owners, limits);
    }

    /// The parts with the longest 95th percentile; where seconds are not known, with most over the alert.
    fn slowest(&mut self, title: &str, what: &str, mut parts: Vec<(String, &Quantiles)>, [target, alert]: [&str; 2]) {
        let all = parts.len();
        if all < 2 {
            return;
        }
        let key = |figures: &Quantiles| (figures.seconds.map(|seconds| seconds.p95), figures.over_alert, figures.leads);
        parts.sort_by_key(|(_, figures)| std::cmp::Reverse(key(figures)));
        let rows: Vec<Vec<String>> = parts
            .into_iter()
            .take(FIGURES)
            .map(|(label, figures)| {
                let mut row = vec![label];
                row.extend(spread(figures, false));
                row
            })
            .collect();
        self.table(title, &[title, ">leads", ">p50", ">p95", target, alert], rows);
        if all > FIGURES {
            self.line(format!("{FIGURES} of {} {what} shown; the JSON report has all.", words::number(all as u64)));
        }
    }
}

/// The cells of one spread: leads, percentiles (five of them, or the middle and the 95th), shares.
fn spread(of: &Quantiles, all: bool) -> Vec<String> {
    let seconds = |n: Option<i64>| n.map_or(words::NONE.to_owned(), summary::seconds);
    let share = |n: Option<u64>| n.map_or(words::NONE.to_owned(), |n| words::share(n, of.leads));
    let p = of.seconds;
    let mut cells = vec![words::number(of.leads), seconds(p.map(|p| p.p50))];
    if all {
        cells.extend([p.map(|p| p.p90), p.map(|p| p.p95), p.map(|p| p.p99), p.map(|p| p.max)].map(seconds));
    } else {
        cells.push(seconds(p.map(|p| p.p95)));
    }
    cells.extend([share(of.over_target), share(of.over_alert)]);
    cells
}

fn tried(log: &Attempts) -> Vec<String> {
    let worst = log.worst_hour().map_or(words::NONE.to_owned(), |hour| {
        let start = DateTime::from_timestamp_micros(hour.start).map_or_else(String::new, words::time);
        format!("{start}: {} of {}", words::number(hour.failed), words::plural(hour.tried, "chat"))
    });
    vec![
        name(&log.source),
        words::number(log.chats),
        words::number(log.chats_failed),
        words::share(log.chats_failed, log.chats),
        words::number(log.attempts),
        words::number(log.attempts_failed),
        words::share(log.attempts_failed, log.attempts),
        worst,
    ]
}
