//! How two values of one field compare: by levels, from "the same" to "different", after Fellegi and Sunter (1969).
//!
//! A comparison is built once over the distinct values of a field, takes them apart, and then answers for pairs of
//! positions without allocating. What a level weighs is not decided here: it is estimated from the data.

pub mod alone;
pub mod category;
pub mod code;
pub mod company;
pub mod date;
pub mod email;
mod fold;
mod gather;
pub mod kind;
pub mod person;
pub mod phone;
pub mod place;
pub mod postcode;
pub mod street;
#[cfg(test)]
mod testing;
pub mod text;
mod words;

use std::fmt::Debug;
use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

/// One outcome of a comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// What it means in a few words, as evidence says it: "same", "short form of first name".
    pub name: &'static str,
    /// How often two records of one person or company are expected at this level, before the data says otherwise. The
    /// shares of a comparison add up to 1.
    pub prior: f64,
    /// Whether the level speaks for two different people or companies, however the data looks.
    pub conflict: bool,
    /// Whether the level is no evidence unless something that belongs to the person alone agrees too: two first names that
    /// are the same tell colleagues from each other as little as not at all.
    pub doubtful: bool,
    /// Where the level is a slip in a part of the value: a level whose term is that part, so that two parts that many have
    /// each can be told from one that was misspelt.
    pub slip_in: Option<u8>,
}

impl Level {
    /// A level that neither contradicts nor is a slip.
    #[must_use]
    pub const fn new(name: &'static str, prior: f64) -> Self {
        Self { name, prior, conflict: false, doubtful: false, slip_in: None }
    }
}

/// Levels of two values of one field, over the distinct values that it was built with.
///
/// Positions are those of the values given to the constructor. Blank values never get here.
pub trait Comparison: Debug + Send + Sync {
    /// The levels, best first. The first means the same (after cleaning), the last nothing in common. At most 12.
    fn levels(&self) -> &'static [Level];

    /// The level of two values. Symmetric; 0 for a value and itself.
    fn level(&self, one: u32, other: u32) -> u8;

    /// Adds the levels of several pairs of values, each as [`Self::level`] says it: faster where what they read can be fetched
    /// side by side.
    fn levels_of(&self, pairs: &[(u32, u32)], levels: &mut Vec<u8>) {
        levels.extend(pairs.iter().map(|(one, other)| self.level(*one, *other)));
    }

    /// The term whose frequency tells how much an agreement at `level` says: the same for both values of a pair at that
    /// level wherever that is possible. 0 where frequency tells nothing.
    fn term(&self, value: u32, level: u8) -> u64;

    /// Adds the keys under which values that are close meet, most specific first: the cleaned value itself, then coarser
    /// ones such as phonetic codes. Two values at a level before the last should share a key with few exceptions, and
    /// keys should be rare among other values.
    fn keys(&self, value: u32, keys: &mut Vec<u64>);
}

/// The hash by which terms and keys are told apart: `kind` keeps keys of different meaning apart. Never 0.
#[must_use]
pub fn key(kind: u8, text: &str) -> u64 {
    FxBuildHasher.hash_one((kind, text)) | 1
}
