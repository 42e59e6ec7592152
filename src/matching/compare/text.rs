//! Anything else: words, in whatever order.

use rayon::prelude::*;
use rphonetic::DoubleMetaphone;

use super::fold::{LONGEST, add, fold, sound, whole};
use super::{Comparison, Level, key};
use crate::matching::fuzz;

/// Levels, best first.
const LEVELS: &[Level] = &[
    Level::new("same", 0.60),
    Level::new("same words in another order", 0.03),
    Level::new("nearly the same", 0.12),
    Level::new("alike or part of the other", 0.09),
    Level::new("different", 0.16),
];

const SAME: u8 = 0;
const ORDER: u8 = 1;
const NEAR: u8 = 2;
const ALIKE: u8 = 3;
const DIFFERENT: u8 = 4;

/// Words of a text that count.
const MOST_WORDS: usize = 24;

/// How texts compare.
#[derive(Debug)]
pub struct Texts {
    texts: Vec<Text>,
}

#[derive(Debug)]
struct Text {
    /// Distinct words in order of their bytes, a space between.
    sorted: Box<str>,
    /// Their hashes, in order.
    words: Box<[u64]>,
    same: u64,
    order: u64,
    /// Hash of the numbers in it.
    numbers: u64,
    /// Keys of the first two words, the longest and how the first sounds.
    first: u64,
    longest: u64,
    sound: u64,
}

impl Texts {
    /// Over the distinct values of a field.
    #[must_use]
    pub fn new(values: &[&str]) -> Self {
        let texts = values
            .par_iter()
            .map_init(|| DoubleMetaphone::new(Some(6)), |metaphone, value| Text::read(value, metaphone))
            .collect();
        Self { texts }
    }
}

impl Text {
    fn read(value: &str, metaphone: &DoubleMetaphone) -> Self {
        let mut folded = fold(value);
        folded.truncate(LONGEST);
        let joined: String = folded.chars().filter(|c| *c != ' ').collect();
        let spoken: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).take(MOST_WORDS).collect();
        let mut words = spoken.clone();
        words.sort_unstable();
        words.dedup();
        let sorted = words.join(" ");
        let numbers: Vec<&str> =
            words.iter().copied().filter(|word| word.bytes().any(|b| b.is_ascii_digit())).collect();
        let mut hashes: Vec<u64> = words.iter().map(|word| key(2, word)).collect();
        hashes.sort_unstable();
        let longest = spoken.iter().copied().max_by(|a, b| a.len().cmp(&b.len()).then(b.cmp(a))).unwrap_or_default();
        let same = if joined.is_empty() { whole(value) } else { key(1, &joined) };
        let first = words.iter().take(2).copied().collect::<Vec<_>>().join(" ");
        Self {
            words: hashes.into(),
            same,
            order: if joined.is_empty() { same } else { key(3, &sorted) },
            numbers: key(4, &numbers.join(" ")),
            first: key(5, &first),
            longest: if longest.len() >= 4 { key(6, longest) } else { 0 },
            sound: sound(7, spoken.first().copied().unwrap_or_default(), metaphone),
            sorted: sorted.into(),
        }
    }
}

/// Words of both, counted over two lists in order.
fn shared(one: &[u64], other: &[u64]) -> usize {
    let (mut a, mut b, mut count) = (0, 0, 0);
    while let (Some(x), Some(y)) = (one.get(a), other.get(b)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => a += 1,
            std::cmp::Ordering::Greater => b += 1,
            std::cmp::Ordering::Equal => (a, b, count) = (a + 1, b + 1, count + 1),
        }
    }
    count
}

impl Comparison for Texts {
    fn levels(&self) -> &'static [Level] {
        LEVELS
    }

    fn level(&self, one: u32, other: u32) -> u8 {
        let (a, b) = (&self.texts[one as usize], &self.texts[other as usize]);
        if a.same == b.same {
            return SAME;
        }
        if a.words.is_empty() || b.words.is_empty() {
            return DIFFERENT;
        }
        if a.order == b.order {
            return ORDER;
        }
        let (x, y) = (&*a.sorted, &*b.sorted);
        let fewest = a.words.len().min(b.words.len());
        let short = x.len().min(y.len());
        let both = shared(&a.words, &b.words);
        let similar = if short >= 4 { fuzz::ratio(x, y, 0.75) } else { None };
        if a.numbers == b.numbers && similar.is_some_and(|ratio| ratio >= 0.9) {
            return NEAR;
        }
        let part = both == fewest && (fewest >= 2 || short >= 6);
        // Most words are the same, wherever in the order the others stand.
        let most = both >= 2 && both * 4 >= 3 * a.words.len().max(b.words.len());
        if similar.is_some() || part || most { ALIKE } else { DIFFERENT }
    }

    fn term(&self, value: u32, level: u8) -> u64 {
        let text = &self.texts[value as usize];
        match level {
            SAME => text.same,
            ORDER => text.order,
            _ => 0,
        }
    }

    fn keys(&self, value: u32, keys: &mut Vec<u64>) {
        let text = &self.texts[value as usize];
        keys.push(text.order);
        add(keys, text.same);
        if !text.words.is_empty() {
            add(keys, text.first);
            add(keys, text.longest);
            add(keys, text.sound);
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
            Texts::new,
            &[
                ("Cedar Works", "cedar-works", SAME),
                ("CedarWorks", "Cedar Works", SAME),
                ("blue heron cafe", "Cafe Blue Heron", ORDER),
                ("the blue heron cafe", "the blue herron cafe", NEAR),
                ("blue heron cafe", "blue heron", ALIKE),
                ("room 12 blue heron", "room 13 blue heron", ALIKE),
                ("green tower", "green towers inn", ALIKE),
                ("blue heron", "green tower", DIFFERENT),
                ("a", "b", DIFFERENT),
                ("–", "…", DIFFERENT),
            ],
        );
    }

    proptest::proptest! {
        #[test]
        fn sound(values in super::super::testing::values("[a-c]{1,5}( [a-c]{1,3}){0,3}( [12])?")) {
            is_sound(Texts::new, &values);
        }
    }
}
