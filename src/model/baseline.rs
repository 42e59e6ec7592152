//! What an earlier run knew: identities of evidence, and summaries to compare with. Hashes only, never a value.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Source;

/// Name and version of the form in which baselines are kept.
pub const BASELINE_SCHEMA: &str = "leadlint.baseline/1";

/// The day that stands where no clock told one.
const UNDATED: &str = "undated";

/// Evidence by the code of its rule, by its place (`crm/lead`, or `crm/lead/NAME` for a source that the config names),
/// by a time in RFC 3339 (or `undated`): 32 hex digits each, `*3` behind them where the same stands three times. Sorted.
pub type Entries = BTreeMap<String, BTreeMap<String, BTreeMap<String, Vec<String>>>>;

/// A baseline. Two runs that see the same write the same bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// [`BASELINE_SCHEMA`].
    pub schema: String,
    /// Version of the program that wrote it.
    pub version: String,
    /// The clock of that run.
    pub as_of: Option<DateTime<Utc>>,
    /// What the salt of that run makes of a known text, in hex: identities under another salt compare with nothing.
    pub salt: String,
    /// The overall score of that run.
    pub score: Option<f64>,
    /// Codes of the rules that have ever run, and the clock of the last audit in which they did.
    pub audited: BTreeMap<String, Option<DateTime<Utc>>>,
    /// The sources that were read, by place.
    pub sources: BTreeMap<String, PastSource>,
    /// Evidence that is known, by the time at which it was first seen.
    pub evidence: Entries,
    /// Evidence that was known and is no longer found, by the time at which that was seen first.
    #[serde(default)]
    pub fixed: Entries,
}

impl Baseline {
    /// What people call it: by its day, where it has one.
    #[must_use]
    pub fn called(&self) -> String {
        self.as_of.map_or_else(|| "the baseline".to_owned(), |at| format!("the baseline of {}", at.format("%Y-%m-%d")))
    }
}

/// A source as a baseline remembers it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastSource {
    /// How many sources stood at this place.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub sources: u64,
    /// Rows.
    pub rows: u64,
    /// First and last created or started time.
    pub window: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Of each categorical column, by role or header: hashes of its values, and how many rows hold each.
    #[serde(default)]
    pub columns: BTreeMap<String, BTreeMap<String, u64>>,
    /// Hashes of records by the hash of the stage in which they stood, as its order calls it. Records in the first stage of
    /// an order are left out, for they cannot fall back, and those in a stage of no known order.
    #[serde(default)]
    pub stages: BTreeMap<String, BTreeSet<String>>,
}

impl PastSource {
    /// Takes in another source of the same place.
    pub fn unite(&mut self, other: Self) {
        self.sources += other.sources;
        self.rows += other.rows;
        self.window = match (self.window, other.window) {
            (Some((from, to)), Some((other_from, other_to))) => Some((from.min(other_from), to.max(other_to))),
            (one, other) => one.or(other),
        };
        for (field, values) in other.columns {
            let held = self.columns.entry(field).or_default();
            for (value, rows) in values {
                *held.entry(value).or_default() += rows;
            }
        }
        for (stage, records) in other.stages {
            self.stages.entry(stage).or_default().extend(records);
        }
    }
}

const fn one() -> u64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_one(count: &u64) -> bool {
    *count == 1
}

/// An identity as a baseline writes it: hex, and how often where more than once.
#[must_use]
pub fn entry(print: u128, count: u32) -> String {
    if count == 1 { format!("{print:032x}") } else { format!("{print:032x}*{count}") }
}

/// Reads what [`entry`] wrote; `None` for anything else.
#[must_use]
pub fn parse_entry(text: &str) -> Option<(u128, u32)> {
    let (hex, count) = match text.split_once('*') {
        None => (text, 1),
        Some((hex, count)) => (hex, count.parse().ok().filter(|count| *count > 1)?),
    };
    let plain = hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if plain { Some((u128::from_str_radix(hex, 16).ok()?, count)) } else { None }
}

/// The place of evidence in a source, as its identity knows it: `crm/lead`, `chat`; with the name of the source behind it
/// where the config gives it.
#[must_use]
pub fn place(source: &Source) -> String {
    let mut place = source.kind.as_str().to_owned();
    let name = Some(source.name.as_str()).filter(|_| source.configured);
    for part in [source.object.map(super::Object::as_str), name].into_iter().flatten() {
        place.push('/');
        place.push_str(part);
    }
    place
}

/// A time as a key of [`Entries`].
#[must_use]
pub fn time_key(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| UNDATED.to_owned(), |at| at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
}

/// The time of a key of [`Entries`]; `None` inside for `undated`, `None` outside for what is no time.
#[must_use]
pub fn parse_time_key(key: &str) -> Option<Option<DateTime<Utc>>> {
    if key == UNDATED {
        return Some(None);
    }
    DateTime::parse_from_rfc3339(key).ok().map(|at| Some(at.with_timezone(&Utc)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_as_they_are_written() {
        for (print, count) in [(0, 1), (u128::MAX, 1), (77, 2), (1 << 90, 4_000_000_000)] {
            assert_eq!(parse_entry(&entry(print, count)), Some((print, count)));
        }
        let print = entry(1, 1);
        for wrong in [
            "",
            "x",
            &print[1..],
            &format!("{print}*"),
            &format!("{print}*0"),
            &format!("{print}*1"),
            &print.replace('1', "G"),
        ] {
            assert_eq!(parse_entry(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times_are_read_as_they_are_written() {
        let at = DateTime::from_timestamp_micros(1_790_000_000_123_456);
        assert_eq!(parse_time_key(&time_key(at)), Some(at));
        assert_eq!(parse_time_key(&time_key(None)), Some(None));
        assert_eq!(parse_time_key("yesterday"), None);
    }
}
