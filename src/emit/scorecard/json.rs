//! The score as JSON.

use serde::Serialize;

use super::Scorecard;
use crate::evidence::evaluation::Evaluation;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    #[serde(flatten)]
    evaluation: &'a Evaluation,
    min_f1: Option<f64>,
    passed: bool,
}

pub(super) fn render(scorecard: &Scorecard) -> String {
    let document = Document {
        schema: "leadlint.eval/1",
        evaluation: &scorecard.evaluation,
        min_f1: scorecard.min_f1,
        passed: scorecard.passed,
    };
    // Plain structures of texts and finite numbers always serialize.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}
