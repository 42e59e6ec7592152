//! What the search for probable duplicates learned, in the JSON report.

use schemars::JsonSchema;
use serde::Serialize;

use crate::evidence;

/// The parameters by which the records of one source were compared.
#[derive(Serialize, JsonSchema)]
pub(super) struct Matching {
    /// Name of the source.
    source: String,
    /// Records.
    records: u64,
    /// Pairs that were compared.
    compared: u64,
    /// The probability that two records drawn at random are one person.
    prior: f64,
    /// What was compared.
    fields: Vec<Field>,
    /// Fields with blocks that were too large to be compared all with all.
    capped: Vec<Capped>,
}

/// A field.
#[derive(Serialize, JsonSchema)]
struct Field {
    /// Role or header.
    field: String,
    /// Its levels, best first.
    levels: Vec<Level>,
}

/// A level of agreement.
#[derive(Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "the name that the report publishes")]
struct Level {
    /// What it means.
    level: &'static str,
    /// Share among pairs of one person, 0..1.
    m: f64,
    /// Share among other pairs, 0..1.
    u: f64,
    /// Match weight log2(m / u) in bits, before the frequency of the value.
    weight: f64,
}

/// Blocks of one field that stayed too large.
#[derive(Serialize, JsonSchema)]
struct Capped {
    /// Role or header.
    field: String,
    /// How many.
    blocks: u64,
    /// Records in them, each counted as often as it is in one.
    records: u64,
}

/// As it is published.
pub(super) fn matching(all: &[evidence::Matching]) -> Vec<Matching> {
    let level = |one: &evidence::MatchLevel| Level {
        level: one.level,
        m: short(one.m),
        u: short(one.u),
        weight: (one.weight * 100.0).round() / 100.0,
    };
    let field =
        |one: &evidence::MatchField| Field { field: one.field.clone(), levels: one.levels.iter().map(level).collect() };
    all.iter()
        .map(|one| Matching {
            source: one.source.clone(),
            records: one.records,
            compared: one.compared,
            prior: short(one.prior),
            fields: one.fields.iter().map(field).collect(),
            capped: one
                .capped
                .iter()
                .map(|one| Capped { field: one.field.clone(), blocks: one.blocks, records: one.records })
                .collect(),
        })
        .collect()
}

/// Four digits that count, however small the number.
fn short(number: f64) -> f64 {
    format!("{number:.3e}").parse().unwrap_or(number)
}
