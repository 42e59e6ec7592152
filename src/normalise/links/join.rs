//! Joins over canonical text: which rows of other tables hold what chats hold. Both sides are hashed into shards, and a
//! shard of the one meets that of the other, all side by side.

use std::borrow::Cow;
use std::hash::BuildHasher;
use std::ops::Range;

use hashbrown::HashTable;
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;

use super::At;
use crate::normalise::keys::Canonical;
use crate::normalise::scatter::{SHARDS, Scattered};
use crate::normalise::table::Table;
use crate::normalise::text::Text;

/// Separators of several ids or addresses in one cell.
const SEVERAL: [char; 3] = [';', ',', '|'];

/// The parts of a cell.
fn several_of(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(SEVERAL)
}

/// A column, and whether its cells may hold several values.
pub(super) type Place<'t> = (&'t Table, usize, bool);

/// What one stretch of rows on the left holds.
struct Part<'a> {
    held: Vec<(Cow<'a, str>, At)>,
    /// Positions in `held`.
    of_shard: Scattered<u32>,
}

/// The values of one shard.
#[derive(Default)]
struct Shard {
    /// Hashes and codes.
    codes: HashTable<(u64, u32)>,
    /// Of each code the part that holds its value, and the position there.
    values: Vec<(u32, u32)>,
    /// Codes and the rows that hold them, as they were added.
    left: Vec<(u32, At)>,
}

/// Rows on the left by what they hold in common.
pub(super) struct Index<'a> {
    parts: Vec<Part<'a>>,
    shards: Vec<Shard>,
}

/// What both sides hold, by value, shard by shard.
pub(super) struct Groups(Vec<Met>);

/// What both sides hold of one shard.
struct Met {
    left: Vec<At>,
    right: Vec<At>,
    /// Of each value its stretch of `left` and of `right`.
    bounds: Vec<(Range<u32>, Range<u32>)>,
}

/// One value and the rows on both sides that hold it: those on the left as they were added, those on the right ascending.
#[derive(Clone, Copy)]
pub(super) struct Group<'g> {
    pub(super) left: &'g [At],
    pub(super) right: &'g [At],
}

impl Groups {
    pub(super) fn iter(&self) -> impl Iterator<Item = Group<'_>> {
        let stretch = |of: &Range<u32>| of.start as usize..of.end as usize;
        self.0.iter().flat_map(move |met| {
            let group = move |(left, right): &(Range<u32>, Range<u32>)| Group {
                left: &met.left[stretch(left)],
                right: &met.right[stretch(right)],
            };
            met.bounds.iter().map(group)
        })
    }
}

fn hash(value: &str) -> u64 {
    FxBuildHasher.hash_one(value)
}

impl Default for Index<'_> {
    fn default() -> Self {
        Self { parts: Vec::new(), shards: (0..SHARDS).map(|_| Shard::default()).collect() }
    }
}

impl<'a> Part<'a> {
    fn of(held: Vec<(Cow<'a, str>, At)>) -> Self {
        let hashes: Vec<(u64, u32)> = held.iter().zip(0..).map(|((value, _), at)| (hash(value), at)).collect();
        Self { of_shard: Scattered::of(&hashes), held }
    }
}

impl<'a> Index<'a> {
    /// Says which rows hold which values.
    pub(super) fn add(&mut self, held: Vec<(Cow<'a, str>, At)>) {
        self.take(vec![Part::of(held)]);
    }

    fn take(&mut self, parts: Vec<Part<'a>>) {
        let before = self.parts.len();
        self.parts.extend(parts);
        let parts = &self.parts;
        self.shards.par_iter_mut().enumerate().for_each(|(of, shard)| {
            let more: usize = parts[before..].iter().map(|part| part.of_shard.shard(of).len()).sum();
            shard.codes.reserve(more, |(hash, _)| *hash);
            shard.left.reserve(more);
            for (nth, part) in (0..).zip(parts).skip(before) {
                for (hash, at) in part.of_shard.shard(of) {
                    shard.add(parts, *hash, (nth, *at));
                }
            }
        });
    }

    /// The index of the cells of column `column`, each made canonical; `rows` and `values` say which count.
    pub(super) fn of(
        &mut self,
        table: &'a Table,
        column: usize,
        canonical: Canonical,
        rows: impl Fn(u32) -> bool + Sync,
        values: impl Fn(&str) -> bool + Sync,
    ) {
        let source = table.index as u32;
        let text: Text<'a> = table.text(column);
        let parts = text.par_parts(|first, cells| {
            let mut held: Vec<(Cow<'a, str>, At)> = Vec::new();
            for (row, cell) in (first..).zip(cells).filter(|(row, _)| rows(*row)) {
                if let Some(value) = cell.and_then(canonical).filter(|value| values(value)) {
                    held.push((value, At { source, row }));
                }
            }
            Part::of(held)
        });
        self.take(parts);
    }

    /// Looks the cells of `places` up. Values without a row on the right are left out.
    pub(super) fn meet(&self, places: &[Place<'_>], canonical: Canonical) -> Groups {
        if self.parts.iter().all(|part| part.held.is_empty()) {
            return Groups(Vec::new());
        }
        let look_up = |(table, column, several): &Place<'_>| -> Vec<Scattered<u32>> {
            table.text(*column).par_parts(|first, cells| {
                let mut found: Vec<(u64, u32)> = Vec::new();
                for (row, cell) in (first..).zip(cells) {
                    let Some(cell) = cell else { continue };
                    let look = |part: &str| canonical(part).map(|value| (hash(&value), row));
                    if *several { found.extend(several_of(cell).filter_map(look)) } else { found.extend(look(cell)) }
                }
                Scattered::of(&found)
            })
        };
        let looked_up: Vec<Vec<Scattered<u32>>> = places.iter().map(look_up).collect();
        let met =
            self.shards.par_iter().enumerate().filter(|(_, shard)| !shard.values.is_empty()).map(|(of, shard)| {
                let mut found: Vec<(u32, At)> = Vec::new();
                for ((table, column, several), parts) in places.iter().zip(&looked_up) {
                    let (source, text) = (table.index as u32, table.text(*column));
                    // What has the hash of a value is held against it.
                    let holds = |row: u32, value: &str| {
                        let is_it = |part: &str| canonical(part).is_some_and(|own| own == value);
                        text.get(row)
                            .is_some_and(|cell| if *several { several_of(cell).any(is_it) } else { is_it(cell) })
                    };
                    for (hash, row) in parts.iter().flat_map(|part| part.shard(of)) {
                        let is_it =
                            |(other, code): &(u64, u32)| other == hash && holds(*row, shard.value(&self.parts, *code));
                        if let Some((_, code)) = shard.codes.find(*hash, is_it) {
                            found.push((*code, At { source, row: *row }));
                        }
                    }
                }
                found.sort_unstable();
                found.dedup();
                shard.met(found)
            });
        Groups(met.collect())
    }
}

impl Shard {
    fn value<'p>(&self, parts: &'p [Part<'_>], code: u32) -> &'p str {
        let (part, at) = self.values[code as usize];
        &parts[part as usize].held[at as usize].0
    }

    /// Takes up what part `place.0` holds at `place.1`.
    fn add(&mut self, parts: &[Part<'_>], hash: u64, place: (u32, u32)) {
        let (value, at) = &parts[place.0 as usize].held[place.1 as usize];
        let is_it = |(other, code): &(u64, u32)| *other == hash && self.value(parts, *code) == value.as_ref();
        let known = self.codes.find(hash, is_it).map(|(_, code)| *code);
        let code = known.unwrap_or_else(|| {
            let code = self.values.len() as u32;
            self.values.push(place);
            self.codes.insert_unique(hash, (hash, code), |(hash, _)| *hash);
            code
        });
        self.left.push((code, *at));
    }

    /// The groups of `found`, which is sorted: codes, and rows on the right.
    fn met(&self, found: Vec<(u32, At)>) -> Met {
        let (starts, left) = self.by_code();
        let mut next = 0;
        let mut bounds = Vec::new();
        for group in found.chunk_by(|a, b| a.0 == b.0) {
            let (code, len) = (group[0].0 as usize, group.len() as u32);
            bounds.push((starts[code]..starts[code + 1], next..next + len));
            next += len;
        }
        Met { left, right: found.into_iter().map(|(_, at)| at).collect(), bounds }
    }

    /// The rows on the left, those of each code together, and where each code begins.
    fn by_code(&self) -> (Vec<u32>, Vec<At>) {
        let mut starts = vec![0_u32; self.values.len() + 1];
        for (code, _) in &self.left {
            starts[*code as usize + 1] += 1;
        }
        for code in 1..starts.len() {
            starts[code] += starts[code - 1];
        }
        let mut next = starts.clone();
        let mut rows = vec![At { source: 0, row: 0 }; self.left.len()];
        for (code, at) in &self.left {
            let place = &mut next[*code as usize];
            rows[*place as usize] = *at;
            *place += 1;
        }
        (starts, rows)
    }
}
