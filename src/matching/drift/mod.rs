//! Value drift: which distinct values of a column are one value, which spelling to keep, and why.
//!
//! Three stages, each on what the one before left: values with the same words, near spellings, short forms. Everything is
//! decided by distinct values and their counts; the order of rows is nothing to it.

mod held;
mod index;
mod listed;
mod nodes;
mod order;
mod short;
mod slip;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use self::held::Held;
pub use self::listed::Listed;
use self::nodes::{Node, Words, nodes};
use self::short::{Short, Shorts};
use self::slip::{Setting, judge};
use super::spelling::{squeezed, words};
use super::vocabulary::Form;

/// A column to look at.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    /// Each distinct value, trimmed, and the cells that hold it; what is listed may stand here with 0.
    pub counts: &'a BTreeMap<String, u64>,
    /// Values that are right as they stand: those of a picklist, and those that the aliases mean.
    pub listed: &'a BTreeSet<String>,
    /// Other spellings that people gave, and the value that each means.
    pub aliases: &'a BTreeMap<String, String>,
    /// Whether the values are names of companies: legal forms do not count, and short forms are other companies.
    pub companies: bool,
}

impl Column<'_> {
    fn is_fixed(&self, value: &str) -> bool {
        self.listed.contains(value)
    }
}

/// How a variant differs from the value to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// Case, space, punctuation, accents, the legal form of a company.
    Spelling,
    /// The order of words, or what stands between them.
    WordOrder,
    /// A slip of the keys.
    Misspelt,
    /// A shorter or longer form.
    Short,
    /// Another name of the same entry of a built-in vocabulary.
    Vocabulary,
    /// The config says so.
    Alias,
}

/// A spelling that should change.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// The spelling.
    pub value: String,
    /// How it differs.
    pub relation: Relation,
    /// How sure it is: of variants at 0.9, nine in ten are right.
    pub confidence: f64,
    /// How it differs, in a few words.
    pub reason: &'static str,
}

/// Values that are one value.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// The value to keep.
    pub canonical: String,
    /// Cells that hold exactly it.
    pub count: u64,
    /// All others, in the order of their bytes.
    pub variants: Vec<Variant>,
}

/// Why a node is a variant of another.
#[derive(Debug, Clone, Copy)]
struct Link {
    of: usize,
    relation: Relation,
    confidence: f64,
    reason: &'static str,
}

/// Nodes, and which of them is a variant of which.
struct Links<'n, 'a> {
    nodes: &'n [Node<'a>],
    up: Vec<Option<Link>>,
}

impl Links<'_, '_> {
    fn root(&self, mut at: usize) -> usize {
        while let Some(link) = self.up[at] {
            at = link.of;
        }
        at
    }

    /// Makes a node a variant of another, unless it already is one, is fixed, or would be its own.
    fn link(&mut self, at: usize, link: Link) {
        let free = self.up[at].is_none() && !self.nodes[at].fixed && self.root(link.of) != at;
        if free && self.nodes[at].apart(&self.nodes[self.root(link.of)]).is_none() {
            self.up[at] = Some(link);
        }
    }
}

/// The clusters of a column, in the order of the bytes of what they keep. Every value is in at most one.
#[must_use]
pub fn clusters(column: &Column<'_>) -> Vec<Cluster> {
    let nodes = nodes(column);
    let mut links = Links { nodes: &nodes, up: vec![None; nodes.len()] };
    by_alias(column, &mut links);
    order::by_order(&mut links);
    let held = if column.companies { Held::default() } else { Held::of(&nodes) };
    by_vocabulary(&held, &mut links);
    by_slip(column, &held, &mut links);
    if !column.companies {
        by_short_form(&mut links);
    }
    gather(column, &links)
}

/// What the config says is one value.
fn by_alias(column: &Column<'_>, links: &mut Links<'_, '_>) {
    let find = |text: &str| {
        let key = squeezed(&words(text));
        links.nodes.binary_search_by(|node| node.key.as_str().cmp(&key)).ok()
    };
    let told: Vec<(usize, usize)> =
        column.aliases.iter().filter_map(|(spelling, kept)| Some((find(spelling)?, find(kept)?))).collect();
    for (at, of) in told {
        if at != of && links.up[at].is_none() && !links.nodes[at].fixed && links.root(of) != at {
            // The config overrules what would keep them apart.
            links.up[at] = Some(Link { of, relation: Relation::Alias, confidence: 0.99, reason: "the config says so" });
        }
    }
}

/// Names of one entry of a vocabulary that the column holds; kept is the name that is most frequent among those written
/// as the column mostly writes them.
fn by_vocabulary(held: &Held, links: &mut Links<'_, '_>) {
    let mut named: BTreeMap<_, Vec<(usize, Form)>> = BTreeMap::new();
    for (at, node) in links.nodes.iter().enumerate() {
        if links.up[at].is_none()
            && let Some(entry) = held.entry(node)
        {
            named.entry((entry.vocabulary, entry.number)).or_default().push((at, entry.form));
        }
    }
    for ((vocabulary, _), members) in named {
        let usual = held.form(vocabulary);
        let rank = |(at, form): &(usize, Form)| {
            let node = &links.nodes[*at];
            let as_usual = (*form == Form::Name) == (usual == Some(Form::Name));
            (node.fixed, as_usual, node.count, std::cmp::Reverse(*at))
        };
        let Some((of, _)) = members.iter().max_by_key(|member| rank(member)).copied() else { continue };
        for (at, form) in members.into_iter().filter(|(at, _)| *at != of) {
            // A code of two letters may be meant for something else.
            let is_code = form == Form::Code && links.nodes[at].key.len() < 3;
            let confidence = if is_code { 0.9 } else { 0.96 };
            links.link(at, Link { of, relation: Relation::Vocabulary, confidence, reason: "another name of the same" });
        }
    }
}

/// Near spellings, the surest first; a slip must be near the value that is kept, not only to another slip.
fn by_slip(column: &Column<'_>, held: &Held, links: &mut Links<'_, '_>) {
    let nodes = links.nodes;
    let keys: Vec<&str> = nodes.iter().map(|node| node.key.as_str()).collect();
    let words = Words::of(nodes);
    let is_listed = |node: &Node<'_>| node.fixed || held.entry(node).is_some_and(|entry| entry.form == Form::Name);
    let mut slips: Vec<(usize, Link)> = index::pairs(&keys)
        .into_par_iter()
        .filter_map(|(one, other)| {
            let (one, other) = (one as usize, other as usize);
            if nodes[one].apart(&nodes[other]).is_some() {
                return None;
            }
            let listed = (is_listed(&nodes[one]), is_listed(&nodes[other]));
            let first = match listed {
                (true, false) => nodes[other].entries().is_empty(),
                (false, true) => !nodes[one].entries().is_empty(),
                _ => nodes[one].outranks(&nodes[other]),
            };
            let (kept, variant) = if first { (one, other) } else { (other, one) };
            let setting = Setting {
                listed: is_listed(&nodes[kept]) && !is_listed(&nodes[variant]) && nodes[variant].entries().is_empty(),
                companies: column.companies,
                least: slip::LEAST,
            };
            let slip = judge(&nodes[variant], &nodes[kept], &words, setting)?;
            let link = Link { of: kept, relation: Relation::Misspelt, confidence: slip.confidence, reason: slip.what };
            Some((variant, link))
        })
        .collect();
    slips.par_sort_by(|(at, a), (other, b)| {
        let rank = |link: &Link| (nodes[link.of].fixed, nodes[link.of].count);
        rank(b).cmp(&rank(a)).then(b.confidence.total_cmp(&a.confidence)).then(a.of.cmp(&b.of)).then(at.cmp(other))
    });
    for (at, link) in slips {
        // Not along a chain: what is itself a slip keeps nothing.
        if links.up[link.of].is_none_or(|up| up.relation != Relation::Misspelt) {
            links.link(at, link);
        }
    }
}

/// Short forms of exactly one value of the column.
fn by_short_form(links: &mut Links<'_, '_>) {
    let nodes = links.nodes;
    let canonical: Vec<usize> = (0..nodes.len()).filter(|at| links.up[*at].is_none()).collect();
    let shorts = Shorts::of(nodes, &canonical);
    let found: Vec<(usize, Short)> = canonical.par_iter().filter_map(|at| Some((*at, shorts.find(*at)?))).collect();
    for (at, Short { of, confidence, what }) in found {
        let (few, many) = (nodes[at].count, nodes[of].count);
        if few >= many.saturating_mul(2) {
            // Most cells have the short form: it is the one to keep, if nothing else is to be read from it.
            if confidence > 0.9 {
                let reason = "longer than most cells have it";
                links.link(of, Link { of: at, relation: Relation::Short, confidence, reason });
            }
        } else {
            links.link(at, Link { of, relation: Relation::Short, confidence, reason: what });
        }
    }
}

fn gather(column: &Column<'_>, links: &Links<'_, '_>) -> Vec<Cluster> {
    let nodes = links.nodes;
    let mut members: BTreeMap<usize, Vec<Variant>> = BTreeMap::new();
    for (at, node) in nodes.iter().enumerate() {
        let root = links.root(at);
        if node.values.len() == 1 && root == at {
            continue;
        }
        let mut how = (Relation::Spelling, 0.98, "written differently");
        if let Some(link) = links.up[at] {
            how = (link.relation, link.confidence, link.reason);
            let mut above = link.of;
            while let Some(next) = links.up[above] {
                how.1 = f64::min(how.1, next.confidence);
                above = next.of;
            }
            // The cluster holds as a whole, or the value is left as it is.
            let far = links.up[link.of].is_some() && node.apart(&nodes[root]).is_some();
            if far && how.0 != Relation::Alias {
                continue;
            }
        }
        for (value, _) in &node.values {
            if (root == at && *value == node.text()) || column.is_fixed(value) {
                continue;
            }
            let (relation, mut confidence, mut reason) = how;
            if root == at && column.companies && squeezed(&words(value)) != squeezed(&words(node.text())) {
                (confidence, reason) = (0.85, "another legal form");
            }
            members.entry(root).or_default().push(Variant { value: (*value).to_owned(), relation, confidence, reason });
        }
    }
    let mut found: Vec<Cluster> = members
        .into_iter()
        .map(|(root, mut variants)| {
            variants.sort_by(|a, b| a.value.cmp(&b.value));
            let (canonical, count) = nodes[root].values[nodes[root].best];
            Cluster { canonical: canonical.to_owned(), count, variants }
        })
        .collect();
    found.sort_by(|a, b| a.canonical.cmp(&b.canonical));
    found
}

#[cfg(test)]
mod tests;
