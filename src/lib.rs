//! leadlint
pub mod model;

pub mod config;

pub mod load;

pub mod normalise;

pub mod evidence;

pub mod matching;

pub mod rules;

pub mod plan;

pub mod emit;
