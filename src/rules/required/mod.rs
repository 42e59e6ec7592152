//! Required and minimal data.

pub mod invalid_email;
pub mod missing_required_value;
mod policy;
pub mod required_column_absent;
