//! Cell text: what an export holds, as a spreadsheet shows it without running, hiding or refusing any of it.

use std::fmt::Write as _;

use crate::normalise::text::is_invisible;

/// A cell holds at most this many UTF-16 units.
pub(super) const LONGEST: usize = 32_767;

/// Room for saying that a cell is cut.
const MARK: usize = 60;

/// What stands in a cell for a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) text: String,
    /// Whether some characters stand there as codes or marks.
    pub(super) is_marked: bool,
    /// Whether the end is missing.
    pub(super) is_cut: bool,
}

/// Whether a character would not be seen, or would change how the others are seen.
fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\n')
        || is_invisible(c)
        || matches!(c, '\u{A0}' | '\u{2007}' | '\u{202F}' | '\u{2028}' | '\u{2029}' | '\u{61C}' | '\u{180E}')
        || matches!(c, '\u{FFF9}'..='\u{FFFB}' | '\u{FFFE}' | '\u{FFFF}' | '\u{E0000}'..='\u{E007F}')
}

/// Whether `_x0041_` stands at the start of `rest`, which spreadsheets read as the character of that code.
fn is_code(rest: &str) -> bool {
    let bytes = rest.as_bytes();
    bytes.len() >= 7 && bytes.starts_with(b"_x") && bytes[6] == b'_' && bytes[2..6].iter().all(u8::is_ascii_hexdigit)
}

/// The text of a cell. Line ends stay; spaces at an end or side by side are marked, and what cannot be seen stands as a
/// code.
pub(super) fn shown(value: &str) -> Shown {
    let mut text = String::with_capacity(value.len());
    let (mut is_marked, mut is_cut) = (false, false);
    let mut units = 0;
    let inner_start = value.len() - value.trim_start_matches(' ').len();
    let inner_end = value.trim_end_matches(' ').len();
    let mut last = None;
    for (at, c) in value.char_indices() {
        let before = text.len();
        let beside = last == Some(' ') || value[at..].starts_with("  ");
        if c == ' ' && (at < inner_start || at >= inner_end || beside) {
            text.push('␣');
            is_marked = true;
        } else if is_hidden(c) || c == '_' && is_code(&value[at..]) {
            let _ = write!(text, "\\u{{{:x}}}", u32::from(c));
            is_marked = true;
        } else {
            text.push(c);
        }
        last = Some(c);
        units += text[before..].encode_utf16().count();
        if units > LONGEST - MARK && value[at..].encode_utf16().count() > MARK {
            let _ = write!(text, " … (cut; {} characters in all)", value.chars().count());
            is_cut = true;
            break;
        }
    }
    Shown { text, is_marked, is_cut }
}

/// Whether a spreadsheet that is told to look at the cell again might take it for a formula.
pub(super) fn starts_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// About how many lines a text takes in a column of this width.
pub(super) fn lines(text: &str, width: f64) -> usize {
    // Widths are counted in digits of a larger type; letters are wider.
    let fits = (width * 1.15).max(1.0) as usize;
    text.lines().take(20).map(|line| line.chars().take(2_000).count().div_ceil(fits).max(1)).sum::<usize>().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> String {
        shown(value).text
    }

    #[test]
    fn plain_text_stays_as_it_is() {
        for plain in ["", "Ana Moss", "=1+1", "a\nb", "Zoë 株式会社 \\n", "_x00", "a_b_x0041"] {
            assert_eq!(shown(plain), Shown { text: plain.to_owned(), is_marked: false, is_cut: false }, "{plain:?}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert_eq!(text("Bonn "), "Bonn␣");
        assert_eq!(text(" East  Region"), "␣East␣␣Region");
        assert_eq!(text("a\0b\r\n"), "a\\u{0}b\\u{d}\n");
        assert_eq!(text("\u{202E}gpj.exe"), "\\u{202e}gpj.exe");
        assert_eq!(text("a_x0041_"), "a\\u{5f}x0041_");
        assert_eq!(text("_x005F_x0041_"), "\\u{5f}x005F\\u{5f}x0041_");
        assert!(shown(" ").is_marked);
    }

    #[test]
    fn long_cells_are_cut_and_say_so() {
        for value in ["x".repeat(1_000_000), "😀".repeat(40_000), "\0".repeat(40_000), " ".repeat(33_000)] {
            let cut = shown(&value);
            assert!(cut.is_cut && cut.text.encode_utf16().count() <= LONGEST, "{}", cut.text.len());
            assert!(cut.text.ends_with("characters in all)"));
        }
        assert!(!shown(&"x".repeat(LONGEST)).is_cut);
        assert!(shown(&"x".repeat(LONGEST + 1)).is_cut);
    }

    #[test]
    fn rows_grow_with_their_text() {
        assert_eq!(lines("", 10.0), 1);
        assert_eq!(lines("a\nb", 10.0), 2);
        assert_eq!(lines(&"x".repeat(110), 10.0), 10);
    }
}
