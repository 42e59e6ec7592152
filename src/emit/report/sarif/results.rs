//! A result for each portion of each finding, and one for what is left of it.

use std::collections::BTreeMap;

use serde_json::json;
use serde_sarif::sarif::{
    ArtifactLocation, Location, LogicalLocation, PhysicalLocation, Region, Result as Found, ResultKind, ResultLevel,
    Suppression,
};

use super::rules::Rules;
use super::{Artifacts, bag, message};
use crate::emit::mask::Masker;
use crate::emit::place::{Spot, uri};
use crate::emit::portions::{Portion, Portioned};
use crate::emit::{said, summary, text, words};
use crate::evidence::{Audit, EvidenceRow, Finding};
use crate::model::Severity;

/// What identifies a result from one run to the next.
const IDENTITY: &str = "leadlint/v1";
/// The longest name of a place, in graphemes.
const NAME: usize = 120;

/// Every result, errors first.
pub(super) fn results(
    audit: &Audit,
    masker: &Masker<'_>,
    portioned: &[Portioned<'_>],
    artifacts: &Artifacts,
    rules: &Rules,
) -> Vec<Found> {
    let cx = Context { audit, masker, artifacts, rules, suppresses: audit.findings.iter().any(|f| f.accepted > 0) };
    let mut out = Vec::new();
    for one in portioned {
        out.extend(one.portions.iter().map(|portion| cx.portion(one.finding, portion)));
        if one.rest > 0 {
            out.push(cx.rest(one));
        }
    }
    out
}

struct Context<'a> {
    audit: &'a Audit,
    masker: &'a Masker<'a>,
    artifacts: &'a Artifacts,
    rules: &'a Rules,
    suppresses: bool,
}

impl Context<'_> {
    fn base(&self, finding: &Finding, text: String, identity: &str, count: u64) -> Found {
        let level = match finding.severity {
            Severity::Error => ResultLevel::Error,
            Severity::Warning => ResultLevel::Warning,
            Severity::Info => ResultLevel::Note,
        };
        let mut found = Found::builder()
            .rule_id(finding.code)
            .kind(ResultKind::Fail)
            .level(level)
            .message(message(text))
            .partial_fingerprints(BTreeMap::from([(IDENTITY.to_owned(), identity.to_owned())]))
            .build();
        found.rule_index = self.rules.at(finding.code);
        // Zero is no count of occurrences.
        found.occurrence_count = i64::try_from(count).ok().filter(|count| *count > 0);
        // Where one result of a run has suppressions, the others must say that they have none.
        found.suppressions = self.suppresses.then(Vec::new);
        found
    }

    fn portion(&self, finding: &Finding, portion: &Portion) -> Found {
        let mut text = String::new();
        if let Some(first) = portion.rows.first() {
            text = format!("{}: {}", summary::place(finding, NAME), said::row(self.masker, self.audit, first));
        }
        let shown = portion.rows.len() as u64;
        if portion.count > shown {
            text = format!("{text} ({shown} of {} shown)", words::plural(portion.count, "row"));
        } else if portion.count > 1 {
            text = format!("{text} ({})", words::plural(portion.count, "row"));
        }
        text = format!("{text}. All in all: {}", self.whole(finding));
        let mut found = self.base(finding, text, &portion.identity, portion.count);
        found.locations = Some(portion.rows.iter().map(|row| self.location(finding, row)).collect());
        let first = portion.rows.first();
        let evidence: Vec<&str> = portion.rows.iter().map(|row| row.fingerprint.as_str()).collect();
        found.properties = Some(bag([
            ("source", json!(text::line(&finding.source, NAME))),
            ("column", json!(finding.column.as_deref().map(|column| text::line(column, NAME)))),
            ("group", json!(first.and_then(|row| row.group.as_deref()))),
            ("safety", json!(first.map(|row| row.safety.as_str()))),
            ("confidence", json!(first.map(|row| row.confidence))),
            ("evidence", json!(evidence)),
        ]));
        if portion.accepted {
            let why = first.map(|row| said::justification(self.masker, self.audit, row)).unwrap_or_default();
            let suppression =
                Suppression::builder().kind(json!("external")).status(json!("accepted")).justification(why).build();
            found.suppressions = Some(vec![suppression]);
        }
        if self.audit.comparison.is_some() && !portion.accepted {
            found.baseline_state = Some(json!(match portion.known {
                0 => "new",
                known if known == portion.count => "unchanged",
                _ => "updated",
            }));
        }
        found
    }

    /// The result for rows of a finding that have none of their own.
    fn rest(&self, one: &Portioned<'_>) -> Found {
        let finding = one.finding;
        let rows = words::plural(one.rest, "row");
        let place = summary::place(finding, NAME);
        let more = if one.portions.is_empty() { "" } else { " more" };
        let text = format!("{place}: {rows}{more}, not shown one by one. All in all: {}", self.whole(finding));
        let mut found = self.base(finding, text, &one.rest_identity, one.rest);
        let example = finding.examples.first().filter(|_| one.portions.is_empty());
        let location = match example {
            Some(row) => self.location(finding, row),
            None => self.at(finding, &Spot::of_finding(finding, self.audit), None),
        };
        found.locations = Some(vec![location]);
        found.properties = Some(bag([
            ("source", json!(text::line(&finding.source, NAME))),
            ("column", json!(finding.column.as_deref().map(|column| text::line(column, NAME)))),
        ]));
        found
    }

    /// The finding as a whole, and how it stands.
    fn whole(&self, finding: &Finding) -> String {
        let mut said = said::message(self.masker, finding).trim_end_matches('.').to_owned();
        for standing in said::standing(finding) {
            said = format!("{said}; {standing}");
        }
        said + "."
    }

    fn location(&self, finding: &Finding, row: &EvidenceRow) -> Location {
        self.at(finding, &Spot::of_row(row, finding, self.audit), Some(row))
    }

    fn at(&self, finding: &Finding, spot: &Spot, row: Option<&EvidenceRow>) -> Location {
        let mut artifact = ArtifactLocation::builder().uri(uri(&spot.file)).build();
        artifact.index = self.artifacts.of_file(&spot.file);
        let mut physical = PhysicalLocation::builder().artifact_location(artifact).build();
        if let Some(line) = spot.line.and_then(|line| i64::try_from(line).ok()).filter(|line| *line > 0) {
            physical.region = Some(Region::builder().start_line(line).build());
        }
        let mut logical = vec![named("namespace", &text::line(&finding.source, NAME))];
        if let Some(part) = &spot.part {
            logical.push(named("module", &text::line(part, NAME)));
        }
        if let Some(column) = row.and_then(|row| row.column.as_ref()).or(finding.column.as_ref()) {
            logical.push(named("member", &text::line(column, NAME)));
        }
        if let Some(row) = row {
            if let Some(id) = &row.record_id {
                logical.push(named("object", &text::line(id, NAME)));
            }
            if let (Some(number), None) = (row.row, row.line) {
                logical.push(named("element", &format!("row {number}")));
            }
        }
        Location::builder().physical_location(physical).logical_locations(logical).build()
    }
}

/// A place by name: the source as `namespace`, a member of an archive or a sheet as `module`, the column as `member`, the
/// record as `object`, a row that has no line as `element`.
fn named(kind: &str, name: &str) -> LogicalLocation {
    LogicalLocation::builder().kind(kind).name(name).build()
}
