//! The proof of the declared mappings: of every record that a chat made, whether what the chat said stands where it is
//! meant to. Computed once over whole tables; the rules of field mapping only tell it.

pub mod compare;
mod decide;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono_tz::Tz;
use rayon::prelude::*;

use compare::{Agreement, Comparer};

use super::agreement::{How, Inferred};
use super::links::{At, Link, Links};
use super::mapped::Mapping;
use super::precision::Precision;
use super::table::Table;
use super::text::Text;
use super::timestamp::{DayOrder, Reading, Times, read};
use crate::config::options::{FieldType, MappingOptions, Options};
use crate::model::Role;

/// What became of a value that did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It stands in another column of the record.
    Misrouted {
        /// Position of the column.
        column: usize,
    },
    /// The target is blank.
    Lost,
    /// The target shows something else.
    Altered,
    /// The target shows the opposite.
    Opposite,
    /// The target shows another time, for this reason.
    Shifted(String),
    /// The target shows the beginning only; characters that it shows.
    Truncated(u32),
    /// The target's picklist does not list it.
    Rejected,
}

/// One value that did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The pair.
    pub link: Link,
    /// What became of it.
    pub fault: Fault,
    /// Whether the record was changed later, so that it may have been right.
    pub edited: bool,
    /// What ought to stand there: the chat's value, translated.
    pub meant: String,
}

/// What one declared mapping is worth.
#[derive(Debug, Clone, Default)]
pub struct Proof {
    /// Position of the mapping in the config, or among the inferred ones.
    pub at: usize,
    /// Position of the CRM source, and of the target column in it.
    pub to: (usize, usize),
    /// Records that chats made, with both sides loaded.
    pub pairs: u64,
    /// The records of which the chat said something, ascending by record.
    pub tested: Vec<At>,
    /// Equal byte for byte.
    pub exact: u64,
    /// Equal but for case, white space and the like.
    pub normalised: u64,
    /// As the declared translation has it.
    pub translated: u64,
    /// Among other text.
    pub contained: u64,
    /// What did not arrive, by record.
    pub failed: Vec<Failed>,
    /// Since when values go astray into a column: the first creation of such a record, microseconds since 1970.
    pub since: BTreeMap<usize, i64>,
}

/// One pair under judgement.
#[derive(Debug)]
struct Pair<'t> {
    link: Link,
    said: &'t str,
    shown: Option<&'t str>,
    agreement: Agreement,
    edited: bool,
    /// Where times are mapped and both can be read.
    times: Option<Apart>,
}

/// Two times that ought to be one.
#[derive(Debug, Clone, Copy)]
struct Apart {
    /// What the chat says, in seconds since 1970.
    said: i64,
    /// What the CRM shows, in seconds since 1970.
    shown: i64,
    /// Whether the CRM shows the chat's time once day and month are swapped.
    swapped: bool,
}

/// A chat field and a CRM field: source and column of each.
type Fields = ((usize, usize), (usize, usize));

/// The proofs of the `mappings` whose both sides are loaded.
pub(super) fn prove(tables: &[Table], links: &Links, mappings: &[Mapping], config: &Options) -> Vec<Proof> {
    let loaded: Vec<_> = mappings
        .iter()
        .filter_map(|mapping| Some((mapping.at, mapping.from.place()?, mapping.to.place()?)))
        .filter(|(_, from, to)| links.side(from.0).is_some() && links.people.contains(&to.0))
        .collect();
    let beside: Vec<Fields> = loaded.iter().map(|(_, from, to)| (*from, *to)).collect();
    loaded
        .into_par_iter()
        .map(|(at, from, to)| proof(tables, links, (from, to), &config.mapping[at], at, &beside))
        .collect()
}

/// The proofs of those `inferred` mappings that are meant to be equal, and whose chat field no mapping declares.
pub(super) fn prove_inferred(
    tables: &[Table],
    links: &Links,
    mappings: &[Mapping],
    inferred: &[Inferred],
) -> Vec<Proof> {
    let declared: Vec<_> = mappings.iter().filter_map(|mapping| mapping.from.place()).collect();
    let of_config = mappings.iter().filter_map(|mapping| Some((mapping.from.place()?, mapping.to.place()?)));
    let beside: Vec<Fields> = of_config.chain(inferred.iter().map(|one| (one.from, one.to))).collect();
    let open: Vec<_> = (0..)
        .zip(inferred)
        .filter(|(_, one)| one.how == How::Equal && !one.is_link && !declared.contains(&one.from))
        .collect();
    open.into_par_iter()
        .map(|(at, one)| {
            let as_declared = MappingOptions {
                from: String::new(),
                to: String::new(),
                r#type: one.kind,
                values: one.values.iter().cloned().collect(),
                required: false,
                fallback: false,
            };
            proof(tables, links, (one.from, one.to), &as_declared, at, &beside)
        })
        .collect()
}

/// The proof of one mapping, from a column of chats to a column of records.
fn proof(
    tables: &[Table],
    links: &Links,
    (from, to): Fields,
    declared: &MappingOptions,
    at: usize,
    beside: &[Fields],
) -> Proof {
    let (chats, records) = (&tables[from.0], &tables[to.0]);
    let comparer = Comparer::of(declared, chats.source.role_of(from.1), records.source.role_of(to.1));
    let (said, shown) = (chats.text(from.1), records.text(to.1));
    let clocks = (comparer.kind() == Some(FieldType::Timestamp)).then(|| Clocks::of(chats, from.1, records, to.1));
    let edits = Edits::of(records);
    let last = (records.source.role_of(to.1) == Some(Role::FirstName))
        .then(|| records.role(Role::LastName).map(|column| records.text(column)))
        .flatten();
    let is_one_name = |row: u32, said: Option<&str>| {
        let last = last.as_ref().and_then(|last| last.get(row));
        said.zip(last).is_some_and(|(said, last)| compare::folded(said) == compare::folded(last))
    };
    let mut proof = Proof { at, to, ..Proof::default() };
    let mut pairs = Vec::new();
    for link in &links.pairs()[links.of_source(from.0)] {
        if !link.made || link.record.source as usize != to.0 {
            continue;
        }
        proof.pairs += 1;
        let (said, shown) = (said.get(link.chat.row), shown.get(link.record.row));
        // Of times only the moments count, each read in its side's zone: one text in two zones is two moments.
        let same = clocks.as_ref().and_then(|clocks| clocks.agree(link));
        let agreement = match (comparer.compare(said, shown), same) {
            (Agreement::Different, Some(true)) => Agreement::Normalised,
            (Agreement::Exact | Agreement::Normalised, Some(false)) => Agreement::Different,
            // Somebody with one name has it as the last name.
            (Agreement::Lost, _) if is_one_name(link.record.row, said) => Agreement::Contained,
            (agreement, _) => agreement,
        };
        let Some(said) = said.filter(|_| agreement != Agreement::Unsaid) else { continue };
        proof.tested.push(link.record);
        match agreement {
            Agreement::Exact => proof.exact += 1,
            Agreement::Normalised => proof.normalised += 1,
            Agreement::Translated => proof.translated += 1,
            Agreement::Contained => proof.contained += 1,
            _ => {
                let edited = edits.later(link.record.row);
                let times = clocks.as_ref().and_then(|clocks| clocks.apart(link, shown?));
                pairs.push(Pair { link: *link, said, shown, agreement, edited, times });
            }
        }
    }
    // Another column may rightly hold the same word: because another chat field says it and lands there.
    let own: Vec<(usize, Text<'_>)> = beside
        .iter()
        .filter(|(other, target)| other.0 == from.0 && target.0 == to.0 && (*other, *target) != (from, to))
        .map(|(other, target)| (target.1, chats.text(other.1)))
        .collect();
    let is_own = |column: usize, pair: &Pair<'_>, cell: &str| {
        let mut said = own.iter().filter(|(target, _)| *target == column);
        said.any(|(_, said)| said.get(pair.link.chat.row).is_some_and(|said| compare::folded(said) == cell))
    };
    proof.failed = decide::decide(&pairs, records, to.1, &comparer, proof.tested.len(), &is_own);
    let created = records.role(Role::CreatedAt).map(|column| records.times(column));
    for failed in &proof.failed {
        let at = created.and_then(|times| times.get(failed.link.record.row));
        if let (Fault::Misrouted { column }, Some(at)) = (&failed.fault, at) {
            proof.since.entry(*column).and_modify(|first| *first = at.min(*first)).or_insert(at);
        }
    }
    proof.failed.sort_by_key(|failed| (failed.link.record, failed.link.chat));
    proof.tested.sort_unstable();
    proof
}

/// The times of both sides of a mapping, each read as its own source writes it.
struct Clocks<'t> {
    said: &'t Times,
    shown: &'t Times,
    /// The coarser of both precisions.
    precision: Precision,
    /// Where naive times of the CRM are read in.
    zone: Tz,
}

impl<'t> Clocks<'t> {
    fn of(chats: &'t Table, from: usize, records: &'t Table, to: usize) -> Self {
        let (said, shown) = (chats.times(from), records.times(to));
        let precision = Precision::of(said).max(Precision::of(shown));
        Self { said, shown, precision, zone: records.zone() }
    }

    /// Whether both sides show one time, as far as the coarser of them is stamped; `None` where one cannot be read. A day is
    /// that of some zone: which, is not known.
    fn agree(&self, link: &Link) -> Option<bool> {
        const SECOND: i64 = 1_000_000;
        const HOUR: i64 = 3_600 * SECOND;
        let (said, shown) = (self.said.get(link.chat.row)?, self.shown.get(link.record.row)?);
        Some(match self.precision {
            Precision::Seconds => said.div_euclid(SECOND) == shown.div_euclid(SECOND),
            Precision::Minutes => said.div_euclid(60 * SECOND) == shown.div_euclid(60 * SECOND),
            Precision::Days => said.saturating_sub(shown).saturating_abs() < 38 * HOUR,
        })
    }

    fn apart(&self, link: &Link, written: &str) -> Option<Apart> {
        let said = self.said.get(link.chat.row)?.div_euclid(1_000_000);
        let shown = self.shown.get(link.record.row)?.div_euclid(1_000_000);
        let other = match self.shown.order {
            DayOrder::MonthFirst => DayOrder::DayFirst,
            DayOrder::DayFirst => DayOrder::MonthFirst,
        };
        let swapped = match read(Some(written), self.zone, other) {
            Reading::At(moment) => moment.micros.div_euclid(1_000_000) == said,
            _ => false,
        };
        Some(Apart { said, shown, swapped })
    }
}

/// When records were changed after they were made. Only the last change is known, so that one by the integration may hide
/// a person's before it: whoever it was by, it counts.
struct Edits<'t>(Option<(&'t [i64], &'t [i64])>);

impl<'t> Edits<'t> {
    fn of(table: &'t Table) -> Self {
        let column = |role: Role| table.role(role).map(|column| table.times(column).micros.as_slice());
        Self(column(Role::CreatedAt).zip(column(Role::UpdatedAt)))
    }

    /// Whether row `row` was changed more than ten minutes after it was created.
    fn later(&self, row: u32) -> bool {
        const TEN_MINUTES: i64 = 600_000_000;
        let Some((created, updated)) = self.0 else { return false };
        let (created, updated) = (created[row as usize], updated[row as usize]);
        let known = created != Times::MISSING && updated != Times::MISSING;
        known && updated.saturating_sub(created) > TEN_MINUTES
    }
}
