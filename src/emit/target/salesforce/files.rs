//! The data that the scripts work on: bulk files, queries and what the guards compare with.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::super::text::csv_row;
use super::fields::{Object, is_name};
use super::job::{CLEARS, Changes, Job};
use super::seen::Seen;
use crate::config::options::Options;
use crate::plan::Plan;

/// Ids in one query: what it may be long is more than five times that.
const IDS: usize = 800;
/// Bytes of a bulk file; encoded for the way it grows by half, and 150 MB is the limit there.
const BULK: usize = 60_000_000;

/// A file of a folder: its path, and its text.
pub(super) type File = (String, String);

/// Bulk files of updates, to `new` or back to `old` values.
pub(super) fn bulk(name: &str, records: &BTreeMap<String, Changes>, back: bool) -> Vec<File> {
    let fields: BTreeSet<&str> = records.values().flat_map(|changes| changes.keys().map(String::as_str)).collect();
    let header = csv_row(std::iter::once("Id").chain(fields.iter().copied()));
    let mut parts = vec![header.clone()];
    for (id, changes) in records {
        let cells = fields.iter().map(|field| match changes.get(*field) {
            // A blank cell leaves the field alone.
            None => "",
            Some(change) => match if back { change.old.as_str() } else { change.new.as_str() } {
                "" => CLEARS,
                value => value,
            },
        });
        let row = csv_row(std::iter::once(id.as_str()).chain(cells));
        let full = parts.last().is_some_and(|part| part.len() + row.len() > BULK);
        if full {
            parts.push(header.clone());
        }
        if let Some(part) = parts.last_mut() {
            part.push_str(&row);
        }
    }
    (1..).zip(parts).map(|(number, text)| (format!("{name}-{number:03}.csv"), text)).collect()
}

/// Queries for what every touched record holds, and for the children that merges move.
pub(super) fn queries(job: &Job, config: &Options) -> Vec<File> {
    let mut files = Vec::new();
    for (object, (ids, fields)) in job.touched() {
        let fields: Vec<&str> = std::iter::once("Id").chain(fields.iter().map(String::as_str)).collect();
        let select = format!("SELECT {} FROM {}", fields.join(", "), object.name());
        files.extend(parted(&format!("queries/{}", object.file()), &select, "Id", &ids));
    }
    let mut losers: BTreeMap<Object, BTreeSet<String>> = BTreeMap::new();
    for merge in &job.merges {
        losers.entry(merge.object).or_default().extend(merge.losers.iter().cloned());
    }
    let own: Vec<(&str, &str)> = config
        .targets
        .salesforce
        .children
        .iter()
        .filter_map(|child| child.split_once('.'))
        .filter(|(object, field)| is_name(object) && is_name(field))
        .collect();
    for (object, ids) in &losers {
        for (child, lookup) in object.children().iter().chain(&own) {
            let select = format!("SELECT Id, {lookup} FROM {child}");
            files.extend(parted(&format!("queries/children-{}-{child}-{lookup}", object.file()), &select, lookup, ids));
        }
    }
    files
}

fn parted(name: &str, select: &str, field: &str, ids: &BTreeSet<String>) -> Vec<File> {
    let ids: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
    let text = |ids: &[String]| format!("{select} WHERE {field} IN ({})\n", ids.join(","));
    (1..).zip(ids.chunks(IDS)).map(|(number, ids)| (format!("{name}-{number:03}.soql"), text(ids))).collect()
}

/// What the guards compare with: by phase and object, for each record the old and new value of each field; the same for
/// the survivors of merges; who is merged into whom; and what its records and those that are
/// deleted have to hold still.
pub(super) fn expected(job: &Job) -> serde_json::Value {
    type Records<'a> = BTreeMap<&'a str, BTreeMap<&'a str, [&'a str; 2]>>;
    let mut phases: BTreeMap<&str, BTreeMap<&str, Records<'_>>> = BTreeMap::new();
    for ((phase, object), records) in &job.updates {
        let of = phases.entry(phase.file()).or_default().entry(object.name()).or_default();
        for (id, changes) in records {
            let changes = changes.iter().map(|(field, change)| (field.as_str(), [&*change.old, &*change.new]));
            of.insert(id, changes.collect());
        }
    }
    let mut survivors: BTreeMap<&str, Records<'_>> = BTreeMap::new();
    let mut losers: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    let mut members: BTreeMap<&str, BTreeMap<&str, &BTreeMap<String, Seen>>> = BTreeMap::new();
    for merge in &job.merges {
        let changes = merge.changes.iter().map(|(field, change)| (field.as_str(), [&*change.old, &*change.new]));
        survivors.entry(merge.object.name()).or_default().insert(&merge.survivor, changes.collect());
        members.entry(merge.object.name()).or_default().insert(&merge.survivor, &merge.seen);
        let of = losers.entry(merge.object.name()).or_default();
        of.extend(merge.losers.iter().map(|loser| (loser.as_str(), merge.survivor.as_str())));
    }
    let deletes: BTreeMap<&str, _> = job.deletes.iter().map(|(object, records)| (object.name(), records)).collect();
    json!({
        "updates": phases,
        "survivors": survivors,
        "losers": losers,
        "members": members,
        "deletes": deletes,
        "quarantine_days": Plan::QUARANTINE_DAYS,
    })
}

/// Bulk files of deletions, which have one column.
pub(super) fn deletes(job: &Job) -> Vec<File> {
    let text = |records: &BTreeMap<String, Seen>| {
        csv_row(["Id"]) + &records.keys().map(|id| csv_row([id.as_str()])).collect::<String>()
    };
    job.deletes.iter().map(|(object, records)| (format!("delete/{}.csv", object.file()), text(records))).collect()
}
