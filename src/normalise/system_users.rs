//! System users: integrations and imports, whose edits are not people's (RULES, "System users").

use rustc_hash::FxHashSet;

use super::record_id;
use super::text::{Text, trimmed};
use crate::model::{Object, Role, Source};

/// The system users of one source, by everything that an export may call them.
#[derive(Debug, Clone, Default)]
pub struct SystemUsers(FxHashSet<String>);

/// The form in which names, addresses and ids of users compare.
fn folded(cell: &str) -> Option<String> {
    Some(record_id::canonical(trimmed(cell))?.to_lowercase())
}

impl SystemUsers {
    /// The system users that the config names for `source`: by id, name or address. Whoever is named in one way is known
    /// in the others by the exports of users among `sources`.
    #[must_use]
    pub fn of<'a>(source: &Source, sources: impl IntoIterator<Item = &'a Source>) -> Self {
        let mut known: FxHashSet<String> = source.system_users.iter().filter_map(|user| folded(user)).collect();
        if known.is_empty() {
            return Self(known);
        }
        let mut also = Vec::new();
        for users in sources.into_iter().filter(|source| source.object == Some(Object::User)) {
            let text = |role| Text::new(&users.frame.columns()[users.role(role)?]).ok();
            let (first, last) = (text(Role::FirstName), text(Role::LastName));
            let columns: Vec<Text<'_>> = [Role::Id, Role::Name, Role::Email].into_iter().filter_map(text).collect();
            for row in 0..users.height() as u32 {
                let cell = |text: &Option<Text<'a>>| text.as_ref().and_then(|text| text.get(row)).map(trimmed);
                let whole = cell(&first).zip(cell(&last)).and_then(|(a, b)| folded(&format!("{a} {b}")));
                let called: Vec<String> =
                    columns.iter().filter_map(|text| folded(text.get(row)?)).chain(whole).collect();
                if called.iter().any(|name| known.contains(name)) {
                    also.extend(called);
                }
            }
        }
        known.extend(also);
        Self(known)
    }

    /// Whether a cell that names a user names one of them.
    #[must_use]
    pub fn holds(&self, cell: &str) -> bool {
        !self.0.is_empty() && folded(cell).is_some_and(|user| self.0.contains(&user))
    }
}
