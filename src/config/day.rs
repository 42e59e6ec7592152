//! Days in the config: `2026-10-01` and `"2026-10-01"` mean the same.

use chrono::NaiveDate;
use serde::de::{Error, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};
use toml::value::Datetime;

/// A day, written bare or in quotes.
struct Day(Datetime);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DayVisitor)
    }
}

struct DayVisitor;

impl<'de> Visitor<'de> for DayVisitor {
    type Value = Day;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a day such as 2026-10-31")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Day, E> {
        text.parse().map(Day).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Day, A::Error> {
        Datetime::deserialize(MapAccessDeserializer::new(map)).map(Day)
    }
}

impl Day {
    fn date<E: Error>(&self) -> Result<NaiveDate, E> {
        as_date(&self.0).ok_or_else(|| E::custom("expected a day such as 2026-10-31"))
    }
}

/// The date of a TOML datetime that is nothing but a day of the calendar.
pub(super) fn as_date(value: &Datetime) -> Option<NaiveDate> {
    let date = value.date.filter(|_| value.time.is_none() && value.offset.is_none())?;
    NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
}

/// Reads a day.
pub(super) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    Day::deserialize(deserializer)?.date().map(Some)
}

/// Reads two days.
pub(super) fn pair<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<[NaiveDate; 2]>, D::Error> {
    let [first, last] = <[Day; 2]>::deserialize(deserializer)?;
    Ok(Some([first.date()?, last.date()?]))
}

/// Reads a day and keeps it as TOML has it.
pub(super) fn datetime<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Datetime>, D::Error> {
    Ok(Some(Day::deserialize(deserializer)?.0))
}
