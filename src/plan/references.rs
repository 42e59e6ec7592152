//! References between the loaded records: which columns hold ids of which sources, who refers to a record, and what a
//! reference becomes when its record is merged into another.
//!
//! A reference counts only where its column says of which object it is, by role or header, and where the id is one of
//! one source alone: a lead 12 and an account 12 are two records.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::fields::{Field, Fields};
use super::proposals::Cell;
use crate::matching::spelling;
use crate::model::{Kind, Object, Role, Source, SystemField};
use crate::normalise::record_id;

/// A record that goes: position of its source, row of its frame.
pub(super) type Row = (usize, u32);

/// A column that holds ids of records.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Column {
    source: usize,
    /// Position in its frame.
    at: usize,
    /// Positions of the sources whose ids it may hold.
    to: Vec<usize>,
}

/// The record that another one goes into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) row: Row,
    /// Its id, as it stands there.
    pub(super) id: String,
}

/// A cell whose references follow merges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moved {
    /// What the cell becomes.
    pub(super) text: String,
    /// Whether a reference is left out that would be one of a record to itself.
    pub(super) is_own: bool,
    /// The record that goes: one that the cell names, or else the one that it is of.
    pub(super) loser: Row,
}

/// What becomes of references when records go.
pub(super) struct References<'a> {
    sources: &'a [Arc<Source>],
    columns: Vec<Column>,
}

/// Records by id, and by how many sources hold the id.
type ById<'a> = FxHashMap<Cow<'a, str>, Vec<Row>>;

impl<'a> References<'a> {
    pub(super) fn of(sources: &'a [Arc<Source>], fields: &[Fields]) -> Self {
        let mut columns = Vec::new();
        for (at, (source, fields)) in sources.iter().zip(fields).enumerate() {
            for column in 0..source.frame.width() {
                if matches!(fields.of[column], Field::Identity | Field::External | Field::System) {
                    continue;
                }
                let objects = objects(source, column);
                let is_meant = |(_, other): &(usize, &Arc<Source>)| match other.object {
                    Some(object) => objects.contains(&Some(object)),
                    None => other.kind == Kind::Chat && objects.contains(&None),
                };
                let to: Vec<usize> =
                    sources.iter().enumerate().filter(is_meant).map(|(position, _)| position).collect();
                if !to.is_empty() {
                    columns.push(Column { source: at, at: column, to });
                }
            }
        }
        Self { sources, columns }
    }

    /// Whether the column may hold ids of other records.
    pub(super) fn holds(&self, source: usize, column: usize) -> bool {
        self.columns.iter().any(|of| (of.source, of.at) == (source, column))
    }

    /// `rows` by the ids that they have. Ids that other sources know as well come with all who have them.
    fn by_id(&self, rows: impl IntoIterator<Item = Row>) -> ById<'a> {
        let mut wanted: ById<'a> = FxHashMap::default();
        for (source, row) in rows {
            if let Some(id) = self.id(source, row) {
                wanted.entry(id).or_default().push((source, row));
            }
        }
        if wanted.is_empty() {
            return wanted;
        }
        let mut others: Vec<(Cow<'a, str>, Row)> = Vec::new();
        for (at, source) in self.sources.iter().enumerate() {
            let Some(cells) = Self::ids(source) else { continue };
            for (row, cell) in (0_u32..).zip(cells.iter()) {
                let Some(id) = cell.and_then(record_id::canonical) else { continue };
                if wanted.get(&id).is_some_and(|held| held.iter().all(|one| one.0 != at)) {
                    others.push((id, (at, row)));
                }
            }
        }
        for (id, row) in others {
            wanted.entry(id).or_default().push(row);
        }
        wanted
    }

    fn ids(source: &'a Source) -> Option<&'a polars::prelude::StringChunked> {
        let column = source.roles.iter().find(|binding| binding.role == Role::Id)?.column;
        source.frame.columns().get(column)?.as_materialized_series().str().ok()
    }

    fn id(&self, source: usize, row: u32) -> Option<Cow<'a, str>> {
        Self::ids(&self.sources[source])?.get(row as usize).and_then(record_id::canonical)
    }

    /// The record of `known` that a part of a cell of `column` names.
    fn named(column: &Column, part: &str, known: &ById<'_>) -> Option<Row> {
        let id = record_id::canonical(part)?;
        let mut meant = known.get(&id)?.iter().filter(|row| column.to.contains(&row.0));
        let first = *meant.next()?;
        meant.all(|other| other.0 == first.0).then_some(first)
    }

    /// The cells of a column that hold something, by row.
    fn cells(&self, column: &Column) -> impl Iterator<Item = (u32, &'a str)> {
        let series = self.sources[column.source].frame.columns().get(column.at);
        let cells = series.and_then(|series| series.as_materialized_series().str().ok());
        let cells = cells.into_iter().flat_map(polars::prelude::ChunkedArray::iter);
        (0_u32..).zip(cells).filter_map(|(row, cell)| Some((row, cell?)))
    }

    /// Cells with the id of a record that goes, which may as well mean a record of another source with that id: how many, by
    /// the record that goes, source and column. Nobody can tell what becomes of them.
    pub(super) fn doubtful(&self, into: &BTreeMap<Row, Target>) -> BTreeMap<(Row, usize, usize), u64> {
        let known = self.by_id(into.keys().copied());
        let mut found = BTreeMap::new();
        for column in self.columns.iter().filter(|column| column.to.len() > 1) {
            for (row, cell) in self.cells(column) {
                let named: BTreeSet<Row> = parts(cell)
                    .filter_map(record_id::canonical)
                    .filter(|id| Self::named(column, id, &known).is_none())
                    .filter_map(|id| known.get(&id))
                    .flatten()
                    .copied()
                    .filter(|named| column.to.contains(&named.0) && into.contains_key(named))
                    .collect();
                for record in named.into_iter().filter(|_| !into.contains_key(&(column.source, row))) {
                    *found.entry((record, column.source, column.at)).or_default() += 1;
                }
            }
        }
        found
    }

    /// Every cell that names a record of `known`, with what it names.
    fn naming(&self, known: &ById<'_>, mut tell: impl FnMut(Cell, &'a str, Vec<Row>)) {
        if known.is_empty() {
            return;
        }
        for column in &self.columns {
            for (row, cell) in self.cells(column) {
                let named: Vec<Row> = parts(cell).filter_map(|part| Self::named(column, part, known)).collect();
                if !named.is_empty() {
                    tell((column.source, row, column.at), cell, named);
                }
            }
        }
    }

    /// For each record of `rows` that some other row refers to: the first source that does, and how many rows do. Rows that
    /// go themselves do not count.
    pub(super) fn referring(&self, rows: &BTreeSet<Row>, gone: &BTreeSet<Row>) -> BTreeMap<Row, (usize, u64)> {
        let known = self.by_id(rows.iter().copied());
        let mut found: BTreeMap<Row, (usize, u64)> = BTreeMap::new();
        self.naming(&known, |(source, row, _), _, named| {
            for record in named {
                let is_own = record == (source, row);
                if !is_own && rows.contains(&record) && !gone.contains(&(source, row)) {
                    found.entry(record).or_insert((source, 0)).1 += 1;
                }
            }
        });
        found
    }

    /// What references become when each record of `into` goes into another.
    pub(super) fn following(&self, into: &BTreeMap<Row, Target>) -> Following<'a> {
        let stay: BTreeSet<Row> = into.values().map(|target| target.row).collect();
        let known = self.by_id(into.keys().copied().chain(stay));
        let mut cells = BTreeMap::new();
        self.naming(&known, |cell, text, _| {
            let column = Column { source: cell.0, at: cell.2, to: self.to(cell.0, cell.2) };
            if let Some(moved) = moved(&column, text, (cell.0, cell.1), &known, into) {
                cells.insert(cell, moved);
            }
        });
        Following { cells, known, into: into.clone(), columns: self.columns.clone() }
    }

    fn to(&self, source: usize, column: usize) -> Vec<usize> {
        let found = self.columns.iter().find(|of| (of.source, of.at) == (source, column));
        found.map(|of| of.to.clone()).unwrap_or_default()
    }

    /// Rows of `source` in which one of the columns about chats names a chat that is loaded.
    pub(super) fn naming_chats(&self, source: usize) -> BTreeSet<u32> {
        let chats: Vec<usize> = (0..self.sources.len()).filter(|at| self.sources[*at].kind == Kind::Chat).collect();
        let mut ids: FxHashSet<Cow<'a, str>> = FxHashSet::default();
        for cells in chats.iter().filter_map(|at| Self::ids(&self.sources[*at])) {
            ids.extend(cells.iter().flatten().filter_map(record_id::canonical));
        }
        let of = &self.sources[source];
        let column = of.role(Role::ChatId).and_then(|column| of.frame.columns().get(column));
        let Some(cells) = column.and_then(|column| column.as_materialized_series().str().ok()) else {
            return BTreeSet::new();
        };
        let names = |cell: &str| parts(cell).filter_map(record_id::canonical).any(|id| ids.contains(&id));
        (0_u32..).zip(cells.iter()).filter(|(_, cell)| cell.is_some_and(names)).map(|(row, _)| row).collect()
    }
}

/// References that follow merges.
pub(super) struct Following<'a> {
    cells: BTreeMap<Cell, Moved>,
    known: ById<'a>,
    into: BTreeMap<Row, Target>,
    columns: Vec<Column>,
}

impl Following<'_> {
    /// What the cell becomes.
    pub(super) fn cell(&self, cell: Cell) -> Option<&str> {
        self.cells.get(&cell).map(|moved| moved.text.as_str())
    }

    /// Every cell that follows a merge.
    pub(super) fn cells(&self) -> impl Iterator<Item = (Cell, &Moved)> {
        self.cells.iter().map(|(cell, moved)| (*cell, moved))
    }

    /// What `value` becomes in a cell.
    pub(super) fn value(&self, cell: Cell, value: &str) -> Option<Moved> {
        let column = self.columns.iter().find(|of| (of.source, of.at) == (cell.0, cell.2))?;
        moved(column, value, (cell.0, cell.1), &self.known, &self.into)
    }
}

/// Parts of a cell that may hold several ids.
fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', ',']).map(str::trim).filter(|part| !part.is_empty())
}

/// A cell of the record `of` with the ids of records that go replaced, each id once; `None` where nothing changes. Where
/// records of one merge refer to each other, the one that stays would refer to itself: such a reference is left out. One
/// that a record has to itself already stays as it is.
fn moved(column: &Column, cell: &str, of: Row, known: &ById<'_>, into: &BTreeMap<Row, Target>) -> Option<Moved> {
    let goes = into.contains_key(&of);
    let home = into.get(&of).map_or(of, |target| target.row);
    let separator = if cell.contains("; ") {
        "; "
    } else if cell.contains(';') {
        ";"
    } else if cell.contains(", ") {
        ", "
    } else {
        ","
    };
    let mut new: Vec<&str> = Vec::new();
    let (mut loser, mut is_own) = (None, false);
    for part in parts(cell) {
        let named = References::named(column, part, known);
        let target = named.and_then(|row| into.get(&row));
        if target.is_some() {
            loser = loser.or(named);
        }
        let stays = target.map(|target| target.row).or(named);
        if stays == Some(home) && (target.is_some() || goes) {
            is_own = true;
            continue;
        }
        let part = target.map_or(part, |target| target.id.as_str());
        if !new.contains(&part) {
            new.push(part);
        }
    }
    let loser = loser.or_else(|| (goes && is_own).then_some(of))?;
    Some(Moved { text: new.join(separator), is_own, loser })
}

/// The objects whose ids a column holds, as its role or header says; `None` stands for a chat.
fn objects(source: &Source, column: usize) -> Vec<Option<Object>> {
    const PEOPLE: [Option<Object>; 2] = [Some(Object::Lead), Some(Object::Contact)];
    match source.role_of(column) {
        Some(Role::RecordId) => return PEOPLE.to_vec(),
        Some(Role::ChatId) => return vec![None],
        Some(Role::Id | Role::Owner | Role::Email | Role::Phone | Role::Notes | Role::Transcript | Role::Tags) => {
            return Vec::new();
        }
        _ => {}
    }
    let system = source.system.iter().find(|(_, of)| *of == column).map(|(field, _)| *field);
    let words = spelling::words(source.header(column));
    let joined = words.concat();
    if matches!(joined.as_str(), "whoid" | "targetobjectid") {
        return PEOPLE.to_vec();
    }
    if matches!(joined.as_str(), "whatid" | "relatedtoid") {
        return vec![Some(Object::Account), Some(Object::Deal)];
    }
    match system {
        Some(SystemField::Account | SystemField::ConvertedAccount | SystemField::Parent) => {
            return vec![Some(Object::Account)];
        }
        Some(SystemField::Contact | SystemField::ConvertedContact) => return vec![Some(Object::Contact)],
        Some(SystemField::ConvertedDeal) => return vec![Some(Object::Deal)],
        // Who it was merged into is history.
        Some(_) => return Vec::new(),
        None => {}
    }
    // A header says it by the object's name and a word for ids, or the custom lookup's end: `lead_id`, `Contact__c`.
    let custom = source.header(column).ends_with("__c") || source.header(column).ends_with("__r.Id");
    let is_id = custom || words.iter().any(|word| matches!(word.as_str(), "id" | "ids")) || joined.ends_with("id");
    if joined == "reportstoid" {
        return vec![Some(Object::Contact)];
    }
    if !is_id {
        return Vec::new();
    }
    let named = |any: &[&str]| any.iter().any(|word| joined.contains(word));
    let mut objects = Vec::new();
    for (object, any) in [
        (Object::Lead, &["lead"][..]),
        (Object::Contact, &["contact"]),
        (Object::Account, &["account", "company"]),
        (Object::Deal, &["deal", "opportunity"]),
    ] {
        // `Lead Source` holds no id, and that a lead's value is one of the merged ids does not happen by chance.
        if named(any) {
            objects.push(Some(object));
        }
    }
    objects
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column() -> Column {
        Column { source: 1, at: 2, to: vec![0] }
    }

    #[test]
    fn cells_follow_id_by_id_and_name_each_once() {
        let known: ById<'_> = [("2", vec![(0, 1)]), ("9", vec![(0, 8), (2, 0)])]
            .into_iter()
            .map(|(id, rows)| (Cow::Borrowed(id), rows))
            .collect();
        let into = BTreeMap::from([((0, 1), Target { row: (0, 0), id: "1".to_owned() })]);
        for (cell, new) in [
            ("2", Some("1")),
            (" 2 ", Some("1")),
            ("3; 2", Some("3; 1")),
            ("1;2;3", Some("1;3")),
            ("3", None),
            ("9", None),
            ("22", None),
            ("", None),
        ] {
            let moved = moved(&column(), cell, (1, 7), &known, &into);
            assert_eq!(moved.as_ref().map(|moved| moved.text.as_str()), new, "{cell}");
            assert!(moved.is_none_or(|moved| !moved.is_own && moved.loser == (0, 1)), "{cell}");
        }
    }

    #[test]
    fn records_of_one_merge_do_not_refer_to_themselves() {
        let known: ById<'_> = [("1", vec![(0, 0)]), ("2", vec![(0, 1)]), ("4", vec![(0, 3)])]
            .into_iter()
            .map(|(id, rows)| (Cow::Borrowed(id), rows))
            .collect();
        let stays = Target { row: (0, 0), id: "1".to_owned() };
        let into = BTreeMap::from([((0, 1), stays.clone()), ((0, 3), stays)]);
        let own = Column { source: 0, at: 2, to: vec![0] };
        for (row, cell, new) in [
            // The one that stays.
            (0, "2", Some(("", true))),
            (0, "3;2", Some(("3", true))),
            (0, "1", None),
            (0, "3", None),
            // One that goes.
            (1, "1", Some(("", true))),
            (1, "4", Some(("", true))),
            (1, "2", Some(("", true))),
            (1, "1; 3", Some(("3", true))),
            (1, "3", None),
            // Another.
            (2, "2", Some(("1", false))),
            (2, "1", None),
        ] {
            let moved = moved(&own, cell, (0, row), &known, &into);
            assert_eq!(moved.as_ref().map(|moved| (moved.text.as_str(), moved.is_own)), new, "{row}: {cell}");
        }
    }

    #[test]
    fn an_id_of_two_objects_is_nobodys_where_either_may_be_meant() {
        let known: ById<'_> = FxHashMap::from_iter([(Cow::Borrowed("12"), vec![(0, 1), (3, 4)])]);
        assert_eq!(References::named(&column(), "12", &known), Some((0, 1)));
        let either = Column { to: vec![0, 3], ..column() };
        assert_eq!(References::named(&either, "12", &known), None);
    }
}
