//! The Prometheus report: figures in the text format that the textfile collector of node_exporter reads.
//!
//! All of them are gauges: a file is read again and again, and the next audit replaces it, so nothing in it may be added
//! up by the reader. Names follow the naming rules of Prometheus; `promtool check metrics` is run over them by a test.

use std::fmt::Write as _;

use prometheus::core::Collector;
use prometheus::{GaugeVec, Opts, TextEncoder};

use super::{Report, ReportMeta};
use crate::emit::figures::{Figure, LIMIT, figures};
use crate::emit::mask::Masker;
use crate::emit::{Error, View, words};
use crate::evidence::Audit;

const NAME: &str = "prometheus";

/// Figures for the textfile collector.
#[derive(Debug)]
pub(super) struct Prometheus;

impl Report for Prometheus {
    fn meta(&self) -> &'static ReportMeta {
        &ReportMeta {
            name: NAME,
            title: "figures for monitoring: the textfile collector of Prometheus",
            extension: "prom",
            masks: true,
        }
    }

    fn render(&self, audit: &Audit, view: &View) -> Result<Vec<u8>, Error> {
        let figures = figures(audit, &Masker::new(audit, view));
        let mut out = String::new();
        for figure in figures.iter().filter(|figure| figure.left_out > 0) {
            let left = words::number(figure.left_out);
            let _ =
                writeln!(out, "# {}: {LIMIT} series shown, {left} more left out or summed up as (other)", figure.name);
        }
        let encoder = TextEncoder::new();
        for figure in &figures {
            let families = gauge(figure).map_err(|error| Error::render(NAME, &error))?.collect();
            encoder.encode_utf8(&families, &mut out).map_err(|error| Error::render(NAME, &error))?;
        }
        Ok(out.into_bytes())
    }
}

/// The figure as a metric family. Its series come out in the order of their labels.
fn gauge(figure: &Figure) -> prometheus::Result<Sorted> {
    let vec = GaugeVec::new(Opts::new(figure.name, figure.help), figure.labels)?;
    for (labels, value) in &figure.points {
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        vec.get_metric_with_label_values(&labels)?.set(*value);
    }
    Ok(Sorted(vec))
}

/// A family whose series are sorted: the crate keeps them in a hash map.
struct Sorted(GaugeVec);

impl Sorted {
    fn collect(&self) -> Vec<prometheus::proto::MetricFamily> {
        let mut families = self.0.collect();
        for family in &mut families {
            let labels = |metric: &prometheus::proto::Metric| -> Vec<String> {
                metric.get_label().iter().map(|label| label.value().to_owned()).collect()
            };
            family.mut_metric().sort_by_cached_key(labels);
        }
        families
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::{Pii, testing};

    /// Asserts that every line is a comment or a sample; gives the sources of `leadlint_source_rows`, unescaped.
    fn sources(text: &str) -> Vec<String> {
        let pair = r#"[a-z]+="(?:[^"\\\n]|\\["\\n])*""#;
        let sample = regex::Regex::new(&format!(r"^leadlint_[a-z_]+(\{{{pair}(?:,{pair})*\}})? -?[0-9.]+$")).unwrap();
        for line in text.lines() {
            assert!(line.starts_with("# ") || sample.is_match(line), "{line}");
        }
        let rows = regex::Regex::new(r#"(?m)^leadlint_source_rows\{source="(.*)"\} \d+$"#).unwrap();
        rows.captures_iter(text).map(|found| found[1].replace("\\\"", "\"").replace("\\\\", "\\")).collect()
    }

    fn rendered(audit: &Audit) -> String {
        String::from_utf8(Prometheus.render(audit, &testing::view(Pii::Show)).unwrap()).unwrap()
    }

    #[test]
    fn hostile_names_are_escaped_and_every_line_is_a_sample_or_a_comment() {
        let mut audit = testing::sample();
        audit.sources[0].name = "a\"} 1\nleadlint_evil 1 \\ \0 \u{202e}".to_owned();
        let text = rendered(&audit);
        assert!(text.contains(r#"source="a\"} 1⏎leadlint_evil 1 \\ ␀ ‹U+202E›""#), "{text}");
        assert!(sources(&text).contains(&r#"a"} 1⏎leadlint_evil 1 \ ␀ ‹U+202E›"#.to_owned()), "{text}");
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

        #[test]
        fn any_name_is_read_back(name in proptest::prelude::any::<String>()) {
            let mut audit = testing::sample();
            audit.sources[0].name.clone_from(&name);
            let shown = crate::emit::text::line(&name, 100);
            let found = sources(&rendered(&audit));
            proptest::prop_assert_eq!(found.len(), 3);
            proptest::prop_assert!(found.contains(&shown), "{:?} in {:?}", shown, found);
        }
    }

    #[test]
    fn what_is_left_out_is_said_above_the_figures() {
        let mut audit = testing::sample();
        let model = audit.findings[2].clone();
        for at in 0..LIMIT {
            let mut finding = model.clone();
            finding.source = format!("source {at:04}");
            audit.findings.push(finding);
        }
        let text = String::from_utf8(Prometheus.render(&audit, &testing::view(Pii::Mask)).unwrap()).unwrap();
        assert!(
            text.starts_with("# leadlint_findings: 500 series shown, 5 more left out or summed up as (other)\n"),
            "{}",
            &text[..200]
        );
        assert!(text.contains("leadlint_series_left_out 20"), "of four metrics");
    }
}
