//! Duplicates; the email is the authoritative key.

mod across;
pub(in crate::rules) mod cluster;
mod compared;
pub mod cross_object_duplicate;
#[cfg(test)]
mod cross_object_duplicate_tests;
pub mod duplicate_account;
pub mod equivalent_mailbox;
pub mod linked;
pub mod misspelt_email;
mod near_address;
pub mod overdue_merge;
mod placeholder;
pub mod probable_duplicate;
pub mod repeated_email;
pub mod repeated_record_id;
pub mod shared_mailbox;
pub mod unlinked_chat;
#[cfg(test)]
mod unlinked_chat_tests;
