//! The people who work with the records, as the loaded `user` sources name them.

use std::collections::BTreeMap;

use super::boolean::is_false;
use super::mail_provider::is_free;
use super::table::Table;
use super::text::is_blank;
use super::{email, record_id};
use crate::model::{Object, Role, SystemField};

/// The users of every `user` source. As large as the company, whatever the size of the exports.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Users {
    /// Ids, names and addresses of users, as they compare, and whether the user may work.
    enabled: BTreeMap<String, bool>,
    /// Users by the domain of their address; free mail aside.
    domains: BTreeMap<String, u64>,
    /// Users with an address.
    addressed: u64,
}

impl Users {
    /// The users of those of `tables` that hold users.
    #[must_use]
    pub fn of(tables: &[Table]) -> Self {
        let mut users = Self::default();
        for table in tables.iter().filter(|table| table.source.object == Some(Object::User)) {
            let enabled: Vec<bool> = match table.source.system(SystemField::Enabled) {
                Some(column) => table.map_cells(column, is_false).into_iter().map(|off| !off).collect(),
                None => vec![true; table.height()],
            };
            for column in [Role::Id, Role::Name, Role::Email].into_iter().filter_map(|role| table.role(role)) {
                for (cell, enabled) in table.text(column).iter().zip(&enabled) {
                    let Some(cell) = cell.filter(|cell| !is_blank(Some(cell))) else { continue };
                    // Of two users of one name the one who may work decides.
                    let entry = users.enabled.entry(comparable(cell)).or_default();
                    *entry |= enabled;
                }
            }
            if let Some(column) = table.role(Role::Email) {
                for address in table.text(column).iter().flatten().filter_map(email::canonical) {
                    users.addressed += 1;
                    if let Some((_, domain)) = address.rsplit_once('@')
                        && !is_free(domain)
                    {
                        *users.domains.entry(domain.to_owned()).or_default() += 1;
                    }
                }
            }
        }
        users
    }

    /// Whether no user is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.enabled.is_empty()
    }

    /// Whether the user that `owner` names by id, name or address may work; `None` for a user that is not known.
    #[must_use]
    pub fn is_enabled(&self, owner: &str) -> Option<bool> {
        self.enabled.get(&comparable(owner)).copied()
    }

    /// The organisation's own mail domain: the one that at least half of the users have. Customers with a login, agencies
    /// and contractors are users too, and theirs is not it.
    #[must_use]
    pub fn own_domain(&self) -> Option<&str> {
        let most = self.domains.iter().max_by_key(|(_, users)| **users)?;
        (most.1 * 2 >= self.addressed).then_some(most.0)
    }
}

/// The form in which an id, a name or an address of a user compares: Salesforce ids in 18 characters, all in one case.
fn comparable(cell: &str) -> String {
    record_id::canonical(cell).map_or_else(String::new, |id| id.to_lowercase())
}
