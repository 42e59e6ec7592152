//! DRF006: a column whose values are shared out otherwise than before.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::beside_baseline::{columns, past, shown};
use crate::evidence::fingerprint::Identity;
use crate::model::place;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Categorical columns whose values are shared out otherwise than in the baseline: the population stability index
    /// between the counts then and now is over 0.2. Each value is a bin, new and vanished ones too; case and space make no
    /// other value. Half a row is added to every bin on both sides, so that an empty one has a share. With *p* the share
    /// of a bin then and *q* now, the index is the sum of (*q* − *p*) · ln(*q* / *p*).
    ///
    /// Many bins over few rows give a high index by chance alone. Where nothing has changed, the index divided by
    /// 1/*rows then* + 1/*rows now* is spread like chi-squared, with one degree of freedom fewer than there are bins. So it
    /// must also be over what chance reaches once in a thousand times.
    ///
    /// Compared are columns with 500 filled rows on both sides, of sources whose first and last times, or `covers`, span
    /// periods of the same length, within a tenth of the longer one. Not compared are cells that hold several values, and
    /// sources that the baseline cannot tell apart because the config does not name them. What is not compared is listed
    /// with the rules that were skipped.
    ///
    /// ## Why it matters
    ///
    /// A form that lost a choice, or an integration that writes its default, leaves every single value valid. Only the
    /// shares show it.
    ///
    /// ## Example
    ///
    /// With fewer rows than usual, to fit on a page:
    ///
    /// ```toml
    /// [rules.DRF006]
    /// at-least = 8
    /// ```
    ///
    /// An earlier run saw this:
    ///
    /// ```csv lead before
    /// Id,Region,CreatedDate
    /// 1,East,2026-09-01
    /// 2,East,2026-09-05
    /// 3,East,2026-09-09
    /// 4,East,2026-09-13
    /// 5,East,2026-09-17
    /// 6,East,2026-09-21
    /// 7,East,2026-09-25
    /// 8,West,2026-09-30
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Region,CreatedDate
    /// 11,West,2026-10-01
    /// 12,West,2026-10-05
    /// 13,West,2026-10-09
    /// 14,West,2026-10-13
    /// 15,West,2026-10-17
    /// 16,West,2026-10-21
    /// 17,West,2026-10-25
    /// 18,West,2026-10-30
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Region,CreatedDate
    /// 11,East,2026-10-01
    /// 12,East,2026-10-05
    /// 13,East,2026-10-09
    /// 14,East,2026-10-13
    /// 15,East,2026-10-17
    /// 16,East,2026-10-21
    /// 17,West,2026-10-25
    /// 18,West,2026-10-30
    /// ```
    ///
    /// ## Options
    ///
    /// - `above`: the index over which a column is listed.
    /// - `at-least`: filled rows that both sides need.
    ///
    /// ## Cleanup
    ///
    /// None by script: the cause is a form, an import or the market.
    ///
    /// ## References
    ///
    /// N. Siddiqi, *Credit Risk Scorecards*, Wiley 2006, on the index. B. Yurdakul, *Statistical Properties of Population
    /// Stability Index*, Western Michigan University 2018, on its spread. E. B. Wilson and M. M. Hilferty, *The
    /// Distribution of Chi-Square*, PNAS 17, 1931, on its quantiles.
    pub struct ShiftedDistribution {
        code: "DRF006",
        name: "shifted-distribution",
        family: Drift,
        severity: Warning,
        dimension: Consistency,
        scope: Scope::Facts,
        kinds: [Crm, Chat, SyncLog],
        needs: [Need::Baseline],
        safety: Manual,
        message: "the values of {source} · {column} are shared out otherwise than in the baseline",
        since: "0.1.0",
        options: Options,
        check: check,
    }
}

/// `[rules.DRF006]`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// The index over which a column is listed.
    pub above: f64,
    /// Filled rows that both sides need.
    pub at_least: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { above: 0.2, at_least: 500 }
    }
}

fn check(cx: &Check<'_>, options: &Options) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let Some(baseline) = &cx.facts.baseline else { return Ok(out) };
    let (identity, called) = (Identity::new(cx.config.audit.salt.as_deref()), baseline.called());
    for table in &cx.tables {
        let name = table.name();
        let Some((at, past)) = past(cx, table, baseline, &mut out) else { continue };
        if cx.all.iter().filter(|other| place(&other.source) == at).count() > 1 {
            out.unchecked(format!(
                "{name} shares its kind and object with another source, and a baseline does not tell them apart; name both under [sources]"
            ));
            continue;
        }
        let now = cx.facts.of(table).window.and_then(|(from, to)| {
            Some((DateTime::from_timestamp_micros(from)?, DateTime::from_timestamp_micros(to)?))
        });
        if let Err(why) = same_length(past.window, now) {
            out.unchecked(format!("{name}: {why}; compare periods of one length, or state them as covers"));
            continue;
        }
        let mut small = Vec::new();
        for beside in columns(cx, table, past, &called, &mut out) {
            let header = table.source.header(beside.column);
            let mut bins: BTreeMap<String, Bin<'_>> = BTreeMap::new();
            for (hash, rows) in beside.then {
                bins.entry(hash.clone()).or_default().then = *rows;
            }
            for (value, rows) in &beside.now {
                let bin = bins.entry(identity.keep(&at, beside.field, value)).or_default();
                bin.now += rows;
                bin.value.get_or_insert(trimmed(value));
            }
            let bins: Vec<Bin<'_>> = bins.into_values().collect();
            let (then, now) =
                (bins.iter().map(|bin| bin.then).sum::<u64>(), bins.iter().map(|bin| bin.now).sum::<u64>());
            if beside.separator.is_some() || then > past.rows {
                out.unchecked(format!("cells of {name} · {header} hold several values"));
                continue;
            }
            if then.min(now) < options.at_least {
                small.push(header);
                continue;
            }
            out.checked(table, Some(beside.column), now);
            let (index, mut parts) = stability(&bins, then, now);
            let chance = chi_squared_999(bins.len()) * (1.0 / then as f64 + 1.0 / now as f64);
            if index <= options.above || index <= chance {
                continue;
            }
            // The largest first; where parts are equal, by what people see.
            parts.sort_by(|(a, one), (b, other)| b.total_cmp(a).then_with(|| one.value.cmp(&other.value)));
            let moved: Vec<String> = parts.iter().take(3).map(|(_, bin)| bin.said(then, now)).collect();
            let detail = format!("index {index:.2} against {called}: {}", moved.join(", "));
            out.push(Hits::whole(table, Some(beside.column), &detail)?);
        }
        if !small.is_empty() {
            out.unchecked(format!(
                "{name} has fewer than {} filled rows, then or now, in {}",
                options.at_least,
                small.join(", ")
            ));
        }
    }
    Ok(out)
}

/// A value: rows that held it then, rows that hold it now, and how it is written now.
#[derive(Debug, Default, Clone, Copy)]
struct Bin<'a> {
    then: u64,
    now: u64,
    value: Option<&'a str>,
}

impl Bin<'_> {
    fn said(&self, then: u64, now: u64) -> String {
        let share = |rows: u64, of: u64| rows as f64 * 100.0 / of as f64;
        let value = self.value.map_or_else(|| "a value that is gone".to_owned(), shown);
        format!("{value} from {:.1} % to {:.1} %", share(self.then, then), share(self.now, now))
    }
}

/// The population stability index, and what each bin adds to it, in the order of the bins.
fn stability<'a, 'v>(bins: &'a [Bin<'v>], then: u64, now: u64) -> (f64, Vec<(f64, &'a Bin<'v>)>) {
    let share = |rows: u64, of: u64| (rows as f64 + 0.5) / (of as f64 + 0.5 * bins.len() as f64);
    let parts: Vec<(f64, &Bin<'_>)> = bins
        .iter()
        .map(|bin| {
            let (p, q) = (share(bin.then, then), share(bin.now, now));
            ((q - p) * (q / p).ln(), bin)
        })
        .collect();
    (parts.iter().map(|(part, _)| part).sum(), parts)
}

/// The 99.9 % quantile of chi-squared with one degree of freedom fewer than `bins`, after Wilson and Hilferty: 3 % too high
/// at one degree of freedom, closer the more there are.
fn chi_squared_999(bins: usize) -> f64 {
    const NORMAL_999: f64 = 3.090_232_306_167_813;
    let degrees = bins.saturating_sub(1).max(1) as f64;
    let spread = 2.0 / (9.0 * degrees);
    degrees * (1.0 - spread + NORMAL_999 * spread.sqrt()).powi(3)
}

type Window = Option<(DateTime<Utc>, DateTime<Utc>)>;

/// Whether two periods differ by at most a tenth of the longer one; else why they do not compare.
fn same_length(then: Window, now: Window) -> Result<(), String> {
    let length = |(from, to): (DateTime<Utc>, DateTime<Utc>)| (to - from).num_minutes();
    let (Some(then), Some(now)) = (then.map(length), now.map(length)) else {
        return Err(
            "without created, started or logged times then and now the periods cannot be held side by side".into()
        );
    };
    let longer = then.max(now);
    if longer <= 0 {
        return Err("all its times are one".into());
    }
    if (then - now).abs() * 10 <= longer {
        return Ok(());
    }
    let days = |minutes: i64| minutes as f64 / 1440.0;
    Err(format!("it spans {:.1} days now, and {:.1} in the baseline", days(now), days(then)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::flagged_since;

    /// Leads over September, so many of each region.
    fn leads(regions: &[(&str, usize)]) -> String {
        let cells = regions.iter().flat_map(|(region, rows)| vec![*region; *rows]);
        let rows = cells.enumerate().map(|(n, region)| format!("{n},{region},2026-09-{:02}\n", n % 30 + 1));
        std::iter::once("Id,Region,CreatedDate\n".to_owned()).chain(rows).collect()
    }

    fn run(before: &str, now: &str) -> (Vec<String>, Vec<String>) {
        let (found, said) = flagged_since("DRF006", "", &[("lead", before)], &[("lead", now)]);
        (found.into_iter().map(|row| row.detail).collect(), said)
    }

    #[test]
    fn the_index_is_that_of_the_books() {
        let bins = [Bin { then: 300, now: 200, value: None }, Bin { then: 300, now: 400, value: None }];
        // By hand, without the half rows: (1/3 - 1/2) ln(2/3) + (2/3 - 1/2) ln(4/3) = 0.1155.
        assert!((stability(&bins, 600, 600).0 - 0.1155).abs() < 0.001);
        // Tables of chi-squared: 10.828 at 1 degree, 29.588 at 10, 149.449 at 100.
        for (bins, quantile) in [(2, 10.828), (11, 29.588), (101, 149.449)] {
            assert!((chi_squared_999(bins) / quantile - 1.0).abs() < 0.035, "{bins}: {}", chi_squared_999(bins));
        }
    }

    #[test]
    fn moved_new_and_vanished_values_are_named_by_how_much_they_add() {
        let before = leads(&[("East", 300), ("West", 200), ("South", 100)]);
        let (found, said) = run(&before, &leads(&[("east", 300), ("West", 60), ("North", 240)]));
        assert_eq!(said, Vec::<String>::new());
        assert_eq!(found.len(), 1);
        let (_, moved) = found[0].split_once(": ").unwrap();
        assert_eq!(
            moved,
            "\"North\" from 0.0 % to 40.0 %, a value that is gone from 16.7 % to 0.0 %, \"West\" from 33.3 % to 10.0 %"
        );
        assert!(run(&before, &leads(&[("East", 320), ("West", 220), ("South", 80)])).0.is_empty());
        let collapsed = run(&before, &leads(&[("East", 600)])).0;
        assert!(collapsed[0].contains("\"East\" from 50.0 % to 100.0 %"), "{collapsed:?}");
    }

    #[test]
    fn few_rows_and_periods_of_other_lengths_are_said() {
        let before = leads(&[("East", 300), ("West", 200)]);
        let (found, said) = run(&before, &leads(&[("East", 100), ("West", 399)]));
        assert!(found.is_empty());
        assert_eq!(said, ["lead has fewer than 500 filled rows, then or now, in Region"]);
        assert_eq!(run(&before, &leads(&[("East", 100), ("West", 400)])).0.len(), 1);
        let shorter = leads(&[("East", 100), ("West", 400)]).replace("-09-3", "-09-1").replace("-09-2", "-09-1");
        let (found, said) = run(&before, &shorter);
        assert!(found.is_empty());
        assert!(said[0].starts_with("lead: it spans 18.0 days now, and 29.0 in the baseline"), "{said:?}");
    }

    #[test]
    fn many_values_differ_by_chance() {
        // Two draws of 500 from 200 equally likely values, by a fixed generator.
        let draw = |mut seed: u64| {
            let mut counts: BTreeMap<String, usize> = BTreeMap::new();
            for _ in 0..500 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                *counts.entry(format!("Region {}x", (seed >> 33) % 200)).or_default() += 1;
            }
            leads(&counts.iter().map(|(region, rows)| (region.as_str(), *rows)).collect::<Vec<_>>())
        };
        for seed in 0..8 {
            let (found, said) = run(&draw(seed), &draw(seed + 100));
            assert!(found.is_empty() && said.is_empty(), "{seed}: {found:?} {said:?}");
        }
    }
}
