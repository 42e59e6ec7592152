//! The replay as JSON.

use chrono::NaiveDate;
use serde::Serialize;

use super::Simulation;
use crate::emit::report::json::assignment::{Assignment, assignment};

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    /// The window that was asked for; null where none was.
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
    #[serde(flatten)]
    replay: Assignment,
}

pub(super) fn render(simulation: &Simulation) -> String {
    let document = Document {
        schema: "leadlint.simulate/1",
        since: simulation.since,
        until: simulation.until,
        replay: assignment(&simulation.replay, &str::to_owned, &str::to_owned),
    };
    // Plain structures of texts and integers always serialize.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}
