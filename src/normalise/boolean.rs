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
