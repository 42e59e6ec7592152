//! Which columns a source is required to fill: what the config says, else the defaults per kind and object.

use crate::model::{Kind, Object, Role, Severity, Source};

/// Columns of these roles say that rows are records of somebody or something. A table of ids alone links records, and
/// requires nothing.
pub(super) const RECORDS: [Role; 12] = [
    Role::Email,
    Role::FirstName,
    Role::LastName,
    Role::Name,
    Role::Phone,
    Role::Company,
    Role::CreatedAt,
    Role::StartedAt,
    Role::EndedAt,
    Role::Transcript,
    Role::Topic,
    Role::LoggedAt,
];

/// One requirement: any one of some columns must be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Requirement {
    /// What the requirement is called in messages: a role or a header.
    pub(super) name: String,
    /// Columns of the source that satisfy it, the one to point at first. Empty when the source has none.
    pub(super) columns: Vec<usize>,
    /// How bad it is to miss it.
    pub(super) severity: Severity,
}

/// The requirements of `source`; none for sources whose rows are not known to be anything.
pub(super) fn requirements(source: &Source) -> Vec<Requirement> {
    if let Some(names) = &source.required {
        return names
            .iter()
            .map(|name| Requirement {
                name: name.clone(),
                columns: source.column_named(name).into_iter().collect(),
                severity: Severity::Error,
            })
            .collect();
    }
    let one = |role: Role, severity| Requirement {
        name: role.as_str().to_owned(),
        columns: source.role(role).into_iter().collect(),
        severity,
    };
    let person = |email| {
        let names = [Role::LastName, Role::Name, Role::FirstName];
        vec![
            one(Role::Email, email),
            one(Role::CreatedAt, Severity::Error),
            Requirement {
                name: "name".to_owned(),
                columns: names.into_iter().filter_map(|role| source.role(role)).collect(),
                severity: Severity::Error,
            },
        ]
    };
    match (source.kind, source.object) {
        (Kind::Crm, Some(Object::Lead)) => person(Severity::Error),
        (Kind::Crm, Some(Object::Contact)) => person(Severity::Warning),
        (Kind::Crm, Some(Object::Account)) => vec![one(Role::Name, Severity::Error)],
        (Kind::Chat, _) => vec![one(Role::Id, Severity::Error), one(Role::StartedAt, Severity::Error)],
        _ => Vec::new(),
    }
}

/// Whether a cell that is not blank still says that there is nothing, as cells of this role do.
///
/// Only emails, names and companies have such words: `unknown` is a fine picklist value. Of names, `Na`, `Null` and
/// `Test` are people's.
pub(in crate::rules) fn is_placeholder(role: Option<Role>, cell: &str) -> bool {
    let is_name = matches!(role, Some(Role::Name | Role::FirstName | Role::LastName));
    if !is_name && !matches!(role, Some(Role::Email | Role::Company)) {
        return false;
    }
    let cell = crate::normalise::text::trimmed(cell);
    if role == Some(Role::Email) && cell.contains('@') {
        return crate::normalise::email::canonical(cell)
            .is_some_and(|address| crate::normalise::email::is_placeholder(&address));
    }
    if cell.len() > 20 {
        return false;
    }
    if is_name && cell == "null" {
        return true;
    }
    let word = cell.trim_matches(['[', ']', '(', ')', '<', '>']).to_lowercase();
    matches!(
        word.as_str(),
        "n/a"
            | "none"
            | "unknown"
            | "tbd"
            | "not provided"
            | "not available"
            | "no name"
            | "noname"
            | "."
            | ".."
            | "..."
            | "?"
    ) || (!is_name && matches!(word.as_str(), "na" | "null"))
        || (!word.is_empty() && word.bytes().all(|b| b == b'-' || b == b'_'))
        || ((2..=6).contains(&word.len()) && word.bytes().all(|b| b == b'x'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surnames_are_no_placeholders() {
        for cell in ["Na", "Null", "NULL", "Test", "Xi", "None-Smith", "X"] {
            assert!(!is_placeholder(Some(Role::LastName), cell), "{cell}");
        }
        for cell in ["N/A", "-", "null", "none", "Unknown", "TBD", "[not provided]", ".", "xx", "--"] {
            assert!(is_placeholder(Some(Role::LastName), cell), "{cell}");
        }
    }

    #[test]
    fn a_picklist_may_say_unknown() {
        assert!(!is_placeholder(Some(Role::Status), "unknown"));
        assert!(!is_placeholder(None, "N/A"));
        assert!(is_placeholder(Some(Role::Company), "null"));
        assert!(is_placeholder(Some(Role::Email), "none@none.com"));
    }
}
