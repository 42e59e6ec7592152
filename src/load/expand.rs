//! What one argument stands for: a file, a part of one, the files of a directory, the matches of a glob.

use std::path::{Path, PathBuf};

use globset::GlobBuilder;

use super::Error;
use super::inputs::{EXTENSIONS, Input, SourceSpec};

/// What one argument stands for.
pub(super) enum Expansion {
    /// One source of these files.
    One(Vec<Input>),
    /// A source for each file.
    Each(Vec<Input>),
}

impl Expansion {
    pub(super) fn into_files(self) -> Vec<Input> {
        match self {
            Self::One(files) | Self::Each(files) => files,
        }
    }

    pub(super) fn into_sources(self) -> impl Iterator<Item = SourceSpec> {
        let sources = match self {
            Self::One(files) => vec![files],
            Self::Each(files) => files.into_iter().map(|f| vec![f]).collect(),
        };
        sources.into_iter().map(SourceSpec::of)
    }
}

/// Expands a path, glob, directory or `-`; relative ones start at `folder`.
pub(super) fn expand(target: &str, folder: Option<&Path>) -> Result<Expansion, Error> {
    if target == "-" && folder.is_none() {
        return Ok(Expansion::One(vec![Input::Stdin]));
    }
    let path = folder.map_or_else(|| PathBuf::from(target), |f| under(f, target));
    let shown = path.to_string_lossy().into_owned();
    if path.is_dir() {
        return Ok(Expansion::Each(directory(&path, &shown)?));
    }
    if let Some(input) = Input::locate(&shown) {
        return Ok(Expansion::One(vec![input]));
    }
    if target.contains(['*', '?', '[', '{']) { Ok(Expansion::One(glob(&shown)?)) } else { Err(Error::missing(&shown)) }
}

/// `.` adds nothing to a path that is shown to people.
pub(super) fn under(folder: &Path, target: &str) -> PathBuf {
    if folder.as_os_str().is_empty() || folder == Path::new(".") { PathBuf::from(target) } else { folder.join(target) }
}

fn directory(path: &Path, shown: &str) -> Result<Vec<Input>, Error> {
    let entries = std::fs::read_dir(path).map_err(|cause| Error::Unreadable { path: shown.to_owned(), cause })?;
    let mut files: Vec<Input> =
        entries.flatten().map(|e| e.path()).filter(|p| is_export_path(p) && p.is_file()).map(Input::file).collect();
    if files.is_empty() {
        return Err(Error::EmptyDirectory { path: shown.to_owned() });
    }
    files.sort_by(|a, b| a.shown().as_bytes().cmp(b.shown().as_bytes()));
    Ok(files)
}

fn is_export_path(path: &Path) -> bool {
    path.file_name().is_some_and(|name| is_export(&name.to_string_lossy()))
}

/// Whether a file of this name is an export, going by its extension; what people are to read first is none.
pub(super) fn is_export(name: &str) -> bool {
    let name = name.to_lowercase();
    let stem = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    !name.starts_with('.')
        && stem.rsplit_once('.').is_some_and(|(title, extension)| {
            EXTENSIONS.contains(&extension) && !(extension == "txt" && is_note(title))
        })
}

/// Whether a text file of this name goes with exports to be read by people.
fn is_note(title: &str) -> bool {
    const NOTES: [&str; 9] =
        ["readme", "read me", "read_me", "license", "licence", "notice", "copying", "changelog", "changes"];
    NOTES.contains(&title)
}

fn glob(pattern: &str) -> Result<Vec<Input>, Error> {
    let matcher = GlobBuilder::new(pattern)
        .literal_separator(true)
        .build()
        .map_err(|e| Error::BadGlob { pattern: pattern.to_owned(), reason: e.kind().to_string() })?
        .compile_matcher();
    let meta = pattern.find(['*', '?', '[', '{']).unwrap_or(pattern.len());
    let base = pattern[..meta].rfind('/').map_or("", |slash| &pattern[..=slash]);
    let deep = pattern.contains("**");
    let depth = if deep { usize::MAX } else { pattern[base.len()..].matches('/').count() };
    let mut files = Vec::new();
    walk(base, depth, &mut |shown| {
        if matcher.is_match(shown) {
            files.push(Input::file(shown));
        }
    });
    if files.is_empty() {
        return Err(Error::NoMatch { pattern: pattern.to_owned() });
    }
    files.sort_by(|a, b| a.shown().as_bytes().cmp(b.shown().as_bytes()));
    Ok(files)
}

/// Visits every file under `base` (empty, or ending in `/`), `depth` folders deep. Links to folders are not followed.
fn walk(base: &str, depth: usize, visit: &mut impl FnMut(&str)) {
    let folder = if base.is_empty() { Path::new(".") } else { Path::new(base) };
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let shown = format!("{base}{name}");
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            if depth > 0 && !name.starts_with('.') {
                walk(&format!("{shown}/"), depth.saturating_sub(1), visit);
            }
        } else if !name.starts_with('.') && entry.path().is_file() {
            visit(&shown);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_export;

    #[test]
    fn notes_beside_exports_are_no_exports() {
        for note in
            ["README.txt", "readme.TXT", "LICENSE.txt", "Read Me.txt", "CHANGELOG.txt.gz", ".leads.csv", "LICENSE"]
        {
            assert!(!is_export(note), "{note}");
        }
        for export in ["leads.txt", "readme-requests.txt", "changes.csv", "notices.txt", "leads.csv.gz"] {
            assert!(is_export(export), "{export}");
        }
    }
}
