//! States of the United States, Canada and Australia.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::folded;

/// A state, province or territory.
#[derive(Debug, PartialEq, Eq)]
pub struct State {
    /// ISO code of the country.
    pub country: &'static str,
    /// The code that post and CRMs use.
    pub code: &'static str,
    /// The name.
    pub name: &'static str,
}

/// The states by what their code or name comes to, and whether it is the code.
static BY_KEY: LazyLock<HashMap<String, Vec<Named>>> = LazyLock::new(|| {
    let mut known: HashMap<String, Vec<Named>> = HashMap::new();
    for state in &STATES {
        known.entry(folded(state.code)).or_default().push((state, true));
        known.entry(folded(state.name)).or_default().push((state, false));
    }
    known
});

/// The state that `cell` names: that of `country`, if it has one of that code or name, else the only one of that name.
/// Codes count when `codes` says so, and abroad only where `country` has states here: `CA` is Cagliari in Italy. Names
/// that also mean something else elsewhere mean no state abroad.
#[must_use]
pub fn state(cell: &str, country: Option<&str>, codes: bool) -> Option<&'static State> {
    choose(named(cell), country, codes)
}

/// A state, and whether it is meant by its code.
pub type Named = (&'static State, bool);

/// The states that `cell` may mean.
#[must_use]
pub fn named(cell: &str) -> &'static [Named] {
    if cell.len() > 40 {
        return &[];
    }
    BY_KEY.get(&folded(cell)).map_or(&[], Vec::as_slice)
}

/// The one of the states `named` that is meant; see [`state`].
#[must_use]
pub fn choose(named: &[Named], country: Option<&str>, codes: bool) -> Option<&'static State> {
    if let Some((state, _)) = country.and_then(|country| named.iter().find(|(state, _)| state.country == country)) {
        return Some(state);
    }
    let codes = codes && country.is_some_and(|country| ["US", "CA", "AU"].contains(&country));
    let mut found =
        named.iter().filter(|(state, is_code)| if *is_code { codes } else { !ELSEWHERE.contains(&state.name) });
    let (first, _) = found.next()?;
    found.next().is_none().then_some(first)
}

/// Names that are states here and something else in other countries.
const ELSEWHERE: [&str; 9] =
    ["Georgia", "Florida", "Montana", "Maryland", "Victoria", "Washington", "Puerto Rico", "Guam", "American Samoa"];

const fn s(country: &'static str, code: &'static str, name: &'static str) -> State {
    State { country, code, name }
}

/// The states; of the United States also territories and the armed forces, as its post counts them.
static STATES: [State; 80] = [
    s("US", "AL", "Alabama"),
    s("US", "AK", "Alaska"),
    s("US", "AZ", "Arizona"),
    s("US", "AR", "Arkansas"),
    s("US", "CA", "California"),
    s("US", "CO", "Colorado"),
    s("US", "CT", "Connecticut"),
    s("US", "DE", "Delaware"),
    s("US", "DC", "District of Columbia"),
    s("US", "FL", "Florida"),
    s("US", "GA", "Georgia"),
    s("US", "HI", "Hawaii"),
    s("US", "ID", "Idaho"),
    s("US", "IL", "Illinois"),
    s("US", "IN", "Indiana"),
    s("US", "IA", "Iowa"),
    s("US", "KS", "Kansas"),
    s("US", "KY", "Kentucky"),
    s("US", "LA", "Louisiana"),
    s("US", "ME", "Maine"),
    s("US", "MD", "Maryland"),
    s("US", "MA", "Massachusetts"),
    s("US", "MI", "Michigan"),
    s("US", "MN", "Minnesota"),
    s("US", "MS", "Mississippi"),
    s("US", "MO", "Missouri"),
    s("US", "MT", "Montana"),
    s("US", "NE", "Nebraska"),
    s("US", "NV", "Nevada"),
    s("US", "NH", "New Hampshire"),
    s("US", "NJ", "New Jersey"),
    s("US", "NM", "New Mexico"),
    s("US", "NY", "New York"),
    s("US", "NC", "North Carolina"),
    s("US", "ND", "North Dakota"),
    s("US", "OH", "Ohio"),
    s("US", "OK", "Oklahoma"),
    s("US", "OR", "Oregon"),
    s("US", "PA", "Pennsylvania"),
    s("US", "RI", "Rhode Island"),
    s("US", "SC", "South Carolina"),
    s("US", "SD", "South Dakota"),
    s("US", "TN", "Tennessee"),
    s("US", "TX", "Texas"),
    s("US", "UT", "Utah"),
    s("US", "VT", "Vermont"),
    s("US", "VA", "Virginia"),
    s("US", "WA", "Washington"),
    s("US", "WV", "West Virginia"),
    s("US", "WI", "Wisconsin"),
    s("US", "WY", "Wyoming"),
    s("US", "AS", "American Samoa"),
    s("US", "GU", "Guam"),
    s("US", "MP", "Northern Mariana Islands"),
    s("US", "PR", "Puerto Rico"),
    s("US", "VI", "Virgin Islands"),
    s("US", "AA", "Armed Forces Americas"),
    s("US", "AE", "Armed Forces Europe"),
    s("US", "AP", "Armed Forces Pacific"),
    s("CA", "AB", "Alberta"),
    s("CA", "BC", "British Columbia"),
    s("CA", "MB", "Manitoba"),
    s("CA", "NB", "New Brunswick"),
    s("CA", "NL", "Newfoundland and Labrador"),
    s("CA", "NT", "Northwest Territories"),
    s("CA", "NS", "Nova Scotia"),
    s("CA", "NU", "Nunavut"),
    s("CA", "ON", "Ontario"),
    s("CA", "PE", "Prince Edward Island"),
    s("CA", "QC", "Quebec"),
    s("CA", "SK", "Saskatchewan"),
    s("CA", "YT", "Yukon"),
    s("AU", "ACT", "Australian Capital Territory"),
    s("AU", "NSW", "New South Wales"),
    s("AU", "NT", "Northern Territory"),
    s("AU", "QLD", "Queensland"),
    s("AU", "SA", "South Australia"),
    s("AU", "TAS", "Tasmania"),
    s("AU", "VIC", "Victoria"),
    s("AU", "WA", "Western Australia"),
];

/// What else states are called, by country and code: traditional abbreviations, other languages, longer forms.
static SHORT: [(&str, &str, &[&str]); 55] = [
    ("US", "AL", &["Ala"]),
    ("US", "AZ", &["Ariz"]),
    ("US", "AR", &["Ark"]),
    ("US", "CA", &["Calif", "Cal"]),
    ("US", "CO", &["Colo"]),
    ("US", "CT", &["Conn"]),
    ("US", "DE", &["Del"]),
    ("US", "DC", &["Washington DC", "Washington D.C."]),
    ("US", "FL", &["Fla"]),
    ("US", "ID", &["Ida"]),
    ("US", "IL", &["Ill"]),
    ("US", "IN", &["Ind"]),
    ("US", "KS", &["Kans", "Kan"]),
    ("US", "MA", &["Mass"]),
    ("US", "MI", &["Mich"]),
    ("US", "MN", &["Minn"]),
    ("US", "MS", &["Miss"]),
    ("US", "MT", &["Mont"]),
    ("US", "NE", &["Neb", "Nebr"]),
    ("US", "NV", &["Nev"]),
    ("US", "NH", &["N. Hampshire"]),
    ("US", "NJ", &["N. Jersey"]),
    ("US", "NM", &["N. Mex", "N. Mexico"]),
    ("US", "NY", &["New York State", "NYS"]),
    ("US", "NC", &["N. Carolina", "N. Car"]),
    ("US", "ND", &["N. Dak", "N. Dakota"]),
    ("US", "OK", &["Okla"]),
    ("US", "OR", &["Ore", "Oreg"]),
    ("US", "PA", &["Penn", "Penna"]),
    ("US", "RI", &["Rhode Is"]),
    ("US", "SC", &["S. Carolina", "S. Car"]),
    ("US", "SD", &["S. Dak", "S. Dakota"]),
    ("US", "TN", &["Tenn"]),
    ("US", "TX", &["Tex"]),
    ("US", "WA", &["Wash", "Washington State"]),
    ("US", "WV", &["W. Va", "W. Virginia"]),
    ("US", "WI", &["Wis", "Wisc"]),
    ("US", "WY", &["Wyo"]),
    ("US", "VI", &["US Virgin Islands"]),
    ("CA", "AB", &["Alta"]),
    ("CA", "BC", &["Brit. Columbia", "Colombie-Britannique"]),
    ("CA", "MB", &["Man"]),
    ("CA", "NB", &["N. Brunswick", "Nouveau-Brunswick"]),
    ("CA", "NL", &["Newfoundland", "Nfld", "Labrador", "Newfoundland & Labrador", "Terre-Neuve-et-Labrador"]),
    ("CA", "NT", &["NWT", "Northwest Terr"]),
    ("CA", "NS", &["N. Scotia", "Nouvelle-Écosse"]),
    ("CA", "ON", &["Ont"]),
    ("CA", "PE", &["PEI", "P.E.I.", "Île-du-Prince-Édouard"]),
    ("CA", "QC", &["Que", "PQ"]),
    ("CA", "SK", &["Sask"]),
    ("CA", "YT", &["Yukon Territory"]),
    ("AU", "NSW", &["New S. Wales"]),
    ("AU", "NT", &["N. Territory"]),
    ("AU", "SA", &["S. Australia"]),
    ("AU", "WA", &["W. Australia"]),
];

/// Every state.
#[must_use]
pub fn states() -> &'static [State] {
    &STATES
}

impl State {
    /// What else the state is called, such as `Calif`; points and case do not matter.
    #[must_use]
    pub fn short(&self) -> &'static [&'static str] {
        SHORT
            .iter()
            .find(|(country, code, _)| (*country, *code) == (self.country, self.code))
            .map_or(&[], |(_, _, names)| names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_by_the_country() {
        let of = |cell, country, codes| state(cell, country, codes).map(|state| (state.country, state.code));
        assert_eq!(of("WA", Some("AU"), true), Some(("AU", "WA")));
        assert_eq!(of("WA", Some("US"), true), Some(("US", "WA")));
        assert_eq!(of("CA", Some("IT"), true), None, "Cagliari");
        assert_eq!(of("CA", None, true), None, "California, or Cagliari");
        assert_eq!(of("Ontario", None, true), Some(("CA", "ON")));
        assert_eq!(of("CA", Some("CA"), true), Some(("US", "CA")));
        assert_eq!(of("CA", Some("CA"), false), None);
        assert_eq!(of("Québec", Some("US"), false), Some(("CA", "QC")));
        assert_eq!(of("Georgia", Some("US"), true), Some(("US", "GA")));
        assert_eq!(of("Georgia", Some("GE"), true), None);
    }
}
