//! The plan: the changes that would clean what the evidence points at, in order, without conflicts, with what was set
//! aside and why.
//!
//! In: an [`Audit`], the sources that it looked at, and decisions. Out: a [`Plan`], the frames as they would be, and
//! the comparison of the audits before and after. Nothing is written here; targets write plans.
//!
//! The order is that of a cleanup: merges (accounts, contacts, leads), then cells of the records that survive. Values are
//! mended before a merge looks at them, so that the value which survives is already the canonical one.

mod apply;
mod automation;
mod build;
mod cluster;
#[cfg(test)]
mod consent_tests;
mod converge;
pub mod decisions;
mod deletes;
mod document;
mod fields;
#[cfg(test)]
mod lifecycle_tests;
mod links;
#[cfg(test)]
mod merge_tests;
mod operation;
#[cfg(test)]
mod operation_tests;
mod places;
mod proposals;
#[cfg(test)]
mod reference_tests;
mod references;
mod repeated;
mod review;
mod survivor;
#[cfg(test)]
mod survivor_tests;
#[cfg(test)]
pub(crate) mod tests;
mod values;

use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use apply::apply;
pub use automation::Woken;
pub use build::build;
pub use converge::{Change, Convergence, Unconverged, compare};
pub use decisions::{Answer, DecisionError, Decisions, Recorded, Ruling};
pub use document::{Document, SCHEMA, schema};
pub use operation::{
    Aside, CellChange, Cited, Decision, Delete, FieldChoice, Grounds, Merge, Operation, Place, Repointed, Set,
    SetAside, SetKind,
};
pub use review::{Block, Line, Review, Standing, What, review};

use crate::evidence::Audit;
use crate::model::{Source, SourceFile};
use crate::normalise::AsOf;
use crate::rules::audit::Request;
use crate::rules::run::Watch;

/// What a plan was made from.
#[derive(Debug, Clone)]
pub struct Heading {
    /// Version of the program.
    pub version: &'static str,
    /// The clock of the audit.
    pub as_of: Option<DateTime<Utc>>,
    /// Who answers for the audit.
    pub owner: Option<String>,
    /// SHA-256 of the config's bytes.
    pub config_sha256: Option<String>,
    /// The command line, words as given.
    pub command: Vec<String>,
    /// Name of each source, and its files.
    pub sources: Vec<(String, Vec<SourceFile>)>,
}

impl Heading {
    fn of(audit: &Audit, sources: &[Arc<Source>]) -> Self {
        Self {
            version: audit.version,
            as_of: audit.as_of,
            owner: audit.owner.clone(),
            config_sha256: audit.config_sha256.clone(),
            command: audit.command.clone(),
            sources: sources.iter().map(|source| (source.name.clone(), source.files.clone())).collect(),
        }
    }
}

/// The changes that would clean what the evidence points at.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What it was made from.
    pub heading: Heading,
    /// The operations, in the order in which they are carried out. No cell is changed twice, and no record that is
    /// merged away is changed at all.
    pub operations: Vec<Operation>,
    /// What was left alone, and why.
    pub set_aside: Vec<SetAside>,
    /// What people decided.
    pub decisions: Vec<Recorded>,
    /// Automations that read what the plan changes.
    pub wakes: Vec<Woken>,
    /// Hours within which a duplicate ought to be merged.
    pub merge_within_hours: u32,
}

impl Plan {
    /// Days for which a record is set apart before it is deleted, and backups of what went are kept.
    pub const QUARANTINE_DAYS: u32 = 14;

    /// The merges.
    pub fn merges(&self) -> impl Iterator<Item = &Merge> {
        self.operations.iter().filter_map(|operation| match operation {
            Operation::Merge(merge) => Some(merge),
            _ => None,
        })
    }

    /// The cells that are set, linked, assigned and retagged; those of merges aside.
    pub fn sets(&self) -> impl Iterator<Item = &Set> {
        self.operations.iter().filter_map(|operation| match operation {
            Operation::Set(set) => Some(set),
            _ => None,
        })
    }

    /// The records that are deleted.
    pub fn deletes(&self) -> impl Iterator<Item = &Delete> {
        self.operations.iter().filter_map(|operation| match operation {
            Operation::Delete(delete) => Some(delete),
            _ => None,
        })
    }
}

/// Positions of the columns of `source` that say whether a person may be contacted, and when and how they said so.
#[must_use]
pub fn consent_columns(source: &Source) -> Vec<usize> {
    use fields::Field;
    let fields = fields::Fields::of(source);
    fields.columns(|field| matches!(field, Field::Consent { .. } | Field::ConsentDetail)).collect()
}

/// Why there is no cleanup.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The frames cannot be changed as planned.
    #[error("the plan could not be applied to what was read: {0}")]
    Polars(#[from] polars::prelude::PolarsError),
    /// The planned frames cannot be audited.
    #[error("the planned records could not be audited: {0}")]
    Audit(#[from] crate::rules::audit::Error),
}

/// A plan, carried out on what was read, and audited again.
#[derive(Debug)]
pub struct Cleanup {
    /// The plan.
    pub plan: Plan,
    /// The sources as they would be.
    pub applied: Vec<Arc<Source>>,
    /// The audit of those.
    pub after: Audit,
    /// Before and after.
    pub convergence: Convergence,
}

/// Plans, applies the plan to the loaded frames and audits the result. The clock of the second audit is that of the
/// first: a record that is merged away must not set it back.
pub fn clean(
    audit: &Audit,
    sources: &[Arc<Source>],
    request: &Request<'_>,
    decisions: &Decisions,
    watch: Watch<'_>,
) -> Result<Cleanup, Error> {
    let plan = build(audit, sources, request.config, decisions);
    let applied = apply(&plan, sources)?;
    let request = Request { clock: audit.as_of.map_or(request.clock, AsOf::Given), ..request.clone() };
    let after = crate::rules::audit::audit(&applied, &request, watch)?;
    let convergence = compare(&plan, audit, &after);
    Ok(Cleanup { plan, applied, after, convergence })
}
