//! Owners of the records of a table: who they are, what they are, and who would change.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::replay::{Replay, Replayed};
use crate::config::options::Options;
use crate::model::Role;
use crate::normalise::system_users::SystemUsers;
use crate::normalise::text::{is_blank, trimmed};
use crate::normalise::users::{Form, Same, Users, Who, is_queue};
use crate::normalise::{Facts, Table};
use crate::rules::open_record;

/// What owns a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// Nobody.
    Nobody,
    /// A queue.
    Queue,
    /// The default owner of the config.
    Default,
    /// A system user, such as the integration.
    System,
    /// Somebody.
    Person,
}

/// The owners of one table, each once, and whose each row is.
#[derive(Debug)]
pub struct Owners<'t> {
    /// Position of the column.
    pub column: usize,
    /// Distinct owners as written, in an order of no meaning.
    pub values: Vec<&'t str>,
    /// What each of them is.
    pub holders: Vec<Holder>,
    /// How many rows each of them owns.
    pub counts: Vec<u64>,
    of_row: Vec<u32>,
    /// The owners of the whole source, and how many records each has.
    whole: &'t [(String, u64)],
}

const NOBODY: u32 = u32::MAX;

impl<'t> Owners<'t> {
    /// The owners of `table`; `None` without such a column.
    pub fn of(table: &'t Table, facts: &'t Facts, config: &Options) -> Option<Self> {
        let column = table.role(Role::Owner)?;
        let mut known: FxHashMap<&'t str, u32> = FxHashMap::default();
        let mut values: Vec<&'t str> = Vec::new();
        let mut counts: Vec<u64> = Vec::new();
        let mut last: Option<(&'t str, u32)> = None;
        let text = table.text(column);
        let of_row = text
            .iter()
            .map(|cell| {
                let Some(cell) = cell else { return NOBODY };
                let at = match last {
                    Some((value, at)) if value == cell => at,
                    _ if is_blank(Some(cell)) => return NOBODY,
                    _ => *known.entry(cell).or_insert_with(|| {
                        values.push(cell);
                        counts.push(0);
                        values.len() as u32 - 1
                    }),
                };
                last = Some((cell, at));
                counts[at as usize] += 1;
                at
            })
            .collect();
        let system = &facts.of(table).system_users;
        let default = config.assign.default_owner.as_deref();
        let holder = |owner: &&str| match owner {
            owner if is_queue(owner) => Holder::Queue,
            owner if default.is_some_and(|default| facts.users.compare(owner, default) == Same::Yes) => Holder::Default,
            owner if system.holds(owner) => Holder::System,
            _ => Holder::Person,
        };
        let holders = values.iter().map(holder).collect();
        Some(Self { column, values, holders, counts, of_row, whole: facts.of(table).owners() })
    }

    /// Position of the owner of a row in `values`; `None` for nobody.
    #[must_use]
    pub fn at(&self, row: u32) -> Option<usize> {
        self.of_row.get(row as usize).filter(|at| **at != NOBODY).map(|at| *at as usize)
    }

    /// What owns a row.
    #[must_use]
    pub fn holder(&self, row: u32) -> Holder {
        self.at(row).map_or(Holder::Nobody, |at| self.holders[at])
    }

    /// What most cells name their owner by, queues aside.
    #[must_use]
    pub fn form(&self) -> Option<Form> {
        let mut counts: BTreeMap<Form, u64> = BTreeMap::new();
        for (value, count) in self.whole.iter().filter(|(value, _)| !is_queue(value)) {
            *counts.entry(Form::of(value)).or_default() += count;
        }
        counts.into_iter().max_by_key(|(form, count)| (*count, std::cmp::Reverse(*form))).map(|(form, _)| form)
    }

    /// How the column would write the owner `wanted`: as it does elsewhere, else as the users are called in the same
    /// form. `None` where that is not known.
    #[must_use]
    pub fn spelled(&self, wanted: &str, users: &Users) -> Option<String> {
        let held = self.whole.iter().filter(|(value, _)| users.compare(value, wanted) == Same::Yes);
        if let Some((value, _)) = held.max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0))) {
            return Some(trimmed(value).to_owned());
        }
        let form = self.form().unwrap_or_else(|| Form::of(wanted));
        if Form::of(wanted) == form {
            return Some(trimmed(wanted).to_owned());
        }
        let Who::One(at) = users.find(wanted) else { return None };
        let labels = users.user(at).into_iter().flat_map(|user| &user.labels);
        labels.filter(|(of, _)| *of == form).map(|(_, text)| text.clone()).next()
    }
}

/// Tells people from queues, systems and the default owner, in a history of owners as in the table itself.
pub struct Person<'a> {
    facts: &'a Facts,
    system: &'a SystemUsers,
    default: Option<&'a str>,
}

impl<'a> Person<'a> {
    /// For the records of `table`.
    pub fn of(table: &Table, facts: &'a Facts, config: &'a Options) -> Self {
        Self { facts, system: &facts.of(table).system_users, default: config.assign.default_owner.as_deref() }
    }

    /// Whether an owner is somebody.
    #[must_use]
    pub fn is(&self, owner: &str) -> bool {
        let is_default = || self.default.is_some_and(|default| self.facts.users.compare(owner, default) == Same::Yes);
        !(is_queue(owner) || is_default() || self.system.holds(owner))
    }
}

impl Owners<'_> {
    /// Whether `wanted` can be an owner of this column: a queue, a known user, or somebody who owns something here. A name
    /// that no export of users knows is a slip of the config.
    #[must_use]
    pub fn can_be(&self, wanted: &str, users: &Users) -> bool {
        is_queue(wanted)
            || users.find(wanted) != Who::Unknown
            || !users.has(Form::of(wanted))
            || self.whole.iter().any(|(value, _)| users.compare(value, wanted) == Same::Yes)
    }

    /// The owner `wanted` as the column would write it, for a record that `held` has; `None` where that is not known, or
    /// would change nothing.
    #[must_use]
    pub fn proposed(&self, wanted: &str, held: Option<&str>, users: &Users) -> Option<String> {
        let stays = held.is_some_and(|held| users.compare(held, wanted) != Same::No);
        if stays || !self.can_be(wanted, users) { None } else { self.spelled(wanted, users) }
    }
}

/// A record whose owner is not the one whom the rules name.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// The row.
    pub row: u32,
    /// The rule that names another.
    pub rule: usize,
}

/// The open records of one table, held against the rules.
#[derive(Debug, Default)]
pub struct Compared {
    /// Those that would change.
    pub changes: Vec<Change>,
    /// Those whose owner could be compared, by what owns them.
    pub told: u64,
    /// Those of a person among them.
    pub told_people: u64,
    /// Open records by rule whose owner cannot be compared with the one whom the rule names.
    pub untold: BTreeMap<usize, u64>,
}

/// Whether each row of `table` is open.
pub fn open_rows(table: &Table) -> impl Fn(u32) -> bool + use<> {
    let over = open_record::over(table);
    move |row| over.as_ref().is_none_or(|over| !over.get(row as usize).copied().unwrap_or(false))
}

/// Holds the owners of the open rows of `table` against the rules; with `pilots`, as if those were live, and only rows
/// that a pilot would take.
#[must_use]
pub fn compare(
    table: &Table,
    of: &Replayed,
    replay: &Replay,
    owners: &Owners<'_>,
    users: &Users,
    pilots: bool,
) -> Compared {
    let mut compared = Compared::default();
    let is_open = open_rows(table);
    let mut known: FxHashMap<(usize, usize), Same> = FxHashMap::default();
    let mut can_be: FxHashMap<usize, bool> = FxHashMap::default();
    for (row, pattern) in of.rows().filter(|(row, _)| is_open(*row)) {
        let first = if pilots {
            pattern.first_with_pilots().filter(|first| replay.rules[*first].pilot)
        } else {
            pattern.first()
        };
        let Some(rule) = first else { continue };
        let named = &replay.rules[rule].owner;
        if !*can_be.entry(rule).or_insert_with(|| owners.can_be(named, users)) {
            *compared.untold.entry(rule).or_default() += 1;
            continue;
        }
        let Some(owner) = owners.at(row) else {
            compared.told += 1;
            compared.changes.push(Change { row, rule });
            continue;
        };
        let same = *known.entry((owner, rule)).or_insert_with(|| users.compare(owners.values[owner], named));
        if same == Same::Unknown {
            *compared.untold.entry(rule).or_default() += 1;
            continue;
        }
        compared.told += 1;
        compared.told_people += u64::from(owners.holders[owner] == Holder::Person);
        if same == Same::No {
            compared.changes.push(Change { row, rule });
        }
    }
    compared
}

/// What to do so that the owners of a column can be compared with the owner of a rule.
#[must_use]
pub fn untold(table: &Table, owners: &Owners<'_>, rule: &super::replay::Rule, users: &Users) -> String {
    let place = format!("{} · {}", table.name(), table.source.header(owners.column));
    if users.find(&rule.owner) == Who::Several {
        return format!(
            "several users bear the name that rule `{}` gives its owner; write the id or address",
            rule.name
        );
    }
    if !owners.can_be(&rule.owner, users) {
        return format!("rule `{}` names an owner whom no export of users knows: `{}`", rule.name, rule.owner);
    }
    let form = owners.form().map_or("other forms", Form::plural);
    format!(
        "{place} names owners by {form}, rule `{}` by {}: load the export of users, or write the owner as the column does",
        rule.name,
        match Form::of(&rule.owner) {
            Form::Id => "id",
            Form::Name => "name",
            Form::Email => "address",
        }
    )
}
