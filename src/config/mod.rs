//! `leadlint.toml`: the file as written, the settings resolved from it, and the selection of rules.

pub mod options;
