//! Severity, safety of a cleanup, and status of a piece of evidence.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How bad a finding is. Ordered: `Info < Warning < Error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth mending.
    Warning,
    /// Breaks something that people or automations rely on.
    Error,
}

impl Severity {
    /// Worst first, the order of reports.
    pub const WORST_FIRST: [Self; 3] = [Self::Error, Self::Warning, Self::Info];

    /// The word used in config and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The number that stands for it inside evidence frames: 1, 2, 3.
    #[must_use]
    pub const fn rank(self) -> u32 {
        match self {
            Self::Info => 1,
            Self::Warning => 2,
            Self::Error => 3,
        }
    }

    /// The severity of a rank; anything else is `Info`.
    #[must_use]
    pub const fn from_rank(rank: u32) -> Self {
        match rank {
            3 => Self::Error,
            2 => Self::Warning,
            _ => Self::Info,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How much judgement a cleanup needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Safety {
    /// No judgement needed.
    Safe,
    /// A person decides.
    Review,
    /// No script can do it.
    Manual,
}

impl Safety {
    /// Every class, in the order in which plans list them.
    pub const ALL: [Self; 3] = [Self::Safe, Self::Review, Self::Manual];

    /// The word used in evidence and plans.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Review => "review",
            Self::Manual => "manual",
        }
    }
}

impl fmt::Display for Safety {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Safety {
    type Err = ();

    fn from_str(s: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|k| k.as_str() == s).ok_or(())
    }
}

/// Whether evidence is new, known or agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Not in the baseline, or there is none.
    New,
    /// In the baseline.
    Known,
    /// Was mended once and is back; counts as new.
    Reopened,
    /// Covered by an `[[accept]]` entry: not debt.
    Accepted,
}

impl Status {
    /// The word used in evidence.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Known => "known",
            Self::Reopened => "reopened",
            Self::Accepted => "accepted",
        }
    }
}
