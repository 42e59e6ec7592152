//! What a run gives out.

pub mod target;
