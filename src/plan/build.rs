//! Evidence to plan: what goes in, in which order, and what is set aside.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cluster::{self, Cluster, Clusters};
use super::decisions::{Answer, Decisions, Records, Ruling, Tally, needed, rejected};
use super::fields::{Consent, Field, Fields, read_consent};
use super::operation::{Aside, Cited, Decision, Grounds, Merge, Operation, Set, SetAside};
use super::places::{Places, cell, record_id};
use super::proposals::{self, Cell, Chosen, Proposal};
use super::survivor::{Ground, Member};
use super::values;
use super::{Heading, Plan};
use crate::config::options::Options;
use crate::evidence::{Audit, EvidenceRow};
use crate::load::encode;
use crate::model::{Object, Role, Safety, Source, Status, TextEncoding};
use crate::normalise::system_users::SystemUsers;
use crate::normalise::{Table, record_id as ids};

/// Rules whose clusters are merged once a person says so.
pub(super) const MERGES: [&str; 2] = ["DUP001", "DUP002"];

/// What is set aside, counted by reason.
#[derive(Debug, Default)]
pub(super) struct Asides(BTreeMap<(Aside, &'static str, String, String), u64>);

impl Asides {
    pub(super) fn add(&mut self, class: Aside, code: &'static str, what: String, why: impl Into<String>) {
        self.count(class, code, what, why, 1);
    }

    fn count(&mut self, class: Aside, code: &'static str, what: String, why: impl Into<String>, count: u64) {
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
        sources,
        config,
        decisions,
        decided: Decision::Accepted { by: audit.owner.clone(), on: audit.as_of.map(|at| at.date_naive()) },
        asides: Asides::default(),
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
    sources: &'a [Arc<Source>],
    config: &'a Options,
    decisions: &'a Decisions,
    decided: Decision,
    asides: Asides,
    answered: Tally,
}

impl Builder<'_> {
    fn operations(&mut self, rows: &[EvidenceRow]) -> Vec<Operation> {
        let mut cells: BTreeMap<Cell, Vec<Proposal>> = BTreeMap::new();
        let mut clusters = Clusters::default();
        for row in rows {
            self.sort_in(row, &mut cells, &mut clusters);
        }
        self.agree_per_record(&mut cells);
        let sources = self.sources;
        let name = |(source, _, column): Cell| column_name(&sources[source], column);
        let mended = proposals::choose(cells, name, &mut self.asides);
        let clusters = self.settled(clusters);
        let mut merges = self.merges(clusters, &mended);
        let mut taken: BTreeSet<Cell> = BTreeSet::new();
        let mut losers: BTreeSet<(usize, u32)> = BTreeSet::new();
        for merge in &merges {
            let source = merge.survivor.source;
            losers.extend(merge.losers.iter().map(|loser| (source, loser.row)));
            let changed = merge.fields.iter().filter(|field| field.changes());
            taken.extend(changed.map(|field| (source, merge.survivor.row, field.column)));
        }
        let sets = self.sets(mended, &taken, &losers);
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
        merges.into_iter().map(Operation::Merge).chain(sets.into_iter().map(Operation::Set)).collect()
    }

    /// Puts one row of evidence where it belongs: to the proposals, to the clusters, or aside.
    fn sort_in(&mut self, row: &EvidenceRow, cells: &mut BTreeMap<Cell, Vec<Proposal>>, clusters: &mut Clusters) {
        let what = what(row);
        let merges = MERGES.contains(&row.code);
        let ruling = self.decisions.on(row, &self.decided);
        if row.status == Status::Accepted {
            return self.asides.add(Aside::Accepted, row.code, what, "an [[accept]] entry covers it");
        }
        if let Some(ruling) = ruling.as_ref().filter(|ruling| ruling.answer == Answer::Reject && !merges) {
            self.answered.add(row.code, ruling);
            return self.asides.add(Aside::Rejected, row.code, what, rejected(self.decisions, row, ruling));
        }
        let Some((source, at)) = self.places.find(row).filter(|_| merges || row.suggested.is_some()) else {
            let why = match row.suggested {
                Some(_) => "it points at no single row that can be found again",
                None => "no value is proposed",
            };
            return self.asides.add(Aside::Manual, row.code, what, why);
        };
        if row.safety == Safety::Manual {
            return self.asides.add(Aside::Manual, row.code, what, "no script can do it");
        }
        if let Some(why) = self.fields[source].untouchable(&self.sources[source], at).filter(|_| !merges) {
            return self.asides.add(Aside::Manual, row.code, what, why);
        }
        if merges {
            return clusters.add(source, at, what, row);
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

    /// Sets proposals aside that want different values for one record, which an export may hold in several rows.
    fn agree_per_record(&mut self, cells: &mut BTreeMap<Cell, Vec<Proposal>>) {
        let mut wanted: BTreeMap<(usize, usize, String), BTreeMap<u32, BTreeSet<String>>> = BTreeMap::new();
        for ((source, row, column), proposals) in cells.iter() {
            let Some(id) = record_id(&self.sources[*source], *row) else { continue };
            let Some(id) = ids::canonical(&id) else { continue };
            let rows = wanted.entry((*source, *column, id.into_owned())).or_default();
            rows.insert(*row, proposals.iter().map(|proposal| proposal.new.clone()).collect());
        }
        for ((source, column, _), rows) in wanted {
            let mut sets = rows.values();
            let first = sets.next();
            if sets.all(|set| Some(set) == first) {
                continue;
            }
            for row in rows.keys() {
                for proposal in cells.remove(&(source, *row, column)).into_iter().flatten() {
                    let what = column_name(&self.sources[source], column);
                    let why = "the record stands on several rows, which need different values: export each record once";
                    self.asides.add(Aside::Conflict, proposal.code, what, why);
                }
            }
        }
    }

    fn merges(&mut self, clusters: Vec<Cluster>, mended: &BTreeMap<Cell, Chosen>) -> Vec<Merge> {
        let mut merges = Vec::new();
        for cluster in clusters {
            match self.merge(&cluster, mended) {
                Ok(merge) => merges.push(merge),
                Err(why) => {
                    let source = &self.sources[cluster.source];
                    let ids: Vec<String> = cluster
                        .rows
                        .iter()
                        .map(|row| record_id(source, *row).unwrap_or_else(|| format!("in row {}", row + 1)))
                        .collect();
                    let code = cluster.cited.first().map_or("", |cited| cited.code);
                    let what = format!("{} · records {}", source.name, ids.join(", "));
                    self.asides.count(Aside::Manual, code, what, why, cluster.evidence());
                }
            }
        }
        merges
    }

    /// The merge of a cluster, or why there is none.
    fn merge(&self, cluster: &Cluster, mended: &BTreeMap<Cell, Chosen>) -> Result<Merge, String> {
        let source = &self.sources[cluster.source];
        let fields = &self.fields[cluster.source];
        let ground = Ground {
            table: &self.tables[cluster.source],
            fields,
            config: self.config,
            system: &self.system[cluster.source],
            mended,
        };
        if let Some(why) = cluster.rows.iter().find_map(|row| fields.untouchable(source, *row)) {
            return Err(why.to_owned());
        }
        let members: Vec<Member> = cluster.rows.iter().map(|row| ground.member(*row)).collect();
        if members.iter().any(|member| member.id.is_empty()) {
            return Err(format!(
                "a record without an id cannot be merged by id; if there is one, name it under [sources.{}.columns], \
                 as id = \"<header>\"",
                source.name
            ));
        }
        let distinct: BTreeSet<String> =
            members.iter().filter_map(|member| Some(ids::canonical(&member.id)?.into_owned())).collect();
        if distinct.len() < members.len() {
            return Err("a record stands on several rows; export each record once".to_owned());
        }
        if members.len() < 2 {
            return Err("the other records of the group are accepted or gone".to_owned());
        }
        if let Some(why) = ground.forbids(&members) {
            return Err(why);
        }
        let (members, why) = ground.survivor(members);
        let mut chosen = values::choose(&ground, &members);
        let survivor = &members[0];
        chosen.fields.retain(|field| {
            let value = field.value.as_deref().unwrap_or_default();
            let refused =
                field.changes().then(|| self.unwritable(cluster.source, survivor.row, field.column, value)).flatten();
            if let Some(why) = &refused {
                chosen.notes.push(format!("{} keeps the survivor's value: {why}", field.header));
            }
            refused.is_none()
        });
        let mut losers: Vec<_> =
            members[1..].iter().map(|member| self.places.place(cluster.source, member.row)).collect();
        losers.sort();
        Ok(Merge {
            survivor: self.places.place(cluster.source, survivor.row),
            losers,
            fields: chosen.fields,
            notes: chosen.notes,
            grounds: Grounds {
                evidence: cluster.answered(survivor.row),
                safety: Safety::Review,
                decision: cluster.ruling.decision(),
                reason: format!("{} survives: {why}", survivor.id),
            },
        })
    }

    /// The cells that are set: of records that stay, and not those whose value comes from a merge.
    fn sets(
        &mut self,
        mended: BTreeMap<Cell, Chosen>,
        taken: &BTreeSet<Cell>,
        losers: &BTreeSet<(usize, u32)>,
    ) -> Vec<Set> {
        let mut sets = Vec::new();
        for (place, chosen) in mended {
            let (source, row, column) = place;
            let of = &self.sources[source];
            let why = if losers.contains(&(source, row)) {
                Some("the record is merged into another")
            } else if taken.contains(&place) {
                Some("the value comes from the merge")
            } else {
                None
            };
            if let Some(why) = why {
                for proposal in chosen.all() {
                    self.asides.add(Aside::MergedAway, proposal.code, column_name(of, column), why);
                }
                continue;
            }
            sets.push(Set {
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

fn column_name(source: &Source, column: usize) -> String {
    format!("{} · {}", source.name, source.header(column))
}

fn what(row: &EvidenceRow) -> String {
    match &row.column {
        Some(column) => format!("{} · {column}", row.source),
        None => row.source.clone(),
    }
}
