//! Cleaned exports in their own format, and lists of what changed.

mod lists;
mod names;
mod rendition;
mod splice;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use flate2::{Compression, GzBuilder};
pub(super) use names::Names;
use sha2::{Digest as _, Sha256};
pub(super) use splice::Edit;
use splice::{Copies, Refusal, splice};

use super::{Cleaned, Context, Error, Target, TargetMeta, Written};
use crate::evidence::fingerprint::hex;
use crate::load;
use crate::model::{Packing, Role, Source, SourceFile};
use crate::normalise::record_id;
use crate::plan::{CellChange, Operation, Place, Plan};

/// The target `csv`.
#[derive(Debug)]
pub struct Csv;

static META: TargetMeta = TargetMeta {
    name: "csv",
    title: "Cleaned exports",
    writes: "the cleaned exports in their own format (workbooks, Parquet and JSON as CSV), changes.csv with every changed cell, merges.csv with every merge, deletes.csv with every record that goes",
};

const FOLDER: &str = "csv";
const CHANGES: &str = "changes.csv";
const MERGES: &str = "merges.csv";
const DELETES: &str = "deletes.csv";

impl Target for Csv {
    fn meta(&self) -> &'static TargetMeta {
        &META
    }

    fn write(&self, plan: &Plan, sources: &[Arc<Source>], dir: &Path, _: &Context<'_>) -> Result<Vec<Written>, Error> {
        let folder = dir.join(FOLDER);
        fs::create_dir_all(&folder).map_err(Error::write(&folder))?;
        let mut written = Vec::new();
        let mut files = Vec::new();
        let mut names = Names::default();
        let edits = edits(&plan.operations, sources);
        for (at, source) in sources.iter().enumerate() {
            let copies = copies(plan, at, source);
            for (index, file) in source.files.iter().enumerate() {
                let name = names.take(file);
                let none = BTreeMap::new();
                let edits = edits.get(&(at, index)).unwrap_or(&none);
                written.push(export(source, (at, index), edits, &copies, &folder, &name)?);
                files.push((at, index));
            }
        }
        refuse_halves(plan, sources, &files, &mut written, dir);
        for (name, text, what) in [
            (CHANGES, lists::changes(plan, sources), "every changed cell with its old and new value"),
            (MERGES, lists::merges(plan, sources), "every merge with the origin of each value"),
            (DELETES, lists::deletes(plan, sources), "every record that is deleted, and why"),
        ] {
            let path = folder.join(name);
            fs::write(&path, text).map_err(Error::write(&path))?;
            written.push(Written { path: format!("{FOLDER}/{name}"), what: what.to_owned(), of: None, refused: None });
        }
        Ok(written)
    }
}

/// A file: position of its source, and its own in that.
pub(super) type FileAt = (usize, usize);

/// The file that a record stands in.
pub(super) fn file_at(place: &Place, sources: &[Arc<Source>]) -> FileAt {
    (place.source, sources[place.source].file_of(place.row))
}

/// Takes back exports that hold one part of a merge only, because the export with the other could not be written: what was
/// merged would be lost.
fn refuse_halves(plan: &Plan, sources: &[Arc<Source>], files: &[FileAt], written: &mut [Written], dir: &Path) {
    let spread = plan.merges().map(|merge| {
        let places = std::iter::once(&merge.survivor).chain(&merge.losers);
        places.map(|place| file_at(place, sources)).collect::<BTreeSet<_>>()
    });
    let spread: BTreeSet<BTreeSet<FileAt>> = spread.filter(|files| files.len() > 1).collect();
    let position = |file: &FileAt| files.iter().position(|own| own == file);
    loop {
        let mut halves = Vec::new();
        for group in &spread {
            let (gone, held): (Vec<usize>, Vec<usize>) =
                group.iter().filter_map(position).partition(|at| written[*at].refused.is_some());
            if let Some(gone) = gone.first() {
                halves.extend(held.into_iter().map(|at| (at, files[*gone])));
            }
        }
        if halves.is_empty() {
            return;
        }
        for (at, (source, index)) in halves {
            let one = &mut written[at];
            // Best effort, as for any export that is refused: nothing names the file.
            let _ = fs::remove_file(dir.join(&one.path));
            let path = &sources[files[at].0].files[files[at].1].path;
            let other = &sources[source].files[index].path;
            one.refused = Some(format!("{path}: records of it are merged with records of {other}, which is refused"));
            one.of = None;
        }
    }
}

/// The changes to each file.
pub(super) fn edits<'p>(
    operations: impl IntoIterator<Item = &'p Operation>,
    sources: &[Arc<Source>],
) -> BTreeMap<FileAt, BTreeMap<u64, Edit>> {
    let mut edits: BTreeMap<FileAt, BTreeMap<u64, Edit>> = BTreeMap::new();
    for operation in operations {
        let file = |place: &Place| file_at(place, sources);
        for CellChange { at, header, old, new, .. } in operation.changes() {
            let row = edits.entry(file(at)).or_default().entry(at.file_row);
            if let Edit::Cells(cells) = row.or_insert_with(|| Edit::Cells(BTreeMap::new())) {
                cells.insert(header.to_owned(), (old.map(str::to_owned), new.to_owned()));
            }
        }
        for gone in operation.gone() {
            edits.entry(file(gone)).or_default().insert(gone.file_row, Edit::Gone);
        }
    }
    edits
}

/// The changes to the records of one source, for copies of them that stand in rows that were set aside.
fn copies(plan: &Plan, source: usize, of: &Source) -> Copies {
    let mut copies = Copies::default();
    let Some(id) = of.role(Role::Id).filter(|_| of.files.iter().any(|file| !file.set_aside.is_empty())) else {
        return copies;
    };
    of.header(id).clone_into(&mut copies.header);
    let key = |place: &Place| {
        let id = place.record.as_deref().filter(|_| place.source == source)?;
        record_id::canonical(id).map(std::borrow::Cow::into_owned)
    };
    for operation in &plan.operations {
        for CellChange { at, header, old, new, .. } in operation.changes() {
            let Some(key) = key(at) else { continue };
            if let Edit::Cells(cells) = copies.edits.entry(key).or_insert_with(|| Edit::Cells(BTreeMap::new())) {
                cells.insert(header.to_owned(), (old.map(str::to_owned), new.to_owned()));
            }
        }
        copies.edits.extend(operation.gone().iter().filter_map(|gone| Some((key(gone)?, Edit::Gone))));
    }
    copies
}

/// Writes one cleaned export, or says why not.
fn export(
    source: &Source,
    (at, index): (usize, usize),
    edits: &BTreeMap<u64, Edit>,
    copies: &Copies,
    folder: &Path,
    name: &str,
) -> Result<Written, Error> {
    let file = &source.files[index];
    let path = folder.join(name);
    let (is_changed, sha256, refused) = match bytes(source, file, edits, copies, &path)? {
        Ok((sha256, is_copy_changed)) => (!edits.is_empty() || is_copy_changed, Some(sha256), None),
        Err(refusal) => {
            // Best effort: the file may never have been written.
            let _ = fs::remove_file(&path);
            (!edits.is_empty(), None, Some(format!("{}: {refusal}", file.path)))
        }
    };
    let what = match (file.dialect.is_some(), is_changed) {
        (true, false) => "an export, nothing changed",
        (true, true) => "a cleaned export",
        (false, false) => "an export as CSV, nothing changed",
        (false, true) => "a cleaned export as CSV",
    };
    Ok(Written {
        path: format!("{FOLDER}/{name}"),
        what: what.to_owned(),
        of: sha256.map(|sha256| Cleaned { source: at, export: file.path.clone(), changed: is_changed, sha256 }),
        refused,
    })
}

/// Writes the bytes of a cleaned export to `path`; their SHA-256, and whether rows that were set aside are changed.
fn bytes(
    source: &Source,
    file: &SourceFile,
    edits: &BTreeMap<u64, Edit>,
    copies: &Copies,
    path: &Path,
) -> Result<Result<(String, bool), Refusal>, Error> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(Error::write(parent))?;
    }
    let original = |is: bool| {
        let is = is && edits.is_empty() && file.dialect.is_some();
        is.then(|| load::original(file)).flatten()
    };
    let may_hold_copies = !file.set_aside.is_empty() && !copies.edits.is_empty();
    // What is wrong with bytes that are no longer the same, reading them again says.
    if let Some(bytes) = original(!may_hold_copies) {
        fs::write(path, &bytes).map_err(Error::write(path))?;
        return Ok(Ok((file.sha256.clone(), false)));
    }
    let from = file.first_row as usize;
    let rows = source.origin.row.get(from..from + file.rows as usize).unwrap_or_default();
    let Some(dialect) = file.dialect else {
        return match rendition::render(file, rows, edits) {
            Err(refusal) => Ok(Err(refusal)),
            Ok(text) => {
                fs::write(path, &text).map_err(Error::write(path))?;
                Ok(Ok((hex(&Sha256::digest(&text)), false)))
            }
        };
    };
    let spliced = match splice(file, rows, edits, copies) {
        Ok(spliced) => spliced,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Some(bytes) = original(!spliced.is_copy_changed) {
        fs::write(path, &bytes).map_err(Error::write(path))?;
        return Ok(Ok((file.sha256.clone(), false)));
    }
    let packed = packed(&spliced.bytes, dialect.packing).map_err(Error::write(path))?;
    fs::write(path, &packed).map_err(Error::write(path))?;
    let sha256 = hex(&Sha256::digest(&packed));
    let shown = path.to_string_lossy().into_owned();
    let check = spliced.check(&SourceFile { path: shown, sha256: sha256.clone(), ..file.clone() });
    Ok(check.map(|()| (sha256, spliced.is_copy_changed)))
}

/// Bytes packed as the export was. Gzip gets no time, so that the same input gives the same bytes.
fn packed(bytes: &[u8], packing: Packing) -> std::io::Result<Vec<u8>> {
    match packing {
        Packing::None => Ok(bytes.to_vec()),
        Packing::Zstd => zstd::encode_all(bytes, zstd::DEFAULT_COMPRESSION_LEVEL),
        Packing::Gzip => {
            let mut out = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
            out.write_all(bytes)?;
            out.finish()
        }
    }
}
