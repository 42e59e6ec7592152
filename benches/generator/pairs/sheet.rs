//! CSV files as vendors write them: every cell quoted, or only those that need it.

use std::fs;
use std::io;
use std::path::Path;

/// A CSV file in memory.
#[derive(Debug)]
pub(crate) struct Sheet {
    text: String,
    quoted: bool,
    width: usize,
}

impl Sheet {
    /// A file with a header.
    pub(crate) fn new(header: &[&str], quoted: bool) -> Self {
        let mut sheet = Self { text: String::new(), quoted, width: header.len() };
        sheet.row(header.iter().copied());
        sheet
    }

    /// Adds a row, which must be as wide as the header.
    pub(crate) fn row<C: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = C>) {
        let mut width = 0;
        for cell in cells {
            let cell = cell.as_ref();
            if width > 0 {
                self.text.push(',');
            }
            width += 1;
            if self.quoted || cell.contains([',', '"', '\n', '\r']) {
                self.text.push('"');
                self.text.push_str(&cell.replace('"', "\"\""));
                self.text.push('"');
            } else {
                self.text.push_str(cell);
            }
        }
        assert_eq!(width, self.width, "a row is as wide as its header");
        self.text.push('\n');
    }

    /// Writes the file.
    pub(crate) fn write(&self, path: &Path) -> io::Result<()> {
        fs::write(path, &self.text)
    }
}
