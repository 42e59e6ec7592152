//! Countries: names and codes to ISO 3166-1 codes, states of the countries whose exports spell them out, and the form of
//! postcodes.

mod names;
mod postcodes;
mod states;

use std::collections::HashMap;
use std::sync::LazyLock;

pub use postcodes::{fits, lost_zeros, state_of_postcode};
pub use states::{Named, State, choose, named, state, states};

/// The form in which names of places compare: letters and digits only, lower case, without accents, `&` as a word.
#[must_use]
pub fn folded(cell: &str) -> String {
    deunicode::deunicode(&cell.replace('&', " and "))
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

static BY_NAME: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let mut known = HashMap::new();
    for (short, long, names) in names::COUNTRIES {
        for name in [short, long].into_iter().chain(names.iter().copied()) {
            known.insert(folded(name), short);
        }
    }
    known
});

/// The ISO 3166-1 code, in two letters, of the country that `cell` names: by code of two or three letters or by name, in
/// English, and for large countries in German, French and Spanish. `None` for what is not known.
#[must_use]
pub fn country(cell: &str) -> Option<&'static str> {
    if cell.len() > 80 {
        return None;
    }
    BY_NAME.get(&folded(cell)).copied()
}

/// Every country: code of two letters, code of three, names, the usual English one first.
#[must_use]
pub fn countries() -> &'static [(&'static str, &'static str, &'static [&'static str])] {
    &names::COUNTRIES
}

/// The country as people call it in English.
#[must_use]
pub fn name(code: &str) -> &'static str {
    names::COUNTRIES.iter().find(|(short, _, _)| *short == code).and_then(|(_, _, names)| names.first()).unwrap_or(&"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_known_by_code_and_name() {
        for (cell, code) in [
            ("United States", "US"),
            ("USA", "US"),
            ("u.s.", "US"),
            ("UK", "GB"),
            ("England", "GB"),
            ("Deutschland", "DE"),
            ("de", "DE"),
            ("Österreich", "AT"),
            ("España", "ES"),
            ("Korea, Republic of", "KR"),
            ("Trinidad and Tobago", "TT"),
            ("Côte d'Ivoire", "CI"),
            ("The Netherlands", "NL"),
        ] {
            assert_eq!(country(cell), Some(code), "{cell}");
        }
        for cell in ["", "Europe", "EMEA", "Unknown", "XX"] {
            assert_eq!(country(cell), None, "{cell}");
        }
    }

    #[test]
    fn no_name_means_two_countries() {
        let mut seen: HashMap<String, &str> = HashMap::new();
        for (short, long, names) in names::COUNTRIES {
            for name in [short, long].into_iter().chain(names.iter().copied()) {
                if let Some(other) = seen.insert(folded(name), short) {
                    assert_eq!(other, short, "{name}");
                }
            }
        }
    }
}
