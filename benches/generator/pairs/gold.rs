//! What is true of a corpus: what was planted, and what a rule may say of it beside that without being wrong.

use std::fs;
use std::io;
use std::path::Path;

use super::super::csv::Table;

/// The header of both files.
const HEADER: [&str; 6] = ["code", "source", "record_id", "column", "other_id", "note"];

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line([String; 6]);

/// The gold of a corpus.
#[derive(Debug, Default)]
pub(crate) struct Gold {
    faults: Vec<Line>,
    also: Vec<Line>,
}

fn line(code: &str, [source, record, column, other]: [&str; 4], note: &str) -> Line {
    Line([code, source, record, column, other, note].map(str::to_owned))
}

impl Gold {
    /// A fault that rule `code` is meant to find, at source, record, column, and the other record.
    pub(crate) fn fault(&mut self, code: &str, at: [&str; 4], note: &str) {
        self.faults.push(line(code, at, note));
    }

    /// What rule `code` may say too: a consequence of a fault, or what a person changed.
    pub(crate) fn also(&mut self, code: &str, at: [&str; 4], note: &str) {
        self.also.push(line(code, at, note));
    }

    /// How many faults there are.
    pub(crate) fn planted(&self) -> u64 {
        self.faults.len() as u64
    }

    /// Writes `gold/faults.csv` and `gold/also.csv`.
    pub(crate) fn write(&self, dir: &Path) -> io::Result<()> {
        let dir = dir.join("gold");
        fs::create_dir_all(&dir)?;
        for (name, lines) in [("faults.csv", &self.faults), ("also.csv", &self.also)] {
            let mut table = Table::create(&dir.join(name), &HEADER)?;
            for Line(cells) in lines {
                table.row(cells)?;
            }
            table.finish()?;
        }
        Ok(())
    }
}
