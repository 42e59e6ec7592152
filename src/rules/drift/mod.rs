//! Value drift: one thing written in several ways.

mod picklist;
pub mod spelling_variant;
pub mod unlisted_value;
