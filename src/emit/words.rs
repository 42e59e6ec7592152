//! Numbers, shares, times and sizes as people read them.

use chrono::{DateTime, SecondsFormat, Utc};

/// What stands where there is no number.
pub(crate) const NONE: &str = "–";

/// `1204` as `1,204`.
pub(crate) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 row`, `1,204 rows`: a count and its noun, for nouns that take an `s`.
pub(crate) fn plural(n: u64, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{} {noun}s", number(n)) }
}

/// A part of a whole in percent: never `0 %` for a part that is there, never `100 %` for one that is not all.
pub(crate) fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return NONE.to_owned();
    }
    if part == whole {
        return "100 %".to_owned();
    }
    rate(part as f64 / whole as f64)
}

/// A share from 0 to 1 in percent, with the same promises as [`share`].
pub(crate) fn rate(rate: f64) -> String {
    let percent = rate * 100.0;
    if !percent.is_finite() {
        NONE.to_owned()
    } else if percent <= 0.0 {
        "0 %".to_owned()
    } else if percent < 0.01 {
        "< 0.01 %".to_owned()
    } else if percent < 0.1 {
        format!("{percent:.2} %")
    } else if percent < 9.95 {
        format!("{percent:.1} %")
    } else if percent < 98.5 {
        format!("{percent:.0} %")
    } else if percent < 99.9 {
        format!("{percent:.1} %")
    } else if percent < 100.0 {
        "> 99.9 %".to_owned()
    } else {
        format!("{percent:.0} %")
    }
}

/// A score from 0 to 100 with one decimal; what is short of 100 does not read as 100.
pub(crate) fn score(score: f64) -> String {
    let shown = format!("{score:.1}");
    if shown == "100.0" && score < 100.0 { "99.9".to_owned() } else { shown }
}

/// A score as a bar of `cells` blocks; full only at 100, empty only at 0.
pub(crate) fn bar(score: f64, cells: usize) -> String {
    let full = ((score.clamp(0.0, 100.0) / 100.0) * cells as f64).floor() as usize;
    let full = if score > 0.0 { full.max(1) } else { 0 };
    "█".repeat(full) + &"░".repeat(cells - full)
}

/// A time as RFC 3339 in UTC, with fractions of a second only where there are some.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// The day of a time, as RFC 3339 writes it.
pub(crate) fn day(at: DateTime<Utc>) -> String {
    at.date_naive().to_string()
}

/// A file size with decimal units, as file managers show it.
pub(crate) fn bytes(n: u64) -> String {
    let mut size = n as f64;
    for unit in ["B", "kB", "MB", "GB", "TB"] {
        if size < 999.5 || unit == "TB" {
            return if unit == "B" || size >= 9.95 { format!("{size:.0} {unit}") } else { format!("{size:.1} {unit}") };
        }
        size /= 1000.0;
    }
    format!("{n} B")
}

/// A length of time given in milliseconds.
pub(crate) fn duration(ms: f64) -> String {
    if !ms.is_finite() || ms < 0.0 {
        NONE.to_owned()
    } else if ms < 0.95 {
        "< 1 ms".to_owned()
    } else if ms < 999.5 {
        format!("{ms:.0} ms")
    } else if ms < 59_950.0 {
        format!("{:.1} s", ms / 1000.0)
    } else {
        let seconds = (ms / 1000.0).round() as u64;
        match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
            (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
            (hours, minutes, _) => format!("{} h {minutes} min", number(hours)),
        }
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list<S: AsRef<str>>(words: &[S], and: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} {and} {}", first.join(", "), last.as_ref())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_have_thousands_separators() {
        assert_eq!(
            ["0", "999", "1,000", "1,234,567"],
            [0, 999, 1000, 1_234_567].map(number).each_ref().map(String::as_str)
        );
        assert_eq!(plural(1, "row"), "1 row");
        assert_eq!(plural(1204, "row"), "1,204 rows");
    }

    #[test]
    fn shares_have_the_digits_that_matter() {
        let shown: Vec<String> = [
            (0, 9),
            (1, 100_000),
            (1, 2000),
            (12, 4310),
            (1, 3),
            (2, 3),
            (990, 1000),
            (99_999, 100_000),
            (9, 9),
            (0, 0),
        ]
        .map(|(part, whole)| share(part, whole))
        .into();
        assert_eq!(shown, ["0 %", "< 0.01 %", "0.05 %", "0.3 %", "33 %", "67 %", "99.0 %", "> 99.9 %", "100 %", "–"]);
    }

    proptest! {
        #[test]
        fn a_part_never_reads_as_nothing_or_all(part in 1u64..1_000_000_000, more in 1u64..1_000_000_000) {
            let shown = share(part, part + more);
            prop_assert!(!["0 %", "0.0 %", "0.00 %", "100 %", "100.0 %"].contains(&shown.as_str()), "{shown}");
        }

        #[test]
        fn a_score_short_of_100_never_reads_as_100(short in 0.0f64..100.0) {
            prop_assert_ne!(score(short), "100.0");
            prop_assert_eq!(bar(short, 20).chars().count(), 20);
            prop_assert!(bar(short, 20).contains('░'));
        }
    }

    #[test]
    fn sizes_and_durations_change_their_unit() {
        assert_eq!(
            ["0 B", "999 B", "1.0 kB", "1.5 MB", "12 GB"].to_vec(),
            [0, 999, 1000, 1_500_000, 12_000_000_000].map(bytes).to_vec()
        );
        assert_eq!(
            ["< 1 ms", "340 ms", "1.2 s", "1 min 0 s", "2 min 5 s", "1 h 1 min"].to_vec(),
            [0.2, 340.0, 1200.0, 59_980.0, 125_000.0, 3_661_000.0].map(duration).to_vec()
        );
    }

    #[test]
    fn lists_read_as_sentences() {
        assert_eq!(list(&["a"], "and"), "a");
        assert_eq!(list(&["a", "b", "c"], "or"), "a, b or c");
    }
}
