//! The values that a picklist declares, and which of them a cell means.

use std::collections::{BTreeMap, BTreeSet};

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
    /// Like one listed value only.
    Near(&'a str),
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
        let near = only(self.by_words.get(&words(value))).or_else(|| self.misspelt(&folded));
        near.map_or(Standing::Unlisted, Standing::Near)
    }

    /// The listed value that is a slip of the finger away, if none other is as near: one edit, two from nine letters on,
    /// no figure changed.
    fn misspelt(&self, folded: &str) -> Option<&'a str> {
        let figures = |text: &str| -> String { text.chars().filter(|c| c.is_numeric()).collect() };
        let length = folded.chars().count();
        let allowed = match length {
            0..5 => return None,
            5..9 => 1,
            _ => 2,
        };
        let mut near: Vec<(usize, &BTreeSet<&'a str>)> = self
            .by_fold
            .iter()
            .filter(|(listed, _)| {
                listed.chars().count().abs_diff(length) <= allowed && figures(listed) == figures(folded)
            })
            .map(|(listed, meant)| (strsim::osa_distance(listed, folded), meant))
            .filter(|(edits, _)| *edits <= allowed)
            .collect();
        near.sort();
        match near.as_slice() {
            [(best, _), (next, _), ..] if best == next => None,
            [(_, meant), ..] if meant.len() == 1 => meant.first().copied(),
            _ => None,
        }
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
            ("EastRegion", Standing::Near("East Region")),
            ("Est Region", Standing::Unlisted),
            ("Wesst Region", Standing::Near("West Region")),
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
