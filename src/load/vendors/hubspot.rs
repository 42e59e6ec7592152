//! HubSpot: exports from the screen, whose headers are property labels in the language of the export, and exports with
//! internal names.

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::model::{Kind, Object, Role};

/// HubSpot.
pub(super) struct HubSpot;

const EN: &str = "a HubSpot label";
const DE: &str = "a HubSpot label (German)";
const FR: &str = "a HubSpot label (French)";
const ES: &str = "a HubSpot label (Spanish)";
const NAME: &str = "a HubSpot property";

const fn alias(role: Role, what: &'static str, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what }
}

const ANY: &[Alias] = &[
    alias(Role::Id, NAME, &["hsobjectid"]),
    alias(Role::Id, EN, &["recordid"]),
    alias(Role::Id, DE, &["datensatzid"]),
    alias(Role::Id, FR, &["iddelenregistrement", "idenregistrement"]),
    alias(Role::Id, ES, &["iddelregistro", "idderegistro", "idregistro"]),
    alias(Role::Email, NAME, &["email"]),
    alias(Role::Email, DE, &["emailadresse"]),
    alias(Role::Email, FR, &["adressemail", "adresseemail", "courriel"]),
    alias(Role::Email, ES, &["correo", "correoelectronico"]),
    alias(Role::FirstName, NAME, &["firstname"]),
    alias(Role::FirstName, DE, &["vorname"]),
    alias(Role::FirstName, FR, &["prenom"]),
    alias(Role::FirstName, ES, &["nombre"]),
    alias(Role::LastName, NAME, &["lastname"]),
    alias(Role::LastName, DE, &["nachname"]),
    alias(Role::LastName, FR, &["nomdefamille", "nom"]),
    alias(Role::LastName, ES, &["apellidos", "apellido"]),
    alias(Role::Phone, EN, &["phonenumber"]),
    alias(Role::Phone, NAME, &["phone", "mobilephone"]),
    alias(Role::Phone, DE, &["telefonnummer"]),
    alias(Role::Phone, FR, &["numerodetelephone"]),
    alias(Role::Phone, ES, &["numerodetelefono"]),
    alias(Role::Domain, EN, &["companydomainname"]),
    alias(Role::Domain, NAME, &["domain", "hsemaildomain"]),
    alias(Role::Domain, DE, &["domainnamedesunternehmens", "unternehmensdomainname"]),
    alias(Role::Domain, FR, &["nomdedomainedelentreprise"]),
    alias(Role::Domain, ES, &["nombrededominiodelaempresa"]),
    alias(Role::Owner, EN, &["contactowner", "companyowner", "dealowner"]),
    alias(Role::Owner, NAME, &["hubspotownerid"]),
    alias(
        Role::Owner,
        DE,
        &["zustandigermitarbeiter", "zustandigermitarbeiterfurkontakt", "kontaktinhaber", "contactinhaber"],
    ),
    alias(Role::Owner, FR, &["proprietaireducontact", "proprietairedelentreprise", "proprietairedelatransaction"]),
    alias(Role::Owner, ES, &["propietariodelcontacto", "propietariodelaempresa", "propietariodelnegocio"]),
    alias(Role::Status, EN, &["leadstatus"]),
    alias(Role::Status, NAME, &["hsleadstatus"]),
    alias(Role::Status, DE, &["leadstatus"]),
    alias(Role::Status, FR, &["statutdulead"]),
    alias(Role::Status, ES, &["estadodellead"]),
    alias(Role::Stage, EN, &["lifecyclestage"]),
    alias(Role::Stage, DE, &["lifecyclephase"]),
    alias(Role::Stage, FR, &["phaseducycledevie"]),
    alias(Role::Stage, ES, &["etapadelciclodevida"]),
    alias(Role::Source, EN, &["originalsource", "originaltrafficsource"]),
    alias(Role::Source, NAME, &["hsanalyticssource"]),
    alias(Role::Source, DE, &["ursprunglichequelle", "originalquelle"]),
    alias(Role::Source, FR, &["sourcedorigine"]),
    alias(Role::Source, ES, &["fuenteoriginal"]),
    alias(Role::City, DE, &["stadt", "ort"]),
    alias(Role::City, FR, &["ville"]),
    alias(Role::City, ES, &["ciudad"]),
    alias(Role::Region, EN, &["stateregion"]),
    alias(Role::Region, DE, &["bundeslandregion", "bundesland"]),
    alias(Role::Region, FR, &["etatregion", "region"]),
    alias(Role::Region, ES, &["estadoregion"]),
    alias(Role::Country, EN, &["countryregion"]),
    alias(Role::Country, DE, &["landregion", "land"]),
    alias(Role::Country, FR, &["paysregion", "pays"]),
    alias(Role::Country, ES, &["paisregion", "pais"]),
    alias(Role::Postcode, EN, &["postalcode"]),
    alias(Role::Postcode, DE, &["postleitzahl"]),
    alias(Role::Postcode, FR, &["codepostal"]),
    alias(Role::Postcode, ES, &["codigopostal"]),
    alias(Role::Street, EN, &["streetaddress"]),
    alias(Role::Street, DE, &["strasse", "straße", "adresse"]),
    alias(Role::Street, FR, &["adressepostale", "rue"]),
    alias(Role::Street, ES, &["direccion"]),
    alias(Role::Industry, DE, &["branche"]),
    alias(Role::Industry, FR, &["secteurdactivite", "secteur"]),
    alias(Role::Industry, ES, &["sector"]),
    alias(Role::Score, NAME, &["hubspotscore"]),
    alias(Role::CreatedAt, EN, &["createdate"]),
    alias(Role::CreatedAt, DE, &["erstellungsdatum", "erstelltam"]),
    alias(Role::CreatedAt, FR, &["datedecreation"]),
    alias(Role::CreatedAt, ES, &["fechadecreacion"]),
    alias(Role::UpdatedAt, EN, &["lastmodifieddate"]),
    alias(Role::UpdatedAt, NAME, &["lastmodifieddate", "hslastmodifieddate"]),
    alias(Role::UpdatedAt, DE, &["datumderletztenanderung", "zuletztgeandertam"]),
    alias(Role::UpdatedAt, FR, &["datededernieremodification"]),
    alias(Role::UpdatedAt, ES, &["fechadeultimamodificacion", "fechadelaultimamodificacion"]),
    alias(Role::LastActivityAt, EN, &["lastactivitydate"]),
    alias(Role::LastActivityAt, NAME, &["notesupdated", "notesslastupdated"]),
    alias(Role::LastActivityAt, DE, &["datumderletztenaktivitat"]),
    alias(Role::LastActivityAt, FR, &["datedeladerniereactivite", "datedederniereactivite"]),
    alias(Role::LastActivityAt, ES, &["fechadelaultimaactividad", "fechadeultimaactividad"]),
];

const PERSON: &[Alias] = &[
    alias(Role::Company, EN, &["companyname"]),
    alias(Role::Company, NAME, &["company"]),
    alias(Role::Company, DE, &["unternehmensname", "namedesunternehmens"]),
    alias(Role::Company, FR, &["nomdelentreprise"]),
    alias(Role::Company, ES, &["nombredelaempresa"]),
];
const COMPANY: &[Alias] = &[
    alias(Role::Name, EN, &["companyname"]),
    alias(Role::Name, NAME, &["name"]),
    alias(Role::Name, DE, &["unternehmensname", "namedesunternehmens"]),
    alias(Role::Name, FR, &["nomdelentreprise"]),
    alias(Role::Name, ES, &["nombredelaempresa"]),
];
const DEAL: &[Alias] = &[
    alias(Role::Id, NAME, &["dealid"]),
    alias(Role::Name, EN, &["dealname"]),
    alias(Role::Name, DE, &["dealname"]),
    alias(Role::Name, FR, &["nomdelatransaction"]),
    alias(Role::Name, ES, &["nombredelnegocio"]),
    alias(Role::Stage, EN, &["dealstage"]),
    alias(Role::Stage, NAME, &["dealpipelinestageid"]),
    alias(Role::Stage, DE, &["dealphase"]),
    alias(Role::Stage, FR, &["phasedelatransaction"]),
    alias(Role::Stage, ES, &["etapadelnegocio"]),
];

/// Headers that only HubSpot has, in each language.
const TELLING: &[&str] = &[
    "recordid",
    "lifecyclestage",
    "contactowner",
    "companyowner",
    "dealowner",
    "originalsource",
    "createdate",
    "hsobjectid",
    "hubspotownerid",
    "hsleadstatus",
    "lifecyclestage",
    "associatedcompany",
    "associatedcompanyids",
    "associateddealids",
    "associatedcontactids",
    "companydomainname",
    "dealname",
    "dealstage",
    "countryregion",
    "stateregion",
    "marketingcontactstatus",
    "datensatzid",
    "lifecyclephase",
    "kontaktinhaber",
    "contactinhaber",
    "zustandigermitarbeiter",
    "erstellungsdatum",
    "postleitzahl",
    "telefonnummer",
    "phaseducycledevie",
    "proprietaireducontact",
    "datedecreation",
    "numerodetelephone",
    "nomdelentreprise",
    "nomdefamille",
    "codepostal",
    "iddelregistro",
    "etapadelciclodevida",
    "propietariodelcontacto",
    "fechadecreacion",
    "numerodetelefono",
    "nombredelnegocio",
    "etapadelnegocio",
    "codigopostal",
    "correo",
    "apellidos",
    "iddelenregistrement",
];

fn object(exhibit: &Exhibit<'_>) -> (Option<Object>, String) {
    let by_header: &[(Object, &[&str])] = &[
        (
            Object::Deal,
            &[
                "dealname",
                "dealstage",
                "dealowner",
                "nombredelnegocio",
                "etapadelnegocio",
                "nomdelatransaction",
                "dealphase",
                "dealid",
            ],
        ),
        (
            Object::Contact,
            &["firstname", "lastname", "contactowner", "vorname", "nachname", "prenom", "apellidos", "apellido"],
        ),
        (Object::Account, &["companyowner", "companydomainname", "domain", "nombrededominiodelaempresa"]),
    ];
    for (object, keys) in by_header {
        if exhibit.count(keys) > 0 {
            return (Some(*object), format!("headers of a HubSpot {object}"));
        }
    }
    super::generic_crm::guess_object(exhibit)
}

impl Vendor for HubSpot {
    fn meta(&self) -> Meta {
        Meta { name: "hubspot", title: "HubSpot", kinds: &[Kind::Crm] }
    }

    fn aliases(&self, kind: Kind, object: Option<Object>) -> Vec<&'static Alias> {
        if kind != Kind::Crm {
            return Vec::new();
        }
        let own = match object {
            Some(Object::Account) => COMPANY,
            Some(Object::Deal) => DEAL,
            _ => PERSON,
        };
        own.iter().chain(ANY).collect()
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let telling = exhibit.count(TELLING);
        let named = exhibit.file_says(&["hubspot"]);
        let sure = exhibit.has("hsobjectid") || exhibit.has("hubspotownerid");
        let score = match () {
            () if sure || (named && telling > 0) => 88,
            () if telling >= 3 => 58 + 4 * telling.min(8),
            () => return None,
        };
        let (object, guessed) = object(exhibit);
        let why = format!("headers that HubSpot writes: {telling}; {guessed}");
        Some(Match { score, kind: Kind::Crm, object, why })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::testing::{Folder, role};

    #[test]
    fn hubspot_labels_are_known_in_several_languages() {
        let folder = Folder::new();
        for (text, email) in [
            (
                "Record ID,First Name,Last Name,Email,Contact owner,Lifecycle Stage,Create Date\n1,A,B,a@x.co,Ana,Lead,2026-01-01 09:30\n",
                "Email",
            ),
            (
                "Datensatz-ID,Vorname,Nachname,E-Mail-Adresse,Lifecycle-Phase,Erstellungsdatum\n1,A,B,a@x.co,Lead,2026-01-01 09:30\n",
                "E-Mail-Adresse",
            ),
            (
                "Prénom,Nom de famille,Adresse e-mail,Phase du cycle de vie,Date de création\nA,B,a@x.co,Lead,2026-01-01 09:30\n",
                "Adresse e-mail",
            ),
            (
                "ID del registro,Nombre,Apellidos,Correo,Etapa del ciclo de vida,Fecha de creación\n1,A,B,a@x.co,Lead,2026-01-01 09:30\n",
                "Correo",
            ),
        ] {
            let source = folder.source("export.csv", text);
            assert_eq!((source.vendor.as_str(), source.object), ("hubspot", Some(Object::Contact)), "{text}");
            assert_eq!(role(&source, Role::Email), Some(email));
            assert!(role(&source, Role::FirstName).is_some() && role(&source, Role::CreatedAt).is_some());
        }
    }
}
