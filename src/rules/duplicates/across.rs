//! Who stands in two tables: records of both that hold one address or one mailbox, and what their names say to that.

use rustc_hash::FxHashMap;

use super::cluster;
use super::compared::People;
use crate::config::Options;
use crate::matching::compare::Comparison;
use crate::matching::compare::person::{PersonNames, PersonParts};
use crate::model::Role;
use crate::normalise::Table;
use crate::normalise::email;
use crate::normalise::function_mailbox::is_function;
use crate::normalise::keys::{Canonical, Key};
use crate::normalise::text::Text;

/// A record of each of two tables that one address or mailbox reaches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Meeting {
    /// Row of the first table, and the column in which its address stands.
    pub(super) row: u32,
    pub(super) column: usize,
    /// Row of the second table.
    pub(super) other: u32,
    /// Whether it is the address itself; else only the mailbox.
    pub(super) exact: bool,
    /// How sure it is that they are one person.
    pub(super) confidence: f64,
    /// What the names say.
    pub(super) names: Names,
}

/// What the names of two records say to an address that both hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Names {
    /// The same, but for order, a middle name or a title.
    Agree,
    /// Near enough: a short form, an initial, a slip, another family name.
    Near,
    /// One of them has none.
    Missing,
    /// Two people.
    Differ,
}

impl Names {
    pub(super) const fn said(self) -> &'static str {
        match self {
            Self::Agree => "the same name",
            Self::Near => "names that may be one",
            Self::Missing => "no names to compare",
            Self::Differ => "other names",
        }
    }
}

/// How many of the first levels of a name mean the same one in full.
const SAME: u8 = 3;

/// The entries of an address key over two tables: the tables' rows by code.
struct Entries {
    key: Key,
    /// For each column tag of the key, whether it is of the second table, and its position there.
    columns: Vec<(bool, usize)>,
}

impl Entries {
    fn of(tables: [&Table; 2], canonical: Canonical) -> Self {
        let mut columns = Vec::new();
        let mut texts: Vec<(u32, Text<'_>, Option<char>)> = Vec::new();
        for (second, table) in [false, true].into_iter().zip(tables) {
            let primary = table.role(Role::Email).map(|column| (column, None));
            for (column, separator) in primary.into_iter().chain(table.more_emails().map(|column| (column, Some(';'))))
            {
                texts.push((columns.len() as u32, table.text(column), separator));
                columns.push((second, column));
            }
        }
        Self { key: Key::build(&texts, canonical), columns }
    }

    /// Positions of the entries of each code that both tables hold, code by code; those of one code in the order of rows.
    fn crossing(&self) -> Vec<u32> {
        let mut sides = vec![0_u8; self.key.count.len()];
        for (code, column) in self.key.code.iter().zip(&self.key.column) {
            sides[*code as usize] |= 1 << u8::from(self.columns[*column as usize].0);
        }
        let mut at: Vec<u32> =
            (0..).zip(&self.key.code).filter(|(_, code)| sides[**code as usize] == 3).map(|(at, _)| at).collect();
        at.sort_unstable_by_key(|at| {
            let at = *at as usize;
            (self.key.code[at], self.key.column[at], self.key.row[at])
        });
        at
    }

    /// The pairs of entries, one of each table, of the codes that are a key of one person: at most `limit` records, no
    /// placeholder, no office.
    fn pairs(&self, limit: u32, mut each: impl FnMut(&str, usize, usize)) {
        let crossing = self.crossing();
        let key = &self.key;
        for of_code in crossing.chunk_by(|a, b| key.code[*a as usize] == key.code[*b as usize]) {
            let Some(address) = of_code.first().and_then(|at| key.shared.get(&key.code[*at as usize])) else {
                continue;
            };
            let place = |at: &u32| (self.columns[key.column[*at as usize] as usize].0, key.row[*at as usize]);
            let mut records: Vec<(bool, u32)> = of_code.iter().map(place).collect();
            records.sort_unstable();
            records.dedup();
            if records.len() > limit as usize || email::is_placeholder(address) || is_function(address) {
                continue;
            }
            let (second, first): (Vec<u32>, Vec<u32>) = of_code.iter().partition(|at| place(at).0);
            for one in &first {
                for other in &second {
                    each(address, *one as usize, *other as usize);
                }
            }
        }
    }
}

/// What meetings of one pair are ranked by, the least first: whether it is the mailbox only, one that does not speak for
/// itself, and the number of the column.
type Rank = (bool, bool, u32);

/// The meetings of two tables whose names do not contradict each other, by row of the first.
pub(super) fn meetings(first: &Table, second: &Table, config: &Options) -> Vec<Meeting> {
    let limit = cluster::shared_above(config);
    if first.role(Role::Email).is_none() || second.role(Role::Email).is_none() {
        return Vec::new();
    }
    let by_address = Entries::of([first, second], email::canonical);
    // Of several addresses that two records share, the surest counts, and of equals that in the first column: the main
    // address, if it is among them.
    let mut found: FxHashMap<(u32, u32), (Rank, Meeting)> = FxHashMap::default();
    let mut meet = |of: &Entries, one: usize, other: usize, exact: bool, google: bool| {
        let (row, column) = (of.key.row[one], of.columns[of.key.column[one] as usize].1);
        let meeting = Meeting {
            row,
            column,
            other: of.key.row[other],
            exact,
            // What the names say is not known yet; this holds where the mailbox speaks for itself.
            confidence: if google { 1.0 } else { 0.0 },
            names: Names::Missing,
        };
        let rank = (!exact, !google, of.key.column[one]);
        let known = found.entry((row, meeting.other)).or_insert((rank, meeting));
        if rank < known.0 {
            *known = (rank, meeting);
        }
    };
    by_address.pairs(limit, |_, one, other| meet(&by_address, one, other, true, true));
    let by_mailbox = Entries::of([first, second], email::mailbox);
    by_mailbox.pairs(limit, |address, one, other| {
        let google = address.split_once('@').is_some_and(|(_, domain)| email::is_google(domain));
        // Entry by entry both keys are of the same cells.
        if by_address.key.code[one] != by_address.key.code[other] {
            meet(&by_mailbox, one, other, false, google);
        }
    });
    let mut found: Vec<Meeting> = found.into_values().map(|(_, meeting)| meeting).collect();
    found.sort_unstable_by_key(|meeting| (meeting.row, meeting.other));
    weigh(first, second, &mut found, config);
    found.retain(|meeting| meeting.confidence > 0.0);
    found
}

/// Sets what the names of each meeting say, and how sure that makes it; 0 where they are two people.
fn weigh<'t>(first: &'t Table, second: &'t Table, found: &mut [Meeting], config: &Options) {
    let (of_first, of_second) = (People::of(first, config), People::of(second, config));
    let mut known: FxHashMap<PersonParts<'t>, u32> = FxHashMap::default();
    let mut values = Vec::new();
    let mut number = |parts: Option<PersonParts<'t>>| {
        parts.map(|parts| {
            *known.entry(parts).or_insert_with(|| {
                values.push(parts);
                values.len() as u32 - 1
            })
        })
    };
    let pairs: Vec<_> =
        found.iter().map(|one| (number(of_first.at(one.row)), number(of_second.at(one.other)))).collect();
    let names = PersonNames::new(&values);
    for (meeting, pair) in found.iter_mut().zip(pairs) {
        meeting.names = match pair {
            (Some(one), Some(other)) => match names.level(one, other) {
                level if names.levels()[level as usize].conflict => Names::Differ,
                level if level < SAME => Names::Agree,
                _ => Names::Near,
            },
            _ => Names::Missing,
        };
        let by_itself = meeting.confidence > 0.0;
        meeting.confidence = match (meeting.exact, meeting.names) {
            (_, Names::Differ) => 0.0,
            (true, Names::Agree) => 1.0,
            (true, Names::Near) => 0.95,
            (true, Names::Missing) | (false, Names::Agree) => 0.9,
            // A tag may be somebody else's, but at Google.
            (false, _) if by_itself => 0.85,
            (false, _) => 0.0,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::table_of;

    fn met(leads: &str, contacts: &str) -> Vec<(u32, u32, f64)> {
        let (leads, contacts) = (table_of("lead", leads), table_of("contact", contacts));
        meetings(&leads, &contacts, &Options::default())
            .iter()
            .map(|one| (one.row, one.other, one.confidence))
            .collect()
    }

    #[test]
    fn addresses_meet_in_any_email_column_and_once() {
        let leads = "Id,Email,Email 2,LastName\n1,ana@acme.example,ANA@acme.example,Moss\n2,bo@acme.example,,Lee\n";
        let contacts = "Id,Email,Email 2,LastName\n7,x@acme.example,y@acme.example;Ana@acme.example ,Moss\n8,cy@acme.example,,Fox\n";
        assert_eq!(met(leads, contacts), [(0, 0, 1.0)]);
    }

    #[test]
    fn of_several_addresses_that_are_shared_the_main_one_counts() {
        for name in ["ana", "bo", "cy", "di", "ed", "flo", "gus", "hal", "ida", "jo", "kim", "lea"] {
            let leads = format!("Id,Email 2,Email,LastName\n1,{name}.b@acme.example,{name}.a@acme.example,Moss\n");
            let contacts = format!("Id,Email,Email 2,LastName\n7,{name}.b@acme.example,{name}.a@acme.example,Moss\n");
            let (leads, contacts) = (table_of("lead", &leads), table_of("contact", &contacts));
            let found = meetings(&leads, &contacts, &Options::default());
            assert_eq!(found.iter().map(|one| (one.row, one.column)).collect::<Vec<_>>(), [(0, 2)], "{name}");
        }
    }

    #[test]
    fn names_decide_how_sure_it_is() {
        let of = |lead: &str, contact: &str| {
            met(&format!("Id,Name,Email\n1,{lead}\n"), &format!("Id,Name,Email\n7,{contact}\n"))
                .first()
                .map(|(_, _, confidence)| *confidence)
        };
        assert_eq!(of("Ana Moss,a@acme.example", "\"Moss, Ana\",A@acme.example"), Some(1.0));
        assert_eq!(of("A. Moss,a@acme.example", "Ana Moss,a@acme.example"), Some(0.95));
        assert_eq!(of(",a@acme.example", "Ana Moss,a@acme.example"), Some(0.9));
        assert_eq!(of("Bo Lee,a@acme.example", "Ana Moss,a@acme.example"), None);
        assert_eq!(of("Ana Moss,a.moss@gmail.com", "Ana Moss,amoss+x@googlemail.com"), Some(0.9));
        assert_eq!(of(",a.moss@gmail.com", "Ana Moss,amoss@gmail.com"), Some(0.85));
        assert_eq!(of("Ana Moss,a+x@acme.example", "Ana Moss,a@acme.example"), Some(0.9));
        assert_eq!(of(",a+x@acme.example", "Ana Moss,a@acme.example"), None);
        assert_eq!(of("Ana Moss,info@acme.example", "Ana Moss,info@acme.example"), None);
    }
}
