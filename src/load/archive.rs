//! Zip archives: each member that is an export is read by itself. Nothing is ever written to disk.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Cursor;

use zip::ZipArchive;
use zip::result::ZipError;

use super::Error;
use super::expand::is_export;
use super::limits::{self, Stopped, read_within, too_big, unpacked};

/// What an archive is, in messages.
const WHAT: &str = "zip archive";

/// A zip archive in memory.
pub(crate) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    path: &'a str,
    packed: usize,
    /// Bytes that may still be unpacked.
    left: u64,
}

/// A member of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    index: usize,
    /// The name as it is shown.
    pub(crate) name: String,
}

/// A name without characters that a terminal or a reader of text would act on.
pub(crate) fn shown_name(name: &str) -> String {
    let acts = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    name.chars().map(|c| if acts(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

impl<'a> Archive<'a> {
    /// Opens an archive; `path` is how it is shown.
    pub(crate) fn open(bytes: &'a [u8], path: &'a str) -> Result<Self, Error> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|cause| damaged(path, &cause))?;
        if zip.len() > limits::MEMBERS {
            return Err(Error::TooManyMembers { path: path.to_owned(), members: zip.len(), limit: limits::MEMBERS });
        }
        if zip.has_duplicate_names() {
            let reason = "several of its members have one name".to_owned();
            return Err(Error::Damaged { path: path.to_owned(), format: WHAT, reason });
        }
        Ok(Self { zip, path, packed: bytes.len(), left: unpacked(bytes.len()) })
    }

    /// Checks that what the members say of their sizes stays within the limits.
    pub(crate) fn check_sizes(&mut self) -> Result<(), Error> {
        let total = self.zip.decompressed_size();
        if total.is_some_and(|total| total <= u128::from(self.left)) {
            return Ok(());
        }
        // Without a total the members have to be asked one by one.
        let mut sum = 0_u64;
        for index in 0..self.zip.len() {
            let size = self.zip.by_index_raw(index).map_err(|cause| damaged(self.path, &cause))?.size();
            sum = sum.saturating_add(size);
        }
        if sum > self.left { Err(too_big(self.path, self.packed)) } else { Ok(()) }
    }

    /// The name of every member, as it stands in the archive.
    pub(crate) fn names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.zip.file_names().flatten()
    }

    /// The bytes of the member of that name.
    pub(crate) fn by_name(&mut self, name: &str) -> Option<Result<Vec<u8>, Error>> {
        let index = self.zip.index_for_name(name)?;
        Some(self.read(&Member { index, name: name.to_owned() }))
    }

    /// Every member that is a file, in bytewise order of names, but for hidden ones and those that macOS adds.
    pub(crate) fn members(&mut self) -> Result<(Vec<Member>, usize), Error> {
        let mut members = Vec::new();
        let mut hidden = 0;
        for index in 0..self.zip.len() {
            let file = self.zip.by_index_raw(index).map_err(|cause| damaged(self.path, &cause))?;
            let name = shown_name(&String::from_utf8_lossy(
                &file
                    .name()
                    .map_or_else(|_| Cow::Borrowed(file.name_raw()), |name| Cow::Owned(name.into_owned().into_bytes())),
            ));
            if file.is_dir() {
                continue;
            }
            let mut parts = name.split(['/', '\\']);
            let is_hidden = parts.any(|part| part == "__MACOSX" || (part.starts_with('.') && part != ".."));
            if is_hidden || !file.is_file() {
                hidden += 1;
            } else {
                members.push(Member { index, name });
            }
        }
        members.sort_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
        Ok((members, hidden))
    }

    /// The bytes of a member.
    pub(crate) fn read(&mut self, member: &Member) -> Result<Vec<u8>, Error> {
        let path = format!("{}!{}", self.path, shown_name(&member.name));
        let raw = self.zip.by_index_raw(member.index).map_err(|cause| damaged(&path, &cause))?;
        if raw.encrypted() {
            return Err(Error::Protected { path });
        }
        // The crate stops at the size that the archive declares, so a lie there cannot pass the limit.
        let expected = raw.size();
        drop(raw);
        if expected > self.left {
            return Err(too_big(&path, self.packed));
        }
        let file = self.zip.by_index(member.index).map_err(|cause| damaged(&path, &cause))?;
        match read_within(file, self.left, expected.min(64 * 1024 * 1024)) {
            Ok(bytes) => {
                self.left -= bytes.len() as u64;
                Ok(bytes)
            }
            Err(Stopped::Limit) => Err(too_big(&path, self.packed)),
            Err(Stopped::Broken(_, cause)) => {
                Err(Error::Damaged { path, format: "member of a zip archive", reason: cause.to_string() })
            }
        }
    }
}

impl Member {
    /// Whether it is an export by its name; archives within archives are not read.
    pub(crate) fn is_export(&self) -> bool {
        let name = self.name.rsplit(['/', '\\']).next().unwrap_or_default();
        is_export(name) && !name.to_lowercase().ends_with(".zip")
    }
}

fn damaged(path: &str, cause: &ZipError) -> Error {
    let reason = match cause {
        ZipError::CompressionMethodNotSupported(number) => {
            format!("it is packed by method {number}; only deflate is read, so pack it anew")
        }
        other => other.to_string(),
    };
    Error::Damaged { path: path.to_owned(), format: WHAT, reason }
}

/// The bytes of the member of an archive whose shown name is `name`; `path` is how the member is shown.
pub(crate) fn member(bytes: &[u8], name: &str, path: &str) -> Result<Vec<u8>, Error> {
    let archive_path = path.strip_suffix(&format!("!{name}")).unwrap_or(path).to_owned();
    let mut archive = Archive::open(bytes, &archive_path)?;
    let (members, _) = archive.members()?;
    match members.iter().find(|member| member.name == name) {
        Some(member) => archive.read(member),
        None => Err(no_member(path, &members)),
    }
}

/// The error for a member that is not there.
pub(crate) fn no_member(path: &str, members: &[Member]) -> Error {
    let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
    Error::NoPart { path: path.to_owned(), what: "member", known: few(&names) }
}

/// The first few of many names, and how many more there are.
pub(crate) fn few(names: &[&str]) -> String {
    let more = if names.len() > 5 { format!(" and {} more", names.len() - 5) } else { String::new() };
    format!("{}{more}", names[..names.len().min(5)].join(", "))
}

/// What was passed over, for people: `not read: a.png, b.png (no exports); Notes (hidden)`.
pub(crate) fn passed_over(skipped: &BTreeMap<&'static str, Vec<String>>) -> Option<String> {
    let parts: Vec<String> = skipped
        .iter()
        .map(|(why, names)| format!("{} ({why})", few(&names.iter().map(String::as_str).collect::<Vec<_>>())))
        .collect();
    (!parts.is_empty()).then(|| format!("not read: {}", parts.join("; ")))
}
