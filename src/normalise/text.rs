//! A text column as slices of its chunks: cheap to scan in parallel, cheap to look a single cell up in.

use std::borrow::Cow;

use polars::prelude::{Column, PolarsDataType, PolarsResult, StringType};
use rayon::prelude::*;

pub(super) type TextArray = <StringType as PolarsDataType>::Array;

/// The pieces of a column, each with the row that it begins at.
#[derive(Debug, Clone)]
enum Chunks<'a> {
    /// A column in one piece.
    One(&'a TextArray),
    /// Pieces that were looked up for this view.
    Many(Vec<(u32, &'a TextArray)>),
    /// Pieces that somebody else keeps.
    Kept(&'a [(u32, TextArray)]),
}

/// A view of one text column, or of some rows of one. Rows are numbered over all chunks.
#[derive(Debug, Clone)]
pub struct Text<'a> {
    chunks: Chunks<'a>,
    /// The rows of the column that are seen; `None` for all.
    rows: Option<&'a [u32]>,
    len: u32,
}

/// The chunks of a column that hold something, each with the row that it begins at. They share the column's memory.
pub(super) fn chunks(column: &Column) -> PolarsResult<Vec<(u32, TextArray)>> {
    let text = column.as_materialized_series().str()?;
    let mut next = 0_u32;
    let mut chunks = Vec::new();
    for array in text.downcast_iter().filter(|array| array.len() > 0) {
        chunks.push((next, array.clone()));
        next += array.len() as u32;
    }
    Ok(chunks)
}

impl<'a> Text<'a> {
    /// Views `column`, which must be of type `String`.
    pub fn new(column: &'a Column) -> PolarsResult<Self> {
        let series = column.as_materialized_series().str()?;
        let mut arrays = series.downcast_iter().filter(|array| array.len() > 0);
        let len = series.len() as u32;
        let chunks = match (arrays.next(), arrays.next()) {
            (Some(only), None) => Chunks::One(only),
            (None, _) => Chunks::Kept(&[]),
            (Some(one), Some(other)) => {
                let all = [one, other].into_iter().chain(arrays).scan(0, |next, array| {
                    let first = *next;
                    *next += array.len() as u32;
                    Some((first, array))
                });
                Chunks::Many(all.collect())
            }
        };
        Ok(Self { chunks, rows: None, len })
    }

    /// Views the rows `rows`, or all `len` of them, of a column that is kept as [`chunks`].
    pub(super) fn kept(chunks: &'a [(u32, TextArray)], rows: Option<&'a [u32]>, len: usize) -> Self {
        let len = rows.map_or(len, <[u32]>::len) as u32;
        match chunks {
            [(_, only)] => Self { chunks: Chunks::One(only), rows, len },
            chunks => Self { chunks: Chunks::Kept(chunks), rows, len },
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The cell of row `row`; `None` for null and for rows that do not exist.
    #[must_use]
    pub fn get(&self, row: u32) -> Option<&'a str> {
        if row >= self.len {
            return None;
        }
        self.at(self.rows.map_or(row, |rows| rows[row as usize]))
    }

    /// The cell of row `row` of the column.
    fn at(&self, row: u32) -> Option<&'a str> {
        let (first, array) = self.chunk(row);
        array.get((row - first) as usize)
    }

    /// The chunk that row `row` of the column is in, with the row that it begins at.
    fn chunk(&self, row: u32) -> (u32, &'a TextArray) {
        match &self.chunks {
            Chunks::One(array) => (0, array),
            Chunks::Many(chunks) => chunks[chunks.partition_point(|(first, _)| *first <= row) - 1],
            Chunks::Kept(chunks) => {
                let (first, array) = &chunks[chunks.partition_point(|(first, _)| *first <= row) - 1];
                (*first, array)
            }
        }
    }

    /// The chunks, each with the row that it begins at.
    fn chunks(&self) -> impl Iterator<Item = (u32, &'a TextArray)> + '_ {
        let (one, many, kept) = match &self.chunks {
            Chunks::One(array) => (Some((0, *array)), &[][..], &[][..]),
            Chunks::Many(chunks) => (None, &chunks[..], &[][..]),
            Chunks::Kept(chunks) => (None, &[][..], *chunks),
        };
        one.into_iter().chain(many.iter().copied()).chain(kept.iter().map(|(first, array)| (*first, array)))
    }

    /// The cells of `rows` of the column. Most lie in the chunk of the one before.
    fn seen(&self, rows: &'a [u32]) -> impl Iterator<Item = Option<&'a str>> + '_ {
        let mut last: Option<(u32, &'a TextArray)> = None;
        rows.iter().map(move |row| {
            let held = last.filter(|(first, array)| (*first..first + array.len() as u32).contains(row));
            let (first, array) = held.unwrap_or_else(|| self.chunk(*row));
            last = Some((first, array));
            array.get((row - first) as usize)
        })
    }

    /// Every cell in row order.
    pub fn iter(&self) -> impl Iterator<Item = Option<&'a str>> + '_ {
        let whole = self.rows.is_none().then(|| self.chunks().flat_map(|(_, array)| array.iter()));
        whole.into_iter().flatten().chain(self.seen(self.rows.unwrap_or_default()))
    }

    /// Maps every stretch of at most `PART` rows in parallel; the results come in row order whatever the number of
    /// threads. `map` gets the first row of the stretch and its cells.
    pub fn par_parts<T: Send>(
        &self,
        map: impl Fn(u32, &mut dyn Iterator<Item = Option<&'a str>>) -> T + Sync,
    ) -> Vec<T> {
        const PART: usize = 64 * 1024;
        if let Some(rows) = self.rows {
            let parts = rows.par_chunks(PART).enumerate();
            return parts.map(|(at, rows)| map((at * PART) as u32, &mut self.seen(rows))).collect();
        }
        let parts: Vec<(u32, &'a TextArray, usize, usize)> = self
            .chunks()
            .flat_map(|(first, array)| {
                (0..array.len())
                    .step_by(PART)
                    .map(move |from| (first + from as u32, array, from, PART.min(array.len() - from)))
            })
            .collect();
        parts
            .into_par_iter()
            .map(|(first, array, from, len)| map(first, &mut array.iter().skip(from).take(len)))
            .collect()
    }
}

/// Whether a cell holds nothing: null, empty or white space of any kind, invisible characters included.
#[must_use]
pub fn is_blank(cell: Option<&str>) -> bool {
    cell.is_none_or(|text| match text.as_bytes().first() {
        None => true,
        Some(b'!'..=b'~') => false,
        Some(_) => text.chars().all(|c| c.is_whitespace() || is_invisible(c)),
    })
}

/// Characters that take no room: zero-width spaces and joiners, byte order marks, soft hyphens.
#[must_use]
pub const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{00AD}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// `text` in lower case: itself where it is already, as most addresses are.
#[must_use]
pub fn lowered(text: &str) -> Cow<'_, str> {
    let is_lower = text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_lower { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) }
}

/// `text` without white space and invisible characters at its ends.
#[must_use]
pub fn trimmed(text: &str) -> &str {
    let bytes = text.as_bytes();
    match (bytes.first(), bytes.last()) {
        (Some(b'!'..=b'~'), Some(b'!'..=b'~')) | (None, _) => text,
        _ => text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c)),
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::{NamedFrom, Series};

    use super::*;

    #[test]
    fn rows_are_numbered_over_chunks() {
        let mut series = Series::new("a".into(), [Some("x"), None]);
        series.append(&Series::new("a".into(), ["y", ""])).unwrap();
        let column = Column::from(series);
        let text = Text::new(&column).unwrap();
        assert_eq!(text.len(), 4);
        assert_eq!((0..5).map(|r| text.get(r)).collect::<Vec<_>>(), [Some("x"), None, Some("y"), Some(""), None]);
        assert_eq!(text.iter().collect::<Vec<_>>(), [Some("x"), None, Some("y"), Some("")]);
        assert_eq!(text.par_parts(|first, cells| (first, cells.count())), [(0, 2), (2, 2)]);

        let kept = chunks(&column).unwrap();
        let some = Text::kept(&kept, Some(&[1, 2]), 4);
        assert_eq!(some.len(), 2);
        assert_eq!((0..3).map(|r| some.get(r)).collect::<Vec<_>>(), [None, Some("y"), None]);
        assert_eq!(some.iter().collect::<Vec<_>>(), [None, Some("y")]);
        assert_eq!(some.par_parts(|first, cells| (first, cells.count())), [(0, 2)]);
        assert_eq!(Text::kept(&kept, None, 4).iter().collect::<Vec<_>>(), text.iter().collect::<Vec<_>>());
    }

    #[test]
    fn rows_are_found_however_long_chunks_are() {
        for lengths in [vec![1, 1, 1, 500, 1, 2], vec![500, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], vec![7; 20], vec![1]] {
            let cells: Vec<String> = (0..lengths.iter().sum::<usize>()).map(|n| n.to_string()).collect();
            let mut rest = &cells[..];
            let mut series = Series::new("a".into(), Vec::<String>::new());
            for length in lengths {
                let (own, behind) = rest.split_at(length);
                series.append(&Series::new("a".into(), own)).unwrap();
                rest = behind;
            }
            let column = Column::from(series);
            let text = Text::new(&column).unwrap();
            for (row, cell) in (0..).zip(&cells) {
                assert_eq!(text.get(row), Some(cell.as_str()));
            }
            assert_eq!(text.get(cells.len() as u32), None);
        }
    }

    #[test]
    fn blank_is_null_white_or_invisible() {
        for cell in [None, Some(""), Some("  \t"), Some("\u{A0}"), Some("\u{200B} ")] {
            assert!(is_blank(cell), "{cell:?}");
        }
        for cell in ["-", "0", "é", "\u{200B}x"] {
            assert!(!is_blank(Some(cell)), "{cell:?}");
        }
    }

    #[test]
    fn trimming_takes_invisible_characters_too() {
        assert_eq!(trimmed("\u{FEFF} a b\u{A0}\u{200B}"), "a b");
        assert_eq!(trimmed("a"), "a");
    }
}
