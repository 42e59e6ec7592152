//! Records that say the same in every field: one of each kind is enough to look for others by.

use std::hash::BuildHasher;

use rayon::prelude::*;
use rustc_hash::FxBuildHasher;

use super::{NONE, Records};

/// Records that say the same in every field.
#[derive(Debug, Default)]
pub(super) struct Alike {
    /// For each record whether another stands for it; empty where none does.
    pub(super) is_copy: Vec<bool>,
    /// Each copy and the record that stands for it, of one table.
    pub(super) copies: Vec<(u32, u32)>,
    /// Each copy with a record that says the same and is another one, the lesser first, in order.
    pub(super) pairs: Vec<(u32, u32)>,
}

impl Alike {
    pub(super) fn of(records: &Records) -> Self {
        let values = |row: u32| records.fields.iter().map(move |field| field.codes[row as usize]);
        let table = |row: u32| records.second.get(row as usize).copied().unwrap_or_default();
        let number = |row: u32| records.record.get(row as usize).copied().unwrap_or(row);
        let mut hashed: Vec<(u64, u32)> = (0..records.rows as u32)
            .into_par_iter()
            .filter(|row| values(*row).any(|code| code != NONE))
            .map(|row| {
                let hash = values(row).fold(u64::from(table(row)), |all, code| FxBuildHasher.hash_one((all, code)));
                (hash, row)
            })
            .collect();
        hashed.par_sort_unstable();
        let mut found = Self::default();
        for bucket in hashed.chunk_by(|a, b| a.0 == b.0).filter(|bucket| bucket.len() > 1) {
            let mut rows: Vec<u32> = bucket.iter().map(|(_, row)| *row).collect();
            rows.sort_by(|a, b| {
                let content = table(*a).cmp(&table(*b)).then_with(|| values(*a).cmp(values(*b)));
                content.then_with(|| records.place(*a).cmp(&records.place(*b)))
            });
            for same in rows.chunk_by(|a, b| table(*a) == table(*b) && values(*a).eq(values(*b))) {
                found.chain(same, records, number);
            }
        }
        found.pairs.par_sort_unstable();
        found
    }

    /// Takes up records that say the same, by their place.
    fn chain(&mut self, same: &[u32], records: &Records, number: impl Fn(u32) -> u32) {
        let [head, copies @ ..] = same else { return };
        if copies.is_empty() {
            return;
        }
        self.is_copy.resize(records.rows, false);
        // Rows of one record are no pair: the others of it go with another record.
        let another = copies.iter().find(|row| number(**row) != number(*head));
        for copy in copies {
            self.is_copy[*copy as usize] = true;
            self.copies.push((*copy, *head));
            let with = if number(*copy) == number(*head) { another } else { Some(head) };
            if let Some(with) = with.filter(|with| records.can_meet(**with, *copy)) {
                self.pairs.push((*copy.min(with), *copy.max(with)));
            }
        }
    }
}
