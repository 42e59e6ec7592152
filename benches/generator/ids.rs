//! Record ids: Salesforce's 18 characters with their checksum, and chat ids.

/// Digits of a Salesforce id, in the order in which Salesforce counts.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Characters of the checksum, one per pattern of capitals in five.
const CHECKSUM: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/// What an id is of: the first three characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prefix {
    /// A lead.
    Lead,
    /// A contact.
    Contact,
    /// A user.
    User,
    /// A queue.
    Queue,
}

impl Prefix {
    const fn bytes(self) -> &'static [u8; 3] {
        match self {
            Self::Lead => b"00Q",
            Self::Contact => b"003",
            Self::User => b"005",
            Self::Queue => b"00G",
        }
    }
}

/// An id of 18 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SalesforceId([u8; 18]);

impl SalesforceId {
    /// The `number`-th id of its kind.
    pub(crate) fn new(prefix: Prefix, number: u64) -> Self {
        let mut id = [b'0'; 18];
        id[..3].copy_from_slice(prefix.bytes());
        id[3..6].copy_from_slice(b"5e0");
        // Ids of one org are handed out in order but with gaps, so letters of both cases turn up soon.
        let mut rest = number.wrapping_mul(7).wrapping_add(9_876_543);
        for digit in id[6..15].iter_mut().rev() {
            *digit = DIGITS[(rest % 62) as usize];
            rest /= 62;
        }
        let sum = checksum(&id[..15]);
        id[15..].copy_from_slice(&sum);
        Self(id)
    }

    /// The id as bytes of ASCII.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The three characters that make an id of fifteen safe where case is lost: one for each five, with a bit per capital.
pub(crate) fn checksum(id: &[u8]) -> [u8; 3] {
    let mut sum = [b'A'; 3];
    for (five, sum) in id.chunks_exact(5).zip(&mut sum) {
        let capitals = five.iter().rev().fold(0, |bits, c| bits << 1 | usize::from(c.is_ascii_uppercase()));
        *sum = CHECKSUM[capitals];
    }
    sum
}

/// The id of the `number`-th chat: `c00000001`.
pub(crate) fn chat_id(number: u64) -> String {
    format!("c{:08}", number + 1)
}
