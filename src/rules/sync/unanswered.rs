//! Chats that ought to become leads and did not in time.

use super::latency::limits;
use crate::normalise::links::Chats;
use crate::rules::prelude::*;

/// The period in which both chats and leads are loaded, up to the clock and less the grace at its end.
pub(super) fn window(side: &Chats, as_of: Option<i64>) -> Option<(i64, i64)> {
    let ((from, to), (first, last)) = side.overlap.zip(side.period)?;
    let (from, to) = (from.max(first), to.min(last).min(as_of.unwrap_or(i64::MAX)));
    (from <= to).then_some((from, to))
}

/// The chats of a source that ought to become leads.
#[derive(Debug)]
pub(super) struct Unanswered {
    /// When those ended (or began, by `[sync] trigger`) that no lead answered in time, ascending.
    late: Vec<i64>,
    /// The share of all that made a lead, held below certainty by one more that did not.
    share: f64,
}

impl Unanswered {
    pub(super) fn of(cx: &Check<'_>, side: &Chats, answered: &[Option<i64>]) -> Self {
        let (_, alert) = limits(cx);
        let alert = alert.saturating_mul(1_000_000);
        let (mut all, mut made) = (0_u64, 0_u64);
        let mut late = Vec::new();
        for (row, answer) in (0..).zip(answered) {
            if !side.verdicts[row as usize].qualifies() || !side.is_judged(row) {
                continue;
            }
            let started = Some(side.started[row as usize]).filter(|at| *at != Times::MISSING);
            let Some(at) = side.trigger(row, cx.config.sync.trigger).or(started) else { continue };
            all += 1;
            made += u64::from(answer.is_some());
            if answer.is_none_or(|created| created > at.saturating_add(alert)) {
                late.push(at);
            }
        }
        late.sort_unstable();
        Self { late, share: made as f64 / (all + 1) as f64 }
    }

    /// How many fall into a period.
    pub(super) fn within(&self, (from, to): (i64, i64)) -> u64 {
        let until = |end: i64| self.late.partition_point(|at| *at < end);
        (until(to) - until(from).min(until(to))) as u64
    }

    /// How unlikely it is that so many chats make no lead: minus the logarithm of its probability.
    pub(super) fn surprise(&self, chats: u64) -> f64 {
        -(chats as f64) * (1.0 - self.share).ln()
    }
}
