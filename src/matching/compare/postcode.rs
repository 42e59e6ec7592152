//! Postal codes: without spaces, at the length of the shorter where one has more digits (ZIP+4).

use rayon::prelude::*;

use super::fold::{add, fold, shuffled, whole};
use super::{Comparison, Level, key};
use crate::matching::fuzz;

/// Levels, best first.
const LEVELS: &[Level] = &[
    Level { name: "same", prior: 0.70, conflict: false },
    Level { name: "one digit off", prior: 0.07, conflict: false },
    Level { name: "same area", prior: 0.06, conflict: false },
    Level { name: "different", prior: 0.17, conflict: false },
];

/// How postal codes compare.
#[derive(Debug)]
pub struct Postcodes {
    codes: Vec<Code>,
}

#[derive(Debug)]
struct Code {
    /// Letters and digits, lower case; five digits of a ZIP+4, no noughts at the front of a number.
    text: Box<str>,
    /// How many characters say the area.
    area: u8,
    /// Hash of the text, or of the cell where nothing is left of it.
    same: u64,
}

impl Postcodes {
    /// Over the distinct values of a field.
    #[must_use]
    pub fn new(values: &[&str]) -> Self {
        Self { codes: values.par_iter().map(|value| Code::read(value)).collect() }
    }
}

impl Code {
    fn read(value: &str) -> Self {
        let folded = fold(value);
        // The letters of the country before a number: D-10115, CH 8000.
        let rest = match folded.split_once(' ') {
            Some((country, rest))
                if country.len() <= 3
                    && country.bytes().all(|b| b.is_ascii_alphabetic())
                    && rest.len() >= 4
                    && rest.bytes().all(|b| b.is_ascii_digit()) =>
            {
                rest
            }
            _ => &folded,
        };
        let mut text: String = rest.chars().filter(|c| *c != ' ').take(16).collect();
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let written = text.len();
        if digits {
            // ZIP+4, with the nought that spreadsheets take or without.
            match (written, rest.split_once(' ')) {
                (9, _) => text.truncate(5),
                (8, Some((_, plus))) if plus.len() == 4 => text.truncate(4),
                _ => {}
            }
            let bare = text.trim_start_matches('0');
            if !bare.is_empty() {
                text = bare.into();
            }
        }
        let area = match text.len() {
            // Of London's W1A 1AA and Ottawa's K1A 0B1 all but the last three; of numbers all but the last two.
            5.. if !digits => text.len() - 3,
            len if digits => len.saturating_sub(2),
            len => len,
        };
        let same = if text.is_empty() { whole(value) } else { key(1, &text) };
        Self { text: text.into(), area: area as u8, same }
    }

    fn area(&self) -> &str {
        &self.text[..usize::from(self.area)]
    }
}

impl Comparison for Postcodes {
    fn levels(&self) -> &'static [Level] {
        LEVELS
    }

    fn level(&self, one: u32, other: u32) -> u8 {
        let (a, b) = (&self.codes[one as usize], &self.codes[other as usize]);
        if a.same == b.same {
            return 0;
        }
        let (short, long) = (a.text.len().min(b.text.len()), a.text.len().max(b.text.len()));
        if short >= 4 && long - short <= 1 && fuzz::edits(&a.text, &b.text, 1).is_some() {
            return 1;
        }
        // A front part alone says the area: SW1A.
        let same_area = (a.area().len() >= 2 && a.area() == b.area() && long == short)
            || (short >= 2 && long - short == 3 && (a.area() == &*b.text || b.area() == &*a.text));
        if same_area { 2 } else { 3 }
    }

    fn term(&self, value: u32, level: u8) -> u64 {
        let code = &self.codes[value as usize];
        match level {
            0 => code.same,
            2 => key(2, code.area()),
            _ => 0,
        }
    }

    fn keys(&self, value: u32, keys: &mut Vec<u64>) {
        let code = &self.codes[value as usize];
        keys.push(code.same);
        if code.text.len() >= 4 {
            add(keys, key(3, &shuffled(&code.text)));
            add(keys, key(2, code.area()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{is_sound, levels_hold};
    use super::*;

    #[test]
    fn levels_of_pairs() {
        levels_hold(
            Postcodes::new,
            &[
                ("89132", "89132-1234", 0),
                ("891321234", "89132", 0),
                ("02139", "2139", 0),
                ("02139-4307", "2139 4307", 0),
                ("sw1a 1aa", "SW1A1AA", 0),
                ("D-10115", "10115", 0),
                ("k1a0b1", "K1A 0B1", 0),
                ("89132", "89123", 1),
                ("89132", "89182", 1),
                ("4810", "4814", 1),
                ("4810", "480", 3),
                ("89132", "89111", 2),
                ("SW1A 1AA", "SW1A 2BD", 2),
                ("SW1A", "SW1A 2BD", 2),
                ("89132", "94105", 3),
                ("SW1A 1AA", "EC1A 1BB", 3),
                ("–", "…", 3),
            ],
        );
    }

    proptest::proptest! {
        #[test]
        fn sound(values in super::super::testing::values("[0-9]{3,5}(-[0-9]{4})?|[a-c][0-9][a-c] [0-9][a-c]{2}")) {
            is_sound(Postcodes::new, &values);
        }
    }
}
