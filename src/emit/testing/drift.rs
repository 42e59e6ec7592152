//! Of a sample audit: the columns that drift was looked for in, and by what records were compared.

use crate::evidence::{CappedBlocks, DriftColumn, MatchField, MatchLevel, Matching};

/// Columns that drift was looked for in, and more than a report lists that were left out.
pub(super) fn columns() -> Vec<DriftColumn> {
    let of = |column: &str, looked_at, why: &str, values, cells| {
        let (source, column, why) = ("leads".to_owned(), column.to_owned(), why.to_owned());
        DriftColumn { source, column, looked_at, why, values, cells }
    };
    let ids = (1..7).map(|n| of(&format!("Id {n}"), false, "ids", None, 4_310));
    [of("Region | Sales", true, "role region, and its values repeat", Some(12), 2_155)].into_iter().chain(ids).collect()
}

/// By what the leads were compared.
pub(super) fn matching() -> Matching {
    Matching {
        source: "leads".to_owned(),
        records: 4_310,
        compared: 20_400,
        prior: 1.25e-6,
        fields: vec![MatchField {
            field: "phone".to_owned(),
            levels: vec![MatchLevel { level: "same", m: 0.75, u: 2.5e-5, weight: 14.872 }],
        }],
        capped: vec![CappedBlocks { field: "phone".to_owned(), blocks: 1, records: 70 }],
    }
}
