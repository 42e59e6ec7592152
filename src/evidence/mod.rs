//! Evidence: what rules return, how it is expanded, summed up and scored.

mod finding;
pub mod schema;
mod table;

pub use finding::{Audit, EvidenceRow, Failed, Finding, Metrics, RoleSummary, Score, Skipped, SourceSummary, Verdict};
pub use table::Evidence;
