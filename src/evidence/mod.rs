//! Evidence: what rules return, how it is expanded, summed up and scored.
//!
//! Rules return [`Hits`]: indices and codes. [`Evidence`] gathers and sorts them, and expands a row only when somebody
//! reads it: a report reads a few examples, `--evidence` reads all.

mod accept;
mod clusters;
pub mod diff;
pub mod evaluation;
mod expand;
mod finding;
pub mod fingerprint;
pub mod history;
mod hits;
mod identities;
mod ledger;
mod metrics;
pub mod schema;
mod score;
pub mod snapshot;
mod summary;
mod table;

pub use accept::{Accepted, exceptions};
pub use clusters::Member;
pub use expand::{Gathered, RuleHits};
pub use finding::{AcceptState, Audit, Comparison, EvidenceRow, Exception, Failed, Finding, RoleSummary, RuleChange};
pub use finding::{Score, Skipped, SourceChange, SourceSummary, Verdict};
pub use hits::{AUDIT, HITS, Hits, Place};
pub use identities::{field_of, print_of_cell};
pub use ledger::Fate;
pub use metrics::{Assignment, AssignmentClash, AssignmentRule, CONCLUSIVE_DAYS, OwnerChange, OwnerLoad};
pub use metrics::{
    Attempts, AutomationProof, Bucket, CreatedBy, CreatedFrom, CreatedIn, CreatedInFrom, Creator, Duplicates,
    Expectation, FailedHour, Held, Latency, LinkFigures, MappingProof, Metrics, OutcomeProof, Percentiles, ProbeProof,
    Quantiles, Stray, Sync, UseProof,
};
pub use metrics::{CappedBlocks, DriftColumn, MatchField, MatchLevel, Matching};
pub use score::{Penalties, score};
pub use summary::{EXAMPLES, Ruling};
pub use table::{Evidence, Suggested};
