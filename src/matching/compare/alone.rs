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
