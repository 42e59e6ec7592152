//! JSON texts, written by hand: examples have no serializer of their own to keep in step.

/// A text in quotes.
pub(crate) fn text(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            c => json.push(c),
        }
    }
    json.push('"');
    json
}

/// A text in quotes; null where there is none.
pub(crate) fn maybe(cell: &str) -> String {
    if cell.is_empty() { "null".to_owned() } else { text(cell) }
}
