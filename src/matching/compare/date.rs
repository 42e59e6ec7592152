//! Dates, birth dates first of all: read in whatever spelling, compared by their parts.

use rayon::prelude::*;

use super::fold::{add, fold, shuffled, whole};
use super::{Comparison, Level, key};
use crate::matching::fuzz;
use crate::normalise::text::trimmed;

/// Levels, best first. None is a conflict: dates are typed wrong, and made up, more often than names. But two whole dates
/// that have nothing in common are two births, father's and son's, unless something of the person's own agrees.
const LEVELS: &[Level] = &[
    Level::new("same", 0.74),
    Level::new("day and month swapped", 0.02),
    Level::new("one digit off", 0.07),
    Level::new("two of three parts agree", 0.06),
    Level::new("within three months", 0.02),
    Level::new("within a year", 0.03),
    Level::new("different", 0.05),
    Level { doubtful: true, ..Level::new("another year, month and day", 0.01) },
];

const SAME: u8 = 0;
const SWAPPED: u8 = 1;
const SLIP: u8 = 2;
const PARTS: u8 = 3;
const MONTHS: u8 = 4;
const YEAR: u8 = 5;
const DIFFERENT: u8 = 6;
const ANOTHER: u8 = 7;

/// Digits of two dates that may differ by slips; the decades of a generation are more.
const SLIPS: usize = 2;
/// Years between people of two generations.
const GENERATION: u16 = 13;

/// How dates compare.
#[derive(Debug)]
pub struct Dates {
    dates: Vec<Date>,
}

#[derive(Debug, Default)]
struct Date {
    /// The year; of two digits as the year that they most likely mean. 0 for what is no date.
    year: u16,
    /// Whether the year was written with two digits.
    short: bool,
    /// Month and day; 0 where they are not there.
    month: u8,
    day: u8,
    /// Whether day and month may be the other way round, for all that the column says.
    open: bool,
    /// Year, month and day in eight digits, or the digits of what is no date.
    digits: Box<str>,
    /// Hash of the cell, where it is no date.
    text: u64,
}

/// Which way round a cell says that day and month are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    DayFirst,
    MonthFirst,
    /// 3/4/1970.
    Either,
    /// Spelled out, or year first.
    Plain,
}

impl Dates {
    /// Over the distinct values of a field.
    #[must_use]
    pub fn new(values: &[&str]) -> Self {
        let mut read: Vec<(Date, Order)> = values.par_iter().map(|value| Date::read(value)).collect();
        let count = |order| read.iter().filter(|(_, one)| *one == order).count();
        let (day_first, month_first) = (count(Order::DayFirst), count(Order::MonthFirst));
        // A few of the other kind are slips.
        let swap = day_first > month_first;
        let sure = day_first.max(month_first) > 20 * day_first.min(month_first);
        for (date, order) in &mut read {
            // 1/0/70 is January 1970, whichever way round.
            if *order == Order::Either && date.is_whole() {
                date.open = !sure;
                if swap {
                    (date.month, date.day) = (date.day, date.month);
                }
            }
            if date.year != 0 {
                date.digits = format!("{:04}{:02}{:02}", date.year, date.month, date.day).into();
            }
        }
        Self { dates: read.into_iter().map(|(date, _)| date).collect() }
    }
}

/// Years that two dates are apart at the least: of one whose year has two digits only the century is open.
fn years_apart(a: &Date, b: &Date) -> u16 {
    if !(a.short || b.short) {
        return a.year.abs_diff(b.year);
    }
    let within = (a.year % 100).abs_diff(b.year % 100);
    within.min(100 - within)
}

/// Whether two whole dates that agree in no part are no slip of one another.
fn are_two(a: &Date, b: &Date) -> bool {
    let is_turned = a.month == b.day || a.day == b.month;
    a.is_whole()
        && b.is_whole()
        && !is_turned
        && years_apart(a, b) >= GENERATION
        && fuzz::edits(&a.digits, &b.digits, SLIPS).is_none()
}

/// Digits of one run, and how many; or a month by name.
#[derive(Debug, Clone, Copy)]
enum Piece {
    Number((u32, usize)),
    Month(u8),
}

fn pieces(folded: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let bytes = folded.as_bytes();
    let mut at = 0;
    while at < bytes.len() && pieces.len() < 3 {
        let digit = bytes[at].is_ascii_digit();
        let end = bytes[at..].iter().position(|b| *b == b' ' || b.is_ascii_digit() != digit);
        let end = end.map_or(bytes.len(), |len| at + len);
        let run = &folded[at..end];
        if digit {
            pieces.push(Piece::Number((run.parse().unwrap_or(u32::MAX), run.len())));
        } else if let Some(month) = month(run) {
            pieces.push(Piece::Month(month));
        }
        at = end.max(at + 1);
    }
    pieces
}

/// The month of a folded word, in the languages that exports of this field come in.
fn month(word: &str) -> Option<u8> {
    const MONTHS: [&[&str]; 12] = [
        &["jan", "ene", "gen", "janv"],
        &["feb", "fev"],
        &["mar", "mrt", "maer", "maa", "mrz"],
        &["apr", "abr", "avr"],
        &["may", "mai", "mei", "mag"],
        &["jun", "juin", "giu"],
        &["jul", "juil", "lug"],
        &["aug", "ago", "aou"],
        &["sep", "set"],
        &["oct", "okt", "ott", "out"],
        &["nov"],
        &["dec", "dez", "dic"],
    ];
    if word.len() < 3 || word.len() > 10 {
        return None;
    }
    // The weekdays that begin like a month.
    if matches!(word, "mardi" | "martes" | "martedi" | "maandag") {
        return None;
    }
    let found = MONTHS.iter().position(|names| names.iter().any(|name| word.starts_with(name)));
    found.map(|at| at as u8 + 1)
}

/// Whether a cell reads as a whole date.
pub(super) fn is_date(cell: &str) -> bool {
    Date::read(cell).0.is_whole()
}

impl Date {
    fn read(value: &str) -> (Self, Order) {
        let cell: String = trimmed(value).chars().take(60).collect();
        let folded = fold(&cell);
        let (read, order) = match *pieces(&folded).as_slice() {
            [Piece::Number(first), Piece::Number(second), Piece::Number(third)] => {
                numbers(first, second.0, third, &cell)
            }
            [Piece::Number(one), Piece::Month(month), Piece::Number(other)]
            | [Piece::Month(month), Piece::Number(one), Piece::Number(other)]
            | [Piece::Number(one), Piece::Number(other), Piece::Month(month)] => {
                let (year, day) = if one.1 == 4 || one.0 > 31 { (one, other) } else { (other, one) };
                (Some((year, u32::from(month), day.0)), Order::Plain)
            }
            [Piece::Number(year @ (_, 4)), Piece::Month(month)]
            | [Piece::Month(month), Piece::Number(year @ (_, 4))] => (Some((year, u32::from(month), 0)), Order::Plain),
            [Piece::Number(year @ (_, 4)), Piece::Number(month)]
            | [Piece::Number(month), Piece::Number(year @ (_, 4))] => (Some((year, month.0, 0)), Order::Plain),
            [Piece::Number((digits, 8)), ..] => compact(digits),
            [Piece::Number(year @ (_, 4))] => (Some((year, 0, 0)), Order::Plain),
            _ => (None, Order::Plain),
        };
        let date = read.and_then(|((year, len), month, day)| {
            let short = len <= 2;
            // Who is in an export was hardly born after it.
            let year = match (short, year) {
                (true, 0..=25) => 2000 + year,
                (true, _) => 1900 + year,
                _ => year,
            };
            let fits = (1800..=2199).contains(&year) && (len == 4 || short) && month <= 12 && day <= 31;
            (fits && (month > 0 || day == 0)).then(|| Self {
                year: year as u16,
                short,
                month: month as u8,
                day: day as u8,
                ..Self::default()
            })
        });
        if let Some(date) = date {
            return (date, order);
        }
        let digits = match read {
            // No month is the 13th: the digits in the usual order.
            Some(((year, 4), month, day)) if month < 100 && day < 100 => format!("{year:04}{month:02}{day:02}"),
            _ => folded.chars().filter(char::is_ascii_digit).take(16).collect(),
        };
        let text = if folded.is_empty() { whole(value) } else { key(1, &folded) };
        (Self { digits: digits.into(), text, ..Self::default() }, Order::Plain)
    }

    fn is_whole(&self) -> bool {
        self.day != 0
    }

    fn same_year(&self, other: &Self) -> bool {
        if self.short || other.short { self.year % 100 == other.year % 100 } else { self.year == other.year }
    }

    /// Days since long ago, good enough to tell months.
    fn days(&self) -> i32 {
        i32::from(self.year) * 372 + i32::from(self.month) * 31 + i32::from(self.day)
    }

    fn hash(&self) -> u64 {
        let (less, more) = (self.month.min(self.day), self.month.max(self.day));
        number(2, u32::from(self.year % 100) << 16 | u32::from(less) << 8 | u32::from(more))
    }
}

type Parts = (Option<((u32, usize), u32, u32)>, Order);

/// Three numbers.
fn numbers(first: (u32, usize), second: u32, third: (u32, usize), cell: &str) -> Parts {
    let (a, c) = (first.0, third.0);
    if first.1 == 4 || (first.1 == 2 && a > 31) {
        // 1970-31-12 is year, day, month.
        let (month, day) = if second > 12 && c <= 12 { (c, second) } else { (second, c) };
        return (Some((first, month, day)), Order::Plain);
    }
    if third.1 > 4 {
        return (None, Order::Plain);
    }
    let dots = cell.contains('.');
    match (a > 12, second > 12) {
        (true, false) => (Some((third, second, a)), if dots { Order::Plain } else { Order::DayFirst }),
        (false, true) => (Some((third, a, second)), Order::MonthFirst),
        (false, false) if dots => (Some((third, second, a)), Order::Plain),
        (false, false) => (Some((third, a, second)), if a == second { Order::Plain } else { Order::Either }),
        (true, true) => (Some((third, a, second)), Order::Plain),
    }
}

/// Eight digits: year first if that makes a date, else year last.
fn compact(number: u32) -> Parts {
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    let last = number % 10_000;
    let (a, b) = (number / 1_000_000, number / 10_000 % 100);
    let is_year = |year: u32| (1850..=2100).contains(&year);
    if is_year(year) || !is_year(last) || a > 31 || b > 31 {
        return (Some(((year, 4), month, day)), Order::Plain);
    }
    if a > 12 {
        (Some(((last, 4), b, a)), Order::DayFirst)
    } else {
        (Some(((last, 4), a, b)), if b > 12 { Order::MonthFirst } else { Order::Either })
    }
}

fn number(kind: u8, number: u32) -> u64 {
    use std::hash::BuildHasher;
    rustc_hash::FxBuildHasher.hash_one((kind, number)) | 1
}

impl Comparison for Dates {
    fn levels(&self) -> &'static [Level] {
        LEVELS
    }

    fn level(&self, one: u32, other: u32) -> u8 {
        let (a, b) = (&self.dates[one as usize], &self.dates[other as usize]);
        if a.year == 0 || b.year == 0 {
            return if a.year == b.year && a.text == b.text {
                SAME
            } else if a.digits.len().min(b.digits.len()) >= 6 && fuzz::edits(&a.digits, &b.digits, 1).is_some() {
                SLIP
            } else {
                DIFFERENT
            };
        }
        let years = a.same_year(b);
        if !(a.is_whole() && b.is_whole()) {
            // What is there of both.
            let months = a.month != 0 && b.month != 0;
            let days = a.is_whole() == b.is_whole();
            return match (years, months && a.month == b.month) {
                (true, true) if days => SAME,
                (true, false) if a.month == b.month => SAME,
                (true, true) => PARTS,
                (true, false) => YEAR,
                _ if a.year.abs_diff(b.year) <= 1 => YEAR,
                _ => DIFFERENT,
            };
        }
        let straight = a.month == b.month && a.day == b.day;
        let swapped = a.month == b.day && a.day == b.month;
        if years && straight {
            return SAME;
        }
        if years && swapped {
            // Where one cell may be read either way and the other only one way, they are one date.
            return if a.open == b.open { SWAPPED } else { SAME };
        }
        let from = if a.short || b.short { 2 } else { 0 };
        if fuzz::edits(&a.digits[from..], &b.digits[from..], 1).is_some() {
            return SLIP;
        }
        let agree = u8::from(years) + u8::from(a.month == b.month) + u8::from(a.day == b.day);
        if agree >= 2 {
            return PARTS;
        }
        match a.days().abs_diff(b.days()) {
            0..=93 => MONTHS,
            94..=372 => YEAR,
            _ if years => YEAR,
            _ if agree == 0 && are_two(a, b) => ANOTHER,
            _ => DIFFERENT,
        }
    }

    fn term(&self, value: u32, level: u8) -> u64 {
        let date = &self.dates[value as usize];
        match level {
            SAME if date.year == 0 => date.text,
            SAME | SWAPPED if date.year != 0 => date.hash(),
            _ => 0,
        }
    }

    fn keys(&self, value: u32, keys: &mut Vec<u64>) {
        let date = &self.dates[value as usize];
        if date.year == 0 {
            keys.push(date.text);
            if date.digits.len() >= 6 {
                add(keys, key(3, &shuffled(&date.digits)));
            }
            return;
        }
        keys.push(date.hash());
        let (year, month, day) = (u32::from(date.year % 100), u32::from(date.month), u32::from(date.day));
        if date.is_whole() {
            add(keys, key(3, &shuffled(&date.digits)));
            add(keys, number(4, year << 8 | month));
            add(keys, number(5, year << 8 | day));
            add(keys, number(6, month.min(day) << 8 | month.max(day)));
        } else {
            add(keys, number(4, year << 8 | month));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{is_sound, levels_hold};
    use super::*;

    #[test]
    fn spellings_of_one_date() {
        for cell in [
            "1970-03-14",
            "19700314",
            "14/03/1970",
            "3/14/1970",
            "3/14/70",
            "14.3.70",
            "Mar 14 1970",
            "March 14th, 1970",
            "14 mars 1970",
            "14-Mar-70",
            "14mar1970",
            "1970/3/14",
            "1970-03-14T00:00:00Z",
            "14.03.1970 00:00",
            "14032070",
            "Sat, 14 März 1970",
            "1970-14-03",
            "03141970",
        ] {
            let (date, _) = Date::read(cell);
            let wanted = if cell == "14032070" { 2070 } else { 1970 };
            assert_eq!((date.year, date.month, date.day), (wanted, 3, 14), "{cell}");
        }
        for cell in ["", "unknown", "1970-13-45", "99999999", "12", "3000", "4444444444444444444", "0"] {
            assert_eq!(Date::read(cell).0.year, 0, "{cell}");
        }
    }

    #[test]
    fn levels_of_pairs() {
        levels_hold(
            Dates::new,
            &[
                ("1970-03-14", "3/14/1970", SAME),
                ("1970-03-14", "3/14/70", SAME),
                ("3/1/70", "Mar 1 1970", SAME),
                ("1970-03", "March 1970", SAME),
                ("1970-03-01", "1970-01-03", SWAPPED),
                ("1970-03-14", "1970-03-15", SLIP),
                ("1970-03-14", "1907-03-14", SLIP),
                ("1970-03-14", "1970-30-41", SLIP + 4),
                ("1970-03-14", "1970-13-14", SLIP),
                ("1970-03-14", "1970-03-27", PARTS),
                ("1970-03-14", "1985-03-14", PARTS),
                ("1970-03", "1970-03-14", PARTS),
                ("1970-03-14", "1970-05-27", MONTHS),
                ("1970-12-31", "1971-02-07", MONTHS),
                ("1970-03-14", "1970-11-27", YEAR),
                ("1970", "1970-11-27", YEAR),
                ("1970-03-14", "1982-11-27", DIFFERENT),
                ("1970-03-14", "1997-11-27", ANOTHER),
                ("3/14/70", "11/27/97", ANOTHER),
                ("3/14/70", "1997-11-27", ANOTHER),
                // 1926 or 2026: whichever century, not a generation.
                ("3/14/25", "11/27/26", DIFFERENT),
                ("3/14/20", "1912-11-27", DIFFERENT),
                ("1970-03-14", "1997-11-03", DIFFERENT),
                ("unknown", "n/a", DIFFERENT),
            ],
        );
    }

    #[test]
    fn the_column_says_which_way_round_days_and_months_are() {
        let level = |others: &[&str], one: &str, other: &str| {
            let values: Vec<&str> = [one, other].into_iter().chain(others.iter().copied()).collect();
            Dates::new(&values).level(0, 1)
        };
        let (days, months) = (["31/12/1970", "27/3/1981"], ["12/31/1970", "3/27/1981"]);
        assert_eq!(level(&days, "3/4/1970", "1970-04-03"), SAME);
        assert_eq!(level(&days, "3/4/1970", "1970-03-04"), SWAPPED);
        assert_eq!(level(&months, "3/4/1970", "1970-03-04"), SAME);
        assert_eq!(level(&months, "3/4/1970", "1970-04-03"), SWAPPED);
        // Nothing says: either way.
        assert_eq!(level(&[], "3/4/1970", "1970-03-04"), SAME);
        assert_eq!(level(&[], "3/4/1970", "1970-04-03"), SAME);
        assert_eq!(level(&days, "1/0/70", "1970"), YEAR);
        // Two of one spelling are not read in two ways.
        assert_eq!(level(&[], "3/4/1970", "4/3/1970"), SWAPPED);
    }

    proptest::proptest! {
        #[test]
        fn sound(values in super::super::testing::values(
            "(19|20)?[67][0-2]-[01][0-3]-[0-3][0-9]|[0-3]?[0-9]/[01]?[0-9]/(19)?7[0-2]|[1-3]?[0-9] (Mar|Jun) 197[0-2]|197[01]"
        )) {
            is_sound(Dates::new, &values);
        }
    }
}
