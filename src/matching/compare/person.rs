//! Names of people: which two can be one person's, and how surely.

mod alone;
mod comparison;
mod known;
mod name;
mod nicknames;
mod parse;
mod short_forms;

use self::name::{Name, name};
pub use self::nicknames::is_short;
use self::nicknames::{Known, known};
use self::parse::{PARTICLES, Parser};
use super::Level;
use super::gather::{Gathered, gather};
use super::words::{Lexicon, NONE, Nearness, listed, mix};

/// A person's name as the columns of an export hold it. Any part may be empty; `full` counts where `given` or `family`
/// is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PersonParts<'a> {
    /// First name: `Ana`, `Ana M.`, `Jean-Claude`.
    pub given: &'a str,
    /// Middle names or initials.
    pub middle: &'a str,
    /// Last name: `Moss`, `van der Moss`, `Moss Jr.`
    pub family: &'a str,
    /// The whole name: `Ana Moss`, `Moss, Ana`, `Dr. Ana M. Moss Jr.`
    pub full: &'a str,
    /// What stands behind the name: `Jr.`, `III`, `PhD`.
    pub suffix: &'a str,
}

const SAME: u8 = 0;
const REORDERED: u8 = 1;
const ADDED: u8 = 2;
const SHORT: u8 = 3;
const INITIAL: u8 = 4;
const GIVEN_SLIP: u8 = 5;
const FAMILY_SLIP: u8 = 6;
const LITTLE: u8 = 7;
const ONE_PART: u8 = 8;
const GIVEN_ONLY: u8 = 9;
const FAMILY_ONLY: u8 = 10;
const DIFFERENT: u8 = 11;

static LEVELS: [Level; 12] = [
    Level::new("same", 0.60),
    Level::new("same in another order", 0.03),
    Level::new("same but for a middle name or an addition", 0.06),
    Level::new("short form of the first name", 0.05),
    Level::new("initial of the first name", 0.03),
    Level { slip_in: Some(GIVEN_ONLY), ..Level::new("slip in the first name", 0.06) },
    Level { slip_in: Some(FAMILY_ONLY), ..Level::new("slip in the last name", 0.06) },
    Level { slip_in: Some(FAMILY_ONLY), ..Level::new("first and last name differ a little", 0.025) },
    Level::new("one name missing, the other the same", 0.03),
    Level { doubtful: true, ..Level::new("same first name, another last name; or nothing to compare", 0.03) },
    Level { conflict: true, ..Level::new("same last name, another person's first name or generation", 0.015) },
    Level { conflict: true, ..Level::new("different", 0.01) },
];

/// Endings that make a woman's name of a man's.
const FEMININE: &str = "a e ia ina ine ita ette elle ella ienne";

/// Letters of a first name that another first letter makes another name: Ming and Ling.
const SHORT_NAME: usize = 4;

/// Names of people, taken apart for comparison.
#[derive(Debug)]
pub struct PersonNames {
    lexicon: Lexicon,
    /// By number of word.
    known: Vec<Known>,
    particles: Vec<bool>,
    names: Vec<Name>,
    /// Middle and family names of all.
    words: Vec<u32>,
}

/// How near two given names are, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    Same,
    Short,
    Initial,
    Slip,
    Rough,
    Other,
}

/// How near two family names are, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Same,
    /// One has a word or a particle more.
    Part,
    Slip,
    Rough,
    Initial,
    Other,
}

impl PersonNames {
    /// Takes names apart. Positions in `values` are those of the comparison.
    #[must_use]
    pub fn new(values: &[PersonParts<'_>]) -> Self {
        let read = |values: &[PersonParts<'_>]| {
            let (mut parser, mut words) = (Parser::new(), Vec::new());
            let read = |value| {
                let parsed = parser.parse(value);
                name(&mut parser, &parsed, &mut words)
            };
            let names = values.iter().map(read).collect();
            (parser.reader, names, words)
        };
        let Gathered { lexicon, names, words } = gather(values, read);
        let texts = || (0..lexicon.len() as u32).map(|word| lexicon.text(word));
        Self {
            known: texts().map(known).collect(),
            particles: texts().map(is_particle).collect(),
            lexicon,
            names,
            words,
        }
    }

    fn middle(&self, name: &Name) -> &[u32] {
        &self.words[name.at as usize..][..usize::from(name.middles)]
    }

    fn family(&self, name: &Name) -> &[u32] {
        &self.words[name.at as usize + usize::from(name.middles)..][..usize::from(name.families)]
    }

    fn hash(&self, word: u32) -> u64 {
        if word == NONE { 0 } else { self.lexicon.word(word).hash }
    }

    /// Two given names, by one word each.
    fn given_words(&self, one: u32, other: u32) -> Given {
        if one == other {
            return Given::Same;
        }
        let (a, b) = (self.lexicon.word(one), self.lexicon.word(other));
        if a.len() == 1 || b.len() == 1 {
            return if a.first == b.first { Given::Initial } else { Given::Other };
        }
        let (known_a, known_b) = (&self.known[one as usize], &self.known[other as usize]);
        if known_a.is_form_of(known_b) {
            return Given::Short;
        }
        if known_a.is_kin_of(known_b) {
            return Given::Slip;
        }
        if self.is_feminine_of(one, other) || self.is_feminine_of(other, one) {
            return Given::Other;
        }
        match self.lexicon.nearness(one, other) {
            Nearness::Same => Given::Same,
            Nearness::Spelling => Given::Slip,
            _ if known_a.are_names(known_b) => Given::Other,
            Nearness::Slip
                if a.letters() != b.letters() && a.first != b.first && a.len().max(b.len()) <= SHORT_NAME =>
            {
                Given::Other
            }
            Nearness::Slip => Given::Slip,
            Nearness::Rough => Given::Rough,
            Nearness::Other => Given::Other,
        }
    }

    /// Whether a name is another with the ending of a woman's: Ali and Alia.
    fn is_feminine_of(&self, hers: u32, his: u32) -> bool {
        let (hers, name) = (self.lexicon.text(hers), self.lexicon.text(his));
        let is_his = |end: &str| listed(FEMININE, end) || name.ends_with('c') && end == "que";
        let end = hers.strip_prefix(name).or_else(|| hers.strip_prefix(name.trim_end_matches('c')));
        self.known[his as usize].is_name() && end.is_some_and(is_his)
    }

    fn givens(&self, a: &Name, b: &Name) -> Given {
        if a.given_glued == b.given_glued {
            return Given::Same;
        }
        let near = self.given_words(a.given, b.given);
        if near == Given::Other && (self.are_initials(a.given, b) || self.are_initials(b.given, a)) {
            return Given::Initial;
        }
        near
    }

    /// `JC` for Jean-Claude.
    fn are_initials(&self, word: u32, name: &Name) -> bool {
        let middle = self.middle(name);
        middle.len() == 1
            && self.lexicon.word(word).len() == 2
            && self.lexicon.text(word).bytes().eq([name.given, middle[0]].map(|word| self.lexicon.word(word).first))
    }

    fn families(&self, a: &Name, b: &Name) -> Family {
        if a.family_glued == b.family_glued {
            return Family::Same;
        }
        let (x, y) = (self.lexicon.word(a.family_glued), self.lexicon.word(b.family_glued));
        if x.len() == 1 || y.len() == 1 {
            return if x.first == y.first { Family::Initial } else { Family::Other };
        }
        if a.families > 1 || b.families > 1 {
            let (one, other) = (self.family(a), self.family(b));
            if self.is_part(one, other) || self.is_part(other, one) {
                return Family::Part;
            }
        }
        match self.lexicon.nearness(a.family_glued, b.family_glued) {
            Nearness::Same => Family::Same,
            Nearness::Spelling | Nearness::Slip => Family::Slip,
            Nearness::Rough => Family::Rough,
            // A slip beside a particle that one leaves out.
            Nearness::Other
                if a.families != b.families
                    && self.lexicon.nearness(a.family, b.family) <= Nearness::Slip
                    && [a, b].iter().all(|name| self.bare(name) == 1) =>
            {
                Family::Rough
            }
            Nearness::Other => Family::Other,
        }
    }

    /// Words of a family name that are no particles.
    fn bare(&self, name: &Name) -> usize {
        self.family(name).iter().filter(|word| !self.particles[**word as usize]).count()
    }

    /// Whether all words of one family name, particles aside, are in the other: at least one.
    fn is_part(&self, one: &[u32], other: &[u32]) -> bool {
        let mut bare = one.iter().filter(|word| !self.particles[**word as usize]).peekable();
        bare.peek().is_some() && bare.all(|word| other.contains(word))
    }

    /// Whether one of the words of `one` is one of `other`: a name, not a particle or initial.
    fn meet(&self, one: &[u32], other: &[u32]) -> bool {
        one.iter()
            .any(|&word| !self.particles[word as usize] && self.lexicon.word(word).len() > 1 && other.contains(&word))
    }

    /// Whether an `I` behind the first name may be the first of that name.
    fn may_be_first(&self, name: &Name) -> bool {
        name.generation == 0 && matches!(self.middle(name), [one] if self.lexicon.text(*one) == "i")
    }

    /// Whether middle names contradict each other.
    fn middles_differ(&self, a: &Name, b: &Name) -> bool {
        let (one, other) = (self.middle(a), self.middle(b));
        !one.is_empty()
            && !other.is_empty()
            && one.iter().all(|&x| other.iter().all(|&y| self.given_words(x, y) == Given::Other))
    }

    /// One of two names has one part only.
    fn one_part(&self, a: &Name, b: &Name) -> u8 {
        let part = |name: &Name| if name.given == NONE { name.family } else { name.given };
        let is_one = |name: &Name| name.given == NONE || name.family == NONE;
        if is_one(a) && is_one(b) {
            let has_given = |name: &Name| name.given != NONE || name.lone;
            if has_given(a) && has_given(b) {
                return match self.given_words(part(a), part(b)) {
                    Given::Same | Given::Rough => LITTLE,
                    Given::Short => SHORT,
                    Given::Initial => INITIAL,
                    Given::Slip => GIVEN_SLIP,
                    Given::Other => DIFFERENT,
                };
            }
            if a.family == NONE || b.family == NONE {
                // Somebody's first name in the one, perhaps the same in the wrong column in the other.
                return if part(a) == part(b) { LITTLE } else { GIVEN_ONLY };
            }
            return match self.families(a, b) {
                Family::Same | Family::Part | Family::Rough => LITTLE,
                Family::Slip => FAMILY_SLIP,
                Family::Initial | Family::Other => DIFFERENT,
            };
        }
        let (one, full) = if is_one(a) { (a, b) } else { (b, a) };
        let word = part(one);
        if self.lexicon.word(word).len() > 1
            && (word == full.given
                || word == full.family
                || (one.family != NONE
                    && (one.family_glued == full.family_glued || self.meet(self.family(one), self.family(full))))
                || self.lexicon.nearness(word, full.family) <= Nearness::Slip
                || matches!(self.given_words(word, full.given), Given::Short | Given::Slip))
        {
            ONE_PART
        } else {
            DIFFERENT
        }
    }

    /// Two names with first and last name each, as they stand.
    fn straight(&self, a: &Name, b: &Name) -> u8 {
        let family = self.families(a, b);
        let given = if family == Family::Other && a.given != b.given && a.given_glued != b.given_glued {
            return DIFFERENT;
        } else {
            self.givens(a, b)
        };
        match (family, given) {
            (Family::Same, Given::Same) if self.middles_differ(a, b) => LITTLE,
            (Family::Same | Family::Part, Given::Same) => ADDED,
            (Family::Same, Given::Short) => SHORT,
            (Family::Same, Given::Initial) => INITIAL,
            (Family::Same, Given::Slip) => GIVEN_SLIP,
            (Family::Slip, Given::Same) => FAMILY_SLIP,
            (Family::Same, Given::Rough)
            | (Family::Slip, Given::Short | Given::Slip | Given::Initial | Given::Rough)
            | (Family::Part, Given::Short | Given::Slip | Given::Initial)
            | (Family::Rough | Family::Initial, Given::Same)
            | (Family::Rough, Given::Short | Given::Slip) => LITTLE,
            // He goes by his middle name.
            (Family::Same, Given::Other) if self.middle(b).contains(&a.given) || self.middle(a).contains(&b.given) => {
                ADDED
            }
            (Family::Same, Given::Other) => FAMILY_ONLY,
            // Of two family names one was taken for a middle name.
            (Family::Other, Given::Same)
                if self.meet(self.family(a), self.middle(b)) || self.meet(self.family(b), self.middle(a)) =>
            {
                ADDED
            }
            (Family::Other, Given::Same) => GIVEN_ONLY,
            _ => DIFFERENT,
        }
    }

    /// The same, with first and last name of one of them swapped.
    fn swapped(&self, a: &Name, b: &Name) -> u8 {
        let (first, last) = (a.given == b.family_glued, a.family_glued == b.given);
        let near = |one: u32, other: u32| {
            self.lexicon.nearness(one, other) != Nearness::Other || self.given_words(one, other) == Given::Short
        };
        match (first, last) {
            (true, true) => ADDED,
            (true, false) if near(a.family_glued, b.given) => LITTLE,
            (false, true) if near(a.given, b.family_glued) => LITTLE,
            _ => DIFFERENT,
        }
    }

    /// Whether a name has all words of a shorter one, in whatever order: two with the last name, or three.
    fn contains(&self, long: &Name, short: &Name) -> bool {
        // Of two names of two words each, which most are, this tells without a look at the words.
        let is_short = |name: &Name| name.middles == 0 && name.families == 1;
        let has = |word: u32| word == long.given || word == long.family;
        let is_apart = is_short(long) && is_short(short) && !(has(short.given) && has(short.family));
        !is_apart && self.has_words_of(long, short)
    }

    fn has_words_of(&self, long: &Name, short: &Name) -> bool {
        let words = |name: &Name| &self.words[name.at as usize..][..usize::from(name.middles + name.families)];
        let (few, many) = (words(short), words(long));
        if few.len() > many.len() {
            return false;
        }
        let mut common = 0;
        let mut last = false;
        for &word in few.iter().chain([&short.given]) {
            let bare = !self.particles[word as usize] && self.lexicon.word(word).len() > 1;
            if !many.contains(&word) && word != long.given {
                if bare {
                    return false;
                }
                continue;
            }
            common += u32::from(bare);
            last |= word == long.family;
        }
        // Words that are there twice count once.
        common = common.saturating_sub(u32::from(few.contains(&short.given)));
        common > 2 || (common == 2 && last)
    }

    /// The level of two different values, generations aside.
    fn plain(&self, a: &Name, b: &Name) -> u8 {
        if a.glued == 0 || b.glued == 0 {
            return DIFFERENT;
        }
        if a.glued == b.glued {
            return SAME;
        }
        if a.sorted == b.sorted {
            return REORDERED;
        }
        if a.given == NONE || b.given == NONE || a.family == NONE || b.family == NONE {
            return self.one_part(a, b);
        }
        let straight = self.straight(a, b);
        if straight < GIVEN_ONLY {
            return straight;
        }
        if self.contains(a, b) || self.contains(b, a) { ADDED } else { straight.min(self.swapped(a, b)) }
    }
}

fn is_particle(word: &str) -> bool {
    listed(PARTICLES, word)
}

/// One hash of two, whichever comes first.
fn either(one: u64, other: u64) -> u64 {
    mix(4, one.min(other)) ^ mix(5, one.max(other)) | 1
}

#[cfg(test)]
mod tests;
