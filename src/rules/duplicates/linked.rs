//! Who is who: the people of each table, linked once and shared by the rules that ask.

use petgraph::unionfind::UnionFind;
use polars::prelude::DataFrame;
use rustc_hash::FxHashMap;

use super::near_address::Near;
use super::{cluster, compared, misspelt_email, near_address};
use crate::config::Options;
use crate::evidence::{CappedBlocks, MatchField, MatchLevel, Matching};
use crate::matching::records::{self, Linkage};
use crate::model::Role;
use crate::normalise::Table;
use crate::normalise::function_mailbox::is_function;
use crate::normalise::once::Once;
use crate::rules::chats::repeat_visitor;
use crate::rules::check::Check;

/// The linkages of the tables of one run, each made when it is first asked for.
#[derive(Debug, Default)]
pub struct Linkages {
    of_table: Vec<Once<Result<Linked, String>>>,
    /// The pairs that DUP003 reports, by table.
    near: Vec<Once<Vec<Near>>>,
}

/// The records of one table, linked.
#[derive(Debug)]
pub struct Linked {
    /// Clusters and parameters; rows are those of the table without converted leads.
    pub linkage: Linkage,
    /// Names of the compared fields.
    pub fields: Vec<String>,
    /// Names of the levels of each.
    pub levels: Vec<Vec<&'static str>>,
    /// Records that had two fields or more to compare by.
    pub comparable: u64,
}

impl Linkages {
    /// Room for the tables of a run.
    #[must_use]
    pub fn new(tables: usize) -> Self {
        Self {
            of_table: (0..tables).map(|_| Once::default()).collect(),
            near: (0..tables).map(|_| Once::default()).collect(),
        }
    }

    /// The linkage of `table`, which is [`Table::open`] of one of the run's; why there is none, if it has too little to
    /// compare by.
    pub(super) fn of(&self, table: &Table, config: &Options) -> Result<&Linked, &String> {
        self.of_table[table.index].get_or_init(|| link(table, config)).as_ref()
    }

    /// The pairs of `table`, which is as above, that are an address and a slip of it; `find` finds them.
    pub(super) fn near(&self, table: &Table, find: impl FnOnce() -> Vec<Near>) -> &[Near] {
        self.near[table.index].get_or_init(find)
    }
}

impl Linkages {
    /// What was learned, for every table that was linked.
    pub(in crate::rules) fn figures(&self, tables: &[Table]) -> Vec<Matching> {
        let linked = tables.iter().zip(&self.of_table);
        linked.filter_map(|(table, linked)| Some(linked.get()?.as_ref().ok()?.figures(table))).collect()
    }
}

impl Linked {
    fn figures(&self, table: &Table) -> Matching {
        let parameters = &self.linkage.parameters;
        let levels = |at: usize| -> Vec<MatchLevel> {
            let learned = &parameters.fields[at];
            let numbers = learned.m.iter().zip(&learned.u).zip(&learned.weight);
            let levels = numbers.zip(&self.levels[at]);
            levels.map(|(((m, u), weight), level)| MatchLevel { level, m: *m, u: *u, weight: *weight }).collect()
        };
        let field = |at: usize| self.fields[at].clone();
        Matching {
            source: table.name().to_owned(),
            records: table.open().height() as u64,
            compared: self.linkage.compared,
            prior: parameters.prior,
            fields: (0..self.fields.len()).map(|at| MatchField { field: field(at), levels: levels(at) }).collect(),
            capped: self
                .linkage
                .capped
                .iter()
                .map(|one| CappedBlocks { field: field(one.field), blocks: one.blocks, records: one.rows })
                .collect(),
        }
    }
}

fn link(table: &Table, config: &Options) -> Result<Linked, String> {
    let records = compared::records(table, config)?;
    let filled = |row: usize| records.fields.iter().filter(|field| field.codes[row] != records::NONE).count();
    let comparable = (0..records.rows).filter(|row| filled(*row) > 1).count() as u64;
    let fields = records.fields.iter().map(|field| field.name.clone()).collect();
    let levels =
        records.fields.iter().map(|field| field.comparison.levels().iter().map(|level| level.name).collect()).collect();
    Ok(Linked { linkage: records::link(&records), fields, levels, comparable })
}

/// For each row of a table the number of its person; `None` where it is alone.
pub(in crate::rules) type Numbers = Vec<Option<u32>>;

/// Who the rows of a table are.
pub(in crate::rules) struct People {
    /// By addresses, mailboxes and clusters of probable duplicates together.
    pub(in crate::rules) all: Numbers,
    /// By addresses and mailboxes, without clusters.
    pub(in crate::rules) mailboxes: Numbers,
    /// By addresses alone.
    pub(in crate::rules) addresses: Numbers,
    /// How sure it is that a row belongs to its cluster of probable duplicates; 1 for rows that are in none.
    pub(in crate::rules) sure: Vec<f64>,
}

/// Who the rows of `table` are, which is [`Table::open`] of one of the run's. An office's mailbox makes nobody one.
pub(in crate::rules) fn people(table: &Table, cx: &Check<'_>) -> anyhow::Result<People> {
    let mut by_address = UnionFind::<u32>::new(table.height());
    if table.role(Role::Email).is_some() {
        join(&mut by_address, &cluster::by_address(table, cluster::shared_above(cx.config))?)?;
    }
    let mut by_all = UnionFind::<u32>::new(table.height());
    if table.role(Role::Email).is_some() {
        let limit = cluster::shared_above(cx.config);
        for members in [cluster::by_address(table, limit)?, cluster::by_mailbox(table, limit)?] {
            join_but(&mut by_all, &members, is_function)?;
        }
    }
    let mailboxes = shared(by_all.clone());
    let mut sure = vec![1.0; table.height()];
    if cx.links_people
        && let Ok(linked) = cx.linkages.of(table, cx.config)
    {
        for cluster in &linked.linkage.clusters {
            cluster.members.windows(2).for_each(|pair| {
                by_all.union(pair[0], pair[1]);
            });
            cluster.members.iter().zip(&cluster.fits).for_each(|(row, fit)| sure[*row as usize] = fit.confidence);
        }
    }
    Ok(People { all: shared(by_all), mailboxes, addresses: shared(by_address), sure })
}

fn shared(found: UnionFind<u32>) -> Numbers {
    let labels = found.into_labeling();
    let mut count: Vec<u32> = vec![0; labels.len()];
    for label in &labels {
        count[*label as usize] += 1;
    }
    labels.into_iter().map(|label| (count[label as usize] > 1).then_some(label)).collect()
}

fn join(joined: &mut UnionFind<u32>, members: &DataFrame) -> anyhow::Result<()> {
    join_but(joined, members, |_| false)
}

/// Joins rows that share a key, unless the address in it is `left_out`.
fn join_but(joined: &mut UnionFind<u32>, members: &DataFrame, left_out: fn(&str) -> bool) -> anyhow::Result<()> {
    let (at, keys) = (members.column("at")?.u32()?, members.column("key")?.str()?);
    let mut first: FxHashMap<&str, u32> = FxHashMap::default();
    for (row, key) in at.iter().zip(keys.iter()) {
        if let Some((row, key)) = row.zip(key).filter(|(_, key)| !left_out(key)) {
            joined.union(*first.entry(key).or_insert(row), row);
        }
    }
    Ok(())
}

/// A number for each row of `table`, the same for rows that rules before DUP004 already report together.
pub(super) fn reported(table: &Table, cx: &Check<'_>) -> anyhow::Result<Vec<u32>> {
    let mut joined = UnionFind::<u32>::new(table.height());
    if table.role(Role::Email).is_some() {
        let limit = cluster::shared_above(cx.config);
        join(&mut joined, &cluster::by_address(table, limit)?)?;
        join(&mut joined, &cluster::by_mailbox(table, limit)?)?;
        for members in near_address::clusters(table, misspelt_email::reported(table, cx)) {
            let members: Vec<u32> = members.into_iter().collect();
            members.windows(2).for_each(|pair| {
                joined.union(pair[0], pair[1]);
            });
        }
    }
    for (one, other) in repeat_visitor::reported(table, cx) {
        if let Some((one, other)) = table.part_row(one).zip(table.part_row(other)) {
            joined.union(one, other);
        }
    }
    Ok(joined.into_labeling())
}
