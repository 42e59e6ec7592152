//! DUP008: a lead that repeats a contact.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use polars::prelude::NamedFrom;
use rustc_hash::FxHashSet;

use super::across::{self, Meeting};
use super::{cluster, compared, probable_duplicate, unlinked_chat};
use crate::matching::records::{self, Fit};
use crate::model::{Object, Source, SystemField};
use crate::normalise::keys::KeyName;
use crate::normalise::links::At;
use crate::normalise::record_id;
use crate::rules::consent::columns::plain_words;
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Open leads of somebody who is a contact already, other than by conversion:
    ///
    /// - an email address of the lead is one of the contact, in any email column of either;
    /// - both addresses reach one mailbox: dots and tags at Gmail; tags elsewhere only where the names agree;
    /// - everything else that both show makes them one person: the same comparison as DUP004's, over leads and contacts
    ///   together, by the columns that both have.
    ///
    /// Placeholders, mailboxes of offices (`info@`) and addresses on more records than DUP001's `shared-above` are no key,
    /// and names that contradict each other on one address are two people. A converted lead is never a finding; it proves
    /// that its contact exists, so a later lead with its address is one even where the contact is not loaded. A lead that
    /// names the contact in a column of its own, or is named by it, is linked and no finding, nor is a record that stands in
    /// both exports under one id. What DUP007 reports is left to it.
    ///
    /// Where one system is kept in step with the other by a sync (`synced-with`, or more than half of the leads stand among
    /// another vendor's contacts), the copies are no duplicates: the report says that the two were not compared.
    ///
    /// The lead is pointed at, and the contact that fits best is named beside it. The confidence is 1 where the address and
    /// the names are the same.
    ///
    /// ## Why it matters
    ///
    /// A customer is called as if a stranger; opt-outs and history stand on the contact, where nobody who works the lead
    /// looks.
    ///
    /// ## Example
    ///
    /// ```csv contact
    /// Id,FirstName,LastName,Email
    /// 71,Ana,Moss,ana@acme.example
    /// 72,Bo,Lee,bo@acme.example
    /// ```
    ///
    /// ```csv lead flags
    /// Id,FirstName,LastName,Email
    /// 1,Ana,Moss,Ana@acme.example
    /// ```
    ///
    /// ```csv lead passes
    /// Id,FirstName,LastName,Email,IsConverted,ConvertedContactId
    /// 1,Ana,Moss,ana@acme.example,true,71
    /// 2,Cy,Fox,cy@acme.example,false,
    /// 3,Di,Ray,bo@acme.example,false,
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Manual: convert the lead into the contact, which keeps its chats and campaigns; no merge joins two objects.
    pub struct CrossObjectDuplicate {
        code: "DUP008",
        name: "cross-object-duplicate",
        family: Duplicates,
        severity: Warning,
        dimension: Uniqueness,
        scope: Scope::Whole("the contact may stand anywhere"),
        kinds: [Crm],
        objects: [Lead, Contact],
        needs: [],
        safety: Manual,
        message: "{count|lead|leads} of {source} repeat {groups|contact|contacts}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// Leads with an address from which on it is a copy that more than half of them stand among another vendor's contacts.
const COPY: usize = 20;

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let of = |object: Object| cx.tables.iter().copied().filter(move |table| table.source.object == Some(object));
    let (leads, contacts): (Vec<&Table>, Vec<&Table>) = (of(Object::Lead).collect(), of(Object::Contact).collect());
    if leads.is_empty() {
        out.unchecked("no leads are loaded to be held against the contacts; load both");
        return Ok(out);
    }
    let whole = |lead: &&Table| cx.all.iter().find(|table| table.index == lead.index);
    let converted: Vec<Table> = leads.iter().filter_map(whole).filter_map(Table::converted).collect();
    if contacts.is_empty() {
        out.unchecked(if converted.is_empty() {
            "no contacts are loaded to hold leads against; load both"
        } else {
            "no contacts are loaded: leads were held against converted leads alone; load the contacts too"
        });
        if converted.is_empty() {
            return Ok(out);
        }
    }
    let told = unlinked_chat::second_records(cx);
    for lead in leads {
        let naming = naming(lead, "contact");
        // Beside a converted lead DUP007 means the contact that came of it.
        let is_converted =
            |at: &At| converted.iter().any(|part| part.index == at.source as usize && part.part_row(at.row).is_some());
        let of_lead = told.iter().filter(|(new, old)| new.source as usize == lead.index && is_converted(old));
        let settled = of_lead.map(|(new, _)| new.row).collect();
        let comparable = vec![false; lead.height()];
        let mut desk = Desk { cx, lead, told: &told, settled, naming, found: BTreeMap::new(), comparable, held: false };
        for contact in &contacts {
            desk.hold_against(contact, &mut out);
        }
        for part in &converted {
            desk.hold_against_converted(part);
        }
        desk.report(&mut out)?;
    }
    Ok(out)
}

/// Why a lead repeats a record.
enum Why {
    Address(Meeting),
    Everything(Fit),
}

/// What a lead repeats.
struct Repeat<'t> {
    confidence: f64,
    table: &'t Table,
    row: u32,
    why: Why,
}

impl Repeat<'_> {
    fn is_converted(&self) -> bool {
        self.table.source.object == Some(Object::Lead)
    }

    /// The id of the record, or what stands for it.
    fn id(&self) -> String {
        id(self.table, self.row).unwrap_or_else(|| "a record".to_owned())
    }

    fn at(&self) -> At {
        At { source: self.table.index as u32, row: self.table.source_row(self.row) }
    }

    /// What all leads that repeat the record have in common.
    fn key(&self) -> String {
        format!("{}\u{1F}{}", self.table.name(), cluster::identity(self.table, self.row))
    }

    /// What comes first is best: contacts before converted leads, the surest, then whatever order is always the same.
    fn rank(&self) -> (bool, Reverse<u64>, String, String) {
        (self.is_converted(), Reverse((self.confidence * 1e9) as u64), self.key(), self.detail())
    }

    fn detail(&self) -> String {
        let id = self.id();
        match &self.why {
            Why::Address(meeting) => format!(
                "{} as {}{id} of {}, {}",
                if meeting.exact { "same address" } else { "same mailbox" },
                if self.is_converted() { "the converted lead " } else { "" },
                self.table.name(),
                meeting.names.said()
            ),
            Why::Everything(fit) => probable_duplicate::detail(&format!("{id} of {}", self.table.name()), fit),
        }
    }
}

fn id(table: &Table, row: u32) -> Option<String> {
    table.text(table.role(Role::Id)?).get(row).and_then(record_id::canonical).map(std::borrow::Cow::into_owned)
}

/// The columns of `table` that may name a record of another object.
fn naming(table: &Table, object: &str) -> Vec<usize> {
    let is_about =
        |column: &usize| plain_words(table.source.header(*column)).iter().any(|word| word.starts_with(object));
    table.source.columns().filter(is_about).collect()
}

/// Whether one of `columns` names the record `id`.
fn names(table: &Table, columns: &[usize], row: u32, id: &str) -> bool {
    columns
        .iter()
        .filter_map(|column| table.text(*column).get(row))
        .any(|cell| cell.split([';', ',']).any(|part| record_id::canonical(part).is_some_and(|named| named == id)))
}

/// Ids of which two objects would not have the same by chance.
const TELLING_ID: usize = 6;

/// One source of leads, and what its leads repeat.
struct Desk<'c> {
    cx: &'c Check<'c>,
    lead: &'c Table,
    /// Pairs that DUP007 reports.
    told: &'c FxHashSet<(At, At)>,
    /// Source rows of leads that DUP007 reports beside a converted one.
    settled: FxHashSet<u32>,
    /// Columns of the leads that may name a contact.
    naming: Vec<usize>,
    found: BTreeMap<u32, Repeat<'c>>,
    /// Which leads show enough to be compared by more than their addresses.
    comparable: Vec<bool>,
    /// Whether there was anything to hold them against.
    held: bool,
}

impl<'c> Desk<'c> {
    fn hold_against(&mut self, contact: &'c Table, out: &mut Outcome) {
        let meetings = across::meetings(self.lead, contact, self.cx.config);
        if let Some(why) = self.is_copy(contact, &meetings) {
            out.unchecked(why);
            return;
        }
        self.held = true;
        let of_leads = naming(contact, "lead");
        let mut met = FxHashSet::default();
        for meeting in meetings {
            met.insert(meeting.row);
            let (row, confidence) = (meeting.other, meeting.confidence);
            self.add(meeting.row, Repeat { confidence, table: contact, row, why: Why::Address(meeting) }, &of_leads);
        }
        let records = match compared::records_of_both(self.lead, contact, self.cx.config) {
            Ok(records) => records,
            Err(why) => {
                out.unchecked(why);
                return;
            }
        };
        for (row, comparable) in self.comparable.iter_mut().enumerate() {
            *comparable |= records.fields.iter().filter(|field| field.codes[row] != records::NONE).count() > 1;
        }
        let crossing = records::link_across(&records);
        let fields: Vec<String> = records.fields.iter().map(|field| field.name.clone()).collect();
        let whom = format!("{} beside {}", self.lead.name(), contact.name());
        probable_duplicate::say_capped(out, &whom, &fields, &crossing.capped);
        for (lead, fit) in crossing.fits {
            if met.contains(&lead) {
                continue;
            }
            let (confidence, row) =
                (probable_duplicate::rounded(fit.confidence), fit.other - self.lead.height() as u32);
            self.add(lead, Repeat { confidence, table: contact, row, why: Why::Everything(fit) }, &of_leads);
        }
    }

    /// A lead with the address of one that was converted repeats the contact that came of it.
    fn hold_against_converted(&mut self, part: &'c Table) {
        self.held = true;
        for meeting in across::meetings(self.lead, part, self.cx.config) {
            let (row, confidence) = (meeting.other, meeting.confidence);
            // A mailbox is no proof of a contact that is not at hand.
            if meeting.exact {
                self.add(meeting.row, Repeat { confidence, table: part, row, why: Why::Address(meeting) }, &[]);
            }
        }
    }

    /// Keeps what a lead repeats, unless the two are linked or reported, or it repeats another record more surely.
    fn add(&mut self, lead: u32, repeat: Repeat<'c>, of_leads: &[usize]) {
        let at = At { source: self.lead.index as u32, row: self.lead.source_row(lead) };
        if self.told.contains(&(at, repeat.at())) || self.settled.contains(&at.row) {
            return;
        }
        let (own, other) = (id(self.lead, lead), id(repeat.table, repeat.row));
        let became = repeat.table.source.system(SystemField::ConvertedContact).filter(|_| repeat.is_converted());
        let became = became.and_then(|column| repeat.table.text(column).get(repeat.row)).and_then(record_id::canonical);
        let is_named = |id: &str| names(self.lead, &self.naming, lead, id);
        let is_linked = other.as_deref().is_some_and(is_named)
            || became.as_deref().is_some_and(is_named)
            || own.as_deref().is_some_and(|id| names(repeat.table, of_leads, repeat.row, id))
            || own.as_deref().is_some_and(|id| id.len() >= TELLING_ID && Some(id) == other.as_deref());
        if is_linked {
            return;
        }
        match self.found.entry(lead) {
            Entry::Vacant(entry) => {
                entry.insert(repeat);
            }
            Entry::Occupied(mut entry) => {
                if repeat.rank() < entry.get().rank() {
                    entry.insert(repeat);
                }
            }
        }
    }

    /// Why the contacts are copies of the leads, or the other way round; `None` where they are people of their own.
    fn is_copy(&self, contact: &Table, meetings: &[Meeting]) -> Option<String> {
        let (one, other) = (&self.lead.source, &contact.source);
        let with = |this: &Source, that: &Source| {
            this.synced_with.as_ref().is_some_and(|with| with.eq_ignore_ascii_case(&that.vendor))
        };
        if with(one, other) || with(other, one) {
            return Some(format!(
                "{} and {} are synced with each other: the copies are no duplicates",
                one.name, other.name
            ));
        }
        let vendors = unlinked_chat::vendor(self.lead).zip(unlinked_chat::vendor(contact));
        if vendors.is_none_or(|(one, other)| one == other) {
            return None;
        }
        let key = self.lead.key(KeyName::Email);
        let all: FxHashSet<u32> = key.row.iter().copied().collect();
        let met: FxHashSet<u32> = meetings.iter().filter(|one| one.exact).map(|one| one.row).collect();
        (all.len() >= COPY && met.len() * 2 > all.len()).then(|| {
            format!(
                "{} of {} leads of {} stand among {} too, which is another system: it looks like a sync, whose copies are no \
                 duplicates",
                met.len(),
                all.len(),
                one.name,
                other.name
            )
        })
    }

    fn report(self, out: &mut Outcome) -> anyhow::Result<()> {
        if !self.held {
            return Ok(());
        }
        let lead = self.lead;
        let primary = lead.role(Role::Email);
        if let Some(primary) = primary {
            let key = lead.key(KeyName::Email);
            out.checked(
                lead,
                Some(primary),
                key.column.iter().filter(|column| **column as usize == primary).count() as u64,
            );
        }
        let comparable = self.comparable.iter().filter(|comparable| **comparable).count() as u64;
        if comparable > 0 {
            out.checked(lead, None, comparable);
        }
        let mut by_column: BTreeMap<Option<usize>, Vec<(f64, PairHit)>> = BTreeMap::new();
        for (row, repeat) in self.found {
            let column = match &repeat.why {
                Why::Address(meeting) => Some(meeting.column),
                Why::Everything(_) => None,
            };
            let hit = PairHit {
                row,
                key: Some(repeat.key()),
                detail: repeat.detail(),
                other: Some(repeat.at()),
                ..PairHit::default()
            };
            by_column.entry(column).or_default().push((repeat.confidence, hit));
        }
        for (column, found) in by_column {
            let (confidence, hits): (Vec<f64>, Vec<PairHit>) = found.into_iter().unzip();
            out.push(
                pair_hits::hits(lead, column, &hits, (Severity::Warning, Safety::Manual))?
                    .with("confidence", Series::new("confidence".into(), confidence))?,
            );
        }
        Ok(())
    }
}
