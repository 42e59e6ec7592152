//! The cells of a sheet, as they come, to a table: header, rows, footer.

use calamine::Data;
use polars::prelude::{
    Column, DataFrame, IntoColumn as _, NewChunkedArray as _, PlSmallStr, StringChunked, StringChunkedBuilder,
};

use super::cell::{Form, Text};
use crate::load::Error;
use crate::load::dialect::{SAMPLE_RECORDS, SampleRow, doubt, find_header};
use crate::load::footer::{Footer, Line, TAIL_LINES, judge, settle};
use crate::load::header::name_columns;
use crate::load::limits::{sheet_cells, too_big, unpacked};
use crate::load::table::Table;
use crate::model::{Origin, SourceFile};

/// A sheet has at most this many rows and columns in every program there is.
const ROWS: u32 = 1_048_576;
const COLUMNS: u32 = 16_384;

/// A sheet while it is read. Cells come row by row.
pub(super) struct Grid {
    path: String,
    /// Size of the workbook, which bounds what it may hold.
    packed: usize,
    columns: Vec<Cells>,
    /// Sheet row (1-based) of every row that is not blank.
    rows: Vec<u32>,
    /// The row that is being filled.
    row: u32,
    line: Vec<Option<Text>>,
    bytes: u64,
}

/// One column while it is read.
struct Cells {
    text: StringChunkedBuilder,
    /// Rows with a date and no time of day.
    days: Vec<u32>,
    has_moments: bool,
    /// How many numbers have lost digits.
    blurred: u32,
}

impl Grid {
    /// A sheet of a workbook of `packed` bytes; `path` is how it is shown.
    pub(super) fn new(path: &str, packed: usize) -> Self {
        let (columns, rows, line) = (Vec::new(), Vec::new(), Vec::new());
        Self { path: path.to_owned(), packed, columns, rows, row: 0, line, bytes: 0 }
    }

    /// Takes the cell of a row and column, both counted from 0.
    pub(super) fn put(&mut self, row: u32, column: u32, cell: Data) -> Result<(), Error> {
        if row >= ROWS || column >= COLUMNS {
            return Err(self.damaged("a cell lies outside of any sheet"));
        }
        if row != self.row {
            self.end_row()?;
            if row < self.row {
                return Err(self.damaged("its rows are out of order"));
            }
            self.row = row;
        }
        let Some(text) = Text::of(cell) else { return Ok(()) };
        let column = column as usize;
        if self.line.len() <= column {
            self.line.resize(column + 1, None);
        }
        self.bytes += text.text.len() as u64;
        if self.bytes > unpacked(self.packed) {
            return Err(too_big(&self.path, self.packed));
        }
        self.line[column] = Some(text);
        Ok(())
    }

    /// Checks that so many rows, each up to this column, may follow; for formats that write down once what is repeated.
    pub(super) fn expect(&self, row: u32, rows: u32, width: u32) -> Result<(), Error> {
        if row.saturating_add(rows) > ROWS || width > COLUMNS {
            return Err(self.damaged("a cell lies outside of any sheet"));
        }
        self.check_size(u64::from(rows), u64::from(width).max(self.columns.len() as u64))
    }

    fn check_size(&self, rows: u64, width: u64) -> Result<(), Error> {
        let limit = sheet_cells(self.packed);
        if (self.rows.len() as u64 + rows) * width > limit {
            return Err(Error::TooManyCells { path: self.path.clone(), limit });
        }
        Ok(())
    }

    fn damaged(&self, reason: &str) -> Error {
        super::damaged(&self.path, reason)
    }

    fn end_row(&mut self) -> Result<(), Error> {
        let blank = self.line.iter().flatten().all(|cell| cell.text.trim().is_empty());
        let line = std::mem::take(&mut self.line);
        if blank {
            return Ok(());
        }
        let width = self.columns.len().max(line.len());
        self.check_size(1, width as u64)?;
        let height = self.rows.len();
        self.columns.resize_with(width, || {
            let mut text = StringChunkedBuilder::new(PlSmallStr::EMPTY, 0);
            for _ in 0..height {
                text.append_null();
            }
            Cells { text, days: Vec::new(), has_moments: false, blurred: 0 }
        });
        let mut line = line.into_iter();
        for column in &mut self.columns {
            match line.next().flatten() {
                None => column.text.append_null(),
                Some(cell) => {
                    column.text.append_value(&cell.text);
                    match cell.form {
                        Form::Plain => {}
                        Form::Day => column.days.push(height as u32),
                        Form::Moment => column.has_moments = true,
                        Form::Blurred => column.blurred += 1,
                    }
                }
            }
        }
        self.rows.push(self.row + 1);
        Ok(())
    }

    /// The table of the sheet; `None` where it has no cell.
    pub(super) fn finish(mut self) -> Result<Option<Table>, Error> {
        self.end_row()?;
        if self.rows.is_empty() {
            return Ok(None);
        }
        let (path, rows) = (self.path, self.rows);
        let blurred = self.columns.iter().map(|column| column.blurred).collect();
        let cells: Vec<StringChunked> = self.columns.into_iter().map(Cells::finish).collect();
        Sheet { path, rows, cells, blurred }.table().map(Some)
    }
}

impl Cells {
    fn finish(self) -> StringChunked {
        let text = self.text.finish();
        if !self.has_moments || self.days.is_empty() {
            return text;
        }
        // A midnight among moments is a moment.
        let mut days = self.days.into_iter().peekable();
        let whole = (0_u32..).zip(text.iter()).map(|(row, cell)| {
            let is_day = days.next_if_eq(&row).is_some();
            cell.map(|cell| if is_day { format!("{cell}T00:00:00") } else { cell.to_owned() })
        });
        StringChunked::from_iter_options(PlSmallStr::EMPTY, whole)
    }
}

/// A sheet, read: its rows that are not blank, title and header among them.
struct Sheet {
    path: String,
    rows: Vec<u32>,
    cells: Vec<StringChunked>,
    /// For each column, how many numbers have lost digits.
    blurred: Vec<u32>,
}

impl Sheet {
    fn cell(&self, row: usize, column: usize) -> &str {
        self.cells[column].get(row).unwrap_or_default()
    }

    /// The first rows, each as wide as the widest of them.
    fn sample(&self) -> Vec<SampleRow> {
        let count = self.rows.len().min(SAMPLE_RECORDS);
        let filled = |column: &usize| (0..count).any(|row| !self.cell(row, *column).trim().is_empty());
        let width = (0..self.cells.len()).rev().find(filled).map_or(0, |last| last + 1);
        (0..count)
            .map(|row| SampleRow {
                cells: (0..width).map(|column| self.cell(row, column).to_owned()).collect(),
                after_blank: row > 0 && self.rows[row] > self.rows[row - 1] + 1,
            })
            .collect()
    }

    /// The lines that end a report, below the rows; places are those of rows.
    fn footer(&self, from: usize) -> Footer {
        let mut tail = Vec::new();
        let end = self.rows.len();
        for row in (from..end).rev().take(TAIL_LINES) {
            let cells = (0..self.cells.len()).map(|column| self.cell(row, column).trim().to_owned());
            let filled: Vec<String> = cells.filter(|cell| !cell.is_empty()).collect();
            let at_start = !self.cell(row, 0).trim().is_empty();
            let line = judge(&filled, self.cells.len(), at_start);
            if line == Line::Row {
                break;
            }
            tail.push((row, line));
            if row > from && self.rows[row] > self.rows[row - 1] + 1 {
                tail.push((row, Line::Blank));
            }
        }
        tail.reverse();
        settle(&tail).unwrap_or(Footer { start: end, ..Footer::default() })
    }

    fn table(mut self) -> Result<Table, Error> {
        let sample = self.sample();
        let header = find_header(&sample.iter().collect::<Vec<_>>(), false);
        let from = header + 1;
        let footer = self.footer(from);
        // A column without header and cells is an empty border.
        let is_border = |cells: &StringChunked| {
            let blank = |cell: Option<&str>| cell.is_none_or(|cell| cell.trim().is_empty());
            blank(cells.get(header)) && cells.iter().skip(from).take(footer.start - from).all(blank)
        };
        let kept: Vec<bool> = self.cells.iter().map(|cells| !is_border(cells)).collect();
        let mut keep = kept.iter();
        self.cells.retain(|_| keep.next() == Some(&true));
        let mut keep = kept.iter();
        self.blurred.retain(|_| keep.next() == Some(&true));
        let mut headers =
            name_columns(self.cells.iter().map(|cells| cells.get(header).unwrap_or_default().to_owned()).collect());
        headers.notes.extend(sample.get(header).and_then(|row| doubt(row, header)));
        headers.notes.extend(self.blurred.iter().zip(&headers.names).filter(|(count, _)| **count > 0).map(
            |(count, name)| {
                format!(
                    "{}: column \"{name}\" has {}: a spreadsheet keeps 15 digits, so the last ones may be wrong; if these are \
                     ids, export them as text, or as CSV",
                    self.path,
                    if *count == 1 { "1 number of 16 or more digits".to_owned() } else { format!("{count} numbers of 16 or more digits") },
                )
            },
        ));
        let height = footer.start - from;
        let offset = i64::from(header as u32) + 1;
        let columns: Vec<Column> = self
            .cells
            .iter()
            .zip(&headers.names)
            .map(|(cells, name)| cells.slice(offset, height).with_name(PlSmallStr::from_str(name)).into_column())
            .collect();
        let file = SourceFile {
            path: self.path.clone(),
            sha256: String::new(),
            bytes: 0,
            rows: height as u64,
            set_aside: Vec::new(),
            unreadable: 0,
            declared_rows: footer.declared,
            preamble_lines: header as u32,
            footer_lines: footer.lines,
            first_row: 0,
            dialect: None,
            headers: headers.names,
        };
        let frame = DataFrame::new(height, columns).map_err(|cause| Error::Frame { path: self.path, cause })?;
        let origin = Origin { row: (1..=height as u32).collect(), line: self.rows[from..footer.start].to_vec() };
        Ok(Table { frame, origin, files: vec![file], notes: headers.notes, ..Table::default() })
    }
}
