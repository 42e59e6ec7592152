//! Text as comparisons see it: plain lower-case letters and digits, words apart, bounded in length.

use deunicode::deunicode_char;
use rphonetic::DoubleMetaphone;

use super::key;
use crate::matching::fuzz;
use crate::normalise::text::{is_invisible, trimmed};

/// Characters of a cell that are looked at. What differs only behind them is the same.
pub(super) const LONGEST: usize = 300;

/// Adds `text` in lower-case ASCII letters and digits to `out`, one space after each word. `sign` says what becomes of a
/// character that is neither letter nor digit: a word of its own, or the end of a word. Dots between lone letters and
/// apostrophes do not part words: `P.O.` is `po`, `O'Neil` is `oneil`.
pub(super) fn fold_with(text: &str, out: &mut String, sign: impl Fn(char) -> Option<char>) {
    let mut chars = trimmed(text).chars().take(LONGEST).peekable();
    let mut open = out.len();
    let end = |out: &mut String, open: &mut usize| {
        if out.len() > *open {
            out.push(' ');
        }
        *open = out.len();
    };
    while let Some(c) = chars.next() {
        let skipped = is_mark(c)
            || is_invisible(c)
            || matches!(c, '\'' | '’' | '‘' | '`' | '´' | 'ʼ')
            || (c == '.' && out.len() == open + 1 && lone_letter_follows(&chars));
        if skipped {
            continue;
        }
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if c.is_alphanumeric() {
            // Scripts without letters come with a space after each sign.
            for letter in deunicode_char(c).unwrap_or_default().bytes().filter(u8::is_ascii_alphanumeric) {
                out.push(char::from(letter.to_ascii_lowercase()));
            }
        } else if let Some(own) = sign(c) {
            end(out, &mut open);
            out.push(own);
            end(out, &mut open);
        } else {
            end(out, &mut open);
        }
    }
    end(out, &mut open);
    out.truncate(out.trim_end().len());
}

/// [`fold_with`] where no sign is a word.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST));
    fold_with(text, &mut out, |_| None);
    out
}

fn lone_letter_follows(rest: &(impl Iterator<Item = char> + Clone)) -> bool {
    let mut rest = rest.clone();
    rest.next().is_some_and(char::is_alphabetic) && rest.next().is_none_or(|c| !c.is_alphanumeric())
}

/// Accents that stand behind their letter.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}')
}

/// The hash of a cell as a whole, case and white space at its ends aside: what a cell compares by that holds no letter and
/// no digit.
pub(super) fn whole(text: &str) -> u64 {
    let short: String = trimmed(text).chars().take(LONGEST).flat_map(char::to_lowercase).collect();
    key(0, &short)
}

/// How a folded word sounds, as a key of kind `kind`; 0 for what has fewer than two letters.
pub(super) fn sound(kind: u8, word: &str, metaphone: &DoubleMetaphone) -> u64 {
    let letters: String = word.chars().filter(char::is_ascii_alphabetic).take(40).collect();
    if letters.len() < 2 {
        return 0;
    }
    let code = metaphone.double_metaphone(&letters).primary();
    if code.is_empty() { 0 } else { key(kind, &code) }
}

/// The letters and digits of `text` in order of their bytes: the same for two texts in which neighbours are swapped.
pub(super) fn shuffled(text: &str) -> String {
    let mut bytes: Vec<u8> = text.bytes().filter(u8::is_ascii_alphanumeric).collect();
    bytes.sort_unstable();
    bytes.into_iter().map(char::from).collect()
}

/// Which letters, digits and signs a text has: what two texts have not in common each costs half an edit at least. All that
/// is not ASCII is one sign, so that a character is never several.
pub(super) fn signs(text: &str) -> u64 {
    text.bytes().fold(0, |signs, byte| {
        signs
            | 1 << match byte {
                b'a'..=b'z' => byte - b'a',
                b'0'..=b'9' => 26 + byte - b'0',
                128.. => 63,
                _ => 36 + byte % 27,
            }
    })
}

/// [`fuzz::edits`], ruled out by the [`signs`] of both texts where these suffice: of the texts as they stand, or without their
/// spaces.
pub(super) fn edits(one: &str, other: &str, signs: [u64; 2], most: usize) -> Option<usize> {
    let strange = (signs[0] ^ signs[1]).count_ones() as usize;
    // An edit takes a sign away and brings another at most. What the signs rule out is not read.
    if strange > 2 * most {
        return None;
    }
    fuzz::edits(one, other, most)
}

/// Adds a key unless it is 0.
pub(super) fn add(keys: &mut Vec<u64>, key: u64) {
    if key != 0 {
        keys.push(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_plain() {
        for (text, folded) in [
            ("  P.O. Box 12 ", "po box 12"),
            ("N.Main St.", "n main st"),
            ("O'Neil-Straße", "oneil strasse"),
            ("Ap #287", "ap 287"),
            ("Düsseldorf\u{200B}", "dusseldorf"),
            ("re\u{301}sume\u{301}", "resume"),
            ("北京", "beijing"),
            ("–", ""),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
        assert!(fold(&"x ".repeat(100_000)).len() <= 2 * LONGEST);
    }

    proptest::proptest! {
        #[test]
        fn signs_rule_nothing_out_that_is_near(one in "[a-cé1@]{0,7}", other in "[a-cé1@]{0,7}", most in 0_usize..4) {
            let found = edits(&one, &other, [signs(&one), signs(&other)], most);
            proptest::prop_assert_eq!(found, fuzz::edits(&one, &other, most));
        }
    }

    #[test]
    fn nothing_left_compares_as_it_stands() {
        assert_eq!(whole(" ÀB "), whole("àb"));
        assert_ne!(whole("–"), whole("…"));
    }
}
