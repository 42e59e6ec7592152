//! The baselines that a run reads, before anything else is read.

use std::path::Path;
use std::sync::Arc;

use super::args::AuditArgs;
use super::inputs::Inputs;
use crate::evidence::fingerprint::Identity;
use crate::load::{BaselineError, read_baseline};
use crate::model::Baseline;

/// What `--baseline` and `--write-baseline` name.
pub(super) struct Baselines {
    /// What evidence is judged by, with its path as given.
    pub(super) judging: Option<(String, Arc<Baseline>)>,
    /// Whether one is to be written.
    pub(super) write: bool,
    /// What is there already where one is to be written.
    pub(super) earlier: Option<Arc<Baseline>>,
}

impl Baselines {
    /// Refuses a baseline that is to be written to a pipe or a device, before that is opened: what reads from a pipe that it
    /// is to write to waits for itself.
    pub(super) fn refuse_pipes(args: &AuditArgs) -> Result<(), BaselineError> {
        match args.write_baseline.as_deref().filter(|path| path.exists() && !path.is_file() && !path.is_dir()) {
            Some(path) => Err(BaselineError::NoFile { path: path.display().to_string() }),
            None => Ok(()),
        }
    }

    pub(super) fn read(args: &AuditArgs, inputs: &Inputs) -> Result<Self, BaselineError> {
        let salt = Identity::new(inputs.options.audit.salt.as_deref()).mark();
        let read = |path: &Path| read_baseline(path, &salt).map(Arc::new);
        let judging = args.baseline.as_deref().map(|path| Ok((path.display().to_string(), read(path)?))).transpose()?;
        // What is there is taken over, and something foreign is never replaced.
        let there = args.write_baseline.as_deref().filter(|path| path.exists());
        let earlier = there.map(read).transpose()?;
        Ok(Self { judging, write: args.write_baseline.is_some(), earlier })
    }
}
