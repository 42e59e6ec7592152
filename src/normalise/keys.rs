//! Keys: what rows are joined and grouped by, as u32 codes. Each key is computed once per table and shared by all rules.

use std::borrow::Cow;
use std::hash::BuildHasher;

use hashbrown::HashTable;
use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::text::Text;

/// Which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyName {
    /// Canonical email addresses, in the primary and in additional email columns.
    Email,
    /// The record's own id, Salesforce ids in their 18-character form.
    RecordId,
}

impl KeyName {
    /// Every key.
    pub const ALL: [Self; 2] = [Self::Email, Self::RecordId];

    /// The word used in scopes: `key(email)`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::RecordId => "record_id",
        }
    }
}

/// Parts that a key is built in.
const SHARDS: usize = 16;

struct Entry<'a> {
    hash: u64,
    row: u32,
    column: u32,
    value: Cow<'a, str>,
}

/// The entries of one key: which row and column holds which code. A row may hold several (additional emails).
///
/// Codes run from 0 without gaps and mean nothing outside of this table; equal codes are equal canonical values.
#[derive(Debug, Default)]
pub struct Key {
    /// Row of each entry, ascending within a column.
    pub row: Vec<u32>,
    /// Column of each entry.
    pub column: Vec<u32>,
    /// Code of each entry.
    pub code: Vec<u32>,
    /// Number of entries of each code.
    pub count: Vec<u32>,
    /// Canonical values of the codes that occur more than once.
    pub shared: FxHashMap<u32, String>,
}

impl Key {
    /// Codes of `columns`, each cell split at its separator if it has one, each part made canonical by `canonical`,
    /// which answers `None` for what is no key.
    pub fn build<'a>(columns: &[(u32, Text<'a>, Option<char>)], canonical: fn(&str) -> Option<Cow<'_, str>>) -> Self {
        let mut entries: Vec<Entry<'a>> = Vec::new();
        // Positions of the entries of each shard. A shard owns the hashes of its top bits, so that shards fill in
        // parallel and never meet.
        let mut shards: Vec<Vec<u32>> = vec![Vec::new(); SHARDS];
        for (column, text, separator) in columns {
            let parts = text.par_parts(|first, cells| {
                let mut part = Vec::new();
                let mut of_shard: Vec<Vec<u32>> = vec![Vec::new(); SHARDS];
                for (row, cell) in (first..).zip(cells) {
                    let Some(cell) = cell else { continue };
                    let mut add = |value: Cow<'a, str>| {
                        let hash = FxBuildHasher.hash_one(value.as_ref());
                        of_shard[(hash >> 60) as usize % SHARDS].push(part.len() as u32);
                        part.push(Entry { hash, row, column: *column, value });
                    };
                    match separator {
                        Some(separator) => cell.split(*separator).filter_map(canonical).for_each(&mut add),
                        None => canonical(cell).into_iter().for_each(&mut add),
                    }
                }
                (part, of_shard)
            });
            entries.reserve(parts.iter().map(|(part, _)| part.len()).sum());
            for (part, of_shard) in parts {
                let base = entries.len() as u32;
                for (shard, at) in shards.iter_mut().zip(of_shard) {
                    shard.extend(at.iter().map(|at| base + at));
                }
                entries.extend(part);
            }
        }
        Self::from_entries(&entries, &shards)
    }

    fn from_entries(entries: &[Entry<'_>], shards: &[Vec<u32>]) -> Self {
        let coded: Vec<Vec<(u32, u32)>> = shards
            .par_iter()
            .map(|shard| {
                let mut table: HashTable<(u32, u32)> = HashTable::with_capacity(shard.len());
                let mut next = 0_u32;
                shard
                    .iter()
                    .map(|at| {
                        let Entry { hash, value, .. } = &entries[*at as usize];
                        let same = |first: &Entry<'_>| first.hash == *hash && first.value == *value;
                        let entry = table.entry(
                            *hash,
                            |(first, _)| same(&entries[*first as usize]),
                            |(first, _)| entries[*first as usize].hash,
                        );
                        let code = entry.or_insert_with(|| {
                            next += 1;
                            (*at, next - 1)
                        });
                        (*at, code.get().1)
                    })
                    .collect()
            })
            .collect();
        let mut key = Self {
            row: entries.iter().map(|e| e.row).collect(),
            column: entries.iter().map(|e| e.column).collect(),
            code: vec![0; entries.len()],
            count: Vec::new(),
            shared: FxHashMap::default(),
        };
        for shard in coded {
            let base = key.count.len() as u32;
            for (at, code) in shard {
                let code = base + code;
                if code as usize == key.count.len() {
                    key.count.push(0);
                }
                key.code[at as usize] = code;
                key.count[code as usize] += 1;
            }
        }
        for (entry, code) in entries.iter().zip(&key.code) {
            if key.count[*code as usize] > 1 {
                key.shared.entry(*code).or_insert_with(|| entry.value.to_string());
            }
        }
        key
    }

    /// Positions of the entries whose code occurs more than once.
    pub fn repeated(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.code.len()).filter(|at| self.count[self.code[*at] as usize] > 1)
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::{Column, NamedFrom, Series};

    use super::*;

    #[test]
    fn equal_values_get_equal_codes_and_separators_split() {
        let first = Column::from(Series::new("a".into(), [Some("x"), Some("Y"), None, Some("y")]));
        let second = Column::from(Series::new("b".into(), [Some("z;x"), None, Some(""), Some("q")]));
        let lower = |s: &str| -> Option<Cow<'_, str>> { (!s.is_empty()).then(|| Cow::Owned(s.to_lowercase())) };
        let key =
            Key::build(&[(0, Text::new(&first).unwrap(), None), (1, Text::new(&second).unwrap(), Some(';'))], lower);
        assert_eq!(key.row, [0, 1, 3, 0, 0, 3]);
        assert_eq!(key.column, [0, 0, 0, 1, 1, 1]);
        assert_eq!(key.code[0], key.code[4]);
        assert_eq!(key.code[1], key.code[2]);
        assert_eq!(key.count.len(), 4);
        assert_eq!(key.repeated().collect::<Vec<_>>(), [0, 1, 2, 4]);
    }
}
