//! Decisions of `leadlint clean`: those that are kept beside the config, and those that a person gives now.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use tempfile::NamedTempFile;

use super::args::CleanArgs;
use super::inputs::Inputs;
use crate::config::options::Options;
use crate::evidence::Audit;
use crate::model::Source;
use crate::plan::decisions::{FILE, Given, Kept, Known, read};
use crate::plan::{Answer, Decisions, Review, Ruling, review};

/// Decisions as they were read, nothing held against an audit yet.
pub(super) struct Decided {
    path: PathBuf,
    kept: Kept,
    given: Given,
    files: usize,
}

/// Decisions held against an audit.
pub(super) struct Settled {
    pub(super) decisions: Decisions,
    path: PathBuf,
    kept: Kept,
    known: Known,
    before: Kept,
    is_given: bool,
}

/// The file of decisions, ready to be put in its place.
pub(super) struct Ready {
    file: NamedTempFile,
    path: PathBuf,
}

/// Where decisions are kept: beside the config.
pub(super) fn kept_at(inputs: &Inputs) -> PathBuf {
    let config = inputs.config_file.as_ref().map(|(path, _)| Path::new(path));
    config.and_then(Path::parent).unwrap_or(Path::new("")).join(FILE)
}

impl Decided {
    /// Reads the decisions that are kept and those that are given.
    pub(super) fn read(inputs: &Inputs, args: &CleanArgs) -> anyhow::Result<Self> {
        let path = kept_at(inputs);
        let out = args.out.canonicalize().ok();
        let own = path.canonicalize().ok();
        let mut files = Vec::new();
        for file in &args.decisions {
            let place = file.canonicalize().ok();
            if out.is_some() && place.as_ref().zip(out.as_ref()).is_some_and(|(place, out)| place.starts_with(out)) {
                bail!(
                    "`{}` is in `{}`, which would be replaced, and the decisions in it lost; name another folder with --out",
                    file.display(),
                    args.out.display()
                );
            }
            // The file that is read anyway.
            if place.is_none() || place != own {
                files.push(file.clone());
            }
        }
        Ok(Self { kept: Kept::read(&path)?, given: read(&files)?, files: files.len(), path })
    }

    /// Reads the decisions that are kept.
    pub(super) fn kept(inputs: &Inputs) -> anyhow::Result<Self> {
        let path = kept_at(inputs);
        Ok(Self { kept: Kept::read(&path)?, given: read(&[])?, files: 0, path })
    }

    /// Holds the decisions against an audit.
    pub(super) fn settle(
        self,
        rules: Decisions,
        audit: &Audit,
        sources: &[Arc<Source>],
        config: &Options,
    ) -> anyhow::Result<Settled> {
        let Self { path, mut kept, given, files } = self;
        if kept.is_empty() && given.is_empty() {
            let known = Known::default();
            return Ok(Settled { decisions: rules, path, before: kept.clone(), kept, known, is_given: files > 0 });
        }
        let known = Known::new(audit, sources, config);
        let before = kept.clone();
        let on = audit.as_of.map(|at| at.date_naive());
        given.settle(&known, &Ruling { answer: Answer::Accept, by: audit.owner.clone(), on }, &mut kept)?;
        let decisions = rules.with(&kept, &known);
        Ok(Settled { decisions, path, kept, known, before, is_given: files > 0 })
    }
}

impl Settled {
    /// What waits for a decision.
    pub(super) fn review(&self, audit: &Audit, sources: &[Arc<Source>], config: &Options) -> Review {
        review(audit, sources, config, &self.decisions, &self.kept, &self.known)
    }

    /// Writes the decisions beside their place, if they changed.
    pub(super) fn prepare(&self) -> anyhow::Result<Option<Ready>> {
        if !self.is_given || self.kept == self.before {
            return Ok(None);
        }
        let prepared = crate::emit::make(|| self.kept.prepare(&self.path), NamedTempFile::path);
        let file = prepared.with_context(|| format!("cannot write `{}`", self.path.display()))?;
        Ok(Some(Ready { file, path: self.path.clone() }))
    }

    /// What a person should know of the decisions.
    pub(super) fn notes(&self, config: &Options) -> Vec<String> {
        let mut notes = Vec::new();
        let shown = self.path.display();
        if self.is_given {
            let changed =
                self.kept.iter().filter(|(subject, (_, ruling))| self.before.get(subject) != Some(ruling)).count();
            let gone = self.before.iter().filter(|(subject, _)| self.kept.get(subject).is_none()).count();
            notes.push(format!("{shown}: {changed} decisions added or changed, {gone} taken back"));
        }
        let unmet = self.kept.unmet(&self.known);
        if unmet > 0 {
            notes.push(format!(
                "{shown}: {unmet} of {} decisions are about nothing in this audit, and are kept",
                self.kept.len()
            ));
        }
        for (scope, hint) in self.kept.strays(&self.known, config) {
            notes.push(format!("{shown}: `in = \"{scope}\"` names no source, and decides nothing; {hint}"));
        }
        notes
    }
}

impl Ready {
    /// Puts the file in its place.
    pub(super) fn put_in_place(self) -> anyhow::Result<()> {
        self.file.persist(&self.path).with_context(|| format!("cannot write `{}`", self.path.display()))?;
        Ok(())
    }
}
