//! MAP010: values that the CRM's picklist does not list.

use super::failures::report;
use crate::normalise::proof::Fault;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Records that a chat made, whose mapped field is a restricted picklist by the schema file, is blank or shows something
    /// else, and whose picklist lists what the chat said neither by label nor by API value, once translated by the declared
    /// `values`. Values that are listed and no longer active count as not listed. Without a `schema` nothing is judged.
    ///
    /// Judged are the `[[mapping]]` entries of the config, on records that the chat made (`docs/links.md` says which those
    /// are); each value is reported by one of MAP004 to MAP010.
    ///
    /// ## Why it matters
    ///
    /// The CRM refuses the value, and often the whole record with it.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[mapping]]
    /// from = "chat.reason"
    /// to = "lead.Reason__c"
    /// ```
    ///
    /// ```json schema
    /// {"fields":[{"name":"Reason__c","label":"Reason","type":"picklist","restrictedPicklist":true,"picklistValues":[{"value":"Pricing","label":"Pricing","active":true}]}]}
    /// ```
    ///
    /// ```csv chat
    /// chat_id,started_at,ended_at,visitor_email,reason
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,Partnership
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,CreatedDate,Reason__c
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,CreatedDate,Reason__c
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,Partnership
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Needs review: the chat's value, translated, is proposed. Emails, phones, names, companies, owners and consent are never
    /// changed by a script. Mend the mapping first, or the next chat does it again.
    pub struct RejectedPicklistValue {
        code: "MAP010",
        name: "rejected-picklist-value",
        family: Mapping,
        severity: Error,
        dimension: Validity,
        scope: Scope::Links,
        kinds: [Chat, Crm],
        needs: [Need::Setting("[[mapping]]", |config| !config.mapping.is_empty())],
        safety: Review,
        message: "{count} of {checked|value|values} that chats said are not in the picklist of {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    report(cx, Severity::Error, |_, failed| {
        (failed.fault == Fault::Rejected).then(|| "its picklist does not list it".to_owned())
    })
}
