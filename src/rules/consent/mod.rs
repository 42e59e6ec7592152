//! Consent, and content that ought not to be there.

pub mod over_retained;
pub mod sensitive_content;
