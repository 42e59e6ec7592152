//! Field mapping between chats and the CRM.

pub mod absent_source;
pub mod absent_target;
pub mod altered_value;
pub mod boolean_mismatch;
pub mod contested_target;
pub mod failed_probe;
mod failures;
pub mod free_text_target;
pub mod lost_value;
pub mod misrouted_value;
pub(in crate::rules) mod outcomes;
pub mod rejected_picklist_value;
pub mod shifted_timestamp;
pub mod starved_automation;
pub mod truncated_value;
pub mod unexercised_mapping;
pub mod untriggered_automation;
pub mod wrong_target_type;
