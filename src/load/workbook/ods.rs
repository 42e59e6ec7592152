//! OpenDocument spreadsheets. Rows and cells that are repeated are written once in the file; blank ones are stepped over,
//! others count against the limits before they are made.

use std::borrow::Cow;
use std::collections::BTreeMap;

use calamine::{Data, Sheet, SheetType, SheetVisible};

use super::grid::Grid;
use super::xml::{Scanner, Token, attribute, resolve};
use super::{Wanted, damaged};
use crate::load::Error;
use crate::load::archive::Archive;
use crate::load::encoding::lenient;

/// A cell as it stands in the file.
struct Cell {
    value: Data,
    /// Whether the text between the tags is the value.
    takes_text: bool,
    text: String,
    paragraphs: usize,
    repeat: u32,
}

/// Reads the sheets that are wanted; the names of all.
pub(super) fn read(content: &[u8], wanted: &mut Wanted<'_>) -> Result<Vec<Sheet>, Error> {
    let path = wanted.path;
    let mut archive = Archive::open(content, path)?;
    archive.check_sizes()?;
    if let Some(manifest) = archive.by_name("META-INF/manifest.xml")
        && lenient(&manifest?).contains("encryption-data")
    {
        return Err(Error::Protected { path: path.to_owned() });
    }
    let xml = archive.by_name("content.xml").ok_or_else(|| damaged(path, "it has no content"))??;
    let text = std::str::from_utf8(&xml).map_err(|_| damaged(path, "its text is not UTF-8"))?;
    Document { scanner: Scanner::new(text), path, styles: BTreeMap::new() }.read(wanted)
}

struct Document<'a> {
    scanner: Scanner<'a>,
    path: &'a str,
    /// Whether tables of a style are shown.
    styles: BTreeMap<String, bool>,
}

impl<'a> Document<'a> {
    fn next(&mut self) -> Result<Option<Token<'a>>, Error> {
        self.scanner.next().map_err(|reason| damaged(self.path, reason))
    }

    /// The next piece, where the document cannot end.
    fn inside(&mut self) -> Result<Token<'a>, Error> {
        self.next()?.ok_or_else(|| damaged(self.path, "it ends in the middle of a sheet"))
    }

    fn read(mut self, wanted: &mut Wanted<'_>) -> Result<Vec<Sheet>, Error> {
        let mut sheets = Vec::new();
        let mut style = None;
        while let Some(token) = self.next()? {
            match token {
                Token::Open { name: "style:style", attributes, .. } => style = attribute(attributes, "style:name"),
                Token::Open { name: "style:table-properties", attributes, .. } => {
                    if let Some(style) = &style {
                        let shown = attribute(attributes, "table:display").is_none_or(|shown| shown != "false");
                        self.styles.insert(style.clone().into_owned(), shown);
                    }
                }
                Token::Open { name: "table:table", attributes, closed } => {
                    let name = attribute(attributes, "table:name").unwrap_or_default().into_owned();
                    let style = attribute(attributes, "table:style-name");
                    let visible = style.and_then(|style| self.styles.get(&*style).copied()).unwrap_or(true);
                    let mut grid = wanted.grid(&name, visible, true);
                    if !closed {
                        self.table(grid.as_mut())?;
                    }
                    if let Some(grid) = grid {
                        wanted.take(&name, grid)?;
                    }
                    let visible = if visible { SheetVisible::Visible } else { SheetVisible::Hidden };
                    sheets.push(Sheet { name, typ: SheetType::WorkSheet, visible });
                }
                _ => {}
            }
        }
        Ok(sheets)
    }

    fn table(&mut self, mut grid: Option<&mut Grid>) -> Result<(), Error> {
        let mut row = 0_u32;
        loop {
            match self.inside()? {
                Token::Open { name: "table:table-row", attributes, closed } => {
                    let repeat = repeated(attributes, "table:number-rows-repeated");
                    let cells = if closed { Vec::new() } else { self.row()? };
                    if let Some(grid) = grid.as_deref_mut()
                        && let Some((column, _, times)) = cells.iter().rfind(|(_, cell, _)| *cell != Data::Empty)
                    {
                        grid.expect(row, repeat, column.saturating_add(*times))?;
                        for row in row..row.saturating_add(repeat) {
                            put(grid, row, &cells)?;
                        }
                    }
                    row = row.saturating_add(repeat);
                }
                // A table in a cell, or the database of a sheet, is none of its rows.
                Token::Open { name: "table:table", closed: false, .. } => self.skip_table()?,
                Token::Close("table:table") => return Ok(()),
                _ => {}
            }
        }
    }

    /// Steps over a table within a table, however deep.
    fn skip_table(&mut self) -> Result<(), Error> {
        let mut depth = 1_u64;
        while depth > 0 {
            match self.inside()? {
                Token::Open { name: "table:table", closed: false, .. } => depth += 1,
                Token::Close("table:table") => depth -= 1,
                _ => {}
            }
        }
        Ok(())
    }

    /// The cells of a row, with their columns and how often each stands there.
    fn row(&mut self) -> Result<Vec<(u32, Data, u32)>, Error> {
        let mut cells = Vec::new();
        let mut column = 0_u32;
        loop {
            match self.inside()? {
                Token::Open { name: "table:table-cell" | "table:covered-table-cell", attributes, closed } => {
                    let mut cell = Cell::of(attributes);
                    if !closed {
                        self.cell(&mut cell)?;
                    }
                    let repeat = cell.repeat;
                    cells.push((column, cell.finish(), repeat));
                    column = column.saturating_add(repeat);
                }
                Token::Open { name: "table:table", closed: false, .. } => self.skip_table()?,
                Token::Close("table:table-row") => return Ok(cells),
                Token::Close("table:table") => return Err(damaged(self.path, "a row has no end")),
                _ => {}
            }
        }
    }

    /// The text of a cell up to its end. Notes that hang on a cell are no part of it.
    fn cell(&mut self, cell: &mut Cell) -> Result<(), Error> {
        let mut note = 0_u32;
        loop {
            match self.inside()? {
                Token::Close("table:table-cell" | "table:covered-table-cell") => return Ok(()),
                Token::Close("table:table-row" | "table:table") => {
                    return Err(damaged(self.path, "a cell has no end"));
                }
                Token::Open { name: "office:annotation", closed: false, .. } => note += 1,
                Token::Close("office:annotation") => note = note.saturating_sub(1),
                Token::Open { name: "table:table", closed: false, .. } => self.skip_table()?,
                _ if note > 0 => {}
                Token::Text(text) if cell.paragraphs > 0 => cell.text.push_str(&resolve(text)),
                Token::Literal(text) if cell.paragraphs > 0 => cell.text.push_str(text),
                Token::Open { name: "text:p" | "text:h", .. } => {
                    if cell.paragraphs > 0 {
                        cell.text.push('\n');
                    }
                    cell.paragraphs += 1;
                }
                Token::Open { name: "text:s", attributes, .. } => {
                    // Runs of blanks are short; the file may ask for billions.
                    let count = attribute(attributes, "text:c").and_then(|count| count.parse::<usize>().ok());
                    cell.text.extend(std::iter::repeat_n(' ', count.unwrap_or(1).min(1024)));
                }
                Token::Open { name: "text:tab", .. } => cell.text.push('\t'),
                Token::Open { name: "text:line-break", .. } => cell.text.push('\n'),
                _ => {}
            }
        }
    }
}

fn repeated(attributes: &str, name: &str) -> u32 {
    attribute(attributes, name).and_then(|count| count.parse().ok()).unwrap_or(1)
}

/// Puts a row into the grid, which expects it.
fn put(grid: &mut Grid, row: u32, cells: &[(u32, Data, u32)]) -> Result<(), Error> {
    for (column, cell, repeat) in cells.iter().filter(|(_, cell, _)| *cell != Data::Empty) {
        for column in *column..column.saturating_add(*repeat) {
            grid.put(row, column, cell.clone())?;
        }
    }
    Ok(())
}

impl Cell {
    fn of(attributes: &str) -> Self {
        let value_type = attribute(attributes, "office:value-type");
        let get = |name: &str| attribute(attributes, name).map(Cow::into_owned);
        let is_error = attribute(attributes, "calcext:value-type").is_some_and(|kind| kind == "error");
        let value = match value_type.as_deref() {
            Some("float" | "percentage" | "currency") => {
                get("office:value").map(|value| value.parse::<f64>().map_or(Data::String(value), Data::Float))
            }
            Some("date") => get("office:date-value").map(Data::DateTimeIso),
            Some("time") => get("office:time-value").map(Data::DurationIso),
            Some("boolean") => get("office:boolean-value").map(|value| Data::Bool(value.eq_ignore_ascii_case("true"))),
            Some("string") => get("office:string-value").filter(|value| !value.is_empty()).map(Data::String),
            _ => None,
        };
        // The text of a cell is how a value is shown; it is the value where there is none, and where it is an error.
        let takes_text = is_error || (value.is_none() && value_type.is_some());
        let repeat = repeated(attributes, "table:number-columns-repeated");
        Self { value: value.unwrap_or_default(), takes_text, text: String::new(), paragraphs: 0, repeat }
    }

    fn finish(self) -> Data {
        if self.takes_text && !self.text.is_empty() { Data::String(self.text) } else { self.value }
    }
}
