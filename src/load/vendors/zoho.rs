//! Zoho CRM: module exports (`Record Id`) and backups (`Contact Id`). A lookup comes as two columns, `Account Name.id`
//! and `Account Name`; ids may begin with `zcrm_`.

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::model::{Kind, Object, Role};

/// Zoho CRM.
pub(super) struct Zoho;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a Zoho field" }
}

const LEAD: &[Alias] = &[
    alias(Role::Id, &["leadid"]),
    alias(Role::Owner, &["leadowner", "leadownerid"]),
    alias(Role::Name, &["leadname", "fullname"]),
    alias(Role::Status, &["leadstatus"]),
    alias(Role::Company, &["company"]),
];
const CONTACT: &[Alias] = &[
    alias(Role::Id, &["contactid"]),
    alias(Role::Owner, &["contactowner", "contactownerid"]),
    alias(Role::Name, &["contactname", "fullname"]),
    alias(Role::Company, &["accountname"]),
    alias(Role::Street, &["mailingstreet"]),
    alias(Role::City, &["mailingcity"]),
    alias(Role::Region, &["mailingstate"]),
    alias(Role::Postcode, &["mailingzip"]),
    alias(Role::Country, &["mailingcountry"]),
    alias(Role::BirthDate, &["dateofbirth"]),
];
const ACCOUNT: &[Alias] = &[
    alias(Role::Id, &["accountid"]),
    alias(Role::Owner, &["accountowner", "accountownerid"]),
    alias(Role::Name, &["accountname"]),
    alias(Role::Street, &["billingstreet"]),
    alias(Role::City, &["billingcity"]),
    alias(Role::Region, &["billingstate"]),
    alias(Role::Postcode, &["billingcode"]),
    alias(Role::Country, &["billingcountry"]),
];
const DEAL: &[Alias] = &[
    alias(Role::Id, &["dealid", "potentialid"]),
    alias(Role::Owner, &["dealowner", "dealownerid", "potentialowner", "potentialownerid"]),
    alias(Role::Name, &["dealname", "potentialname"]),
    alias(Role::Company, &["accountname"]),
    alias(Role::Stage, &["stage"]),
];
const ACTIVITY: &[Alias] = &[
    alias(Role::Id, &["taskid", "eventid", "callid"]),
    alias(Role::Owner, &["taskowner", "taskownerid", "eventowner", "eventownerid", "callowner", "callownerid"]),
    alias(Role::Topic, &["subject", "title"]),
];
const ANY: &[Alias] = &[
    alias(Role::Id, &["recordid"]),
    alias(Role::Source, &["leadsource"]),
    alias(Role::CreatedAt, &["createdtime"]),
    alias(Role::UpdatedAt, &["modifiedtime"]),
    alias(Role::LastActivityAt, &["lastactivitytime"]),
    alias(Role::Tags, &["tag"]),
    alias(Role::Notes, &["description"]),
];

/// Headers by which a module is told: its owner column, which no other module has.
const OWNERS: [(Object, &[&str]); 5] = [
    (Object::Lead, &["leadowner", "leadownerid"]),
    (Object::Contact, &["contactowner", "contactownerid"]),
    (Object::Account, &["accountowner", "accountownerid"]),
    (Object::Deal, &["dealowner", "dealownerid", "potentialowner", "potentialownerid"]),
    (Object::Activity, &["taskowner", "taskownerid", "eventowner", "eventownerid", "callowner", "callownerid"]),
];

/// Headers that Zoho writes and few others do.
const TELLING: &[&str] = &[
    "recordid",
    "createdtime",
    "modifiedtime",
    "lastactivitytime",
    "emailoptout",
    "unsubscribedmode",
    "unsubscribedtime",
    "changelogtime",
    "secondaryemail",
    "numberofchats",
    "daysvisited",
    "mostrecentvisit",
    "layout",
];

/// How many lookups come as `X.id` and `X`.
fn lookups(exhibit: &Exhibit<'_>) -> usize {
    let headers: Vec<String> =
        (0..exhibit.keys.len()).map(|column| exhibit.header(column).trim().to_lowercase()).collect();
    headers.iter().filter(|header| header.strip_suffix(".id").is_some_and(|of| headers.iter().any(|h| h == of))).count()
}

/// Whether the rows' own ids begin as Zoho's do in some exports.
fn has_zcrm_ids(exhibit: &Exhibit<'_>) -> bool {
    ["recordid", "leadid", "contactid", "accountid", "dealid", "id"]
        .into_iter()
        .find_map(|key| exhibit.position(key))
        .is_some_and(|column| exhibit.filled(column).next().is_some_and(|cell| cell.starts_with("zcrm_")))
}

/// The module that the export's own owner column names.
fn module(exhibit: &Exhibit<'_>) -> Option<Object> {
    OWNERS.iter().find(|(_, keys)| exhibit.count(keys) > 0).map(|(object, _)| *object)
}

impl Vendor for Zoho {
    fn meta(&self) -> Meta {
        Meta { name: "zoho", title: "Zoho CRM", kinds: &[Kind::Crm] }
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
            Some(Object::Activity) => ACTIVITY,
            Some(Object::User) => &[],
        };
        // A module export has `Record Id` for its own; other ids in it are lookups.
        ANY.iter().chain(own).collect()
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let lookups = lookups(exhibit);
        let telling = exhibit.count(TELLING);
        let (score, why) = match () {
            () if has_zcrm_ids(exhibit) => (94, "ids that begin with zcrm_".to_owned()),
            () if lookups >= 2 && telling > 0 => (94, format!("lookups as pairs of X.id and X: {lookups}")),
            () if lookups > 0 && telling >= 2 => (90, format!("lookups as pairs of X.id and X: {lookups}")),
            () if telling >= 3 => (78, format!("headers that Zoho writes: {telling}")),
            () => return None,
        };
        let (object, guessed) = match module(exhibit) {
            Some(object) => (Some(object), format!("the owner column of a {object}")),
            None => super::generic_crm::guess_object(exhibit),
        };
        Some(Match { score, kind: Kind::Crm, object, why: format!("{why}; {guessed}") })
    }

    fn tells_object(&self, exhibit: &Exhibit<'_>) -> bool {
        module(exhibit).is_some()
    }
}
