//! The evidence of a run, expanded on demand.

use polars::prelude::{DataFrame, PolarsResult};

use super::expand::Gathered;
use super::{EvidenceRow, Member, schema};

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
