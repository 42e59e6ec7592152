//! Phone numbers: how they are written, whether a country has numbers of that length, and their form after E.164.
//!
//! Lengths, prefixes and countries are those of libphonenumber's metadata. Only lengths are held against a number, and of
//! North American ones that area codes do not begin with 0 or 1: ranges of numbers change faster than metadata, and a
//! number that is fictional or new is no error of the export.

mod regions;

use std::collections::BTreeMap;

use regions::{Region, by_code, by_id, lengths};

use super::column_formats::{Holds, file_rows, holds};
use super::country;
use super::table::Table;
use super::text::trimmed;
use crate::model::Role;

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Style {
    /// `+12025550136`.
    E164,
    /// `+1 202 555 0136` in any grouping.
    International,
    /// `2025550136`.
    Digits,
    /// `(202) 555-0136`.
    Parentheses,
    /// `202-555-0136`.
    Dashes,
    /// `202.555.0136`.
    Dots,
    /// `202 555 0136`.
    Spaces,
    /// Otherwise, with slashes or mixed signs.
    Mixed,
}

/// A number as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Whether the prefix of its country stands in front, behind a plus.
    pub plus: bool,
    /// The digits, without plus and extension.
    pub digits: String,
    /// The digits of an extension.
    pub extension: Option<String>,
    /// How it is grouped; an extension makes no style.
    pub style: Style,
}

impl Written {
    /// The country's prefix, where a plus says that one is there and some country has it.
    #[must_use]
    pub fn calling(&self) -> Option<u16> {
        if self.plus { split(&self.digits).map(|(calling, _)| calling) } else { None }
    }
}

/// Whether two cells are one number: one may carry the prefix of its country, the other not.
#[must_use]
pub fn is_same(a: &str, b: &str) -> bool {
    let (Some(a), Some(b)) = (read(a), read(b)) else { return false };
    let (a, b) = (a.digits.trim_start_matches('0'), b.digits.trim_start_matches('0'));
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    short.len() >= 7 && long.len() - short.len() <= 3 && long.ends_with(short)
}

/// The last `length` digits of a number, which it shows with or without the prefix of its country; `None` below seven.
#[must_use]
pub fn tail(cell: &str, length: usize) -> Option<String> {
    let digits = read(cell)?.digits;
    let digits = digits.trim_start_matches('0');
    (digits.len() >= 7).then(|| digits[digits.len().saturating_sub(length)..].to_owned())
}

/// The number as it is dialled at home, without the prefix of its country and the nought before it; `None` below seven
/// digits. Without a plus only North America's prefix is told.
#[must_use]
pub fn national(cell: &str) -> Option<String> {
    let written = read(cell)?;
    let prefix = written.calling().map(|code| code.to_string());
    let digits = match prefix.as_deref() {
        Some(prefix) => written.digits.strip_prefix(prefix).unwrap_or(&written.digits),
        None if written.digits.len() == 11 => written.digits.strip_prefix('1').unwrap_or(&written.digits),
        None => &written.digits,
    };
    let digits = digits.trim_start_matches('0');
    (digits.len() >= 7).then(|| digits.to_owned())
}

/// Reads a cell; `None` for cells without digits, with words, or of fewer than three digits: they are no attempt at one
/// number.
#[must_use]
pub fn read(cell: &str) -> Option<Written> {
    let text = trimmed(cell);
    if let Some(digits) = text.strip_prefix('+').filter(|rest| rest.bytes().all(|b| b.is_ascii_digit())) {
        let number = Written { plus: true, digits: digits.to_owned(), extension: None, style: Style::E164 };
        return (digits.len() > 2).then_some(number);
    }
    let (number, extension) = without_extension(text);
    let mut digits = String::with_capacity(number.len());
    let (mut parentheses, mut dashes, mut dots, mut spaces, mut others) = (false, false, false, false, false);
    let plus = number.starts_with('+') || number.starts_with("(+");
    // A nought in parentheses behind the prefix is dialled at home only.
    let number = if plus { number.replacen("(0)", "", 1) } else { number.to_owned() };
    for (at, c) in number.char_indices() {
        match c {
            '0'..='9' => digits.push(c),
            '+' if at < 2 => {}
            '(' | ')' => parentheses = true,
            '-' | '–' | '‑' => dashes = true,
            '.' => dots = true,
            '/' => others = true,
            c if c.is_whitespace() => spaces = true,
            _ => return None,
        }
    }
    if digits.len() < 3 {
        return None;
    }
    let style = match (plus, parentheses, dashes, dots, spaces, others) {
        (true, false, false, false, false, false) => Style::E164,
        (true, ..) => Style::International,
        (_, false, false, false, false, false) => Style::Digits,
        (_, true, _, false, _, false) => Style::Parentheses,
        (_, false, true, false, false, false) => Style::Dashes,
        (_, false, false, true, false, false) => Style::Dots,
        (_, false, false, false, true, false) => Style::Spaces,
        _ => Style::Mixed,
    };
    Some(Written { plus, digits, extension, style })
}

/// A number and the digits of its extension: `202-555-0136 x12`, `… ext. 12`, `…;ext=12`, `… #12`.
fn without_extension(text: &str) -> (&str, Option<String>) {
    if !text.bytes().any(|b| b.is_ascii_alphabetic() || b == b'#') {
        return (text, None);
    }
    let lower = text.to_ascii_lowercase();
    for mark in [";ext=", "extension", "extn", "ext", "durchwahl", "poste", "x", "#"] {
        let Some(at) = lower.find(mark) else { continue };
        let tail = lower[at + mark.len()..].trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | '='));
        let is_number = (1..=7).contains(&tail.len()) && tail.bytes().all(|b| b.is_ascii_digit());
        if is_number && text[..at].bytes().filter(u8::is_ascii_digit).count() >= 5 {
            return (
                text[..at].trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';')),
                Some(tail.to_owned()),
            );
        }
    }
    (text, None)
}

/// The prefix of a number that is written after E.164, and whether a country has numbers of that length; `None` for cells
/// that are written otherwise. Cheaper than [`read`] and [`judge`], which say the same.
#[must_use]
pub fn e164(cell: &str) -> Option<(Option<u16>, bool)> {
    let digits = cell.strip_prefix('+').filter(|rest| rest.len() > 2 && rest.bytes().all(|b| b.is_ascii_digit()))?;
    Some(split(digits).map_or((None, false), |(calling, national)| (Some(calling), fits(calling, national))))
}

/// What a number is held to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Some country has such numbers; the form after E.164, extension included, where it is certain.
    Fine(Option<String>),
    /// No country that comes into question has such numbers, for this reason.
    Invalid(String),
    /// Nothing says what country it is of.
    Unknown,
}

/// Holds a number against the countries that come into question: its own prefix, else `regions` (ISO codes) in order.
#[must_use]
pub fn judge(number: &Written, regions: &[&str]) -> Verdict {
    let with = |calling: u16, national: &str| {
        let extension = number.extension.as_ref().map(|digits| format!(";ext={digits}")).unwrap_or_default();
        format!("+{calling}{national}{extension}")
    };
    if number.plus {
        return match abroad(&number.digits) {
            Ok((calling, national)) => Verdict::Fine(Some(with(calling, national))),
            Err(why) => Verdict::Invalid(why),
        };
    }
    let mut why = None;
    for region in regions {
        let Some(meta) = by_id(region) else { continue };
        // `00` and `011` are the plus of those who dial.
        let out = if meta.calling == 1 { "011" } else { "00" };
        if let Some(Ok((calling, national))) = number.digits.strip_prefix(out).map(abroad) {
            return Verdict::Fine(Some(with(calling, national)));
        }
        if let Some((national, certain)) = at_home(meta, &number.digits) {
            return Verdict::Fine(certain.then(|| with(meta.calling, national)));
        }
        why.get_or_insert_with(|| {
            format!("{} digits, which is no number in {}", number.digits.len(), country::name(region))
        });
    }
    why.map_or(Verdict::Unknown, Verdict::Invalid)
}

/// The prefix and the rest of a number that begins with a country's prefix.
fn abroad(digits: &str) -> Result<(u16, &str), String> {
    let Some((calling, national)) = split(digits) else {
        return Err("no country has the prefix that it begins with".to_owned());
    };
    if fits(calling, national) {
        return Ok((calling, national));
    }
    Err(format!("{} digits behind +{calling}, which no number there has", national.len()))
}

/// Numbers of Italy keep their nought.
const ITALY: u16 = 39;

/// The national number that `digits` are in a country, and whether it is certain that nothing in front must go.
fn at_home<'a>(meta: &Region, digits: &'a str) -> Option<(&'a str, bool)> {
    let calling = meta.calling;
    // Carriers' codes and the like change a number as it is dialled; what is left is then not certain.
    let certain = !meta.rewritten;
    if let Some(rest) = meta.prefix.and_then(|prefix| digits.strip_prefix(prefix))
        && fits(calling, rest)
    {
        return Some((rest, certain));
    }
    fits(calling, digits).then_some((digits, certain && (calling == ITALY || !digits.starts_with('0'))))
}

/// The country's prefix at the front of `digits`, and what follows.
fn split(digits: &str) -> Option<(u16, &str)> {
    (1..=3.min(digits.len())).find_map(|len| {
        let calling: u16 = digits[..len].parse().ok()?;
        (!digits.starts_with('0') && lengths(calling) != 0).then(|| (calling, &digits[len..]))
    })
}

/// Whether a country of this prefix has numbers of this length.
fn fits(calling: u16, national: &str) -> bool {
    let area = !(calling == 1 && national.starts_with(['0', '1']));
    area && national.len() < 32 && lengths(calling) >> national.len() & 1 == 1
}

/// The prefix of the country with ISO code `region`.
#[must_use]
pub fn calling_of(region: &str) -> Option<u16> {
    by_id(region).map(|region| region.calling)
}

/// The main country that has a prefix.
fn main_of(calling: u16) -> Option<&'static str> {
    country::country(by_code(calling)?.id)
}

/// The columns of a table that hold phone numbers, by role and header.
pub fn columns(table: &Table) -> impl Iterator<Item = usize> + '_ {
    table.source.columns().filter(|column| holds(&table.source, *column) == Holds::Phones)
}

/// Cells by style and, where it is there, prefix.
type Styles = BTreeMap<(Style, Option<u16>), u64>;

/// How the phone numbers of one source are written.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct PhoneFacts {
    /// By column and file: cells by style and, where it is there, prefix.
    styles: BTreeMap<(usize, usize), Styles>,
    /// ISO code of the country that most rows are of, by their country, else by the prefix of their number.
    pub region: Option<&'static str>,
}

impl PhoneFacts {
    /// Looks at every phone number of `table`.
    pub(super) fn compute(table: &Table) -> Self {
        let ranges = file_rows(table);
        let mut facts = Self::default();
        let mut votes: BTreeMap<u16, u64> = BTreeMap::new();
        for column in columns(table) {
            let parts = table.text(column).par_parts(|first, cells| {
                let mut file = ranges.partition_point(|rows| rows.end <= first);
                let mut found: BTreeMap<(usize, Style, Option<u16>), u64> = BTreeMap::new();
                for (row, cell) in (first..).zip(cells) {
                    while ranges.get(file).is_some_and(|rows| rows.end <= row) {
                        file += 1;
                    }
                    let Some(cell) = cell else { continue };
                    let number = e164(cell).map(|(calling, _)| (Style::E164, calling));
                    let number = number.or_else(|| read(cell).map(|number| (number.style, number.calling())));
                    if let Some((style, calling)) = number {
                        *found.entry((file, style, calling)).or_default() += 1;
                    }
                }
                found
            });
            for ((file, style, calling), count) in parts.into_iter().flatten() {
                *facts.styles.entry((column, file)).or_default().entry((style, calling)).or_default() += count;
                if let Some(calling) = calling {
                    *votes.entry(calling).or_default() += count;
                }
            }
        }
        if let Some(dictionary) = table.role(Role::Country).and_then(|column| table.dictionary(column)) {
            for (value, count) in dictionary.values.iter().zip(&dictionary.counts) {
                if let Some(calling) = country::country(value).and_then(calling_of) {
                    *votes.entry(calling).or_default() += u64::from(*count);
                }
            }
        }
        let all: u64 = votes.values().sum();
        let most = votes.iter().max_by_key(|(calling, count)| (**count, std::cmp::Reverse(**calling)));
        // More than half, and more than a chance few.
        facts.region =
            most.filter(|(_, count)| **count * 2 > all && **count >= 3).and_then(|(calling, _)| main_of(*calling));
        facts
    }

    /// The style of most numbers in column `column` of file `file`; numbers from outside `home`, which need their prefix,
    /// have no say where there are others. `None` where no style has more than half.
    #[must_use]
    pub fn usual(&self, column: usize, file: usize, home: Option<&str>) -> Option<Style> {
        let styles = self.styles.get(&(column, file))?;
        let home = home.and_then(calling_of);
        let foreign = |calling: Option<u16>| calling.is_some() && home.is_some() && calling != home;
        let mut counts: BTreeMap<Style, u64> = BTreeMap::new();
        for ((style, calling), count) in styles {
            if !foreign(*calling) {
                *counts.entry(*style).or_default() += count;
            }
        }
        let all: u64 = counts.values().sum();
        counts.into_iter().find(|(_, count)| count * 2 > all).map(|(style, _)| style)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_itself_with_the_prefix_of_its_country_and_without() {
        assert!(is_same("(202) 555-0101", "+12025550101"));
        assert!(is_same("04 65 71 79 77", "+33 465717977"));
        assert!(!is_same("(202) 555-0101", "+12025550102"));
        assert!(!is_same("555010", "555010"), "six digits are nobody's");
        for cell in ["2025550101", "+1 202 555 0101", "1-202-555-0101"] {
            assert_eq!(national(cell).as_deref(), Some("2025550101"), "{cell}");
        }
        for cell in ["04 65 71 79 77", "+33 465717977"] {
            assert_eq!(national(cell).as_deref(), Some("465717977"), "{cell}");
        }
        assert_ne!(national("+1 212 555 0101"), national("+1 312 555 0101"), "another area");
        assert_eq!(tail("+33 465717977", 8).as_deref(), Some("65717977"));
    }

    fn e164(cell: &str, regions: &[&str]) -> Option<String> {
        match judge(&read(cell)?, regions) {
            Verdict::Fine(e164) => e164,
            _ => None,
        }
    }

    fn verdict(cell: &str, regions: &[&str]) -> Option<bool> {
        match judge(&read(cell)?, regions) {
            Verdict::Fine(_) => Some(true),
            Verdict::Invalid(_) => Some(false),
            Verdict::Unknown => None,
        }
    }

    #[test]
    fn every_spelling_of_a_number_comes_to_one_form() {
        for cell in [
            "+12025550136",
            "+1 (202) 555-0136",
            "(202) 555-0136",
            "202-555-0136",
            "202.555.0136",
            "1-202-555-0136",
            "2025550136",
            "0111 202 555 0136",
        ] {
            assert_eq!(e164(cell, &["US"]).as_deref(), Some("+12025550136"), "{cell}");
        }
        assert_eq!(e164("202-555-0136 x12", &["US"]).as_deref(), Some("+12025550136;ext=12"));
        assert_eq!(e164("+49 (0)30 5550136", &[]).as_deref(), Some("+49305550136"));
        assert_eq!(e164("030/5550136", &["DE"]).as_deref(), Some("+49305550136"));
        assert_eq!(e164("0044 20 7946 0136", &["DE"]).as_deref(), Some("+442079460136"));
        assert_eq!(e164("06 5550 1369", &["IT"]).as_deref(), Some("+390655501369"));
    }

    #[test]
    fn numbers_are_held_against_the_countries_in_question() {
        for (cell, regions, wanted) in [
            ("+1202555", &[][..], Some(false)),
            ("+11234567890", &[], Some(false)),
            ("+99912345678", &[], Some(false)),
            ("+4402079460136", &[], Some(false)),
            ("555-0136", &["US"], Some(false)),
            ("020 7946 0136", &["US", "GB"], Some(true)),
            ("020 7946 0136", &["US"], Some(false)),
            ("020 7946 0136", &[], None),
            ("call me", &["US"], None),
            ("1-800-FLOWERS", &["US"], None),
        ] {
            assert_eq!(verdict(cell, regions), wanted, "{cell} {regions:?}");
        }
    }

    #[test]
    fn styles_are_told_apart() {
        for (cell, style) in [
            ("+12025550136", Style::E164),
            ("+12025550136 ext. 5", Style::E164),
            ("+1 202 555 0136", Style::International),
            ("2025550136", Style::Digits),
            ("(202) 555-0136", Style::Parentheses),
            ("202-555-0136", Style::Dashes),
            ("202.555.0136", Style::Dots),
            ("202 555 0136", Style::Spaces),
            ("030/555-0136", Style::Mixed),
        ] {
            assert_eq!(read(cell).map(|number| number.style), Some(style), "{cell}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(cell in "\\PC{0,30}|[+0-9 ()x#./-]{0,24}", region in "[A-Z]{2}") {
            if let Some(number) = read(&cell) {
                let _ = judge(&number, &[&region, "US", "DE", "IT", "AR"]);
            }
        }
    }
}
