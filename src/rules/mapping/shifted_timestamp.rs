//! MAP008: times that arrive as other times.

use super::failures::report;
use crate::normalise::proof::Fault;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Two things. Records whose mapped timestamp is another than the chat's: a constant offset that most pairs show, seconds
    /// taken for milliseconds, day and month swapped. And sources of records whose creation times lie a multiple of a
    /// quarter of an hour (30 minutes to 14 hours) from the end of their chats, in most pairs: one finding for the source.
    /// Latencies cannot be measured then, so SYN001, SYN002 and SYN006 judge nothing there.
    ///
    /// ## Why it matters
    ///
    /// Local time stored as UTC moves every lead by hours, and half of them into another day's report.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[mapping]]
    /// from = "chat.callback_at"
    /// to = "lead.Callback__c"
    /// type = "timestamp"
    /// ```
    ///
    /// ```csv chat
    /// chat_id,started_at,ended_at,visitor_email,callback_at
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,2026-11-12T09:00:00Z
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,CreatedDate,Callback__c
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,12/11/2026 09:00
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,CreatedDate,Callback__c
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,2026-11-12T10:00:00+01:00
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: set the zone of the integration's user or field, then correct the times of the records that it made.
    pub struct ShiftedTimestamp {
        code: "MAP008",
        name: "shifted-timestamp",
        family: Mapping,
        severity: Error,
        dimension: Consistency,
        scope: Scope::Links,
        kinds: [Chat, Crm],
        needs: [],
        safety: Manual,
        message: "times of {source} · {column} are not those of the chats",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = if cx.facts.proofs.is_empty() {
        Outcome::default()
    } else {
        report(cx, Severity::Error, |_, failed| match &failed.fault {
            Fault::Shifted(why) => Some(why.clone()),
            _ => None,
        })?
    };
    let Some(links) = &cx.facts.links else {
        out.unchecked("clocks are compared between chats and leads or contacts; load both".to_owned());
        return Ok(out);
    };
    // What concerns a whole source is said by the part that holds its first row.
    for table in cx.tables.iter().filter(|table| links.people.contains(&table.index) && table.holds(0)) {
        let Some(column) = table.role(Role::CreatedAt).filter(|_| table.height() > 0) else { continue };
        for shift in links.shifts.iter().filter(|shift| shift.records == table.index) {
            let chats = cx.tables.iter().find(|other| other.index == shift.chats).map_or("the chats", |t| t.name());
            let minutes: Vec<String> = shift.minutes.iter().map(ToString::to_string).collect();
            let detail = format!(
                "{} minutes from the end of the chat in {} of {} pairs with {chats}{}",
                minutes.join(" or "),
                shift.shown,
                shift.pairs,
                if table.knows_zone() {
                    ""
                } else {
                    "; where these are local times, [audit] timezone says of which zone"
                }
            );
            out.checked(table, Some(column), shift.pairs);
            out.push(Hits::whole(table, Some(column), &detail)?.with_text("value", &minutes.join(" or "))?);
        }
    }
    Ok(out)
}
