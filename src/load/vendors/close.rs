//! Close: the leads CSV, a row per company with its main contact (`primary_contact_primary_email`), custom fields as
//! `custom.NAME`.

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::model::{Kind, Object, Role};

/// Close.
pub(super) struct Close;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a Close column" }
}

const ALIASES: &[Alias] = &[
    alias(Role::Id, &["id"]),
    alias(Role::Email, &["primarycontactprimaryemail"]),
    alias(Role::FirstName, &["primarycontactfirstname"]),
    alias(Role::LastName, &["primarycontactlastname"]),
    alias(Role::Name, &["primarycontactname"]),
    alias(Role::Phone, &["primarycontactprimaryphone"]),
    // A lead of Close is a company.
    alias(Role::Company, &["displayname", "leadname"]),
    alias(Role::Domain, &["url", "primarycontactprimaryurl"]),
    alias(
        Role::Owner,
        &["customleadownername", "customleadowner", "customownername", "customowner", "customaccountownername"],
    ),
    alias(Role::Status, &["statuslabel"]),
    alias(Role::Source, &["customleadsource", "customsource"]),
    alias(Role::Region, &["customregion", "customterritory"]),
    alias(Role::Country, &["customcountry"]),
    alias(Role::Industry, &["customindustry"]),
    alias(Role::Score, &["customleadscore", "customscore"]),
    alias(Role::Tags, &["customtags"]),
    alias(Role::Reason, &["customreason", "customchatreason"]),
    alias(Role::ChatId, &["customchatid"]),
    alias(Role::CreatedAt, &["datecreated"]),
    alias(Role::UpdatedAt, &["dateupdated"]),
    alias(Role::LastActivityAt, &["lastactivitydate"]),
    alias(Role::Notes, &["description"]),
];

/// Columns of the leads CSV, its contact aside.
const TELLING: &[&str] =
    &["statusid", "statuslabel", "displayname", "leadname", "numcalls", "numemails", "nexttasktext"];

impl Vendor for Close {
    fn meta(&self) -> Meta {
        Meta { name: "close", title: "Close", kinds: &[Kind::Crm] }
    }

    fn aliases(&self, kind: Kind, _object: Option<Object>) -> Vec<&'static Alias> {
        if kind == Kind::Crm { ALIASES.iter().collect() } else { Vec::new() }
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let contact = exhibit.keys.iter().filter(|key| key.starts_with("primarycontact")).count() as u32;
        let telling = exhibit.count(TELLING);
        let custom = (0..exhibit.keys.len()).any(|c| exhibit.header(c).trim().to_lowercase().starts_with("custom."));
        if contact + telling + u32::from(custom) < 3 || (contact == 0 && telling < 2) {
            return None;
        }
        let why = format!("the columns of Close's leads CSV: {}", contact + telling);
        Some(Match { score: 94, kind: Kind::Crm, object: Some(Object::Lead), why })
    }
}
