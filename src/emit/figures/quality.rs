//! What the audit found, how the data scores, and what the audit looked at.

use indexmap::IndexMap;

use super::{Figure, Names, Sense, Unit, alone};
use crate::evidence::{Audit, Finding};
use crate::model::Severity;

/// The labels of findings.
const FINDING: &[&str] = &["rule", "source", "severity"];

pub(super) fn figures(audit: &Audit, names: &Names) -> Vec<Figure> {
    let mut figures = Vec::from(run(audit));
    figures.extend(findings(audit, names));
    figures.extend(sources(audit, names));
    figures.extend(rules(audit));
    figures
}

/// The run as a whole.
fn run(audit: &Audit) -> [Figure; 5] {
    let score = |name, help, labels, points: Vec<(Vec<String>, f64)>| {
        Figure::new(name, help, Unit::Points, Sense::State, labels, points)
    };
    let dimensions = audit.score.dimensions.iter();
    [
        Figure::state(
            "leadlint_build_info",
            "Always 1; the version of the program that made the audit.",
            &["version"],
            [(vec![audit.version.to_owned()], 1.0)],
        ),
        Figure::seconds(
            "leadlint_audit_as_of_timestamp_seconds",
            "The clock of the audit, in seconds since 1970; absent where no source has a usable time.",
            &[],
            alone(audit.as_of.map(|at| at.timestamp() as f64)),
        ),
        Figure::state(
            "leadlint_verdict_passed",
            "1 where the audit passes, 0 where it does not.",
            &[],
            [(Vec::new(), if audit.verdict.passed { 1.0 } else { 0.0 })],
        ),
        score(
            "leadlint_score",
            "Quality of the data over all dimensions, 0 to 100; absent where none was measured.",
            &[],
            alone(audit.score.overall).into_iter().collect(),
        ),
        score(
            "leadlint_dimension_score",
            "Quality of the data by dimension, 0 to 100; dimensions of which no rule ran are absent.",
            &["dimension"],
            dimensions.filter_map(|(of, score)| Some((vec![of.as_str().to_owned()], (*score)?))).collect(),
        ),
    ]
}

fn findings(audit: &Audit, names: &Names) -> Vec<Figure> {
    // A finding is of one column; the columns of a source are put together, so that series stay few.
    let mut groups: IndexMap<(&str, &str, Severity), Vec<&Finding>> = IndexMap::new();
    for finding in &audit.findings {
        groups.entry((finding.code, finding.source.as_str(), finding.severity)).or_default().push(finding);
    }
    // What is new may be less bad than what is known of the same rule.
    let mut new: IndexMap<(&str, &str, Severity), u64> = IndexMap::new();
    for finding in &audit.findings {
        let severity = finding.new_severity.unwrap_or(finding.severity);
        *new.entry((finding.code, finding.source.as_str(), severity)).or_default() += finding.new;
    }
    let new_points = new.iter().map(|((code, source, severity), count)| {
        (vec![(*code).to_owned(), names.get(source), severity.as_str().to_owned()], *count as f64)
    });
    let new_of =
        |severity: Severity| -> u64 { new.iter().filter(|((.., of), _)| *of == severity).map(|(_, n)| *n).sum() };
    let sum = |name, help, of: fn(&Finding) -> u64| {
        let points = groups.iter().map(|((code, source, severity), findings)| {
            let labels = vec![(*code).to_owned(), names.get(source), severity.as_str().to_owned()];
            (labels, findings.iter().map(|finding| of(finding)).sum::<u64>() as f64)
        });
        Figure::state(name, help, FINDING, points)
    };
    let by_severity = |name, help, of: fn(&Finding) -> u64| {
        let points = [Severity::Error, Severity::Warning, Severity::Info]
            .map(|severity| (vec![severity.as_str().to_owned()], audit.of(severity).map(of).sum::<u64>() as f64));
        Figure::state(name, help, &["severity"], points)
    };
    vec![
        sum("leadlint_findings", "Evidence that no exception covers, by rule, source and severity.", |f| f.count),
        Figure::state(
            "leadlint_findings_new",
            "Evidence that is new or reopened since the baseline; without a baseline all of it. The severity is the worst of that.",
            FINDING,
            new_points,
        ),
        sum("leadlint_findings_accepted", "Evidence that agreed exceptions cover.", |f| f.accepted),
        sum(
            "leadlint_checked",
            "Rows, cells, pairs or hours that had everything the rule needs, for rules that found something.",
            |f| f.checked,
        ),
        by_severity("leadlint_severity_findings", "Evidence that no exception covers, by severity.", |f| f.count),
        Figure::state(
            "leadlint_severity_findings_new",
            "Evidence that is new or reopened, by severity.",
            &["severity"],
            [Severity::Error, Severity::Warning, Severity::Info]
                .map(|severity| (vec![severity.as_str().to_owned()], new_of(severity) as f64)),
        ),
    ]
}

fn sources(audit: &Audit, names: &Names) -> Vec<Figure> {
    let by_source = |name, help, of: fn(&crate::evidence::SourceSummary) -> u64| {
        let points = audit.sources.iter().map(|source| (vec![names.get(&source.name)], of(source) as f64));
        Figure::amount(name, help, &["source"], points)
    };
    let rows = audit.sources.iter().map(|source| source.rows).sum::<u64>();
    vec![
        Figure::amount(
            "leadlint_rows_checked",
            "Rows of all sources that were audited.",
            &[],
            alone(Some(rows as f64)),
        ),
        by_source("leadlint_source_rows", "Rows of the source that were audited.", |source| source.rows),
        by_source("leadlint_source_rows_unreadable", "Rows of the source that could not be read.", |source| {
            source.files.iter().map(|file| file.unreadable).sum()
        }),
        by_source(
            "leadlint_source_rows_set_aside",
            "Rows of the source that are in no figure: older exports, repeats, deleted, archived and merged records.",
            |source| source.excluded.iter().map(|excluded| excluded.rows).sum(),
        ),
    ]
}

fn rules(audit: &Audit) -> [Figure; 5] {
    let count = |name, help, rules: usize| Figure::state(name, help, &[], alone(Some(rules as f64)));
    // A rule may be skipped on several sources, each with its reason.
    let tally = |codes: &mut dyn Iterator<Item = &'static str>| {
        let mut tally: IndexMap<&str, u64> = IndexMap::new();
        codes.for_each(|code| *tally.entry(code).or_default() += 1);
        tally
    };
    let skipped = tally(&mut audit.skipped.iter().map(|rule| rule.code));
    let failed = tally(&mut audit.failed.iter().map(|rule| rule.code));
    let each = |tally: &IndexMap<&str, u64>| -> Vec<_> {
        tally.iter().map(|(code, times)| (vec![(*code).to_owned()], *times as f64)).collect()
    };
    [
        count("leadlint_rules_ran", "Rules that ran.", audit.ran.len()),
        count(
            "leadlint_rules_skipped",
            "Rules that did not run, or not on every source, for lack of a column or a setting.",
            skipped.len(),
        ),
        count("leadlint_rules_failed", "Rules that failed inside: their evidence is missing.", failed.len()),
        Figure::state(
            "leadlint_rule_skipped",
            "How often the rule did not run: once for each source, or once for all.",
            &["rule"],
            each(&skipped),
        ),
        Figure::state("leadlint_rule_failed", "How often the rule failed inside.", &["rule"], each(&failed)),
    ]
}
