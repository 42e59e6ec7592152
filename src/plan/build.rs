//! Evidence to plan: what goes in, in which order, and what is set aside.

mod merging;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cluster::{self, Cluster, Clusters};
use super::decisions::{Answer, Decisions, Records, Ruling, Tally, needed, rejected};
use super::deletes::{self, DELETES, Deletes, Scene};
use super::fields::{Consent, Field, Fields, Protection, read_consent};
use super::links::Links;
use super::operation::{Aside, Cited, Decision, Grounds, Operation, Set, SetAside, SetKind};
use super::places::{Places, cell};
use super::proposals::{self, Cell, Chosen, Proposal};
use super::references::References;
use super::repeated::Repeated;
use super::{Heading, Plan};
use crate::config::options::Options;
use crate::evidence::{Audit, EvidenceRow};
use crate::load::encode;
use crate::model::{Object, Role, Safety, Source, Status, TextEncoding};
use crate::normalise::Table;
use crate::normalise::system_users::SystemUsers;
use crate::normalise::text::is_blank;

/// Rules whose clusters are merged once a person says so.
pub(super) const MERGES: [&str; 6] = ["DUP001", "DUP002", "DUP003", "DUP004", "DUP010", "CHT005"];

/// What is set aside, counted by reason.
#[derive(Debug, Default)]
pub(super) struct Asides(BTreeMap<(Aside, &'static str, String, String), u64>);

impl Asides {
    pub(super) fn add(&mut self, class: Aside, code: &'static str, what: String, why: impl Into<String>) {
        self.count(class, code, what, why, 1);
    }

    pub(super) fn count(&mut self, class: Aside, code: &'static str, what: String, why: impl Into<String>, count: u64) {
        *self.0.entry((class, code, what, why.into())).or_default() += count;
    }

    fn into_list(self) -> Vec<SetAside> {
        let made = |((class, code, what, why), count)| SetAside { class, code, what, why, count };
        self.0.into_iter().map(made).collect()
    }
}

/// Builds the plan that answers the evidence of `audit` as far as it is safe or decided. The order of the evidence does
/// not matter.
#[must_use]
pub fn build(audit: &Audit, sources: &[Arc<Source>], config: &Options, decisions: &Decisions) -> Plan {
    let mut builder = Builder {
        tables: crate::rules::audit::tables(sources, config),
        fields: sources.iter().map(|source| Fields::of(source)).collect(),
        system: sources.iter().map(|source| SystemUsers::of(source, sources.iter().map(|all| &**all))).collect(),
        places: Places::new(sources),
        repeated: Repeated::new(sources),
        sources,
        config,
        decisions,
        decided: Decision::Accepted { by: audit.owner.clone(), on: audit.as_of.map(|at| at.date_naive()) },
        asides: Asides::default(),
        links: Links::default(),
        deletes: Deletes::default(),
        shared: BTreeSet::new(),
        answered: Tally::default(),
    };
    let mut rows = audit.evidence.rows();
    rows.sort_by(|a, b| {
        (a.code, &a.source, &a.column, &a.file, a.row, &a.fingerprint, &a.suggested).cmp(&(
            b.code,
            &b.source,
            &b.column,
            &b.file,
            b.row,
            &b.fingerprint,
            &b.suggested,
        ))
    });
    let operations = builder.operations(&rows);
    let recorded = builder.answered.recorded(decisions, &builder.decided);
    Plan {
        heading: Heading::of(audit, sources),
        decisions: recorded,
        wakes: super::automation::woken(&operations, sources, config),
        merge_within_hours: config.duplicates.merge_within_hours.unwrap_or(48),
        operations,
        set_aside: builder.asides.into_list(),
    }
}

struct Builder<'a> {
    tables: Vec<Table>,
    fields: Vec<Fields>,
    system: Vec<SystemUsers>,
    places: Places<'a>,
    repeated: Repeated<'a>,
    sources: &'a [Arc<Source>],
    config: &'a Options,
    decisions: &'a Decisions,
    decided: Decision,
    asides: Asides,
    links: Links<'a>,
    deletes: Deletes,
    /// Cells with addresses that several people share.
    shared: BTreeSet<Cell>,
    answered: Tally,
}

impl Builder<'_> {
    fn operations(&mut self, rows: &[EvidenceRow]) -> Vec<Operation> {
        let mut cells: BTreeMap<Cell, Vec<Proposal>> = BTreeMap::new();
        let mut clusters = Clusters::default();
        self.shared = rows.iter().filter(|row| row.code == "DUP009").filter_map(|row| self.pointed_at(row)).collect();
        for row in rows {
            self.sort_in(row, &mut cells, &mut clusters);
        }
        self.agree_per_record(&mut cells);
        let sources = self.sources;
        let name = |(source, _, column): Cell| column_name(&sources[source], column);
        let mut mended = proposals::choose(cells, name, &mut self.asides);
        let mut clusters = self.settled(clusters);
        let references = References::of(sources, &self.fields);
        let mut deletes = std::mem::take(&mut self.deletes);
        let scene = Scene { sources, references: &references, repeated: &self.repeated };
        deletes.settle(&mut clusters, &scene, &mut self.asides);
        let mut merges = self.merges(clusters, &references, &mut mended);
        let mut taken: BTreeSet<Cell> = BTreeSet::new();
        let mut losers: BTreeSet<(usize, u32)> = BTreeSet::new();
        for merge in &merges {
            let source = merge.survivor.source;
            losers.extend(merge.losers.iter().map(|loser| (source, loser.row)));
            let changed = merge.fields.iter().filter(|field| field.changes());
            taken.extend(changed.map(|field| (source, merge.survivor.row, field.column)));
        }
        let going = |row: (usize, u32)| {
            let gone = losers.contains(&row).then_some("the record is merged into another");
            gone.or_else(|| deletes.holds(row).then_some("the record is deleted"))
        };
        for merge in &mut merges {
            merge.repointed.retain(|one| {
                let source = one.at.source;
                going((source, one.at.row)).is_none() && !taken.contains(&(source, one.at.row, one.column))
            });
        }
        let sets = self.sets(mended, &taken, going, &references);
        merges.sort_by_cached_key(|merge| {
            let source = &self.sources[merge.survivor.source];
            let turn = match source.object {
                Some(Object::Account) => 0,
                Some(Object::Contact) => 1,
                Some(Object::Lead) => 2,
                _ => 3,
            };
            (turn, source.name.clone(), merge.survivor.row)
        });
        let merges = merges.into_iter().map(Operation::Merge);
        let deletes = deletes.operations(&self.places).into_iter().map(Operation::Delete);
        let mut operations: Vec<Operation> =
            merges.chain(sets.into_iter().map(Operation::Set)).chain(deletes).collect();
        operations.sort_by_key(|operation| self.turn(operation));
        operations
    }

    /// The cell that evidence points at.
    fn pointed_at(&self, row: &EvidenceRow) -> Option<Cell> {
        let (source, at) = self.places.find(row)?;
        let column = self.sources[source].frame.get_column_index(row.column.as_deref()?)?;
        Some((source, at, column))
    }

    /// The turn of an operation (RULES, "Cleanup classes"): consent, links, merges, values, tags, owners, deletions.
    fn turn(&self, operation: &Operation) -> u8 {
        let consent = |set: &Set| {
            let field = &self.fields[set.at.source].of[set.column];
            matches!(field, Field::Consent { .. } | Field::ConsentDetail)
        };
        match operation {
            Operation::Set(set) if consent(set) => 0,
            Operation::Set(Set { kind: SetKind::Link, .. }) => 1,
            Operation::Merge(_) => 2,
            Operation::Set(Set { kind: SetKind::Value, .. }) => 3,
            Operation::Set(Set { kind: SetKind::Retag, .. }) => 4,
            Operation::Set(Set { kind: SetKind::Assign, .. }) => 5,
            Operation::Delete(_) => 6,
        }
    }

    /// What it means that a cell of a column gets another value.
    fn kind(&self, source: usize, column: usize, references: &References<'_>) -> SetKind {
        match self.sources[source].role_of(column) {
            Some(Role::Owner) => SetKind::Assign,
            Some(Role::Tags) => SetKind::Retag,
            _ if references.holds(source, column) => SetKind::Link,
            _ => SetKind::Value,
        }
    }

    /// Puts one row of evidence where it belongs: to the proposals, to the clusters, or aside.
    fn sort_in(&mut self, row: &EvidenceRow, cells: &mut BTreeMap<Cell, Vec<Proposal>>, clusters: &mut Clusters) {
        let what = what(row);
        let merges = MERGES.contains(&row.code);
        let ruling = self.decisions.on(row, &self.decided);
        if row.status == Status::Accepted {
            if let Some(source) = self.places.source(&row.source).filter(|_| merges) {
                clusters.leave_out(source, row);
            }
            return self.asides.add(Aside::Accepted, row.code, what, "an [[accept]] entry covers it");
        }
        if let Some(ruling) = ruling.as_ref().filter(|ruling| ruling.answer == Answer::Reject && !merges) {
            self.answered.add(row.code, ruling);
            return self.asides.add(Aside::Rejected, row.code, what, rejected(self.decisions, row, ruling));
        }
        let linked = match self.links.proposal(row, &self.places) {
            Ok(linked) => linked,
            Err(why) => return self.asides.add(Aside::Manual, row.code, what, why),
        };
        let row = linked.as_ref().unwrap_or(row);
        let deletes = DELETES.contains(&row.code);
        let found = self.places.find(row).filter(|_| merges || deletes || row.suggested.is_some());
        let Some((source, at)) = found else {
            let why = match row.suggested {
                Some(_) => "it points at no single row that can be found again",
                None => by_hand(row.code),
            };
            return self.asides.add(Aside::Manual, row.code, what, why);
        };
        if row.safety == Safety::Manual {
            return self.asides.add(Aside::Manual, row.code, what, by_hand(row.code));
        }
        if let Some(why) = self.fields[source].untouchable(&self.sources[source], at).filter(|_| !merges) {
            return self.asides.add(Aside::Manual, row.code, what, why);
        }
        if merges {
            if self.pointed_at(row).is_some_and(|cell| self.shared.contains(&cell)) {
                clusters.leave_out(source, row);
                let why = "DUP009 says that several people share the mailbox: merge by hand what is one person";
                return self.asides.add(Aside::Manual, row.code, what, why);
            }
            return clusters.add(source, at, what, row);
        }
        if deletes {
            if let Some(why) = deletes::kept(&self.sources[source], &self.fields[source], self.config, at) {
                return self.asides.add(Aside::Manual, row.code, what, why);
            }
            let Some(ruling) = ruling else {
                return self.asides.add(Aside::Undecided, row.code, what, needed(row.code));
            };
            self.answered.add(row.code, &ruling);
            return self.deletes.add((source, at), what, row, ruling.decision());
        }
        let Some((column, new)) = self.proposed(row, source, at) else {
            return self.asides.add(
                Aside::Manual,
                row.code,
                what,
                "the value to change is not the one that stands there",
            );
        };
        let field = &self.fields[source].of[column];
        if *field == Field::Identity {
            return self.asides.add(Aside::Manual, row.code, what, "a record's own id is never changed");
        }
        if loosens(field, cell(&self.sources[source], column, at), new) {
            return self.asides.add(Aside::Manual, row.code, what, "consent is never loosened by a script");
        }
        let is_address = *field == Field::Email && self.sources[source].vendor.eq_ignore_ascii_case("hubspot");
        if is_address && self.fields[source].protection(&self.sources[source], at) == Some(Protection::OptedOut) {
            let why = "HubSpot keeps opt-outs by address: another one would lose it";
            return self.asides.add(Aside::Manual, row.code, what, why);
        }
        if let Some(why) = self.refills(source, at, column) {
            return self.asides.add(Aside::Manual, row.code, what, why);
        }
        let safe = row.safety == Safety::Safe && !self.needs_decision(source, column) && !new.is_empty();
        if !safe && ruling.is_none() {
            return self.asides.add(Aside::Undecided, row.code, what, needed(row.code));
        }
        if let Some(ruling) = &ruling {
            self.answered.add(row.code, ruling);
        }
        if let Some(why) = self.unwritable(source, at, column, new) {
            return self.asides.add(Aside::Unwritable, row.code, what, why);
        }
        cells.entry((source, at, column)).or_default().push(Proposal {
            code: row.code,
            new: new.to_owned(),
            group: row.group.clone(),
            fingerprint: row.fingerprint.clone(),
            safety: if safe { Safety::Safe } else { Safety::Review },
            decision: ruling.filter(|_| !safe).map_or(Decision::Safe, |ruling| ruling.decision()),
            detail: row.detail.clone(),
        });
    }

    /// The clusters that people let stand.
    fn settled(&mut self, clusters: Clusters) -> Vec<Cluster> {
        let records = Records::new(self.config);
        let named = cluster::named(self.sources, &records);
        let (clusters, left) = clusters.settled(self.decisions, &self.decided, named);
        for cited in clusters.iter().flat_map(|cluster| cluster.cited.iter().map(move |cited| (cited, &cluster.ruling)))
        {
            let (Cited { code, rows, .. }, ruling): (_, &Ruling) = cited;
            (0..*rows).for_each(|_| self.answered.add(code, ruling));
        }
        for one in left {
            if let Some(ruling) = &one.ruling {
                self.answered.add(one.code, ruling);
            }
            self.asides.add(one.class, one.code, one.what, one.why);
        }
        clusters
    }

    /// The column and the value that evidence proposes, if it is about the cell as it stands.
    fn proposed<'r>(&self, row: &'r EvidenceRow, source: usize, at: u32) -> Option<(usize, &'r str)> {
        let of = &self.sources[source];
        let column = of.frame.get_column_index(row.column.as_deref()?)?;
        let new = row.suggested.as_deref()?;
        let held = cell(of, column, at);
        let stands = row.value.as_deref().is_none_or(|value| held == Some(value)) && held != Some(new);
        stands.then_some((column, new))
    }

    /// Why nothing is written to a cell: what is blank on a record that was erased, of a person who opted out or whose mail
    /// bounced, stays so. Who owns it, which chat made it and what it says of consent may still be said.
    fn refills(&self, source: usize, row: u32, column: usize) -> Option<String> {
        let (of, fields) = (&self.sources[source], &self.fields[source]);
        let field = &fields.of[column];
        if matches!(field, Field::Consent { .. } | Field::ConsentDetail | Field::Bounce) {
            return None;
        }
        let protection = fields.protection(of, row)?;
        let is_blank = is_blank(cell(of, column, row));
        let is_said = matches!(of.role_of(column), Some(Role::Owner | Role::ChatId | Role::RecordId));
        let holds = protection == Protection::Erased || is_blank && !is_said;
        holds.then(|| format!("{}: such records are never filled again", protection.why()))
    }

    /// Identity, ownership, stage, consent and names are never changed without a decision (RULES, "Cleanup classes").
    fn needs_decision(&self, source: usize, column: usize) -> bool {
        let role = self.sources[source].role_of(column);
        let kept =
            matches!(role, Some(Role::Company | Role::Domain | Role::Owner | Role::Status | Role::Stage | Role::Agent));
        kept || self.fields[source].of[column].needs_decision()
    }

    /// Why the file of a row cannot hold a value; `None` when it can.
    fn unwritable(&self, source: usize, row: u32, column: usize, value: &str) -> Option<String> {
        let of = &self.sources[source];
        let file = of.files.get(of.file_of(row))?;
        let dialect = file.dialect?;
        if !file.headers.iter().any(|header| header == of.header(column)) {
            return Some(
                "the column is not in the export: it is put together from others, or in other files".to_owned(),
            );
        }
        let refused = dialect.encoding == TextEncoding::Windows1252 && encode(value, dialect.encoding, false).is_err();
        refused.then(|| format!("{} cannot hold the value", dialect.encoding.as_str()))
    }

    /// Sets proposals aside that would leave different values in the rows of one record, which an export may hold in
    /// several: some loaders take one of them, and a database has one row.
    fn agree_per_record(&mut self, cells: &mut BTreeMap<Cell, Vec<Proposal>>) {
        let wanted = |proposals: &[Proposal]| -> BTreeSet<String> {
            proposals.iter().map(|proposal| proposal.new.clone()).collect()
        };
        let mut records: BTreeMap<Cell, BTreeSet<String>> = BTreeMap::new();
        for ((source, row, column), proposals) in cells.iter() {
            if let Some(first) = self.repeated.rows(*source, *row).first() {
                records.entry((*source, *first, *column)).or_insert_with(|| wanted(proposals));
            }
        }
        for ((source, first, column), new) in records {
            let of = &self.sources[source];
            let rows = self.repeated.rows(source, first);
            let agrees = |row: u32| match cells.get(&(source, row, column)) {
                Some(proposals) => wanted(proposals) == new,
                None => new.len() == 1 && new.contains(cell(of, column, row).unwrap_or_default()),
            };
            if rows.iter().all(|row| agrees(*row)) {
                continue;
            }
            for row in rows {
                for proposal in cells.remove(&(source, *row, column)).into_iter().flatten() {
                    let why = "the record stands on several rows, which need different values: export each record once";
                    self.asides.add(Aside::Conflict, proposal.code, column_name(of, column), why);
                }
            }
        }
    }

    /// The cells that are set: of records that stay, and not those whose value comes from a merge.
    fn sets(
        &mut self,
        mended: BTreeMap<Cell, Chosen>,
        taken: &BTreeSet<Cell>,
        going: impl Fn((usize, u32)) -> Option<&'static str>,
        references: &References<'_>,
    ) -> Vec<Set> {
        let mut sets = Vec::new();
        for (place, chosen) in mended {
            let (source, row, column) = place;
            let of = &self.sources[source];
            let why = going((source, row));
            let why = why.or_else(|| taken.contains(&place).then_some("the value comes from the merge"));
            if let Some(why) = why {
                for proposal in chosen.all() {
                    self.asides.add(Aside::MergedAway, proposal.code, column_name(of, column), why);
                }
                continue;
            }
            sets.push(Set {
                kind: self.kind(source, column, references),
                at: self.places.place(source, row),
                column,
                header: of.header(column).to_owned(),
                old: cell(of, column, row).map(str::to_owned),
                grounds: grounds(&chosen),
                new: chosen.best.new,
            });
        }
        sets.sort_by_cached_key(|set| (self.sources[set.at.source].name.clone(), set.at.row, set.column));
        sets
    }
}

fn grounds(chosen: &Chosen) -> Grounds {
    let mut cited: BTreeMap<(&'static str, Option<String>), Vec<String>> = BTreeMap::new();
    for proposal in chosen.all() {
        cited.entry((proposal.code, proposal.group.clone())).or_default().push(proposal.fingerprint.clone());
    }
    let evidence = cited.into_iter().map(|((code, group), mut fingerprints)| {
        fingerprints.sort_unstable();
        let rows = fingerprints.len() as u64;
        Cited { code, group, fingerprints, rows }
    });
    let also: Vec<&str> = chosen.included.iter().map(|other| other.code).collect();
    let also = if also.is_empty() { String::new() } else { format!("; answers {} too", also.join(" and ")) };
    Grounds {
        evidence: evidence.collect(),
        safety: chosen.best.safety,
        decision: chosen.best.decision.clone(),
        reason: format!("{}{also}", chosen.best.detail),
    }
}

/// Whether a new value lets somebody be contacted who may not be as it stands.
fn loosens(field: &Field, old: Option<&str>, new: &str) -> bool {
    let Field::Consent { out } = field else { return false };
    let reads = |cell: Option<&str>| read_consent(cell, *out);
    reads(old) == Consent::Refused && reads(Some(new)) != Consent::Refused
}

/// What a person has to do where no script can.
fn by_hand(code: &str) -> &'static str {
    match code {
        "DUP006" => "goes with the decisions on DUP001 and DUP002",
        "DUP008" => "convert the lead into the contact; no merge joins two objects",
        "DUP009" => "a reason against merging; there is nothing to change",
        _ => "no value is proposed",
    }
}

fn column_name(source: &Source, column: usize) -> String {
    format!("{} · {}", source.name, source.header(column))
}

fn what(row: &EvidenceRow) -> String {
    match &row.column {
        Some(column) => format!("{} · {column}", row.source),
        None => row.source.clone(),
    }
}
