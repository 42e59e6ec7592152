//! Phone numbers: as they are dialled at home, with or without the prefix of the country, the area and an extension.

use rayon::prelude::*;

use super::fold::{add, shuffled, whole};
use super::{Comparison, Level, key};
use crate::matching::fuzz;
use crate::normalise::phone;

/// Levels, best first. Another number of the same exchange is a colleague's.
const LEVELS: &[Level] = &[
    Level::new("same", 0.62),
    Level::new("same but for prefix, area or extension", 0.04),
    Level::new("one digit off", 0.05),
    Level::new("different", 0.29),
];

const SAME: u8 = 0;
const TAIL: u8 = 1;
const SLIP: u8 = 2;
const DIFFERENT: u8 = 3;

/// Digits below which a number is nobody's.
const FEWEST: usize = 7;

/// How phone numbers compare.
#[derive(Debug)]
pub struct PhoneNumbers {
    numbers: Vec<Number>,
}

#[derive(Debug)]
struct Number {
    /// The digits as dialled at home, no nought in front.
    digits: Box<str>,
    /// The country's prefix, where the cell says it.
    calling: Option<u16>,
    /// Hash of the extension; 0 without.
    extension: u64,
    same: u64,
}

impl PhoneNumbers {
    /// Over the distinct values of a field.
    #[must_use]
    pub fn new(values: &[&str]) -> Self {
        Self { numbers: values.par_iter().map(|value| Number::read(value)).collect() }
    }
}

impl Number {
    fn read(value: &str) -> Self {
        // Nobody's number is longer, whatever stands around it.
        let cell: String = value.chars().take(80).collect();
        let written = phone::read(&cell);
        let (digits, calling, extension) = match &written {
            Some(written) => {
                let abroad = written.digits.strip_prefix("00").filter(|_| !written.plus);
                let abroad = abroad.and_then(|rest| phone::read(&format!("+{rest}")));
                let number = abroad.as_ref().unwrap_or(written);
                let calling = number.calling();
                let digits = match calling.map(|calling| calling.to_string()) {
                    Some(prefix) => number.digits.strip_prefix(prefix.as_str()).unwrap_or(&number.digits).to_owned(),
                    None if number.digits.len() == 11 => {
                        number.digits.strip_prefix('1').unwrap_or(&number.digits).to_owned()
                    }
                    None => number.digits.clone(),
                };
                (digits, calling, written.extension.as_deref().map_or(0, |extension| key(2, extension)))
            }
            None => (cell.chars().filter(char::is_ascii_digit).collect(), None, 0),
        };
        let digits: &str = digits.trim_start_matches('0');
        let digits = &digits[..digits.len().min(20)];
        let same = match (digits.is_empty(), extension) {
            (true, _) => whole(value),
            (false, 0) => key(1, digits),
            (false, extension) => key(3, digits) ^ extension.rotate_left(7) | 1,
        };
        Self { digits: digits.into(), calling, extension, same }
    }

    fn tail(&self, len: usize) -> &str {
        &self.digits[self.digits.len().saturating_sub(len)..]
    }
}

/// Whether two numbers of one length differ in nothing but one of their last two digits: lines of one switchboard.
fn is_next_line(one: &str, other: &str) -> bool {
    let head = one.len().saturating_sub(2);
    one.len() == other.len()
        && one[..head] == other[..head]
        && one.bytes().zip(other.bytes()).filter(|(a, b)| a != b).count() == 1
}

impl Comparison for PhoneNumbers {
    fn levels(&self) -> &'static [Level] {
        LEVELS
    }

    fn level(&self, one: u32, other: u32) -> u8 {
        let (a, b) = (&self.numbers[one as usize], &self.numbers[other as usize]);
        let abroad = a.calling.is_some() && b.calling.is_some() && a.calling != b.calling;
        let (short, long) = if a.digits.len() <= b.digits.len() { (a, b) } else { (b, a) };
        if a.same == b.same {
            // +1 202 … and +44 202 … are two numbers, but rarely two people's.
            return if abroad { TAIL } else { SAME };
        }
        if short.digits.len() < FEWEST {
            return DIFFERENT;
        }
        // Two extensions are two people at one switchboard.
        let extensions = a.extension != 0 && b.extension != 0 && a.extension != b.extension;
        if !abroad
            && !extensions
            && long.digits.len() - short.digits.len() <= 4
            && long.digits.ends_with(&*short.digits)
        {
            return TAIL;
        }
        let near = long.digits.len() - short.digits.len() <= 1
            && !extensions
            && fuzz::edits(&a.digits, &b.digits, 1).is_some()
            && !is_next_line(&a.digits, &b.digits);
        if near { SLIP } else { DIFFERENT }
    }

    fn term(&self, value: u32, level: u8) -> u64 {
        let number = &self.numbers[value as usize];
        match level {
            SAME => number.same,
            TAIL => key(4, number.tail(FEWEST)),
            _ => 0,
        }
    }

    fn keys(&self, value: u32, keys: &mut Vec<u64>) {
        let number = &self.numbers[value as usize];
        if number.digits.len() < FEWEST {
            keys.push(number.same);
            return;
        }
        keys.push(key(1, &number.digits));
        add(keys, key(4, number.tail(FEWEST)));
        // Digits swapped leave the digits; one that is off leaves front or back.
        add(keys, key(5, &shuffled(&number.digits)));
        add(keys, key(6, &number.digits[..number.digits.len() - 3]));
        add(keys, key(7, number.tail(5)));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{is_sound, levels_hold};
    use super::*;

    #[test]
    fn levels_of_pairs() {
        levels_hold(
            PhoneNumbers::new,
            &[
                ("(202) 555-0136", "+12025550136", SAME),
                ("1-202-555-0136", "202.555.0136", SAME),
                ("0033 4 65 71 79 77", "04 65 71 79 77", SAME),
                ("202-555-0136 x12", "2025550136 ext. 12", SAME),
                ("mobile: 202 555 0136", "2025550136", SAME),
                ("555-0136", "202-555-0136", TAIL),
                ("202-555-0136 x12", "202-555-0136", TAIL),
                ("49 30 5550136", "030 5550136", TAIL),
                ("+1 202 555 0136", "+44 202 555 0136", TAIL),
                ("202-555-0136", "202-565-0136", SLIP),
                ("202-555-0136", "202-555-0163", SLIP),
                ("202-555-0136", "202-55-0136", SLIP),
                ("202-555-0136", "202-555-0137", DIFFERENT),
                ("202-555-0136 x12", "202-555-0136 x13", DIFFERENT),
                ("+1 202 555 0136", "312-555-0136", DIFFERENT),
                ("555", "556", DIFFERENT),
                ("none", "unknown", DIFFERENT),
            ],
        );
    }

    proptest::proptest! {
        #[test]
        fn sound(values in super::super::testing::values("[+]?[1-3]{1,2} ?[1-3]{3}[- ]?[0-2]{3,5}( x[0-9]{1,2})?")) {
            is_sound(PhoneNumbers::new, &values);
        }
    }
}
