//! Cell content on one line: what does not show is made to show, and what is too long is cut with an ellipsis.

use unicode_normalization::char::is_combining_mark;

/// The most code points that one grapheme may bring; more is a pile of marks, not a letter.
const MARKS: usize = 8;

/// `text` on one line of at most `max` graphemes, with every character visible; `…` at the end says that it was cut.
///
/// Line ends become `⏎`, tabs `⇥`, other control characters their pictures (`␀`), and characters that hide, reorder or
/// pass for a plain space their code point (`‹U+202E›`). Reads no more of the text than it shows.
pub(crate) fn line(text: &str, max: usize) -> String {
    let mut out = String::with_capacity(text.len().min(max * 2));
    let (mut graphemes, mut marks) = (0, 0);
    let mut previous = '\0';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let joins = extends(c) || (previous == '\u{200d}' && !c.is_ascii());
        if joins && graphemes > 0 && !previous.is_ascii_control() {
            marks += 1;
            if marks > MARKS {
                continue;
            }
        } else {
            if graphemes == max {
                out.push('…');
                return out;
            }
            graphemes += 1;
            marks = 0;
        }
        match c {
            '\r' if chars.peek() == Some(&'\n') => {
                chars.next();
                out.push('⏎');
            }
            '\n' | '\r' => out.push('⏎'),
            '\t' => out.push('⇥'),
            '\u{7f}' => out.push('␡'),
            c if (c as u32) < 0x20 => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('␦')),
            '\u{200c}' | '\u{200d}' if !previous.is_ascii() => out.push(c),
            c if hides(c) => {
                let point = format!("{:04X}", c as u32);
                out.extend(["‹U+", &point, "›"]);
            }
            c => out.push(c),
        }
        previous = c;
    }
    out
}

/// Whether a character belongs to the grapheme before it.
fn extends(c: char) -> bool {
    !c.is_ascii()
        && (is_combining_mark(c)
            || matches!(c, '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0100}'..='\u{e01ef}'))
}

/// Whether a character is invisible, reorders its neighbours, or passes for a plain space.
pub(crate) fn hides(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{1680}' | '\u{17b4}'
        | '\u{17b5}' | '\u{180e}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
        | '\u{2800}' | '\u{3000}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}'
        | '\u{e0000}'..='\u{e007f}')
}

/// A cell in double quotes, so that blanks at its ends show.
pub(crate) fn quoted(text: &str, max: usize) -> String {
    format!("\"{}\"", line(text, max))
}

/// A word of a command line, quoted for a POSIX shell where it has to be.
pub(crate) fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./=:@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_does_not_show_is_made_to_show() {
        assert_eq!(line("a\r\nb\tc\0d\u{202e}e\u{a0}f", 99), "a⏎b⇥c␀d‹U+202E›e‹U+00A0›f");
        assert_eq!(line("ESC \u{1b}[31m", 99), "ESC ␛[31m");
    }

    #[test]
    fn long_text_is_cut_between_graphemes_and_says_so() {
        assert_eq!(line("abcdef", 6), "abcdef");
        assert_eq!(line("abcdefg", 6), "abcdef…");
        assert_eq!(line("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}e\u{301}…");
        assert_eq!(line("👩\u{200d}👩\u{200d}👧x", 1), "👩\u{200d}👩\u{200d}👧…");
    }

    #[test]
    fn a_pile_of_marks_does_not_grow_the_report() {
        let zalgo = format!("a{}", "\u{301}".repeat(1_000_000));
        assert!(line(&zalgo, 60).len() < 64);
        assert!(line(&"x".repeat(1_000_000), 60).len() < 64);
    }

    #[test]
    fn words_are_quoted_for_the_shell_only_where_needed() {
        assert_eq!(shell("crm=exports/leads.csv"), "crm=exports/leads.csv");
        assert_eq!(shell("it's here.csv"), r"'it'\''s here.csv'");
        assert_eq!(shell(""), "''");
    }

    proptest! {
        #[test]
        fn any_text_stays_on_one_line_without_controls(text in any::<String>(), max in 1usize..80) {
            let shown = line(&text, max);
            prop_assert!(!shown.chars().any(char::is_control), "{shown:?}");
            prop_assert!(shown.chars().filter(|c| !matches!(c, '\u{200c}' | '\u{200d}')).all(|c| !hides(c)), "{shown:?}");
        }
    }
}
