//! Chats and the leads they become.

pub mod abandoned_lead;
pub mod empty_record;
pub(in crate::rules) mod gate;
pub mod test_record;
