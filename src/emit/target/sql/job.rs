//! What the scripts are to do, in terms of tables and records: the part that is the same in every dialect.

mod going;
mod name;
mod references;
mod refusals;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) use name::{Name, OWN};
use sha2::{Digest as _, Sha256};

use super::super::Error;
use crate::config::options::{Options, SqlOptions};
use crate::evidence::fingerprint::hex;
use crate::model::{Role, Source};
use crate::plan::{Merge, Operation, Plan, Set, consent_columns};

/// The table of a source.
#[derive(Debug)]
pub(super) struct Table {
    /// Name of the source.
    pub(super) source: String,
    /// Position of its place.
    pub(super) place: usize,
    /// The column that holds the record's id.
    pub(super) id: String,
    /// Columns that are written or compared.
    pub(super) columns: Vec<Column>,
    /// Whether records of it go, merged away or deleted.
    pub(super) merges: bool,
}

/// A column of a table.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) header: String,
    /// Whether it says if a person may be contacted.
    pub(super) consent: bool,
    /// Whether some operation writes it.
    pub(super) written: bool,
}

/// A column that holds ids of merged records.
#[derive(Debug)]
pub(super) struct Reference {
    /// Position of its place.
    pub(super) place: usize,
    pub(super) column: String,
    /// The column that tells its rows apart, for databases that do not number them.
    pub(super) key: String,
    /// Position of the table whose ids it holds.
    pub(super) to: usize,
}

/// One cell of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    /// Position of the column in its table.
    pub(super) column: usize,
    /// Id of the record.
    pub(super) id: String,
    /// What stood there; `None` for blank.
    pub(super) old: Option<String>,
    /// What will stand there.
    pub(super) new: New,
}

/// What becomes of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum New {
    /// It is only compared.
    Same,
    /// It becomes blank.
    Blank,
    /// It gets a value.
    Value(String),
}

impl New {
    fn of(value: Option<&str>) -> Self {
        filled(value).map_or(Self::Blank, Self::Value)
    }
}

/// One operation: all of it is done, or nothing.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) kind: &'static str,
    /// Codes of the rules that it answers.
    pub(super) rules: String,
    /// Position of its table.
    pub(super) table: usize,
    /// Id of the record that stays; of the one that goes, where it is deleted.
    pub(super) record: String,
    /// Ids of the records that go.
    pub(super) gone: Vec<String>,
    pub(super) cells: Vec<Cell>,
}

impl Step {
    /// Whether its record is deleted: it goes into no other.
    pub(super) fn deletes(&self) -> bool {
        self.gone.contains(&self.record)
    }
}

/// Operations that no script can carry out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LeftOut {
    pub(super) what: String,
    pub(super) why: &'static str,
    /// The record of each, in the order of the plan; with what its cell becomes, where one cell is all of it.
    pub(super) records: Vec<String>,
}

/// What the scripts are to do.
#[derive(Debug)]
pub(super) struct Job {
    /// Twelve hex digits that stand for all of it: the same plan has the same backups.
    pub(super) hash: String,
    /// Every table that is read or written, once.
    pub(super) places: Vec<Name>,
    pub(super) tables: Vec<Table>,
    pub(super) references: Vec<Reference>,
    pub(super) steps: Vec<Step>,
    pub(super) left_out: Vec<LeftOut>,
    /// How many cells of the exports hold ids of records that are merged away, by source and header that the config does
    /// not name as references.
    pub(super) unnamed: BTreeMap<(String, String), usize>,
}

/// A setting that cannot be used.
pub(super) fn setting(what: String) -> Error {
    Error::Setting { section: "[targets.sql]", what }
}

/// Checks the settings that need no plan.
pub(super) fn check(options: &SqlOptions) -> Result<(), Error> {
    options.tables.values().try_for_each(|table| Name::parse(table).map(drop))?;
    for reference in &options.references {
        Name::parse(&reference.table)?;
        let key = reference.key.as_ref();
        if std::iter::once(&reference.column).chain(key).any(|column| column.is_empty() || column.contains('\0')) {
            return Err(setting(format!("a reference of `{}` names no column", reference.table)));
        }
    }
    Ok(())
}

impl Job {
    /// What `plan` asks for, in the tables that the config names.
    pub(super) fn new(plan: &Plan, sources: &[Arc<Source>], config: &Options) -> Result<Self, Error> {
        let options = &config.targets.sql;
        let mut known: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
        let configured = config.sources.keys().map(String::as_str);
        known.extend(configured.filter(|name| sources.iter().all(|source| source.name != *name)));
        let mut named = options.tables.keys().chain(options.references.iter().filter_map(|one| one.to.as_ref()));
        if let Some(name) = named.find(|name| !known.contains(&name.as_str())) {
            let hint = crate::config::hint(name, known.iter().copied());
            return Err(setting(format!("`{name}` is no source of this run; {hint}")));
        }
        let mut draft = Draft {
            sources,
            options,
            job: Self {
                hash: String::new(),
                places: Vec::new(),
                tables: Vec::new(),
                references: Vec::new(),
                steps: Vec::new(),
                left_out: Vec::new(),
                unnamed: BTreeMap::new(),
            },
            tables: BTreeMap::new(),
            columns: BTreeMap::new(),
            left_out: BTreeMap::new(),
            consent: BTreeMap::new(),
            mended: BTreeMap::new(),
            taken: BTreeMap::new(),
            merged: Vec::new(),
        };
        draft.operations(plan)?;
        draft.references(&known)?;
        draft.dangling()?;
        let mut job = draft.job;
        job.left_out =
            draft.left_out.into_iter().map(|((what, why), records)| LeftOut { what, why, records }).collect();
        job.hash = job.digest();
        Ok(job)
    }

    /// Number of cells that are written, those of merges too.
    pub(super) fn written(&self) -> usize {
        self.steps.iter().flat_map(|step| &step.cells).filter(|cell| cell.new != New::Same).count()
    }

    /// Number of records that go.
    pub(super) fn gone(&self) -> usize {
        self.steps.iter().map(|step| step.gone.len()).sum()
    }

    fn digest(&self) -> String {
        let mut hash = Sha256::new();
        let mut add = |text: &str| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        };
        for table in &self.tables {
            add(&self.places[table.place].shown());
            add(&table.id);
            table.columns.iter().for_each(|column| add(&column.header));
        }
        for reference in &self.references {
            add(&self.places[reference.place].shown());
            add(&reference.column);
            add(&reference.key);
        }
        for step in &self.steps {
            add(step.kind);
            add(&step.table.to_string());
            add(&step.record);
            step.gone.iter().for_each(|id| add(id));
            for cell in &step.cells {
                add(&format!("{:?}", (cell.column, &cell.id, &cell.old, &cell.new)));
            }
        }
        hex(&hash.finalize())[..12].to_owned()
    }
}

/// The job while it is put together.
struct Draft<'a> {
    sources: &'a [Arc<Source>],
    options: &'a SqlOptions,
    job: Job,
    /// Position of each source's table.
    tables: BTreeMap<usize, usize>,
    /// Position of each column in its table, by source and position in the frame.
    columns: BTreeMap<(usize, usize), usize>,
    left_out: BTreeMap<(String, &'static str), Vec<String>>,
    /// Positions of each source's columns about consent.
    consent: BTreeMap<usize, Vec<usize>>,
    /// Consent that is mended, by source and record.
    mended: BTreeMap<(usize, String), Vec<Mended>>,
    /// The source whose operations are about a record, by place and id.
    taken: BTreeMap<(usize, &'a str), usize>,
    /// The merges that the scripts carry out.
    merged: Vec<&'a Merge>,
}

/// Consent of a record that is mended.
struct Mended {
    column: usize,
    /// What stood there.
    old: Option<String>,
    /// Whether the scripts do it.
    written: bool,
}

impl<'a> Draft<'a> {
    fn operations(&mut self, plan: &'a Plan) -> Result<(), Error> {
        let twice = disagreeing(plan);
        self.mended(plan, &twice);
        let mut seen: BTreeSet<Spot<'_>> = BTreeSet::new();
        for operation in &plan.operations {
            let source = operation.place().source;
            let refused = match operation {
                Operation::Merge(merge) => self.refuses_merge(merge),
                Operation::Set(set) => self.refuses_set(set, &twice),
                Operation::Delete(delete) => self.refuses_delete(delete),
            };
            let refused = match refused.or_else(|| self.refuses_values(operation)) {
                Some(why) => Some(why),
                None => self.refuses_shared(operation)?,
            };
            if let Some(why) = refused {
                let what = match operation {
                    Operation::Merge(_) => format!("merges of {}", self.sources[source].name),
                    Operation::Delete(_) => format!("deletions of {}", self.sources[source].name),
                    Operation::Set(set) => format!("{} · {}", self.sources[source].name, set.header),
                };
                self.left_out.entry((what, why)).or_default().push(references::told(operation.place()));
                continue;
            }
            let table = self.table(source)?;
            let step = match operation {
                Operation::Merge(merge) => {
                    self.merged.push(merge);
                    self.merge(merge, table)
                }
                Operation::Set(set) => {
                    let id = set.at.record.as_deref().unwrap_or_default();
                    // One record on several rows of the export is one row of the table.
                    if !seen.insert((source, id, set.column)) {
                        continue;
                    }
                    self.set(set, table)
                }
                Operation::Delete(delete) => self.delete(delete, table),
            };
            self.job.steps.push(step);
            let place = self.job.tables[table].place;
            self.taken.extend(references::ids(operation).map(|id| ((place, id), source)));
        }
        Ok(())
    }

    fn table(&mut self, source: usize) -> Result<usize, Error> {
        if let Some(table) = self.tables.get(&source) {
            return Ok(*table);
        }
        let of = &self.sources[source];
        let place = self.place(self.name(&of.name)?);
        let id = of.roles.iter().find(|binding| binding.role == Role::Id).map_or(0, |binding| binding.column);
        self.job.tables.push(Table {
            source: of.name.clone(),
            place,
            id: of.header(id).to_owned(),
            columns: Vec::new(),
            merges: false,
        });
        let table = self.job.tables.len() - 1;
        self.tables.insert(source, table);
        self.consent.entry(source).or_insert_with(|| consent_columns(of));
        Ok(table)
    }

    fn place(&mut self, name: Name) -> usize {
        self.at(&name).unwrap_or_else(|| {
            self.job.places.push(name);
            self.job.places.len() - 1
        })
    }

    fn column(&mut self, source: usize, table: usize, column: usize, written: bool) -> usize {
        let of = &self.sources[source];
        let columns = &mut self.job.tables[table].columns;
        let at = *self.columns.entry((source, column)).or_insert_with(|| {
            let consent = self.consent.get(&source).is_some_and(|columns| columns.contains(&column));
            columns.push(Column { header: of.header(column).to_owned(), consent, written: false });
            columns.len() - 1
        });
        columns[at].written |= written;
        at
    }

    fn set(&mut self, set: &Set, table: usize) -> Step {
        let column = self.column(set.at.source, table, set.column, true);
        let id = set.at.record.clone().unwrap_or_default();
        let cell = Cell { column, id: id.clone(), old: filled(set.old.as_deref()), new: New::of(Some(&set.new)) };
        Step {
            kind: set.kind.as_str(),
            rules: set.grounds.codes().join(" "),
            table,
            record: id,
            gone: Vec::new(),
            cells: vec![cell],
        }
    }

    fn merge(&mut self, merge: &Merge, table: usize) -> Step {
        let source = merge.survivor.source;
        let survivor = merge.survivor.record.clone().unwrap_or_default();
        self.job.tables[table].merges = true;
        let mut cells = Vec::new();
        for field in &merge.fields {
            cells.push(Cell {
                column: self.column(source, table, field.column, field.changes()),
                id: survivor.clone(),
                old: filled(field.old.as_deref()),
                new: if field.changes() { New::of(field.value.as_deref()) } else { New::Same },
            });
        }
        // The merge has the consent that is mended for its own: where it is not what it was, nothing is mended, or merged.
        for mended in self.mended.remove(&(source, survivor.clone())).unwrap_or_default() {
            let column = self.column(source, table, mended.column, false);
            if cells.iter().all(|cell| cell.column != column) {
                let old = filled(mended.old.as_deref());
                cells.push(Cell { column, id: survivor.clone(), old, new: New::Same });
            }
        }
        let mut gone = Vec::new();
        for loser in &merge.losers {
            cells.extend(self.guards(loser, table));
            gone.push(loser.record.clone().unwrap_or_default());
        }
        Step { kind: "merge", rules: merge.grounds.codes().join(" "), table, record: survivor, gone, cells }
    }
}

/// A cell by source, record id and column.
type Spot<'a> = (usize, &'a str, usize);

/// A cell that holds something.
fn filled(cell: Option<&str>) -> Option<String> {
    cell.filter(|cell| !cell.is_empty()).map(str::to_owned)
}

/// Cells of records that stand on several rows of an export, and would be changed from different values.
fn disagreeing(plan: &Plan) -> BTreeSet<Spot<'_>> {
    let mut wanted: BTreeMap<Spot<'_>, BTreeSet<(Option<&str>, &str)>> = BTreeMap::new();
    for set in plan.sets() {
        let Some(id) = &set.at.record else { continue };
        let cell = (set.at.source, id.as_str(), set.column);
        wanted.entry(cell).or_default().insert((set.old.as_deref(), &set.new));
    }
    wanted.into_iter().filter(|(_, values)| values.len() > 1).map(|(cell, _)| cell).collect()
}
