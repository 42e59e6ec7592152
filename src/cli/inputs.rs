//! From arguments to sources: finds the config, resolves SOURCE arguments, reads the exports.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;

use super::args::{AuditArgs, InputArgs};
use super::progress::Bar;
use crate::config::{self, Loaded, Options, Selection};
use crate::load::{self, ConfigSources, Input, LoadOptions, SourceSpec};
use crate::model::{Kind, Object, Role, Source};
use crate::rules::audit::settled;

/// The config and the specs of the sources, nothing read yet.
pub(super) struct Inputs {
    pub(super) options: Options,
    /// Path as given and SHA-256 of the config.
    pub(super) config_file: Option<(String, String)>,
    pub(super) specs: Vec<SourceSpec>,
    pub(super) selection: Selection,
    /// Bytes of memory that the run may hold, if somebody said so.
    pub(super) memory_limit: Option<u64>,
    quiet: bool,
}

impl Inputs {
    /// Reads the config and resolves what the user named to be audited.
    pub(super) fn find(args: &AuditArgs) -> anyhow::Result<Self> {
        let selection = Selection::parse(&args.select, &args.ignore, &crate::rules::known())?;
        Self::read_config(&args.input, selection)
    }

    /// The same for a command that runs no rules.
    pub(super) fn without_rules(args: &InputArgs) -> anyhow::Result<Self> {
        Self::read_config(args, Selection::parse(&[], &[], &crate::rules::known())?)
    }

    fn read_config(args: &InputArgs, selection: Selection) -> anyhow::Result<Self> {
        let mut sources = args.sources.clone();
        let mut path = args.config.clone();
        // A directory with a config stands for that config and its sources.
        let folders: Vec<(usize, PathBuf)> =
            sources.iter().enumerate().filter_map(|(at, word)| Some((at, load::config_in(Path::new(word))?))).collect();
        if path.is_none()
            && let [(at, config)] = folders.as_slice()
        {
            if sources.len() > 1 {
                bail!(
                    "`{}` has a leadlint.toml of its own and stands for its sources; name it alone, or name files with --config {}",
                    sources[*at],
                    config.display()
                );
            }
            path = Some(config.clone());
            sources.clear();
        } else if path.is_none() && folders.len() > 1 {
            bail!("several of the folders have a leadlint.toml; audit them one at a time");
        }
        let default = Path::new("leadlint.toml");
        let path = path.or_else(|| default.is_file().then(|| default.to_owned()));
        let loaded: Option<Loaded> = path.as_deref().map(config::read).transpose()?;
        if sources.is_empty() && loaded.as_ref().is_none_or(|loaded| loaded.options.sources.is_empty()) {
            match &loaded {
                None => bail!(
                    "nothing to audit: name an export, such as `leadlint check leads.csv`, or write a leadlint.toml here"
                ),
                Some(loaded) => {
                    bail!("nothing to audit: {} names no [sources]; add one, or name an export", loaded.path.display())
                }
            }
        }
        let known = loaded.as_ref().map(|l| ConfigSources { folder: &l.folder, sources: &l.options.sources });
        let specs = load::resolve(&sources, known.as_ref())?;
        let config_file = loaded.as_ref().map(|l| (l.path.display().to_string(), l.sha256.clone()));
        let options = loaded.map(|l| l.options).unwrap_or_default();
        crate::rules::audit::validate(&options)?;
        Ok(Self { options, config_file, specs, selection, memory_limit: args.memory_limit, quiet: args.quiet })
    }

    /// Paths of the files that will be read.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.specs
            .iter()
            .flat_map(|spec| &spec.inputs)
            .filter_map(|input| match input {
                Input::File { path, .. } => Some(path.clone()),
                Input::Stdin => None,
            })
            .chain(self.config_file.iter().map(|(path, _)| PathBuf::from(path)))
            .chain(self.specs.iter().filter_map(|spec| spec.schema.clone()))
            .chain([super::decided::kept_at(self)])
            .collect()
    }

    /// Reads every export as [`Inputs::read`], less the columns `hidden`, which nobody looks at, and with column `id` for
    /// the ids of records.
    pub(super) fn read_hiding(
        mut self,
        hidden: Option<&str>,
        id: Option<&str>,
        bar: &Bar,
    ) -> anyhow::Result<(Options, Vec<Arc<Source>>)> {
        // What was said to be of one kind is one file in several parts.
        let mut joined: Vec<SourceSpec> = Vec::with_capacity(self.specs.len());
        for spec in self.specs {
            let kind = spec.kind.filter(|_| spec.name.is_none() || !spec.configured);
            match joined
                .iter_mut()
                .find(|one| kind.is_some() && !one.configured && (one.kind, one.object) == (kind, spec.object))
            {
                Some(one) => {
                    one.name.get_or_insert_with(|| {
                        one.object.map_or(kind.map_or("", Kind::as_str), Object::as_str).to_owned()
                    });
                    one.inputs.extend(spec.inputs);
                }
                None => joined.push(spec),
            }
        }
        self.specs = joined;
        for spec in &mut self.specs {
            spec.hidden.extend(hidden.map(str::to_owned));
            spec.columns.extend(id.map(|id| (Role::Id, id.to_owned())));
        }
        let sources = self.read(bar)?;
        Ok((self.options, sources))
    }

    /// Reads every export, and settles what a record is.
    pub(super) fn read(&self, bar: &Bar) -> anyhow::Result<Vec<Arc<Source>>> {
        let bytes = self.specs.iter().flat_map(|spec| &spec.inputs).filter_map(Input::bytes).sum();
        let chunk_bytes =
            super::bounds::keep(self.memory_limit, self.specs.iter().flat_map(|spec| &spec.inputs), self.quiet)?;
        bar.reading(bytes);
        let sources = load::load(&self.specs, &LoadOptions { progress: bar, chunk_bytes })?;
        let sources = settled(sources, &self.options)?;
        crate::rules::condition::validate(&self.options, &sources)?;
        Ok(sources)
    }
}
