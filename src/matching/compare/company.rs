//! Names of companies: which two can be one company's, and how surely.

mod forms;
mod parse;

use self::forms::{Class, VAGUE};
use self::parse::{Parsed, Parser};
use super::gather::{Gathered, Numbered, gather};
use super::words::{Lexicon, NONE, Nearness, listed, mix};
use super::{Comparison, Level, key};

const SAME: u8 = 0;
const ADDED: u8 = 1;
const REORDERED: u8 = 2;
const SLIP: u8 = 3;
const OTHER_FORM: u8 = 4;
const ACRONYM: u8 = 5;
const CONTAINS: u8 = 6;
const SHARES: u8 = 7;
const DIFFERENT: u8 = 8;

static LEVELS: [Level; 9] = [
    Level::new("same", 0.55),
    Level::new("same but for the legal form or a general word", 0.15),
    Level::new("same words in another order", 0.02),
    Level::new("slip in a word", 0.08),
    Level::new("same name, another legal form", 0.03),
    Level::new("short for the first letters", 0.02),
    Level::new("one has words more", 0.06),
    Level::new("some words the same", 0.04),
    Level::new("different", 0.05),
];

/// Most words of a name that are kept.
const MOST: usize = 10;

/// One name, taken apart.
#[derive(Debug, Clone, Copy)]
struct Name {
    /// Where the words stand: what sets the name apart, then general words, then places.
    at: u32,
    core: u8,
    generic: u8,
    places: u8,
    forms: Class,
    /// Words that set the name apart, written as one.
    glued: u32,
    /// Hashes of these words in their order and in any order. 0 for a name without words.
    ordered: u64,
    sorted: u64,
    /// Hash of the first letters of all words, if they can be a short name; 0 otherwise.
    initials: u64,
    /// Hash of the only word, if it can be a short name; 0 otherwise.
    short: u64,
}

impl Numbered for Name {
    fn numbers(&mut self) -> impl Iterator<Item = &mut u32> {
        std::iter::once(&mut self.glued)
    }

    fn start(&mut self) -> &mut u32 {
        &mut self.at
    }
}

/// Names of companies, taken apart for comparison.
#[derive(Debug)]
pub struct CompanyNames {
    lexicon: Lexicon,
    /// Rows of words that are no slips of each other, by number of word.
    sides: Vec<u16>,
    names: Vec<Name>,
    words: Vec<u32>,
}

/// Words near each other in letters that mean the contrary or another of a row: rows of sides.
const OPPOSITES: &[&[&str]] = &[
    &[
        "north northern",
        "south southern",
        "east eastern",
        "west western",
        "northeast northeastern",
        "northwest northwestern",
        "southeast southeastern",
        "southwest southwestern",
    ],
    &["inbound", "outbound"],
    &["internal", "external"],
    &["interior interiors", "exterior exteriors"],
    &["import imports importer importers", "export exports exporter exporters"],
    &["upstream", "downstream"],
    &["offshore", "onshore"],
    &["indoor", "outdoor"],
    &["micro", "macro"],
    &["men mens", "women womens"],
    &["january", "february", "march", "april", "june", "july", "august"],
    &["estonia", "ethiopia"],
    &["austria", "australia"],
    &["niger", "nigeria"],
    &["iran", "iraq"],
    &["slovenia", "slovakia"],
    &["gambia", "zambia"],
    &["latvia", "lithuania"],
];

/// The row and side of a word, from 1; 0 for a word in none.
fn side(word: &str) -> u16 {
    let rows = OPPOSITES.iter().enumerate();
    let mut sides = rows.flat_map(|(row, sides)| sides.iter().enumerate().map(move |(side, words)| (row, side, words)));
    sides.find(|(_, _, words)| listed(words, word)).map_or(0, |(row, side, _)| (row as u16 + 1) << 4 | side as u16)
}

impl CompanyNames {
    /// Takes names apart. Positions in `values` are those of the comparison.
    #[must_use]
    pub fn new(values: &[&str]) -> Self {
        let read = |values: &[&str]| {
            let (mut parser, mut words) = (Parser::new(), Vec::new());
            let read = |value: &&str| {
                let parsed = parser.parse(value);
                name(&mut parser, &parsed, &mut words)
            };
            let names = values.iter().map(read).collect();
            (parser.reader, names, words)
        };
        let Gathered { lexicon, names, words } = gather(values, read);
        let sides = (0..lexicon.len() as u32).map(|word| side(lexicon.text(word))).collect();
        Self { lexicon, sides, names, words }
    }

    /// Confidence, 0..=1, that two values are names of one company, with no more known than the names.
    pub(super) fn alone(&self, one: u32, other: u32) -> f64 {
        if one == other {
            return 1.0;
        }
        let (a, b) = (&self.names[one as usize], &self.names[other as usize]);
        match self.compare(a, b) {
            (SAME, _) => 0.97,
            (ADDED, _) => 0.9,
            (REORDERED, _) => 0.85,
            (SLIP, _) => 0.8,
            // Acme and Acme Europe; Acme and Acme Logistics rather not.
            (CONTAINS, true) if self.places(a) != self.places(b) => 0.55,
            (ACRONYM, _) => 0.55,
            (CONTAINS, _) => 0.35,
            (OTHER_FORM, _) => 0.3,
            (SHARES, _) => 0.1,
            _ => 0.02,
        }
    }

    fn core(&self, name: &Name) -> &[u32] {
        &self.words[name.at as usize..][..usize::from(name.core)]
    }

    fn generic(&self, name: &Name) -> &[u32] {
        &self.words[name.at as usize + usize::from(name.core)..][..usize::from(name.generic)]
    }

    fn places(&self, name: &Name) -> &[u32] {
        let at = name.at as usize + usize::from(name.core) + usize::from(name.generic);
        &self.words[at..][..usize::from(name.places)]
    }

    fn nearness(&self, one: u32, other: u32) -> Nearness {
        if self.are_opposites(one, other) { Nearness::Other } else { self.lexicon.nearness(one, other) }
    }

    fn are_opposites(&self, one: u32, other: u32) -> bool {
        let (x, y) = (self.sides[one as usize], self.sides[other as usize]);
        x != y && x != 0 && x >> 4 == y >> 4
    }

    /// Two names whose distinguishing words are the same: what the rest makes of it.
    fn rest(&self, a: &Name, b: &Name, same: u8) -> u8 {
        let (one, other) = (self.places(a), self.places(b));
        if one != other {
            // Acme Europe and Acme Asia are two; Acme and Acme Europe may be one.
            return if one.is_empty() || other.is_empty() { CONTAINS } else { SHARES };
        }
        let (x, y) = (a.forms & !VAGUE, b.forms & !VAGUE);
        if x != 0 && y != 0 && x & y == 0 {
            return OTHER_FORM;
        }
        // Three letters are the name of many: ABC Company, ABC International.
        if self.generic(a) != self.generic(b) && [a, b].iter().any(|name| self.lexicon.word(name.glued).len() < 4) {
            return CONTAINS;
        }
        if same == SAME && (x != y || self.generic(a) != self.generic(b)) { ADDED } else { same }
    }

    /// Whether the words of two names are the same but for slips: as many in both, and one of them the same or long.
    fn slips(&self, one: &[u32], other: &[u32]) -> bool {
        if one.len() != other.len() {
            return false;
        }
        // The words that one has and the other has not.
        let mut left = [NONE; MOST];
        let mut many = 0;
        for &word in one.iter().filter(|word| !other.contains(word)) {
            left[many] = word;
            many += 1;
        }
        if many == 0 || many > 2 || (many == 2 && one.len() < 3) && one.len() != many {
            return false;
        }
        let mut used = 0_u32;
        let mut long = one.len() > many;
        for &word in &left[..many] {
            let found = other.iter().enumerate().find(|(at, theirs)| {
                used & 1 << at == 0 && !one.contains(theirs) && self.nearness(word, **theirs) <= Nearness::Slip
            });
            let Some((at, theirs)) = found else { return false };
            used |= 1 << at;
            long |= self.lexicon.word(word).len().min(self.lexicon.word(*theirs).len()) > 4;
        }
        long
    }

    /// The level of two different values, and whether what sets them apart is the same, slips aside.
    fn compare(&self, a: &Name, b: &Name) -> (u8, bool) {
        if a.sorted == 0 || b.sorted == 0 {
            return (DIFFERENT, false);
        }
        if a.ordered == b.ordered || a.glued == b.glued {
            return (self.rest(a, b, SAME), true);
        }
        if a.sorted == b.sorted {
            return (self.rest(a, b, REORDERED), true);
        }
        if (a.short != 0 && a.short == b.initials) || (b.short != 0 && b.short == a.initials) {
            return (ACRONYM, false);
        }
        let (x, y) = (self.core(a), self.core(b));
        let common = x.iter().filter(|word| y.contains(word)).count();
        // Two words written as one, and a slip in it.
        if x.len() != y.len()
            && self.lexicon.nearness(a.glued, b.glued) <= Nearness::Slip
            && !x.iter().any(|one| y.iter().any(|other| self.are_opposites(*one, *other)))
        {
            return (self.rest(a, b, SLIP), true);
        }
        if self.slips(x, y) {
            return (self.rest(a, b, SLIP), true);
        }
        if common == x.len().min(y.len()) {
            return (CONTAINS, false);
        }
        let shares = common > 0 && (common * 2 >= x.len().max(y.len()) || x[0] == y[0]);
        (if shares { SHARES } else { DIFFERENT }, false)
    }
}

impl Comparison for CompanyNames {
    fn levels(&self) -> &'static [Level] {
        &LEVELS
    }

    fn level(&self, one: u32, other: u32) -> u8 {
        if one == other {
            return SAME;
        }
        self.compare(&self.names[one as usize], &self.names[other as usize]).0
    }

    fn term(&self, value: u32, level: u8) -> u64 {
        let name = &self.names[value as usize];
        match level {
            SAME | ADDED | REORDERED | OTHER_FORM => name.sorted,
            ACRONYM => {
                if name.short == 0 {
                    name.initials
                } else {
                    name.short
                }
            }
            CONTAINS | SHARES => self.core(name).first().map_or(0, |word| self.lexicon.word(*word).hash),
            _ => 0,
        }
    }

    fn keys(&self, value: u32, keys: &mut Vec<u64>) {
        let name = &self.names[value as usize];
        if name.sorted == 0 {
            return;
        }
        let core = self.core(name);
        let glued = self.lexicon.word(name.glued);
        keys.push(mix(20, name.sorted));
        keys.push(mix(21, glued.hash));
        keys.push(mix(22, u64::from(glued.letters())));
        keys.push(mix(23, u64::from(glued.sound())));
        if core.len() > 1 {
            let all = core.iter().fold(0_u64, |all, word| all.wrapping_add(self.lexicon.word(*word).hash));
            for word in core {
                keys.push(mix(24, all.wrapping_sub(self.lexicon.word(*word).hash)));
            }
        }
        // A slip leaves the start or the end as it was.
        let text = self.lexicon.text(name.glued).as_bytes();
        if text.len() > 5 {
            for (kind, end) in [(26, &text[..5]), (27, &text[text.len() - 5..])] {
                keys.push(mix(kind, end.iter().fold(0, |all, byte| all << 8 | u64::from(*byte))));
            }
        }
        // The name that the longer one goes on from.
        keys.push(mix(24, self.lexicon.word(core[0]).hash));
        for short in [name.initials, name.short] {
            if short != 0 {
                keys.push(mix(25, short));
            }
        }
    }
}

/// A name as it is compared; its words go to `words`.
fn name(parser: &mut Parser, parsed: &Parsed, words: &mut Vec<u32>) -> Name {
    let core = &parsed.core[..parsed.core.len().min(MOST)];
    let mut hashes: Vec<u64> = core.iter().map(|word| parser.reader.lexicon().word(*word).hash).collect();
    let ordered = hashes.iter().fold(0, |all, hash| mix(7, all ^ hash));
    hashes.sort_unstable();
    let sorted = hashes.iter().fold(0, |all, hash| mix(8, all ^ hash));
    let glue: String = core.iter().map(|word| parser.reader.lexicon().text(*word)).collect();
    let at = words.len() as u32;
    words.extend(core);
    words.extend(&parsed.generic);
    words.extend(&parsed.places);
    let is_short = |text: &str| (3..=6).contains(&text.len());
    Name {
        at,
        core: core.len() as u8,
        generic: parsed.generic.len() as u8,
        places: parsed.places.len() as u8,
        forms: parsed.forms,
        glued: if glue.is_empty() { NONE } else { parser.reader.number(&glue) },
        ordered,
        sorted,
        initials: if parsed.initials.len() > 2 && is_short(&parsed.initials) { key(9, &parsed.initials) } else { 0 },
        short: if core.len() == 1 && is_short(&glue) { key(9, &glue) } else { 0 },
    }
}

#[cfg(test)]
mod tests;
