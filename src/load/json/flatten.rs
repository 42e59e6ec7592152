//! Records to columns: nested objects become `a.b.c`, lists of plain values join with `;`, lists that hold objects stay
//! JSON text, so that vendors can fold them.

use std::borrow::Cow;

use indexmap::IndexMap;
use polars::prelude::{PlSmallStr, StringChunked, StringChunkedBuilder};
use rustc_hash::FxBuildHasher;

use super::parse::{compact, each, members, words};

/// Objects within objects that are followed; serde_json's own limit.
const DEPTH: usize = 128;

/// Columns that one file may have. Objects keyed by ids make one column for each id.
pub(super) const WIDTH: usize = 10_000;

/// Why a record cannot be flattened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Objects are nested too deeply.
    Deep,
    /// The records have too many different keys.
    Wide,
}

/// One column; rows after its last cell have none.
struct Cells {
    builder: StringChunkedBuilder,
    len: u32,
    /// Whether any cell is there.
    filled: bool,
}

/// The columns of a file, in order of first appearance.
pub(super) struct Columns {
    places: IndexMap<String, Cells, FxBuildHasher>,
    /// The column after the one that was last written: records mostly have their keys in one order.
    next: usize,
    /// Headers that a record has twice.
    repeated: Vec<String>,
    path: String,
}

impl Columns {
    pub(super) fn new() -> Self {
        Self { places: IndexMap::default(), next: 0, repeated: Vec::new(), path: String::new() }
    }

    /// Writes a record as row `row` (0-based; rows only ever grow).
    pub(super) fn add(&mut self, record: &str, row: u32) -> Result<(), Fault> {
        self.next = 0;
        self.path.clear();
        self.object(record, row, 1)
    }

    fn object(&mut self, object: &str, row: u32, depth: usize) -> Result<(), Fault> {
        if depth > DEPTH {
            return Err(Fault::Deep);
        }
        let found = members(object);
        if found.is_empty() && depth > 1 {
            return self.put(None, row);
        }
        let base = self.path.len();
        for (key, value) in found {
            if depth > 1 {
                self.path.push('.');
            }
            self.path.push_str(&key);
            if value.starts_with('{') {
                self.object(value, row, depth + 1)?;
            } else {
                self.put(cell(value).as_deref(), row)?;
            }
            self.path.truncate(base);
        }
        Ok(())
    }

    /// Writes a cell under the current path; a path that the row has already gets a number.
    fn put(&mut self, cell: Option<&str>, row: u32) -> Result<(), Fault> {
        let mut index = self.column(None)?;
        let mut number = 1;
        while self.places[index].len > row {
            number += 1;
            let name = format!("{} ({number})", self.path);
            index = self.column(Some(&name))?;
            if !self.repeated.contains(&name) && self.repeated.len() < 100 {
                self.repeated.push(name);
            }
        }
        self.next = index + 1;
        let cells = &mut self.places[index];
        for _ in cells.len..row {
            cells.builder.append_null();
        }
        cells.builder.append_option(cell);
        cells.len = row + 1;
        cells.filled |= cell.is_some();
        Ok(())
    }

    /// The column of this name, or of the current path.
    fn column(&mut self, name: Option<&str>) -> Result<usize, Fault> {
        let name = name.unwrap_or(&self.path);
        if self.places.get_index(self.next).is_some_and(|(next, _)| next == name) {
            return Ok(self.next);
        }
        if let Some(index) = self.places.get_index_of(name) {
            return Ok(index);
        }
        if self.places.len() == WIDTH {
            return Err(Fault::Wide);
        }
        let builder = StringChunkedBuilder::new(PlSmallStr::EMPTY, 0);
        let (index, _) = self.places.insert_full(name.to_owned(), Cells { builder, len: 0, filled: false });
        Ok(index)
    }

    /// The columns by name, each `height` rows high. One that is null throughout is left out where other records hold an
    /// object there, whose members have columns of their own.
    pub(super) fn finish(self, height: u32, notes: &mut Vec<String>) -> Vec<(String, StringChunked)> {
        for name in &self.repeated {
            let own = name.rsplit_once(" (").map_or(name.as_str(), |(own, _)| own);
            notes.push(format!("the key \"{own}\" is there twice in a record; the second is called \"{name}\""));
        }
        let opened: Vec<bool> = self
            .places
            .iter()
            .map(|(name, cells)| {
                let within =
                    |other: &String| other.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('.'));
                !cells.filled && self.places.keys().any(within)
            })
            .collect();
        let kept = self.places.into_iter().zip(opened).filter(|(_, opened)| !opened);
        kept.map(|((name, mut cells), _)| {
            for _ in cells.len..height {
                cells.builder.append_null();
            }
            (name, cells.builder.finish())
        })
        .collect()
    }
}

/// The cell of a value that is no object.
fn cell(value: &str) -> Option<Cow<'_, str>> {
    match value.as_bytes().first()? {
        b'n' => None,
        b'"' => Some(words(value)),
        b'[' => list(value),
        // Numbers keep their text: `6.0E7`, ids of 18 digits.
        _ => Some(Cow::Borrowed(value)),
    }
}

/// Plain values joined by `;`, or the JSON text of a list that holds more than plain values; nothing for an empty list.
fn list(value: &str) -> Option<Cow<'_, str>> {
    let mut joined: Option<String> = None;
    let mut plain = true;
    let _ = each(value, &mut |element| {
        if element.starts_with(['{', '[']) {
            plain = false;
        } else if plain && let Some(cell) = cell(element) {
            match &mut joined {
                None => joined = Some(cell.into_owned()),
                Some(joined) => {
                    joined.push(';');
                    joined.push_str(&cell);
                }
            }
        }
        Ok(())
    });
    if plain { joined.map(Cow::Owned) } else { Some(Cow::Owned(compact(value))) }
}
