//! What is known of a given name: which names it is a form of, and whether it is one of its own.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::known::{KIN, NAMES};
use super::short_forms::SHORT;

/// What the tables know of a word.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    /// Names that it is a form of, from 1; 0 for none.
    pub(super) forms: [u16; 4],
    /// Of which of them it is a full form, a bit each.
    full: u8,
    /// Names of other languages that it stands for, from 1; 0 for none.
    kin: u16,
    /// Whether it is a given name of its own, so that a letter more or less makes another name.
    named: bool,
}

impl Known {
    /// Whether one is a short form of the other, or both of one name.
    pub(super) fn is_form_of(&self, other: &Self) -> bool {
        self.shared(other).any(|full| !full)
    }

    /// Whether both are one name in two languages or spellings.
    pub(super) fn is_kin_of(&self, other: &Self) -> bool {
        (self.kin != 0 && self.kin == other.kin) || self.shared(other).any(|full| full)
    }

    /// The names that both are forms of: whether both are full forms.
    fn shared(&self, other: &Self) -> impl Iterator<Item = bool> {
        self.forms.iter().enumerate().filter(|(_, form)| **form != 0).filter_map(|(at, form)| {
            let there = other.forms.iter().position(|their| their == form)?;
            Some(self.full & 1 << at != 0 && other.full & 1 << there != 0)
        })
    }

    /// Whether it is a given name of its own.
    pub(super) fn is_name(&self) -> bool {
        self.named
    }

    /// Whether both are names, so that likeness of letters says nothing.
    pub(super) fn are_names(&self, other: &Self) -> bool {
        self.named && other.named
    }
}

static TABLE: LazyLock<FxHashMap<&'static str, Known>> = LazyLock::new(|| {
    let mut table: FxHashMap<&str, Known> = FxHashMap::default();
    for (at, line) in SHORT.iter().enumerate() {
        let mut full = true;
        for word in line.split_whitespace() {
            if word == ":" {
                full = false;
                continue;
            }
            let known = table.entry(word).or_default();
            known.named = true;
            let form = at as u16 + 1;
            if !known.forms.contains(&form)
                && let Some(free) = known.forms.iter().position(|form| *form == 0)
            {
                known.forms[free] = form;
                known.full |= u8::from(full) << free;
            }
        }
    }
    for (at, line) in KIN.iter().enumerate() {
        for word in line.split_whitespace() {
            let known = table.entry(word).or_default();
            known.named = true;
            known.kin = at as u16 + 1;
        }
    }
    for word in NAMES.iter().flat_map(|line| line.split_whitespace()) {
        table.entry(word).or_default().named = true;
    }
    table
});

/// Whether one of two words in plain lower case is the initial of the other, or both are forms of one first name.
#[must_use]
pub fn is_short(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short.chars().nth(1).is_none() && long.starts_with(short) || known(one).is_form_of(&known(other))
}

/// What is known of a folded word.
pub(super) fn known(word: &str) -> Known {
    TABLE.get(word).copied().unwrap_or_default()
}
