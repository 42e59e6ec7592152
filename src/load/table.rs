//! A table as it is read: one file, or the files of one source united by header.

use indexmap::IndexMap;
use polars::prelude::{Column, DataFrame, IntoColumn, NewChunkedArray, PlSmallStr, StringChunked};

use super::Error;
use crate::model::{Origin, ReadIssue, SourceFile};

/// Rows with their places, before they are a source.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    pub(crate) frame: DataFrame,
    pub(crate) origin: Origin,
    pub(crate) files: Vec<SourceFile>,
    pub(crate) issues: Vec<ReadIssue>,
    pub(crate) notes: Vec<String>,
    pub(crate) zone: Option<String>,
}

impl Table {
    /// The text columns, in order.
    pub(crate) fn column(&self, index: usize) -> Option<&StringChunked> {
        self.frame.columns().get(index).and_then(|column| column.str().ok())
    }

    /// Changes the cells of a text column.
    pub(crate) fn edit(&mut self, index: usize, change: impl Fn(Option<&str>) -> Option<&str>) -> Result<(), Error> {
        let Some(cells) = self.column(index) else { return Ok(()) };
        let name = self.frame.columns()[index].name().clone();
        let edited: StringChunked = cells.iter().map(change).collect();
        let path = self.files.first().map(|f| f.path.clone()).unwrap_or_default();
        let column = edited.with_name(name).into_column();
        self.frame.with_column(column).map(|_| ()).map_err(|cause| Error::Frame { path, cause })
    }

    /// Adds a column that no file has; one of that name is left as it is.
    pub(crate) fn compose(&mut self, name: &str, cells: StringChunked) -> Result<(), Error> {
        if self.frame.get_column_index(name).is_none() {
            let column = cells.with_name(PlSmallStr::from_str(name)).into_column();
            let path = self.files.first().map(|f| f.path.clone()).unwrap_or_default();
            self.frame.with_column(column).map_err(|cause| Error::Frame { path, cause })?;
        }
        Ok(())
    }
}

/// Unites tables by header, in order: columns in the order in which they first appear.
pub(crate) fn unite(mut tables: Vec<Table>) -> Result<Table, Error> {
    if tables.len() == 1
        && let Some(table) = tables.pop()
    {
        return Ok(table);
    }
    let mut places: IndexMap<PlSmallStr, usize> = IndexMap::new();
    for table in &tables {
        for name in table.frame.get_column_names() {
            let next = places.len();
            places.entry(name.clone()).or_insert(next);
        }
    }
    let mut united = Table::default();
    let mut columns: Vec<StringChunked> =
        places.keys().map(|name| StringChunked::from_slice(name.clone(), &[] as &[&str])).collect();
    for name in places.keys() {
        let without: Vec<&str> = tables
            .iter()
            .filter(|t| t.frame.get_column_index(name).is_none())
            .flat_map(|t| t.files.iter().map(|f| f.path.as_str()))
            .collect();
        if !without.is_empty() {
            let more = if without.len() > 3 { format!(" and {} more", without.len() - 3) } else { String::new() };
            let shown = without[..without.len().min(3)].join(", ");
            united.notes.push(format!(
                "column \"{name}\" is missing in {} of {} files: {shown}{more}",
                without.len(),
                tables.len()
            ));
        }
    }
    for table in tables {
        append(&mut united, &mut columns, &places, table)?;
    }
    let height = united.origin.row.len();
    let columns: Vec<Column> = columns.into_iter().map(IntoColumn::into_column).collect();
    let path = united.files.first().map(|f| f.path.clone()).unwrap_or_default();
    united.frame = DataFrame::new(height, columns).map_err(|cause| Error::Frame { path, cause })?;
    Ok(united)
}

fn append(
    united: &mut Table,
    columns: &mut [StringChunked],
    places: &IndexMap<PlSmallStr, usize>,
    table: Table,
) -> Result<(), Error> {
    let path = table.files.first().map(|f| f.path.clone()).unwrap_or_default();
    let failed = |cause| Error::Frame { path: path.clone(), cause };
    let height = table.frame.height();
    let place: Vec<usize> =
        table.frame.get_column_names().into_iter().map(|name| places.get(name).copied().unwrap_or_default()).collect();
    let first_row = united.origin.row.len() as u32;
    let first_file = united.files.len();
    for (index, (name, column)) in places.keys().zip(columns.iter_mut()).enumerate() {
        match place.iter().position(|p| *p == index) {
            Some(own) => {
                let cells = table.frame.columns()[own].str().map_err(failed)?;
                column.append(cells).map_err(failed)?;
            }
            None => column.append(&full_null(name.clone(), height)).map_err(failed)?,
        }
    }
    united.origin.row.extend(table.origin.row);
    united.origin.line.extend(table.origin.line);
    united
        .files
        .extend(table.files.into_iter().map(|file| SourceFile { first_row: file.first_row + first_row, ..file }));
    united.issues.extend(table.issues.into_iter().map(|issue| ReadIssue {
        file: issue.file + first_file,
        column: issue.column.map(|c| place[c]),
        frame_row: issue.frame_row.map(|row| row + first_row),
        ..issue
    }));
    united.notes.extend(table.notes.into_iter().map(|note| format!("{path}: {note}")));
    united.zone = united.zone.take().or(table.zone);
    Ok(())
}

fn full_null(name: PlSmallStr, height: usize) -> StringChunked {
    use polars::prelude::ChunkFullNull as _;
    StringChunked::full_null(name, height)
}
