//! What the config declares of chats and records beside the mappings, held against the whole exports: the types of mapped
//! fields, the fields that automations read, probes, and which edge cases some chat exercises. Bounded by the config.

mod edge_cases;
mod probes;
mod types;
mod uses;

pub use edge_cases::EdgeCases;
pub use probes::{Expectation, Probe, State, is_shown};
pub use types::{MappedType, type_of_role};
pub use uses::{Fed, Of, Use};

use super::facts::SourceFacts;
use super::inference::Inference;
use super::links::Links;
use super::mapped::Mapping;
use super::table::Table;
use super::users::Users;
use crate::config::options::Options;

/// Everything that is declared, held against the exports.
#[derive(Debug, Default)]
pub struct Declared {
    /// By mapping whose CRM field is there.
    pub types: Vec<MappedType>,
    /// By automation, each field that it uses.
    pub uses: Vec<Use>,
    /// By probe.
    pub probes: Vec<Probe>,
    /// Chats that exercise each edge case.
    pub edge_cases: EdgeCases,
}

/// What else is known of whole tables.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) tables: &'a [Table],
    pub(super) sources: &'a [SourceFacts],
    pub(super) links: Option<&'a Links>,
    pub(super) mappings: &'a [Mapping],
    pub(super) inference: &'a Inference,
    pub(super) users: &'a Users,
}

impl Declared {
    pub(super) fn compute(known: Known<'_>, config: &Options) -> Self {
        Self {
            types: types::judge(known, config),
            uses: uses::resolve(known, config),
            probes: probes::look_up(known, config),
            edge_cases: EdgeCases::of(known, config),
        }
    }
}

/// Whether a cell stands for nothing, whatever its column.
fn is_filler(cell: &str) -> bool {
    let cell = super::text::trimmed(cell);
    super::text::is_blank(Some(cell))
        || ["n/a", "na", "none", "null", "unknown", "tbd", "-", "--", "."]
            .iter()
            .any(|word| cell.eq_ignore_ascii_case(word))
}
