//! Two names with nothing beside them: whether they can be one person's or one company's.

use super::company::CompanyNames;
use super::person::{PersonNames, PersonParts};

/// Confidence, 0..=1, that two full names can be one person's. From 0.5 on it is more likely than not.
#[must_use]
pub fn same_person(one: &str, other: &str) -> f64 {
    let names = [one, other].map(|full| PersonParts { full, ..PersonParts::default() });
    let likely = PersonNames::new(&names).alone(0, 1);
    if one != other && (is_syllabic(one) || is_syllabic(other)) {
        return likely.max(PersonNames::new(&names).by_consonants(0, 1));
    }
    likely
}

/// Confidence, 0..=1, that two names can be one company's. From 0.5 on it is more likely than not.
#[must_use]
pub fn same_company(one: &str, other: &str) -> f64 {
    CompanyNames::new(&[one, other]).alone(0, 1)
}

/// Whether a text is in a script whose transliteration leaves vowels out or makes up some: Arabic, Hebrew, Indic and
/// South-East Asian scripts, Chinese, Japanese, Korean.
fn is_syllabic(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{590}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{D7AF}' | '\u{FB1D}'..='\u{FEFC}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people() {
        for (one, other) in [
            ("Ana Moss", "Moss, Ana"),
            ("Bob Moss", "Robert Moss"),
            ("A. Moss", "Ana Moss"),
            ("AnaMoss", "Ana Moss"),
            ("Anna Moss", "Ana Moss"),
            ("Дмитрий Орлов", "Dmitry Sergeevich Orlov"),
            ("محمد كريم", "Muhammad Karim"),
            ("Abd al-Rahman Haddad", "Abdul Rahman Hadad"),
            ("Haddad Karim Tariq Salem", "Karim Salem Tarik Haddad"),
        ] {
            let likely = same_person(one, other);
            assert!(likely >= 0.5, "{one} and {other}: {likely}");
        }
        for (one, other) in [
            ("Ana Moss", "Ida Moss"),
            ("Ana Moss", "Ana Watkins"),
            ("Robert Moss Jr", "Robert Moss Sr"),
            ("B. Moss", "Ana Moss"),
            ("William G Moss", "William W Moss"),
            ("Robert Thomas Reed", "Thomas Ford"),
            ("محمد كريم", "Ana Moss"),
            ("", "Ana Moss"),
            ("", ""),
        ] {
            let likely = same_person(one, other);
            assert!(likely < 0.5, "{one} and {other}: {likely}");
        }
    }

    #[test]
    fn companies() {
        for (one, other) in [
            ("Acme GmbH", "Acme"),
            ("Acme Europe Sp. z o.o.", "Acme"),
            ("Romaska LLC", "OOO Romashka"),
            ("International Harbour Machines", "IHM"),
        ] {
            let likely = same_company(one, other);
            assert!(likely >= 0.5, "{one} and {other}: {likely}");
        }
        for (one, other) in
            [("Acme GmbH", "Acme AG"), ("Acme Systems", "Acme"), ("Acme 1", "Acme 2"), ("Acme East", "Acme West")]
        {
            let likely = same_company(one, other);
            assert!(likely < 0.5, "{one} and {other}: {likely}");
        }
    }
}
