//! Email addresses: by mailbox, by slips over the whole address, and by the parts of it that say who somebody is.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::fold::{LONGEST, add, edits, signs, whole};
use super::words::listed;
use super::{Comparison, Level, key};
use crate::matching::fuzz;
use crate::normalise::function_mailbox::is_function_name;
use crate::normalise::text::trimmed;
use crate::normalise::{email, mail_provider};

/// Levels, best first. A shared domain has none: everybody in a company has it.
const LEVELS: &[Level] = &[
    Level::new("same", 0.60),
    Level::new("same mailbox", 0.02),
    Level::new("a slip apart", 0.06),
    Level::new("same name at another domain", 0.07),
    Level::new("near name at the same domain", 0.02),
    Level::new("alike", 0.02),
    Level::new("name in another form", 0.04),
    Level::new("different", 0.17),
];

const SAME: u8 = 0;
const MAILBOX: u8 = 1;
const SLIP: u8 = 2;
const ELSEWHERE: u8 = 3;
const NEAR: u8 = 4;
const ALIKE: u8 = 5;
const FORM: u8 = 6;
const DIFFERENT: u8 = 7;

/// Letters of a local part that say who it is.
const TELLING: usize = 5;

/// How email addresses compare.
#[derive(Debug)]
pub struct EmailAddresses {
    addresses: Vec<Address>,
}

#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each says one thing of the address")]
struct Address {
    /// Lower case, without white space.
    text: Box<str>,
    /// Where the local part ends, and where its tag begins; the length of the text without a sound `@`.
    at: u16,
    tag: u16,
    /// Whether it reads as an address at all.
    sound: bool,
    /// Whether anybody can have an address at the domain.
    free: bool,
    /// Whether others have an address at the domain too, so that it is no slip of another.
    real: bool,
    /// Letters, digits and signs of the text, and of what stands before the tag.
    signs: u64,
    base_signs: u64,
    /// Whether the local part is an office's: `info`, `sales`.
    office: bool,
    same: u64,
    mailbox: u64,
    /// Hash of the local part without its tag, and at Google without dots. 0 where it says nothing.
    name: u64,
    /// Hash of the domain; 0 without one.
    domain: u64,
    /// Hash of a name of one piece without digits at its end, `jdoe`; 0 otherwise. `count` the digits behind it; 0 without.
    single: u64,
    count: u64,
    /// What a name of two pieces or more, `jane.doe`, is as one: `jdoe`, `janedoe`, `doej`, `doejane`, `djane`, `janed`.
    forms: [u64; 6],
    /// Hashes of first and last piece, and of their first letter where that is all they have.
    pieces: [u64; 2],
    lone: [bool; 2],
}

impl EmailAddresses {
    /// The first level that two people of one name may reach because their mailboxes are made of it.
    pub const FOLLOWS_FROM_NAME: u8 = 3;

    /// Over the distinct values of a field.
    #[must_use]
    pub fn new(values: &[&str]) -> Self {
        let mut addresses: Vec<Address> =
            values.par_iter().map_init(String::new, |room, value| Address::read(value, room)).collect();
        let mut held: FxHashMap<u64, u32> = FxHashMap::default();
        for address in &addresses {
            *held.entry(address.domain).or_default() += 1;
        }
        for address in &mut addresses {
            address.real = address.domain != 0 && held[&address.domain] > 1;
        }
        Self { addresses }
    }
}

/// The address of a cell: that between the brackets of `Jane Doe <jane@acme.example>`, without `mailto:`.
fn bare(cell: &str) -> &str {
    let inside = cell.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(inside, _)| inside);
    let cell = inside.filter(|inside| inside.contains('@')).unwrap_or(cell);
    let cell = trimmed(cell);
    cell.get(..7).filter(|start| start.eq_ignore_ascii_case("mailto:")).map_or(cell, |_| &cell[7..])
}

/// The address of a cell in lower case, without white space.
fn plain(cell: &str) -> String {
    let bare = bare(cell);
    let mut text = String::with_capacity(bare.len().min(LONGEST));
    let letters = bare.chars().filter(|c| !c.is_whitespace()).take(LONGEST);
    if bare.is_ascii() {
        letters.for_each(|c| text.push(c.to_ascii_lowercase()));
    } else {
        text.extend(letters.flat_map(char::to_lowercase).take(LONGEST));
    }
    text
}

impl Address {
    /// Takes an address apart; `room` is room to work in.
    fn read(value: &str, room: &mut String) -> Self {
        let text = plain(value);
        let mut parts = text.split('@');
        let halves = match (parts.next(), parts.next(), parts.next()) {
            (Some(local), Some(domain), None) if !local.is_empty() && !domain.is_empty() => Some((local, domain)),
            _ => None,
        };
        let same = if text.is_empty() { whole(value) } else { key(1, &text) };
        let signs = signs(&text);
        let Some((local, domain)) = halves else {
            let end = text.len() as u16;
            return Self {
                text: text.into(),
                at: end,
                tag: end,
                sound: false,
                free: false,
                real: false,
                signs,
                base_signs: signs,
                count: 0,
                office: false,
                same,
                mailbox: same,
                name: 0,
                domain: 0,
                single: 0,
                forms: [0; 6],
                pieces: [0; 2],
                lone: [false; 2],
            };
        };
        let mailbox = email::mailbox(&text).map_or(same, |mailbox| key(1, &mailbox));
        let tag = local.find('+').filter(|tag| *tag > 0).unwrap_or(local.len());
        let base = &local[..tag];
        room.clear();
        room.extend(base.chars().filter(|c| !is_sign(*c)));
        let joined = room.as_str();
        let office = is_office(joined);
        let letters = joined.chars().filter(|c| c.is_alphabetic()).count();
        let telling = !office && joined.chars().count() >= TELLING && (letters >= 3 || joined.len() >= 7);
        let mut address = Self {
            at: local.len() as u16,
            tag: tag as u16,
            sound: domain.contains('.'),
            free: mail_provider::is_free(domain),
            real: false,
            signs,
            base_signs: self::signs(base),
            count: 0,
            office,
            same,
            mailbox,
            name: if telling { key(2, base) } else { 0 },
            domain: key(3, domain),
            single: 0,
            forms: [0; 6],
            pieces: [0; 2],
            lone: [false; 2],
            text: "".into(),
        };
        if !office {
            address.take_apart(base, room);
        }
        address.text = text.into();
        address
    }

    /// The forms in which a name of two pieces stands for a person.
    fn take_apart(&mut self, base: &str, room: &mut String) {
        let digits = base.len() - base.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let count = if digits == 0 { 0 } else { key(9, &base[base.len() - digits..]) };
        let base = base.trim_end_matches(|c: char| c.is_ascii_digit() || is_sign(c));
        let mut pieces = base.split(is_sign).filter(|piece| piece.chars().any(char::is_alphabetic));
        let Some(first) = pieces.next() else { return };
        let Some(last) = pieces.next_back() else {
            if first.chars().count() >= TELLING {
                self.single = key(4, first);
                self.count = count;
            }
            return;
        };
        self.pieces = [key(5, first), key(5, last)];
        self.lone = [first, last].map(|piece| piece.chars().nth(1).is_none());
        let [a, b] = [first, last].map(|piece| &piece[..piece.chars().next().map_or(0, char::len_utf8)]);
        let forms = [(a, last), (first, last), (last, a), (last, first), (b, first), (first, b)];
        self.forms = forms.map(|(one, other)| {
            room.clear();
            room.push_str(one);
            room.push_str(other);
            if room.chars().count() >= TELLING { key(4, room) } else { 0 }
        });
    }

    fn local(&self) -> &str {
        &self.text[..usize::from(self.at)]
    }

    fn base(&self) -> &str {
        &self.text[..usize::from(self.tag)]
    }

    fn domain(&self) -> &str {
        self.text.get(usize::from(self.at) + 1..).unwrap_or_default()
    }

    fn is_form_of(&self, other: &Self) -> bool {
        if self.single != 0 {
            // hannah77 and hannah88 are two people; jdoemoss and jdoemoss7 are likely one.
            return (self.single == other.single && (self.count == 0 || other.count == 0 || self.count == other.count))
                || other.forms.contains(&self.single);
        }
        if self.pieces == [0; 2] || other.pieces == [0; 2] {
            return false;
        }
        // jane.doe, j.doe, doe.jane: the forms of initial and family agree, and one of them has no more than initials.
        let initials = self.lone.contains(&true) || other.lone.contains(&true);
        let swapped = [other.pieces[1], other.pieces[0]];
        self.pieces == other.pieces
            || self.pieces == swapped
            || (initials
                && self.forms[0] != 0
                && (self.forms[0] == other.forms[0] || self.forms[0] == other.forms[4])
                && self.lone != other.lone)
            || (initials && other.forms[0] != 0 && other.forms[0] == self.forms[4] && self.lone != other.lone)
    }
}

const fn is_sign(c: char) -> bool {
    matches!(c, '.' | '_' | '-' | '\'')
}

/// Mailboxes that are nobody's own, or called so by too many to tell anybody by.
fn is_office(local: &str) -> bool {
    is_function_name(local)
        || matches!(
            local,
            "booking"
                | "buero"
                | "email"
                | "general"
                | "mail"
                | "main"
                | "nobody"
                | "noemail"
                | "none"
                | "order"
                | "service"
                | "services"
                | "test"
                | "unknown"
        )
}

/// Whether a slip may be between two local parts: they have the same digits in the same order, as `smith1` and `smith2`
/// have not, and the first letter is not another, as in `jdoe` and `mdoe`.
fn may_slip(one: &str, other: &str) -> bool {
    let [digits, others] = [one, other].map(|text| text.bytes().filter(u8::is_ascii_digit));
    if !digits.eq(others) {
        return false;
    }
    let (mut a, mut b) = (one.chars(), other.chars());
    match (a.next(), b.next()) {
        // A letter too many in front, `xjdoe`, is a slip, and so are two swapped; another letter in front is somebody else.
        (Some(x), Some(y)) if x != y => {
            let swapped = a.clone().next() == Some(y) && b.clone().next() == Some(x);
            swapped || a.as_str() != b.as_str()
        }
        _ => true,
    }
}

/// Words of a domain that are no slips of one another: where something is, and where it is registered.
const PLACES: &str = "north south east west northern southern eastern western nord sud sued ost oest est ouest norte sur oeste \
    com net org edu gov info biz app dev";

/// Whether one of two domains may be a slip of the other: `north-acme` is none of `south-acme`, nor is `.nz` one of `.uk`.
fn may_be_one_domain(one: &str, other: &str) -> bool {
    let [a, b] = [one, other].map(|domain| domain.split(['.', '-']));
    let many = a.clone().count();
    let last = many.saturating_sub(1);
    many != b.clone().count()
        || a.zip(b).enumerate().all(|(at, (x, y))| {
            let are_places = listed(PLACES, x) && listed(PLACES, y);
            let are_countries = at == last && x.len() == 2 && y.len() == 2;
            x == y || !(are_places || are_countries)
        })
}

/// Slips that an address of that many bytes may have.
const fn slips(len: usize, sound: bool) -> usize {
    match len {
        0..=6 => 0,
        7..=11 => 1,
        // Where the @ itself was hit, more than that was.
        12..=15 => 2,
        16..=19 if sound => 2,
        _ => 3,
    }
}

impl Comparison for EmailAddresses {
    fn levels(&self) -> &'static [Level] {
        LEVELS
    }

    fn level(&self, one: u32, other: u32) -> u8 {
        let (a, b) = (&self.addresses[one as usize], &self.addresses[other as usize]);
        if a.same == b.same {
            return SAME;
        }
        if a.mailbox == b.mailbox {
            return MAILBOX;
        }
        let same_domain = a.domain != 0 && a.domain == b.domain;
        let most = slips(a.text.len().min(b.text.len()), a.sound && b.sound);
        if same_domain {
            if a.office || b.office {
                return DIFFERENT;
            }
            let (x, y) = (a.base(), b.base());
            let short = x.len().min(y.len());
            let near = if short >= 8 { 2 } else { 1 };
            if short >= TELLING
                && let Some(edits) = edits(x, y, [a.base_signs, b.base_signs], near)
                && may_slip(x, y)
            {
                return if edits < 2 { SLIP } else { NEAR };
            }
        } else {
            // Between two free providers there is no slip: gmail.com and ymail.com. Nor between two firms.
            let providers = a.free && b.free || a.real && b.real;
            // The signs first: they are at hand, the texts are not.
            let same_base = a.base_signs == b.base_signs && a.base() == b.base();
            if a.sound && b.sound && (same_base || a.name != 0 && a.name == b.name) {
                if a.office || b.office {
                    return DIFFERENT;
                }
                let most = if a.domain().len().min(b.domain().len()) >= 8 { 2 } else { 1 };
                let label = |address: &Address| address.domain().split('.').next().unwrap_or_default().len();
                // Short words are near other words, amber and ember; but what is nearly a provider's is meant for it.
                let may_slip = !providers && (a.free != b.free || label(a).min(label(b)) > 5);
                let near = may_slip
                    && fuzz::edits(a.domain(), b.domain(), most).is_some()
                    && (a.free != b.free || may_be_one_domain(a.domain(), b.domain()));
                let elsewhere = if a.name != 0 && a.name == b.name { ELSEWHERE } else { DIFFERENT };
                return if near { SLIP } else { elsewhere };
            }
            let sound = a.sound && b.sound;
            let short = a.text.len().min(b.text.len());
            let rough = if short >= 16 { (short / 4).min(6) } else { 0 };
            if !providers
                && a.office == b.office
                && most > 0
                && let Some(edits) = edits(&a.text, &b.text, [a.signs, b.signs], most.max(rough))
                // Two sound addresses: the domains are near, and so are the local parts.
                && (!sound || may_slip(a.base(), b.base()))
                && (!sound || a.free != b.free || may_be_one_domain(a.domain(), b.domain()))
                && !(a.office && sound)
            {
                return if edits <= most { SLIP } else { ALIKE };
            }
        }
        if a.is_form_of(b) || b.is_form_of(a) { FORM } else { DIFFERENT }
    }

    fn term(&self, value: u32, level: u8) -> u64 {
        let address = &self.addresses[value as usize];
        match level {
            SAME => address.same,
            MAILBOX => address.mailbox,
            ELSEWHERE => address.name,
            FORM if address.single != 0 => address.single,
            FORM => address.forms[0],
            _ => 0,
        }
    }

    fn keys(&self, value: u32, keys: &mut Vec<u64>) {
        let address = &self.addresses[value as usize];
        keys.push(address.mailbox);
        add(keys, address.name);
        add(keys, if address.single == 0 { address.forms[0] } else { address.single });
        if address.office {
            return;
        }
        // A slip leaves one part as it was: the first letters and digits, the last before the @, or the domain.
        let start: String = address.text.chars().filter(|c| c.is_alphanumeric()).take(6).collect();
        if start.len() >= 6 {
            add(keys, key(6, &start));
        }
        let local = address.local();
        if local.chars().count() >= TELLING && address.domain != 0 {
            let end: String = local.chars().rev().take(TELLING).collect();
            add(keys, key(7, &end));
            let start: String = local.chars().take(2).chain(['@']).chain(address.domain().chars()).collect();
            add(keys, key(8, &start));
        }
    }
}

#[cfg(test)]
mod tests;
