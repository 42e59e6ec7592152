//! The `when` tables of `[[assignment]]` and `[[automation]]`: what they ask of a row, and whether they can be asked.
//!
//! A condition names a column by header or role, an exact header first, and compares trimmed and case-folded:
//!
//! | in the config | holds where the cell |
//! | --- | --- |
//! | `region = "East"` | is this text; of several entries with `;` (of tags, `,` too) one is |
//! | `region = ""` | is blank |
//! | `score = 75` | is this number, however it is written: `75`, `75.0`, `75 %` |
//! | `vip = true` | is a word for yes: `true`, `1`, `Yes` |
//! | `{ above = 75, below = 90 }` | is a number within; a cell that is no number is not |
//! | `{ in = ["a", "b"] }` | is one of these texts |
//! | `{ matches = "^price" }` | or one of its entries matches, whatever the case |
//!
//! ```text
//! let when = Conditions::of(&rule.when)?;
//! match when.hold(table) {
//!     Some(rows) => rows[7],                    // whether all of them hold of row 7
//!     None => when.absent(&table.source),       // the columns that the table lacks
//! }
//! ```

use std::cmp::Ordering;
use std::collections::BTreeSet;

use indexmap::IndexMap;
use regex::{Regex, RegexBuilder};

use crate::config::options::{Condition, ConditionTest, Options};
use crate::config::{hint, nearest};
use crate::model::{Kind, Role, Source};
use crate::normalise::text::trimmed;
use crate::normalise::{Table, boolean, number, tags};

/// The conditions of one `when` table, all of which must hold.
#[derive(Debug)]
pub struct Conditions {
    fields: Vec<(String, Test)>,
}

/// One condition, made ready.
#[derive(Debug)]
enum Test {
    Text(String),
    Number(f64),
    Boolean(bool),
    Compare { above: Option<f64>, below: Option<f64>, among: Option<BTreeSet<String>>, matches: Option<Regex> },
}

/// The form in which texts compare.
fn folded(text: &str) -> String {
    trimmed(text).to_lowercase()
}

impl Test {
    fn of(condition: &Condition) -> anyhow::Result<Self> {
        Ok(match condition {
            Condition::Text(text) => Self::Text(folded(text)),
            Condition::Number(number) => Self::Number(*number),
            Condition::Boolean(yes) => Self::Boolean(*yes),
            Condition::Test(ConditionTest { above, below, r#in, matches }) => Self::Compare {
                above: *above,
                below: *below,
                among: r#in.as_ref().map(|words| words.iter().map(|word| folded(word)).collect()),
                matches: matches
                    .as_ref()
                    .map(|pattern| RegexBuilder::new(pattern).case_insensitive(true).build())
                    .transpose()?,
            },
        })
    }

    /// Whether it holds of a cell; `parts` says what parts the entries of one that has several.
    fn holds(&self, cell: &str, parts: fn(char) -> bool) -> bool {
        match self {
            Self::Text(text) => any_entry(cell, parts, |entry| is_text(entry, text)),
            Self::Number(wanted) => {
                number::read(cell).and_then(|found| found.partial_cmp(wanted)).is_some_and(Ordering::is_eq)
            }
            Self::Boolean(true) => boolean::is_true(cell) || matches!(boolean::word(cell), Some((_, true))),
            Self::Boolean(false) => boolean::is_false(cell) || matches!(boolean::word(cell), Some((_, false))),
            Self::Compare { above, below, among, matches } => {
                let value = if above.is_some() || below.is_some() { number::read(cell) } else { None };
                above.is_none_or(|least| value.is_some_and(|value| value > least))
                    && below.is_none_or(|most| value.is_some_and(|value| value < most))
                    && among.as_ref().is_none_or(|words| any_entry(cell, parts, |entry| words.contains(&folded(entry))))
                    && matches.as_ref().is_none_or(|pattern| any_entry(cell, parts, |entry| pattern.is_match(entry)))
            }
        }
    }
}

/// Whether `entry` is the folded text `text`.
fn is_text(entry: &str, text: &str) -> bool {
    if entry.is_ascii() && text.is_ascii() { entry.eq_ignore_ascii_case(text) } else { entry.to_lowercase() == text }
}

/// Whether the cell as a whole is meant, or one of its entries.
fn any_entry(cell: &str, parts: fn(char) -> bool, is_meant: impl Fn(&str) -> bool) -> bool {
    let whole = trimmed(cell);
    is_meant(whole)
        || (whole.contains(parts) && whole.split(parts).map(trimmed).filter(|entry| !entry.is_empty()).any(is_meant))
}

impl Conditions {
    /// Makes a `when` table ready. The patterns are compiled here, once.
    ///
    /// # Errors
    ///
    /// When a pattern is no regular expression, which reading the config refuses already.
    pub fn of(when: &IndexMap<String, Condition>) -> anyhow::Result<Self> {
        let fields = when.iter().map(|(name, condition)| Ok((name.clone(), Test::of(condition)?)));
        Ok(Self { fields: fields.collect::<anyhow::Result<_>>()? })
    }

    /// Whether there is no condition, so that every row is meant.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The columns of `source` that are asked, those that it has.
    pub fn columns<'s>(&'s self, source: &'s Source) -> impl Iterator<Item = usize> + 's {
        self.fields.iter().filter_map(|(name, _)| source.column_named(name))
    }

    /// The names, as the config writes them, that are neither a header of `source` nor a role that it has.
    #[must_use]
    pub fn absent(&self, source: &Source) -> Vec<&str> {
        self.fields.iter().map(|(name, _)| name.as_str()).filter(|name| source.column_named(name).is_none()).collect()
    }

    /// Whether all conditions hold, row by row; `None` where `table` lacks a column that one of them names.
    #[must_use]
    pub fn hold(&self, table: &Table) -> Option<Vec<bool>> {
        let mut all = vec![true; table.height()];
        for (name, test) in &self.fields {
            let column = table.source.column_named(name)?;
            let parts: fn(char) -> bool = match table.source.role_of(column) {
                Some(Role::Tags) => tags::parts_tags,
                _ => |c| c == ';',
            };
            // Null is the empty text, and its own mark here is the default of a cell that was not asked.
            let blank = test.holds("", parts);
            let said = table.map_cells(column, |cell| if test.holds(cell, parts) { Said::Yes } else { Said::No });
            for (row, said) in all.iter_mut().zip(said) {
                *row &= match said {
                    Said::Yes => true,
                    Said::No => false,
                    Said::Nothing => blank,
                };
            }
        }
        Some(all)
    }
}

/// What a condition says of a cell.
#[derive(Debug, Clone, Copy, Default)]
enum Said {
    #[default]
    Nothing,
    No,
    Yes,
}

/// A `when` that names a column which no export can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}`{list}[{number}].when` names `{name}`, which is no role and no header of {sources}; {hint}", front(.place.as_deref()))]
pub struct UnknownColumn {
    /// Where the key stands.
    pub place: Option<String>,
    /// `assignment` or `automation`.
    pub list: &'static str,
    /// Which entry, from 1.
    pub number: usize,
    /// What stands there.
    pub name: String,
    /// Names of the sources that could have had it.
    pub sources: String,
    /// The nearest known name.
    pub hint: String,
}

fn front(place: Option<&str>) -> String {
    place.map(|place| format!("{place}: ")).unwrap_or_default()
}

/// Holds the `when` tables of the config against the exports that were read: a name that is no role must be a header of
/// some CRM or chat source. A role that no source has is no error; the rules say that they lack it.
///
/// # Errors
///
/// The first name that is neither, entry by entry.
pub fn validate<S: AsRef<Source>>(config: &Options, sources: &[S]) -> Result<(), UnknownColumn> {
    let assignment = config.assignment.iter().map(|one| &one.when).enumerate();
    let automation = config.automation.iter().map(|one| &one.when).enumerate();
    let all = assignment
        .map(|(at, when)| ("assignment", at, when))
        .chain(automation.map(|(at, when)| ("automation", at, when)));
    let sources: Vec<&Source> =
        sources.iter().map(AsRef::as_ref).filter(|source| source.kind != Kind::SyncLog).collect();
    for (list, at, when) in all {
        let unknown = when
            .keys()
            .find(|name| name.parse::<Role>().is_err() && !sources.iter().any(|s| s.column_named(name).is_some()));
        if let Some(name) = unknown {
            let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
            return Err(UnknownColumn {
                place: config.places.of_key(list, at, &["when", name]).map(str::to_owned),
                list,
                number: at + 1,
                name: shown(name),
                sources: if names.is_empty() { "any CRM or chat source".to_owned() } else { names.join(" or ") },
                hint: meant(name, &sources),
            });
        }
    }
    Ok(())
}

/// What was meant by a name: a role or header near it, else the headers that are there.
fn meant(name: &str, sources: &[&Source]) -> String {
    let headers: BTreeSet<&str> =
        sources.iter().flat_map(|source| source.columns().map(|column| source.header(column))).collect();
    let roles: BTreeSet<&str> =
        sources.iter().flat_map(|source| &source.roles).map(|binding| binding.role.as_str()).collect();
    let near = nearest(name, roles.iter().chain(&headers).copied());
    match near {
        Some(near) => hint(name, [near]),
        None => hint(name, roles.into_iter().chain(headers)),
    }
}

/// A name on one short line.
fn shown(name: &str) -> String {
    name.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{source_of, table_of};

    const LEADS: &str = "Id,Region__c,Score,Vip__c,Tags,Status\n\
        1,East Region,80,true,Intent_Pricing;Vip,Open\n\
        2,east region ,\"1,200.50\",1,\"Demo_Request, vip\",Closed\n\
        3,West;East Region,75 %,no,,open\n\
        4,,hot,maybe,Intent_Other,OPEN\n\
        5,East,\"0,5\",,vip!,New\n";

    fn rows(when: &str) -> Vec<u32> {
        let toml = format!("[[assignment]]\nname = 'n'\nowner = 'o'\nwhen = {when}\n");
        let config = crate::config::parse(&toml, "c.toml").unwrap();
        let table = table_of("lead", LEADS);
        let holds = Conditions::of(&config.assignment[0].when).unwrap().hold(&table).unwrap();
        (1..).zip(holds).filter(|(_, holds)| *holds).map(|(row, _)| row).collect()
    }

    #[test]
    fn texts_compare_trimmed_and_folded_and_by_entry() {
        assert_eq!(rows("{ region = 'East Region' }"), [1, 2, 3]);
        assert_eq!(rows("{ region = ' EAST region ' }"), [1, 2, 3]);
        assert_eq!(rows("{ Region__c = 'East' }"), [5]);
        assert_eq!(rows("{ region = '' }"), [4]);
        assert_eq!(rows("{ tags = 'vip' }"), [1, 2]);
        assert_eq!(rows("{}"), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        assert_eq!(rows("{ score = { above = 75 } }"), [1, 2]);
        assert_eq!(rows("{ score = { above = 0.4, below = 80 } }"), [3, 5]);
        assert_eq!(rows("{ score = 75 }"), [3]);
        assert_eq!(rows("{ score = { below = 10000 } }"), [1, 2, 3, 5]);
    }

    #[test]
    fn booleans_lists_and_patterns() {
        assert_eq!(rows("{ Vip__c = true }"), [1, 2]);
        assert_eq!(rows("{ Vip__c = false }"), [3]);
        assert_eq!(rows("{ region = { in = ['east', 'WEST'] } }"), [3, 5]);
        assert_eq!(rows("{ tags = { matches = '^intent_' } }"), [1, 4]);
        assert_eq!(rows("{ region = 'East Region', status = 'open' }"), [1, 3]);
    }

    #[test]
    fn what_a_table_lacks_is_said() {
        let config = crate::config::parse(
            "[[assignment]]\nname = 'n'\nowner = 'o'\nwhen = { region = 'x', topic = 'y', Nope__c = 'z' }\n",
            "c.toml",
        );
        let config = config.unwrap();
        let conditions = Conditions::of(&config.assignment[0].when).unwrap();
        let table = table_of("lead", LEADS);
        assert!(conditions.hold(&table).is_none());
        assert_eq!(conditions.absent(&table.source), ["Nope__c", "topic"]);
    }

    #[test]
    fn a_name_that_nothing_has_is_an_error_with_its_place() {
        let check = |when: &str| {
            let toml =
                format!("[[assignment]]\nname = 'a'\nowner = 'o'\n\n[[automation]]\nname = 'b'\nwhen = {{ {when} }}\n");
            validate(&crate::config::parse(&toml, "leadlint.toml").unwrap(), &[source_of("lead", LEADS)])
                .map_err(|error| error.to_string())
        };
        assert_eq!(check("Region__c = 'x', topic = 'a role that leads lack'"), Ok(()));
        assert_eq!(
            check("regoin = 'x'").unwrap_err(),
            "leadlint.toml:7:10: `automation[1].when` names `regoin`, which is no role and no header of lead; did you mean `region`?"
        );
        assert!(check("Regin__c = 'x'").unwrap_err().ends_with("did you mean `Region__c`?"));
    }
}
