//! Taking a street line or a whole address apart.

use rphonetic::DoubleMetaphone;

use super::super::fold::{fold_with, signs, sound, whole};
use super::super::key;
use super::words;

/// Words of an address that count.
const MOST_WORDS: usize = 40;

/// An address, taken apart.
#[derive(Debug, Default)]
pub(super) struct Address {
    /// House number: of a range both ends, of one number 0 behind it. 0 for none.
    pub(super) house: [u64; 2],
    /// The digits of the first house number, for slips.
    pub(super) number: Box<str>,
    /// Name of the street without kind and direction, a space between words.
    pub(super) name: Box<str>,
    /// The same with directions spelled out and in one piece.
    pub(super) line: Box<str>,
    /// Hash of the name in one piece.
    pub(super) joined: u64,
    /// The letters of the whole stretch, kind of street included, and which they are.
    pub(super) letters: Box<str>,
    pub(super) signs: u64,
    /// Hash of the digits in the name: 5th and 6th.
    pub(super) ordinal: u64,
    /// Kind of street; 0 for none.
    pub(super) kind: u8,
    /// Hash of the directions; 0 for none.
    pub(super) direction: u64,
    /// Hash of flat, office, floor; 0 for none.
    pub(super) unit: u64,
    /// Hash of the box at the post office; 0 for none.
    pub(super) post_box: u64,
    /// Hashes of the words of what else there is, such as the city, in order; and of its numbers, such as the postcode.
    pub(super) rest: Box<[u64]>,
    pub(super) codes: Box<[u64]>,
    /// Hash of the whole, words in their one form.
    pub(super) same: u64,
    /// Hash of number and name; of the name; how its first word sounds, with the number and without.
    pub(super) core: u64,
    pub(super) street: u64,
    pub(super) sound: u64,
    /// Hash of the last letters of the name; 0 for a short one.
    pub(super) end: u64,
}

/// What is found on the way.
#[derive(Default)]
struct Parts<'a> {
    name: Vec<&'a str>,
    kind: u8,
    directions: Vec<&'static str>,
    house: Vec<&'a str>,
    unit: Vec<&'a str>,
    post_box: Option<&'a str>,
    rest: Vec<&'a str>,
    /// The slash between two numbers: flat and house.
    slashed: bool,
}

impl Address {
    pub(super) fn read(value: &str, metaphone: &DoubleMetaphone) -> Self {
        let mut folded = String::with_capacity(value.len().min(400));
        fold_with(value, &mut folded, |c| match c {
            ',' | ';' | '\n' | '\r' | '|' => Some(','),
            '#' | '/' | '-' => Some(c),
            _ => None,
        });
        let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).take(MOST_WORDS).collect();
        // 12, rue de la Paix.
        if words.len() > 2 && is_number(words[0]) && words[1] == "," {
            words.remove(1);
        }
        if !words.iter().any(|word| word.bytes().any(|b| b.is_ascii_alphanumeric())) {
            return Self { same: whole(value), ..Self::default() };
        }
        let segments: Vec<&[&str]> = words.split(|word| *word == ",").filter(|part| !part.is_empty()).collect();
        let chosen = segments.iter().position(|part| is_street(part)).unwrap_or(0);
        let mut parts = Parts::default();
        parts.street(segments[chosen]);
        for (_, segment) in segments.iter().enumerate().filter(|(at, _)| *at != chosen) {
            parts.other(segment);
        }
        parts.finish(metaphone)
    }
}

fn is_number(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    (1..=6).contains(&digits) && word.len() <= digits + 1
}

/// Whether a stretch between commas has the number of a house and a word.
fn is_street(segment: &[&str]) -> bool {
    let mut before = "";
    let mut number = false;
    let mut word = false;
    let mut boxed = false;
    for part in segment {
        boxed |= words::is_box(part);
        let of_unit = words::is_unit(before) || words::is_box(before);
        number |= is_number(part) && !of_unit;
        word |= part.len() > 1 && part.bytes().all(|b| b.is_ascii_alphabetic()) && !words::is_unit(part);
        before = part;
    }
    number && word && !(boxed && segment.len() <= 3)
}

impl<'a> Parts<'a> {
    /// Takes a flat or a box off the front of `words`; says how many words that are.
    fn aside(&mut self, words: &[&'a str]) -> usize {
        let number = |word: &&str| word.bytes().any(|b| b.is_ascii_digit()) || word.len() == 1;
        match words {
            ["po" | "p", "box" | "o", rest @ ..] => {
                let skipped = usize::from(rest.first() == Some(&"box"));
                match rest.get(skipped) {
                    Some(found) if number(found) => {
                        self.post_box = Some(found);
                        3 + skipped
                    }
                    _ => 0,
                }
            }
            [first, found, ..] if words::is_box(first) && number(found) => {
                self.post_box = Some(found);
                2
            }
            // `Apt # 5`.
            [first, "#", found, ..] if words::is_unit(first) && number(found) => {
                self.unit.push(found);
                3
            }
            [first, found, ..] if words::is_unit(first) && (number(found) && *found != "#") => {
                self.unit.push(found);
                2
            }
            [found, "floor" | "fl" | "flr" | "etage", ..] if number(found) => {
                self.unit.push(found);
                2
            }
            _ => 0,
        }
    }

    /// A stretch that is not the street.
    fn other(&mut self, words: &[&'a str]) {
        let mut at = 0;
        while at < words.len() {
            let taken = self.aside(&words[at..]);
            if taken == 0 && !matches!(words[at], "#" | "/" | "-") {
                self.rest.push(words[at]);
            }
            at += taken.max(1);
        }
    }

    /// The stretch with the street.
    fn street(&mut self, words: &[&'a str]) {
        let mut at = 0;
        // Whether a kind of street ended the name, and whether the number came behind it.
        let (mut ended, mut led) = (false, false);
        while at < words.len() {
            let word = words[at];
            let taken = self.aside(&words[at..]);
            if taken > 0 {
                at += taken;
                continue;
            }
            at += 1;
            if matches!(word, "#" | "-" | "/") {
                self.slashed |= word == "/" && self.house.len() == 1 && self.name.is_empty();
                continue;
            }
            let apart = matches!(words.get(at.wrapping_sub(2)), Some(&"-" | &"/"));
            if is_number(word) && (self.house.is_empty() || (apart && self.house.len() == 1)) && self.rest.is_empty() {
                // A number behind a name that goes on is part of it, unless the name has ended.
                self.house.push(word);
                ended |= !self.name.is_empty();
                continue;
            }
            if let Some(direction) = words::direction(word)
                && self.rest.is_empty()
                && (words.get(at).is_some() || !self.name.is_empty())
            {
                self.directions.push(direction);
                continue;
            }
            if ended {
                match words::kind(word) {
                    // Garden Grove Boulevard: the last of several in a row is the kind.
                    Some(kind)
                        if self.rest.is_empty() && self.kind != 0 && !led && words::kind(words[at - 2]).is_some() =>
                    {
                        self.name.push(words[at - 2]);
                        self.kind = kind;
                    }
                    _ => self.rest.push(word),
                }
                continue;
            }
            match words::kind(word) {
                Some(kind)
                    if self.name.is_empty() && words::leads(word) && self.kind == 0 && words.get(at).is_some() =>
                {
                    (self.kind, led) = (kind, true);
                }
                Some(kind) if !self.name.is_empty() && !led => (self.kind, ended) = (kind, true),
                None if word == "la" && at == words.len() && !self.name.is_empty() => {
                    (self.kind, ended) = (words::kind("lane").unwrap_or_default(), true);
                }
                _ => match words::split(word) {
                    Some((stem, _)) if !led => {
                        self.name.push(stem);
                        (self.kind, ended) = (words::kind("street").unwrap_or_default(), true);
                    }
                    _ => self.name.push(words::ordinal(word).unwrap_or_else(|| words::long_form(word))),
                },
            }
        }
    }

    fn finish(mut self, metaphone: &DoubleMetaphone) -> Address {
        if self.slashed && self.house.len() == 2 {
            let flat = self.house.remove(0);
            self.unit.push(flat);
        }
        self.directions.sort_unstable();
        self.directions.dedup();
        let bare = |number: &str| {
            let number = number.trim_start_matches('0');
            if number.is_empty() { 0 } else { key(2, number) }
        };
        let house = [0, 1].map(|at| self.house.get(at).map_or(0, |number| bare(number)));
        let name = self.name.join(" ");
        let directions = self.directions.concat();
        let line = format!("{directions}{}", self.name.concat());
        let digits: String = name.chars().filter(char::is_ascii_digit).collect();
        let hash = |kind: u8, words: &[&str]| if words.is_empty() { 0 } else { key(kind, &words.join(" ")) };
        let sorted = |numbers: bool| {
            let telling =
                |word: &&&str| numbers == word.bytes().any(|b| b.is_ascii_digit()) && (!numbers || word.len() > 2);
            let mut words: Vec<u64> = self.rest.iter().filter(telling).map(|word| key(3, word)).collect();
            words.sort_unstable();
            words.dedup();
            words
        };
        let (rest, codes) = (sorted(false), sorted(true));
        let kind = words::name(self.kind);
        let letters: String =
            line.bytes().filter(u8::is_ascii_alphabetic).map(char::from).chain(kind.chars()).collect();
        let post_box = self.post_box.map_or(0, |found| key(4, found));
        let unit = hash(5, &self.unit);
        let number = self.house.first().copied().unwrap_or_default();
        let text = format!(
            "{}|{name}|{}|{directions}|{}|{}|{}",
            self.house.join("-"),
            self.kind,
            self.unit.join(" "),
            self.post_box.unwrap_or_default(),
            self.rest.join(" ")
        );
        let spoken = name.split(' ').next().unwrap_or_default();
        let spoken = sound(6, spoken, metaphone);
        let street = if name.is_empty() { 0 } else { key(7, &name) };
        let core = if street == 0 { post_box } else { key(8, &format!("{} {name}", number.trim_start_matches('0'))) };
        let end = line.len().checked_sub(5).map_or(0, |from| key(13, &line[from..]));
        Address {
            house,
            number: number.into(),
            line: line.into(),
            ordinal: key(9, &digits),
            kind: self.kind,
            direction: if directions.is_empty() { 0 } else { key(10, &directions) },
            unit,
            post_box,
            joined: key(11, &self.name.concat()),
            signs: signs(&letters),
            letters: letters.into(),
            rest: rest.into(),
            codes: codes.into(),
            same: key(1, &text),
            core,
            street,
            sound: spoken,
            end,
            name: name.into(),
        }
    }
}
