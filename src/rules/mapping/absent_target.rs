//! MAP002: mapped CRM fields that the export lacks.

use super::failures::{arrow, place};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `[[mapping]]` entries whose CRM field is not in the export. It may have been renamed or deleted, or left out of the
    /// export: either way nothing can be proved. A mapping into a source that is not loaded is listed as not checked.
    ///
    /// ## Why it matters
    ///
    /// A value that is written to a field that does not exist is lost, and often the whole record is refused.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[mapping]]
    /// from = "chat.topic"
    /// to = "lead.Topic__c"
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,Subject__c
    /// 1,ana@acme.example,Pricing
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,Topic__c
    /// 1,ana@acme.example,Pricing
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: name the field as the CRM does now, or export it.
    pub struct AbsentTarget {
        code: "MAP002",
        name: "absent-target",
        family: Mapping,
        severity: Error,
        dimension: Integrity,
        scope: Scope::Facts,
        kinds: [Crm],
        needs: [Need::Setting("[[mapping]]", |config| !config.mapping.is_empty())],
        safety: Manual,
        message: "{count} of {checked|mapping|mappings} into {source} lead to columns that it does not have",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for mapping in cx.facts.mappings.iter().filter(|mapping| mapping.to.source.is_none()) {
        out.unchecked(format!(
            "{}{}: no source {} is loaded",
            place(cx, mapping.at),
            arrow(cx, mapping.at),
            mapping.to.name
        ));
    }
    for table in &cx.tables {
        let own: Vec<_> = cx.facts.mappings.iter().filter(|one| one.to.source == Some(table.index)).collect();
        out.checked(table, None, own.len() as u64);
        for mapping in own.iter().filter(|mapping| mapping.to.column.is_none()) {
            let headers = table.source.columns().map(|column| table.source.header(column));
            let near = crate::config::hint(&mapping.to.header, headers);
            let detail =
                format!("{}{} has no column {}; {near}", place(cx, mapping.at), table.name(), mapping.to.header);
            out.push(Hits::whole(table, None, &detail)?.with_text("value", &cx.config.mapping[mapping.at].to)?);
        }
    }
    Ok(out)
}
