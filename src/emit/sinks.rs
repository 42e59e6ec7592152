//! Where outputs go: the only code that knows files and stdout.
//!
//! Everything is opened before the work, so that a bad path fails in the first second and not after the last. Each
//! file is written under another name beside its target, synced, and renamed at the end: whoever reads the target
//! sees the old content or the new, never a half. What is no regular file, such as a pipe, is written straight.

mod history;
mod pack;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::evidence::{self, EvidenceFormat};
use super::report::picture_file;
use super::{Error, REPORTS, Report, Settings, find, unfinished, words};
use crate::evidence::Audit;
use crate::evidence::history::Run;
use history::History;
use pack::Pack;
pub use pack::{PACK, Runbook};

/// What stdout is to get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stdout<'a> {
    /// The format that `--format` names.
    Chosen(&'a str),
    /// The format it gets when nobody chose; gives way to `-o FORMAT=-`.
    Default(&'a str),
    /// Nothing.
    Nothing,
}

/// The outputs of a run, opened.
pub struct Sinks {
    stdout: Option<&'static dyn Report>,
    reports: Vec<(&'static dyn Report, Sink)>,
    evidence: Option<(&'static dyn EvidenceFormat, Sink)>,
    baseline: Option<Sink>,
    pack: Option<Pack>,
    history: Option<History>,
}

impl std::fmt::Debug for Sinks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let paths: Vec<_> = self.sinks().map(|s| &s.path).collect();
        f.debug_struct("Sinks")
            .field("stdout", &self.stdout.map(|r| r.meta().name))
            .field("files", &paths)
            .finish_non_exhaustive()
    }
}

impl Sinks {
    /// Opens every output: the report on stdout, further reports as `(format, path)`, and the evidence file.
    ///
    /// A path of `-` means stdout. Fails on an unknown format, two outputs to one place, or a place that cannot be
    /// written to; files that were there keep their content.
    pub fn open(stdout: Stdout<'_>, outputs: &[(String, PathBuf)], evidence: Option<&Path>) -> Result<Self, Error> {
        let mut chosen = match stdout {
            Stdout::Chosen(name) => Some((format!("--format {name}"), report("--format", name)?)),
            Stdout::Default(_) | Stdout::Nothing => None,
        };
        let mut sinks =
            Self { stdout: None, reports: Vec::new(), evidence: None, baseline: None, pack: None, history: None };
        // Before anything is opened in the folder of a pack, which would then hold what no pack wrote.
        let (packs, outputs): (Vec<_>, Vec<_>) = outputs.iter().partition(|(name, _)| name == PACK);
        packs.into_iter().try_for_each(|(_, path)| sinks.open_pack(path))?;
        for (name, path) in outputs {
            let report = report("-o", name)?;
            if path.as_os_str() == "-" {
                let flag = format!("-o {name}=-");
                if let Some((first, _)) = chosen {
                    return Err(Error::TwoOnStdout { first, second: flag });
                }
                chosen = Some((flag, report));
                continue;
            }
            // A place that takes the text of the report alone, such as the step summary of a CI run, has no extension.
            let own = path.extension().is_some_and(|extension| extension == report.meta().extension);
            let beside = if own { report.beside() } else { &[] };
            let sink = Sink::open(format!("-o {name}"), path, beside, sinks.sinks())?;
            sinks.reports.push((report, sink));
        }
        if let Some(path) = evidence {
            let format = evidence::for_path(path)?;
            let sink = Sink::open("--evidence".to_owned(), path, &[], sinks.sinks())?;
            sinks.evidence = Some((format, sink));
        }
        sinks.stdout = match (chosen, stdout) {
            (Some((_, report)), _) => Some(report),
            (None, Stdout::Default(name)) => Some(report("--format", name)?),
            (None, _) => None,
        };
        sinks.check_pack()?;
        Ok(sinks)
    }

    /// The name of the format that stdout gets.
    #[must_use]
    pub fn on_stdout(&self) -> Option<&'static str> {
        self.stdout.map(|report| report.meta().name)
    }

    /// Opens the file that the next baseline is written to.
    pub fn baseline(mut self, path: Option<&Path>) -> Result<Self, Error> {
        let flag = || "--write-baseline".to_owned();
        self.baseline = path.map(|path| Sink::open(flag(), path, &[], self.sinks())).transpose()?;
        Ok(self)
    }

    /// Refuses outputs that would replace a file that the run reads.
    pub fn protect<'a>(&self, inputs: impl IntoIterator<Item = &'a Path>) -> Result<(), Error> {
        for input in inputs {
            let Ok(input) = input.canonicalize() else { continue };
            if let Some(sink) = self.sinks().find(|s| s.writes(&input)) {
                return Err(Error::Input { flag: sink.flag.clone(), path: sink.path.clone() });
            }
            if let Some(pack) = self.pack.as_ref().filter(|pack| pack.holds(&input)) {
                return Err(pack.refuses_input());
            }
        }
        Ok(())
    }

    /// Renders every output, then puts the files in place, then writes to stdout.
    ///
    /// When one output cannot be rendered or written, no file is replaced. Pictures go before the report that links to
    /// them; one that an earlier run left and this one has no figures for stays, and nothing links to it. A reader that closed stdout is no error.
    pub fn write(mut self, audit: &Audit, settings: &Settings, stdout: &mut dyn Write) -> Result<(), Error> {
        let shown = match self.stdout {
            Some(report) => Some(report.render(audit, &settings.stdout(report.meta().masks))?),
            None => None,
        };
        let mut pictures = Vec::new();
        for (report, sink) in &mut self.reports {
            let view = settings.file(report.meta().masks);
            let bytes = if sink.beside.is_empty() {
                report.render(audit, &view)?
            } else {
                let laid = report.lay(audit, &view, &sink.stem())?;
                for (name, bytes) in &laid.beside {
                    pictures.push(sink.picture(name, bytes)?);
                }
                laid.report
            };
            sink.fill(|out| out.write_all(&bytes))?;
        }
        if let Some((format, sink)) = &mut self.evidence {
            let view = settings.file(false);
            let mut failed = None;
            sink.fill(|out| {
                let mut out = Noting { out, error: None };
                let written = evidence::write(*format, audit, &view, &mut out);
                match (written, out.error) {
                    (Err(_), Some(error)) => return Err(error),
                    (Err(error), None) => failed = Some(error),
                    (Ok(()), _) => {}
                }
                Ok(())
            })?;
            if let Some(error) = failed {
                return Err(error);
            }
        }
        if let Some(sink) = &mut self.baseline {
            let baseline =
                audit.next_baseline.as_ref().ok_or_else(|| Error::render("baseline", &"the audit left none"))?;
            let bytes = super::baseline::render(baseline)?;
            sink.fill(|out| out.write_all(&bytes))?;
        }
        if let Some(pack) = &self.pack {
            pack.fill(audit, settings)?;
        }
        // From here to the end of its lock nobody else changes the history.
        let kept = self.history.as_mut().map(|history| history.fill(audit)).transpose()?;
        let Self { reports, evidence, baseline, pack, history, .. } = self;
        let files = reports.into_iter().map(|(_, sink)| sink).chain(evidence.map(|(_, sink)| sink));
        for sink in pictures.into_iter().chain(files).chain(baseline) {
            sink.persist()?;
        }
        if let Some(pack) = pack {
            pack.put_in_place()?;
        }
        if let Some(history) = history {
            history.persist()?;
        }
        drop(kept);
        match shown.map_or(Ok(()), |bytes| stdout.write_all(&bytes).and_then(|()| stdout.flush())) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::Stdout(error)),
            _ => Ok(()),
        }
    }

    fn sinks(&self) -> impl Iterator<Item = &Sink> {
        let files = self.reports.iter().map(|(_, sink)| sink).chain(self.evidence.iter().map(|(_, sink)| sink));
        files.chain(&self.baseline).chain(self.history.iter().map(|history| &history.sink))
    }
}

fn report(flag: &'static str, name: &str) -> Result<&'static dyn Report, Error> {
    find(name).ok_or_else(|| {
        let names: Vec<&str> = REPORTS.iter().map(|r| r.meta().name).collect();
        let nearest = nearest(name, &names).map(str::to_owned);
        let known: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
        Error::UnknownFormat { flag, name: name.to_owned(), nearest, known: words::list(&known, "and") }
    })
}

/// The known name that a typing error could have come from.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let name = name.to_ascii_lowercase();
    let distance = |k: &str| strsim::damerau_levenshtein(&name, k);
    let near = |k: &str| distance(k) <= 2.max(k.len() / 3) || (name.len() > 1 && k.starts_with(&name));
    known.iter().copied().filter(|k| near(k)).min_by_key(|k| distance(k))
}

/// A writer that remembers why it failed: formats pass the reason on as text.
struct Noting<'a> {
    out: &'a mut dyn Write,
    error: Option<io::Error>,
}

impl Write for Noting<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes).inspect_err(|e| self.error = Some(io::Error::new(e.kind(), e.to_string())))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// One file, open and still under another name.
struct Sink {
    flag: String,
    path: PathBuf,
    target: PathBuf,
    /// Files that may be written beside it. None where it is no regular file.
    beside: Vec<PathBuf>,
    file: Handle,
}

enum Handle {
    /// Beside the target, to be renamed.
    Beside(NamedTempFile),
    /// A pipe or device: there is nothing to rename.
    Straight(File),
}

impl Sink {
    fn open<'a>(
        flag: String,
        path: &Path,
        pictures: &[&str],
        others: impl Iterator<Item = &'a Self>,
    ) -> Result<Self, Error> {
        let closed =
            |reason: String, advice| Error::Closed { flag: flag.clone(), path: path.to_owned(), reason, advice };
        let name = path.file_name().filter(|_| !ends_with_separator(path));
        let Some(name) = name.filter(|_| !path.is_dir()) else {
            return Err(closed("it is a folder".to_owned(), "name a file in it"));
        };
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = folder.canonicalize().map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => {
                closed(format!("there is no folder `{}`", folder.display()), "make the folder first")
            }
            _ => closed(format!("`{}` cannot be opened: {e}", folder.display()), "choose another folder"),
        })?;
        let existing = fs::metadata(path).ok();
        let target =
            if existing.is_some() { path.canonicalize().unwrap_or(folder.join(name)) } else { folder.join(name) };
        let regular = existing.as_ref().is_none_or(fs::Metadata::is_file);
        let stem = stem(&target);
        let side: Vec<PathBuf> =
            pictures.iter().filter(|_| regular).map(|name| target.with_file_name(picture_file(&stem, name))).collect();
        if let Some(taken) = side.iter().find(|picture| fs::metadata(picture).is_ok_and(|meta| !meta.is_file())) {
            let reason = format!("`{}`, which its pictures need, is no file", taken.display());
            return Err(closed(reason, "choose another name"));
        }
        for other in others {
            if regular && (other.writes(&target) || side.iter().any(|picture| other.writes(picture))) {
                return Err(Error::SamePath { first: other.flag.clone(), second: flag, path: path.to_owned() });
            }
        }
        let file = match existing {
            Some(meta) if !meta.is_file() => {
                let file = File::options().write(true).open(path);
                Handle::Straight(file.map_err(|e| closed(e.to_string(), "choose another path"))?)
            }
            Some(meta) if meta.permissions().readonly() => {
                return Err(closed("the file is read-only".to_owned(), "make it writable, or choose another path"));
            }
            existing => {
                let folder = target.parent().unwrap_or(&folder);
                let file = beside(folder, name).map_err(|e| closed(io_reason(&e), "choose another folder"))?;
                if let Some(meta) = existing {
                    // Failing to copy the mode is no reason to lose the report.
                    let _ = file.as_file().set_permissions(meta.permissions());
                }
                Handle::Beside(file)
            }
        };
        Ok(Self { flag, path: path.to_owned(), target, beside: side, file })
    }

    /// Whether the file or one beside it is at that place.
    fn writes(&self, place: &Path) -> bool {
        self.target == place || self.beside.iter().any(|picture| picture == place)
    }

    fn stem(&self) -> String {
        stem(&self.target)
    }

    /// A picture beside the file, written and still under another name.
    fn picture(&self, name: &str, bytes: &[u8]) -> Result<Self, Error> {
        let target = self.target.with_file_name(picture_file(&self.stem(), name));
        let failed = |source| Error::Write { flag: self.flag.clone(), path: target.clone(), source };
        let folder = target.parent().unwrap_or(Path::new("."));
        let file = beside(folder, target.file_name().unwrap_or(OsStr::new(name))).map_err(failed)?;
        let mut picture = Self {
            flag: self.flag.clone(),
            path: target.clone(),
            target: target.clone(),
            beside: Vec::new(),
            file: Handle::Beside(file),
        };
        picture.fill(|out| out.write_all(bytes))?;
        Ok(picture)
    }

    fn fill(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
        let filled = match &mut self.file {
            Handle::Beside(file) => write(file.as_file_mut()).and_then(|()| file.as_file().sync_all()),
            Handle::Straight(file) => match write(file) {
                Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                other => other,
            },
        };
        filled.map_err(|source| Error::Write { flag: self.flag.clone(), path: self.path.clone(), source })
    }

    fn persist(self) -> Result<(), Error> {
        let Self { flag, path, target, file, .. } = self;
        match file {
            Handle::Straight(_) => Ok(()),
            Handle::Beside(file) => {
                let placed = unfinished::settle(|_| file.persist(target));
                placed.map(|_| ()).map_err(|e| Error::Write { flag, path, source: e.error })
            }
        }
    }
}

/// The name of a file without its extension.
fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or(OsStr::new("report")).to_string_lossy().into_owned()
}

/// A new file in `folder` with the mode that any new file has, not the private one of temporary files.
fn beside(folder: &Path, name: &OsStr) -> io::Result<NamedTempFile> {
    let mut prefix = OsStr::new(".").to_owned();
    prefix.push(name);
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    unfinished::make(|| builder.tempfile_in(folder), NamedTempFile::path)
}

/// Puts a file in place whole. One that is there is replaced only if that was asked for, whoever made it meanwhile.
pub(crate) fn put(path: &Path, bytes: &[u8], replace: bool) -> io::Result<()> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = beside(folder, path.file_name().unwrap_or(OsStr::new("new")))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    let placed = if replace { file.persist(path) } else { file.persist_noclobber(path) };
    placed.map(|_| ()).map_err(|error| error.error)
}

/// The reason without the random name of the temporary file.
fn io_reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        _ => error.to_string(),
    }
}

fn ends_with_separator(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().last().is_some_and(|b| std::path::is_separator(char::from(*b)))
}

#[cfg(test)]
#[path = "sinks_tests.rs"]
mod tests;
