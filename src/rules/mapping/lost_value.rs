//! MAP005: values that did not arrive.

use super::failures::report;
use crate::normalise::proof::Fault;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Records that a chat made, whose mapped field is blank although the chat said something. A person who changed the
    /// record more than ten minutes after it was made may have cleared the field: that is severity info, unless the
    /// mapping is `required`. Values that went into another field are MAP004's, values that the field's picklist refuses
    /// MAP010's.
    ///
    /// Judged are the `[[mapping]]` entries of the config, on records that the chat made (`docs/links.md` says which those
    /// are); each value is reported by one of MAP004 to MAP010.
    ///
    /// ## Why it matters
    ///
    /// What the visitor told is gone, and is asked again.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[mapping]]
    /// from = "chat.reason"
    /// to = "lead.Reason__c"
    /// ```
    ///
    /// ```csv chat
    /// chat_id,started_at,ended_at,visitor_email,reason
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,Pricing
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,CreatedDate,Reason__c
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,CreatedDate,Reason__c
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,pricing
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Needs review: the chat's value, translated, is proposed. Emails, phones, names, companies, owners and consent are never
    /// changed by a script. Mend the mapping first, or the next chat does it again.
    pub struct LostValue {
        code: "MAP005",
        name: "lost-value",
        family: Mapping,
        severity: Error,
        dimension: Completeness,
        scope: Scope::Links,
        kinds: [Chat, Crm],
        needs: [Need::Setting("[[mapping]]", |config| !config.mapping.is_empty())],
        safety: Review,
        message: "{count} of {checked|value|values} that chats said did not arrive in {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    report(cx, Severity::Error, |_, failed| {
        (failed.fault == Fault::Lost).then(|| "the record shows nothing".to_owned())
    })
}
