//! Pipedrive: every header begins with the object that it belongs to, `Person - Name`; emails and phones have a column
//! for each label, `Person - Email - Work`, `Person - Email - Home`.

use polars::prelude::StringChunked;

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::load::Error;
use crate::load::header::squeeze;
use crate::load::table::Table;
use crate::model::{Kind, Object, Role};

/// Pipedrive.
pub(super) struct Pipedrive;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a Pipedrive field" }
}

const PERSON: &[Alias] = &[
    alias(Role::Id, &["personid"]),
    alias(Role::Email, &["email", EMAILS[0], EMAILS[1], EMAILS[2], EMAILS[3]]),
    alias(Role::FirstName, &["personfirstname"]),
    alias(Role::LastName, &["personlastname"]),
    alias(Role::Name, &["personname"]),
    alias(Role::Phone, &["phone", PHONES[0], PHONES[1], PHONES[2], PHONES[3], PHONES[4]]),
    alias(Role::Company, &["personorganization"]),
    alias(Role::Owner, &["personowner"]),
    alias(Role::Tags, &["personlabels", "personlabel"]),
    alias(Role::CreatedAt, &["personpersoncreated"]),
    alias(Role::UpdatedAt, &["personupdatetime"]),
    alias(Role::LastActivityAt, &["personlastactivitydate"]),
];
const ORGANIZATION: &[Alias] = &[
    alias(Role::Id, &["organizationid"]),
    alias(Role::Name, &["organizationname"]),
    alias(Role::Owner, &["organizationowner"]),
    alias(Role::Street, &["organizationaddress"]),
    alias(Role::Domain, &["organizationwebsite"]),
    alias(Role::Industry, &["organizationindustry"]),
    alias(Role::Tags, &["organizationlabels", "organizationlabel"]),
    alias(Role::CreatedAt, &["organizationorganizationcreated"]),
    alias(Role::UpdatedAt, &["organizationupdatetime"]),
    alias(Role::LastActivityAt, &["organizationlastactivitydate"]),
];
const DEAL: &[Alias] = &[
    alias(Role::Id, &["dealid"]),
    alias(Role::Name, &["dealtitle"]),
    alias(Role::Company, &["dealorganization"]),
    alias(Role::Owner, &["dealowner"]),
    alias(Role::Stage, &["dealstage"]),
    alias(Role::Status, &["dealstatus", "dealstatusopenwonlost"]),
    alias(Role::Source, &["dealsourcechannel"]),
    alias(Role::Tags, &["deallabels", "deallabel"]),
    alias(Role::CreatedAt, &["dealdealcreated"]),
    alias(Role::UpdatedAt, &["dealupdatetime"]),
    alias(Role::LastActivityAt, &["deallastactivitydate"]),
];
const LEAD: &[Alias] = &[
    alias(Role::Id, &["leadid"]),
    alias(Role::Name, &["leadtitle"]),
    alias(Role::Company, &["leadorganization"]),
    alias(Role::Owner, &["leadowner"]),
    alias(Role::Source, &["leadsource", "leadsourcechannel"]),
    alias(Role::Tags, &["leadlabels", "leadlabel"]),
    alias(Role::CreatedAt, &["leadleadcreated"]),
];
const ACTIVITY: &[Alias] = &[
    alias(Role::Id, &["activityid"]),
    alias(Role::Topic, &["activitysubject"]),
    alias(Role::Owner, &["activityassignedtouser"]),
    alias(Role::CreatedAt, &["activityaddtime"]),
];

/// A person's email columns, the likeliest to be the main one first.
const EMAILS: [&str; 4] = ["personemailwork", "personemail", "personemailhome", "personemailother"];
/// A person's phone columns, likewise.
const PHONES: [&str; 5] =
    ["personphonework", "personphone", "personphonemobile", "personphonehome", "personphoneother"];

const PREFIXES: [(Object, &str); 5] = [
    (Object::Contact, "person - "),
    (Object::Account, "organization - "),
    (Object::Deal, "deal - "),
    (Object::Lead, "lead - "),
    (Object::Activity, "activity - "),
];

/// The object whose prefix most headers have, and how many have any. Lists of deals may carry columns of their person.
fn prefixed(exhibit: &Exhibit<'_>) -> (Option<Object>, usize) {
    let mut counts = [0_usize; PREFIXES.len()];
    for column in 0..exhibit.keys.len() {
        let header = exhibit.header(column).trim().to_lowercase();
        if let Some(at) = PREFIXES.iter().position(|(_, prefix)| header.starts_with(prefix)) {
            counts[at] += 1;
        }
    }
    let most = counts.iter().max().copied().unwrap_or_default();
    let object = PREFIXES.iter().zip(counts).find(|(_, count)| *count == most && most > 0).map(|((o, _), _)| *o);
    (object, counts.iter().sum())
}

/// The first filled cell of several columns, row by row.
fn first_filled(table: &Table, columns: &[usize]) -> StringChunked {
    let cells: Vec<Vec<Option<&str>>> =
        columns.iter().filter_map(|c| table.column(*c)).map(|c| c.iter().collect()).collect();
    (0..table.frame.height())
        .map(|row| cells.iter().filter_map(|c| c[row]).find(|cell| !cell.trim().is_empty()))
        .collect()
}

impl Vendor for Pipedrive {
    fn meta(&self) -> Meta {
        Meta { name: "pipedrive", title: "Pipedrive", kinds: &[Kind::Crm] }
    }

    fn aliases(&self, kind: Kind, object: Option<Object>) -> Vec<&'static Alias> {
        if kind != Kind::Crm {
            return Vec::new();
        }
        let own = match object {
            Some(Object::Contact) | None => PERSON,
            Some(Object::Account) => ORGANIZATION,
            Some(Object::Deal) => DEAL,
            Some(Object::Lead) => LEAD,
            Some(Object::Activity) => ACTIVITY,
            Some(Object::User) => &[],
        };
        own.iter().collect()
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let (object, count) = prefixed(exhibit);
        if count < 2 || count * 2 < exhibit.keys.len() {
            return None;
        }
        let why = format!("headers that begin with the name of their object: {count}");
        Some(Match { score: 95, kind: Kind::Crm, object, why })
    }

    fn tells_object(&self, exhibit: &Exhibit<'_>) -> bool {
        prefixed(exhibit).0.is_some()
    }

    fn prepare(&self, table: &mut Table, found: &Match) -> Result<(), Error> {
        if found.object != Some(Object::Contact) {
            return Ok(());
        }
        let keys: Vec<String> = table.frame.get_column_names().into_iter().map(|h| squeeze(h)).collect();
        for (name, headers) in [("email", &EMAILS[..]), ("phone", &PHONES[..])] {
            let columns: Vec<usize> =
                headers.iter().filter_map(|header| keys.iter().position(|key| key == header)).collect();
            let Some(main) = columns.first().and_then(|column| table.column(*column)) else { continue };
            let joined = first_filled(table, &columns);
            // Whoever has only a private address has an address.
            let blank = |cell: Option<&str>| cell.is_none_or(|cell| cell.trim().is_empty());
            if main.iter().zip(joined.iter()).any(|(main, joined)| blank(main) && !blank(joined)) {
                table.compose(name, joined)?;
                table.notes.push(format!("column \"{name}\" is the first filled of {} columns", columns.len()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::testing::{Folder, cell, role};

    #[test]
    fn who_has_only_a_private_address_has_an_address() {
        let header = "Person - ID,Person - Name,Person - Email - Work,Person - Email - Home";
        let folder = Folder::new();
        let both = folder.source("people.csv", &format!("{header}\n1,Bo,bo@x.example,\n2,Cy,,cy@x.example\n3,Di,,\n"));
        assert_eq!(role(&both, Role::Email), Some("email"));
        assert_eq!((cell(&both, "email", 1), cell(&both, "email", 2)), (Some("cy@x.example"), None));
        let work = folder.source("people.csv", &format!("{header}\n1,Bo,bo@x.example,b@y.example\n"));
        assert_eq!(role(&work, Role::Email), Some("Person - Email - Work"));
    }

    #[test]
    fn a_list_of_deals_with_columns_of_their_people_is_of_deals() {
        let text = "Person - Name,Deal - ID,Deal - Title,Deal - Stage\nBo,1,Big,Won\n";
        assert_eq!(Folder::new().source("list.csv", text).object, Some(Object::Deal));
    }
}
