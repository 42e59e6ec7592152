//! The sample audits that every format is tested on: one with everything, a clean one, one in which rules were skipped,
//! one in which a rule failed. All data is made up; some of it is hostile.

mod assignment;
mod drift;
mod figures;
pub(crate) mod hostile;
mod proof;

use std::path::Path;

use chrono::{DateTime, Utc};

pub(crate) use assignment::assignment;
use figures::metrics;

use super::{Pii, View};
use crate::evidence::{
    Audit, Evidence, EvidenceRow, Failed, Finding, Metrics, RoleSummary, Score, Skipped, SourceSummary, Verdict,
};
use crate::model::{
    Absence, Dialect, Dimension, Excluded, Found, Kind, Object, Packing, Role, Safety, Severity, SourceFile, Status,
    SystemField, TextEncoding,
};

/// Personal data of the sample audit: none of it may be in a masked report.
pub(crate) const PERSONAL: &[&str] = &[
    "ann.lee@acme.example",
    "Ann.Lee@Acme.example",
    "bo+crm@long-name.example",
    "ann@acme,example",
    "Ann Lee",
    "+49 30 5550 1234",
    "(555) 010-4477",
];

/// A cell that tries everything at once.
pub(crate) const HOSTILE: &str = "=cmd|' /C calc'!A0 <img src=x onerror=alert(1)> `x` | [a](javascript:x) @octocat #1\n\u{202e}**bold**\t\u{1b}[31m</td>";

/// The audits by name.
pub(crate) fn samples() -> [(&'static str, Audit); 4] {
    [("sample", sample()), ("clean", clean()), ("skipped", skipped()), ("failed", failed())]
}

/// A view for tests: 100 columns, no colour.
pub(crate) fn view(pii: Pii) -> View {
    View { pii, salt: "pepper".to_owned(), width: 100, color: false }
}

/// Names of the modules in a folder: files but for `mod.rs` and tests, and folders.
pub(crate) fn modules(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir() && !path.ends_with("snapshots") || path.extension().is_some_and(|e| e == "rs"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|name| name != "mod" && !name.ends_with("_tests"))
        .collect();
    names.sort();
    names
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(super) fn file(path: &str, rows: u64, text: bool) -> SourceFile {
    SourceFile {
        path: path.to_owned(),
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        bytes: rows * 212,
        rows,
        unreadable: 0,
        set_aside: Vec::new(),
        declared_rows: None,
        preamble_lines: 0,
        footer_lines: 0,
        first_row: 0,
        dialect: text.then_some(Dialect {
            encoding: TextEncoding::Utf8,
            bom: false,
            delimiter: b',',
            header_line: 1,
            packing: Packing::None,
        }),
        headers: Vec::new(),
    }
}

fn role(role: Role, column: &str, found: Found, why: &str) -> RoleSummary {
    RoleSummary { role, column: column.to_owned(), found, why: why.to_owned() }
}

fn leads() -> SourceSummary {
    let mut first = file("exports/leads-2026-09.csv", 4000, true);
    first.unreadable = 2;
    first.declared_rows = Some(4003);
    let mut second = file("exports/leads-2026-10.csv", 310, true);
    second.set_aside = vec![5, 9, 17];
    SourceSummary {
        name: "leads".to_owned(),
        kind: Kind::Crm,
        object: Some(Object::Lead),
        vendor: "salesforce".to_owned(),
        detected: "14 of 17 headers are a Salesforce lead's".to_owned(),
        rows: 4310,
        columns: 17,
        files: vec![first, second],
        excluded: vec![
            Excluded { reason: Absence::OlderExport, rows: 1, columns: Vec::new() },
            Excluded { reason: Absence::Deleted, rows: 2, columns: vec!["Deleted".to_owned()] },
        ],
        system: vec![(SystemField::Deleted, "Deleted".to_owned())],
        roles: vec![
            role(Role::Id, "Lead ID", Found::Alias, "header `Lead ID` is a Salesforce label"),
            role(Role::Email, "Email", Found::Alias, "header `Email`"),
            role(Role::LastName, "Last Name", Found::Alias, "header `Last Name`"),
            role(Role::Phone, "Phone", Found::Content, "97 % of 1,204 filled cells are phones"),
            role(Role::Region, "Region | Sales", Found::Config, "`columns` of `[sources.leads]`"),
        ],
        window: Some((time("2026-09-01T00:00:00Z"), time("2026-10-31T23:59:59Z"))),
        window_declared: true,
        notes: vec!["only leads-2026-10.csv has the column `Score`".to_owned()],
        ignored: vec!["Notes_internal__c".to_owned()],
    }
}

fn chats() -> SourceSummary {
    SourceSummary {
        name: "chats".to_owned(),
        kind: Kind::Chat,
        object: None,
        vendor: "intercom".to_owned(),
        detected: "conversations of an Intercom export".to_owned(),
        rows: 1204,
        columns: 11,
        files: vec![file("exports/chats.zip!conversations.json", 1204, false)],
        excluded: Vec::new(),
        system: Vec::new(),
        roles: vec![role(Role::ChatId, "id", Found::Alias, "header `id`")],
        window: Some((time("2026-09-02T08:00:00Z"), time("2026-10-31T21:14:03Z"))),
        window_declared: false,
        notes: Vec::new(),
        ignored: Vec::new(),
    }
}

fn log() -> SourceSummary {
    SourceSummary {
        name: "sync-log".to_owned(),
        kind: Kind::SyncLog,
        object: None,
        vendor: "generic".to_owned(),
        detected: "given on the command line".to_owned(),
        rows: 1198,
        columns: 5,
        files: vec![file("exports/sync.csv", 1198, true)],
        excluded: Vec::new(),
        system: Vec::new(),
        roles: Vec::new(),
        window: None,
        window_declared: false,
        notes: Vec::new(),
        ignored: Vec::new(),
    }
}

/// One row of evidence about a lead.
fn row(
    code: &'static str,
    column: Option<&str>,
    line: u64,
    value: &str,
    suggested: Option<&str>,
    detail: &str,
) -> EvidenceRow {
    EvidenceRow {
        code,
        source: "leads".to_owned(),
        column: column.map(str::to_owned),
        file: Some("exports/leads-2026-09.csv".to_owned()),
        row: Some(line - 1),
        line: Some(line),
        record_id: Some(if line == 14 { "00Q5e000000018E".to_owned() } else { format!("00Q5e00000{line:05}") }),
        other_source: None,
        other_id: None,
        value: Some(value.to_owned()),
        suggested: suggested.map(str::to_owned),
        group: None,
        confidence: 1.0,
        safety: if suggested.is_some() { Safety::Review } else { Safety::Manual },
        detail: detail.to_owned(),
        fingerprint: format!("{:032x}", u128::from(line) * 0x9e37_79b9_7f4a_7c15_u128 * code.len() as u128),
        status: Status::New,
    }
}

fn finding(
    (code, name): (&'static str, &'static str),
    severity: Severity,
    dimension: Dimension,
    column: Option<(&str, Option<Role>)>,
    message: &str,
    rows: &[EvidenceRow],
) -> Finding {
    let count = rows.iter().filter(|r| r.status != Status::Accepted).count() as u64;
    let safety =
        Safety::ALL.map(|s| (s, rows.iter().filter(|r| r.safety == s && r.status != Status::Accepted).count() as u64));
    Finding {
        code,
        name,
        severity,
        dimension,
        source: "leads".to_owned(),
        column: column.map(|(c, _)| c.to_owned()),
        role: column.and_then(|(_, r)| r),
        checked: 4310,
        count,
        accepted: rows.len() as u64 - count,
        groups: 0,
        rows: count,
        rate: count as f64 / 4310.0,
        new: rows.iter().filter(|r| matches!(r.status, Status::New | Status::Reopened)).count() as u64,
        new_severity: rows.iter().any(|r| matches!(r.status, Status::New | Status::Reopened)).then_some(severity),
        since: None,
        safety: safety.into_iter().collect(),
        message: message.to_owned(),
        within_budget: false,
        budget: None,
        examples: rows.iter().take(5).cloned().collect(),
        examples_hidden: rows.len().saturating_sub(5) as u64,
    }
}

fn score(overall: Option<f64>, dimensions: [Option<f64>; 6]) -> Score {
    Score { overall, dimensions: Dimension::ALL.into_iter().zip(dimensions).collect() }
}

fn base() -> Audit {
    Audit {
        version: "0.1.0",
        as_of: Some(time("2026-10-31T21:14:03Z")),
        as_of_from: "export",
        owner: Some("revops@acme.example".to_owned()),
        config: Some("leadlint.toml".to_owned()),
        config_sha256: Some("2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae".to_owned()),
        command: ["leadlint", "check", "exports/leads*.csv", "chats=exports/chats.zip", "--pii", "mask"]
            .map(str::to_owned)
            .to_vec(),
        sources: vec![leads(), chats(), log()],
        score: score(Some(100.0), [Some(100.0); 6]),
        findings: Vec::new(),
        skipped: Vec::new(),
        failed: Vec::new(),
        ran: vec![("REQ001", "missing-required-value"), ("DUP001", "repeated-email"), ("DRF001", "spelling-variant")],
        metrics: Metrics::default(),
        comparison: None,
        exceptions: Vec::new(),
        next_baseline: None,
        past: None,
        verdict: Verdict {
            passed: true,
            fail_on: "error".to_owned(),
            why: "no finding at or above `error`".to_owned(),
        },
        notes: Vec::new(),
        timings: None,
        evidence: Evidence::from_rows(Vec::new()),
    }
}

/// Everything: findings of each severity, personal data, hostile cells, known and accepted evidence, more than is shown.
pub(crate) fn sample() -> Audit {
    let repeated: Vec<EvidenceRow> = (0..12)
        .map(|i| {
            let mut row = row(
                "DUP001",
                Some("Email"),
                14 + i * 7,
                if i % 2 == 0 { "ann.lee@acme.example" } else { "Ann.Lee@Acme.example" },
                None,
                "2 leads share ann.lee@acme.example, phone +49 30 5550 1234",
            );
            row.group = Some(format!("{:016x}", i / 2));
            row.other_id = Some("00Q5e000000022F".to_owned());
            row.safety = Safety::Review;
            row.status = match i {
                0..=7 => Status::New,
                8..=10 => Status::Known,
                _ => Status::Accepted,
            };
            row
        })
        .collect();
    let invalid =
        [row("REQ002", Some("Email"), 92, "ann@acme,example", Some("ann@acme.example"), "a comma where a dot belongs")];
    let drift: Vec<EvidenceRow> = (0..5)
        .map(|i| {
            row(
                "DRF001",
                Some("Region | Sales"),
                20 + i,
                "EastRegion",
                Some("East Region"),
                "spelt `East Region` in 1,988 leads",
            )
        })
        .collect();
    let mut drift = drift;
    drift[1].value = Some(HOSTILE.to_owned());
    drift[2].value = Some(format!("{}\u{301}", "Ünïcode 長い".repeat(40)));
    drift[3].safety = Safety::Safe;
    drift[4].value = Some(" East Region ".to_owned());
    let spread = [
        row(
            "DUP004",
            None,
            300,
            "Ann Lee, Acme, (555) 010-4477, bo+crm@long-name.example",
            None,
            "name 5.2, phone 3.1, weight 8.3",
        ),
        row(
            "DUP004",
            None,
            301,
            "A. Lee; Acme; 555.010.4477; bo+crm@long-name.example",
            None,
            "name 5.2, phone 3.1, weight 8.3",
        ),
    ];
    let mut unowned = row("GOV001", None, 2, "", None, "");
    (unowned.file, unowned.row, unowned.line, unowned.record_id, unowned.value) = (None, None, None, None, None);

    let mut audit = base();
    audit.metrics = metrics();
    proof::add(&mut audit.metrics);
    let mut findings = vec![
        finding(
            ("DUP001", "repeated-email"),
            Severity::Error,
            Dimension::Uniqueness,
            Some(("Email", Some(Role::Email))),
            "11 of 4,310 leads share an email with another",
            &repeated,
        ),
        finding(
            ("REQ002", "invalid-email"),
            Severity::Error,
            Dimension::Validity,
            Some(("Email", Some(Role::Email))),
            "1 of 4,310 leads has an email that cannot be written to",
            &invalid,
        ),
        finding(
            ("DRF001", "spelling-variant"),
            Severity::Warning,
            Dimension::Consistency,
            Some(("Region | Sales", Some(Role::Region))),
            "5 cells spell a region in another way than the rest, such as `EastRegion`",
            &drift,
        ),
        finding(
            ("DUP004", "probable-duplicate"),
            Severity::Warning,
            Dimension::Uniqueness,
            None,
            "2 leads are probably the same person",
            &spread,
        ),
        finding(
            ("GOV001", "unowned-audit"),
            Severity::Info,
            Dimension::Integrity,
            None,
            "nobody answers for this audit: `[audit] owner` is not set",
            std::slice::from_ref(&unowned),
        ),
    ];
    (findings[0].groups, findings[3].groups) = (6, 1);
    findings[2].within_budget = true;
    findings[2].budget = Some("5 of at most 10".to_owned());
    (findings[4].checked, findings[4].rows, findings[4].rate) = (1, 0, 0.0);
    findings[0].examples.truncate(3);
    findings[0].examples_hidden = 8;
    audit.findings = findings;
    let mut rows: Vec<EvidenceRow> = drift;
    rows.extend(repeated);
    rows.extend(spread);
    rows.push(unowned);
    rows.extend(invalid);
    audit.evidence = Evidence::from_rows(rows);
    audit.owner = None;
    audit.score = score(Some(91.4), [Some(99.97), Some(100.0), Some(88.2), Some(0.4), None, Some(98.5)]);
    audit.metrics.required_fill =
        [("leads.Email".to_owned(), 0.9953), ("leads.Last Name".to_owned(), 1.0)].into_iter().collect();
    audit.skipped = vec![
        Skipped {
            code: "SYN001",
            name: "slow-sync",
            reason: "sync-log has no column with the role `logged_at`; name it under `columns`".to_owned(),
        },
        Skipped {
            code: "SYN002",
            name: "stalled-sync",
            reason: "sync-log has no column with the role `logged_at`; name it under `columns`".to_owned(),
        },
        Skipped { code: "TAG001", name: "unknown-tag", reason: "no `[tags] vocabulary` in the config".to_owned() },
    ];
    audit.notes = vec!["2 assignment rules are declared as pilots and were not enforced".to_owned()];
    audit.verdict = Verdict {
        passed: false,
        fail_on: "error".to_owned(),
        why: "2 findings at `error` with 9 new rows: DUP001, REQ002".to_owned(),
    };
    audit
}

/// Nothing found, nothing skipped.
pub(crate) fn clean() -> Audit {
    base()
}

/// Nothing found because next to nothing could run.
pub(crate) fn skipped() -> Audit {
    let mut audit = base();
    audit.sources = vec![log()];
    audit.as_of = None;
    audit.config = None;
    audit.config_sha256 = None;
    audit.owner = None;
    audit.command = ["leadlint", "check", "exports/sync.csv"].map(str::to_owned).to_vec();
    audit.score = score(None, [None; 6]);
    audit.ran.truncate(1);
    let codes: [(&str, &str); 9] = [
        ("REQ002", "invalid-email"),
        ("DUP001", "repeated-email"),
        ("DUP002", "equivalent-mailbox"),
        ("DUP003", "misspelt-email"),
        ("DUP004", "probable-duplicate"),
        ("DUP006", "overdue-merge"),
        ("MAP001", "absent-source"),
        ("MAP002", "absent-target"),
        ("SYN004", "lost-chat"),
    ];
    audit.skipped = codes
        .into_iter()
        .map(|(code, name)| {
            let reason = match code.split_at(3).0 {
                "MAP" => "no `[[mapping]]` in the config; `leadlint map` drafts one",
                "SYN" => "needs a chat source; <name> one | as `chats=PATH`",
                _ => "no source has a column with the role `email`",
            };
            Skipped { code, name, reason: reason.to_owned() }
        })
        .collect();
    audit
}

/// A rule failed inside, so that the run is no verdict on the data.
pub(crate) fn failed() -> Audit {
    let mut audit = base();
    audit.failed = vec![Failed {
        code: "DRF002",
        name: "misspelt-value",
        error: "column `Region | Sales`: index out of range <at> value 17".to_owned(),
    }];
    audit.ran.pop();
    audit.verdict = Verdict {
        passed: false,
        fail_on: "error".to_owned(),
        why: "DRF002 failed inside, so its evidence is missing".to_owned(),
    };
    audit
}
