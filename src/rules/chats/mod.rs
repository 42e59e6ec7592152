//! Chats and the leads they become.

pub mod abandoned_lead;
pub(super) mod carried;
pub mod empty_record;
pub mod missing_transcript;
pub mod overlong_chat;
pub mod repeat_visitor;
pub mod test_record;
pub mod transfer_loss;
pub mod unanswered_visitor;
pub mod ungated_lead;
