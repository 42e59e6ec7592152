//! The proof of the declared mappings: of every record that a chat made, whether what the chat said stands where it is
//! meant to. Computed once over whole tables; the rules of field mapping only tell it.

pub mod compare;
mod decide;

use std::collections::BTreeMap;

use compare::{Agreement, Comparer};

use super::links::{At, Link, Links};
use super::mapped::Mapping;
use super::system_users::SystemUsers;
use super::table::Table;
use crate::config::options::Options;
use crate::model::{Role, SystemField};

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
    /// Whether somebody changed the record later, so that it may have been right.
    pub edited: bool,
    /// What ought to stand there: the chat's value, translated.
    pub meant: String,
}

/// What one declared mapping is worth.
#[derive(Debug, Clone, Default)]
pub struct Proof {
    /// Position of the mapping in the config.
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
}

/// The proofs of the `mappings` whose both sides are loaded.
pub(super) fn prove(tables: &[Table], links: &Links, mappings: &[Mapping], config: &Options) -> Vec<Proof> {
    let mut proofs = Vec::new();
    for mapping in mappings {
        let (Some(from), Some(to)) = (mapping.from.place(), mapping.to.place()) else { continue };
        if links.side(from.0).is_none() || !links.people.contains(&to.0) {
            continue;
        }
        let declared = &config.mapping[mapping.at];
        let (chats, records) = (&tables[from.0], &tables[to.0]);
        let comparer = Comparer::of(declared, chats.source.role_of(from.1), records.source.role_of(to.1));
        let (said, shown) = (chats.text(from.1), records.text(to.1));
        let edits = Edits::of(records, tables);
        let mut proof = Proof { at: mapping.at, to, ..Proof::default() };
        let mut pairs = Vec::new();
        for link in &links.pairs()[links.of_source(from.0)] {
            if !link.made || link.record.source as usize != to.0 {
                continue;
            }
            proof.pairs += 1;
            let (said, shown) = (said.get(link.chat.row), shown.get(link.record.row));
            let agreement = comparer.compare(said, shown);
            let Some(said) = said.filter(|_| agreement != Agreement::Unsaid) else { continue };
            proof.tested.push(link.record);
            match agreement {
                Agreement::Exact => proof.exact += 1,
                Agreement::Normalised => proof.normalised += 1,
                Agreement::Translated => proof.translated += 1,
                Agreement::Contained => proof.contained += 1,
                _ => {
                    let edited = edits.later(link.record.row);
                    pairs.push(Pair { link: *link, said, shown, agreement, edited });
                }
            }
        }
        proof.failed = decide::decide(&pairs, records, to.1, &comparer, proof.tested.len());
        let created = records.role(Role::CreatedAt).map(|column| records.times(column));
        for failed in &proof.failed {
            let at = created.and_then(|times| times.get(failed.link.record.row));
            if let (Fault::Misrouted { column }, Some(at)) = (&failed.fault, at) {
                proof.since.entry(*column).and_modify(|first| *first = at.min(*first)).or_insert(at);
            }
        }
        proof.failed.sort_by_key(|failed| (failed.link.record, failed.link.chat));
        proof.tested.sort_unstable();
        proofs.push(proof);
    }
    proofs
}

/// Who changed records after they were made.
struct Edits<'t> {
    times: Option<(&'t [i64], &'t [i64])>,
    by: Option<super::text::Text<'t>>,
    system: SystemUsers,
}

impl<'t> Edits<'t> {
    fn of(table: &'t Table, tables: &[Table]) -> Self {
        let column = |role: Role| table.role(role).map(|column| table.times(column).micros.as_slice());
        Self {
            times: column(Role::CreatedAt).zip(column(Role::UpdatedAt)),
            by: table.source.system(SystemField::UpdatedBy).map(|column| table.text(column)),
            system: SystemUsers::of(&table.source, tables.iter().map(|table| &*table.source)),
        }
    }

    /// Whether a person changed row `row` more than ten minutes after it was created.
    fn later(&self, row: u32) -> bool {
        const TEN_MINUTES: i64 = 600_000_000;
        let Some((created, updated)) = self.times else { return false };
        let (created, updated) = (created[row as usize], updated[row as usize]);
        let known = created != super::timestamp::Times::MISSING && updated != super::timestamp::Times::MISSING;
        let system = self.by.as_ref().and_then(|by| by.get(row)).is_some_and(|by| self.system.holds(by));
        known && !system && updated.saturating_sub(created) > TEN_MINUTES
    }
}
