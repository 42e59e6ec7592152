//! Governance of the audit itself.

pub mod unowned_audit;
pub mod unsupervised_automation;
pub mod untested_edge_case;
