//! Records that are to be deleted: which may be, and which are kept whatever the evidence says.

use std::collections::{BTreeMap, BTreeSet};

use super::build::Asides;
use super::cluster::Cluster;
use super::fields::Fields;
use super::operation::{Aside, Cited, Decision, Delete, Grounds};
use super::places::{Places, record_id};
use super::references::{References, Row};
use super::repeated::{Repeated, SEVERAL};
use super::survivor::mastered;
use crate::config::options::Options;
use crate::evidence::EvidenceRow;
use crate::model::{Kind, Object, Safety, Source};

/// Rules whose records are deleted once a person says so.
pub(super) const DELETES: [&str; 3] = ["CHT003", "CHT008", "CNS003"];

/// Evidence that speaks for deleting a record.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Proposed {
    code: &'static str,
    fingerprint: String,
    group: Option<String>,
    detail: String,
    what: String,
    decision: Decision,
}

/// Records that people want deleted, with why.
#[derive(Debug, Default)]
pub(super) struct Deletes {
    of: BTreeMap<Row, Vec<Proposed>>,
}

/// What is known when deletions are settled.
pub(super) struct Scene<'s, 'a> {
    pub(super) sources: &'a [std::sync::Arc<Source>],
    pub(super) references: &'s References<'a>,
    pub(super) repeated: &'s Repeated<'a>,
}

/// Why a script never deletes a record, whoever decides; `None` when it may.
pub(super) fn kept(source: &Source, fields: &Fields, config: &Options, row: u32) -> Option<String> {
    let is_record = matches!(source.object, Some(Object::Lead | Object::Contact));
    if !is_record && source.kind != Kind::Chat {
        return Some("only leads, contacts and chats are deleted".to_owned());
    }
    if let Some(protection) = fields.protection(source, row) {
        return Some(format!("{}: such records are never deleted by a script", protection.why()));
    }
    if fields.is_customer(source, row) {
        return Some("the record is a customer's or was converted".to_owned());
    }
    if let Some(why) = mastered(source, config, row) {
        return Some(format!("{why}: delete there first"));
    }
    if fields.is_external(source, row) {
        return Some("another system knows the record: delete it there, and let the sync follow".to_owned());
    }
    record_id(source, row).is_none().then(|| "a record without an id cannot be found again".to_owned())
}

impl Deletes {
    pub(super) fn add(&mut self, at: Row, what: String, row: &EvidenceRow, decision: Decision) {
        self.of.entry(at).or_default().push(Proposed {
            code: row.code,
            fingerprint: row.fingerprint.clone(),
            group: row.group.clone(),
            detail: row.detail.clone(),
            what,
            decision,
        });
    }

    /// Takes a record off the list and says why.
    fn keep(&mut self, at: Row, class: Aside, why: &str, asides: &mut Asides) {
        for one in self.of.remove(&at).unwrap_or_default() {
            asides.add(class, one.code, one.what, why);
        }
    }

    /// Settles who goes: records of which a copy stands elsewhere are merged and not deleted, those that something refers to
    /// stay, and clusters of nothing but records that go are no longer merged.
    pub(super) fn settle(&mut self, clusters: &mut Vec<Cluster>, scene: &Scene<'_, '_>, asides: &mut Asides) {
        self.once(scene, asides);
        let all_go = |cluster: &Cluster, of: &BTreeMap<Row, Vec<Proposed>>| {
            cluster.rows.iter().all(|row| of.contains_key(&(cluster.source, *row)))
        };
        let merged: BTreeSet<Row> = clusters
            .iter()
            .filter(|cluster| !all_go(cluster, &self.of))
            .flat_map(|cluster| cluster.rows.iter().map(|row| (cluster.source, *row)))
            .collect();
        for row in self.of.keys().copied().filter(|row| merged.contains(row)).collect::<Vec<_>>() {
            self.keep(row, Aside::Conflict, "the record is merged with others; audit again after loading", asides);
        }
        self.referred(scene, asides);
        clusters.retain(|cluster| {
            let goes = all_go(cluster, &self.of);
            if goes {
                for cited in &cluster.cited {
                    let what = scene.sources[cluster.source].name.clone();
                    asides.count(Aside::Conflict, cited.code, what, "all of its records are deleted", cited.rows);
                }
            }
            !goes
        });
    }

    /// Keeps records that stand on several rows.
    fn once(&mut self, scene: &Scene<'_, '_>, asides: &mut Asides) {
        let several = |row: &Row| scene.repeated.holds(row.0, row.1);
        for row in self.of.keys().copied().filter(several).collect::<Vec<_>>() {
            self.keep(row, Aside::Manual, SEVERAL, asides);
        }
    }

    /// Keeps records that others refer to, until none is left that only a deleted one refers to.
    fn referred(&mut self, scene: &Scene<'_, '_>, asides: &mut Asides) {
        let chats: BTreeMap<usize, BTreeSet<u32>> = self
            .of
            .keys()
            .map(|row| row.0)
            .collect::<BTreeSet<usize>>()
            .into_iter()
            .map(|source| (source, scene.references.naming_chats(source)))
            .collect();
        for row in self.of.keys().copied().collect::<Vec<_>>() {
            if chats.get(&row.0).is_some_and(|rows| rows.contains(&row.1)) {
                let why = "a chat made it, and would be taken for lost: mark the chat as a test or delete it first";
                self.keep(row, Aside::Manual, why, asides);
            }
        }
        loop {
            let rows: BTreeSet<Row> = self.of.keys().copied().collect();
            let held = scene.references.referring(&rows, &rows);
            if held.is_empty() {
                return;
            }
            for (row, (source, count)) in held {
                let name = &scene.sources[source].name;
                let why =
                    format!("{count} other rows, as in {name}, refer to the record: take the reference out first");
                self.keep(row, Aside::Manual, &why, asides);
            }
        }
    }

    /// Whether the record is deleted.
    pub(super) fn holds(&self, row: Row) -> bool {
        self.of.contains_key(&row)
    }

    /// The operations, by source and row.
    pub(super) fn operations(self, places: &Places<'_>) -> Vec<Delete> {
        let made = self.of.into_iter().filter_map(|((source, row), proposed)| {
            let decision = proposed.first()?.decision.clone();
            let mut cited: BTreeMap<(&'static str, Option<String>), Vec<String>> = BTreeMap::new();
            for one in &proposed {
                cited.entry((one.code, one.group.clone())).or_default().push(one.fingerprint.clone());
            }
            let evidence = cited.into_iter().map(|((code, group), mut fingerprints)| {
                fingerprints.sort_unstable();
                let rows = fingerprints.len() as u64;
                Cited { code, group, fingerprints, rows }
            });
            let reasons: BTreeSet<&str> = proposed.iter().map(|one| one.detail.as_str()).collect();
            Some(Delete {
                at: places.place(source, row),
                grounds: Grounds {
                    evidence: evidence.collect(),
                    safety: Safety::Review,
                    decision,
                    reason: reasons.into_iter().collect::<Vec<_>>().join("; "),
                },
            })
        });
        made.collect()
    }
}
