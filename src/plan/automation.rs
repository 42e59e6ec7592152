//! The automations that a plan wakes: those that read a field which it changes.

use std::collections::BTreeSet;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::operation::Operation;
use crate::config::options::Options;
use crate::model::Source;

/// An automation that reads fields which the plan changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Woken {
    /// What people call it.
    pub name: String,
    /// What it does.
    pub action: Option<String>,
    /// The fields, as the config names them.
    pub fields: Vec<String>,
    /// Whether somebody said that it stands still while the cleanup is loaded.
    pub paused: bool,
}

/// The automations that `operations` wake, in the order of the config. A merge wakes whatever reads its source's fields
/// that change, and nothing else is known of what a merge sets off.
pub(super) fn woken(operations: &[Operation], sources: &[Arc<Source>], config: &Options) -> Vec<Woken> {
    let mut touched: BTreeSet<(usize, usize)> = BTreeSet::new();
    for operation in operations {
        touched.extend(operation.changes().map(|cell| (cell.at.source, cell.column)));
    }
    let is_changed = |field: &&String| {
        let Some((source, column)) = field.split_once('.') else { return false };
        let found = sources.iter().position(|one| one.name == source);
        found.and_then(|at| Some((at, sources[at].column_named(column)?))).is_some_and(|cell| touched.contains(&cell))
    };
    let woken = config.automation.iter().map(|automation| Woken {
        name: automation.name.clone(),
        action: automation.action.clone(),
        fields: automation.uses.iter().filter(is_changed).cloned().collect(),
        paused: automation.paused,
    });
    woken.filter(|automation| !automation.fields.is_empty()).collect()
}
