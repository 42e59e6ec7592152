//! The gate: whether a run passes, and why.

use crate::evidence::{AcceptState, Comparison, Exception, Finding, Verdict};
use crate::model::Severity;

/// What a run is held against.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gate {
    /// The severity that fails the run; `None` for never.
    pub fail_on: Option<Severity>,
    /// Whether a baseline or an exception that no longer fits fails the run.
    pub strict: bool,
    /// How far the score may fall below the baseline's, in points.
    pub max_score_drop: Option<f64>,
}

/// What the gate looks at.
pub(super) struct Outcome<'a> {
    pub(super) findings: &'a [Finding],
    pub(super) exceptions: &'a [Exception],
    pub(super) comparison: Option<&'a Comparison>,
    pub(super) score: Option<f64>,
    /// Rules that failed inside.
    pub(super) failed: usize,
}

impl Gate {
    /// Whether the run passes, and why, in one sentence.
    pub(super) fn judge(self, run: &Outcome<'_>) -> Verdict {
        let word = self.fail_on.map_or("never", Severity::as_str).to_owned();
        if run.failed > 0 {
            let why =
                format!("{} could not finish; what they would have found is missing", counted(run.failed, "rule"));
            return Verdict { passed: false, fail_on: word, why };
        }
        let mut against: Vec<String> =
            [self.findings(run), self.dropped(run), self.unfit(run)].into_iter().flatten().collect();
        if !against.is_empty() {
            let why = std::mem::take(&mut against).join("; ");
            return Verdict { passed: false, fail_on: word, why };
        }
        Verdict { passed: true, fail_on: word, why: self.passed(run) }
    }

    /// Findings that fail the run.
    fn findings(self, run: &Outcome<'_>) -> Option<String> {
        let least = self.fail_on?;
        let failing: Vec<&Finding> = run.findings.iter().filter(|one| one.fails(self.fail_on)).collect();
        let mut codes: Vec<&str> = failing.iter().map(|finding| finding.code).collect();
        codes.dedup();
        let new = failing.iter().map(|finding| finding.new).sum::<u64>();
        let has = if failing.len() == 1 { "has" } else { "have" };
        let known = run.comparison.map_or_else(String::new, |_| format!(" {has} new evidence ({new})"));
        (!failing.is_empty()).then(|| {
            format!("{} of severity {least} or worse{known}: {}", counted(failing.len(), "finding"), codes.join(", "))
        })
    }

    /// A score that fell too far.
    fn dropped(self, run: &Outcome<'_>) -> Option<String> {
        let most = self.max_score_drop?;
        let Some(before) = run.comparison?.score else {
            return Some(
                "the baseline holds no score for --max-score-drop to compare with; write it with the rules that score"
                    .to_owned(),
            );
        };
        let Some(now) = run.score else {
            return Some(format!("the score was {before:.1} and could not be measured now"));
        };
        // As people see them, with one decimal.
        let drop = (before * 10.0).round() / 10.0 - (now * 10.0).round() / 10.0;
        (drop > most + 1e-9).then(|| {
            format!("the score fell from {before:.1} to {now:.1}, more than the {most} that --max-score-drop allows")
        })
    }

    /// What no longer fits, where that matters.
    fn unfit(self, run: &Outcome<'_>) -> Option<String> {
        if !self.strict {
            return None;
        }
        let of = |state| run.exceptions.iter().filter(|one| one.state == state).count();
        let fixed = run.comparison.map_or(0, |comparison| comparison.total(|rule| rule.fixed));
        let said: Vec<String> = [
            (of(AcceptState::Expired), "expired exception"),
            (of(AcceptState::Stale), "exception that covers nothing"),
            (fixed as usize, "fixed entry of the baseline"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| match what.split_once(' ') {
            Some(("exception", rest)) if count != 1 => {
                format!("{count} exceptions {}", rest.replace("covers", "cover"))
            }
            Some(("fixed", _)) if count != 1 => format!("{count} fixed entries of the baseline"),
            _ => counted(count, what),
        })
        .collect();
        (!said.is_empty())
            .then(|| format!("{} (--strict-baseline); take them out, or write the baseline anew", said.join(", ")))
    }

    fn passed(self, run: &Outcome<'_>) -> String {
        let Some(least) = self.fail_on else { return "findings never fail this run (--fail-on never)".to_owned() };
        let Some(comparison) = run.comparison else {
            return format!("no finding of severity {least} or worse outside its budget");
        };
        let (known, fixed) = (comparison.total(|rule| rule.known), comparison.total(|rule| rule.fixed));
        format!(
            "no new evidence of severity {least} or worse outside its budget; {known} known, {fixed} fixed since the baseline"
        )
    }
}

fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}
