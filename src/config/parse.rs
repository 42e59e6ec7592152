//! Reads `leadlint.toml`.

use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Deserialize as _;
use sha2::{Digest as _, Sha256};

use super::document::{Document, place};
use super::error::Error;
use super::options::Options;
use super::places::Places;
use super::{check, sense};

/// A config that was read from a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// What it says.
    pub options: Options,
    /// The folder at which its paths start.
    pub folder: PathBuf,
    /// The path, as given.
    pub path: PathBuf,
    /// SHA-256 of the file's bytes, in lower-case hex.
    pub sha256: String,
}

/// Reads a config file.
pub fn read(path: &Path) -> Result<Loaded, Error> {
    let shown = path.display().to_string();
    let bytes = fs::read(path).map_err(|error| {
        let (reason, next) = match error.kind() {
            ErrorKind::NotFound => {
                ("there is no such file".to_owned(), "check the path, or run `leadlint init` to write one")
            }
            ErrorKind::IsADirectory => ("it is a folder".to_owned(), "name the file in it"),
            ErrorKind::PermissionDenied => ("permission denied".to_owned(), "check who may read it"),
            _ => (error.to_string(), "check the path"),
        };
        Error::Unreadable { path: shown.clone(), reason, next }
    })?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        Error::NotUtf8 { place: place(&valid, &shown, valid.len()) }
    })?;
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let sha256 = Sha256::digest(&bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    Ok(Loaded { options: parse(text, &shown)?, folder, path: path.to_owned(), sha256 })
}

/// Reads the text of a config; `path` is only for the errors. Sources keep the order of the file.
pub fn parse(text: &str, path: &str) -> Result<Options, Error> {
    let document = Document::parse(text, path)?;
    check::check(&document)?;
    let root = document.root().clone();
    let parsed = Options::deserialize(toml::Deserializer::from(root));
    let mut options = parsed.map_err(|error| document.syntax_error(&error))?;
    let position = |name: &String| document.locate(&["sources".into(), name.as_str().into()]).map(|span| span.start);
    options.sources.sort_by_cached_key(|name, _| position(name));
    sense::check(&document, &options)?;
    options.places = Places::of_document(&document);
    Ok(options)
}

#[cfg(test)]
mod tests;
