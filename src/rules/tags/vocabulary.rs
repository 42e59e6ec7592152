//! What the rules of this family share: the vocabulary, the pattern, and which tags are other spellings.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use crate::config::options::TagOptions;
use crate::matching::spelling::{clusters, words};
use crate::normalise::tags::TagFacts;

/// The pattern of tags where the config gives none: `Source_Live_Chat`, `Intent_Pricing`.
pub(super) const PATTERN: &str = "^[A-Z][a-z][A-Za-z0-9]*(_[A-Z0-9][A-Za-z0-9]*)+$";

/// The pattern that tags must have.
pub(super) fn pattern(options: &TagOptions) -> anyhow::Result<Regex> {
    Ok(Regex::new(options.pattern.as_deref().unwrap_or(PATTERN))?)
}

/// The declared tags.
pub(super) fn declared(options: &TagOptions) -> BTreeSet<&str> {
    options.vocabulary.iter().map(String::as_str).collect()
}

/// What another spelling of a tag should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variant {
    /// The tag to keep.
    pub(super) canonical: String,
    /// Whether the config declares it.
    pub(super) declared: bool,
    /// Whether only the order of words differs.
    pub(super) reordered: bool,
}

/// The tags of a source that are other spellings of a declared tag, or of a more frequent one.
pub(super) fn variants(facts: &TagFacts, options: &TagOptions) -> BTreeMap<String, Variant> {
    let declared = declared(options);
    let mut counts: BTreeMap<String, u64> = facts.uses.iter().map(|(tag, used)| (tag.clone(), used.rows)).collect();
    for tag in &declared {
        counts.entry((*tag).to_owned()).or_default();
    }
    let mut found = BTreeMap::new();
    for cluster in clusters(&counts) {
        let mut members: Vec<&str> = cluster.variants.iter().map(|(tag, _)| tag.as_str()).collect();
        members.push(&cluster.canonical);
        let kept: Vec<&str> = members.iter().copied().filter(|tag| declared.contains(tag)).collect();
        // Tags that are declared side by side are meant to differ, and which of them a third means is not known.
        let canonical = match kept.as_slice() {
            [] => cluster.canonical.as_str(),
            [one] => one,
            _ => continue,
        };
        let key = words(canonical).concat();
        for tag in members.into_iter().filter(|tag| *tag != canonical) {
            let variant = Variant {
                canonical: canonical.to_owned(),
                declared: !kept.is_empty(),
                reordered: words(tag).concat() != key,
            };
            found.insert(tag.to_owned(), variant);
        }
    }
    found
}
