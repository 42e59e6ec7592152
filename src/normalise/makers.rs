//! Who makes records: the owner of each, who created it, and the import that it came with.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::precision::Precision;
use super::table::Table;
use crate::model::{Role, SystemField};

/// Headers of the import that a record came with, in lower-case letters and digits only.
const BATCHES: [&str; 12] = [
    "importbatch",
    "importbatchc",
    "importbatchid",
    "importbatchidc",
    "importid",
    "importidc",
    "importname",
    "importfile",
    "batchid",
    "batchidc",
    "hsobjectsourcedetail1",
    "recordsourcedetail1",
];

/// Who made a record. `None` where the export does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Maker {
    /// Who owns it; of a chat, who answered it.
    pub owner: Option<String>,
    /// Who created it.
    pub creator: Option<String>,
    /// The import that it came with.
    pub batch: Option<Batch>,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Batch {
    /// As a column names it.
    Named(String),
    /// Taken for one: records that one creator made in one second. Both as the export writes them, the time in UTC.
    Second {
        /// Seconds since 1970.
        at: i64,
        /// Who created them, if the export says so.
        by: Option<String>,
    },
}

/// What an export says of its makers.
#[derive(Debug, Default)]
pub struct Makers {
    /// By record id.
    pub by_id: FxHashMap<String, Maker>,
    /// The column of owners.
    pub owner: Option<String>,
    /// The column of creators.
    pub creator: Option<String>,
    /// What imports are known by, in words.
    pub batch: Option<String>,
}

fn folded(header: &str) -> String {
    header.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Who made each record of a table that has an id. Of a record on several rows the first counts.
#[must_use]
pub fn makers(table: &Table) -> Makers {
    let source = &table.source;
    let mut found = Makers::default();
    let Some(id) = table.role(Role::Id).or_else(|| table.role(Role::ChatId)) else { return found };
    let owner = table.role(Role::Owner).or_else(|| table.role(Role::Agent));
    let creator = source.system(SystemField::CreatedBy);
    let batch = source.columns().find(|column| BATCHES.contains(&folded(source.header(*column)).as_str()));
    let created = table
        .role(Role::CreatedAt)
        .filter(|column| batch.is_none() && Precision::of(table.times(*column)) == Precision::Seconds);
    let header = |column: Option<usize>| column.map(|column| source.header(column).to_owned());
    (found.owner, found.creator) = (header(owner), header(creator));
    found.batch = batch.map_or_else(
        || created.map(|column| format!("records that one creator made in one second, by `{}`", source.header(column))),
        |column| Some(format!("column `{}`", source.header(column))),
    );
    let text = |column: Option<usize>| column.map(|column| table.text(column));
    let (id, owner, creator, batch) = (table.text(id), text(owner), text(creator), text(batch));
    let filled = |cell: Option<&str>| cell.map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned);
    let second = |row: u32| {
        let at = created.and_then(|column| table.times(column).get(row))?;
        Some((at.div_euclid(1_000_000), filled(creator.as_ref().and_then(|text| text.get(row)))))
    };
    let rows = 0..table.height() as u32;
    let mut seconds: BTreeMap<(i64, Option<String>), u64> = BTreeMap::new();
    rows.clone().filter_map(second).for_each(|key| *seconds.entry(key).or_default() += 1);
    for row in rows {
        let Some(id) = filled(id.get(row)) else { continue };
        let named = filled(batch.as_ref().and_then(|text| text.get(row))).map(Batch::Named);
        let joint = || {
            let key = second(row)?;
            // One record alone is no import.
            (seconds.get(&key).copied().unwrap_or(0) > 1).then_some(Batch::Second { at: key.0, by: key.1 })
        };
        let maker = Maker {
            owner: filled(owner.as_ref().and_then(|text| text.get(row))),
            creator: filled(creator.as_ref().and_then(|text| text.get(row))),
            batch: named.or_else(joint),
        };
        found.by_id.entry(id).or_insert(maker);
    }
    found
}
