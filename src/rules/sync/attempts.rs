//! The attempts of a sync log, chat by chat and hour by hour.

use std::collections::BTreeMap;

use crate::normalise::keys::Key;
use crate::normalise::record_id;
use crate::normalise::sync_result::{Attempted, Cause, attempted, cause, result};
use crate::rules::prelude::*;

/// An hour, in microseconds.
pub(in crate::rules) const HOUR: i64 = 3_600_000_000;

/// A chat that was first tried in an hour and did not get through in it.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct Missed {
    /// Row of the first attempt that failed.
    pub(in crate::rules) row: u32,
    /// Why it failed.
    pub(in crate::rules) cause: Cause,
}

/// The chats that were first tried in one UTC hour.
#[derive(Debug, Clone, Default)]
pub(in crate::rules) struct Hour {
    /// How many.
    pub(in crate::rules) tried: u64,
    /// Those without a success inside the hour.
    pub(in crate::rules) missed: Vec<Missed>,
}

/// What a log says, summed up.
#[derive(Debug, Clone, Default)]
pub(in crate::rules) struct Attempts {
    /// By hours since 1970.
    pub(in crate::rules) hours: BTreeMap<i64, Hour>,
    /// Chats that were tried, and those that never got through.
    pub(in crate::rules) chats: u64,
    /// Chats that never got through.
    pub(in crate::rules) lost: u64,
    /// Attempts, and those that failed.
    pub(in crate::rules) tries: u64,
    /// Attempts that failed.
    pub(in crate::rules) failed: u64,
    /// Failed attempts by cause.
    pub(in crate::rules) causes: BTreeMap<Cause, u64>,
    /// Rows without a time, a chat or an outcome.
    pub(in crate::rules) unclear: u64,
}

struct Chat {
    first: i64,
    succeeded: Option<i64>,
    missed: Option<(i64, Missed)>,
}

/// Reads a log. Its rows may stand in any order.
pub(in crate::rules) fn attempts(table: &Table) -> Attempts {
    let mut sum = Attempts::default();
    let (Some(time), Some(chat)) = (table.role(Role::LoggedAt), table.role(Role::ChatId)) else { return sum };
    let times = table.times(time);
    let results = table.role(Role::Result).map(|column| table.map_cells(column, result));
    let errors = table.role(Role::Error).map(|column| table.text(column));
    let records = table.role(Role::RecordId).map(|column| table.blank(column));
    let key = Key::build(&[(chat as u32, table.text(chat), None)], record_id::canonical);
    let mut of_chat: Vec<Option<Chat>> = Vec::new();
    of_chat.resize_with(key.count.len(), || None);
    let mut order: Vec<u32> = Vec::new();
    let mut codes = key.row.iter().copied().zip(key.code.iter().copied()).peekable();
    for row in 0..table.height() as u32 {
        let error = errors.as_ref().and_then(|text| text.get(row));
        let said = results.as_ref().map_or(Attempted::Unknown, |said| said[row as usize]);
        let names = records.is_some_and(|blank| blank.get(row as usize) == Some(false));
        let outcome = attempted(said, error, names);
        let code = codes.next_if(|(of, _)| *of == row).map(|(_, code)| code);
        let (Some(at), Some(code)) = (times.get(row), code) else {
            sum.unclear += 1;
            continue;
        };
        if outcome == Attempted::Unknown {
            sum.unclear += 1;
            continue;
        }
        sum.tries += 1;
        let chat = of_chat[code as usize].get_or_insert_with(|| {
            order.push(code);
            Chat { first: at, succeeded: None, missed: None }
        });
        chat.first = chat.first.min(at);
        if outcome == Attempted::Succeeded {
            chat.succeeded = Some(chat.succeeded.map_or(at, |other| other.min(at)));
        } else {
            let why = cause(error.unwrap_or_default());
            sum.failed += 1;
            *sum.causes.entry(why).or_default() += 1;
            if chat.missed.is_none_or(|(other, _)| at < other) {
                chat.missed = Some((at, Missed { row, cause: why }));
            }
        }
    }
    for chat in order.iter().filter_map(|code| of_chat[*code as usize].as_ref()) {
        sum.chats += 1;
        sum.lost += u64::from(chat.succeeded.is_none());
        let hour = chat.first.div_euclid(HOUR);
        let inside = chat.succeeded.is_some_and(|at| at.div_euclid(HOUR) == hour);
        let of = sum.hours.entry(hour).or_default();
        of.tried += 1;
        if let Some((_, missed)) = chat.missed.filter(|_| !inside) {
            of.missed.push(missed);
        }
    }
    sum
}
