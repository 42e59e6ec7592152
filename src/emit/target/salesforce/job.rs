//! What is to be done in Salesforce, in terms of objects, records and fields.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::fields::{Object, Unwritable, field};
use super::seen::{Exports, Seen, exact};
use crate::config::options::Options;
use crate::model::Source;
use crate::normalise::record_id::canonical;
use crate::plan::{Merge, Operation, Place, Plan, Set, consent_columns};

/// The vendor's name in sources.
const VENDOR: &str = "salesforce";
/// What clears a field in a bulk file, and so is no value there.
pub(super) const CLEARS: &str = "#N/A";

/// When updates are made: consent before merges, the rest after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Consent,
    Values,
}

impl Phase {
    /// The name in files.
    pub(super) const fn file(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Values => "values",
        }
    }
}

/// Old and new value of a field; blank for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) old: String,
    pub(super) new: String,
}

/// Fields of a record that change.
pub(super) type Changes = BTreeMap<String, Change>;

/// Several records become one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Merging {
    pub(super) object: Object,
    pub(super) survivor: String,
    pub(super) losers: Vec<String>,
    /// What the survivor gets.
    pub(super) changes: Changes,
    /// What each record has to hold still.
    pub(super) seen: BTreeMap<String, Seen>,
}

/// What is to be done.
#[derive(Debug, Default)]
pub(super) struct Job {
    pub(super) updates: BTreeMap<(Phase, Object), BTreeMap<String, Changes>>,
    /// In the order of the plan: accounts, contacts, leads.
    pub(super) merges: Vec<Merging>,
    /// Records that go, with what they have to hold still.
    pub(super) deletes: BTreeMap<Object, BTreeMap<String, Seen>>,
    /// What no file can do, counted by reason.
    pub(super) left_out: BTreeMap<String, usize>,
    /// References that Salesforce re-points itself when it merges.
    pub(super) follows: usize,
    /// Records whose consent has to be set, and cannot be.
    unsaid: BTreeMap<(Object, String), String>,
}

impl Job {
    pub(super) fn of(plan: &Plan, sources: &[Arc<Source>], config: &Options) -> Self {
        let mut job = Self::default();
        let mut exports = Exports::of(sources, config);
        let consent: Vec<Vec<usize>> = sources.iter().map(|source| consent_columns(source)).collect();
        for operation in &plan.operations {
            let place = operation.place();
            let source = &sources[place.source];
            if source.vendor != VENDOR {
                job.leave_out(format!("{} is no export of Salesforce", source.name));
                continue;
            }
            let found = match operation {
                Operation::Merge(merge) => job.merge(merge, &mut exports, config),
                Operation::Set(set) => {
                    let phase =
                        if consent[place.source].contains(&set.column) { Phase::Consent } else { Phase::Values };
                    job.set(phase, set, config)
                }
                Operation::Delete(delete) => record(&delete.at).map(|(object, id)| {
                    let seen = exports.seen(object, &delete.at);
                    job.deletes.entry(object).or_default().insert(id, seen);
                }),
            };
            if let Err(why) = found {
                job.leave_out(why);
            }
        }
        job.expect_planned();
        job
    }

    /// What this plan sets itself is no surprise. Consent has to be set before a record is merged away or deleted.
    fn expect_planned(&mut self) {
        let merged = self.merges.iter_mut().map(|merge| (merge.object, &mut merge.seen));
        let deleted = self.deletes.iter_mut().map(|(object, records)| (*object, records));
        for (object, records) in merged.chain(deleted) {
            for (phase, updates) in
                [Phase::Consent, Phase::Values].map(|phase| (phase, self.updates.get(&(phase, object))))
            {
                for (id, seen) in records.iter_mut() {
                    for (field, change) in updates.and_then(|updates| updates.get(id)).into_iter().flatten() {
                        let values = seen.entry(field.clone()).or_default();
                        match phase {
                            Phase::Consent => *values = vec![change.new.clone()],
                            Phase::Values if values.is_empty() => {}
                            Phase::Values => values.push(change.new.clone()),
                        }
                    }
                }
            }
        }
    }

    fn leave_out(&mut self, why: String) {
        *self.left_out.entry(why).or_default() += 1;
    }

    fn set(&mut self, phase: Phase, set: &Set, config: &Options) -> Result<(), String> {
        let (object, id) = record(&set.at)?;
        let found = match change(object, &set.header, set.old.as_deref(), &set.new, config) {
            Ok((_, change)) if change.old == CLEARS => {
                Err(format!("the old value of \"{}\" is {CLEARS}, which no file can put back", set.header))
            }
            found => found,
        };
        match found {
            Ok((field, change)) => {
                self.updates.entry((phase, object)).or_default().entry(id).or_default().insert(field, change);
                Ok(())
            }
            Err(why) => {
                if phase == Phase::Consent {
                    self.unsaid.insert((object, id), set.header.clone());
                }
                Err(why)
            }
        }
    }

    fn merge(&mut self, merge: &Merge, exports: &mut Exports<'_>, config: &Options) -> Result<(), String> {
        let (object, survivor) = record(&merge.survivor)?;
        if !object.merges() {
            return Err(format!("Apex merges no records of {}", object.name()));
        }
        let mut seen = BTreeMap::from([(survivor.clone(), exports.seen(object, &merge.survivor))]);
        let mut losers = Vec::new();
        for loser in &merge.losers {
            let (of, id) = record(loser)?;
            if of != object || id == survivor {
                return Err("its records are not of one object".to_owned());
            }
            seen.insert(id.clone(), exports.seen(object, loser));
            losers.push(id);
        }
        // A record whose "no" was not written down would take it along.
        if let Some(header) = seen.keys().find_map(|id| self.unsaid.get(&(object, id.clone()))) {
            return Err(format!("merges wait for \"{header}\", which has to be set first and cannot be"));
        }
        let mut changes = Changes::new();
        for choice in &merge.fields {
            // What Salesforce keeps itself, it mends itself.
            if !choice.changes()
                || field(object, &choice.header, &config.targets.salesforce) == Err(Unwritable::Computed)
            {
                continue;
            }
            let new = choice.value.as_deref().unwrap_or_default();
            // A merge that would lose what was decided is not made.
            let (name, change) = change(object, &choice.header, choice.old.as_deref(), new, config)?;
            changes.insert(name, change);
        }
        self.follows += merge.repointed.len();
        self.merges.push(Merging { object, survivor, losers, changes, seen });
        Ok(())
    }

    /// Every record that is touched, with the fields that are, by object.
    pub(super) fn touched(&self) -> BTreeMap<Object, (BTreeSet<String>, BTreeSet<String>)> {
        let mut touched: BTreeMap<Object, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
        for ((_, object), records) in &self.updates {
            let (ids, fields) = touched.entry(*object).or_default();
            ids.extend(records.keys().cloned());
            fields.extend(records.values().flat_map(|changes| changes.keys().cloned()));
        }
        for merge in &self.merges {
            let (ids, fields) = touched.entry(merge.object).or_default();
            ids.extend(merge.seen.keys().cloned());
            fields.extend(merge.seen.values().flat_map(|fields| fields.keys().cloned()));
            fields.extend(merge.changes.keys().cloned());
        }
        for (object, records) in &self.deletes {
            let (ids, fields) = touched.entry(*object).or_default();
            ids.extend(records.keys().cloned());
            fields.extend(records.values().flat_map(|seen| seen.keys().cloned()));
        }
        touched
    }

    /// Cells that are set, those of merges aside.
    pub(super) fn cells(&self) -> usize {
        self.updates.values().flat_map(BTreeMap::values).map(BTreeMap::len).sum()
    }

    /// Whether there is nothing to do.
    pub(super) fn is_empty(&self) -> bool {
        self.updates.is_empty() && self.merges.is_empty() && self.deletes.is_empty()
    }
}

/// The object and id of the record in a row.
fn record(place: &Place) -> Result<(Object, String), String> {
    let none = "the row has no id of a lead, contact, account or opportunity";
    let id = place.record.as_deref().and_then(canonical).ok_or(none)?;
    let object = Object::of(&id).ok_or(none)?;
    Ok((object, id.into_owned()))
}

/// The field and its change, or why a file cannot say it.
fn change(
    object: Object,
    header: &str,
    old: Option<&str>,
    new: &str,
    config: &Options,
) -> Result<(String, Change), String> {
    let field = field(object, header, &config.targets.salesforce).map_err(|why| match why {
        Unwritable::Unknown => {
            format!("the API name of \"{header}\" is not known; name it under [targets.salesforce] fields")
        }
        Unwritable::Lookup => format!("\"{header}\" shows the name of another record, and takes an id"),
        Unwritable::Computed => format!("Salesforce keeps \"{header}\" itself"),
    })?;
    if new == CLEARS || new.contains('\0') {
        return Err(format!("Salesforce cannot hold the new value of \"{header}\""));
    }
    if field == "OwnerId" && canonical(new).is_none_or(|id| !(id.starts_with("005") || id.starts_with("00G"))) {
        return Err("an owner is set by the id of a user or queue only".to_owned());
    }
    let change = Change { old: exact(&field, old.unwrap_or_default()), new: exact(&field, new) };
    Ok((field, change))
}
