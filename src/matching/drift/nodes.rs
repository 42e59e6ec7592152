//! Distinct values gathered by their words: all spellings that differ in case, space, punctuation and accents only are one
//! node, and the stages after compare nodes.

use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::Column;
use crate::matching::guards::Signature;
use crate::matching::spelling::{form, squeezed, words};
use crate::matching::vocabulary::{self, Entry};
use crate::normalise::company;

/// Values with the same words.
#[derive(Debug)]
pub(super) struct Node<'a> {
    /// The words without space.
    pub(super) key: String,
    /// The words of the best spelling.
    pub(super) words: Vec<String>,
    /// Cells of all spellings.
    pub(super) count: u64,
    /// The spellings, in the order of their bytes.
    pub(super) values: Vec<(&'a str, u64)>,
    /// Position of the spelling to keep.
    pub(super) best: usize,
    /// Whether the picklist or the aliases say that this is a value: it is nobody's variant.
    pub(super) fixed: bool,
    signature: OnceLock<Signature>,
}

impl<'a> Node<'a> {
    /// The spelling to keep.
    pub(super) fn text(&self) -> &'a str {
        self.values[self.best].0
    }

    /// Why the two are never one value.
    pub(super) fn apart(&self, other: &Self) -> Option<&'static str> {
        self.signature().apart(other.signature())
    }

    fn signature(&self) -> &Signature {
        self.signature.get_or_init(|| Signature::of(self.text()))
    }

    /// What the value names in the built-in vocabularies.
    pub(super) fn entries(&self) -> &'static [Entry] {
        vocabulary::entries(self.text())
    }

    /// Whether the node is rather the one to keep than `other`.
    pub(super) fn outranks(&self, other: &Self) -> bool {
        let rank = |node: &Self| (node.fixed, node.count);
        (rank(self), &other.key) > (rank(other), &self.key)
    }
}

/// The nodes of a column, in the order of their keys.
pub(super) fn nodes<'a>(column: &Column<'a>) -> Vec<Node<'a>> {
    let counted = column.counts.iter().map(|(value, count)| (value.as_str(), *count)).collect();
    gathered(counted, column.companies, &|value| column.is_fixed(value))
}

/// The nodes of values, each with the cells that hold it, in the order of their keys.
pub(super) fn gathered<'a>(
    counted: Vec<(&'a str, u64)>,
    companies: bool,
    is_fixed: &(impl Fn(&str) -> bool + Sync),
) -> Vec<Node<'a>> {
    let mut keyed: Vec<(String, Vec<String>, &'a str, u64)> = counted
        .into_par_iter()
        .filter_map(|(value, count)| {
            let words = words_of(value, companies);
            let key = squeezed(&words);
            (!key.is_empty()).then_some((key, words, value, count))
        })
        .collect();
    keyed.par_sort_by(|a, b| a.0.cmp(&b.0));
    let gathered: Vec<&[_]> = keyed.chunk_by(|a, b| a.0 == b.0).collect();
    gathered
        .into_par_iter()
        .map(|spellings| {
            let values: Vec<(&'a str, u64)> = spellings.iter().map(|(_, _, value, count)| (*value, *count)).collect();
            // Glued and untidy spellings give way, unless nearly all cells have one: `LinkedIn`.
            let most = values.iter().map(|(_, count)| *count).max().unwrap_or_default();
            let rare = |count: u64| count.saturating_mul(20) <= most;
            let spaced = values.iter().any(|(value, count)| value.contains(' ') && !rare(*count));
            let rank = |at: usize| {
                let (value, count) = values[at];
                let form = if spaced || value.contains("  ") { form(value) } else { 1 };
                (is_fixed(value), !rare(count), form, count)
            };
            let best = (0..values.len())
                .max_by(|a, b| rank(*a).cmp(&rank(*b)).then_with(|| values[*b].0.cmp(values[*a].0)))
                .unwrap_or_default();
            Node {
                key: spellings[best].0.clone(),
                words: spellings[best].1.clone(),
                count: values.iter().map(|(_, count)| count).sum(),
                fixed: is_fixed(values[best].0),
                values,
                best,
                signature: OnceLock::new(),
            }
        })
        .collect()
}

fn words_of(value: &str, companies: bool) -> Vec<String> {
    if companies && let Some(name) = company::canonical(value) {
        return words(&name);
    }
    words(value)
}

/// How often the column says each word: cells, and nodes.
#[derive(Debug, Default)]
pub(super) struct Words<'n> {
    said: FxHashMap<&'n str, (u64, u32)>,
}

impl<'n> Words<'n> {
    pub(super) fn of(nodes: &'n [Node<'_>]) -> Self {
        let mut counted: FxHashMap<&str, (u64, u32)> = FxHashMap::default();
        for node in nodes {
            for (at, word) in node.words.iter().enumerate() {
                if !node.words[..at].contains(word) {
                    let said = counted.entry(word).or_default();
                    said.0 += node.count;
                    said.1 += 1;
                }
            }
        }
        Self { said: counted }
    }

    /// Cells that say `word`, and nodes.
    pub(super) fn said(&self, word: &str) -> (u64, u32) {
        self.said.get(word).copied().unwrap_or_default()
    }
}
