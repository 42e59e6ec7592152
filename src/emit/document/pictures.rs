//! The charts of section 5 and 7, from the figures of the audit. Each has a sentence that says the same.

use chrono::DateTime;

use super::Page;
use crate::emit::chart::{Bar, Chart, Figure, Limit, Paint, Part, Stack, Tone};
use crate::emit::{summary, text, trend, words};
use crate::evidence::history::Run;
use crate::evidence::{Bucket, CreatedInFrom, Latency, MappingProof};

/// Bars, rows or steps of one chart; the rest is counted.
const MOST: usize = 20;
/// Hours or weeks of one chart.
const TIMES: usize = 26;
/// Origins of duplicates that have a colour of their own.
const ORIGINS: usize = 5;

impl Page<'_> {
    fn bar(&self, label: &str, value: f32, shown: impl Into<String>, tone: Tone) -> Bar {
        Bar { label: text::line(&self.masker.text(label), super::CELL), value, shown: shown.into(), tone }
    }

    /// The runs of the history, this one included; of the first, that there is nothing to draw yet.
    pub(super) fn trend(&mut self) {
        let Some(past) = &self.audit.past else { return };
        if past.is_empty() {
            self.line(trend::ALONE);
            return;
        }
        if !self.depth.pictures {
            return;
        }
        let now = Run::of(self.audit);
        let runs: Vec<&Run> = past.iter().chain([&now]).collect();
        if let Some(chart) = trend::picture(&runs, 1, None) {
            self.picture(chart);
        }
    }

    /// How full each column is, the emptiest first.
    pub(super) fn fill_picture(&mut self) {
        if !self.depth.pictures {
            return;
        }
        let mut columns: Vec<(&String, f64)> = self.audit.metrics.fill.iter().map(|(c, share)| (c, *share)).collect();
        columns.sort_by(|a, b| a.1.total_cmp(&b.1));
        let gaps = columns.iter().filter(|(_, share)| *share < 1.0).count() as u64;
        let Some((emptiest, least)) = columns.first().copied().filter(|_| gaps > 0) else { return };
        let required = &self.audit.metrics.required_fill;
        let bars = columns.iter().take(MOST).map(|(column, share)| {
            let tone = if required.contains_key(*column) && *share < 1.0 { Tone::Bad } else { Tone::Plain };
            self.bar(column, (share * 100.0) as f32, words::rate(*share), tone)
        });
        let bars: Vec<Bar> = bars.collect();
        let red = if bars.iter().any(|bar| bar.tone == Tone::Bad) { "; required columns are red" } else { "" };
        let says = format!(
            "{} of {} have gaps; the emptiest is {} with {} filled{}{red}.",
            words::number(gaps),
            words::plural(columns.len() as u64, "column"),
            super::name(emptiest),
            words::rate(least),
            of_all(bars.len(), columns.len(), "columns")
        );
        self.picture(Chart {
            name: "fill",
            title: "Fill rate per column".to_owned(),
            says,
            headers: ["column", "filled"],
            figure: Figure::Across { bars, full: Some(100.0) },
        });
    }

    /// Values that are spelt in several ways, by how many cells should change.
    pub(super) fn drift_picture(&mut self) {
        if !self.depth.pictures {
            return;
        }
        let all = self.audit.evidence.suggestions("DRF");
        let bars: Vec<Bar> = all
            .iter()
            .take(MOST)
            .map(|one| {
                let value = self.masker.suggestion(&one.source, &one.column, &one.value);
                let label =
                    format!("{} ({}.{})", text::line(&value, 40), super::name(&one.source), super::name(&one.column));
                Bar { label, value: one.rows as f32, shown: words::number(one.rows), tone: Tone::Poor }
            })
            .collect();
        let Some(largest) = bars.first() else { return };
        let says = format!(
            "{} spelt in several ways; the largest cluster is {} with {} in another spelling{}.",
            if all.len() == 1 {
                "1 value is".to_owned()
            } else {
                format!("{} values are", words::number(all.len() as u64))
            },
            largest.label,
            words::plural(all[0].rows, "cell"),
            of_all(bars.len(), all.len(), "clusters")
        );
        self.picture(Chart {
            name: "drift",
            title: "Value drift: clusters by size".to_owned(),
            says,
            headers: ["value", "cells in another spelling"],
            figure: Figure::Across { bars, full: None },
        });
    }

    /// When duplicates were created, and where they came from.
    pub(super) fn duplicates_picture(&mut self) {
        let Some(duplicates) = self.audit.metrics.duplicates.as_ref().filter(|_| self.depth.pictures) else { return };
        let weeks = &duplicates.per_week;
        let Some(worst) = weeks.iter().rev().max_by_key(|week| week.count) else { return };
        let drawn = &weeks[weeks.len().saturating_sub(TIMES)..];
        let all = &duplicates.by_source;
        let count = |week: &str, origin: &dyn Fn(Option<&str>) -> bool| {
            let fits = |one: &&CreatedInFrom| one.week == week && origin(one.source.as_deref());
            duplicates.per_week_and_source.iter().filter(fits).map(|one| one.count).sum()
        };
        let values = |origin: &dyn Fn(Option<&str>) -> bool| drawn.iter().map(|one| count(&one.week, origin)).collect();
        let named = &all[..all.len().min(ORIGINS)];
        let mut parts: Vec<Part> = named
            .iter()
            .enumerate()
            .map(|(at, from)| Part {
                name: self.origin(from.source.as_deref()),
                paint: Paint::Kind(at),
                values: values(&|origin| origin == from.source.as_deref()),
            })
            .collect();
        let others = (all.len() - named.len()) as u64;
        if others > 0 {
            let other = |origin: Option<&str>| named.iter().all(|from| from.source.as_deref() != origin);
            let name = words::plural(others, "further origin");
            parts.push(Part { name, paint: Paint::Rest, values: values(&other) });
        }
        let labels: Vec<String> = drawn.iter().map(|one| one.week.clone()).collect();
        let origins = match named.first() {
            Some(first) if all.len() > 1 || first.source.is_some() => format!(
                " Of all, {} of {} came from {}{}.",
                words::number(first.count),
                words::number(duplicates.created),
                self.origin(first.source.as_deref()),
                of_all(named.len(), all.len(), "origins")
            ),
            _ => String::new(),
        };
        let undated = match duplicates.undated {
            0 => String::new(),
            n => format!("; the time of {} is not known", words::number(n)),
        };
        let says = format!(
            "Duplicates were created in {}; most of them, {}, in {}{undated}.{origins} Weeks without any are left out{}.",
            words::plural(weeks.len() as u64, "week"),
            words::number(worst.count),
            worst.week,
            of_all(drawn.len(), weeks.len(), "weeks")
        );
        self.picture(Chart {
            name: "duplicates-by-week",
            title: "Duplicates by week of creation and by where they came from".to_owned(),
            says,
            headers: ["week", "duplicates"],
            figure: Figure::Stacked(Stack {
                rows: labels.clone(),
                labels,
                parts,
                axis: "ISO week, UTC".to_owned(),
                ..Stack::default()
            }),
        });
    }

    /// The name of an origin.
    fn origin(&self, source: Option<&str>) -> String {
        source.map_or_else(|| "not known".to_owned(), |source| text::line(&self.masker.text(source), super::CELL))
    }

    /// How long leads took, beside target and alert; of the pair of sources with most leads.
    pub(super) fn latency_picture(&mut self) {
        let Some(sync) = self.audit.metrics.sync.as_ref().filter(|_| self.depth.pictures) else { return };
        let measured = || sync.latency.iter().filter(|one| !one.histogram.is_empty());
        let Some(one) = measured().rev().max_by_key(|one| one.leads) else { return };
        let (target, alert) = (sync.target_seconds, sync.alert_seconds);
        let bars: Vec<Bar> = one.histogram.iter().map(|bucket| step(*bucket, target, alert)).collect();
        let at = |second: i64| one.histogram.iter().position(|bucket| bucket.from == Some(second));
        let limit = |at: Option<usize>, label: String, tone| at.map(|before| Limit { before, label, tone });
        let limits = [
            limit(at(target), format!("target {}", summary::seconds(target)), Tone::Poor),
            limit(at(alert.saturating_add(1)), format!("alert {}", summary::seconds(alert)), Tone::Bad),
        ];
        let others = measured().count() as u64 - 1;
        let others = match others {
            0 => String::new(),
            n => format!(" {} not drawn, see the table.", words::plural(n, "further pair")),
        };
        self.picture(Chart {
            name: "latency",
            title: format!("Latency from {} to {}", super::name(&one.chats), super::name(&one.records)),
            says: format!("{}{others}", spread(one, target, alert)),
            headers: ["seconds", "leads"],
            figure: Figure::Upright {
                bars,
                limits: limits.into_iter().flatten().collect(),
                axis: format!("time from {}", sync.trigger),
                full: None,
            },
        });
    }

    /// Which share of chats failed in the hours in which some did; of the sync log with most chats.
    pub(super) fn failures_picture(&mut self) {
        let Some(sync) = self.audit.metrics.sync.as_ref().filter(|_| self.depth.pictures) else { return };
        let failing = sync.attempts.iter().rev().filter(|log| !log.hours.is_empty()).max_by_key(|log| log.chats);
        let Some((log, worst)) = failing.and_then(|log| Some((log, log.worst_hour()?))) else { return };
        let start = |at: i64| {
            DateTime::from_timestamp_micros(at).map_or_else(String::new, |at| at.format("%m-%d %H:00").to_string())
        };
        let hours = &log.hours[log.hours.len().saturating_sub(TIMES)..];
        let bars: Vec<Bar> = hours
            .iter()
            .map(|hour| {
                let rate = if hour.tried > 0 { hour.failed as f32 / hour.tried as f32 * 100.0 } else { 0.0 };
                let shown = format!(
                    "{} ({} of {})",
                    words::share(hour.failed, hour.tried),
                    words::number(hour.failed),
                    words::number(hour.tried)
                );
                self.bar(&start(hour.start), rate.round(), shown, Tone::Bad)
            })
            .collect();
        let says = format!(
            "Of {}, some failed in {}; the worst began {} UTC with {} of {} failed. Hours without a failure are left out{}.",
            words::plural(log.chats, "chat"),
            words::plural(log.hours.len() as u64, "hour"),
            start(worst.start),
            words::number(worst.failed),
            words::plural(worst.tried, "chat"),
            of_all(hours.len(), log.hours.len(), "hours")
        );
        self.picture(Chart {
            name: "failures",
            title: format!("Failure rate per hour, {}", super::name(&log.source)),
            says,
            headers: ["hour (UTC)", "chats that failed"],
            figure: Figure::Upright {
                bars,
                limits: Vec::new(),
                axis: "hour (UTC); percent of chats".to_owned(),
                full: Some(100.0),
            },
        });
    }

    /// The score by dimension.
    pub(super) fn score_picture(&mut self) {
        let score = &self.audit.score;
        let Some(overall) = score.overall.filter(|_| self.depth.pictures) else { return };
        let bars: Vec<Bar> = score
            .dimensions
            .iter()
            .filter_map(|(dimension, score)| {
                let score = (*score)?;
                let tone = match score {
                    s if s < 50.0 => Tone::Bad,
                    s if s < 90.0 => Tone::Poor,
                    _ => Tone::Plain,
                };
                Some(self.bar(dimension.as_str(), score as f32, words::score(score), tone))
            })
            .collect();
        let Some(lowest) = bars.iter().min_by(|a, b| a.value.total_cmp(&b.value)) else { return };
        let missing = score.dimensions.len() - bars.len();
        let missing = match missing {
            0 => String::new(),
            n => format!("; {} not measured", words::plural(n as u64, "dimension")),
        };
        let says = format!(
            "{} of 100 overall; the lowest dimension is {} with {}{missing}.",
            words::score(overall),
            lowest.label,
            lowest.shown
        );
        self.picture(Chart {
            name: "score",
            title: "Score by dimension".to_owned(),
            says,
            headers: ["dimension", "of 100"],
            figure: Figure::Across { bars, full: Some(100.0) },
        });
    }

    /// What became of the values of each mapping, as shares of the pairs that exercise it.
    pub(super) fn mapping_picture(&mut self) {
        let tested = || self.audit.metrics.mapping.iter().filter(|one| one.not_proved.is_none() && one.tested > 0);
        let Some(worst) =
            tested().rev().max_by(|a, b| failing(a).total_cmp(&failing(b))).filter(|_| self.depth.pictures)
        else {
            return;
        };
        let shown: Vec<&MappingProof> = tested().take(MOST).collect();
        let down = shown.iter().map(|one| super::name(&format!("{} → {}", one.from, one.to))).collect();
        let shares = shown
            .iter()
            .map(|one| {
                let other = one.opposite + one.shifted + one.truncated + one.rejected;
                let counts = [
                    one.exact + one.normalised,
                    one.translated,
                    one.contained,
                    one.lost,
                    one.altered,
                    one.misrouted,
                    other,
                ];
                counts.map(|count| percent(count, one.tested)).to_vec()
            })
            .collect();
        let across = ["equal", "translated", "contained", "lost", "altered", "misrouted", "other"];
        let untested = self.audit.metrics.mapping.len() - tested().count();
        let says = format!(
            "{} of {} fail for some pair; the worst is {} → {}, of which {} did not arrive{}{}.",
            words::number(tested().filter(|one| one.failed() > 0).count() as u64),
            words::plural(tested().count() as u64, "mapping"),
            super::name(&worst.from),
            super::name(&worst.to),
            words::share(worst.failed(), worst.tested),
            if untested > 0 { format!("; {} not tested", words::number(untested as u64)) } else { String::new() },
            of_all(shown.len(), tested().count(), "mappings")
        );
        self.picture(Chart {
            name: "mapping",
            title: "What became of mapped values, in percent of the pairs tested".to_owned(),
            says,
            headers: ["mapping", ""],
            figure: Figure::Grid { across: across.map(str::to_owned).to_vec(), down, shares },
        });
    }
}

/// `; 20 of 31 columns shown`, where not all are.
fn of_all(shown: usize, all: usize, what: &str) -> String {
    if shown < all {
        format!("; {} of {} {what} shown", words::number(shown as u64), words::number(all as u64))
    } else {
        String::new()
    }
}

fn failing(one: &MappingProof) -> f64 {
    one.failed() as f64 / one.tested.max(1) as f64
}

/// A share in percent with one decimal: never nothing for a part that is there, never 100 for one that is not all.
fn percent(part: u64, whole: u64) -> f32 {
    if part == whole || part == 0 {
        return if part == 0 { 0.0 } else { 100.0 };
    }
    let tenths = (part as f64 / whole as f64 * 1000.0).round().clamp(1.0, 999.0);
    (tenths / 10.0) as f32
}

/// A bar of the histogram: labelled by where it starts, told by where it starts and ends.
fn step(bucket: Bucket, target: i64, alert: i64) -> Bar {
    let tone = match bucket.from {
        Some(from) if from > alert => Tone::Bad,
        Some(from) if from >= target => Tone::Poor,
        _ => Tone::Plain,
    };
    let number = |n: i64| words::number(n.unsigned_abs());
    let label = match (bucket.from, bucket.to) {
        (None, _) => "before".to_owned(),
        (Some(from), None) => format!("{} s or more", number(from)),
        (Some(from), Some(to)) if to == from + 1 => format!("{} s", number(from)),
        (Some(from), Some(to)) => format!("{}–{} s", number(from), number(to - 1)),
    };
    Bar { label, value: bucket.leads as f32, shown: words::number(bucket.leads), tone }
}

/// The figures of a latency in one sentence.
fn spread(one: &Latency, target: i64, alert: i64) -> String {
    let figures = &one.figures;
    let p = figures.seconds.unwrap_or_default();
    let share = |part: Option<u64>| words::share(part.unwrap_or_default(), figures.leads);
    format!(
        "Half of {} took up to {}, 95 % up to {}, the longest {}; {} took {} or longer, {} longer than {}.",
        words::plural(figures.leads, "lead"),
        summary::seconds(p.p50),
        summary::seconds(p.p95),
        summary::seconds(p.max),
        share(figures.over_target),
        summary::seconds(target),
        share(figures.over_alert),
        summary::seconds(alert)
    )
}
