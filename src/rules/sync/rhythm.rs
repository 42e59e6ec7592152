//! The rhythm of a source: how much comes in each hour of a week, and the stretches in which nothing came.
//!
//! Hours are those of the wall clock in one zone, so that nine o'clock stays nine o'clock when clocks change. An hour that
//! clocks skip is no hour; one that they repeat is one hour of twice the length.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{DateTime, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;

/// Hours of a week.
const WEEK: usize = 168;
/// Weeks before and after an hour that speak for it: older ones had another rhythm.
const NEAR: usize = 4;
/// Other weeks without which there is no rhythm: with the hour's own they are four.
const FEW: u32 = 3;
/// Days from the first Monday to the last Friday of four weeks.
const FOUR_WEEKS: i64 = 26;
/// Hours after a silence in which what it held up may come all at once.
const FLUSH: usize = 2;
/// Hours that are looked at, the last ones: those of two years.
const MOST: i64 = 104 * 168;

const QUARTER: i64 = 900_000_000;
const SECONDS: i64 = 3_600;

/// What came in each hour of a period.
#[derive(Debug)]
pub(super) struct Rhythm {
    zone: Tz,
    /// The first hour, in hours of the wall clock since 1970.
    first: i64,
    counts: Vec<u32>,
    /// Whether the clock showed the hour at all.
    there: Vec<bool>,
    /// What the same hour of other weeks lets expect; `None` where too few of them are known.
    expected: Vec<Option<Expected>>,
    /// Sums, up to each hour, of what came beyond what was expected, squared, and of what chance alone would make of it.
    spread: Vec<(f64, f64)>,
}

/// What the same hour of other weeks had.
#[derive(Debug, Clone, Copy)]
struct Expected {
    sum: u64,
    weeks: u32,
}

impl Expected {
    fn mean(self) -> f64 {
        self.sum as f64 / f64::from(self.weeks)
    }
}

/// How far a silence is from chance.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Weight {
    /// How much was to be expected.
    pub(super) expected: f64,
    /// How unlikely it is that nothing came: minus the logarithm of its probability.
    pub(super) surprise: f64,
}

/// The hour of the wall clock that shows at `micros`, counted from 1970.
fn hour_at(zone: Tz, micros: i64) -> Option<i64> {
    let at = DateTime::from_timestamp_micros(micros)?;
    let offset = zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc();
    Some(at.timestamp().saturating_add(i64::from(offset)).div_euclid(SECONDS))
}

/// The wall clock at the start of an hour.
fn wall(hour: i64) -> Option<NaiveDateTime> {
    Some(DateTime::from_timestamp(hour.checked_mul(SECONDS)?, 0)?.naive_utc())
}

/// The first moment, in microseconds since 1970, at which the clock shows an hour; `None` where it skips that.
fn begins(zone: Tz, hour: i64) -> Option<i64> {
    let begin = wall(hour)?;
    let quarters = (0..4).map(|quarter| begin + chrono::TimeDelta::minutes(15 * quarter));
    quarters.filter_map(|at| zone.from_local_datetime(&at).earliest()).map(|at| at.timestamp_micros()).next()
}

impl Rhythm {
    /// The rhythm of `times`, in microseconds since 1970, in the period `window`. Hours at its ends that are not whole are
    /// left out. `None` where it is shorter than four weeks.
    pub(super) fn of(times: impl Iterator<Item = i64>, window: (i64, i64), zone: Tz) -> Option<Self> {
        let (from, to) = window;
        let days = hour_at(zone, to)?.div_euclid(24) - hour_at(zone, from)?.div_euclid(24) + 1;
        let first = hour_at(zone, from.saturating_sub(1))?.saturating_add(1);
        let last = hour_at(zone, to.saturating_add(1))?.saturating_sub(1);
        if days < FOUR_WEEKS || last < first {
            return None;
        }
        let first = first.max(last.saturating_sub(MOST - 1));
        let len = usize::try_from(last - first + 1).ok()?;
        // Clocks change at quarters of an hour, so that a zone is asked once for each.
        let mut quarters: BTreeMap<i64, u32> = BTreeMap::new();
        for at in times.filter(|at| (from..=to).contains(at)) {
            *quarters.entry(at.div_euclid(QUARTER)).or_default() += 1;
        }
        let mut counts = vec![0_u32; len];
        for (quarter, count) in quarters {
            let hour =
                hour_at(zone, quarter.saturating_mul(QUARTER)).and_then(|hour| usize::try_from(hour - first).ok());
            if let Some(slot) = hour.and_then(|hour| counts.get_mut(hour)) {
                *slot = slot.saturating_add(count);
            }
        }
        let there = (first..=last).map(|hour| begins(zone, hour).is_some()).collect();
        let mut rhythm = Self { zone, first, counts, there, expected: Vec::new(), spread: Vec::new() };
        rhythm.expected = (0..len).map(|at| rhythm.elsewhere(at, &(0..0))).collect();
        let mut sum = (0.0, 0.0);
        rhythm.spread.push(sum);
        for (at, expected) in rhythm.expected.iter().enumerate() {
            if let Some(expected) = expected.filter(|_| rhythm.there[at]) {
                let mean = expected.mean();
                sum.0 += (f64::from(rhythm.counts[at]) - mean).powi(2);
                sum.1 += mean * (1.0 + 1.0 / f64::from(expected.weeks));
            }
            rhythm.spread.push(sum);
        }
        Some(rhythm)
    }

    /// The hour of the wall clock at a position.
    const fn hour(&self, at: usize) -> i64 {
        self.first.saturating_add_unsigned(at as u64)
    }

    /// The same hour `weeks` weeks later, if it is in the period.
    fn shifted(&self, at: usize, weeks: isize) -> Option<usize> {
        let other = at.checked_add_signed(weeks * WEEK.cast_signed())?;
        (other < self.counts.len() && self.there[other]).then_some(other)
    }

    /// What the nearest other weeks had in an hour; those inside of `gap` say nothing.
    fn elsewhere(&self, at: usize, gap: &Range<usize>) -> Option<Expected> {
        let mut found = Expected { sum: 0, weeks: 0 };
        for other in weeks().filter_map(|weeks| self.shifted(at, weeks)).filter(|other| !gap.contains(other)) {
            found.sum += u64::from(self.counts[other]);
            found.weeks += 1;
        }
        (found.weeks >= FEW).then_some(found)
    }

    fn expected(&self, at: usize, gap: &Range<usize>) -> Option<Expected> {
        if !self.there[at] {
            return None;
        }
        if gap.len() < WEEK { self.expected[at] } else { self.elsewhere(at, gap) }
    }

    /// How much is to be expected in an hour.
    fn mean(&self, at: usize, gap: &Range<usize>) -> f64 {
        self.expected(at, gap).map_or(0.0, Expected::mean)
    }

    /// Hours that have a rhythm to be held against.
    pub(super) fn hours(&self) -> u64 {
        self.expected.iter().zip(&self.there).filter(|(expected, there)| expected.is_some() && **there).count() as u64
    }

    /// Stretches of hours in which nothing came, each as long as can be.
    pub(super) fn silences(&self) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut from = None;
        for at in 0..=self.counts.len() {
            let silent = at < self.counts.len() && self.counts[at] == 0;
            match (silent, from) {
                (true, None) => from = Some(at),
                (false, Some(start)) => {
                    found.push(start..at);
                    from = None;
                }
                _ => {}
            }
        }
        found
    }

    /// The weight of hours without anything if counts scatter by chance alone.
    fn poisson(&self, gap: &Range<usize>, judged: impl Iterator<Item = usize>) -> Weight {
        let mut weight = Weight::default();
        for expected in judged.filter_map(|at| self.expected(at, gap)) {
            weight.expected += expected.mean();
            let weeks = f64::from(expected.weeks);
            weight.surprise += expected.sum as f64 * ((weeks + 1.0) / weeks).ln();
        }
        weight
    }

    /// How unlikely it is that nothing came in the hours `judged` of the silence `gap`.
    ///
    /// Of two Poisson counts with one rate, the chance that all of their sum falls into the others' time is a power of
    /// that time's share (Przyborowski and Wilenski 1940): so a rhythm that few weeks tell of proves less. What this
    /// source's counts scatter beyond Poisson divides the exponent (Wedderburn's quasi-likelihood, 1974), and where the
    /// typical other week had less in these hours than the mean of all, the typical week counts.
    pub(super) fn weigh(&self, gap: &Range<usize>, judged: &[usize]) -> Weight {
        let weight = self.poisson(gap, judged.iter().copied());
        let mut ratios: Vec<f64> = Vec::new();
        for week in weeks() {
            let (mut mean, mut count) = (0.0, 0_u64);
            for at in judged.iter().copied() {
                let Some(other) = self.shifted(at, week).filter(|other| !gap.contains(other)) else { continue };
                mean += self.mean(at, gap);
                count += u64::from(self.counts[other]);
            }
            if mean > 0.0 && mean * 2.0 >= weight.expected {
                ratios.push(count as f64 / mean);
            }
        }
        ratios.sort_unstable_by(f64::total_cmp);
        let typical = ratios.get(ratios.len().saturating_sub(1) / 2).map_or(1.0, |ratio| ratio.min(1.0));
        let all = self.spread.last().copied().unwrap_or_default();
        let flushed = (gap.end + FLUSH).min(self.counts.len());
        let (from, to) = (self.spread[gap.start], self.spread[flushed]);
        let (seen, chance) = (all.0 - (to.0 - from.0), all.1 - (to.1 - from.1));
        let scatter = if chance > 0.0 { (seen / chance).max(1.0) } else { 1.0 };
        Weight { expected: weight.expected * typical, surprise: weight.surprise * typical / scatter }
    }

    /// The most that a whole day without anything could weigh, if counts did not scatter: where even that is within
    /// chance, nothing can be said.
    pub(super) fn heaviest_day(&self) -> f64 {
        let days = self.days(&(0..self.counts.len()));
        days.into_iter().map(|day| self.poisson(&(0..0), day).surprise).fold(0.0, f64::max)
    }

    /// The days that a range of hours touches, each as its hours in that range.
    fn days(&self, of: &Range<usize>) -> Vec<Range<usize>> {
        let mut days: Vec<Range<usize>> = Vec::new();
        let mut from = of.start;
        while from < of.end {
            let left = 24 - self.hour(from).rem_euclid(24) as usize;
            let to = (from + left).min(of.end);
            days.push(from..to);
            from = to;
        }
        days
    }

    /// The hours of a silence that only an interruption explains; `None` where it may be a day off, an early close or a
    /// late opening: it holds a whole day on which something was to be expected, or only one of its ends, before or after
    /// the quiet hours in it, is in busy ones.
    pub(super) fn awake(&self, gap: &Range<usize>) -> Option<Vec<usize>> {
        const SURE: f64 = 5.0;
        const QUIET: f64 = 0.2;
        let mean = |at: usize| self.mean(at, gap);
        let whole = |day: &Range<usize>| {
            // Hours of the day that the gap does not hold may lie outside of the period.
            let starts = day.start == 0 || self.hour(day.start).rem_euclid(24) == 0;
            let ends = day.end == self.counts.len() || self.hour(day.end).rem_euclid(24) == 0;
            starts && ends
        };
        let sum = |range: Range<usize>| range.map(mean).sum::<f64>();
        if self.days(gap).iter().any(|day| whole(day) && sum(day.clone()) >= SURE) {
            return None;
        }
        let busiest = gap.clone().map(mean).fold(0.0, f64::max);
        let is_quiet = |at: &usize| self.there[*at] && mean(*at) < QUIET * busiest;
        let (first, last) = (gap.clone().find(is_quiet), gap.clone().rev().find(is_quiet));
        let Some((first, last)) = first.zip(last) else { return Some(gap.clone().collect()) };
        let (head, tail) = (gap.start..first, last + 1..gap.end);
        (sum(head.clone()) >= SURE && sum(tail.clone()) >= SURE).then(|| head.chain(tail).collect())
    }

    /// Of the days that a silence touches, how much of what was to be expected came outside of it, up to 1: on a day that
    /// is thin as a whole, by more than half, a silence proves less.
    pub(super) fn usual_around(&self, gap: &Range<usize>) -> f64 {
        let back = self.hour(gap.start).rem_euclid(24) as usize;
        let ahead = (24 - self.hour(gap.end).rem_euclid(24)) as usize % 24;
        let before = gap.start.saturating_sub(back)..gap.start;
        let after = gap.end..(gap.end + ahead).min(self.counts.len());
        let (mut came, mut expected) = (1.0, 1.0);
        for at in before.chain(after) {
            came += f64::from(self.counts[at]);
            expected += self.mean(at, gap);
        }
        // Half of it is within the ups and downs of days.
        (2.0 * came / expected).min(1.0)
    }

    /// The first moment of a range of hours and the first one after it, in microseconds since 1970.
    pub(super) fn period(&self, gap: &Range<usize>) -> (i64, i64) {
        let begin = |at: usize| {
            (0..4).find_map(|later| begins(self.zone, self.hour(at).saturating_add(later))).unwrap_or_default()
        };
        (begin(gap.start), begin(gap.end))
    }

    /// A range of hours in words, as the wall clock shows it: `Tue 2026-10-20 10:00 to 15:00`.
    pub(super) fn words(&self, gap: &Range<usize>) -> String {
        let (from, to) = (wall(self.hour(gap.start)), wall(self.hour(gap.end)));
        let (Some(from), Some(to)) = (from, to) else { return String::new() };
        let end = if from.date() == to.date() { to.format("%H:%M") } else { to.format("%a %Y-%m-%d %H:%M") };
        format!("{} to {end} ({})", from.format("%a %Y-%m-%d %H:%M"), self.zone.name())
    }
}

/// The other weeks that speak for an hour, as distances.
fn weeks() -> impl Iterator<Item = isize> {
    let near = NEAR.cast_signed();
    (-near..=near).filter(|weeks| *weeks != 0)
}
