//! The names of people as one of the comparisons.

use super::super::words::{NONE, mix};
use super::super::{Comparison, Level};
use super::name::Name;
use super::{
    ADDED, FAMILY_ONLY, FAMILY_SLIP, GIVEN_ONLY, GIVEN_SLIP, INITIAL, LEVELS, ONE_PART, PersonNames, REORDERED, SAME,
    SHORT, either,
};

impl Comparison for PersonNames {
    fn levels(&self) -> &'static [Level] {
        &LEVELS
    }

    fn level(&self, one: u32, other: u32) -> u8 {
        if one == other {
            return SAME;
        }
        self.of_two(&self.names[one as usize], &self.names[other as usize])
    }

    fn levels_of(&self, pairs: &[(u32, u32)], levels: &mut Vec<u8>) {
        let names: Vec<[Name; 2]> =
            pairs.iter().map(|(one, other)| [one, other].map(|value| self.names[*value as usize])).collect();
        let level = |((one, other), [a, b]): (&(u32, u32), &[Name; 2])| {
            if one == other { SAME } else { self.of_two(a, b) }
        };
        levels.extend(pairs.iter().zip(&names).map(level));
    }

    fn term(&self, value: u32, level: u8) -> u64 {
        let name = &self.names[value as usize];
        match level {
            SAME => name.glued,
            REORDERED => name.sorted,
            ADDED => either(self.hash(name.given), self.hash(name.family)),
            SHORT | INITIAL | GIVEN_SLIP | FAMILY_ONLY => self.hash(name.family_glued),
            FAMILY_SLIP | GIVEN_ONLY => self.hash(name.given),
            ONE_PART => self.hash(if name.family == NONE { name.given } else { name.family }),
            _ => 0,
        }
    }

    fn keys(&self, value: u32, keys: &mut Vec<u64>) {
        let name = &self.names[value as usize];
        if name.glued == 0 {
            return;
        }
        keys.push(mix(10, name.sorted));
        if name.given == NONE || name.family == NONE {
            let word = if name.given == NONE { name.family } else { name.given };
            self.word_keys(word, keys);
            keys.push(mix(15, u64::from(self.lexicon.word(word).sound())));
            return;
        }
        let (given, family) = (self.lexicon.word(name.given), self.lexicon.word(name.family));
        keys.push(mix(11, either(u64::from(given.letters()), u64::from(family.letters()))));
        for one in self.codes(name.given) {
            for other in self.codes(name.family) {
                keys.push(mix(12, either(one, other)));
            }
        }
        keys.push(mix(13, given.hash ^ u64::from(family.first)));
        for &word in self.family(name).iter().filter(|word| !self.particles[**word as usize]) {
            keys.push(mix(13, self.hash(word) ^ u64::from(given.first)));
        }
        // He goes by his middle name.
        for &word in self.middle(name).iter().filter(|word| self.lexicon.word(**word).len() > 1) {
            keys.push(mix(13, self.hash(word) ^ u64::from(family.first)));
        }
        for word in [name.family, name.given] {
            self.word_keys(word, keys);
        }
    }
}

impl PersonNames {
    /// The level of two different values.
    fn of_two(&self, a: &Name, b: &Name) -> u8 {
        match self.plain(a, b) {
            // Mr. and Mrs. Moss, and the two together, are not one person.
            plain if plain < GIVEN_ONLY && (a.couple != b.couple || a.sex != b.sex && a.sex != 0 && b.sex != 0) => {
                FAMILY_ONLY
            }
            plain if a.generation == b.generation => plain,
            // Father and son; `Hugo I` and `Hugo II`, of which the first looks like an initial.
            plain
                if plain < GIVEN_ONLY
                    && (self.may_be_first(a) && b.generation > 1 || self.may_be_first(b) && a.generation > 1) =>
            {
                FAMILY_ONLY
            }
            plain if plain < GIVEN_ONLY && a.generation != 0 && b.generation != 0 => FAMILY_ONLY,
            SAME | REORDERED => ADDED,
            plain => plain,
        }
    }

    /// What a word is filed under: what it sounds like, and the names that it is a form of.
    fn codes(&self, word: u32) -> impl Iterator<Item = u64> {
        let forms = self.known[word as usize].forms;
        let sound = u64::from(self.lexicon.word(word).sound());
        forms.into_iter().filter(|form| *form != 0).map(|form| u64::from(form) << 32).chain([sound])
    }

    /// The word alone, for names of which a part is missing.
    fn word_keys(&self, word: u32, keys: &mut Vec<u64>) {
        if self.lexicon.word(word).len() > 2 {
            keys.push(mix(14, self.hash(word)));
        }
    }
}
