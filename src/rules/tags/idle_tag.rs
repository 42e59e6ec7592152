//! TAG004: declared tags that no chat has borne for long.

use super::RETIRE_AFTER_DAYS;
use super::vocabulary::{declared, variants};
use crate::model::Kind;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Tags of `[tags] vocabulary` that no chat has borne within `[tags] retire-after-days` (90) before the clock of the
    /// audit. Other spellings count as use. Exports of chats that go back less far are skipped: they cannot tell.
    ///
    /// ## Why it matters
    ///
    /// Agents choose from the list; every tag that nobody needs makes the right one harder to find.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [tags]
    /// vocabulary = ["Intent_Pricing", "Intent_Retired"]
    /// ```
    ///
    /// ```csv chat flags
    /// chat_id,started_at,tags
    /// c1,2026-06-01T09:00:00Z,Intent_Retired
    /// c2,2026-10-01T09:00:00Z,Intent_Pricing
    /// c3,2026-10-02T09:00:00Z,Intent_Pricing
    /// ```
    ///
    /// ```csv chat passes
    /// chat_id,started_at,tags
    /// c1,2026-06-01T09:00:00Z,Intent_Pricing
    /// c2,2026-10-01T09:00:00Z,Intent_Pricing
    /// c3,2026-10-02T09:00:00Z,intent-retired
    /// ```
    ///
    /// ## Cleanup
    ///
    /// By hand: take the tag out of the vocabulary and out of the chat tool.
    pub struct IdleTag {
        code: "TAG004",
        name: "idle-tag",
        family: Tags,
        severity: Info,
        dimension: Timeliness,
        scope: Scope::Facts,
        kinds: [Chat],
        needs: [Need::Setting("[tags] vocabulary", |config| !config.tags.vocabulary.is_empty()), Need::Role(Role::Tags), Need::Clock, Need::RetireDays],
        safety: Manual,
        message: "{count} of {checked|tag|tags} of the vocabulary idle in {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

const DAY: i64 = 86_400_000_000;

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let Some(as_of) = cx.facts.as_of else { return Ok(out) };
    let days = cx.config.tags.retire_after_days.unwrap_or(RETIRE_AFTER_DAYS);
    let since = as_of.saturating_sub(i64::from(days) * DAY);
    // A tag that any chat bears is in use, whichever export it is in; what is said is said of the first.
    let Some((table, column)) = cx.tables.iter().find_map(|table| Some((table, table.role(Role::Tags)?))) else {
        return Ok(out);
    };
    let chats = cx.tables.iter().filter(|table| table.source.kind == Kind::Chat);
    let facts: Vec<_> = chats.map(|table| cx.facts.of(table).tags()).collect();
    let spellings: Vec<_> = facts.iter().map(|facts| variants(facts, &cx.config.tags)).collect();
    let declared = declared(&cx.config.tags);
    let mut tags: Vec<&str> = Vec::new();
    let mut detail: Vec<String> = Vec::new();
    for tag in &declared {
        let mut last: Option<i64> = None;
        for (facts, spellings) in facts.iter().zip(&spellings) {
            let means =
                |written: &str| written == *tag || spellings.get(written).is_some_and(|of| of.canonical == *tag);
            let seen = facts.uses.iter().filter(|(written, _)| means(written)).filter_map(|(_, used)| used.span);
            last = last.max(seen.map(|(_, to)| to).max());
        }
        if last.is_some_and(|last| last >= since) {
            continue;
        }
        tags.push(tag);
        detail.push(match last {
            Some(last) => format!("last used {} days before the clock of the audit", (as_of - last) / DAY),
            None => "no chat bears it".to_owned(),
        });
    }
    out.checked(table, Some(column), declared.len() as u64);
    super::say(&mut out, table, column, &tags, &detail)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    #[test]
    fn chats_of_a_few_weeks_cannot_tell() {
        let toml = "[tags]\nvocabulary = [\"Intent_Pricing\", \"Intent_Retired\"]\n";
        let text = "chat_id,started_at,tags\nc1,2026-09-01T09:00:00Z,\nc2,2026-10-01T09:00:00Z,Intent_Pricing\n";
        assert_eq!(flagged("TAG004", toml, &[("chat", text)]).len(), 0);
        let sooner = format!("{toml}retire-after-days = 20\n");
        let rows = flagged("TAG004", &sooner, &[("chat", text)]);
        assert_eq!(rows.iter().map(|row| row.value.as_deref()).collect::<Vec<_>>(), [Some("Intent_Retired")]);
    }
}
