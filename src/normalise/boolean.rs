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
    let mut lower = [0_u8; 6];
    let lower = &mut lower[..text.len()];
    lower.copy_from_slice(text.as_bytes());
    lower.make_ascii_lowercase();
    Some(match &*lower {
        b"true" => ("true", true),
        b"false" => ("false", false),
        b"yes" => ("yes", true),
        b"no" => ("no", false),
        b"1" => ("1", true),
        b"0" => ("0", false),
        b"y" => ("y", true),
        b"n" => ("n", false),
        b"t" => ("t", true),
        b"f" => ("f", false),
        b"on" => ("on", true),
        b"off" => ("off", false),
        b"ja" => ("ja", true),
        b"nein" => ("nein", false),
        b"j" => ("j", true),
        b"wahr" => ("wahr", true),
        b"falsch" => ("falsch", false),
        b"oui" => ("oui", true),
        b"non" => ("non", false),
        b"o" => ("o", true),
        b"vrai" => ("vrai", true),
        b"faux" => ("faux", false),
        b"si" => ("si", true),
        _ if !text.is_ascii() && text.to_lowercase() == "sí" => ("sí", true),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_vocabularies_is_known_in_any_case() {
        for (at, (yes, no)) in VOCABULARIES.iter().enumerate() {
            for (which, said) in [(*yes, true), (*no, false)] {
                for cell in [which.to_owned(), which.to_uppercase(), format!(" {which} ")] {
                    assert_eq!(word(&cell), Some((which, said)), "{cell}, pair {at}");
                }
            }
        }
        for cell in ["", "maybe", "ye", "trues", "Kno", "sï", "falsche"] {
            assert_eq!(word(cell), None, "{cell}");
        }
    }

    #[test]
    fn words_say_yes_or_no_or_neither() {
        assert!(is_true(" Yes ") && is_true("1") && is_true("Allow"));
        assert!(is_false("False") && is_false("0") && is_false("Do Not Allow"));
        assert!(!is_true("maybe") && !is_false("maybe") && !is_true("") && !is_false(""));
    }
}
