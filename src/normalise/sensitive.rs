//! Content that ought never to stand in a chat or a note: card numbers, bank accounts, national ids, passwords.
//!
//! Whatever is found is only named, never handed on. Numbers count by their check digits *and* by how they are written or
//! what stands before them: of the order numbers with sixteen digits, one in ten passes the Luhn check too.

use std::sync::LazyLock;

use iban::Iban;
use regex::Regex;

use super::email;

/// A payment card number.
pub const CARD: u8 = 1;
/// An international bank account number.
pub const IBAN: u8 = 2;
/// A number that a state gives a person.
pub const NATIONAL_ID: u8 = 4;
/// A password.
pub const PASSWORD: u8 = 8;

/// The kinds, in words.
const NAMES: [(u8, &str); 4] =
    [(CARD, "card number"), (IBAN, "IBAN"), (NATIONAL_ID, "national id"), (PASSWORD, "password")];

/// The names of `kinds`: `card number, password`.
#[must_use]
pub fn names(kinds: u8) -> String {
    let names: Vec<&str> = NAMES.iter().filter(|(kind, _)| kinds & kind != 0).map(|(_, name)| *name).collect();
    names.join(", ")
}

/// The kinds of sensitive content that a text holds, as bits; 0 for none.
#[must_use]
pub fn find(text: &str) -> u8 {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    // The shortest of them, a British national insurance number, has six digits.
    let numbers = if digits < 6 { 0 } else { runs(text) | ibans(text) | named_ids(text) };
    numbers | if digits > 0 || text.contains(is_sign) { passwords(text) } else { 0 }
}

/// Most groups of digits that a run may have; longer ones are tables or timelines.
const GROUPS: usize = 8;

/// Groups of digits with one space or dash between them.
#[derive(Default)]
struct Run {
    start: usize,
    end: usize,
    /// Start and length of each group, and the separator before it.
    groups: [(usize, usize, u8); GROUPS],
    len: usize,
}

impl Run {
    /// The run that starts at `start`; `None` for one of too many groups.
    fn read(bytes: &[u8], start: usize) -> (usize, Option<Self>) {
        let mut run = Self { start, ..Self::default() };
        let (mut at, mut separator, mut fits) = (start, 0, true);
        loop {
            let from = at;
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            match run.groups.get_mut(run.len) {
                Some(group) => *group = (from, at - from, separator),
                None => fits = false,
            }
            run.len += usize::from(fits);
            run.end = at;
            let step = match bytes.get(at..) {
                Some([b' ' | b'-', next, ..]) if next.is_ascii_digit() => 1,
                // A no-break space.
                Some([0xC2, 0xA0, next, ..]) if next.is_ascii_digit() => 2,
                _ => return (at, fits.then_some(run)),
            };
            separator = bytes[at];
            at += step;
        }
    }

    fn groups(&self) -> &[(usize, usize, u8)] {
        &self.groups[..self.len]
    }

    /// Whether neither letters nor signs tie the run to what stands before and after it.
    fn stands_alone(&self, bytes: &[u8]) -> bool {
        let before = self.start.checked_sub(1).map(|at| bytes[at]);
        let after = bytes.get(self.end).copied();
        let next_is_digit = bytes.get(self.end + 1).is_some_and(u8::is_ascii_digit);
        let ties_before =
            |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'#' | b'_' | b'/' | b'.' | b',' | b'-');
        let ties_after = |b: u8| {
            b.is_ascii_alphanumeric()
                || matches!(b, b'_' | b'@' | b'%')
                || (matches!(b, b'.' | b',' | b'-') && next_is_digit)
        };
        !before.is_some_and(ties_before) && !after.is_some_and(ties_after)
    }
}

/// Card numbers and dashed social security numbers among the runs of digits of a text.
fn runs(text: &str) -> u8 {
    let bytes = text.as_bytes();
    let (mut at, mut found) = (0, 0);
    while let Some(first) = bytes[at..].iter().position(u8::is_ascii_digit) {
        let (end, run) = Run::read(bytes, at + first);
        at = end;
        let Some(run) = run.filter(|run| run.stands_alone(bytes)) else { continue };
        if is_card(text, &run) {
            found |= CARD;
        }
        if let [(area, 3, _), (group, 2, b'-'), (serial, 4, b'-')] = run.groups()
            && is_social_security(&text[*area..area + 3], &text[*group..group + 2], &text[*serial..serial + 4])
            && before(text, run.start) != Some(Topic::Other)
        {
            found |= NATIONAL_ID;
        }
    }
    found
}

/// Whether a run holds a card number, grouped as cards are printed, or in one piece behind a word for a card. Expiry and
/// check value may follow as further, shorter groups.
fn is_card(text: &str, run: &Run) -> bool {
    const PRINTED: [&[usize]; 4] = [&[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[4, 4, 4, 4, 3]];
    let groups = run.groups();
    let number = |from: usize, to: usize| -> Vec<u8> {
        groups[from..to]
            .iter()
            .flat_map(|(start, len, _)| &text.as_bytes()[*start..start + len])
            .map(|digit| digit - b'0')
            .collect()
    };
    let short = |at: Option<usize>| at.and_then(|at| groups.get(at)).is_none_or(|(_, len, _)| *len < 4);
    (0..groups.len()).any(|from| {
        let printed = PRINTED.iter().any(|pattern| {
            let to = from + pattern.len();
            to <= groups.len()
                && groups[from..to].iter().map(|(_, len, _)| len).eq(pattern.iter())
                && groups[from + 1..to].windows(2).all(|pair| pair[0].2 == pair[1].2)
                && short(from.checked_sub(1))
                && short(Some(to))
                && is_card_number(&number(from, to))
                && before(text, groups[from].0) != Some(Topic::Other)
        });
        let (start, len, _) = groups[from];
        printed
            || ((13..=19).contains(&len)
                && is_card_number(&number(from, from + 1))
                && (before(text, start) == Some(Topic::Card)
                    || (before(text, start).is_none() && is_followed_by_check_value(text, start + len))))
    })
}

/// Whether digits are a number that a card scheme gives out: its first digits and length (ISO/IEC 7812), and the Luhn
/// check.
fn is_card_number(digits: &[u8]) -> bool {
    let front = digits.iter().take(4).fold(0_u32, |front, digit| front * 10 + u32::from(*digit));
    let lengths: &[usize] = match front {
        // Visa.
        4000..=4999 => &[13, 16, 19],
        // Mastercard; JCB.
        5100..=5599 | 2221..=2720 | 3528..=3589 => &[16],
        // American Express.
        3400..=3499 | 3700..=3799 => &[15],
        // Discover.
        6011 | 6440..=6599 => &[16, 19],
        // Diners Club.
        3000..=3059 | 3600..=3699 | 3800..=3999 => &[14],
        // UnionPay.
        6200..=6299 => &[16, 17, 18, 19],
        _ => &[],
    };
    lengths.contains(&digits.len()) && luhn(digits)
}

/// The check of ISO/IEC 7812-1, annex B.
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, u32::from(*digit)) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => 2 * digit - 9,
            (_, digit) => 2 * digit,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// What the words before a number say that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Topic {
    /// A card's.
    Card,
    /// An order's, a parcel's, a case's.
    Other,
}

/// The topic of the last telling word in the 48 bytes before `at`.
fn before(text: &str, at: usize) -> Option<Topic> {
    /// What words for a card begin or end with: `cards`, `Kreditkarte`.
    const CARD_WORDS: [&str; 9] = ["card", "visa", "amex", "credit", "debit", "karte", "tarjeta", "cvv", "cvc"];
    /// What words for other numbers begin with: `tracking`, `Bestellnummer`.
    const OTHER_WORDS: [&str; 22] = [
        "account",
        "barcode",
        "bestell",
        "booking",
        "commande",
        "imei",
        "invoice",
        "isbn",
        "order",
        "parcel",
        "pedido",
        "phone",
        "product",
        "rechnung",
        "reference",
        "sendung",
        "serial",
        "shipment",
        "ticket",
        "track",
        "transaction",
        "gift",
    ];
    const OTHER_SHORT: [&str; 11] = ["acct", "case", "code", "id", "ids", "item", "model", "part", "ref", "sku", "tel"];
    let from = (at.saturating_sub(48)..=at).find(|from| text.is_char_boundary(*from)).unwrap_or(at);
    let text = text[from..at].to_lowercase();
    text.rsplit(|c: char| !c.is_alphanumeric()).find_map(|word| {
        if CARD_WORDS.iter().any(|card| word.starts_with(card) || word.ends_with(card)) {
            Some(Topic::Card)
        } else if OTHER_SHORT.contains(&word) || OTHER_WORDS.iter().any(|other| word.starts_with(other)) {
            Some(Topic::Other)
        } else {
            None
        }
    })
}

/// Whether an expiry or a check value is named within the 24 bytes after `at`.
fn is_followed_by_check_value(text: &str, at: usize) -> bool {
    let to = (at..=(at + 24).min(text.len())).rev().find(|to| text.is_char_boundary(*to)).unwrap_or(at);
    let text = text[at..to].to_lowercase();
    ["cvv", "cvc", "exp ", "exp.", "exp:", "expir", "valid thru"].iter().any(|word| text.contains(word))
}

/// Whether the parts of a US social security number are given out: no area 000, 666 or 9xx, no zeros in the others
/// (Social Security Administration, "SSN randomization").
fn is_social_security(area: &str, group: &str, serial: &str) -> bool {
    area != "000" && area != "666" && !area.starts_with('9') && group != "00" && serial != "0000"
}

/// International bank account numbers, in one piece or in groups, by the format of their country and their check digits.
fn ibans(text: &str) -> u8 {
    static START: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b[A-Za-z]{2}[0-9]{2}").ok());
    const LONGEST: usize = 34;
    let Some(start) = START.as_ref() else { return 0 };
    let is_iban = |rest: &str| {
        let mut compact = String::with_capacity(LONGEST);
        let mut chars = rest.chars().peekable();
        while let Some(c) = chars.next() {
            if c.is_ascii_alphanumeric() {
                compact.push(c.to_ascii_uppercase());
            } else if !matches!(c, ' ' | '-' | '\u{A0}') || !chars.peek().is_some_and(char::is_ascii_alphanumeric) {
                return false;
            }
            // A number ends where a word does.
            let ends = !chars.peek().is_some_and(|next| next.is_alphanumeric());
            if compact.len() > 14 && ends && compact.parse::<Iban>().is_ok() {
                return true;
            }
            if compact.len() == LONGEST {
                return false;
            }
        }
        false
    };
    if start.find_iter(text).any(|found| is_iban(&text[found.start()..])) { IBAN } else { 0 }
}

/// National ids behind their name, where the number alone would prove nothing.
fn named_ids(text: &str) -> u8 {
    static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?ix)
            \b(?:
              (?:ssn|social\ security) (?:\ (?:number|no\.?))? [\ :=\#]* (?:is\ )? (?<area>\d{3})[\ -]?(?<group>\d{2})[\ -]?(?<serial>\d{4})
            | (?:sin\ (?:number|no\.?)|sin:|social\ insurance(?:\ (?:number|no\.?))?) [\ :=\#]* (?:is\ )? (?<sin>\d{3}[\ -]?\d{3}[\ -]?\d{3})
            | (?:national\ insurance|ni\ (?:number|no\.?)|nino) (?:\ (?:number|no\.?))? [\ :=\#]* (?:is\ )?
              (?<nino>[a-ceghj-pr-tw-z][a-ceghj-npr-tw-z]\ ?\d{2}\ ?\d{2}\ ?\d{2}\ ?[a-d])
            | (?:dni|nif) [\ :=\#]* (?:es\ )? (?<dni>\d{8})[\ -]?(?<letter>[a-z])
            )\b",
        )
        .ok()
    });
    let Some(named) = NAMED.as_ref() else { return 0 };
    let is_real = |found: &regex::Captures<'_>| {
        let part = |name: &str| found.name(name).map(|part| part.as_str());
        if let (Some(area), Some(group), Some(serial)) = (part("area"), part("group"), part("serial")) {
            return is_social_security(area, group, serial);
        }
        if let Some(sin) = part("sin") {
            let digits: Vec<u8> = sin.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
            return digits.first() != Some(&0) && luhn(&digits);
        }
        if let (Some(dni), Some(letter)) = (part("dni"), part("letter")) {
            // The letter is the remainder by 23 (Spain, Real Decreto 1553/2005).
            let check = dni.parse::<usize>().ok().and_then(|dni| b"TRWAGMYFPDXBNJZSQVHLCKE".get(dni % 23).copied());
            return check == letter.bytes().next().map(|letter| letter.to_ascii_uppercase());
        }
        part("nino").is_some()
    };
    if named.captures_iter(text).any(|found| is_real(&found)) { NATIONAL_ID } else { 0 }
}

/// Passwords that are told: a word for password, a sign or a verb, and a token that is no ordinary word.
fn passwords(text: &str) -> u8 {
    static TOLD: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?ix)
            \b(?:password|passwort|passwd|passcode|pwd|kennwort|mot\ de\ passe|contraseña|senha|wachtwoord)
            (?: \s*[:=]\s* | \s+(?:is|ist|lautet|est|es|é)\s*:?\s+ )
            (?<token>[^\s]{5,64})",
        )
        .ok()
    });
    let Some(told) = TOLD.as_ref() else { return 0 };
    let found = told.captures_iter(text).filter_map(|found| found.name("token")).any(|token| is_secret(token.as_str()));
    if found { PASSWORD } else { 0 }
}

/// Signs that passwords have and ordinary words have not.
const fn is_sign(c: char) -> bool {
    matches!(c, '!' | '@' | '#' | '$' | '%' | '^' | '&' | '*' | '+' | '=' | '?' | '~')
}

/// Whether what stands behind "password:" can be one: it has a digit or a sign inside, and is no mask, template, address,
/// link or a rule about passwords ("8-characters").
fn is_secret(token: &str) -> bool {
    let token = token
        .trim_matches(['"', '\'', '`', '“', '”', '„', '«', '»'])
        .trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
    let Some(first) = token.chars().next() else { return false };
    let is_mask =
        token.chars().filter(|c| matches!(c, '*' | '•' | '●' | 'x' | 'X' | '#')).count() * 2 > token.chars().count();
    let words = token.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_rule =
        words.len() < token.len() && words.starts_with(['-', '+']) || words.eq_ignore_ascii_case("characters");
    let is_other = matches!(first, '<' | '[' | '{' | '%' | '(')
        || token.starts_with("${")
        || token.starts_with("http")
        || token.starts_with("www.")
        || (token.contains('@') && email::defect(token).is_none());
    let tells = token.chars().count() >= 5 && token.contains(|c: char| c.is_ascii_digit() || is_sign(c));
    tells && !is_other && !is_mask && !is_rule
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_known_by_print_or_by_name() {
        for text in [
            "My card is 4111 1111 1111 1111, please charge it",
            "4111-1111-1111-1111",
            "4111\u{A0}1111\u{A0}1111\u{A0}1111",
            "5555 5555 5555 4444 12/27 123",
            "3782 822463 10005",
            "card number: 4111111111111111.",
            "4111111111111111 exp 12/27",
            "For the order use my visa 4111111111111111",
            "Kreditkarte: 4111111111111111",
            "I would prefer this one: 4111 1111 1111 1111",
        ] {
            assert_eq!(find(text), CARD, "{text}");
        }
    }

    #[test]
    fn other_long_numbers_are_no_cards() {
        for text in [
            "Our order is 4111 1111 1111 1112",
            "order 4111111111111111",
            "order number 4111 1111 1111 1111",
            "tracking 9400 1111 1111 1111 1111 11",
            "4111111111111111",
            "https://acme.example/t/4111111111111111",
            "card 41111111111111112222",
            "ref #4111 1111 1111 1111",
            "call +4111 1111 1111 1111",
            "00Q5e0000000018EAA and 0055e0000000001AAA",
            "2026-10-05 18:13:20 2026-10-05 18:19:17",
            "phones: 212 555 0143, 212 555 0144",
            "id 4111-1111-1111-1111",
            "Bestellnummer 4111 1111 1111 1111",
            "0.4111111111111111",
            "1234 5678 9012 3456",
            "**** **** **** 1111",
        ] {
            assert_eq!(find(text), 0, "{text}");
        }
    }

    #[test]
    fn ibans_count_with_their_check_digits() {
        for text in [
            "DE89 3704 0044 0532 0130 00",
            "please use GB82WEST12345698765432 for it",
            "iban:de89370400440532013000!",
            "to DE89 3704 0044 0532 0130 00 PLEASE",
            "NL91-ABNA-0417-1643-00.",
        ] {
            assert_eq!(find(text), IBAN, "{text}");
        }
        for text in [
            "DE88 3704 0044 0532 0130 00",
            "AB12 CD34 EF56 GH78 IJ90",
            "model DE89 370400440532013",
            "xDE89370400440532013000",
            "DE89370400440532013000x",
        ] {
            assert_eq!(find(text), 0, "{text}");
        }
    }

    #[test]
    fn national_ids_need_their_form_or_their_name() {
        for text in [
            "It is 219-09-1234, thanks",
            "SSN: 219091234",
            "social security number is 219 09 1234",
            "National insurance number: AB 12 34 56 C",
            "my SIN number is 146-454-285",
            "DNI 12345678Z",
        ] {
            assert_eq!(find(text), NATIONAL_ID, "{text}");
        }
        for text in [
            "000-12-3456",
            "666-12-3456",
            "912-12-3456",
            "219-00-1234",
            "part 219-09-1234",
            "219-09-12345",
            "1219-09-1234",
            "219091234",
            "DNI 12345678A",
            "AB 12 34 56 C",
            "case no. 219-09-1234",
        ] {
            assert_eq!(find(text), 0, "{text}");
        }
    }

    #[test]
    fn passwords_are_told_not_talked_about() {
        for text in [
            "my password is hunter22",
            "Password: S3cret!pass",
            "Das Passwort lautet: Sommer2026!",
            "pwd=abc_12345.",
            "mot de passe : Bonjour1",
        ] {
            assert_eq!(find(text), PASSWORD, "{text}");
        }
        for text in [
            "I sent the password reset link",
            "the password is incorrect!",
            "Password: please choose a new one",
            "password is case-sensitive",
            "your password: ********",
            "password is 8-characters at least",
            "password: https://acme.example/reset?t=123",
            "Password: ana1@acme.example",
            "password: {{PASSWORD_1}}",
            "password is required?",
            "Passwort ist abgelaufen.",
            "reset password in 24 hours",
            "my password is wrong, ticket 4411",
        ] {
            assert_eq!(find(text), 0, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,60}", tail in "[A-Za-z0-9 :=\u{A0}é-]{0,60}") {
            let _ = find(&text);
            let _ = find(&tail);
            let _ = find(&format!("{text}4111 1111 1111 1111{tail}"));
        }
    }
}
