//! Value drift: one thing written in several ways.

pub mod spelling_variant;
