//! Words for yes and no.

use super::text::trimmed;

/// Whether a cell says yes.
#[must_use]
pub fn is_true(cell: &str) -> bool {
    matches!(
        cell.trim().to_lowercase().as_str(),
        "true" | "1" | "yes" | "y" | "t" | "ja" | "oui" | "sí" | "si" | "x" | "allow"
    )
}

/// Whether a cell says no.
#[must_use]
pub fn is_false(cell: &str) -> bool {
    matches!(cell.trim().to_lowercase().as_str(), "false" | "0" | "no" | "n" | "f" | "nein" | "non" | "do not allow")
}

/// Pairs of words for yes and no; the ones first that people would rather keep.
pub const VOCABULARIES: [(&str, &str); 14] = [
    ("true", "false"),
    ("yes", "no"),
    ("1", "0"),
    ("y", "n"),
    ("t", "f"),
    ("on", "off"),
    ("ja", "nein"),
    ("j", "n"),
    ("wahr", "falsch"),
    ("oui", "non"),
    ("o", "n"),
    ("vrai", "faux"),
    ("sí", "no"),
    ("si", "no"),
];

/// The word of [`VOCABULARIES`] that `cell` is, whatever its case, and whether it says yes.
#[must_use]
pub fn word(cell: &str) -> Option<(&'static str, bool)> {
    let text = trimmed(cell);
    if text.len() > 6 {
        return None;
    }
    let is = |word: &str| text.eq_ignore_ascii_case(word) || (!text.is_ascii() && text.to_lowercase() == word);
    VOCABULARIES.iter().find_map(|(yes, no)| {
        if is(yes) {
            Some((*yes, true))
        } else if is(no) {
            Some((*no, false))
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_yes_or_no_or_neither() {
        assert!(is_true(" Yes ") && is_true("1") && is_true("Allow"));
        assert!(is_false("False") && is_false("0") && is_false("Do Not Allow"));
        assert!(!is_true("maybe") && !is_false("maybe") && !is_true("") && !is_false(""));
    }
}
