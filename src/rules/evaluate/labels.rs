//! Labels of records: a column of the file itself, or of a file beside it.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::config::hint;
use crate::model::Source;
use crate::normalise::text::Text;

/// Which records are one, by the labels of a file.
#[derive(Debug, Clone)]
pub struct Labels {
    /// The column that holds them.
    pub column: String,
    /// What has to be said of them.
    pub notes: Vec<String>,
    /// A number per label, row by row, source after source; `None` for rows without one.
    all: Vec<Option<u32>>,
}

impl Labels {
    /// The labels in column `column` of the sources themselves.
    ///
    /// # Errors
    ///
    /// Says what is missing where a source has no such column.
    pub fn within(sources: &[Arc<Source>], column: &str) -> Result<Self, String> {
        let mut numbers = Numbers::default();
        let mut all = Vec::new();
        for source in sources {
            let cells = cells(source, column, "--label")?;
            all.extend(cells.iter().map(|cell| numbers.of(cell)));
        }
        Ok(Self::new(column, all, sources))
    }

    /// The labels in column `column` of a file beside the sources, which is joined by column `id`, or without one by all
    /// columns that both have.
    ///
    /// # Errors
    ///
    /// Says what is missing, and where one record has two labels.
    pub fn beside(sources: &[Arc<Source>], file: &Source, column: &str, id: Option<&str>) -> Result<Self, String> {
        let labels = cells(file, column, "--label")?;
        let shared: Vec<&str> = match id {
            Some(id) => vec![id],
            None => headers(file)
                .filter(|header| *header != column && sources.iter().all(|s| position(s, header).is_some()))
                .collect(),
        };
        if shared.is_empty() {
            return Err(format!(
                "the labels have no column that the records have too; name the one that both have with --id (the labels have {})",
                headers(file).collect::<Vec<_>>().join(", ")
            ));
        }
        let key_of = |source: &Source| -> Result<Vec<Option<String>>, String> {
            let columns: Vec<Text<'_>> =
                shared.iter().map(|header| cells(source, header, "--id")).collect::<Result<_, _>>()?;
            Ok((0..source.height() as u32)
                .map(|row| {
                    let parts: Option<Vec<&str>> =
                        columns.iter().map(|column| column.get(row).map(str::trim)).collect();
                    parts.map(|parts| parts.join("\u{1F}"))
                })
                .collect())
        };
        let mut numbers = Numbers::default();
        let mut by_key: FxHashMap<String, u32> = FxHashMap::default();
        for (key, label) in key_of(file)?.into_iter().zip(labels.iter()) {
            let (Some(key), Some(label)) = (key, numbers.of(label)) else { continue };
            let shown = key.replace('\u{1F}', ", ");
            if *by_key.entry(key).or_insert(label) != label {
                return Err(format!("the labels give {shown} two labels"));
            }
        }
        let mut all = Vec::new();
        for source in sources {
            all.extend(key_of(source)?.into_iter().map(|key| by_key.get(&key?).copied()));
        }
        Ok(Self::new(column, all, sources))
    }

    fn new(column: &str, all: Vec<Option<u32>>, sources: &[Arc<Source>]) -> Self {
        let mut notes = Vec::new();
        let without = all.iter().filter(|label| label.is_none()).count();
        if without > 0 {
            notes.push(format!("{without} of {} rows have no label and are not scored", all.len()));
        }
        let mut aside: BTreeMap<&str, u64> = BTreeMap::new();
        for excluded in sources.iter().flat_map(|source| &source.excluded) {
            *aside.entry(excluded.reason.as_str()).or_default() += excluded.rows;
        }
        notes.extend(aside.into_iter().map(|(reason, rows)| format!("{rows} rows are not scored: {reason}")));
        Self { column: column.to_owned(), notes, all }
    }

    /// The number of each row's label, source after source.
    #[must_use]
    pub fn all(&self) -> &[Option<u32>] {
        &self.all
    }

    /// Rows that have a label.
    #[must_use]
    pub fn labelled(&self) -> usize {
        self.all.iter().flatten().count()
    }
}

#[derive(Default)]
struct Numbers(FxHashMap<String, u32>);

impl Numbers {
    fn of(&mut self, cell: Option<&str>) -> Option<u32> {
        let label = cell.map(str::trim).filter(|label| !label.is_empty())?;
        let next = self.0.len() as u32;
        Some(match self.0.get(label) {
            Some(number) => *number,
            None => *self.0.entry(label.to_owned()).or_insert(next),
        })
    }
}

fn headers(source: &Source) -> impl Iterator<Item = &str> {
    (0..source.frame.width()).map(|column| source.header(column))
}

/// The column of a header; spaces around either do not count.
fn position(source: &Source, header: &str) -> Option<usize> {
    headers(source).position(|of| of == header).or_else(|| headers(source).position(|of| of.trim() == header.trim()))
}

fn cells<'s>(source: &'s Source, header: &str, option: &str) -> Result<Text<'s>, String> {
    let column = position(source, header).ok_or_else(|| {
        format!("{option} {header}: {} has no such column; {}", source.name, hint(header, headers(source)))
    })?;
    Text::new(&source.frame.columns()[column]).map_err(|error| error.to_string())
}
