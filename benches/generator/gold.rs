//! The gold files: what is true, and what was planted.

use std::fs;
use std::io;
use std::path::Path;

use super::csv::Table;

/// The gold files.
#[derive(Debug)]
pub(crate) struct Gold {
    entities: Table,
    faults: Table,
    /// Spellings, their columns and meanings.
    pub(crate) drift: Table,
    /// Faults so far.
    pub(crate) planted: u64,
}

impl Gold {
    /// The gold files in `dir/gold`.
    pub(crate) fn create(dir: &Path) -> io::Result<Self> {
        let dir = dir.join("gold");
        fs::create_dir_all(&dir)?;
        Ok(Self {
            entities: Table::create(&dir.join("duplicates.csv"), &["lead_id", "entity_id", "kind"])?,
            faults: Table::create(
                &dir.join("faults.csv"),
                &["code", "source", "record_id", "column", "other_id", "note"],
            )?,
            drift: Table::create(&dir.join("drift.csv"), &["column", "raw_value", "gold"])?,
            planted: 0,
        })
    }

    /// Lead `id` is the person of number `entity`.
    pub(crate) fn entity(&mut self, id: &[u8], entity: u64, kind: &str) -> io::Result<()> {
        self.entities.cell(id).cell(format!("p{:08}", entity + 1)).cell(kind).end()
    }

    /// A fault was planted that rule `code` is meant to find.
    pub(crate) fn fault(
        &mut self,
        code: &str,
        source: &str,
        record: impl AsRef<[u8]>,
        column: &str,
        other: impl AsRef<[u8]>,
        note: &str,
    ) -> io::Result<()> {
        self.planted += 1;
        self.faults.cell(code).cell(source).cell(record).cell(column).cell(other).cell(note).end()
    }

    /// Ends the files.
    pub(crate) fn finish(self) -> io::Result<()> {
        self.entities.finish()?;
        self.faults.finish()?;
        self.drift.finish()
    }
}
