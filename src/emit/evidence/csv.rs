//! Evidence as CSV: comma, LF, quotes where needed, an empty cell for null, exact values.

use std::io::{self, Write};

use csv_core::{WriteResult, Writer};
use polars::prelude::{AnyValue, Column, DataFrame};

use super::{EvidenceFormat, EvidenceMeta};
use crate::emit::Error;

/// The `.csv` format.
#[derive(Debug)]
pub(super) struct Csv;

const META: EvidenceMeta =
    EvidenceMeta { name: "csv", title: "one line per row of evidence, cells exactly as they are" };

impl EvidenceFormat for Csv {
    fn meta(&self) -> &'static EvidenceMeta {
        &META
    }

    fn write(&self, frame: &mut DataFrame, out: &mut dyn Write) -> Result<(), Error> {
        let render = |e: &dyn std::fmt::Display| Error::render(META.name, &e);
        let mut sheet = Sheet { writer: Writer::new(), out: io::BufWriter::new(out) };
        let names: Vec<String> = frame.get_column_names().iter().map(ToString::to_string).collect();
        sheet.record(names.iter().map(String::as_str)).map_err(|e| render(&e))?;
        let columns: Vec<_> = frame.columns().iter().map(Column::as_materialized_series).collect();
        let mut cells = vec![String::new(); columns.len()];
        for row in 0..frame.height() {
            for (cell, column) in cells.iter_mut().zip(&columns) {
                cell.clear();
                match column.get(row).map_err(|e| render(&e))? {
                    AnyValue::Null => {}
                    AnyValue::String(text) => cell.push_str(text),
                    other => cell.push_str(&other.to_string()),
                }
            }
            sheet.record(cells.iter().map(String::as_str)).map_err(|e| render(&e))?;
        }
        sheet.out.flush().map_err(|e| render(&e))
    }
}

/// Records, one cell after the other, through the tokeniser's own writer.
struct Sheet<W: Write> {
    writer: Writer,
    out: W,
}

impl<W: Write> Sheet<W> {
    fn record<'a>(&mut self, cells: impl Iterator<Item = &'a str>) -> io::Result<()> {
        let mut buffer = [0; 1024];
        for (i, cell) in cells.enumerate() {
            if i > 0 {
                self.drain(&mut buffer, Writer::delimiter)?;
            }
            let mut rest = cell.as_bytes();
            loop {
                let (result, read, written) = self.writer.field(rest, &mut buffer);
                self.out.write_all(&buffer[..written])?;
                rest = &rest[read..];
                if result == WriteResult::InputEmpty {
                    break;
                }
            }
        }
        self.drain(&mut buffer, Writer::terminator)
    }

    fn drain(&mut self, buffer: &mut [u8], put: fn(&mut Writer, &mut [u8]) -> (WriteResult, usize)) -> io::Result<()> {
        loop {
            let (result, written) = put(&mut self.writer, buffer);
            self.out.write_all(&buffer[..written])?;
            if result == WriteResult::InputEmpty {
                return Ok(());
            }
        }
    }
}
