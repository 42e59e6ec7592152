//! Places: cities with their sales region, country, postal codes and telephone numbers.
//!
//! Telephone numbers come from ranges that are set aside for fiction (the exchange 555 in North America; the ranges that
//! the regulators of the United Kingdom, Australia and France keep for drama), yet are valid for their country.

use fastrand::Rng;

/// A country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Country {
    UnitedStates,
    Canada,
    UnitedKingdom,
    Australia,
    France,
}

impl Country {
    /// The name in the CRM.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::UnitedStates => "United States",
            Self::Canada => "Canada",
            Self::UnitedKingdom => "United Kingdom",
            Self::Australia => "Australia",
            Self::France => "France",
        }
    }

    /// The calling code.
    pub(crate) const fn calling_code(self) -> &'static str {
        match self {
            Self::UnitedStates | Self::Canada => "1",
            Self::UnitedKingdom => "44",
            Self::Australia => "61",
            Self::France => "33",
        }
    }
}

/// A city.
#[derive(Debug)]
pub(crate) struct City {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its sales region.
    pub(crate) region: &'static str,
    /// Its country.
    pub(crate) country: Country,
    /// How its postal codes begin.
    post: &'static str,
    /// How its telephone numbers begin, without the calling code; North American area codes without the exchange.
    lines: &'static [&'static str],
}

impl City {
    /// A postal code.
    pub(crate) fn postcode(&self, rng: &mut Rng) -> String {
        const LETTERS: &[u8] = b"ABEGHJLNPRSTW";
        let digit = rng.u32(0..10);
        let [a, b] = [0; 2].map(|_| char::from(LETTERS[rng.usize(..LETTERS.len())]));
        match self.country {
            UnitedStates | Australia | France => {
                format!("{}{:02}", self.post, rng.u32(0..100))
            }
            Canada => format!("{} {digit}{a}{}", self.post, rng.u32(0..10)),
            UnitedKingdom => format!("{} {digit}{a}{b}", self.post),
        }
    }

    /// A telephone number in E.164.
    pub(crate) fn phone(&self, rng: &mut Rng) -> String {
        let code = self.country.calling_code();
        let line = self.lines[rng.usize(..self.lines.len())];
        match self.country {
            UnitedStates | Canada => format!("+{code}{line}555{:04}", rng.u32(0..10_000)),
            UnitedKingdom => format!("+{code}{line}{:03}", rng.u32(0..1_000)),
            Australia | France => format!("+{code}{line}{:04}", rng.u32(0..10_000)),
        }
    }
}

/// A number in E.164 the way people at home write it: `(212) 555-0147`, `020 7946 0123`.
pub(crate) fn at_home(phone: &str, country: Country) -> String {
    let own = phone.trim_start_matches('+').strip_prefix(country.calling_code()).unwrap_or(phone);
    match country {
        UnitedStates | Canada => format!("({}) {}-{}", &own[..3], &own[3..6], &own[6..]),
        UnitedKingdom => {
            format!("0{} {} {}", &own[..own.len() - 7], &own[own.len() - 7..own.len() - 4], &own[own.len() - 4..])
        }
        Australia => format!("(0{}) {} {}", &own[..1], &own[1..5], &own[5..]),
        France => format!("0{} {} {} {} {}", &own[..1], &own[1..3], &own[3..5], &own[5..7], &own[7..]),
    }
}

const fn city(
    name: &'static str,
    region: &'static str,
    country: Country,
    post: &'static str,
    lines: &'static [&'static str],
) -> City {
    City { name, region, country, post, lines }
}

use Country::{Australia, Canada, France, UnitedKingdom, UnitedStates};

/// The cities; the order says nothing.
pub(crate) const CITIES: &[City] = &[
    city("New York", "East Region", UnitedStates, "100", &["212", "646", "917", "718"]),
    city("Philadelphia", "East Region", UnitedStates, "191", &["215", "267"]),
    city("Washington", "East Region", UnitedStates, "200", &["202"]),
    city("Boston", "Northeast Region", UnitedStates, "021", &["617", "857"]),
    city("Atlanta", "Southeast Region", UnitedStates, "303", &["404", "678"]),
    city("Miami", "Southeast Region", UnitedStates, "331", &["305", "786"]),
    city("Charlotte", "Southeast Region", UnitedStates, "282", &["704", "980"]),
    city("Nashville", "Southeast Region", UnitedStates, "372", &["615"]),
    city("Chicago", "Central Region", UnitedStates, "606", &["312", "773"]),
    city("Detroit", "Central Region", UnitedStates, "482", &["313"]),
    city("Minneapolis", "Central Region", UnitedStates, "554", &["612"]),
    city("Columbus", "Central Region", UnitedStates, "432", &["614"]),
    city("Dallas", "South Region", UnitedStates, "752", &["214", "469", "972"]),
    city("Houston", "South Region", UnitedStates, "770", &["713", "281", "832"]),
    city("Austin", "South Region", UnitedStates, "787", &["512", "737"]),
    city("Denver", "West Region", UnitedStates, "802", &["303", "720"]),
    city("Phoenix", "West Region", UnitedStates, "850", &["602", "480"]),
    city("Los Angeles", "West Region", UnitedStates, "900", &["213", "323", "310"]),
    city("San Diego", "West Region", UnitedStates, "921", &["619", "858"]),
    city("San Francisco", "West Region", UnitedStates, "941", &["415", "628"]),
    city("Seattle", "Northwest Region", UnitedStates, "981", &["206"]),
    city("Portland", "Northwest Region", UnitedStates, "972", &["503", "971"]),
    city("Toronto", "Canada Region", Canada, "M5V", &["416", "647", "437"]),
    city("Vancouver", "Canada Region", Canada, "V6B", &["604", "778"]),
    city("Montreal", "Canada Region", Canada, "H3B", &["514", "438"]),
    city("Calgary", "Canada Region", Canada, "T2P", &["403", "587"]),
    city("London", "UK and Ireland", UnitedKingdom, "EC1A", &["2079460"]),
    city("Manchester", "UK and Ireland", UnitedKingdom, "M1", &["1614960"]),
    city("Birmingham", "UK and Ireland", UnitedKingdom, "B1", &["1214960"]),
    city("Leeds", "UK and Ireland", UnitedKingdom, "LS1", &["1134960"]),
    city("Bristol", "UK and Ireland", UnitedKingdom, "BS1", &["1174960"]),
    city("Sydney", "Asia Pacific", Australia, "20", &["25550", "27010"]),
    city("Melbourne", "Asia Pacific", Australia, "30", &["35550", "37010"]),
    city("Brisbane", "Asia Pacific", Australia, "40", &["75550", "77010"]),
    city("Perth", "Asia Pacific", Australia, "60", &["85550", "87010"]),
    city("Paris", "Western Europe", France, "750", &["19900"]),
    city("Lyon", "Western Europe", France, "690", &["46571"]),
    city("Bordeaux", "Western Europe", France, "330", &["53649"]),
    city("Nantes", "Western Europe", France, "440", &["26191"]),
];

/// How often a city is drawn: most of the business is in North America.
pub(crate) fn weight(city: &City) -> f64 {
    match city.country {
        UnitedStates => 12.0,
        Canada => 6.0,
        UnitedKingdom => 2.0,
        Australia | France => 3.0,
    }
}

/// Every sales region once, in the order of [`CITIES`].
pub(crate) fn regions() -> Vec<&'static str> {
    let mut regions: Vec<&str> = CITIES.iter().map(|c| c.region).collect();
    regions.dedup();
    regions
}
