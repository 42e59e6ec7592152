//! TAG006: tags whose meaning is written down nowhere.

use std::collections::BTreeSet;

use super::vocabulary::{declared, variants};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Tags of `[tags] vocabulary` without a line in `[tags.meaning]`; without a vocabulary, tags in use without one. Where
    /// the config says nothing of tags the rule is skipped.
    ///
    /// ## Why it matters
    ///
    /// Two agents use one tag for two things, and whoever reads the report believes a third.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [tags]
    /// vocabulary = ["Intent_Pricing", "Topic_Support"]
    /// meaning = { Intent_Pricing = "asked for a price" }
    /// ```
    ///
    /// ```csv chat flags
    /// chat_id,started_at,tags
    /// c1,2026-10-01T09:00:00Z,Intent_Pricing
    /// ```
    ///
    /// ```toml
    /// [tags]
    /// vocabulary = ["Intent_Pricing"]
    /// meaning = { Intent_Pricing = "asked for a price" }
    /// ```
    ///
    /// ```csv chat passes
    /// chat_id,started_at,tags
    /// c1,2026-10-01T09:00:00Z,Intent_Pricing
    /// ```
    ///
    /// ## Cleanup
    ///
    /// By hand: write the meaning into `leadlint.toml`.
    pub struct UndocumentedTag {
        code: "TAG006",
        name: "undocumented-tag",
        family: Tags,
        severity: Info,
        dimension: Integrity,
        scope: Scope::Facts,
        kinds: [Crm, Chat],
        objects: [Lead, Contact, Deal],
        needs: [Need::Setting("[tags]", |config| !config.tags.vocabulary.is_empty() || !config.tags.meaning.is_empty()), Need::Role(Role::Tags)],
        safety: Manual,
        message: "{count} of {checked|tag|tags} without a meaning in [tags.meaning] ({source} · {column})",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let options = &cx.config.tags;
    let mut tags: BTreeSet<String> = declared(options).into_iter().map(str::to_owned).collect();
    if tags.is_empty() {
        for table in &cx.tables {
            let facts = cx.facts.of(table).tags();
            let variants = variants(facts, options);
            tags.extend(facts.uses.keys().filter(|tag| !variants.contains_key(*tag)).cloned());
        }
    }
    // Chats are where tags are given; the meaning is the config's, so it is said once.
    let mut order: Vec<&Table> = cx.tables.clone();
    order.sort_by_key(|table| (table.source.kind != crate::model::Kind::Chat, table.index));
    let Some((table, column)) = order.into_iter().find_map(|table| Some((table, table.role(Role::Tags)?))) else {
        return Ok(out);
    };
    out.checked(table, Some(column), tags.len() as u64);
    let has_meaning = |tag: &str| options.meaning.get(tag).is_some_and(|meaning| !meaning.trim().is_empty());
    let bare: Vec<&str> = tags.iter().map(String::as_str).filter(|tag| !has_meaning(tag)).collect();
    let detail = vec!["no meaning in [tags.meaning]".to_owned(); bare.len()];
    super::say(&mut out, table, column, &bare, &detail)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    #[test]
    fn without_a_vocabulary_tags_in_use_need_a_meaning() {
        let chats = "chat_id,tags\nc1,Intent_Pricing;Vip\nc2,Intent_Pricing\n";
        assert_eq!(flagged("TAG006", "", &[("chat", chats)]).len(), 0);
        let rows = flagged("TAG006", "[tags.meaning]\nVip = \"pays much\"\n", &[("chat", chats)]);
        assert_eq!(rows.iter().map(|row| row.value.as_deref()).collect::<Vec<_>>(), [Some("Intent_Pricing")]);
    }
}
