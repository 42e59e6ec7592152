//! The sync between chat and CRM: how fast, how reliable, how complete.

pub mod backdated_lead;
mod latency;
pub mod slow_sync;
pub mod stalled_sync;
