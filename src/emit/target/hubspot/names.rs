//! Labels of exports to the internal names of properties.
//!
//! An export from the screen has labels in the language that was chosen for it; the API knows internal names only. What
//! stands here are HubSpot's own properties. Whether the portal has them, and may be written to, the runner asks.

use crate::config::options::HubspotOptions;
use crate::model::{FieldKind, Object, Role, Source};

/// What can be done with a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// It can be written.
    Write,
    /// HubSpot writes it itself.
    Read,
    /// A day or a time: in an export it carries no zone.
    Time,
}

use Access::{Read, Time, Write};

/// A property: its internal name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) access: Access,
}

/// Internal name, what can be done with it, its labels.
type Entry = (&'static str, Access, &'static [&'static str]);

/// Of every object.
const ANY: &[Entry] = &[
    ("hs_object_id", Read, &["Record ID", "Datensatz-ID", "ID de l'enregistrement", "ID del registro"]),
    ("hs_merged_object_ids", Read, &["Merged Record IDs", "Merged object IDs"]),
    ("createdate", Read, &["Create Date", "Erstellungsdatum", "Erstellt am", "Date de création", "Fecha de creación"]),
    ("notes_last_updated", Read, &["Last Activity Date", "Datum der letzten Aktivität"]),
    ("notes_last_contacted", Read, &["Last Contacted"]),
    ("hs_analytics_source", Read, &["Original Source", "Original Traffic Source", "Ursprüngliche Quelle"]),
    ("hs_created_by_user_id", Read, &["Created by user ID"]),
    ("hs_updated_by_user_id", Read, &["Updated by user ID"]),
    (
        "associations",
        Read,
        &["Associated Company", "Associated Company IDs", "Associated Contact", "Associated Contact IDs"],
    ),
    ("associations", Read, &["Associated Deal", "Associated Deal IDs", "Associated Ticket IDs"]),
    ("salesforceleadid", Read, &["Salesforce Lead ID"]),
    ("salesforcecontactid", Read, &["Salesforce Contact ID"]),
    ("salesforceaccountid", Read, &["Salesforce Account ID"]),
];

/// Of contacts and companies.
const BOTH: &[Entry] = &[
    ("phone", Write, &["Phone Number", "Telefonnummer", "Numéro de téléphone", "Número de teléfono"]),
    ("city", Write, &["City", "Stadt", "Ort", "Ville", "Ciudad"]),
    ("state", Write, &["State/Region", "Bundesland/Region", "État/Région", "Estado/Región"]),
    ("zip", Write, &["Postal Code", "Postleitzahl", "Code postal", "Código postal"]),
    ("country", Write, &["Country/Region", "Land/Region", "Pays/Région", "País/Región"]),
    ("address", Write, &["Street Address", "Straße", "Adresse postale", "Dirección"]),
    ("address2", Write, &["Street Address 2"]),
    ("website", Write, &["Website URL", "Website-URL", "URL du site web", "URL del sitio web"]),
    ("industry", Write, &["Industry", "Branche", "Secteur d'activité", "Sector"]),
    ("annualrevenue", Write, &["Annual Revenue", "Jahresumsatz"]),
    (
        "lifecyclestage",
        Write,
        &["Lifecycle Stage", "Lifecycle-Phase", "Phase du cycle de vie", "Etapa del ciclo de vida"],
    ),
    ("hs_lead_status", Write, &["Lead Status", "Lead-Status", "Statut du lead", "Estado del lead"]),
    ("hubspotscore", Read, &["HubSpot Score"]),
];

const CONTACTS: &[Entry] = &[
    ("firstname", Write, &["First Name", "Vorname", "Prénom", "Nombre"]),
    ("lastname", Write, &["Last Name", "Nachname", "Nom de famille", "Apellidos"]),
    ("email", Write, &["Email", "E-Mail", "E-Mail-Adresse", "Adresse e-mail", "Correo", "Correo electrónico"]),
    ("hs_additional_emails", Read, &["Additional email addresses"]),
    ("mobilephone", Write, &["Mobile Phone Number", "Mobiltelefonnummer"]),
    ("fax", Write, &["Fax Number"]),
    ("jobtitle", Write, &["Job Title", "Jobtitel", "Berufsbezeichnung"]),
    ("salutation", Write, &["Salutation", "Anrede"]),
    (
        "company",
        Write,
        &["Company Name", "Unternehmensname", "Name des Unternehmens", "Nom de l'entreprise", "Nombre de la empresa"],
    ),
    ("numemployees", Write, &["Number of Employees"]),
    ("message", Write, &["Message"]),
    ("hs_language", Write, &["Preferred language"]),
    ("hs_legal_basis", Write, &["Legal basis for processing contact's data"]),
    ("hs_email_optout", Read, &["Unsubscribed from all email", "Opted out of all email"]),
    ("hs_email_bounce", Read, &["Emails Bounced"]),
    ("hs_email_hard_bounce_reason_enum", Read, &["Email hard bounce reason"]),
    ("hs_marketable_status", Read, &["Marketing contact status"]),
    ("lastmodifieddate", Read, &["Last Modified Date", "Datum der letzten Änderung"]),
    ("closedate", Time, &["Close Date"]),
    (
        "hubspot_owner_id",
        Write,
        &["Contact owner", "Kontaktinhaber", "Contact-Inhaber", "Propriétaire du contact", "Propietario del contacto"],
    ),
];

const COMPANIES: &[Entry] = &[
    (
        "name",
        Write,
        &[
            "Company name",
            "Name",
            "Unternehmensname",
            "Name des Unternehmens",
            "Nom de l'entreprise",
            "Nombre de la empresa",
        ],
    ),
    ("domain", Write, &["Company Domain Name", "Unternehmens-Domainname", "Nombre de dominio de la empresa"]),
    ("numberofemployees", Write, &["Number of Employees"]),
    ("description", Write, &["Description"]),
    ("type", Write, &["Type"]),
    ("timezone", Write, &["Time Zone"]),
    ("linkedin_company_page", Write, &["LinkedIn Company Page"]),
    ("hs_parent_company_id", Read, &["Parent Company"]),
    ("hs_lastmodifieddate", Read, &["Last Modified Date", "Datum der letzten Änderung"]),
    ("closedate", Time, &["Close Date"]),
    ("hubspot_owner_id", Write, &["Company owner", "Propriétaire de l'entreprise", "Propietario de la empresa"]),
];

const DEALS: &[Entry] = &[
    ("dealname", Write, &["Deal Name", "Dealname", "Nom de la transaction", "Nombre del negocio"]),
    ("dealstage", Write, &["Deal Stage", "Dealphase", "Phase de la transaction", "Etapa del negocio"]),
    ("pipeline", Write, &["Pipeline"]),
    ("amount", Write, &["Amount"]),
    ("dealtype", Write, &["Deal Type"]),
    ("description", Write, &["Deal Description"]),
    ("hs_priority", Write, &["Priority"]),
    ("closedate", Time, &["Close Date"]),
    ("hs_lastmodifieddate", Read, &["Last Modified Date", "Datum der letzten Änderung"]),
    ("hubspot_owner_id", Write, &["Deal owner", "Propriétaire de la transaction", "Propietario del negocio"]),
];

/// The properties of an object.
fn entries(object: &str) -> impl Iterator<Item = &'static Entry> {
    let (both, own): (&[Entry], &[Entry]) = match object {
        "contacts" => (BOTH, CONTACTS),
        "companies" => (BOTH, COMPANIES),
        "deals" => (&[], DEALS),
        _ => (&[], &[]),
    };
    own.iter().chain(both).chain(ANY)
}

fn squeezed(label: &str) -> String {
    label.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether this is the form of an internal name.
pub(super) fn is_internal(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Whether this can be the name of an object: `contacts`, `2-123456`, `p1_pets`.
pub(super) fn is_object(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

/// The object whose records a source holds; `None` where it must be said.
pub(super) fn object<'a>(source: &Source, options: &'a HubspotOptions) -> Option<&'a str> {
    if let Some(object) = options.objects.get(&source.name) {
        return Some(object);
    }
    match source.object {
        Some(Object::Contact) => Some("contacts"),
        Some(Object::Account) => Some("companies"),
        Some(Object::Deal) => Some("deals"),
        _ => None,
    }
}

/// The property that column `column` shows; `None` where nobody knows.
///
/// The config's word comes first, then a schema file's, then the labels known here. In an export with internal names a
/// header is the name itself.
pub(super) fn property(source: &Source, column: usize, object: &str, options: &HubspotOptions) -> Option<Property> {
    let header = source.header(column);
    let of_source = format!("{}.{header}", source.name);
    let configured = options.properties.get(&of_source).or_else(|| options.properties.get(header));
    let declared = source.declared(column);
    let labelled = || {
        let key = squeezed(header);
        let known = entries(object).find(|(name, _, labels)| {
            *name == header || (!key.is_empty() && labels.iter().any(|label| squeezed(label) == key))
        });
        known.map(|(name, ..)| (*name).to_owned())
    };
    let internal = || {
        let id = source.roles.iter().find(|binding| binding.role == Role::Id)?;
        (source.header(id.column) == "hs_object_id" && is_internal(header)).then(|| header.to_owned())
    };
    let name = configured.cloned().or_else(|| Some(declared?.name.clone())).or_else(labelled).or_else(internal)?;
    let known = entries(object).find(|(known, ..)| *known == name).map(|(_, access, _)| *access);
    let is_time = declared.is_some_and(|field| matches!(field.kind, FieldKind::Date | FieldKind::Timestamp));
    let access = known.unwrap_or(if is_time { Time } else { Write });
    Some(Property { name, access })
}

/// Positions of the columns that hold the record's id in Salesforce.
pub(super) fn salesforce_ids(source: &Source) -> Vec<usize> {
    let is_id = |column: &usize| {
        let key = squeezed(source.header(*column));
        key.contains("salesforce")
            && ["leadid", "contactid", "accountid", "opportunityid", "recordid"].iter().any(|end| key.ends_with(end))
            || matches!(key.as_str(), "salesforceid" | "sfdcid")
    };
    (0..source.frame.width()).filter(is_id).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_label_means_one_property_of_an_object() {
        for object in ["contacts", "companies", "deals"] {
            let mut seen = BTreeSet::new();
            for (name, _, labels) in entries(object) {
                assert!(is_internal(name), "{name}");
                let own: BTreeSet<String> = labels.iter().map(|label| squeezed(label)).collect();
                for label in own {
                    assert!(seen.insert(label.clone()), "{object}: {label} is there twice");
                }
            }
        }
    }

    #[test]
    fn names_have_a_form() {
        assert!(is_internal("hs_lead_status") && is_internal("x1"));
        assert!(!is_internal("Lead Status") && !is_internal("") && !is_internal("1x") && !is_internal("a-b"));
        assert!(is_object("2-123456") && is_object("contacts") && !is_object("a/b") && !is_object(""));
    }
}
