//! Field mapping between chats and the CRM.

pub mod altered_value;
pub mod boolean_mismatch;
mod failures;
pub mod lost_value;
pub mod misrouted_value;
pub mod rejected_picklist_value;
pub mod truncated_value;
