//! `plan.json`: the plan as programs read it, in structs of its own, so that the plan can change without breaking readers.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use super::operation::{
    Cited, Decision, Delete, FieldChoice, Grounds, Merge, Operation, Place, Repointed, Set, SetAside, SetKind,
};
use super::{Convergence, Plan, Recorded, Woken};
use crate::model::Safety;

/// The version of the format.
pub const SCHEMA: &str = "leadlint.plan/1";

/// The JSON Schema of `plan.json`.
#[must_use]
pub fn schema() -> serde_json::Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Document<'static>>().to_value()
}

/// The whole of `plan.json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "leadlint plan")]
pub struct Document<'a> {
    /// `leadlint.plan/1`.
    schema: &'static str,
    /// Version of the program.
    version: &'a str,
    /// The clock of the audit, RFC 3339.
    as_of: Option<String>,
    /// Who answers for the audit.
    owner: Option<&'a str>,
    /// SHA-256 of the config's bytes.
    config_sha256: Option<&'a str>,
    /// The exports that the plan was made from.
    inputs: Vec<Input<'a>>,
    /// Operations by kind and safety.
    counts: Vec<Count>,
    /// Operations that no script takes back.
    irreversible: u64,
    /// What people decided.
    decisions: &'a [Recorded],
    /// Automations that read what the plan changes.
    wakes: &'a [Woken],
    /// The operations, in order.
    operations: Vec<Step<'a>>,
    /// What was left alone.
    set_aside: &'a [SetAside],
    /// The audits before and after.
    before_after: &'a Convergence,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Input<'a> {
    source: &'a str,
    path: &'a str,
    sha256: &'a str,
    bytes: u64,
    rows: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Count {
    operation: &'static str,
    safety: Safety,
    operations: u64,
}

/// Where a row stands.
#[derive(Debug, Serialize, JsonSchema)]
struct Where<'a> {
    record: Option<&'a str>,
    file: &'a str,
    row: u64,
    line: Option<u64>,
}

/// Why an operation is there.
#[derive(Debug, Serialize, JsonSchema)]
struct Because<'a> {
    evidence: &'a [Cited],
    safety: Safety,
    /// `safe` or `accepted`.
    decision: &'static str,
    decided_by: Option<&'a str>,
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    decided_on: Option<NaiveDate>,
    reason: &'a str,
}

/// One operation.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "operation", rename_all = "kebab-case")]
enum Step<'a> {
    /// Several records become one.
    Merge {
        source: &'a str,
        survivor: Where<'a>,
        losers: Vec<Where<'a>>,
        fields: Vec<Field<'a>>,
        /// References to the records that go, in the exports that were loaded.
        repointed: Vec<Reference<'a>>,
        notes: &'a [String],
        #[serde(flatten)]
        because: Because<'a>,
    },
    /// One cell gets another value.
    Set(Cell<'a>),
    /// A chat and a record are joined: the cell gets the other's id.
    Link(Cell<'a>),
    /// The record gets an owner.
    Assign(Cell<'a>),
    /// Tags of a chat are renamed.
    Retag(Cell<'a>),
    /// A record goes, after a quarantine.
    Delete {
        source: &'a str,
        #[serde(flatten)]
        at: Where<'a>,
        #[serde(flatten)]
        because: Because<'a>,
    },
}

/// A cell that gets another value.
#[derive(Debug, Serialize, JsonSchema)]
struct Cell<'a> {
    source: &'a str,
    #[serde(flatten)]
    at: Where<'a>,
    column: &'a str,
    old: Option<&'a str>,
    new: &'a str,
    #[serde(flatten)]
    because: Because<'a>,
}

/// A reference that follows a merge.
#[derive(Debug, Serialize, JsonSchema)]
struct Reference<'a> {
    source: &'a str,
    #[serde(flatten)]
    at: Where<'a>,
    column: &'a str,
    old: &'a str,
    new: &'a str,
}

/// The value that survives in one field.
#[derive(Debug, Serialize, JsonSchema)]
struct Field<'a> {
    column: &'a str,
    old: Option<&'a str>,
    value: Option<&'a str>,
    from: &'a [String],
    why: &'a str,
    given_up: Vec<GivenUp<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct GivenUp<'a> {
    record: &'a str,
    value: &'a str,
}

impl<'a> Document<'a> {
    /// The document of a plan and its audits before and after.
    #[must_use]
    pub fn new(plan: &'a Plan, before_after: &'a Convergence) -> Self {
        let heading = &plan.heading;
        let inputs = heading.sources.iter().flat_map(|(source, files)| {
            files.iter().map(move |file| Input {
                source,
                path: &file.path,
                sha256: &file.sha256,
                bytes: file.bytes,
                rows: file.rows,
            })
        });
        let mut counts: BTreeMap<(&'static str, Safety), u64> = BTreeMap::new();
        for operation in &plan.operations {
            *counts.entry((operation.kind(), operation.grounds().safety)).or_default() += 1;
        }
        Self {
            schema: SCHEMA,
            version: heading.version,
            as_of: heading.as_of.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)),
            owner: heading.owner.as_deref(),
            config_sha256: heading.config_sha256.as_deref(),
            inputs: inputs.collect(),
            counts: counts
                .into_iter()
                .map(|((operation, safety), count)| Count { operation, safety, operations: count })
                .collect(),
            irreversible: plan.operations.iter().filter(|operation| operation.is_irreversible()).count() as u64,
            decisions: &plan.decisions,
            wakes: &plan.wakes,
            operations: plan.operations.iter().map(|operation| Step::of(operation, plan)).collect(),
            set_aside: &plan.set_aside,
            before_after,
        }
    }

    /// The document as JSON text.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

impl<'a> Step<'a> {
    fn of(operation: &'a Operation, plan: &'a Plan) -> Self {
        let name = |source: usize| plan.heading.sources.get(source).map_or("", |(name, _)| name.as_str());
        let source = name(operation.place().source);
        let because = Because::of(operation.grounds());
        match operation {
            Operation::Merge(Merge { survivor, losers, fields, repointed, notes, .. }) => Self::Merge {
                source,
                survivor: Where::of(survivor),
                losers: losers.iter().map(Where::of).collect(),
                fields: fields.iter().map(Field::of).collect(),
                repointed: repointed
                    .iter()
                    .map(|Repointed { at, header, old, new, .. }| Reference {
                        source: name(at.source),
                        at: Where::of(at),
                        column: header,
                        old,
                        new,
                    })
                    .collect(),
                notes,
                because,
            },
            Operation::Set(Set { kind, at, header, old, new, .. }) => {
                let cell = Cell { source, at: Where::of(at), column: header, old: old.as_deref(), new, because };
                match kind {
                    SetKind::Value => Self::Set(cell),
                    SetKind::Link => Self::Link(cell),
                    SetKind::Assign => Self::Assign(cell),
                    SetKind::Retag => Self::Retag(cell),
                }
            }
            Operation::Delete(Delete { at, .. }) => Self::Delete { source, at: Where::of(at), because },
        }
    }
}

impl<'a> Where<'a> {
    fn of(place: &'a Place) -> Self {
        Self { record: place.record.as_deref(), file: &place.file, row: place.file_row, line: place.line }
    }
}

impl<'a> Because<'a> {
    fn of(grounds: &'a Grounds) -> Self {
        let (decision, decided_by, decided_on) = match &grounds.decision {
            Decision::Safe => ("safe", None, None),
            Decision::Accepted { by, on } => ("accepted", by.as_deref(), *on),
        };
        let Grounds { evidence, safety, reason, .. } = grounds;
        Self { evidence, safety: *safety, decision, decided_by, decided_on, reason }
    }
}

impl<'a> Field<'a> {
    fn of(choice: &'a FieldChoice) -> Self {
        Self {
            column: &choice.header,
            old: choice.old.as_deref(),
            value: choice.value.as_deref(),
            from: &choice.from,
            why: &choice.why,
            given_up: choice.given_up.iter().map(|(record, value)| GivenUp { record, value }).collect(),
        }
    }
}
