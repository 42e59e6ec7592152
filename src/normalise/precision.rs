//! How finely a column of times is stamped: what is stamped to the minute or the day cannot prove seconds.

use std::collections::BTreeSet;

use super::timestamp::Times;

/// How finely times are stamped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// To the second, or finer.
    Seconds,
    /// To the minute: every second is `:00`.
    Minutes,
    /// To the day: every time of day is midnight.
    Days,
}

impl Precision {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seconds => "second",
            Self::Minutes => "minute",
            Self::Days => "day",
        }
    }

    /// The longest time, in microseconds, by which a stamp may lie before what it stamps.
    #[must_use]
    pub const fn slack(self) -> i64 {
        match self {
            Self::Seconds => 1_000_000,
            Self::Minutes => 60_000_000,
            Self::Days => 86_400_000_000,
        }
    }

    /// The precision of `times`. Fewer than five times prove nothing and count as stamped to the second. Midnight is that
    /// of any zone, summer and winter.
    #[must_use]
    pub fn of(times: &Times) -> Self {
        Self::of_micros(&times.micros)
    }

    /// The same of times in microseconds since 1970; [`Times::MISSING`] stands for none.
    #[must_use]
    pub fn of_micros(micros: &[i64]) -> Self {
        const FEW: usize = 5;
        const SECOND: i64 = 1_000_000;
        const DAY: i64 = 86_400 * SECOND;
        let mut seen = 0;
        let mut of_day = BTreeSet::new();
        let mut days = BTreeSet::new();
        for at in micros.iter().copied().filter(|at| *at != Times::MISSING) {
            if at % (60 * SECOND) != 0 {
                return Self::Seconds;
            }
            seen += 1;
            if of_day.len() < FEW {
                of_day.insert(at.rem_euclid(DAY));
            }
            if days.len() < FEW {
                days.insert(at.div_euclid(DAY));
            }
        }
        if seen < FEW {
            return Self::Seconds;
        }
        // One midnight in winter and one in summer.
        let midnight = of_day.len() <= 2 && of_day.iter().all(|at| at % (15 * 60 * SECOND) == 0);
        if midnight && days.len() >= FEW { Self::Days } else { Self::Minutes }
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::{Column, NamedFrom, Series};

    use super::*;
    use crate::normalise::text::Text;

    fn of(cells: &[String], zone: &str) -> Precision {
        let column = Column::from(Series::new("t".into(), cells));
        Precision::of(&Times::read(&Text::new(&column).unwrap(), zone.parse().unwrap(), None))
    }

    #[test]
    fn precision_is_learned_from_all_times() {
        let cells = |clock: &str| -> Vec<String> { (1..10).map(|day| format!("2026-10-0{day}{clock}")).collect() };
        assert_eq!(of(&cells(""), "UTC"), Precision::Days);
        assert_eq!(of(&cells(" 09:30"), "UTC"), Precision::Days, "a batch at a fixed hour proves no more than a day");
        assert_eq!(of(&cells(" 09:30:07"), "UTC"), Precision::Seconds);
        let minutes: Vec<String> = (0..9).map(|m| format!("2026-10-01 09:{:02}", m * 7)).collect();
        assert_eq!(of(&minutes, "UTC"), Precision::Minutes);
        let summer: Vec<String> = (20..30).map(|day| format!("2026-10-{day}")).collect();
        assert_eq!(of(&summer, "Europe/Berlin"), Precision::Days, "over the end of summer time");
        assert_eq!(of(&cells("")[..4], "UTC"), Precision::Seconds, "four times prove nothing");
    }
}
