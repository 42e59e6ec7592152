//! FMT009: rows that do not fit the header.

use crate::model::IssueKind;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Rows that the reader could not take as they stand: more cells than the header has columns, a quote that is still
    /// open at the end, a cell that swallowed whole rows behind a stray quote, a line of NDJSON that is no object (no other
    /// rule sees these rows); fewer cells than columns, text behind a closing quote (audited, and warned about).
    ///
    /// ## Why it matters
    ///
    /// Other programs shift the cells, drop the row, or stop there, mostly without a word.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Company,City
    /// 1,Acme, Inc.,Bonn
    /// 2,Acme,Bonn
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Company,City
    /// 1,"Acme, Inc.",Bonn
    /// 2,"two
    /// lines",Bonn
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: `clean --target csv` writes such rows back byte for byte. Mend the export, or what wrote it.
    pub struct UnreadableRow {
        code: "FMT009",
        name: "unreadable-row",
        family: Formats,
        severity: Error,
        dimension: Validity,
        scope: Scope::Facts,
        kinds: [Crm, Chat, SyncLog],
        needs: [],
        safety: Manual,
        message: "cells that do not fit the header in {count} of {checked|row|rows} of {source}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        let facts = cx.facts.of(table);
        out.checked(table, None, facts.rows + facts.unreadable);
        let source = &table.source;
        let issues: Vec<(u32, &str, u32)> = (0..)
            .zip(&source.issues)
            .filter(|(_, issue)| issue.kind != IssueKind::ForeignBytes)
            .map(|(at, issue)| {
                let severity = if issue.frame_row.is_none() { Severity::Error } else { Severity::Warning };
                (at, issue.detail.as_str(), severity.rank())
            })
            .collect();
        let frame = df!(
            "at" => issues.iter().map(|(at, _, _)| *at).collect::<Vec<_>>(),
            "detail" => issues.iter().map(|(_, detail, _)| *detail).collect::<Vec<_>>(),
            "severity" => issues.iter().map(|(_, _, severity)| *severity).collect::<Vec<_>>(),
        )?;
        out.push(Hits::new(table, None, Place::Issues, frame)?);
    }
    Ok(out)
}
