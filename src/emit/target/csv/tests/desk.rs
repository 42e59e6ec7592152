//! Exports, and the operations of a plan on them.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::super::{Context, Csv, Target as _, Written};
use crate::config::options::Options;
use crate::emit::target::testing::plan;
use crate::load::{Input, LoadOptions, SourceSpec, load};
use crate::model::{Kind, Object, Safety, Source};
use crate::plan::{Convergence, Decision, Delete, Grounds, Merge, Operation, Place, Plan, Repointed, Set, SetKind};

pub(super) fn read(path: &Path) -> Option<Arc<Source>> {
    let spec = SourceSpec {
        name: Some("leads".to_owned()),
        kind: Some(Kind::Crm),
        object: Some(Object::Lead),
        vendor: Some("generic-crm".to_owned()),
        inputs: vec![Input::file(path)],
        ..SourceSpec::default()
    };
    load(&[spec], &LoadOptions::default()).ok().map(|mut sources| Arc::new(sources.remove(0)))
}

pub(super) fn grounds() -> Grounds {
    Grounds { evidence: Vec::new(), safety: Safety::Safe, decision: Decision::Safe, reason: String::new() }
}

pub(super) fn place(source: &Source, row: u32) -> Place {
    let file = &source.files[source.file_of(row)];
    Place {
        source: 0,
        row,
        file: file.path.clone(),
        file_row: u64::from(source.origin.row[row as usize]),
        line: Some(u64::from(source.origin.line[row as usize])),
        record: None,
    }
}

pub(super) fn cell(source: &Source, column: usize, row: u32) -> Option<String> {
    source.frame.columns()[column].str().unwrap().get(row as usize).map(str::to_owned)
}

pub(super) fn set(source: &Source, row: u32, column: usize, new: &str) -> Operation {
    Operation::Set(Set {
        kind: SetKind::Value,
        at: place(source, row),
        column,
        header: source.header(column).to_owned(),
        old: cell(source, column, row),
        new: new.to_owned(),
        grounds: grounds(),
    })
}

pub(super) fn merge(source: &Source, survivor: u32, losers: &[u32]) -> Operation {
    Operation::Merge(Merge {
        survivor: place(source, survivor),
        losers: losers.iter().map(|row| place(source, *row)).collect(),
        fields: Vec::new(),
        repointed: Vec::new(),
        notes: Vec::new(),
        grounds: grounds(),
    })
}

pub(super) fn repointed(source: &Source, row: u32, column: usize, new: &str) -> Repointed {
    Repointed {
        at: place(source, row),
        column,
        header: source.header(column).to_owned(),
        old: cell(source, column, row).unwrap(),
        new: new.to_owned(),
    }
}

pub(super) fn delete(source: &Source, row: u32) -> Operation {
    Operation::Delete(Delete { at: place(source, row), grounds: grounds() })
}

pub(super) fn write(plan: &Plan, sources: &[Arc<Source>], dir: &Path) -> Vec<Written> {
    let (config, before_after) = (Options::default(), Convergence::default());
    let cx = Context { config: &config, config_file: None, before_after: &before_after, folder: dir };
    Csv.write(plan, sources, dir, &cx).unwrap()
}

/// Writes `bytes` as a file, changes it, and gives back what the target wrote.
pub(super) fn cleaned(
    name: &str,
    bytes: &[u8],
    operations: impl Fn(&Source) -> Vec<Operation>,
) -> Result<Vec<u8>, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let source = read(&path).unwrap();
    let out = folder.path().join("out");
    let written = write(&plan(operations(&source)), &[source], &out);
    match &written[0].refused {
        Some(why) => Err(why.clone()),
        None => Ok(fs::read(out.join(&written[0].path)).unwrap()),
    }
}

pub(super) fn text(name: &str, bytes: &str, operations: impl Fn(&Source) -> Vec<Operation>) -> String {
    String::from_utf8(cleaned(name, bytes.as_bytes(), operations).unwrap()).unwrap()
}
