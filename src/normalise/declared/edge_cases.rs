//! Edge cases of chats, and how many of the chats that are loaded exercise each.

use std::collections::BTreeSet;

use super::Known;
use crate::config::options::{Options, ProbeCase};
use crate::model::{Kind, Role};
use crate::normalise::boolean::is_true;
use crate::normalise::gate::{is_nobody, verdicts};
use crate::normalise::keys::KeyName;
use crate::normalise::table::Table;
use crate::normalise::text::is_blank;

/// Characters above which a text is long for most CRMs: the long text area of Salesforce holds 32,768.
const LONG: usize = 32_000;

/// How many chats exercise each edge case, and whether the exports can tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EdgeCases {
    /// Chats of people: no spam, bots or tests.
    pub chats: u64,
    /// The visitor was there before.
    pub repeat: Option<u64>,
    /// A text is longer than the field that it goes to, or than most CRMs hold.
    pub overlong: Option<u64>,
    /// The visitor left no name or no address.
    pub incomplete: Option<u64>,
    /// The chat was handed on.
    pub transfer: Option<u64>,
}

impl EdgeCases {
    /// How many chats exercise `case`; `None` where the exports lack the columns to tell.
    #[must_use]
    pub const fn of_case(&self, case: ProbeCase) -> Option<u64> {
        match case {
            ProbeCase::Plain => Some(self.chats),
            ProbeCase::Repeat => self.repeat,
            ProbeCase::Overlong => self.overlong,
            ProbeCase::Incomplete => self.incomplete,
            ProbeCase::Transfer => self.transfer,
        }
    }

    pub(super) fn of(known: Known<'_>, config: &Options) -> Self {
        let mut sum = Self::default();
        for table in known.tables.iter().filter(|table| table.source.kind == Kind::Chat) {
            let side = known.links.and_then(|links| links.side(table.index));
            let own = if side.is_none() { verdicts(table, &config.qualify) } else { Vec::new() };
            let verdicts = side.map_or(&own, |side| &side.verdicts);
            let people: Vec<u32> =
                (0..).zip(verdicts).filter(|(_, verdict)| verdict.is_person()).map(|(row, _)| row).collect();
            let mut add = |of: fn(&mut Self) -> &mut Option<u64>, rows: Option<Vec<bool>>| {
                if let Some(rows) = rows {
                    let count = people.iter().filter(|row| rows.get(**row as usize) == Some(&true)).count() as u64;
                    *of(&mut sum).get_or_insert(0) += count;
                }
            };
            add(|sum| &mut sum.repeat, repeats(table, side.map(|side| side.before.as_slice())));
            add(|sum| &mut sum.overlong, overlong(known, table));
            add(|sum| &mut sum.incomplete, incomplete(table));
            add(|sum| &mut sum.transfer, table.role(Role::Transferred).map(|column| table.map_cells(column, is_true)));
            sum.chats += people.len() as u64;
        }
        sum
    }
}

/// Chats of visitors who stand in the CRM already, or chatted more than once.
fn repeats(table: &Table, before: Option<&[Option<crate::normalise::links::At>]>) -> Option<Vec<bool>> {
    table.role(Role::Email)?;
    let mut rows = vec![false; table.height()];
    for (row, before) in rows.iter_mut().zip(before.unwrap_or_default()) {
        *row = before.is_some();
    }
    let key = table.key(KeyName::Email);
    for at in key.repeated() {
        rows[key.row[at] as usize] = true;
    }
    Some(rows)
}

/// Chats that lack a name or an address, of those that the export has.
fn incomplete(table: &Table) -> Option<Vec<bool>> {
    let mut rows: Option<Vec<bool>> = None;
    for role in [Role::Email, Role::Name] {
        let Some(column) = table.role(role) else { continue };
        let text = table.text(column);
        let lacking = text.iter().map(|cell| match role {
            Role::Name => cell.is_none_or(is_nobody),
            _ => is_blank(cell),
        });
        let rows = rows.get_or_insert_with(|| vec![false; table.height()]);
        for (row, lacks) in rows.iter_mut().zip(lacking) {
            *row |= lacks;
        }
    }
    rows
}

/// Chats with a text that its field cannot hold by its schema, or that is long for any CRM.
fn overlong(known: Known<'_>, table: &Table) -> Option<Vec<bool>> {
    let limit = |mapping: &crate::normalise::mapped::Mapping| {
        let (source, column) = mapping.to.place()?;
        known.tables[source].source.declared(column)?.length.map(|length| length as usize)
    };
    let mapped = known.mappings.iter().filter(|mapping| mapping.from.source == Some(table.index));
    let mut limits: Vec<(usize, usize)> =
        mapped.filter_map(|mapping| Some((mapping.from.column?, limit(mapping)?))).collect();
    let told: BTreeSet<usize> = limits.iter().map(|(column, _)| *column).collect();
    limits.extend(table.role(Role::Transcript).filter(|column| !told.contains(column)).map(|column| (column, LONG)));
    if limits.is_empty() {
        return None;
    }
    let mut rows = vec![false; table.height()];
    for (column, limit) in limits {
        let long = table.map_cells(column, |cell| cell.len() > limit && cell.chars().nth(limit).is_some());
        for (row, long) in rows.iter_mut().zip(long) {
            *row |= long;
        }
    }
    Some(rows)
}
