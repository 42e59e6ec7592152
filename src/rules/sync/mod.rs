//! The sync between chat and CRM: how fast, how reliable, how complete.

pub(in crate::rules) mod attempts;
pub mod backdated_lead;
pub mod error_burst;
mod figures;
mod latency;
pub mod lost_chat;
mod rhythm;
pub mod silent_gap;
pub mod slow_sync;
pub mod stale_log;
pub mod stalled_sync;
mod unanswered;

pub(super) use figures::figures;
