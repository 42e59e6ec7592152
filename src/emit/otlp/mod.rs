//! Figures for an OpenTelemetry receiver: OTLP over HTTP, as protobuf.
//!
//! An exporter is no file: there is nothing to put in place, and it may fail after everything else is done. The endpoint
//! is checked before the work like any output; the figures are sent when the files are in place, so that a receiver
//! that is down costs no report. Specification: <https://opentelemetry.io/docs/specs/otlp/>.

mod endpoint;
mod request;
mod send;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use endpoint::{Endpoint, Headers};
use prost::Message as _;

use super::mask::Masker;
use super::{Settings, figures::figures};
use crate::evidence::Audit;

/// Why figures could not be sent. No message holds the value of a header.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL is none that figures can be sent to.
    #[error("`-o otlp={url}`: {reason}")]
    Endpoint {
        /// The URL as given, without what may be secret.
        url: String,
        /// What is wrong with it, and what to do.
        reason: String,
    },
    /// A variable of the environment that is no list of headers.
    #[error("{variable}: {reason}; it must be NAME=VALUE, several with commas, special characters as %XX")]
    Headers {
        /// The variable.
        variable: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The audit has no clock, so that no figure has a time.
    #[error("figures for {0} need a time, and no source has a usable one; set the clock: --as-of now")]
    NoClock(Endpoint),
    /// The receiver refused them, was not reached, or never had time.
    #[error("figures were not delivered to {endpoint}: {reason}; the other outputs of the run are complete")]
    Undelivered {
        /// Where they were to go.
        endpoint: Endpoint,
        /// Why not.
        reason: String,
    },
}

/// What a receiver said of figures that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Figures that were sent.
    pub points: u64,
    /// Figures of these that the receiver did not take.
    pub rejected: u64,
    /// What it said besides; often nothing.
    pub message: String,
}

/// How long to wait, and how often to try.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Times that a request is sent.
    pub attempts: u32,
    /// The pause after the first; each next is twice as long.
    pub pause: Duration,
    /// The longest pause, also where the receiver asks for a longer one.
    pub longest: Duration,
    /// How long one request may take.
    pub timeout: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 4,
            pause: Duration::from_millis(500),
            longest: Duration::from_secs(30),
            timeout: Duration::from_secs(10),
        }
    }
}

/// Sends the figures of the audit and waits for the answer.
pub fn send(
    audit: &Audit,
    settings: &Settings,
    endpoint: &Endpoint,
    headers: &Headers,
    patience: Patience,
) -> Result<Delivered, Error> {
    let view = settings.file(true);
    let figures = figures(audit, &Masker::new(audit, &view));
    let Some(request) = request::request(audit, &figures) else { return Err(Error::NoClock(endpoint.clone())) };
    let points = figures.iter().map(|figure| figure.points.len() as u64).sum();
    let answer = send::post(endpoint, headers, request.encode_to_vec(), patience)
        .map_err(|reason| Error::Undelivered { endpoint: endpoint.clone(), reason })?;
    Ok(Delivered { points, rejected: answer.rejected, message: answer.message })
}
