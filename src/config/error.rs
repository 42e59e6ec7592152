//! What can be wrong with a config or with a selection of rules.

use std::fmt;

/// A place in a config file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The path, as given.
    pub path: String,
    /// 1-based line.
    pub line: u32,
    /// 1-based column, in characters.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)
    }
}

/// Why a config or a selection of rules cannot be used. Every text names the key and value meant, and the next step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read config `{path}`: {reason}; {next}")]
    Unreadable {
        /// The path, as given.
        path: String,
        /// What the system says.
        reason: String,
        /// What to do about it.
        next: &'static str,
    },
    /// The file is not UTF-8, which TOML must be.
    #[error("{place}: not valid UTF-8; save the file as UTF-8")]
    NotUtf8 {
        /// The first bad byte.
        place: Place,
    },
    /// The file is not TOML, or a number in it is beyond what the setting can hold.
    #[error("{place}: {message}\n{excerpt}")]
    Syntax {
        /// Where it stops making sense.
        place: Place,
        /// What the parser expected.
        message: String,
        /// The offending line, with a caret under the place.
        excerpt: String,
    },
    /// A key that nothing reads, so that a setting would silently not apply.
    #[error("{place}: unknown {noun} `{key}`; {hint}{}", others(*.more))]
    UnknownKey {
        /// Where the key stands.
        place: Place,
        /// What the key ought to be: a key or a role.
        noun: &'static str,
        /// The full dotted path.
        key: String,
        /// The nearest known name, else all of them.
        hint: String,
        /// How many more unknown keys the file has.
        more: usize,
    },
    /// A table lacks a key that it must have.
    #[error("{place}: `{table}` lacks `{key}` ({meaning}); add it")]
    MissingKey {
        /// Where the table begins.
        place: Place,
        /// The dotted path of the table.
        table: String,
        /// The key that is missing.
        key: String,
        /// What the key is for.
        meaning: String,
    },
    /// A value of the wrong type, or one that makes no sense.
    #[error("{place}: `{key}` {message}")]
    Value {
        /// Where the value stands.
        place: Place,
        /// The dotted path of its key.
        key: String,
        /// What is wrong and what is allowed.
        message: String,
    },
    /// A word in `--select` or `--ignore` that names no rule.
    #[error("`{flag} {word}` names no rule; {hint} (`leadlint rule --all` lists them)")]
    UnknownRule {
        /// `--select` or `--ignore`.
        flag: &'static str,
        /// The word as written.
        word: String,
        /// The nearest code or name.
        hint: String,
    },
    /// A `--select` without a word, such as an empty variable of a CI job leaves.
    #[error("`--select` is empty; name a code, a prefix or a rule, or leave the flag out to run the default set")]
    EmptySelection,
}

fn others(more: usize) -> String {
    match more {
        0 => String::new(),
        1 => " (and 1 more unknown key)".to_owned(),
        n => format!(" (and {n} more unknown keys)"),
    }
}
