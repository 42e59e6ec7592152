//! Consent, and content that ought not to be there.

pub(crate) mod columns;
pub mod consent_conflict;
pub mod over_retained;
pub mod sensitive_content;
