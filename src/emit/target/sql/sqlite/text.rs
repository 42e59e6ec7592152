//! Values and names as SQLite reads them.

use super::super::lines::unseen;

/// The most control characters of one `char()`.
const CONTROLS: usize = 50;

/// A text value. Control characters are written as `char(…)`: a NUL would end the script, a line end could be taken for
/// the end of a line by whoever reads it, and none of them can be seen.
pub(super) fn literal(value: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut chars = value.chars().peekable();
    while let Some(next) = chars.peek().copied() {
        let mut codes = Vec::new();
        let mut text = String::new();
        if unseen(next) {
            while let Some(c) = chars.next_if(|c| unseen(*c) && codes.len() < CONTROLS) {
                codes.push((c as u32).to_string());
            }
            parts.push(format!("char({})", codes.join(",")));
        } else {
            while let Some(c) = chars.next_if(|c| !unseen(*c)) {
                if c == '\'' {
                    text.push('\'');
                }
                text.push(c);
            }
            parts.push(format!("'{text}'"));
        }
    }
    match parts.len() {
        0 => "''".to_owned(),
        1 => parts.swap_remove(0),
        _ => format!("({})", joined(&parts)),
    }
}

/// The parts put together in halves: SQLite limits how deep an expression may be, not how wide.
fn joined(parts: &[String]) -> String {
    match parts {
        [] => "''".to_owned(),
        [one] => one.clone(),
        parts => {
            let (left, right) = parts.split_at(parts.len() / 2);
            let side = |half: &[String]| if half.len() > 1 { format!("({})", joined(half)) } else { joined(half) };
            format!("{}||{}", side(left), side(right))
        }
    }
}

/// A blank cell is NULL.
pub(super) fn nullable(value: Option<&str>) -> String {
    value.map_or("NULL".to_owned(), literal)
}

/// A name of a table, a column or a constraint.
pub(super) fn name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted() {
        assert_eq!(literal("O'Hara"), "'O''Hara'");
        assert_eq!(literal(""), "''");
        assert_eq!(literal("a\0b"), "('a'||(char(0)||'b'))");
        assert_eq!(literal("\r\n"), "char(13,10)");
        assert_eq!(name("a\"b"), "\"a\"\"b\"");
    }
}
