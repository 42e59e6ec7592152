//! TAG002: tags that do not have the pattern of tags.

use std::collections::BTreeMap;

use regex::Regex;

use super::vocabulary::{declared, pattern, variants};
use crate::normalise::tags::split;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Tags that do not have the pattern of tags: `[tags] pattern`, or words with capitals joined by underscores
    /// (`Source_Live_Chat`) where the config gives none. Tags of the vocabulary never count, nor do other spellings of a
    /// tag, which are TAG003's.
    ///
    /// Where nine uses in ten follow one other convention (`kebab-case`, `snake_case`, plain words, …) that is one
    /// finding, not one for every tag: a warning if the config gives a pattern, else for information.
    ///
    /// ## Why it matters
    ///
    /// A pattern is how people and automations tell an intent from a source at a glance; what breaks it is found by neither.
    ///
    /// ## Example
    ///
    /// ```csv chat flags
    /// chat_id,started_at,tags
    /// c1,2026-10-01T09:00:00Z,Source_Live_Chat;Intent_Pricing
    /// c2,2026-10-01T10:00:00Z,Source_Live_Chat;vip!!
    /// ```
    ///
    /// ```csv chat passes
    /// chat_id,started_at,tags
    /// c1,2026-10-01T09:00:00Z,Source_Live_Chat;Intent_Pricing
    /// c2,2026-10-01T10:00:00Z,
    /// ```
    ///
    /// ```toml
    /// [tags]
    /// pattern = "^[a-z]+(-[a-z]+)*$"
    /// ```
    ///
    /// ```csv chat passes
    /// chat_id,started_at,tags
    /// c1,2026-10-01T09:00:00Z,"live-chat, pricing"
    /// ```
    ///
    /// ## Cleanup
    ///
    /// By hand: rename the tag in the chat tool, or change the pattern.
    pub struct MalformedTag {
        code: "TAG002",
        name: "malformed-tag",
        family: Tags,
        severity: Warning,
        dimension: Validity,
        scope: Scope::Row,
        kinds: [Crm, Chat],
        objects: [Lead, Contact, Deal],
        needs: [Need::Role(Role::Tags)],
        safety: Manual,
        message: "tags without the pattern of tags: {groups|tag|tags}, {count} of {checked|row|rows} of {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let pattern = pattern(&cx.config.tags)?;
    let declared = declared(&cx.config.tags);
    for table in &cx.tables {
        let Some(column) = table.role(Role::Tags) else { continue };
        let facts = cx.facts.of(table).tags();
        let variants = variants(facts, &cx.config.tags);
        let is_malformed = |tag: &str| {
            !declared.contains(tag)
                && facts.uses.contains_key(tag)
                && !variants.contains_key(tag)
                && !pattern.is_match(tag)
        };
        let uses = facts.uses.iter().map(|(tag, used)| (tag.as_str(), used.rows)).collect();
        let Some(convention) = convention(&uses, &pattern)? else {
            super::point(&mut out, table, column, "does not have the pattern of tags", |cell| {
                split(cell).filter(|tag| is_malformed(tag)).collect()
            })?;
            continue;
        };
        // One finding for all of them, said by the part that holds the first row.
        if facts.uses.keys().any(|tag| is_malformed(tag)) && super::is_first(cx, table, column) {
            let severity = if cx.config.tags.pattern.is_some() { Severity::Warning } else { Severity::Info };
            out.checked(table, Some(column), 1);
            out.push(
                Hits::whole(
                    table,
                    Some(column),
                    &format!("nine tags in ten are {convention}, not {}", pattern.as_str()),
                )?
                .with_text("value", convention)?
                .with_severity(severity)?,
            );
        }
    }
    Ok(out)
}

/// Conventions for tags, the narrowest first.
const CONVENTIONS: [(&str, &str); 7] = [
    ("lower-case words", r"^[\p{Ll}\p{Nd}]+( [\p{Ll}\p{Nd}]+)*$"),
    ("kebab-case", r"^[\p{Ll}\p{Nd}]+(-[\p{Ll}\p{Nd}]+)*$"),
    ("snake_case", r"^[\p{Ll}\p{Nd}]+(_[\p{Ll}\p{Nd}]+)*$"),
    ("prefix:value", r"^[\p{L}\p{Nd}_-]+[:/.][\p{L}\p{Nd} _-]+$"),
    ("CamelCase", r"^(\p{Lu}[\p{Ll}\p{Nd}]*){2,}$"),
    ("UPPER_CASE", r"^[\p{Lu}\p{Nd}]+([ _-][\p{Lu}\p{Nd}]+)*$"),
    ("words", r"^\p{Lu}[\p{L}\p{Nd}]*( [\p{L}\p{Nd}&/-]+)*$"),
];

/// The convention, other than the pattern, that nine uses in ten follow.
fn convention(uses: &BTreeMap<&str, u64>, pattern: &Regex) -> anyhow::Result<Option<&'static str>> {
    let all: u64 = uses.values().sum();
    let share = |test: &Regex| uses.iter().filter(|(tag, _)| test.is_match(tag)).map(|(_, count)| count).sum::<u64>();
    if all == 0 || share(pattern) * 10 > all {
        return Ok(None);
    }
    for (name, convention) in CONVENTIONS {
        if share(&Regex::new(convention)?) * 10 >= all * 9 {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::flagged;

    #[test]
    fn every_convention_is_a_pattern() {
        for (name, convention) in CONVENTIONS {
            assert!(Regex::new(convention).is_ok(), "{name}");
        }
    }

    #[test]
    fn another_convention_is_one_finding() {
        let text = "chat_id,tags\nc1,live chat;pricing\nc2,pricing;vip\nc3,demo request\nc4,vip\n";
        let rows = flagged("TAG002", "", &[("chat", text)]);
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].value.as_deref(), Some("lower-case words"));
    }

    #[test]
    fn tags_of_the_vocabulary_never_fire() {
        let toml = "[tags]\nvocabulary = [\"vip!!\"]\n";
        assert_eq!(flagged("TAG002", toml, &[("chat", "chat_id,tags\nc1,vip!!;Intent_Pricing\n")]).len(), 0);
    }

    #[test]
    fn each_malformed_tag_is_pointed_at_by_itself() {
        let text = "chat_id,tags\nc1,Intent_Pricing;vip!!;??\nc2,Intent_Demo\nc3,vip!!\n";
        let rows = flagged("TAG002", "", &[("chat", text)]);
        let mut values: Vec<_> = rows.iter().filter_map(|row| row.value.as_deref()).collect();
        values.sort_unstable();
        assert_eq!(values, ["??", "vip!!", "vip!!"]);
    }
}
