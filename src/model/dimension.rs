//! The dimensions of data quality that the score is broken down by.

use serde::Serialize;

/// A dimension of data quality, after ISO/IEC 25012 as far as exports can show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Dimension {
    /// Values that ought to be there are there.
    Completeness,
    /// Values have the form they must have.
    Validity,
    /// One record per person, company or chat.
    Uniqueness,
    /// One thing is written in one way.
    Consistency,
    /// Data arrives and is handled in time.
    Timeliness,
    /// What one system says, the other says too.
    Integrity,
}

impl Dimension {
    /// Every dimension, in the order in which reports list them.
    pub const ALL: [Self; 6] =
        [Self::Completeness, Self::Validity, Self::Uniqueness, Self::Consistency, Self::Timeliness, Self::Integrity];

    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Completeness => "completeness",
            Self::Validity => "validity",
            Self::Uniqueness => "uniqueness",
            Self::Consistency => "consistency",
            Self::Timeliness => "timeliness",
            Self::Integrity => "integrity",
        }
    }
}
