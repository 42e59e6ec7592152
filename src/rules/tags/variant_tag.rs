//! TAG003: one tag written in several ways.

use std::collections::BTreeMap;

use polars::prelude::NamedFrom;

use super::vocabulary::variants;
use crate::normalise::tags::{replaced, split};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Tags that are another spelling of a tag of the vocabulary, or of a more frequent one: case, underscores, dashes and
    /// spaces, accents, order of words. Tags that the vocabulary lists side by side are meant to differ.
    ///
    /// ## Why it matters
    ///
    /// `intent_pricing` is in no report on `Intent_Pricing`, and routes nobody.
    ///
    /// ## Example
    ///
    /// ```csv chat flags
    /// chat_id,started_at,tags
    /// c1,2026-10-01T09:00:00Z,Source_Live_Chat;Intent_Pricing
    /// c2,2026-10-01T10:00:00Z,Source_Live_Chat;Intent_Pricing
    /// c3,2026-10-01T11:00:00Z,Source_Live_Chat;intent-pricing
    /// ```
    ///
    /// ```csv chat passes
    /// chat_id,started_at,tags
    /// c1,2026-10-01T09:00:00Z,Source_Live_Chat;Intent_Pricing
    /// c2,2026-10-01T10:00:00Z,Source_Live_Chat;Tier_1
    /// c3,2026-10-01T11:00:00Z,Source_Live_Chat;Tier_2
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Safe where the vocabulary lists the tag to keep and only the spelling differs; else review, since the tag to keep is
    /// inferred.
    pub struct VariantTag {
        code: "TAG003",
        name: "variant-tag",
        family: Tags,
        severity: Warning,
        dimension: Consistency,
        scope: Scope::Row,
        kinds: [Crm, Chat],
        objects: [Lead, Contact, Deal],
        needs: [Need::Role(Role::Tags)],
        safety: Review,
        message: "other spellings of {groups|tag|tags} on {count} of {checked|row|rows} of {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        let Some(column) = table.role(Role::Tags) else { continue };
        let facts = cx.facts.of(table).tags();
        let variants = variants(facts, &cx.config.tags);
        let text = table.text(column);
        let mut known: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut checked = 0_u64;
        let mut rows = Vec::new();
        let mut strays: Vec<(&str, Vec<&str>)> = Vec::new();
        for (row, cell) in (0..).zip(text.iter()) {
            let Some(cell) = cell.filter(|cell| !trimmed(cell).is_empty()) else { continue };
            checked += 1;
            if variants.is_empty() {
                continue;
            }
            let found =
                known.entry(cell).or_insert_with(|| split(cell).filter(|tag| variants.contains_key(*tag)).collect());
            if !found.is_empty() {
                rows.push(row);
                strays.push((cell, found.clone()));
            }
        }
        out.checked(table, Some(column), checked);
        if rows.is_empty() {
            continue;
        }
        let of = |tags: &[&str]| tags.iter().filter_map(|tag| variants.get(*tag)).collect::<Vec<_>>();
        let suggested: StringChunked = strays
            .iter()
            .map(|(cell, _)| Some(replaced(cell, |tag| variants.get(tag).map(|of| of.canonical.as_str()))))
            .collect();
        let key: StringChunked = strays
            .iter()
            .map(|(_, tags)| {
                let canonical = of(tags).first().map(|variant| variant.canonical.as_str()).unwrap_or_default();
                Some([table.name(), table.source.header(column), canonical].join("\u{1F}"))
            })
            .collect();
        let detail: StringChunked = strays
            .iter()
            .map(|(_, tags)| {
                let said = tags.iter().zip(of(tags)).map(|(tag, variant)| {
                    let whose = if variant.declared { "the vocabulary says" } else { "most say" };
                    format!("\"{tag}\", where {whose} \"{}\"", variant.canonical)
                });
                Some(said.collect::<Vec<_>>().join("; "))
            })
            .collect();
        let safety: StringChunked = strays
            .iter()
            .map(|(_, tags)| {
                let safe = of(tags).into_iter().all(|variant| variant.declared && !variant.reordered);
                Some(if safe { Safety::Safe } else { Safety::Review }.as_str())
            })
            .collect();
        let confidence: Vec<f64> = strays
            .iter()
            .map(|(_, tags)| if of(tags).into_iter().any(|variant| variant.reordered) { 0.85 } else { 0.98 })
            .collect();
        out.push(
            Hits::rows(table, Some(column), rows)?
                .with("suggested", suggested.into_series())?
                .with("key", key.into_series())?
                .with("detail", detail.into_series())?
                .with("safety", safety.into_series())?
                .with("confidence", Series::new("confidence".into(), confidence))?,
        );
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    const VOCABULARY: &str = "[tags]\nvocabulary = [\"LiveChat\", \"Intent_Pricing\"]\n";

    #[test]
    fn the_vocabulary_decides_which_spelling_stays() {
        let text = "chat_id,tags\nc1,live_chat;x\nc2,live_chat\nc3,pricing_intent\nc4,LiveChat\n";
        let rows = flagged("TAG003", VOCABULARY, &[("chat", text)]);
        let found: Vec<_> =
            rows.iter().map(|row| (row.suggested.as_deref().unwrap_or_default(), row.safety.as_str())).collect();
        assert_eq!(found, [("Intent_Pricing", "review"), ("LiveChat;x", "safe"), ("LiveChat", "safe")]);
        let plain = flagged("TAG003", "", &[("chat", text)]);
        let found: Vec<_> =
            plain.iter().map(|row| (row.suggested.as_deref().unwrap_or_default(), row.safety.as_str())).collect();
        assert_eq!(found, [("live_chat", "review")], "without a vocabulary the most frequent stays");
    }

    #[test]
    fn declared_neighbours_are_meant_to_differ() {
        let toml = "[tags]\nvocabulary = [\"Intent_Pricing\", \"IntentPricing\"]\n";
        assert_eq!(
            flagged(
                "TAG003",
                toml,
                &[("chat", "chat_id,tags\nc1,IntentPricing\nc2,Intent_Pricing\nc3,intent pricing\n")]
            )
            .len(),
            0
        );
    }

    #[test]
    fn a_variant_of_a_declared_tag_is_counted_once() {
        let text = "chat_id,tags\nc1,LiveChat;intent-pricing\nc2,LiveChat\n";
        assert_eq!(flagged("TAG003", VOCABULARY, &[("chat", text)]).len(), 1);
        assert_eq!(flagged("TAG001", VOCABULARY, &[("chat", text)]).len(), 0);
        assert_eq!(flagged("TAG002", VOCABULARY, &[("chat", text)]).len(), 0);
    }
}
