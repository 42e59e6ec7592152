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
    /// The mailboxes that the addresses of [`KeyName::Email`] reach; entry by entry the same rows and columns.
    Mailbox,
    /// What an account is known by: its own domains as `d` and the domain, its name without legal form as `n` and the name.
    Account,
}

impl KeyName {
    /// Every key.
    pub const ALL: [Self; 4] = [Self::Email, Self::RecordId, Self::Mailbox, Self::Account];

    /// The word used in scopes: `key(email)`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::RecordId => "record_id",
            Self::Mailbox => "mailbox",
            Self::Account => "account",
        }
    }
}

/// The canonical form of a cell or a part of one; `None` for what is no key.
pub type Canonical = fn(&str) -> Option<Cow<'_, str>>;

/// Parts that a key is built in.
const SHARDS: usize = 16;

/// Entries of one stretch of one column.
#[derive(Default)]
struct Part<'a> {
    column: u32,
    rows: Vec<u32>,
    values: Vec<Cow<'a, str>>,
    /// Hash and position of the entries of each shard. A shard owns the hashes of its top bits, so that shards fill in
    /// parallel and never meet.
    of_shard: [Vec<(u64, u32)>; SHARDS],
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
    pub fn build(columns: &[(u32, Text<'_>, Option<char>)], canonical: Canonical) -> Self {
        let each: Vec<_> =
            columns.iter().map(|(c, text, separator)| (*c, text.clone(), *separator, canonical)).collect();
        Self::build_each(&each)
    }

    /// As [`Key::build`], each column with a canonical form of its own.
    pub fn build_each<'a>(columns: &[(u32, Text<'a>, Option<char>, Canonical)]) -> Self {
        let mut parts: Vec<Part<'a>> = Vec::new();
        for (column, text, separator, canonical) in columns {
            parts.extend(text.par_parts(|first, cells| {
                let mut part = Part { column: *column, ..Part::default() };
                for (row, cell) in (first..).zip(cells) {
                    let Some(cell) = cell else { continue };
                    let mut add = |value: Cow<'a, str>| {
                        let hash = FxBuildHasher.hash_one(value.as_ref());
                        part.of_shard[(hash >> 60) as usize % SHARDS].push((hash, part.values.len() as u32));
                        part.rows.push(row);
                        part.values.push(value);
                    };
                    match separator {
                        Some(separator) => cell.split(*separator).filter_map(canonical).for_each(&mut add),
                        None => canonical(cell).into_iter().for_each(&mut add),
                    }
                }
                part
            }));
        }
        Self::from_parts(&parts)
    }

    fn from_parts(parts: &[Part<'_>]) -> Self {
        let bases: Vec<u32> = parts
            .iter()
            .scan(0, |next, part| {
                let base = *next;
                *next += part.values.len() as u32;
                Some(base)
            })
            .collect();
        let value = |at: u32| -> &str {
            let part = bases.partition_point(|base| *base <= at) - 1;
            &parts[part].values[(at - bases[part]) as usize]
        };
        // Positions with their codes within the shard, and the number of codes.
        let coded: Vec<(Vec<(u32, u32)>, u32)> = (0..SHARDS)
            .into_par_iter()
            .map(|shard| {
                let size = parts.iter().map(|part| part.of_shard[shard].len()).sum();
                // The hash stands in the table, so that a look at a text is needed only where hashes are equal.
                let mut table: HashTable<(u64, u32, u32)> = HashTable::with_capacity(size);
                let mut codes = Vec::with_capacity(size);
                let mut next = 0_u32;
                for (base, part) in bases.iter().zip(parts) {
                    for (hash, at) in &part.of_shard[shard] {
                        let same = |(other, first, _): &(u64, u32, u32)| {
                            other == hash && value(*first) == part.values[*at as usize]
                        };
                        let entry = table.entry(*hash, same, |(hash, _, _)| *hash);
                        let code = entry
                            .or_insert_with(|| {
                                next += 1;
                                (*hash, base + at, next - 1)
                            })
                            .get()
                            .2;
                        codes.push((base + at, code));
                    }
                }
                (codes, next)
            })
            .collect();
        let entries = parts.iter().map(|part| part.values.len()).sum();
        let mut key = Self {
            row: Vec::with_capacity(entries),
            column: Vec::with_capacity(entries),
            code: vec![0; entries],
            count: vec![0; coded.iter().map(|(_, codes)| *codes as usize).sum()],
            shared: FxHashMap::default(),
        };
        for part in parts {
            key.row.extend_from_slice(&part.rows);
            key.column.resize(key.row.len(), part.column);
        }
        let mut base = 0;
        for (codes, number) in coded {
            for (at, code) in codes {
                key.code[at as usize] = base + code;
                key.count[(base + code) as usize] += 1;
            }
            base += number;
        }
        for (at, code) in (0..).zip(&key.code) {
            if key.count[*code as usize] > 1 {
                key.shared.entry(*code).or_insert_with(|| value(at).to_owned());
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
