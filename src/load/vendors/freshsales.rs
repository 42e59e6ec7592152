//! Freshsales (Freshworks CRM). What its exports look like is not documented: it is known by the headers that its import
//! matches on, with any header beside them.

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::model::{Kind, Object, Role};

/// Freshsales.
pub(super) struct Freshsales;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a Freshsales field" }
}

const PERSON: &[Alias] = &[
    alias(Role::Email, &["email", "emails", "primaryemail"]),
    alias(Role::Company, &["accountname", "accounts", "account", "companyname"]),
];
const ACCOUNT: &[Alias] = &[alias(Role::Name, &["accountname", "name"])];
const DEAL: &[Alias] = &[alias(Role::Name, &["dealname", "name"]), alias(Role::Stage, &["dealstage"])];
const ANY: &[Alias] = &[
    alias(Role::Id, &["freshworkscrmid", "id"]),
    alias(Role::Phone, &["worknumber", "work", "mobilenumber", "mobile"]),
    alias(Role::Owner, &["salesowner", "owner"]),
    alias(Role::Status, &["status", "contactstatus"]),
    alias(Role::Stage, &["lifecyclestage"]),
    alias(Role::Source, &["source", "leadsource"]),
    alias(Role::Postcode, &["zipcode"]),
    alias(Role::CreatedAt, &["createdat"]),
    alias(Role::UpdatedAt, &["updatedat"]),
    alias(Role::LastActivityAt, &["lastcontactedtime", "lastactivitydate"]),
    alias(Role::Tags, &["tags"]),
];

/// Headers that Freshsales has and few others do.
const TELLING: &[&str] = &["freshworkscrmid", "salesowner", "worknumber", "lastcontactedmode", "lastcontactedtime"];

impl Vendor for Freshsales {
    fn meta(&self) -> Meta {
        Meta { name: "freshsales", title: "Freshsales", kinds: &[Kind::Crm] }
    }

    fn aliases(&self, kind: Kind, object: Option<Object>) -> Vec<&'static Alias> {
        if kind != Kind::Crm {
            return Vec::new();
        }
        let own = match object {
            Some(Object::Account) => ACCOUNT,
            Some(Object::Deal) => DEAL,
            _ => PERSON,
        };
        own.iter().chain(ANY).collect()
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let telling = exhibit.count(TELLING);
        let named = exhibit.file_says(&["freshsales", "freshworks"]);
        if telling < 2 && !exhibit.has("freshworkscrmid") && !(named && telling > 0) {
            return None;
        }
        let (object, guessed) = super::generic_crm::guess_object(exhibit);
        let why = format!("headers that Freshsales knows: {telling}; {guessed}");
        Some(Match { score: 74, kind: Kind::Crm, object, why })
    }
}
