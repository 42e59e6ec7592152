//! How the cells of a column are written, file by file: a bounded summary that stays true for any part of the rows.

use std::collections::BTreeMap;
use std::ops::Range;

use super::category::words_of;
use super::shape::{Shape, shape};
use super::table::Table;
use super::text::trimmed;
use crate::model::{Role, Source};

/// How many cells of one file have each shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFormats {
    counts: [u32; Shape::COUNT],
    /// First row of the source that is counted here, for what is said once of the file.
    pub first_row: Option<u32>,
    /// Words for yes and no as they are written, with the cells that hold each.
    pub booleans: BTreeMap<String, u64>,
}

impl Default for FileFormats {
    fn default() -> Self {
        Self { counts: [0; Shape::COUNT], first_row: None, booleans: BTreeMap::new() }
    }
}

impl FileFormats {
    fn add(&mut self, cell: &str, shape: Shape, count: u32) {
        self.counts[shape as usize] += count;
        if matches!(shape, Shape::Boolean | Shape::Bit) {
            *self.booleans.entry(trimmed(cell).to_owned()).or_default() += u64::from(count);
        }
    }

    fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(other.counts) {
            *mine += theirs;
        }
        self.first_row = self.first_row.or(other.first_row);
        for (word, count) in other.booleans {
            *self.booleans.entry(word).or_default() += count;
        }
    }

    /// Cells of shape `shape`.
    #[must_use]
    pub fn of(&self, shape: Shape) -> u64 {
        u64::from(self.counts[shape as usize])
    }

    /// Cells whose shape passes `test`.
    fn sum(&self, test: impl Fn(Shape) -> bool) -> u64 {
        Shape::ALL.iter().filter(|shape| test(**shape)).map(|shape| self.of(*shape)).sum()
    }

    /// Cells that hold something.
    #[must_use]
    pub fn filled(&self) -> u64 {
        self.sum(|shape| shape != Shape::Blank)
    }

    /// Cells that can only be dates.
    #[must_use]
    pub fn dates(&self) -> u64 {
        self.sum(Shape::is_date)
    }

    /// Cells that are numbers.
    #[must_use]
    pub fn numbers(&self) -> u64 {
        self.sum(Shape::is_number)
    }
}

/// How the cells of one column are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnFormats {
    /// By file of the source.
    pub files: Vec<FileFormats>,
}

impl ColumnFormats {
    /// Looks at every cell of column `column`, at distinct values where there are few.
    pub(super) fn compute(table: &Table, column: usize) -> Self {
        let ranges = file_rows(table);
        let mut files: Vec<FileFormats> = ranges
            .iter()
            .map(|rows| FileFormats {
                first_row: (!rows.is_empty()).then(|| table.source_row(rows.start)),
                ..FileFormats::default()
            })
            .collect();
        if let Some(dictionary) = table.dictionary(column) {
            let shapes: Vec<Shape> = dictionary.values.iter().map(|value| shape(value)).collect();
            for (file, rows) in files.iter_mut().zip(&ranges) {
                let mut counts = vec![0_u32; shapes.len()];
                for code in &dictionary.codes[rows.start as usize..rows.end as usize] {
                    if let Some(count) = counts.get_mut(*code as usize) {
                        *count += 1;
                    }
                }
                for (at, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
                    file.add(&dictionary.values[at], shapes[at], count);
                }
            }
            return Self { files };
        }
        let parts = table.text(column).par_parts(|first, cells| {
            let mut file = ranges.partition_point(|rows| rows.end <= first);
            let mut found: Vec<(usize, FileFormats)> = Vec::new();
            for (row, cell) in (first..).zip(cells) {
                while ranges.get(file).is_some_and(|rows| rows.end <= row) {
                    file += 1;
                }
                let Some(cell) = cell else { continue };
                if found.last().is_none_or(|(of, _)| *of != file) {
                    found.push((file, FileFormats::default()));
                }
                if let Some((_, formats)) = found.last_mut() {
                    formats.add(cell, shape(cell), 1);
                }
            }
            found
        });
        for (file, formats) in parts.into_iter().flatten() {
            files[file].merge(formats);
        }
        Self { files }
    }

    /// All files together.
    #[must_use]
    pub fn all(&self) -> FileFormats {
        self.files.iter().cloned().fold(FileFormats::default(), |mut all, file| {
            all.merge(file);
            all
        })
    }
}

/// The rows of `table` that come from each file of its source.
#[must_use]
pub fn file_rows(table: &Table) -> Vec<Range<u32>> {
    let height = table.height() as u32;
    let starts: Vec<u32> = table
        .source
        .files
        .iter()
        .map(|file| {
            let (mut from, mut to) = (0, height);
            while from < to {
                let middle = from.midpoint(to);
                if table.source_row(middle) < file.first_row { from = middle + 1 } else { to = middle }
            }
            from
        })
        .collect();
    let ends = starts.iter().copied().skip(1).chain([height]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

/// What a column holds that looks like numbers and is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Ids and other keys.
    Ids,
    /// Phone numbers.
    Phones,
    /// Postcodes.
    Postcodes,
    /// None of these, as far as role and header tell.
    Anything,
}

/// What column `column` holds, by its role, else by its header.
#[must_use]
pub fn holds(source: &Source, column: usize) -> Holds {
    match source.role_of(column) {
        Some(Role::Id | Role::ChatId | Role::RecordId) => return Holds::Ids,
        Some(Role::Phone) => return Holds::Phones,
        Some(Role::Postcode) => return Holds::Postcodes,
        Some(_) => return Holds::Anything,
        None => {}
    }
    by_header(source.header(column))
}

fn by_header(header: &str) -> Holds {
    const IDS: [&str; 8] = ["id", "ids", "guid", "uuid", "sku", "ean", "nr", "no"];
    const PHONES: [&str; 10] =
        ["phone", "telephone", "telefon", "tel", "mobile", "mobil", "fax", "handy", "mobilephone", "homephone"];
    /// Columns about phones, and about ids.
    const ABOUT: [&str; 16] = [
        "type",
        "opt",
        "out",
        "consent",
        "ext",
        "extension",
        "call",
        "calls",
        "do",
        "status",
        "os",
        "app",
        "device",
        "country",
        "code",
        "valid",
    ];
    const POSTCODES: [&str; 5] = ["zip", "postcode", "zipcode", "postalcode", "plz"];
    let words = words_of(header);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let pair = |a: &str, b: &str| words.windows(2).any(|pair| pair[0] == a && pair[1] == b);
    if has(&POSTCODES) || pair("postal", "code") || pair("post", "code") {
        Holds::Postcodes
    } else if has(&PHONES) && !has(&ABOUT) {
        Holds::Phones
    } else if words.last().is_some_and(|word| IDS.contains(&word.as_str()))
        || (words.len() > 1 && pair("account", "number"))
    {
        Holds::Ids
    } else {
        Holds::Anything
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_tell_what_only_looks_like_numbers() {
        for (header, wanted) in [
            ("MobilePhone", Holds::Phones),
            ("Fax", Holds::Phones),
            ("Phone Type", Holds::Anything),
            ("DoNotCall", Holds::Anything),
            ("BillingPostalCode", Holds::Postcodes),
            ("Zip/Postal Code", Holds::Postcodes),
            ("ExternalId", Holds::Ids),
            ("AccountNumber", Holds::Ids),
            ("NumberOfEmployees", Holds::Anything),
            ("AnnualRevenue", Holds::Anything),
        ] {
            assert_eq!(by_header(header), wanted, "{header}");
        }
    }
}
