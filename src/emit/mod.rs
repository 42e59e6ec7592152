//! What a run gives out: reports and evidence files.
//!
//! A format turns an [`Audit`](crate::evidence::Audit) into bytes and knows nothing else; [`Sinks`] alone knows files
//! and stdout. Formats never filter, sort or decide an exit code: what they leave out for length, they say.

mod baseline;
mod changes;
mod chart;
mod document;
mod draft;
mod error;
pub mod evidence;
mod figures;
mod mask;
mod matrix;
mod measures;
#[cfg(feature = "otlp")]
pub mod otlp;
mod place;
mod portions;
pub mod report;
mod said;
#[cfg(test)]
mod sample_sync;
mod scorecard;
mod sheet;
mod simulation;
mod sinks;
mod summary;
pub mod target;
#[cfg(test)]
pub(crate) mod testing;
mod text;
mod trend;
mod unfinished;
mod view;
pub(crate) mod words;

pub use changes::{Breakdown, Changes, Who};
pub use draft::{Drafted, draft};
pub use error::Error;
pub use matrix::FieldMap;
pub use report::{REPORTS, Report, ReportMeta, find};
pub use scorecard::Scorecard;
pub use simulation::Simulation;
pub(crate) use sinks::put;
pub use sinks::{PACK, Runbook, Sinks, Stdout};
pub(crate) use summary::cleanup_command;
pub use trend::{Trend, read_history};
pub(crate) use unfinished::{abandon, make};
pub use view::{Pii, Settings, View};
