//! Rows that repeat a record: the same row again, a row per campaign of a report, an older export.

use std::hash::{BuildHasher, Hash, Hasher};

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::Verdicts;
use crate::model::{Absence, Kind, Role};
use crate::normalise::keys::KeyName;
use crate::normalise::record_id;
use crate::normalise::table::Table;
use crate::normalise::text::{Text, is_blank};
use crate::normalise::timestamp::Times;

/// Ids that must repeat before repeats are taken for those of a report's join.
const JOINED: usize = 3;

/// Rows that share an id with another one, sorted by id, file and row.
pub(super) struct Groups {
    rows: usize,
    /// Code of the id, file, row.
    of: Vec<(u32, u32, u32)>,
}

/// The rows that stand and share an id.
pub(super) fn groups(table: &Table, verdicts: &Verdicts) -> Groups {
    let rows = verdicts.of.iter().filter(|why| why.is_none()).count();
    if !may_repeat(table) {
        return Groups { rows, of: Vec::new() };
    }
    let key = table.key(KeyName::RecordId);
    let mut of: Vec<(u32, u32, u32)> = key
        .repeated()
        .filter(|at| verdicts.stands(key.row[*at]))
        .map(|at| (key.code[at], table.source.file_of(key.row[at]) as u32, key.row[at]))
        .collect();
    of.sort_unstable();
    Groups { rows, of }
}

/// Whether two rows may share an id: cheaper to see from sorted hashes than from the key, which rules build later and
/// which most exports need for nothing here.
fn may_repeat(table: &Table) -> bool {
    let Some(column) = table.role(Role::Id) else { return false };
    let parts = table.text(column).par_parts(|_, cells| {
        cells.flatten().filter_map(record_id::canonical).map(|id| FxBuildHasher.hash_one(&*id)).collect::<Vec<u64>>()
    });
    let mut hashes = parts.concat();
    hashes.par_sort_unstable();
    hashes.windows(2).any(|pair| pair[0] == pair[1])
}

impl Groups {
    /// Rows that stand, whether or not they share an id.
    pub(super) const fn rows(&self) -> usize {
        self.rows
    }

    /// Rows whose id stands on another row of the same file.
    pub(super) fn in_one_file(&self) -> usize {
        self.within_files().map(<[_]>::len).sum()
    }

    /// The rows of one id in one file, where there are several.
    fn within_files(&self) -> impl Iterator<Item = &[(u32, u32, u32)]> {
        self.of.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|rows| rows.len() > 1)
    }

    /// The rows of one id, where it stands in several files.
    fn across_files(&self) -> impl Iterator<Item = &[(u32, u32, u32)]> {
        self.of.chunk_by(|a, b| a.0 == b.0).filter(|rows| rows.first().map(|r| r.1) != rows.last().map(|r| r.1))
    }
}

/// Leaves out rows that stand before in the same file, cell by cell.
pub(super) fn identical(table: &Table, groups: &Groups, verdicts: &mut Verdicts) {
    let mut columns: Option<Vec<Text<'_>>> = None;
    for rows in groups.within_files() {
        let columns = columns.get_or_insert_with(|| (0..table.width()).map(|c| table.text(c)).collect());
        // By hash, so that one id on very many rows takes no longer than as many ids.
        let mut seen: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
        for (_, _, row) in rows {
            let mut hasher = FxBuildHasher.build_hasher();
            for text in columns.iter() {
                text.get(*row).hash(&mut hasher);
            }
            let alike = seen.entry(hasher.finish()).or_default();
            if alike.iter().any(|other| columns.iter().all(|text| text.get(*row) == text.get(*other))) {
                verdicts.leave_out(*row, Absence::Identical);
            } else {
                alike.push(*row);
            }
        }
    }
}

/// Leaves out all but the first row of each record in files that hold a row for each thing a report joins to it: what
/// has a meaning agrees on all rows of a record, and something else differs on each of them.
pub(super) fn joined(table: &Table, groups: &Groups, verdicts: &mut Verdicts) {
    let mut by_file: FxHashMap<u32, Vec<Vec<u32>>> = FxHashMap::default();
    for rows in groups.within_files() {
        let standing: Vec<u32> = rows.iter().map(|(_, _, row)| *row).filter(|row| verdicts.stands(*row)).collect();
        if standing.len() > 1 {
            by_file.entry(rows[0].1).or_default().push(standing);
        }
    }
    let mut files: Vec<(u32, Vec<Vec<u32>>)> = by_file.into_iter().collect();
    files.sort_unstable();
    for (_, records) in files.into_iter().filter(|(_, records)| records.len() >= JOINED) {
        let Some(columns) = joining(table, &records) else { continue };
        let headers = columns.into_iter().map(|column| table.source.header(column).to_owned());
        verdicts.columns.entry(Absence::JoinRepeat).or_default().extend(headers);
        for row in records.iter().flat_map(|rows| &rows[1..]) {
            verdicts.leave_out(*row, Absence::JoinRepeat);
        }
    }
}

/// The columns that differ on each row of every record, if the rows are those of a join.
fn joining(table: &Table, records: &[Vec<u32>]) -> Option<Vec<usize>> {
    let source = &table.source;
    let mut joining = Vec::new();
    for column in source.columns() {
        let text = table.text(column);
        match source.role_of(column) {
            Some(Role::Id) => {}
            Some(_) => {
                let agree = |rows: &Vec<u32>| rows.iter().all(|row| text.get(*row) == text.get(rows[0]));
                if !records.iter().all(agree) {
                    return None;
                }
            }
            None => {
                let differ = |rows: &Vec<u32>| {
                    let mut seen: FxHashSet<&str> = FxHashSet::default();
                    rows.iter().all(|row| text.get(*row).is_some_and(|cell| !is_blank(Some(cell)) && seen.insert(cell)))
                };
                if records.iter().all(differ) {
                    joining.push(column);
                }
            }
        }
    }
    (!joining.is_empty()).then_some(joining)
}

/// Leaves out rows of records that a newer export holds too: the file with the newest row of the record counts, and of
/// files that are equally new, or say nothing of it, the last.
pub(super) fn older(table: &Table, groups: &Groups, verdicts: &mut Verdicts) {
    let mut across = groups.across_files().peekable();
    if across.peek().is_none() {
        return;
    }
    let changed = table.role(Role::UpdatedAt).map(|column| table.times(column));
    let at = |row: u32| changed.and_then(|times| times.get(row)).unwrap_or(Times::MISSING);
    for rows in across {
        let newest = rows.iter().filter(|r| verdicts.stands(r.2)).map(|(_, file, row)| (at(*row), *file)).max();
        let Some((_, newest)) = newest else { continue };
        for (_, _, row) in rows.iter().filter(|(_, file, _)| *file != newest) {
            verdicts.leave_out(*row, Absence::OlderExport);
        }
    }
}

/// Rows that repeat another before they are worth a note: so many, and one in so many.
const NAMELESS: (usize, usize) = (20, 20);

/// What is to be said of records without ids that stand on several rows, cell by cell. They may be real, so they stay.
pub(super) fn nameless(table: &Table) -> Option<String> {
    let source = &table.source;
    if source.kind != Kind::Crm || source.role(Role::Id).is_some() || table.height() < NAMELESS.0 {
        return None;
    }
    let mut hashes = vec![0_u64; table.height()];
    for column in 0..table.width() {
        for (hash, cell) in hashes.iter_mut().zip(table.text(column).iter()) {
            *hash = FxBuildHasher.hash_one((*hash, cell));
        }
    }
    hashes.sort_unstable();
    let repeats = hashes.chunk_by(|a, b| a == b).map(|same| same.len() - 1).sum::<usize>();
    (repeats >= NAMELESS.0 && repeats * NAMELESS.1 >= table.height()).then(|| {
        format!(
            "{repeats} rows repeat another one cell by cell; without an id nobody can tell whether they are records of \
             their own, so all are audited"
        )
    })
}
