//! Joins over canonical text: which rows of other tables hold what chats hold.

use std::borrow::Cow;
use std::hash::BuildHasher;
use std::ops::Range;

use hashbrown::HashTable;
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;

use super::At;
use crate::normalise::keys::Canonical;
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

/// Rows on the left by what they hold in common.
#[derive(Default)]
pub(super) struct Index<'a> {
    /// Codes of the values, by hash.
    codes: HashTable<u32>,
    /// Value and hash of each code.
    values: Vec<(Cow<'a, str>, u64)>,
    /// Codes and the rows that hold them, as they were added.
    left: Vec<(u32, At)>,
}

/// What both sides hold, by value, in the order in which the values were first seen on the left.
pub(super) struct Groups {
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
        self.bounds
            .iter()
            .map(move |(left, right)| Group { left: &self.left[stretch(left)], right: &self.right[stretch(right)] })
    }
}

fn hash(value: &str) -> u64 {
    FxBuildHasher.hash_one(value)
}

impl<'a> Index<'a> {
    /// Says that row `at` holds `value`.
    pub(super) fn add(&mut self, value: Cow<'a, str>, at: At) {
        let hash = hash(&value);
        self.add_hashed(value, hash, at);
    }

    fn add_hashed(&mut self, value: Cow<'a, str>, hash: u64, at: At) {
        let values = &mut self.values;
        let known = self.codes.find(hash, |code| values[*code as usize].0 == value).copied();
        let code = known.unwrap_or_else(|| {
            let code = values.len() as u32;
            values.push((value, hash));
            self.codes.insert_unique(hash, code, |code| values[*code as usize].1);
            code
        });
        self.left.push((code, at));
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
            let mut found: Vec<(u32, u64, Cow<'a, str>)> = Vec::new();
            for (row, cell) in (first..).zip(cells).filter(|(row, _)| rows(*row)) {
                if let Some(value) = cell.and_then(canonical).filter(|value| values(value)) {
                    found.push((row, hash(&value), value));
                }
            }
            found
        });
        self.left.reserve(parts.iter().map(Vec::len).sum());
        for (row, hash, value) in parts.into_iter().flatten() {
            self.add_hashed(value, hash, At { source, row });
        }
    }

    /// Looks the cells of `places` up. Values without a row on the right are left out.
    pub(super) fn meet(&self, places: &[Place<'_>], canonical: Canonical) -> Groups {
        let mut found: Vec<(u32, At)> = Vec::new();
        for (table, column, several) in places.iter().filter(|_| !self.values.is_empty()) {
            let source = table.index as u32;
            let parts = table.text(*column).par_parts(|first, cells| {
                let mut found = Vec::new();
                for (row, cell) in (first..).zip(cells) {
                    let Some(cell) = cell else { continue };
                    let mut look = |part: &str| {
                        let Some(value) = canonical(part) else { return };
                        if let Some(code) = self.codes.find(hash(&value), |code| self.values[*code as usize].0 == value)
                        {
                            found.push((*code, At { source, row }));
                        }
                    };
                    if *several { several_of(cell).for_each(&mut look) } else { look(cell) }
                }
                found
            });
            found.extend(parts.into_iter().flatten());
        }
        found.par_sort_unstable();
        found.dedup();
        let (starts, left) = self.by_code();
        let mut next = 0;
        let mut bounds = Vec::new();
        for group in found.chunk_by(|a, b| a.0 == b.0) {
            let (code, len) = (group[0].0 as usize, group.len() as u32);
            bounds.push((starts[code]..starts[code + 1], next..next + len));
            next += len;
        }
        Groups { left, right: found.into_iter().map(|(_, at)| at).collect(), bounds }
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
