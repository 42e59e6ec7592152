//! Which columns are categorical, by their own statistics: the ones that value drift is looked for in.

use rustc_hash::FxHashMap;

use super::table::Table;
use super::text::{Text, trimmed};
use crate::model::Role;

/// Why a column is not looked at for drift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exclusion {
    /// Its role or header says that it holds names, ids, places, times or text.
    Meaning(&'static str),
    /// Its values say that it is no category.
    Values(&'static str),
}

impl Exclusion {
    /// The reason in a few words.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Self::Meaning(why) | Self::Values(why) => why,
        }
    }
}

/// The distinct values of a categorical column, most frequent first, ties by bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Category {
    /// Each value as written, and how many rows hold it. Blank values are left out.
    pub values: Vec<(String, u64)>,
    /// What separates several values in one cell, if some cells hold several.
    pub separator: Option<char>,
    /// Whether the config named the column.
    pub named: bool,
}

/// Decides whether a column is categorical. `named` means that the config asks for it, which overrides everything but
/// a column of nothing.
pub(super) fn categorise(table: &Table, column: usize, named: bool) -> Result<Category, Exclusion> {
    let source = &table.source;
    let meaning = meaning(source.role_of(column), source.header(column)).filter(|_| !named);
    let kinds = meaning == Some(NAMES) && source.role_of(column).is_none() && are_of_kinds(source.header(column));
    if let Some(why) = meaning.filter(|_| !kinds) {
        return Err(Exclusion::Meaning(why));
    }
    let mut values: Vec<(String, u64)> = match table.dictionary(column) {
        Some(dictionary) => {
            let counted = dictionary.values.iter().zip(&dictionary.counts);
            counted.map(|(value, count)| (value.clone(), u64::from(*count))).collect()
        }
        // What the config names is looked at however many values it has.
        None if named => counted(&table.text(column)),
        None => return Err(Exclusion::Values("too many distinct values")),
    };
    values.retain(|(value, _)| !trimmed(value).is_empty());
    if values.is_empty() {
        return Err(Exclusion::Values("nothing in it"));
    }
    if !named && let Some(why) = statistics(&values) {
        return Err(Exclusion::Values(why));
    }
    let filled: u64 = values.iter().map(|(_, count)| count).sum();
    if kinds && (values.len() as u64) * 10 > filled {
        return Err(Exclusion::Meaning(NAMES));
    }
    values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    // Several values in one cell show in parts that also stand alone elsewhere.
    let alone: std::collections::HashSet<&str> =
        values.iter().map(|(value, _)| trimmed(value)).filter(|value| !value.contains(';')).collect();
    let joined = values
        .iter()
        .any(|(value, _)| value.contains(';') && value.split(';').any(|part| alone.contains(trimmed(part))));
    Ok(Category { values, separator: joined.then_some(';'), named })
}

/// Distinct cells and how many rows hold each, in the order of their bytes.
fn counted(cells: &Text<'_>) -> Vec<(String, u64)> {
    let mut counts: FxHashMap<&str, u64> = FxHashMap::default();
    for cell in cells.iter().flatten() {
        *counts.entry(cell).or_default() += 1;
    }
    let mut counted: Vec<(String, u64)> = counts.into_iter().map(|(cell, count)| (cell.to_owned(), count)).collect();
    counted.sort_unstable();
    counted
}

/// Why names are not looked at.
const NAMES: &str = "names";

/// Words in a header of names, each of which says that they are of people, companies or single things.
const OF_SOMEBODY: [&str; 40] = [
    "first",
    "last",
    "full",
    "middle",
    "given",
    "family",
    "maiden",
    "sur",
    "nick",
    "display",
    "legal",
    "contact",
    "lead",
    "account",
    "company",
    "customer",
    "client",
    "person",
    "people",
    "user",
    "owner",
    "agent",
    "operator",
    "employee",
    "employer",
    "organization",
    "organisation",
    "business",
    "visitor",
    "guest",
    "member",
    "parent",
    "partner",
    "vendor",
    "supplier",
    "firm",
    "file",
    "host",
    "campaign",
    "deal",
];

/// Whether a header of names is about kinds of things: `Stage Name`, `scientificName`. Its values still have to repeat as
/// names of people do not.
fn are_of_kinds(header: &str) -> bool {
    let words = words_of(header);
    words.len() > 1
        && words.iter().any(|word| word == "name")
        && words.iter().filter(|word| *word != "name").all(|word| {
            !OF_SOMEBODY.contains(&word.as_str()) && !WORDS.iter().any(|(_, list)| list.contains(&word.as_str()))
        })
}

/// Words in a header that say what it holds, and that it is no category.
const WORDS: [(&str, &[&str]); 8] = [
    ("ids", &["id", "ids", "guid", "uuid", "key", "checksum", "number", "no", "nr", "sku", "vid"]),
    ("emails", &["email", "mail"]),
    ("phones", &["phone", "fax", "mobile", "tel", "telephone", "telefon", "mobil"]),
    (
        "users",
        &[
            "owner",
            "ownerid",
            "agent",
            "operator",
            "assignee",
            "rep",
            "representative",
            "salesperson",
            "csm",
            "sdr",
            "bdr",
            "user",
            "by",
            "createdby",
            "modifiedby",
            "nick",
        ],
    ),
    (
        NAMES,
        &[
            "name",
            "firstname",
            "lastname",
            "fullname",
            "title",
            "subject",
            "company",
            "account",
            "organization",
            "salutation",
        ],
    ),
    ("web addresses", &["url", "website", "link", "domain", "referrer", "referer", "page", "ip"]),
    (
        "free text",
        &["description", "notes", "note", "comment", "comments", "message", "body", "transcript", "content", "text"],
    ),
    (
        "addresses and campaigns",
        &["street", "city", "postcode", "zip", "postal", "postalcode", "address", "campaign", "keyword", "utm"],
    ),
];

/// Roles and headers that are never categories (RULES, DRF).
fn meaning(role: Option<Role>, header: &str) -> Option<&'static str> {
    if let Some(role) = role {
        return match role {
            Role::Id | Role::ChatId | Role::RecordId => Some("ids"),
            Role::Email => Some("emails"),
            Role::FirstName | Role::LastName | Role::Name => Some("person names"),
            Role::Phone => Some("phones"),
            Role::Company | Role::City => Some("company and city only if [drift] columns names them"),
            Role::Domain => Some("web addresses"),
            Role::Owner | Role::Agent => Some("users"),
            Role::Postcode | Role::Street => Some("addresses"),
            Role::Score | Role::Duration | Role::Rating | Role::Attempt => Some("numbers"),
            Role::Notes | Role::Transcript | Role::Error => Some("free text"),
            Role::Tags => Some("tags, which TAG003 looks at"),
            role if role.is_time() || role == Role::BirthDate => Some("dates"),
            _ => None,
        };
    }
    let words = words_of(header);
    // A contact person, the person in charge; not the kind of a person.
    if words.last().is_some_and(|word| word == "person") {
        return Some("person names");
    }
    WORDS.iter().find(|(_, list)| words.iter().any(|word| list.contains(&word.as_str()))).map(|(why, _)| *why)
}

/// Lower-case words of a header, camelCase taken apart.
pub(super) fn words_of(header: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_lower = false;
    for c in header.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && before_lower) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before_lower = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What the values themselves say against a category.
fn statistics(values: &[(String, u64)]) -> Option<&'static str> {
    let filled: u64 = values.iter().map(|(_, count)| count).sum();
    let distinct = values.len() as u64;
    let share = |test: fn(&str) -> bool| -> f64 {
        values.iter().filter(|(value, _)| test(trimmed(value))).map(|(_, count)| *count).sum::<u64>() as f64
            / filled as f64
    };
    if distinct == 1 {
        return Some("one value only");
    }
    // A category repeats itself: fewer than one value for every two cells, or it is a list of names.
    if distinct * 2 > filled {
        return Some("values hardly ever repeat");
    }
    if share(|value| value.chars().count() > 60 || value.contains('\n')) > 0.05 {
        return Some("long text");
    }
    if share(|value| {
        value
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-' | b'+' | b':' | b'/' | b' ' | b'%' | b'$'))
    }) > 0.5
    {
        return Some("numbers or dates");
    }
    if share(|value| value.contains('@') || value.starts_with("http") || value.starts_with("www.")) > 0.2 {
        return Some("addresses");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_taken_apart() {
        assert_eq!(words_of("CreatedById"), ["created", "by", "id"]);
        assert_eq!(words_of("LEAD_SOURCE"), ["lead", "source"]);
        assert_eq!(words_of("chat creation date UTC"), ["chat", "creation", "date", "utc"]);
    }

    #[test]
    fn meaning_excludes_what_is_never_a_category() {
        for header in [
            "AccountNumber",
            "Website",
            "CreatedById",
            "operator 1 nick",
            "Company Name",
            "Zip/Postal Code",
            "CSM__c",
            "Contact Person",
        ] {
            assert!(meaning(None, header).is_some(), "{header}");
        }
        for header in ["Region__c", "Industry", "LeadSource", "Plan__c", "Type", "Person Type"] {
            assert_eq!(meaning(None, header), None, "{header}");
        }
    }

    #[test]
    fn names_of_kinds_are_told_from_names_of_somebody() {
        for header in ["scientificName", "Stage Name", "product_name"] {
            assert!(are_of_kinds(header), "{header}");
        }
        for header in ["Name", "First Name", "Account Name", "Company Name", "Owner Name", "Job Title", "Partner Name"]
        {
            assert!(!are_of_kinds(header), "{header}");
        }
    }

    #[test]
    fn values_that_never_repeat_are_no_category() {
        let values = |pairs: &[(&str, u64)]| -> Vec<(String, u64)> {
            pairs.iter().map(|(v, n)| ((*v).to_owned(), *n)).collect()
        };
        assert!(statistics(&values(&[("a", 1), ("b", 1)])).is_some());
        assert!(statistics(&values(&[("12", 5), ("13", 5)])).is_some());
        assert!(statistics(&values(&[("East", 9), ("EAST", 1)])).is_none());
    }
}
