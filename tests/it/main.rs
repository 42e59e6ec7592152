//! The program as its users meet it: arguments in; exit code, streams and files out.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

mod baseline;
mod baseline_swaps;
mod browser;
mod caveats;
mod clean;
mod convergence;
mod counts;
mod declared;
mod determinism;
mod diff;
#[path = "../engines/mod.rs"]
mod engines;
mod eval;
mod exit_codes;
mod figures;
mod fixtures;
mod formats;
#[path = "../../benches/generator/mod.rs"]
mod generator;
mod history;
mod hostile;
mod hubspot;
mod init;
mod inputs;
mod latency;
mod layers;
mod map;
#[cfg(target_os = "linux")]
mod memory;
mod monitoring;
mod openrefine;
#[cfg(feature = "otlp")]
mod otlp;
mod outputs;
mod pack;
#[path = "../../benches/pairs/mod.rs"]
mod pairs;
mod places;
mod platforms;
mod reference;
mod refusals;
mod review;
mod salesforce;
mod schema;
mod shown;
#[cfg(unix)]
mod signals;
mod simulate;
mod sql;
mod sql_servers;
mod support;
mod sync;
mod traps;
mod vendor_pairs;
mod windows;
