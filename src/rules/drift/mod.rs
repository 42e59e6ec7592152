//! Value drift: one thing written in several ways.

pub mod contradictory_place;
mod picklist;
pub mod spelling_variant;
pub mod unlisted_value;
