//! Values of the same words in another order, by OpenRefine's fingerprint, and lists with another separator.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Link, Links, Relation};
use crate::matching::keyer;
use crate::matching::spelling::{may_reorder, words};

/// Links what differs in the order of words only, or in what stands between the parts of a list.
pub(super) fn by_order(links: &mut Links<'_, '_>) {
    let nodes = links.nodes;
    let sets = nodes.par_iter().enumerate().filter(|(_, node)| node.words.len() > 1 && may_reorder(&node.words));
    let mut sets: Vec<(String, usize)> =
        sets.map(|(at, node)| (keyer::fingerprint(&node.words.join(" ")), at)).collect();
    sets.par_sort_unstable();
    for group in sets.chunk_by(|a, b| a.0 == b.0) {
        let group: Vec<usize> = group.iter().map(|(_, at)| *at).collect();
        join(links, &group, "the same words in another order, or one twice");
    }
    let mut lists: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
    for (at, node) in nodes.iter().enumerate() {
        if let Some(list) = list(node.text()) {
            lists.entry(list).or_default().push(at);
        }
    }
    for group in lists.into_values() {
        join(links, &group, "the same list with another separator");
    }
}

fn join(links: &mut Links<'_, '_>, group: &[usize], reason: &'static str) {
    let best =
        group.iter().copied().reduce(|best, at| if links.nodes[at].outranks(&links.nodes[best]) { at } else { best });
    let Some(of) = best else { return };
    for at in group.iter().copied().filter(|at| *at != of) {
        links.link(at, Link { of, relation: Relation::WordOrder, confidence: 0.85, reason });
    }
}

/// The parts of a value that is evidently a list: two or more, of words of three letters and more.
fn list(value: &str) -> Option<Vec<String>> {
    if !value.contains([',', ';', '/', '|']) || value.len() > 200 {
        return None;
    }
    let parts: Vec<String> = value
        .split([',', ';', '/', '|'])
        .map(|part| {
            let part = part.trim();
            let part = part.strip_prefix("and ").unwrap_or(part);
            words(part).concat()
        })
        .filter(|part| !part.is_empty())
        .collect();
    let plain = |part: &String| part.chars().count() > 2 && part.chars().all(char::is_alphabetic);
    (parts.len() > 1 && parts.iter().all(plain)).then_some(parts)
}
