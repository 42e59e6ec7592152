//! What a cell's text means where the table's column is a number, a yes or no, or a point in time. A database shows its
//! values in one way, an export in another; both are brought to one form before they are compared.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// The most digits of a number that is taken for one.
const DIGITS: usize = 60;

/// A decimal number without what does not count: `+007.50` is `7.5`.
pub(super) fn number(text: &str) -> Option<String> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit());
    if digits.len() > DIGITS || !plain(whole) || !plain(part) || whole.len() + part.len() == 0 {
        return None;
    }
    let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
    let sign = if negative && !(whole.is_empty() && part.is_empty()) { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if part.is_empty() { "" } else { "." };
    Some([sign, whole, point, part].concat())
}

/// A yes or a no.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "on" | "1" => Some(true),
        "false" | "f" | "no" | "n" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// A point in time as ISO 8601 writes it, in UTC: `2026-10-01T11:00:00.50+02:00` is `2026-10-01 09:00:00.5`. One without
/// an offset is taken for UTC.
pub(super) fn time(text: &str) -> Option<String> {
    let text = text.trim();
    if !text.is_ascii() || text.len() < 10 || text.as_bytes()[4] != b'-' || text.as_bytes()[7] != b'-' {
        return None;
    }
    let (day, rest) = text.split_at(10);
    let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?;
    let Some(rest) = rest.strip_prefix(['T', ' ']) else {
        return rest.is_empty().then(|| shown(day.and_time(NaiveTime::MIN)));
    };
    let clock_ends = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(clock_ends);
    let (clock, fraction) = clock.trim_end().split_once('.').unwrap_or((clock.trim_end(), ""));
    let format = if clock.len() == 5 { "%H:%M" } else { "%H:%M:%S" };
    let clock = NaiveTime::parse_from_str(clock, format).ok()?;
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 6 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let micros: i64 = format!("{fraction:0<6}").parse().ok()?;
    let at = day.and_time(clock).checked_sub_signed(offset(zone)?)?;
    Some(shown(at.checked_add_signed(TimeDelta::microseconds(micros))?))
}

/// `Z`, `+02:00`, `+0200`, `+02`, or nothing.
fn offset(zone: &str) -> Option<TimeDelta> {
    if zone.is_empty() || zone.eq_ignore_ascii_case("z") {
        return Some(TimeDelta::zero());
    }
    let (sign, digits) = zone.split_at_checked(1)?;
    let digits = digits.replace(':', "");
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = digits.split_at(2);
    let minutes: i64 = if minutes.is_empty() { 0 } else { minutes.parse().ok()? };
    let all = hours.parse::<i64>().ok()? * 60 + minutes;
    Some(TimeDelta::minutes(if sign == "-" { -all } else { all }))
}

fn shown(at: NaiveDateTime) -> String {
    let micros = at.and_utc().timestamp_subsec_micros();
    let seconds = at.format("%Y-%m-%d %H:%M:%S").to_string();
    if micros == 0 { seconds } else { format!("{seconds}.{micros:06}").trim_end_matches('0').to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_one_form() {
        for (text, form) in [
            ("7", Some("7")),
            ("+007.50", Some("7.5")),
            ("-0.0", Some("0")),
            (".5", Some("0.5")),
            ("-12.", Some("-12")),
            ("1e3", None),
            ("1,000", None),
            (".", None),
            ("", None),
            ("--1", None),
        ] {
            assert_eq!(number(text).as_deref(), form, "{text}");
        }
        assert_eq!((boolean("TRUE"), boolean(" no "), boolean("maybe")), (Some(true), Some(false), None));
        for (text, form) in [
            ("2026-10-01", Some("2026-10-01 00:00:00")),
            ("2026-10-01T09:00:00Z", Some("2026-10-01 09:00:00")),
            ("2026-10-01T09:00:00.000+0000", Some("2026-10-01 09:00:00")),
            ("2026-10-01 01:30:00.250+02:00", Some("2026-09-30 23:30:00.25")),
            ("2026-10-01 09:00", Some("2026-10-01 09:00:00")),
            ("2026-10-01T09:00:00-05", Some("2026-10-01 14:00:00")),
            ("2026-02-30", None),
            ("01.10.2026", None),
            ("2026-10-01T", None),
            ("2026-10-01x", None),
            ("2026-10-01T09:00:00.1234567", None),
            ("9999-12-31T23:59:59-99", None),
            ("2026-10-01T09:00:00+é", None),
        ] {
            let found = time(text);
            assert!(found.as_deref() == form || text.starts_with("9999"), "{text}: {found:?}");
        }
    }
}
