//! Street addresses: a street line or a whole address in one cell. House number, name and kind of the street, flat and
//! box are told apart; what else there is, such as city and postcode, only has to fit.

mod read;
mod words;

use std::hash::BuildHasher;

use rayon::prelude::*;
use rphonetic::DoubleMetaphone;
use rustc_hash::FxBuildHasher;

use super::fold::{add, edits};
use super::{Comparison, Level, key};
use crate::matching::fuzz;
use read::Address;

/// Levels, best first.
const LEVELS: &[Level] = &[
    Level::new("same", 0.50),
    Level::new("same number and street", 0.14),
    Level::new("same number, street nearly the same", 0.10),
    Level::new("same street, number nearly the same or missing", 0.05),
    Level::new("same street, another number", 0.01),
    Level::new("different", 0.20),
];

const SAME: u8 = 0;
const CORE: u8 = 1;
const STREET_NEAR: u8 = 2;
const NUMBER_NEAR: u8 = 3;
const NEIGHBOURS: u8 = 4;
const DIFFERENT: u8 = 5;

/// How street addresses compare.
#[derive(Debug)]
pub struct StreetAddresses {
    addresses: Vec<Address>,
}

impl StreetAddresses {
    /// Over the distinct values of a field.
    #[must_use]
    pub fn new(values: &[&str]) -> Self {
        let addresses = values
            .par_iter()
            .map_init(|| DoubleMetaphone::new(Some(6)), |metaphone, value| Address::read(value, metaphone))
            .collect();
        Self { addresses }
    }
}

/// How two house numbers go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numbers {
    Same,
    Neither,
    OneMissing,
    Near,
    Other,
}

/// How the names of two streets go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Names {
    Same,
    Near,
    Other,
}

impl Address {
    fn numbers(&self, other: &Self) -> Numbers {
        let within = |number: u64| number != 0 && other.house.contains(&number);
        match (self.house[0], other.house[0]) {
            (0, 0) => Numbers::Neither,
            (0, _) | (_, 0) => Numbers::OneMissing,
            _ if within(self.house[0]) || within(self.house[1]) => Numbers::Same,
            // 12 and 12a, 112 and 121, 1602 and 160.
            _ if self.number.len().max(other.number.len()) >= 3
                && fuzz::edits(&self.number, &other.number, 1).is_some() =>
            {
                Numbers::Near
            }
            _ => Numbers::Other,
        }
    }

    fn names(&self, other: &Self) -> Names {
        if self.street == 0 || other.street == 0 {
            return Names::Other;
        }
        // Old Mill Road and Old Mill Street, North and South Broadway.
        let kinds = self.kind == other.kind || self.kind == 0 || other.kind == 0;
        let directions = self.direction == other.direction || self.direction == 0 || other.direction == 0;
        if self.street == other.street {
            return match (kinds, directions) {
                (true, true) => Names::Same,
                (false, false) => Names::Other,
                _ => Names::Near,
            };
        }
        if self.ordinal != other.ordinal {
            return Names::Other;
        }
        let (a, b) = (&*self.name, &*other.name);
        if self.line == other.line || self.joined == other.joined {
            return Names::Same;
        }
        let short = a.len().min(b.len());
        let most = match short {
            0..=3 => 0,
            4..=5 => 1,
            6..=9 => 2,
            _ => 3,
        };
        let signs = [self.signs, other.signs];
        if most > 0 && (edits(a, b, signs, most).is_some() || edits(&self.line, &other.line, signs, most).is_some()) {
            return Names::Near;
        }
        if short >= 5 && (is_part(a, b) || is_part(b, a)) {
            return Names::Near;
        }
        // Slips that took the spaces along: `oldmillrstreet`.
        let (a, b) = (&*self.letters, &*other.letters);
        let most = (a.len().min(b.len()) / 6).min(3);
        if most > 0 && edits(a, b, signs, most).is_some() { Names::Near } else { Names::Other }
    }

    /// Whether what stands beside the street can be one place: nothing on one side, or a word or number in common.
    fn fits(&self, other: &Self) -> bool {
        let shared = |a: &[u64], b: &[u64]| a.iter().any(|word| b.binary_search(word).is_ok());
        let apart = |a: &[u64], b: &[u64]| !a.is_empty() && !b.is_empty();
        shared(&self.rest, &other.rest)
            || shared(&self.codes, &other.codes)
            || !(apart(&self.rest, &other.rest) || apart(&self.codes, &other.codes))
    }
}

/// Whether `short` is whole words at the beginning or end of `long`.
fn is_part(short: &str, long: &str) -> bool {
    long.len() > short.len()
        && ((long.starts_with(short) && long.as_bytes()[short.len()] == b' ')
            || (long.ends_with(short) && long.as_bytes()[long.len() - short.len() - 1] == b' '))
}

impl Comparison for StreetAddresses {
    fn levels(&self) -> &'static [Level] {
        LEVELS
    }

    fn level(&self, one: u32, other: u32) -> u8 {
        let (a, b) = (&self.addresses[one as usize], &self.addresses[other as usize]);
        if a.same == b.same {
            return SAME;
        }
        let fits = a.fits(b);
        // Boxes are addresses of their own.
        if a.post_box != 0 && b.post_box != 0 {
            let streets = a.street == 0 || b.street == 0 || a.street == b.street;
            return match (a.post_box == b.post_box, fits && streets) {
                (true, true) => CORE,
                (true, false) => NUMBER_NEAR,
                (false, _) => DIFFERENT,
            };
        }
        let units = a.unit == 0 || b.unit == 0 || a.unit == b.unit;
        match (a.names(b), a.numbers(b)) {
            (Names::Other, _) => DIFFERENT,
            (_, Numbers::Same) if !units => NEIGHBOURS,
            (Names::Same, Numbers::Same | Numbers::Neither) if fits => CORE,
            (Names::Near, Numbers::Same | Numbers::Neither) if fits => STREET_NEAR,
            (_, Numbers::Same) => NUMBER_NEAR,
            (_, Numbers::Near) | (Names::Same, Numbers::OneMissing) if fits => NUMBER_NEAR,
            (Names::Same, Numbers::Other) if fits => NEIGHBOURS,
            _ => DIFFERENT,
        }
    }

    fn term(&self, value: u32, level: u8) -> u64 {
        let address = &self.addresses[value as usize];
        match level {
            SAME => address.same,
            CORE => address.core,
            NUMBER_NEAR | NEIGHBOURS => address.street,
            _ => 0,
        }
    }

    fn keys(&self, value: u32, keys: &mut Vec<u64>) {
        let address = &self.addresses[value as usize];
        let both = |kind: u8, one: u64, other: u64| {
            if one == 0 || other == 0 { 0 } else { FxBuildHasher.hash_one((kind, one, other)) | 1 }
        };
        add(keys, address.core);
        keys.push(address.same);
        let (house, last) = (address.house[0], address.house[1]);
        let letters = &*address.letters;
        if house != 0 {
            add(keys, both(1, house, address.sound));
            add(keys, if last == 0 { both(2, house, address.end) } else { both(1, last, address.sound) });
        } else if letters.len() >= 8 {
            // Half of a name without a number is as it was after a slip.
            add(keys, key(12, &letters[..5]));
            add(keys, address.end);
        }
        add(keys, address.street);
        add(keys, address.sound);
    }
}

#[cfg(test)]
mod tests;
