//! A source: one or more exports read as one table of text, with the place each row came from.

use std::sync::Arc;

use chrono::NaiveDate;
use polars::prelude::DataFrame;
use serde::Serialize;

use super::{Excluded, Gone, Kind, Object, ReadIssue, Role, RoleBinding, Schema, SchemaField, SystemField};

/// The encoding a text export was read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TextEncoding {
    /// UTF-8, with or without a byte order mark; bad cells are read as Windows-1252.
    Utf8,
    /// UTF-16, little endian, with a byte order mark.
    Utf16Le,
    /// UTF-16, big endian, with a byte order mark.
    Utf16Be,
    /// UTF-32, little endian, with a byte order mark.
    Utf32Le,
    /// UTF-32, big endian, with a byte order mark.
    Utf32Be,
    /// Windows-1252, which covers ISO-8859-1's printable part.
    Windows1252,
}

impl TextEncoding {
    /// The name used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16-le",
            Self::Utf16Be => "utf-16-be",
            Self::Utf32Le => "utf-32-le",
            Self::Utf32Be => "utf-32-be",
            Self::Windows1252 => "windows-1252",
        }
    }
}

/// How a text export is written, as far as reading it and writing it back need to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Dialect {
    /// The encoding.
    pub encoding: TextEncoding,
    /// Whether a byte order mark stands in front.
    pub bom: bool,
    /// The delimiter: `,`, `;`, tab or `|`.
    pub delimiter: u8,
    /// Physical line (1-based) of the header; lines before it are a preamble.
    pub header_line: u32,
    /// How the file was packed.
    pub packing: Packing,
}

/// How a text export is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Packing {
    /// Not at all.
    #[default]
    None,
    /// gzip.
    Gzip,
    /// zstd.
    Zstd,
}

impl Packing {
    /// The name used in messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "plain",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

/// One file of a source, as read.
#[derive(Debug, Clone, Serialize)]
pub struct SourceFile {
    /// The path as given; `zip!member` and `book.xlsx#Sheet` for members.
    pub path: String,
    /// SHA-256 of the bytes on disk, in hex; of a member of a zip, of its own bytes.
    pub sha256: String,
    /// Size on disk, in bytes; of a member of a zip, its own.
    pub bytes: u64,
    /// Data rows in the frame.
    pub rows: u64,
    /// Data rows that could not be read, and are in no frame.
    pub unreadable: u64,
    /// 1-based data rows that were read and are in no frame, for the reasons in [`Source::excluded`], ascending.
    pub set_aside: Vec<u32>,
    /// The number of rows that the file itself declares in its footer.
    pub declared_rows: Option<u64>,
    /// Lines before the header, blank ones aside.
    pub preamble_lines: u32,
    /// Lines after the last row that are a footer, blank ones aside.
    pub footer_lines: u32,
    /// First row of this file in the source's frame.
    pub first_row: u32,
    /// How the text is written; `None` for formats that are not text.
    pub dialect: Option<Dialect>,
    /// The file's own headers, after repeated ones got their number.
    pub headers: Vec<String>,
}

/// Where each row of a frame came from. Both vectors are as long as the frame is high.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// 1-based data row in its file, unreadable rows counted.
    pub row: Vec<u32>,
    /// Physical line on which the row begins; 0 where the format has no lines.
    pub line: Vec<u32>,
}

/// One or more exports read as one table.
#[derive(Debug, Clone)]
pub struct Source {
    /// The name in config and reports.
    pub name: String,
    /// Whether the name stands in `leadlint.toml`; only then does it enter fingerprints.
    pub configured: bool,
    /// The kind.
    pub kind: Kind,
    /// What a row is; `None` for chats and sync logs.
    pub object: Option<Object>,
    /// Name of the vendor whose shape it has.
    pub vendor: String,
    /// Why kind, object and vendor were taken to be these, in a few words.
    pub detected: String,
    /// Every column as text (`String`), named by its header; null where a row or file has no such cell.
    pub frame: DataFrame,
    /// Place of each row.
    pub origin: Origin,
    /// The files, in bytewise path order.
    pub files: Vec<SourceFile>,
    /// Which column plays which role, at most one column per role, ordered by role.
    pub roles: Vec<RoleBinding>,
    /// Which column is which system field, at most one column per field, ordered by field.
    pub system: Vec<(SystemField, usize)>,
    /// Rows that were read and are not in the frame, by reason.
    pub excluded: Vec<Excluded>,
    /// Records that the exports name although they are no longer ones, by id: whoever looks an id up must know that it
    /// was there.
    pub gone: Vec<Gone>,
    /// What the reader noticed.
    pub issues: Vec<ReadIssue>,
    /// What the reader wants said once about the source: columns that only some files have, a doubtful detection.
    pub notes: Vec<String>,
    /// The IANA zone that a header names for the naive times of this source.
    pub zone: Option<String>,
    /// Roles or headers that must be filled, when the config says so.
    pub required: Option<Vec<String>>,
    /// Positions of columns that no rule looks at.
    pub ignored: Vec<usize>,
    /// Users whose edits are not people's, when the config says so: ids, names or addresses.
    pub system_users: Vec<String>,
    /// The CRM that masters these records, when the config says so.
    pub synced_with: Option<String>,
    /// The period that the export covers, when the config says so; both days are within.
    pub covers: Option<(NaiveDate, NaiveDate)>,
    /// What the CRM declares of the fields, when the config names a schema file.
    pub schema: Option<Arc<Schema>>,
}

impl Source {
    /// Number of rows in the frame.
    #[must_use]
    pub fn height(&self) -> usize {
        self.frame.height()
    }

    /// Position of the column that plays `role`, unless the config ignores that column.
    #[must_use]
    pub fn role(&self, role: Role) -> Option<usize> {
        self.roles.iter().find(|b| b.role == role).map(|b| b.column).filter(|c| !self.ignored.contains(c))
    }

    /// Position of the column that is system field `field`, unless the config ignores that column.
    #[must_use]
    pub fn system(&self, field: SystemField) -> Option<usize> {
        self.system.iter().find(|(of, _)| *of == field).map(|(_, c)| *c).filter(|c| !self.ignored.contains(c))
    }

    /// The field that column `column` is, where a schema declares it.
    #[must_use]
    pub fn declared(&self, column: usize) -> Option<&SchemaField> {
        let schema = self.schema.as_ref()?;
        schema.fields.get((*schema.columns.get(column)?)?)
    }

    /// The role that column `column` plays.
    #[must_use]
    pub fn role_of(&self, column: usize) -> Option<Role> {
        self.roles.iter().find(|b| b.column == column).map(|b| b.role)
    }

    /// The header of column `column`.
    ///
    /// # Panics
    ///
    /// When the frame has no such column.
    #[must_use]
    pub fn header(&self, column: usize) -> &str {
        self.frame.columns()[column].name().as_str()
    }

    /// Positions of the columns that rules may look at, in frame order.
    pub fn columns(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.frame.width()).filter(|c| !self.ignored.contains(c))
    }

    /// The file that row `row` of the frame came from.
    #[must_use]
    pub fn file_of(&self, row: u32) -> usize {
        self.files.partition_point(|f| f.first_row <= row).saturating_sub(1)
    }

    /// The position of the column named `name`: an exact header wins over a role.
    #[must_use]
    pub fn column_named(&self, name: &str) -> Option<usize> {
        self.frame.get_column_index(name).or_else(|| name.parse::<Role>().ok().and_then(|role| self.role(role)))
    }
}
