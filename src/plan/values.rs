//! Survivorship, second half: which value survives in each field of a merge.
//!
//! A group (address, name, phone) travels whole. The most restrictive consent wins, and blank is not consent. First touch
//! is the oldest record's, several values are united, and a placeholder never wins.

mod consent;
mod emails;

use std::collections::{BTreeMap, BTreeSet};

use emails::holds_all;

use super::fields::Field;
use super::operation::FieldChoice;
use super::survivor::{Ground, Member, by_age, by_recency};
use crate::config::options::SurvivorField;
use crate::matching::spelling;
use crate::model::{FieldKind, Role};
use crate::normalise::text::trimmed;

/// Microseconds.
const DAY: i64 = 86_400_000_000;

/// What survives of a cluster beside the survivor itself.
#[derive(Debug, Default)]
pub(super) struct Values {
    pub(super) fields: Vec<FieldChoice>,
    pub(super) notes: Vec<String>,
}

/// A value that was chosen.
struct Choice {
    value: Option<String>,
    from: Vec<String>,
    why: String,
    /// Whether the value is made of several records' values.
    united: bool,
}

/// A cluster whose survivor is known.
pub(super) struct Cluster<'a> {
    ground: &'a Ground<'a>,
    /// The survivor first.
    members: &'a [Member],
    chosen: BTreeMap<usize, Choice>,
    notes: Vec<String>,
}

/// Chooses the value of every field in which `members` disagree; the first of them survives.
pub(super) fn choose<'a>(ground: &'a Ground<'a>, members: &'a [Member]) -> Values {
    let mut cluster = Cluster { ground, members, chosen: BTreeMap::new(), notes: Vec::new() };
    let fields = &ground.fields.of;
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (column, field) in fields.iter().enumerate() {
        match field {
            Field::Group(name) => groups.entry(name).or_default().push(column),
            // The survivor's own, or decided with the consent and the addresses.
            Field::Identity
            | Field::Bounce
            | Field::System
            | Field::Score
            | Field::Portal
            | Field::ConsentDetail
            | Field::MoreEmail { .. } => {}
            Field::Consent { out } => cluster.consent(column, *out),
            Field::Created => cluster.created(column),
            Field::Activity => cluster.activity(column),
            Field::FirstTouch => cluster.by_rule(column, SurvivorField::Oldest),
            Field::Several => cluster.united(column),
            Field::Business if ground.is_multiple(column) => cluster.united(column),
            Field::Business | Field::Reference | Field::External | Field::Email => {
                cluster.by_rule(column, SurvivorField::Survivor);
            }
        }
    }
    for columns in groups.values() {
        cluster.together(columns);
    }
    cluster.bounces();
    cluster.further_emails();
    cluster.keep_the_rest();
    cluster.finish()
}

impl Ground<'_> {
    /// Whether cells of a column may hold several values, as the CRM declares, or else as they show.
    fn is_multiple(&self, column: usize) -> bool {
        match self.source().declared(column).map(|field| field.kind) {
            Some(FieldKind::MultiPicklist) => true,
            Some(FieldKind::Picklist) => false,
            _ => self.holds_several(column),
        }
    }

    /// Whether cells of a column hold several values: some part of a cell with `;` also stands alone.
    fn holds_several(&self, column: usize) -> bool {
        let Some(dictionary) = self.table.dictionary(column) else { return false };
        let alone: BTreeSet<&str> =
            dictionary.values.iter().map(|value| trimmed(value)).filter(|value| !value.contains(';')).collect();
        dictionary
            .values
            .iter()
            .any(|value| value.contains(';') && value.split(';').any(|part| alone.contains(trimmed(part))))
    }

    /// Whether a cell with commas is one value: it stands between `;` elsewhere in the column.
    fn is_one_value(&self, column: usize, cell: &str) -> bool {
        self.table.dictionary(column).is_some_and(|dictionary| {
            dictionary
                .values
                .iter()
                .any(|value| value.contains(';') && value.split(';').any(|part| trimmed(part) == trimmed(cell)))
        })
    }

    /// The configured rule for a column: an exact header wins over a role.
    fn rule(&self, column: usize) -> Option<SurvivorField> {
        let fields = &self.config.survivor.fields;
        let role = self.source().role_of(column).map(Role::as_str);
        fields.get(self.source().header(column)).or_else(|| fields.get(role?)).copied()
    }
}

impl<'a> Cluster<'a> {
    fn survivor(&self) -> &'a Member {
        &self.members[0]
    }

    fn filled(&self, column: usize, member: &Member) -> Option<&'a str> {
        self.ground.filled(column, member.row)
    }

    /// The members in an order.
    fn ordered(&self, order: fn(&Member, &Member) -> std::cmp::Ordering) -> Vec<&'a Member> {
        let mut members: Vec<&Member> = self.members.iter().collect();
        members.sort_by(|a, b| order(a, b));
        members
    }

    /// The record that `rule` takes the value of `column` from, among those that have one, and why.
    fn winner(&self, column: usize, rule: SurvivorField) -> Option<(&'a Member, &'static str)> {
        let has = |member: &&Member| self.filled(column, member).is_some();
        match rule {
            SurvivorField::Survivor if has(&self.survivor()) => Some((self.survivor(), "the survivor's own")),
            SurvivorField::Survivor | SurvivorField::MostRecent => {
                self.ordered(by_recency).into_iter().find(has).map(|member| (member, "most recent"))
            }
            SurvivorField::Oldest => self.ordered(by_age).into_iter().find(has).map(|member| (member, "oldest record")),
            SurvivorField::Longest => {
                let length =
                    |member: &Member| self.filled(column, member).map_or(0, |value| trimmed(value).chars().count());
                let most = self.members.iter().map(length).max()?;
                // The survivor stands first and the others by how recent they are, so ties are decided.
                self.members
                    .iter()
                    .find(|member| has(member) && length(member) == most)
                    .map(|member| (member, "longest"))
            }
            SurvivorField::MostFrequent => {
                let mut counts: BTreeMap<String, usize> = BTreeMap::new();
                let folded = |value: &str| trimmed(value).to_lowercase();
                for value in self.members.iter().filter_map(|member| self.filled(column, member)) {
                    *counts.entry(folded(value)).or_default() += 1;
                }
                let count = |member: &Member| {
                    self.filled(column, member).and_then(|value| counts.get(&folded(value)).copied()).unwrap_or(0)
                };
                let most = self.members.iter().map(count).max()?;
                self.members.iter().find(|member| has(member) && count(member) == most).map(|m| (m, "most frequent"))
            }
        }
    }

    fn take(&mut self, column: usize, member: &Member, why: &str) {
        let header = self.ground.source().header(column);
        let mended = self.ground.mended_by(column, member.row).map(|code| format!(", as {code} writes it"));
        let why = format!("{header} from {}, {why}{}", member.id, mended.unwrap_or_default());
        let value = self.ground.value(column, member.row).map(str::to_owned);
        self.chosen.insert(column, Choice { value, from: vec![member.id.clone()], why, united: false });
    }

    fn by_rule(&mut self, column: usize, default: SurvivorField) {
        let rule = self.ground.rule(column).unwrap_or(default);
        if let Some((member, why)) = self.winner(column, rule) {
            self.take(column, member, why);
        }
    }

    /// The first time of creation. One within a day before the chat that made the surviving record would make it look
    /// backdated: then it stays with the chat.
    fn created(&mut self, column: usize) {
        if self.ground.rule(column).is_some() {
            return self.by_rule(column, SurvivorField::Survivor);
        }
        let oldest = self.members.iter().filter_map(|member| member.created).min();
        let chat = self.ground.source().role(Role::ChatId);
        let rule = chat.and_then(|chat| self.ground.rule(chat)).unwrap_or(SurvivorField::Survivor);
        if let Some((member, _)) = chat.and_then(|chat| self.winner(chat, rule))
            && let Some((own, oldest)) = member.created.zip(oldest)
            && (1..=DAY).contains(&own.saturating_sub(oldest))
        {
            return self.take(column, member, "created by the chat that it names");
        }
        self.first_of(column, |value, best| value < best, "created first");
    }

    /// The latest activity. Where the survivor has none, one from before the person came back says nothing of it.
    fn activity(&mut self, column: usize) {
        if self.ground.rule(column).is_some() {
            return self.by_rule(column, SurvivorField::Survivor);
        }
        let times = self.ground.table.times(column);
        let latest = self.members.iter().filter_map(|member| times.get(member.row)).max();
        let came = self.members.iter().filter_map(|member| member.created).max();
        if self.filled(column, self.survivor()).is_none() && latest < came {
            return;
        }
        self.first_of(column, |value, best| value > best, "latest activity");
    }

    /// The earliest or latest time, as `better` says.
    fn first_of(&mut self, column: usize, better: fn(i64, i64) -> bool, why: &str) {
        let times = self.ground.table.times(column);
        let mut best: Option<(i64, &Member)> = None;
        for member in self.members {
            if let Some(at) = times.get(member.row)
                && best.is_none_or(|(held, _)| better(at, held))
            {
                best = Some((at, member));
            }
        }
        if let Some((_, member)) = best {
            self.take(column, member, why);
        }
    }

    /// The survivor's own in every field that nothing decided, so that what the others had is said. Ids and times that
    /// every record has by nature are not news.
    fn keep_the_rest(&mut self) {
        let survivor = self.survivor();
        let source = self.ground.source();
        for (column, field) in self.ground.fields.of.iter().enumerate() {
            let by_nature = match field {
                Field::Identity | Field::Created | Field::Activity => true,
                Field::System => {
                    source.role_of(column).is_some_and(Role::is_time) || is_id_or_time(source.header(column))
                }
                _ => false,
            };
            if by_nature || self.chosen.contains_key(&column) {
                continue;
            }
            let value = self.ground.value(column, survivor.row).map(str::to_owned);
            let mut why = format!("{} stays the survivor's own", source.header(column));
            if *field == Field::Score {
                why.push_str(" until the CRM recalculates it");
                if self.members.iter().any(|member| self.filled(column, member) != self.filled(column, survivor)) {
                    self.notes.push(format!("have {} calculated again", source.header(column)));
                }
            }
            self.chosen.insert(column, Choice { value, from: vec![survivor.id.clone()], why, united: false });
        }
    }

    /// What stands between the values of a cell; `None` where the cell is one value.
    fn separator(&self, column: usize, cell: &str) -> Option<char> {
        if cell.contains(';') {
            return Some(';');
        }
        let tags = self.ground.source().role_of(column) == Some(Role::Tags);
        (cell.contains(',') && (tags || !self.ground.is_one_value(column, cell))).then_some(',')
    }

    /// All values, the survivor's first and written as the survivor writes them.
    fn united(&mut self, column: usize) {
        if self.ground.rule(column).is_some() {
            return self.by_rule(column, SurvivorField::Survivor);
        }
        let cells: Vec<(&Member, &str, Option<char>)> = self
            .members
            .iter()
            .filter_map(|member| Some((member, self.filled(column, member)?)))
            .map(|(member, cell)| (member, cell, self.separator(column, cell)))
            .collect();
        let mut parts: Vec<&str> = Vec::new();
        let mut known: BTreeSet<String> = BTreeSet::new();
        let mut from: Vec<&Member> = Vec::new();
        for (member, cell, separator) in &cells {
            for part in cell.split(|c| Some(c) == *separator).map(trimmed).filter(|part| !part.is_empty()) {
                if known.insert(part.to_lowercase()) {
                    parts.push(part);
                    if from.last().is_none_or(|last| last.row != member.row) {
                        from.push(member);
                    }
                }
            }
        }
        let Some(first) = from.first() else { return };
        if from.len() < 2 {
            self.take(column, first, "nothing to add");
            if let Some(choice) = self.chosen.get_mut(&column) {
                choice.united = true;
            }
            return;
        }
        // The first that has several values shows how they are written.
        let shown = cells.iter().find_map(|(_, cell, separator)| Some((*cell, (*separator)?)));
        let tags = self.ground.source().role_of(column) == Some(Role::Tags);
        let (like, separator) = shown.unwrap_or(("", if tags { ',' } else { ';' }));
        // A value with a comma in it would fall apart.
        let separator = if parts.iter().any(|part| part.contains(separator)) { ';' } else { separator };
        let spaced = format!("{separator} ");
        let value = if like.contains(&spaced) { parts.join(&spaced) } else { parts.join(&separator.to_string()) };
        let from: Vec<String> = from.iter().map(|member| member.id.clone()).collect();
        let header = self.ground.source().header(column);
        let why = format!("{header} from {}, all values", from.join(" and "));
        self.chosen.insert(column, Choice { value: Some(value), from, why, united: true });
    }

    /// Takes the columns of a group from one record.
    fn together(&mut self, columns: &[usize]) {
        let configured = columns.iter().find_map(|column| Some((*column, self.ground.rule(*column)?)));
        let winner = match configured {
            Some((column, rule)) => self.winner(column, rule),
            None => self.fullest(columns),
        };
        let Some((member, why)) = winner else { return };
        for column in columns {
            // Half of one address and half of another is a third one, and so is a number with another's extension; other
            // groups keep what they have.
            let is_whole = |name: &str| name.starts_with("address") || name == "phone";
            let whole = matches!(&self.ground.fields.of[*column], Field::Group(name) if is_whole(name));
            if self.filled(*column, member).is_none() && !whole {
                continue;
            }
            self.take(*column, member, why);
        }
    }

    /// The survivor's group, or a fuller one that says nothing else; failing a survivor's, the most recent one.
    fn fullest(&self, columns: &[usize]) -> Option<(&'a Member, &'static str)> {
        // An extension without its number is nothing.
        let number = columns.iter().find(|column| self.ground.source().role_of(**column) == Some(Role::Phone));
        let count = |member: &Member| match number.filter(|number| self.filled(**number, member).is_none()) {
            Some(_) => 0,
            None => columns.iter().filter(|column| self.filled(**column, member).is_some()).count(),
        };
        let survivor = self.survivor();
        let agrees = |member: &Member| {
            columns.iter().all(|column| match (self.filled(*column, survivor), self.filled(*column, member)) {
                (None, _) => true,
                (Some(own), Some(other)) => trimmed(own).to_lowercase() == trimmed(other).to_lowercase(),
                (Some(_), None) => false,
            })
        };
        let own = count(survivor);
        let others = self.ordered(by_recency);
        let best = others.iter().filter(|member| agrees(member)).map(|member| count(member)).max().unwrap_or(0);
        if own > 0 && best <= own {
            return Some((survivor, "the survivor's own"));
        }
        let fuller = if own > 0 { "says the same and more" } else { "most recent" };
        let found = if own > 0 {
            others.into_iter().find(|member| agrees(member) && count(member) == best)
        } else {
            others.into_iter().find(|member| count(member) > 0)
        };
        found.map(|member| (member, fuller))
    }

    /// Every field in which the records disagree, or whose value changes.
    fn finish(self) -> Values {
        let survivor = self.survivor();
        let source = self.ground.source();
        let kept = self.kept_addresses();
        let mut values = Values { fields: Vec::new(), notes: self.notes };
        for (column, choice) in self.chosen {
            let old = super::places::cell(source, column, survivor.row).map(str::to_owned);
            let value = choice.value.clone();
            let parts = value.as_deref().unwrap_or_default();
            let further = matches!(self.ground.fields.of[column], Field::MoreEmail { .. });
            let given_up: Vec<(String, String)> = self
                .members
                .iter()
                .filter_map(|member| Some((member, self.ground.filled(column, member.row)?)))
                .filter(|(_, other)| *other != parts && !choice.unites(other))
                .filter(|(_, other)| !further || !holds_all(&kept, other))
                .map(|(member, other)| (member.id.clone(), other.to_owned()))
                .collect();
            // What the survivor keeps unchanged but for a mending is a change of its own, not of the merge.
            let own =
                choice.from == [survivor.id.clone()] && value.as_deref() == self.ground.value(column, survivor.row);
            let value = if own { old.clone() } else { value };
            let changes = old.as_deref().unwrap_or_default() != value.as_deref().unwrap_or_default();
            if changes || !given_up.is_empty() {
                let header = source.header(column).to_owned();
                values.fields.push(FieldChoice {
                    column,
                    header,
                    old,
                    value,
                    from: choice.from,
                    why: choice.why,
                    given_up,
                });
            }
        }
        values
    }
}

impl Choice {
    /// Whether a united value holds everything that `other` says.
    fn unites(&self, other: &str) -> bool {
        let parts = |cell: &str| -> BTreeSet<String> {
            cell.split([';', ',']).map(|part| trimmed(part).to_lowercase()).filter(|part| !part.is_empty()).collect()
        };
        self.united && self.value.as_deref().is_some_and(|value| parts(other).is_subset(&parts(value)))
    }
}

/// Whether the header of a system column means an id or a time.
fn is_id_or_time(header: &str) -> bool {
    let words = spelling::words(header);
    words.last().is_some_and(|last| {
        ["id", "ids", "date", "time", "at", "stamp", "modstamp", "modified", "viewed", "referenced", "synced"]
            .iter()
            .any(|word| last == word)
            || ["createdbyid", "modifiedbyid", "recordid", "date", "timestamp", "modstamp"]
                .iter()
                .any(|end| last.ends_with(end))
    })
}
