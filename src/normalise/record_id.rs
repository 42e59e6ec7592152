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
    let mut long = String::with_capacity(short.len() + 3);
    long.push_str(short);
    long.extend(suffix(short).map(char::from));
    long
}

/// The characters that follow a 15-character id in its long form.
fn suffix(short: &str) -> impl Iterator<Item = u8> {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    short.as_bytes().chunks(5).map(|part| {
        let bits = part.iter().enumerate().fold(0, |bits, (at, b)| bits | usize::from(b.is_ascii_uppercase()) << at);
        DIGITS[bits]
    })
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

/// What the last three characters of an 18-character Salesforce id say of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checksum {
    /// The letters have the case that they say.
    Holds,
    /// The letters have lost their case; this is the id with the case that they say.
    Folded(String),
    /// They ask for capitals where digits stand: a slip.
    Fails,
}

/// Holds an id against its checksum; `None` for what does not have the shape of an 18-character Salesforce id.
#[must_use]
pub fn checksum(id: &str) -> Option<Checksum> {
    if id.len() != 18 || !id.is_ascii() || !is_short_salesforce(&id[..15]) {
        return None;
    }
    if suffix(&id[..15]).eq(id[15..].bytes()) {
        return Some(Checksum::Holds);
    }
    let suffix = id[15..].to_ascii_uppercase();
    let mut mended = String::with_capacity(18);
    for (part, digit) in id.as_bytes()[..15].chunks(5).zip(suffix.bytes()) {
        let bits = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'0'..=b'5' => digit - b'0' + 26,
            _ => return None,
        };
        for (at, byte) in part.iter().enumerate() {
            match (bits >> at & 1 == 1, byte.is_ascii_alphabetic()) {
                (true, false) => return Some(Checksum::Fails),
                (true, true) => mended.push(char::from(byte.to_ascii_uppercase())),
                (false, _) => mended.push(char::from(byte.to_ascii_lowercase())),
            }
        }
    }
    mended.push_str(&suffix);
    // Some other id of 18 characters may come this far; one whose letters all kept a case has lost it.
    let lost = |id: &str| !id.bytes().any(|b| b.is_ascii_uppercase()) || !id.bytes().any(|b| b.is_ascii_lowercase());
    Some(if lost(&id[..15]) { Checksum::Folded(mended) } else { Checksum::Fails })
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
    fn the_checksum_gives_back_the_case() {
        assert_eq!(checksum("0019000000oC4HkAAK"), Some(Checksum::Holds));
        for folded in ["0019000000oc4hkaak", "0019000000OC4HKAAK", "0019000000oc4hkAAK"] {
            assert_eq!(checksum(folded), Some(Checksum::Folded("0019000000oC4HkAAK".to_owned())), "{folded}");
        }
        assert_eq!(checksum("0019000000oC4HkAAA"), Some(Checksum::Fails));
        assert_eq!(checksum("0019000000oC4HkBAK"), Some(Checksum::Fails));
        for other in ["0019000000oC4Hk", "123456789012345678", "abcdefghijklmnopqr", "0019000000oC4Hk999"] {
            assert_eq!(checksum(other), None, "{other}");
        }
    }

    #[test]
    fn other_ids_stay_as_they_are() {
        for id in ["0019000000oC4HkAAK", "123456789012345", "c0001", "abcdefghijklmno"] {
            assert_eq!(canonical(id).as_deref(), Some(id));
        }
        assert_eq!(canonical("  "), None);
    }
}
