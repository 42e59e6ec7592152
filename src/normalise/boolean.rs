//! Words for yes and no.

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
