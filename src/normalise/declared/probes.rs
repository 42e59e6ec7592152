//! Probes: test chats, and whether what they were meant to leave stands where it is expected.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::Known;
use super::types::type_of_role;
use crate::config::options::{MappingOptions, Options};
use crate::model::{Kind, Role};
use crate::normalise::links::{At, By};
use crate::normalise::mapped::Field;
use crate::normalise::proof::compare::{Agreement, Comparer};
use crate::normalise::record_id;
use crate::normalise::table::Table;
use crate::normalise::text::{is_blank, trimmed};
use crate::normalise::users::Same;

/// A `[[probe]]`, looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Position in the config.
    pub at: usize,
    /// The chats of that id; none where no export has it.
    pub chats: Vec<At>,
    /// The records that belong to it, the one that it made first, and how each was linked.
    pub records: Vec<(At, By)>,
    /// What it expects, by field.
    pub expectations: Vec<Expectation>,
}

impl Probe {
    /// Whether neither a chat nor a record of that id is loaded.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.chats.is_empty() && self.records.is_empty()
    }
}

/// One expectation of a probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// The field.
    pub field: Field,
    /// What it is expected to show.
    pub expected: String,
    /// Whether it does.
    pub state: State,
}

/// Whether an expectation holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// This row shows it.
    Held(At),
    /// This row shows something else, or nothing.
    Failed(At),
    /// There is no row or column to show it, for this reason.
    Missing(String),
    /// That cannot be told, for this reason.
    NotChecked(String),
}

impl State {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Held(_) => "held",
            Self::Failed(_) | Self::Missing(_) => "failed",
            Self::NotChecked(_) => "not checked",
        }
    }
}

/// Looks every probe up.
pub(super) fn look_up(known: Known<'_>, config: &Options) -> Vec<Probe> {
    if config.probe.is_empty() {
        return Vec::new();
    }
    let mut wanted: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, probe) in (0..).zip(&config.probe) {
        if let Some(id) = record_id::canonical(&probe.chat) {
            wanted.entry(id.into_owned()).or_default().push(at);
        }
    }
    let mut chats: Vec<Vec<At>> = vec![Vec::new(); config.probe.len()];
    let mut named: Vec<Vec<At>> = vec![Vec::new(); config.probe.len()];
    for table in known.tables {
        let (role, found) = match table.source.kind {
            Kind::Chat => (Role::Id, &mut chats),
            Kind::Crm => (Role::ChatId, &mut named),
            Kind::SyncLog => continue,
        };
        let Some(column) = table.role(role) else { continue };
        for (row, cell) in (0..).zip(table.text(column).iter()) {
            // A record may name several chats.
            for id in cell.into_iter().flat_map(|cell| cell.split([';', ',', '|'])).filter_map(record_id::canonical) {
                for at in wanted.get(id.as_ref()).into_iter().flatten() {
                    found[*at].push(At { source: table.index as u32, row });
                }
            }
        }
    }
    (0..)
        .zip(&config.probe)
        .map(|(at, declared)| {
            let mut probe =
                Probe { at, chats: std::mem::take(&mut chats[at]), records: Vec::new(), expectations: Vec::new() };
            probe.chats.dedup();
            probe.records = records(known, &probe.chats, &named[at]);
            probe.expectations = declared
                .expect
                .iter()
                .map(|(written, expected)| {
                    let field = Field::resolve(written, known.tables);
                    let state = judge(known, &probe, &field, expected);
                    Expectation { field, expected: expected.clone(), state }
                })
                .collect();
            probe
        })
        .collect()
}

/// The records that belong to `chats`: linked ones, made before touched, then whatever else names them.
fn records(known: Known<'_>, chats: &[At], named: &[At]) -> Vec<(At, By)> {
    let links = known.links.into_iter().flat_map(|links| chats.iter().flat_map(|chat| links.of_chat(*chat)));
    let mut ranked: Vec<(bool, At, By)> = links.map(|link| (!link.made, link.record, link.by)).collect();
    for record in named {
        if !ranked.iter().any(|(_, other, _)| other == record) {
            // Without its chat nothing tells what was made: the record that names it is taken for it.
            ranked.push((!chats.is_empty(), *record, By::ChatId));
        }
    }
    ranked.sort_unstable();
    let made = |source: u32| ranked.iter().any(|(touched, record, _)| !touched && record.source == source);
    ranked
        .iter()
        .filter(|(touched, record, _)| !touched || !made(record.source))
        .map(|(_, record, by)| (*record, *by))
        .collect()
}

fn judge(known: Known<'_>, probe: &Probe, field: &Field, expected: &str) -> State {
    let Some(table) = field.source.map(|source| &known.tables[source]) else {
        return State::NotChecked(format!("no source {} is loaded", field.name));
    };
    let Some(column) = field.column else {
        let headers = table.source.columns().map(|column| table.source.header(column));
        let near = crate::config::nearest(&field.header, headers);
        let near = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        return State::Missing(format!("{} has no column {}{near}", table.name(), field.header));
    };
    let rows: Vec<At> = match table.source.kind {
        Kind::Chat => probe.chats.iter().copied().filter(|at| at.source as usize == table.index).collect(),
        _ => probe.records.iter().map(|(at, _)| *at).filter(|at| at.source as usize == table.index).collect(),
    };
    let text = table.text(column);
    let said: Vec<(At, Option<bool>)> =
        rows.iter().map(|at| (*at, shows(known, table, column, text.get(at.row), expected))).collect();
    let with = |wanted: Option<bool>| said.iter().find(|(_, said)| *said == wanted).map(|(at, _)| *at);
    if let Some(at) = with(Some(true)) {
        return State::Held(at);
    }
    if with(None).is_some() {
        let why = format!("no source of users tells who {} of {} is", table.source.header(column), table.name());
        return State::NotChecked(why);
    }
    match with(Some(false)) {
        Some(at) => State::Failed(at),
        None => without_row(known, probe, table),
    }
}

/// What an expectation comes to where no row belongs to its probe.
fn without_row(known: Known<'_>, probe: &Probe, table: &Table) -> State {
    let name = table.name();
    let is_linked = known.links.is_some_and(|links| links.people.contains(&table.index));
    if table.source.kind == Kind::Crm && !is_linked && table.role(Role::ChatId).is_none() {
        return State::NotChecked(format!("records of {name} are not linked with chats"));
    }
    let outside = known.links.is_some_and(|links| {
        !probe.chats.is_empty()
            && probe.chats.iter().all(|chat| {
                links.side(chat.source as usize).is_some_and(|side| side.overlap.is_none() || !side.is_judged(chat.row))
            })
    });
    if outside {
        return State::NotChecked(format!("the chat lies outside of the period that {name} covers"));
    }
    State::Missing(format!("no record of {name} belongs to it"))
}

/// Whether a cell shows what is expected; `None` where that cannot be told.
fn shows(known: Known<'_>, table: &Table, column: usize, cell: Option<&str>, expected: &str) -> Option<bool> {
    if is_blank(Some(expected)) {
        return Some(is_blank(cell));
    }
    let Some(cell) = cell.filter(|cell| !is_blank(Some(cell))) else { return Some(false) };
    let role = table.source.role_of(column);
    if role == Some(Role::Owner) {
        return match known.users.compare(cell, expected) {
            Same::Yes => Some(true),
            Same::No => Some(false),
            Same::Unknown => None,
        };
    }
    let long = known.sources[table.index].columns.is_multi_line(column);
    Some(is_shown(role, long, cell, expected))
}

/// Whether a cell of a column of this role shows `expected`: as a whole or as an entry of several, in the way in which
/// such values compare; among other text only where the column holds long texts.
#[must_use]
pub fn is_shown(role: Option<Role>, long: bool, cell: &str, expected: &str) -> bool {
    let plain = MappingOptions {
        from: String::new(),
        to: String::new(),
        r#type: role.and_then(type_of_role),
        values: IndexMap::new(),
        required: false,
        fallback: false,
    };
    let comparer = Comparer::of(&plain, None, role);
    let is = |entry: &str| match comparer.compare(Some(expected), Some(entry)) {
        Agreement::Exact | Agreement::Normalised | Agreement::Translated => true,
        Agreement::Contained => long,
        _ => false,
    };
    is(cell) || (!long && cell.contains(';') && cell.split(';').map(trimmed).any(is))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_show_what_is_expected_as_such_values_compare() {
        for (role, long, cell, expected, shown) in [
            (Some(Role::Email), false, "Probe@Acme.example ", "probe@acme.example", true),
            (Some(Role::Phone), false, "+1 202 555 0101", "(202) 555-0101", true),
            (Some(Role::OptIn), false, "1", "true", true),
            (Some(Role::Reason), false, "pricing", "Pricing", true),
            (Some(Role::Reason), false, "Pricing of plans", "Pricing", false),
            (None, false, "a; Pricing", "Pricing", true),
            (Some(Role::Notes), true, "Reason: Pricing\nTopic: x", "Pricing", true),
            (None, false, "Demo", "Pricing", false),
        ] {
            assert_eq!(is_shown(role, long, cell, expected), shown, "{cell} for {expected}");
        }
    }
}
