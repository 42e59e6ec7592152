//! The runs of a history as a chart: the score, and below it the evidence by severity.

use chrono::{DateTime, Datelike, Utc};

use crate::emit::chart::{Chart, Figure, Limit, Line, Paint, Part, Stack, Tone};
use crate::emit::measures::{clock, same_rules};
use crate::emit::words;
use crate::evidence::history::Run;
use crate::model::Severity;

/// Runs of one chart; the rest is counted.
const DRAWN: usize = 26;
/// Runs that are named for not being like the one before.
const NAMED: usize = 5;

/// What is said instead of a chart of one run.
pub(crate) const ALONE: &str = "One run has no trend yet; the next one with the same --history is compared with it.";

/// The chart of `runs`, oldest first, of which the first is the `first` of its history; `None` for fewer than two.
/// `only` says what the findings are limited to.
pub(crate) fn picture(runs: &[&Run], first: usize, only: Option<&str>) -> Option<Chart> {
    if runs.len() < 2 {
        return None;
    }
    let hidden = runs.len().saturating_sub(DRAWN);
    let drawn = &runs[hidden..];
    let first = first + hidden;
    let mut limits = Vec::new();
    let mut remarks = vec![words::NONE.to_owned()];
    let mut named = Vec::new();
    for (at, pair) in drawn.windows(2).enumerate() {
        let differs = differs(pair[0], pair[1]);
        if differs.is_empty() {
            remarks.push("same rules, config, version".to_owned());
            continue;
        }
        let label = differs.join(", ");
        named.push(format!("run {} ({label})", first + at + 1));
        limits.push(Limit { before: at + 1, label: label.clone(), tone: Tone::Poor });
        remarks.push(label);
    }
    let same_year = years(drawn).windows(2).all(|pair| pair[0] == pair[1]);
    let day = |at: DateTime<Utc>| at.format(if same_year { "%m-%d" } else { "%Y-%m-%d" }).to_string();
    let axis = match years(drawn).first() {
        Some(year) if same_year => format!("clock of the run, month and day of {year}"),
        _ => "clock of the run".to_owned(),
    };
    let part = |severity: Severity, tone| Part {
        name: severity.as_str().to_owned(),
        paint: Paint::Tone(tone),
        values: drawn.iter().map(|run| run.count(severity)).collect(),
    };
    let stack = Stack {
        labels: drawn.iter().map(|run| run.as_of.map_or_else(|| words::NONE.to_owned(), day)).collect(),
        rows: drawn.iter().enumerate().map(|(at, run)| format!("{}: {}", first + at, clock(run))).collect(),
        parts: vec![
            part(Severity::Error, Tone::Bad),
            part(Severity::Warning, Tone::Poor),
            part(Severity::Info, Tone::Plain),
        ],
        counts: "rows of evidence",
        axis,
        over: Some(Line { name: "score of 100", values: drawn.iter().map(|run| run.score.overall).collect(), limits }),
        remarks: Some(("beside the run before", remarks)),
    };
    let title = match only {
        Some(only) => format!("Score, and evidence of {only}, run by run"),
        None => "Score and evidence, run by run".to_owned(),
    };
    Some(Chart {
        name: "trend",
        title,
        says: says(drawn, runs.len(), &named),
        headers: ["run", "all evidence"],
        figure: Figure::Stacked(stack),
    })
}

/// The chart in words alone, for where a picture is asked for and there is nothing to draw.
pub(super) fn alone() -> Chart {
    Chart {
        name: "trend",
        title: "Score and evidence, run by run".to_owned(),
        says: ALONE.to_owned(),
        headers: ["run", "all evidence"],
        figure: Figure::Words,
    }
}

/// Why two runs in a row may differ without the data being better or worse.
fn differs(then: &Run, now: &Run) -> Vec<&'static str> {
    let mut differs = Vec::new();
    if !same_rules(then, now) {
        differs.push("other rules");
    }
    if then.config_sha256 != now.config_sha256 {
        differs.push("other config");
    }
    if then.version != now.version {
        differs.push("other version");
    }
    differs
}

fn years(runs: &[&Run]) -> Vec<i32> {
    runs.iter().filter_map(|run| Some(run.as_of?.year())).collect()
}

fn says(drawn: &[&Run], all: usize, named: &[String]) -> String {
    let scores: Vec<f64> = drawn.iter().filter_map(|run| run.score.overall).collect();
    let score = match (scores.first(), scores.last()) {
        (Some(from), Some(to)) if scores.len() > 1 => {
            let low = scores.iter().copied().fold(f64::INFINITY, f64::min);
            let high = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            format!(
                "The score went from {} to {}, between {} and {}",
                words::score(*from),
                words::score(*to),
                words::score(low),
                words::score(high)
            )
        }
        _ => "There is no score of two runs".to_owned(),
    };
    let rows = |run: Option<&&Run>| run.map_or(0, |run| run.findings.iter().map(|one| one.count).sum());
    let of = if drawn.len() < all {
        format!("; the last {} of {} runs are drawn", drawn.len(), words::number(all as u64))
    } else {
        format!("; {} are drawn", words::plural(all as u64, "run"))
    };
    let evidence = format!(
        "from {} of evidence to {}",
        words::plural(rows(drawn.first()), "row"),
        words::number(rows(drawn.last()))
    );
    let apart = match named {
        [] => String::new(),
        named => {
            let more = match named.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {}", words::plural(more as u64, "further run")),
            };
            let few: Vec<&str> = named.iter().take(NAMED).map(String::as_str).collect();
            format!(" Not quite to be compared with the run before: {}{more}.", few.join(", "))
        }
    };
    format!("{score}; {evidence}{of}.{apart}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::chart::draw;
    use crate::emit::testing;

    fn runs(count: u32) -> Vec<Run> {
        let run = |at: u32| {
            let mut run = Run::of(&testing::sample());
            run.as_of = format!("2026-10-{:02}T08:00:00Z", at + 1).parse().ok();
            run.score.overall = Some(70.0 + f64::from(at));
            run
        };
        (0..count).map(run).collect()
    }

    fn chart(runs: &[Run]) -> Option<Chart> {
        picture(&runs.iter().collect::<Vec<_>>(), 1, None)
    }

    #[test]
    fn one_run_has_no_chart_and_two_have() {
        assert!(chart(&runs(0)).is_none() && chart(&runs(1)).is_none());
        let drawn = draw(chart(&runs(2)).unwrap()).unwrap();
        assert!(
            drawn.says.starts_with("The score went from 70.0 to 71.0, between 70.0 and 71.0; from "),
            "{}",
            drawn.says
        );
        assert!(!drawn.says.contains("compared"), "{}", drawn.says);
        assert_eq!(
            drawn.headers,
            ["run", "score of 100", "error", "warning", "info", "all evidence", "beside the run before"]
        );
        assert_eq!(drawn.rows.len(), 2);
        assert_eq!((drawn.rows[1][0].as_str(), drawn.rows[1][1].as_str()), ("2: 2026-10-02T08:00:00Z", "71.0"));
        let sum = |row: &[String]| row[2..5].iter().map(|cell| cell.parse::<u64>().unwrap()).sum::<u64>();
        assert_eq!(sum(&drawn.rows[0]).to_string(), drawn.rows[0][5]);
        let alone = draw(alone()).unwrap();
        assert!(alone.svg.contains(">One run has no trend yet"), "{}", alone.svg);
    }

    #[test]
    fn runs_that_differ_from_the_one_before_are_marked_and_named() {
        let mut runs = runs(5);
        runs[2].rules.sha256 = "other".to_owned();
        runs[3].rules.sha256 = "other".to_owned();
        runs[3].config_sha256 = Some("other".to_owned());
        runs[3].version = "9.9.9".to_owned();
        let drawn = draw(chart(&runs).unwrap()).unwrap();
        // The fifth differs again: in all that the fourth differs in from the third, and in the rules.
        let named = "run 3 (other rules), run 4 (other config, other version), \
                     run 5 (other rules, other config, other version).";
        assert!(drawn.says.ends_with(named), "{}", drawn.says);
        let remarks: Vec<&str> = drawn.rows.iter().map(|row| row[6].as_str()).collect();
        assert_eq!(remarks[..3], ["–", "same rules, config, version", "other rules"]);
        assert_eq!(drawn.svg.matches("stroke-dasharray").count(), 6, "through both plots");
        assert!(drawn.svg.contains(">other rules</text>"), "{}", drawn.svg);
    }

    #[test]
    fn many_runs_are_counted_and_runs_without_a_score_or_clock_are_drawn() {
        let mut runs = [runs(20), runs(20)].concat();
        let drawn = draw(chart(&runs).unwrap()).unwrap();
        assert!(drawn.says.contains("the last 26 of 40 runs are drawn"), "{}", drawn.says);
        assert!(drawn.rows.len() == 26 && drawn.rows[0][0].starts_with("15: "), "{:?}", drawn.rows[0]);
        for run in &mut runs {
            (run.as_of, run.score.overall) = (None, None);
            run.findings.clear();
        }
        let drawn = draw(chart(&runs).unwrap()).unwrap();
        assert!(drawn.says.starts_with("There is no score of two runs; from 0 rows"), "{}", drawn.says);
    }
}
