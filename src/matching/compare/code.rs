//! Identifiers: social security, tax and licence numbers, customers' numbers. Separators do not count.

use rayon::prelude::*;

use super::fold::{add, fold, shuffled, whole};
use super::{Comparison, Level, key};
use crate::matching::fuzz;

/// Levels, best first. An identifier seldom changes, and is seldom wrong by more than a slip.
const LEVELS: &[Level] = &[
    Level { name: "same", prior: 0.84, conflict: false },
    Level { name: "a slip apart", prior: 0.08, conflict: false },
    Level { name: "end of the other", prior: 0.01, conflict: false },
    Level { name: "different", prior: 0.07, conflict: false },
];

/// How identifiers compare.
#[derive(Debug)]
pub struct Codes {
    codes: Vec<Code>,
}

#[derive(Debug)]
struct Code {
    /// Letters and digits.
    text: Box<str>,
    /// Hash of the text, of a number without the noughts at its front.
    same: u64,
}

impl Codes {
    /// Over the distinct values of a field.
    #[must_use]
    pub fn new(values: &[&str]) -> Self {
        Self { codes: values.par_iter().map(|value| Code::read(value)).collect() }
    }
}

impl Code {
    fn read(value: &str) -> Self {
        let folded = fold(value);
        // What a spreadsheet made a number of has `.0` behind it and no noughts in front.
        let folded = folded.strip_suffix(" 0").filter(|_| value.trim_end().ends_with(".0")).unwrap_or(&folded);
        let text: String = folded.chars().filter(|c| *c != ' ').take(48).collect();
        let bare = match text.trim_start_matches('0') {
            "" => &text,
            bare if bare.bytes().all(|b| b.is_ascii_digit()) => bare,
            _ => &text,
        };
        let same = if text.is_empty() { whole(value) } else { key(1, bare) };
        Self { text: text.into(), same }
    }
}

/// Whether the letters of two codes are the same set at the same length.
fn is_swapped(one: &str, other: &str) -> bool {
    one.len() == other.len() && fuzz::edits(one, other, 1).is_some() && {
        let sum = |text: &str| text.bytes().map(u32::from).sum::<u32>();
        sum(one) == sum(other)
    }
}

impl Comparison for Codes {
    fn levels(&self) -> &'static [Level] {
        LEVELS
    }

    fn level(&self, one: u32, other: u32) -> u8 {
        let (a, b) = (&self.codes[one as usize], &self.codes[other as usize]);
        if a.same == b.same {
            return 0;
        }
        let (short, long) = if a.text.len() <= b.text.len() { (a, b) } else { (b, a) };
        let slip = match long.text.len() {
            0 | 1 => false,
            // 12 and 21, 12 and 12a; of short ones every other has a digit in common.
            2..=3 => is_swapped(&a.text, &b.text) || is_suffixed(&short.text, &long.text),
            4 => short.text.len() >= 3 && fuzz::edits(&a.text, &b.text, 1).is_some(),
            5..=7 => fuzz::edits(&a.text, &b.text, 1).is_some(),
            len => {
                let most = if len >= 12 { 2 } else { 1 };
                fuzz::edits(&a.text, &b.text, most).is_some()
            }
        };
        if slip {
            1
        } else if short.text.len() >= 4 && long.text.ends_with(&*short.text) {
            2
        } else {
            3
        }
    }

    fn term(&self, value: u32, level: u8) -> u64 {
        let code = &self.codes[value as usize];
        match level {
            0 => code.same,
            2 => key(2, tail(&code.text, 4)),
            _ => 0,
        }
    }

    fn keys(&self, value: u32, keys: &mut Vec<u64>) {
        let code = &self.codes[value as usize];
        keys.push(code.same);
        let len = code.text.len();
        if len >= 5 {
            add(keys, key(3, &shuffled(code.text.trim_start_matches('0'))));
            add(keys, key(4, &code.text[..=len.div_ceil(2)]));
            add(keys, key(5, tail(&code.text, len.div_ceil(2) + 1)));
            add(keys, key(2, tail(&code.text, 4)));
        }
    }
}

/// A letter behind a number: 12 and 12a.
fn is_suffixed(short: &str, long: &str) -> bool {
    long.len() == short.len() + 1
        && long.starts_with(short)
        && short.bytes().all(|b| b.is_ascii_digit())
        && long.bytes().next_back().is_some_and(|b| b.is_ascii_alphabetic())
}

fn tail(text: &str, len: usize) -> &str {
    &text[text.len().saturating_sub(len)..]
}

#[cfg(test)]
mod tests {
    use super::super::testing::{is_sound, levels_hold};
    use super::*;

    #[test]
    fn levels_of_pairs() {
        levels_hold(
            Codes::new,
            &[
                ("900-55-0101", "900550101", 0),
                ("de 123 456 789", "DE123456789", 0),
                ("0012345", "12345", 0),
                ("12345.0", "12345", 0),
                ("7204816", "7204861", 1),
                ("7204816", "7204916", 1),
                ("7204816", "720481", 1),
                ("12", "21", 1),
                ("12", "12a", 1),
                ("112", "121", 1),
                ("***-**-0101", "900-55-0101", 2),
                ("12", "13", 3),
                ("112", "113", 3),
                ("7204816", "7311816", 3),
                ("–", "…", 3),
            ],
        );
    }

    proptest::proptest! {
        #[test]
        fn sound(values in super::super::testing::values("[A-B]{0,2}[0-3]{1,9}(-[0-9]{2})?")) {
            is_sound(Codes::new, &values);
        }
    }
}
