//! LNK001: a reference that leads nowhere.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::hash::BuildHasher as _;

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashSet};

use crate::model::{Kind, Object, SystemField};
use crate::normalise::record_id;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Ids that lead to no record, although the source that would hold it is loaded: owners that no user is, accounts of
    /// contacts and deals, what converted leads became, the chats that records name, and the records that chats and sync
    /// logs name.
    ///
    /// A source is taken to cover the references if most of them are in it: at least half of the different ids, from
    /// twenty on four in five. Else it is a filtered export, or another org's, and the column is not checked, which the
    /// report says. Chats are looked for only where the record was created in the period that the chats cover, less its
    /// first day.
    ///
    /// An id whose record the other source holds as deleted, archived or merged is known, and leads somewhere.
    ///
    /// Only what has the form of the other source's ids is an id: names and addresses of owners, queues (`00G`), masked
    /// and blank cells are not judged. Salesforce ids of 15 and 18 characters are the same. Records that the export itself
    /// lists as deleted or merged away are no loss.
    ///
    /// ## Why it matters
    ///
    /// A lead whose owner does not exist is worked by nobody, and an import that carries the id is refused.
    ///
    /// ## Example
    ///
    /// ```csv user
    /// Id,Name,IsActive
    /// u1,Ana Moss,true
    /// u2,Bo Lee,true
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,OwnerId
    /// 1,cy@acme.example,u1
    /// 2,di@acme.example,u7
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,OwnerId
    /// 1,cy@acme.example,u1
    /// 2,di@acme.example,u2
    /// 3,ed@acme.example,East queue
    /// 4,fi@acme.example,
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: the record that was meant is gone. Assign the records anew, or load the export that holds it.
    pub struct DanglingReference {
        code: "LNK001",
        name: "dangling-reference",
        family: Links,
        severity: Error,
        dimension: Integrity,
        scope: Scope::Whole("it compares with the ids of other sources"),
        kinds: [Crm, Chat, SyncLog],
        needs: [],
        safety: Manual,
        message: "{count|row|rows} of {source} · {column} with {groups|id|ids} of records that no loaded source holds",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// What a reference leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    User,
    Account,
    Contact,
    Deal,
    Person,
    Chat,
}

impl Target {
    const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Account => "account",
            Self::Contact => "contact",
            Self::Deal => "deal",
            Self::Person => "lead or contact",
            Self::Chat => "chat",
        }
    }

    fn is(self, table: &Table) -> bool {
        let object = table.source.object;
        match self {
            Self::User => object == Some(Object::User),
            Self::Account => object == Some(Object::Account),
            Self::Contact => object == Some(Object::Contact),
            Self::Deal => object == Some(Object::Deal),
            Self::Person => matches!(object, Some(Object::Lead | Object::Contact)),
            Self::Chat => table.source.kind == Kind::Chat,
        }
    }
}

/// The columns of a table that refer to other records.
fn references(table: &Table) -> Vec<(usize, Target)> {
    let source = &table.source;
    let found = match source.kind {
        Kind::Crm => vec![
            (table.role(Role::Owner), Target::User),
            (source.system(SystemField::Account), Target::Account),
            (source.system(SystemField::ConvertedContact), Target::Contact),
            (source.system(SystemField::ConvertedAccount), Target::Account),
            (source.system(SystemField::ConvertedDeal), Target::Deal),
            (table.role(Role::ChatId), Target::Chat),
        ],
        Kind::Chat | Kind::SyncLog => vec![(table.role(Role::RecordId), Target::Person)],
    };
    // A table's own objects are hierarchies, not references between sources.
    found
        .into_iter()
        .filter_map(|(column, target)| Some((column?, target)))
        .filter(|(_, target)| !target.is(table))
        .collect()
}

/// What two ids of one kind have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Form<'a> {
    /// Digits only.
    Digits,
    /// The first three characters of a Salesforce id, which say which object it is of.
    Salesforce([u8; 3]),
    /// What is drawn by lot has its length in common, and what stands before an underscore.
    Drawn(Cow<'a, str>, usize),
    /// `usr-0042`: a word, in lower case, then a number.
    Numbered(Cow<'a, str>),
}

impl Form<'_> {
    fn into_owned(self) -> Form<'static> {
        match self {
            Self::Digits => Form::Digits,
            Self::Salesforce(object) => Form::Salesforce(object),
            Self::Drawn(front, length) => Form::Drawn(Cow::Owned(front.into_owned()), length),
            Self::Numbered(word) => Form::Numbered(Cow::Owned(word.into_owned())),
        }
    }
}

/// The form of an id. `None` for what is no id: names, addresses, masks, noughts.
fn form(id: &str) -> Option<Form<'_>> {
    let bytes = id.as_bytes();
    let plain = bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    if !plain || digits == 0 || bytes.iter().all(|b| matches!(b, b'0' | b'-' | b'A')) {
        return None;
    }
    if digits == bytes.len() {
        return Some(Form::Digits);
    }
    if bytes.len() == 18 && bytes[..3].iter().any(u8::is_ascii_digit) && bytes.iter().all(u8::is_ascii_alphanumeric) {
        return Some(Form::Salesforce([bytes[0], bytes[1], bytes[2]]));
    }
    let word = id.trim_end_matches(|c: char| c.is_ascii_digit());
    if word.bytes().any(|b| b.is_ascii_digit()) {
        let front = id.split_once('_').map_or("", |(front, _)| front);
        return Some(Form::Drawn(Cow::Borrowed(front), bytes.len()));
    }
    let lower = word.bytes().any(|b| b.is_ascii_uppercase());
    Some(Form::Numbered(if lower { Cow::Owned(word.to_lowercase()) } else { Cow::Borrowed(word) }))
}

/// The ids of the records that a source is known to hold, in the form in which ids compare, in parts with their forms.
/// What is deleted or merged away is known too: the export says what became of it, and the CRM follows the reference.
fn known_ids(table: &Table) -> Vec<(Vec<Cow<'_, str>>, BTreeSet<Form<'static>>)> {
    let with_forms = |ids: &[Cow<'_, str>]| {
        let mut forms: BTreeSet<Form<'static>> = BTreeSet::new();
        for form in ids.iter().filter_map(|id| form(id)) {
            if !forms.contains(&form) {
                forms.insert(form.into_owned());
            }
        }
        forms
    };
    let mut parts = match table.role(Role::Id) {
        Some(column) => table.text(column).par_parts(|_, cells| {
            let ids: Vec<Cow<'_, str>> = cells.flatten().filter_map(record_id::canonical).collect();
            let forms = with_forms(&ids);
            (ids, forms)
        }),
        None => Vec::new(),
    };
    let gone: Vec<Cow<'_, str>> = table.source.gone.iter().map(|gone| Cow::Borrowed(gone.id.as_str())).collect();
    let forms = with_forms(&gone);
    parts.push((gone, forms));
    parts
}

/// The records that one kind of reference may lead to.
struct Known<'t> {
    ids: FxHashSet<Cow<'t, str>>,
    forms: BTreeSet<Form<'static>>,
    /// Names of the sources.
    named: String,
    /// The periods that they cover, in microseconds since 1970.
    windows: Vec<Option<(i64, i64)>>,
}

impl<'t> Known<'t> {
    fn of(cx: &Check<'t>, target: Target) -> Option<Self> {
        let tables: Vec<&Table> =
            cx.tables.iter().copied().filter(|table| target.is(table) && table.role(Role::Id).is_some()).collect();
        let records = tables.iter().map(|table| table.height()).sum();
        let mut ids = FxHashSet::with_capacity_and_hasher(records, FxBuildHasher);
        let mut forms = BTreeSet::new();
        for table in &tables {
            for (some, of_some) in known_ids(table) {
                ids.extend(some);
                forms.extend(of_some);
            }
        }
        let named = tables.iter().map(|table| table.name()).collect::<Vec<_>>().join(" and ");
        let windows = tables.iter().map(|table| cx.facts.of(table).window).collect();
        (!ids.is_empty()).then_some(Self { ids, forms, named, windows })
    }

    /// Whether chats are known that began when a record was created. The first day is left out: the chat may have begun
    /// before it.
    fn covers(&self, created: Option<i64>) -> bool {
        const DAY: i64 = 86_400_000_000;
        let within = |at: i64| self.windows.iter().flatten().any(|(from, to)| (from + DAY..=*to).contains(&at));
        created.is_some_and(within)
    }
}

/// Whether a source covers what refers to it: `held` of `different` ids are in it.
const fn is_covered(held: usize, different: usize) -> bool {
    held > 0 && if different < 20 { held * 2 >= different } else { held * 5 >= different * 4 }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let mut any = false;
    for target in [Target::User, Target::Account, Target::Contact, Target::Deal, Target::Person, Target::Chat] {
        let refer: Vec<(&Table, usize)> = cx
            .tables
            .iter()
            .flat_map(|table| references(table).into_iter().map(move |(column, to)| (*table, column, to)))
            .filter(|(_, _, to)| *to == target)
            .map(|(table, column, _)| (table, column))
            .collect();
        if refer.is_empty() {
            continue;
        }
        let Some(known) = Known::of(cx, target) else { continue };
        any = true;
        for (table, column) in refer {
            follow(table, column, target, &known, &mut out)?;
        }
    }
    if !any {
        out.unchecked(
            "no column refers to another loaded source: owners to users, contacts and deals to accounts, converted leads to \
             what they became, records to chats",
        );
    }
    Ok(out)
}

/// Where the references of some rows lead. Ids are told apart by hash: they are only counted.
#[derive(Default)]
struct Followed {
    checked: u64,
    dangling: Vec<(u32, String)>,
    held: Vec<u64>,
    gone: Vec<u64>,
}

/// How many different hashes there are.
fn different<'h>(hashes: impl Iterator<Item = &'h Vec<u64>>) -> usize {
    let mut all: Vec<u64> = hashes.flatten().copied().collect();
    all.par_sort_unstable();
    all.dedup();
    all.len()
}

/// Follows the references of one column.
fn follow(table: &Table, column: usize, target: Target, known: &Known<'_>, out: &mut Outcome) -> anyhow::Result<()> {
    let text = table.text(column);
    let created = (target == Target::Chat).then(|| table.role(Role::CreatedAt).map(|column| table.times(column)));
    let parts = text.par_parts(|first, cells| {
        let mut part = Followed::default();
        for (row, cell) in (first..).zip(cells) {
            let Some(cell) = cell else { continue };
            if let Some(times) = created
                && !known.covers(times.and_then(|times| times.get(row)))
            {
                continue;
            }
            let mut dangling = None;
            let mut judged = false;
            for id in cell.split(';').filter_map(record_id::canonical) {
                let found = known.ids.contains(&id);
                if !found && !form(&id).is_some_and(|form| known.forms.contains(&form)) {
                    continue;
                }
                judged = true;
                let hash = FxBuildHasher.hash_one(id.as_ref());
                if found {
                    part.held.push(hash);
                } else {
                    part.gone.push(hash);
                    dangling.get_or_insert_with(|| format!("{}\u{1F}{id}", target.name()));
                }
            }
            part.checked += u64::from(judged);
            part.dangling.extend(dangling.map(|key| (row, key)));
        }
        part
    });
    let checked = parts.iter().map(|part| part.checked).sum();
    let held = different(parts.iter().map(|part| &part.held));
    let gone = different(parts.iter().map(|part| &part.gone));
    let (rows, keys): (Vec<u32>, Vec<String>) = parts.into_iter().flat_map(|part| part.dangling).unzip();
    let place = format!("{} · {}", table.name(), table.source.header(column));
    let different = held + gone;
    if different == 0 {
        out.unchecked(format!("{place} holds nothing that looks like an id of {}", known.named));
    } else if is_covered(held, different) {
        out.checked(table, Some(column), checked);
        let keys: StringChunked = keys.iter().map(|key| Some(key.as_str())).collect();
        let detail = format!("no {} in {} has this id", target.name(), known.named);
        out.push(Hits::rows(table, Some(column), rows)?.with("key", keys.into_series())?.with_text("detail", &detail)?);
    } else {
        out.unchecked(format!(
            "{place}: only {held} of {different} ids are in {}, which does not cover them",
            known.named
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::flagged;

    fn ids(texts: &[(&str, &str)]) -> Vec<String> {
        flagged("LNK001", "", texts).into_iter().filter_map(|row| row.record_id).collect()
    }

    const USERS: &str = "Id,Name,IsActive\n0055e000001abcd,Ana Moss,true\n0055e000001abceAAA,Bo Lee,true\n";

    #[test]
    fn salesforce_ids_compare_in_both_lengths_and_queues_are_owners() {
        let long = record_id::salesforce_long("0055e000001abcd");
        let leads = format!(
            "Id,Email,OwnerId\n1,a@x.example,{long}\n2,b@x.example,00G5e000001abcdAAA\n3,c@x.example,0055e000001zzzzAAA\n4,d@x.example,***\n"
        );
        assert_eq!(ids(&[("lead", &leads), ("user", USERS)]), ["3"]);
    }

    #[test]
    fn owners_by_name_or_address_are_not_judged() {
        let leads = "Id,Email,Owner\n1,a@x.example,Cy Fox\n2,b@x.example,cy@acme.example\n";
        assert!(ids(&[("lead", leads), ("user", USERS)]).is_empty());
    }

    #[test]
    fn a_filtered_export_is_no_loss() {
        let contacts = (0..40).map(|n| format!("c{n},p{n}@x.example,a{n}\n")).collect::<Vec<_>>().concat();
        let contacts = format!("Id,Email,AccountId\n{contacts}");
        let accounts = |until: u32| {
            let rows = (0..until).map(|n| format!("a{n},Company {n},Tools\n")).collect::<Vec<_>>().concat();
            format!("Id,Name,Industry\n{rows}")
        };
        assert!(ids(&[("contact", &contacts), ("account", &accounts(20))]).is_empty());
        assert_eq!(ids(&[("contact", &contacts), ("account", &accounts(39))]), ["c39"]);
    }

    #[test]
    fn what_converted_leads_became_must_be_there() {
        let leads = "Id,Email,IsConverted,ConvertedContactId\n1,a@x.example,true,c1\n2,b@x.example,true,c9\n3,c@x.example,false,\n";
        assert_eq!(ids(&[("lead", leads), ("contact", "Id,Email\nc1,a@x.example\n")]), ["2"]);
    }

    #[test]
    fn deleted_and_merged_records_are_known() {
        let leads = "Id,Email,CreatedDate,IsDeleted,MasterRecordId\nL1,a@x.example,2026-10-01,false,\n\
            L2,b@x.example,2026-10-01,true,L1\nL3,c@x.example,2026-10-01,true,\nL4,d@x.example,2026-10-01,false,\n";
        let chats = "chat_id,started_at,visitor_email,lead_id\nk1,2026-10-01T09:00:00Z,a@x.example,L1\n\
            k2,2026-10-01T09:00:00Z,b@x.example,L2\nk3,2026-10-01T09:00:00Z,c@x.example,L3\n\
            k9,2026-10-01T09:00:00Z,e@x.example,L9\n";
        assert_eq!(ids(&[("lead", leads), ("chat", chats)]), ["k9"]);
    }

    #[test]
    fn chats_are_looked_for_in_the_period_that_they_cover() {
        let chats = "chat_id,started_at,visitor_email\nk1,2026-10-01T09:00:00Z,a@x.example\nk2,2026-10-20T09:00:00Z,b@x.example\n";
        let leads = |day: &str| {
            format!("Id,Email,CreatedDate,Chat_Id__c\n1,a@x.example,2026-10-20T08:00:00Z,k2\n2,b@x.example,{day},k7\n")
        };
        assert_eq!(ids(&[("lead", &leads("2026-10-10")), ("chat", chats)]), ["2"]);
        assert!(ids(&[("lead", &leads("2026-09-10")), ("chat", chats)]).is_empty());
        assert!(ids(&[("lead", &leads("2026-10-21")), ("chat", chats)]).is_empty());
        assert!(ids(&[("lead", &leads("")), ("chat", chats)]).is_empty());
    }

    #[test]
    fn forms_tell_ids_from_names() {
        for (one, other) in [("u1", "U22"), ("usr-001", "usr-9"), ("12", "345"), ("lead_a1b2", "lead_c3d4")] {
            assert_eq!(form(one), form(other), "{one} and {other}");
        }
        for (one, other) in [("u1", "c1"), ("12", "u12"), ("0055e000001abceAAA", "00G5e000001abceAAA")] {
            assert_ne!(form(one), form(other), "{one} and {other}");
        }
        for name in ["Ana Moss", "ana@acme.example", "", "****1234", "000000000000000AAA", "0", "integration"] {
            assert_eq!(form(name), None, "{name}");
        }
    }
}
