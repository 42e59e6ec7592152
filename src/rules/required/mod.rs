//! Required and minimal data.

pub mod free_mail;
pub mod incomplete_visitor;
pub mod invalid_email;
pub mod missing_required_value;
pub mod over_captured_column;
pub(in crate::rules) mod policy;
pub mod required_column_absent;
pub mod unusable_email;
