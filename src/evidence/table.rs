//! The evidence of a run, expanded on demand.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, PolarsResult};

use super::expand::Gathered;
use super::{EvidenceRow, Member, schema};
use crate::model::Status;

/// Rows that [`Evidence::each`] expands at a time.
const AT_ONCE: usize = 16_384;

/// All evidence of a run, sorted by (code, source, column, group, record id, row).
#[derive(Debug)]
pub struct Evidence(Inner);

#[derive(Debug)]
enum Inner {
    Rows(Vec<EvidenceRow>),
    Gathered(Box<Gathered>),
}

/// A value that evidence suggests for several rows: what is spelt in other ways than the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// Name of the source.
    pub source: String,
    /// Original header.
    pub column: String,
    /// The value that should stand there.
    pub value: String,
    /// Rows that show another one.
    pub rows: u64,
}

impl From<Gathered> for Evidence {
    fn from(gathered: Gathered) -> Self {
        Self(Inner::Gathered(Box::new(gathered)))
    }
}

impl Evidence {
    /// Evidence from rows that are already expanded and sorted.
    #[must_use]
    pub fn from_rows(rows: Vec<EvidenceRow>) -> Self {
        Self(Inner::Rows(rows))
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Inner::Rows(rows) => rows.len(),
            Inner::Gathered(gathered) => gathered.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every row, expanded, in order.
    #[must_use]
    pub fn rows(&self) -> Vec<EvidenceRow> {
        match &self.0 {
            Inner::Rows(rows) => rows.clone(),
            Inner::Gathered(gathered) => gathered
                .stretches()
                .iter()
                .flat_map(|stretch| gathered.expand(stretch, stretch.from, stretch.to))
                .collect(),
        }
    }

    /// Hands the rows of one finding's evidence to `take`, in order, accepted rows included. Some thousands are expanded
    /// at a time, so that a finding with millions of rows is never held whole.
    pub fn each(&self, code: &str, source: &str, column: Option<&str>, mut take: impl FnMut(&EvidenceRow)) {
        match &self.0 {
            Inner::Rows(rows) => rows
                .iter()
                .filter(|r| r.code == code && r.source == source && r.column.as_deref() == column)
                .for_each(take),
            Inner::Gathered(gathered) => {
                let Some(stretch) = gathered.find(code, source, column) else { return };
                for from in (stretch.from..stretch.to).step_by(AT_ONCE) {
                    let to = stretch.to.min(from + AT_ONCE);
                    gathered.expand(stretch, from, to).iter().for_each(&mut take);
                }
            }
        }
    }

    /// The whole table with the columns of [`SCHEMA`](schema::SCHEMA).
    pub fn frame(&self) -> PolarsResult<DataFrame> {
        match &self.0 {
            Inner::Rows(rows) => schema::frame(rows),
            Inner::Gathered(gathered) => gathered.frame(),
        }
    }

    /// The rows that the rules `codes` put into groups; none of evidence that is already expanded.
    #[must_use]
    pub fn members(&self, codes: &[&str]) -> Vec<Member> {
        match &self.0 {
            Inner::Rows(_) => Vec::new(),
            Inner::Gathered(gathered) => gathered.members(codes),
        }
    }

    /// The first `most` rows of one finding's evidence that no exception covers, expanded, in order.
    #[must_use]
    pub fn some(&self, code: &str, source: &str, column: Option<&str>, most: usize) -> Vec<EvidenceRow> {
        match &self.0 {
            Inner::Rows(rows) => rows
                .iter()
                .filter(|r| r.code == code && r.source == source && r.column.as_deref() == column)
                .filter(|r| r.status != Status::Accepted)
                .take(most)
                .cloned()
                .collect(),
            Inner::Gathered(gathered) => {
                gathered.find(code, source, column).map(|found| gathered.examples(found, most)).unwrap_or_default()
            }
        }
    }

    /// How many rows that no exception covers are to get one suggested value, by source, column and value; of the rules
    /// whose codes start with `family`. The largest first, then by name.
    #[must_use]
    pub fn suggestions(&self, family: &str) -> Vec<Suggested> {
        let mut counts: BTreeMap<(&str, &str, &str), u64> = BTreeMap::new();
        match &self.0 {
            Inner::Rows(rows) => {
                let open = rows.iter().filter(|r| r.code.starts_with(family) && r.status != Status::Accepted);
                for row in open {
                    if let (Some(column), Some(value)) = (&row.column, &row.suggested) {
                        *counts.entry((&row.source, column, value)).or_default() += 1;
                    }
                }
            }
            Inner::Gathered(gathered) => {
                for stretch in gathered.stretches().iter().filter(|stretch| stretch.code.starts_with(family)) {
                    let Some(column) = gathered.header(stretch.source, stretch.column) else { continue };
                    for (at, one) in (stretch.from..).zip(gathered.tally(stretch)) {
                        if let (false, Some(value)) = (one.status == Status::Accepted, gathered.suggested(at)) {
                            *counts.entry((gathered.source_name(stretch.source), column, value)).or_default() += 1;
                        }
                    }
                }
            }
        }
        let mut found: Vec<Suggested> = counts
            .into_iter()
            .map(|((source, column, value), rows)| Suggested {
                source: source.to_owned(),
                column: column.to_owned(),
                value: value.to_owned(),
                rows,
            })
            .collect();
        found.sort_by_key(|one| std::cmp::Reverse(one.rows));
        found
    }

    /// What the evidence at a position says.
    #[must_use]
    pub fn detail(&self, at: usize) -> &str {
        match &self.0 {
            Inner::Rows(rows) => rows.get(at).map_or("", |row| row.detail.as_str()),
            Inner::Gathered(gathered) => gathered.detail(at),
        }
    }

    /// Sorted fingerprints of one finding's evidence, accepted rows included.
    #[must_use]
    pub fn fingerprints(&self, code: &str, source: &str, column: Option<&str>) -> Vec<String> {
        match &self.0 {
            Inner::Rows(rows) => {
                let mut found: Vec<String> = rows
                    .iter()
                    .filter(|r| r.code == code && r.source == source && r.column.as_deref() == column)
                    .map(|r| r.fingerprint.clone())
                    .collect();
                found.sort_unstable();
                found
            }
            Inner::Gathered(gathered) => {
                gathered.find(code, source, column).map(|stretch| gathered.fingerprints(stretch)).unwrap_or_default()
            }
        }
    }
}
