//! leadlint
pub mod model;

pub mod config;

pub mod evidence;

pub mod emit;
