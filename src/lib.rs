//! leadlint, the linter for CRM and live-chat data.
//!
//! Data flows one way, and a layer imports only from the layers before it:
//!
//! ```text
//! memory -> model -> config -> load -> normalise -> evidence -> matching -> rules -> plan -> emit -> cli
//! ```
//!
//! - [`memory`]: the allocator, and how much memory a run may hold.
//! - [`model`]: the nouns: kinds, roles, sources, severities.
//! - [`config`]: `leadlint.toml` and the selection of rules.
//! - [`load`]: exports to sources, all text, with the place of each row.
//! - [`normalise`]: keys, distinct values, times, marks, each computed once; and the facts.
//! - [`evidence`]: what rules return, expanded, summed up and scored.
//! - [`matching`]: which values are one value.
//! - [`rules`]: the rules and the engine that runs them.
//! - [`plan`]: from evidence to changes that a person can review.
//! - [`emit`]: reports, evidence files and cleanup targets.
//! - [`cli`]: the only code that knows arguments, the wall clock and the terminal.

pub mod memory;

pub mod model;

pub mod config;

pub mod load;

pub mod normalise;

pub mod evidence;

pub mod matching;

pub mod rules;

pub mod plan;

pub mod emit;

pub mod cli;
