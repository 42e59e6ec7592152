//! TAG005: tags that were used once and never again.

use super::vocabulary::{declared, variants};
use crate::model::Kind;
use crate::normalise::tags::{TagFacts, split};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Tags that stand on one row only, first seen at least 14 days before the clock of the audit, in exports that go back
    /// at least 30 days. A tag that another source bears more than once is in use; one on a chat and on its lead is
    /// reported at the chat. Tags of the vocabulary and other spellings of a tag are left alone.
    ///
    /// ## Why it matters
    ///
    /// A tag made up on the spot will not be found again, by its author either.
    ///
    /// ## Example
    ///
    /// ```csv chat flags
    /// chat_id,started_at,tags
    /// c1,2026-08-20T09:00:00Z,Intent_Pricing;Angry_About_Invoice
    /// c2,2026-09-10T09:00:00Z,Intent_Pricing
    /// c3,2026-10-01T09:00:00Z,Intent_Pricing
    /// ```
    ///
    /// ```csv chat passes
    /// chat_id,started_at,tags
    /// c1,2026-08-20T09:00:00Z,Intent_Pricing
    /// c2,2026-09-10T09:00:00Z,Intent_Pricing
    /// c3,2026-09-30T09:00:00Z,Intent_Pricing;Brand_New
    /// c4,2026-10-01T09:00:00Z,Intent_Pricing
    /// ```
    ///
    /// ## Cleanup
    ///
    /// By hand: take the tag off, or use it.
    pub struct OneOffTag {
        code: "TAG005",
        name: "one-off-tag",
        family: Tags,
        severity: Info,
        dimension: Consistency,
        scope: Scope::Row,
        kinds: [Crm, Chat],
        objects: [Lead, Contact, Deal],
        needs: [Need::Role(Role::Tags), Need::Clock, Need::Days(30)],
        safety: Manual,
        message: "{groups|tag|tags} used once and never again in {source} · {column}, of {checked|tagged row|tagged rows}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// Days that a new tag is given to be used again.
const GRACE: i64 = 14 * 86_400_000_000;

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let Some(as_of) = cx.facts.as_of else { return Ok(out) };
    let declared = declared(&cx.config.tags);
    // Chats first: leads copy the tags of their chats.
    let mut order: Vec<&Table> = cx.tables.clone();
    order.sort_by_key(|table| (table.source.kind != Kind::Chat, table.index));
    let facts = |table: &Table| -> &TagFacts { cx.facts.of(table).tags() };
    for (at, table) in order.iter().enumerate() {
        let Some(column) = table.role(Role::Tags) else { continue };
        let variants = variants(facts(table), &cx.config.tags);
        let is_one_off = |tag: &str| {
            let Some(used) = facts(table).uses.get(tag) else { return false };
            let old = used.span.is_some_and(|(from, _)| from <= as_of - GRACE);
            let others = order.iter().filter(|other| other.index != table.index);
            let elsewhere = others.filter_map(|other| facts(other).uses.get(tag)).all(|used| used.rows == 1);
            let before = order[..at].iter().any(|other| facts(other).uses.contains_key(tag));
            used.rows == 1 && old && elsewhere && !before
        };
        let wanted: std::collections::BTreeSet<&str> = facts(table)
            .uses
            .keys()
            .map(String::as_str)
            .filter(|tag| !declared.contains(tag) && !variants.contains_key(*tag) && is_one_off(tag))
            .collect();
        super::point(&mut out, table, column, "used once and never again", |cell| {
            split(cell).filter(|tag| wanted.contains(tag)).collect()
        })?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    #[test]
    fn a_tag_on_a_chat_and_its_lead_is_reported_at_the_chat() {
        let chats = "chat_id,started_at,tags\nc1,2026-08-20T09:00:00Z,Odd_One;Lead_Often\nc2,2026-10-01T09:00:00Z,Intent_Pricing\nc3,2026-10-01T09:00:00Z,Intent_Pricing\n";
        let leads = "Id,CreatedDate,Tags\n1,2026-08-20T10:00:00Z,Odd_One;Lead_Often\n2,2026-09-20T10:00:00Z,Lead_Often\n3,2026-10-01T09:00:00Z,\n";
        let rows = flagged("TAG005", "", &[("lead", leads), ("chat", chats)]);
        let found: Vec<_> = rows.iter().map(|row| (row.source.as_str(), row.value.as_deref())).collect();
        assert_eq!(found, [("chat", Some("Odd_One"))]);
    }

    #[test]
    fn a_few_weeks_cannot_tell() {
        let text = "chat_id,started_at,tags\nc1,2026-09-10T09:00:00Z,Odd_One\nc2,2026-10-01T09:00:00Z,Intent_Pricing\n";
        assert_eq!(flagged("TAG005", "", &[("chat", text)]).len(), 0);
    }
}
