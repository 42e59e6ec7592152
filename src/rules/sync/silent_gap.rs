//! SYN005: hours in which nothing came although other weeks say that it ought to.

use std::borrow::Cow;

use chrono::{DateTime, SecondsFormat};
use chrono_tz::Tz;
use polars::prelude::{DataFrame, NamedFrom};
use serde::Deserializer;
use serde::de::Error as _;

use super::latency::chats;
use super::rhythm::Rhythm;
use super::unanswered::{Unanswered, window};
use crate::normalise::gate::verdicts;
use crate::normalise::precision::Precision;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Stretches of hours in which nothing came, although the same weekday and hour of the nearest other weeks (up to four
    /// before and four after) say that it ought to. Weekday and hour are those of `[audit] timezone`. Consecutive silent
    /// hours are one gap. Two things are looked at:
    ///
    /// - *Leads that chats made*, by their time of creation. A gap is one only if chats that ought to become leads went on
    ///   ending in it: so many that, at the share of chats that make a lead, none is beyond chance as well. Chats whose lead
    ///   came within `[sync] alert-seconds` prove nothing missing. Where nobody chatted, no lead was to be expected.
    /// - *Chats*, by their start; spam, bots and tests aside. Severity warning, for nobody else witnesses them. A gap that
    ///   holds a whole day on which chats were to be expected is taken for a day off, one that begins or ends in quiet hours
    ///   for an early close or a late opening, and on a day that was thin all day it counts for less; how many there are is
    ///   said.
    ///
    /// A gap is one when chance makes so long a silence too rarely: under `chance` over all hours looked at. About fourteen
    /// chats or leads must have been to be expected, more where few other weeks tell the rhythm or counts scatter. Where not
    /// even an empty day would be enough, the report says that traffic is too thin; the same where the period is shorter than
    /// four weeks, or times are dates. The broken hours at both ends of the period, and for leads the grace at its end, are
    /// not judged, nor what is older than two years.
    ///
    /// ## Why it matters
    ///
    /// A queue that stands still or a widget that does not load leaves no row behind, and so nothing that another rule could
    /// point at.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [rules.SYN005]
    /// chance = 0.9
    /// ```
    ///
    /// ```csv chat flags
    /// chat_id,started_at
    /// c1,2026-09-01T11:00:00Z
    /// c2,2026-09-08T10:00:00Z
    /// c3,2026-09-08T10:06:00Z
    /// c4,2026-09-08T10:12:00Z
    /// c5,2026-09-08T10:18:00Z
    /// c6,2026-09-08T10:24:00Z
    /// c7,2026-09-08T10:30:00Z
    /// c8,2026-09-08T10:36:00Z
    /// c9,2026-09-08T10:42:00Z
    /// c10,2026-09-08T10:48:00Z
    /// c11,2026-09-08T10:54:00Z
    /// c12,2026-09-15T09:50:00Z
    /// c13,2026-09-15T11:05:00Z
    /// c14,2026-09-22T10:00:00Z
    /// c15,2026-09-22T10:06:00Z
    /// c16,2026-09-22T10:12:00Z
    /// c17,2026-09-22T10:18:00Z
    /// c18,2026-09-22T10:24:00Z
    /// c19,2026-09-22T10:30:00Z
    /// c20,2026-09-22T10:36:00Z
    /// c21,2026-09-22T10:42:00Z
    /// c22,2026-09-22T10:48:00Z
    /// c23,2026-09-22T10:54:00Z
    /// c24,2026-09-29T10:00:00Z
    /// c25,2026-09-29T10:06:00Z
    /// c26,2026-09-29T10:12:00Z
    /// c27,2026-09-29T10:18:00Z
    /// c28,2026-09-29T10:24:00Z
    /// c29,2026-09-29T10:30:00Z
    /// c30,2026-09-29T10:36:00Z
    /// c31,2026-09-29T10:42:00Z
    /// c32,2026-09-29T10:48:00Z
    /// c33,2026-09-29T10:54:00Z
    /// c34,2026-09-29T11:05:00Z
    /// ```
    ///
    /// ```csv chat passes
    /// chat_id,started_at
    /// c1,2026-09-01T10:00:00Z
    /// c2,2026-09-08T10:00:00Z
    /// c3,2026-09-22T10:00:00Z
    /// c4,2026-09-29T10:00:00Z
    /// ```
    ///
    /// ## Options
    ///
    /// - `chance`: how likely a false alarm may be in all hours of a source together, over 0 and under 1.
    ///
    /// ## Cleanup
    ///
    /// None by script: look at what stood still in these hours, and send its chats again.
    ///
    /// ## References
    ///
    /// Przyborowski and Wilenski, "Homogeneity of results in testing samples from Poisson series", Biometrika 31 (1940): the
    /// chance of a silence. Wedderburn, "Quasi-likelihood functions", Biometrika 61 (1974): counts that scatter more.
    /// Bonferroni's inequality: the number of hours looked at.
    pub struct SilentGap {
        code: "SYN005",
        name: "silent-gap",
        family: Sync,
        severity: Error,
        dimension: Timeliness,
        scope: Scope::Whole("the rhythm is that of all hours"),
        kinds: [Chat, Crm],
        needs: [],
        safety: Manual,
        message: "nothing came of {source} in {count|stretch|stretches} of hours that are busy in other weeks",
        since: "0.1.0",
        options: Options,
        check: check,
    }
}

/// Options under `[rules.SYN005]`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// How likely a false alarm may be in all hours of a source together.
    #[serde(deserialize_with = "chance")]
    pub chance: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { chance: 0.001 }
    }
}

fn chance<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let chance = f64::deserialize(from)?;
    let fits = chance > 0.0 && chance < 1.0;
    fits.then_some(chance).ok_or_else(|| D::Error::custom(format!("`chance` is {chance}, not over 0 and under 1")))
}

/// A silence that counts.
struct Gap {
    value: String,
    detail: String,
    severity: Severity,
}

fn check(cx: &Check<'_>, options: &Options) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let zone = cx.config.audit.timezone.as_ref().and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC);
    if chats(cx).next().is_none() {
        out.unchecked("silent hours are looked for in chats and in the leads that they made; load chats");
    }
    for table in chats(cx).filter(|table| table.height() > 0) {
        if let Some(why) = cx.facts.of(table).grain.passed_over(table.name()) {
            out.unchecked(why);
            continue;
        }
        let mut gaps = of_chats(cx, table, zone, options, &mut out);
        gaps.extend(of_leads(cx, table, zone, options, &mut out));
        if gaps.is_empty() {
            continue;
        }
        let text = |name: &str, of: &dyn Fn(&Gap) -> &str| {
            Series::new(name.into(), gaps.iter().map(|gap| of(gap).to_owned()).collect::<Vec<String>>()).into_column()
        };
        let severity: Vec<u32> = gaps.iter().map(|gap| gap.severity.rank()).collect();
        let columns = vec![
            text("value", &|gap| &gap.value),
            text("detail", &|gap| &gap.detail),
            Series::new("severity".into(), severity).into_column(),
        ];
        out.push(Hits::new(table, None, Place::Whole, DataFrame::new(gaps.len(), columns)?)?);
    }
    Ok(out)
}

/// The period of a rhythm as evidence shows it, in UTC.
fn value((from, to): (i64, i64)) -> String {
    let time = |at: i64| {
        DateTime::from_timestamp_micros(at).map_or_else(String::new, |at| at.to_rfc3339_opts(SecondsFormat::Secs, true))
    };
    format!("{} to {}", time(from), time(to))
}

/// The rhythm of some times of chats, if one can be told and is not too thin; else that is said.
fn rhythm(
    times: impl Iterator<Item = i64>,
    window: (i64, i64),
    zone: Tz,
    options: &Options,
    what: &str,
    out: &mut Outcome,
) -> Option<(Rhythm, f64)> {
    let Some(rhythm) = Rhythm::of(times, window, zone) else {
        out.unchecked(format!("{what}: under four weeks tell no rhythm of weekday and hour"));
        return None;
    };
    let enough = (rhythm.hours() as f64 / options.chance).ln();
    if rhythm.heaviest_day() < enough {
        out.unchecked(format!("{what}: too few for silent hours to be beyond chance"));
        return None;
    }
    Some((rhythm, enough))
}

/// Silences of the chats of one source.
fn of_chats(cx: &Check<'_>, table: &Table, zone: Tz, options: &Options, out: &mut Outcome) -> Vec<Gap> {
    let what = table.name();
    let column = [Role::StartedAt, Role::CreatedAt, Role::EndedAt].into_iter().find_map(|role| table.role(role));
    let Some((column, (from, to))) = column.zip(cx.facts.of(table).window) else {
        out.unchecked(format!("{what}: no time says when they began"));
        return Vec::new();
    };
    let times = table.times(column);
    if Precision::of(times) == Precision::Days {
        out.unchecked(format!("{what}: their times are dates, so hours cannot be judged"));
        return Vec::new();
    }
    let window = (from, cx.facts.as_of.map_or(to, |as_of| to.min(as_of)));
    let side = cx.facts.links.as_ref().and_then(|links| links.side(table.index));
    let verdicts = match side.filter(|side| side.verdicts.len() == table.height()) {
        Some(side) => Cow::Borrowed(&side.verdicts),
        None => Cow::Owned(verdicts(table, &cx.config.qualify)),
    };
    let people = times.micros.iter().zip(verdicts.iter()).filter(|(_, verdict)| verdict.is_person());
    let people = people.map(|(at, _)| *at).filter(|at| *at != Times::MISSING);
    let Some((rhythm, enough)) = rhythm(people, window, zone, options, what, out) else { return Vec::new() };
    out.checked(table, None, rhythm.hours());
    let (mut gaps, mut off) = (Vec::new(), 0_u64);
    for gap in rhythm.silences() {
        if rhythm.weigh(&gap, &gap.clone().collect::<Vec<_>>()).surprise < enough {
            continue;
        }
        let Some(awake) = rhythm.awake(&gap) else {
            off += 1;
            continue;
        };
        let weight = rhythm.weigh(&gap, &awake);
        if weight.surprise * rhythm.usual_around(&gap) < enough {
            off += 1;
            continue;
        }
        let told = cx.config.sync.alert_to.as_ref().map(|told| format!("; tell {told}")).unwrap_or_default();
        gaps.push(Gap {
            value: value(rhythm.period(&gap)),
            detail: format!(
                "no chat began from {}, where other weeks have about {:.0}{told}",
                rhythm.words(&gap),
                weight.expected
            ),
            severity: Severity::Warning,
        });
    }
    if off > 0 {
        out.unchecked(format!(
            "{what}: {off} silent stretches look like days off, thin days, early closes or late openings"
        ));
    }
    gaps
}

/// Silences of the leads that the chats of one source made, while its chats went on.
fn of_leads(cx: &Check<'_>, table: &Table, zone: Tz, options: &Options, out: &mut Outcome) -> Vec<Gap> {
    let what = format!("leads that {} made", table.name());
    let Some((links, side)) = cx.facts.links.as_ref().and_then(|links| Some((links, links.side(table.index)?))) else {
        out.unchecked(format!("{what}: neither leads nor contacts are loaded beside them"));
        return Vec::new();
    };
    let Some(window) = window(side, cx.facts.as_of) else {
        out.unchecked(format!("{what}: the periods of chats and leads have nothing in common"));
        return Vec::new();
    };
    let mut made: Vec<i64> = Vec::new();
    let mut answered: Vec<Option<i64>> = vec![None; side.verdicts.len()];
    let mut crude = false;
    for link in links.pairs()[links.of_source(table.index)].iter().filter(|link| link.made) {
        let records = link.record.source as usize;
        let Some(other) = cx.tables.iter().find(|other| other.index == records) else { continue };
        let Some(column) = other.role(Role::CreatedAt) else { continue };
        crude |= cx.facts.sources[records].precision == Precision::Days;
        let Some(created) = other.part_row(link.record.row).and_then(|row| other.times(column).get(row)) else {
            continue;
        };
        // Clocks that differ by a constant are MAP008's; the chats' own counts here.
        let shift = links.shift(table.index, records).map_or(0, |shift| shift.minutes[0].saturating_mul(60_000_000));
        let created = created.saturating_sub(shift);
        made.push(created);
        answered[link.chat.row as usize] = Some(created);
    }
    if crude || cx.facts.of(table).precision == Precision::Days {
        out.unchecked(format!("{what}: times are dates, so hours cannot be judged"));
        return Vec::new();
    }
    let Some((rhythm, enough)) = rhythm(made.into_iter(), window, zone, options, &what, out) else { return Vec::new() };
    out.checked(table, None, rhythm.hours());
    let chats = Unanswered::of(cx, side, &answered);
    let mut gaps = Vec::new();
    for gap in rhythm.silences() {
        let weight = rhythm.weigh(&gap, &gap.clone().collect::<Vec<_>>());
        if weight.surprise < enough {
            continue;
        }
        let period = rhythm.period(&gap);
        let left = chats.within(period);
        if chats.surprise(left) < enough {
            continue;
        }
        let told = match (&cx.config.sync.page_to, &cx.config.sync.alert_to) {
            (Some(page), _) => format!("; page {page}"),
            (None, Some(told)) => format!("; tell {told}"),
            (None, None) => String::new(),
        };
        gaps.push(Gap {
            value: value(period),
            detail: format!(
                "no chat made a lead from {}, where other weeks have about {:.0}, and {left} chats ended that ought to{told}",
                rhythm.words(&gap),
                weight.expected
            ),
            severity: Severity::Error,
        });
    }
    gaps
}

#[cfg(test)]
#[path = "silent_gap_tests.rs"]
mod tests;
