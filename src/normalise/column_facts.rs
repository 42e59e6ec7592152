//! What is known of the columns of a source as a whole: how full they are, which are categories, how their cells are
//! written. Each is worked out for all columns of the source side by side when a rule first asks for it.

use rayon::prelude::*;

use super::category::{Category, Exclusion, categorise};
use super::column_formats::ColumnFormats;
use super::once::Once;
use super::table::Table;
use super::{marks, text};
use crate::config::options::DriftOptions;
use crate::model::Role;

/// How much stands in one column.
#[derive(Debug, Clone, Copy, Default)]
struct Volume {
    /// Cells that hold something.
    filled: u64,
    /// Bytes of all cells.
    bytes: u64,
    /// Whether all cells that hold something hold the same, as written.
    same: bool,
}

/// What is known of the columns of one source. Columns that the config ignores hold nothing.
#[derive(Debug)]
pub struct Columns {
    /// The whole source.
    table: Table,
    /// By column whether the config wants it looked at for drift, where it says so.
    named: Vec<Option<bool>>,
    volumes: Once<Vec<Volume>>,
    categories: Once<Vec<Result<Category, Exclusion>>>,
    formats: Once<Vec<ColumnFormats>>,
    multi_line: Vec<Once<bool>>,
}

impl Columns {
    /// The columns of `table`, which is a whole source.
    pub(super) fn of(table: &Table, drift: &DriftOptions) -> Self {
        let source = &table.source;
        let named = |column: usize| {
            let is = |name: &String| source.column_named(name) == Some(column);
            // Who gives aliases for a column wants it looked at.
            let aliased = || drift.aliases.keys().any(is).then_some(true);
            drift.columns.as_ref().map_or_else(aliased, |names| Some(names.iter().any(is)))
        };
        Self {
            named: (0..table.width()).map(named).collect(),
            volumes: Once::default(),
            categories: Once::default(),
            formats: Once::default(),
            multi_line: (0..table.width()).map(|_| Once::default()).collect(),
            table: table.clone(),
        }
    }

    fn each<T: Send>(&self, of: impl Fn(usize) -> T + Send + Sync) -> Vec<T> {
        (0..self.table.width()).into_par_iter().map(of).collect()
    }

    fn is_ignored(&self, column: usize) -> bool {
        self.table.source.ignored.contains(&column)
    }

    fn volume(&self, column: usize) -> Volume {
        let of = |column: usize| {
            if self.is_ignored(column) { Volume::default() } else { volume(&self.table, column) }
        };
        self.volumes.get_or_init(|| self.each(of))[column]
    }

    /// Cells of a column that hold something.
    #[must_use]
    pub fn filled(&self, column: usize) -> u64 {
        self.volume(column).filled
    }

    /// Bytes of all cells of a column.
    #[must_use]
    pub fn bytes(&self, column: usize) -> u64 {
        self.volume(column).bytes
    }

    /// Bytes of all cells of all columns.
    #[must_use]
    pub fn all_bytes(&self) -> u64 {
        (0..self.table.width()).map(|column| self.bytes(column)).sum()
    }

    /// Whether all cells of a column that hold something hold the same, as written.
    #[must_use]
    pub fn is_same(&self, column: usize) -> bool {
        self.volume(column).same
    }

    /// Distinct values of a column, if it is a category.
    ///
    /// # Errors
    ///
    /// Says why it is none.
    pub fn category(&self, column: usize) -> Result<&Category, Exclusion> {
        let of = |column: usize| {
            if self.is_ignored(column) {
                return Err(Exclusion::Meaning("ignored by the config"));
            }
            match self.named[column] {
                Some(false) => Err(Exclusion::Meaning("[drift] columns does not name it")),
                named => categorise(&self.table, column, named.is_some()),
            }
        };
        self.categories.get_or_init(|| self.each(of))[column].as_ref().map_err(|why| *why)
    }

    /// How the cells of a column are written, file by file.
    #[must_use]
    pub fn formats(&self, column: usize) -> &ColumnFormats {
        let of = |column: usize| {
            if self.is_ignored(column) { ColumnFormats::default() } else { ColumnFormats::compute(&self.table, column) }
        };
        &self.formats.get_or_init(|| self.each(of))[column]
    }

    /// Whether cells of a column are meant to hold several lines.
    #[must_use]
    pub fn is_multi_line(&self, column: usize) -> bool {
        *self.multi_line[column].get_or_init(|| !self.is_ignored(column) && self.has_several_lines(column))
    }

    /// By its role or header, or because more than one cell in a hundred holds several.
    fn has_several_lines(&self, column: usize) -> bool {
        let source = &self.table.source;
        match source.role_of(column) {
            Some(Role::Notes | Role::Transcript | Role::Street | Role::Error) => return true,
            Some(_) => return false,
            None => {}
        }
        let header = source.header(column).to_lowercase();
        if SEVERAL_LINES.iter().any(|word| header.contains(word)) {
            return true;
        }
        let broken = self.table.marks(column).of(marks::LINE_BREAK).count() as u64;
        broken > 2 && broken * 100 > self.filled(column)
    }
}

fn volume(table: &Table, column: usize) -> Volume {
    let Some(dictionary) = table.dictionary(column) else {
        let bytes = table.text(column).par_parts(|_, cells| cells.flatten().map(|cell| cell.len() as u64).sum::<u64>());
        let filled = (table.height() - table.blank(column).sum().unwrap_or(0) as usize) as u64;
        return Volume { filled, bytes: bytes.into_iter().sum(), same: false };
    };
    let values = || dictionary.values.iter().zip(dictionary.counts.iter().map(|count| u64::from(*count)));
    let filled = || values().filter(|(value, _)| !text::is_blank(Some(value)));
    Volume {
        filled: filled().map(|(_, count)| count).sum(),
        bytes: values().map(|(value, count)| value.len() as u64 * count).sum(),
        same: filled().count() == 1,
    }
}

/// Words in a header that mean several lines.
const SEVERAL_LINES: [&str; 9] =
    ["description", "comment", "note", "message", "body", "transcript", "address", "street", "text"];
