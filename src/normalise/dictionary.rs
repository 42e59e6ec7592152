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
        let mut table: HashTable<u32> = HashTable::new();
        let mut values: Vec<&str> = Vec::new();
        let mut hashes: Vec<u64> = Vec::new();
        let mut counts: Vec<u32> = Vec::new();
        let mut codes = Vec::with_capacity(text.len());
        let mut last: Option<(&str, u32)> = None;
        for cell in text.iter() {
            let Some(cell) = cell else {
                codes.push(Self::NULL);
                continue;
            };
            // Exports are often sorted or come in runs.
            if let Some((value, code)) = last
                && value == cell
            {
                counts[code as usize] += 1;
                codes.push(code);
                continue;
            }
            let hash = FxBuildHasher.hash_one(cell);
            let code = match table.find(hash, |code| values[*code as usize] == cell) {
                Some(code) => *code,
                None if values.len() == Self::LIMIT => return None,
                None => {
                    let code = values.len() as u32;
                    values.push(cell);
                    hashes.push(hash);
                    counts.push(0);
                    table.insert_unique(hash, code, |code| hashes[*code as usize]);
                    code
                }
            };
            counts[code as usize] += 1;
            codes.push(code);
            last = Some((cell, code));
        }
        Some(Self { values: values.into_iter().map(str::to_owned).collect(), counts, codes })
    }
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
    fn too_many_distinct_values_make_no_dictionary() {
        let cells: Vec<String> = (0..=Dictionary::LIMIT).map(|n| n.to_string()).collect();
        let column = Column::from(Series::new("a".into(), cells));
        assert!(Dictionary::build(&Text::new(&column).unwrap()).is_none());
    }
}
