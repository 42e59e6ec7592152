//! Salesforce: Data Loader and `sf` extracts (API names, often in capitals), the weekly Data Export, and report exports
//! (labels, 15-character ids, a footer).

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::model::{Kind, Object, Role};

/// Salesforce.
pub(super) struct Salesforce;

const fn api(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a Salesforce field" }
}

const fn label(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a Salesforce report label" }
}

const LEAD: &[Alias] = &[
    api(Role::Id, &["id"]),
    label(Role::Id, &["leadid"]),
    label(Role::Company, &["companyaccount"]),
    label(Role::Owner, &["leadowner"]),
    label(Role::Status, &["leadstatus"]),
];
const CONTACT: &[Alias] = &[
    api(Role::Id, &["id"]),
    label(Role::Id, &["contactid"]),
    label(Role::Owner, &["contactowner"]),
    label(Role::Company, &["accountname"]),
    api(Role::Region, &["mailingstate", "mailingstateprovince"]),
    api(Role::Country, &["mailingcountry"]),
    api(Role::City, &["mailingcity"]),
    api(Role::Postcode, &["mailingpostalcode", "mailingzippostalcode"]),
    api(Role::Street, &["mailingstreet"]),
];
const ACCOUNT: &[Alias] = &[
    api(Role::Id, &["id"]),
    label(Role::Id, &["accountid"]),
    api(Role::Name, &["name"]),
    label(Role::Name, &["accountname"]),
    label(Role::Owner, &["accountowner"]),
    api(Role::Region, &["billingstate", "billingstateprovince"]),
    api(Role::Country, &["billingcountry"]),
    api(Role::City, &["billingcity"]),
    api(Role::Postcode, &["billingpostalcode", "billingzippostalcode"]),
    api(Role::Street, &["billingstreet"]),
    api(Role::Source, &["accountsource"]),
];
const DEAL: &[Alias] = &[
    api(Role::Id, &["id"]),
    label(Role::Id, &["opportunityid"]),
    api(Role::Name, &["name"]),
    label(Role::Name, &["opportunityname"]),
    label(Role::Owner, &["opportunityowner"]),
    api(Role::Stage, &["stagename"]),
    label(Role::Stage, &["stage"]),
];
const ACTIVITY: &[Alias] = &[
    api(Role::Id, &["id"]),
    label(Role::Id, &["activityid"]),
    api(Role::Topic, &["subject"]),
    label(Role::Owner, &["assigned"]),
];
const USER: &[Alias] = &[api(Role::Id, &["id"]), label(Role::Id, &["userid"]), api(Role::Name, &["name"])];
const ANY: &[Alias] = &[
    api(Role::Owner, &["ownerid"]),
    api(Role::Source, &["leadsource"]),
    api(Role::CreatedAt, &["createddate"]),
    label(Role::CreatedAt, &["createdate"]),
    api(Role::UpdatedAt, &["lastmodifieddate", "systemmodstamp"]),
    label(Role::UpdatedAt, &["lastmodified"]),
    api(Role::LastActivityAt, &["lastactivitydate"]),
    label(Role::LastActivityAt, &["lastactivity"]),
    api(Role::Notes, &["description"]),
    label(Role::Region, &["stateprovince"]),
    label(Role::Postcode, &["zippostalcode"]),
];

/// Fields that every Salesforce object has, and that no other system names so.
const SYSTEM: &[&str] = &[
    "isdeleted",
    "masterrecordid",
    "systemmodstamp",
    "createdbyid",
    "lastmodifiedbyid",
    "ownerid",
    "recordtypeid",
    "lastreferenceddate",
    "lastvieweddate",
    "leadsource",
    "createddate",
    "lastmodifieddate",
];

/// Labels of reports.
const LABELS: &[&str] = &[
    "leadowner",
    "companyaccount",
    "leadid",
    "accountowner",
    "opportunityowner",
    "mailingstateprovince",
    "mailingzippostalcode",
    "emailoptout",
    "emailbouncedreason",
    "opportunityname",
    "createdate",
];

/// The object that an id's first three characters stand for.
fn prefix_object(id: &str) -> Option<Object> {
    if !matches!(id.len(), 15 | 18) || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    match &id[..3] {
        "001" => Some(Object::Account),
        "003" => Some(Object::Contact),
        "005" => Some(Object::User),
        "006" => Some(Object::Deal),
        "00Q" => Some(Object::Lead),
        "00T" | "00U" => Some(Object::Activity),
        _ => None,
    }
}

/// The object of most ids of the column that holds the rows' own ids.
fn object_by_ids(exhibit: &Exhibit<'_>) -> Option<Object> {
    let keys = ["id", "leadid", "contactid", "accountid", "opportunityid", "userid", "activityid"];
    let column = keys.into_iter().find_map(|key| exhibit.position(key))?;
    let mut counts = [0_usize; Object::ALL.len()];
    let mut filled = 0;
    for cell in exhibit.filled(column) {
        filled += 1;
        if let Some(object) = prefix_object(cell) {
            counts[object as usize] += 1;
        }
    }
    Object::ALL.into_iter().find(|object| counts[*object as usize] * 5 >= filled * 4 && filled > 0)
}

/// The column that Data Loader adds to its result files: what became of each row.
fn result_column(exhibit: &Exhibit<'_>) -> Option<usize> {
    let last = exhibit.keys.len().checked_sub(1)?;
    match exhibit.keys[last].as_str() {
        "error" => Some(last),
        "status" => exhibit.filled(last).all(|cell| cell.starts_with("Item ")).then_some(last),
        _ => None,
    }
}

impl Vendor for Salesforce {
    fn meta(&self) -> Meta {
        Meta { name: "salesforce", title: "Salesforce", kinds: &[Kind::Crm] }
    }

    fn aliases(&self, kind: Kind, object: Option<Object>) -> Vec<&'static Alias> {
        if kind != Kind::Crm {
            return Vec::new();
        }
        let own = match object {
            Some(Object::Lead) | None => LEAD,
            Some(Object::Contact) => CONTACT,
            Some(Object::Account) => ACCOUNT,
            Some(Object::Deal) => DEAL,
            Some(Object::User) => USER,
            Some(Object::Activity) => ACTIVITY,
        };
        own.iter().chain(ANY).collect()
    }

    fn disowns(&self, exhibit: &Exhibit<'_>, column: usize) -> bool {
        result_column(exhibit) == Some(column)
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let ids = object_by_ids(exhibit);
        let system = exhibit.count(SYSTEM);
        let labels = exhibit.count(LABELS);
        let footer = exhibit.report_footer;
        let custom = (0..exhibit.keys.len()).any(|c| exhibit.header(c).to_lowercase().ends_with("__c"));
        let (score, why) = match ids {
            Some(object) if result_column(exhibit).is_some() => {
                (90, format!("the ids of its rows are Salesforce {object} ids; a result file of Data Loader"))
            }
            Some(object) => (90, format!("the ids of its rows are Salesforce {object} ids")),
            None if footer => (85, "the footer of a Salesforce report".to_owned()),
            None if system >= 4 => (75, format!("Salesforce system fields among its headers: {system}")),
            None if custom => (62, "headers that end in __c".to_owned()),
            None if labels >= 3 => (65, format!("labels of Salesforce reports among its headers: {labels}")),
            None => return None,
        };
        let (guess, guessed) = super::generic_crm::guess_object(exhibit);
        let object = ids.or(guess);
        let why = if ids.is_none() && object.is_some() { format!("{why}; {guessed}") } else { why };
        Some(Match { score, kind: Kind::Crm, object, why })
    }

    fn tells_object(&self, exhibit: &Exhibit<'_>) -> bool {
        object_by_ids(exhibit).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::testing::{Folder, role};

    #[test]
    fn an_id_names_its_object() {
        assert_eq!(prefix_object("00Q1G00000nDnM5UAK"), Some(Object::Lead));
        assert_eq!(prefix_object("0031G00001QtDPl"), Some(Object::Contact));
        assert_eq!(prefix_object("001"), None);
        assert_eq!(prefix_object("00é1G00000nDnM5"), None);
    }

    #[test]
    fn salesforce_is_known_by_its_ids_and_its_headers_in_capitals() {
        let source = Folder::new().source(
            "extract.csv",
            "\"ID\",\"OWNERID\",\"EMAIL\",\"CREATEDDATE\",\"Reason__c\"\n\"00Q1G00000nDnM5UAK\",\"0051G000000mtZ0QAI\",\"a@x.co\",\"2026-01-01T00:00:00.000Z\",\"x\"\n",
        );
        assert_eq!((source.vendor.as_str(), source.object), ("salesforce", Some(Object::Lead)));
        assert_eq!(role(&source, Role::Owner), Some("OWNERID"));
        assert_eq!(role(&source, Role::Reason), Some("Reason__c"));
    }

    #[test]
    fn a_salesforce_report_is_known_by_its_labels() {
        let source = Folder::new().source(
            "report1642777476321.csv",
            "Lead Owner,First Name,Last Name,Company / Account,Lead ID,Email\nAna,Bo,Li,Acme,00Q1G00000nDnM5,b@x.co\n\nConfidential Information - Do Not Distribute\n",
        );
        assert_eq!((source.vendor.as_str(), source.object, source.height()), ("salesforce", Some(Object::Lead), 1));
        assert_eq!(role(&source, Role::Company), Some("Company / Account"));
        assert_eq!(role(&source, Role::Id), Some("Lead ID"));
    }
}
