//! What the words of a header say about its column.

use deunicode::deunicode;

use super::Kind;

/// What a header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hint {
    Kind(Kind),
    /// A name, of whatever.
    Name,
    /// Something that only its values tell.
    Values,
}

/// Lower-case words of a header without accents, camelCase and numbers taken apart.
pub(super) fn words(header: &str) -> Vec<String> {
    let header: String = header.chars().take(120).collect();
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in deunicode(&header).chars() {
        let apart = !c.is_ascii_alphanumeric()
            || (c.is_ascii_uppercase() && before.is_ascii_lowercase())
            || (c.is_ascii_digit() != before.is_ascii_digit());
        if apart {
            words.push(String::new());
        }
        if c.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Words of a header, to be asked about.
struct Asked<'a>(&'a [String]);

impl Asked<'_> {
    fn has(&self, list: &[&str]) -> bool {
        self.0.iter().any(|word| list.contains(&word.as_str()))
    }

    fn both(&self, one: &[&str], other: &[&str]) -> bool {
        self.has(one) && self.has(other)
    }

    /// The last word that is no number.
    fn last(&self, list: &[&str]) -> bool {
        let word = self.0.iter().rev().find(|word| !word.bytes().all(|b| b.is_ascii_digit()));
        word.is_some_and(|word| list.contains(&word.as_str()))
    }
}

const EMAIL: &[&str] = &["email", "emails", "mail", "emailaddress", "mailadresse", "courriel", "correo"];
const PHONE: &[&str] = &[
    "phone",
    "phones",
    "telephone",
    "telefon",
    "telefono",
    "telefone",
    "tel",
    "mobile",
    "mobil",
    "movil",
    "cell",
    "cellphone",
    "mobilephone",
    "homephone",
    "workphone",
    "phonenumber",
    "fax",
    "handy",
    "portable",
    "whatsapp",
];
const NUMBER: &[&str] = &["number", "no", "nr", "num", "id", "code", "nummer", "numero", "identifier", "key"];
const GIVEN: &[&str] =
    &["first", "given", "firstname", "givenname", "forename", "fname", "vorname", "prenom", "nombre"];
const MIDDLE: &[&str] = &["middle", "middlename", "mname", "middleinitial"];
const FAMILY: &[&str] = &[
    "last",
    "family",
    "surname",
    "lastname",
    "familyname",
    "lname",
    "nachname",
    "familienname",
    "apellido",
    "apellidos",
    "sobrenome",
    "cognome",
    "achternaam",
];
const COMPANY: &[&str] = &[
    "company",
    "companyname",
    "organisation",
    "organization",
    "org",
    "employer",
    "firm",
    "firma",
    "unternehmen",
    "business",
    "entreprise",
    "societe",
    "empresa",
    "azienda",
    "account",
    "bedrijf",
];
const STREET: &[&str] = &[
    "street",
    "address",
    "addr",
    "adresse",
    "strasse",
    "rue",
    "direccion",
    "indirizzo",
    "calle",
    "endereco",
    "straat",
    "anschrift",
];
const POSTCODE: &[&str] = &["zip", "postcode", "zipcode", "postalcode", "plz", "postleitzahl", "pincode", "cep", "cap"];
const PLACE: &[&str] = &[
    "city",
    "town",
    "suburb",
    "state",
    "province",
    "country",
    "county",
    "region",
    "locality",
    "district",
    "municipality",
    "nationality",
    "ort",
    "stadt",
    "land",
    "ville",
    "pays",
    "ciudad",
    "pais",
    "estado",
    "provincia",
    "bundesland",
    "plaats",
    "cidade",
    "citta",
    "birthplace",
    "neighborhood",
    "neighbourhood",
];
const BIRTH: &[&str] = &[
    "dob",
    "birthdate",
    "birthday",
    "dateofbirth",
    "birth",
    "geburtsdatum",
    "geburtstag",
    "naissance",
    "nacimiento",
    "born",
    "nascimento",
    "nascita",
];
const NATIONAL: &[&str] = &[
    "ssn",
    "sin",
    "nino",
    "passport",
    "pesel",
    "cpf",
    "cnpj",
    "curp",
    "bsn",
    "nif",
    "dni",
    "nie",
    "tin",
    "vat",
    "ein",
    "uen",
    "lei",
    "duns",
    "abn",
    "siren",
    "siret",
    "taxid",
    "personnummer",
    "ustid",
    "steuernummer",
    "imei",
    "iban",
    "npi",
];
/// Words after which a header is about what it names, not the thing itself.
const ABOUT: &[&str] = &[
    "type",
    "kind",
    "status",
    "opt",
    "optin",
    "optout",
    "consent",
    "valid",
    "verified",
    "validity",
    "source",
    "flag",
    "is",
    "has",
    "count",
    "do",
    "domain",
    "quality",
    "bounce",
    "bounced",
    "label",
    "preference",
    "preferred",
    "format",
    "provider",
];
/// People and things that a record is about by the way.
const OTHERS: &[&str] = &[
    "owner",
    "manager",
    "assistant",
    "created",
    "modified",
    "updated",
    "creator",
    "spouse",
    "parent",
    "emergency",
    "referrer",
    "referred",
    "assigned",
    "agent",
    "user",
    "sender",
    "partner",
    "previous",
    "old",
    "former",
    "ship",
    "shipping",
    "rep",
];

/// What a header says, if anything.
pub(super) fn kind(words: &[String]) -> Option<Hint> {
    let asked = Asked(words);
    let kind = |kind| Some(Hint::Kind(kind));
    if asked.has(&["gender", "sex", "geschlecht", "salutation", "anrede", "title"]) {
        return kind(Kind::Category);
    }
    if asked.has(ABOUT) {
        return Some(Hint::Values);
    }
    if asked.has(EMAIL) {
        return kind(Kind::Email);
    }
    if asked.has(POSTCODE) || asked.both(&["post", "postal"], &["code"]) {
        return kind(Kind::Postcode);
    }
    if asked.last(PLACE) && !asked.has(BIRTH) || asked.both(&["place"], BIRTH) {
        return kind(Kind::Place);
    }
    if asked.has(PHONE) {
        return kind(Kind::Phone);
    }
    if asked.has(BIRTH) || (asked.last(&["date", "datum", "day"]) && !asked.has(NUMBER)) {
        return kind(Kind::Date);
    }
    if is_national(&asked) {
        return kind(Kind::Code);
    }
    if is_house(&asked) {
        return kind(Kind::HouseNumber);
    }
    if asked.has(STREET) && !asked.has(&["ip", "web", "url"]) {
        return kind(Kind::Street);
    }
    if asked.has(&["suffix"]) && !asked.has(NUMBER) {
        return kind(Kind::Suffix);
    }
    if asked.has(MIDDLE) {
        return kind(Kind::MiddleName);
    }
    let named = asked.has(&["name", "names"]) || words.len() <= 2;
    if asked.has(COMPANY) && !asked.has(NUMBER) {
        return kind(Kind::Company);
    }
    if asked.has(GIVEN) && named && !asked.has(FAMILY) {
        return kind(Kind::GivenName);
    }
    if asked.has(FAMILY) && named && !asked.has(GIVEN) {
        return kind(Kind::FamilyName);
    }
    if asked.has(&["fullname"])
        || asked.both(&["full", "contact", "person", "complete"], &["name"])
        || asked.both(GIVEN, FAMILY)
    {
        return kind(Kind::FullName);
    }
    if asked.has(&["name", "nom", "naam", "names"]) {
        return Some(Hint::Name);
    }
    if asked.last(NUMBER) {
        return kind(Kind::Code);
    }
    if asked.last(&["category", "class", "segment", "industry", "branche", "language", "sprache"]) {
        return kind(Kind::Category);
    }
    None
}

fn is_national(asked: &Asked<'_>) -> bool {
    asked.has(NATIONAL)
        || asked.both(&["social", "soc"], &["security", "sec", "insurance"])
        || asked.both(&["national", "tax", "fiscal", "identity", "identification"], NUMBER)
        || (asked.has(&["licence", "license"]) && (asked.has(NUMBER) || asked.has(&["driver", "drivers", "driving"])))
        || asked.both(&["medicare", "insurance", "registration", "register"], NUMBER)
}

fn is_house(asked: &Asked<'_>) -> bool {
    asked.has(&["housenumber", "hausnummer", "streetnumber", "hausnr"])
        || asked.both(&["house", "street", "building"], NUMBER)
}

/// Whether a header says for certain that its column tells people or companies apart.
pub(super) fn is_certain(words: &[String]) -> bool {
    let asked = Asked(words);
    if asked.has(ABOUT) || asked.has(OTHERS) {
        return false;
    }
    match kind(words) {
        Some(Hint::Kind(Kind::Date)) => asked.has(BIRTH),
        Some(Hint::Kind(Kind::Code)) => {
            is_national(&asked) && !asked.has(&["vat", "iban", "imei", "registration", "register"])
        }
        Some(Hint::Kind(Kind::HouseNumber | Kind::MiddleName)) => true,
        Some(Hint::Kind(Kind::Place)) => asked.has(&["suburb", "locality"]) && words.len() <= 2,
        Some(Hint::Kind(Kind::Suffix)) => asked.has(&["name"]) || words.len() == 1,
        _ => false,
    }
}
