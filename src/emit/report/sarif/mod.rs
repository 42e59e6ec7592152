//! SARIF 2.1.0, for code scanning on GitHub, Azure DevOps and others.
//!
//! A result is a group or a distinct value, not a row. What the platforms refuse is capped, errors first, and said in a
//! notification: GitHub takes files up to 10 MB packed, refuses more than 25,000 results in a run and 1,000 locations in
//! a result, and shows 5,000 and 100 of them
//! (docs.github.com, "SARIF results exceed one or more limits", as of 2026).

mod results;
mod rules;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use serde_sarif::sarif::{
    Artifact, ArtifactLocation, Invocation, Message, Notification, PropertyBag, ReportingDescriptorReference, Run,
    Sarif as Log, Tool, ToolComponent,
};

use super::{Report, ReportMeta};
use crate::emit::mask::Masker;
use crate::emit::place::{Spot, uri};
use crate::emit::portions::{Portioned, portions};
use crate::emit::{Error, View, said, summary, text, words};
use crate::evidence::Audit;
use crate::model::Severity;

/// The `sarif` format.
#[derive(Debug)]
pub(super) struct Sarif;

const META: ReportMeta = ReportMeta {
    name: "sarif",
    title: "SARIF 2.1.0 for code scanning: a result per group or distinct value, capped as GitHub asks",
    extension: "sarif",
    masks: true,
};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

impl Report for Sarif {
    fn meta(&self) -> &'static ReportMeta {
        &META
    }

    fn render(&self, audit: &Audit, view: &View) -> Result<Vec<u8>, Error> {
        let masker = Masker::new(audit, view);
        let portioned = portions(audit, view);
        let artifacts = Artifacts::of(audit);
        let rules = rules::Rules::of(audit);
        let results = results::results(audit, &masker, &portioned, &artifacts, &rules);
        let driver = ToolComponent::builder()
            .name("leadlint")
            .version(audit.version)
            .semantic_version(audit.version)
            .rules(rules.descriptors)
            .build();
        let run = Run::builder()
            .tool(Tool::builder().driver(driver).build())
            .invocations(vec![invocation(audit, &masker, &portioned)])
            .artifacts(artifacts.list)
            .results(results)
            .properties(properties(audit))
            .build();
        let log = Log::builder().schema(SCHEMA).version(json!("2.1.0")).runs(vec![run]).build();
        let mut bytes = serde_json::to_vec_pretty(&log).map_err(|e| Error::render(META.name, &e))?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// A message that is only text: viewers make links of `[text](target)` even in those, so that none is left.
fn message(text: impl AsRef<str>) -> Message {
    Message::builder().text(text.as_ref().replace("](", "] (")).build()
}

/// Properties of our own.
fn bag<const N: usize>(entries: [(&str, Value); N]) -> PropertyBag {
    let entries: BTreeMap<String, Value> =
        entries.into_iter().filter(|(_, value)| !value.is_null()).map(|(key, v)| (key.to_owned(), v)).collect();
    PropertyBag::builder().additional_properties(entries).build()
}

/// The word that SARIF has for a severity.
const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// The files that were read. A member of an archive or a sheet is nested in its file.
struct Artifacts {
    list: Vec<Artifact>,
    index: BTreeMap<String, i64>,
}

impl Artifacts {
    fn of(audit: &Audit) -> Self {
        let mut own = Self { list: Vec::new(), index: BTreeMap::new() };
        for file in audit.sources.iter().flat_map(|source| &source.files) {
            let spot = Spot::of_file(&file.path);
            let mut artifact = Artifact::builder()
                .location(ArtifactLocation::builder().uri(uri(&spot.file)).build())
                .roles(vec![json!("analysisTarget")])
                .build();
            let parent = spot.part.as_ref().map(|_| own.add(&spot.file, || artifact.clone()));
            artifact.length = i64::try_from(file.bytes).ok();
            artifact.hashes = Some(BTreeMap::from([("sha-256".to_owned(), file.sha256.clone())]));
            if let (Some(parent), Some(part)) = (parent, &spot.part) {
                artifact.parent_index = Some(parent);
                artifact.location = Some(ArtifactLocation::builder().uri(format!("/{}", uri(part))).build());
                if part.contains('#') || !spot.file.to_ascii_lowercase().ends_with(".zip") {
                    // What is known of the bytes is known of the workbook, not of its sheet.
                    (artifact.length, artifact.hashes) = (None, None);
                }
            }
            own.add(&file.path, || artifact);
        }
        own
    }

    fn add(&mut self, path: &str, make: impl FnOnce() -> Artifact) -> i64 {
        // Each path is in the list once, so the number of paths is the next index.
        let next = self.index.values().max().map_or(0, |last| last + 1);
        *self.index.entry(path.to_owned()).or_insert_with(|| {
            self.list.push(make());
            next
        })
    }

    /// The index of a file on disk.
    fn of_file(&self, path: &str) -> Option<i64> {
        self.index.get(path).or_else(|| self.index.get(&format!("./{path}"))).copied()
    }
}

/// The run: its command, its exit code, and what has to be said beside the results.
fn invocation(audit: &Audit, masker: &Masker<'_>, portioned: &[Portioned<'_>]) -> Invocation {
    let code: i64 = if audit.failed.is_empty() { i64::from(!audit.verdict.passed) } else { 2 };
    let notice = |level: &str, text: String| Notification::builder().level(json!(level)).message(message(text)).build();
    let about = |level: &str, code: &str, text: String| {
        let rule = ReportingDescriptorReference::builder().id(code).build();
        Notification::builder().level(json!(level)).message(message(text)).associated_rule(rule).build()
    };
    let configuration: Vec<Notification> = audit
        .skipped
        .iter()
        .map(|rule| {
            let reason = said::sentence(masker, &rule.reason);
            about("note", rule.code, format!("{} {} did not run: {reason}", rule.code, rule.name))
        })
        .collect();
    let mut execution: Vec<Notification> = audit
        .failed
        .iter()
        .map(|rule| {
            let error = said::sentence(masker, &rule.error);
            let text = format!("{} {} failed inside, its evidence is missing: {error}", rule.code, rule.name);
            about("error", rule.code, text)
        })
        .collect();
    execution.extend(left_out(portioned).map(|text| notice("warning", text)));
    execution.extend(said::notes(masker, audit).into_iter().map(|text| notice("note", text)));
    Invocation::builder()
        .command_line(masker.text(&summary::command(audit)).into_owned())
        .execution_successful(audit.failed.is_empty())
        .exit_code(code)
        .exit_code_description(said::sentence(masker, &audit.verdict.why))
        .tool_configuration_notifications(configuration)
        .tool_execution_notifications(execution)
        .build()
}

/// What has no result of its own, if anything.
fn left_out(portioned: &[Portioned<'_>]) -> Option<String> {
    let rest: Vec<&Portioned<'_>> = portioned.iter().filter(|one| one.rest > 0).collect();
    if rest.is_empty() {
        return None;
    }
    let rows: u64 = rest.iter().map(|one| one.rest).sum();
    let all: u64 = portioned.iter().map(|one| one.finding.count + one.finding.accepted).sum();
    let findings = words::plural(rest.len() as u64, "finding");
    Some(format!(
        "{} of {} are in no result of their own: {findings} say how many rows are left. Platforms show 5,000 results of a \
         run; `--evidence PATH` writes every row.",
        words::number(rows),
        words::plural(all, "row")
    ))
}

fn properties(audit: &Audit) -> PropertyBag {
    let ran: Vec<&str> = audit.ran.iter().map(|(code, _)| *code).collect();
    bag([
        ("verdict", json!(if audit.verdict.passed { "passed" } else { "failed" })),
        ("failOn", json!(audit.verdict.fail_on)),
        ("tally", json!(summary::tally(audit))),
        ("score", json!(audit.score.overall)),
        ("asOf", json!(audit.as_of.map(words::time))),
        ("owner", json!(audit.owner.as_deref().map(|owner| text::line(owner, 120)))),
        ("configSha256", json!(audit.config_sha256)),
        ("ran", json!(ran)),
    ])
}

#[cfg(test)]
mod tests;
