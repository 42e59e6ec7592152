//! What can go wrong between an audit and the files it is written to.

use std::io;
use std::path::PathBuf;

/// An output that cannot be opened, rendered or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A format that no report has.
    #[error("`{flag}`: there is no report format `{name}`{}; the formats are {known}", nearest.as_ref().map(|n| format!(", did you mean `{n}`?")).unwrap_or_default())]
    UnknownFormat {
        /// The flag that named it.
        flag: &'static str,
        /// The name as given.
        name: String,
        /// The known name that is closest, if one is close.
        nearest: Option<String>,
        /// The known names, for people.
        known: String,
    },
    /// An extension that no evidence format has.
    #[error("`--evidence {}`: cannot tell the format from the extension; name the file {known}", path.display())]
    UnknownEvidence {
        /// The path as given.
        path: PathBuf,
        /// The known extensions, for people.
        known: String,
    },
    /// A path that cannot be written to, found before the work.
    #[error("`{flag} {}`: cannot write there, {reason}; {advice}", path.display())]
    Closed {
        /// The flag that named it.
        flag: String,
        /// The path as given.
        path: PathBuf,
        /// What is in the way.
        reason: String,
        /// What to do about it.
        advice: &'static str,
    },
    /// Two outputs with one path.
    #[error("`{second}` and `{first}` would both write `{}`; give each output its own path", path.display())]
    SamePath {
        /// The flag that came first.
        first: String,
        /// The flag that came second.
        second: String,
        /// The path as given the second time.
        path: PathBuf,
    },
    /// Two reports for stdout.
    #[error("`{second}` and `{first}` would both write to stdout, which takes one report; give one of them a file")]
    TwoOnStdout {
        /// The flag that came first.
        first: String,
        /// The flag that came second.
        second: String,
    },
    /// An output that would replace a file that the run reads.
    #[error("`{flag} {}`: that is a file this run reads, and exports are never written to; choose another path", path.display())]
    Input {
        /// The flag that named it.
        flag: String,
        /// The path as given.
        path: PathBuf,
    },
    /// A format that failed to turn the audit into bytes.
    #[error("cannot render the `{format}` output: {reason}")]
    Render {
        /// The format.
        format: &'static str,
        /// What went wrong.
        reason: String,
    },
    /// A file that could not be written, found after the work.
    #[error("`{flag} {}`: cannot write it, {source}; what was there before is untouched", path.display())]
    Write {
        /// The flag that named it.
        flag: String,
        /// The path as given.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// A file that stands where the history is to be and is none.
    #[error("`--history {}`: {reason}; nothing was changed, so mend that line or name another file", path.display())]
    History {
        /// The path as given.
        path: PathBuf,
        /// The line, and what is wrong with it.
        reason: String,
    },
    /// A folder that cannot be written to.
    #[error("`{flag} {}`: {reason}", path.display())]
    Folder {
        /// The flag that named it.
        flag: &'static str,
        /// The path as given.
        path: PathBuf,
        /// What is in the way, and what to do about it.
        reason: String,
    },
    /// Stdout failed in another way than by being closed.
    #[error("cannot write the report to stdout, {0}")]
    Stdout(io::Error),
}

impl Error {
    /// A rendering error of `format`.
    pub(crate) fn render(format: &'static str, reason: &impl ToString) -> Self {
        Self::Render { format, reason: reason.to_string() }
    }
}
