//! Clocks that disagree: most records lie a multiple of a quarter of an hour from the end of their chats.

use std::collections::BTreeMap;

use super::{At, Shift};

/// One pair as the clocks see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    /// The chat.
    pub(super) chat: At,
    /// Position of the source of the record.
    pub(super) records: usize,
    /// How long after the chat's end the record was created, in microseconds.
    pub(super) late: i64,
}

impl Sample {
    /// What samples are sorted by: sources, then the chat.
    pub(super) const fn pair(&self) -> (u32, usize, u32) {
        (self.chat.source, self.records, self.chat.row)
    }
}

/// Of each chat and source of records the sample that lies nearest to the chat's end, and how late it is. `samples` are
/// sorted by [`Sample::pair`].
fn nearest(samples: &[Sample]) -> impl Iterator<Item = (&Sample, i64)> {
    samples.chunk_by(|one, other| one.pair() == other.pair()).filter_map(|of_chat| {
        let late = of_chat.iter().map(|sample| sample.late).min_by_key(|late| late.saturating_abs())?;
        Some((&of_chat[0], late))
    })
}

/// A quarter of an hour, in microseconds: all zones are multiples of it.
const QUARTER: i64 = 900_000_000;
/// What lies between -1 and 5 minutes of an offset shows it.
const EARLY: i64 = 60_000_000;
const LATE: i64 = 300_000_000;
/// Offsets of 30 minutes to 14 hours, in quarters (RULES, MAP008).
const OFFSETS: std::ops::RangeInclusive<i64> = 2..=56;
/// Pairs below which nothing is said.
const FEW: u64 = 10;
/// Quarters by which clocks change in spring and autumn.
const SUMMER: i64 = 4;

/// The pairs of sources whose clocks cannot be compared, by sorted samples: the zone of the records is not known, no offset
/// shows, and the records do not lie where they would if both clocks told one time, from a minute before to an hour after
/// the chat's end.
pub(super) fn doubtful(
    samples: &[Sample],
    shifts: &[Shift],
    is_zone_unknown: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    const NEAR: std::ops::RangeInclusive<i64> = -EARLY..=4 * QUARTER;
    /// What lies farther away is no work of the chat, whatever the zone.
    const FAR: i64 = 24 * 4 * QUARTER;
    let mut lates: BTreeMap<(usize, usize), Vec<i64>> = BTreeMap::new();
    for (sample, late) in nearest(samples).filter(|(_, late)| late.saturating_abs() <= FAR) {
        lates.entry((sample.chat.source as usize, sample.records)).or_default().push(late);
    }
    let known = |pair: &(usize, usize)| shifts.iter().any(|shift| (shift.chats, shift.records) == *pair);
    lates
        .into_iter()
        .filter(|(pair, _)| !known(pair) && is_zone_unknown(pair.0, pair.1))
        .filter_map(|(pair, mut lates)| {
            lates.sort_unstable();
            (!NEAR.contains(&lates[lates.len() / 2])).then_some(pair)
        })
        .collect()
}

/// The offsets between sources, by sorted samples, where most pairs show one.
pub(super) fn learn(samples: &[Sample]) -> Vec<Shift> {
    // Of each chat the pair that lies nearest to some offset speaks, else the person's older records would.
    let mut votes: BTreeMap<(u32, usize), (u64, BTreeMap<i64, u64>)> = BTreeMap::new();
    for (sample, late) in nearest(samples) {
        let (pairs, by_offset) = votes.entry((sample.chat.source, sample.records)).or_default();
        let offset = late.saturating_add(EARLY).div_euclid(QUARTER);
        if offset.abs() > *OFFSETS.end() {
            continue;
        }
        *pairs += 1;
        if late.saturating_sub(offset * QUARTER) <= LATE {
            *by_offset.entry(offset).or_default() += 1;
        }
    }
    votes
        .into_iter()
        .filter_map(|((chats, records), (pairs, by_offset))| {
            let (first, count) = by_offset.iter().max_by_key(|(offset, count)| (**count, -offset.abs()))?;
            if pairs < FEW || !OFFSETS.contains(&first.abs()) {
                return None;
            }
            // Local time without a zone is an hour nearer or farther in summer.
            let other = [first - SUMMER, first + SUMMER]
                .into_iter()
                .filter_map(|offset| Some((*by_offset.get(&offset)?, offset)))
                .filter(|(votes, offset)| votes * 10 >= pairs && *offset != 0)
                .max();
            let shown = count + other.map_or(0, |(votes, _)| votes);
            let minutes = std::iter::once(*first).chain(other.map(|(_, offset)| offset)).map(|q| q * 15).collect();
            (shown * 2 > pairs).then_some(Shift { chats: chats as usize, records, minutes, shown, pairs })
        })
        .collect()
}
