//! MAP015: mappings that no chat puts to the test.

use super::failures::{arrow, place};
use super::figures::why_not;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `[[mapping]]` entries whose both sides are loaded, and of which no chat that made a record says anything: the chat
    /// field is blank in all of them, or there is no such chat. They are neither proved nor disproved. A mapping whose sides
    /// are not linked at all (from a CRM source, into deals) is listed as not checked, with the reason.
    ///
    /// ## Why it matters
    ///
    /// A mapping without a single value behind it is not known to work.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[mapping]]
    /// from = "chat.budget"
    /// to = "lead.Budget__c"
    /// ```
    ///
    /// ```csv lead
    /// Id,Email,CreatedDate,Budget__c
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,
    /// ```
    ///
    /// ```csv chat flags
    /// chat_id,started_at,ended_at,visitor_email,budget
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,
    /// ```
    ///
    /// ```csv chat passes
    /// chat_id,started_at,ended_at,visitor_email,budget
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,500
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: chat once with the field filled in, and declare that chat as a `[[probe]]`.
    pub struct UnexercisedMapping {
        code: "MAP015",
        name: "unexercised-mapping",
        family: Mapping,
        severity: Info,
        dimension: Integrity,
        scope: Scope::Facts,
        kinds: [Crm],
        needs: [Need::Setting("[[mapping]]", |config| !config.mapping.is_empty())],
        safety: Manual,
        message: "no chat puts the mapping into {source} · {column} to the test",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for mapping in &cx.facts.mappings {
        if !cx.facts.proofs.iter().any(|proof| proof.at == mapping.at) {
            let why = why_not(mapping, cx.facts);
            out.unchecked(format!("{}{}: {why}", place(cx, mapping.at), arrow(cx, mapping.at)));
        }
    }
    for proof in &cx.facts.proofs {
        let Some(table) = cx.tables.iter().find(|table| table.index == proof.to.0) else { continue };
        out.checked(table, Some(proof.to.1), 1);
        if proof.tested.is_empty() {
            let detail = format!(
                "{}{}: blank in all {} chats that made a record",
                place(cx, proof.at),
                arrow(cx, proof.at),
                proof.pairs
            );
            let value = &cx.config.mapping[proof.at].from;
            out.push(Hits::whole(table, Some(proof.to.1), &detail)?.with_text("value", value)?);
        }
    }
    Ok(out)
}
