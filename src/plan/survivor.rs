//! Survivorship, first half: which record of a cluster survives a merge.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::fields::{Field, Fields, is_empty};
use super::places::{cell, record_id, squeezed};
use super::proposals::{Cell, Chosen};
use super::references::Following;
use crate::config::options::{Options, SurvivorRecord};
use crate::model::{Role, Source, SystemField};
use crate::normalise::Table;
use crate::normalise::record_id::canonical as record_key;
use crate::normalise::system_users::SystemUsers;
use crate::normalise::text::is_blank;

/// What is known of one source when its records are merged.
pub(super) struct Ground<'a> {
    pub(super) table: &'a Table,
    pub(super) fields: &'a Fields,
    pub(super) config: &'a Options,
    /// Users whose changes are not people's.
    pub(super) system: &'a SystemUsers,
    /// Values that are mended before the merge looks at them.
    pub(super) mended: &'a BTreeMap<Cell, Chosen>,
    /// References that follow the merges before this one; `None` while it is not known yet who survives.
    pub(super) following: Option<&'a Following<'a>>,
}

/// One record of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) row: u32,
    pub(super) id: String,
    pub(super) created: Option<i64>,
    /// When a person changed it last; changes by system users do not count.
    pub(super) changed: Option<i64>,
    pub(super) customer: bool,
    pub(super) portal: bool,
    pub(super) external: bool,
    /// Business fields that are filled.
    pub(super) filled: usize,
}

impl<'a> Ground<'a> {
    pub(super) fn source(&self) -> &'a Source {
        &self.table.source
    }

    /// The cell as the merge sees it: mended, if a proposal for it goes in.
    pub(super) fn value(&self, column: usize, row: u32) -> Option<&'a str> {
        let at = (self.table.index, row, column);
        match self.mended.get(&at) {
            Some(chosen) => Some(&chosen.best.new),
            None => match self.following.and_then(|following| following.cell(at)) {
                Some(moved) => Some(moved),
                None => cell(&self.table.source, column, row),
            },
        }
    }

    /// The rule that mends the cell, if one does.
    pub(super) fn mended_by(&self, column: usize, row: u32) -> Option<&'static str> {
        self.mended.get(&(self.table.index, row, column)).map(|chosen| chosen.best.code)
    }

    /// The cell, unless it holds nothing that could survive.
    pub(super) fn filled(&self, column: usize, row: u32) -> Option<&'a str> {
        self.value(column, row).filter(|value| !is_empty(self.source().role_of(column), Some(value)))
    }

    pub(super) fn member(&self, row: u32) -> Member {
        let source = self.source();
        let time = |role| self.table.role(role).and_then(|column| self.table.times(column).get(row));
        let changed_by = source.system(SystemField::UpdatedBy).and_then(|column| cell(source, column, row));
        let by_system = changed_by.is_some_and(|by| self.system.holds(by));
        let any = |is: fn(&Field) -> bool| self.fields.columns(is).any(|column| self.is_set(column, row));
        Member {
            row,
            id: record_id(source, row).unwrap_or_default(),
            created: time(Role::CreatedAt),
            changed: if by_system { None } else { time(Role::UpdatedAt) },
            customer: self.fields.is_customer(source, row),
            portal: any(|field| *field == Field::Portal),
            external: any(|field| *field == Field::External),
            filled: self
                .fields
                .columns(Field::is_business)
                .filter(|column| !source.ignored.contains(column) && self.filled(*column, row).is_some())
                .count(),
        }
    }

    /// Whether a cell says something other than "no".
    fn is_set(&self, column: usize, row: u32) -> bool {
        self.filled(column, row).is_some_and(|cell| !crate::normalise::boolean::is_false(cell))
    }

    /// Why a cluster can be merged by nobody but a person; `None` when a script may.
    pub(super) fn forbids(&self, members: &[Member]) -> Option<String> {
        let source = self.source();
        for (is, what) in [
            ((|field: &Field| *field == Field::External) as fn(&Field) -> bool, "ids in another system"),
            (|field: &Field| *field == Field::Portal, "portal users"),
        ] {
            for column in self.fields.columns(is) {
                let mut values: Vec<Cow<'_, str>> = members
                    .iter()
                    .filter(|member| self.is_set(column, member.row))
                    .filter_map(|member| self.filled(column, member.row))
                    .filter_map(record_key)
                    .collect();
                let records = values.len();
                values.sort_unstable();
                values.dedup();
                if values.len() > 1 || records > 1 && what == "portal users" {
                    return Some(format!(
                        "{records} of the records have different {what} in {}",
                        source.header(column)
                    ));
                }
            }
        }
        let mut rows = members.iter().map(|member| member.row);
        rows.find_map(|row| mastered(source, self.config, row)).map(|why| format!("{why}: merge there first"))
    }

    /// The members, the survivor first, the others by how recent they are; and why this one survives.
    pub(super) fn survivor(&self, members: Vec<Member>) -> (Vec<Member>, String) {
        let configured = self.config.survivor.record.as_deref();
        let criteria = configured.unwrap_or(&[SurvivorRecord::MostComplete, SurvivorRecord::Oldest]);
        let mut members = members;
        members.sort_by(|a, b| outranking(a, b).then_with(|| by_criteria(a, b, criteria)).then_with(|| by_age(a, b)));
        let why = why(&members, criteria);
        if let Some((_, others)) = members.split_first_mut() {
            others.sort_by(by_recency);
        }
        (members, why)
    }
}

/// Why another system has to go first with the record in row `row`: it masters the records of the source, or a HubSpot
/// record names the Salesforce record that it is synced with. `None` where nothing speaks of a sync.
pub(super) fn mastered(source: &Source, config: &Options, row: u32) -> Option<String> {
    let synced = config.sources.get(&source.name).and_then(|options| options.synced_with.as_deref());
    if let Some(master) = synced.or(source.synced_with.as_deref()).filter(|of| !of.eq_ignore_ascii_case(&source.vendor))
    {
        return Some(format!("{} is synced with {master}", source.name));
    }
    let names = |column: &usize| {
        let header = squeezed(source.header(*column));
        (header.contains("salesforce") || header.contains("sfdc")) && header.contains("id")
    };
    let is_synced = source.vendor.eq_ignore_ascii_case("hubspot")
        && source.columns().filter(names).any(|column| !is_blank(cell(source, column, row)));
    is_synced.then(|| "the record is synced with Salesforce".to_owned())
}

/// Customers, portal users and synced records survive whatever the criteria say.
fn outranking(a: &Member, b: &Member) -> Ordering {
    (b.customer, b.portal, b.external).cmp(&(a.customer, a.portal, a.external))
}

fn by_criteria(a: &Member, b: &Member, criteria: &[SurvivorRecord]) -> Ordering {
    criteria
        .iter()
        .map(|criterion| by_criterion(a, b, *criterion))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn by_criterion(a: &Member, b: &Member, criterion: SurvivorRecord) -> Ordering {
    match criterion {
        SurvivorRecord::MostComplete => b.filled.cmp(&a.filled),
        SurvivorRecord::Oldest => oldest(a.created, b.created),
        SurvivorRecord::Newest => newest(a.created, b.created),
        SurvivorRecord::MostRecent => newest(a.changed, b.changed),
    }
}

/// Earlier first, unknown last.
fn oldest(a: Option<i64>, b: Option<i64>) -> Ordering {
    (a.is_none(), a).cmp(&(b.is_none(), b))
}

/// Later first, unknown last.
fn newest(a: Option<i64>, b: Option<i64>) -> Ordering {
    b.cmp(&a)
}

/// Oldest first; ties by the bytes of the record id.
pub(super) fn by_age(a: &Member, b: &Member) -> Ordering {
    oldest(a.created, b.created).then_with(|| a.id.cmp(&b.id))
}

/// Changed last first, then created last; ties by the bytes of the record id.
pub(super) fn by_recency(a: &Member, b: &Member) -> Ordering {
    newest(a.changed, b.changed).then_with(|| newest(a.created, b.created)).then_with(|| a.id.cmp(&b.id))
}

fn why(members: &[Member], criteria: &[SurvivorRecord]) -> String {
    let [first, others @ ..] = members else { return String::new() };
    let beats = |is: fn(&Member) -> bool| is(first) && others.iter().any(|other| !is(other));
    if beats(|member| member.customer) {
        return "a customer".to_owned();
    }
    if beats(|member| member.portal) {
        return "a portal user".to_owned();
    }
    if beats(|member| member.external) {
        return "known to another system".to_owned();
    }
    let Some(next) = others.first() else { return String::new() };
    for criterion in criteria {
        if by_criterion(first, next, *criterion).is_ne() {
            return match criterion {
                SurvivorRecord::MostComplete => {
                    format!("most complete: {} business fields, the next has {}", first.filled, next.filled)
                }
                SurvivorRecord::Oldest => "created first".to_owned(),
                SurvivorRecord::Newest => "created last".to_owned(),
                SurvivorRecord::MostRecent => "changed last".to_owned(),
            };
        }
    }
    if first.created == next.created { "lowest record id".to_owned() } else { "created first".to_owned() }
}
