//! MAP007: a yes that became a no.

use super::failures::report;
use crate::normalise::proof::Fault;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Records that a chat made, whose mapped field says no where the chat said yes, or the other way round. The mapping has
    /// `type = "boolean"`, or one of its sides plays a role that is one. `yes`, `true` and `1` are the same.
    ///
    /// Judged are the `[[mapping]]` entries of the config, on records that the chat made (`docs/links.md` says which those
    /// are); each value is reported by one of MAP004 to MAP010.
    ///
    /// ## Why it matters
    ///
    /// A consent that turns into its opposite is a breach; one that is lost is a customer less.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[mapping]]
    /// from = "chat.reason"
    /// to = "lead.Reason__c"
    /// type = "boolean"
    /// ```
    ///
    /// ```csv chat
    /// chat_id,started_at,ended_at,visitor_email,reason
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,yes
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,CreatedDate,Reason__c
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,false
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,CreatedDate,Reason__c
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,true
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Needs review: the chat's value, translated, is proposed. Emails, phones, names, companies, owners and consent are never
    /// changed by a script. Mend the mapping first, or the next chat does it again.
    pub struct BooleanMismatch {
        code: "MAP007",
        name: "boolean-mismatch",
        family: Mapping,
        severity: Error,
        dimension: Consistency,
        scope: Scope::Links,
        kinds: [Chat, Crm],
        needs: [Need::Setting("[[mapping]]", |config| !config.mapping.is_empty())],
        safety: Review,
        message: "{count} of {checked|answer|answers} turned into their opposite in {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    report(cx, Severity::Error, |_, failed| {
        (failed.fault == Fault::Opposite).then(|| "the record says the opposite".to_owned())
    })
}
