//! Values of a short list: gender, title, type, kind of trade.

use rayon::prelude::*;

use super::fold::{add, fold, whole};
use super::{Comparison, Level, key};
use crate::matching::fuzz;

/// Levels, best first.
const LEVELS: &[Level] = &[
    Level::new("same", 0.74),
    Level::new("short form or part", 0.04),
    Level::new("a slip apart", 0.03),
    Level::new("different", 0.19),
];

const SAME: u8 = 0;
const SHORT: u8 = 1;
const SLIP: u8 = 2;
const DIFFERENT: u8 = 3;

/// How values of a short list compare.
#[derive(Debug)]
pub struct Categories {
    values: Vec<Category>,
}

#[derive(Debug)]
struct Category {
    text: Box<str>,
    joined: Box<str>,
    initials: Box<str>,
    /// Hash of the digits.
    digits: u64,
    same: u64,
    /// Whether it begins one other value of the list and no second one.
    telling: bool,
}

impl Categories {
    /// Over the distinct values of a field.
    #[must_use]
    pub fn new(values: &[&str]) -> Self {
        let mut values: Vec<Category> = values.par_iter().map(|value| Category::read(value)).collect();
        let mut sorted: Vec<Box<str>> = values.iter().map(|value| value.joined.clone()).collect();
        sorted.par_sort_unstable();
        sorted.dedup();
        values.par_iter_mut().for_each(|value| {
            let start = &*value.joined;
            let from = sorted.partition_point(|other| &**other <= start);
            let following = |at: usize| sorted.get(from + at).is_some_and(|other| other.starts_with(start));
            value.telling = !start.is_empty() && following(0) && !following(1);
        });
        Self { values }
    }
}

impl Category {
    fn read(value: &str) -> Self {
        let text = fold(value);
        let text = match text.as_str() {
            "man" | "mr" => "male",
            "woman" | "ms" | "mrs" => "female",
            text => text,
        };
        let joined: String = text.chars().filter(|c| *c != ' ').collect();
        let initials: String = text.split(' ').take(6).filter_map(|word| word.chars().next()).collect();
        let digits: String = joined.chars().filter(char::is_ascii_digit).collect();
        Self {
            initials: if initials.len() > 1 { initials.into() } else { "".into() },
            digits: key(2, &digits),
            same: if joined.is_empty() { whole(value) } else { key(1, &joined) },
            text: text.into(),
            joined: joined.into(),
            telling: false,
        }
    }
}

impl Comparison for Categories {
    fn levels(&self) -> &'static [Level] {
        LEVELS
    }

    fn level(&self, one: u32, other: u32) -> u8 {
        let (a, b) = (&self.values[one as usize], &self.values[other as usize]);
        if a.same == b.same {
            return SAME;
        }
        // Tier 1 and Tier 2.
        if a.digits != b.digits || a.joined.is_empty() || b.joined.is_empty() {
            return DIFFERENT;
        }
        let (short, long) = if a.joined.len() <= b.joined.len() { (a, b) } else { (b, a) };
        let is_short = (short.telling && long.joined.starts_with(&*short.joined))
            || (short.joined.len() >= 2 && *short.joined == *long.initials)
            || (short.joined.len() >= 4 && is_among(&short.text, &long.text));
        if is_short {
            return SHORT;
        }
        let most = match short.joined.len() {
            0..=3 => return DIFFERENT,
            4..=8 => 1,
            _ => 2,
        };
        if fuzz::edits(&a.joined, &b.joined, most).is_some() { SLIP } else { DIFFERENT }
    }

    fn term(&self, value: u32, level: u8) -> u64 {
        if level == SAME { self.values[value as usize].same } else { 0 }
    }

    fn keys(&self, value: u32, keys: &mut Vec<u64>) {
        add(keys, self.values[value as usize].same);
    }
}

/// Whether a text is one or several whole words of another.
fn is_among(short: &str, long: &str) -> bool {
    long.match_indices(short).any(|(at, _)| {
        let end = at + short.len();
        (at == 0 || long.as_bytes()[at - 1] == b' ') && (end == long.len() || long.as_bytes()[end] == b' ')
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{is_sound, levels_hold};
    use super::*;

    #[test]
    fn levels_of_pairs() {
        for (one, other, level) in [
            ("Female", "female", SAME),
            ("Mr", "male", SAME),
            ("F", "Female", SHORT),
            ("m", "Male", SHORT),
            ("Small business", "SB", SHORT),
            ("french", "French (new)", SHORT),
            ("restaurant", "restuarant", SLIP),
            ("Male", "Female", DIFFERENT),
            ("m", "f", DIFFERENT),
            ("Tier 1", "Tier 2", DIFFERENT),
            ("–", "…", DIFFERENT),
        ] {
            levels_hold(Categories::new, &[(one, other, level)]);
        }
        // Short for two of the list: it may be either.
        let list = Categories::new(&["m", "male", "married"]);
        assert_eq!(list.level(0, 1), DIFFERENT);
    }

    proptest::proptest! {
        #[test]
        fn sound(values in super::super::testing::values("[A-B]?[a-c]{1,9}( [a-b1-2]{1,4})?")) {
            is_sound(Categories::new, &values);
        }
    }
}
