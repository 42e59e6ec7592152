//! What a row of a source is: a record, an event of a record, a link between two, or the definition of a field.

use crate::load::squeeze;
use crate::model::{Kind, Role, Source};

/// What a row of a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// A record, a chat, an attempt: what rules judge.
    Records,
    /// Something that happened to a record, or one version of it: the source is a history.
    Events,
    /// That two records belong together.
    Links,
    /// What a field of records is called and holds.
    Fields,
}

impl Grain {
    /// Why rules that judge records pass the source over; `None` for records.
    #[must_use]
    pub fn passed_over(self, name: &str) -> Option<String> {
        match self {
            Self::Records => None,
            Self::Events => Some(format!("{name} is a history: its rows are events of records, not records")),
            Self::Links => Some(format!("{name} only links records: its rows are pairs of ids, not records")),
            Self::Fields => Some(format!("{name} defines fields: its rows are columns of records, not records")),
        }
    }
}

/// Headers of columns that say what happened to a record, or what a field was before.
const EVENT: [&str; 22] = [
    "event",
    "eventtype",
    "fieldevent",
    "changedat",
    "changedate",
    "changedon",
    "changetime",
    "editdate",
    "field",
    "fieldname",
    "fieldchanged",
    "property",
    "propertyname",
    "old",
    "oldvalue",
    "previousvalue",
    "new",
    "newvalue",
    "validfrom",
    "validto",
    "dbtvalidfrom",
    "dbtvalidto",
];

/// Rows below which a repeated id says nothing of how a table is made.
const MANY: usize = 20;

/// What the rows of `source` are. `rows` of them count; `repeated` of those have an id that stands on another one of
/// the same file.
pub(crate) fn decide(source: &Source, rows: usize, repeated: usize) -> Grain {
    if source.kind == Kind::SyncLog {
        return Grain::Records;
    }
    let keys: Vec<String> = source.columns().map(|column| squeeze(source.header(column))).collect();
    let has = |names: &[&str]| keys.iter().any(|key| names.contains(&key.as_str()));
    let has_id = source.role(Role::Id).is_some();
    if is_link(&keys) {
        return Grain::Links;
    }
    if is_field_list(&keys) {
        return Grain::Fields;
    }
    let versions = has(&["fivetranstart", "fivetranend"]);
    let event = has(&EVENT);
    if versions || source.files.iter().any(|file| is_named_history(&file.path)) {
        // One current row per id is the record table itself.
        let current = has(&["fivetranactive"]);
        let one_each = if current { repeated * 2 <= rows } else { repeated == 0 && !versions && !event };
        return if has_id && one_each { Grain::Records } else { Grain::Events };
    }
    if event && rows >= MANY && repeated * 2 > rows { Grain::Events } else { Grain::Records }
}

/// Whether a file is named a history: `lead_history.csv`, not `prehistory.csv`.
fn is_named_history(path: &str) -> bool {
    let name = path.rsplit(['/', '\\', '!']).next().unwrap_or_default().to_lowercase();
    name.split(|c: char| !c.is_alphanumeric()).any(|word| matches!(word, "history" | "histories"))
        || name.split('.').next().is_some_and(|stem| stem.len() > 7 && stem.ends_with("history"))
}

/// Whether a table has ids of two or more records and nothing else of its own. A record with an id of its own that
/// belongs to others is no link, and neither is one that belongs to a user.
fn is_link(keys: &[String]) -> bool {
    const STAMPS: [&str; 4] = ["createdat", "createddate", "lastmodifieddate", "systemmodstamp"];
    const USERS: [&str; 6] = ["ownerid", "hubspotownerid", "userid", "createdbyid", "lastmodifiedbyid", "assignedtoid"];
    let own = |key: &&String| {
        let key = key.as_str();
        !(key.starts_with("fivetran") || key.ends_with("updatedat") || STAMPS.contains(&key) || USERS.contains(&key))
    };
    let own: Vec<&String> = keys.iter().filter(own).collect();
    own.len() >= 2 && own.iter().all(|key| key.ends_with("id") && *key != "id")
}

/// Whether a table has what each field is called, by people and by programs, and the type of what it holds.
fn is_field_list(keys: &[String]) -> bool {
    let has = |names: &[&str]| keys.iter().any(|key| names.contains(&key.as_str()));
    let called = (has(&["label", "fieldlabel"]) && has(&["name", "apiname", "fieldname"])) || has(&["internalname"]);
    called && has(&["fieldtype", "datatype"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histories_are_known_by_a_word_of_their_name() {
        for path in ["x/lead_history.csv", "LeadHistory.csv", "contact-history-2026.csv", "a.zip!deal_history_data.csv"]
        {
            assert!(is_named_history(path), "{path}");
        }
        for path in ["history/leads.csv", "leads.csv", "prehistoric.csv"] {
            assert!(!is_named_history(path), "{path}");
        }
    }

    #[test]
    fn links_have_ids_and_nothing_else() {
        let keys = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        assert!(is_link(&keys("contactid,companyid,fivetranactive,contactupdatedat")));
        assert!(!is_link(&keys("id,email")));
        assert!(!is_link(&keys("id,accountid,contactid")));
        assert!(!is_link(&keys("leadid,ownerid")));
        assert!(!is_link(&keys("contactid,companyid,role")));
    }

    #[test]
    fn lists_of_fields_have_labels_names_and_types() {
        let keys = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        assert!(is_field_list(&keys("fieldtype,groupname,label,name,type")));
        assert!(is_field_list(&keys("fieldlabel,apiname,datatype,required")));
        assert!(is_field_list(&keys("name,internalname,fieldtype,options")));
        assert!(!is_field_list(&keys("id,name,type,label,createdat")));
        assert!(!is_field_list(&keys("id,email,name,fieldtype")));
    }
}
