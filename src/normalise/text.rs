//! A text column as slices of its chunks: cheap to scan in parallel, cheap to look a single cell up in.

use polars::prelude::{Column, PolarsDataType, PolarsResult, StringType};
use rayon::prelude::*;

type TextArray = <StringType as PolarsDataType>::Array;

/// A view of one text column. Rows are numbered over all chunks.
#[derive(Debug, Clone)]
pub struct Text<'a> {
    chunks: Vec<(u32, &'a TextArray)>,
    len: u32,
}

impl<'a> Text<'a> {
    /// Views `column`, which must be of type `String`.
    pub fn new(column: &'a Column) -> PolarsResult<Self> {
        let series = column.as_materialized_series().str()?;
        let mut chunks = Vec::new();
        let mut len = 0_u32;
        for array in series.downcast_iter() {
            if array.len() > 0 {
                chunks.push((len, array));
                len += array.len() as u32;
            }
        }
        Ok(Self { chunks, len })
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
        let at = self.chunks.partition_point(|(first, _)| *first <= row) - 1;
        let (first, array) = self.chunks[at];
        array.get((row - first) as usize)
    }

    /// Every cell in row order.
    pub fn iter(&self) -> impl Iterator<Item = Option<&'a str>> + '_ {
        self.chunks.iter().flat_map(|(_, array)| array.iter())
    }

    /// Maps every stretch of at most `PART` rows in parallel; the results come in row order whatever the number of
    /// threads. `map` gets the first row of the stretch and its cells.
    pub fn par_parts<T: Send>(
        &self,
        map: impl Fn(u32, &mut dyn Iterator<Item = Option<&'a str>>) -> T + Sync,
    ) -> Vec<T> {
        const PART: usize = 64 * 1024;
        let parts: Vec<(u32, &'a TextArray, usize, usize)> = self
            .chunks
            .iter()
            .flat_map(|(first, array)| {
                (0..array.len())
                    .step_by(PART)
                    .map(move |from| (first + from as u32, *array, from, PART.min(array.len() - from)))
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
