//! Candidate pairs: records that share a key of some field. Where too many do, keys of a second field part them.

use rayon::prelude::*;

use super::alike::Alike;
use super::sieve::Sieve;
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
/// Entries of one block from which on several threads sort them.
const MANY: usize = 1 << 17;

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
        // Most blocks are parted by names alone.
        let parting = [true, false].map(|names| Parting::of(records, &keys, |field| is_name(field) == names));
        let blocking: Vec<usize> = (0..keys.len()).filter(|at| only_areas || !is_area(&records.fields[*at])).collect();
        let holders = |at: usize| Holders::of(&records.fields[at].codes, &alike.is_copy, keys[at].starts.len() - 1);
        let holders: Vec<Holders> = blocking.par_iter().map(|field| holders(*field)).collect();
        for (field, holders) in blocking.into_iter().zip(holders) {
            let (found, over) = pass(records, &holders, &keys[field], &parting, field);
            pairs.par_iter_mut().enumerate().for_each(|(part, pairs)| {
                let mut own = gathered(&found, part);
                own.sort_unstable();
                own.dedup();
                pairs.extend(own);
            });
            capped.extend((over.blocks > 0).then_some(over));
        }
        drop((keys, parting));
        for (one, other) in alike.pairs {
            pairs[(u64::from(one) / stretch(records)) as usize].push(u64::from(one) << 32 | u64::from(other));
        }
        let differ = |numbers: &[u32], one: &u32, other: &u32| {
            numbers.is_empty() || numbers[*one as usize] != numbers[*other as usize]
        };
        let is_other = |(one, other): &(u32, u32)| differ(&records.record, one, other);
        let parts: Vec<Vec<(u32, u32)>> = pairs
            .into_par_iter()
            .map(|pairs| {
                merged(pairs).into_iter().map(|pair| ((pair >> 32) as u32, pair as u32)).filter(is_other).collect()
            })
            .collect();
        Self { pairs: parts.concat(), capped, copies: alike.copies }
    }
}

/// The records of one part of the pairs: parts of neighbours stand in the order of the pairs.
fn stretch(records: &Records) -> u64 {
    (records.rows / PARTS + 1) as u64
}

/// Pairs that come in sorted runs, one of each field, in one and each once.
#[expect(clippy::stable_sort_primitive, reason = "it merges runs, which the other does not")]
fn merged(mut pairs: Vec<u64>) -> Vec<u64> {
    pairs.sort();
    pairs.dedup();
    pairs
}

fn is_name(field: &Field) -> bool {
    matches!(field.nature, Nature::Person | Nature::Organisation)
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
    /// By the fields that are `taken`.
    fn of(records: &Records, keys: &[Keys], taken: impl Fn(&Field) -> bool + Sync) -> Self {
        let places = |(at, field): (usize, &Field)| {
            std::iter::repeat_n(at as u32, if field.nature == Nature::Person { PARTING } else { 1 })
        };
        let all = records.fields.iter().enumerate();
        let fields: Vec<u32> = all.filter(|(_, field)| taken(field)).flat_map(places).collect();
        let width = fields.len().max(1);
        let mut all = vec![0_u64; records.rows * width];
        all.par_chunks_mut(STRETCH * width).enumerate().for_each(|(stretch, all)| {
            let mut start = 0;
            for (field, keys) in records.fields.iter().zip(keys).filter(|(field, _)| taken(field)) {
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

/// The records of each value of a field, copies aside.
struct Holders {
    /// Those of all values, one value after the other; those of `v` from `starts[v]` to `starts[v + 1]`.
    rows: Vec<u32>,
    starts: Vec<u32>,
}

impl Holders {
    fn of(codes: &[u32], is_copy: &[bool], values: usize) -> Self {
        let held = || {
            let rows = (0_u32..).zip(codes).filter(|(_, code)| **code != NONE);
            rows.filter(|(row, _)| is_copy.get(*row as usize) != Some(&true))
        };
        let mut starts = vec![0_u32; values + 1];
        held().for_each(|(_, code)| starts[*code as usize + 1] += 1);
        for value in 0..values {
            starts[value + 1] += starts[value];
        }
        let mut rows = vec![0; starts[values] as usize];
        let mut next = starts.clone();
        for (row, code) in held() {
            let at = &mut next[*code as usize];
            rows[*at as usize] = row;
            *at += 1;
        }
        Self { rows, starts }
    }

    fn of_value(&self, value: u32) -> &[u32] {
        let value = value as usize;
        &self.rows[self.starts[value] as usize..self.starts[value + 1] as usize]
    }
}

/// A key, and a value or a record that has it.
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

/// Room to work in, used again for each block.
#[derive(Default)]
struct Room {
    seconds: Vec<Entry>,
    sieve: Sieve,
}

/// The fields that part large blocks of one field.
struct Parted<'a> {
    records: &'a Records,
    parting: &'a [Parting],
    /// By field.
    by: Vec<bool>,
}

/// Pairs of the blocks of one field, and what was too large.
fn pass(
    records: &Records,
    holders: &Holders,
    keys: &Keys,
    parting: &[Parting],
    field: usize,
) -> (Vec<Filed<u64>>, Capped) {
    let values = (keys.starts.len() - 1) as u32;
    let entries: Vec<Filed<Entry>> = (0..values.div_ceil(STRETCH as u32))
        .into_par_iter()
        .map(|stretch| {
            let mut filed = filed();
            for value in stretch * STRETCH as u32..((stretch + 1) * STRETCH as u32).min(values) {
                for key in keys.of_value(value) {
                    filed[part_of(*key)].push((*key, value));
                }
            }
            filed
        })
        .collect();
    // Names part everything else, and everything else names. Without names, all part all.
    let is_name = |at: usize| is_name(&records.fields[at]);
    let named = (0..records.fields.len()).any(is_name);
    let by = (0..records.fields.len()).map(|other| other != field && (!named || is_name(field) || is_name(other)));
    let parted = Parted { records, parting, by: by.collect() };
    let stretch = stretch(records);
    let of_part = |part: usize| {
        let (mut pairs, mut over) = (filed(), (0, 0));
        let (mut block, mut room, mut own) = (Vec::new(), Room::default(), Vec::new());
        let mut entries = gathered(&entries, part);
        room.sieve.keep_repeated(&mut entries, |value| holders.of_value(*value).len() > 1);
        entries.sort_unstable_by_key(|(key, _)| *key);
        for of_key in entries.chunk_by(|a, b| a.0 == b.0) {
            block.clear();
            block.extend(of_key.iter().flat_map(|(_, value)| holders.of_value(*value)));
            if block.len() < 2 {
                continue;
            }
            own.clear();
            if block.len() <= BLOCK {
                all(records, block.iter().copied(), &mut own);
            } else {
                parted.part(&block, &mut room, &mut own, &mut over);
            }
            for pair in &own {
                pairs[((pair >> 32) / stretch) as usize].push(*pair);
            }
        }
        (pairs, over)
    };
    let found: Vec<(Filed<u64>, (u64, u64))> = (0..PARTS).into_par_iter().map(of_part).collect();
    let over = found.iter().fold((0, 0), |all, (_, over)| (all.0 + over.0, all.1 + over.1));
    let pairs = found.into_iter().map(|(pairs, _)| pairs).collect();
    (pairs, Capped { field, blocks: over.0, rows: over.1 })
}

impl Parted<'_> {
    /// The pairs of a large block that agree in a second key, each once; `over` counts the parts that are too large still,
    /// and their records.
    fn part(&self, block: &[u32], room: &mut Room, pairs: &mut Vec<u64>, over: &mut (u64, u64)) {
        let seconds = &mut room.seconds;
        seconds.clear();
        for parting in self.parting.iter().filter(|parting| parting.fields.iter().any(|field| self.by[*field as usize]))
        {
            for row in block {
                let of_record = parting.of_record(*row).filter(|(field, _)| self.by[*field]);
                seconds.extend(of_record.map(|(field, second)| (mixed(second, field), *row)));
            }
        }
        room.sieve.keep_repeated(seconds, |_| false);
        let key = |(key, _): &Entry| *key;
        if seconds.len() < MANY {
            seconds.sort_unstable_by_key(key);
        } else {
            seconds.par_sort_unstable_by_key(key);
        }
        for part in seconds.chunk_by(|a, b| a.0 == b.0).filter(|part| part.len() > 1) {
            if part.len() <= REFINED {
                all(self.records, part.iter().map(|(_, row)| *row), pairs);
            } else {
                *over = (over.0 + 1, over.1 + part.len() as u64);
            }
        }
        // Who agrees in one thing more agrees in several mostly.
        pairs.sort_unstable();
        pairs.dedup();
    }
}

/// A key of one field, apart from those of another.
fn mixed(key: u64, field: usize) -> u64 {
    key ^ (field as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// All pairs of some records, the lesser first.
fn all(records: &Records, block: impl Iterator<Item = u32> + Clone, pairs: &mut Vec<u64>) {
    let mut rest = block;
    while let Some(one) = rest.next() {
        for other in rest.clone() {
            if one != other && records.can_meet(one, other) {
                pairs.push(u64::from(one.min(other)) << 32 | u64::from(one.max(other)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::super::tests::records;
    use super::*;

    /// The pairs and what is too large, by the definition: for each field what shares a key, and of what does too often
    /// what shares another one.
    fn slow(records: &Records) -> (Vec<(u32, u32)>, Vec<Capped>) {
        let keys: Vec<Keys> = records.fields.iter().map(Keys::of).collect();
        let of = |field: usize, row: u32| keys[field].of_value(records.fields[field].codes[row as usize]);
        let is_name = |at: usize| records.fields[at].nature == Nature::Person;
        let (mut pairs, mut capped) = (BTreeSet::new(), Vec::new());
        let mut all = |rows: &[u32]| {
            for (at, one) in rows.iter().enumerate() {
                pairs.extend(rows[at + 1..].iter().map(|other| (*one, *other)));
            }
        };
        for field in (0..keys.len()).filter(|at| records.fields[*at].nature != Nature::Area) {
            let mut over = Capped { field, blocks: 0, rows: 0 };
            let mut blocks: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
            for row in 0..records.rows as u32 {
                for key in of(field, row) {
                    blocks.entry(*key).or_default().push(row);
                }
            }
            for rows in blocks.into_values() {
                if rows.len() <= BLOCK {
                    all(&rows);
                    continue;
                }
                let mut parts: BTreeMap<(usize, u64), Vec<u32>> = BTreeMap::new();
                let by = |other: &usize| *other != field && (is_name(field) || is_name(*other));
                for other in (0..keys.len()).filter(by) {
                    let most = if is_name(other) { PARTING } else { 1 };
                    for row in &rows {
                        let seconds = of(other, *row).iter().take(most);
                        seconds.for_each(|second| parts.entry((other, *second)).or_default().push(*row));
                    }
                }
                for rows in parts.into_values() {
                    if rows.len() <= REFINED {
                        all(&rows);
                    } else {
                        over = Capped { field, blocks: over.blocks + 1, rows: over.rows + rows.len() as u64 };
                    }
                }
            }
            capped.extend((over.blocks > 0).then_some(over));
        }
        (pairs.into_iter().collect(), capped)
    }

    proptest! {
        #[test]
        fn blocks_hold_what_shares_keys(
            cells in proptest::collection::vec(("[ab]{4,6}", "7[12]{3}", "firm[1-3]", "city[12]"), 0..120),
        ) {
            let cells: BTreeSet<_> = cells.into_iter().collect();
            let cells: Vec<[&str; 4]> = cells.iter().map(|(name, phone, firm, city)| [&**name, phone, firm, city]).collect();
            let records = records(&cells);
            let found = Blocks::of(&records);
            prop_assert_eq!((found.pairs, found.capped), slow(&records));
        }
    }
}
