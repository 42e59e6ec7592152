//! Matching, free of rules and vendors: which values are one value.

pub mod spelling;
