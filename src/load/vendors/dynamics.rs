//! Dynamics 365 Sales: the sheet of "Export to Excel", whose first columns, `(Do Not Modify) Contact` and a checksum,
//! carry the record's id back; then display names. Spaces around headers vary.

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::model::{Kind, Object, Role};

/// Dynamics 365 Sales.
pub(super) struct Dynamics;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a Dynamics column" }
}

const LEAD: &[Alias] = &[alias(Role::Id, &["donotmodifylead"]), alias(Role::Name, &["fullname", "name"])];
const CONTACT: &[Alias] = &[alias(Role::Id, &["donotmodifycontact"]), alias(Role::Name, &["fullname"])];
const ACCOUNT: &[Alias] =
    &[alias(Role::Id, &["donotmodifyaccount"]), alias(Role::Name, &["accountname", "companyname", "name"])];
const DEAL: &[Alias] = &[
    alias(Role::Id, &["donotmodifyopportunity"]),
    alias(Role::Name, &["topic", "opportunityname"]),
    alias(Role::Stage, &["pipelinephase", "salesstage"]),
];
const USER: &[Alias] = &[alias(Role::Id, &["donotmodifyuser"])];
const ACTIVITY: &[Alias] = &[
    alias(
        Role::Id,
        &[
            "donotmodifyactivity",
            "donotmodifytask",
            "donotmodifyphonecall",
            "donotmodifyappointment",
            "donotmodifyemailmessage",
        ],
    ),
    alias(Role::Topic, &["subject"]),
];
const ANY: &[Alias] = &[
    alias(Role::Email, &["email", "emailaddress1", "primaryemail"]),
    alias(Role::Phone, &["businessphone", "mainphone", "mobilephone"]),
    alias(Role::Company, &["companyname", "parentcustomer"]),
    alias(Role::Owner, &["owner"]),
    // Status says whether a record is in use; its reason is where it stands.
    alias(Role::Status, &["statusreason", "status"]),
    alias(Role::Source, &["leadsource"]),
    alias(Role::Street, &["address1street1"]),
    alias(Role::City, &["address1city"]),
    alias(Role::Region, &["address1stateprovince"]),
    alias(Role::Postcode, &["address1zippostalcode"]),
    alias(Role::Country, &["address1countryregion"]),
    alias(Role::CreatedAt, &["createdon"]),
    alias(Role::UpdatedAt, &["donotmodifymodifiedon", "modifiedon"]),
    alias(Role::LastActivityAt, &["lastactivity", "lastinteraction"]),
    alias(Role::OptIn, &["allowemails"]),
];

/// The object that the first column names.
fn named(exhibit: &Exhibit<'_>) -> Option<Object> {
    let objects = [
        (Object::Lead, LEAD),
        (Object::Contact, CONTACT),
        (Object::Account, ACCOUNT),
        (Object::Deal, DEAL),
        (Object::User, USER),
        (Object::Activity, ACTIVITY),
    ];
    objects.into_iter().find(|(_, own)| exhibit.count(own[0].headers) > 0).map(|(object, _)| object)
}

impl Vendor for Dynamics {
    fn meta(&self) -> Meta {
        Meta { name: "dynamics", title: "Dynamics 365 Sales", kinds: &[Kind::Crm] }
    }

    fn aliases(&self, kind: Kind, object: Option<Object>) -> Vec<&'static Alias> {
        if kind != Kind::Crm {
            return Vec::new();
        }
        let own = match object {
            Some(Object::Lead) => LEAD,
            Some(Object::Contact) | None => CONTACT,
            Some(Object::Account) => ACCOUNT,
            Some(Object::Deal) => DEAL,
            Some(Object::User) => USER,
            Some(Object::Activity) => ACTIVITY,
        };
        own.iter().chain(ANY).collect()
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let columns = exhibit.keys.iter().filter(|key| key.starts_with("donotmodify")).count();
        if columns == 0 {
            return None;
        }
        let why = format!("columns marked (Do Not Modify): {columns}");
        let (object, why) = match named(exhibit) {
            Some(object) => (Some(object), why),
            None => {
                let (object, guessed) = super::generic_crm::guess_object(exhibit);
                (object, format!("{why}; {guessed}"))
            }
        };
        Some(Match { score: 95, kind: Kind::Crm, object, why })
    }

    fn tells_object(&self, exhibit: &Exhibit<'_>) -> bool {
        named(exhibit).is_some()
    }
}
