//! Words of names: folded to plain letters once, told apart by number, and judged by pairs without allocating.

use deunicode::deunicode_char;
use rphonetic::DoubleMetaphone;
use rustc_hash::{FxHashMap, FxHashSet};

use super::key;
use crate::matching::fuzz;

/// How much of a value is read: nobody has a longer name, and a hostile cell costs no more than a name.
pub(super) const MOST_CHARS: usize = 240;
/// Words of a value that count.
pub(super) const MOST_WORDS: usize = 16;
/// Letters of a word that count; of a longer one, or of words written as one, the rest is hashed.
const MOST_LETTERS: usize = 72;

/// How near one word is to another, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Nearness {
    /// The same word.
    Same,
    /// The same but for habits of spelling: Mueller and Müller, Sergey and Sergej.
    Spelling,
    /// A slip of the pen: a letter too many, too few, another, or two swapped.
    Slip,
    /// More than one slip, or a word cut off.
    Rough,
    /// Another word.
    Other,
}

/// A word that is not there.
pub(super) const NONE: u32 = u32::MAX;

/// What is known of a word once and for all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    start: u32,
    len: u8,
    /// The first letter.
    pub(super) first: u8,
    /// Which letters and digits are in it, for ruling out without a look at the text.
    letters: u32,
    /// Hash of the spelling without habits of spelling.
    spelling: u32,
    /// Hashes of the two phonetic codes. 0 for a word without.
    sounds: [u32; 2],
    /// Hash of the word itself, the same in all runs.
    pub(super) hash: u64,
}

impl Word {
    /// Letters and digits.
    pub(super) fn len(&self) -> usize {
        usize::from(self.len)
    }

    /// The code under which words that sound alike meet.
    pub(super) fn sound(&self) -> u32 {
        self.sounds[0]
    }

    /// The set of its letters, in which swapped and doubled letters change nothing.
    pub(super) fn letters(&self) -> u32 {
        self.letters
    }

    fn sounds_like(&self, other: &Self) -> bool {
        self.sounds[0] != 0
            && other.sounds[0] != 0
            && (self.sounds[0] == other.sounds[0]
                || self.sounds[0] == other.sounds[1]
                || self.sounds[1] == other.sounds[0])
    }
}

/// The distinct words of the values of one field, by number.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    text: String,
    words: Vec<Word>,
}

/// Fills a [`Lexicon`].
pub(super) struct Reader {
    lexicon: Lexicon,
    index: FxHashMap<Box<str>, u32>,
    metaphone: DoubleMetaphone,
    scratch: String,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self {
            lexicon: Lexicon::default(),
            index: FxHashMap::default(),
            metaphone: DoubleMetaphone::new(Some(6)),
            scratch: String::new(),
        }
    }

    /// The number of a folded word.
    pub(super) fn number(&mut self, word: &str) -> u32 {
        if word.len() > MOST_LETTERS {
            let short = format!("{}{:016x}", &word[..MOST_LETTERS - 16], key(6, word));
            return self.number(&short);
        }
        if let Some(&number) = self.index.get(word) {
            return number;
        }
        let number = self.lexicon.words.len() as u32;
        let start = self.lexicon.text.len() as u32;
        self.lexicon.text.push_str(word);
        self.scratch.clear();
        respell(word, &mut self.scratch);
        let spelling = (key(0, &self.scratch) >> 16) as u32;
        self.scratch.clear();
        self.scratch.extend(word.chars().filter(char::is_ascii_alphabetic));
        let sounds = if self.scratch.len() > 1 {
            let code = self.metaphone.double_metaphone(&self.scratch);
            [code.primary(), code.alternate()]
                .map(|code| if code.is_empty() { 0 } else { (key(1, &code) >> 16) as u32 })
        } else {
            [0, 0]
        };
        self.lexicon.words.push(Word {
            start,
            len: word.len() as u8,
            first: word.as_bytes().first().copied().unwrap_or_default(),
            letters: word.bytes().fold(0, |letters, byte| letters | 1 << slot(byte)),
            spelling,
            sounds,
            hash: key(2, word),
        });
        self.index.insert(word.into(), number);
        number
    }

    pub(super) fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// Takes over the words of another lexicon, in their order: the number of each here.
    pub(super) fn absorb(&mut self, other: &Lexicon) -> Vec<u32> {
        let words = (0..other.len() as u32).map(|number| (other.text(number), *other.word(number)));
        words
            .map(|(text, word)| {
                if let Some(&number) = self.index.get(text) {
                    return number;
                }
                let number = self.lexicon.words.len() as u32;
                let start = self.lexicon.text.len() as u32;
                self.lexicon.text.push_str(text);
                self.lexicon.words.push(Word { start, ..word });
                self.index.insert(text.into(), number);
                number
            })
            .collect()
    }

    pub(super) fn done(mut self) -> Lexicon {
        self.lexicon.text.shrink_to_fit();
        self.lexicon.words.shrink_to_fit();
        self.lexicon
    }
}

/// Place of a letter or digit in a word's set of letters.
fn slot(byte: u8) -> u32 {
    match byte {
        b'a'..=b'z' => u32::from(byte - b'a'),
        b'0'..=b'9' => 26 + u32::from(byte - b'0') % 6,
        _ => 31,
    }
}

impl Lexicon {
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    pub(super) fn word(&self, number: u32) -> &Word {
        &self.words[number as usize]
    }

    pub(super) fn text(&self, number: u32) -> &str {
        let word = self.word(number);
        &self.text[word.start as usize..word.start as usize + word.len()]
    }

    /// How near two words are. Numbers are near only themselves.
    pub(super) fn nearness(&self, one: u32, other: u32) -> Nearness {
        if one == other {
            return Nearness::Same;
        }
        if one == NONE || other == NONE {
            return Nearness::Other;
        }
        let (a, b) = (self.word(one), self.word(other));
        let (short, long) = if a.len <= b.len { (a.len(), b.len()) } else { (b.len(), a.len()) };
        if short < 2 || long - short > 4 {
            return Nearness::Other;
        }
        // The digits of a word stay: Unit4 and Unit5, 2nd and 3rd.
        if (a.letters | b.letters) >> 26 != 0 {
            let digits = |word| self.text(word).bytes().filter(u8::is_ascii_digit);
            if !digits(one).eq(digits(other)) {
                return Nearness::Other;
            }
        }
        if a.spelling == b.spelling {
            return Nearness::Spelling;
        }
        if short < 3 {
            return Nearness::Other;
        }
        let alike = a.sounds_like(b);
        let most = match short {
            ..=4 => 1 + usize::from(alike && long > 4),
            5..=6 => 2,
            7..=8 => 2 + usize::from(alike),
            _ => 3,
        };
        let (x, y) = (self.text(one), self.text(other));
        // Each edit brings at most one letter that the other has not.
        let strange = (a.letters & !b.letters).count_ones().max((b.letters & !a.letters).count_ones());
        if strange as usize <= most
            && let Some(edits) = fuzz::edits(x, y, most)
        {
            let slips = match short {
                // Tim and Tom, Ana and Ida are names of their own.
                3 => usize::from(long == 4 && alike),
                4 => 1 + usize::from(alike && long > 4),
                5..=6 => 1 + usize::from(alike),
                _ => 2 + usize::from(alike && long > 7),
            };
            // Another first letter makes another name more often than it is a slip: Bailey and Kailey, Wyman and Syman.
            let rhymes = short < 7 && a.first != b.first && a.letters != b.letters && !alike;
            if edits <= slips && !rhymes {
                return Nearness::Slip;
            }
            // Two letters of six: only where most of the rest stands in its place.
            if short > 3
                && edits <= most
                && (rhymes && edits == 1 || short > 6 || fuzz::jaro_winkler(x, y, 0.84).is_some())
            {
                return Nearness::Rough;
            }
        }
        // The same letters in disorder, at most one lost: lmeai, Amelia.
        if short >= 4 && long > 4 && long - short <= 1 && self.letters_lost(one, other) <= 1 {
            return Nearness::Rough;
        }
        // Cut off: Fitzger, Fitzgerald.
        if short >= 5 && (x.starts_with(y) || y.starts_with(x)) {
            return Nearness::Rough;
        }
        Nearness::Other
    }

    /// Letters of either word that the other has not, as often as they are there.
    fn letters_lost(&self, one: u32, other: u32) -> u32 {
        if (self.word(one).letters ^ self.word(other).letters).count_ones() > 1 {
            return u32::MAX;
        }
        let mut counts = [0_i8; 32];
        self.text(one).bytes().for_each(|byte| counts[slot(byte) as usize] += 1);
        self.text(other).bytes().for_each(|byte| counts[slot(byte) as usize] -= 1);
        counts.iter().map(|count| u32::from(count.unsigned_abs())).sum()
    }
}

/// A word without habits of spelling that go from one language or transliteration to another.
fn respell(word: &str, out: &mut String) {
    let bytes = word.as_bytes();
    let mut at = 0;
    let mut last = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (letter, taken) = match rest {
            [b'p', b'h', ..] => (b'f', 2),
            [b'c' | b'k', b'k', ..] | [b'k', b'h', ..] | [b'q', b'u', ..] => (b'k', 2),
            [b's' | b't', b'c', b'h', ..] => (b'x', 3),
            [b's' | b'c', b'h', ..] | [b'k' | b'g', b's', ..] => (b'x', 2),
            [b't', b'h', ..] => (b't', 2),
            [b'd', b'h', ..] => (b'd', 2),
            [b'g', b'h', ..] => (b'g', 2),
            [b'o' | b'u', b'o' | b'u', ..] | [b'u', b'e', ..] if rest[0] != rest[1] || rest[0] == b'o' => (b'u', 2),
            [b'a' | b'o', b'e', ..] => (rest[0], 2),
            [b'e', b'e', ..] | [b'i' | b'y' | b'j', b'i' | b'y' | b'j' | b'e', ..] => (b'i', 2),
            [b't', b's' | b'z', ..] => (b's', 2),
            [b'y' | b'j', ..] => (b'i', 1),
            [b'c', b'e' | b'i' | b'y', ..] | [b'z', ..] => (b's', 1),
            [b'c' | b'q', ..] => (b'k', 1),
            [b'w', ..] => (b'v', 1),
            // Silent between or after letters: Johan and Jon, Sarah and Sara.
            [b'h', ..] if at > 0 => (0, 1),
            [other, ..] => (*other, 1),
            [] => (0, 1),
        };
        at += taken;
        if letter != 0 && letter != last {
            out.push(char::from(letter));
            last = letter;
        }
    }
}

/// Adds the words of a text in plain lower-case letters, one space after each: without accents, in Latin script.
/// `inside` says which characters other than letters and digits stand inside a word and leave no trace. What is beyond
/// the words and letters that count becomes one word of its own.
pub(super) fn fold(text: &str, out: &mut String, mut inside: impl FnMut(char) -> bool) {
    let start = out.len();
    let mut open = start;
    let mut before = ' ';
    let mut many = 0;
    let mut chars = text.char_indices().peekable();
    let mut read = 0;
    while let Some((at, c)) = chars.next() {
        read += 1;
        if read > MOST_CHARS || many + 1 >= MOST_WORDS {
            if out.len() > open {
                out.push(' ');
            }
            let rest = text[at..].trim_end();
            if !rest.is_empty() {
                let hash = format!("{:016x} ", key(6, rest));
                out.push_str(&hash);
            }
            return;
        }
        if c.is_alphanumeric() || is_mark(c) {
            // Two words that lost their space: SergeiLavrov. Not McCoy, GmbH, or a slip such as oNah.
            if c.is_uppercase()
                && before.is_lowercase()
                && out.len() - open >= 3
                && !is_prefix(&out[open..])
                && chars.peek().is_some_and(|(_, next)| next.is_alphabetic())
            {
                out.push(' ');
                open = out.len();
                many += 1;
            }
            if c.is_ascii() {
                out.push(c.to_ascii_lowercase());
            } else {
                // Scripts without letters come with a space after each sign; a name's signs stay together.
                for letter in deunicode_char(c).unwrap_or_default().bytes().filter(u8::is_ascii_alphanumeric) {
                    out.push(char::from(letter.to_ascii_lowercase()));
                }
            }
        } else if !inside(c) && out.len() > open {
            out.push(' ');
            open = out.len();
            many += 1;
        }
        before = c;
    }
    if out.len() > open {
        out.push(' ');
    }
}

/// Marks that are part of a letter before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{900}'..='\u{DFF}' | '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}')
}

/// What begins a word that goes on with a capital.
fn is_prefix(word: &str) -> bool {
    matches!(word, "mac" | "fitz" | "van" | "von" | "del" | "della")
}

/// Apostrophes and their like, which stand inside a word.
pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | 'ʻ' | 'ʹ' | '\u{200B}'..='\u{200F}' | '\u{AD}')
}

/// A hash of a hash, apart from those of another kind. Never 0.
pub(super) fn mix(kind: u8, hash: u64) -> u64 {
    (hash ^ u64::from(kind).wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0xD6E8_FEB8_6659_FD93).rotate_left(29) | 1
}

/// The words of a list of words with spaces between them, for a list that is asked often.
pub(super) fn set(list: &'static str) -> FxHashSet<&'static str> {
    list.split(' ').collect()
}

/// Whether a word is one of a list of words with spaces between them.
pub(super) fn listed(list: &str, word: &str) -> bool {
    list.split(' ').any(|known| known == word)
}
