//! Who the records of one address are: a family or an office has one address, and is several people.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::{DataFrame, IntoColumn, NamedFrom, PolarsResult, Series};

use super::cluster::Names;
use super::compared::People;
use crate::config::Options;
use crate::matching::compare::Comparison;
use crate::matching::compare::person::PersonNames;
use crate::normalise::Table;

/// Names on an address up to which it is one person's, who married or goes by two names.
const NAMES: usize = 2;

/// The clusters of [`super::cluster::by_address`], with those addresses taken apart that stand beside more than two
/// different names of which some contradict each other: that is DUP009's reason against merging.
///
/// There `key` holds the address alone for the person who has most records, the address and a name for others with several
/// records, and nothing for a record whose person has no other, or is not named.
pub(super) fn by_person(table: &Table, config: &Options, mut members: DataFrame) -> PolarsResult<DataFrame> {
    let (at, code) = (members.column("at")?.u32()?, members.column("code")?.u32()?);
    let mut addresses: BTreeMap<u32, Vec<(usize, u32)>> = BTreeMap::new();
    for (place, (at, code)) in at.iter().zip(code.iter()).enumerate() {
        if let Some((at, code)) = at.zip(code) {
            addresses.entry(code).or_default().push((place, at));
        }
    }
    let names = Names::of(table);
    let mut keys: Vec<Option<String>> =
        members.column("key")?.str()?.iter().map(|key| key.map(str::to_owned)).collect();
    let mut people: Option<People<'_>> = None;
    for rows in addresses.into_values().filter(|rows| rows.len() > NAMES) {
        let mut named: Vec<(String, usize, u32)> =
            rows.iter().filter_map(|(place, at)| Some((names.at(*at)?, *place, *at))).collect();
        // By name, so that nothing depends on where a record stands in the file.
        named.sort();
        if named.iter().map(|(name, _, _)| name).collect::<BTreeSet<_>>().len() <= NAMES {
            continue;
        }
        let people = people.get_or_insert_with(|| People::of(table, config));
        let parts: Vec<_> = named.iter().map(|(_, _, at)| people.at(*at).unwrap_or_default()).collect();
        let persons = persons(&PersonNames::new(&parts), named.len() as u32);
        if persons.len() < 2 {
            continue;
        }
        let most = persons.iter().map(Vec::len).max().unwrap_or_default();
        let main = persons.iter().position(|person| person.len() == most);
        let address = rows.first().and_then(|(place, _)| keys[*place].clone()).unwrap_or_default();
        rows.iter().for_each(|(place, _)| keys[*place] = None);
        for (number, person) in persons.iter().enumerate() {
            let key = match person.as_slice() {
                _ if Some(number) == main => Some(address.clone()),
                [_] | [] => None,
                [first, ..] => Some(format!("{address}\u{1F}{}", named[*first as usize].0)),
            };
            person.iter().for_each(|one| keys[named[*one as usize].1].clone_from(&key));
        }
    }
    members.with_column(Series::new("key".into(), keys).into_column())?;
    Ok(members)
}

/// The people that the first `count` names can be: each goes to the first person whose names it does not contradict.
fn persons(names: &PersonNames, count: u32) -> Vec<Vec<u32>> {
    let apart = |one: u32, other: u32| names.levels()[usize::from(names.level(one, other))].conflict;
    let mut persons: Vec<Vec<u32>> = Vec::new();
    for one in 0..count {
        match persons.iter_mut().find(|person| person.iter().all(|other| !apart(one, *other))) {
            Some(person) => person.push(one),
            None => persons.push(vec![one]),
        }
    }
    persons
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    fn groups(rows: &str) -> Vec<(String, Option<String>)> {
        let found = flagged("DUP001", "", &[("lead", &format!("Id,FirstName,LastName,Email\n{rows}"))]);
        found.into_iter().map(|row| (row.record_id.unwrap_or_default(), row.group)).collect()
    }

    #[test]
    fn a_family_on_one_address_is_told_of_and_not_one_group() {
        let found = groups(
            "1,Ana,Moss,moss@h.example\n2,Ann,Moss,MOSS@h.example\n3,Paul,Moss,moss@h.example\n4,Rita,Moss,moss@h.example\n\
             5,,,moss@h.example\n",
        );
        assert_eq!(found.len(), 5);
        let of = |id: &str| found.iter().find(|(record, _)| record == id).and_then(|(_, group)| group.clone());
        assert!(of("1").is_some() && of("1") == of("2"));
        assert!(of("3").is_none() && of("4").is_none() && of("5").is_none());
    }

    #[test]
    fn forms_of_one_name_and_two_names_are_one_group() {
        let of = |rows: &str| {
            let found = groups(rows);
            (found.len(), found.into_iter().map(|(_, group)| group).collect::<std::collections::BTreeSet<_>>().len())
        };
        assert_eq!(
            of("1,Robert,Lee,b@h.example\n2,Bob,Lee,b@h.example\n3,B,Lee,b@h.example\n4,,,b@h.example\n"),
            (4, 1)
        );
        assert_eq!(of("1,Robert,Lee,b@h.example\n2,Rita,Moss,b@h.example\n3,Rita,Moss,b@h.example\n"), (3, 1));
    }
}
