//! The figures of the links: how much of the chats is in the CRM, and the other way round.

use super::{At, By, Links};
use crate::model::Role;
use crate::normalise::table::Table;
use crate::normalise::text::is_blank;

/// How chats and records are linked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkFigures {
    /// Chats, all.
    pub chats: u64,
    /// Chats in the period that can be judged.
    pub judged: u64,
    /// Of those, chats that ought to become leads by `[qualify]`.
    pub qualifying: u64,
    /// Of those, chats that are linked to a record. The match rate is `linked / qualifying`.
    pub linked: u64,
    /// Of those, chats that made their record. The lead creation rate is `made / qualifying`.
    pub made: u64,
    /// Of the judged chats that ought not to become leads: those that are linked all the same.
    pub linked_unqualified: u64,
    /// Links by how they were found, best proof first.
    pub by: Vec<(By, u64)>,
    /// Leads and contacts created in the period of the chats.
    pub records: u64,
    /// Of those, records that a chat made.
    pub records_made: u64,
    /// Of the rest, records that name a chat which is not loaded.
    pub records_orphaned: u64,
    /// Chats that made several records.
    pub chats_of_several: u64,
    /// Records that several chats name by id.
    pub records_of_several: u64,
    /// Ids, addresses and numbers on so many chats and records that they link nothing.
    pub crowded: u64,
}

impl Links {
    /// The figures over `tables`, which are whole sources.
    #[must_use]
    pub fn figures(&self, tables: &[Table]) -> LinkFigures {
        let mut sum = LinkFigures { crowded: self.crowded, ..LinkFigures::default() };
        for side in &self.chats {
            let mut pairs = self.pairs[self.of_source(side.source)].iter().peekable();
            for (row, verdict) in (0..).zip(&side.verdicts) {
                let chat = At { source: side.source as u32, row };
                let (mut linked, mut made) = (false, 0);
                while let Some(link) = pairs.next_if(|link| link.chat == chat) {
                    linked = true;
                    made += u64::from(link.made);
                }
                sum.chats += 1;
                sum.chats_of_several += u64::from(made > 1);
                if !side.is_judged(row) {
                    continue;
                }
                sum.judged += 1;
                if verdict.qualifies() {
                    sum.qualifying += 1;
                    sum.linked += u64::from(linked);
                    sum.made += u64::from(made > 0);
                } else {
                    sum.linked_unqualified += u64::from(linked);
                }
            }
        }
        sum.by = By::ALL
            .into_iter()
            .map(|by| (by, self.pairs.iter().filter(|link| link.by == by).count() as u64))
            .filter(|(_, count)| *count > 0)
            .collect();
        for table in self.people.iter().map(|source| &tables[*source]) {
            let created = table.role(Role::CreatedAt).map(|column| table.times(column));
            let names = table.role(Role::ChatId).map(|column| table.text(column));
            let mut links = self.of_records(table.index).peekable();
            for row in 0..table.height() as u32 {
                let record = At { source: table.index as u32, row };
                let (mut linked, mut made, mut by_id) = (false, false, 0);
                while let Some(link) = links.next_if(|link| link.record == record) {
                    linked = true;
                    made |= link.made;
                    by_id += u32::from(link.by == By::ChatId);
                }
                sum.records_of_several += u64::from(by_id > 1);
                let at = created.and_then(|times| times.get(row));
                if !at.is_some_and(|at| self.chats.iter().any(|side| side.covers(at))) {
                    continue;
                }
                sum.records += 1;
                if made {
                    sum.records_made += 1;
                } else if !linked {
                    let orphaned = names.as_ref().is_some_and(|text| !is_blank(text.get(row)));
                    sum.records_orphaned += u64::from(orphaned);
                }
            }
        }
        sum
    }
}
