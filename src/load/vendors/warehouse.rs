//! Copies in a warehouse, as Fivetran names them: API names in snake case beside `_fivetran_synced`, HubSpot's
//! properties as `property_email`, history tables with `_fivetran_active`. What a column means is as in the system that
//! was copied. Tables that only link records, or define fields, are no records.

use super::{Alias, Exhibit, Match, Meta, Vendor, salesforce};
use crate::model::{Kind, Object, Role};

/// A warehouse.
pub(super) struct Warehouse;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a warehouse column" }
}

const PERSON: &[Alias] = &[
    alias(Role::Id, &["id", "propertyhsobjectid"]),
    alias(Role::Company, &["propertycompany"]),
    alias(Role::City, &["locationcity"]),
    alias(Role::Country, &["locationcountry"]),
    alias(Role::Region, &["locationregion"]),
];
const COMPANY: &[Alias] = &[
    alias(Role::Id, &["id", "propertyhsobjectid", "companyid"]),
    alias(Role::Name, &["propertyname"]),
    alias(Role::Notes, &["propertydescription"]),
];
const DEAL: &[Alias] = &[
    alias(Role::Id, &["id", "dealid"]),
    alias(Role::Name, &["propertydealname"]),
    alias(Role::Stage, &["propertydealstage", "dealpipelinestageid"]),
    alias(Role::Notes, &["propertydescription"]),
];
const USER: &[Alias] = &[alias(Role::Id, &["id", "ownerid"])];
const CHAT: &[Alias] = &[
    alias(Role::Id, &["id"]),
    alias(Role::StartedAt, &["createdat"]),
    alias(Role::UpdatedAt, &["updatedat"]),
    alias(Role::Status, &["state"]),
    alias(Role::Agent, &["assigneeid"]),
    alias(Role::Rating, &["conversationratingvalue"]),
    alias(Role::Notes, &["conversationratingremark"]),
    alias(Role::Topic, &["sourcesubject"]),
    alias(Role::Source, &["sourcetype"]),
];
/// HubSpot's properties, and custom fields of Salesforce: `reason_c`.
const ANY: &[Alias] = &[
    alias(Role::Email, &["propertyemail"]),
    alias(Role::FirstName, &["propertyfirstname"]),
    alias(Role::LastName, &["propertylastname"]),
    alias(Role::Phone, &["propertyphone", "propertymobilephone"]),
    alias(Role::Domain, &["propertydomain", "propertywebsite"]),
    alias(Role::Owner, &["propertyhubspotownerid"]),
    alias(Role::Status, &["propertyhsleadstatus"]),
    alias(Role::Stage, &["propertylifecyclestage"]),
    alias(Role::Source, &["propertyhsanalyticssource"]),
    alias(Role::City, &["propertycity"]),
    alias(Role::Region, &["propertystate", "regionc"]),
    alias(Role::Country, &["propertycountry"]),
    alias(Role::Postcode, &["propertyzip"]),
    alias(Role::Street, &["propertyaddress"]),
    alias(Role::Industry, &["propertyindustry"]),
    alias(Role::CreatedAt, &["propertycreatedate", "propertycreatedat"]),
    alias(Role::UpdatedAt, &["propertylastmodifieddate", "propertyhslastmodifieddate"]),
    alias(Role::LastActivityAt, &["propertynoteslastupdated"]),
    alias(Role::Reason, &["reasonc", "chatreasonc"]),
    alias(Role::Topic, &["topicc", "chattopicc"]),
    alias(Role::ChatId, &["chatidc"]),
    alias(Role::Transcript, &["chattranscriptc"]),
];

/// Columns that Fivetran adds.
const FIVETRAN: &[&str] = &["fivetransynced", "fivetrandeleted", "fivetranactive", "fivetranstart", "fivetranend"];

/// Headers by which a table of records is told; the first that has one of them is it.
const BY_HEADER: [(Object, &[&str]); 6] = [
    (Object::Deal, &["propertydealname", "dealpipelinestageid", "stagename", "propertydealstage"]),
    (Object::Lead, &["isconverted", "convertedcontactid", "convertedopportunityid"]),
    (Object::User, &["userroleid", "profileid", "activeuserid"]),
    (Object::Activity, &["whoid", "whatid"]),
    (
        Object::Contact,
        &[
            "propertyfirstname",
            "propertylastname",
            "propertyemail",
            "reportstoid",
            "mailingcity",
            "unsubscribedfromemails",
        ],
    ),
    (Object::Account, &["propertyname", "propertydomain", "billingcity", "tickersymbol", "monthlyspend"]),
];

/// Words in the name of a file whose rows are no records.
const NO_RECORDS: [&str; 9] =
    ["audit", "property", "pipeline", "tag_", "team_", "ticket", "conversation_part", "merged", "field_history"];

/// What the rows are: a kind, the object if they are records, and why.
fn contents(exhibit: &Exhibit<'_>) -> (Kind, Option<Object>, String) {
    let chats = &["firstcontactreplycreatedat", "conversationratingvalue", "waitingsince"];
    if exhibit.has("id") && exhibit.has("state") && exhibit.count(chats) > 0 {
        return (Kind::Chat, None, "a table of conversations".to_owned());
    }
    if let Some((object, _)) = BY_HEADER.iter().find(|(_, keys)| exhibit.count(keys) > 0) {
        return (Kind::Crm, Some(*object), format!("{object} columns"));
    }
    // A table whose rows have no id of their own links others.
    if exhibit.has("id") && !exhibit.file_says(&NO_RECORDS) {
        let (object, why) = super::generic_crm::guess_object(exhibit);
        return (Kind::Crm, object, why);
    }
    (Kind::Crm, None, "its rows link records or define fields, and are no records".to_owned())
}

impl Vendor for Warehouse {
    fn meta(&self) -> Meta {
        Meta { name: "warehouse", title: "Warehouse copy (Fivetran)", kinds: &[Kind::Crm, Kind::Chat] }
    }

    fn aliases(&self, kind: Kind, object: Option<Object>) -> Vec<&'static Alias> {
        let own = match (kind, object) {
            (Kind::Chat, _) => return CHAT.iter().collect(),
            (Kind::SyncLog, _) => return Vec::new(),
            (Kind::Crm, Some(Object::Account)) => COMPANY,
            (Kind::Crm, Some(Object::Deal)) => DEAL,
            (Kind::Crm, Some(Object::User)) => USER,
            (Kind::Crm, _) => PERSON,
        };
        own.iter().chain(ANY).chain(salesforce::Salesforce.aliases(kind, object)).collect()
    }

    fn disowns(&self, exhibit: &Exhibit<'_>, _column: usize) -> bool {
        // The ids of a table of links are other tables'.
        exhibit.object.is_none() && matches!(contents(exhibit), (Kind::Crm, None, _))
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let own = exhibit.count(FIVETRAN);
        let properties = exhibit.keys.iter().filter(|key| key.starts_with("property")).count();
        let (score, why) = match () {
            () if own > 0 => (93, "columns that Fivetran adds".to_owned()),
            () if properties >= 3 => (85, format!("HubSpot properties as columns: {properties}")),
            () => return None,
        };
        let (kind, object, contents) = contents(exhibit);
        Some(Match { score, kind, object, why: format!("{why}; {contents}") })
    }
}
