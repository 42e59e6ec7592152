//! What `benches/mapping_accuracy.rs` measures: `score` compares evidence with gold, `maps` what `leadlint map` infers with
//! the contracts, `report` writes both.

pub(crate) mod maps;
pub(crate) mod report;
pub(crate) mod score;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A generated corpus.
#[derive(Debug)]
pub(crate) struct Corpus {
    /// Position of the pair.
    pub(crate) pair: usize,
    /// Whether nothing is planted in it.
    pub(crate) healthy: bool,
    /// Records and chats.
    pub(crate) rows: u64,
    /// Where it is.
    pub(crate) dir: PathBuf,
}

/// A row of a CSV file, by header.
pub(crate) type Row = BTreeMap<String, String>;

/// The rows of a CSV file.
pub(crate) fn rows(path: &Path) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(path)?;
    let header = reader.headers()?.clone();
    reader
        .records()
        .map(|record| {
            let record = record?;
            Ok(header.iter().zip(record.iter()).map(|(key, cell)| (key.to_owned(), cell.to_owned())).collect())
        })
        .collect()
}

/// Runs the linter in `dir`, where its temporary files go too; what it said on stdout.
pub(crate) fn leadlint(dir: &Path, words: &[&str]) -> Result<String, Box<dyn Error>> {
    let run = Command::new(std::env::current_exe()?)
        .arg(super::AS_LINTER)
        .args(words)
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()?;
    match run.status.code() {
        Some(0 | 1) => Ok(String::from_utf8(run.stdout)?),
        _ => Err(String::from_utf8_lossy(&run.stderr).into_owned().into()),
    }
}
