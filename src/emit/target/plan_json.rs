//! `plan.json`: the plan for programs.

use std::path::Path;

use super::{Context, Error, Written};
use crate::plan::{Document, Plan};

/// Writes `plan.json` into `dir`.
pub(super) fn write(plan: &Plan, dir: &Path, cx: &Context<'_>) -> Result<Written, Error> {
    let path = dir.join("plan.json");
    let text = Document::new(plan, cx.before_after).to_json()?;
    std::fs::write(&path, text).map_err(Error::write(&path))?;
    Ok(Written {
        path: "plan.json".to_owned(),
        what: "every operation, what was set aside, before and after".to_owned(),
        of: None,
        refused: None,
    })
}
