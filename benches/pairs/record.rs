//! Chats, records and attempts, before a vendor's export writes them.

use super::field::Cells;
use super::talk::Talk;
use crate::generator::names::Name;
use crate::generator::people::Person;
use crate::generator::places::City;

/// Somebody, as they are.
#[derive(Debug, Clone)]
pub(crate) struct Who {
    /// The name.
    pub(crate) name: Name,
    /// The address; nobody else has it.
    pub(crate) email: String,
    /// The number in E.164; some have none.
    pub(crate) phone: String,
    /// The employer; some have none.
    pub(crate) company: String,
    /// What the employer does.
    pub(crate) industry: &'static str,
    /// Where they are.
    pub(crate) city: &'static City,
    /// The postal code.
    pub(crate) postcode: String,
}

impl From<Person> for Who {
    fn from(person: Person) -> Self {
        let company = person.company.as_ref();
        Self {
            name: person.name,
            company: company.map(|c| format!("{}{}", c.stem, c.legal_form)).unwrap_or_default(),
            industry: company.map(|c| c.industry).unwrap_or_default(),
            email: person.email,
            phone: person.phone.map(|(phone, _)| phone).unwrap_or_default(),
            city: person.city,
            postcode: person.postcode,
        }
    }
}

/// A chat.
#[derive(Debug)]
pub(crate) struct Chat {
    /// Its id.
    pub(crate) id: String,
    /// When it began.
    pub(crate) started: i64,
    /// When it ended.
    pub(crate) ended: i64,
    /// What it is about.
    pub(crate) talk: Talk,
    /// Its tags.
    pub(crate) tags: Vec<&'static str>,
    /// Agents in their order; two where it was handed on.
    pub(crate) agents: Vec<usize>,
    /// The rating, of 5.
    pub(crate) rating: Option<u32>,
    /// What the chat tool shows.
    pub(crate) said: Cells,
}

/// How far a record has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nobody has looked at it.
    Open,
    /// Somebody works on it.
    Working,
    /// It came to nothing.
    Closed,
    /// It became a customer.
    Converted,
}

/// Users of the CRM, by position in [`USERS`].
pub(crate) mod user {
    /// Whom hand reassignments go to.
    pub(crate) const SPARE: usize = 6;
    /// Who left the company.
    pub(crate) const GONE: usize = 7;
    /// Who gets what no rule caught.
    pub(crate) const DEFAULT: usize = 8;
    /// The integration that carries chats over.
    pub(crate) const INTEGRATION: usize = 9;
    /// The web forms.
    pub(crate) const FORMS: usize = 10;
}

/// The users of the CRM: owners of the six territories first.
pub(crate) const USERS: [(&str, &str); 11] = [
    ("Erin", "Vale"),
    ("Sam", "Ortega"),
    ("Cleo", "Marsh"),
    ("Wes", "Holt"),
    ("Maud", "Tremblay"),
    ("Ines", "Calder"),
    ("Theo", "Quist"),
    ("Gil", "Farrow"),
    ("Dana", "Default"),
    ("Chat", "Integration"),
    ("Web", "Forms"),
];

/// The territories: the owner of each by position in [`USERS`].
pub(crate) const TERRITORIES: [(&str, &[&str]); 6] = [
    ("east territory", &["East Region", "Northeast Region"]),
    ("south territory", &["Southeast Region", "South Region"]),
    ("central territory", &["Central Region", "Northwest Region"]),
    ("west territory", &["West Region"]),
    ("canada territory", &["Canada Region"]),
    ("international territory", &["UK and Ireland", "Western Europe", "Asia Pacific"]),
];

/// The owner of a region.
pub(crate) fn territory(region: &str) -> usize {
    TERRITORIES.iter().position(|(_, regions)| regions.contains(&region)).unwrap_or(user::SPARE)
}

/// Who owns a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// A user.
    User(usize),
    /// A queue; nobody, where the CRM has none.
    Queue,
}

/// A change of owner.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Handover {
    /// When.
    pub(crate) at: i64,
    /// Who did it.
    pub(crate) by: usize,
    /// Who had the record before.
    pub(crate) from: Owner,
}

/// A record.
#[derive(Debug)]
pub(crate) struct Lead {
    /// Its id.
    pub(crate) id: String,
    /// Who it is of.
    pub(crate) who: Who,
    /// The chats that it names.
    pub(crate) chats: Vec<String>,
    /// When it was created.
    pub(crate) created: i64,
    /// Who created it.
    pub(crate) created_by: usize,
    /// When it was changed last.
    pub(crate) updated: i64,
    /// Who changed it last.
    pub(crate) updated_by: usize,
    /// Who owns it.
    pub(crate) owner: Owner,
    /// How it came to its owner, where that was later.
    pub(crate) handed: Option<Handover>,
    /// How far it has come.
    pub(crate) stage: Stage,
    /// Where it came from.
    pub(crate) source: &'static str,
    /// The sales region.
    pub(crate) region: &'static str,
    /// When something happened last.
    pub(crate) activity: Option<i64>,
    /// Notes.
    pub(crate) description: String,
    /// What the company can spend; mostly not known.
    pub(crate) budget: &'static str,
    /// What the automation sets.
    pub(crate) priority: &'static str,
    /// What the CRM shows.
    pub(crate) shown: Cells,
    /// Whether something was planted in it, so that nothing else happens to it.
    pub(crate) planted: bool,
    /// Whether a chat made it.
    pub(crate) by_chat: bool,
}

impl Lead {
    /// Somebody changed it at `at`.
    pub(crate) fn touch(&mut self, at: i64, by: usize) {
        if at >= self.updated {
            (self.updated, self.updated_by) = (at, by);
        }
    }
}

/// An attempt to make a record of a chat.
#[derive(Debug)]
pub(crate) struct Attempt {
    /// Its id in the log.
    pub(crate) id: String,
    /// When.
    pub(crate) at: i64,
    /// The chat.
    pub(crate) chat: String,
    /// The record, where it worked.
    pub(crate) record: String,
    /// Why it failed.
    pub(crate) error: &'static str,
    /// Its number, from 1.
    pub(crate) number: usize,
}
