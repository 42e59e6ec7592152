//! The people of a table: their names from all the columns that hold parts of them.

use rayon::prelude::*;

use super::{Compared, chance, cluster, compared, distinct, placeholder};
use crate::config::Options;
use crate::matching::compare::kind::{self, Kind, Stats};
use crate::matching::compare::person::{PersonNames, PersonParts};
use crate::matching::records::{Field, NONE, Nature};
use crate::normalise::Table;

/// Who the rows of a table are, from all the columns of their names together.
pub(in crate::rules::duplicates) struct People<'a> {
    pub(super) rows: u32,
    pub(super) columns: Vec<Compared<'a>>,
}

impl<'a> People<'a> {
    /// Those of `table`, by the columns that are compared where no others are named.
    pub(in crate::rules::duplicates) fn of(table: &'a Table, config: &Options) -> Self {
        let source = &table.source;
        let names = source.columns().filter(|at| {
            let (header, role) = (source.header(*at), source.role_of(*at));
            kind::is_default(header, role) && kind::infer(header, role, &Stats::of(&[], 0)).is_part_of_name()
        });
        compared(table, names.collect(), config).0
    }

    /// The name of a row; `None` where nobody is named.
    pub(in crate::rules::duplicates) fn at(&self, row: u32) -> Option<PersonParts<'a>> {
        let mut parts = PersonParts::default();
        for column in &self.columns {
            let code = column.codes[row as usize];
            if code == NONE {
                continue;
            }
            let place = match column.kind {
                Kind::MiddleName => &mut parts.middle,
                Kind::FamilyName => &mut parts.family,
                Kind::FullName => &mut parts.full,
                Kind::Suffix => &mut parts.suffix,
                _ => &mut parts.given,
            };
            if place.is_empty() {
                *place = column.values[code as usize];
            }
        }
        // Null and Test are surnames, but not beside nothing else.
        let named = [parts.given, parts.middle, parts.family, parts.full];
        let is_somebody = named.iter().any(|part| !cluster::is_nobody(part)) && !placeholder::is_visitor(named);
        is_somebody.then_some(parts)
    }
}

/// The names of the people of one table or two.
pub(super) fn people_of(people: &[People<'_>]) -> Field {
    let (values, codes) = distinct_people(people);
    let comparison = Box::new(PersonNames::new(&values));
    // One word, a last name mostly, is what many have.
    let of_one_word = |parts: &&PersonParts<'_>| {
        let words = [parts.given, parts.middle, parts.family, parts.full].map(|part| part.split_whitespace().count());
        words.iter().sum::<usize>() < 2
    };
    let single = values.iter().filter(of_one_word).count() * 2 > values.len();
    Field {
        name: "name".to_owned(),
        nature: Nature::Person,
        chance: chance(if single { Kind::FamilyName } else { Kind::FullName }),
        comparison,
        codes,
        from_name: Vec::new(),
        follows_from: 0,
    }
}

/// Columns of names up to which rows are told apart by the positions of their values.
const PARTS: usize = 6;

/// Distinct people in the order in which they come, and the position of each row's.
fn distinct_people<'a>(people: &[People<'a>]) -> (Vec<PersonParts<'a>>, Vec<u32>) {
    // Two columns of one kind may hold one value at two positions, and so may two tables.
    let is_plain = |people: &People<'_>| {
        let kinds = people.columns.iter().enumerate();
        let mut twice =
            kinds.map(|(at, one)| people.columns[..at].iter().any(|other| place(one.kind) == place(other.kind)));
        people.columns.len() <= PARTS && !twice.any(|twice| twice)
    };
    let [people] = people else { return distinct(all_people(people)) };
    if !is_plain(people) {
        return distinct(all_people(std::slice::from_ref(people)));
    }
    let codes = |row: u32| {
        let mut codes = [NONE; PARTS];
        codes.iter_mut().zip(&people.columns).for_each(|(code, column)| *code = column.codes[row as usize]);
        Some(codes)
    };
    let mut first = Vec::new();
    let (distinct, mut numbers) = distinct((0..people.rows).map(codes));
    let mut seen = 0;
    for (row, number) in (0..people.rows).zip(&numbers) {
        if *number == seen {
            first.push(row);
            seen += 1;
        }
    }
    debug_assert_eq!(distinct.len(), first.len(), "numbers rise in the order of rows");
    let read: Vec<Option<PersonParts<'a>>> = first.par_iter().map(|row| people.at(*row)).collect();
    let mut values = Vec::with_capacity(read.len());
    let numbered: Vec<u32> = read
        .into_iter()
        .map(|parts| {
            parts.map_or(NONE, |parts| {
                values.push(parts);
                values.len() as u32 - 1
            })
        })
        .collect();
    for number in &mut numbers {
        *number = numbered[*number as usize];
    }
    (values, numbers)
}

fn all_people<'a>(people: &[People<'a>]) -> impl Iterator<Item = Option<PersonParts<'a>>> {
    people.iter().flat_map(|people| (0..people.rows).map(move |row| people.at(row)))
}

/// Which part of a name a column of a kind holds.
const fn place(kind: Kind) -> Kind {
    match kind {
        Kind::MiddleName | Kind::FamilyName | Kind::FullName | Kind::Suffix => kind,
        _ => Kind::GivenName,
    }
}
