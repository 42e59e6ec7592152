//! Companies, households and singles: which person belongs where.
//!
//! People stand in slots, in blocks of 256 with one fixed pattern of companies, households and singles. So anybody's
//! company and co-workers are found from the slot's number alone. Rows are dealt to slots by a permutation, which is why
//! co-workers are far apart in the files.

use fastrand::Rng;

use super::draw::{Seed, Stream, Weighted, happens};
use super::places::{CITIES, City, Country};

/// Sizes of the companies in a block, by people.
const COMPANY_SIZES: [u64; 39] = [
    60, 30, 15, 10, 10, 6, 6, 6, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1,
];

/// Sizes of the households in a block; the slots that are left belong to singles.
const HOUSEHOLD_SIZES: [u64; 6] = [4, 3, 3, 2, 2, 2];

/// Slots in a block.
const BLOCK: u64 = 256;

/// Where a slot belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    /// A company, by number.
    Company(u64),
    /// A family under one roof, by number.
    Household(u64),
    /// Somebody who writes as a private person.
    Single,
}

/// A slot's place in its group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seat {
    /// The group.
    pub(crate) group: Group,
    /// Which member of the group it is; members before it have the slots right before it.
    pub(crate) member: u64,
    /// How many members the group has.
    pub(crate) size: u64,
}

/// The seat of `slot`.
pub(crate) fn seat(slot: u64) -> Seat {
    let (block, mut at) = (slot / BLOCK, slot % BLOCK);
    for (sizes, household) in [(&COMPANY_SIZES[..], false), (&HOUSEHOLD_SIZES[..], true)] {
        for (index, &size) in (0..).zip(sizes) {
            if at < size {
                let number = block * sizes.len() as u64 + index;
                let group = if household { Group::Household(number) } else { Group::Company(number) };
                return Seat { group, member: at, size };
            }
            at -= size;
        }
    }
    Seat { group: Group::Single, member: 0, size: 1 }
}

/// How a company names its mailboxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MailboxStyle {
    /// `mary.brown`
    Dotted,
    /// `mbrown`
    Initial,
    /// `mary_brown`
    Underscored,
    /// `marybrown`
    Joined,
}

/// A company.
#[derive(Debug)]
pub(crate) struct Company {
    /// Its name without legal form.
    pub(crate) stem: String,
    /// Its legal form, with a leading space, or nothing.
    pub(crate) legal_form: &'static str,
    /// Its mail domain.
    pub(crate) domain: String,
    /// Its industry.
    pub(crate) industry: &'static str,
    /// The plan it is offered.
    pub(crate) plan: &'static str,
    /// Its city.
    pub(crate) city: &'static City,
    /// Its postal code.
    pub(crate) postcode: String,
    /// The line that its switchboard answers.
    pub(crate) main_line: String,
    /// How its mailboxes are named.
    pub(crate) mailboxes: MailboxStyle,
}

/// Beginnings of company names.
const HEADS: [&str; 72] = [
    "North", "South", "Bright", "Clear", "Blue", "Green", "Silver", "Golden", "Red", "White", "Grand", "High", "Stone",
    "Iron", "Copper", "Cedar", "Maple", "Willow", "Aspen", "Elm", "Oak", "River", "Lake", "Harbor", "Ocean", "Summit",
    "Ridge", "Valley", "Canyon", "Prairie", "Meadow", "Forest", "Sun", "Moon", "Star", "Sky", "Cloud", "Rain", "Wind",
    "Storm", "Falcon", "Eagle", "Heron", "Otter", "Badger", "Lynx", "Bison", "Fox", "Wolf", "Bear", "Atlas", "Orion",
    "Vega", "Nova", "Zenith", "Apex", "Delta", "Sigma", "Omega", "Quantum", "Vertex", "Prism", "Beacon", "Anchor",
    "Amber", "Cobalt", "Coral", "Ember", "Granite", "Indigo", "Ivory", "Slate",
];

/// Middles of company names.
const MIDDLES: [&str; 72] = [
    "bank", "beam", "bell", "bend", "berg", "bird", "bloom", "bolt", "bridge", "brook", "cast", "chart", "cliff",
    "coast", "core", "craft", "crest", "cross", "dale", "dock", "edge", "fall", "field", "fire", "flow", "foot",
    "ford", "forge", "frame", "front", "gate", "glen", "grove", "guard", "haven", "hill", "hollow", "horn", "lane",
    "light", "line", "link", "mark", "mill", "mount", "park", "path", "peak", "pine", "point", "pool", "port", "reach",
    "rise", "road", "rock", "scape", "shore", "side", "span", "spring", "stream", "tail", "thorn", "tide", "tower",
    "trail", "view", "wave", "way", "well", "yard",
];

/// Endings of company names, each with its short form in domains and its industry. No industry is a spelling of another.
const SECTORS: [(&str, &str, &str); 32] = [
    ("Software", "sof", "Software"),
    ("Systems", "sys", "Software"),
    ("Analytics", "ana", "Software"),
    ("Cloudworks", "clo", "Software"),
    ("Capital", "cap", "Financial Services"),
    ("Finance", "fin", "Financial Services"),
    ("Advisors", "adv", "Financial Services"),
    ("Insurance", "ins", "Insurance"),
    ("Mutual", "mut", "Insurance"),
    ("Clinics", "cli", "Health Care"),
    ("Medical", "med", "Health Care"),
    ("Pharma", "pha", "Life Sciences"),
    ("Diagnostics", "dia", "Life Sciences"),
    ("Manufacturing", "man", "Manufacturing"),
    ("Tooling", "too", "Manufacturing"),
    ("Components", "com", "Manufacturing"),
    ("Retail", "ret", "Retail"),
    ("Outfitters", "out", "Retail"),
    ("Logistics", "log", "Logistics"),
    ("Freight", "fre", "Logistics"),
    ("Builders", "bui", "Construction"),
    ("Roofing", "roo", "Construction"),
    ("Academy", "aca", "Education"),
    ("Learning", "lea", "Education"),
    ("Energy", "ene", "Energy"),
    ("Solar", "sol", "Energy"),
    ("Media", "tv", "Media"),
    ("Hotels", "hot", "Hospitality"),
    ("Properties", "pro", "Real Estate"),
    ("Telecom", "tel", "Telecommunications"),
    ("Legal", "leg", "Legal Services"),
    ("Foundation", "fou", "Nonprofit"),
];

/// The plans on offer.
pub(crate) const PLANS: [&str; 4] = ["Starter", "Team", "Business", "Enterprise"];

/// Every industry once.
pub(crate) fn industries() -> Vec<&'static str> {
    let mut industries: Vec<&str> = SECTORS.iter().map(|&(_, _, industry)| industry).collect();
    industries.dedup();
    industries
}

/// Tables to draw companies from.
#[derive(Debug)]
pub(crate) struct Companies {
    seed: Seed,
    cities: Weighted,
}

impl Companies {
    pub(crate) fn new(seed: Seed) -> Self {
        Self { seed, cities: Weighted::new(CITIES.iter().map(super::places::weight)) }
    }

    /// A city.
    pub(crate) fn city(&self, rng: &mut Rng) -> &'static City {
        &CITIES[self.cities.draw(rng)]
    }

    /// The company of number `number`. Different numbers have different names and domains.
    pub(crate) fn company(&self, number: u64) -> Company {
        let mut rng = self.seed.draws(Stream::Company, number);
        let names = (HEADS.len() * MIDDLES.len() * SECTORS.len()) as u64;
        // A step that shares no factor with the number of names visits every name before it comes back to the first.
        let name = (number % names * 91_199 % names) as usize;
        let round = number / names;
        let (sector, name) = (name % SECTORS.len(), name / SECTORS.len());
        let (head, middle) = (HEADS[name % HEADS.len()], MIDDLES[name / HEADS.len()]);
        let (sector, short, industry) = SECTORS[sector];
        let again = if round == 0 { String::new() } else { format!(" {}", round + 1) };
        let city = self.city(&mut rng);
        let legal_forms: &[&str] = match city.country {
            Country::UnitedStates => &["", "", " Inc", " LLC", " Corp"],
            Country::Canada => &["", " Inc", " Ltd"],
            Country::UnitedKingdom => &["", " Ltd", " plc"],
            Country::Australia => &["", " Pty Ltd"],
            Country::France => &["", " SARL", " SA"],
        };
        let mailboxes = match rng.u32(0..10) {
            0..6 => MailboxStyle::Dotted,
            6..8 => MailboxStyle::Initial,
            8 => MailboxStyle::Underscored,
            _ => MailboxStyle::Joined,
        };
        Company {
            stem: format!("{head}{middle} {sector}{again}"),
            legal_form: super::draw::one_of(&mut rng, legal_forms),
            domain: format!("{head}{middle}-{short}{}.example", again.trim_start()).to_ascii_lowercase(),
            industry,
            plan: PLANS[(0..3).filter(|_| happens(&mut rng, 0.4)).count()],
            city,
            postcode: city.postcode(&mut rng),
            main_line: city.phone(&mut rng),
            mailboxes,
        }
    }
}
