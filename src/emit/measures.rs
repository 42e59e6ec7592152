//! The figures by which two runs are told apart, each with the direction that is better.

use super::{summary, words};
use crate::evidence::history::Run;
use crate::model::Severity;

/// One figure of a run.
pub(super) struct Measure {
    /// What it is: `score`, `p95 latency`.
    pub(super) name: String,
    /// Whether more of it is better.
    pub(super) rises: bool,
    /// What unit it has.
    pub(super) unit: Unit,
    /// Its value; `None` where it was not measured.
    pub(super) value: Option<f64>,
}

/// How a figure is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// 0 to 100.
    Score,
    /// Whole numbers.
    Count,
    /// 0 to 1.
    Share,
    /// Whole seconds.
    Seconds,
}

impl Unit {
    /// The value as people read it.
    pub(super) fn show(self, value: f64) -> String {
        match self {
            Self::Score => words::score(value),
            Self::Count => words::number(value.max(0.0) as u64),
            Self::Share => words::rate(value),
            Self::Seconds => summary::seconds(value as i64),
        }
    }

    /// The difference between two values, with its sign.
    pub(super) fn change(self, from: f64, to: f64) -> String {
        let by = to - from;
        let sign = if by < 0.0 { "-" } else { "+" };
        match self {
            Self::Score if format!("{:.1}", by.abs()) == "0.0" => "same".to_owned(),
            _ if by == 0.0 => "same".to_owned(),
            Self::Score => format!("{sign}{:.1}", by.abs()),
            Self::Share => format!("{sign}{:.1} points", by.abs() * 100.0),
            Self::Count => format!("{sign}{}", words::number(by.abs() as u64)),
            Self::Seconds => format!("{sign}{} s", words::number(by.abs() as u64)),
        }
    }
}

/// The figures of a run, those of the whole first.
pub(super) fn measures(run: &Run) -> Vec<Measure> {
    let one = |name: &str, rises, unit, value| Measure { name: name.to_owned(), rises, unit, value };
    let of = |severity| Some(run.count(severity) as f64);
    let metrics = &run.metrics;
    let mut all = vec![
        one("score", true, Unit::Score, run.score.overall),
        one("errors", false, Unit::Count, of(Severity::Error)),
        one("warnings", false, Unit::Count, of(Severity::Warning)),
        one("infos", false, Unit::Count, of(Severity::Info)),
        one("duplicates of the last whole week", false, Unit::Count, {
            metrics.duplicates_last_week.as_ref().map(|week| week.count as f64)
        }),
        one("match rate", true, Unit::Share, metrics.match_rate),
        one("creation rate", true, Unit::Share, metrics.creation_rate),
        one("p50 latency", false, Unit::Seconds, run.p50().map(|seconds| seconds as f64)),
        one("p95 latency", false, Unit::Seconds, run.p95().map(|seconds| seconds as f64)),
        one("sync failure rate", false, Unit::Share, run.failure_rate()),
    ];
    for (column, share) in &metrics.required_fill {
        all.push(one(&format!("fill of {column}"), true, Unit::Share, Some(*share)));
    }
    for (dimension, score) in &run.score.dimensions {
        all.push(one(&format!("score of {dimension}"), true, Unit::Score, *score));
    }
    all
}

/// `2026-10-01T08:00:00Z`, or that there is no clock.
pub(super) fn clock(run: &Run) -> String {
    run.as_of.map_or_else(|| "no clock".to_owned(), words::time)
}

/// The run before, in a few words.
pub(super) fn previous(run: &Run) -> String {
    let score =
        run.score.overall.map_or_else(|| "no score".to_owned(), |score| format!("score {}", words::score(score)));
    let rows: u64 = run.findings.iter().map(|one| one.count).sum();
    format!(
        "{}: {}, {score}, {} of evidence, leadlint {}",
        clock(run),
        if run.verdict.passed { "passed" } else { "failed" },
        words::plural(rows, "row"),
        run.version
    )
}

/// The figures of two runs side by side: name, then, now, change. What neither has is left out.
pub(super) fn beside(then: &Run, now: &Run) -> Vec<[String; 4]> {
    let before = measures(then);
    let mut rows = Vec::new();
    for measure in measures(now) {
        let old = before.iter().find(|old| old.name == measure.name).and_then(|old| old.value);
        let show = |value: Option<f64>| value.map_or_else(|| words::NONE.to_owned(), |value| measure.unit.show(value));
        let change = match (old, measure.value) {
            (None, None) => continue,
            (Some(from), Some(to)) => measure.unit.change(from, to),
            _ => words::NONE.to_owned(),
        };
        rows.push([measure.name.clone(), show(old), show(measure.value), change]);
    }
    rows
}

/// Whether both runs ran the same rules; else counts may differ for that reason alone.
pub(super) fn same_rules(then: &Run, now: &Run) -> bool {
    then.rules.sha256 == now.rules.sha256 && then.rules.failed == now.rules.failed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::{Pii, REPORTS, testing};
    use crate::evidence::Audit;

    fn earlier() -> Run {
        let mut run = Run::of(&testing::sample());
        run.as_of = "2026-09-30T08:00:00Z".parse().ok();
        run.score.overall = run.score.overall.map(|score| score - 2.5);
        run
    }

    #[test]
    fn reports_show_the_run_before_and_its_figures() {
        let audit = Audit { past: Some(vec![earlier()]), ..testing::sample() };
        for report in REPORTS.iter().filter(|report| matches!(report.meta().name, "markdown" | "table" | "json")) {
            let text = String::from_utf8(report.render(&audit, &testing::view(Pii::Mask)).unwrap()).unwrap();
            assert!(text.contains("2026-09-30T08:00:00Z"), "{}: {text}", report.meta().name);
            if report.meta().name != "json" {
                assert!(text.contains("+2.5"), "{}: {text}", report.meta().name);
            }
        }
    }

    #[test]
    fn changes_have_a_sign_and_a_unit() {
        assert_eq!(Unit::Score.change(80.0, 81.25), "+1.2");
        assert_eq!(Unit::Score.change(80.0, 80.01), "same");
        assert_eq!(Unit::Share.change(0.5, 0.25), "-25.0 points");
        assert_eq!(Unit::Count.change(1.0, 1205.0), "+1,204");
        assert_eq!(Unit::Seconds.change(9.0, 2.0), "-7 s");
        assert_eq!(Unit::Count.change(3.0, 3.0), "same");
    }

    #[test]
    fn a_figure_that_one_run_lacks_has_no_change() {
        let mut then = earlier();
        then.metrics.match_rate = None;
        let mut now = earlier();
        now.metrics.match_rate = Some(0.5);
        let rows = beside(&then, &now);
        let row = rows.iter().find(|row| row[0] == "match rate").unwrap();
        assert_eq!(row.each_ref().map(String::as_str), ["match rate", "–", "50 %", "–"]);
    }
}
