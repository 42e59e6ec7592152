//! Text in the forms that targets write: cells of CSV, cells of Markdown, words of a shell.

use std::fmt::Write as _;

use crate::emit::text::hides;

/// One CSV cell, quoted where it must be. The value is exact: nothing is put before a formula.
pub(super) fn csv_cell(value: &str) -> String {
    let plain = !value.contains([',', '"', '\r', '\n']) && value.trim() == value;
    if plain { value.to_owned() } else { format!("\"{}\"", value.replace('"', "\"\"")) }
}

/// One row of CSV.
pub(super) fn csv_row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(csv_cell).collect();
    cells.join(",") + "\n"
}

/// Text that stands for itself in Markdown, in a table too. Of characters that hide or turn their neighbours around, the code
/// point shows.
pub(super) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            '&' => out.push_str("&amp;"),
            c if c.is_control() => out.push(' '),
            c if hides(c) => {
                let _ = write!(out, "‹U+{:04X}›", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// One word for a shell.
pub(super) fn shell(word: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/' | b'=' | b':' | b'@' | b'+');
    if !word.is_empty() && word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Code on a line of its own in Markdown; a line end in it cannot leave it.
pub(super) fn code_block(line: &str) -> String {
    let line: String = line.chars().map(|c| if c == '\n' || c == '\r' { ' ' } else { c }).collect();
    format!("    {line}\n")
}

/// `1 record`, `2 records`.
pub(super) fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        assert_eq!(csv_cell("a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
        assert_eq!(csv_cell("=1+1"), "=1+1");
        assert_eq!(markdown("| <b> `x` [l](u)\n# h"), "\\| \\<b\\> \\`x\\` \\[l\\](u) \\# h");
        assert_eq!(markdown("a\u{202E}b\u{2066}\u{200B}c"), "a‹U+202E›b‹U+2066›‹U+200B›c");
        assert_eq!(shell("a b'; rm -rf"), r"'a b'\''; rm -rf'");
        assert_eq!(shell("leads=out/x.csv"), "leads=out/x.csv");
        assert_eq!(code_block("a\n# b"), "    a # b\n");
    }
}
