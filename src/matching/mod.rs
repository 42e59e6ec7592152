//! Matching, free of rules and vendors: which values are one value, and which records are one person.

pub mod compare;
pub mod drift;
pub mod fuzz;
pub mod guards;
pub mod keyer;
pub mod records;
pub mod slips;
pub mod spelling;
pub mod vocabulary;
