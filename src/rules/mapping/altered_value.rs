//! MAP006: values that arrived as something else.

use super::failures::report;
use crate::normalise::proof::Fault;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Records that a chat made, whose mapped field shows something else than the chat said. Letter case, white space, the
    /// form of phone numbers, times in another zone and the declared `values` are no alteration, nor is the value among
    /// other text. A person who changed the record more than ten minutes after it was made may have mended the field: that
    /// is severity info.
    ///
    /// Judged are the `[[mapping]]` entries of the config, on records that the chat made (`docs/links.md` says which those
    /// are); each value is reported by one of MAP004 to MAP010.
    ///
    /// ## Why it matters
    ///
    /// The record says what nobody said, and looks right.
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
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,Other
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
    pub struct AlteredValue {
        code: "MAP006",
        name: "altered-value",
        family: Mapping,
        severity: Error,
        dimension: Consistency,
        scope: Scope::Links,
        kinds: [Chat, Crm],
        needs: [Need::Setting("[[mapping]]", |config| !config.mapping.is_empty())],
        safety: Review,
        message: "{count} of {checked|value|values} that chats said are another in {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    report(cx, Severity::Error, |_, failed| {
        (failed.fault == Fault::Altered).then(|| "the record shows something else".to_owned())
    })
}
