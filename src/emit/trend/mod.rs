//! The runs of a history one after the other: a table, a drawing, and what got better or worse.

mod picture;
mod sane;

use std::collections::BTreeMap;

use serde::Serialize;

use super::measures::{Measure, beside, clock, measures, same_rules};
use super::sheet::{self, Sheet};
use super::{Error, chart, summary, words};
use crate::evidence::history::Run;
use crate::model::Severity;
pub(crate) use picture::{ALONE, picture};
pub use sane::read_history;

/// Steps of a drawing, lowest first.
const STEPS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// The most runs that a drawing has room for.
const DRAWN: usize = 60;
/// Rules that are named as better or worse.
const NAMED: usize = 10;

/// The runs that are shown.
#[derive(Debug)]
pub struct Trend {
    /// Oldest first, with the findings that are asked for.
    pub runs: Vec<Run>,
    /// Number of the first of them in the history, from 1.
    pub first: usize,
    /// Runs of the history that are not shown.
    pub hidden: usize,
    /// What the findings are limited to, in words; the score and the figures stay those of the whole run.
    pub only: Option<String>,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    hidden: usize,
    only: Option<&'a str>,
    runs: &'a [Run],
    better: Vec<String>,
    worse: Vec<String>,
    notes: Vec<String>,
}

/// What changed between the last two runs.
#[derive(Debug, Default, PartialEq, Eq)]
struct Changes {
    better: Vec<String>,
    worse: Vec<String>,
    notes: Vec<String>,
}

impl Trend {
    /// For a terminal of `width` columns.
    #[must_use]
    pub fn table(&self, width: u16, color: bool) -> String {
        sheet::table(&self.heading(), &self.sheets(), width, color)
    }

    /// As Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        sheet::markdown(&self.heading(), &self.sheets())
    }

    /// As JSON, `leadlint.trend/1`.
    #[must_use]
    pub fn json(&self) -> String {
        let Changes { better, worse, notes } = self.changes();
        let (hidden, only, runs) = (self.hidden, self.only.as_deref(), self.runs.as_slice());
        let document = Document { schema: "leadlint.trend/1", hidden, only, runs, better, worse, notes };
        // Plain structures of texts and numbers always serialize.
        serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
    }

    /// As an SVG file, the chart that reports show; of one run, a sentence that says why there is none.
    ///
    /// # Errors
    ///
    /// Where the chart cannot be drawn.
    pub fn svg(&self) -> Result<String, Error> {
        let runs: Vec<&Run> = self.runs.iter().collect();
        let chart = picture(&runs, self.first, self.only.as_deref()).unwrap_or_else(picture::alone);
        let drawn = chart::draw(chart).map_err(|reason| Error::render("chart", &reason))?;
        Ok(drawn.file())
    }

    fn heading(&self) -> String {
        let shown = words::plural(self.runs.len() as u64, "run");
        let only = self.only.as_deref().map_or(String::new(), |only| format!(", findings of {only} only"));
        match self.hidden {
            0 => format!("Trend: {shown}{only}"),
            hidden => format!("Trend: {shown}{only}; {} more in the history", words::number(hidden as u64)),
        }
    }

    fn sheets(&self) -> Vec<Sheet> {
        let mut sheets = vec![self.list()];
        if self.runs.len() < 2 {
            sheets.push(Sheet { said: vec![ALONE.to_owned()], ..Sheet::default() });
            return sheets;
        }
        sheets.push(self.drawing());
        let Changes { better, worse, notes } = self.changes();
        for (title, mut items) in [("Better than the run before", better), ("Worse than the run before", worse)] {
            if items.is_empty() {
                items.push("nothing".to_owned());
            }
            sheets.push(Sheet { title: title.to_owned(), items, ..Sheet::default() });
        }
        sheets.push(Sheet { title: "To bear in mind".to_owned(), items: notes, ..Sheet::default() });
        sheets
    }

    fn list(&self) -> Sheet {
        let headers = vec![
            ">run",
            "as of",
            "verdict",
            ">score",
            ">errors",
            ">warnings",
            ">infos",
            ">new",
            ">p95",
            ">failed",
            "change",
        ];
        let mut rows = Vec::new();
        for (at, run) in self.runs.iter().enumerate() {
            let or_none = |value: Option<String>| value.unwrap_or_else(|| words::NONE.to_owned());
            let verdict = match (run.rules.failed.is_empty(), run.verdict.passed) {
                (false, _) => "broken",
                (true, true) => "passed",
                (true, false) => "failed",
            };
            let change = at.checked_sub(1).and_then(|before| self.runs.get(before)).map(|before| change(before, run));
            rows.push(vec![
                (self.first + at).to_string(),
                clock(run),
                verdict.to_owned(),
                or_none(run.score.overall.map(words::score)),
                words::number(run.count(Severity::Error)),
                words::number(run.count(Severity::Warning)),
                words::number(run.count(Severity::Info)),
                words::number(run.new_rows()),
                or_none(run.p95().map(summary::seconds)),
                or_none(run.failure_rate().map(words::rate)),
                or_none(change),
            ]);
        }
        Sheet { headers, rows, ..Sheet::default() }
    }

    /// A line per figure that has two values or more: where it stood at each run, from its lowest to its highest.
    fn drawing(&self) -> Sheet {
        let from = self.runs.len().saturating_sub(DRAWN);
        let all: Vec<Vec<Measure>> = self.runs[from..].iter().map(measures).collect();
        let mut rows = Vec::new();
        for measure in all.last().into_iter().flatten() {
            let values: Vec<Option<f64>> = all
                .iter()
                .map(|run| run.iter().find(|one| one.name == measure.name).and_then(|one| one.value))
                .collect();
            let known: Vec<f64> = values.iter().flatten().copied().collect();
            let (Some(first), Some(last)) = (known.first(), known.last()) else { continue };
            let low = known.iter().copied().fold(f64::INFINITY, f64::min);
            let high = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            // A figure that never moved says nothing as a drawing, unless it is the score.
            if known.len() < 2 || (low >= high && measure.name != "score") {
                continue;
            }
            let ends = format!("{} to {}", measure.unit.show(*first), measure.unit.show(*last));
            let range = format!("{} to {}", measure.unit.show(low), measure.unit.show(high));
            rows.push(vec![measure.name.clone(), spark(&values, low, high), ends, range]);
        }
        let hidden = (from > 0).then(|| format!("The last {DRAWN} of {} runs are drawn", self.runs.len()));
        let headers = vec!["figure", "run by run", "first to last", "lowest to highest"];
        Sheet { title: "Drawn".to_owned(), headers, rows, hidden, ..Sheet::default() }
    }

    fn changes(&self) -> Changes {
        let mut changes = Changes::default();
        let [.., then, now] = self.runs.as_slice() else { return changes };
        let before = measures(then);
        for measure in measures(now) {
            let old = before.iter().find(|old| old.name == measure.name).and_then(|old| old.value);
            let (Some(from), Some(to)) = (old, measure.value) else { continue };
            let unit = measure.unit;
            let moved = unit.change(from, to);
            if moved == "same" {
                continue;
            }
            let said = format!("{}: {} to {} ({moved})", measure.name, unit.show(from), unit.show(to));
            if (to > from) == measure.rises { changes.better.push(said) } else { changes.worse.push(said) }
        }
        let counts = |run: &Run| -> BTreeMap<(String, String), u64> {
            run.findings.iter().map(|one| ((one.code.clone(), one.source.clone()), one.count)).collect()
        };
        let (olds, news) = (counts(then), counts(now));
        let mut moved: Vec<(u64, bool, String)> = Vec::new();
        for key in olds.keys().chain(news.keys().filter(|key| !olds.contains_key(*key))) {
            let (old, new) = (olds.get(key).copied().unwrap_or(0), news.get(key).copied().unwrap_or(0));
            let (code, source) = key;
            let said = format!("{code} in {source}: {} to {}", words::number(old), words::plural(new, "row"));
            moved.push((old.abs_diff(new), new < old, said));
        }
        moved.retain(|(by, ..)| *by > 0);
        moved.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.2.cmp(&b.2)));
        for (is_better, list) in [(true, &mut changes.better), (false, &mut changes.worse)] {
            let said: Vec<&String> = moved.iter().filter(|one| one.1 == is_better).map(|one| &one.2).collect();
            list.extend(said.iter().take(NAMED).map(|said| (*said).clone()));
            if said.len() > NAMED {
                list.push(format!("and {} more", words::plural((said.len() - NAMED) as u64, "rule")));
            }
        }
        changes.notes = notes(then, now);
        changes
    }
}

/// Why the last two runs may differ without the data being better or worse.
fn notes(then: &Run, now: &Run) -> Vec<String> {
    let mut notes = Vec::new();
    if !same_rules(then, now) {
        notes.push(format!(
            "not the same rules ran: {} then, {} now; counts may differ for that alone",
            words::number(then.rules.ran),
            words::number(now.rules.ran)
        ));
    }
    if then.version != now.version {
        notes.push(format!("leadlint {} then, {} now", then.version, now.version));
    }
    if then.config_sha256 != now.config_sha256 {
        notes.push("the config was changed in between".to_owned());
    }
    if then.as_of > now.as_of {
        notes.push("the clock of the last run is before that of the one before it".to_owned());
    }
    let rows = |run: &Run| run.inputs.iter().map(|input| input.rows).sum::<u64>();
    if rows(then) != rows(now) {
        notes.push(format!("{} were audited then, {} now", words::plural(rows(then), "row"), words::number(rows(now))));
    }
    notes
}

/// What moved since the run before: the score, and the rows of evidence.
fn change(then: &Run, now: &Run) -> String {
    let evidence = |run: &Run| run.findings.iter().map(|one| one.count).sum::<u64>();
    let (old, new) = (evidence(then), evidence(now));
    let rows = match new.cmp(&old) {
        std::cmp::Ordering::Equal => "rows same".to_owned(),
        std::cmp::Ordering::Less => format!("rows -{}", words::number(old - new)),
        std::cmp::Ordering::Greater => format!("rows +{}", words::number(new - old)),
    };
    match beside(then, now).first().filter(|row| row[0] == "score").map(|row| row[3].clone()) {
        Some(score) => format!("score {score}, {rows}"),
        None => rows,
    }
}

/// Values as blocks, the lowest of them at the bottom; a dot where there is none.
fn spark(values: &[Option<f64>], low: f64, high: f64) -> String {
    let step = |value: f64| {
        if high <= low {
            return STEPS[3];
        }
        let at = ((value - low) / (high - low) * (STEPS.len() - 1) as f64).round() as usize;
        STEPS[at.min(STEPS.len() - 1)]
    };
    values.iter().map(|value| value.map_or('·', step)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::testing;

    fn run(day: u32, score: f64, count: u64) -> Run {
        let mut run = Run::of(&testing::sample());
        run.as_of = format!("2026-10-{day:02}T00:00:00Z").parse().ok();
        run.score.overall = Some(score);
        run.findings.truncate(1);
        (run.findings[0].count, run.findings[0].new) = (count, count);
        run
    }

    fn trend(runs: Vec<Run>) -> Trend {
        Trend { runs, first: 1, hidden: 0, only: None }
    }

    #[test]
    fn a_drawing_goes_from_lowest_to_highest() {
        assert_eq!(spark(&[Some(0.0), None, Some(50.0), Some(100.0)], 0.0, 100.0), "▁·▅█");
        assert_eq!(spark(&[Some(7.0), Some(7.0)], 7.0, 7.0), "▄▄");
    }

    #[test]
    fn what_got_better_and_worse_is_said_in_words() {
        let trend = trend(vec![run(1, 80.0, 20), run(8, 91.5, 26)]);
        let changes = trend.changes();
        let code = &trend.runs[0].findings[0].code;
        assert!(changes.better.contains(&"score: 80.0 to 91.5 (+11.5)".to_owned()), "{changes:?}");
        let source = &trend.runs[0].findings[0].source;
        assert!(changes.worse.contains(&format!("{code} in {source}: 20 to 26 rows")), "{changes:?}");
        assert!(changes.notes.is_empty(), "{changes:?}");
        let table = trend.table(140, false);
        assert!(table.contains("▁█") && table.contains("score +11.5, rows +6"), "{table}");
    }

    #[test]
    fn other_rules_and_another_config_are_said() {
        let mut later = run(8, 80.0, 20);
        later.rules.sha256 = "other".to_owned();
        later.config_sha256 = None;
        let notes = trend(vec![run(1, 80.0, 20), later]).changes().notes;
        assert!(notes[0].contains("not the same rules ran") && notes[1].contains("config"), "{notes:?}");
    }

    #[test]
    fn one_run_says_that_it_has_no_trend() {
        assert!(trend(vec![run(1, 80.0, 20)]).markdown().contains("One run has no trend yet"));
    }

    #[test]
    fn hostile_names_of_sources_break_no_format() {
        let mut runs = vec![run(1, 80.0, 20), run(8, 80.0, 21)];
        for run in &mut runs {
            run.findings[0].source = testing::HOSTILE.to_owned();
        }
        let trend = trend(runs);
        let markdown = trend.markdown();
        assert!(!markdown.contains("<img") && !markdown.contains('\u{202e}'), "{markdown}");
        assert!(!trend.table(120, false).contains('\u{1b}'));
        assert!(serde_json::from_str::<serde_json::Value>(&trend.json()).is_ok());
    }
}
