//! Which records are one person or company, without labels: candidate pairs from several kinds of blocks, a weight of
//! evidence for each pair, and clusters that hold together as a whole.
//!
//! The model is that of Fellegi and Sunter, "A theory for record linkage" (1969): each field of a pair compares at one of a
//! few levels; a level weighs log2(m / u), where m is its share among pairs of one person and u among other pairs. u comes
//! from random pairs and from the frequencies of values (a rare name says more than a common one; Winkler 1989), m and the
//! prior from expectation maximisation over the candidates.
//!
//! Two things differ from the textbook, because CRM data breaks its assumption that fields are independent. Company,
//! place and shared telephone lines follow from each other, so the strongest of them counts in full and the others in
//! part. And names that contradict each other keep records apart, whatever the rest says: co-workers and families share
//! everything but that.

mod alike;
mod blocking;
mod bound;
mod cluster;
mod either;
mod estimate;
mod frequency;
mod grid;
mod marks;
mod rows;
mod sieve;
mod sift;
mod tabulated;
mod weight;

use std::cmp::Reverse;

pub use blocking::{Blocks, Capped};
pub use cluster::{Cluster, Fit};
pub use estimate::Parameters;
pub use weight::Reason;

use super::compare::Comparison;

/// Stands for a blank cell among the value positions of a field.
pub const NONE: u32 = u32::MAX;

/// What kind of evidence a field gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// The name of a person.
    Person,
    /// Something that belongs to one person, with exceptions: a birth date, an address for mail.
    Own,
    /// Something that is given to one person only: a number of a passport or of social security.
    Identifier,
    /// A telephone number: a person's own, unless several people have it.
    Phone,
    /// The company.
    Company,
    /// The name of an organisation that is a record by itself, where people stand beside organisations.
    Organisation,
    /// Where exactly it is: the street.
    Place,
    /// Where about it is: postcode, city, region, country.
    Area,
    /// Anything else.
    Other,
}

/// One field of the records.
#[derive(Debug)]
pub struct Field {
    /// What evidence calls it.
    pub name: String,
    /// What kind of evidence it gives.
    pub nature: Nature,
    /// The share of pairs of two people that are expected to have the same value, before the data says otherwise.
    pub chance: f64,
    /// How its values compare.
    pub comparison: Box<dyn Comparison>,
    /// For each record, the position of its value in the comparison; [`NONE`] where it has none.
    pub codes: Vec<u32>,
    /// For each record whether the value follows from the person's name, as most mailboxes at work do; empty where none
    /// does. What such values have in common beyond [`Self::follows_from`] says nothing that the names do not say.
    pub from_name: Vec<bool>,
    /// The first level that agreeing names bring about.
    pub follows_from: u8,
}

/// The records to link.
#[derive(Debug, Default)]
pub struct Records {
    /// Number of records.
    pub rows: usize,
    /// What they are compared by.
    pub fields: Vec<Field>,
    /// For each record a number; records of one number are never paired (two rows of one record id). Empty: all differ.
    pub record: Vec<u32>,
    /// For each record whether it is of the second of two tables that are held against each other; empty for one table.
    pub second: Vec<bool>,
    /// For each record its place in an order that does not depend on where the record stands in the file: ties go by it.
    /// Empty: the order of the file.
    pub order: Vec<u32>,
    /// For each record the number that it goes by in what linking finds; empty: its position. Pairs are read faster where
    /// records that are much alike stand together.
    pub from: Vec<u32>,
    /// Whether they are people even where no field names any: then what people have in common with others joins nobody.
    pub of_people: bool,
}

impl Records {
    /// Whether two records may be a pair as far as their tables go: where there are two, only one of each.
    fn can_meet(&self, one: u32, other: u32) -> bool {
        self.second.is_empty() || self.second[one as usize] != self.second[other as usize]
    }

    /// The number that a record goes by outside.
    fn outside(&self, row: u32) -> u32 {
        self.from.get(row as usize).copied().unwrap_or(row)
    }

    /// What decides between equals.
    fn place(&self, row: u32) -> (u32, u32) {
        (self.order.get(row as usize).copied().unwrap_or(0), self.outside(row))
    }
}

/// What linking found.
#[derive(Debug)]
pub struct Linkage {
    /// What was learned.
    pub parameters: Parameters,
    /// Clusters of two records or more, by their first record.
    pub clusters: Vec<Cluster>,
    /// Blocks that were too large to be compared in full.
    pub capped: Vec<Capped>,
    /// Pairs that were compared.
    pub compared: u64,
}

/// The least probability at which a pair is evidence by itself.
pub const SURE: f64 = 0.7;

/// Links records. Deterministic: depends neither on the number of threads nor on the order of hash maps.
#[must_use]
pub fn link(records: &Records) -> Linkage {
    let blocks = Blocks::of(records);
    let (model, edges) = edges(records, &blocks);
    let mut clusters = cluster::clusters(&model, &edges);
    clusters.sort_unstable_by_key(|cluster| cluster.members[0]);
    let mut capped = blocks.capped;
    capped.sort_by_key(|one| (Reverse(one.rows), one.field));
    Linkage { parameters: model.parameters, clusters, capped, compared: blocks.pairs.len() as u64 }
}

/// What linking two tables found.
#[derive(Debug)]
pub struct Crossing {
    /// For each record of the first table the record of the second that is the same person, if there is one; by first
    /// record.
    pub fits: Vec<(u32, Fit)>,
    /// Blocks that were too large to be compared in full.
    pub capped: Vec<Capped>,
}

/// Finds for each record of the first of two tables the record of the second that is the same person, if there is one.
#[must_use]
pub fn link_across(records: &Records) -> Crossing {
    let blocks = Blocks::of(records);
    let (model, edges) = edges(records, &blocks);
    let mut best: std::collections::BTreeMap<u32, Fit> = std::collections::BTreeMap::new();
    for (one, other, weight) in edges {
        let (one, other) = if records.second[one as usize] { (other, one) } else { (one, other) };
        // The strongest comes first.
        best.entry(one).or_insert_with(|| Fit {
            other: records.outside(other),
            confidence: weight::probability(weight),
            reasons: model.reasons(one, other),
        });
    }
    // What says the same fits the same.
    for (copy, head) in blocks.copies {
        if let Some(fit) = best.get(&head).cloned() {
            best.entry(copy).or_insert(fit);
        }
    }
    let mut capped = blocks.capped;
    capped.sort_by_key(|one| (Reverse(one.rows), one.field));
    let mut fits: Vec<(u32, Fit)> = best.into_iter().map(|(one, fit)| (records.outside(one), fit)).collect();
    fits.sort_unstable_by_key(|(one, _)| *one);
    Crossing { fits, capped }
}

/// What was learned, and the pairs that are evidence by themselves, strongest first, so that a record that fits two
/// clusters goes to the one that it fits best.
fn edges<'a>(records: &'a Records, blocks: &Blocks) -> (weight::Model<'a>, Vec<(u32, u32, f64)>) {
    let mut model = weight::Model::new(records);
    let mut candidates = model.candidates(&blocks.pairs);
    estimate::learn(&mut model, &mut candidates);
    let mut edges = model.weigh_likely(&mut candidates, SURE);
    let place = |(one, other, _): &(u32, u32, f64)| {
        let (one, other) = (records.place(*one), records.place(*other));
        (one.min(other), one.max(other))
    };
    edges.sort_unstable_by(|a, b| b.2.total_cmp(&a.2).then_with(|| place(a).cmp(&place(b))));
    let edges = either::without(&model, edges);
    (model, edges)
}

#[cfg(test)]
mod tests;
