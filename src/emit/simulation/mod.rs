//! The replay of the assignment rules as people and programs read it.
//!
//! In: the figures. Out: text. What the tables hold is put together here once, for the terminal, for Markdown and for the
//! report; each format quotes names, owners and ids for itself, since they are hostile.

mod json;
mod markdown;
mod table;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;

use super::words;
use crate::evidence::{Assignment, AssignmentRule, CONCLUSIVE_DAYS, OwnerChange};

/// Who has a lead that nobody has.
pub(crate) const NOBODY: &str = "nobody";

/// What `leadlint simulate` found.
#[derive(Debug, Clone)]
pub struct Simulation {
    /// First day of the window that was asked for.
    pub since: Option<NaiveDate>,
    /// Last day of it.
    pub until: Option<NaiveDate>,
    /// The replay, pilots counted as if they were live.
    pub replay: Assignment,
}

/// A part of the replay: a heading, a sentence, a table, of which some rows are left out.
pub(crate) struct Part {
    /// What it is about.
    pub(crate) title: &'static str,
    /// A sentence before the table.
    pub(crate) said: String,
    /// Headers; a `>` in front of one aligns its column right. None where there is no table.
    pub(crate) headers: Vec<&'static str>,
    /// Cells as they are, unquoted.
    pub(crate) rows: Vec<Vec<String>>,
    /// Rows that are left out.
    pub(crate) hidden: usize,
    /// Further sentences, unquoted.
    pub(crate) items: Vec<String>,
}

impl Part {
    fn of(title: &'static str, said: String) -> Self {
        Self { title, said, headers: Vec::new(), rows: Vec::new(), hidden: 0, items: Vec::new() }
    }

    fn table(mut self, headers: Vec<&'static str>, rows: impl IntoIterator<Item = Vec<String>>, most: usize) -> Self {
        self.rows = rows.into_iter().collect();
        self.hidden = self.rows.len().saturating_sub(most);
        self.rows.truncate(most);
        self.headers = headers;
        self
    }

    /// How many rows are shown of how many; `None` where all are.
    pub(crate) fn shown(&self) -> Option<String> {
        let shown = self.rows.len();
        let all = words::number((shown + self.hidden) as u64);
        (self.hidden > 0).then(|| format!("{shown} of {all} shown; JSON has all"))
    }
}

/// The parts of a replay, with at most `most` rows in a table but that of the rules.
pub(crate) fn parts(replay: &Assignment, most: usize) -> Vec<Part> {
    let mut parts = vec![rules(replay)];
    parts.extend(clashes(replay, most));
    parts.extend(load(replay, most));
    parts.extend(changes(replay, false, most));
    if replay.with_pilots {
        parts.extend(changes(replay, true, most));
    }
    if !replay.notes.is_empty() {
        let mut notes = Part::of("Not known", "What could not be asked or compared:".to_owned());
        notes.items.clone_from(&replay.notes);
        parts.push(notes);
    }
    parts
}

/// What was put to the rules, in a sentence.
pub(crate) fn population(replay: &Assignment) -> String {
    let when = replay.window.map_or_else(String::new, |(from, to)| {
        format!(", created {} to {} ({})", words::day(from), words::day(to), words::plural(replay.days, "day"))
    });
    let mut said = format!(
        "{}{when}, were put to {}",
        words::plural(replay.leads, "lead"),
        words::plural(replay.rules.len() as u64, "rule")
    );
    let taken: u64 = replay.rules.iter().map(|rule| rule.first).sum();
    let counts = [
        (taken, "taken by a rule"),
        (replay.uncovered, "met by none"),
        (replay.before, "from before their rules were in force"),
        (replay.unknown, "not known"),
    ];
    let counts: Vec<String> =
        counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", words::number(*n))).collect();
    if !counts.is_empty() {
        said = format!("{said}: {}", words::list(&counts, "and"));
    }
    if replay.undated > 0 {
        said = format!(
            "{said}; when {} created is not known",
            if replay.undated == 1 { "one was".to_owned() } else { format!("{} were", words::number(replay.undated)) }
        );
    }
    said
}

/// That the window is too short, if it is.
pub(crate) fn inconclusive(replay: &Assignment) -> Option<String> {
    replay.is_inconclusive().then(|| {
        format!(
            "Inconclusive: {} of leads are under {CONCLUSIVE_DAYS}; do not decide by these figures",
            words::plural(replay.days, "day")
        )
    })
}

fn rules(replay: &Assignment) -> Part {
    let silent = replay.rules.iter().filter(|rule| rule.remark().is_some()).count() as u64;
    let said = match silent {
        0 => "The first rule that holds takes the lead. Every rule takes some.".to_owned(),
        n => format!(
            "The first rule that holds takes the lead. {} none.",
            if n == 1 { "1 rule takes".to_owned() } else { format!("{n} rules take") }
        ),
    };
    let mut headers = vec!["rule", "gives to", "state", ">met by", ">takes", ">of all"];
    if replay.with_pilots {
        headers.push(">takes now");
    }
    headers.extend(["taken before it by", "so"]);
    let row = |rule: &AssignmentRule| {
        let mut row = vec![
            rule.name.clone(),
            rule.owner.clone(),
            state(rule, replay.with_pilots),
            words::number(rule.hits),
            words::number(rule.first),
            words::share(rule.first, replay.leads),
        ];
        if replay.with_pilots {
            row.push(if rule.pilot { words::NONE.to_owned() } else { words::number(rule.first_live) });
        }
        let by: Vec<String> =
            rule.shadowed_by.iter().take(3).map(|(name, n)| format!("{name} ({})", words::number(*n))).collect();
        let more = if rule.shadowed_by.len() > 3 { " and others" } else { "" };
        row.push(format!("{}{more}", by.join(", ")));
        row.push(so(rule, replay.with_pilots));
        row
    };
    let mut rows: Vec<Vec<String>> = replay.rules.iter().map(row).collect();
    // Columns that say nothing of any rule.
    for at in (0..headers.len()).rev() {
        if rows.iter().all(|row| row[at].is_empty()) {
            headers.remove(at);
            for row in &mut rows {
                row.remove(at);
            }
        }
    }
    Part::of("Rules", said).table(headers, rows, usize::MAX)
}

fn state(rule: &AssignmentRule, with_pilots: bool) -> String {
    let kind = match (rule.pilot, with_pilots) {
        (true, true) => "pilot, as if live",
        (true, false) => "pilot, not asked",
        (false, _) => "live",
    };
    let since = rule.since.map(|day| format!(" since {day}")).unwrap_or_default();
    let fallback = if rule.fallback { ", fallback" } else { "" };
    format!("{kind}{since}{fallback}")
}

fn so(rule: &AssignmentRule, with_pilots: bool) -> String {
    match rule.remark() {
        Some("cannot be asked") => format!("cannot be asked: no {}", rule.lacks.join(", ")),
        _ if rule.pilot && !with_pilots => String::new(),
        remark => remark.unwrap_or_default().to_owned(),
    }
}

fn clashes(replay: &Assignment, most: usize) -> Option<Part> {
    let all = replay.clashes.len() as u64;
    let rows = replay.clashes.iter().map(|clash| {
        let so = if clash.order_decides { "the order decides" } else { "the second never gets one" };
        vec![clash.first.clone(), clash.second.clone(), words::number(clash.leads), so.to_owned()]
    });
    let said = format!("{} of rules claim the same leads for different owners.", words::plural(all, "pair"));
    (all > 0).then(|| Part::of("Clashes", said).table(vec!["first", "second", ">leads", "so"], rows, most))
}

fn load(replay: &Assignment, most: usize) -> Option<Part> {
    if replay.load.is_empty() {
        return None;
    }
    let mut headers = vec!["owner", ">has", ">by rules", ">change"];
    if replay.with_pilots {
        headers.extend([">with pilots", ">change with them"]);
    }
    let change = |now: u64, then: u64| match then.cmp(&now) {
        std::cmp::Ordering::Equal => "0".to_owned(),
        std::cmp::Ordering::Greater => format!("+{}", words::number(then - now)),
        std::cmp::Ordering::Less => format!("-{}", words::number(now - then)),
    };
    let rows = replay.load.iter().map(|one| {
        let owner = one.owner.clone().unwrap_or_else(|| NOBODY.to_owned());
        let mut row = vec![owner, words::number(one.now), words::number(one.by_rules), change(one.now, one.by_rules)];
        if replay.with_pilots {
            row.extend([words::number(one.with_pilots), change(one.now, one.with_pilots)]);
        }
        row
    });
    let said = "All leads of the window by owner; what no rule takes stays where it is.".to_owned();
    Some(Part::of("Load", said).table(headers, rows, most))
}

fn changes(replay: &Assignment, pilot: bool, most: usize) -> Option<Part> {
    let found: Vec<&OwnerChange> = replay.changes.iter().filter(|change| change.pilot == pilot).collect();
    let count = words::number(replay.changed(pilot));
    let (title, said) = if pilot {
        ("Who would change by the pilots", format!("{count} open leads would change hands if the pilots were live."))
    } else {
        let of = words::plural(replay.compared, "open lead");
        let said = match replay.changed(false) {
            0 => format!("None of {of} that could be compared: each is with its owner by rule."),
            _ => format!("{count} of {of} that could be compared are not with the owner by rule."),
        };
        ("Who would change", said)
    };
    if found.is_empty() {
        return (pilot || replay.compared > 0).then(|| Part::of(title, said));
    }
    let rows = found.into_iter().map(|change| {
        vec![
            change.from.clone().unwrap_or_else(|| NOBODY.to_owned()),
            change.to.clone(),
            change.rule.clone(),
            words::number(change.count),
            change.examples.join(", "),
        ]
    });
    Some(Part::of(title, said).table(vec!["owner now", "owner by rule", "rule", ">leads", "such as"], rows, most))
}

impl Simulation {
    /// For a terminal of `width` columns.
    #[must_use]
    pub fn table(&self, width: u16, color: bool) -> String {
        table::render(self, width, color)
    }

    /// As Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        markdown::render(self)
    }

    /// As JSON, `leadlint.simulate/1`.
    #[must_use]
    pub fn json(&self) -> String {
        json::render(self)
    }
}
