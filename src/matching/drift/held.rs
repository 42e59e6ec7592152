//! Which built-in vocabularies a column holds: most of its frequent values are entries of them.

use super::nodes::Node;
use crate::matching::vocabulary::{Entry, Form, Vocabulary};

/// The vocabularies of a column, and how it writes their entries.
#[derive(Debug, Default)]
pub(super) struct Held {
    vocabularies: Vec<(Vocabulary, Form)>,
}

/// Vocabularies that drift looks at; yes and no are FMT001's.
const ALL: [Vocabulary; 7] = [
    Vocabulary::Country,
    Vocabulary::UsState,
    Vocabulary::Province,
    Vocabulary::AustralianState,
    Vocabulary::Month,
    Vocabulary::Weekday,
    Vocabulary::Direction,
];

impl Held {
    /// What the column holds. Of places there may be several kinds: states and provinces share a column.
    pub(super) fn of(nodes: &[Node<'_>]) -> Self {
        let all: u64 = nodes.iter().map(|node| node.count).sum();
        let mut cells = [(0_u64, 0_u32, [0_u64; 3]); ALL.len()];
        let mut known = 0;
        for node in nodes {
            let entries = node.entries();
            known += if entries.is_empty() { 0 } else { node.count };
            for entry in entries {
                if let Some(at) = ALL.iter().position(|vocabulary| *vocabulary == entry.vocabulary) {
                    cells[at].0 += node.count;
                    cells[at].1 += 1;
                    cells[at].2[entry.form as usize] += node.count;
                }
            }
        }
        let mut vocabularies = Vec::new();
        if known * 2 > all {
            for (vocabulary, (count, nodes, forms)) in ALL.iter().zip(cells) {
                // A few names that happen to be entries ("Georgia" is a country too) are no vocabulary.
                if nodes >= 2 && count * 10 > known {
                    let form =
                        if forms[Form::Name as usize] * 2 >= forms.iter().sum() { Form::Name } else { Form::Code };
                    vocabularies.push((*vocabulary, form));
                }
            }
            // A column of names of states also has names that are countries, and the other way round: the larger counts.
            let largest = |is: fn(&Vocabulary) -> bool| {
                ALL.iter().zip(cells).filter(|(vocabulary, _)| is(vocabulary)).map(|(_, cells)| cells.0).sum::<u64>()
            };
            let states = largest(|v| v.is_place() && *v != Vocabulary::Country);
            let countries = largest(|v| *v == Vocabulary::Country);
            vocabularies.retain(|(vocabulary, _)| match vocabulary {
                Vocabulary::Country => countries * 4 > states,
                vocabulary if vocabulary.is_place() => states * 4 > countries,
                _ => true,
            });
        }
        Self { vocabularies }
    }

    /// What `node` names here: the entry, if it is exactly one in the vocabularies held.
    pub(super) fn entry(&self, node: &Node<'_>) -> Option<Entry> {
        let mut held = node.entries().iter().filter(|entry| self.form(entry.vocabulary).is_some());
        held.next().copied().filter(|_| held.next().is_none())
    }

    /// How the column mostly writes the entries of a vocabulary that it holds.
    pub(super) fn form(&self, vocabulary: Vocabulary) -> Option<Form> {
        self.vocabularies.iter().find(|(held, _)| *held == vocabulary).map(|(_, form)| *form)
    }
}
