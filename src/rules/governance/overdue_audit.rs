//! GOV002: a part of the audit that was last done too long ago.

use chrono::{DateTime, Utc};

use crate::config::options::Cadence;
use crate::model::{Baseline, Entries, parse_time_key};
use crate::rules::outcome::Checked;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Parts of the audit that `[audit] cadence` asks for more often than they were done, each by itself. The baseline says
    /// when the rules of a part last ran before this run, by the clock of that run; a part whose rules never ran is overdue
    /// too.
    ///
    /// | part | done when |
    /// | --- | --- |
    /// | `duplicates` | a DUP rule ran |
    /// | `sync-log` | a SYN rule ran |
    /// | `tags` | a TAG rule ran |
    /// | `mapping` | a MAP rule ran |
    /// | `cleanup` | something that the baseline knew was found to be gone |
    ///
    /// No export tells whether somebody cleaned up, only whether there is less to clean. So `cleanup` is overdue when the
    /// baseline knows findings and none of them has gone for longer than the cadence, counted from the oldest one where none
    /// ever went. What this run is the first to miss is not counted yet.
    ///
    /// Days are whole: weekly is overdue after more than seven of them, monthly after 31, quarterly after 92, yearly after
    /// 366. The clock is that of the run, so an old export is not overdue by being old.
    ///
    /// ## Why it matters
    ///
    /// A cadence that nobody keeps is a promise on paper. Duplicates grow with every week in which nobody looks.
    ///
    /// ## Example
    ///
    /// An earlier run saw this:
    ///
    /// ```csv lead before
    /// Id,Email,CreatedDate
    /// 1,ana@acme.example,2026-10-01T08:00:00Z
    /// 2,bo@acme.example,2026-10-01T09:00:00Z
    /// ```
    ///
    /// ```toml
    /// [audit]
    /// cadence = { duplicates = "weekly" }
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,CreatedDate
    /// 1,ana@acme.example,2026-10-01T09:00:00Z
    /// 3,cy@acme.example,2026-10-20T09:00:00Z
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,CreatedDate
    /// 1,ana@acme.example,2026-10-01T09:00:00Z
    /// 3,cy@acme.example,2026-10-08T12:00:00Z
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: run the audit with `--write-baseline` as often as the cadence says.
    pub struct OverdueAudit {
        code: "GOV002",
        name: "overdue-audit",
        family: Governance,
        severity: Warning,
        dimension: Timeliness,
        scope: Scope::Facts,
        kinds: [Crm, Chat, SyncLog],
        needs: [
            Need::Setting("[audit] cadence", |config| !config.audit.cadence.is_empty()),
            Need::Baseline,
            Need::Clock,
        ],
        safety: Manual,
        message: "{count|part of the audit is|parts of the audit are} overdue",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// The families of rules that a part of the audit is done by; `None` for the cleanup.
fn family(part: &str) -> Option<&'static str> {
    match part {
        "duplicates" => Some("DUP"),
        "sync-log" => Some("SYN"),
        "tags" => Some("TAG"),
        "mapping" => Some("MAP"),
        _ => None,
    }
}

/// The word of a cadence, and its days at the most.
fn days(cadence: Cadence) -> (&'static str, i64) {
    match cadence {
        Cadence::Daily => ("daily", 1),
        Cadence::Weekly => ("weekly", 7),
        Cadence::Monthly => ("monthly", 31),
        Cadence::Quarterly => ("quarterly", 92),
        Cadence::Yearly => ("yearly", 366),
    }
}

/// When a part of the audit was done last.
enum Last {
    /// Then, and what is said of that day.
    At(DateTime<Utc>, &'static str),
    /// Never.
    Never(String),
    /// Nobody can tell, for this reason.
    Unknown(String),
    /// There was nothing to do.
    Idle,
}

fn audited(baseline: &Baseline, prefix: &str) -> Last {
    let runs: Vec<_> = baseline.audited.iter().filter(|(code, _)| code.starts_with(prefix)).collect();
    match runs.iter().filter_map(|(_, at)| **at).max() {
        Some(at) => Last::At(at, "last audited"),
        None if runs.is_empty() => Last::Never(format!("no {prefix} rule has ever run")),
        None => Last::Unknown(format!("{} does not say when {prefix} rules ran", baseline.called())),
    }
}

fn cleaned(baseline: &Baseline) -> Last {
    let times = |entries: &Entries| -> Vec<DateTime<Utc>> {
        entries.values().flatten().flat_map(|(_, times)| times.keys()).filter_map(|key| parse_time_key(key)?).collect()
    };
    let known = baseline.evidence.values().flatten().any(|(_, times)| !times.is_empty());
    if !known {
        return Last::Idle;
    }
    match (times(&baseline.fixed).into_iter().max(), times(&baseline.evidence).into_iter().min()) {
        (Some(at), _) => Last::At(at, "a known finding was last seen to be gone"),
        (None, Some(at)) => Last::At(at, "no known finding has ever gone, and the oldest was first seen"),
        (None, None) => Last::Unknown(format!("{} does not say when its findings were first seen", baseline.called())),
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let as_of = cx.facts.as_of.and_then(DateTime::from_timestamp_micros);
    let Some((baseline, as_of)) = cx.facts.baseline.as_ref().zip(as_of) else { return Ok(out) };
    let mut checked = 0;
    for (part, cadence) in &cx.config.audit.cadence {
        let (word, limit) = days(*cadence);
        let last = family(part).map_or_else(|| cleaned(baseline), |prefix| audited(baseline, prefix));
        let said = match last {
            Last::Unknown(why) => {
                out.unchecked(format!("cadence of {part}: {why}"));
                continue;
            }
            Last::Idle => None,
            Last::Never(why) => Some(why),
            Last::At(at, what) => {
                let passed = (as_of - at).num_days();
                (passed > limit).then(|| format!("{what} on {}, {passed} days before this run", at.format("%Y-%m-%d")))
            }
        };
        checked += 1;
        if let Some(said) = said {
            out.push(Hits::on_audit(&format!("{part} is due {word}: {said}"))?.with_text("value", part)?);
        }
    }
    if checked > 0 {
        out.checked.push(Checked { source: AUDIT, column: None, count: checked });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged_since;

    /// Leads made at the clock, of whom the second lacks an address where that is asked for.
    fn leads(blank: bool, clock: &str) -> String {
        let second = if blank { "" } else { "bo@acme.example" };
        format!("Id,LastName,Email,CreatedDate\n1,Moss,ana@acme.example,{clock}\n2,Lind,{second},{clock}\n")
    }

    fn run(cadence: &str, blank: bool, before: &str, now: &str) -> Vec<String> {
        let toml = format!("[audit]\nowner = \"ops\"\ncadence = {{ {cadence} }}\n");
        let (before, now) = (leads(blank, before), leads(blank, now));
        let (found, said) = flagged_since("GOV002", &toml, &[("lead", &before)], &[("lead", &now)]);
        assert!(said.is_empty(), "{said:?}");
        found.into_iter().map(|row| row.detail).collect()
    }

    #[test]
    fn each_part_is_overdue_by_itself() {
        let all = "duplicates = \"weekly\", tags = \"quarterly\", sync-log = \"weekly\"";
        assert_eq!(
            run(all, false, "2026-10-01T09:00:00Z", "2026-10-10T08:00:00Z"),
            [
                "duplicates is due weekly: last audited on 2026-10-01, 8 days before this run",
                "sync-log is due weekly: no SYN rule has ever run",
                "tags is due quarterly: no TAG rule has ever run",
            ]
        );
    }

    #[test]
    fn days_are_whole() {
        let run = |now: &str| run("duplicates = \"weekly\"", false, "2026-10-01T09:00:00Z", now).len();
        assert_eq!([run("2026-10-09T08:59:00Z"), run("2026-10-09T09:00:00Z")], [0, 1]);
        assert_eq!(run("2026-09-20T09:00:00Z"), 0, "an older export");
    }

    #[test]
    fn a_cleanup_is_due_where_there_is_something_to_clean() {
        let run = |blank: bool, now: &str| run("cleanup = \"monthly\"", blank, "2026-10-01T09:00:00Z", now);
        assert!(run(false, "2027-03-01T09:00:00Z").is_empty(), "nothing was found");
        assert!(run(true, "2026-11-01T09:00:00Z").is_empty());
        assert_eq!(
            run(true, "2026-11-02T09:00:00Z"),
            [
                "cleanup is due monthly: no known finding has ever gone, and the oldest was first seen on 2026-10-01, 32 days before this run"
            ]
        );
    }
}
