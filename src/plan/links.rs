//! Evidence of chats that are not linked to their record, as proposals for the cell that links them.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::places::{Places, cell};
use crate::evidence::EvidenceRow;
use crate::model::{Role, Safety, Source};
use crate::normalise::record_id;
use crate::normalise::text::{is_blank, trimmed};

/// The rule whose evidence points at a chat and names the record.
const UNLINKED: &str = "DUP007";

/// The rows of records by id, made when first asked for.
#[derive(Default)]
pub(super) struct Links<'a> {
    rows: FxHashMap<usize, FxHashMap<Cow<'a, str>, Option<u32>>>,
}

impl<'a> Links<'a> {
    /// The row of the record; `None` where there is none or several.
    fn row(&mut self, at: usize, source: &'a Source, id: &str) -> Option<u32> {
        let rows = self.rows.entry(at).or_insert_with(|| {
            let mut rows: FxHashMap<Cow<'a, str>, Option<u32>> = FxHashMap::default();
            let column = source.roles.iter().find(|binding| binding.role == Role::Id).map(|binding| binding.column);
            let ids = column.and_then(|column| source.frame.columns()[column].as_materialized_series().str().ok());
            let cells = ids.into_iter().flat_map(polars::prelude::ChunkedArray::iter);
            for (row, id) in (0_u32..).zip(cells) {
                if let Some(id) = id.and_then(record_id::canonical) {
                    rows.entry(id).and_modify(|held| *held = None).or_insert(Some(row));
                }
            }
            rows
        });
        rows.get(&record_id::canonical(id)?).copied().flatten()
    }

    /// The evidence as a proposal for the cell that is to hold the other's id: the record's chat id if it is blank, else the
    /// chat's record id if that is. `Ok(None)` for evidence that is none of this; `Err` says why no cell can hold it.
    pub(super) fn proposal(
        &mut self,
        row: &EvidenceRow,
        places: &Places<'a>,
    ) -> Result<Option<EvidenceRow>, &'static str> {
        if row.code != UNLINKED || row.safety == Safety::Manual || row.suggested.is_some() {
            return Ok(None);
        }
        let (Some(other), Some(other_id), Some(chat_id)) = (&row.other_source, &row.other_id, &row.record_id) else {
            return Err("the record or the chat has no id to link them by");
        };
        let chat = places.find(row).ok_or("it points at no single row that can be found again")?;
        let at = places.source(other).ok_or("the record's source is not loaded")?;
        let record = places.of(at);
        let found = self.row(at, record, other_id).ok_or("the record stands on several rows, or on none")?;
        let free = |source: &Source, role: Role, row: u32| {
            source.role(role).filter(|column| is_blank(cell(source, *column, row)))
        };
        let (place, source, column, new) = if let Some(column) = free(record, Role::ChatId, found) {
            (places.place(at, found), record, column, chat_id)
        } else if let Some(column) = free(places.of(chat.0), Role::RecordId, chat.1) {
            (places.place(chat.0, chat.1), places.of(chat.0), column, other_id)
        } else if record.role(Role::ChatId).is_some() {
            return Err("the record names another chat, and its column holds one id: note this chat on it");
        } else {
            return Err("the record has no column for the chat's id: copy the transcript to it");
        };
        Ok(Some(EvidenceRow {
            source: source.name.clone(),
            column: Some(source.header(column).to_owned()),
            file: Some(place.file),
            row: Some(place.file_row),
            line: place.line,
            record_id: place.record,
            value: None,
            suggested: Some(trimmed(new).to_owned()),
            detail: format!("chat {chat_id}: {}", row.detail),
            ..row.clone()
        }))
    }
}
