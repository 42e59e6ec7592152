//! Workbooks of spreadsheet programs: each visible sheet that holds something is a table, every cell text.
//!
//! Excel's formats are read by calamine, whose readers of `.xlsx` and `.xlsb` give one cell after the other, so that a
//! sheet which claims a billion rows takes no room. `.xls` is checked first (see [`compound`]), and `.ods` is read here
//! (see [`ods`]): there calamine takes the room that the file asks for, and reads a cut file without end.

mod cell;
pub(crate) mod compound;
mod grid;
mod ods;
mod xml;

use std::any::Any;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, Reader as _, Sheet, SheetType, SheetVisible, Xls, Xlsb, Xlsx};
use grid::Grid;

pub(crate) use cell::number_text;

use super::Error;
use super::archive::{Archive, few, passed_over, shown_name};
use super::table::Table;

/// The forms of workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Book {
    /// Excel since 2007.
    Xlsx,
    /// Excel's binary form of that.
    Xlsb,
    /// Excel before 2007.
    Xls,
    /// OpenDocument, as LibreOffice writes it.
    Ods,
}

/// What a workbook is, in messages.
const WHAT: &str = "workbook";

fn damaged(path: &str, reason: &str) -> Error {
    Error::Damaged { path: path.to_owned(), format: WHAT, reason: reason.to_owned() }
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("its parts do not fit together")
}

/// Runs a reader of foreign bytes. The libraries that read workbooks and Parquet index into what they were given without
/// looking, which on damaged files is a panic; here it becomes what it means.
pub(crate) fn guarded<T>(
    path: &str,
    format: &'static str,
    read: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|panic| {
        Err(Error::Damaged { path: path.to_owned(), format, reason: said(panic.as_ref()).to_owned() })
    })
}

/// Which sheets are wanted, and what became of those that were not read.
struct Wanted<'a> {
    path: &'a str,
    only: Option<&'a str>,
    packed: usize,
    skipped: BTreeMap<&'static str, Vec<String>>,
    tables: Vec<Table>,
}

impl Wanted<'_> {
    /// A grid for a sheet, if it is to be read. A sheet that is named is read though it is hidden.
    fn grid(&mut self, name: &str, visible: bool, is_table: bool) -> Option<Grid> {
        let shown = shown_name(name);
        if self.only.is_some_and(|only| only != shown) {
            return None;
        }
        let why = match (is_table, visible || self.only.is_some()) {
            (false, _) => "no table",
            (true, false) => "hidden",
            (true, true) => return Some(Grid::new(&format!("{}#{shown}", self.path), self.packed)),
        };
        self.skipped.entry(why).or_default().push(shown);
        None
    }

    fn take(&mut self, name: &str, grid: Grid) -> Result<(), Error> {
        match grid.finish()? {
            Some(table) => self.tables.push(table),
            None => self.skipped.entry("empty").or_default().push(shown_name(name)),
        }
        Ok(())
    }
}

/// Reads the sheets of a workbook, or the one that is named; `path` is how the workbook is shown.
pub(crate) fn read(content: &[u8], book: Book, path: &str, only: Option<&str>) -> Result<Vec<Table>, Error> {
    let mut wanted = Wanted { path, only, packed: content.len(), skipped: BTreeMap::new(), tables: Vec::new() };
    let names = guarded(path, WHAT, || match book {
        Book::Xlsx => {
            Archive::open(content, path)?.check_sizes()?;
            let failed = |cause: calamine::XlsxError| damaged(path, &cause.to_string());
            let mut book = Xlsx::new(Cursor::new(content)).map_err(failed)?;
            let sheets = book.sheets_metadata().to_vec();
            for sheet in &sheets {
                let Some(mut grid) = wanted.sheet(sheet) else { continue };
                let mut cells = book.worksheet_cells_reader(&sheet.name).map_err(failed)?;
                while let Some(cell) = cells.next_cell().map_err(failed)? {
                    let (row, column) = cell.get_position();
                    grid.put(row, column, Data::from(cell.get_value().clone()))?;
                }
                wanted.take(&sheet.name, grid)?;
            }
            Ok(sheets)
        }
        Book::Xlsb => {
            Archive::open(content, path)?.check_sizes()?;
            let failed = |cause: calamine::XlsbError| damaged(path, &cause.to_string());
            let mut book = Xlsb::new(Cursor::new(content)).map_err(failed)?;
            let sheets = book.sheets_metadata().to_vec();
            for sheet in &sheets {
                let Some(mut grid) = wanted.sheet(sheet) else { continue };
                let mut cells = book.worksheet_cells_reader(&sheet.name).map_err(failed)?;
                while let Some(cell) = cells.next_cell().map_err(failed)? {
                    let (row, column) = cell.get_position();
                    grid.put(row, column, Data::from(cell.get_value().clone()))?;
                }
                wanted.take(&sheet.name, grid)?;
            }
            Ok(sheets)
        }
        Book::Xls => {
            compound::check(content, path)?;
            let failed = |cause: calamine::XlsError| damaged(path, &cause.to_string());
            let mut book = Xls::new(Cursor::new(content)).map_err(failed)?;
            let sheets = book.sheets_metadata().to_vec();
            for sheet in &sheets {
                let Some(mut grid) = wanted.sheet(sheet) else { continue };
                let range = book.worksheet_range(&sheet.name).map_err(failed)?;
                let (top, left) = range.start().unwrap_or_default();
                for (row, column, cell) in range.used_cells() {
                    grid.put(top + row as u32, left + column as u32, cell.clone())?;
                }
                wanted.take(&sheet.name, grid)?;
            }
            Ok(sheets)
        }
        Book::Ods => ods::read(content, &mut wanted),
    })?;
    let Wanted { mut tables, skipped, .. } = wanted;
    let passed_over = passed_over(&skipped);
    match tables.first_mut() {
        Some(first) => first.notes.extend(passed_over.map(|note| format!("{path}: {note}"))),
        None if only.is_some() && skipped.is_empty() => {
            let names: Vec<String> = names.iter().map(|sheet| shown_name(&sheet.name)).collect();
            let known = few(&names.iter().map(String::as_str).collect::<Vec<_>>());
            let path = format!("{path}#{}", only.unwrap_or_default());
            return Err(Error::NoPart { path, what: "sheet", known });
        }
        None => {
            let held = passed_over.unwrap_or_default();
            return Err(Error::NothingWithin { path: path.to_owned(), held });
        }
    }
    Ok(tables)
}

impl Wanted<'_> {
    fn sheet(&mut self, sheet: &Sheet) -> Option<Grid> {
        self.grid(&sheet.name, sheet.visible == SheetVisible::Visible, sheet.typ == SheetType::WorkSheet)
    }
}
