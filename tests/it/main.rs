//! The program as its users meet it: arguments in; exit code, streams and files out.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

mod caveats;
mod clean;
mod counts;
mod determinism;
mod exit_codes;
mod fixtures;
mod formats;
#[path = "../../benches/generator/mod.rs"]
mod generator;
mod hostile;
mod init;
mod inputs;
mod layers;
mod map;
mod outputs;
mod reference;
mod refusals;
mod schema;
mod sql;
mod support;
mod windows;
