//! The program as its users meet it: arguments in; exit code, streams and files out.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

mod baseline;
mod caveats;
mod clean;
mod convergence;
mod counts;
mod declared;
mod determinism;
#[path = "../engines/mod.rs"]
mod engines;
mod eval;
mod exit_codes;
mod fixtures;
mod formats;
#[path = "../../benches/generator/mod.rs"]
mod generator;
mod hostile;
mod hubspot;
mod init;
mod inputs;
mod latency;
mod layers;
mod map;
mod openrefine;
mod outputs;
#[path = "../../benches/pairs/mod.rs"]
mod pairs;
mod platforms;
mod reference;
mod refusals;
mod review;
mod salesforce;
mod schema;
mod simulate;
mod sql;
mod sql_servers;
mod support;
mod sync;
mod traps;
mod vendor_pairs;
mod windows;
