//! Record ids: the form in which they compare.

use std::borrow::Cow;

use super::text::trimmed;

/// Whether `id` has the shape of a Salesforce id in its case-sensitive 15-character form: letters and digits, a digit
/// among the first three (the key prefix), zeros where the instance and reserved digits stand.
fn is_short_salesforce(id: &str) -> bool {
    id.len() == 15
        && id.bytes().all(|b| b.is_ascii_alphanumeric())
        && id.as_bytes()[..3].iter().any(u8::is_ascii_digit)
        && id.bytes().any(|b| b.is_ascii_alphabetic())
}

/// The 18-character form of a 15-character Salesforce id: three characters that say which letters are capitals, five
/// at a time, the first letter as the lowest bit.
#[must_use]
pub fn salesforce_long(short: &str) -> String {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    let suffix = short.as_bytes().chunks(5).map(|part| {
        let bits = part.iter().enumerate().fold(0, |bits, (at, b)| bits | usize::from(b.is_ascii_uppercase()) << at);
        char::from(DIGITS[bits])
    });
    short.chars().chain(suffix).collect()
}

/// The form in which ids compare: trimmed; a 15-character Salesforce id in its 18-character form. `None` for blanks.
#[must_use]
pub fn canonical(cell: &str) -> Option<Cow<'_, str>> {
    let id = trimmed(cell);
    if id.is_empty() {
        None
    } else if is_short_salesforce(id) {
        Some(Cow::Owned(salesforce_long(id)))
    } else {
        Some(Cow::Borrowed(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_salesforce_ids_are_widened() {
        assert_eq!(canonical("0019000000oC4Hk").as_deref(), Some("0019000000oC4HkAAK"));
        assert_eq!(canonical("a0D30000001n7Pi").as_deref(), Some("a0D30000001n7PiEAI"));
    }

    #[test]
    fn other_ids_stay_as_they_are() {
        for id in ["0019000000oC4HkAAK", "123456789012345", "c0001", "abcdefghijklmno"] {
            assert_eq!(canonical(id).as_deref(), Some(id));
        }
        assert_eq!(canonical("  "), None);
    }
}
