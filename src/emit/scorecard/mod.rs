//! The score of a labelled file as people and programs read it.
//!
//! In: the figures. Out: text. Ids and values of the mistakes are hostile and are quoted for each format.

mod json;
mod markdown;
mod table;
#[cfg(test)]
mod tests;

use super::words;
use crate::evidence::evaluation::{Evaluation, Mistake};

/// What `leadlint eval` found.
#[derive(Debug, Clone)]
pub struct Scorecard {
    /// The figures.
    pub evaluation: Evaluation,
    /// The F1 that was asked for.
    pub min_f1: Option<f64>,
    /// Whether it was reached.
    pub passed: bool,
}

impl Scorecard {
    /// For a terminal of `width` columns.
    #[must_use]
    pub fn table(&self, width: u16, color: bool) -> String {
        table::render(self, width, color)
    }

    /// As Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        markdown::render(self)
    }

    /// As JSON, `leadlint.eval/1`.
    #[must_use]
    pub fn json(&self) -> String {
        json::render(self)
    }

    /// What was scored, and whether it is good enough.
    fn said(&self) -> Vec<String> {
        let scores = &self.evaluation.scores;
        let milliseconds = words::number(self.evaluation.milliseconds);
        let subject = &self.evaluation.subject;
        let mut said = vec![if scores.b_cubed.is_some() {
            format!(
                "{subject}: {} scored, {} of several by the labels, {} found, {} of them exactly; {milliseconds} ms",
                words::plural(scores.items, "item"),
                words::plural(scores.clusters_true, "cluster"),
                words::number(scores.clusters_found),
                words::number(scores.clusters_exact),
            )
        } else {
            format!("{subject}: {} scored; {milliseconds} ms", words::plural(scores.items, "pair"))
        }];
        if let Some(least) = self.min_f1 {
            let verdict = if self.passed { "reached" } else { "not reached" };
            said.push(format!("F1 of {least} {verdict}"));
        }
        said
    }
}

/// Headers and rows of a table; a `>` in front of a header says that its column holds numbers.
type Grid = (Vec<&'static str>, Vec<Vec<String>>);

/// Precision, recall and F1, by pairs and by items.
fn figures(evaluation: &Evaluation) -> Grid {
    let pairs = &evaluation.scores.pairs;
    let headers = vec!["by", ">precision", ">recall", ">F1", ">right", ">wrong", ">missed"];
    let counts = [pairs.true_positives, pairs.false_positives, pairs.false_negatives].map(words::number);
    let mut of_pairs = vec!["pairs".to_owned()];
    of_pairs.extend([evaluation.precision, evaluation.recall, evaluation.f1].map(figure));
    of_pairs.extend(counts);
    let mut rows = vec![of_pairs];
    if let Some(b_cubed) = &evaluation.scores.b_cubed {
        let mut of_items = vec!["items (B-cubed)".to_owned()];
        of_items.extend([b_cubed.precision, b_cubed.recall, b_cubed.f1].map(figure));
        of_items.extend(std::iter::repeat_n(String::new(), 3));
        rows.push(of_items);
    }
    (headers, rows)
}

fn rules(evaluation: &Evaluation) -> Grid {
    let row = |share: &crate::evidence::evaluation::Share| {
        let mut row = vec![share.code.to_owned()];
        row.extend([share.groups, share.items, share.adds_right, share.adds_wrong].map(words::number));
        row
    };
    (
        vec!["rule", ">groups", ">items", ">adds right pairs", ">adds wrong pairs"],
        evaluation.rules.iter().map(row).collect(),
    )
}

/// How often the rules are right, by how sure they say they are.
fn calibration(evaluation: &Evaluation) -> Grid {
    let row = |bin: &crate::evidence::evaluation::Bin| {
        vec![bin.range(), words::number(bin.said), words::number(bin.right), words::share(bin.right, bin.said)]
    };
    (vec!["confidence", ">found", ">right", ">share"], evaluation.calibration.iter().map(row).collect())
}

/// Every table that has a row.
fn grids(evaluation: &Evaluation) -> Vec<Grid> {
    let all = [figures(evaluation), rules(evaluation), calibration(evaluation)];
    all.into_iter().filter(|(_, rows)| !rows.is_empty()).collect()
}

/// Titles and mistakes, of what was asked for.
fn mistakes(evaluation: &Evaluation) -> Vec<(&'static str, &[Mistake])> {
    [("Wrongly joined", &evaluation.false_positives), ("Not joined", &evaluation.false_negatives)]
        .into_iter()
        .map(|(title, mistakes)| (title, mistakes.as_slice()))
        .filter(|(_, mistakes)| !mistakes.is_empty())
        .collect()
}

/// What has to be said beside the figures.
fn notes(evaluation: &Evaluation) -> Vec<String> {
    let skipped = evaluation.skipped.iter().map(|one| format!("{} {}: {}", one.code, one.name, one.reason));
    evaluation.notes.iter().cloned().chain(skipped).collect()
}

/// Four digits, never rounded up to a perfect score.
fn figure(of: f64) -> String {
    format!("{:.4}", (of * 10_000.0).floor() / 10_000.0)
}
