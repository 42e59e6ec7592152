//! Points in time: every spelling that exports use, read to microseconds since 1970 in UTC.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;

use super::text::{Text, is_blank, trimmed};

/// Whether `3/4/2026` is the third of April or the fourth of March.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayOrder {
    /// Day, month, year.
    DayFirst,
    /// Month, day, year.
    MonthFirst,
}

/// One point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub micros: i64,
    /// Whether the text itself says its zone; if not, it was read in the zone of the source.
    pub zoned: bool,
}

/// What a cell of a time column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Nothing, or a word for nothing.
    Blank,
    /// A point in time.
    At(Moment),
    /// Text that is no point in time.
    Unreadable,
}

/// A time column, read.
#[derive(Debug)]
pub struct Times {
    /// Microseconds since 1970 in UTC; [`Times::MISSING`] where blank or unreadable.
    pub micros: Vec<i64>,
    /// Rows whose text says no zone; `None` when every row says one, or every row lacks one as `all_naive` says.
    pub naive: Vec<u32>,
    /// Rows that hold text which is no point in time.
    pub unreadable: Vec<u32>,
    /// Rows that hold something.
    pub filled: u64,
    /// How day and month were ordered.
    pub order: DayOrder,
}

impl Times {
    /// Stands where there is no point in time.
    pub const MISSING: i64 = i64::MIN;

    /// Reads a column. `zone` is where naive times are read in; `order` is decided from the column when `None`.
    #[must_use]
    pub fn read(text: &Text<'_>, zone: Tz, order: Option<DayOrder>) -> Self {
        let order = order.unwrap_or_else(|| day_order(text));
        let parts = text.par_parts(|first, cells| {
            let mut part = Self { micros: Vec::new(), naive: Vec::new(), unreadable: Vec::new(), filled: 0, order };
            for (row, cell) in (first..).zip(cells) {
                let micros = match read(cell, zone, order) {
                    Reading::Blank => Self::MISSING,
                    Reading::At(moment) => {
                        part.filled += 1;
                        if !moment.zoned {
                            part.naive.push(row);
                        }
                        moment.micros
                    }
                    Reading::Unreadable => {
                        part.filled += 1;
                        part.unreadable.push(row);
                        Self::MISSING
                    }
                };
                part.micros.push(micros);
            }
            part
        });
        let mut all = Self {
            micros: Vec::with_capacity(text.len()),
            naive: Vec::new(),
            unreadable: Vec::new(),
            filled: 0,
            order,
        };
        for part in parts {
            all.micros.extend(part.micros);
            all.naive.extend(part.naive);
            all.unreadable.extend(part.unreadable);
            all.filled += part.filled;
        }
        all
    }

    /// The time of row `row`, if there is one.
    #[must_use]
    pub fn get(&self, row: u32) -> Option<i64> {
        self.micros.get(row as usize).copied().filter(|m| *m != Self::MISSING)
    }

    /// Whether the text of row `row` says no zone.
    #[must_use]
    pub fn is_naive(&self, row: u32) -> bool {
        self.naive.binary_search(&row).is_ok()
    }
}

/// Decides from the whole column how day and month are ordered: numbers above 12 tell. Dots mean day first; where
/// nothing tells, month first, as the CRMs of this field write it by default.
fn day_order(text: &Text<'_>) -> DayOrder {
    let (day, month) = text
        .par_parts(|_, cells| {
            let (mut day, mut month) = (0_u64, 0_u64);
            for cell in cells.flatten() {
                let bytes = cell.as_bytes();
                // Most columns are ISO throughout: four digits and a dash need no closer look.
                if bytes.len() > 4 && bytes[4] == b'-' && bytes[2].is_ascii_digit() {
                    continue;
                }
                if let Some((a, b, separator, _, _)) = numeric_date(trimmed(cell)) {
                    day += u64::from(a > 12 || separator == b'.');
                    month += u64::from(b > 12);
                }
            }
            (day, month)
        })
        .into_iter()
        .fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
    if day > month { DayOrder::DayFirst } else { DayOrder::MonthFirst }
}

/// Reads one cell.
#[must_use]
pub fn read(cell: Option<&str>, zone: Tz, order: DayOrder) -> Reading {
    let Some(text) = cell else { return Reading::Blank };
    if let Some(moment) = iso(text.as_bytes(), zone) {
        return Reading::At(moment);
    }
    let text = trimmed(text);
    if is_blank(Some(text)) || is_filler(text) {
        return Reading::Blank;
    }
    match iso(text.as_bytes(), zone)
        .or_else(|| epoch(text))
        .or_else(|| numeric(text, zone, order))
        .or_else(|| worded(text, zone))
    {
        Some(moment) => Reading::At(moment),
        None => Reading::Unreadable,
    }
}

/// Words that systems write where there is no time; `0` is the epoch's way to say never.
fn is_filler(text: &str) -> bool {
    matches!(text, "0" | "-" | "--" | "0000-00-00" | "0000-00-00 00:00:00")
        || ["null", "none", "n/a", "na", "never"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

fn at(naive: NaiveDateTime, zone: Tz) -> Option<Moment> {
    if zone == Tz::UTC {
        return Some(Moment { micros: naive.and_utc().timestamp_micros(), zoned: false });
    }
    // Of two readings (an hour that clocks repeat) the earlier counts; an hour that clocks skip is read an hour later.
    let local = zone.from_local_datetime(&naive);
    let time =
        local.earliest().or_else(|| zone.from_local_datetime(&(naive + chrono::TimeDelta::hours(1))).earliest())?;
    Some(Moment { micros: time.timestamp_micros(), zoned: false })
}

fn digits(bytes: &[u8]) -> Option<u32> {
    // More digits than a u32 holds are no part of a date.
    if bytes.len() > 9 {
        return None;
    }
    let mut value = 0_u32;
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u32::from(digit);
    }
    Some(value)
}

/// ISO 8601 and RFC 3339: `2026-10-01`, `2026-10-01T09:30:00.000Z`, `2026-10-01 09:30`, offsets with or without colon.
pub(super) fn iso(bytes: &[u8], zone: Tz) -> Option<Moment> {
    if bytes.len() < 10 || bytes.len() > 40 || !matches!(bytes[4], b'-' | b'/') || bytes[7] != bytes[4] {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(
        i32::try_from(digits(&bytes[..4])?).ok()?,
        digits(&bytes[5..7])?,
        digits(&bytes[8..10])?,
    )?;
    if bytes.len() == 10 {
        return at(date.and_time(NaiveTime::MIN), zone);
    }
    if !matches!(bytes[10], b'T' | b't' | b' ') {
        return None;
    }
    // Spreadsheets drop the nought of an early hour: `2026-10-01 9:30`.
    let hour_len = if bytes.get(12) == Some(&b':') { 1 } else { 2 };
    let clock = &bytes[11..];
    if clock.len() < hour_len + 3 || clock[hour_len] != b':' {
        return None;
    }
    let (hour, minute) = (digits(&clock[..hour_len])?, digits(&clock[hour_len + 1..hour_len + 3])?);
    let mut rest = &clock[hour_len + 3..];
    let mut second = 0;
    let mut micro = 0;
    if rest.first() == Some(&b':') {
        second = digits(rest.get(1..3)?)?;
        rest = &rest[3..];
        if matches!(rest.first(), Some(b'.' | b',')) {
            let end = rest[1..].iter().position(|b| !b.is_ascii_digit()).map_or(rest.len(), |n| n + 1);
            let fraction = &rest[1..end];
            let kept = &fraction[..fraction.len().min(6)];
            micro = digits(kept)? * 10_u32.pow(6 - kept.len() as u32);
            rest = &rest[end..];
        }
    }
    let naive = date.and_time(NaiveTime::from_hms_micro_opt(hour, minute, second.min(59), micro)?);
    if second > 60 {
        return None;
    }
    if rest.first() == Some(&b' ') {
        rest = &rest[1..];
    }
    match rest {
        [] => at(naive, zone),
        b"Z" | b"z" | b"UTC" | b"GMT" => Some(Moment { micros: naive.and_utc().timestamp_micros(), zoned: true }),
        [sign @ (b'+' | b'-'), offset @ ..] => {
            let (hours, minutes) = match offset.len() {
                2 => (digits(offset)?, 0),
                4 => (digits(&offset[..2])?, digits(&offset[2..])?),
                5 if offset[2] == b':' => (digits(&offset[..2])?, digits(&offset[3..])?),
                _ => return None,
            };
            if hours > 15 || minutes > 59 {
                return None;
            }
            let offset = i64::from(hours * 60 + minutes) * 60_000_000;
            let offset = if *sign == b'-' { -offset } else { offset };
            Some(Moment { micros: naive.and_utc().timestamp_micros() - offset, zoned: true })
        }
        _ => None,
    }
}

/// Seconds, milliseconds or microseconds since 1970, told apart by their length; `20261001` and `20261001093000`.
pub(super) fn epoch(text: &str) -> Option<Moment> {
    let whole = text.strip_suffix(".0").unwrap_or(text);
    if !whole.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    let micros = match whole.len() {
        8 => NaiveDate::parse_from_str(whole, "%Y%m%d").ok()?.and_time(NaiveTime::MIN).and_utc().timestamp_micros(),
        14 => NaiveDateTime::parse_from_str(whole, "%Y%m%d%H%M%S").ok()?.and_utc().timestamp_micros(),
        9 | 10 => number.checked_mul(1_000_000)?,
        12 | 13 => number.checked_mul(1000)?,
        15 | 16 => number,
        _ => return None,
    };
    Some(Moment { micros, zoned: !matches!(whole.len(), 8 | 14) })
}

/// The parts of `1/2/2026 …`, `1.2.26 …`: first number, second number, separator, year, what follows.
pub(super) fn numeric_date(text: &str) -> Option<(u32, u32, u8, i32, &str)> {
    let bytes = text.as_bytes();
    let first = bytes.iter().position(|b| !b.is_ascii_digit())?;
    let separator = bytes[first];
    if !(1..=2).contains(&first) || !matches!(separator, b'/' | b'.' | b'-') {
        return None;
    }
    let second = bytes[first + 1..].iter().position(|b| !b.is_ascii_digit())?;
    let third_at = first + 1 + second + 1;
    if !(1..=2).contains(&second) || bytes[third_at - 1] != separator {
        return None;
    }
    let third = bytes[third_at..].iter().position(|b| !b.is_ascii_digit()).unwrap_or(bytes.len() - third_at);
    let year = i32::try_from(digits(bytes.get(third_at..third_at + third)?)?).ok()?;
    let year = match third {
        4 => year,
        // POSIX: 69 to 99 are the nineteen-hundreds.
        2 => year + if year < 69 { 2000 } else { 1900 },
        _ => return None,
    };
    Some((
        digits(&bytes[..first])?,
        digits(&bytes[first + 1..third_at - 1])?,
        separator,
        year,
        &text[third_at + third..],
    ))
}

/// `text` without the weekday that LiveChat's old dumps put in front.
pub(super) fn without_weekday(text: &str) -> &str {
    match text.split_once(", ") {
        Some(("Mon" | "Tue" | "Wed" | "Thu" | "Fri" | "Sat" | "Sun", rest)) => rest,
        _ => text,
    }
}

/// `6/12/2024`, `12.06.2024 14:05`, `3/15/2024 2:30 PM`, `01/23/13 11:40:53 am`.
pub(super) fn numeric(text: &str, zone: Tz, order: DayOrder) -> Option<Moment> {
    let (a, b, separator, year, rest) = numeric_date(without_weekday(text))?;
    let month_first = order == DayOrder::MonthFirst && separator != b'.';
    let (month, day) = if month_first { (a, b) } else { (b, a) };
    let date = NaiveDate::from_ymd_opt(year, month, day).or_else(|| NaiveDate::from_ymd_opt(year, day, month))?;
    let rest = rest.trim_start_matches([',', 'T', ' ']).trim_end();
    if rest.is_empty() {
        return at(date.and_time(NaiveTime::MIN), zone);
    }
    clock(rest).and_then(|time| at(date.and_time(time), zone))
}

/// `14:05`, `2:30 PM`, `11:40:53 am`.
fn clock(text: &str) -> Option<NaiveTime> {
    ["%H:%M:%S%.f", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%I:%M:%S%p", "%I:%M%p"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(text, format).ok())
}

/// Spellings with the month in letters.
const WORDED_TIMES: [&str; 7] = [
    "%B %d, %Y %I:%M:%S %p",
    "%d %B %Y %H:%M:%S",
    "%d %B %Y %H:%M",
    "%B %d, %Y %H:%M:%S",
    "%B %d, %Y %I:%M %p",
    "%B %d, %Y, %I:%M %p",
    "%a %B %e %H:%M:%S %Y",
];
/// The same without a time of day.
const WORDED_DATES: [&str; 6] = ["%d %B %Y", "%d-%B-%Y", "%d-%B-%y", "%B %d, %Y", "%B %d %Y", "%Y %B %d"];

/// Dates with the month in letters, and RFC 2822.
pub(super) fn worded(text: &str, zone: Tz) -> Option<Moment> {
    if !text.bytes().any(|b| b.is_ascii_alphabetic()) || text.len() > 60 {
        return None;
    }
    if let Ok(time) = DateTime::parse_from_rfc2822(text) {
        return Some(Moment { micros: time.timestamp_micros(), zoned: true });
    }
    WORDED_TIMES
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| {
            WORDED_DATES
                .iter()
                .find_map(|format| NaiveDate::parse_from_str(text, format).ok())
                .map(|date| date.and_time(NaiveTime::MIN))
        })
        .and_then(|naive| at(naive, zone))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utc(cell: &str) -> Option<String> {
        match read(Some(cell), Tz::UTC, DayOrder::MonthFirst) {
            Reading::At(moment) => DateTime::from_timestamp_micros(moment.micros).map(|t| t.to_rfc3339()),
            _ => None,
        }
    }

    #[test]
    fn every_spelling_of_one_moment_reads_alike() {
        for cell in [
            "2026-10-01T09:30:00Z",
            "2026-10-01T09:30:00.000Z",
            "2026-10-01 09:30",
            "2026-10-01 9:30",
            "2026/10/01 09:30:00",
            "October 1, 2026 9:30 AM",
            "1 October 2026 09:30",
            "Oct 1, 2026 9:30:00 AM",
            "2026-10-01 9:30:00",
            "2026-10-01 09:30:00",
            "2026-10-01T11:30:00+02:00",
            "2026-10-01T05:30:00-0400",
            "2026-10-01 09:30:00 UTC",
            "1790847000",
            "1790847000000",
            "1790847000000000",
            "10/1/2026 9:30 AM",
            "10/01/2026 09:30:00",
            "1.10.2026 09:30",
            "10/01/26 9:30 am",
            "Thu, 10/01/26 09:30:00 am",
            "1 Oct 2026 09:30:00",
            "Oct 1, 2026 9:30 AM",
            "Thu, 1 Oct 2026 09:30:00 +0000",
            " 2026-10-01T09:30:00Z\u{A0}",
            "20261001093000",
        ] {
            assert_eq!(utc(cell).as_deref(), Some("2026-10-01T09:30:00+00:00"), "{cell}");
        }
    }

    #[test]
    fn what_is_no_time_is_unreadable_and_what_is_nothing_is_blank() {
        for cell in [
            "yesterday",
            "31/31/2026",
            "1/2/99999999999999999999",
            "2026-13-01",
            "2026-02-30",
            "12",
            "tomorrow at 9",
            "2026-10-01T25:00:00Z",
        ] {
            assert_eq!(read(Some(cell), Tz::UTC, DayOrder::MonthFirst), Reading::Unreadable, "{cell}");
        }
        for cell in ["", "  ", "-", "N/A", "null", "0", "0000-00-00"] {
            assert_eq!(read(Some(cell), Tz::UTC, DayOrder::MonthFirst), Reading::Blank, "{cell}");
        }
    }

    #[test]
    fn naive_times_are_read_in_the_zone_of_the_source() {
        let zone: Tz = "America/Moncton".parse().unwrap();
        let Reading::At(moment) = read(Some("2026-07-01 12:00"), zone, DayOrder::MonthFirst) else { panic!() };
        assert_eq!((moment.micros, moment.zoned), (1_782_918_000_000_000, false));
        // Skipped in spring: 02:30 does not exist that night.
        assert!(matches!(read(Some("2026-03-08 02:30"), zone, DayOrder::MonthFirst), Reading::At(_)));
    }

    #[test]
    fn the_column_decides_the_order_of_day_and_month() {
        use polars::prelude::{Column, NamedFrom, Series};
        for (cells, order) in [
            (["3/4/2026", "25/4/2026"], DayOrder::DayFirst),
            (["3/4/2026", "4/25/2026"], DayOrder::MonthFirst),
            (["3.4.2026", "4.5.2026"], DayOrder::DayFirst),
            (["2026-01-01", "3/4/2026"], DayOrder::MonthFirst),
        ] {
            let column = Column::from(Series::new("t".into(), cells));
            assert_eq!(Times::read(&Text::new(&column).unwrap(), Tz::UTC, None).order, order, "{cells:?}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(cell in "\\PC{0,40}|[0-9/.: TZ+-]{0,30}") {
            let _ = read(Some(&cell), Tz::Europe__Berlin, DayOrder::DayFirst);
        }
    }
}
