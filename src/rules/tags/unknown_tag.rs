//! TAG001: tags that nobody declared.

use super::vocabulary::{declared, variants};
use crate::normalise::tags::split;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Tags that `[tags] vocabulary` does not list. Other spellings of a listed tag are TAG003's. Without a vocabulary the
    /// rule is skipped.
    ///
    /// ## Why it matters
    ///
    /// Routing and reports are written for the tags of the vocabulary; a chat with any other tag falls through.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [tags]
    /// vocabulary = ["Source_Live_Chat", "Intent_Pricing"]
    /// ```
    ///
    /// ```csv chat flags
    /// chat_id,started_at,tags
    /// c1,2026-10-01T09:00:00Z,Source_Live_Chat;Legacy_Widget
    /// ```
    ///
    /// ```csv chat passes
    /// chat_id,started_at,tags
    /// c1,2026-10-01T09:00:00Z,Source_Live_Chat;Intent_Pricing
    /// c2,2026-10-02T09:00:00Z,
    /// c3,2026-10-02T09:00:00Z,intent pricing
    /// ```
    ///
    /// ## Cleanup
    ///
    /// By hand: list the tag, or take it off.
    pub struct UnknownTag {
        code: "TAG001",
        name: "unknown-tag",
        family: Tags,
        severity: Error,
        dimension: Validity,
        scope: Scope::Row,
        kinds: [Crm, Chat],
        objects: [Lead, Contact, Deal],
        needs: [Need::Setting("[tags] vocabulary", |config| !config.tags.vocabulary.is_empty()), Need::Role(Role::Tags)],
        safety: Manual,
        message: "{groups|tag|tags} outside the vocabulary on {count} of {checked|row|rows} of {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let declared = declared(&cx.config.tags);
    for table in &cx.tables {
        let Some(column) = table.role(Role::Tags) else { continue };
        let facts = cx.facts.of(table).tags();
        let variants = variants(facts, &cx.config.tags);
        super::point(&mut out, table, column, "not in [tags] vocabulary", |cell| {
            split(cell)
                .filter(|tag| !declared.contains(tag) && !variants.get(*tag).is_some_and(|of| of.declared))
                .collect()
        })?;
    }
    Ok(out)
}
