//! What several formats say in the same words: the tally, the next steps, the reasons of skipped rules.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use indexmap::IndexMap;

use super::mask::Masker;
use super::{text, words};
use crate::evidence::{AcceptState, Audit, Creator, EvidenceRow, Finding, RuleChange, Skipped, SourceSummary};
use crate::model::{Absence, Excluded, Kind, Safety, Severity};

/// `3 errors, 1 warning, 2 infos`: findings by severity, worst first; `no findings` when there are none. Rules that
/// failed inside are counted too, for without them the tally is not whole.
pub(crate) fn tally(audit: &Audit) -> String {
    let counts: Vec<String> = Severity::WORST_FIRST
        .iter()
        .map(|s| (s, audit.of(*s).count() as u64))
        .filter(|(_, n)| *n > 0)
        .map(|(s, n)| words::plural(n, s.as_str()))
        .collect();
    let found = if counts.is_empty() { "no findings".to_owned() } else { counts.join(", ") };
    match audit.failed.len() as u64 {
        0 => found,
        n => format!("{found}, {} broken", words::plural(n, "rule")),
    }
}

/// Whether a baseline tells new evidence from known.
pub(crate) fn has_known(audit: &Audit) -> bool {
    audit.findings.iter().any(|f| f.new != f.count)
}

/// What became of the evidence since the baseline, and exceptions that no longer fit or soon will not: a line each.
pub(crate) fn since(audit: &Audit) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(comparison) = &audit.comparison {
        let total = |figure: fn(&RuleChange) -> u64| words::number(comparison.total(figure));
        let of = comparison.as_of.map(|at| format!(" of {}", words::time(at))).unwrap_or_default();
        said.push(format!(
            "{} new, {} reopened, {} known, {} fixed, held against {}{of}",
            total(|rule| rule.new),
            total(|rule| rule.reopened),
            total(|rule| rule.known),
            total(|rule| rule.fixed),
            text::line(&comparison.baseline, 120),
        ));
        if comparison.not_looked_at > 0 {
            said.push(format!(
                "{} entries of the baseline are of rules that did not run or of sources that were not read: neither known nor fixed",
                words::number(comparison.not_looked_at)
            ));
        }
    }
    for exception in &audit.exceptions {
        let state = match exception.state {
            AcceptState::Expiring => format!("expires on {}", exception.expires.as_deref().unwrap_or_default()),
            AcceptState::Expired => format!("expired on {}", exception.expires.as_deref().unwrap_or_default()),
            AcceptState::Stale => "covers nothing any more".to_owned(),
            AcceptState::NotChecked => "was not checked: its rule did not run".to_owned(),
            AcceptState::InForce => continue,
        };
        said.push(format!(
            "exception for {} ({}) {state}",
            text::line(&exception.rule, 48),
            text::line(&exception.reason, 120)
        ));
    }
    said
}

/// `1,204 rows of older exports of the same records are set aside`.
pub(crate) fn excluded(excluded: &Excluded) -> String {
    let rows = words::plural(excluded.rows, "row");
    let (repeat, are) = if excluded.rows == 1 { ("repeats", "is") } else { ("repeat", "are") };
    let columns = excluded.columns.iter().map(|c| text::line(c, 48)).collect::<Vec<_>>().join(", ");
    let of = match excluded.reason {
        Absence::NotCurrent => format!("of versions that are not current ({columns})"),
        Absence::Identical => format!("that {repeat} another one of the file cell by cell"),
        Absence::JoinRepeat => format!("that {repeat} a record for each thing a report joins to it ({columns})"),
        Absence::OlderExport => "of older exports of the same records".to_owned(),
        Absence::MergedAway => format!("of records that were merged into others ({columns})"),
        Absence::Deleted => format!("of deleted records ({columns})"),
        Absence::Archived => format!("of archived records ({columns})"),
    };
    format!("{rows} {of} {are} set aside")
}

/// `14 duplicates were created, 5 of them in the last week with any (2026-W41)`; `None` where nobody looked.
pub(crate) fn duplicates(audit: &Audit) -> Option<String> {
    let duplicates = audit.metrics.duplicates.as_ref()?;
    let (created, were) = (duplicates.created, if duplicates.created == 1 { "was" } else { "were" });
    let mut said = format!("{} {were} created", words::plural(created, "duplicate"));
    if let Some(last) = duplicates.per_week.last() {
        let count = words::number(last.count);
        let _ = write!(said, ", {count} of them in the last week that has any ({})", last.week);
    }
    if duplicates.undated > 0 {
        let _ = write!(said, "; when is not known of {}", words::number(duplicates.undated));
    }
    Some(said)
}

/// `9 s`, `1,500 s`, `-3 s`.
pub(crate) fn seconds(n: i64) -> String {
    format!("{}{} s", if n < 0 { "-" } else { "" }, words::number(n.unsigned_abs()))
}

/// The most telling figures of chats that become leads: a line each for how many, how fast and how often that failed.
pub(crate) fn sync(audit: &Audit) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(links) = audit.metrics.links.as_ref().filter(|links| links.qualifying > 0) {
        said.push(format!(
            "{} ought to become leads: {} are linked ({}), {} made their lead ({})",
            words::plural(links.qualifying, "chat"),
            words::number(links.linked),
            words::share(links.linked, links.qualifying),
            words::number(links.made),
            words::share(links.made, links.qualifying)
        ));
    }
    let Some(sync) = &audit.metrics.sync else { return said };
    for one in &sync.latency {
        let of = format!("{} from {}", text::line(&one.records, 48), sync.trigger);
        let figures = &one.figures;
        if let (Some(p), Some(slow), Some(stalled)) = (figures.seconds, figures.over_target, figures.over_alert) {
            said.push(format!(
                "{of}: p50 {}, p95 {}, longest {}; {} at or over {} s, {} over {} s",
                seconds(p.p50),
                seconds(p.p95),
                seconds(p.max),
                words::share(slow, figures.leads),
                sync.target_seconds,
                words::share(stalled, figures.leads),
                sync.alert_seconds
            ));
        } else if let Some(why) = &one.skipped {
            said.push(format!("{of}: {why}"));
        }
    }
    for log in sync.attempts.iter().filter(|log| log.attempts > 0) {
        said.push(format!(
            "{}: {} of {} never got through ({}), {} of attempts failed",
            text::line(&log.source, 48),
            words::number(log.chats_failed),
            words::plural(log.chats, "chat"),
            words::share(log.chats_failed, log.chats),
            words::share(log.attempts_failed, log.attempts)
        ));
    }
    said
}

/// Who created a record, for people.
pub(crate) fn creator(creator: &Creator, masker: &Masker<'_>) -> String {
    match creator {
        Creator::Person(name) => text::line(&masker.person(name), 48),
        Creator::System => "integration or system user".to_owned(),
        Creator::Unknown => "not known".to_owned(),
    }
}

/// Rows of a source that could be read and were not audited.
pub(crate) fn excluded_rows(source: &SourceSummary) -> u64 {
    source.excluded.iter().map(|one| one.rows).sum()
}

/// `Salesforce leads`, `Intercom chats`, `sync log`.
pub(crate) fn what_it_is(source: &SourceSummary) -> String {
    let noun = match (source.kind, source.object) {
        (Kind::Crm, Some(object)) => match object.as_str() {
            "activity" => "activities".to_owned(),
            word => format!("{word}s"),
        },
        (Kind::Crm, None) => "CRM records".to_owned(),
        (Kind::Chat, _) => "chats".to_owned(),
        (Kind::SyncLog, _) => "sync log".to_owned(),
    };
    match source.vendor.as_str() {
        "" | "generic" | "generic-crm" | "generic-chat" | "sync-log" => noun,
        vendor => format!("{} {noun}", vendor_title(vendor)),
    }
}

fn vendor_title(vendor: &str) -> String {
    match vendor {
        "hubspot" => "HubSpot".to_owned(),
        "livechat" => "LiveChat".to_owned(),
        "tawk" => "tawk.to".to_owned(),
        other if other.chars().any(char::is_uppercase) => other.to_owned(),
        other => {
            let mut chars = other.chars();
            chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
        }
    }
}

/// Where a finding is: `leads · Email`, or the source alone when rows are meant.
pub(crate) fn place(finding: &Finding, max: usize) -> String {
    let source = text::line(&finding.source, max);
    match &finding.column {
        Some(column) => format!("{source} · {}", text::line(column, max)),
        None => source,
    }
}

/// Where a row of evidence is: `line 14`, `row 3` where there are no lines; the file only where a source has several,
/// and of its path only the last part when it has to be `short`.
pub(crate) fn spot(row: &EvidenceRow, audit: &Audit, max: usize, short: bool) -> Option<String> {
    let at = match (row.line, row.row) {
        (Some(line), _) => format!("line {}", words::number(line)),
        (None, Some(row)) => format!("row {}", words::number(row)),
        (None, None) => return None,
    };
    let several = audit.sources.iter().any(|s| s.name == row.source && s.files.len() > 1);
    match &row.file {
        Some(file) if several && short => {
            let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
            Some(format!("{} {at}", text::line(name, max)))
        }
        Some(file) if several => Some(format!("{}, {at}", text::line(file, max))),
        _ => Some(at),
    }
}

/// Skipped rules by reason, the reason that stops most rules first; then in the order of their codes.
pub(crate) fn by_reason(skipped: &[Skipped]) -> Vec<(&str, Vec<&'static str>)> {
    let mut reasons: IndexMap<&str, Vec<&'static str>> = IndexMap::new();
    for rule in skipped {
        reasons.entry(rule.reason.as_str()).or_default().push(rule.code);
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, codes)| std::cmp::Reverse(codes.len()));
    reasons
}

/// Evidence by cleanup class over all findings.
pub(crate) fn by_class(audit: &Audit) -> [(Safety, u64); 3] {
    Safety::ALL.map(|class| (class, audit.findings.iter().filter_map(|f| f.safety.get(&class)).sum()))
}

/// `time: load 1.2 s, rules 3.4 s`, when the run was timed.
pub(crate) fn timings(audit: &Audit) -> Option<String> {
    let stages = audit.timings.as_ref()?;
    let stages: Vec<String> = stages.iter().map(|(stage, ms)| format!("{stage} {}", words::duration(*ms))).collect();
    Some(format!("time: {}", stages.join(", ")))
}

/// The command line that would repeat the run.
pub(crate) fn command(audit: &Audit) -> String {
    audit.command.iter().map(|w| text::line(&text::shell(w), 4096)).collect::<Vec<_>>().join(" ")
}

/// Flags of `check` and `clean` that stand alone; every other one is followed by its value.
const SWITCHES: [&str; 6] = ["--strict-baseline", "--timings", "--quiet", "-q", "--no-progress", "--force"];

/// The sources among the words of a command line.
fn sources(command: &[String]) -> Vec<&str> {
    let mut found = Vec::new();
    let mut words = command.iter().skip_while(|w| *w != "check" && *w != "clean").skip(1).map(String::as_str);
    while let Some(word) = words.next() {
        if word == "--" {
            found.extend(words.by_ref());
        } else if word == "-" || !word.starts_with('-') {
            found.push(word);
        } else if !SWITCHES.contains(&word) && !word.contains('=') {
            words.next();
        }
    }
    found
}

/// A `leadlint` command over the sources of this run: `leadlint clean leads.csv`, with its config.
pub(crate) fn command_for(audit: &Audit, verb: &str) -> String {
    let mut words: Vec<String> =
        sources(&audit.command).into_iter().map(|w| text::line(&text::shell(w), 4096)).collect();
    if let Some(config) = audit.config.as_deref().filter(|c| !matches!(*c, "leadlint.toml" | "./leadlint.toml")) {
        words.push(format!("--config {}", text::line(&text::shell(config), 4096)));
    }
    let mut command = format!("leadlint {verb}");
    for word in words {
        command.push(' ');
        command.push_str(&word);
    }
    command
}

/// The words of the command that would clean up what this run found.
pub(crate) fn cleanup_command(audit: &Audit) -> Vec<String> {
    let config = audit.config.iter().flat_map(|config| ["--config", config.as_str()]);
    ["leadlint", "clean"]
        .into_iter()
        .chain(sources(&audit.command))
        .chain(config)
        .chain(["--target", "csv", "--out", "cleanup/"])
        .map(str::to_owned)
        .collect()
}

/// One thing to do about a finding.
pub(crate) struct Action<'a> {
    /// The finding.
    pub(crate) finding: &'a Finding,
    /// The day by which the cadence of its family comes round again, counted from the audit's clock.
    pub(crate) due: Option<DateTime<Utc>>,
    /// What to run.
    pub(crate) command: String,
}

/// What to do, worst first: findings with evidence that is neither known nor within budget come before the rest.
pub(crate) fn actions(audit: &Audit) -> Vec<Action<'_>> {
    let mut findings: Vec<&Finding> = audit.findings.iter().filter(|f| f.count > 0).collect();
    findings.sort_by_key(|f| (f.within_budget, f.new == 0));
    findings
        .into_iter()
        .map(|finding| Action {
            finding,
            due: audit.as_of.and_then(|at| at.checked_add_signed(TimeDelta::days(cadence_days(finding.code)))),
            command: action_command(audit, finding),
        })
        .collect()
}

/// Days until the next look by the default cadence: duplicates and sync weekly, tags and mapping quarterly, else monthly.
fn cadence_days(code: &str) -> i64 {
    match code.get(..3) {
        Some("DUP" | "SYN") => 7,
        Some("TAG" | "MAP") => 91,
        _ => 30,
    }
}

fn action_command(audit: &Audit, finding: &Finding) -> String {
    let of = |class| finding.safety.get(&class).copied().unwrap_or(0);
    let code = finding.code;
    if of(Safety::Review) > 0 {
        format!("{} --select {code} --decide {code}=accept --target csv --out cleanup", command_for(audit, "clean"))
    } else if of(Safety::Safe) > 0 {
        format!("{} --select {code} --target csv --out cleanup", command_for(audit, "clean"))
    } else {
        format!("leadlint rule {code}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::testing;

    #[test]
    fn commands_repeat_the_sources_and_the_config() {
        let mut audit = testing::clean();
        audit.command = ["leadlint", "check", "crm=my leads.csv", "--pii", "mask"].map(str::to_owned).to_vec();
        assert_eq!(command_for(&audit, "clean"), "leadlint clean 'crm=my leads.csv'");
        audit.config = Some("conf/lead lint.toml".to_owned());
        audit.command =
            ["leadlint", "check", "--pii", "mask", "--timings", "a.csv", "--format=json", "-o", "json=x", "-"]
                .map(str::to_owned)
                .to_vec();
        assert_eq!(command_for(&audit, "clean"), "leadlint clean a.csv - --config 'conf/lead lint.toml'");
    }

    #[test]
    fn vendors_and_kinds_read_as_people_say_them() {
        let sources = testing::sample().sources;
        assert_eq!(
            sources.iter().map(what_it_is).collect::<Vec<_>>(),
            ["Salesforce leads", "Intercom chats", "sync log"]
        );
    }
}
