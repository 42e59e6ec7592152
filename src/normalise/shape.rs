//! The shape of a cell: boolean word, date, number, range, what a spreadsheet leaves behind. One shape per cell, from the
//! text alone; what a column is follows from the shapes of its cells.

use chrono_tz::Tz;

use super::boolean;
use super::record_id::{Checksum, checksum};
use super::text::trimmed;
use super::timestamp::{self, DayOrder};

macro_rules! shapes {
    ($($(#[doc = $doc:literal])* $name:ident),* $(,)?) => {
        /// What a cell looks like.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Shape {
            $($(#[doc = $doc])* $name),*
        }

        impl Shape {
            /// Every shape, in order.
            pub const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

shapes! {
    /// Nothing.
    Blank,
    /// None of the others.
    Other,
    /// A word for yes or no.
    Boolean,
    /// `0` or `1`: boolean and number.
    Bit,
    /// `2026-10-01`, with or without a time.
    IsoDate,
    /// `2026/10/01`.
    YearSlash,
    /// `25/4/2026`: the day can only be first.
    DayMonthSlash,
    /// `4/25/2026`: the month can only be first.
    MonthDaySlash,
    /// `3/4/2026`: either.
    EitherSlash,
    /// `25-4-2026`.
    DayMonthDash,
    /// `4-25-2026`.
    MonthDayDash,
    /// `3-4-2026`.
    EitherDash,
    /// `3.4.2026`.
    Dots,
    /// `1 Oct 2026`, `01-Oct-2026`.
    DayName,
    /// `Oct 1, 2026`.
    MonthName,
    /// `20261001`: a date, or a number.
    Compact,
    /// Nine or ten digits: seconds since 1970, or a number.
    Seconds,
    /// Twelve or thirteen digits: milliseconds since 1970, or a number.
    Millis,
    /// Fifteen or sixteen digits: microseconds since 1970, or a number.
    Micros,
    /// Other whole numbers without separators.
    Integer,
    /// A number whose decimal sign must be the point: `1.5`, `1,200.50`, `1,200,000`.
    Point,
    /// A number whose decimal sign must be the comma: `1,5`, `1.200,50`, `1.200.000`.
    Comma,
    /// `1.200` or `1,200`: decimal or thousands.
    Either,
    /// A number with a currency beside it, whose decimal sign must be the point.
    MoneyPoint,
    /// A number with a currency beside it, whose decimal sign must be the comma.
    MoneyComma,
    /// A number with a currency beside it, whose signs tell nothing.
    Money,
    /// `1.23E+15`, `6.0E7`.
    Exponent,
    /// `10-49`, `500+`.
    Range,
    /// `10-Jan`, `Oct-50`: a day or a year beside the name of a month.
    MonthDay,
    /// `#REF!` and its like.
    SheetError,
    /// A Salesforce id of 18 characters whose checksum holds.
    LongId,
    /// One whose checksum says that letters have lost their case.
    FoldedId,
    /// One whose checksum fails otherwise.
    BrokenId,
}

impl Shape {
    /// Number of shapes.
    pub const COUNT: usize = Self::ALL.len();

    /// Whether the cell is a number, whatever its signs. Epochs and compact dates are.
    #[must_use]
    pub fn is_number(self) -> bool {
        self == Self::Bit || (Self::Compact..=Self::Exponent).contains(&self)
    }

    /// Whether the cell can only be a date.
    #[must_use]
    pub fn is_date(self) -> bool {
        (Self::IsoDate..=Self::MonthName).contains(&self)
    }

    /// Whether the cell is a number that in a time column is a date.
    #[must_use]
    pub fn is_epoch(self) -> bool {
        (Self::Compact..=Self::Micros).contains(&self)
    }
}

/// Longer cells have no shape.
const LONGEST: usize = 40;

/// The shape of `cell`.
#[must_use]
pub fn shape(cell: &str) -> Shape {
    let text = trimmed(cell);
    let bytes = text.as_bytes();
    let Some(&first) = bytes.first() else { return Shape::Blank };
    if bytes.len() > LONGEST {
        return Shape::Other;
    }
    if boolean::word(text).is_some() {
        return if matches!(text, "0" | "1") { Shape::Bit } else { Shape::Boolean };
    }
    if first == b'#' {
        return if SHEET_ERRORS.contains(&text) { Shape::SheetError } else { Shape::Other };
    }
    let of_digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    if of_digits == bytes.len() {
        return digits(text);
    }
    if of_digits == 0 || memchr::memchr(b'@', bytes).is_some() {
        return Shape::Other;
    }
    match checksum(text) {
        Some(Checksum::Holds) => return Shape::LongId,
        Some(Checksum::Folded(_)) => return Shape::FoldedId,
        Some(Checksum::Fails) => return Shape::BrokenId,
        None => {}
    }
    // Most of what is neither plain text nor a plain number are ISO times.
    if is_year_first(bytes)
        && let Some(shape) = date(text, false)
    {
        return shape;
    }
    // A currency has three letters at most, and so has a month among numbers; longer words are text.
    let letters = bytes.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let month = (letters > 1 || !text.is_ascii()) && has_month(text);
    if letters > 3 && !month {
        return Shape::Other;
    }
    date(text, month)
        .or_else(|| number(text))
        .or_else(|| (letters == 1 && is_exponent(text)).then_some(Shape::Exponent))
        .or_else(|| is_range(text).then_some(Shape::Range))
        .or_else(|| month.then(|| month_day(text)).flatten().map(|_| Shape::MonthDay))
        .unwrap_or(Shape::Other)
}

/// What spreadsheets write in place of a value, in English and German. `#N/A` is left out: loaders write it for nothing.
const SHEET_ERRORS: [&str; 11] =
    ["#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#BEZUG!", "#WERT!", "#ZAHL!"];

fn digits(text: &str) -> Shape {
    let Some(reading) = timestamp::epoch(text) else { return Shape::Integer };
    // Numbers of these lengths are times only if they lie between 1990 and 2100.
    if !(631_152_000_000_000..4_102_444_800_000_000).contains(&reading.micros) {
        return Shape::Integer;
    }
    match text.len() {
        8 | 14 => Shape::Compact,
        9 | 10 => Shape::Seconds,
        12 | 13 => Shape::Millis,
        _ => Shape::Micros,
    }
}

fn is_year_first(bytes: &[u8]) -> bool {
    matches!(bytes, [a, b, c, d, b'-' | b'/', ..] if [a, b, c, d].into_iter().all(u8::is_ascii_digit))
}

/// Dates; `month` says whether the name of one is in the text.
fn date(text: &str, month: bool) -> Option<Shape> {
    let bytes = text.as_bytes();
    if bytes.len() < 6 {
        return None;
    }
    if is_year_first(bytes) {
        timestamp::iso(bytes, Tz::UTC)?;
        return Some(if bytes[4] == b'-' { Shape::IsoDate } else { Shape::YearSlash });
    }
    if let Some((a, b, separator, _, _)) = timestamp::numeric_date(timestamp::without_weekday(text)) {
        timestamp::numeric(text, Tz::UTC, DayOrder::MonthFirst)?;
        return Some(match (separator, a > 12, b > 12) {
            (b'.', _, _) => Shape::Dots,
            (b'/', true, _) => Shape::DayMonthSlash,
            (b'/', _, true) => Shape::MonthDaySlash,
            (b'/', _, _) => Shape::EitherSlash,
            (_, true, _) => Shape::DayMonthDash,
            (_, _, true) => Shape::MonthDayDash,
            _ => Shape::EitherDash,
        });
    }
    if !month {
        return None;
    }
    timestamp::worded(text, Tz::UTC)?;
    let rest = text.split_once(", ").map_or(text, |(day, rest)| if day.len() == 3 { rest } else { text });
    Some(if rest.starts_with(|c: char| c.is_ascii_digit()) { Shape::DayName } else { Shape::MonthName })
}

fn has_month(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic()).any(|word| month(word).is_some())
}

/// The month that a word begins with, English or German.
fn month(word: &str) -> Option<u32> {
    let &[a, b, c, ..] = word.as_bytes() else { return None };
    Some(match [a | 0x20, b | 0x20, c | 0x20] {
        [b'j', b'a', b'n'] => 1,
        [b'f', b'e', b'b'] => 2,
        [b'm', b'a', b'r'] => 3,
        [b'a', b'p', b'r'] => 4,
        [b'm', b'a', b'y' | b'i'] => 5,
        [b'j', b'u', b'n'] => 6,
        [b'j', b'u', b'l'] => 7,
        [b'a', b'u', b'g'] => 8,
        [b's', b'e', b'p'] => 9,
        [b'o', b'c' | b'k', b't'] => 10,
        [b'n', b'o', b'v'] => 11,
        [b'd', b'e', b'c' | b'z'] => 12,
        [b'm', ..] if word.get(..4).is_some_and(|front| front.to_lowercase() == "mär") => 3,
        _ => return None,
    })
}

/// The two numbers that a spreadsheet made `10-Jan` of, the smaller first: 1 and 10; of `Oct-50` 10 and 50.
#[must_use]
pub fn month_day(text: &str) -> Option<(u32, u32)> {
    let (left, right) = text.split_once(['-', ' ', '/'])?;
    let (left, right) = (left.trim_end_matches('.'), right.trim().trim_end_matches('.'));
    let of = |number: &str, name: &str| -> Option<(u32, u32)> {
        let is_number = (1..=2).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
        // `10-Mary` is no date: the name of a month, or the three letters of it.
        let letters = name.chars().count();
        let named = name.chars().all(char::is_alphabetic) && (letters == 3 || is_full_month(name));
        if !is_number || !named {
            return None;
        }
        let (number, month) = (number.parse().ok()?, month(name)?);
        Some((month.min(number), month.max(number)))
    };
    of(left, right).or_else(|| of(right, left))
}

fn is_full_month(name: &str) -> bool {
    const FULL: [&str; 18] = [
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "januar",
        "februar",
        "märz",
        "juni",
        "juli",
        "oktober",
        "dezember",
    ];
    FULL.contains(&name.to_lowercase().as_str())
}

/// `1.23E+15` as spreadsheets write it, `6.0E7` as loaders do. `1E10` may be an article number.
fn is_exponent(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once(['.', ',']).map_or((mantissa, None), |(a, b)| (a, Some(b)));
    let signed = exponent.starts_with(['+', '-']);
    whole.len() == 1
        && is_digits(whole)
        && fraction.is_none_or(is_digits)
        && is_digits(exponent.trim_start_matches(['+', '-']))
        && (signed || fraction.is_some())
        && exponent.len() <= 4
}

/// `10-49`, `10 – 49`, `500+`.
fn is_range(text: &str) -> bool {
    let is_number = |text: &str| {
        let text = text.trim();
        text.starts_with(|c: char| c.is_ascii_digit())
            && text.bytes().all(|b| b.is_ascii_digit() || b == b',' || b == b'.')
            && text.len() <= 12
    };
    if let Some(from) = text.strip_suffix('+') {
        return is_number(from);
    }
    text.split_once(['-', '–', '—']).is_some_and(|(from, to)| is_number(from) && is_number(to))
}

/// Currencies as exports write them beside an amount.
const CURRENCIES: [&str; 27] = [
    "€", "$", "£", "¥", "₹", "US$", "CA$", "A$", "R$", "CHF", "EUR", "USD", "GBP", "CAD", "AUD", "NZD", "JPY", "SEK",
    "NOK", "DKK", "PLN", "CZK", "INR", "BRL", "MXN", "kr", "zł",
];

/// `text` without a currency at either end, and whether there was one.
#[must_use]
pub fn without_currency(text: &str) -> (&str, bool) {
    if text.bytes().all(|b| b.is_ascii() && !b.is_ascii_alphabetic() && b != b'$') {
        return (text, false);
    }
    let (sign, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    // Ids and codes are many: what neither begins nor ends like a currency is looked at no further.
    let begins =
        rest.starts_with(|c: char| !c.is_ascii() || c == '$' || c.is_ascii_uppercase() || matches!(c, 'k' | 'z'));
    if !begins && rest.ends_with(|c: char| c.is_ascii_digit()) {
        return (text, false);
    }
    let is_space = |c: char| c.is_whitespace();
    for currency in CURRENCIES {
        let bare = rest.strip_prefix(currency).or_else(|| rest.strip_suffix(currency));
        if let Some(bare) = bare.map(|bare| bare.trim_matches(is_space)).filter(|bare| !bare.is_empty()) {
            let bare = if sign { bare.trim_start_matches('-') } else { bare };
            return (bare, true);
        }
    }
    (text, false)
}

/// Numbers with separators or a currency.
fn number(text: &str) -> Option<Shape> {
    let (bare, money) = without_currency(text);
    let shape = plain_number(bare)?;
    Some(match (money, shape) {
        (false, shape) => shape,
        (true, Shape::Point) => Shape::MoneyPoint,
        (true, Shape::Comma) => Shape::MoneyComma,
        (true, _) => Shape::Money,
    })
}

/// Which sign is the decimal one, if the number tells.
fn plain_number(text: &str) -> Option<Shape> {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    if text.bytes().any(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let mut groups: Vec<&str> = Vec::new();
    let mut signs: Vec<char> = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        groups.push(&rest[..end]);
        let Some(sign) = rest[end..].chars().next() else { break };
        if !matches!(sign, '.' | ',' | ' ' | '\u{A0}' | '\u{202F}' | '\'' | '’') {
            return None;
        }
        signs.push(sign);
        rest = &rest[end + sign.len_utf8()..];
    }
    let (first, last) = (groups.first()?, groups.last()?);
    if last.is_empty() || (first.is_empty() && signs.len() != 1) {
        return None;
    }
    let thousands = |groups: &[&str]| {
        groups.first().is_some_and(|first| (1..=3).contains(&first.len()))
            && groups[1..].iter().all(|group| group.len() == 3)
    };
    let decimal = |sign: char| match sign {
        '.' => Some(Shape::Point),
        ',' => Some(Shape::Comma),
        _ => None,
    };
    let (Some(&sign), before) = (signs.last(), signs.len().checked_sub(1)) else { return Some(Shape::Integer) };
    let before = &signs[..before?];
    if before.is_empty() {
        // Three digits behind one sign may be thousands; a nought before it cannot.
        let whole = (1..=3).contains(&first.len()) && !first.starts_with('0') && last.len() == 3;
        return match sign {
            '.' | ',' if whole => Some(Shape::Either),
            '.' | ',' => decimal(sign),
            _ => thousands(&groups).then_some(Shape::Integer),
        };
    }
    if before.iter().all(|other| *other == sign) {
        return thousands(&groups).then_some(match sign {
            '.' => Shape::Comma,
            ',' => Shape::Point,
            _ => Shape::Integer,
        });
    }
    let same = before.iter().all(|other| *other == before[0]);
    (same && thousands(&groups[..groups.len() - 1])).then(|| decimal(sign)).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_cell_has_one_shape() {
        for (cell, wanted) in [
            (" ", Shape::Blank),
            ("Acme", Shape::Other),
            ("TRUE", Shape::Boolean),
            ("nein", Shape::Boolean),
            ("1", Shape::Bit),
            ("2026-10-01T09:30:00Z", Shape::IsoDate),
            ("2026/10/01", Shape::YearSlash),
            ("25/4/2026 10:00", Shape::DayMonthSlash),
            ("4/25/2026", Shape::MonthDaySlash),
            ("3/4/2026", Shape::EitherSlash),
            ("31/31/2026", Shape::Other),
            ("25.4.2026", Shape::Dots),
            ("3-4-2026", Shape::EitherDash),
            ("1 Oct 2026", Shape::DayName),
            ("01-Oct-2026", Shape::DayName),
            ("Oct 1, 2026", Shape::MonthName),
            ("20261001", Shape::Compact),
            ("1790847000", Shape::Seconds),
            ("1790847000000", Shape::Millis),
            ("9999999999", Shape::Integer),
            ("42", Shape::Integer),
            ("1 200 000", Shape::Integer),
            ("1.5", Shape::Point),
            ("0.123", Shape::Point),
            ("1,200.50", Shape::Point),
            ("1,200,000", Shape::Point),
            ("1,5", Shape::Comma),
            ("1.200,50", Shape::Comma),
            ("1 200,50", Shape::Comma),
            ("1.200", Shape::Either),
            ("1,200", Shape::Either),
            ("€ 1.200,00", Shape::MoneyComma),
            ("USD 500", Shape::Money),
            ("-$5.25", Shape::MoneyPoint),
            ("500 €", Shape::Money),
            ("1.21255E+10", Shape::Exponent),
            ("6.0E7", Shape::Exponent),
            ("1E10", Shape::Other),
            ("12E45678", Shape::Other),
            ("10-49", Shape::Range),
            ("1,000 – 4,999", Shape::Range),
            ("500+", Shape::Range),
            ("10-Jan", Shape::MonthDay),
            ("Oct-50", Shape::MonthDay),
            ("10. Okt", Shape::MonthDay),
            ("10-Mary", Shape::Other),
            ("#REF!", Shape::SheetError),
            ("#N/A", Shape::Other),
            ("#1 choice", Shape::Other),
            ("0019000000oC4HkAAK", Shape::LongId),
            ("0019000000oc4hkaak", Shape::FoldedId),
            ("0019000000oC4HkAAA", Shape::BrokenId),
            ("1.2.3", Shape::Other),
            ("192.168.0.1", Shape::Other),
        ] {
            assert_eq!(shape(cell), wanted, "{cell:?}");
        }
    }

    #[test]
    fn a_month_gives_back_the_range() {
        assert_eq!(month_day("10-Jan"), Some((1, 10)));
        assert_eq!(month_day("Oct-50"), Some((10, 50)));
        assert_eq!(month_day("2-Oct"), Some((2, 10)));
        assert_eq!(month_day("Marie-10"), None);
    }

    proptest! {
        #[test]
        fn never_panics(cell in "\\PC{0,42}|[0-9A-Za-z €$,.'+-]{0,20}") {
            let _ = shape(&cell);
        }
    }
}
