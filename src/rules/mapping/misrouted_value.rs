//! MAP004: values that went into another field.

use super::failures::{report, since};
use crate::normalise::proof::Fault;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Records that a chat made, whose mapped field is blank or shows something else, while another field of the record
    /// holds what the chat said: as its whole value, or as whole words (`Reason: Pricing` among notes). The other field must
    /// hold the record's own value more than twice as often as it holds that of the next such record: else it is chance.
    ///
    /// The detail says since when: the day on which the first of these records was created.
    ///
    /// Judged are the `[[mapping]]` entries of the config, on records that the chat made (`docs/links.md` says which those
    /// are); each value is reported by one of MAP004 to MAP010.
    ///
    /// ## Why it matters
    ///
    /// The value is there, and every report, rule and automation that looks for it in its field misses it.
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
    /// c2,2026-10-02T09:00:00Z,2026-10-02T09:10:00Z,bo@acme.example,Migration
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,CreatedDate,Reason__c,Description
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,,Reason: Pricing
    /// 2,bo@acme.example,2026-10-02T09:10:05Z,,Reason: Migration
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,CreatedDate,Reason__c,Description
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,Pricing,Reason: Pricing
    /// 2,bo@acme.example,2026-10-02T09:10:05Z,Migration,
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Needs review: the chat's value, translated, is proposed. Emails, phones, names, companies, owners and consent are never
    /// changed by a script. Mend the mapping first, or the next chat does it again.
    pub struct MisroutedValue {
        code: "MAP004",
        name: "misrouted-value",
        family: Mapping,
        severity: Error,
        dimension: Consistency,
        scope: Scope::Links,
        kinds: [Chat, Crm],
        needs: [Need::Setting("[[mapping]]", |config| !config.mapping.is_empty())],
        safety: Review,
        message: "of {checked|record|records} of {source}, {count} hold the chat's {column} in another field",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    report(cx, Severity::Error, |proof, failed| match &failed.fault {
        Fault::Misrouted { column } => {
            let table = cx.tables.iter().find(|table| table.index == proof.to.0)?;
            let since = since(proof, *column).map(|day| format!(", since {day}")).unwrap_or_default();
            Some(format!("it stands in {}{since}", table.source.header(*column)))
        }
        _ => None,
    })
}
