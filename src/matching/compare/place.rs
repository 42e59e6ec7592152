//! Names of places: cities, suburbs, states, countries.

use rayon::prelude::*;
use rphonetic::DoubleMetaphone;
use rustc_hash::FxHashSet;

use super::fold::{LONGEST, add, edits, fold, signs, sound, whole};
use super::{Comparison, Level, key};
use crate::matching::fuzz;
use crate::normalise::country;
use crate::normalise::text::trimmed;

/// Levels, best first.
const LEVELS: &[Level] = &[
    Level::new("same", 0.72),
    Level::new("short form or part", 0.05),
    Level::new("a slip apart", 0.06),
    Level::new("alike", 0.02),
    Level::new("different", 0.15),
];

const SAME: u8 = 0;
const SHORT: u8 = 1;
const SLIP: u8 = 2;
const ALIKE: u8 = 3;
const DIFFERENT: u8 = 4;

/// How names of places compare.
#[derive(Debug)]
pub struct Places {
    places: Vec<Place>,
}

#[derive(Debug)]
struct Place {
    /// Words in plain letters, with the usual short forms written out.
    text: Box<str>,
    /// Letters without spaces, and how many words.
    joined: Box<str>,
    words: u8,
    /// First letters of two words or more.
    initials: Box<str>,
    same: u64,
    /// What country or state it is, by name or code; 0 for none. `code` where it is meant by its code.
    known: [u64; 2],
    code: bool,
    sound: u64,
    /// Letters of `joined`.
    signs: u64,
}

impl Places {
    /// Over the distinct values of a field.
    #[must_use]
    pub fn new(values: &[&str]) -> Self {
        let mut places: Vec<Place> = values
            .par_iter()
            .map_init(|| DoubleMetaphone::new(Some(6)), |metaphone, value| Place::read(value, metaphone))
            .collect();
        // A code of a state is a city's initials as well: what the column spells out decides.
        let names: FxHashSet<u64> = places
            .iter()
            .filter(|place| !place.code)
            .flat_map(|place| place.known)
            .filter(|known| *known != 0)
            .collect();
        for place in &mut places {
            if place.code {
                let spelled = place.known.iter().copied().find(|known| names.contains(known));
                if let Some(known) = spelled {
                    place.same = known;
                }
            } else if place.known[0] != 0 {
                place.same = place.known[0];
            }
        }
        Self { places }
    }
}

impl Place {
    fn read(value: &str, metaphone: &DoubleMetaphone) -> Self {
        let folded = fold(value);
        let mut text = String::with_capacity(folded.len());
        for word in folded.split(' ').filter(|word| !word.is_empty()) {
            let word = match word {
                "st" | "ste" | "sankt" | "sainte" => "saint",
                "mt" => "mount",
                "ft" => "fort",
                "pt" => "port",
                "n" => "north",
                "s" => "south",
                "e" => "east",
                "w" => "west",
                "hts" => "heights",
                "spgs" => "springs",
                "jct" => "junction",
                "the" | "of" => continue,
                word => word,
            };
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
            if text.len() > LONGEST / 3 {
                break;
            }
        }
        if text.is_empty() {
            text = folded;
        }
        let joined: String = text.chars().filter(|c| *c != ' ').collect();
        let words = text.split(' ').count();
        let initials: String = if words > 1 {
            text.split(' ').take(5).filter_map(|word| word.chars().next()).collect()
        } else {
            String::new()
        };
        let cell = trimmed(value);
        let mut known = [0; 2];
        let mut code = joined.len() <= 3;
        if let Some(iso) = country::country(cell) {
            known[0] = key(2, iso);
        }
        let states = country::named(cell);
        if let [(state, is_code)] = states {
            let at = usize::from(known[0] != 0);
            known[at] = key(3, &format!("{}-{}", state.country, state.code));
            code |= *is_code;
        }
        let same = if joined.is_empty() { whole(value) } else { key(1, &joined) };
        let sound = match sound(4, &joined, metaphone) {
            0 => same,
            sound => sound,
        };
        Self {
            signs: signs(&joined),
            text: text.into(),
            joined: joined.into(),
            words: words as u8,
            initials: initials.into(),
            same,
            known,
            code,
            sound,
        }
    }

    fn is_known(&self) -> bool {
        self.known != [0; 2]
    }

    fn shares(&self, other: &Self) -> bool {
        self.known.iter().any(|known| *known != 0 && other.known.contains(known))
    }
}

/// Whether the words of `short` are among those of `long`, in order and at its beginning or end.
fn is_part(short: &str, long: &str) -> bool {
    if short.len() < 4 || long.len() <= short.len() {
        return false;
    }
    let bytes = long.as_bytes();
    (long.starts_with(short) && bytes[short.len()] == b' ')
        || (long.ends_with(short) && bytes[long.len() - short.len() - 1] == b' ')
}

impl Comparison for Places {
    fn levels(&self) -> &'static [Level] {
        LEVELS
    }

    fn level(&self, one: u32, other: u32) -> u8 {
        let (a, b) = (&self.places[one as usize], &self.places[other as usize]);
        if a.same == b.same {
            return SAME;
        }
        if a.shares(b) {
            return SHORT;
        }
        // Two countries, two states: Niger and Nigeria are no slip, nor are Kansas and Arkansas.
        if a.is_known() && b.is_known() && !a.code && !b.code {
            return DIFFERENT;
        }
        let (short, long) = if a.text.len() <= b.text.len() { (a, b) } else { (b, a) };
        if (short.joined.len() >= 2 && *short.joined == *long.initials)
            || (is_part(&short.text, &long.text) && !is_direction(&short.text, &long.text))
        {
            return SHORT;
        }
        let len = a.joined.len().min(b.joined.len());
        let signs = [a.signs, b.signs];
        let most = match len {
            // A code that is none for its letters being swapped: QDL.
            3 if a.is_known() != b.is_known() && a.signs == b.signs => return SLIP,
            0..=3 => return DIFFERENT,
            4..=7 => 1,
            8..=11 => 2,
            _ => 3,
        };
        if edits(&a.joined, &b.joined, signs, most).is_some() && !differs_in_direction(&a.text, &b.text) {
            return SLIP;
        }
        // Cut off: San Franc.
        if len >= 6 && long.joined.starts_with(&*short.joined) && a.words == b.words {
            return SHORT;
        }
        let alike = len >= 5
            && (a.signs ^ b.signs).count_ones() as usize <= len.div_ceil(2) + 1
            && fuzz::ratio(&a.joined, &b.joined, 0.72).is_some()
            && !(a.is_known() && b.is_known())
            && !differs_in_direction(&a.text, &b.text);
        if alike { ALIKE } else { DIFFERENT }
    }

    fn term(&self, value: u32, level: u8) -> u64 {
        if level == SAME { self.places[value as usize].same } else { 0 }
    }

    fn keys(&self, value: u32, keys: &mut Vec<u64>) {
        let place = &self.places[value as usize];
        keys.push(place.same);
        add(keys, place.sound);
    }
}

const DIRECTIONS: [&str; 10] =
    ["north", "south", "east", "west", "upper", "lower", "new", "northern", "southern", "central"];

/// Whether what `long` has more than `short` makes it another place: York and New York, Dakota and South Dakota.
fn is_direction(short: &str, long: &str) -> bool {
    let rest = long.strip_prefix(short).or_else(|| long.strip_suffix(short)).unwrap_or_default().trim();
    DIRECTIONS.contains(&rest)
}

/// Whether two names begin or end with two directions: North Bend, South Bend.
fn differs_in_direction(one: &str, other: &str) -> bool {
    let ends = |text: &str| {
        let of = |word: Option<&str>| DIRECTIONS.iter().position(|direction| Some(*direction) == word);
        let mut words = text.split(' ');
        (of(words.next()), of(words.next_back()))
    };
    let ((a, x), (b, y)) = (ends(one), ends(other));
    (a.is_some() && b.is_some() && a != b) || (x.is_some() && y.is_some() && x != y)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{is_sound, levels_hold};
    use super::*;

    #[test]
    fn levels_of_pairs() {
        levels_hold(
            Places::new,
            &[
                ("New York", "NEW-YORK", SAME),
                ("St. Louis", "Saint Louis", SAME),
                ("Düsseldorf", "dusseldorf", SAME),
                ("Studio City", "StudioCity", SAME),
                ("Los Angeles", "L.A.", SHORT),
                ("New York City", "New York", SHORT),
                ("Frankfurt am Main", "Frankfurt", SHORT),
                ("Philadelphia", "Philadephia", SLIP),
                ("Boston", "Bostom", SLIP),
                ("San Francisco", "San Fransisko", SLIP),
                ("Bolton", "tolon", ALIKE),
                ("York", "New York", DIFFERENT),
                ("North Bend", "South Bend", DIFFERENT),
                ("Lima", "Rome", DIFFERENT),
                ("–", "…", DIFFERENT),
            ],
        );
        // Each in a column of its own: what it spells out decides what a code means.
        for (one, other, level) in [
            ("United States", "USA", SAME),
            ("Deutschland", "Germany", SAME),
            ("Nevada", "NV", SAME),
            ("new south wales", "nsw", SAME),
            ("Niger", "Nigeria", DIFFERENT),
            ("Kansas", "Arkansas", DIFFERENT),
            ("South Dakota", "North Dakota", DIFFERENT),
            ("NV", "NC", DIFFERENT),
            ("NSW", "nws", SLIP),
            ("NSW", "vic", DIFFERENT),
        ] {
            levels_hold(Places::new, &[(one, other, level)]);
        }
    }

    proptest::proptest! {
        #[test]
        fn sound(values in super::super::testing::values("(N|South|St|New)? ?[A-B]?[a-c]{1,8}( [a-b]{1,4})?|NV|Nevada|CA|Canada|GA|Georgia")) {
            is_sound(Places::new, &values);
        }
    }
}
