//! Bounces: what a cell says of whether mail to an address came back.

use super::boolean::is_false;
use super::text::{is_blank, trimmed};

/// Whether a cell of a bounce column says that mail came back: a yes, a count, a reason, a time.
#[must_use]
pub fn says_bounced(cell: Option<&str>) -> bool {
    cell.is_some_and(|cell| {
        !is_blank(Some(cell)) && !is_false(cell) && !matches!(trimmed(cell).to_lowercase().as_str(), "none" | "0.0")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_yes_a_count_a_reason_or_a_time_is_a_bounce() {
        for cell in ["true", "3", "550 no such user", "2026-10-01T09:00:00Z"] {
            assert!(says_bounced(Some(cell)), "{cell}");
        }
        for cell in [Some("0"), Some("no"), Some(" "), Some("None"), None] {
            assert!(!says_bounced(cell), "{cell:?}");
        }
    }
}
