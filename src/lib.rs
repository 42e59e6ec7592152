//! leadlint
pub mod model;

pub mod config;

pub mod normalise;

pub mod evidence;

pub mod matching;

pub mod rules;
