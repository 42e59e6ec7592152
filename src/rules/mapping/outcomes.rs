//! What automations were declared to do, held against the records: which rows match their `when`, and whether those show
//! what is expected of them. Over whole tables or parts that keep a chat and its records together.

use crate::config::options::AutomationOptions;
use crate::model::{Kind, Role, SystemField};
use crate::normalise::declared::is_shown;
use crate::normalise::links::At;
use crate::normalise::mapped::Field;
use crate::normalise::precision::Precision;
use crate::normalise::text::is_blank;
use crate::normalise::timestamp::Times;
use crate::normalise::users::{Same, is_queue};
use crate::normalise::{Facts, Table};
use crate::rules::condition::Conditions;

/// What became of one record that an automation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Outcome {
    /// It shows the outcome, as far as is known in time.
    Shown,
    /// It shows the outcome, which came after so many seconds, more than allowed.
    Late(i64),
    /// It does not.
    Missing,
    /// It does not, and a person changed it since.
    Changed,
    /// It is younger than the automation may take.
    Young,
    /// That cannot be told: nothing ties the owner to the one expected.
    Untold,
}

/// One record that an automation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) struct Match {
    /// Row of the table.
    pub(in crate::rules) row: u32,
    /// What became of it.
    pub(in crate::rules) outcome: Outcome,
    /// The chat that matched, where the conditions are about chats.
    pub(in crate::rules) chat: Option<At>,
}

/// One expected outcome of an automation.
#[derive(Debug)]
pub(in crate::rules) struct Expected<'a> {
    /// `source.header`, as the config writes it.
    pub(in crate::rules) field: &'a str,
    /// What records must show.
    pub(in crate::rules) value: &'a str,
    /// Position of the source and the column, where both are there.
    pub(in crate::rules) place: Option<(usize, usize)>,
    /// The records that match, or why that cannot be told.
    pub(in crate::rules) matches: Result<Vec<Match>, String>,
}

/// Holds `automation` against `tables`, which are whole sources or parts of them.
pub(in crate::rules) fn outcomes<'a>(
    automation: &'a AutomationOptions,
    tables: &[&Table],
    facts: &Facts,
) -> anyhow::Result<Vec<Expected<'a>>> {
    let conditions = Conditions::of(&automation.when)?;
    Ok(automation
        .expect
        .iter()
        .map(|(written, value)| {
            let field = Field::resolve_in(written, tables.iter().copied());
            let matches = if conditions.is_empty() {
                Err("it has no `when` that says which records it is about".to_owned())
            } else {
                matching(&conditions, &field, tables, facts).map(|(table, column, rows)| {
                    let judge = Judge::of(table, column, value, automation.within_seconds, facts);
                    rows.into_iter().map(|(row, chat)| Match { row, outcome: judge.outcome(row), chat }).collect()
                })
            };
            Expected { field: written, value, place: field.place(), matches }
        })
        .collect())
}

/// Rows, each with the chat that matched where the conditions are about chats.
type Rows = Vec<(u32, Option<At>)>;

/// The table and column of the outcome, and the rows of it that match: by their own columns, else by those of the chat that
/// made the record.
fn matching<'t>(
    conditions: &Conditions,
    field: &Field,
    tables: &[&'t Table],
    facts: &Facts,
) -> Result<(&'t Table, usize, Rows), String> {
    let table = field.source.and_then(|source| tables.iter().find(|table| table.index == source));
    let Some(table) = table else { return Err(format!("no source {} is loaded", field.name)) };
    let Some(column) = field.column else {
        let near = super::failures::near(table, &field.header);
        return Err(format!("{} has no column {}{near}", table.name(), field.header));
    };
    let absent = conditions.absent(&table.source).join(", ");
    if let Some(holds) = conditions.hold(table) {
        let rows = (0..).zip(holds).filter(|(_, holds)| *holds).map(|(row, _)| (row, None)).collect();
        return Ok((table, column, rows));
    }
    let Some(links) = facts.links.as_ref().filter(|links| links.people.contains(&table.index)) else {
        return Err(format!("{} has no column {absent}, which its `when` asks for", table.name()));
    };
    let mut rows = Rows::new();
    let mut asked = false;
    for chats in tables.iter().filter(|chats| chats.source.kind == Kind::Chat) {
        let Some(holds) = conditions.hold(chats) else { continue };
        asked = true;
        for link in &links.pairs()[links.of_source(chats.index)] {
            if !link.made || link.record.source as usize != table.index {
                continue;
            }
            let matched = chats.part_row(link.chat.row).is_some_and(|row| holds[row as usize]);
            if let Some(row) = table.part_row(link.record.row).filter(|_| matched) {
                rows.push((row, Some(link.chat)));
            }
        }
    }
    rows.sort_unstable();
    rows.dedup_by_key(|(row, _)| *row);
    if asked {
        Ok((table, column, rows))
    } else {
        Err(format!(
            "{} has no column {absent}, which its `when` asks for, and no chats have all of them",
            table.name()
        ))
    }
}

/// Judges single records.
struct Judge<'a> {
    table: &'a Table,
    facts: &'a Facts,
    column: usize,
    expected: &'a str,
    role: Option<Role>,
    long: bool,
    within: Option<i64>,
    created: Option<&'a Times>,
    updated: Option<&'a Times>,
    assigned: Option<&'a Times>,
    by: Option<usize>,
}

const SECOND: i64 = 1_000_000;

impl<'a> Judge<'a> {
    fn of(table: &'a Table, column: usize, expected: &'a str, within: Option<u64>, facts: &'a Facts) -> Self {
        let times = |role| table.role(role).map(|column| table.times(column));
        Self {
            table,
            facts,
            column,
            expected,
            role: table.source.role_of(column),
            long: facts.of(table).columns.is_multi_line(column),
            within: within.map(|seconds| i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(SECOND)),
            created: times(Role::CreatedAt),
            updated: times(Role::UpdatedAt),
            assigned: times(Role::AssignedAt),
            by: table.source.system(SystemField::UpdatedBy),
        }
    }

    fn cell(&self, column: usize, row: u32) -> Option<&'a str> {
        self.table.text(column).get(row)
    }

    fn outcome(&self, row: u32) -> Outcome {
        let cell = self.cell(self.column, row);
        let shown = match cell.filter(|cell| !is_blank(Some(cell))) {
            None => Some(is_blank(Some(self.expected))),
            Some(_) if is_blank(Some(self.expected)) => Some(false),
            Some(cell) if self.role == Some(Role::Owner) => match self.facts.users.compare(cell, self.expected) {
                Same::Yes => Some(true),
                Same::No => Some(false),
                Same::Unknown => None,
            },
            Some(cell) => Some(is_shown(self.role, self.long, cell, self.expected)),
        };
        match shown {
            None => Outcome::Untold,
            Some(true) => self.late(row).map_or(Outcome::Shown, Outcome::Late),
            Some(false) if self.is_young(row) => Outcome::Young,
            Some(false) if self.is_changed(row, cell) => Outcome::Changed,
            Some(false) => Outcome::Missing,
        }
    }

    /// Whether the automation may still have been at work when the exports were made.
    fn is_young(&self, row: u32) -> bool {
        let Some((within, as_of)) = self.within.zip(self.facts.as_of) else { return false };
        self.created.and_then(|times| times.get(row)).is_some_and(|created| {
            let slack = self.facts.of(self.table).precision.slack();
            as_of.saturating_sub(created) < within.saturating_add(slack)
        })
    }

    /// After how many seconds the outcome came, where that is known and more than allowed: only assignments have a time
    /// of their own. One that is later than a week is another assignment.
    fn late(&self, row: u32) -> Option<i64> {
        const WEEK: i64 = 7 * 86_400 * SECOND;
        let within = self.within.filter(|_| self.role == Some(Role::Owner))?;
        let precision = self.facts.of(self.table).precision;
        if precision == Precision::Days {
            return None;
        }
        let assigned = self.assigned?.get(row)?;
        let took = assigned.saturating_sub(self.created?.get(row)?);
        // What is stamped to the minute may be later by nearly one.
        let slack = if assigned % (60 * SECOND) == 0 { Precision::Minutes.slack() } else { 0 };
        let allowed = within.saturating_add(slack.max(precision.slack()));
        (took > allowed && took <= WEEK).then_some(took / SECOND)
    }

    /// Whether a person changed the record since, so that it may have shown the outcome: blanks, queues and what a system
    /// user set were not put there by a person.
    fn is_changed(&self, row: u32, cell: Option<&str>) -> bool {
        const TEN_MINUTES: i64 = 600 * SECOND;
        let system = &self.facts.of(self.table).system_users;
        if cell.is_none_or(|cell| is_blank(Some(cell)) || is_queue(cell) || system.holds(cell)) {
            return false;
        }
        let by_system = self.by.and_then(|column| self.cell(column, row)).is_some_and(|by| system.holds(by));
        let both = self.created.and_then(|times| times.get(row)).zip(self.updated.and_then(|times| times.get(row)));
        !by_system && both.is_some_and(|(created, updated)| updated.saturating_sub(created) > TEN_MINUTES)
    }
}
