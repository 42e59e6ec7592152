//! The sample audit with one text in every place that data can reach.

use super::sample;
use crate::evidence::{Audit, Evidence, EvidenceRow, Exception};

/// Texts that mean something to some platform.
pub(crate) const TEXTS: [&str; 12] = [
    super::HOSTILE,
    "a\0b\u{1}\u{b}\u{1f}\u{7f}\u{85}\u{fffe}\u{ffff}c",
    "\r\n::error file=x,line=1::pwned\r\n::stop-commands::x\n::add-mask::leadlint\n##[error]pwned",
    "##[add-path]/tmp ##[command]x %0A::set-output name=x::y",
    "]]><script>alert(1)</script><![CDATA[ <!ENTITY x SYSTEM 'file:///etc/passwd'> &x; &#0;",
    "${{ secrets.TOKEN }} $(id) `id` %25 %3A %2C",
    "\u{202e}\u{2066}\u{feff}\u{200b}evil\u{2028}\u{2029}",
    "\",\"severity\":\"info\"}],[{\"\\\u{8}\\u0000",
    "=1+1\t+2\t-3\t@SUM(A1)",
    "::",
    "  ::warning::x",
    "",
];

/// Everything that can come from an export, a path or a config says `cell`.
pub(crate) fn spoilt(cell: &str) -> Audit {
    let mut audit = sample();
    let own = || Some(cell.to_owned());
    let spoil = |row: &mut EvidenceRow| {
        (row.value, row.suggested, row.file) = (own(), own(), own());
        (row.record_id, row.other_id, row.other_source) = (own(), own(), own());
        row.source = cell.to_owned();
        row.column = row.column.as_ref().and_then(|_| own());
        cell.clone_into(&mut row.detail);
    };
    let mut rows = audit.evidence.rows();
    rows.iter_mut().for_each(spoil);
    audit.evidence = Evidence::from_rows(rows);
    for finding in &mut audit.findings {
        cell.clone_into(&mut finding.source);
        finding.column = finding.column.as_ref().and_then(|_| own());
        finding.message = format!("12 of them say {cell}");
        finding.budget = finding.budget.as_ref().and_then(|_| own());
        finding.examples.iter_mut().for_each(spoil);
    }
    for (at, source) in audit.sources.iter_mut().enumerate() {
        // Names are unique; the findings are the first source's.
        source.name = if at == 0 { cell.to_owned() } else { format!("{cell} {at}") };
        cell.clone_into(&mut source.detected);
        source.notes = vec![cell.to_owned()];
        source.ignored = vec![cell.to_owned()];
        for file in &mut source.files {
            cell.clone_into(&mut file.path);
        }
        for role in &mut source.roles {
            cell.clone_into(&mut role.column);
        }
    }
    for rule in &mut audit.skipped {
        cell.clone_into(&mut rule.reason);
    }
    audit.exceptions = vec![Exception {
        rule: "DUP001".to_owned(),
        records: vec![cell.to_owned()],
        group: None,
        reason: cell.to_owned(),
        owner: own(),
        expires: own(),
        state: crate::evidence::AcceptState::InForce,
        covers: 1,
    }];
    audit.notes = vec![cell.to_owned()];
    cell.clone_into(&mut audit.verdict.why);
    audit.command = vec!["leadlint".to_owned(), "check".to_owned(), cell.to_owned()];
    (audit.owner, audit.config) = (own(), own());
    audit
}
