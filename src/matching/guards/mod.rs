//! Why two values that look alike are never one: they differ in a number, a letter, a direction, an antonym, a unit, or are
//! two entries of one vocabulary. A misspelling passes: only exact words speak against.

mod atoms;
mod axes;
mod dictionary;

use self::atoms::{Atom, Kind, Parts, parts};
use super::fuzz;
use super::vocabulary::{self, Entry, Form, Vocabulary};

/// A value taken apart once, to be compared with many others.
#[derive(Debug)]
pub struct Signature {
    parts: Parts,
    /// Numbers in ascending order of bytes.
    sorted: Vec<Box<str>>,
    entries: &'static [Entry],
}

/// Words of two values that have no like in the other, as bits by position.
struct Rest<'a> {
    words: &'a [Atom],
    bits: u32,
}

impl<'a> Rest<'a> {
    fn iter(&self) -> impl Iterator<Item = &'a Atom> + Clone {
        let bits = self.bits;
        self.words.iter().enumerate().filter(move |(at, _)| bits >> at & 1 == 1).map(|(_, word)| word)
    }

    fn len(&self) -> usize {
        self.bits.count_ones() as usize
    }

    fn is_empty(&self) -> bool {
        self.bits == 0
    }

    /// How many words there are that neither stand alone as a letter nor change the meaning of a value.
    fn plain(&self) -> usize {
        self.iter().filter(|word| word.kind == Kind::Word && !word.poles.iter().any(|pole| pole.lone)).count()
    }

    /// Whether no word may be a misspelling.
    fn is_known(&self) -> bool {
        self.iter().all(|word| word.known)
    }
}

impl Signature {
    /// Takes `value` apart.
    #[must_use]
    pub fn of(value: &str) -> Self {
        // Space around it is not part of it: what stands at an end must stay there.
        let value = value.trim();
        let parts = parts(value);
        let mut sorted = parts.numbers.clone();
        sorted.sort_unstable();
        Self { parts, sorted, entries: vocabulary::entries(value) }
    }

    /// Why the two values are never one, in a few words; `None` if nothing speaks against it. Symmetric.
    #[must_use]
    pub fn apart(&self, other: &Self) -> Option<&'static str> {
        let (one, two) = (&self.parts, &other.parts);
        if one.text == two.text && one.marks == two.marks {
            return None;
        }
        if !self.entries.is_empty() && !other.entries.is_empty() {
            if self.entries.iter().any(|entry| other.entries.iter().any(|same| same.is(entry))) {
                return None;
            }
            if let Some(reason) = two_entries(self.entries, other.entries) {
                return Some(reason);
            }
        }
        if one.marks != two.marks {
            return Some("a sign that changes the meaning");
        }
        if !one.numbers.is_empty() && !two.numbers.is_empty() && self.sorted != other.sorted {
            return Some("different numbers");
        }
        let (a, b) = rests(&one.words, &two.words);
        if one.directions != two.directions && one.directions > 0 && two.directions > 0 {
            // `Central Esat` has one of the two directions, and a word that may be the other.
            let lacks = |less: &Parts, more: &Parts, rest: &Rest<'_>, full: &Rest<'_>| {
                less.directions & more.directions == less.directions && has_spare(rest, full)
            };
            if !lacks(one, two, &a, &b) && !lacks(two, one, &b, &a) {
                return Some("different directions");
            }
        }
        if a.is_empty() && b.is_empty() && one.words.is_empty() && one.numbers != two.numbers {
            return Some("different numbers");
        }
        letters(&a, &b, two)
            .or_else(|| letters(&b, &a, one))
            .or_else(|| antonyms(&a, &b))
            .or_else(|| named(&a, &b))
            .or_else(|| prefixed(&a, &b))
            .or_else(|| lone(&a, &b))
            .or_else(|| lone(&b, &a))
            .or_else(|| one_sided(one, two, &a, &b))
            .or_else(|| one_sided(two, one, &b, &a))
            .or_else(|| words(&a, &b))
    }
}

/// Two entries without one in common: of one vocabulary, or both places.
fn two_entries(one: &[Entry], other: &[Entry]) -> Option<&'static str> {
    one.iter().find_map(|a| {
        let places = |b: &Entry| a.vocabulary.is_place() && b.vocabulary.is_place();
        let against = other.iter().find(|b| a.vocabulary == b.vocabulary || places(b))?;
        Some(match a.vocabulary {
            vocabulary if vocabulary != against.vocabulary => "two different places",
            Vocabulary::Country => "two different countries",
            Vocabulary::UsState | Vocabulary::Province | Vocabulary::AustralianState => "two different states",
            Vocabulary::Month => "two different months",
            Vocabulary::Weekday => "two different days",
            Vocabulary::Boolean => "yes and no",
            Vocabulary::Direction => "different directions",
        })
    })
}

fn rests<'a>(one: &'a [Atom], other: &'a [Atom]) -> (Rest<'a>, Rest<'a>) {
    let mut a = Rest { words: one, bits: (1 << one.len()) - 1 };
    let mut b = Rest { words: other, bits: (1 << other.len()) - 1 };
    for (i, word) in one.iter().enumerate() {
        for (j, same) in other.iter().enumerate() {
            if is_same(word, same) {
                a.bits &= !(1 << i);
                b.bits &= !(1 << j);
            }
        }
    }
    (a, b)
}

/// Whether two words mean the same: equal, singular and plural, one pole of an axis, one entry of a vocabulary.
fn is_same(one: &Atom, other: &Atom) -> bool {
    if one.text == other.text {
        return true;
    }
    if one.kind != Kind::Word || other.kind != Kind::Word {
        return false;
    }
    if one.poles.iter().any(|pole| other.poles.iter().any(|same| pole.is(*same))) {
        return true;
    }
    if one.poles.iter().any(|pole| other.poles.iter().any(|against| pole.is_against(*against))) {
        return false;
    }
    is_plural(&one.text, &other.text)
        || is_plural(&other.text, &one.text)
        || one.names.iter().any(|entry| other.names.iter().any(|same| entry.is(same)))
}

fn is_plural(singular: &str, plural: &str) -> bool {
    let Some(stem) = plural.strip_suffix('s') else { return false };
    // Plurals that are another thing than many of the singular.
    if matches!(plural, "securities" | "customs" | "arms" | "news" | "glasses" | "spirits") {
        return false;
    }
    stem == singular
        || stem.strip_suffix('e').is_some_and(|stem| stem == singular)
        || stem.strip_suffix("ie").zip(singular.strip_suffix('y')).is_some_and(|(one, other)| one == other)
}

/// A lone letter of `a` without a word of `b` that it may stand for.
fn letters(a: &Rest<'_>, b: &Rest<'_>, other: &Parts) -> Option<&'static str> {
    let mut letters = a.iter().filter(|word| word.kind != Kind::Word);
    letters
        .any(|letter| {
            let begins = |word: &Atom| word.text.len() > 2 && word.text.starts_with(&*letter.text);
            let unit = |word: &Atom| letter.kind == Kind::Unit && word.poles.iter().any(|pole| pole.is_unit());
            let initial = b.iter().any(|word| begins(word) && !unit(word));
            let direction = |bits: u8| match &*letter.text {
                "n" => bits & 1 > 0,
                "s" => bits & 2 > 0,
                "e" => bits & 4 > 0,
                "w" => bits & 8 > 0,
                _ => false,
            };
            // A digit read or typed as a letter.
            let digit = matches!(&*letter.text, "l" | "i" | "o") && b.is_empty() && !other.numbers.is_empty();
            !(initial || direction(other.directions) || digit)
        })
        .then_some("different letters")
}

fn antonyms(a: &Rest<'_>, b: &Rest<'_>) -> Option<&'static str> {
    let against = |word: &Atom| {
        b.iter().any(|other| word.poles.iter().any(|pole| other.poles.iter().any(|against| pole.is_against(*against))))
    };
    a.iter().any(against).then_some("words of opposite or different meaning")
}

/// Exactly one name of a vocabulary on each side, and not the same.
fn named(a: &Rest<'_>, b: &Rest<'_>) -> Option<&'static str> {
    let names = |rest: &Rest<'_>| {
        let mut found = rest.iter().filter(|word| !word.names.is_empty());
        found.next().filter(|_| found.next().is_none()).map(|word| word.names)
    };
    two_entries(names(a)?, names(b)?)
}

/// Prefixes that turn a word into its opposite or into another.
const NEGATIONS: [&str; 7] = ["un", "in", "non", "dis", "im", "ir", "il"];
const PREFIXES: [&str; 30] = [
    "anti", "de", "mis", "re", "pre", "post", "ex", "sub", "under", "over", "counter", "semi", "inter", "intra",
    "micro", "macro", "multi", "bi", "tri", "hyper", "hypo", "extra", "super", "trans", "co", "pro", "tele", "bio",
    "geo", "neuro",
];
const OPPOSITES: [(&str, &str); 17] = [
    ("in", "out"),
    ("im", "ex"),
    ("in", "ex"),
    ("up", "down"),
    ("pre", "post"),
    ("over", "under"),
    ("inter", "intra"),
    ("micro", "macro"),
    ("hyper", "hypo"),
    ("maxi", "mini"),
    ("on", "off"),
    ("in", "de"),
    ("en", "dis"),
    ("as", "des"),
    ("homo", "hetero"),
    ("mono", "poly"),
    ("be", "ver"),
];

fn prefixed(a: &Rest<'_>, b: &Rest<'_>) -> Option<&'static str> {
    let negates = |long: &Atom, short: &Atom, beside: &Rest<'_>| {
        // `Nonprofit` and `Non Profit`: the prefix is a word of the other value.
        is_negation(long, &short.text) && !beside.iter().any(|word| word != short && long.text.starts_with(&*word.text))
    };
    let pair = |one: &Atom, other: &Atom| {
        one.kind == Kind::Word
            && other.kind == Kind::Word
            && (negates(one, other, b) || negates(other, one, a) || are_opposites(one, other))
    };
    a.iter().any(|one| b.iter().any(|other| pair(one, other))).then_some("one is the other's opposite")
}

/// Which prefixes a word begins with, so that pairs need not look: two bits for each of [`OPPOSITES`], then one for each of
/// [`NEGATIONS`].
fn prefix_bits(word: &str) -> u64 {
    let opposites = OPPOSITES.iter().flat_map(|(one, other)| [*one, *other]);
    let all = opposites.chain(NEGATIONS);
    all.enumerate().fold(0, |bits, (at, prefix)| bits | u64::from(word.starts_with(prefix)) << at)
}

/// Whether `long` is `short` behind a prefix; a typo in the rest does not hide a negation.
fn is_negation(long: &Atom, short: &str) -> bool {
    let word = &*long.text;
    if short.len() < 4 || word.len() < short.len() {
        return false;
    }
    if let Some(prefix) = word.strip_suffix(short) {
        return NEGATIONS.contains(&prefix) || PREFIXES.contains(&prefix);
    }
    // A doubled letter is no negation: `Inndia`.
    let misspelt = |prefix: &&str| {
        let rest = word.strip_prefix(*prefix).filter(|rest| rest.len() > 4 && !short.starts_with(&prefix[..1]));
        rest.is_some_and(|rest| fuzz::edits(rest, short, 1).is_some())
    };
    (long.prefixes >> (2 * OPPOSITES.len()) > 0 && NEGATIONS.iter().any(misspelt))
        || word.strip_suffix("less").is_some_and(|rest| rest == short)
}

fn are_opposites(one: &Atom, other: &Atom) -> bool {
    const FIRST: u64 = 0x5555_5555_5555_5555;
    const PAIRS: u64 = (1 << (2 * OPPOSITES.len())) - 1;
    // Both bits of a pair: the first of one word, the second of the other.
    let crossed = |one: u64, other: u64| one & FIRST & (other >> 1) & PAIRS;
    let stems = |a: &str, b: &str| {
        let short = a.len().min(b.len());
        short >= 3 && (a == b || (short >= 4 && fuzz::edits(a, b, 1).is_some()))
    };
    let any = |one: &Atom, other: &Atom| {
        crossed(one.prefixes, other.prefixes) > 0
            && OPPOSITES.iter().any(|(p, q)| {
                one.text.strip_prefix(p).zip(other.text.strip_prefix(q)).is_some_and(|(a, b)| stems(a, b))
            })
    };
    any(one, other) || any(other, one)
}

/// A word of `a` that changes the meaning and has no like in `b`, not even misspelt.
fn lone(a: &Rest<'_>, b: &Rest<'_>) -> Option<&'static str> {
    let mut words = a.iter().filter(|word| word.poles.iter().any(|pole| pole.lone));
    let spare = has_spare(b, a);
    words
        .any(|word| !spare && !b.iter().any(|other| is_glued(&other.text, &word.text)))
        .then_some("a word that changes the meaning")
}

/// Whether `rest` has a word more than it needs for the plain words of `other`, which may be the misspelling of one that
/// is not plain.
fn has_spare(rest: &Rest<'_>, other: &Rest<'_>) -> bool {
    rest.len() > other.plain() && !rest.is_known()
}

/// Whether `word` holds `part` at an end: `nonprofit` and `non`.
fn is_glued(word: &str, part: &str) -> bool {
    word.len() > part.len() && (word.starts_with(part) || word.ends_with(part))
}

/// A number or a direction on one side only.
fn one_sided(one: &Parts, other: &Parts, a: &Rest<'_>, b: &Rest<'_>) -> Option<&'static str> {
    let spare = has_spare(b, a);
    if !one.numbers.is_empty() && other.numbers.is_empty() {
        // `OneDrive` and `Onedrvie`; `Tier l` for `Tier 1`.
        let misspelt = one.spelled && !b.is_empty() && !b.is_known();
        let misread = b.iter().any(|word| matches!(&*word.text, "l" | "i" | "o"));
        // `Prop` is a slip of `Pro`, and so no slip of a number beside it.
        let begin = |word: &Atom| word.text.chars().take(2).collect::<String>();
        let paired = b.iter().all(|word| a.iter().any(|like| begin(like) == begin(word)));
        if !(spare && !paired || misspelt || misread) {
            return Some("a number on one side only");
        }
    }
    if one.directions > 0 && other.directions == 0 {
        let initial = one.initial.is_some_and(|initial| b.iter().any(|word| word.text.starts_with(initial)));
        let letter = b.iter().any(|word| word.kind == Kind::Letter);
        // `Ostdeutshland` for `Ostdeutschland`, `Eatbound` for `Eastbound`.
        let glued = b.iter().any(|word| {
            COMPASS.iter().any(|part| is_glued(&word.text, part))
                || a.iter().any(|part| is_glued(&word.text, &part.text))
        });
        if !(spare || initial || letter || glued) {
            return Some("a direction on one side only");
        }
    }
    None
}

/// How points of the compass begin or end in words that are glued.
const COMPASS: [&str; 7] = ["north", "south", "east", "west", "nord", "sud", "ost"];

/// Short legal forms of companies, which are often mixed up.
const LEGAL: [&str; 20] = [
    "inc", "ltd", "llc", "plc", "co", "ag", "sa", "bv", "nv", "kg", "oy", "ab", "as", "llp", "lp", "pty", "srl", "spa",
    "sas", "ug",
];

/// Only known words on both sides, so neither is a misspelling; or two short words, where one letter is much.
fn words(a: &Rest<'_>, b: &Rest<'_>) -> Option<&'static str> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    if a.is_known() && b.is_known() && a.plain() + b.plain() > 0 {
        let mut both = a.iter().chain(b.iter());
        if both.all(|word| word.kind == Kind::Word) {
            return Some("different words");
        }
    }
    // Of two short words one letter is much; beside other words, a known one may still be misspelt.
    let short =
        |rest: &Rest<'_>| rest.len() == 1 && rest.iter().all(|word| word.kind == Kind::Word && word.text.len() <= 3);
    let alone = a.words.len() == 1 && b.words.len() == 1;
    let misspelt = !alone && a.is_known() != b.is_known();
    let anagrams = || a.iter().any(|one| b.iter().any(|other| are_anagrams(&one.text, &other.text)));
    let legal = || a.iter().chain(b.iter()).all(|word| LEGAL.contains(&&*word.text));
    (short(a) && short(b) && !misspelt && !anagrams() && !legal()).then_some("different short words")
}

/// Whether two words of at most three letters have the same ones: `teh` for `the`.
fn are_anagrams(one: &str, other: &str) -> bool {
    one.len() == other.len()
        && one
            .bytes()
            .all(|byte| one.bytes().filter(|b| *b == byte).count() == other.bytes().filter(|b| *b == byte).count())
}

/// Whether `value` may mean several things: a code of two letters that is in two vocabularies.
#[must_use]
pub fn is_ambiguous(value: &str) -> bool {
    let entries = vocabulary::entries(value);
    entries.len() > 1 && entries.iter().all(|entry| entry.form == Form::Code)
}

#[cfg(test)]
mod tests;
