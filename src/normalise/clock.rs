//! The clock of a run: the newest time that the exports themselves vouch for (RULES, "Clock").

use std::collections::BTreeMap;

use rayon::prelude::*;

const DAY: i64 = 86_400_000_000;
/// How near another time of the same source must be for a time to be believed.
const COMPANY: i64 = 31 * DAY;

/// The times of one source by day: a summary of any number of rows that merges with others of its kind.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct DayProfile {
    /// Day since 1970 to the newest times of that day, up to two.
    days: BTreeMap<i64, (i64, Option<i64>)>,
}

fn keep(newest: &mut (i64, Option<i64>), at: i64) {
    if at >= newest.0 {
        *newest = (at, Some(newest.0));
    } else if newest.1.is_none_or(|second| at > second) {
        newest.1 = Some(at);
    }
}

impl DayProfile {
    /// The profile of times in microseconds since 1970; `missing` stands for none. Only times up to `limit` count.
    #[must_use]
    pub fn of(micros: &[i64], missing: i64, limit: i64) -> Self {
        micros
            .par_chunks(64 * 1024)
            .map(|part| {
                let mut days: BTreeMap<i64, (i64, Option<i64>)> = BTreeMap::new();
                for at in part.iter().copied().filter(|at| *at != missing && *at <= limit) {
                    days.entry(at.div_euclid(DAY)).and_modify(|newest| keep(newest, at)).or_insert((at, None));
                }
                Self { days }
            })
            .reduce(Self::default, Self::merge)
    }

    /// Both profiles as one.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        for (day, (first, second)) in other.days {
            let newest = self.days.entry(day).and_modify(|newest| keep(newest, first)).or_insert((first, None));
            if let Some(second) = second {
                keep(newest, second);
            }
        }
        self
    }

    /// The newest time that has another one within the 31 days before it.
    #[must_use]
    pub fn newest(&self) -> Option<i64> {
        let mut newer: Option<i64> = None;
        for (first, second) in self.days.values().rev() {
            if let Some(newer) = newer
                && newer - first <= COMPANY
            {
                return Some(newer);
            }
            if second.is_some() {
                return Some(*first);
            }
            newer = Some(*first);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: i64 = i64::MIN;

    fn newest(days: &[i64]) -> Option<i64> {
        let micros: Vec<i64> = days.iter().map(|day| if *day == NONE { NONE } else { day * DAY }).collect();
        DayProfile::of(&micros, NONE, 1_000 * DAY).newest().map(|at| at / DAY)
    }

    #[test]
    fn a_time_without_company_is_not_believed() {
        assert_eq!(newest(&[10, 20, 90, NONE]), Some(20));
        assert_eq!(newest(&[10, 20, 51]), Some(51));
        assert_eq!(newest(&[10, 90, 90]), Some(90));
        assert_eq!(newest(&[10]), None);
        assert_eq!(newest(&[10, 20, 5000, 5001]), Some(20));
    }

    #[test]
    fn profiles_merge_in_any_order() {
        let (a, b) = ([DAY, 2 * DAY, 2 * DAY + 5], [2 * DAY + 7, 40 * DAY]);
        let whole = DayProfile::of(&[&a[..], &b[..]].concat(), NONE, i64::MAX);
        let (a, b) = (DayProfile::of(&a, NONE, i64::MAX), DayProfile::of(&b, NONE, i64::MAX));
        assert_eq!(a.clone().merge(b.clone()), whole);
        assert_eq!(b.merge(a), whole);
    }
}
