//! An export as OpenRefine sees it: its rows, the ids that tell them apart, and what its columns are called there.

use std::collections::BTreeSet;

use polars::prelude::{ChunkedArray, DataFrame, StringChunked};
use rustc_hash::FxHashMap;

use crate::load::reread;
use crate::model::SourceFile;

pub(super) const NO_ID: &str = "the record has no id of its own in this export, and others have the same value";
pub(super) const UNCERTAIN_HEADER: &str =
    "OpenRefine renames columns whose header is blank, repeated or has space or quotes around it; change it by hand";

/// An export, read again.
pub(super) struct Export {
    frame: DataFrame,
    /// Position in the frame, by 1-based data row.
    at_row: FxHashMap<u64, usize>,
    /// Headers that are the column's name in OpenRefine, and no other's.
    plain: BTreeSet<String>,
    /// Header of the record ids.
    id: Option<String>,
    /// The ids that tell one row, by position in the frame.
    ids: Vec<Option<String>>,
}

impl Export {
    /// Reads an export, whose record ids stand in the column `id`.
    ///
    /// # Errors
    ///
    /// Says why it cannot be read: it is gone, or it has changed.
    pub(super) fn read(file: &SourceFile, id: Option<&str>) -> Result<Self, String> {
        let (frame, rows) = reread(file).map_err(|error| error.to_string())?;
        let at_row = rows.iter().enumerate().map(|(at, row)| (u64::from(*row), at)).collect();
        let plain = plain(&file.headers);
        let id = id.filter(|header| plain.contains(*header));
        let ids = ids(&frame, id);
        Ok(Self { id: id.map(str::to_owned), frame, at_row, plain, ids })
    }

    /// Position of a 1-based data row.
    pub(super) fn at(&self, row: u64) -> Option<usize> {
        self.at_row.get(&row).copied()
    }

    /// The id of the row at a position, if no other row has it.
    pub(super) fn id(&self, at: usize) -> Option<&str> {
        self.ids.get(at)?.as_deref()
    }

    /// Header of the record ids, if OpenRefine calls the column so.
    pub(super) fn id_header(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Whether OpenRefine calls the column what it is called here.
    pub(super) fn is_plain(&self, header: &str) -> bool {
        self.plain.contains(header)
    }

    /// The cells of a column.
    pub(super) fn column(&self, header: &str) -> Result<StringChunked, String> {
        self.frame.column(header).and_then(|column| column.str().cloned()).map_err(|error| error.to_string())
    }
}

fn ids(frame: &DataFrame, header: Option<&str>) -> Vec<Option<String>> {
    let text = header.and_then(|header| frame.column(header).ok()?.str().ok().cloned());
    let mut count: FxHashMap<&str, u32> = FxHashMap::default();
    let cells = || text.iter().flat_map(ChunkedArray::iter);
    cells().flatten().for_each(|id| *count.entry(id).or_default() += 1);
    let single = |id: &&str| !id.is_empty() && count.get(id) == Some(&1);
    cells().map(|cell| cell.filter(single).map(str::to_owned)).collect()
}

/// The headers by which OpenRefine finds the column that is meant. It takes white space and quotes from around a header,
/// calls a blank one "Column", and gives a number to a name that came before: `City`, `City2`. The next `City2` is then
/// `City22`, so a name that is made may be another column's.
fn plain(headers: &[String]) -> BTreeSet<String> {
    let unnumbered = |header: &str| {
        let (base, number) = header.strip_suffix(')')?.rsplit_once(" (")?;
        (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then(|| base.to_owned())
    };
    let known: BTreeSet<&str> = headers.iter().map(String::as_str).collect();
    let name = |(number, header): (usize, &String)| {
        // As this program names columns without a header, and repeated ones.
        let raw = match unnumbered(header) {
            _ if *header == format!("column {number}") => String::new(),
            Some(base) if known.contains(base.as_str()) => base,
            _ => header.clone(),
        };
        let space = |c: char| c.is_whitespace() || c <= ' ';
        let trimmed = raw.trim_matches(space);
        let inner = trimmed.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let unquoted = inner.map_or(trimmed, |inner| inner.trim_matches(space));
        if trimmed.is_empty() { "Column".to_owned() } else { unquoted.to_owned() }
    };
    let names: Vec<String> = (1..).zip(headers).map(name).collect();
    let mut times: FxHashMap<&str, u32> = FxHashMap::default();
    let mut taken: FxHashMap<String, u32> = FxHashMap::default();
    for name in &names {
        let before = times.entry(name).or_default();
        *before += 1;
        let made = match *before {
            1 => name.clone(),
            number if name.contains(' ') => format!("{name} {number}"),
            number => format!("{name}{number}"),
        };
        *taken.entry(made).or_default() += 1;
    }
    let is_plain = |(header, name): &(&String, &String)| {
        header == name && times.get(name.as_str()) == Some(&1) && taken.get(name.as_str()) == Some(&1)
    };
    headers.iter().zip(&names).filter(is_plain).map(|(header, _)| header.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_openrefine_keeps_are_plain() {
        let of = |headers: &[&str]| {
            let headers: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
            plain(&headers).into_iter().collect::<Vec<_>>().join("|")
        };
        for (headers, names) in [
            (&["Id", "City", "Mail (work)"][..], "City|Id|Mail (work)"),
            // The second is called `City2`, so `City` is the first.
            (&["City ", "City", "Id"], "Id"),
            (&["City", "\tCity", "Id"], "Id"),
            (&["\"City\"", "City", "Id"], "Id"),
            (&["City", "City (2)", "Id"], "Id"),
            (&["City", "City ", "City2", "Id"], "Id"),
            (&["First Name", "First Name ", "First Name 2"], ""),
            (&["column 1", "Column", "Id"], "Id"),
            (&["column 1", "column 2", "Column2", "Id"], "Id"),
            (&["Id", "column 7"], "Id|column 7"),
            (&["a", "b "], "a"),
        ] {
            assert_eq!(of(headers), names, "{headers:?}");
        }
    }
}
