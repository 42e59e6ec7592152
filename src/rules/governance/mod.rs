//! Governance of the audit itself.

pub mod overdue_audit;
pub mod shrunken_source;
pub mod unowned_audit;
pub mod unsupervised_automation;
pub mod untested_edge_case;
