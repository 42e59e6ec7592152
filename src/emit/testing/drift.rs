//! Columns of a sample audit that drift was looked for in, and others.

use crate::evidence::DriftColumn;

/// Columns that drift was looked for in, and more than a report lists that were left out.
pub(super) fn columns() -> Vec<DriftColumn> {
    let of = |column: &str, looked_at, why: &str, values, cells| {
        let (source, column, why) = ("leads".to_owned(), column.to_owned(), why.to_owned());
        DriftColumn { source, column, looked_at, why, values, cells }
    };
    let ids = (1..7).map(|n| of(&format!("Id {n}"), false, "ids", None, 4_310));
    [of("Region | Sales", true, "role region, and its values repeat", Some(12), 2_155)].into_iter().chain(ids).collect()
}
