//! Identities that hold across exports: fingerprints of evidence and ids of groups.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use unicode_normalization::UnicodeNormalization;

/// Keys identities with the salt of the config.
#[derive(Debug, Clone)]
pub struct Identity {
    keyed: Hmac<Sha256>,
}

/// What a fingerprint is taken of.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// Code of the rule.
    pub code: &'a str,
    /// Kind of the source.
    pub kind: &'a str,
    /// Object of the source, or empty.
    pub object: &'a str,
    /// Name of the source if the config gives it, or empty: detected names may change from month to month.
    pub source: &'a str,
    /// This row's own record id, or what stands for it.
    pub record: &'a str,
    /// Role of the column, else its header, else empty.
    pub field: &'a str,
    /// What stands there.
    pub value: &'a str,
}

impl Identity {
    /// Identities under `salt`; without one they are comparable between runs, and guessable.
    #[must_use]
    pub fn new(salt: Option<&str>) -> Self {
        let key = salt.unwrap_or("leadlint").as_bytes();
        match Hmac::new_from_slice(key) {
            Ok(keyed) => Self { keyed },
            Err(_) => unreachable!("HMAC takes keys of any length"),
        }
    }

    fn digest<'a>(&self, parts: impl IntoIterator<Item = &'a str>) -> [u8; 32] {
        let mut mac = self.keyed.clone();
        for part in parts {
            // The length in front keeps "ab"+"c" and "a"+"bc" apart.
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    /// The fingerprint of one row of evidence: 128 bits.
    #[must_use]
    pub fn print(&self, parts: &Parts<'_>) -> u128 {
        let value = normalised(parts.value);
        let digest = self.digest([
            "evidence",
            parts.code,
            parts.kind,
            parts.object,
            parts.source,
            parts.record,
            parts.field,
            &value,
        ]);
        digest[..16].iter().fold(0, |print, byte| print << 8 | u128::from(*byte))
    }

    /// The fingerprint of one row of evidence, as 32 hex digits.
    #[must_use]
    pub fn fingerprint(&self, parts: &Parts<'_>) -> String {
        format!("{:032x}", self.print(parts))
    }

    /// What tells a salt from another without saying it: 64 bits as 16 hex digits.
    #[must_use]
    pub fn mark(&self) -> String {
        hex(&self.digest(["salt", "leadlint"])[..8])
    }

    /// What a baseline keeps of a value, or of a record id, in the place and field where it stands: 64 bits as 16 hex
    /// digits. Spelling of space and case counts as in fingerprints.
    #[must_use]
    pub fn keep(&self, place: &str, field: &str, value: &str) -> String {
        hex(&self.digest(["kept", place, field, &normalised(value)])[..8])
    }

    /// The id of a group: 64 bits, unique within a code over all sources.
    #[must_use]
    pub fn group(&self, code: &str, key: &str) -> u64 {
        let digest = self.digest(["group", code, key]);
        u64::from_be_bytes([digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7]])
    }
}

/// The form in which values enter fingerprints: NFC, white space collapsed, lower case.
fn normalised(value: &str) -> std::borrow::Cow<'_, str> {
    let plain =
        |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'@' | b'.' | b'-' | b'_' | b':' | b'+');
    if value.bytes().all(plain) {
        return value.into();
    }
    let composed: String = value.nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase().into()
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: Parts<'static> = Parts {
        code: "DUP001",
        kind: "crm",
        object: "lead",
        source: "",
        record: "1",
        field: "email",
        value: "Ana@Acme.example ",
    };

    #[test]
    fn spelling_of_space_and_case_does_not_change_the_identity() {
        let identity = Identity::new(None);
        let same = Parts { value: "ana@acme.example", ..PARTS };
        assert_eq!(identity.fingerprint(&PARTS), identity.fingerprint(&same));
        assert_eq!(identity.fingerprint(&PARTS).len(), 32);
    }

    #[test]
    fn every_part_and_the_salt_count() {
        let identity = Identity::new(None);
        let base = identity.fingerprint(&PARTS);
        for other in [
            Parts { code: "DUP002", ..PARTS },
            Parts { kind: "chat", ..PARTS },
            Parts { object: "contact", ..PARTS },
            Parts { source: "leads", ..PARTS },
            Parts { record: "2", ..PARTS },
            Parts { field: "phone", ..PARTS },
            Parts { value: "bo@acme.example", ..PARTS },
        ] {
            assert_ne!(identity.fingerprint(&other), base, "{other:?}");
        }
        assert_ne!(Identity::new(Some("salt")).fingerprint(&PARTS), base);
    }
}
