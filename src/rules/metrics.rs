//! The figures that go beside the findings: how full columns are, and who makes duplicates when. `docs/metrics.md`
//! defines each.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike};
use indexmap::IndexMap;
use polars::prelude::{DataType, IntoLazy, PolarsResult, SortMultipleOptions, col, df, len};

use super::check::{Check, Shared};
use super::mapping::figures;
use super::outcome::Checked;
use super::sync;
use crate::config::options::Options;
use crate::evidence::{CreatedBy, CreatedFrom, CreatedIn, CreatedInFrom, Creator, Duplicates, Gathered, Metrics};
use crate::model::{Role, SystemField};
use crate::normalise::keys::KeyName;
use crate::normalise::system_users::SystemUsers;
use crate::normalise::text::{Text, is_blank, trimmed};
use crate::normalise::{Facts, Table};
use crate::rules::duplicates::linked::Linkages;

/// Rules whose groups are copies of one record.
const COPIES: [&str; 2] = ["DUP001", "DUP002"];

/// The figures of a run. `ran` holds the codes of the rules that ran.
pub(super) fn metrics(
    checked: &[(&'static str, Checked)],
    tables: &[Table],
    facts: &Facts,
    gathered: &Gathered,
    ran: &[&'static str],
    config: &Options,
    shared: &Shared,
) -> PolarsResult<Metrics> {
    let name = |table: &Table, column: usize| format!("{}.{}", table.name(), table.source.header(column));
    let share = |table: &Table, column: usize| {
        let rows = table.height() as u64;
        (rows > 0).then(|| facts.of(table).columns.filled(column) as f64 / rows as f64)
    };
    let mut required_fill = IndexMap::new();
    for (_, one) in checked.iter().filter(|(code, _)| *code == "REQ001") {
        let (Some(table), Some(column)) = (tables.get(one.source), one.column) else { continue };
        if let Some(share) = share(table, column) {
            required_fill.insert(name(table, column), share);
        }
    }
    let mut fill = IndexMap::new();
    for table in tables {
        for column in table.source.columns() {
            if let Some(share) = share(table, column) {
                fill.insert(name(table, column), share);
            }
        }
    }
    let duplicates = ran.iter().any(|code| COPIES.contains(code)).then(|| duplicates(tables, gathered));
    let duplicates = duplicates.transpose()?;
    Ok(Metrics {
        required_fill,
        fill,
        duplicates,
        matching: Vec::new(),
        drift: Vec::new(),
        mapping: figures::mapping(tables, facts, config),
        probes: figures::probes(tables, facts, config),
        automations: figures::automations(tables, facts, config),
        links: facts.links.as_ref().map(|links| links.figures(tables)),
        sync: sync::figures(&Check {
            links_people: false,
            tables: tables.iter().collect(),
            all: tables,
            facts,
            config,
            linkages: &Linkages::new(tables.len()),
            shared,
        }),
        assignment: None,
    })
}

/// A record of a cluster: when it was created (those without a time last), its id, its row.
type Member<'a> = (bool, i64, &'a str, u32);

fn duplicates(tables: &[Table], gathered: &Gathered) -> PolarsResult<Duplicates> {
    let week = |(year, week): (i32, u32)| format!("{year}-W{week:02}");
    let (mut week_of, mut origin_of) = (Vec::new(), Vec::new());
    let mut weeks: BTreeMap<(i32, u32), u64> = BTreeMap::new();
    let mut creators: BTreeMap<Creator, u64> = BTreeMap::new();
    let mut origins: BTreeMap<Option<String>, u64> = BTreeMap::new();
    let mut sum = Duplicates::default();
    let mut makers: Vec<Option<Maker<'_>>> = tables.iter().map(|_| None).collect();
    for cluster in gathered.clusters(&COPIES) {
        let Some((source, _)) = cluster.first().copied() else { continue };
        let maker = makers[source].get_or_insert_with(|| Maker::of(&tables[source], tables));
        for (undated, at, _, row) in maker.copies(cluster.iter().map(|(_, row)| *row)) {
            sum.created += 1;
            let origin = maker.origin(row);
            match (!undated).then(|| DateTime::from_timestamp_micros(at)).flatten() {
                Some(at) => {
                    let of = (at.iso_week().year(), at.iso_week().week());
                    *weeks.entry(of).or_default() += 1;
                    week_of.push(week(of));
                    origin_of.push(origin.clone());
                }
                None => sum.undated += 1,
            }
            *creators.entry(maker.creator(row)).or_default() += 1;
            *origins.entry(origin).or_default() += 1;
        }
    }
    sum.per_week = weeks.into_iter().map(|(of, count)| CreatedIn { week: week(of), count }).collect();
    sum.by_creator = creators.into_iter().map(|(creator, count)| CreatedBy { creator, count }).collect();
    sum.by_creator.sort_by_key(|one| std::cmp::Reverse(one.count));
    sum.by_source = origins.into_iter().map(|(source, count)| CreatedFrom { source, count }).collect();
    sum.by_source.sort_by(|a, b| {
        b.count.cmp(&a.count).then_with(|| (a.source.is_none(), &a.source).cmp(&(b.source.is_none(), &b.source)))
    });
    sum.per_week_and_source = crossed(week_of, origin_of)?;
    Ok(sum)
}

/// Duplicates by week and origin, of which each has one here.
fn crossed(weeks: Vec<String>, origins: Vec<Option<String>>) -> PolarsResult<Vec<CreatedInFrom>> {
    let counts = df!("week" => weeks, "source" => origins)?
        .lazy()
        .group_by([col("week"), col("source")])
        .agg([len().cast(DataType::UInt64).alias("count")])
        .sort(["week", "source"], SortMultipleOptions::default().with_nulls_last(true))
        .collect()?;
    let (weeks, origins) = (counts.column("week")?.str()?, counts.column("source")?.str()?);
    let rows = weeks.iter().zip(origins.iter()).zip(counts.column("count")?.u64()?.iter());
    let row = |((week, source), count): ((Option<&str>, Option<&str>), Option<u64>)| CreatedInFrom {
        week: week.unwrap_or_default().to_owned(),
        source: source.map(str::to_owned),
        count: count.unwrap_or_default(),
    };
    Ok(rows.map(row).collect())
}

/// What a table tells of who made its records, and when.
struct Maker<'a> {
    table: &'a Table,
    ids: BTreeMap<u32, u32>,
    id: Option<Text<'a>>,
    created: Option<usize>,
    by: Option<Text<'a>>,
    origin: Option<Text<'a>>,
    system: SystemUsers,
}

impl<'a> Maker<'a> {
    fn of(table: &'a Table, tables: &[Table]) -> Self {
        let key = table.key(KeyName::RecordId);
        Self {
            table,
            ids: key.repeated().map(|at| (key.row[at], key.code[at])).collect(),
            id: table.role(Role::Id).map(|column| table.text(column)),
            created: table.role(Role::CreatedAt),
            by: table.source.system(SystemField::CreatedBy).map(|column| table.text(column)),
            origin: table.role(Role::Source).map(|column| table.text(column)),
            system: SystemUsers::of(&table.source, tables.iter().map(|table| &*table.source)),
        }
    }

    /// The records of a cluster but the one created first; of equals, the lowest id is first.
    fn copies(&self, rows: impl Iterator<Item = u32>) -> Vec<Member<'a>> {
        let mut members: Vec<Member<'a>> = rows
            .map(|row| {
                let at = self.created.and_then(|column| self.table.times(column).get(row));
                let id = self.id.as_ref().and_then(|id| id.get(row)).map_or("", trimmed);
                (at.is_none(), at.unwrap_or_default(), id, row)
            })
            .collect();
        members.sort_unstable();
        // A record on several rows is one record.
        let mut seen = BTreeSet::new();
        members.retain(|(.., row)| self.ids.get(row).is_none_or(|code| seen.insert(*code)));
        members.split_off(members.len().min(1))
    }

    fn creator(&self, row: u32) -> Creator {
        match self.by.as_ref().and_then(|by| by.get(row)).filter(|by| !is_blank(Some(by))) {
            None => Creator::Unknown,
            Some(by) if self.system.holds(by) => Creator::System,
            Some(by) => Creator::Person(trimmed(by).to_owned()),
        }
    }

    fn origin(&self, row: u32) -> Option<String> {
        let cell = self.origin.as_ref()?.get(row).filter(|cell| !is_blank(Some(cell)))?;
        Some(trimmed(cell).to_owned())
    }
}
