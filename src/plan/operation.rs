//! What a plan is made of: operations, the grounds on which each stands, and what was set aside.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

use crate::model::Safety;

/// A row of a source, as the plan and whoever carries it out find it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Position of the source among the sources of the run.
    pub source: usize,
    /// Row in the source's frame.
    pub row: u32,
    /// Path of the file as given.
    pub file: String,
    /// 1-based data row in that file.
    pub file_row: u64,
    /// Physical line, where the format has lines.
    pub line: Option<u64>,
    /// The record's own id.
    pub record: Option<String>,
}

/// Evidence that an operation answers, by rule and group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Cited {
    /// Code of the rule.
    pub code: &'static str,
    /// The group that holds the evidence together.
    pub group: Option<String>,
    /// Fingerprints, sorted; one for each row of evidence.
    pub fingerprints: Vec<String>,
    /// Rows of evidence.
    pub rows: u64,
}

/// Who said that an operation may be carried out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// Nobody had to: it is safe.
    Safe,
    /// A person did.
    Accepted {
        /// The owner of the audit.
        by: Option<String>,
        /// The day of the audit's clock.
        on: Option<NaiveDate>,
    },
}

/// Why an operation is in the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grounds {
    /// The evidence that it answers.
    pub evidence: Vec<Cited>,
    /// How much judgement it needs.
    pub safety: Safety,
    /// Who decided.
    pub decision: Decision,
    /// Why, in a few words.
    pub reason: String,
}

impl Grounds {
    /// Codes of the rules that it answers, in order, each once.
    #[must_use]
    pub fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<&'static str> = self.evidence.iter().map(|cited| cited.code).collect();
        codes.dedup();
        codes
    }
}

/// What it means that a cell gets another value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SetKind {
    /// A value is mended.
    #[default]
    Value,
    /// A chat and a record are joined: the cell gets the other's id.
    Link,
    /// The record gets an owner.
    Assign,
    /// Tags of a chat are renamed.
    Retag,
}

impl SetKind {
    /// The word used in plans.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Value => "set",
            Self::Link => "link",
            Self::Assign => "assign",
            Self::Retag => "retag",
        }
    }
}

/// One cell gets another value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// What it means.
    pub kind: SetKind,
    /// The row.
    pub at: Place,
    /// Position of the column in the source's frame.
    pub column: usize,
    /// Its header.
    pub header: String,
    /// What stands there; `None` where the row has no such cell.
    pub old: Option<String>,
    /// What will stand there.
    pub new: String,
    /// Why.
    pub grounds: Grounds,
}

/// The value that survives in one field of a merge whose records disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChoice {
    /// Position of the column in the source's frame.
    pub column: usize,
    /// Its header.
    pub header: String,
    /// What the survivor has.
    pub old: Option<String>,
    /// What it will have.
    pub value: Option<String>,
    /// The records that the value comes from.
    pub from: Vec<String>,
    /// Why this value: `phone from 00Q…, most recent`.
    pub why: String,
    /// The values that do not survive, with their records.
    pub given_up: Vec<(String, String)>,
}

impl FieldChoice {
    /// Whether the survivor's cell changes.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.old.as_deref().unwrap_or_default() != self.value.as_deref().unwrap_or_default()
    }
}

/// A reference, in a record that stays, to a record that is merged away. A CRM re-points its own lookups when it merges;
/// what stands in other tables and tools, nobody does unless the target does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repointed {
    /// The row that holds the reference, in whichever source.
    pub at: Place,
    /// Position of the column in that source's frame.
    pub column: usize,
    /// Its header.
    pub header: String,
    /// The id that stands there.
    pub old: String,
    /// The survivor's.
    pub new: String,
}

/// Several records become one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// The record that stays.
    pub survivor: Place,
    /// The records that go into it, in frame order.
    pub losers: Vec<Place>,
    /// Every field in which the records disagree, in frame order.
    pub fields: Vec<FieldChoice>,
    /// References to the records that go, in what was loaded, by source and row.
    pub repointed: Vec<Repointed>,
    /// What a person has to know beside it: addresses that found no field.
    pub notes: Vec<String>,
    /// Why, among it why this record survives.
    pub grounds: Grounds,
}

/// A record goes for good. It is set apart for [`Plan::QUARANTINE_DAYS`](super::Plan::QUARANTINE_DAYS) days first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delete {
    /// The record.
    pub at: Place,
    /// Why.
    pub grounds: Grounds,
}

/// A cell that an operation changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellChange<'a> {
    /// The row.
    pub at: &'a Place,
    /// Position of the column in the frame of its source.
    pub column: usize,
    /// Its header.
    pub header: &'a str,
    /// What stands there; `None` where the row has no such cell.
    pub old: Option<&'a str>,
    /// What will stand there.
    pub new: &'a str,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation {
    /// Several records become one.
    Merge(Merge),
    /// One cell gets another value.
    Set(Set),
    /// A record goes.
    Delete(Delete),
}

impl Operation {
    /// The word used in plans.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Merge(_) => "merge",
            Self::Set(set) => set.kind.as_str(),
            Self::Delete(_) => "delete",
        }
    }

    /// Why it is in the plan.
    #[must_use]
    pub const fn grounds(&self) -> &Grounds {
        match self {
            Self::Merge(merge) => &merge.grounds,
            Self::Set(set) => &set.grounds,
            Self::Delete(delete) => &delete.grounds,
        }
    }

    /// The row that it changes and keeps; that of a record that is deleted.
    #[must_use]
    pub const fn place(&self) -> &Place {
        match self {
            Self::Merge(merge) => &merge.survivor,
            Self::Set(set) => &set.at,
            Self::Delete(delete) => &delete.at,
        }
    }

    /// Whether there is no way back by script.
    #[must_use]
    pub const fn is_irreversible(&self) -> bool {
        matches!(self, Self::Merge(_) | Self::Delete(_))
    }

    /// The rows that are no more once it is done.
    #[must_use]
    pub fn gone(&self) -> &[Place] {
        match self {
            Self::Merge(merge) => &merge.losers,
            Self::Set(_) => &[],
            Self::Delete(delete) => std::slice::from_ref(&delete.at),
        }
    }

    /// Every cell that it changes: those of its own record, and the references of other records that follow a merge.
    pub fn changes(&self) -> impl Iterator<Item = CellChange<'_>> {
        let at = self.place();
        let own = self.cells().map(move |(column, header, old, new)| CellChange { at, column, header, old, new });
        let repointed = match self {
            Self::Merge(merge) => merge.repointed.as_slice(),
            _ => &[],
        };
        own.chain(repointed.iter().map(|one| CellChange {
            at: &one.at,
            column: one.column,
            header: &one.header,
            old: Some(&one.old),
            new: &one.new,
        }))
    }

    /// The cells of its own record that it changes, as position of the column, header, old and new value.
    pub fn cells(&self) -> impl Iterator<Item = (usize, &str, Option<&str>, &str)> {
        let (set, merge) = match self {
            Self::Set(set) => (Some(set), None),
            Self::Merge(merge) => (None, Some(merge)),
            Self::Delete(_) => (None, None),
        };
        let sets = set.into_iter().map(|set| (set.column, set.header.as_str(), set.old.as_deref(), set.new.as_str()));
        let fields = merge.into_iter().flat_map(|merge| &merge.fields).filter(|field| field.changes()).map(|field| {
            (field.column, field.header.as_str(), field.old.as_deref(), field.value.as_deref().unwrap_or_default())
        });
        sets.chain(fields)
    }
}

/// Why evidence did not become an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Aside {
    /// A person has to decide first.
    Undecided,
    /// No script can do it.
    Manual,
    /// A person said no.
    Rejected,
    /// Another proposal for the same cell went in.
    Conflict,
    /// The record is merged into another, or the cell gets its value from the merge.
    MergedAway,
    /// An `[[accept]]` entry covers it.
    Accepted,
    /// The export cannot hold the value.
    Unwritable,
}

impl Aside {
    /// The word used in plans.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Undecided => "undecided",
            Self::Manual => "manual",
            Self::Rejected => "rejected",
            Self::Conflict => "conflict",
            Self::MergedAway => "merged-away",
            Self::Accepted => "accepted",
            Self::Unwritable => "unwritable",
        }
    }
}

/// Evidence that the plan leaves alone, summed up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct SetAside {
    /// The class of the reason.
    pub class: Aside,
    /// Code of the rule.
    pub code: &'static str,
    /// What was set aside: `leads · Region`, `leads · records 1, 2`.
    pub what: String,
    /// Why, and what would bring it in.
    pub why: String,
    /// Rows of evidence.
    pub count: u64,
}
