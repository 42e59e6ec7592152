//! What the runner is to do: steps in order, each with what the export showed, and what had to be left out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::names::{self, Access, Property};
use crate::config::options::HubspotOptions;
use crate::evidence::fingerprint::hex;
use crate::model::{Role, Source};
use crate::plan::{Merge, Operation, Place, Plan, Set, consent_columns};

/// A record of HubSpot holds at most this many merged ones, itself among them.
const IDENTITIES: usize = 250;

/// One cell that is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Cell {
    /// Internal name of the property.
    pub(super) property: String,
    /// The header of the export.
    pub(super) label: String,
    /// What the export showed.
    pub(super) old: String,
    /// What will stand there; nothing clears it.
    pub(super) new: String,
    /// Codes of the rules that it answers.
    pub(super) rules: String,
}

/// A value that survives a merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Value {
    pub(super) new: String,
    pub(super) label: String,
    /// Ids of the records that it comes from.
    pub(super) from: Vec<String>,
}

/// What the export showed of a record, by property.
type Seen = BTreeMap<String, String>;

/// One step. The runner takes them in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Step {
    /// Cells about consent.
    Consent { object: String, id: String, cells: Vec<Cell> },
    /// Records become one, pair by pair.
    Merge {
        object: String,
        rules: String,
        survivor: String,
        losers: Vec<String>,
        /// Of each record.
        seen: BTreeMap<String, Seen>,
        /// Written on each record before it is merged.
        consent: BTreeMap<String, Value>,
        /// Written on the merged record where it has another value.
        values: BTreeMap<String, Value>,
    },
    /// Cells.
    Set { object: String, id: String, cells: Vec<Cell> },
    /// A record goes to HubSpot's bin.
    Delete { object: String, rules: String, id: String, seen: Seen },
}

/// Operations that the runner does not carry out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LeftOut {
    pub(super) what: String,
    pub(super) why: String,
    pub(super) count: usize,
}

/// A row of an import file: the record's id, and its cells by header.
pub(super) type Row = (String, BTreeMap<String, String>);

/// The changes of one source that an import can bring in.
#[derive(Debug)]
pub(super) struct Import {
    pub(super) object: String,
    /// Header of the id, as HubSpot wrote it.
    pub(super) id: String,
    pub(super) rows: Vec<Row>,
}

/// What is to be done in a portal.
#[derive(Debug, Default)]
pub(super) struct Job {
    /// Sixteen hex digits that stand for all of the steps.
    pub(super) hash: String,
    pub(super) steps: Vec<Step>,
    pub(super) imports: Vec<Import>,
    pub(super) left_out: Vec<LeftOut>,
}

impl Job {
    /// What `plan` asks for in the sources that came from HubSpot.
    pub(super) fn new(plan: &Plan, sources: &[Arc<Source>], options: &HubspotOptions) -> Self {
        let mut draft = Draft::new(plan, sources, options);
        // A merge needs to know which consent is not written.
        let (sets, others): (Vec<_>, Vec<_>) = plan.operations.iter().partition(|one| matches!(one, Operation::Set(_)));
        sets.into_iter().chain(others).for_each(|operation| draft.take(operation));
        draft.finish()
    }

    /// Number of steps of a kind.
    pub(super) fn count(&self, is: impl Fn(&Step) -> bool) -> usize {
        self.steps.iter().filter(|step| is(step)).count()
    }

    /// Number of cells that are written, those of merges aside.
    pub(super) fn cells(&self) -> usize {
        let of = |step: &Step| match step {
            Step::Consent { cells, .. } | Step::Set { cells, .. } => cells.len(),
            Step::Merge { .. } | Step::Delete { .. } => 0,
        };
        self.steps.iter().map(of).sum()
    }
}

/// Why records with consent that cannot be written are not merged.
fn lost(header: &str) -> String {
    format!(
        "{header} has to survive, and cannot be written: record it on every one of the records in HubSpot, then export \
         again"
    )
}

/// A record of the portal: object and id.
type Record = (String, String);

struct Draft<'a> {
    sources: &'a [Arc<Source>],
    options: &'a HubspotOptions,
    /// Property of each column, by source.
    properties: Vec<Vec<Option<Property>>>,
    consent: Vec<Vec<usize>>,
    salesforce: Vec<Vec<usize>>,
    /// Cells of records that stand on several rows and need different values.
    twice: BTreeSet<(Record, String)>,
    /// Records that are merged or deleted: their id is no key for an import.
    moving: BTreeSet<Record>,
    consents: BTreeMap<Record, Vec<Cell>>,
    /// Records with consent that was to be mended and is not: the header.
    unset: BTreeMap<Record, String>,
    merges: Vec<Step>,
    sets: BTreeMap<Record, Vec<Cell>>,
    deletes: Vec<Step>,
    imports: BTreeMap<usize, BTreeMap<String, BTreeMap<String, String>>>,
    left_out: BTreeMap<(String, String), usize>,
}

impl<'a> Draft<'a> {
    fn new(plan: &'a Plan, sources: &'a [Arc<Source>], options: &'a HubspotOptions) -> Self {
        let properties = sources.iter().map(|source| {
            let object = names::object(source, options).unwrap_or_default();
            (0..source.frame.width()).map(|column| names::property(source, column, object, options)).collect()
        });
        let mut draft = Self {
            sources,
            options,
            properties: properties.collect(),
            consent: sources.iter().map(|source| consent_columns(source)).collect(),
            salesforce: sources.iter().map(|source| names::salesforce_ids(source)).collect(),
            twice: BTreeSet::new(),
            moving: BTreeSet::new(),
            consents: BTreeMap::new(),
            unset: BTreeMap::new(),
            merges: Vec::new(),
            sets: BTreeMap::new(),
            deletes: Vec::new(),
            imports: BTreeMap::new(),
            left_out: BTreeMap::new(),
        };
        let mut wanted: BTreeMap<(Record, String), BTreeSet<(&str, &str)>> = BTreeMap::new();
        for operation in &plan.operations {
            match operation {
                Operation::Set(set) => {
                    let Some(record) = draft.record(&set.at) else { continue };
                    let name = draft.property(set).map_or_else(|| set.header.clone(), |property| property.name.clone());
                    let value = (set.old.as_deref().unwrap_or_default(), set.new.as_str());
                    wanted.entry((record, name)).or_default().insert(value);
                }
                Operation::Merge(merge) => {
                    let records = std::iter::once(&merge.survivor).chain(&merge.losers);
                    draft.moving.extend(records.filter_map(|place| draft.record(place)).collect::<Vec<_>>());
                }
                Operation::Delete(delete) => draft.moving.extend(draft.record(&delete.at)),
            }
        }
        draft.twice = wanted.into_iter().filter(|(_, values)| values.len() > 1).map(|(cell, _)| cell).collect();
        draft
    }

    fn source(&self, place: &Place) -> &'a Source {
        &self.sources[place.source]
    }

    fn object(&self, place: &Place) -> Option<&'a str> {
        names::object(self.source(place), self.options)
    }

    /// Object and id of a record, if HubSpot has such ids.
    fn record(&self, place: &Place) -> Option<Record> {
        let id = place.record.as_deref()?.trim();
        let is_id = !id.is_empty() && id.len() <= 20 && id.bytes().all(|b| b.is_ascii_digit());
        is_id.then_some((self.object(place)?.to_owned(), id.to_owned()))
    }

    fn property(&self, set: &Set) -> Option<&Property> {
        self.properties[set.at.source][set.column].as_ref()
    }

    fn leave(&mut self, what: String, why: impl Into<String>) {
        *self.left_out.entry((what, why.into())).or_default() += 1;
    }

    /// Why nothing is written for a record.
    fn refuses(&self, place: &Place) -> Option<String> {
        let source = self.source(place);
        if !source.vendor.eq_ignore_ascii_case("hubspot") {
            return Some("the source is no export of HubSpot".to_owned());
        }
        if self.object(place).is_none() {
            return Some(format!(
                "HubSpot has several objects for such records; say which under [targets.hubspot.objects], as {} = \"contacts\"",
                source.name
            ));
        }
        if let Some(master) = source.synced_with.as_deref().filter(|master| !master.eq_ignore_ascii_case("hubspot")) {
            return Some(format!("{master} masters these records: clean up there first"));
        }
        let held = |column: &usize| self.cell(place, *column).is_some_and(|cell| !cell.trim().is_empty());
        if self.salesforce[place.source].iter().any(held) {
            return Some("the record is synced with Salesforce: clean up there first".to_owned());
        }
        self.record(place).is_none().then(|| "the record has no id of HubSpot".to_owned())
    }

    fn cell(&self, place: &Place, column: usize) -> Option<&'a str> {
        let frame = &self.source(place).frame;
        frame.columns().get(column)?.as_materialized_series().str().ok()?.get(place.row as usize)
    }

    /// What the export showed of a record: every property that can be written, and that its file has.
    fn seen(&self, place: &Place) -> Seen {
        let source = self.source(place);
        let headers = &source.files[source.file_of(place.row)].headers;
        let mut seen = Seen::new();
        for (column, property) in self.properties[place.source].iter().enumerate() {
            let Some(property) = property.as_ref().filter(|property| property.access == Access::Write) else {
                continue;
            };
            let is_id = source.role_of(column) == Some(Role::Id);
            if is_id || !headers.iter().any(|header| header == source.header(column)) {
                continue;
            }
            let cell = self.cell(place, column).unwrap_or_default();
            seen.entry(property.name.clone()).or_insert_with(|| cell.to_owned());
        }
        seen
    }

    fn take(&mut self, operation: &Operation) {
        let name = self.source(operation.place()).name.clone();
        match operation {
            Operation::Set(set) => {
                if let Err(why) = self.set(set) {
                    if let Some(record) = self.record(&set.at)
                        && self.consent[set.at.source].contains(&set.column)
                    {
                        self.unset.insert(record, set.header.clone());
                    }
                    self.leave(format!("{name} · {}", set.header), why);
                }
            }
            Operation::Merge(merge) => {
                if let Err(why) = self.merge(merge) {
                    self.leave(format!("merges of {name}"), why);
                }
            }
            Operation::Delete(delete) => match (self.refuses(&delete.at), self.record(&delete.at)) {
                (None, Some((object, id))) => {
                    let rules = delete.grounds.codes().join(" ");
                    let seen = self.seen(&delete.at);
                    self.deletes.push(Step::Delete { object, rules, id, seen });
                }
                (why, _) => self.leave(format!("deletions in {name}"), why.unwrap_or_default()),
            },
        }
    }

    fn set(&mut self, set: &Set) -> Result<(), String> {
        if let Some(why) = self.refuses(&set.at) {
            return Err(why);
        }
        let Some(record) = self.record(&set.at) else { return Ok(()) };
        let property = self.property(set).cloned();
        let name = property.as_ref().map_or_else(|| set.header.clone(), |property| property.name.clone());
        if self.twice.contains(&(record.clone(), name)) {
            return Err("the record stands on several rows, or a property in several columns, with different values; \
                        export each once"
                .to_owned());
        }
        match property.as_ref().map(|property| property.access) {
            Some(Access::Read) if self.consent[set.at.source].contains(&set.column) => {
                return Err("HubSpot keeps it by address: opt the person out there".to_owned());
            }
            Some(Access::Read) => return Err("HubSpot writes it itself".to_owned()),
            Some(Access::Time) => return Err("a time in an export carries no zone; set it by hand".to_owned()),
            Some(Access::Write) | None => {}
        }
        let imported = self.import(set, &record, property.as_ref());
        let Some(property) = property else {
            let import = if imported { "only the import file has it; for the runner" } else { "not written;" };
            return Err(format!(
                "no property is known by this label: {import} name it under [targets.hubspot.properties], as \
                 \"{}\" = \"internal_name\"",
                set.header
            ));
        };
        let consents = self.consent[set.at.source].contains(&set.column);
        let cells = if consents { &mut self.consents } else { &mut self.sets };
        let cells = cells.entry(record).or_default();
        // One record on several rows of the export is one record of the portal.
        if cells.iter().all(|cell| cell.property != property.name) {
            cells.push(Cell {
                property: property.name,
                label: set.header.clone(),
                old: set.old.clone().unwrap_or_default(),
                new: set.new.clone(),
                rules: set.grounds.codes().join(" "),
            });
        }
        Ok(())
    }

    /// Puts a cell into the import file, if an import can bring it in.
    fn import(&mut self, set: &Set, record: &Record, property: Option<&Property>) -> bool {
        // An import wants an owner's address, and takes a blank for "leave it".
        let is_owner = property.is_some_and(|property| property.name == "hubspot_owner_id");
        if set.new.is_empty() || self.moving.contains(record) || is_owner && !set.new.contains('@') {
            return false;
        }
        let rows = self.imports.entry(set.at.source).or_default();
        rows.entry(record.1.clone()).or_default().insert(set.header.clone(), set.new.clone());
        true
    }

    fn merge(&mut self, merge: &Merge) -> Result<(), String> {
        let places = || std::iter::once(&merge.survivor).chain(&merge.losers);
        if let Some(why) = places().find_map(|place| self.refuses(place)) {
            return Err(why);
        }
        if let Some(header) = places().find_map(|place| self.unset.get(&self.record(place)?)) {
            return Err(lost(header));
        }
        let source = merge.survivor.source;
        let mut consent = BTreeMap::new();
        let mut values = BTreeMap::new();
        let mut notes: Vec<String> = Vec::new();
        for field in &merge.fields {
            let about_consent = self.consent[source].contains(&field.column);
            let keeps_own = field.old.as_deref().is_some_and(|old| !old.trim().is_empty());
            let value = |from: Vec<String>| Value {
                new: field.value.clone().unwrap_or_default(),
                label: field.header.clone(),
                from,
            };
            match &self.properties[source][field.column] {
                Some(property) if property.access == Access::Write => {
                    // HubSpot keeps the stage that is furthest.
                    if about_consent {
                        consent.entry(property.name.clone()).or_insert_with(|| value(Vec::new()));
                    } else if property.name != "lifecyclestage" {
                        values.entry(property.name.clone()).or_insert_with(|| value(field.from.clone()));
                    }
                }
                // The survivor's own stays, as planned.
                _ if !field.changes() && (keeps_own || !about_consent) => {}
                _ if about_consent => {
                    return Err(lost(&field.header));
                }
                Some(property) if property.access == Access::Read => {}
                _ if keeps_own => {
                    return Err(format!(
                        "a value of {} has to replace the survivor's, and no property that can be written is known by \
                         this label; see [targets.hubspot.properties]",
                        field.header
                    ));
                }
                _ => notes.push(field.header.clone()),
            }
        }
        for header in notes {
            let what = format!("{} · {header} of merged records", self.sources[source].name);
            self.leave(what, "HubSpot fills a blank of the survivor itself; look whether it did");
        }
        let (mut losers, mut seen) = (Vec::new(), BTreeMap::new());
        let Some((object, survivor)) = self.record(&merge.survivor) else { return Ok(()) };
        seen.insert(survivor.clone(), self.seen(&merge.survivor));
        for place in &merge.losers {
            let Some((_, id)) = self.record(place) else { continue };
            if losers.len() + 1 < IDENTITIES {
                seen.insert(id.clone(), self.seen(place));
                losers.push(id);
            } else {
                let what = format!("records to merge in {}", self.sources[source].name);
                self.leave(what, format!("a record of HubSpot holds at most {IDENTITIES} merged ones"));
            }
        }
        let rules = merge.grounds.codes().join(" ");
        self.merges.push(Step::Merge { object, rules, survivor, losers, seen, consent, values });
        Ok(())
    }

    /// Consent that is mended on a record of a merge goes with the merge: written on every record of the group, and no
    /// surprise to the guards.
    fn join_consents(&mut self) {
        for step in &mut self.merges {
            let Step::Merge { object, survivor, losers, consent, .. } = step else { continue };
            for id in std::iter::once(survivor).chain(losers) {
                for cell in self.consents.remove(&(object.clone(), id.clone())).unwrap_or_default() {
                    let value = Value { new: cell.new, label: cell.label, from: Vec::new() };
                    consent.entry(cell.property).or_insert(value);
                }
            }
        }
    }

    fn finish(mut self) -> Job {
        self.join_consents();
        let mut steps: Vec<Step> = Vec::new();
        let consents = self.consents.into_iter().map(|((object, id), cells)| Step::Consent { object, id, cells });
        steps.extend(consents);
        steps.extend(self.merges);
        steps.extend(self.sets.into_iter().map(|((object, id), cells)| Step::Set { object, id, cells }));
        steps.extend(self.deletes);
        let mut hash = Sha256::new();
        for step in &steps {
            hash.update(format!("{step:?}\n"));
        }
        let (sources, options) = (self.sources, self.options);
        let imports = self.imports.into_iter().filter_map(|(at, rows)| {
            let source: &Source = &sources[at];
            let id = source.roles.iter().find(|binding| binding.role == Role::Id)?;
            Some(Import {
                object: names::object(source, options)?.to_owned(),
                id: source.header(id.column).to_owned(),
                rows: rows.into_iter().collect(),
            })
        });
        Job {
            hash: hex(&hash.finalize())[..16].to_owned(),
            imports: imports.collect(),
            left_out: self.left_out.into_iter().map(|((what, why), count)| LeftOut { what, why, count }).collect(),
            steps,
        }
    }
}
