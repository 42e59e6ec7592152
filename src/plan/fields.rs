//! What the columns of a source are to a merge: identity, consent, an address, a first touch. Roles say it where there
//! are roles; headers say the rest.

use super::places::{cell, squeezed};
use crate::matching::spelling;
use crate::model::{Object, Role, Source};
use crate::normalise::boolean::{is_false, is_true};
use crate::normalise::bounce::says_bounced;
use crate::normalise::email;
use crate::normalise::grain::names_a_master;
use crate::normalise::text::{is_blank, trimmed};
use crate::rules::consent::columns::{self, is_bounce, plain_words};
pub(super) use crate::rules::consent::columns::{Consent, read_consent};

/// What a column is to a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field {
    /// The record's own id: never changes.
    Identity,
    /// What the CRM writes itself: stays the survivor's.
    System,
    /// When the record was created: the oldest.
    Created,
    /// When somebody last did something: the latest.
    Activity,
    /// The record's id in another system.
    External,
    /// Whether the record is a portal user, or which one.
    Portal,
    /// Consent; `out` where a yes means "do not contact".
    Consent {
        /// Whether a yes refuses.
        out: bool,
    },
    /// When, where and how consent was given: goes with the consent.
    ConsentDetail,
    /// Whether mail to the address came back, why or when: holds while the address stays.
    Bounce,
    /// Where the record came from: the oldest record's.
    FirstTouch,
    /// Several values in one cell: all of them.
    Several,
    /// The primary address.
    Email,
    /// A further address; `many` where the cell may hold several.
    MoreEmail {
        /// Whether several addresses may stand in one cell.
        many: bool,
    },
    /// Part of a group that travels together; the name of the group.
    Group(String),
    /// A reference to another record, or a time: data, but no sign of a complete record.
    Reference,
    /// Recalculated by the CRM: stays the survivor's.
    Score,
    /// Anything else that people fill in.
    Business,
}

impl Field {
    /// Whether it counts when records are compared by how complete they are.
    pub(super) const fn is_business(&self) -> bool {
        matches!(
            self,
            Self::Business | Self::Group(_) | Self::Email | Self::MoreEmail { .. } | Self::Several | Self::FirstTouch
        )
    }

    /// Whether a change of it is never safe, whatever a rule says.
    pub(super) fn needs_decision(&self) -> bool {
        !matches!(self, Self::Business | Self::Several | Self::FirstTouch | Self::Group(_))
            || matches!(self, Self::Group(name) if !name.starts_with("address"))
    }
}

/// The columns of a source, classified.
#[derive(Debug)]
pub(super) struct Fields {
    pub(super) of: Vec<Field>,
    lapses: Vec<(usize, Lapse)>,
    customer: Vec<usize>,
    erased: Vec<usize>,
}

/// Why a record is neither deleted nor filled again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Protection {
    /// What the record said was taken out of it on demand.
    Erased,
    /// The person said no.
    OptedOut,
    /// Mail to the person came back.
    Bounced,
}

impl Protection {
    /// Why, in words.
    pub(super) const fn why(self) -> &'static str {
        match self {
            Self::Erased => "the record was erased on demand",
            Self::OptedOut => "the person opted out",
            Self::Bounced => "mail to the record bounced",
        }
    }
}

/// Why a record is out of reach.
#[derive(Debug, Clone, Copy)]
enum Lapse {
    Deleted,
    MergedAway,
    Converted,
    ConvertedInto,
    Stale,
}

impl Fields {
    pub(super) fn of(source: &Source) -> Self {
        let width = source.frame.width();
        let headers: Vec<String> = (0..width).map(|column| squeezed(source.header(column))).collect();
        let role_prefixes: Vec<String> = (0..width)
            .filter(|column| is_address_role(source.role_of(*column)))
            .filter_map(|column| address_prefix(&headers[column]))
            .collect();
        let of = (0..width).map(|column| classify(source, column, &headers[column], &role_prefixes)).collect();
        let lead = matches!(source.object, None | Some(Object::Lead));
        let lapses = headers.iter().enumerate().filter_map(|(column, header)| {
            let lapse = match header.as_str() {
                "isdeleted" | "deleted" | "archived" | "isarchived" => Lapse::Deleted,
                "masterrecordid" => Lapse::MergedAway,
                "isconverted" | "converted" if lead => Lapse::Converted,
                "convertedcontactid" | "convertedaccountid" if lead => Lapse::ConvertedInto,
                "fivetranactive" => Lapse::Stale,
                _ => return None,
            };
            Some((column, lapse))
        });
        let customer = |header: &String| {
            matches!(header.as_str(), "lifecyclestage" | "iscustomer" | "customer" | "isconverted" | "customerstatus")
        };
        Self {
            lapses: lapses.collect(),
            customer: (0..width)
                .filter(|column| customer(&headers[*column]) || source.role_of(*column) == Some(Role::Stage))
                .collect(),
            erased: (0..width).filter(|column| is_erasure(&headers[*column])).collect(),
            of,
        }
    }

    /// Why a plan never touches the record in row `row`; `None` when it may.
    pub(super) fn untouchable(&self, source: &Source, row: u32) -> Option<&'static str> {
        self.lapses.iter().find_map(|(column, lapse)| {
            let cell = cell(source, *column, row)?;
            let filled = !is_blank(Some(cell));
            let (holds, why) = match lapse {
                Lapse::Deleted => (is_true(cell), "the record is deleted or archived"),
                Lapse::MergedAway => (names_a_master(cell), "the record was merged away before"),
                Lapse::Converted => (is_true(cell), "a converted lead is never changed, its contact is"),
                Lapse::ConvertedInto => (filled, "a converted lead is never changed, its contact is"),
                Lapse::Stale => (is_false(cell), "the row is not the record's current one"),
            };
            holds.then_some(why)
        })
    }

    /// Whether the record in row `row` is a customer or was converted.
    pub(super) fn is_customer(&self, source: &Source, row: u32) -> bool {
        self.customer.iter().any(|column| {
            cell(source, *column, row).is_some_and(|cell| {
                is_true(cell) || matches!(trimmed(cell).to_lowercase().as_str(), "customer" | "evangelist" | "kunde")
            })
        })
    }

    /// Why the record in row `row` is neither deleted nor filled again; `None` where it may be.
    pub(super) fn protection(&self, source: &Source, row: u32) -> Option<Protection> {
        let text = |column: usize| cell(source, column, row);
        let says = |column: &usize| text(*column).is_some_and(|cell| !is_blank(Some(cell)) && !is_false(cell));
        if self.erased.iter().any(says) {
            return Some(Protection::Erased);
        }
        let refuses = |(column, field): (usize, &Field)| matches!(field, Field::Consent { out } if read_consent(text(column), *out) == Consent::Refused);
        if self.of.iter().enumerate().any(refuses) {
            return Some(Protection::OptedOut);
        }
        let mut bounces = self.columns(|field| *field == Field::Bounce);
        bounces.any(|column| says_bounced(text(column))).then_some(Protection::Bounced)
    }

    /// Whether another system knows the record in row `row`.
    pub(super) fn is_external(&self, source: &Source, row: u32) -> bool {
        let mut columns = self.columns(|field| matches!(field, Field::External | Field::Portal));
        columns.any(|column| cell(source, column, row).is_some_and(|cell| !is_blank(Some(cell)) && !is_false(cell)))
    }

    /// Columns of a kind, in frame order.
    pub(super) fn columns(&self, is: impl Fn(&Field) -> bool) -> impl Iterator<Item = usize> {
        self.of.iter().enumerate().filter(move |(_, field)| is(field)).map(|(column, _)| column)
    }
}

/// Whether a header says that a record was emptied because the person asked for it.
fn is_erasure(header: &str) -> bool {
    ["erased", "erasure", "anonymi", "forgotten", "shouldforget", "gdprdelete"].iter().any(|word| header.contains(word))
}

const fn is_address_role(role: Option<Role>) -> bool {
    matches!(role, Some(Role::Street | Role::City | Role::Postcode | Role::Region | Role::Country))
}

/// `mailing` of `MailingPostalCode`; `None` for headers that are no part of an address.
fn address_prefix(header: &str) -> Option<String> {
    const PARTS: [&str; 18] = [
        "streetaddress",
        "street",
        "address1",
        "address2",
        "city",
        "town",
        "postalcode",
        "postcode",
        "zipcode",
        "zip",
        "statecode",
        "stateprovince",
        "state",
        "province",
        "countrycode",
        "countryregion",
        "country",
        "address",
    ];
    PARTS.iter().find_map(|part| header.strip_suffix(part)).map(str::to_owned)
}

/// Parts of headers of what a CRM writes itself.
const SYSTEM_WORDS: [&str; 12] = [
    "systemmodstamp",
    "createdby",
    "modifiedby",
    "updatedby",
    "lastmodified",
    "lastviewed",
    "lastreferenced",
    "isdeleted",
    "masterrecordid",
    "fivetran",
    "mergedobjectids",
    "photourl",
];

/// Words of headers that hold a record's id elsewhere.
const OTHER_SYSTEMS: [&str; 11] = [
    "external",
    "salesforce",
    "hubspot",
    "netsuite",
    "erp",
    "stripe",
    "legacy",
    "intercom",
    "dynamics",
    "synced",
    "sync",
];

fn classify(source: &Source, column: usize, header: &str, role_prefixes: &[String]) -> Field {
    let has = |words: &[&str]| words.iter().any(|word| header.contains(word));
    if let Some(field) = source.role_of(column).and_then(|role| of_role(source, role, column, header)) {
        return field;
    }
    if has(&SYSTEM_WORDS) || matches!(header, "archived" | "deleted" | "isconverted" | "createdate" | "hscreatedate") {
        return Field::System;
    }
    if is_bounce(&plain_words(source.header(column))) {
        return Field::Bounce;
    }
    if let Some(field) = consent(source.header(column)) {
        return field;
    }
    if has(&["portaluser", "portalid", "customerportal", "selfservice", "communityuser"]) {
        return Field::Portal;
    }
    let words = spelling::words(source.header(column));
    let last = words.last().map(String::as_str).unwrap_or_default();
    let is_id = matches!(last, "id" | "ids" | "guid" | "uuid" | "key") || header.ends_with("idc");
    if (is_id || last == "c") && has(&["id", "key"]) && words.iter().any(|word| OTHER_SYSTEMS.contains(&word.as_str()))
        || has(&["externalid", "salesforceleadid", "salesforcecontactid", "salesforceaccountid"])
    {
        return Field::External;
    }
    if is_further_email(header) {
        return Field::MoreEmail { many: has(&["additional", "emails", "addresses"]) };
    }
    if has(&["firsttouch", "originalsource", "firstpage", "firstconversion", "firstreferr"]) {
        return Field::FirstTouch;
    }
    if has(&["phoneext", "extension"]) && source.role(Role::Phone).is_some() {
        return Field::Group("phone".to_owned());
    }
    if matches!(header, "salutation" | "middlename" | "namesuffix" | "suffix") {
        return Field::Group("name".to_owned());
    }
    if let Some(prefix) = address_prefix(header) {
        let own = role_prefixes.contains(&prefix);
        return Field::Group(if own { "address".to_owned() } else { format!("address {prefix}") });
    }
    if is_id || matches!(last, "date" | "time" | "at" | "timestamp" | "datetime") {
        return Field::Reference;
    }
    Field::Business
}

fn of_role(source: &Source, role: Role, column: usize, header: &str) -> Option<Field> {
    let group = |name: &str| Some(Field::Group(name.to_owned()));
    match role {
        Role::Id => Some(Field::Identity),
        Role::CreatedAt => Some(Field::Created),
        Role::UpdatedAt => Some(Field::System),
        Role::LastActivityAt => Some(Field::Activity),
        Role::OptIn => Some(consent(source.header(column)).unwrap_or(Field::Consent { out: false })),
        Role::Source => Some(Field::FirstTouch),
        Role::Score => Some(Field::Score),
        Role::Tags => Some(Field::Several),
        Role::Email => Some(Field::Email),
        Role::Phone => group("phone"),
        Role::FirstName | Role::LastName => group("name"),
        Role::Name if source.object.is_none_or(Object::is_person) => group("name"),
        Role::ChatId | Role::RecordId => Some(Field::Reference),
        // A sales region is no part of an address; a state is.
        Role::Region if address_prefix(header).is_none() => None,
        role if is_address_role(Some(role)) => group("address"),
        role if role.is_time() => Some(Field::Reference),
        _ => None,
    }
}

fn is_further_email(header: &str) -> bool {
    const WORDS: [&str; 11] = [
        "additional",
        "address",
        "alternate",
        "alternative",
        "home",
        "other",
        "person",
        "personal",
        "secondary",
        "work",
        "hs",
    ];
    if !header.contains("email") {
        return false;
    }
    let mut rest = header.replace("addresses", "").replace("emails", "").replace("email", "");
    for word in WORDS {
        rest = rest.replace(word, "");
    }
    rest.chars().all(|c| c.is_ascii_digit())
}

/// Whether a cell holds nothing that could survive: blank, or a word that stands for nothing in this field.
pub(super) fn is_empty(role: Option<Role>, cell: Option<&str>) -> bool {
    let Some(text) = cell.filter(|cell| !is_blank(Some(cell))) else { return true };
    let text = trimmed(text);
    if role == Some(Role::Email) && email::canonical(text).is_none_or(|address| email::is_placeholder(&address)) {
        return true;
    }
    if text.len() > 20 {
        return false;
    }
    let word = text.trim_matches(['[', ']', '(', ')', '<', '>']).to_lowercase();
    // These stand for nothing in every field; "unknown" is a fine picklist value.
    if matches!(word.as_str(), "n/a" | "-" | "--" | "." | "?" | "not provided" | "not available" | "tbd" | "null") {
        // Null is also a family name.
        return word != "null"
            || text == "null"
            || !matches!(role, Some(Role::Name | Role::FirstName | Role::LastName));
    }
    let person = matches!(role, Some(Role::Name | Role::FirstName | Role::LastName | Role::Company | Role::Phone));
    person
        && (matches!(word.as_str(), "none" | "unknown" | "no name" | "noname")
            || word.len() < 5 && word.len() > 1 && word.bytes().all(|b| matches!(b, b'x' | b'-' | b'.')))
        || role == Some(Role::Phone) && text.bytes().filter(u8::is_ascii_digit).all(|digit| digit == b'0')
}

/// What a header says of consent.
fn consent(header: &str) -> Option<Field> {
    columns::consent(header).map(|column| match column {
        columns::Column::Flag { out } => Field::Consent { out },
        columns::Column::Detail => Field::ConsentDetail,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consent_and_its_details_are_told_apart_by_whole_words() {
        for (header, out) in [
            ("Do Not Text", true),
            ("do_not_text__c", true),
            ("donottext", true),
            ("DoNotSMS", true),
            ("Do Not Mail", true),
            ("HasOptedOutOfEmail", true),
            ("Opt Out Text", true),
            ("SMS Opt In Chat", false),
            ("SMS Opt In Membership", false),
            ("smsoptinchat", false),
            ("Newsletter Standby", false),
            ("Allow Emails?", false),
            ("Allow Texts", false),
        ] {
            assert_eq!(consent(header), Some(Field::Consent { out }), "{header}");
        }
        for header in [
            "Email Opt Out Date",
            "emailoptoutdate",
            "ConsentSource__c",
            "Opt In IP",
            "opt_in_ip_address",
            "Opted Out At",
            "Opt-In By",
            "Consent Text",
            "Text of Consent",
            "Do Not Call Date",
        ] {
            assert_eq!(consent(header), Some(Field::ConsentDetail), "{header}");
        }
        for header in ["Donor Text", "Chat", "Allowance"] {
            assert_eq!(consent(header), None, "{header}");
        }
    }

    #[test]
    fn bounces_are_known_by_their_headers() {
        for header in
            ["Bounced", "IsEmailBounced", "EmailBouncedReason", "hs_email_bounce", "has_hard_bounced", "Email Bounced"]
        {
            assert!(is_bounce(&plain_words(header)), "{header}");
        }
        assert!(!is_bounce(&plain_words("Bounce Rate")));
    }
}
