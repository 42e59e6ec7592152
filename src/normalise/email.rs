//! Email addresses: the canonical form that they compare in, and what is no address at all.

use std::borrow::Cow;

use super::text::trimmed;

/// The form in which addresses compare: trimmed and case-folded. `None` for cells without an `@`.
#[must_use]
pub fn canonical(cell: &str) -> Option<Cow<'_, str>> {
    let cell = trimmed(cell);
    let (mut has_at, mut folds) = (false, false);
    for b in cell.bytes() {
        has_at |= b == b'@';
        folds |= b.is_ascii_uppercase() || !b.is_ascii();
    }
    if !has_at {
        return None;
    }
    if folds { Some(Cow::Owned(cell.to_lowercase())) } else { Some(Cow::Borrowed(cell)) }
}

/// The mailbox that an address reaches, as an address: without what follows a `+`, and at Google without dots and under
/// one domain. `None` for what [`canonical`] takes for no address.
///
/// Dots count everywhere but at gmail.com and googlemail.com: Google drops them there, and only there ("Dots don't matter
/// in Gmail addresses", Google Help). The tag after `+` is RFC 5233's.
#[must_use]
pub fn mailbox(cell: &str) -> Option<Cow<'_, str>> {
    let address = canonical(cell)?;
    let Some((local, domain)) = parts(&address) else { return Some(address) };
    let google = is_google(domain);
    let name = local.split_once('+').map_or(local, |(name, _)| name);
    // What begins with its tag has no name to be reached by.
    if name.is_empty() || (name.len() == local.len() && !(google && (name.contains('.') || domain != GMAIL))) {
        return Some(address);
    }
    Some(Cow::Owned(if google { format!("{}@{GMAIL}", name.replace('.', "")) } else { format!("{name}@{domain}") }))
}

const GMAIL: &str = "gmail.com";

/// Whether mail to `domain` (lower case) reaches a Gmail mailbox whose dots do not count. Companies' own domains at
/// Google are none: there they do.
#[must_use]
pub fn is_google(domain: &str) -> bool {
    matches!(domain, GMAIL | "googlemail.com")
}

/// What stands before the first `@` and behind it.
fn parts(address: &str) -> Option<(&str, &str)> {
    let at = memchr::memchr(b'@', address.as_bytes())?;
    Some((&address[..at], &address[at + 1..]))
}

/// Bytes of the longest word that says there is no address.
const LONGEST_FILLER: usize = "not-provided".len();

/// Whether a canonical address stands for "there is none": `none@none.com`, `noemail@acme.example`, `na@na.na`.
///
/// A word such as `na` or `x` before the `@` is somebody's mailbox unless the domain says nothing either.
#[must_use]
pub fn is_placeholder(canonical: &str) -> bool {
    let Some((local, domain)) = parts(canonical) else { return true };
    // None of the words is as long as most mailboxes are.
    if local.len() > LONGEST_FILLER && !domain.is_empty() {
        return false;
    }
    let says_so = |word: &str| {
        matches!(
            word,
            "noemail" | "no-email" | "no.email" | "no_email" | "nomail" | "notprovided" | "not-provided" | "donotemail"
        )
    };
    let is_filler = |word: &str| {
        says_so(word)
            || matches!(
                word,
                "none" | "na" | "n/a" | "unknown" | "null" | "nobody" | "noone" | "placeholder" | "test" | "email"
            )
            || (!word.is_empty() && word.len() < 7 && word.bytes().all(|b| b == b'x' || b == b'-'))
    };
    let (name, suffixed) = domain.split_once('.').map_or((domain, false), |(name, _)| (name, true));
    local.is_empty()
        || domain.is_empty()
        || says_so(local)
        || (suffixed && is_filler(local) && (is_filler(name) || local == name))
}

/// Why a trimmed cell is no usable address; `None` when it is one.
///
/// Syntax by the `email_address` crate (RFC 5321, RFC 5322); the domain must end in a suffix of the Public Suffix List
/// or in a name reserved for documentation and tests (RFC 2606).
#[must_use]
pub fn defect(cell: &str) -> Option<&'static str> {
    let cell = trimmed(cell);
    if let Some(domain) = plain_domain(cell)
        && has_known_suffix(domain)
    {
        return None;
    }
    match cell.bytes().filter(|b| *b == b'@').count() {
        0 => return Some("no @"),
        1 => {}
        _ if cell.split([';', ',', ' ', '/', '|', '\n']).filter(|part| part.contains('@')).count() > 1 => {
            return Some("two addresses in one cell");
        }
        _ => return Some("more than one @"),
    }
    if cell.contains(char::is_whitespace) {
        return Some("white space inside");
    }
    let (local, domain) = cell.split_once('@')?;
    if local.is_empty() {
        return Some("nothing before the @");
    }
    if domain.is_empty() {
        return Some("nothing after the @");
    }
    if !email_address::EmailAddress::is_valid(cell) {
        return Some("not the form of an address");
    }
    if !domain.contains('.') {
        return Some("the domain has no dot");
    }
    (!has_known_suffix(&domain.to_lowercase())).then_some("the domain ends in no public suffix")
}

/// Whether a cell is a digest in place of an address, as pseudonymised exports have: MD5 to SHA-512 in hexadecimal or
/// Base64.
#[must_use]
pub fn is_digest(cell: &str) -> bool {
    let hex = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_hexdigit) && bytes.iter().any(u8::is_ascii_digit);
    let base64 =
        |bytes: &[u8]| bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_'));
    let bytes = cell.as_bytes();
    match bytes.len() {
        32 | 40 | 56 | 64 | 96 | 128 if hex(bytes) => true,
        24 | 40 | 88 => cell.strip_suffix("==").is_some_and(|body| base64(body.as_bytes())),
        28 | 44 => cell.strip_suffix('=').is_some_and(|body| base64(body.as_bytes())),
        _ => false,
    }
}

/// The domain of an address that is of lower-case letters, digits and single dots, dashes and the like, so that nothing
/// but its suffix is left to judge. Nearly all addresses are such.
fn plain_domain(cell: &str) -> Option<&str> {
    let at = memchr::memchr(b'@', cell.as_bytes())?;
    let (local, domain) = (&cell.as_bytes()[..at], &cell.as_bytes()[at + 1..]);
    // Ends in a letter or digit, no two signs in a row.
    let plain = |text: &[u8], signs: &[u8], upper: bool| {
        let mut after_sign = true;
        for byte in text {
            let sign = signs.contains(byte);
            if !(sign || byte.is_ascii_lowercase() || byte.is_ascii_digit() || (upper && byte.is_ascii_uppercase()))
                || (sign && after_sign)
            {
                return false;
            }
            after_sign = sign;
        }
        !after_sign
    };
    let fits = local.len() <= 64 && domain.len() <= 63 && plain(local, b".-_+", true) && plain(domain, b".-", false);
    (fits && domain.contains(&b'.')).then(|| &cell[at + 1..])
}

/// Whether a lower-case domain ends in a public suffix that the list knows, or in a reserved name.
fn has_known_suffix(domain: &str) -> bool {
    RESERVED.iter().any(|suffix| domain.ends_with(suffix))
        || psl::suffix(domain.as_bytes()).is_some_and(|suffix| suffix.is_known())
}

/// Top-level names that RFC 2606 and RFC 6761 keep for documentation and tests: no delivery, but well formed.
const RESERVED: [&str; 4] = [".example", ".test", ".invalid", ".localhost"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_is_trimmed_and_lower_case() {
        assert_eq!(canonical(" Ana@Acme.Example\u{A0}").as_deref(), Some("ana@acme.example"));
        assert_eq!(canonical("ana@acme.example"), Some(Cow::Borrowed("ana@acme.example")));
        assert_eq!(canonical("n/a"), None);
    }

    #[test]
    fn digests_are_told_from_slips() {
        for digest in [
            "0123456789abcdef0123456789abcdef",
            "0123456789ABCDEF0123456789abcdef01234567",
            &"0f".repeat(32),
            "AbCdEfGhIjKlMnOpQrStUw==",
            "AbCdEfGhIjKlMnOpQrStUvWxYz0=",
            "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789+/AbCdE=",
        ] {
            assert!(is_digest(digest), "{digest}");
        }
        for slip in
            ["ana.acme.example", "ana", "", "0123456789", "éééééééééééééééé", "ana=acme.example", "==", &"a".repeat(32)]
        {
            assert!(!is_digest(slip), "{slip}");
        }
    }

    #[test]
    fn mailboxes_lose_tags_and_googles_dots() {
        for (cell, reached) in [
            ("A.n.a+news@GoogleMail.com", "ana@gmail.com"),
            ("ana@gmail.com", "ana@gmail.com"),
            ("ana@googlemail.com", "ana@gmail.com"),
            ("a.lee+x+y@acme.example", "a.lee@acme.example"),
            ("a.lee@acme.example", "a.lee@acme.example"),
            ("+x@acme.example", "+x@acme.example"),
        ] {
            assert_eq!(mailbox(cell).as_deref(), Some(reached), "{cell}");
        }
        assert_eq!(mailbox("n/a"), None);
    }

    #[test]
    fn placeholders_are_no_addresses() {
        for cell in ["none@none.com", "noemail@acme.example", "test@test.com", "xxx@xxx.example", "na@na.example"] {
            assert!(is_placeholder(cell), "{cell}");
        }
        for cell in ["x@acme.example", "na@acme.example", "x@com", "test@acme.example", "info@acme.example"] {
            assert!(!is_placeholder(cell), "{cell}");
        }
    }

    #[test]
    fn defects_are_named() {
        for (cell, defect_) in [
            ("ana.acme.example", "no @"),
            ("ana@acme.con", "the domain ends in no public suffix"),
            ("ana@acme", "the domain has no dot"),
            ("ana@acme.example;bo@acme.example", "two addresses in one cell"),
            ("ana@@acme.example", "more than one @"),
            ("ana lee@acme.example", "white space inside"),
            ("@acme.example", "nothing before the @"),
            ("ana@", "nothing after the @"),
            ("ana.@acme.example", "not the form of an address"),
        ] {
            assert_eq!(defect(cell), Some(defect_), "{cell}");
        }
        for cell in
            ["ana@acme.example", "Ana+news@mail.acme.co.uk", "o'neil@acme.museum", "ana@müller.de", "  ana@acme.com "]
        {
            assert_eq!(defect(cell), None, "{cell}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_plain_is_an_address_by_the_book(cell in "[a-cA-C0-9._+-]{1,6}@[a-c0-9.-]{1,6}[.](com|example|co[.]uk)") {
            if plain_domain(&cell).is_some() {
                proptest::prop_assert!(email_address::EmailAddress::is_valid(&cell), "{cell}");
            }
        }
    }
}
