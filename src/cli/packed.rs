//! The plan of a cleanup, on paper, for the evidence pack.

use std::path::Path;
use std::sync::Arc;

use super::decided::Decided;
use super::inputs::Inputs;
use crate::emit::target::{Order, on_paper};
use crate::emit::{Runbook, cleanup_command};
use crate::evidence::Audit;
use crate::model::Source;
use crate::plan::{Decisions, clean};
use crate::rules::audit::Request;
use crate::rules::run::Watch;

/// The plan of what an audit found, with the decisions that are kept beside the config. `None` if it has nothing.
pub(super) fn plan(
    audit: &Audit,
    sources: &[Arc<Source>],
    inputs: &Inputs,
    request: &Request<'_>,
    watch: Watch<'_>,
) -> anyhow::Result<Option<Runbook>> {
    let decisions = Decided::kept(inputs)?.settle(Decisions::default(), audit, sources, &inputs.options)?;
    let mut cleanup = clean(audit, sources, request, &decisions.decisions, watch)?;
    // The runbook says how to go on, and that is with `clean`.
    cleanup.plan.heading.command = cleanup_command(audit);
    of(&Order {
        plan: &cleanup.plan,
        before_after: &cleanup.convergence,
        sources,
        config: &inputs.options,
        config_file: inputs.config_file.as_ref().map(|(path, _)| path.as_str()),
        targets: &[],
        review: None,
        folder: Path::new("cleanup"),
        force: false,
    })
}

/// The plan of an order, without what carries it out.
pub(super) fn of(order: &Order<'_>) -> anyhow::Result<Option<Runbook>> {
    if order.plan.operations.is_empty() && order.plan.set_aside.is_empty() {
        return Ok(None);
    }
    let (runbook, plan) = on_paper(order)?;
    Ok(Some(Runbook { runbook, plan }))
}
