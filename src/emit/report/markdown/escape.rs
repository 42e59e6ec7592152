//! Text as Markdown that shows that text and does nothing else.

/// `text`, which must be one line, so that no character of it is read as Markdown, HTML, a link, a mention or a
/// reference.
///
/// Characters that end cells or open tags become entities, for backslashes before them are read in several ways; the
/// rest is escaped with backslashes, which stay readable where nobody renders the report.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let chars: Vec<char> = text.chars().collect();
    for (i, &c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| chars[i]);
        let after = chars.get(i + 1).copied();
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '|' => out.push_str("&#124;"),
            '\\' => out.push_str("&#92;"),
            '$' => out.push_str("&#36;"),
            '_' if within_word(&chars, i) => out.push('_'),
            '`' | '*' | '_' | '[' | ']' | '~' | '^' => out.extend(['\\', c]),
            // An invisible break keeps a mention, an address or an issue number from becoming a link.
            '@' if after.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-') => out.push_str("@&#8203;"),
            '#' if after.is_some_and(|c| c.is_ascii_digit()) => out.push_str("#&#8203;"),
            ':' if chars[i + 1..].starts_with(&['/', '/']) => out.push_str("&#58;"),
            '.' if i >= 3 && chars[i - 3..i].iter().all(|c| c.eq_ignore_ascii_case(&'w')) => out.push_str("&#46;"),
            '#' | '-' | '+' | '=' if before.is_none() => out.extend(['\\', c]),
            '!' if after == Some('[') => out.push_str("\\!"),
            '.' | ')' if i > 0 && chars[..i].iter().all(char::is_ascii_digit) && after.is_none_or(|c| c == ' ') => {
                out.extend(['\\', c]);
            }
            c => out.push(c),
        }
    }
    out
}

/// Whether the run of underscores at `i` stands between letters or digits, where it is never emphasis: `Reason__c`.
fn within_word(chars: &[char], i: usize) -> bool {
    let before = chars[..i].iter().rev().find(|c| **c != '_');
    let after = chars[i..].iter().find(|c| **c != '_');
    before.is_some_and(|c| c.is_alphanumeric()) && after.is_some_and(|c| c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_that_is_plain_stays_readable() {
        for plain in [
            "East Region",
            "Reason__c",
            "12 of 4,310 leads (0.3 %)",
            "00Q5e000000018E",
            "a -> b".trim_end_matches(" -> b"),
        ] {
            assert_eq!(escape(plain), plain);
        }
    }

    #[test]
    fn everything_that_acts_is_disarmed() {
        assert_eq!(escape("<b>|\\|`x`"), "&lt;b&gt;&#124;&#92;&#124;\\`x\\`");
        assert_eq!(escape("**a** _b_ [c](d) ![e](f)"), "\\*\\*a\\*\\* \\_b\\_ \\[c\\](d) \\!\\[e\\](f)");
        assert_eq!(escape("@octocat #12 a@b.example"), "@&#8203;octocat #&#8203;12 a@&#8203;b.example");
        assert_eq!(
            escape("https://x.example www.x.example $a$"),
            "https&#58;//x.example www&#46;x.example &#36;a&#36;"
        );
        assert_eq!(escape("# h"), "\\# h");
        assert_eq!(escape("1. one"), "1\\. one");
    }

    proptest! {
        #[test]
        fn no_tag_and_no_cell_border_survives(text in any::<String>()) {
            let escaped = escape(&text);
            prop_assert!(!escaped.contains(['<', '>', '|']));
        }
    }
}
