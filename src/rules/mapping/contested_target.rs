//! MAP011: several mappings that write one field.

use std::collections::BTreeMap;

use super::failures::{arrow, place};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// CRM fields that two or more `[[mapping]]` entries write, unless all but one of them say `fallback = true`: then it is
    /// declared which comes first.
    ///
    /// ## Why it matters
    ///
    /// Whichever is written last wins, and nobody chose which that is.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[mapping]]
    /// from = "chat.reason"
    /// to = "lead.Reason__c"
    ///
    /// [[mapping]]
    /// from = "chat.topic"
    /// to = "lead.Reason__c"
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,Reason__c
    /// 1,ana@acme.example,Pricing
    /// ```
    ///
    /// ```toml
    /// [[mapping]]
    /// from = "chat.reason"
    /// to = "lead.Reason__c"
    ///
    /// [[mapping]]
    /// from = "chat.topic"
    /// to = "lead.Reason__c"
    /// fallback = true
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,Reason__c
    /// 1,ana@acme.example,Pricing
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: give each mapping a field of its own, or declare which one is the fallback.
    pub struct ContestedTarget {
        code: "MAP011",
        name: "contested-target",
        family: Mapping,
        severity: Warning,
        dimension: Integrity,
        scope: Scope::Facts,
        kinds: [Crm],
        needs: [Need::Setting("[[mapping]]", |config| !config.mapping.is_empty())],
        safety: Manual,
        message: "several mappings write {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        let mut by_column: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for mapping in cx.facts.mappings.iter().filter(|mapping| mapping.to.source == Some(table.index)) {
            if let Some(column) = mapping.to.column {
                by_column.entry(column).or_default().push(mapping.at);
            }
        }
        for (column, writers) in by_column {
            out.checked(table, Some(column), writers.len() as u64);
            let first = writers.iter().filter(|at| !cx.config.mapping[**at].fallback).count();
            if writers.len() > 1 && first != 1 {
                let named: Vec<String> =
                    writers.iter().map(|at| format!("{}{}", place(cx, *at), arrow(cx, *at))).collect();
                out.push(Hits::whole(table, Some(column), &named.join("; "))?);
            }
        }
    }
    Ok(out)
}
