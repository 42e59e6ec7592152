//! The figures of an audit as flat series: a name, labels, a number. What monitoring wants, whatever the wire.
//!
//! The Prometheus report and the OTLP exporter both render this one list, so that they cannot disagree. Labels hold
//! names of rules, sources and classes, never of people; a name of a source is masked, put on one line and cut like
//! any other text of an export.

mod flow;
mod quality;

use indexmap::{IndexMap, IndexSet};

use super::mask::Masker;
use super::report::json::six_digits;
use super::text;
use crate::evidence::Audit;

/// The most series of one figure. What comes after is summed up as one series where sums mean something, and left out
/// where they do not; [`Figure::left_out`] counts it.
pub(crate) const LIMIT: usize = 500;

/// The label of the series that sums up what is over the limit.
const OTHER: &str = "(other)";

/// The most characters of a label.
const LABEL: usize = 100;

/// What a number counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Things.
    Count,
    /// A share, 0 to 1.
    Ratio,
    /// Points of the score, 0 to 100.
    Points,
    /// Seconds: a span, or a time since 1970.
    Seconds,
}

/// What may be done with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sense {
    /// How things stand at the clock of the audit: the next audit replaces it.
    State,
    /// What happened in the period that the exports cover: periods that do not overlap add up.
    Amount,
}

/// One figure: every series of one name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Figure {
    /// The name, with `leadlint_` in front.
    pub(crate) name: &'static str,
    /// What it is, in one sentence.
    pub(crate) help: &'static str,
    /// What it counts in.
    pub(crate) unit: Unit,
    /// What may be done with it.
    pub(crate) sense: Sense,
    /// Names of the labels.
    pub(crate) labels: &'static [&'static str],
    /// The series: a value for each label, and the number.
    pub(crate) points: Vec<(Vec<String>, f64)>,
    /// Series that the limit took away.
    pub(crate) left_out: u64,
}

impl Figure {
    fn new(
        name: &'static str,
        help: &'static str,
        unit: Unit,
        sense: Sense,
        labels: &'static [&'static str],
        points: impl IntoIterator<Item = (Vec<String>, f64)>,
    ) -> Self {
        let mut figure = Self { name, help, unit, sense, labels, points: Vec::new(), left_out: 0 };
        let mut rest = 0.0;
        for (labels, value) in points {
            let value = six_digits(value);
            if figure.points.len() < LIMIT {
                figure.points.push((labels, value));
            } else {
                figure.left_out += 1;
                rest += value;
            }
        }
        if figure.left_out > 0 && unit == Unit::Count {
            figure.points.push((vec![OTHER.to_owned(); labels.len()], rest));
        }
        figure
    }

    /// A count of how things stand.
    fn state(
        name: &'static str,
        help: &'static str,
        labels: &'static [&'static str],
        points: impl IntoIterator<Item = (Vec<String>, f64)>,
    ) -> Self {
        Self::new(name, help, Unit::Count, Sense::State, labels, points)
    }

    /// A count of what happened.
    fn amount(
        name: &'static str,
        help: &'static str,
        labels: &'static [&'static str],
        points: impl IntoIterator<Item = (Vec<String>, f64)>,
    ) -> Self {
        Self::new(name, help, Unit::Count, Sense::Amount, labels, points)
    }

    /// Shares.
    fn ratio(
        name: &'static str,
        help: &'static str,
        labels: &'static [&'static str],
        points: impl IntoIterator<Item = (Vec<String>, f64)>,
    ) -> Self {
        Self::new(name, help, Unit::Ratio, Sense::State, labels, points)
    }

    /// Seconds.
    fn seconds(
        name: &'static str,
        help: &'static str,
        labels: &'static [&'static str],
        points: impl IntoIterator<Item = (Vec<String>, f64)>,
    ) -> Self {
        Self::new(name, help, Unit::Seconds, Sense::State, labels, points)
    }
}

/// One series without labels; none where the number is not known.
fn alone(value: Option<f64>) -> Option<(Vec<String>, f64)> {
    value.map(|value| (Vec::new(), value))
}

/// The names of sources as labels show them: two that differ stay apart.
struct Names(IndexMap<String, String>);

impl Names {
    fn of(audit: &Audit, masker: &Masker<'_>) -> Self {
        let sources = audit.sources.iter().map(|source| source.name.as_str());
        let findings = audit.findings.iter().map(|finding| finding.source.as_str());
        let sync = audit.metrics.sync.iter().flat_map(|sync| {
            let latency = sync.latency.iter().flat_map(|one| [one.chats.as_str(), one.records.as_str()]);
            latency.chain(sync.attempts.iter().map(|one| one.source.as_str()))
        });
        let mut names = IndexMap::new();
        let mut taken = IndexSet::new();
        for name in sources.chain(findings).chain(sync) {
            if names.contains_key(name) {
                continue;
            }
            let shown = text::line(&masker.text(name), LABEL);
            let mut unique = shown.clone();
            let mut at = 1;
            while !taken.insert(unique.clone()) {
                at += 1;
                unique = format!("{shown} ({at})");
            }
            names.insert(name.to_owned(), unique);
        }
        Self(names)
    }

    fn get(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_else(|| OTHER.to_owned())
    }
}

/// Every figure of the audit, those without any series left out. The order is fixed.
pub(crate) fn figures(audit: &Audit, masker: &Masker<'_>) -> Vec<Figure> {
    let names = Names::of(audit, masker);
    let mut figures = quality::figures(audit, &names);
    figures.extend(flow::figures(audit, &names));
    figures.retain(|figure| !figure.points.is_empty());
    let left_out = figures.iter().map(|figure| figure.left_out).sum::<u64>();
    figures.push(Figure::state(
        "leadlint_series_left_out",
        "Series over the limit of 500 for each metric; counts among them are summed up as (other).",
        &[],
        alone(Some(left_out as f64)),
    ));
    figures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::{Pii, testing};

    fn of(audit: &Audit, pii: Pii) -> Vec<Figure> {
        let view = testing::view(pii);
        figures(audit, &Masker::new(audit, &view))
    }

    fn total(figures: &[Figure], name: &str) -> f64 {
        let figure = figures.iter().find(|figure| figure.name == name).unwrap_or_else(|| panic!("no {name}"));
        figure.points.iter().map(|(_, value)| value).sum()
    }

    #[test]
    fn series_are_distinct_and_have_all_labels() {
        for (sample, audit) in testing::samples() {
            let figures = of(&audit, Pii::Mask);
            let mut seen = IndexSet::new();
            for figure in &figures {
                assert!(figure.name.starts_with("leadlint_"), "{}", figure.name);
                assert!(figure.help.ends_with('.'), "{}", figure.help);
                for (labels, value) in &figure.points {
                    assert_eq!(labels.len(), figure.labels.len(), "{sample}: {}", figure.name);
                    assert!(value.is_finite(), "{sample}: {}", figure.name);
                    assert!(seen.insert((figure.name, labels.clone())), "{sample}: {} {labels:?} twice", figure.name);
                }
            }
        }
    }

    #[test]
    fn no_figure_names_a_person() {
        let mut audit = testing::sample();
        audit.sources[0].name = "leads of ann.lee@acme.example +49 30 5550 1234".to_owned();
        for pii in [Pii::Mask, Pii::Hash] {
            let shown = format!("{:?}", of(&audit, pii));
            for secret in testing::PERSONAL {
                assert!(!shown.contains(secret), "{secret}");
            }
        }
        // Owners and creators are in the sample, and in no label even where personal data is shown.
        let shown = format!("{:?}", of(&testing::sample(), Pii::Show));
        assert!(!shown.contains("Ann Lee") && !shown.contains("0055e0000000002AAA"));
    }

    #[test]
    fn sources_that_look_alike_stay_apart() {
        let mut audit = testing::sample();
        audit.sources[0].name = "ann@acme.example".to_owned();
        audit.sources[1].name = "amy@acme.example".to_owned();
        let names: Vec<String> = of(&audit, Pii::Mask)
            .into_iter()
            .find(|figure| figure.name == "leadlint_source_rows")
            .map(|figure| figure.points.into_iter().map(|(labels, _)| labels[0].clone()).collect())
            .unwrap();
        assert_eq!(names, ["a…@….example", "a…@….example (2)", "sync-log"]);
    }

    #[test]
    fn what_is_over_the_limit_is_summed_up_and_counted() {
        let mut audit = testing::sample();
        let model = audit.findings[2].clone();
        let before = total(&of(&audit, Pii::Mask), "leadlint_findings");
        for at in 0..2 * LIMIT {
            let mut finding = model.clone();
            finding.source = format!("source {at}");
            audit.findings.push(finding);
        }
        let figures = of(&audit, Pii::Mask);
        assert!(figures.iter().all(|figure| figure.points.len() <= LIMIT + 1));
        let all = before + (2 * LIMIT) as f64 * model.count as f64;
        assert!((total(&figures, "leadlint_findings") - all).abs() < 0.5);
        let left = audit.findings.len() - LIMIT;
        let of = |name: &str| figures.iter().find(|figure| figure.name == name).map(|figure| figure.left_out);
        assert_eq!(of("leadlint_findings"), Some(left as u64));
        assert!((total(&figures, "leadlint_series_left_out") - 4.0 * left as f64).abs() < 0.5, "of four metrics");
    }

    #[test]
    fn a_hostile_name_stands_on_one_line_and_is_short() {
        let mut audit = testing::sample();
        audit.sources[0].name = format!("{}\0\r\n\u{202e}{}", testing::HOSTILE, "x".repeat(1 << 20));
        for figure in of(&audit, Pii::Mask) {
            for (labels, _) in figure.points {
                for label in labels {
                    assert!(label.chars().count() < 200, "{}", label.len());
                    assert!(!label.contains(|c: char| c.is_control() || text::hides(c)), "{label:?}");
                }
            }
        }
    }
}
