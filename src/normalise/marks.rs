//! Characters that do not belong: one pass over every cell of a table finds the few that are worth a closer look.
//!
//! Rules on stray characters and damaged encoding read these marks; no rule scans all cells by itself.

use rayon::prelude::*;

use super::dictionary::Dictionary;
use super::text::{Text, is_invisible};

/// White space at either end.
pub const OUTER_SPACE: u8 = 1;
/// Control characters, line ends and tabs aside.
pub const CONTROL: u8 = 2;
/// Characters that take no room, joiners between letters that need them aside.
pub const INVISIBLE: u8 = 4;
/// Spaces that do not break.
pub const NON_BREAKING: u8 = 8;
/// A line end or tab inside the cell.
pub const LINE_BREAK: u8 = 16;
/// Text whose bytes were read in the wrong encoding, or U+FFFD.
pub const MOJIBAKE: u8 = 32;
/// A run of question marks where letters were lost.
pub const QUESTION_RUN: u8 = 64;

/// The cells of one column that carry marks.
#[derive(Debug, Default)]
pub struct Marks {
    /// Rows in ascending order and what was found there.
    pub rows: Vec<(u32, u8)>,
}

impl Marks {
    /// Marks of one column: over its distinct values where there is a dictionary, else cell by cell.
    #[must_use]
    pub fn find(text: &Text<'_>, dictionary: Option<&Dictionary>) -> Self {
        let Some(dictionary) = dictionary else {
            let parts = text.par_parts(|first, cells| {
                (first..)
                    .zip(cells)
                    .filter_map(|(row, cell)| Some((row, look(cell?))).filter(|(_, found)| *found != 0))
                    .collect::<Vec<_>>()
            });
            return Self { rows: parts.into_iter().flatten().collect() };
        };
        let marks: Vec<u8> = dictionary.values.iter().map(|value| look(value)).collect();
        if marks.iter().all(|found| *found == 0) {
            return Self::default();
        }
        let rows = dictionary
            .codes
            .par_iter()
            .enumerate()
            .filter_map(|(row, code)| {
                let found = *marks.get(*code as usize)?;
                (found != 0).then_some((row as u32, found))
            })
            .collect();
        Self { rows }
    }

    /// Rows that carry any of `wanted`.
    pub fn of(&self, wanted: u8) -> impl Iterator<Item = (u32, u8)> + '_ {
        self.rows.iter().copied().filter(move |(_, found)| found & wanted != 0)
    }
}

/// What stands in one cell.
#[must_use]
pub fn look(cell: &str) -> u8 {
    let bytes = cell.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return 0 };
    let plain = bytes.iter().fold(true, |plain, b| plain & (b' '..=b'~').contains(b));
    if plain {
        let mut found = 0;
        // A cell of nothing but spaces is blank, not untidy.
        if (*first == b' ' || *last == b' ') && bytes.iter().any(|b| *b != b' ') {
            found |= OUTER_SPACE;
        }
        if memchr::memchr(b'?', bytes).is_some() && has_question_run(bytes) {
            found |= QUESTION_RUN;
        }
        return found;
    }
    look_closely(cell)
}

#[cold]
fn look_closely(cell: &str) -> u8 {
    let mut found = 0;
    let trimmed = cell.trim();
    if trimmed.len() < cell.len() && !trimmed.is_empty() {
        found |= OUTER_SPACE;
    }
    let mut before = None;
    let mut chars = cell.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' | '\r' | '\t' => found |= LINE_BREAK,
            '\u{FFFD}' => found |= MOJIBAKE,
            '\u{A0}' | '\u{2007}' | '\u{202F}' => found |= NON_BREAKING,
            // Joiners shape Indic and Arabic letters and hold emoji together; between Latin letters they are dirt.
            '\u{200C}' | '\u{200D}' if !(before.is_none_or(is_latin) && chars.peek().copied().is_none_or(is_latin)) => {
            }
            // Marks of direction belong between right-to-left letters.
            '\u{200E}' | '\u{200F}' if !before.is_none_or(is_latin) => {}
            c if is_invisible(c) => found |= INVISIBLE,
            c if c.is_control() => found |= CONTROL,
            _ => {}
        }
        before = Some(c);
    }
    if has_question_run(cell.as_bytes()) {
        found |= QUESTION_RUN;
    }
    if looks_garbled(cell) {
        found |= MOJIBAKE;
    }
    found
}

fn is_latin(c: char) -> bool {
    c.is_ascii() || ('\u{C0}'..='\u{24F}').contains(&c) || ('\u{1E00}'..='\u{1EFF}').contains(&c)
}

/// Three question marks or more at the start of a word: letters that an encoding could not hold. After a word they are
/// somebody's excitement.
fn has_question_run(bytes: &[u8]) -> bool {
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'?', &bytes[at..]) {
        let start = at + found;
        let run = bytes[start..].iter().take_while(|b| **b == b'?').count();
        let inside_word = start > 0
            && (bytes[start - 1].is_ascii_alphanumeric() || !bytes[start - 1].is_ascii() || bytes[start - 1] == b'!');
        if run >= 3 && !inside_word {
            return true;
        }
        at = start + run;
    }
    false
}

/// Whether some stretch of `cell` is UTF-8 that was read as Windows-1252.
fn looks_garbled(cell: &str) -> bool {
    cell.chars().any(|c| matches!(c, '\u{C2}'..='\u{F4}')) && repair(cell).is_some()
}

/// The text that `cell` was before its UTF-8 bytes were read as Windows-1252, stretch by stretch; `None` when no stretch
/// is such. The method is that of ftfy (Speer, 2019): encode back, and accept only what then is valid UTF-8.
#[must_use]
pub fn repair(cell: &str) -> Option<String> {
    let mut out = String::with_capacity(cell.len());
    let mut changed = false;
    let chars: Vec<char> = cell.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        let lead = byte_of(chars[at]).unwrap_or(0);
        let len = match lead {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => 1,
        };
        let decoded = (len > 1)
            .then(|| chars.get(at..at + len)?.iter().map(|c| byte_of(*c)).collect::<Option<Vec<u8>>>())
            .flatten()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some(text) = decoded {
            out.push_str(&text);
            changed = true;
            at += len;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    // Text that went through it twice needs a second round.
    changed.then(|| repair(&out).unwrap_or(out))
}

/// The Windows-1252 byte of `c`, with the five unassigned bytes as their control characters.
fn byte_of(c: char) -> Option<u8> {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
    ];
    match c as u32 {
        code @ (0..=0x7F | 0xA0..=0xFF) => u8::try_from(code).ok(),
        0x80..=0x9F => u8::try_from(c as u32).ok(),
        _ => HIGH.iter().position(|high| *high == c).and_then(|at| u8::try_from(0x80 + at).ok()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_kind_of_dirt_is_told_apart() {
        for (cell, found) in [
            ("plain text", 0),
            ("", 0),
            ("   ", 0),
            ("x ", OUTER_SPACE),
            ("\u{A0}x", OUTER_SPACE | NON_BREAKING),
            ("a\u{200B}b", INVISIBLE),
            ("a\u{200D}b", INVISIBLE),
            ("नमस्\u{200D}ते", 0),
            ("👩\u{200D}💻", 0),
            ("a\u{0}b", CONTROL),
            ("a\nb", LINE_BREAK),
            ("Zoë Müller", 0),
            ("JosÃ©", MOJIBAKE),
            ("donâ€™t", MOJIBAKE),
            ("a\u{FFFD}", MOJIBAKE),
            ("Ångström", 0),
            ("????", QUESTION_RUN),
            ("???? ??? (ABC)", QUESTION_RUN),
            ("Really????", 0),
            ("what?!", 0),
            ("Ação", 0),
        ] {
            assert_eq!(look(cell), found, "{cell:?}");
        }
    }

    #[test]
    fn garbled_text_is_repaired() {
        assert_eq!(repair("JosÃ©").as_deref(), Some("José"));
        assert_eq!(repair("donâ€™t").as_deref(), Some("don’t"));
        assert_eq!(repair("JosÃƒÂ©").as_deref(), Some("José"));
        assert_eq!(repair("José"), None);
    }

    proptest! {
        #[test]
        fn utf8_read_as_windows_1252_is_always_found_and_repaired(text in "[a-z]{0,4}[à-ö€’]{1,3}[a-z]{0,4}") {
            // What reads as garbled already has two stories, and the second round tells the other one.
            prop_assume!(!looks_garbled(&text));
            let (garbled, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(text.as_bytes());
            prop_assert!(look(&garbled) & MOJIBAKE != 0);
            prop_assert_eq!(repair(&garbled), Some(text));
        }

        #[test]
        fn looking_never_panics(text in "\\PC{0,30}") {
            let _ = look(&text);
        }
    }
}
