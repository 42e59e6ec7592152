//! CHT005: visitors who came back and got another record.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::carried::{chats, say_unchecked};
use crate::model::Kind;
use crate::normalise::gate::is_nobody;
use crate::normalise::links::{At, By, Link, Links};
use crate::normalise::{email, phone, record_id};
use crate::rules::duplicates::cluster::{self, Names};
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Open records of one source that several chats of one visitor made, each its own. Chats are one visitor's where they
    /// give one mailbox (at Google without dots and tags, elsewhere without tags), or one phone number and one full name.
    /// All records of the visitor are listed, each with the chat that made it.
    ///
    /// A pair of records is reported once: where the records share an address it is DUP001's or DUP002's, and where the
    /// visitor's address stood in the CRM before the chat began it is DUP007's. What is left came by other addresses, or
    /// lost theirs on the way.
    ///
    /// Judged are chats that ended in the period that the records cover, less `[sync] grace-seconds` at its end. What is
    /// common to more than ten records is a switchboard's or a shared mailbox's, and no visitor's.
    ///
    /// ## Why it matters
    ///
    /// Two people call one visitor, and neither knows what the other was told.
    ///
    /// ## Example
    ///
    /// ```csv chat
    /// chat_id,started_at,ended_at,visitor_name,visitor_email,visitor_phone
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,Ana Moss,ana@acme.example,+12025550101
    /// c2,2026-10-05T09:00:00Z,2026-10-05T09:10:00Z,Ana Moss,ana.moss@home.example,+1 202 555 0101
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,CreatedDate,Chat_Id__c
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,c1
    /// 2,ana.moss@home.example,2026-10-05T09:10:05Z,c2
    /// 3,zoe@acme.example,2026-10-09T09:00:00Z,
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,CreatedDate,Chat_Id__c
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,c1; c2
    /// 3,zoe@acme.example,2026-10-09T09:00:00Z,
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Review: merges into one surviving record once a person says so. Then have the integration look for the phone number
    /// too.
    pub struct RepeatVisitor {
        code: "CHT005",
        name: "repeat-visitor",
        family: Chats,
        severity: Error,
        dimension: Uniqueness,
        scope: Scope::Whole("one visitor's chats and records may share nothing that rows are grouped by"),
        kinds: [Chat, Crm],
        needs: [],
        safety: Review,
        message: "{count|record|records} of {source} for {groups|visitor|visitors} who came back",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// The most records that one visitor's address or number may have.
const CROWD: usize = 10;

/// A record that a chat made.
#[derive(Clone)]
struct Made {
    started: i64,
    chat: At,
    /// Row of its table.
    row: u32,
    by: By,
    /// Whether the visitor's address stood in the CRM when the chat began.
    was_known: bool,
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let Some(links) = &cx.facts.links else {
        out.unchecked("repeat visitors need chats beside leads or contacts; load both".to_owned());
        return Ok(out);
    };
    let mut outside: BTreeMap<usize, u64> = BTreeMap::new();
    for table in cx.tables.iter().copied().filter(|table| links.people.contains(&table.index)) {
        let (mailbox, number) = (table.role(Role::Email), table.role(Role::Phone));
        let (checked, back) = came_back(chats(cx), links, table, &mut outside);
        let mut found: BTreeMap<(bool, u32), PairHit> = BTreeMap::new();
        let mut told = BTreeSet::new();
        for ((by_number, key), made) in back {
            for (one, other) in pairs(table, &made) {
                // Who is known by the address needs no number.
                let pair = (one.row.min(other.row), one.row.max(other.row));
                if !told.insert(pair) {
                    continue;
                }
                let words = if by_number { "phone and name" } else { "mailbox" };
                for (hit, mate, when) in [(one, other, "a later"), (other, one, "an earlier")] {
                    let mate_id = id(table, mate.row);
                    found.entry((by_number, hit.row)).or_insert_with(|| PairHit {
                        row: hit.row,
                        key: Some(key.clone()),
                        detail: format!(
                            "{when} chat of the same {words} made {}; linked by {}",
                            mate_id.as_deref().unwrap_or("another record"),
                            hit.by.as_str()
                        ),
                        other: Some(hit.chat),
                        ..PairHit::default()
                    });
                }
            }
        }
        let own = (Severity::Error, Safety::Review);
        for (by_number, column) in [(false, mailbox), (true, number)] {
            let hits: Vec<PairHit> =
                found.iter().filter(|((of, _), _)| *of == by_number).map(|(_, hit)| hit.clone()).collect();
            if column == mailbox || !hits.is_empty() {
                out.checked(table, column, if column == mailbox && by_number { 0 } else { checked });
            }
            out.push(pair_hits::hits(table, column, &hits, own)?);
        }
    }
    for chat in chats(cx) {
        let count = outside.get(&chat.index).copied().unwrap_or_default();
        say_unchecked(
            &mut out,
            chat,
            count,
            "chats of {} that made records, and ended outside of the period that the records cover",
        );
    }
    Ok(out)
}

/// A record that a chat made, before it is known whether its visitor came back.
struct Visit {
    made: Made,
    /// Position of the chat's table, and row in it.
    chat: (usize, u32),
    /// Hashes of the visitor's mailbox and number.
    keys: [Option<u64>; 2],
}

/// Of many visitors few come back: those, by address or else number, with the records that their chats made, in order, and
/// how many records were looked at. Chats whose records are not judged are counted in `outside`, by source.
fn came_back<'t>(
    chats: impl Iterator<Item = &'t Table>,
    links: &Links,
    table: &Table,
    outside: &mut BTreeMap<usize, u64>,
) -> (u64, BTreeMap<(bool, String), Vec<Made>>) {
    let chats: Vec<(&Table, Visitors<'t>)> = chats.map(|chat| (chat, Visitors::of(chat))).collect();
    // What several threads look at is worked out before they do.
    let open = table.open();
    let created = table.role(Role::CreatedAt).map(|column| table.times(column));
    let mut visits: Vec<Visit> = Vec::new();
    for (of, (chat, visitors)) in chats.iter().enumerate() {
        let Some(side) = links.side(chat.index) else { continue };
        let visit = |link: &Link| -> Option<Result<Visit, ()>> {
            let is_person = side.verdicts[link.chat.row as usize].is_person();
            if !link.made || !is_person || link.record.source as usize != table.index {
                return None;
            }
            let row = table.part_row(link.record.row).filter(|_| open.holds(link.record.row))?;
            let of_chat = chat.part_row(link.chat.row)?;
            let (started, _) = side.spoken(link.chat.row)?;
            if !side.is_judged_with(link.chat.row, created.and_then(|times| times.get(row))) {
                return Some(Err(()));
            }
            let was_known = side.before[link.chat.row as usize].is_some_and(|old| old != link.record);
            let made = Made { started, chat: link.chat, row, by: link.by, was_known };
            let keys = [visitors.mailbox(of_chat), visitors.digits(of_chat)];
            let keys = keys.map(|key| key.map(|key| FxBuildHasher.hash_one(key)));
            Some(Ok(Visit { made, chat: (of, of_chat), keys }))
        };
        let of_source: Vec<Result<Visit, ()>> =
            links.pairs()[links.of_source(chat.index)].par_iter().filter_map(visit).collect();
        let before = visits.len();
        let all = of_source.len();
        visits.extend(of_source.into_iter().flatten());
        let left_out = (all - (visits.len() - before)) as u64;
        if left_out > 0 {
            *outside.entry(chat.index).or_default() += left_out;
        }
    }
    // Who is the only one with a hash did not come back, and needs no name.
    let mut by_visitor: FxHashMap<(bool, String), Vec<Made>> = FxHashMap::default();
    for (at, by_number) in [false, true].into_iter().enumerate() {
        let mut keyed: Vec<(u64, u32)> = (0..).zip(&visits).filter_map(|(n, one)| Some((one.keys[at]?, n))).collect();
        keyed.par_sort_unstable();
        let met: Vec<u32> = keyed
            .chunk_by(|one, other| one.0 == other.0)
            .filter(|same| same.len() > 1)
            .flatten()
            .map(|(_, n)| *n)
            .collect();
        let key = |n: &u32| {
            let (of, row) = visits[*n as usize].chat;
            let visitors = &chats[of].1;
            if by_number { visitors.number(row) } else { visitors.mailbox(row).map(Cow::into_owned) }
        };
        let keys: Vec<Option<String>> = met.par_iter().map(key).collect();
        for (n, key) in met.into_iter().zip(keys) {
            if let Some(key) = key {
                by_visitor.entry((by_number, key)).or_default().push(visits[n as usize].made.clone());
            }
        }
    }
    let mut back: BTreeMap<(bool, String), Vec<Made>> =
        by_visitor.into_iter().filter(|(_, made)| (2..=CROWD).contains(&made.len())).collect();
    for made in back.values_mut() {
        made.sort_by_key(|one| (one.started, one.chat, one.row));
    }
    (visits.len() as u64, back)
}

/// The pairs of records of `table` that the rule reports, as rows of the source, the smaller first.
pub(in crate::rules) fn reported(table: &Table, cx: &Check<'_>) -> BTreeSet<(u32, u32)> {
    let Some(links) = cx.facts.links.as_ref().filter(|links| links.people.contains(&table.index)) else {
        return BTreeSet::new();
    };
    // A rule sees the open records alone; what a chat made is looked up in all of them.
    let Some(table) = cx.all.iter().find(|one| one.index == table.index) else { return BTreeSet::new() };
    let chats = cx.all.iter().filter(|one| one.source.kind == Kind::Chat);
    let (_, back) = came_back(chats, links, table, &mut BTreeMap::new());
    let pairs = back.values().flat_map(|made| pairs(table, made));
    pairs
        .map(|(one, other)| {
            let (one, other) = (table.source_row(one.row), table.source_row(other.row));
            (one.min(other), one.max(other))
        })
        .collect()
}

fn id(table: &Table, row: u32) -> Option<String> {
    table.text(table.role(Role::Id)?).get(row).and_then(record_id::canonical).map(Cow::into_owned)
}

/// The pairs of records that no other rule reports.
fn pairs<'m>(table: &Table, made: &'m [Made]) -> Vec<(&'m Made, &'m Made)> {
    let mut pairs = Vec::new();
    for (at, other) in made.iter().enumerate().filter(|(_, other)| !other.was_known) {
        for one in &made[..at] {
            let is_one =
                one.row == other.row || (id(table, one.row).is_some() && id(table, one.row) == id(table, other.row));
            if one.chat != other.chat && !is_one && !cluster::is_pair(table, one.row, other.row) {
                pairs.push((one, other));
            }
        }
    }
    pairs
}

/// Who the visitors of a chat source say they are.
struct Visitors<'t> {
    table: &'t Table,
    names: Names<'t>,
}

impl<'t> Visitors<'t> {
    fn of(table: &'t Table) -> Self {
        Self { table, names: Names::of(table) }
    }

    fn cell(&self, role: Role, row: u32) -> Option<&'t str> {
        self.table.text(self.table.role(role)?).get(row)
    }

    fn mailbox(&self, row: u32) -> Option<Cow<'t, str>> {
        email::mailbox(self.cell(Role::Email, row)?).filter(|mailbox| !email::is_placeholder(mailbox))
    }

    fn digits(&self, row: u32) -> Option<Cow<'t, str>> {
        phone::national(self.cell(Role::Phone, row)?).map(Cow::Owned)
    }

    /// Number and full name: a number alone may be a family's.
    fn number(&self, row: u32) -> Option<String> {
        let digits = self.digits(row)?;
        let raw = [Role::Name, Role::FirstName, Role::LastName].map(|role| self.cell(role, row).unwrap_or_default());
        let name = self.names.at(row).filter(|_| !is_nobody(trimmed(&raw.join(" "))))?;
        name.contains(' ').then(|| format!("{digits} {name}"))
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    const CHATS: &str = "chat_id,started_at,ended_at,visitor_name,visitor_email,visitor_phone,is_spam\n";
    const LEADS: &str = "Id,Name,Email,CreatedDate,Chat_Id__c\n9,Zoe Roe,zoe@acme.example,2026-10-09T09:00:00Z,\n";

    fn ids(chats: &str, leads: &str) -> Vec<String> {
        let texts = [("lead", &*format!("{LEADS}{leads}")), ("chat", &format!("{CHATS}{chats}"))];
        let found = flagged("CHT005", "", &texts.map(|(what, text)| (what, text)));
        found.into_iter().filter_map(|row| row.record_id).collect()
    }

    const TWO: &str = "c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,Ana Moss,ana@acme.example,2025550101,\n\
        c2,2026-10-05T09:00:00Z,2026-10-05T09:10:00Z,Moss Ana,ana.moss@home.example,+12025550101,\n";

    #[test]
    fn a_number_with_a_name_is_a_visitor_and_neither_alone() {
        let leads = "1,Ana Moss,ana@acme.example,2026-10-01T09:10:05Z,c1\n2,Ana Moss,ana.moss@home.example,2026-10-05T09:10:05Z,c2\n";
        assert_eq!(ids(TWO, leads), ["1", "2"]);
        assert!(ids(&TWO.replace("Moss Ana", "Bo Moss"), leads).is_empty());
        assert!(ids(&TWO.replace("+12025550101", ""), leads).is_empty());
        assert!(ids(&TWO.replace("home.example,+12025550101,", "home.example,+12025550101,true"), leads).is_empty());
    }

    #[test]
    fn an_address_that_was_lost_on_the_way_is_found_by_the_chats() {
        let chats = TWO.replace("ana.moss@home.example,+12025550101", "ana+x@acme.example,");
        let leads = "1,,,2026-10-01T09:10:05Z,c1\n2,,,2026-10-05T09:10:05Z,c2\n";
        assert_eq!(ids(&chats, leads), ["1", "2"]);
    }

    #[test]
    fn what_other_rules_report_is_left_to_them() {
        let chats = TWO.replace("ana.moss@home.example", "ana@acme.example");
        let leads = "1,Ana Moss,ana@acme.example,2026-10-01T09:10:05Z,c1\n2,Ana Moss,ana@acme.example,2026-10-05T09:10:05Z,c2\n";
        assert!(ids(&chats, leads).is_empty(), "DUP001's");
        let leads = leads.replace("2,Ana Moss,ana@acme.example", "2,Ana Moss,");
        assert!(ids(&chats, &leads).is_empty(), "DUP007's");
    }
}
