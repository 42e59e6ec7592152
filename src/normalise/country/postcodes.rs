//! The form of postcodes by country, and the states that they tell.

use std::borrow::Cow;

/// Forms of postcodes without spaces and dashes: `N` a digit, `A` a letter, `?` either.
const FORMS: [(&str, &[&str]); 38] = [
    ("AT", &["NNNN"]),
    ("AU", &["NNNN"]),
    ("BE", &["NNNN"]),
    ("BR", &["NNNNNNNN"]),
    ("CA", &["ANANAN"]),
    ("CH", &["NNNN"]),
    ("CN", &["NNNNNN"]),
    ("CZ", &["NNNNN"]),
    ("DE", &["NNNNN"]),
    ("DK", &["NNNN"]),
    ("ES", &["NNNNN"]),
    ("FI", &["NNNNN"]),
    ("FR", &["NNNNN", "NNNNNCEDEX", "NNNNNCEDEXNN"]),
    ("GB", &["ANNAA", "ANNNAA", "AANNAA", "AANNNAA", "ANANAA", "AANANAA"]),
    ("GR", &["NNNNN"]),
    ("HU", &["NNNN"]),
    ("IE", &["A??????"]),
    ("IL", &["NNNNN", "NNNNNNN"]),
    ("IN", &["NNNNNN"]),
    ("IT", &["NNNNN"]),
    ("JP", &["NNNNNNN"]),
    ("KR", &["NNNNN", "NNNNNN"]),
    ("LU", &["NNNN"]),
    ("MX", &["NNNNN"]),
    ("NL", &["NNNNAA"]),
    ("NO", &["NNNN"]),
    ("NZ", &["NNNN"]),
    ("PL", &["NNNNN"]),
    ("PT", &["NNNN", "NNNNNNN"]),
    ("RO", &["NNNNNN"]),
    ("RU", &["NNNNNN"]),
    ("SE", &["NNNNN"]),
    ("SG", &["NNNNNN"]),
    ("SK", &["NNNNN"]),
    ("TR", &["NNNNN"]),
    ("UA", &["NNNNN"]),
    ("US", &["NNNNN", "NNNNNNNNN"]),
    ("ZA", &["NNNN"]),
];

/// A postcode without spaces, dashes and the letters of its country in front (`D-10115`), in capitals; `.0`, which
/// loaders put behind numbers, is dropped.
fn squeezed<'a>(cell: &'a str, country: &str) -> Cow<'a, str> {
    let cell = cell.trim();
    let cell = cell.strip_suffix(".0").unwrap_or(cell);
    if cell.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return Cow::Borrowed(cell);
    }
    let cell = match cell.split_once('-') {
        Some((front, rest)) if !front.is_empty() && country.starts_with(&front.to_uppercase()) => rest,
        _ => cell,
    };
    cell.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_uppercase).collect::<String>().into()
}

fn is_of(form: &str, code: &str) -> bool {
    form.len() == code.len() && is_front(form, code)
}

/// Whether `code` is as `form` begins.
fn is_front(form: &str, code: &str) -> bool {
    code.len() <= form.len()
        && form.bytes().zip(code.bytes()).all(|(form, byte)| match form {
            b'N' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_uppercase(),
            b'?' => byte.is_ascii_alphanumeric(),
            other => byte == other,
        })
}

/// Whether `cell` can be a postcode of `country`: `None` where that is not known. A front part counts (`SW1A`, `M5V`),
/// and so do digits that are too few: noughts may have been lost.
#[must_use]
pub fn fits(cell: &str, country: &str) -> Option<bool> {
    let (_, forms) = FORMS.iter().find(|(code, _)| *code == country)?;
    let code = squeezed(cell, country);
    if !code.bytes().any(|b| b.is_ascii_digit()) || code.len() > 12 || !code.is_ascii() {
        return None;
    }
    let fits = forms.iter().any(|form| {
        // The first half of a British code may be the front of several forms that differ in its length.
        is_of(form, &code) || (code.len() >= 2 && is_front(form, &code))
    });
    // What has the form of no country is a slip, and says nothing of another place.
    let elsewhere = || FORMS.iter().any(|(_, forms)| forms.iter().any(|form| is_of(form, &code)));
    if fits { Some(true) } else { elsewhere().then_some(false) }
}

/// Countries whose postcodes of a fixed number of digits may begin with noughts: how many digits, and how many noughts
/// may be lost.
const NOUGHTS: [(&str, usize, usize); 12] = [
    ("US", 5, 2),
    ("DE", 5, 1),
    ("FR", 5, 1),
    ("IT", 5, 2),
    ("ES", 5, 1),
    ("MX", 5, 1),
    ("FI", 5, 2),
    ("TR", 5, 1),
    ("KR", 5, 1),
    ("RO", 6, 1),
    ("NO", 4, 1),
    ("AU", 4, 1),
];

/// The postcode that `cell` was before a spreadsheet took its leading noughts, if `country` has such codes.
#[must_use]
pub fn lost_zeros(cell: &str, country: &str) -> Option<String> {
    let (_, digits, lost) = NOUGHTS.iter().find(|(code, _, _)| *code == country)?;
    let cell = cell.trim();
    let cell = cell.strip_suffix(".0").unwrap_or(cell);
    // Of a nine-digit ZIP code the noughts of the first five are lost.
    let (code, plus) = match cell.split_once('-') {
        Some((code, plus)) if country == "US" && plus.len() == 4 => (code, Some(plus)),
        _ => (cell, None),
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let short = digits.checked_sub(code.len()).is_some_and(|missing| (1..=*lost).contains(&missing));
    if !short || !is_digits(code) || !plus.is_none_or(is_digits) {
        return None;
    }
    let code = format!("{code:0>digits$}");
    Some(plus.map_or(code.clone(), |plus| format!("{code}-{plus}")))
}

/// First three digits of ZIP codes, from and to, and the state. Some codes at a border serve both sides.
const ZIPS: [(u16, u16, &str); 67] = [
    (5, 5, "NY"),
    (6, 7, "PR"),
    (8, 8, "VI"),
    (9, 9, "PR"),
    (10, 27, "MA"),
    (28, 29, "RI"),
    (30, 38, "NH"),
    (39, 49, "ME"),
    (50, 54, "VT"),
    (56, 59, "VT"),
    (60, 62, "CT"),
    (64, 69, "CT"),
    (70, 89, "NJ"),
    (100, 149, "NY"),
    (150, 196, "PA"),
    (197, 199, "DE"),
    (200, 200, "DC"),
    (201, 201, "VA"),
    (202, 205, "DC"),
    (206, 219, "MD"),
    (220, 246, "VA"),
    (247, 268, "WV"),
    (270, 289, "NC"),
    (290, 299, "SC"),
    (300, 319, "GA"),
    (320, 339, "FL"),
    (341, 349, "FL"),
    (350, 369, "AL"),
    (370, 385, "TN"),
    (386, 397, "MS"),
    (398, 399, "GA"),
    (400, 421, "KY"),
    (423, 427, "KY"),
    (430, 459, "OH"),
    (460, 479, "IN"),
    (480, 499, "MI"),
    (500, 528, "IA"),
    (530, 549, "WI"),
    (550, 567, "MN"),
    (570, 577, "SD"),
    (580, 588, "ND"),
    (590, 599, "MT"),
    (600, 629, "IL"),
    (630, 658, "MO"),
    (660, 679, "KS"),
    (680, 693, "NE"),
    (700, 714, "LA"),
    (716, 729, "AR"),
    (730, 732, "OK"),
    (733, 733, "TX"),
    (734, 738, "OK"),
    (740, 749, "OK"),
    (750, 799, "TX"),
    (800, 816, "CO"),
    (820, 831, "WY"),
    (832, 833, "ID"),
    (835, 838, "ID"),
    (840, 844, "UT"),
    (846, 847, "UT"),
    (850, 859, "AZ"),
    (863, 864, "AZ"),
    (870, 884, "NM"),
    (889, 893, "NV"),
    (900, 960, "CA"),
    (967, 968, "HI"),
    (970, 979, "OR"),
    (980, 994, "WA"),
];

/// The states whose postcodes begin as `cell` does: of the United States by three digits, of Canada by one letter.
#[must_use]
pub fn state_of_postcode(cell: &str, country: &str) -> Option<&'static [&'static str]> {
    let code = squeezed(cell, country);
    match country {
        "US" if is_of("NNNNN", &code) || is_of("NNNNNNNNN", &code) => {
            let front: u16 = code[..3].parse().ok()?;
            let at = ZIPS.iter().position(|(from, to, _)| (*from..=*to).contains(&front))?;
            Some(std::slice::from_ref(&ZIPS[at].2))
        }
        "CA" if is_of("ANANAN", &code) => {
            PROVINCES.iter().find(|(letters, _)| letters.contains(&code[..1])).map(|p| p.1)
        }
        _ => None,
    }
}

const PROVINCES: [(&str, &[&str]); 13] = [
    ("A", &["NL"]),
    ("B", &["NS"]),
    ("C", &["PE"]),
    ("E", &["NB"]),
    ("GHJ", &["QC"]),
    ("KLNP", &["ON"]),
    ("M", &["ON"]),
    ("R", &["MB"]),
    ("S", &["SK"]),
    ("T", &["AB"]),
    ("V", &["BC"]),
    ("X", &["NT", "NU"]),
    ("Y", &["YT"]),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn postcodes_are_held_against_their_country() {
        for (cell, country, wanted) in [
            ("94105", "US", Some(true)),
            ("94105-1234", "US", Some(true)),
            ("94105.0", "US", Some(true)),
            ("2110", "US", Some(true)),
            ("SW1A 1AA", "US", Some(false)),
            ("sw1a 1aa", "GB", Some(true)),
            ("SW1A", "GB", Some(true)),
            ("94105", "GB", Some(false)),
            ("M5V 3L9", "CA", Some(true)),
            ("M5V", "CA", Some(true)),
            ("94105", "CA", Some(false)),
            ("D-10115", "DE", Some(true)),
            ("10115", "DE", Some(true)),
            ("1011 AB", "NL", Some(true)),
            ("1011", "NL", Some(true)),
            ("n/a", "US", None),
            ("94l05", "US", None),
            ("94105", "GH", None),
        ] {
            assert_eq!(fits(cell, country), wanted, "{cell} {country}");
        }
    }

    #[test]
    fn noughts_come_back() {
        assert_eq!(lost_zeros("2110", "US").as_deref(), Some("02110"));
        assert_eq!(lost_zeros("2110-1234", "US").as_deref(), Some("02110-1234"));
        assert_eq!(lost_zeros("501", "US").as_deref(), Some("00501"));
        assert_eq!(lost_zeros("1067", "DE").as_deref(), Some("01067"));
        for (cell, country) in [("94105", "US"), ("11", "US"), ("1067", "CH"), ("2110a", "US"), ("", "US")] {
            assert_eq!(lost_zeros(cell, country), None, "{cell} {country}");
        }
    }

    #[test]
    fn postcodes_tell_the_state() {
        assert_eq!(state_of_postcode("10001", "US"), Some(&["NY"][..]));
        assert_eq!(state_of_postcode("02110", "US"), Some(&["MA"][..]));
        assert_eq!(state_of_postcode("m5v 3l9", "CA"), Some(&["ON"][..]));
        assert_eq!(state_of_postcode("42223", "US"), None, "on the border of two states");
        assert_eq!(state_of_postcode("10115", "DE"), None);
    }

    proptest! {
        #[test]
        fn never_panics(cell in "\\PC{0,14}", country in "[A-Z]{2}|US|CA|GB") {
            let _ = (fits(&cell, &country), lost_zeros(&cell, &country), state_of_postcode(&cell, &country));
        }
    }
}
