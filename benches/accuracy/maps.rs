//! What `leadlint map` infers without any config, against the contracts that the corpus keeps to.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::{self, Write};

use super::{Corpus, leadlint, rows};

/// Contracts of one pair, over its healthy corpora.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Recovered {
    /// Contracts.
    pub(crate) planted: u64,
    /// Those that were inferred.
    pub(crate) found: u64,
    /// What was inferred beside them.
    pub(crate) wrong: u64,
}

/// By pair.
#[derive(Debug, Default)]
pub(crate) struct Maps {
    /// What was recovered.
    pub(crate) pairs: BTreeMap<usize, Recovered>,
}

impl Maps {
    /// Infers the mappings of a healthy corpus from its exports alone.
    pub(crate) fn add(&mut self, corpus: &Corpus, show: usize) -> Result<(), Box<dyn Error>> {
        // Elsewhere, so that the corpus's own config is not read.
        let empty = tempfile::tempdir()?;
        let mut words = vec!["map".to_owned(), "--quiet".to_owned(), "--format".to_owned(), "json".to_owned()];
        for entry in std::fs::read_dir(&corpus.dir)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            // The exports, not the schema, what the audit wrote, or the gold.
            let ours =
                ["evidence.csv", "report.json", "lead-describe.json", "contact-properties.json", "leadlint.toml"];
            if path.is_file() && !ours.contains(&name) {
                words.push(path.display().to_string());
            }
        }
        words[4..].sort_unstable();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let said: serde_json::Value = serde_json::from_str(&leadlint(empty.path(), &words)?)?;
        let mut inferred: BTreeSet<(String, String)> = BTreeSet::new();
        for field in
            said["sides"].as_array().into_iter().flatten().filter_map(|side| side["fields"].as_array()).flatten()
        {
            // A chat's id lands in the record by design; it is what pairs are linked by.
            let lands = |cell: &&serde_json::Value| !cell["lands"].is_null() && cell["is_link"] != true;
            for cell in field["cells"].as_array().into_iter().flatten().filter(lands) {
                if let (Some(from), Some(to)) = (field["from"].as_str(), cell["to"].as_str()) {
                    inferred.insert((from.to_owned(), to.to_owned()));
                }
            }
        }
        let gold: BTreeSet<(String, String)> = rows(&corpus.dir.join("gold/mappings.csv"))?
            .into_iter()
            .map(|row| (row["from"].clone(), row["to"].clone()))
            .collect();
        let sum = self.pairs.entry(corpus.pair).or_default();
        sum.planted += gold.len() as u64;
        sum.found += gold.intersection(&inferred).count() as u64;
        sum.wrong += inferred.difference(&gold).count() as u64;
        if show > 0 {
            let missed: Vec<_> = gold.difference(&inferred).collect();
            let wrong: Vec<_> = inferred.difference(&gold).collect();
            writeln!(io::stderr(), "map of {}: missed {missed:?}, beside them {wrong:?}", corpus.dir.display())?;
        }
        Ok(())
    }
}
