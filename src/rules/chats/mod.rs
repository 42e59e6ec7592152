//! Chats and the leads they become.

pub mod abandoned_lead;
pub mod empty_record;
pub mod test_record;
