//! Writing of CSV rows, quoted only where needed.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// A CSV file that is written row by row.
#[derive(Debug)]
pub(crate) struct Table {
    out: BufWriter<File>,
    row: Vec<u8>,
    cells: usize,
}

impl Table {
    /// A file at `path` with `header`.
    pub(crate) fn create(path: &Path, header: &[&str]) -> io::Result<Self> {
        let out = BufWriter::with_capacity(1 << 20, File::create(path)?);
        let mut table = Self { out, row: Vec::with_capacity(1 << 10), cells: 0 };
        table.row(header.iter().map(|h| h.as_bytes()))?;
        Ok(table)
    }

    /// Adds a cell to the row at hand.
    pub(crate) fn cell(&mut self, cell: impl AsRef<[u8]>) -> &mut Self {
        let cell = cell.as_ref();
        if self.cells > 0 {
            self.row.push(b',');
        }
        self.cells += 1;
        if cell.iter().any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r')) {
            self.row.push(b'"');
            for &byte in cell {
                if byte == b'"' {
                    self.row.push(b'"');
                }
                self.row.push(byte);
            }
            self.row.push(b'"');
        } else {
            self.row.extend_from_slice(cell);
        }
        self
    }

    /// Takes the last cell off the row at hand, together with its comma.
    pub(crate) fn drop_last(&mut self) {
        if let Some(comma) = self.row.iter().rposition(|&b| b == b',') {
            self.row.truncate(comma);
        }
    }

    /// Ends the row.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        self.row.push(b'\n');
        self.out.write_all(&self.row)?;
        self.row.clear();
        self.cells = 0;
        Ok(())
    }

    /// Writes a whole row.
    pub(crate) fn row<C: AsRef<[u8]>>(&mut self, cells: impl IntoIterator<Item = C>) -> io::Result<()> {
        for cell in cells {
            self.cell(cell);
        }
        self.end()
    }

    /// Writes what is still held back.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}
