//! Records of one person whose addresses are one slip apart: what DUP003 reports.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::cluster::{self, Names};
use crate::matching::compare::person;
use crate::matching::{fuzz, slips};
use crate::normalise::keys::KeyName;
use crate::normalise::text::Text;
use crate::normalise::{email, mail_provider, phone};
use crate::rules::prelude::*;

/// The records that a full name may stand on and still tell one person by itself.
const COMMON: u32 = 10;
/// Characters before the `@` of which one may be a slip.
const LONG: usize = 4;
/// People on a line from which on it says nothing of any of them.
const SHARED_LINE: usize = 3;
/// Other addresses of one name that an address may be a slip away from; more are a series that somebody made.
const SERIES: u32 = 10;

/// Addresses up to which all that meet are held against all.
const FEW: usize = 64;

/// How two records agree beside their addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Agrees {
    /// The full name, with the number or without.
    Name,
    /// The number; the names do not contradict each other.
    Phone,
}

/// What is wrong with one of two addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slip {
    /// In the name of a provider.
    Domain,
    /// Before the `@`.
    Local,
}

/// Two records that are one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Near {
    /// Rows of the table, the smaller first.
    pub(super) rows: (u32, u32),
    /// Columns of their addresses.
    pub(super) columns: (u32, u32),
    pub(super) slip: Slip,
    pub(super) agrees: Agrees,
    /// Whether anybody can have a mailbox there, so that two people of one name may.
    free: bool,
}

/// The addresses of a table as the search wants them, and who the rows are.
struct Records<'t> {
    columns: BTreeMap<u32, (Text<'t>, bool)>,
    entries: Vec<Entry>,
    codes: &'t [u32],
    persons: Vec<u64>,
    names: Names<'t>,
    /// A number for the letters of each row's name, whatever their order; 0 for none.
    letters: Vec<u64>,
    phones: Vec<Text<'t>>,
    /// Hashes of the numbers that several people have, sorted.
    shared: Vec<u64>,
}

/// One address of one row.
#[derive(Debug, Clone, Copy)]
struct Entry {
    row: u32,
    column: u32,
    /// Position in the key.
    at: u32,
    local: u64,
    domain: u64,
    /// The characters of both.
    signs: [u64; 2],
}

impl Entry {
    /// Whether two addresses may be one slip apart: that much is known without a look at them.
    fn may_be_near(&self, other: &Self) -> bool {
        let near = |at: usize| slips::may_be_near(self.signs[at], other.signs[at]);
        match (self.local == other.local, self.domain == other.domain) {
            (true, true) => false,
            (false, true) => near(0),
            (true, false) => near(1),
            (false, false) => true,
        }
    }
}

/// The pairs of records of `table` that carry addresses one slip apart, agree in name or number, and share no address;
/// by rows.
pub(super) fn pairs(table: &Table, limit: u32) -> Vec<Near> {
    let records = Records::of(table, limit);
    let mut blocks = records.blocks();
    blocks.par_sort_unstable();
    let found: Vec<Near> = blocks
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|block| block.len() > 1)
        .collect::<Vec<_>>()
        .into_par_iter()
        .flat_map_iter(|block| records.of_block(block))
        .collect();
    let found = records.with_rare_names(found);
    let mut best: BTreeMap<(u32, u32), Near> = BTreeMap::new();
    for near in found {
        let held = best.entry(near.rows).or_insert_with(|| near.clone());
        if near < *held {
            *held = near;
        }
    }
    best.into_values().filter(|near| !cluster::is_pair(table, near.rows.0, near.rows.1)).collect()
}

impl<'t> Records<'t> {
    fn of(table: &'t Table, limit: u32) -> Self {
        let primary = table.role(Role::Email);
        let all =
            primary.into_iter().map(|column| (column, false)).chain(table.more_emails().map(|column| (column, true)));
        let columns: BTreeMap<u32, (Text<'t>, bool)> =
            all.map(|(column, several)| (column as u32, (table.text(column), several))).collect();
        let key = table.key(KeyName::Email);
        let mut records = Self {
            columns,
            entries: Vec::new(),
            codes: &key.code,
            persons: cluster::record_codes(table),
            names: Names::of(table),
            letters: Vec::new(),
            phones: phone::columns(table).map(|column| table.text(column)).collect(),
            shared: Vec::new(),
        };
        records.shared = records.shared_lines(table.height() as u32);
        records.letters = (0..table.height() as u32).into_par_iter().map(|row| records.letters_of(row)).collect();
        let entry = |at: usize| -> Option<Entry> {
            let (row, column) = (key.row[at], key.column[at]);
            if key.count[key.code[at] as usize] > limit {
                return None;
            }
            let address = records.address(row, column, nth(&key.row, &key.column, at))?;
            let (local, domain) = address.split_once('@')?;
            let hash = |text: &str| FxBuildHasher.hash_one(text);
            let signs = [slips::signs(local), slips::signs(domain)];
            Some(Entry { row, column, at: at as u32, local: hash(local), domain: hash(domain), signs })
        };
        records.entries = (0..key.row.len()).into_par_iter().filter_map(entry).collect();
        records
    }

    /// The `nth` address of a cell.
    fn address(&self, row: u32, column: u32, nth: usize) -> Option<Cow<'t, str>> {
        let (text, several) = self.columns.get(&column)?;
        let cell = text.get(row)?;
        if *several { cell.split(';').filter_map(email::canonical).nth(nth) } else { email::canonical(cell) }
    }

    fn address_of(&self, entry: &Entry) -> Cow<'t, str> {
        let before = self.codes_before(entry);
        self.address(entry.row, entry.column, before).unwrap_or_default()
    }

    /// Which of the addresses of its cell an entry is.
    fn codes_before(&self, entry: &Entry) -> usize {
        let Some((text, true)) = self.columns.get(&entry.column) else { return 0 };
        let Some(cell) = text.get(entry.row) else { return 0 };
        let is_entry = |address: Cow<'_, str>| {
            address.split_once('@').is_some_and(|(local, domain)| {
                (FxBuildHasher.hash_one(local), FxBuildHasher.hash_one(domain)) == (entry.local, entry.domain)
            })
        };
        cell.split(';').filter_map(email::canonical).position(is_entry).unwrap_or_default()
    }

    /// The sum of the letters of a name: equal for equal names, whatever the order of the words.
    fn letters_of(&self, row: u32) -> u64 {
        if self.names.is_plain(row) { self.names.letters(row) } else { self.names.at(row).map_or(0, |name| sum(&name)) }
    }

    /// The numbers that so many people have, by full names, that they say nothing of any of them.
    fn shared_lines(&self, rows: u32) -> Vec<u64> {
        let tails = |row: u32| self.phones.iter().filter_map(move |text| phone::tail(text.get(row)?, 7));
        let held = |row: u32| tails(row).map(move |tail| (FxBuildHasher.hash_one(&tail), row)).collect::<Vec<_>>();
        let mut held: Vec<(u64, u32)> = (0..rows).into_par_iter().flat_map_iter(held).collect();
        held.par_sort_unstable();
        let is_full = |name: &String| name.split(' ').filter(|word| word.chars().count() > 1).count() > 1;
        let is_shared = |line: &&[(u64, u32)]| {
            let mut names: BTreeSet<String> = BTreeSet::new();
            line.iter().any(|(_, row)| {
                names.extend(self.names.at(*row).filter(is_full));
                names.len() >= SHARED_LINE
            })
        };
        let lines: Vec<&[(u64, u32)]> = held.chunk_by(|a, b| a.0 == b.0).filter(|of| of.len() >= SHARED_LINE).collect();
        lines.into_par_iter().filter(is_shared).map(|line| line[0].0).collect()
    }

    /// Under what entries meet: name or number, with the domain or with what stands before it.
    fn blocks(&self) -> Vec<(u64, u32)> {
        let of_entry = |(at, entry): (usize, &Entry)| {
            let tails = self.phones.iter().filter_map(|text| phone::tail(text.get(entry.row)?, 7));
            let numbers = tails.map(|tail| FxBuildHasher.hash_one(&tail));
            let who: Vec<u64> = Some(self.letters[entry.row as usize])
                .filter(|letters| *letters != 0)
                .into_iter()
                .chain(numbers)
                .collect();
            who.into_iter()
                .flat_map(|who| {
                    [(0_u8, entry.domain), (1, entry.local)]
                        .map(|(kind, part)| (FxBuildHasher.hash_one((who, kind, part)), at as u32))
                })
                .collect::<Vec<_>>()
        };
        self.entries.par_iter().enumerate().flat_map_iter(of_entry).collect()
    }

    /// The pairs of one block.
    fn of_block(&self, block: &[(u64, u32)]) -> Vec<Near> {
        let entry = |(_, at): &(u64, u32)| &self.entries[*at as usize];
        let is_apart =
            |(at, one): (usize, &(u64, u32))| !block[..at].iter().any(|other| entry(one).may_be_near(entry(other)));
        if block.len() <= FEW && block.iter().enumerate().all(is_apart) {
            return Vec::new();
        }
        let mut by_code: BTreeMap<u32, Vec<&Entry>> = BTreeMap::new();
        for (_, at) in block {
            let entry = &self.entries[*at as usize];
            by_code.entry(self.codes[entry.at as usize]).or_default().push(entry);
        }
        if by_code.len() < 2 {
            return Vec::new();
        }
        let held: Vec<(Cow<'t, str>, Vec<&Entry>)> = by_code
            .into_values()
            .map(|entries| (self.address_of(entries[0]), entries))
            .filter(|(address, _)| !email::is_placeholder(address))
            .collect();
        let mut found = Vec::new();
        let local = |at: usize| held[at].0.split_once('@').map_or("", |(local, _)| local);
        let mut meet = |one: usize, other: usize, slip: Slip, free: bool| {
            let locals = [local(one), local(other)];
            for one in &held[one].1 {
                for other in &held[other].1 {
                    let (one, other) = if one.row < other.row { (one, other) } else { (other, one) };
                    if self.persons[one.row as usize] != self.persons[other.row as usize]
                        && let Some(agrees) = self.agree(one.row, other.row, locals)
                    {
                        found.push(Near {
                            rows: (one.row, other.row),
                            columns: (one.column, other.column),
                            slip,
                            agrees,
                            free,
                        });
                    }
                }
            }
        };
        let parts: Vec<(&str, &str)> =
            held.iter().map(|(address, _)| address.split_once('@').unwrap_or_default()).collect();
        // Of one domain: slips before it.
        let mut by_domain: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, (_, domain)) in parts.iter().enumerate() {
            by_domain.entry(domain).or_default().push(at);
        }
        for (domain, of_domain) in by_domain.iter().filter(|(_, of_domain)| of_domain.len() > 1) {
            let locals: Vec<&str> = of_domain.iter().map(|at| parts[*at].0).collect();
            let slips = slips::pairs(&locals);
            let mut near = vec![0_u32; locals.len()];
            slips.iter().flat_map(|(one, other)| [one, other]).for_each(|at| near[*at as usize] += 1);
            for (one, other) in slips {
                let is_series = near[one as usize].max(near[other as usize]) > SERIES;
                if !is_series && locals[one as usize].len().max(locals[other as usize].len()) >= LONG {
                    meet(
                        of_domain[one as usize],
                        of_domain[other as usize],
                        Slip::Local,
                        mail_provider::is_free(domain),
                    );
                }
            }
        }
        // Of one name at several domains: providers and what looks like them.
        let mut by_local: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, (local, _)) in parts.iter().enumerate() {
            by_local.entry(local).or_default().push(at);
        }
        for of_local in by_local.values().filter(|of_local| of_local.len() > 1) {
            let (known, others): (Vec<usize>, Vec<usize>) =
                of_local.iter().partition(|at| mail_provider::is_free(parts[**at].1));
            for one in known {
                for other in &others {
                    if is_misspelt(parts[*other].1, parts[one].1) {
                        meet(one, *other, Slip::Domain, true);
                    }
                }
            }
        }
        found
    }

    /// How two rows agree, what stands before the `@` of each being `locals`; `None` where they do not.
    fn agree(&self, one: u32, other: u32, locals: [&str; 2]) -> Option<Agrees> {
        let names = [one, other].map(|row| self.names.at(row));
        if let [Some(one), Some(other)] = &names
            && one == other
            && one.contains(' ')
        {
            return Some(Agrees::Name);
        }
        self.has_number_of(one, other).then_some(())?;
        match &names {
            [Some(one), Some(other)] => is_short_of(one, other).then_some(Agrees::Phone),
            // Where one is not named, both addresses must be made of the other's name, with the same first letter.
            [Some(name), None] | [None, Some(name)] => {
                let is_in = |word: &str| word.chars().count() > 2 && locals.iter().all(|local| local.contains(word));
                let same_start = locals[0].chars().next() == locals[1].chars().next();
                (same_start && name.split(' ').any(is_in)).then_some(Agrees::Phone)
            }
            // A line and an address that is nearly the same are a team's as well as a person's.
            [None, None] => None,
        }
    }

    fn has_number_of(&self, one: u32, other: u32) -> bool {
        let cells = |row: u32| self.phones.iter().filter_map(move |text| text.get(row));
        let is_shared = |cell: &str| {
            phone::tail(cell, 7).is_some_and(|tail| self.shared.binary_search(&FxBuildHasher.hash_one(&tail)).is_ok())
        };
        cells(one).any(|one| cells(other).any(|other| phone::is_same(one, other) && !is_shared(one)))
    }

    /// Pairs less those that agree in nothing but a name that many have, where anybody can have a mailbox.
    fn with_rare_names(&self, mut found: Vec<Near>) -> Vec<Near> {
        let mut holders: FxHashMap<u64, u32> =
            found.iter().map(|near| (self.letters[near.rows.0 as usize], 0)).collect();
        for letters in &self.letters {
            if let Some(count) = holders.get_mut(letters) {
                *count += 1;
            }
        }
        found.retain(|near| {
            near.agrees != Agrees::Name
                || !near.free
                || holders.get(&self.letters[near.rows.0 as usize]).is_none_or(|count| *count <= COMMON)
                || self.has_number_of(near.rows.0, near.rows.1)
        });
        found
    }
}

/// How many entries before `at` are of the same cell.
fn nth(rows: &[u32], columns: &[u32], at: usize) -> usize {
    (0..at).rev().take_while(|before| rows[*before] == rows[at] && columns[*before] == columns[at]).count()
}

/// A number for a letter.
pub(super) fn letter(letter: char) -> u64 {
    FxBuildHasher.hash_one(letter)
}

/// The sum of the letters of a name.
fn sum(name: &str) -> u64 {
    name.chars().filter(|c| c.is_alphabetic()).map(letter).fold(0, u64::wrapping_add)
}

/// Whether `domain` is a slip for that of a provider.
fn is_misspelt(domain: &str, provider: &str) -> bool {
    let name = |domain: &str| domain.split_once('.').map_or(domain.len(), |(name, _)| name.len());
    name(provider) >= 5 && !mail_provider::is_free(domain) && fuzz::edits(domain, provider, 1) == Some(1)
        || (name(provider) >= LONG
            && domain.split_once('.').map(|of| of.0) == provider.split_once('.').map(|of| of.0)
            && slips::is_slip(domain, provider))
}

/// Whether names, as sorted words, are one name written shorter and longer: every word of either is a word of the other, its
/// first letter or a short form of it, and one of three letters or more is the same. Erik is none of Erika.
fn is_short_of(one: &str, other: &str) -> bool {
    let (one, other): (Vec<&str>, Vec<&str>) = (one.split(' ').collect(), other.split(' ').collect());
    if !one.iter().any(|word| word.chars().count() > 2 && other.contains(word)) {
        return false;
    }
    // What both have is no beginning of anything else: William Williams is not Stephen Williams.
    let mine: Vec<&str> = one.iter().copied().filter(|word| !other.contains(word)).collect();
    let theirs: Vec<&str> = other.into_iter().filter(|word| !one.contains(word)).collect();
    let (short, long) = if mine.len() <= theirs.len() { (mine, theirs) } else { (theirs, mine) };
    short.iter().all(|word| long.iter().any(|other| person::is_short(word, other)))
}

/// Clusters of records by pairs that hold together: by their smallest row, members ascending. A pair whose clusters hold
/// names that contradict each other joins nobody.
pub(super) fn clusters(table: &Table, pairs: &[Near]) -> Vec<BTreeSet<u32>> {
    let names = Names::of(table);
    let mut of_row: BTreeMap<u32, u32> = BTreeMap::new();
    let mut clusters: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    let mut sorted: Vec<&Near> = pairs.iter().collect();
    sorted.sort_by_key(|near| (near.agrees, near.rows));
    // What the members of a cluster are called: few names, however many they are.
    let mut called: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    for near in sorted {
        for row in [near.rows.0, near.rows.1] {
            of_row.entry(row).or_insert_with(|| {
                clusters.insert(row, BTreeSet::from([row]));
                called.insert(row, names.at(row).into_iter().collect());
                row
            });
        }
        let (Some(one), Some(other)) = (of_row.get(&near.rows.0).copied(), of_row.get(&near.rows.1).copied()) else {
            continue;
        };
        if one == other {
            continue;
        }
        let (mine, theirs) = (&called[&one], &called[&other]);
        if !mine.iter().all(|name| theirs.iter().all(|other| name == other || is_short_of(name, other))) {
            continue;
        }
        let joined = clusters.remove(&other.max(one)).unwrap_or_default();
        for row in &joined {
            of_row.insert(*row, one.min(other));
        }
        clusters.entry(one.min(other)).or_default().extend(joined);
        let theirs = called.remove(&other.max(one)).unwrap_or_default();
        called.entry(one.min(other)).or_default().extend(theirs);
    }
    clusters.into_values().filter(|members| members.len() > 1).collect()
}
