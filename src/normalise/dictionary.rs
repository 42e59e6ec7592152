//! Distinct values: what a column holds and how often, as codes per row. Rules about values look at these, not at rows.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

use super::text::Text;

/// The distinct values of one column, in order of first appearance, and the code of each row.
#[derive(Debug)]
pub struct Dictionary {
    /// Distinct values, exactly as written.
    pub values: Vec<String>,
    /// Rows that hold each value.
    pub counts: Vec<u32>,
    /// Code of each row; [`Dictionary::NULL`] for null.
    pub codes: Vec<u32>,
}

impl Dictionary {
    /// The code of null cells.
    pub const NULL: u32 = u32::MAX;

    /// Most distinct values that a column may have to get a dictionary. What has more is looked at cell by cell.
    pub const LIMIT: usize = 20_000;

    /// The dictionary of `text`, or `None` when it has more than [`Dictionary::LIMIT`] distinct values. Whether a column
    /// has one does not depend on the order of its rows.
    #[must_use]
    pub fn build(text: &Text<'_>) -> Option<Self> {
        let mut table: HashTable<(u128, u32)> = HashTable::new();
        let mut values: Vec<&str> = Vec::new();
        let mut counts: Vec<u32> = Vec::new();
        let mut codes = Vec::with_capacity(text.len());
        let mut last: Option<(u128, &str, u32)> = None;
        for cell in text.views() {
            let Some((view, cell)) = cell else {
                codes.push(Self::NULL);
                continue;
            };
            // A short cell is its own key; of a long one length and hash are, so that few others are looked at.
            let is_short = cell.len() <= SHORT;
            let key = if is_short { view } else { long(cell) };
            // Exports are often sorted or come in runs.
            if let Some((before, value, code)) = last
                && before == key
                && (is_short || value == cell)
            {
                counts[code as usize] += 1;
                codes.push(code);
                continue;
            }
            let hash = hash(key);
            let same = |(other, code): &(u128, u32)| *other == key && (is_short || values[*code as usize] == cell);
            let code = match table.find(hash, same) {
                Some((_, code)) => *code,
                None if values.len() == Self::LIMIT => return None,
                None => {
                    let code = values.len() as u32;
                    values.push(cell);
                    counts.push(0);
                    table.insert_unique(hash, (key, code), |(key, _)| self::hash(*key));
                    code
                }
            };
            counts[code as usize] += 1;
            codes.push(code);
            last = Some((key, cell, code));
        }
        Some(Self { values: values.into_iter().map(str::to_owned).collect(), counts, codes })
    }
}

/// Bytes up to which a view holds the whole cell.
const SHORT: usize = 12;

/// The halves multiplied and folded, after wyhash (Wang Yi, 2019): whichever byte differs, the low and the high bits do.
fn hash(key: u128) -> u64 {
    const MIXED: [u64; 2] = [0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB];
    let product = u128::from(key as u64 ^ MIXED[0]) * u128::from((key >> 64) as u64 ^ MIXED[1]);
    (product >> 64) as u64 ^ product as u64
}

/// The key of a long cell. Its lowest bits are its length, as in a view, so that it is none of a short one.
fn long(cell: &str) -> u128 {
    u128::from(FxBuildHasher.hash_one(cell)) << 64 | u128::from(cell.len() as u32)
}

#[cfg(test)]
mod tests {
    use polars::prelude::{Column, NamedFrom, Series};

    use super::super::text::chunks;
    use super::*;

    #[test]
    fn values_keep_their_spelling_and_count_their_rows() {
        let column = Column::from(Series::new("a".into(), [Some("x"), Some("x"), None, Some("X"), Some("x")]));
        let dictionary = Dictionary::build(&Text::new(&column).unwrap()).unwrap();
        assert_eq!(dictionary.values, ["x", "X"]);
        assert_eq!(dictionary.counts, [3, 1]);
        assert_eq!(dictionary.codes, [0, 0, Dictionary::NULL, 1, 0]);
    }

    #[test]
    fn short_and_long_values_are_told_apart_in_whole_columns_and_in_parts() {
        let cells = ["", "\u{0}", "twelve bytes", "twelve byte", "thirteen byte", "thirteen bytf", "é", "", "é"];
        let mut series = Series::new("a".into(), &cells[..4]);
        series.append(&Series::new("a".into(), &cells[4..])).unwrap();
        let column = Column::from(series);
        let whole = Text::new(&column).unwrap();
        let dictionary = Dictionary::build(&whole).unwrap();
        assert_eq!(dictionary.values, cells[..7]);
        assert_eq!(dictionary.codes, [0, 1, 2, 3, 4, 5, 6, 0, 6]);
        let kept = chunks(&column).unwrap();
        let part = Dictionary::build(&Text::kept(&kept, Some(&[1, 5, 7, 8]), cells.len())).unwrap();
        assert_eq!(part.values, ["\u{0}", "thirteen bytf", "", "é"]);
        assert_eq!(part.codes, [0, 1, 2, 3]);
    }

    #[test]
    fn cells_that_differ_at_their_end_alone_are_spread() {
        let key = |n: u32| {
            let mut view = [0_u8; 16];
            view[0] = 12;
            view[4..].copy_from_slice(format!("SKU-ABCD{n:04}").as_bytes());
            u128::from_le_bytes(view)
        };
        // Of 10,000 among 32,768 places, and of tags.
        let places: std::collections::BTreeSet<u64> = (0..10_000).map(|n| hash(key(n)) & 0x7FFF).collect();
        let tags: std::collections::BTreeSet<u64> = (0..10_000).map(|n| hash(key(n)) >> 57).collect();
        assert!(places.len() > 8_000 && tags.len() > 120, "{} places, {} tags", places.len(), tags.len());
    }

    #[test]
    fn too_many_distinct_values_make_no_dictionary() {
        let cells: Vec<String> = (0..=Dictionary::LIMIT).map(|n| n.to_string()).collect();
        let column = Column::from(Series::new("a".into(), cells));
        assert!(Dictionary::build(&Text::new(&column).unwrap()).is_none());
    }
}
