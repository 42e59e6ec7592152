//! Names of people with nothing beside them: what the levels leave open.

use super::super::words::NONE;
use super::{
    ADDED, DIFFERENT, FAMILY_ONLY, FAMILY_SLIP, GIVEN_ONLY, GIVEN_SLIP, Given, INITIAL, LITTLE, Name, ONE_PART,
    PersonNames, REORDERED, SAME, SHORT,
};
use crate::matching::compare::Comparison;
use crate::matching::fuzz;

/// Most words of a name that are lined up with another's.
const MOST: usize = 16;

impl PersonNames {
    /// Confidence, 0..=1, that two values are names of one person, with no more known than the names.
    pub(in super::super) fn alone(&self, one: u32, other: u32) -> f64 {
        let (a, b) = (&self.names[one as usize], &self.names[other as usize]);
        match self.level(one, other) {
            SAME => 0.97,
            REORDERED => 0.85,
            ADDED => 0.9,
            SHORT | GIVEN_SLIP | FAMILY_SLIP => 0.8,
            INITIAL => 0.7,
            LITTLE if self.middles_differ(a, b) => 0.3,
            LITTLE => 0.65,
            ONE_PART => 0.55,
            FAMILY_ONLY => 0.1,
            level @ (GIVEN_ONLY | DIFFERENT) => {
                if self.written_alike(a, b) || self.lines_up(a, b) {
                    0.6
                } else if level == GIVEN_ONLY {
                    0.15
                } else {
                    0.02
                }
            }
            _ => 0.0,
        }
    }

    /// Whether two names are the same letters but for a slip, wherever the spaces stand.
    fn written_alike(&self, a: &Name, b: &Name) -> bool {
        let [one, other] = [a, b].map(|name| self.every(name).map(|word| self.lexicon.text(word)).collect::<String>());
        let short = one.len().min(other.len());
        short > 7 && fuzz::edits(&one, &other, 1 + usize::from(short > 15)).is_some()
    }

    /// Whether all words of one name are in the other, slips aside, in whatever order: three, or two beside others.
    fn lines_up(&self, a: &Name, b: &Name) -> bool {
        let [one, other] = [a, b].map(|name| self.every(name).filter(|word| self.is_bare(*word)).collect::<Vec<u32>>());
        let (few, mut many) = if one.len() <= other.len() { (one, other) } else { (other, one) };
        let least = 2 + usize::from(many.len() == few.len());
        let mut exact = 0;
        few.len() >= least
            && few.iter().all(|&word| {
                let best = many.iter().enumerate().map(|(at, &theirs)| (self.given_words(word, theirs), at));
                let best = best
                    .filter(|(near, _)| matches!(near, Given::Same | Given::Short | Given::Slip))
                    .min_by_key(|(near, at)| (*near as u8, *at));
                best.is_some_and(|(near, at)| {
                    exact += usize::from(near == Given::Same);
                    many.remove(at);
                    true
                })
            })
            && exact * 2 >= few.len()
    }

    /// Confidence from consonants alone, for a name in a script that leaves vowels out.
    pub(in super::super) fn by_consonants(&self, one: u32, other: u32) -> f64 {
        let names = [one, other].map(|value| {
            let words = self.every(&self.names[value as usize]).filter(|word| self.is_bare(*word));
            words.map(|word| consonants(self.lexicon.text(word))).collect::<Vec<u64>>()
        });
        let [few, many] = if names[0].len() <= names[1].len() {
            names
        } else {
            let [a, b] = names;
            [b, a]
        };
        let found = few.iter().filter(|word| **word > 9 && many.contains(word)).count();
        if few.len() > 1 && found == few.len() || found > 2 { 0.6 } else { 0.0 }
    }

    fn is_bare(&self, word: u32) -> bool {
        !self.particles[word as usize] && self.lexicon.word(word).len() > 1
    }

    /// All words of a name in order.
    fn every(&self, name: &Name) -> impl Iterator<Item = u32> {
        let given = (name.given != NONE).then_some(name.given);
        given.into_iter().chain(self.middle(name).iter().chain(self.family(name)).copied()).take(MOST)
    }
}

/// The kinds of consonants of a word, a digit each.
fn consonants(word: &str) -> u64 {
    let mut last = 0;
    word.bytes().fold(0_u64, |all, byte| {
        let kind = match byte {
            b'b' | b'f' | b'p' | b'v' => 1,
            b'c' | b'g' | b'j' | b'k' | b'q' | b's' | b'x' | b'z' => 2,
            b'd' | b't' => 3,
            b'l' | b'r' => 4,
            b'm' | b'n' => 5,
            _ => 0,
        };
        let again = kind == 0 || kind == last;
        last = kind;
        if again { all } else { all.saturating_mul(10).saturating_add(kind) }
    })
}
