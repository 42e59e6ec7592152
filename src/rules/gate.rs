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
    /// Evidence that was not counted as new because nobody changed its record.
    pub(super) left_alone: u64,
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
        // What mends one kind mends no other: a new baseline leaves the exceptions of the config as they are.
        let said: Vec<String> = [
            (
                of(AcceptState::Expired),
                ["expired exception: renew it or take it out", "expired exceptions: renew them or take them out"],
            ),
            (
                of(AcceptState::Stale),
                ["exception that covers nothing: take it out", "exceptions that cover nothing: take them out"],
            ),
            (
                fixed as usize,
                [
                    "fixed entry of the baseline: write the baseline anew",
                    "fixed entries of the baseline: write the baseline anew",
                ],
            ),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, [one, more])| format!("{count} {}", if count == 1 { one } else { more }))
        .collect();
        (!said.is_empty()).then(|| format!("{} (--strict-baseline)", said.join("; ")))
    }

    fn passed(self, run: &Outcome<'_>) -> String {
        let Some(least) = self.fail_on else { return "findings never fail this run (--fail-on never)".to_owned() };
        // A run that looked away from something does not pass for having found nothing.
        let left = match run.left_alone {
            0 => String::new(),
            1 => {
                "; 1 piece of evidence stands on a record that nobody changed and was left alone (--only-changed-since)"
                    .to_owned()
            }
            n => format!(
                "; {n} pieces of evidence stand on records that nobody changed and were left alone (--only-changed-since)"
            ),
        };
        let Some(comparison) = run.comparison else {
            let what = if run.left_alone == 0 { "no finding" } else { "no new evidence" };
            return format!("{what} of severity {least} or worse outside its budget{left}");
        };
        let (known, fixed) = (comparison.total(|rule| rule.known), comparison.total(|rule| rule.fixed));
        format!(
            "no new evidence of severity {least} or worse outside its budget; {known} known, {fixed} fixed since the baseline{left}"
        )
    }
}

fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exception(state: AcceptState) -> Exception {
        Exception {
            rule: "DUP001".to_owned(),
            records: Vec::new(),
            group: None,
            reason: "agreed".to_owned(),
            owner: None,
            expires: None,
            covers: 0,
            state,
        }
    }

    fn why(states: &[AcceptState], left_alone: u64) -> String {
        let exceptions: Vec<Exception> = states.iter().copied().map(exception).collect();
        let gate = Gate { fail_on: Some(Severity::Error), strict: true, max_score_drop: None };
        let outcome =
            Outcome { findings: &[], exceptions: &exceptions, comparison: None, score: None, failed: 0, left_alone };
        gate.judge(&outcome).why
    }

    #[test]
    fn what_no_longer_fits_is_said_with_what_mends_it() {
        let said = why(&[AcceptState::Expired], 0);
        assert_eq!(said, "1 expired exception: renew it or take it out (--strict-baseline)");
        let said = why(&[AcceptState::Stale, AcceptState::Stale], 0);
        assert_eq!(said, "2 exceptions that cover nothing: take them out (--strict-baseline)");
    }

    #[test]
    fn a_run_that_left_evidence_alone_says_how_much() {
        assert_eq!(why(&[], 0), "no finding of severity error or worse outside its budget");
        assert!(
            why(&[], 1).contains("; 1 piece of evidence stands on a record that nobody changed"),
            "{}",
            why(&[], 1)
        );
        assert!(why(&[], 9).contains("no new evidence") && why(&[], 9).contains("; 9 pieces of evidence stand on"));
    }
}
