//! Consent, and content that ought not to be there.
