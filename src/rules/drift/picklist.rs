//! The values that a picklist declares, and which of them a cell means.

use std::collections::{BTreeMap, BTreeSet};

use crate::matching::drift::Listed;
use crate::matching::spelling;
use crate::model::{FieldKind, SchemaField};
use crate::normalise::text::trimmed;

/// The declared values of one column.
#[derive(Debug)]
pub(super) struct Picklist<'a> {
    /// Every value and label as written, and whether it may still be chosen.
    listed: BTreeMap<&'a str, bool>,
    /// The entries that may be chosen (value and label), by spelling without case and space, and by its words.
    by_fold: BTreeMap<String, BTreeSet<&'a str>>,
    by_words: BTreeMap<String, BTreeSet<&'a str>>,
    near: Listed<'a>,
    /// Whether the CRM refuses what is not listed.
    pub(super) restricted: bool,
    /// Whether a cell holds several values.
    pub(super) several: bool,
}

/// What a value is to a picklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing<'a> {
    /// Listed, as value or label.
    Listed,
    /// Listed, but no longer to be chosen.
    Inactive,
    /// A listed value but for case and space.
    Variant(&'a str),
    /// Like one listed value only, and how surely it is meant, in percent.
    Near(&'a str, u8),
    /// Like none.
    Unlisted,
}

impl<'a> Picklist<'a> {
    /// The picklist of a field; `None` where it has none, or where its values are kept elsewhere.
    pub(super) fn of(field: &'a SchemaField) -> Option<Self> {
        let several = field.kind == FieldKind::MultiPicklist;
        if field.values.is_empty() || !(several || field.kind == FieldKind::Picklist) {
            return None;
        }
        let mut list = Self {
            listed: BTreeMap::new(),
            by_fold: BTreeMap::new(),
            by_words: BTreeMap::new(),
            near: Listed::of(field.values.iter().filter(|entry| entry.active).flat_map(|entry| {
                [&entry.value, &entry.label].into_iter().map(|text| trimmed(text)).collect::<BTreeSet<_>>()
            })),
            restricted: field.restricted,
            several,
        };
        for entry in &field.values {
            for text in [&entry.value, &entry.label] {
                let text = trimmed(text);
                *list.listed.entry(text).or_default() |= entry.active;
                // Value and label that differ in case only are one: what programs write is proposed.
                let written = if fold(text) == fold(&entry.value) { trimmed(&entry.value) } else { text };
                if entry.active {
                    list.by_fold.entry(fold(text)).or_default().insert(written);
                    list.by_words.entry(words(text)).or_default().insert(written);
                }
            }
        }
        Some(list)
    }

    /// Every value and label that may be chosen.
    pub(super) fn active(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.listed.iter().filter(|(_, active)| **active).map(|(text, _)| *text)
    }

    /// Whether a trimmed value may be chosen as it is written.
    pub(super) fn holds(&self, value: &str) -> bool {
        self.listed.get(value) == Some(&true)
    }

    /// What a trimmed value is to the picklist.
    pub(super) fn standing(&self, value: &str) -> Standing<'a> {
        match self.listed.get(value) {
            Some(true) => return Standing::Listed,
            Some(false) => return Standing::Inactive,
            None => {}
        }
        let only = |found: Option<&BTreeSet<&'a str>>| found.filter(|set| set.len() == 1)?.first().copied();
        let folded = fold(value);
        if let Some(meant) = only(self.by_fold.get(&folded)) {
            return Standing::Variant(meant);
        }
        if self.by_fold.contains_key(&folded) {
            return Standing::Unlisted;
        }
        let near = only(self.by_words.get(&words(value))).map(|meant| (meant, 95)).or_else(|| self.misspelt(value));
        near.map_or(Standing::Unlisted, |(meant, percent)| Standing::Near(meant, percent))
    }

    /// The listed value of which `value` is a slip of the keys, and how sure that is in percent.
    fn misspelt(&self, value: &str) -> Option<(&'a str, u8)> {
        let (text, confidence) = self.near.meant(value)?;
        let meant = self.by_fold.get(&fold(text)).filter(|set| set.len() == 1)?.first()?;
        Some((meant, (confidence * 100.0).round() as u8))
    }
}

/// A value without regard to case and space.
fn fold(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn words(value: &str) -> String {
    spelling::words(value).concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ListedValue;

    fn field(values: &[(&str, &str, bool)]) -> SchemaField {
        SchemaField {
            name: "Region__c".to_owned(),
            label: "Region".to_owned(),
            kind: FieldKind::Picklist,
            length: None,
            restricted: true,
            values: values
                .iter()
                .map(|(value, label, active)| ListedValue {
                    value: (*value).to_owned(),
                    label: (*label).to_owned(),
                    active: *active,
                })
                .collect(),
        }
    }

    #[test]
    fn values_are_told_by_what_differs() {
        let field = field(&[
            ("east", "East Region", true),
            ("west", "West Region", true),
            ("tier 1", "Tier 1", true),
            ("tier 2", "Tier 2", true),
            ("old", "Old", false),
        ]);
        let list = Picklist::of(&field).unwrap();
        for (value, standing) in [
            ("east", Standing::Listed),
            ("East Region", Standing::Listed),
            ("EAST  region", Standing::Variant("East Region")),
            ("Tier 1", Standing::Listed),
            ("TIER 1", Standing::Variant("tier 1")),
            ("Old", Standing::Inactive),
            ("EastRegion", Standing::Near("East Region", 95)),
            ("Est Region", Standing::Unlisted),
            ("Wesst Region", Standing::Near("West Region", 91)),
            ("Tier 3", Standing::Unlisted),
            ("North", Standing::Unlisted),
        ] {
            assert_eq!(list.standing(value), standing, "{value}");
        }
    }

    #[test]
    fn two_entries_that_differ_in_case_only_are_proposed_for_nothing() {
        let field = field(&[("EMEA", "EMEA", true), ("Emea", "Emea", true)]);
        assert_eq!(Picklist::of(&field).unwrap().standing("emea"), Standing::Unlisted);
    }
}
