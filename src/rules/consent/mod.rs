//! Consent, and content that ought not to be there.

pub mod over_retained;
