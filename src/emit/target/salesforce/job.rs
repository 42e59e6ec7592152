//! What is to be done in Salesforce, in terms of objects, records and fields.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::fields::{Object, Unwritable, field};
use crate::config::options::Options;
use crate::model::Source;
use crate::normalise::record_id::canonical;
use crate::plan::{Merge, Operation, Place, Plan, consent_columns};

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
    /// What the export said of each record, in the fields that the merge decided.
    pub(super) seen: BTreeMap<String, BTreeMap<String, String>>,
}

/// What is to be done.
#[derive(Debug, Default)]
pub(super) struct Job {
    pub(super) updates: BTreeMap<(Phase, Object), BTreeMap<String, Changes>>,
    /// In the order of the plan: accounts, contacts, leads.
    pub(super) merges: Vec<Merging>,
    pub(super) deletes: BTreeMap<Object, BTreeSet<String>>,
    /// What no file can do, counted by reason.
    pub(super) left_out: BTreeMap<String, usize>,
    /// References that Salesforce re-points itself when it merges.
    pub(super) follows: usize,
}

impl Job {
    pub(super) fn of(plan: &Plan, sources: &[Arc<Source>], config: &Options) -> Self {
        let mut job = Self::default();
        let consent: Vec<Vec<usize>> = sources.iter().map(|source| consent_columns(source)).collect();
        for operation in &plan.operations {
            let place = operation.place();
            let source = &sources[place.source];
            if source.vendor != VENDOR {
                job.leave_out(format!("{} is no export of Salesforce", source.name));
                continue;
            }
            let found = match operation {
                Operation::Merge(merge) => job.merge(merge, config),
                Operation::Set(set) => {
                    let phase =
                        if consent[place.source].contains(&set.column) { Phase::Consent } else { Phase::Values };
                    job.set(phase, place, &set.header, set.old.as_deref(), &set.new, config)
                }
                Operation::Delete(delete) => record(&delete.at).map(|(object, id)| {
                    job.deletes.entry(object).or_default().insert(id);
                }),
            };
            if let Err(why) = found {
                job.leave_out(why);
            }
        }
        job
    }

    fn leave_out(&mut self, why: String) {
        *self.left_out.entry(why).or_default() += 1;
    }

    fn set(
        &mut self,
        phase: Phase,
        place: &Place,
        header: &str,
        old: Option<&str>,
        new: &str,
        config: &Options,
    ) -> Result<(), String> {
        let (object, id) = record(place)?;
        let (field, change) = change(object, header, old, new, config)?;
        self.updates.entry((phase, object)).or_default().entry(id).or_default().insert(field, change);
        Ok(())
    }

    fn merge(&mut self, merge: &Merge, config: &Options) -> Result<(), String> {
        let (object, survivor) = record(&merge.survivor)?;
        if !object.merges() {
            return Err(format!("Apex merges no records of {}", object.name()));
        }
        let mut losers = Vec::new();
        for loser in &merge.losers {
            let (of, id) = record(loser)?;
            if of != object || id == survivor {
                return Err("its records are not of one object".to_owned());
            }
            losers.push(id);
        }
        let mut changes = Changes::new();
        let mut seen: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        seen.entry(survivor.clone()).or_default();
        seen.extend(losers.iter().map(|loser| (loser.clone(), BTreeMap::new())));
        for choice in &merge.fields {
            let old = choice.old.as_deref();
            let new = choice.value.as_deref().unwrap_or_default();
            // What Salesforce keeps itself, it mends itself.
            if field(object, &choice.header, &config.targets.salesforce) == Err(Unwritable::Computed) {
                continue;
            }
            let name = match change(object, &choice.header, old, new, config) {
                Ok((name, change)) => {
                    if choice.changes() {
                        changes.insert(name.clone(), change);
                    }
                    name
                }
                // A merge that would lose what was decided is not made.
                Err(why) if choice.changes() => return Err(why),
                Err(_) => continue,
            };
            let of = |record: &str| canonical(record).map(std::borrow::Cow::into_owned);
            let mut said = |record: Option<String>, value: &str| {
                if let Some(fields) = record.and_then(|record| seen.get_mut(&record)) {
                    fields.entry(name.clone()).or_insert_with(|| value.to_owned());
                }
            };
            said(Some(survivor.clone()), old.unwrap_or_default());
            choice.given_up.iter().for_each(|(record, value)| said(of(record), value));
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
            touched.entry(*object).or_default().0.extend(records.iter().cloned());
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
    Ok((field, Change { old: old.unwrap_or_default().to_owned(), new: new.to_owned() }))
}
