//! The history file: read and opened before the work, written under a lock after it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::{Error, Run, Sink, Sinks};
use crate::emit::{read_history, unfinished};
use crate::evidence::Audit;
use crate::evidence::history::Lines;

/// A history that a run goes into.
pub(super) struct History {
    pub(super) sink: Sink,
    before: Lines,
}

const FLAG: &str = "--history";

impl Sinks {
    /// Reads the history at `path`, which need not be there yet, and opens it.
    ///
    /// # Errors
    ///
    /// When what stands there is no history, names the line; when the place cannot be written to.
    pub fn keep_history(&mut self, path: &Path) -> Result<(), Error> {
        if fs::metadata(path).is_ok_and(|held| !held.is_file() && !held.is_dir()) {
            return Err(Error::Closed {
                flag: FLAG.to_owned(),
                path: path.to_owned(),
                reason: "it is a pipe or a device".to_owned(),
                advice: "name a file, whose lines are read as well",
            });
        }
        let sink = Sink::open(FLAG.to_owned(), path, &[], self.sinks())?;
        let before = read(&sink)?;
        self.history = Some(History { sink, before });
        self.check_pack()
    }

    /// The runs before that of `audit`, oldest first, as the history told them when it was opened; `None` without one.
    #[must_use]
    pub fn past(&self, audit: &Audit) -> Option<Vec<Run>> {
        Some(self.history.as_ref()?.before.before(&Run::of(audit)).cloned().collect())
    }
}

/// The lines at the sink's place; none where there is nothing yet.
fn read(sink: &Sink) -> Result<Lines, Error> {
    let bytes = match fs::read(&sink.target) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(Error::History { path: sink.path.clone(), reason: error.to_string() }),
    };
    read_history(&bytes).map_err(|error| Error::History { path: sink.path.clone(), reason: error.to_string() })
}

impl History {
    /// Takes the lock, reads what stands there now, and writes it beside with the run of `audit` in it.
    pub(super) fn fill(&mut self, audit: &Audit) -> Result<Lock, Error> {
        let failed = |source: io::Error| Error::Write { flag: FLAG.to_owned(), path: self.sink.path.clone(), source };
        let lock = Lock::take(&self.sink.target).map_err(failed)?;
        // Another run may have added its line since this one began.
        let bytes = read(&self.sink)?.with(&Run::of(audit)).map_err(|error| Error::render("history", &error))?;
        self.sink.fill(|out| out.write_all(&bytes))?;
        Ok(lock)
    }

    pub(super) fn persist(self) -> Result<(), Error> {
        self.sink.persist()
    }
}

/// A lock that all runs with one history take, in a file beside it: the history itself is replaced at each run, and so
/// cannot carry one. The system gives it back when a run dies.
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    fn take(target: &Path) -> io::Result<Self> {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let path = target.with_file_name(format!(".{name}.lock"));
        loop {
            let file = File::options().create(true).truncate(false).write(true).open(&path)?;
            file.lock()?;
            // Whoever held the lock before may have taken its file away.
            if is_at(&file, &path) {
                unfinished::settle(|places| places.insert(path.clone()));
                return Ok(Self { file, path });
            }
        }
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let id = |meta: &fs::Metadata| (meta.dev(), meta.ino());
    matches!((file.metadata(), fs::metadata(path)), (Ok(a), Ok(b)) if id(&a) == id(&b))
}

/// Elsewhere the file of the lock stays, so it is always the same one.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The next run's file has the same name, and is not this run's to take away.
        unfinished::settle(|places| {
            places.remove(&self.path);
            if cfg!(unix) {
                let _ = fs::remove_file(&self.path);
            }
        });
        let _ = self.file.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Settings, Stdout};
    use super::*;
    use crate::emit::testing;

    fn settings() -> Settings {
        Settings { pii: None, salt: String::new(), width: 80, color: false }
    }

    fn keep(path: &Path, audit: &Audit) -> Result<(), Error> {
        let mut sinks = Sinks::open(Stdout::Nothing, &[], None)?;
        sinks.keep_history(path)?;
        sinks.write(audit, &settings(), &mut Vec::new())
    }

    fn of_day(day: u32) -> Audit {
        Audit { as_of: format!("2026-10-{day:02}T00:00:00Z").parse().ok(), ..testing::sample() }
    }

    #[test]
    fn a_run_adds_its_line_and_a_rerun_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("history.ndjson");
        for day in [1, 8, 15] {
            keep(&path, &of_day(day)).unwrap();
        }
        let before = fs::read(&path).unwrap();
        for day in [8, 15, 1] {
            keep(&path, &of_day(day)).unwrap();
            assert_eq!(fs::read(&path).unwrap(), before);
        }
        assert_eq!(before.split(|byte| *byte == b'\n').count() - 1, 3);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no lock and no draft stays behind");
    }

    #[test]
    fn no_line_holds_personal_data() {
        let line = Run::of(&testing::sample()).to_line().unwrap();
        for secret in testing::PERSONAL {
            assert!(!line.contains(secret), "{line}");
        }
        assert!(!line.contains("exports/"), "names of files stay out: {line}");
    }

    #[test]
    fn runs_at_the_same_time_lose_no_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("history.ndjson");
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let path = &path;
                scope.spawn(move || (0..6).for_each(|at| keep(path, &of_day(1 + thread * 6 + at)).unwrap()));
            }
        });
        let lines = Lines::parse(&fs::read(&path).unwrap()).unwrap();
        let mut days: Vec<_> = lines.runs().map(|run| run.as_of).collect();
        days.sort();
        days.dedup();
        assert_eq!((lines.runs().count(), days.len()), (24, 24));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_foreign_file_is_refused_before_the_work_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("leads.csv");
        fs::write(&path, "Id,Email\n1,a\n").unwrap();
        let mut sinks = Sinks::open(Stdout::Nothing, &[], None).unwrap();
        let error = sinks.keep_history(&path).unwrap_err().to_string();
        assert!(error.contains("line 1: it is no line of a history"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "Id,Email\n1,a\n");
        assert!(sinks.keep_history(dir.path()).is_err());
    }

    #[test]
    fn the_runs_before_are_those_of_the_lines_before() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("history.ndjson");
        keep(&path, &of_day(1)).unwrap();
        keep(&path, &of_day(8)).unwrap();
        let mut sinks = Sinks::open(Stdout::Nothing, &[], None).unwrap();
        sinks.keep_history(&path).unwrap();
        let before = |day| sinks.past(&of_day(day)).unwrap().iter().map(|run| run.as_of).collect::<Vec<_>>();
        assert_eq!(before(1), []);
        assert_eq!(before(8), [of_day(1).as_of]);
        assert_eq!(before(15), [of_day(1).as_of, of_day(8).as_of]);
    }
}
