//! Words whose meaning everybody knows: countries, states, months, weekdays, yes and no, directions. As the values to
//! keep, and as a reason to keep two values apart.

mod calendar;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::normalise::boolean;
use crate::normalise::country::{countries, folded, states};

/// What an entry is one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vocabulary {
    /// Countries of ISO 3166-1, and the countries within the United Kingdom.
    Country,
    /// States and territories of the United States.
    UsState,
    /// Provinces and territories of Canada.
    Province,
    /// States and territories of Australia.
    AustralianState,
    /// Months.
    Month,
    /// Days of the week.
    Weekday,
    /// Yes and no.
    Boolean,
    /// Points of the compass.
    Direction,
}

impl Vocabulary {
    /// Whether its entries are places: two of them are never one value, whatever vocabularies they are from.
    #[must_use]
    pub const fn is_place(self) -> bool {
        matches!(self, Self::Country | Self::UsState | Self::Province | Self::AustralianState)
    }
}

/// How an entry is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// In full, in one of several languages.
    Name,
    /// Abbreviated: `Calif.`, `Sept`.
    Short,
    /// By a code or initials: `CA`, `DEU`, `N`, `1`. Codes of two letters often have several meanings.
    Code,
}

/// A value of a vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// Which vocabulary.
    pub vocabulary: Vocabulary,
    /// Its number there: the same for every way to write it, and nothing else.
    pub number: u16,
    /// The usual English name.
    pub canonical: &'static str,
    /// How it was written.
    pub form: Form,
}

impl Entry {
    /// Whether both are the same, however written.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        (self.vocabulary, self.number) == (other.vocabulary, other.number)
    }
}

/// What `value` names as a whole: nothing, or one entry per vocabulary; seldom more. Case, space, punctuation and accents
/// do not matter, nor does `the` in front. `Georgia` is a country and a state; `CA` a country and a state.
#[must_use]
pub fn entries(value: &str) -> &'static [Entry] {
    if value.len() > 80 {
        return &[];
    }
    let key = folded(value);
    if let Some(found) = ENTRIES.get(&key) {
        return found;
    }
    key.strip_prefix("the").and_then(|rest| ENTRIES.get(rest)).map_or(&[], Vec::as_slice)
}

/// What one word of a longer value names in full: no code and no abbreviation, which may mean anything there.
pub(super) fn names(word: &str) -> &'static [Entry] {
    NAMES.get(word).map_or(&[], Vec::as_slice)
}

/// Parts of the United Kingdom, which addresses use as countries. They are not the whole.
const NATIONS: [&str; 4] = ["England", "Scotland", "Wales", "Northern Ireland"];

static ENTRIES: LazyLock<HashMap<String, Vec<Entry>>> = LazyLock::new(|| {
    let mut known: HashMap<String, Vec<Entry>> = HashMap::new();
    let mut add = |written: &str, vocabulary, number: usize, canonical, form| {
        let entry = Entry { vocabulary, number: number as u16, canonical, form };
        let entries = known.entry(folded(written)).or_default();
        // The same word in two languages is one entry.
        if !entries.iter().any(|known| known.is(&entry)) {
            entries.push(entry);
        }
    };
    let countries = countries();
    for (number, (short, long, names)) in countries.iter().enumerate() {
        let canonical = names.first().copied().unwrap_or(short);
        for name in *names {
            if let Some(nation) = NATIONS.iter().position(|nation| nation == name) {
                add(name, Vocabulary::Country, countries.len() + nation, name, Form::Name);
            } else {
                let form = if name.len() <= 3 || name.contains("U.") { Form::Code } else { Form::Name };
                add(name, Vocabulary::Country, number, canonical, form);
            }
        }
        add(short, Vocabulary::Country, number, canonical, Form::Code);
        add(long, Vocabulary::Country, number, canonical, Form::Code);
    }
    for (number, state) in states().iter().enumerate() {
        let vocabulary = match state.country {
            "US" => Vocabulary::UsState,
            "CA" => Vocabulary::Province,
            _ => Vocabulary::AustralianState,
        };
        add(state.name, vocabulary, number, state.name, Form::Name);
        add(state.code, vocabulary, number, state.name, Form::Code);
        for short in state.short() {
            add(short, vocabulary, number, state.name, Form::Short);
        }
    }
    for (vocabulary, table) in [
        (Vocabulary::Month, &calendar::MONTHS[..]),
        (Vocabulary::Weekday, &calendar::WEEKDAYS[..]),
        (Vocabulary::Direction, &calendar::DIRECTIONS[..]),
    ] {
        for (number, (name, others, shorts, codes)) in table.iter().enumerate() {
            for (written, form) in
                [(&[*name][..], Form::Name), (others, Form::Name), (shorts, Form::Short), (codes, Form::Code)]
            {
                for written in written {
                    add(written, vocabulary, number, name, form);
                }
            }
        }
    }
    for (yes, no) in boolean::VOCABULARIES {
        let form = |word: &str| if word.len() > 1 { Form::Name } else { Form::Code };
        add(no, Vocabulary::Boolean, 0, "No", form(no));
        add(yes, Vocabulary::Boolean, 1, "Yes", form(yes));
    }
    known
});

static NAMES: LazyLock<HashMap<&'static str, Vec<Entry>>> = LazyLock::new(|| {
    // Yes, no and directions are read with the words around them.
    let is_name = |entry: &&Entry| match entry.vocabulary {
        Vocabulary::Boolean | Vocabulary::Direction => false,
        Vocabulary::Month | Vocabulary::Weekday => entry.form != Form::Code,
        _ => entry.form == Form::Name,
    };
    let named = |entries: &[Entry]| entries.iter().filter(is_name).copied().collect::<Vec<_>>();
    ENTRIES.iter().map(|(key, entries)| (key.as_str(), named(entries))).filter(|(_, named)| !named.is_empty()).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    fn is(value: &str, vocabulary: Vocabulary) -> Option<&'static str> {
        entries(value).iter().find(|entry| entry.vocabulary == vocabulary).map(|entry| entry.canonical)
    }

    #[test]
    fn values_are_known_however_written() {
        for (value, vocabulary, canonical) in [
            ("U.S.", Vocabulary::Country, "United States"),
            ("usa", Vocabulary::Country, "United States"),
            ("United States of America", Vocabulary::Country, "United States"),
            ("the united kingdom", Vocabulary::Country, "United Kingdom"),
            ("UK", Vocabulary::Country, "United Kingdom"),
            ("Scotland", Vocabulary::Country, "Scotland"),
            ("Oesterreich", Vocabulary::Country, "Austria"),
            ("The Gambia", Vocabulary::Country, "Gambia"),
            ("Congo-Kinshasa", Vocabulary::Country, "DR Congo"),
            ("Republic of Congo", Vocabulary::Country, "Congo"),
            ("Calif.", Vocabulary::UsState, "California"),
            ("N. Carolina", Vocabulary::UsState, "North Carolina"),
            ("W. Va.", Vocabulary::UsState, "West Virginia"),
            ("Washington, D.C.", Vocabulary::UsState, "District of Columbia"),
            ("P.E.I.", Vocabulary::Province, "Prince Edward Island"),
            ("Québec", Vocabulary::Province, "Quebec"),
            ("N.S.W.", Vocabulary::AustralianState, "New South Wales"),
            ("Sept.", Vocabulary::Month, "September"),
            ("März", Vocabulary::Month, "March"),
            ("Maerz", Vocabulary::Month, "March"),
            ("Thurs", Vocabulary::Weekday, "Thursday"),
            ("mercredi", Vocabulary::Weekday, "Wednesday"),
            ("South-West", Vocabulary::Direction, "Southwest"),
            ("nw", Vocabulary::Direction, "Northwest"),
            ("SÍ", Vocabulary::Boolean, "Yes"),
            ("0", Vocabulary::Boolean, "No"),
        ] {
            assert_eq!(is(value, vocabulary), Some(canonical), "{value}");
        }
    }

    #[test]
    fn some_words_have_several_meanings() {
        let vocabularies = |value| entries(value).iter().map(|entry| entry.vocabulary).collect::<Vec<_>>();
        assert_eq!(vocabularies("Georgia"), [Vocabulary::Country, Vocabulary::UsState]);
        for code in ["CA", "DE", "GA", "IN"] {
            assert_eq!(vocabularies(code), [Vocabulary::Country, Vocabulary::UsState], "{code}");
            assert!(entries(code).iter().all(|entry| entry.form == Form::Code));
        }
        assert_eq!(vocabularies("WA"), [Vocabulary::UsState, Vocabulary::AustralianState]);
        assert!(vocabularies("Mar").contains(&Vocabulary::Month));
    }

    #[test]
    fn what_is_only_near_is_no_entry() {
        for value in ["", "-", "Niegria", "Californa", "Europe", "EMEA", "East Region", "Unknown", &"x".repeat(99)] {
            assert!(entries(value).is_empty(), "{value}");
        }
    }

    #[test]
    fn no_name_of_a_vocabulary_means_two_of_its_entries() {
        let is_twice = |entries: &[Entry]| {
            (1..entries.len()).any(|at| entries[..at].iter().any(|one| one.vocabulary == entries[at].vocabulary))
        };
        let mut twice: Vec<&String> =
            ENTRIES.iter().filter(|(_, entries)| is_twice(entries)).map(|(key, _)| key).collect();
        twice.sort_unstable();
        assert!(twice.is_empty(), "{twice:?}");
    }
}
