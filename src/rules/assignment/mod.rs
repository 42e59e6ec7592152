//! Who gets a record, and who ought to.

mod age;
mod figures;
pub mod owners;
pub mod replay;
mod rule_hits;

pub mod clashing_rules;
pub mod default_owner_leak;
pub mod inactive_owner;
pub mod silent_rule;
pub mod slow_assignment;
pub mod sweeping_rule;
pub mod unassigned_lead;
pub mod uncovered_lead;
pub mod wrong_owner;

pub use figures::figures;

use crate::config::options::Options;
use crate::normalise::Table;
use crate::rules::check::Check;
use crate::rules::outcome::Outcome;
use replay::{Replay, is_judged};

/// The tables of a check that are judged: leads, or contacts that stand in for them.
fn assigned<'a>(cx: &'a Check<'_>) -> impl Iterator<Item = &'a Table> {
    cx.tables.iter().copied().filter(|table| is_judged(table, cx.all, cx.facts))
}

/// The replay over the rows that a rule judges.
fn replay_of_judged(cx: &Check<'_>) -> anyhow::Result<Replay> {
    Replay::of(cx.tables.iter().copied(), cx.all, cx.facts, cx.config, None)
}

/// The replay over every record, the converted ones too: they were assigned like the others.
fn replay_of_all(cx: &Check<'_>) -> anyhow::Result<Replay> {
    Replay::of(cx.all, cx.all, cx.facts, cx.config, None)
}

/// An assignment rule as people find it: where it stands, and what it is called.
#[must_use]
pub fn called(config: &Options, rule: usize) -> String {
    let name = config.assignment.get(rule).map_or("", |rule| rule.name.as_str());
    match config.places.of("assignment", rule) {
        Some(place) => format!("{place}: rule `{name}`"),
        None => format!("rule `{name}`"),
    }
}

/// Says that `count` rows were judged. Where none could be, the rule has not run.
fn checked_rows(out: &mut Outcome, table: &Table, column: Option<usize>, count: u64) {
    if count > 0 {
        out.checked(table, column, count);
    }
}

/// A count with its noun, which takes an `s`.
fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// What to say where no table is judged.
const NO_LEADS: &str = "no leads, and no contacts with an owner and a time of creation";
