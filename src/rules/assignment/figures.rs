//! The figures of the replay, for reports and for `leadlint simulate`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use rustc_hash::FxHashMap;

use super::clashing_rules::clashes;
use super::owners::{Owners, compare, untold};
use super::replay::{Era, Pattern, Replay, Replayed};
use crate::config::options::Options;
use crate::evidence::{Assignment, AssignmentClash, AssignmentRule, OwnerChange, OwnerLoad};
use crate::model::Role;
use crate::normalise::text::{is_blank, trimmed};
use crate::normalise::users::Users;
use crate::normalise::{Facts, Table};

/// Ids shown per change.
const EXAMPLES: usize = 5;
const DAY: i64 = 86_400_000_000;

/// The figures over `tables`; `None` where the config declares no rule, or no leads are loaded. With a `window`, in
/// microseconds since 1970, only leads created in it count, its end not included; with `pilots` those count as if live.
///
/// # Errors
///
/// When a pattern of a condition is no regular expression.
pub fn figures(
    tables: &[Table],
    facts: &Facts,
    config: &Options,
    window: Option<(i64, i64)>,
    pilots: bool,
) -> anyhow::Result<Option<Assignment>> {
    if config.assignment.is_empty() {
        return Ok(None);
    }
    let replay = Replay::of(tables, tables, facts, config, window)?;
    if replay.tables.is_empty() {
        return Ok(None);
    }
    let open = Replay::of(tables.iter().map(Table::open), tables, facts, config, window)?;
    let pilots = pilots && replay.rules.iter().any(|rule| rule.pilot);
    let users = &facts.users;
    let mut figures = Assignment { with_pilots: pilots, ..Assignment::default() };
    population(&mut figures, &replay, window);
    figures.rules = (0..replay.rules.len()).map(|at| rule(&replay, at, config, users, pilots)).collect();
    let when: Vec<_> = config.assignment.iter().map(|rule| &rule.when).collect();
    let found = clashes(&replay, &when, users, pilots);
    let name = |rule: usize| replay.rules[rule].name.clone();
    figures.clashes = found
        .found
        .iter()
        .map(|clash| AssignmentClash {
            first: name(clash.first),
            second: name(clash.second),
            leads: clash.leads,
            order_decides: clash.order_decides,
        })
        .collect();
    let mut notes: BTreeSet<String> = BTreeSet::new();
    for (first, second) in found.untold {
        notes.insert(format!(
            "whether `{}` and `{}` name one owner: write both by id, or load the users",
            name(first),
            name(second)
        ));
    }
    let mut loads = Loads::default();
    let mut changes = Changes::default();
    for of in &replay.tables {
        let Some(table) = tables.iter().find(|table| table.index == of.source) else { continue };
        for (rule, lacks) in replay.rules.iter().zip(&of.lacks).filter(|(_, lacks)| !lacks.is_empty()) {
            notes.insert(format!(
                "rule `{}` asks {}, which {} lacks: what it and the rules after it take is not known there",
                rule.name,
                lacks.join(", "),
                table.name()
            ));
        }
        let Some(owners) = Owners::of(table, facts, config) else {
            notes.insert(format!("{} has no owner column: who would change is not known there", table.name()));
            continue;
        };
        loads.add(of, &owners, &replay, users);
        let table = table.open();
        let (Some(of), Some(owners)) = (open.table(table), Owners::of(table, facts, config)) else { continue };
        for pilots in [false, true].into_iter().filter(|all| !all || pilots) {
            let compared = compare(table, of, &open, &owners, users, pilots);
            notes.extend(compared.untold.keys().map(|rule| untold(table, &owners, &open.rules[*rule], users)));
            if !pilots {
                figures.compared += compared.told;
            }
            changes.add(table, &owners, users, pilots, &compared.changes);
        }
    }
    figures.load = loads.finish();
    figures.changes = changes.finish(&replay, users);
    figures.notes = notes.into_iter().collect();
    Ok(Some(figures))
}

/// How many leads there are, of when, and how many no rule takes.
fn population(figures: &mut Assignment, replay: &Replay, window: Option<(i64, i64)>) {
    let all = replay.tables.iter().map(Replayed::all).fold(Era::default(), Era::and);
    figures.leads = all.leads;
    figures.undated = replay.tables.iter().map(|table| table.undated).sum();
    // A window that was asked for counts as far as there are leads about it.
    let span = match (window, replay.tables.iter().filter_map(|table| table.known).reduce(join)) {
        (Some((from, to)), Some((first, last))) => Some((from.max(first), to.saturating_sub(1).min(last))),
        (None, _) => all.span,
        (Some(_), None) => None,
    };
    let span = span.filter(|(from, to)| from <= to);
    let day = |at: i64| at.div_euclid(DAY);
    figures.days = span.map_or(0, |(from, to)| day(to).saturating_sub(day(from)).unsigned_abs() + 1);
    let time = DateTime::from_timestamp_micros;
    figures.window = span.and_then(|(from, to)| Some((time(from)?, time(to)?)));
    let first = |one: &Pattern| if figures.with_pilots { one.first_with_pilots() } else { one.first() };
    for one in replay.patterns().filter(|one| first(one).is_none()) {
        let holds = !one.live.is_empty() || (figures.with_pilots && !one.pilots.is_empty());
        if holds || one.unasked.is_some() {
            figures.unknown += one.rows;
        } else if one.is_uncovered() {
            figures.uncovered += one.rows;
        } else {
            figures.before += one.rows;
        }
    }
}

fn join(one: (i64, i64), other: (i64, i64)) -> (i64, i64) {
    (one.0.min(other.0), one.1.max(other.1))
}

fn rule(replay: &Replay, at: usize, config: &Options, users: &Users, pilots: bool) -> AssignmentRule {
    let rule = &replay.rules[at];
    let sum = |is: &dyn Fn(&Pattern) -> bool| replay.patterns().filter(|one| is(one)).map(|one| one.rows).sum::<u64>();
    let first_live = sum(&|one| one.first() == Some(at));
    let nowhere = replay.tables.iter().all(|table| !table.lacks[at].is_empty());
    let lacks: BTreeSet<&String> =
        replay.tables.iter().filter(|_| nowhere).flat_map(|table| &table.lacks[at]).collect();
    AssignmentRule {
        name: rule.name.clone(),
        place: config.places.of("assignment", at).map(str::to_owned),
        owner: users.shown(&rule.owner).to_owned(),
        pilot: rule.pilot,
        fallback: rule.fallback,
        since: config.assignment[at].since,
        in_force: replay.in_force(at).leads,
        hits: sum(&|one| one.live.contains(&at) || one.pilots.contains(&at)),
        first: if pilots { sum(&|one| one.first_with_pilots() == Some(at)) } else { first_live },
        first_live,
        shadowed_by: replay
            .shadows(at, pilots)
            .into_iter()
            .map(|(first, leads)| (replay.rules[first].name.clone(), leads))
            .collect(),
        lacks: lacks.into_iter().cloned().collect(),
    }
}

/// Leads by owner: their identity to a spelling, and to now, by rules, with pilots.
#[derive(Default)]
struct Loads(BTreeMap<Option<String>, (String, [u64; 3])>);

impl Loads {
    fn add(&mut self, of: &Replayed, owners: &Owners<'_>, replay: &Replay, users: &Users) {
        let mut counts: FxHashMap<(Option<usize>, usize), u64> = FxHashMap::default();
        for (row, _) in of.rows() {
            if let Some(pattern) = of.position(row) {
                *counts.entry((owners.at(row), pattern)).or_default() += 1;
            }
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_unstable();
        for ((owner, pattern), leads) in counts {
            let held = owner.map(|at| owners.values[at]);
            let pattern = &of.patterns[pattern];
            let by = |first: Option<usize>| first.map(|rule| replay.rules[rule].owner.as_str()).or(held);
            self.count(held, users, 0, leads);
            self.count(by(pattern.first()), users, 1, leads);
            self.count(by(pattern.first_with_pilots()), users, 2, leads);
        }
    }

    fn count(&mut self, owner: Option<&str>, users: &Users, what: usize, leads: u64) {
        let spelled = owner.map_or("", |owner| users.shown(owner));
        let entry = self.0.entry(owner.map(|owner| users.identity(owner)));
        let (shown, counts) = entry.or_insert_with(|| (spelled.to_owned(), [0; 3]));
        // Which spelling is met first is chance.
        if spelled < shown.as_str() {
            spelled.clone_into(shown);
        }
        counts[what] += leads;
    }

    fn finish(self) -> Vec<OwnerLoad> {
        let load = |(identity, (owner, [now, by_rules, with_pilots])): (Option<String>, (String, [u64; 3]))| {
            OwnerLoad { owner: identity.map(|_| owner), now, by_rules, with_pilots }
        };
        let mut loads: Vec<OwnerLoad> = self.0.into_iter().map(load).collect();
        loads.sort_by(|a, b| {
            let most = |one: &OwnerLoad| one.now.max(one.by_rules).max(one.with_pilots);
            a.owner
                .is_none()
                .cmp(&b.owner.is_none())
                .then_with(|| most(b).cmp(&most(a)))
                .then_with(|| a.owner.cmp(&b.owner))
        });
        loads
    }
}

/// Who has the leads by identity, the rule, and whether pilots count.
type Way = (Option<String>, usize, bool);

/// Open leads that would change: who has them as shown, how many, and the lowest ids.
#[derive(Default)]
struct Changes(BTreeMap<Way, (String, u64, BTreeSet<String>)>);

impl Changes {
    fn add(
        &mut self,
        table: &Table,
        owners: &Owners<'_>,
        users: &Users,
        pilots: bool,
        found: &[super::owners::Change],
    ) {
        let ids = table.role(Role::Id).map(|column| table.text(column));
        let known: Vec<(String, &str)> =
            owners.values.iter().map(|owner| (users.identity(owner), users.shown(owner))).collect();
        for change in found {
            let from = owners.at(change.row).map(|at| &known[at]);
            let way = (from.map(|(identity, _)| identity.clone()), change.rule, pilots);
            let shown = from.map_or("", |(_, shown)| shown);
            let (spelled, count, examples) =
                self.0.entry(way).or_insert_with(|| (shown.to_owned(), 0, BTreeSet::new()));
            if shown < spelled.as_str() {
                shown.clone_into(spelled);
            }
            *count += 1;
            let id = ids.as_ref().and_then(|ids| ids.get(change.row)).filter(|id| !is_blank(Some(id))).map(trimmed);
            if let Some(id) =
                id.filter(|id| examples.len() < EXAMPLES || examples.last().is_some_and(|last| *id < last.as_str()))
            {
                examples.insert(id.to_owned());
                if examples.len() > EXAMPLES {
                    examples.pop_last();
                }
            }
        }
    }

    fn finish(self, replay: &Replay, users: &Users) -> Vec<OwnerChange> {
        let mut changes: Vec<OwnerChange> = self
            .0
            .into_iter()
            .map(|((identity, rule, pilot), (from, count, examples))| OwnerChange {
                from: identity.map(|_| from),
                to: users.shown(&replay.rules[rule].owner).to_owned(),
                rule: replay.rules[rule].name.clone(),
                pilot,
                count,
                examples: examples.into_iter().collect(),
            })
            .collect();
        changes.sort_by(|a, b| {
            a.pilot
                .cmp(&b.pilot)
                .then_with(|| b.count.cmp(&a.count))
                .then_with(|| (&a.from, &a.rule).cmp(&(&b.from, &b.rule)))
        });
        changes
    }
}
