//! Candidate pairs: records that share a key of some field. Where too many do, keys of a second field part them.

use std::hash::BuildHasher;

use rayon::prelude::*;
use rustc_hash::FxBuildHasher;

use super::alike::Alike;
use super::{Field, NONE, Nature, Records};

/// Entries are sorted in so many parts, by their keys, and pairs in so many, by their lesser record: parts that fit into
/// the processor's caches, and as many threads as there are work side by side.
const PARTS: usize = 64;
/// Values or records that one task goes through.
const STRETCH: usize = 1 << 14;

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
    /// Records that say the same as another one of their table, and that one; they are paired with nothing else.
    pub copies: Vec<(u32, u32)>,
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
        let alike = Alike::of(records);
        let keys: Vec<Keys> = records.fields.par_iter().map(Keys::of).collect();
        let mut pairs: Vec<Vec<u64>> = (0..PARTS).map(|_| Vec::new()).collect();
        let mut capped = Vec::new();
        // Where about somebody is parts blocks and makes none, unless there is nothing else.
        let is_area = |field: &Field| field.nature == Nature::Area;
        let only_areas = records.fields.iter().all(is_area);
        let parting = Parting::of(records, &keys);
        for field in (0..keys.len()).filter(|at| only_areas || !is_area(&records.fields[*at])) {
            let (found, over) = pass(records, &alike.is_copy, &keys[field], &parting, field);
            pairs.par_iter_mut().enumerate().for_each(|(part, pairs)| {
                let mut own = gathered(&found, part);
                own.sort_unstable();
                own.dedup();
                pairs.extend(own);
            });
            capped.extend((over.blocks > 0).then_some(over));
        }
        drop((keys, parting));
        let differ = |numbers: &[u32], one: &u32, other: &u32| {
            numbers.is_empty() || numbers[*one as usize] != numbers[*other as usize]
        };
        let is_other = |(one, other): &(u32, u32)| differ(&records.record, one, other);
        let parts: Vec<Vec<(u32, u32)>> = pairs
            .into_par_iter()
            .map(|mut pairs| {
                pairs.sort_unstable();
                pairs.dedup();
                pairs.into_iter().map(|pair| ((pair >> 32) as u32, pair as u32)).filter(is_other).collect()
            })
            .collect();
        let mut pairs = parts.concat();
        if !alike.pairs.is_empty() {
            pairs.extend(alike.pairs);
            pairs.par_sort_unstable();
        }
        Self { pairs, capped, copies: alike.copies }
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
        let parts: Vec<(Vec<u64>, Vec<u8>)> = (0..values.div_ceil(STRETCH as u32))
            .into_par_iter()
            .map(|part| {
                let (mut keys, mut counts, mut own) = (Vec::new(), Vec::with_capacity(STRETCH), Vec::new());
                let start = part * STRETCH as u32;
                for value in start..(start + STRETCH as u32).min(values) {
                    own.clear();
                    field.comparison.keys(value, &mut own);
                    let before = keys.len();
                    for key in &own {
                        if keys.len() < before + KEYS && !keys[before..].contains(key) {
                            keys.push(*key);
                        }
                    }
                    counts.push((keys.len() - before) as u8);
                }
                (keys, counts)
            })
            .collect();
        let mut keys = Vec::with_capacity(parts.iter().map(|(keys, _)| keys.len()).sum());
        let mut starts = Vec::with_capacity(values as usize + 1);
        starts.push(0);
        let mut start = 0;
        for (part, counts) in parts {
            keys.extend(part);
            starts.extend(counts.iter().map(|count| {
                start += u32::from(*count);
                start
            }));
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

/// The keys by which large blocks are parted, record by record: a record reads one place in memory, not three for each field.
struct Parting {
    /// The field of each of a record's places.
    fields: Vec<u32>,
    /// Keys by record and place; 0 where there is none.
    keys: Vec<u64>,
}

impl Parting {
    fn of(records: &Records, keys: &[Keys]) -> Self {
        let places = |(at, field): (usize, &Field)| {
            std::iter::repeat_n(at as u32, if field.nature == Nature::Person { PARTING } else { 1 })
        };
        let fields: Vec<u32> = records.fields.iter().enumerate().flat_map(places).collect();
        let width = fields.len().max(1);
        let mut all = vec![0_u64; records.rows * width];
        all.par_chunks_mut(STRETCH * width).enumerate().for_each(|(stretch, all)| {
            let mut start = 0;
            for (field, keys) in records.fields.iter().zip(keys) {
                let many = if field.nature == Nature::Person { PARTING } else { 1 };
                for (code, places) in field.codes[stretch * STRETCH..].iter().zip(all.chunks_mut(width)) {
                    let own = keys.of_value(*code).iter();
                    places[start..start + many].iter_mut().zip(own).for_each(|(place, key)| *place = *key);
                }
                start += many;
            }
        });
        Self { fields, keys: all }
    }

    /// The keys of a record, each with its field.
    fn of_record(&self, row: u32) -> impl Iterator<Item = (usize, u64)> {
        let start = row as usize * self.fields.len();
        let keys = &self.keys[start..start + self.fields.len()];
        self.fields.iter().zip(keys).filter(|(_, key)| **key != 0).map(|(field, key)| (*field as usize, *key))
    }
}

/// A key and a record that has it.
type Entry = (u64, u32);

/// What is filed in parts.
type Filed<T> = Vec<Vec<T>>;

fn filed<T>() -> Filed<T> {
    (0..PARTS).map(|_| Vec::new()).collect()
}

/// The part of a key: from bits that its hash has mixed, whatever those of the key are.
fn part_of(key: u64) -> usize {
    (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58) as usize % PARTS
}

/// One part of what several tasks filed.
fn gathered<T: Copy>(filed: &[Filed<T>], part: usize) -> Vec<T> {
    let mut all = Vec::with_capacity(filed.iter().map(|parts| parts[part].len()).sum());
    for parts in filed {
        all.extend_from_slice(&parts[part]);
    }
    all
}

/// What the blocks of some keys come to.
struct Found {
    pairs: Filed<u64>,
    /// Records of blocks that are too large, by a second key.
    parting: Filed<Entry>,
    over: (u64, u64),
}

/// Pairs of the blocks of one field, and what was too large.
fn pass(
    records: &Records,
    is_copy: &[bool],
    keys: &Keys,
    parting: &Parting,
    field: usize,
) -> (Vec<Filed<u64>>, Capped) {
    let codes = &records.fields[field].codes;
    let entries: Vec<Filed<Entry>> = codes
        .par_chunks(STRETCH)
        .enumerate()
        .map(|(stretch, codes)| {
            let mut filed = filed();
            for (row, code) in ((stretch * STRETCH) as u32..).zip(codes) {
                if is_copy.get(row as usize) == Some(&true) {
                    continue;
                }
                for key in keys.of_value(*code) {
                    filed[part_of(*key)].push((*key, row));
                }
            }
            filed
        })
        .collect();
    // Names part everything else, and everything else names. Without names, all part all.
    let is_name = |at: usize| matches!(records.fields[at].nature, Nature::Person | Nature::Organisation);
    let named = (0..records.fields.len()).any(is_name);
    let parts: Vec<bool> =
        (0..records.fields.len()).map(|other| other != field && (!named || is_name(field) || is_name(other))).collect();
    let blocks = |entries: &[Filed<Entry>], part: usize, most: usize| {
        let mut entries = gathered(entries, part);
        entries.sort_unstable();
        let mut found = Found { pairs: filed(), parting: filed(), over: (0, 0) };
        for block in entries.chunk_by(|a, b| a.0 == b.0) {
            if block.len() <= most {
                all(records, block, &mut found.pairs);
                continue;
            }
            found.over = (found.over.0 + 1, found.over.1 + block.len() as u64);
            if most > BLOCK {
                continue;
            }
            for (key, row) in block {
                for (other, second) in parting.of_record(*row).filter(|(other, _)| parts[*other]) {
                    let key = mixed(*key, second, other);
                    found.parting[part_of(key)].push((key, *row));
                }
            }
        }
        found
    };
    let first: Vec<Found> = (0..PARTS).into_par_iter().map(|part| blocks(&entries, part, BLOCK)).collect();
    drop(entries);
    let (mut pairs, parted): (Vec<Filed<u64>>, Vec<Filed<Entry>>) =
        first.into_iter().map(|found| (found.pairs, found.parting)).unzip();
    let refined: Vec<Found> = (0..PARTS).into_par_iter().map(|part| blocks(&parted, part, REFINED)).collect();
    drop(parted);
    let mut capped = Capped { field, blocks: 0, rows: 0 };
    for found in refined {
        pairs.push(found.pairs);
        capped.blocks += found.over.0;
        capped.rows += found.over.1;
    }
    (pairs, capped)
}

fn mixed(one: u64, other: u64, field: usize) -> u64 {
    FxBuildHasher.hash_one((one, other, field))
}

fn all(records: &Records, block: &[Entry], pairs: &mut Filed<u64>) {
    // Stretches of records, so that parts stand in the order of the pairs.
    let stretch = (records.rows / PARTS + 1) as u32;
    for (at, (_, one)) in block.iter().enumerate() {
        for (_, other) in &block[at + 1..] {
            if one != other && records.can_meet(*one, *other) {
                let (one, other) = (*one.min(other), *one.max(other));
                pairs[(one / stretch) as usize].push(u64::from(one) << 32 | u64::from(other));
            }
        }
    }
}
