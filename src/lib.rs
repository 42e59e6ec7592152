//! leadlint
pub mod model;

pub mod config;

pub mod load;
