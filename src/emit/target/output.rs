//! The folder that a cleanup is written to: filled beside its place, then put there as a whole.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Error, TARGETS};
use crate::emit::unfinished;

/// What every plan says of itself, in any version.
const PLAN: &str = "\"leadlint.plan/";

/// A folder that is being filled.
pub(crate) struct Folder {
    beside: TempDir,
    target: PathBuf,
}

/// Whether a path is `folder`, or in it.
fn is_within(path: &str, folder: &Path) -> bool {
    let (Ok(path), Ok(folder)) = (Path::new(path).canonicalize(), folder.canonicalize()) else { return false };
    path.starts_with(folder)
}

/// Checks that a cleanup may be put at `folder`.
pub(super) fn check<'a>(folder: &Path, force: bool, inputs: impl Iterator<Item = &'a str>) -> Result<(), Error> {
    let Ok(held) = fs::symlink_metadata(folder).and_then(|_| fs::metadata(folder)) else { return Ok(()) };
    if !held.is_dir() {
        return Err(Error::IsFile(folder.to_owned()));
    }
    let entries = fs::read_dir(folder).map_err(Error::write(folder))?;
    let mut names: Vec<String> = entries
        .map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_, _>>()
        .map_err(Error::write(folder))?;
    names.sort();
    if names.is_empty() {
        return Ok(());
    }
    if !force {
        return Err(Error::NotEmpty(folder.to_owned()));
    }
    let mut inputs = inputs;
    if let Some(export) = inputs.find(|input| is_within(input, folder)) {
        return Err(Error::HoldsInput { folder: folder.to_owned(), export: export.to_owned() });
    }
    let is_ours = |name: &str| {
        matches!(name, "plan.json" | "RUNBOOK.md") || TARGETS.iter().any(|target| target.meta().name == name)
    };
    let is_cleanup = fs::read_to_string(folder.join("plan.json")).is_ok_and(|plan| plan.contains(PLAN));
    if let Some(entry) = names.iter().find(|name| !is_cleanup || !is_ours(name)) {
        return Err(Error::Foreign { folder: folder.to_owned(), entry: entry.clone() });
    }
    // A run's receipts and backups are the way back, and nobody else has them.
    for target in TARGETS.iter().map(|target| target.meta().name) {
        let Ok(entries) = fs::read_dir(folder.join(target)) else { continue };
        let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        if let Some(left) = names.filter(|name| is_of_a_run(name)).min() {
            return Err(Error::Foreign { folder: folder.to_owned(), entry: format!("{target}/{left}") });
        }
    }
    Ok(())
}

/// Whether an entry in a target's folder was left there by a run of its scripts.
fn is_of_a_run(name: &str) -> bool {
    matches!(name, "receipts.jsonl" | "backup.jsonl" | "backup" | "receipts" | "ready")
        || name.starts_with("organisation-")
}

impl Folder {
    /// An empty folder beside `target`, for its owner only: what goes in holds personal data.
    pub(crate) fn beside(target: &Path) -> Result<Self, Error> {
        // A name such as `.` or `out/..` has no parent to write beside.
        let target = target.canonicalize().unwrap_or_else(|_| target.to_owned());
        let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(Error::write(parent))?;
        let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let prefix = format!(".{name}.");
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(".part");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let beside = unfinished::make(|| builder.tempdir_in(parent), TempDir::path);
        Ok(Self { beside: beside.map_err(Error::write(parent))?, target })
    }

    /// Where to write for now.
    pub(crate) fn path(&self) -> &Path {
        self.beside.path()
    }

    /// Puts the folder in its place. What stood there goes only once the new one stands.
    pub(crate) fn put_in_place(self) -> Result<(), Error> {
        // Between the two renames neither folder is where it belongs, and no signal may end the program.
        let Some(old) = unfinished::settle(|places| {
            let old = self.renamed()?;
            places.extend(old.clone());
            Ok::<_, Error>(old)
        })?
        else {
            return Ok(());
        };
        fs::remove_dir_all(&old).map_err(|cause| Error::Write { path: old.clone(), cause })
    }

    /// Puts the folder in its place and returns where the one that stood there is now.
    fn renamed(self) -> Result<Option<PathBuf>, Error> {
        let Self { beside, target } = self;
        let failed = |cause| Error::Write { path: target.clone(), cause };
        if !target.exists() {
            let new = beside.keep();
            return fs::rename(&new, &target).map(|()| None).map_err(|cause| {
                // Nothing half-written stays behind.
                let _ = fs::remove_dir_all(&new);
                failed(cause)
            });
        }
        let old = beside.path().with_extension("old");
        fs::rename(&target, &old).map_err(failed)?;
        let new = beside.keep();
        if let Err(cause) = fs::rename(&new, &target) {
            let _ = fs::rename(&old, &target);
            let _ = fs::remove_dir_all(&new);
            return Err(failed(cause));
        }
        Ok(Some(old))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_inputs() -> impl Iterator<Item = &'static str> {
        std::iter::empty()
    }

    #[test]
    fn a_folder_is_put_in_place_as_a_whole() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("deep/out");
        check(&target, false, no_inputs()).unwrap();
        let folder = Folder::beside(&target).unwrap();
        fs::write(folder.path().join("a"), "1").unwrap();
        assert!(!target.exists());
        folder.put_in_place().unwrap();
        assert_eq!(fs::read_to_string(target.join("a")).unwrap(), "1");
        assert_eq!(fs::read_dir(target.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_there_is_replaced_only_by_force_and_only_at_the_end() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("out");
        fs::create_dir(&target).unwrap();
        check(&target, false, no_inputs()).unwrap();
        fs::write(target.join("old"), "1").unwrap();
        assert!(matches!(check(&target, false, no_inputs()), Err(Error::NotEmpty(_))));
        assert!(matches!(check(&target, true, no_inputs()), Err(Error::Foreign { .. })));
        fs::remove_file(target.join("old")).unwrap();
        fs::create_dir(target.join("csv")).unwrap();
        assert!(matches!(check(&target, true, no_inputs()), Err(Error::Foreign { .. })));
        fs::write(target.join("plan.json"), "{\"schema\": \"leadlint.plan/1\"}").unwrap();
        check(&target, true, no_inputs()).unwrap();
        fs::create_dir(target.join("hubspot")).unwrap();
        fs::write(target.join("hubspot/receipts.jsonl"), "{}").unwrap();
        let refused = check(&target, true, no_inputs()).unwrap_err().to_string();
        assert!(refused.contains("`hubspot/receipts.jsonl`, which no cleanup wrote"), "{refused}");
        fs::remove_dir_all(target.join("hubspot")).unwrap();
        for left in ["backup", "receipts", "ready", "organisation-00D5e0000000001EAA"] {
            fs::create_dir_all(target.join("salesforce").join(left)).unwrap();
            let refused = check(&target, true, no_inputs()).unwrap_err().to_string();
            assert!(refused.contains(&format!("`salesforce/{left}`, which no cleanup wrote")), "{refused}");
            fs::remove_dir_all(target.join("salesforce")).unwrap();
        }
        let dropped = Folder::beside(&target).unwrap();
        fs::write(dropped.path().join("half"), "1").unwrap();
        drop(dropped);
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
        let folder = Folder::beside(&target).unwrap();
        fs::write(folder.path().join("new"), "1").unwrap();
        folder.put_in_place().unwrap();
        assert!(target.join("new").exists() && !target.join("csv").exists());
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_with_an_export_in_it_is_never_replaced() {
        let root = tempfile::tempdir().unwrap();
        let export = root.path().join("leads.csv");
        fs::write(&export, "Id\n1\n").unwrap();
        let refused = check(root.path(), true, std::iter::once(export.to_str().unwrap()));
        assert!(matches!(refused, Err(Error::HoldsInput { .. })));
        assert!(matches!(check(&export, true, no_inputs()), Err(Error::IsFile(_))));
    }
}
