//! How old a record is at least, and how long it waited: stamps to the minute or the day, and unknown zones, prove less.

use crate::model::Role;
use crate::normalise::timestamp::Times;
use crate::normalise::{Facts, Table};
use crate::rules::check::Check;

pub(super) const MINUTE: i64 = 60_000_000;
pub(super) const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// After how long a record that nobody has is nobody's, and no longer on its way.
pub(super) const ON_ITS_WAY: i64 = 2 * HOUR;

/// The times of creation of a table, held against the clock.
pub(super) struct Created<'t> {
    times: &'t Times,
    slack: i64,
    naive_slack: i64,
    as_of: Option<i64>,
}

impl<'t> Created<'t> {
    /// `None` without such a column.
    pub(super) fn of(cx: &Check<'_>, table: &'t Table) -> Option<Self> {
        /// Local times of the westernmost zone, read as UTC, are this much too early.
        const WEST: i64 = 12 * HOUR;
        let column = table.role(Role::CreatedAt)?;
        let alone = cx.facts.as_of_from == "export"
            && !cx.all.iter().any(|other| other.index != table.index && has_clock(other));
        let naive_slack = if table.knows_zone() || alone { 0 } else { WEST };
        Some(Self { times: table.times(column), slack: slack(cx.facts, table), naive_slack, as_of: cx.facts.as_of })
    }

    /// When a row was created, in microseconds since 1970.
    pub(super) fn at(&self, row: u32) -> Option<i64> {
        self.times.get(row)
    }

    /// For how long a row has certainly been there, in microseconds; `None` where that is not
    /// known, or there is no clock.
    pub(super) fn age(&self, row: u32) -> Option<i64> {
        let slack = if self.times.is_naive(row) { self.slack.saturating_add(self.naive_slack) } else { self.slack };
        Some(self.as_of?.saturating_sub(self.at(row)?).saturating_sub(slack))
    }
}

/// Whether a source has times that move the clock.
fn has_clock(table: &Table) -> bool {
    table.source.columns().any(|column| table.source.role_of(column).is_some_and(Role::moves_clock))
}

/// By how much the records of `table` may be younger than their stamp.
pub(super) fn slack(facts: &Facts, table: &Table) -> i64 {
    facts.of(table).precision.slack()
}

/// A span of time in the unit that people would say it in.
pub(super) fn span(micros: i64) -> String {
    match micros.max(0) {
        micros if micros < 2 * HOUR => format!("{} minutes", micros / MINUTE),
        micros if micros < 2 * DAY => format!("{} hours", micros / HOUR),
        micros => format!("{} days", micros / DAY),
    }
}
