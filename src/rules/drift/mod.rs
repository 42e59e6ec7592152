//! Value drift: one thing written in several ways.

pub mod contradictory_place;
pub mod spelling_variant;
