//! MAP009: texts cut off on the way.

use super::failures::report;
use crate::normalise::proof::Fault;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Records that a chat made, whose mapped field holds the beginning of what the chat said and no more, of at least 20
    /// characters: cut at the length that the field's schema states, or where several records are cut at the same length,
    /// or all to the same share of the text. A single text that is shorter may have been edited: that is MAP006's.
    ///
    /// Judged are the `[[mapping]]` entries of the config, on records that the chat made (`docs/links.md` says which those
    /// are); each value is reported by one of MAP004 to MAP010.
    ///
    /// ## Why it matters
    ///
    /// What comes last in a chat is what was agreed.
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
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,we need twenty seats from January
    /// c2,2026-10-02T09:00:00Z,2026-10-02T09:10:00Z,bo@acme.example,can you import our old tickets too
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,CreatedDate,Reason__c
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,we need twenty seats fro
    /// 2,bo@acme.example,2026-10-02T09:10:05Z,can you import our old t
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,CreatedDate,Reason__c
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,we need twenty seats from January
    /// 2,bo@acme.example,2026-10-02T09:10:05Z,can you import our old tickets too
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Needs review: the chat's value, translated, is proposed. Emails, phones, names, companies, owners and consent are never
    /// changed by a script. Mend the mapping first, or the next chat does it again.
    pub struct TruncatedValue {
        code: "MAP009",
        name: "truncated-value",
        family: Mapping,
        severity: Error,
        dimension: Completeness,
        scope: Scope::Links,
        kinds: [Chat, Crm],
        needs: [Need::Setting("[[mapping]]", |config| !config.mapping.is_empty())],
        safety: Review,
        message: "{count} of {checked|text|texts} are cut off in {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    report(cx, Severity::Error, |_, failed| match failed.fault {
        Fault::Truncated(shown) => Some(format!("cut after {shown} characters")),
        _ => None,
    })
}
