//! MAP001: mapped chat fields that the export lacks, and chat fields that nothing maps.

use super::failures::{arrow, place};
use crate::model::Kind;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `[[mapping]]` entries whose chat field is not in the export: nothing can be said about them, and nothing arrives.
    /// With severity info also the chat's core fields (email, name, company, topic, reason, transcript) that no mapping
    /// carries. A mapping from a source that is not loaded is listed as not checked.
    ///
    /// ## Why it matters
    ///
    /// A field that was renamed in the chat tool stays blank in the CRM from that day on, without an error anywhere.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[mapping]]
    /// from = "chat.visitor_email"
    /// to = "lead.Email"
    ///
    /// [[mapping]]
    /// from = "chat.budget"
    /// to = "lead.Budget__c"
    /// ```
    ///
    /// ```csv chat flags
    /// chat_id,started_at,visitor_email
    /// c1,2026-10-01T09:00:00Z,ana@acme.example
    /// ```
    ///
    /// ```csv chat passes
    /// chat_id,started_at,visitor_email,budget
    /// c1,2026-10-01T09:00:00Z,ana@acme.example,500
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: name the field as the chat tool does now, or export it.
    pub struct AbsentSource {
        code: "MAP001",
        name: "absent-source",
        family: Mapping,
        severity: Warning,
        dimension: Integrity,
        scope: Scope::Facts,
        kinds: [Chat],
        needs: [Need::Setting("[[mapping]]", |config| !config.mapping.is_empty())],
        safety: Manual,
        message: "chat fields of {source} that are mapped and absent, or there and not mapped",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// What a chat is about, and who it is with.
const CORE: [Role; 6] = [Role::Email, Role::Name, Role::Company, Role::Topic, Role::Reason, Role::Transcript];

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for mapping in cx.facts.mappings.iter().filter(|mapping| mapping.from.source.is_none()) {
        out.unchecked(format!(
            "{}{}: no source {} is loaded",
            place(cx, mapping.at),
            arrow(cx, mapping.at),
            mapping.from.name
        ));
    }
    for table in cx.tables.iter().filter(|table| table.source.kind == Kind::Chat) {
        let own: Vec<_> = cx.facts.mappings.iter().filter(|one| one.from.source == Some(table.index)).collect();
        out.checked(table, None, own.len() as u64);
        for mapping in own.iter().filter(|mapping| mapping.from.column.is_none()) {
            let near = crate::config::hint(
                &mapping.from.header,
                table.source.columns().map(|column| table.source.header(column)),
            );
            let detail =
                format!("{}{} has no column {}; {near}", place(cx, mapping.at), table.name(), mapping.from.header);
            out.push(Hits::whole(table, None, &detail)?.with_text("value", &cx.config.mapping[mapping.at].from)?);
        }
        for column in CORE.into_iter().filter_map(|role| table.role(role)) {
            if !own.is_empty() && !own.iter().any(|mapping| mapping.from.column == Some(column)) {
                out.checked(table, Some(column), 1);
                let hit = Hits::whole(table, Some(column), "no [[mapping]] carries it")?;
                out.push(hit.with_severity(Severity::Info)?);
            }
        }
    }
    Ok(out)
}
