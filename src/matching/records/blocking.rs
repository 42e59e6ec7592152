//! Candidate pairs: records that share a key of some field. Where too many do, keys of a second field part them.

use std::hash::BuildHasher;

use rayon::prelude::*;
use rustc_hash::FxBuildHasher;

use super::{Field, NONE, Nature, Records};

/// Records of one key that are compared all with all.
const BLOCK: usize = 10;
/// The same where keys of two fields agree.
const REFINED: usize = 24;
/// Keys of a value that are used by themselves, and keys of a name by which a large block is parted; of other fields the
/// first parts it.
const KEYS: usize = 5;
const PARTING: usize = 3;

/// The candidate pairs.
#[derive(Debug, Default)]
pub struct Blocks {
    /// Pairs of records, the lesser first, sorted and distinct.
    pub pairs: Vec<(u32, u32)>,
    /// What was too large.
    pub capped: Vec<Capped>,
}

/// Blocks of one field that stayed too large after a second key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capped {
    /// Position of the field.
    pub field: usize,
    /// How many such blocks.
    pub blocks: u64,
    /// Records in them, each counted as often as it is in one.
    pub rows: u64,
}

impl Blocks {
    /// The candidates among `records`.
    #[must_use]
    pub fn of(records: &Records) -> Self {
        let keys: Vec<Keys> = records.fields.par_iter().map(Keys::of).collect();
        let mut pairs: Vec<u64> = Vec::new();
        let mut capped = Vec::new();
        // Where about somebody is parts blocks and makes none, unless there is nothing else.
        let is_area = |field: &Field| field.nature == Nature::Area;
        let only_areas = records.fields.iter().all(is_area);
        for field in (0..keys.len()).filter(|at| only_areas || !is_area(&records.fields[*at])) {
            let (found, over) = pass(records, &keys, field);
            pairs.extend(found);
            capped.extend((over.blocks > 0).then_some(over));
        }
        pairs.par_sort_unstable();
        pairs.dedup();
        let differ = |numbers: &[u32], one: &u32, other: &u32| {
            numbers.is_empty() || numbers[*one as usize] != numbers[*other as usize]
        };
        let is_other = |(one, other): &(u32, u32)| differ(&records.record, one, other);
        let pairs =
            pairs.into_iter().map(|pair| ((pair >> 32) as u32, pair as u32)).filter(is_other).collect::<Vec<_>>();
        Self { pairs, capped }
    }
}

/// The keys of the values of one field.
struct Keys {
    /// Keys of all values, one after the other; value `v` has those from `starts[v]` to `starts[v + 1]`.
    keys: Vec<u64>,
    starts: Vec<u32>,
}

impl Keys {
    fn of(field: &Field) -> Self {
        let values = field.codes.iter().filter(|code| **code != NONE).max().map_or(0, |most| *most + 1);
        let (mut keys, mut starts, mut own) = (Vec::new(), vec![0], Vec::new());
        for value in 0..values {
            own.clear();
            field.comparison.keys(value, &mut own);
            for at in 0..own.len() {
                if !own[..at].contains(&own[at]) {
                    keys.push(own[at]);
                }
            }
            starts.push(keys.len() as u32);
        }
        Self { keys, starts }
    }

    fn of_value(&self, value: u32) -> &[u64] {
        if value == NONE {
            return &[];
        }
        let value = value as usize;
        &self.keys[self.starts[value] as usize..self.starts[value + 1] as usize]
    }
}

/// A key and a record that has it.
type Entry = (u64, u32);

/// Pairs of the blocks of one field, and what was too large.
fn pass(records: &Records, keys: &[Keys], field: usize) -> (Vec<u64>, Capped) {
    let codes = &records.fields[field].codes;
    let mut entries: Vec<Entry> = (0..)
        .zip(codes)
        .flat_map(|(row, code)| keys[field].of_value(*code).iter().take(KEYS).map(move |key| (*key, row)))
        .collect();
    entries.par_sort_unstable();
    let (mut pairs, mut parting): (Vec<u64>, Vec<Entry>) = (Vec::new(), Vec::new());
    // Names part everything else, and everything else names. Without names, all part all.
    let is_name = |at: usize| matches!(records.fields[at].nature, Nature::Person | Nature::Organisation);
    let named = (0..records.fields.len()).any(is_name);
    let parts = |other: usize| other != field && (!named || is_name(field) || is_name(other));
    for block in entries.chunk_by(|a, b| a.0 == b.0) {
        match block.len() {
            0..=BLOCK => all(records, block, &mut pairs),
            _ => {
                for (key, row) in block {
                    for (other, of) in records.fields.iter().enumerate().filter(|(other, _)| parts(*other)) {
                        let most = if of.nature == Nature::Person { PARTING } else { 1 };
                        let second = keys[other].of_value(of.codes[*row as usize]).iter().take(most);
                        parting.extend(second.map(|second| (mixed(*key, *second, other), *row)));
                    }
                }
            }
        }
    }
    drop(entries);
    parting.par_sort_unstable();
    let mut capped = Capped { field, blocks: 0, rows: 0 };
    for block in parting.chunk_by(|a, b| a.0 == b.0) {
        if block.len() <= REFINED {
            all(records, block, &mut pairs);
        } else {
            capped.blocks += 1;
            capped.rows += block.len() as u64;
        }
    }
    pairs.par_sort_unstable();
    pairs.dedup();
    (pairs, capped)
}

fn mixed(one: u64, other: u64, field: usize) -> u64 {
    FxBuildHasher.hash_one((one, other, field))
}

fn all(records: &Records, block: &[Entry], pairs: &mut Vec<u64>) {
    for (at, (_, one)) in block.iter().enumerate() {
        for (_, other) in &block[at + 1..] {
            if one != other && records.can_meet(*one, *other) {
                pairs.push(packed(*one, *other));
            }
        }
    }
}

fn packed(one: u32, other: u32) -> u64 {
    u64::from(one.min(other)) << 32 | u64::from(one.max(other))
}
