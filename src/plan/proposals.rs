//! Proposals for cells: at most one per cell goes on, the others are set aside and said.

use std::collections::BTreeMap;

use super::build::Asides;
use super::operation::{Aside, Decision};
use crate::model::Safety;
use crate::normalise::text::{is_invisible, trimmed};

/// A cell of a source: position of the source, row of its frame, position of the column.
pub(super) type Cell = (usize, u32, usize);

/// A value that a rule proposes for a cell, and that may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proposal {
    pub(super) code: &'static str,
    pub(super) new: String,
    pub(super) group: Option<String>,
    pub(super) fingerprint: String,
    pub(super) safety: Safety,
    pub(super) decision: Decision,
    pub(super) detail: String,
}

/// The proposal that goes on, and those that it makes good as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) best: Proposal,
    pub(super) included: Vec<Proposal>,
}

impl Chosen {
    /// Every proposal that is answered.
    pub(super) fn all(&self) -> impl Iterator<Item = &Proposal> {
        std::iter::once(&self.best).chain(&self.included)
    }
}

/// Takes white space and invisible characters out; any mended value includes it.
const TRIMMING: &str = "FMT005";

/// Rank of a code: consent first, then canonical values, mere trimming last, the rest in the order of families and codes.
fn rank(code: &str) -> (usize, &str) {
    const FAMILIES: [&str; 9] = ["CNS", "DRF", "TAG", "MAP", "ASG", "STG", "LNK", "REQ", "FMT"];
    let family = if code == TRIMMING {
        usize::MAX
    } else {
        FAMILIES.iter().position(|family| code.starts_with(family)).unwrap_or(FAMILIES.len())
    };
    (family, code)
}

fn is_clean(value: &str) -> bool {
    trimmed(value) == value && !value.chars().any(|c| c.is_control() || is_invisible(c) || c == '\u{A0}')
}

/// Chooses one proposal for each cell. `name` says what a cell is called: `leads · Region`.
pub(super) fn choose(
    proposals: BTreeMap<Cell, Vec<Proposal>>,
    name: impl Fn(Cell) -> String,
    asides: &mut Asides,
) -> BTreeMap<Cell, Chosen> {
    let mut chosen = BTreeMap::new();
    for (cell, mut of_cell) in proposals {
        of_cell.sort_by(|a, b| (rank(a.code), &a.new, &a.fingerprint).cmp(&(rank(b.code), &b.new, &b.fingerprint)));
        let mut rest = of_cell.into_iter();
        let Some(best) = rest.next() else { continue };
        let mut included = Vec::new();
        for other in rest {
            let trims = other.code == TRIMMING && is_clean(&best.new);
            if other.new != best.new {
                let why = if trims {
                    format!("two proposals for one cell: that of {} went in, and leaves no stray characters", best.code)
                } else {
                    format!("two proposals for one cell: that of {} went in; audit again after loading", best.code)
                };
                asides.add(Aside::Conflict, other.code, name(cell), why);
            }
            if trims || other.new == best.new {
                included.push(other);
            }
        }
        chosen.insert(cell, Chosen { best, included });
    }
    chosen
}
