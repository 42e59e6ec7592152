//! What people type where they have to type something: test words, mailboxes of nobody, numbers along the keyboard.

use super::text::lowered;

/// Whether a lower-case word is typed to try something out: `test`, `test12`, `asdf`, `qwerty`. Whole words only:
/// `contest` and `testa` are none. `Test`, `Tester` and `Dummy` are surnames too, so one such word proves nothing.
#[must_use]
pub fn is_test_word(word: &str) -> bool {
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let same = || {
        let mut letters = word.chars();
        letters.next().is_some_and(|first| first.is_alphabetic() && letters.all(|c| c == first))
    };
    matches!(
        word,
        "test"
            | "tests"
            | "tester"
            | "testing"
            | "testtest"
            | "testuser"
            | "testlead"
            | "testcontact"
            | "testaccount"
            | "testcompany"
            | "testname"
            | "testperson"
            | "asdf"
            | "asdfg"
            | "asdfgh"
            | "asdfghjkl"
            | "asdfasdf"
            | "sdfsdf"
            | "qwer"
            | "qwert"
            | "qwerty"
            | "qwertz"
            | "qwertyuiop"
            | "dummy"
            | "foobar"
            | "lorem"
            | "ipsum"
    ) || (same() && word.chars().count() >= 4)
}

/// Words that go along with test words and mean nobody: `Test User`, `Test Company Inc`.
fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "a" | "account"
            | "acme"
            | "address"
            | "client"
            | "co"
            | "company"
            | "contact"
            | "corp"
            | "customer"
            | "delete"
            | "do"
            | "email"
            | "firm"
            | "firma"
            | "first"
            | "firstname"
            | "gmbh"
            | "ignore"
            | "inc"
            | "last"
            | "lastname"
            | "lead"
            | "llc"
            | "ltd"
            | "mail"
            | "me"
            | "name"
            | "not"
            | "one"
            | "only"
            | "org"
            | "person"
            | "please"
            | "record"
            | "this"
            | "two"
            | "use"
            | "user"
    ) || word.bytes().all(|b| b.is_ascii_digit())
}

/// How many words a text has, how many of them are test words, and how many go along with those.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Words {
    /// All.
    pub all: u16,
    /// Test words.
    pub test: u16,
    /// Words that go along.
    pub filler: u16,
}

/// Whether a text has test words and nothing else of meaning: what [`Words::only_test`] says, known at the first word
/// that means something.
#[must_use]
pub fn is_only_test(text: &str) -> bool {
    let mut any = false;
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let lower = lowered(word);
        if word.len() <= 24 && is_test_word(&lower) {
            any = true;
        } else if word.len() > 24 || !is_filler(&lower) {
            return false;
        }
    }
    any
}

impl Words {
    /// The words of a text, whatever their case. Words are what letters and digits make up.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut words = Self::default();
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            words.all = words.all.saturating_add(1);
            // No word of these lists is longer, and most cells need no copy in lower case.
            if word.len() > 24 {
                continue;
            }
            let lower = lowered(word);
            if is_test_word(&lower) {
                words.test = words.test.saturating_add(1);
            } else if is_filler(&lower) {
                words.filler = words.filler.saturating_add(1);
            }
        }
        words
    }

    /// The words of both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            all: self.all.saturating_add(other.all),
            test: self.test.saturating_add(other.test),
            filler: self.filler.saturating_add(other.filler),
        }
    }

    /// Whether there are test words and nothing else of meaning.
    #[must_use]
    pub const fn only_test(self) -> bool {
        self.test > 0 && self.test + self.filler == self.all
    }
}

/// Whether the lower-case part before an `@` is nobody's mailbox: a word for nothing, or test words. Mailboxes of a role
/// (`info`, `noreply`) are somebody's.
#[must_use]
pub fn is_nobodys_mailbox(local: &str) -> bool {
    matches!(
        local,
        "none" | "noone" | "no-one" | "nobody" | "null" | "fake" | "invalid" | "unknown" | "notreal" | "example"
    ) || is_only_test(local)
}

/// Whether the digits of a phone number are made up: seven or more at its end are one digit, or run along the keyboard.
#[must_use]
pub fn is_made_up_phone(cell: &str) -> bool {
    let mut digits = [0_u8; 20];
    let mut len = 0;
    for byte in cell.bytes().filter(u8::is_ascii_digit) {
        let Some(place) = digits.get_mut(len) else { return false };
        *place = byte;
        len += 1;
    }
    let digits = &digits[..len];
    let ends_with = |run: &[u8]| digits.ends_with(run);
    len >= 7
        && (digits[len - 7..].iter().all(|digit| *digit == digits[len - 1])
            || ends_with(b"123456789")
            || ends_with(b"1234567890")
            || ends_with(b"9876543210")
            || digits == b"1234567")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_are_test_words() {
        for word in ["test", "test1", "test2026", "asdf", "qwerty", "dummy", "aaaa"] {
            assert!(is_test_word(word), "{word}");
        }
        for word in ["testa", "contest", "attest", "testimony", "iii", "oo", "demo", "", "1234", "asda"] {
            assert!(!is_test_word(word), "{word}");
        }
    }

    #[test]
    fn test_words_with_others_prove_nothing() {
        for text in ["Test", "TEST user", "test_company, Inc.", "Test 1", "asdf asdf", "ACME Test"] {
            assert!(Words::of(text).only_test() && is_only_test(text), "{text}");
        }
        for text in ["Anna Test", "Contest Ltd", "Testa", "Speed Test Ltd", "Acme Inc", "", "Drug Testing Labs"] {
            assert!(!Words::of(text).only_test() && !is_only_test(text), "{text}");
        }
    }

    #[test]
    fn mailboxes_of_nobody_are_told_from_those_of_people_and_roles() {
        for local in ["none", "test", "test.test", "test-user", "asdf", "test123", "nobody"] {
            assert!(is_nobodys_mailbox(local), "{local}");
        }
        for local in ["anna.test", "info", "noreply", "contest", "na", "x", "user", "first.last", "jane+test"] {
            assert!(!is_nobodys_mailbox(local), "{local}");
        }
    }

    #[test]
    fn numbers_along_the_keyboard_are_made_up() {
        for cell in ["5555555555", "+1 (555) 555-5555", "1234567890", "+49 123456789", "000-0000000", "123-4567"] {
            assert!(is_made_up_phone(cell), "{cell}");
        }
        for cell in ["+1 415 555 0101", "5555", "", "555-0100", "+49 30 123456", "12345678", "111111111111111111111111"]
        {
            assert!(!is_made_up_phone(cell), "{cell}");
        }
    }
}
