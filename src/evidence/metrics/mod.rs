//! Figures that go beside the findings. `docs/metrics.md` defines them.

mod assignment;
mod drift;
mod links;
mod mapping;
mod matching;
mod sync;

use indexmap::IndexMap;

pub use assignment::{Assignment, AssignmentClash, AssignmentRule, CONCLUSIVE_DAYS, OwnerChange, OwnerLoad};
pub use drift::DriftColumn;
pub use links::LinkFigures;
pub use mapping::{AutomationProof, Expectation, Held, MappingProof, OutcomeProof, ProbeProof, Stray, UseProof};
pub use matching::{CappedBlocks, MatchField, MatchLevel, Matching};
pub use sync::{Attempts, Bucket, FailedHour, Latency, Percentiles, Quantiles, Sync};

/// Figures that go beside the findings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metrics {
    /// Share of rows that fill each required column: `source.column` to 0..1.
    pub required_fill: IndexMap<String, f64>,
    /// Share of rows that fill each column that rules may look at, in the order of sources and columns.
    pub fill: IndexMap<String, f64>,
    /// Who makes duplicates, and when; `None` where no rule looked for duplicates.
    pub duplicates: Option<Duplicates>,
    /// By what the records of each source were compared, where a rule looked for probable duplicates.
    pub matching: Vec<Matching>,
    /// Which columns were looked at for value drift and which not, where a rule looked for it.
    pub drift: Vec<DriftColumn>,
    /// What each `[[mapping]]` is worth, in the order of the config.
    pub mapping: Vec<MappingProof>,
    /// What each `[[probe]]` proves, in the order of the config.
    pub probes: Vec<ProbeProof>,
    /// What each `[[automation]]` reads and did, in the order of the config.
    pub automations: Vec<AutomationProof>,
    /// How much of the chats is in the CRM; `None` where there are no chats beside records.
    pub links: Option<LinkFigures>,
    /// How fast and how reliably chats become leads; `None` where there are neither chats beside records nor a sync log.
    pub sync: Option<Sync>,
    /// What the assignment rules would have done; `None` where there are none, or no leads.
    pub assignment: Option<Assignment>,
}

impl Metrics {
    /// Whether a duplicate was found.
    #[must_use]
    pub fn has_duplicates(&self) -> bool {
        self.duplicates.as_ref().is_some_and(|duplicates| duplicates.created > 0)
    }
}

/// Records that were created although there was one of the same person or company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// How many.
    pub created: u64,
    /// Those of them whose time of creation is not known.
    pub undated: u64,
    /// By ISO week of creation, in UTC, oldest first; weeks without any are left out.
    pub per_week: Vec<CreatedIn>,
    /// By who created them, most first.
    pub by_creator: Vec<CreatedBy>,
    /// By where they came from, most first.
    pub by_source: Vec<CreatedFrom>,
    /// By both: oldest week first, in a week by origin, with those of none last. Pairs without any are left out.
    pub per_week_and_source: Vec<CreatedInFrom>,
}

/// Duplicates of one week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedIn {
    /// `2026-W41`.
    pub week: String,
    /// How many were created in it.
    pub count: u64,
}

/// Who created a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Creator {
    /// A person, as the export names them: by name or id.
    Person(String),
    /// A system user: an integration or an import.
    System,
    /// The export does not say.
    Unknown,
}

/// Duplicates of one creator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedBy {
    /// Who.
    pub creator: Creator,
    /// How many they created.
    pub count: u64,
}

/// Duplicates of one week from one origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedInFrom {
    /// `2026-W41`.
    pub week: String,
    /// The value of the source column; `None` where it is blank or there is none.
    pub source: Option<String>,
    /// How many of that origin were created in it.
    pub count: u64,
}

/// Duplicates from one origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedFrom {
    /// The value of the source column; `None` where it is blank or there is none.
    pub source: Option<String>,
    /// How many came from it.
    pub count: u64,
}
