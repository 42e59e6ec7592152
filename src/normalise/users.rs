//! The people who work with the records, as the loaded `user` sources name them.

use std::collections::BTreeMap;

use super::boolean::is_false;
use super::mail_provider::is_free;
use super::table::Table;
use super::text::{Text, is_blank, trimmed};
use super::{email, record_id};
use crate::model::{Object, Role, SystemField};

/// The users of every `user` source. As large as the company, whatever the size of the exports.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Users {
    people: Vec<User>,
    /// Ids, names and addresses of users, as they compare, and whose they are: positions in `people`, ascending.
    called: BTreeMap<String, Vec<u32>>,
    /// Users by the domain of their address; free mail aside.
    domains: BTreeMap<String, u64>,
    /// Users with an address.
    addressed: u64,
    /// Whether a source says who may work.
    tells_enabled: bool,
}

/// One user, and everything that the sources call them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Ids, names and addresses as written, each with what it is, in the order in which they were read.
    pub labels: Vec<(Form, String)>,
    /// Whether they may work.
    pub enabled: bool,
    /// Sources that gave them an id.
    sources: Vec<usize>,
}

/// What a text names a user by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// Their id.
    Id,
    /// Their name.
    Name,
    /// Their address.
    Email,
}

impl Form {
    /// What a text looks like: an address has an at sign, an id is one word with a digit in it.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = trimmed(text);
        if text.contains('@') {
            Self::Email
        } else if !text.contains(char::is_whitespace) && text.bytes().any(|b| b.is_ascii_digit()) {
            Self::Id
        } else {
            Self::Name
        }
    }

    /// Several of them, in a word.
    #[must_use]
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Id => "ids",
            Self::Name => "names",
            Self::Email => "addresses",
        }
    }
}

/// Whom a text names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Nobody whom the sources know.
    Unknown,
    /// One user, by position.
    One(u32),
    /// Several, such as two of one name.
    Several,
}

/// Whether two texts name one owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Same {
    /// They do.
    Yes,
    /// They do not.
    No,
    /// That cannot be told: an id beside a name that no source ties together, or a name that several bear.
    Unknown,
}

/// Whether an owner is a queue or another group, whose ids Salesforce begins with 00G.
#[must_use]
pub fn is_queue(owner: &str) -> bool {
    record_id::canonical(owner).is_some_and(|id| id.len() == 18 && id.starts_with("00G"))
}

impl Users {
    /// The users of those of `tables` that hold users.
    #[must_use]
    pub fn of(tables: &[Table]) -> Self {
        let mut users = Self::default();
        for table in tables.iter().filter(|table| table.source.object == Some(Object::User)) {
            users.read(table);
        }
        users
    }

    fn read(&mut self, table: &Table) {
        let enabled: Vec<bool> = match table.source.system(SystemField::Enabled) {
            Some(column) => {
                self.tells_enabled = true;
                table.map_cells(column, is_false).into_iter().map(|off| !off).collect()
            }
            None => vec![true; table.height()],
        };
        let column = |role| table.role(role).map(|column| table.text(column));
        let columns =
            [(Form::Id, column(Role::Id)), (Form::Name, column(Role::Name)), (Form::Email, column(Role::Email))];
        let (first, last) = (column(Role::FirstName), column(Role::LastName));
        for (row, enabled) in (0_u32..).zip(enabled) {
            let cell = |text: &Option<Text<'_>>| {
                let cell = text.as_ref()?.get(row).filter(|cell| !is_blank(Some(cell)))?;
                Some(trimmed(cell).to_owned())
            };
            let mut labels: Vec<(Form, String)> =
                columns.iter().filter_map(|(form, text)| Some((*form, cell(text)?))).collect();
            labels.extend(cell(&first).zip(cell(&last)).map(|(first, last)| (Form::Name, format!("{first} {last}"))));
            if !labels.is_empty() {
                self.add(table.index, labels, enabled);
            }
        }
        if let Some(column) = table.role(Role::Email) {
            for address in table.text(column).iter().flatten().filter_map(email::canonical) {
                self.addressed += 1;
                if let Some((_, domain)) = address.rsplit_once('@')
                    && !is_free(domain)
                {
                    *self.domains.entry(domain.to_owned()).or_default() += 1;
                }
            }
        }
    }

    /// Adds a row: to the user of its id, else to the one whom another source gives its address.
    fn add(&mut self, source: usize, labels: Vec<(Form, String)>, enabled: bool) {
        let known = |of: Form| {
            let label = &labels.iter().find(|(form, _)| *form == of)?.1;
            let mut users = self.called.get(&comparable(label))?.iter();
            users.find(|at| {
                let user = &self.people[**at as usize];
                let bears = user.labels.iter().any(|(form, text)| *form == of && comparable(text) == comparable(label));
                bears && (of == Form::Id || !user.sources.contains(&source))
            })
        };
        let at = if let Some(at) = known(Form::Id).or_else(|| known(Form::Email)) {
            *at
        } else {
            self.people.push(User { labels: Vec::new(), enabled: false, sources: Vec::new() });
            self.people.len() as u32 - 1
        };
        let user = &mut self.people[at as usize];
        user.enabled |= enabled;
        user.sources.push(source);
        for label in labels {
            let bearers = self.called.entry(comparable(&label.1)).or_default();
            if let Err(place) = bearers.binary_search(&at) {
                bearers.insert(place, at);
            }
            if !user.labels.contains(&label) {
                user.labels.push(label);
            }
        }
    }

    /// Whether no user is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.called.is_empty()
    }

    /// Whether a source says who may work.
    #[must_use]
    pub const fn tells_enabled(&self) -> bool {
        self.tells_enabled
    }

    /// Whether the user that `owner` names by id, name or address may work; `None` for a user that is not known. Of two
    /// users of one name the one who may work decides.
    #[must_use]
    pub fn is_enabled(&self, owner: &str) -> Option<bool> {
        let users = self.called.get(&comparable(owner))?;
        Some(users.iter().any(|at| self.people[*at as usize].enabled))
    }

    /// Whom `owner` names by id, name or address.
    #[must_use]
    pub fn find(&self, owner: &str) -> Who {
        match self.called.get(&comparable(owner)).map(Vec::as_slice) {
            None | Some([]) => Who::Unknown,
            Some([one]) => Who::One(*one),
            Some(_) => Who::Several,
        }
    }

    /// The user at a position that [`Users::find`] gave.
    #[must_use]
    pub fn user(&self, at: u32) -> Option<&User> {
        self.people.get(at as usize)
    }

    /// Whether some user is known by what has this form.
    #[must_use]
    pub fn has(&self, form: Form) -> bool {
        self.people.iter().any(|user| user.has(form))
    }

    /// Whether two texts name one owner. Without users of that name, texts of one form compare: an id with an id.
    #[must_use]
    pub fn compare(&self, one: &str, other: &str) -> Same {
        let (a, b) = (comparable(one), comparable(other));
        if a.is_empty() || b.is_empty() {
            return Same::Unknown;
        }
        if a == b {
            return Same::Yes;
        }
        let told = |apart: bool| if apart { Same::No } else { Same::Unknown };
        let knows = |at: u32, text: &str| told(self.user(at).is_some_and(|user| user.has(Form::of(text))));
        match (self.find(one), self.find(other)) {
            (Who::Several, _) | (_, Who::Several) => Same::Unknown,
            (Who::One(a), Who::One(b)) if a == b => Same::Yes,
            (Who::One(_), Who::One(_)) => Same::No,
            (Who::One(at), Who::Unknown) => knows(at, other),
            (Who::Unknown, Who::One(at)) => knows(at, one),
            (Who::Unknown, Who::Unknown) => told(Form::of(one) == Form::of(other)),
        }
    }

    /// What identifies an owner over all spellings: the user where there is one, else the text as it compares.
    #[must_use]
    pub fn identity(&self, owner: &str) -> String {
        match self.find(owner) {
            Who::One(at) => format!("\u{1F}{at}"),
            _ => comparable(owner),
        }
    }

    /// What people call an owner: the name where the sources tell, else the text.
    #[must_use]
    pub fn shown<'a>(&'a self, owner: &'a str) -> &'a str {
        let Who::One(at) = self.find(owner) else { return trimmed(owner) };
        let labels = self.user(at).into_iter().flat_map(|user| &user.labels);
        labels
            .filter(|(form, _)| *form == Form::Name)
            .map(|(_, text)| text.as_str())
            .next()
            .unwrap_or_else(|| trimmed(owner))
    }

    /// The organisation's own mail domain: the one that at least half of the users have. Customers with a login, agencies
    /// and contractors are users too, and theirs is not it.
    #[must_use]
    pub fn own_domain(&self) -> Option<&str> {
        let most = self.domains.iter().max_by_key(|(_, users)| **users)?;
        (most.1 * 2 >= self.addressed).then_some(most.0)
    }
}

impl User {
    /// Whether it is known by what has this form.
    fn has(&self, form: Form) -> bool {
        self.labels.iter().any(|(of, _)| *of == form)
    }
}

/// The form in which an id, a name or an address of a user compares: Salesforce ids in 18 characters, all in one case.
fn comparable(cell: &str) -> String {
    record_id::canonical(cell).map_or_else(String::new, |id| id.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn users() -> Users {
        let mut users = Users::default();
        let rows = [
            (0, "0055e000001abcd", "Erin Vale", "erin@acme.example", true),
            (0, "0055e0000000002AAA", "Wes Holt", "wes@acme.example", true),
            (0, "0055e0000000003AAA", "Pat Lund", "pat.l@acme.example", false),
            (0, "0055e0000000004AAA", "Pat Lund", "desk@acme.example", true),
            (0, "0055e0000000005AAA", "Sam Ode", "desk@acme.example", true),
            // The same person in another tool.
            (1, "77", "Erin V.", "Erin@acme.example", true),
        ];
        for (source, id, name, email, enabled) in rows {
            let label = |form, text: &str| (form, text.to_owned());
            let labels = vec![label(Form::Id, id), label(Form::Name, name), label(Form::Email, email)];
            users.add(source, labels, enabled);
        }
        users
    }

    #[test]
    fn an_owner_is_one_user_by_id_name_and_address() {
        let users = users();
        let long = record_id::salesforce_long("0055e000001abcd");
        for one in [long.as_str(), "erin vale ", "ERIN@acme.example", "77", "Erin V."] {
            for other in ["0055e000001abcd", "Erin Vale", "erin@acme.example"] {
                assert_eq!(users.compare(one, other), Same::Yes, "{one} and {other}");
            }
            assert_eq!(users.compare(one, "Wes Holt"), Same::No, "{one}");
        }
        assert_eq!(users.shown("77"), "Erin Vale");
        assert_eq!(users.identity("77"), users.identity("erin vale"));
    }

    #[test]
    fn two_users_of_one_name_are_neither() {
        let users = users();
        assert_eq!(users.find("Pat Lund"), Who::Several);
        assert_eq!(users.compare("Pat Lund", "0055e0000000003AAA"), Same::Unknown);
        assert_eq!(users.compare("Pat Lund", "Wes Holt"), Same::Unknown);
        assert_eq!(users.compare("0055e0000000004AAA", "0055e0000000005AAA"), Same::No, "one address, two ids");
        assert_eq!(users.is_enabled("pat lund"), Some(true));
        assert_eq!(users.is_enabled("0055e0000000003AAA"), Some(false));
    }

    #[test]
    fn what_no_source_ties_together_is_not_told_apart() {
        let none = Users::default();
        assert_eq!(none.compare("Erin Vale", " erin vale"), Same::Yes);
        assert_eq!(none.compare("Erin Vale", "Wes Holt"), Same::No);
        assert_eq!(none.compare("Erin Vale", "0055e0000000002AAA"), Same::Unknown);
        assert_eq!(none.compare("erin@acme.example", "Wes Holt"), Same::Unknown);
        assert_eq!(none.compare("0055e000001abcd", &record_id::salesforce_long("0055e000001abcd")), Same::Yes);
        assert_eq!(users().compare("Erin Vale", "0055e0000000009AAA"), Same::No, "the id of Erin is known");
    }

    #[test]
    fn queues_begin_with_00g() {
        assert!(is_queue("00G5e0000000001EAA") && is_queue("00G5e0000000001"));
        assert!(!is_queue("0055e0000000002AAA") && !is_queue("00G") && !is_queue("East queue"));
    }
}
