//! References between sources.

pub mod dangling_reference;
