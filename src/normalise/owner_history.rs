//! Who owned a record before: changes of owner, from histories of fields (Salesforce `LeadHistory`, HubSpot property
//! history) and from histories of versions (`_fivetran_start`, `dbt_valid_from`).
//!
//! In: the tables whose rows are events of records. Out: the changes of each record in the order of time, as the history
//! writes its owners: by id, name or address, or twice, once by each.

use std::collections::BTreeMap;

use super::Grain;
use super::record_id;
use super::table::Table;
use super::text::{Text, is_blank, trimmed};
use crate::load::squeeze;
use crate::model::{Role, SystemField};

/// The changes of owner that the loaded histories tell of.
#[derive(Debug, Default)]
pub struct OwnerHistory {
    of: BTreeMap<String, Vec<Change>>,
    since: Option<i64>,
    sources: Vec<String>,
}

/// Owners that changed at one time, each as often as the history writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// When, in microseconds since 1970.
    pub at: i64,
    /// Who owned the record before; nobody, or not told, when empty.
    pub old: Vec<String>,
    /// Who owned it then; nobody when empty.
    pub new: Vec<String>,
    /// Who changed it; not told when empty.
    pub by: Vec<String>,
}

/// How a record came to its first owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// It was created with one.
    AtCreation,
    /// It got one at this time, in microseconds since 1970.
    At(i64),
    /// It has not had one.
    Never,
}

const RECORD: [&str; 6] = ["leadid", "contactid", "recordid", "objectid", "parentid", "id"];
const FIELD: [&str; 7] = ["field", "fieldevent", "fieldname", "fieldchanged", "property", "propertyname", "name"];
const NEW: [&str; 3] = ["newvalue", "new", "value"];
const OLD: [&str; 3] = ["oldvalue", "old", "previousvalue"];
const AT: [&str; 9] =
    ["createddate", "editdate", "changedate", "changedat", "changedon", "changetime", "timestamp", "createdat", "date"];
const BY: [&str; 5] = ["createdbyid", "createdby", "editedby", "changedby", "userid"];
const VERSION: [&str; 3] = ["fivetranstart", "dbtvalidfrom", "validfrom"];
const OWNER: [&str; 10] = [
    "owner",
    "ownerid",
    "ownername",
    "leadowner",
    "contactowner",
    "hubspotownerid",
    "assignedto",
    "assignedtoid",
    "ownerassignment",
    "owneraccepted",
];

/// The columns of a history.
struct Columns<'t> {
    record: Text<'t>,
    at: usize,
    field: Option<Text<'t>>,
    old: Option<Text<'t>>,
    new: Text<'t>,
    by: Option<Text<'t>>,
}

fn columns(table: &Table) -> Option<Columns<'_>> {
    let keys: Vec<(usize, String)> =
        table.source.columns().map(|column| (column, squeeze(table.source.header(column)))).collect();
    let find = |names: &[&str]| {
        names.iter().find_map(|name| keys.iter().find(|(_, key)| key == name).map(|(column, _)| *column))
    };
    let text = |column: Option<usize>| column.map(|column| table.text(column));
    if let (Some(record), Some(field), Some(new), Some(at)) = (find(&RECORD), find(&FIELD), find(&NEW), find(&AT)) {
        let by = find(&BY).or_else(|| table.source.system(SystemField::CreatedBy));
        return Some(Columns {
            record: table.text(record),
            at,
            field: Some(table.text(field)),
            old: text(find(&OLD)),
            new: table.text(new),
            by: text(by),
        });
    }
    let (record, owner, at) = (table.role(Role::Id)?, table.role(Role::Owner)?, find(&VERSION)?);
    Some(Columns { record: table.text(record), at, field: None, old: None, new: table.text(owner), by: None })
}

impl OwnerHistory {
    /// The changes that those of `tables` tell of whose rows are events; `grain` says what the rows of each are.
    pub(super) fn of(tables: &[Table], grain: impl Fn(&Table) -> Grain) -> Self {
        let mut history = Self::default();
        for table in tables.iter().filter(|table| grain(table) == Grain::Events) {
            if let Some(columns) = columns(table) {
                history.read(table, &columns);
            }
        }
        for changes in history.of.values_mut() {
            changes.sort_by(|a, b| (a.at, &a.new, &a.old, &a.by).cmp(&(b.at, &b.new, &b.old, &b.by)));
            let mut merged: Vec<Change> = Vec::with_capacity(changes.len());
            for change in changes.drain(..) {
                match merged.last_mut() {
                    Some(last) if last.at == change.at => {
                        last.old.extend(change.old);
                        last.new.extend(change.new);
                        last.by.extend(change.by);
                    }
                    // A version of the record in which its owner stayed.
                    Some(last) if last.new == change.new && change.old.is_empty() => {}
                    _ => merged.push(change),
                }
            }
            *changes = merged;
        }
        history
    }

    fn read(&mut self, table: &Table, columns: &Columns<'_>) {
        let times = table.times(columns.at);
        let told = |cell: Option<&str>| {
            cell.filter(|cell| !is_blank(Some(cell)))
                .map(|cell| trimmed(cell).to_owned())
                .into_iter()
                .collect::<Vec<_>>()
        };
        let mut any = false;
        for row in 0..table.height() as u32 {
            let Some(at) = times.get(row) else { continue };
            self.since = Some(self.since.map_or(at, |since| since.min(at)));
            let is_owner = columns.field.as_ref().is_none_or(|field| field.get(row).is_some_and(names_owner));
            let Some(id) = columns.record.get(row).filter(|_| is_owner).and_then(record_id::canonical) else {
                continue;
            };
            any = true;
            let change = Change {
                at,
                old: told(columns.old.as_ref().and_then(|old| old.get(row))),
                new: told(columns.new.get(row)),
                by: told(columns.by.as_ref().and_then(|by| by.get(row))),
            };
            match self.of.get_mut(id.as_ref()) {
                Some(changes) => changes.push(change),
                None => {
                    self.of.insert(id.into_owned(), vec![change]);
                }
            }
        }
        if any {
            self.sources.push(table.name().to_owned());
        }
    }

    /// Whether no history tells of owners.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Names of the sources that tell.
    #[must_use]
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// The changes of a record, oldest first.
    #[must_use]
    pub fn changes(&self, id: &str) -> &[Change] {
        record_id::canonical(id).and_then(|id| self.of.get(id.as_ref())).map_or(&[], Vec::as_slice)
    }

    /// Whether the histories go back to a record that was created at `created`, in microseconds since 1970.
    #[must_use]
    pub fn covers(&self, created: i64) -> bool {
        !self.is_empty() && self.since.is_some_and(|since| since <= created)
    }

    /// How a record came to its first owner who is somebody; `is_person` tells somebody from queues and systems.
    #[must_use]
    pub fn first(&self, id: &str, is_person: impl Fn(&str) -> bool) -> First {
        let people = |names: &[String]| !names.is_empty() && names.iter().all(|name| is_person(name));
        let changes = self.changes(id);
        match changes.first() {
            None => First::AtCreation,
            Some(first) if people(&first.old) => First::AtCreation,
            _ => changes.iter().find(|change| people(&change.new)).map_or(First::Never, |change| First::At(change.at)),
        }
    }
}

/// Whether a history's word for a field means the owner.
fn names_owner(field: &str) -> bool {
    OWNER.contains(&squeeze(field).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::testing::facts_of;

    fn history(name: &str, text: &str) -> OwnerHistory {
        facts_of("", &[(name, text)]).1.owners
    }

    fn is_person(name: &str) -> bool {
        !name.contains("Queue") && !name.starts_with("00G") && name != "sync"
    }

    const CHANGES: &str = "Id,LeadId,Field,OldValue,NewValue,CreatedById,CreatedDate\n\
        h1,1,Owner,Chat Queue,Erin Vale,sync,2026-10-01T09:30:00Z\n\
        h2,1,Owner,00G5e0000000001EAA,u1,sync,2026-10-01T09:30:00Z\n\
        h3,1,Owner,u1,u2,u1,2026-10-04T09:00:00Z\n\
        h4,2,Owner,u1,u2,u1,2026-10-04T09:00:00Z\n\
        h5,3,Owner,sync,Chat Queue,sync,2026-10-04T09:00:00Z\n\
        h6,3,Owner,sync,00G5e0000000001EAA,sync,2026-10-04T09:00:00Z\n\
        h7,4,Status,New,Open,u1,2026-10-01T09:00:00Z\n";

    #[test]
    fn the_first_owner_is_the_first_person() {
        let history = history("lead_history", CHANGES);
        let first = |id: &str| history.first(id, is_person);
        let at = chrono::DateTime::parse_from_rfc3339("2026-10-01T09:30:00Z").unwrap().timestamp_micros();
        assert_eq!((first("1"), first("2")), (First::At(at), First::AtCreation));
        assert_eq!((first("3"), first("4")), (First::Never, First::AtCreation));
        assert_eq!(history.changes("1").len(), 2, "names and ids of one change are one");
        assert_eq!(history.changes("1")[0].new, ["Erin Vale", "u1"]);
        assert!(history.covers(at) && !history.covers(at - 2 * 3_600_000_000));
        assert_eq!(history.sources(), ["lead_history"]);
    }

    #[test]
    fn properties_and_versions_tell_as_well() {
        let properties = "contact_id,name,value,timestamp\n7,hubspot_owner_id,,2026-10-01T09:00:00Z\n\
            7,hubspot_owner_id,51,2026-10-01T11:00:00Z\n7,lifecyclestage,lead,2026-10-01T09:00:00Z\n";
        let told = history("contact_property_history", properties);
        assert_eq!(told.changes("7").len(), 2);
        assert!(matches!(told.first("7", is_person), First::At(_)));
        let versions = "id,owner_id,_fivetran_start,_fivetran_end\n7,51,2026-10-01T09:00:00Z,2026-10-02T09:00:00Z\n\
            7,51,2026-10-02T09:00:00Z,2026-10-03T09:00:00Z\n7,52,2026-10-03T09:00:00Z,9999-12-31\n";
        assert_eq!(history("lead_history", versions).changes("7").len(), 2);
    }

    #[test]
    fn records_are_no_history() {
        assert!(history("lead", "Id,OwnerId,CreatedDate\n1,u1,2026-10-01T09:00:00Z\n").is_empty());
    }
}
