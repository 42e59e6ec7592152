//! What was read and is not audited: rows that are no record of their own, or records that are gone.

use serde::Serialize;

/// Why a row that could be read is not in the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Absence {
    /// A version of a record that is not the current one, as a warehouse says.
    NotCurrent,
    /// The same row stands in the file before, cell by cell.
    Identical,
    /// The record stands in the file before; the row is there because a report joins it to other things.
    JoinRepeat,
    /// A newer export holds the record too.
    OlderExport,
    /// The record was merged into another one.
    MergedAway,
    /// The record is in the bin.
    Deleted,
    /// The record is archived.
    Archived,
}

impl Absence {
    /// Every reason, in the order in which they are looked for: a row has the first that holds.
    pub const ALL: [Self; 7] = [
        Self::NotCurrent,
        Self::Identical,
        Self::JoinRepeat,
        Self::OlderExport,
        Self::MergedAway,
        Self::Deleted,
        Self::Archived,
    ];

    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotCurrent => "not-current",
            Self::Identical => "identical",
            Self::JoinRepeat => "join-repeat",
            Self::OlderExport => "older-export",
            Self::MergedAway => "merged-away",
            Self::Deleted => "deleted",
            Self::Archived => "archived",
        }
    }
}

/// Rows of one source that are not in its frame for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Excluded {
    /// Why.
    pub reason: Absence,
    /// How many rows.
    pub rows: u64,
    /// Headers of the columns that say it: the flag, or what a report joins.
    pub columns: Vec<String>,
}

/// A record that an export names although it is no longer one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gone {
    /// Its id, in the form in which ids compare.
    pub id: String,
    /// What became of it.
    pub reason: Absence,
    /// The record that it was merged into, in the same form.
    pub into: Option<String>,
}
