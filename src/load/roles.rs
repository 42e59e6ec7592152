//! What each column means: as the config says, as its header says, as its cells look.

use std::collections::BTreeMap;

use super::Error;
use super::header::{nearest, squeeze};
use super::vendors::{Exhibit, Match, Vendor, generic_aliases};
use crate::model::{Found, Kind, Role, RoleBinding, SystemField};

/// Finds a column for each role, at most one for each, ordered by role.
pub(crate) fn bind(
    exhibit: &Exhibit<'_>,
    vendor: &dyn Vendor,
    found: &Match,
    config: &BTreeMap<Role, String>,
    source: &str,
) -> Result<Vec<RoleBinding>, Error> {
    let mut binder = Binder { bindings: by_config(exhibit, config, source)? };
    let owned: Vec<bool> = (0..exhibit.keys.len()).map(|column| !vendor.disowns(exhibit, column)).collect();
    for (role, prefix) in vendor.prefixes() {
        let starts = |column: usize| exhibit.header(column).trim().to_lowercase().starts_with(prefix);
        if let Some(column) = (0..exhibit.keys.len()).find(|c| binder.free(*c) && starts(*c)) {
            binder.add(*role, column, Found::Alias, || {
                format!("header \"{}\" begins like a {} column", exhibit.header(column), vendor.meta().title)
            });
        }
    }
    let aliases = vendor.aliases(found.kind, found.object);
    for alias in aliases.into_iter().chain(generic_aliases(found.kind, found.object)) {
        for header in alias.headers {
            let fits = |c: &usize| exhibit.keys[*c] == *header && owned[*c] && binder.free(*c);
            if let Some(column) = (0..exhibit.keys.len()).find(fits) {
                binder.add(alias.role, column, Found::Alias, || {
                    format!("header \"{}\" is {}", exhibit.header(column), alias.what)
                });
            }
        }
    }
    let aliases = vendor.aliases(found.kind, found.object);
    let tails: Vec<Option<Tail>> = (0..exhibit.keys.len()).map(|c| Tail::of(exhibit.header(c), found.kind)).collect();
    for alias in aliases.into_iter().chain(generic_aliases(found.kind, found.object)) {
        for header in alias.headers {
            let means = |tail: &Tail| tail.key == *header && (!tail.person || PERSONAL.contains(&alias.role));
            let fits = |c: &usize| tails[*c].as_ref().is_some_and(means) && owned[*c] && binder.free(*c);
            if let Some(column) = (0..exhibit.keys.len()).find(fits) {
                binder.add(alias.role, column, Found::Alias, || {
                    format!("header \"{}\" ends in {}", exhibit.header(column), alias.what)
                });
            }
        }
    }
    by_content(exhibit, found.kind, &mut binder);
    binder.bindings.sort_by_key(|b| b.role);
    Ok(binder.bindings)
}

/// Finds the column of each system field by its squeezed header.
pub(crate) fn system(keys: &[String]) -> Vec<(SystemField, usize)> {
    let find = |field: &SystemField| field.headers().iter().find_map(|header| keys.iter().position(|k| k == header));
    SystemField::ALL.iter().filter_map(|field| Some((*field, find(field)?))).collect()
}

/// Keys in front of a dotted header that name the record itself, so that the rest means what it means alone.
const RECORD: &[&str] =
    &["attributes", "chat", "conversation", "data", "fields", "meta", "properties", "record", "session", "ticket"];

/// Keys that name the person who chats. What follows is that person's, where it is about people at all.
const PERSON: &[&str] = &[
    "client",
    "contact",
    "customer",
    "enduser",
    "lead",
    "person",
    "personal",
    "primarycustomer",
    "profile",
    "requester",
    "sender",
    "user",
    "visitor",
];

/// Roles that a person's fields may have.
const PERSONAL: &[Role] = &[
    Role::Email,
    Role::FirstName,
    Role::LastName,
    Role::Name,
    Role::Phone,
    Role::Company,
    Role::Country,
    Role::Region,
    Role::City,
];

/// What a dotted header means without the keys in front: `meta.email`, `scenario.personal.email`.
struct Tail {
    key: String,
    person: bool,
}

impl Tail {
    fn of(header: &str, kind: Kind) -> Option<Self> {
        let (front, last) = header.rsplit_once('.')?;
        let front: Vec<String> = front.split('.').map(squeeze).collect();
        let own = front.last()?.as_str();
        let person = PERSON.contains(&own);
        // In a CRM a person within a record is a lookup, and within staff it is one of them.
        let staff = |key: &String| STAFF.iter().any(|word| key != "user" && key.contains(word));
        if person && (kind != Kind::Chat || front.iter().any(staff)) {
            return None;
        }
        (person || front.iter().all(|key| RECORD.contains(&key.as_str()))).then(|| Self { key: squeeze(last), person })
    }
}

struct Binder {
    bindings: Vec<RoleBinding>,
}

impl Binder {
    fn free(&self, column: usize) -> bool {
        self.bindings.iter().all(|b| b.column != column)
    }

    fn has(&self, role: Role) -> bool {
        self.bindings.iter().any(|b| b.role == role)
    }

    fn add(&mut self, role: Role, column: usize, found: Found, why: impl FnOnce() -> String) {
        if !self.has(role) {
            self.bindings.push(RoleBinding { role, column, found, why: why() });
        }
    }
}

fn by_config(exhibit: &Exhibit<'_>, config: &BTreeMap<Role, String>, source: &str) -> Result<Vec<RoleBinding>, Error> {
    let headers = || (0..exhibit.keys.len()).map(|c| exhibit.header(c));
    let mut bindings: Vec<RoleBinding> = Vec::with_capacity(config.len());
    for (role, header) in config {
        // Spaces around a header are hard to see, so they are not asked for.
        let exact = headers().position(|h| h == header);
        let Some(column) = exact.or_else(|| headers().position(|h| h.trim() == header.trim())) else {
            return Err(Error::UnknownHeader {
                source_name: source.to_owned(),
                path: exhibit.paths.first().cloned().unwrap_or_default(),
                role: role.as_str(),
                header: header.clone(),
                nearest: nearest(header, headers()).map(str::to_owned),
            });
        };
        if let Some(other) = bindings.iter().find(|b| b.column == column) {
            return Err(Error::SharedHeader {
                source_name: source.to_owned(),
                first: other.role.as_str(),
                second: role.as_str(),
                header: header.clone(),
            });
        }
        let why = format!("leadlint.toml says `{role} = \"{header}\"`");
        bindings.push(RoleBinding { role: *role, column, found: Found::Config, why });
    }
    Ok(bindings)
}

/// Headers of people who work with the records: their addresses are not the record's.
const STAFF: &[&str] =
    &["owner", "agent", "operator", "assign", "user", "createdby", "modifiedby", "rep", "manager", "admin", "staff"];

/// A role that cells can show.
struct Look {
    role: Role,
    test: fn(&str) -> bool,
    what: &'static str,
    /// Words in a header that make one of several such columns the likelier one.
    words: &'static [&'static str],
}

const LOOKS: [Look; 2] = [
    Look { role: Role::Email, test: is_email, what: "emails", words: &["mail"] },
    Look { role: Role::Phone, test: is_phone, what: "phone numbers", words: &["phone", "tel", "mobile"] },
];

/// Gives the email and phone roles to columns whose cells look like it.
fn by_content(exhibit: &Exhibit<'_>, kind: Kind, binder: &mut Binder) {
    for look in &LOOKS {
        if binder.has(look.role) || kind == Kind::SyncLog {
            continue;
        }
        let mut best: Option<(bool, usize, usize, usize)> = None;
        for (column, key) in exhibit.keys.iter().enumerate() {
            if !binder.free(column) || STAFF.iter().any(|word| key.contains(word)) {
                continue;
            }
            let (mut filled, mut hits) = (0_usize, 0_usize);
            for cell in exhibit.filled(column) {
                filled += 1;
                hits += usize::from((look.test)(cell));
            }
            let named = look.words.iter().any(|word| key.contains(word));
            if filled > 0 && hits * 10 >= filled * 9 && best.is_none_or(|b| (named, hits) > (b.0, b.1)) {
                best = Some((named, hits, filled, column));
            }
        }
        if let Some((_, hits, filled, column)) = best {
            let percent = hits * 100 / filled;
            let what = look.what;
            binder
                .add(look.role, column, Found::Content, || format!("{percent} % of {filled} filled cells are {what}"));
        }
    }
}

/// One address, as far as its shape tells.
fn is_email(cell: &str) -> bool {
    cell.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.contains('@')
            && domain.rsplit_once('.').is_some_and(|(name, end)| !name.is_empty() && end.len() > 1)
            && !cell.contains(|c: char| c.is_whitespace() || ",;<>\"".contains(c))
    })
}

/// A number that can only be a phone's: with its country's prefix, or grouped as people write them.
fn is_phone(cell: &str) -> bool {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let allowed = cell.chars().all(|c| c.is_ascii_digit() || " +()-./".contains(c));
    let signs = cell.starts_with('+') || cell.starts_with('(') || cell.matches([' ', '-']).count() > 1;
    let date = cell.len() >= 10 && cell.as_bytes()[4] == b'-' && cell.as_bytes()[7] == b'-';
    allowed && signs && !date && (7..=15).contains(&digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails_and_phones_are_known_by_their_shape() {
        assert!(is_email("a.b+c@x.co") && !is_email("a@b") && !is_email("a@b.co, c@d.co") && !is_email("@x.co"));
        assert!(is_phone("+49 30 1234567") && is_phone("(555) 010-1234") && is_phone("555-010-1234"));
        assert!(!is_phone("1234567890") && !is_phone("2026-01-02 10:00") && !is_phone("2026-01-02"));
    }

    #[test]
    fn dotted_headers_mean_what_they_end_in() {
        let tail = |header: &str, kind| Tail::of(header, kind).map(|tail| (tail.key, tail.person));
        assert_eq!(tail("scenario.personal.email", Kind::Chat), Some(("email".into(), true)));
        assert_eq!(tail("customer.customer.first_name", Kind::Chat), Some(("firstname".into(), true)));
        assert_eq!(tail("chat.started_at", Kind::Chat), Some(("startedat".into(), false)));
        for other in ["assignee.user.email", "closed_by.email", "email", "via.source.from.name"] {
            assert_eq!(tail(other, Kind::Chat), None, "{other}");
        }
        assert_eq!(tail("contact.email", Kind::Crm), None);
        assert_eq!(tail("attributes.email", Kind::Crm), Some(("email".into(), false)));
    }

    #[test]
    fn fields_that_an_api_wraps_are_the_fields() {
        let source = crate::load::testing::Folder::new().source(
            "x.json",
            r#"{"results": [{"id": "901", "properties": {"hs_object_id": "901", "email": "bo@north.example", "firstname": "Bo", "lastname": "Ek", "hubspot_owner_id": "5", "lifecyclestage": "lead"}, "createdAt": "2026-01-01T10:00:00Z", "archived": false}]}"#,
        );
        assert_eq!((source.vendor.as_str(), source.object), ("hubspot", Some(crate::model::Object::Contact)));
        let roles = crate::load::testing::roles(&source);
        assert!(
            roles.starts_with("id=properties.hs_object_id email=properties.email first_name=properties.firstname"),
            "{roles}"
        );
        assert!(source.system(SystemField::Archived).is_some());
    }
}
