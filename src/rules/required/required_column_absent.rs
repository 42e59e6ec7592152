//! REQ003: required columns that an export does not have.

use super::policy::{RECORDS, requirements};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Sources that have no column at all for something required (REQ001 says what is).
    ///
    /// ## Why it matters
    ///
    /// An export without the column passes every check on its cells; nothing would say that nothing was looked at.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,LastName,CreatedDate
    /// 1,Moss,2026-10-01T09:00:00Z
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,LastName,CreatedDate
    /// 1,ana@acme.example,Moss,2026-10-01T09:00:00Z
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: export again with the column, or name it under `[sources.NAME.columns]` if it has an unusual
    /// header.
    pub struct RequiredColumnAbsent {
        code: "REQ003",
        name: "required-column-absent",
        family: Required,
        severity: Error,
        dimension: Completeness,
        scope: Scope::Facts,
        kinds: [Crm, Chat, SyncLog],
        needs: [Need::AnyRole(&RECORDS)],
        safety: Manual,
        message: "{source} lacks {count} of {checked|required column|required columns}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        let requirements = requirements(&table.source);
        if requirements.is_empty() {
            continue;
        }
        out.checked(table, None, requirements.len() as u64);
        for requirement in requirements.iter().filter(|requirement| requirement.columns.is_empty()) {
            let detail = format!("no column for `{}`", requirement.name);
            let hits = Hits::whole(table, None, &detail)?.with_text("value", &requirement.name)?;
            out.push(if requirement.severity == Severity::Error {
                hits
            } else {
                hits.with_severity(requirement.severity)?
            });
        }
    }
    Ok(out)
}
