//! The figures of the JSON report.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Serialize;

use super::assignment::{Assignment, assignment};
use super::drift::{DriftColumn, drift};
use super::matching::{Matching, matching};
use super::sync::{Links, Sync, links, sync};
use super::{proof, six_digits};
use crate::emit::mask::Masker;
use crate::evidence::{self, Creator};

/// Figures.
#[derive(Serialize, JsonSchema)]
pub(super) struct Metrics {
    /// Share of rows that fill each required column: `source.column` to 0..1.
    required_fill: IndexMap<String, f64>,
    /// Share of rows that fill each column that rules may look at: `source.column` to 0..1.
    fill: IndexMap<String, f64>,
    /// Records that were created although there was one of the same person or company; null where no rule looked for
    /// duplicates.
    duplicates_created: Option<u64>,
    /// Those of them whose time of creation is not known.
    duplicates_undated: u64,
    /// By ISO week of creation, in UTC, oldest first; weeks without any are left out.
    duplicates_per_week: Vec<CreatedIn>,
    /// By who created them, most first.
    duplicates_by_creator: Vec<CreatedBy>,
    /// By the value of the source column, most first.
    duplicates_by_source: Vec<CreatedFrom>,
    /// By both: oldest week first, in a week by origin, with those of none last. Pairs without any are left out.
    duplicates_per_week_and_source: Vec<CreatedInFrom>,
    /// By what the records of each source were compared; empty where no rule looked for probable duplicates.
    matching: Vec<Matching>,
    /// Which columns were looked at for value drift and which not, and why; empty where no rule looked for it.
    drift_columns: Vec<DriftColumn>,
    /// What each `[[mapping]]` is worth, in the order of the config.
    mapping: Vec<proof::Mapping>,
    /// What each `[[probe]]` proves, in the order of the config.
    probes: Vec<proof::Probe>,
    /// What each `[[automation]]` reads and did, in the order of the config.
    automations: Vec<proof::Automation>,
    /// How much of the chats is in the CRM; null where there are no chats beside records.
    links: Option<Links>,
    /// How fast and how reliably chats become leads; null where there are neither chats beside records nor a sync log.
    sync: Option<Sync>,
    /// What the assignment rules would have done; only where the config has some and leads are loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    assignment: Option<Assignment>,
}

/// Duplicates of one week.
#[derive(Serialize, JsonSchema)]
struct CreatedIn {
    /// ISO week: `2026-W41`.
    week: String,
    /// How many were created in it.
    count: u64,
}

/// Duplicates of one creator.
#[derive(Serialize, JsonSchema)]
struct CreatedBy {
    /// Who, as the export names them; null for system users and where the export does not say.
    creator: Option<String>,
    /// What the creator is.
    kind: CreatorKind,
    /// How many they created.
    count: u64,
}

/// What a creator is.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum CreatorKind {
    /// A person.
    Person,
    /// A system user: an integration or an import.
    System,
    /// The export does not say.
    Unknown,
}

/// Duplicates of one week from one origin.
#[derive(Serialize, JsonSchema)]
struct CreatedInFrom {
    /// ISO week: `2026-W41`.
    week: String,
    /// The value of the source column; null where it is blank or there is none.
    source: Option<String>,
    /// How many of that origin were created in it.
    count: u64,
}

/// Duplicates from one origin.
#[derive(Serialize, JsonSchema)]
struct CreatedFrom {
    /// The value of the source column; null where it is blank or there is none.
    source: Option<String>,
    /// How many came from it.
    count: u64,
}

/// The figures as they are published.
pub(super) fn metrics(metrics: &evidence::Metrics, masker: &Masker<'_>) -> Metrics {
    let shares = |of: &IndexMap<String, f64>| of.iter().map(|(k, v)| (k.clone(), six_digits(*v))).collect();
    let none = evidence::Duplicates::default();
    let duplicates = metrics.duplicates.as_ref().unwrap_or(&none);
    let creator = |one: &evidence::CreatedBy| {
        let (creator, kind) = match &one.creator {
            Creator::Person(name) => (Some(masker.person(name).into_owned()), CreatorKind::Person),
            Creator::System => (None, CreatorKind::System),
            Creator::Unknown => (None, CreatorKind::Unknown),
        };
        CreatedBy { creator, kind, count: one.count }
    };
    let origin = |source: Option<&str>| source.map(|source| masker.text(source).into_owned());
    Metrics {
        required_fill: shares(&metrics.required_fill),
        fill: shares(&metrics.fill),
        duplicates_created: metrics.duplicates.as_ref().map(|duplicates| duplicates.created),
        duplicates_undated: duplicates.undated,
        duplicates_per_week: duplicates
            .per_week
            .iter()
            .map(|one| CreatedIn { week: one.week.clone(), count: one.count })
            .collect(),
        duplicates_by_creator: duplicates.by_creator.iter().map(creator).collect(),
        duplicates_by_source: duplicates
            .by_source
            .iter()
            .map(|one| CreatedFrom { source: origin(one.source.as_deref()), count: one.count })
            .collect(),
        duplicates_per_week_and_source: duplicates
            .per_week_and_source
            .iter()
            .map(|one| CreatedInFrom {
                week: one.week.clone(),
                source: origin(one.source.as_deref()),
                count: one.count,
            })
            .collect(),
        matching: matching(&metrics.matching),
        drift_columns: drift(&metrics.drift),
        mapping: proof::mappings(&metrics.mapping),
        probes: proof::probes(&metrics.probes, masker),
        automations: proof::automations(&metrics.automations, masker),
        links: metrics.links.as_ref().map(links),
        sync: metrics.sync.as_ref().map(|of| sync(of, masker)),
        assignment: metrics
            .assignment
            .as_ref()
            .map(|of| assignment(of, &|text| masker.text(text).into_owned(), &|name| masker.person(name).into_owned())),
    }
}
