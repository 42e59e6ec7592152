//! Outputs that are no files: `-o otlp=URL` sends the figures to a receiver. Nothing is sent unless it is asked for.

use std::path::PathBuf;

use super::args::AuditArgs;
use crate::emit::Settings;
use crate::evidence::Audit;

/// The name of the output.
const OTLP: &str = "otlp";

/// The outputs that are files.
pub(super) fn files(outputs: &[(String, PathBuf)]) -> Vec<(String, PathBuf)> {
    outputs.iter().filter(|(format, _)| format != OTLP).cloned().collect()
}

/// Whether this build can send figures.
pub(super) const CAN_SEND: bool = cfg!(feature = "otlp");

/// The receivers of a run, checked and not yet spoken to.
#[derive(Debug)]
pub(super) struct Receivers {
    #[cfg(feature = "otlp")]
    endpoints: Vec<crate::emit::otlp::Endpoint>,
    #[cfg(feature = "otlp")]
    headers: crate::emit::otlp::Headers,
}

#[cfg(feature = "otlp")]
impl Receivers {
    /// Checks the addresses, and the headers that the environment has for them.
    pub(super) fn open(args: &AuditArgs) -> anyhow::Result<Self> {
        use crate::emit::otlp::{Endpoint, Headers};

        let mut endpoints: Vec<Endpoint> = Vec::new();
        for (_, url) in args.output.iter().filter(|(format, _)| format == OTLP) {
            let endpoint = Endpoint::parse(&url.to_string_lossy())?;
            if endpoints.contains(&endpoint) {
                anyhow::bail!("`-o otlp={endpoint}` is given twice; what adds up would count double");
            }
            endpoints.push(endpoint);
        }
        let mut headers = Headers::default();
        if !endpoints.is_empty() {
            // The narrower variable comes last, so that it wins.
            for variable in ["OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_METRICS_HEADERS"] {
                if let Some(value) = std::env::var_os(variable) {
                    headers.add(variable, &value.to_string_lossy())?;
                }
            }
        }
        Ok(Self { endpoints, headers })
    }

    /// Sends the figures to each receiver. One that fails keeps none of the others from getting them.
    pub(super) fn send(&self, audit: &Audit, settings: &Settings) -> anyhow::Result<()> {
        use super::say;
        use crate::emit::otlp::{Patience, send};
        use crate::emit::words;

        let mut failed = None;
        for endpoint in &self.endpoints {
            match send(audit, settings, endpoint, &self.headers, Patience::default()) {
                Ok(sent) if sent.rejected > 0 || !sent.message.is_empty() => {
                    let of = words::number(sent.points);
                    let said = if sent.message.is_empty() { "without saying why" } else { sent.message.as_str() };
                    say(&format!("warning: {endpoint} did not take {} of {of} figures: {said}", sent.rejected));
                }
                Ok(_) => {}
                Err(error) => {
                    if let Some(earlier) = failed.replace(error) {
                        say(&format!("error: {earlier}"));
                    }
                }
            }
        }
        failed.map_or(Ok(()), |error| Err(error.into()))
    }
}

#[cfg(not(feature = "otlp"))]
impl Receivers {
    /// Refuses what this build cannot do.
    pub(super) fn open(args: &AuditArgs) -> anyhow::Result<Self> {
        if args.output.iter().any(|(format, _)| format == OTLP) {
            anyhow::bail!(
                "`-o otlp=URL`: this build holds no code that opens a connection; build one that does: \
                 cargo build --release --features otlp"
            );
        }
        Ok(Self {})
    }

    /// There is nowhere to send to.
    #[expect(clippy::unused_self, reason = "the build that can send needs it")]
    pub(super) fn send(&self, _: &Audit, _: &Settings) -> anyhow::Result<()> {
        Ok(())
    }
}
