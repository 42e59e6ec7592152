//! `leadlint init`: looks at exports and drafts a `leadlint.toml`.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use chrono::{DateTime, NaiveDate, Utc};

use super::args::InitArgs;
use super::{ExitStatus, print, say};
use crate::config::{self, Options};
use crate::emit::{Drafted, draft, put};
use crate::load::{self, DOUBTFUL, Input, LoadOptions, SourceSpec};
use crate::model::{Kind, Source};
use crate::normalise::{AsOf, Facts};
use crate::rules::audit::tables;

pub(super) fn run(args: &InitArgs) -> anyhow::Result<ExitStatus> {
    let target = Target::of(args)?;
    let mut asked = Vec::new();
    if args.sources.is_empty() {
        for spec in load::resolve(&[".".to_owned()], None)? {
            asked.push(Asked { spec, glob: None });
        }
    }
    for word in &args.sources {
        asked.extend(resolve(word)?);
    }
    target.protect(&asked)?;

    let specs: Vec<SourceSpec> = asked.iter().map(|one| one.spec.clone()).collect();
    let mut read: Vec<(Arc<Source>, Vec<String>)> = Vec::new();
    let mut unread: Vec<(String, String)> = Vec::new();
    for (one, sources) in asked.iter().zip(load::each(&specs, &LoadOptions::default())) {
        let shown = || one.spec.inputs.first().map_or_else(String::new, |input| input.shown().to_owned());
        match (sources, one.paths(&target.folder)) {
            (Ok(sources), Some(paths)) => read.extend(sources.into_iter().map(|source| {
                let paths = parts(&source, &target.folder).unwrap_or_else(|| paths.clone());
                (Arc::new(source), paths)
            })),
            (Ok(_), None) => {
                unread.push((shown(), "its name is not UTF-8, which a config must be; rename it".to_owned()));
            }
            // What nobody named may well be no export.
            (Err(error), _) if args.sources.is_empty() => unread.push((shown(), error.to_string())),
            (Err(error), _) => return Err(error.into()),
        }
    }
    if read.is_empty() {
        for (path, why) in &unread {
            say(&format!("{path}: {why}"));
        }
        bail!("no export here can be read; name one, such as `leadlint init exports/leads.csv`");
    }
    let sources: Vec<Arc<Source>> = read.iter().map(|(source, _)| Arc::clone(source)).collect();
    let windows = windows(&sources);
    let drafted: Vec<Drafted<'_>> = read
        .iter()
        .zip(windows)
        .map(|((source, paths), window)| Drafted { source, paths: paths.clone(), window })
        .collect();
    let text = draft(&drafted, &unread, &salt()?);
    config::parse(&text, "leadlint.toml").context("the draft is not a config; please report it")?;
    match &target.file {
        None => print(text.as_bytes())?,
        Some(file) => {
            put(file, text.as_bytes(), args.force).with_context(|| format!("cannot write {}", file.display()))?;
        }
    }
    if !args.quiet {
        tell(&sources, &unread, &target);
    }
    Ok(ExitStatus::Success)
}

/// Says what was found, and what comes next.
fn tell(sources: &[Arc<Source>], unread: &[(String, String)], target: &Target) {
    for source in sources {
        let object = source.object.map(|object| format!(", {object}")).unwrap_or_default();
        say(&format!("{}: {}{object}, {}: {}", source.name, source.kind, source.vendor, source.detected));
        for note in source.notes.iter().filter(|note| note.starts_with(DOUBTFUL)) {
            say(&format!("  {note}"));
        }
    }
    for (path, why) in unread {
        say(&format!("not read: {path}: {why}"));
    }
    if let Some(file) = &target.file {
        say(&format!("wrote {}; look at it, then run `leadlint check`", file.display()));
    }
}

/// Where the draft goes.
struct Target {
    /// `None` for stdout.
    file: Option<PathBuf>,
    /// The folder at which the paths of the config start.
    folder: PathBuf,
}

impl Target {
    fn of(args: &InitArgs) -> anyhow::Result<Self> {
        let file = (args.output.as_os_str() != "-").then(|| args.output.clone());
        let parent = file.as_deref().and_then(Path::parent).filter(|parent| !parent.as_os_str().is_empty());
        let folder = parent.unwrap_or(Path::new("."));
        let folder = folder.canonicalize().with_context(|| format!("there is no folder {}", folder.display()))?;
        if let Some(file) = &file {
            if file.is_dir() {
                bail!("{} is a folder; name a file in it", file.display());
            }
            if file.symlink_metadata().is_ok() && !args.force {
                bail!("{} is there already; --force replaces it, --output FILE writes another", file.display());
            }
        }
        Ok(Self { file, folder })
    }

    /// Refuses to replace an export.
    fn protect(&self, asked: &[Asked]) -> anyhow::Result<()> {
        let Some(target) = self.file.as_deref().and_then(|file| file.canonicalize().ok()) else { return Ok(()) };
        let inputs = asked.iter().flat_map(|one| &one.spec.inputs);
        match inputs.into_iter().find(|input| Path::new(input.shown()).canonicalize().is_ok_and(|path| path == target))
        {
            Some(input) => bail!("--output {} would replace an export", input.shown()),
            None => Ok(()),
        }
    }
}

/// A source to be looked at.
struct Asked {
    spec: SourceSpec,
    /// The glob that names its files, where one does: next month's files may fit it too.
    glob: Option<String>,
}

fn resolve(word: &str) -> anyhow::Result<Vec<Asked>> {
    let specs = load::resolve(&[word.to_owned()], None)?;
    if specs.iter().flat_map(|spec| &spec.inputs).any(|input| matches!(input, Input::Stdin)) {
        bail!("a config cannot name standard input; save the export to a file");
    }
    let target = match word.split_once('=') {
        Some((kind, target)) if kind.parse::<Kind>().is_ok() && !Path::new(word).exists() => target,
        _ => word,
    };
    let named = specs.iter().flat_map(|spec| &spec.inputs).any(|input| input.shown() == target);
    let glob = (specs.len() == 1 && !named && !Path::new(target).exists()).then(|| target.to_owned());
    Ok(specs.into_iter().map(|spec| Asked { spec, glob: glob.clone() }).collect())
}

const GLOB: [char; 4] = ['*', '?', '[', '{'];

impl Asked {
    /// How a config in `folder` names the files; `None` where it cannot.
    fn paths(&self, folder: &Path) -> Option<Vec<String>> {
        if let Some(glob) = &self.glob {
            let meta = glob.find(GLOB).unwrap_or(glob.len());
            let (base, rest) = glob.split_at(glob[..meta].rfind('/').map_or(0, |slash| slash + 1));
            let base = relative(Path::new(if base.is_empty() { "." } else { base }), folder)?;
            let base = base.trim_end_matches('/');
            // A folder whose own name looks like a glob is named file by file.
            if !base.contains(GLOB) {
                return Some(vec![match base {
                    "" => rest.to_owned(),
                    base => format!("{base}/{rest}"),
                }]);
            }
        }
        self.spec.inputs.iter().map(|input| named(input, folder)).collect()
    }
}

/// How a config in `folder` names an input, or a part of it.
fn named(input: &Input, folder: &Path) -> Option<String> {
    match input {
        Input::Stdin => None,
        Input::File { path, part, .. } => Some(relative(path, folder)? + part.as_deref().unwrap_or_default()),
    }
}

/// The members or sheets that a source was read from; `None` where it is whole files.
fn parts(source: &Source, folder: &Path) -> Option<Vec<String>> {
    let inputs: Vec<Input> = source.files.iter().map(|file| Input::locate(&file.path)).collect::<Option<_>>()?;
    inputs.iter().any(|input| input.part().is_some()).then_some(())?;
    inputs.iter().map(|input| named(input, folder)).collect()
}

/// `path` from `folder`, which is canonical. A path that was given from the root, and leads out of the folder, stays.
fn relative(path: &Path, folder: &Path) -> Option<String> {
    let shown = path.to_str().filter(|shown| !shown.contains(char::REPLACEMENT_CHARACTER))?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let real = match path.file_name() {
        Some(name) => parent.canonicalize().ok()?.join(name),
        None => path.canonicalize().ok()?,
    };
    let common = real.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().count() - common;
    if path.is_absolute() && up > 0 {
        return Some(shown.to_owned());
    }
    let rest = real.components().skip(common).map(Component::as_os_str);
    let parts: Option<Vec<&str>> = (0..up).map(|_| Some("..")).chain(rest.map(std::ffi::OsStr::to_str)).collect();
    Some(parts?.join("/"))
}

/// First and last day of each source, as its times show.
#[expect(clippy::disallowed_methods, reason = "the command line is where the wall clock is read")]
fn windows(sources: &[Arc<Source>]) -> Vec<Option<(NaiveDate, NaiveDate)>> {
    let options = Options::default();
    let tables = tables(sources, &options);
    let facts = Facts::compute(&tables, AsOf::Export, Utc::now(), &options);
    let day = |micros| DateTime::from_timestamp_micros(micros).map(|at: DateTime<Utc>| at.date_naive());
    facts.sources.iter().map(|facts| facts.window.and_then(|(from, to)| Some((day(from)?, day(to)?)))).collect()
}

fn salt() -> anyhow::Result<String> {
    use std::fmt::Write as _;

    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random salt: {error}"))?;
    Ok(bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_start_at_the_folder_of_the_config() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("in/deep")).unwrap();
        std::fs::create_dir_all(root.join("out")).unwrap();
        std::fs::write(root.join("in/a.csv"), "id\n1\n").unwrap();
        let file = root.join("in/a.csv");
        assert_eq!(relative(&file, &root), Some("in/a.csv".to_owned()));
        assert_eq!(relative(&file, &root.join("in")), Some("a.csv".to_owned()));
        assert_eq!(relative(&file, &root.join("out")), file.to_str().map(str::to_owned));
        assert_eq!(relative(&root.join("in/deep/../a.csv"), &root), Some("in/a.csv".to_owned()));
    }

    #[test]
    fn a_salt_is_random_and_long() {
        let (one, other) = (salt().unwrap(), salt().unwrap());
        assert!(one.len() == 32 && one != other && one.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
