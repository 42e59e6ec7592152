//! How what a chat says agrees with what the CRM shows.

use std::borrow::Cow;

use chrono_tz::Tz;
use rustc_hash::FxHashMap;

use crate::config::options::{FieldType, MappingOptions};
use crate::model::Role;
use crate::normalise::text::{is_blank, trimmed};
use crate::normalise::timestamp::{DayOrder, Reading, read};
use crate::normalise::{boolean, email, number, phone};

/// How two cells agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// The chat says nothing.
    Unsaid,
    /// The chat says something and the CRM shows nothing.
    Lost,
    /// Byte for byte.
    Exact,
    /// The same but for case, white space or the way in which such values are written.
    Normalised,
    /// As the declared translation has it.
    Translated,
    /// Among other text, as whole words.
    Contained,
    /// A proper beginning of it.
    Truncated,
    /// The opposite boolean.
    Opposite,
    /// Something else.
    Different,
}

impl Agreement {
    /// Whether the value arrived.
    #[must_use]
    pub const fn arrived(self) -> bool {
        matches!(self, Self::Exact | Self::Normalised | Self::Translated | Self::Contained)
    }
}

/// Compares the two sides of one mapping.
#[derive(Debug)]
pub struct Comparer {
    kind: Option<FieldType>,
    /// What is said, as it compares, to what ought to be shown: as it compares, and as it is written.
    translation: FxHashMap<String, Vec<(String, String)>>,
    /// Whether the chat says a full name, and the CRM keeps its parts apart.
    part: bool,
}

/// A cell without what makes no difference: trimmed, in lower case, one space between words.
pub fn folded(cell: &str) -> Cow<'_, str> {
    let cell = trimmed(cell);
    let plain = cell.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_'));
    if plain {
        return Cow::Borrowed(cell);
    }
    Cow::Owned(cell.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" "))
}

impl Comparer {
    /// The comparer of a declared mapping; where it declares no type, the roles of both sides tell.
    #[must_use]
    pub fn of(mapping: &MappingOptions, from: Option<Role>, to: Option<Role>) -> Self {
        let by_role = |role: Role| match role {
            Role::Email => Some(FieldType::Email),
            Role::Phone => Some(FieldType::Phone),
            Role::Transcript | Role::Notes => Some(FieldType::LongText),
            Role::Transferred | Role::IsBot | Role::IsSpam | Role::IsTest | Role::Missed | Role::OptIn => {
                Some(FieldType::Boolean)
            }
            _ if role.is_time() => Some(FieldType::Timestamp),
            _ => None,
        };
        let learned = [from, to].into_iter().flatten().find_map(by_role);
        let mut translation: FxHashMap<String, Vec<(String, String)>> = FxHashMap::default();
        for (said, shown) in &mapping.values {
            translation.entry(folded(said).into_owned()).or_default().push((folded(shown).into_owned(), shown.clone()));
        }
        let part = from == Some(Role::Name) && matches!(to, Some(Role::FirstName | Role::LastName));
        Self { kind: mapping.r#type.or(learned), translation, part }
    }

    /// The type that both sides are held to have.
    #[must_use]
    pub const fn kind(&self) -> Option<FieldType> {
        self.kind
    }

    /// What the CRM ought to show for `said`, when the mapping translates it.
    #[must_use]
    pub fn translated(&self, said: &str) -> Option<&str> {
        self.translation.get(folded(said).as_ref())?.first().map(|(_, written)| written.as_str())
    }

    /// How `shown` in the CRM agrees with `said` in the chat.
    #[must_use]
    pub fn compare(&self, said: Option<&str>, shown: Option<&str>) -> Agreement {
        let Some(said) = said.filter(|cell| !is_blank(Some(cell))) else { return Agreement::Unsaid };
        let Some(shown) = shown.filter(|cell| !is_blank(Some(cell))) else { return Agreement::Lost };
        if let Some(meant) = self.translation.get(folded(said).as_ref()) {
            let shown = folded(shown);
            let same = |(meant, _): &(String, String)| *meant == shown || is_same_word(meant, &shown);
            return if meant.iter().any(same) {
                Agreement::Translated
            } else if self.kind == Some(FieldType::Boolean) {
                self.unlike(said, &shown)
            } else {
                Agreement::Different
            };
        }
        if said == shown {
            return Agreement::Exact;
        }
        let (a, b) = (folded(said), folded(shown));
        if a == b || self.is_same(said, shown) {
            return Agreement::Normalised;
        }
        self.unlike(&a, &b)
    }

    /// What two cells that are not the same have in common after all.
    fn unlike(&self, said: &str, shown: &str) -> Agreement {
        if self.kind == Some(FieldType::Boolean) {
            let meant = self.translated(said).unwrap_or(said);
            let both = boolean::word(trimmed(meant)).zip(boolean::word(trimmed(shown)));
            return match both {
                Some(((_, a), (_, b))) if a != b => Agreement::Opposite,
                Some(_) => Agreement::Normalised,
                None => Agreement::Different,
            };
        }
        let (a, b) = (folded(said), folded(shown));
        if b.len() < a.len() && b.len() >= 20 && a.starts_with(b.as_ref()) {
            return Agreement::Truncated;
        }
        let within = if self.part { contains_words(&a, &b) } else { a.len() >= 3 && contains_words(&b, &a) };
        if within { Agreement::Contained } else { Agreement::Different }
    }

    /// Whether two cells are the same in the way in which values of the type compare.
    fn is_same(&self, said: &str, shown: &str) -> bool {
        match self.kind {
            Some(FieldType::Email) => {
                email::canonical(said).is_some_and(|a| email::canonical(shown).is_some_and(|b| a == b))
            }
            Some(FieldType::Phone) => phone::is_same(said, shown),
            Some(FieldType::Boolean) => is_same_word(said, shown),
            Some(FieldType::Number) => {
                number::read(said).zip(number::read(shown)).is_some_and(|(a, b)| a.total_cmp(&b).is_eq())
            }
            Some(FieldType::Timestamp) => {
                let at = |cell: &str| match read(Some(cell), Tz::UTC, DayOrder::MonthFirst) {
                    Reading::At(moment) => Some(moment.micros.div_euclid(1_000_000)),
                    _ => None,
                };
                at(said).is_some_and(|a| at(shown) == Some(a))
            }
            Some(FieldType::Text | FieldType::LongText | FieldType::Picklist) | None => {
                phone::is_same(said, shown) && said.len() >= 10 && shown.len() >= 10
            }
        }
    }
}

/// Whether two cells are one boolean in two vocabularies.
fn is_same_word(a: &str, b: &str) -> bool {
    boolean::word(trimmed(a)).zip(boolean::word(trimmed(b))).is_some_and(|((_, a), (_, b))| a == b)
}

/// Whether `text` holds `words` as whole words.
#[must_use]
pub fn contains_words(text: &str, words: &str) -> bool {
    let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(words)
        .any(|(at, _)| is_edge(text[..at].chars().next_back()) && is_edge(text[at + words.len()..].chars().next()))
}

#[cfg(test)]
mod tests {
    use super::Agreement::{Contained, Different, Exact, Lost, Normalised, Opposite, Translated, Truncated, Unsaid};
    use super::*;

    fn comparer(kind: &str, values: &str) -> Comparer {
        let kind = if kind.is_empty() { String::new() } else { format!("type = '{kind}'\n") };
        let toml = format!("[[mapping]]\nfrom = 'chat.a'\nto = 'lead.b'\n{kind}values = {{ {values} }}\n");
        Comparer::of(&crate::config::parse(&toml, "c").unwrap().mapping[0], None, None)
    }

    #[test]
    fn what_makes_no_difference_is_no_difference() {
        for (kind, said, shown, how) in [
            ("", "Pricing", "Pricing", Exact),
            ("", "Pricing", " pricing ", Normalised),
            ("", "Pricing", "Other", Different),
            ("", "Pricing", "Reason: Pricing\nTopic: x", Contained),
            ("", "Price", "Prices of all", Different),
            ("", "", "x", Unsaid),
            ("", "x", "\u{A0}", Lost),
            ("phone", "(202) 555-0101", "+12025550101", Normalised),
            ("phone", "(202) 555-0101", "+12025550102", Different),
            ("email", "Ana@Acme.example", "ana@acme.example", Normalised),
            ("boolean", "yes", "true", Normalised),
            ("boolean", "yes", "false", Opposite),
            ("number", "1,200", "1200.0", Normalised),
            ("timestamp", "2026-10-01T09:00:00Z", "2026-10-01T11:00:00+02:00", Normalised),
            ("long-text", "visitor: what does the plan cost for ten", "visitor: what does the plan", Truncated),
        ] {
            assert_eq!(comparer(kind, "").compare(Some(said), Some(shown)), how, "{kind}: {said} {shown}");
        }
    }

    #[test]
    fn parts_of_a_full_name_arrive_where_parts_are_kept() {
        let toml = "[[mapping]]\nfrom = 'chat.a'\nto = 'lead.b'\n";
        let mapping = &crate::config::parse(toml, "c").unwrap().mapping[0];
        let part = Comparer::of(mapping, Some(Role::Name), Some(Role::LastName));
        assert_eq!(part.compare(Some("Ana de la Cruz"), Some("de la Cruz")), Contained);
        assert_eq!(part.compare(Some("Ana Lopez"), Some("lopez")), Contained);
        assert_eq!(part.compare(Some("Ana Lopez"), Some("Lope")), Different);
        let whole = Comparer::of(mapping, Some(Role::Name), Some(Role::Company));
        assert_eq!(whole.compare(Some("Ana Lopez"), Some("Lopez")), Different);
    }

    #[test]
    fn declared_translations_are_what_ought_to_stand_there() {
        let it = comparer("", "Pricing = 'PRC', yes = 'true'");
        assert_eq!(it.compare(Some("pricing"), Some("prc")), Translated);
        assert_eq!(it.compare(Some("Pricing"), Some("Pricing")), Different);
        assert_eq!(it.compare(Some("Pricing"), Some("DEM")), Different);
        assert_eq!(it.compare(Some("yes"), Some("1")), Translated);
        assert_eq!(it.translated("PRICING "), Some("PRC"));
    }
}
