//! Grain and lifecycle: one row per record, and only records that are there (RULES, "Before any rule").
//!
//! In: a [`Source`] as read. Out: the same source without rows that are no record of their own (older exports, repeats,
//! versions) or whose record is gone (deleted, archived, merged away), with what was left out counted and named. Rows
//! that are not in the frame stay known by their place, so that an export can be written back whole.

mod nature;
mod repeats;
mod without;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono_tz::Tz;
use polars::prelude::PolarsResult;
use rustc_hash::FxHashSet;

pub use nature::Grain;
pub(super) use nature::decide;
pub use without::without;

use super::boolean::{is_false, is_true};
use super::keys::KeyName;
use super::record_id;
use super::table::Table;
use super::text::{Text, is_blank, trimmed};
use crate::load::squeeze;
use crate::model::{Absence, Excluded, Gone, Kind, Role, Source, SystemField};

/// What is decided of the rows of one source.
struct Verdicts {
    of: Vec<Option<Absence>>,
    /// Headers that say it, by reason.
    columns: BTreeMap<Absence, BTreeSet<String>>,
}

impl Verdicts {
    /// Says that `row` is left out, unless it is already.
    fn leave_out(&mut self, row: u32, why: Absence) {
        self.of[row as usize].get_or_insert(why);
    }

    fn stands(&self, row: u32) -> bool {
        self.of[row as usize].is_none()
    }
}

/// The source without what is no record of its own or gone; the same one where there is nothing of that. `zone` is where
/// naive times are read in. Settling twice is settling once: rows that go may leave repeats that can now be told for what
/// they are, so it ends when no row goes any more.
pub fn settle(source: &Arc<Source>, zone: Option<Tz>) -> PolarsResult<Arc<Source>> {
    let mut settled = settle_once(source, zone)?;
    let mut height = source.height();
    while settled.height() < height {
        height = settled.height();
        settled = settle_once(&settled, zone)?;
    }
    Ok(settled)
}

fn settle_once(source: &Arc<Source>, zone: Option<Tz>) -> PolarsResult<Arc<Source>> {
    let table = Table::new(Arc::clone(source), 0, zone);
    let mut verdicts = Verdicts { of: vec![None; table.height()], columns: BTreeMap::new() };
    flags(&table, SystemField::Active, is_false, Absence::NotCurrent, &mut verdicts);
    let deleted = |column: usize| source.kind == Kind::Crm || squeeze(source.header(column)) == "fivetrandeleted";
    let groups = repeats::groups(&table, &verdicts);
    let records = decide(source, groups.rows(), groups.in_one_file()) == Grain::Records;
    if records {
        repeats::identical(&table, &groups, &mut verdicts);
        repeats::joined(&table, &groups, &mut verdicts);
        repeats::older(&table, &groups, &mut verdicts);
        merged_away(&table, &mut verdicts);
        flags_of(&table, SystemField::Deleted, deleted, is_true, Absence::Deleted, &mut verdicts);
        if source.kind == Kind::Crm {
            flags(&table, SystemField::Archived, is_true, Absence::Archived, &mut verdicts);
        }
    } else {
        let stamped = |column: usize| squeeze(source.header(column)) == "fivetrandeleted";
        flags_of(&table, SystemField::Deleted, stamped, is_true, Absence::Deleted, &mut verdicts);
    }
    let note = if records { repeats::nameless(&table) } else { None };
    let note = note.filter(|note| !source.notes.contains(note));
    let rows: Vec<u32> = (0..).zip(&verdicts.of).filter(|(_, why)| why.is_some()).map(|(row, _)| row).collect();
    if rows.is_empty() && note.is_none() {
        return Ok(Arc::clone(source));
    }
    let gone = if records { gone(&table, &verdicts) } else { Vec::new() };
    drop(table);
    let mut settled = if rows.is_empty() { Source::clone(source) } else { without(source, &rows)? };
    settled.notes.extend(note);
    count(&mut settled.excluded, &verdicts);
    settled.gone.extend(gone);
    settled.gone.sort_unstable();
    settled.gone.dedup_by(|a, b| a.id == b.id);
    Ok(Arc::new(settled))
}

fn count(excluded: &mut Vec<Excluded>, verdicts: &Verdicts) {
    for reason in Absence::ALL {
        let rows = verdicts.of.iter().filter(|why| **why == Some(reason)).count() as u64;
        if rows == 0 {
            continue;
        }
        let columns = verdicts.columns.get(&reason).into_iter().flatten().cloned();
        match excluded.iter_mut().find(|known| known.reason == reason) {
            Some(known) => {
                known.rows += rows;
                known.columns.extend(columns);
                known.columns.sort_unstable();
                known.columns.dedup();
            }
            None => excluded.push(Excluded { reason, rows, columns: columns.collect() }),
        }
    }
    excluded.sort_by_key(|one| one.reason);
}

/// Leaves out the rows in which a column of `field` says so.
fn flags(table: &Table, field: SystemField, says: fn(&str) -> bool, why: Absence, verdicts: &mut Verdicts) {
    flags_of(table, field, |_| true, says, why, verdicts);
}

fn flags_of(
    table: &Table,
    field: SystemField,
    counts: impl Fn(usize) -> bool,
    says: fn(&str) -> bool,
    why: Absence,
    verdicts: &mut Verdicts,
) {
    for column in columns_of(&table.source, field).filter(|column| counts(*column)) {
        let mut any = false;
        for row in saying(&table.text(column), says) {
            any |= verdicts.stands(row);
            verdicts.leave_out(row, why);
        }
        if any {
            verdicts.columns.entry(why).or_default().insert(table.source.header(column).to_owned());
        }
    }
}

/// Every column whose header means `field`: a warehouse adds a flag of its own to that of the CRM.
fn columns_of(source: &Source, field: SystemField) -> impl Iterator<Item = usize> + '_ {
    source.columns().filter(move |column| field.headers().contains(&squeeze(source.header(*column)).as_str()))
}

/// Rows whose cell says so. A flag has few values, so each is judged when it changes.
fn saying(text: &Text<'_>, says: fn(&str) -> bool) -> Vec<u32> {
    let mut last: Option<(&str, bool)> = None;
    let mut rows = Vec::new();
    for (row, cell) in (0..).zip(text.iter()) {
        let Some(cell) = cell else { continue };
        let said = match last {
            Some((same, said)) if same == cell => said,
            _ => says(cell),
        };
        last = Some((cell, said));
        if said {
            rows.push(row);
        }
    }
    rows
}

/// The id of the record that a cell says another was merged into: not blank, not zeros, and not the record itself.
fn master<'a>(cell: Option<&'a str>, own: Option<&str>) -> Option<std::borrow::Cow<'a, str>> {
    let cell = cell.filter(|cell| names_a_master(cell))?;
    record_id::canonical(cell).filter(|id| own.and_then(record_id::canonical).as_ref() != Some(id))
}

/// Whether a cell that names the record which another was merged into names one: zeros and words for no name none.
#[must_use]
pub fn names_a_master(cell: &str) -> bool {
    let id = trimmed(cell);
    // The empty id of Salesforce is fifteen zeros and its checksum.
    let digits = if id.len() == 18 { id.strip_suffix("AAA").unwrap_or(id) } else { id };
    !is_blank(Some(id))
        && !digits.bytes().all(|byte| byte == b'0')
        && !["null", "none", "n/a", "-", "false"].iter().any(|word| id.eq_ignore_ascii_case(word))
}

fn merged_away(table: &Table, verdicts: &mut Verdicts) {
    if table.source.kind != Kind::Crm {
        return;
    }
    let id = table.role(Role::Id).map(|column| table.text(column));
    for column in columns_of(&table.source, SystemField::MergedInto) {
        let mut any = false;
        for (row, cell) in (0..).zip(table.text(column).iter()) {
            if cell.is_some() && master(cell, id.as_ref().and_then(|id| id.get(row))).is_some() {
                any |= verdicts.stands(row);
                verdicts.leave_out(row, Absence::MergedAway);
            }
        }
        if any {
            verdicts.columns.entry(Absence::MergedAway).or_default().insert(table.source.header(column).to_owned());
        }
    }
}

/// The records of which no row stands.
fn gone(table: &Table, verdicts: &Verdicts) -> Vec<Gone> {
    let Some(column) = table.role(Role::Id) else { return Vec::new() };
    let text = table.text(column);
    let key = table.key(KeyName::RecordId);
    let standing: FxHashSet<u32> =
        key.row.iter().zip(&key.code).filter(|(row, _)| verdicts.stands(**row)).map(|(_, code)| *code).collect();
    let masters: Vec<Text<'_>> =
        columns_of(&table.source, SystemField::MergedInto).map(|column| table.text(column)).collect();
    let mut gone: BTreeMap<u32, Gone> = BTreeMap::new();
    for (row, code) in key.row.iter().zip(&key.code).filter(|(_, code)| !standing.contains(code)) {
        let Some(reason) = verdicts.of[*row as usize] else { continue };
        // What is only a repeat of a row that is gone says nothing of its own.
        if matches!(reason, Absence::OlderExport | Absence::Identical | Absence::JoinRepeat) {
            continue;
        }
        let Some(own) = text.get(*row) else { continue };
        let Some(id) = record_id::canonical(own) else { continue };
        let into = masters.iter().find_map(|master| self::master(master.get(*row), Some(own)));
        let one = Gone { id: id.into_owned(), reason, into: into.map(std::borrow::Cow::into_owned) };
        // That it was merged says most.
        let known = gone.entry(*code).or_insert_with(|| one.clone());
        if known.into.is_none() && one.into.is_some() {
            *known = one;
        }
    }
    gone.into_values().collect()
}
