//! Duplicates; the email is the authoritative key.

pub mod repeated_email;
pub mod repeated_record_id;
