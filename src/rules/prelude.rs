//! What nearly every rule uses.

pub(super) use polars::prelude::{
    BooleanChunked, DataType, Expr, IntoColumn, IntoLazy, IntoSeries, NULL, NewChunkedArray, Series,
    SortMultipleOptions, StringChunked, UniqueKeepStrategy, by_name, col, concat_str, df, lit, when,
};
pub(super) use serde::{Deserialize, Serialize};

pub(super) use super::check::Check;
pub(super) use super::declare::{Need, NoOptions, Scope, declare_rule};
pub(super) use super::outcome::Outcome;
pub(super) use crate::evidence::{AUDIT, Hits, Place};
pub(super) use crate::model::{Role, Safety, Severity};
pub(super) use crate::normalise::text::trimmed;
pub(super) use crate::normalise::timestamp::Times;
pub(super) use crate::normalise::{Category, Table};

/// Positions of the true cells.
pub(super) fn true_rows(mask: &BooleanChunked) -> Vec<u32> {
    (0..).zip(mask.iter()).filter(|(_, cell)| *cell == Some(true)).map(|(row, _)| row).collect()
}
