//! What the values of a column look like.

use super::super::date;
use crate::normalise::text::trimmed;

/// Values that are looked at.
const SAMPLE: usize = 2000;

/// Shares of the distinct values that look like something, and their usual size.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Stats {
    /// Cells that hold something, and how many distinct values they hold.
    pub filled: u64,
    /// Distinct values.
    pub distinct: u64,
    /// Values that the shares are of.
    pub looked_at: usize,
    /// Share with an `@` and a dot behind it.
    pub emails: f64,
    /// Share that reads as a date.
    pub dates: f64,
    /// Share of seven to fifteen digits in groups or behind a plus.
    pub phones: f64,
    /// Share with three digits or more, digits for the most part.
    pub digits: f64,
    /// Share of one word with digits in it.
    pub codes: f64,
    /// Share of two to four words of letters, none of which only names of organisations and titles have.
    pub people: f64,
    /// Mean number of characters.
    pub length: f64,
    /// Mean number of words.
    pub words: f64,
}

impl Stats {
    /// Of the distinct values of a column and the number of cells that hold one.
    #[must_use]
    pub fn of(values: &[&str], filled: u64) -> Self {
        let step = values.len().div_ceil(SAMPLE).max(1);
        let sample: Vec<&str> = values.iter().step_by(step).map(|value| head(trimmed(value))).collect();
        let share = |test: fn(&str) -> bool| {
            sample.iter().filter(|value| test(value)).count() as f64 / sample.len().max(1) as f64
        };
        let mean = |size: fn(&str) -> usize| {
            sample.iter().map(|value| size(value)).sum::<usize>() as f64 / sample.len().max(1) as f64
        };
        Self {
            filled,
            distinct: values.len() as u64,
            looked_at: sample.len(),
            emails: share(is_email),
            dates: share(date::is_date),
            phones: share(is_phone),
            digits: share(is_digits),
            codes: share(is_code),
            people: share(is_person),
            length: mean(|value| value.chars().count()),
            words: mean(|value| value.split_whitespace().count()),
        }
    }
}

/// The first characters of a cell, more than anything but text has.
fn head(value: &str) -> &str {
    value.char_indices().nth(200).map_or(value, |(at, _)| &value[..at])
}

fn is_email(value: &str) -> bool {
    value.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
}

fn digits(value: &str) -> usize {
    value.bytes().filter(u8::is_ascii_digit).count()
}

fn is_phone(value: &str) -> bool {
    (7..=15).contains(&digits(value))
        && value.bytes().any(|b| matches!(b, b'+' | b'(' | b'-' | b' ' | b'.'))
        && value.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'(' | b')' | b'-' | b' ' | b'.' | b'/'))
        && !date::is_date(value)
}

fn is_digits(value: &str) -> bool {
    let digits = digits(value);
    digits >= 3 && digits * 2 >= value.chars().filter(|c| c.is_alphanumeric()).count()
}

fn is_code(value: &str) -> bool {
    digits(value) > 0 && !value.contains(char::is_whitespace) && !value.contains('@')
}

fn is_person(value: &str) -> bool {
    const OTHERS: [&str; 34] = [
        "of",
        "the",
        "and",
        "at",
        "for",
        "inc",
        "llc",
        "ltd",
        "co",
        "corp",
        "gmbh",
        "ag",
        "sa",
        "plc",
        "bv",
        "group",
        "company",
        "cafe",
        "restaurant",
        "hotel",
        "bar",
        "grill",
        "house",
        "inn",
        "club",
        "school",
        "university",
        "bank",
        "center",
        "centre",
        "services",
        "systems",
        "solutions",
        "international",
    ];
    let mut words = 0;
    for word in value.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()) {
        words += 1;
        let letters = word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'));
        let other = OTHERS.iter().any(|other| word.trim_matches('.').eq_ignore_ascii_case(other));
        if !letters || other || word.ends_with("'s") || word.ends_with("’s") {
            return false;
        }
    }
    (2..=4).contains(&words)
}
