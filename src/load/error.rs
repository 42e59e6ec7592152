//! What can keep an export from being read. Every message names the place and what to do next.

use std::io;
use std::path::PathBuf;

/// Why a source could not be resolved or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A path that was given does not exist.
    #[error("{path}: no such file or directory{}; {next}", .nearest.as_ref().map(|n| format!(" (did you mean {n}?)")).unwrap_or_default())]
    Missing {
        /// The path as given.
        path: String,
        /// A file beside it whose name is close.
        nearest: Option<String>,
        /// What to do.
        next: String,
    },
    /// What stands before the `=` of an argument means nothing.
    #[error(
        "{arg}: `{label}` is neither a kind of source ({kinds}) nor the name of a configured one; leave it out, or add \
         [sources.{label}] to leadlint.toml"
    )]
    Label {
        /// The argument.
        arg: String,
        /// What stands before the `=`.
        label: String,
        /// The kinds that there are.
        kinds: String,
    },
    /// A directory holds no file that can be read.
    #[error(
        "{path}: no readable export directly in this directory ({}, each also as .gz or .zst); give files or a quoted glob such as '{path}/**/*.csv'",
        super::inputs::EXTENSIONS.join(", ")
    )]
    EmptyDirectory {
        /// The directory as given.
        path: String,
    },
    /// A glob matches nothing.
    #[error(
        "{pattern}: no file matches this glob; check the folder it starts in, and that the shell did not expand it (quote it)"
    )]
    NoMatch {
        /// The glob as given.
        pattern: String,
    },
    /// A glob that cannot be understood.
    #[error("{pattern}: not a valid glob: {reason}; write [[] for a bracket that is meant literally")]
    BadGlob {
        /// The glob as given.
        pattern: String,
        /// What globset says.
        reason: String,
    },
    /// Standard input was named more than once.
    #[error("- (standard input) is given twice; it can be read once only, save it to a file to use it twice")]
    StdinTwice,
    /// A file could not be opened or read.
    #[error("{path}: cannot be read: {cause}; check that it is a file that you may open")]
    Unreadable {
        /// The path as given.
        path: String,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// A packed file is damaged or cut off.
    #[error(
        "{path}: damaged {packing} data after {inflated} bytes of text: {cause}; download or export the file again"
    )]
    CorruptPacked {
        /// The path as given.
        path: String,
        /// `gzip` or `zstd`.
        packing: &'static str,
        /// How much could be unpacked.
        inflated: u64,
        /// What the decoder says.
        #[source]
        cause: io::Error,
    },
    /// A file unpacks to more than any export does.
    #[error(
        "{path}: it unpacks to more than {limit}, as no export does, and was not read on; if it is sound, unpack it yourself and give the file, or export in smaller parts"
    )]
    Bomb {
        /// The path as given.
        path: String,
        /// The limit, for people.
        limit: String,
    },
    /// A file that is not text is damaged or cut off.
    #[error("{path}: damaged {format}: {reason}; download or export the file again, or export it as CSV")]
    Damaged {
        /// The path as given.
        path: String,
        /// What the file is.
        format: &'static str,
        /// What its reader says.
        reason: String,
    },
    /// A file or a member of a zip is encrypted.
    #[error("{path}: it is protected by a password; save it without one, or export it as CSV")]
    Protected {
        /// The path as given.
        path: String,
    },
    /// An archive or a workbook holds nothing that can be read.
    #[error("{path}: nothing in it can be read{}; give an export that holds records", if held.is_empty() { ": it is empty".to_owned() } else { format!(": {held}") })]
    NothingWithin {
        /// The path as given.
        path: String,
        /// What it holds instead.
        held: String,
    },
    /// An archive has no such member, a workbook no such sheet.
    #[error("{path}: there is no such {what} in the file{}", if known.is_empty() { String::new() } else { format!("; it has {known}") })]
    NoPart {
        /// The path as given.
        path: String,
        /// `member` or `sheet`.
        what: &'static str,
        /// What there is.
        known: String,
    },
    /// An archive with very many members.
    #[error("{path}: {members} members, at most {limit} are read; unpack it and give the files that hold records")]
    TooManyMembers {
        /// The path as given.
        path: String,
        /// How many there are.
        members: usize,
        /// How many are read.
        limit: usize,
    },
    /// A sheet or columnar file with very many cells.
    #[error(
        "{path}: more than {limit} cells (rows times columns); delete blank rows and columns that are formatted, or export the records in parts or as CSV"
    )]
    TooManyCells {
        /// The path as given.
        path: String,
        /// How many are read.
        limit: u64,
    },
    /// The file has no byte at all.
    #[error("{path}: the file is empty, without even a header; export it again, or leave it out")]
    Empty {
        /// The path as given.
        path: String,
    },
    /// The file has no line that could be a header.
    #[error("{path}: nothing but blank lines; export it again, or leave it out")]
    Blank {
        /// The path as given.
        path: String,
    },
    /// A format that is not read.
    #[error("{path}: this is {format}, which is not read yet; {next}")]
    Format {
        /// The path as given.
        path: String,
        /// What the file seems to be, with its article.
        format: &'static str,
        /// What to do.
        next: &'static str,
    },
    /// JSON that cannot be read as records.
    #[error("{path}: line {line}, column {column}: {reason}; {next}")]
    Json {
        /// The path as given.
        path: String,
        /// Line, 1-based.
        line: u64,
        /// Column, 1-based.
        column: u64,
        /// What is wrong there.
        reason: String,
        /// What to do.
        next: &'static str,
    },
    /// UTF-16 or UTF-32 without a byte order mark.
    #[error(
        "{path}: line {line} holds NUL bytes as UTF-16 or UTF-32 without a byte order mark would; save it as UTF-8, or with a byte order mark"
    )]
    WideWithoutMark {
        /// The path as given.
        path: String,
        /// Line of the first NUL.
        line: u64,
    },
    /// More rows, or more bytes, than row numbers can count.
    #[error("{path}: more than 4,294,967,294 rows or lines; split the export and give the parts as one source")]
    TooLarge {
        /// The path as given.
        path: String,
    },
    /// The config names a header that the export does not have.
    #[error("source {source_name}: `columns.{role} = \"{header}\"`: {path} has no such header{}; correct the header in leadlint.toml", .nearest.as_ref().map(|n| format!(" (did you mean \"{n}\"?)")).unwrap_or_default())]
    UnknownHeader {
        /// The source.
        source_name: String,
        /// The first file of the source.
        path: String,
        /// The role in config.
        role: &'static str,
        /// The header in config.
        header: String,
        /// The closest header of the export.
        nearest: Option<String>,
    },
    /// Two roles in config name one column.
    #[error(
        "source {source_name}: `columns.{first}` and `columns.{second}` both name \"{header}\"; a column plays one role, drop one of them"
    )]
    SharedHeader {
        /// The source.
        source_name: String,
        /// One role.
        first: &'static str,
        /// The other role.
        second: &'static str,
        /// The header.
        header: String,
    },
    /// The config names a vendor that is not known.
    #[error("source {source_name}: vendor = \"{vendor}\" is not known{}; `leadlint formats` lists them", .nearest.as_ref().map(|n| format!(" (did you mean \"{n}\"?)")).unwrap_or_default())]
    UnknownVendor {
        /// The source.
        source_name: String,
        /// The vendor in config.
        vendor: String,
        /// The closest known vendor.
        nearest: Option<String>,
    },
    /// A schema file cannot be opened or read.
    #[error(
        "source {source_name}: schema {path} cannot be read: {cause}; correct `schema` in leadlint.toml, or leave it out"
    )]
    SchemaUnreadable {
        /// The source.
        source_name: String,
        /// The path, from the folder of the config.
        path: String,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// A schema file does not hold what it should.
    #[error(
        "{path}:{line}:{column}: {reason}; write it with `sf sobject describe --json`, or from HubSpot's crm/v3/properties"
    )]
    SchemaForm {
        /// The path, from the folder of the config.
        path: String,
        /// 1-based line.
        line: usize,
        /// 1-based column; 0 at the end of a line.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// Neither an argument nor the config names a file.
    #[error("no source: give an export, or add `path` to a source in leadlint.toml")]
    NoSource,
    /// A file changed between two readings.
    #[error(
        "{path}: the file changed since it was audited (its SHA-256 is another); audit it again before writing it back"
    )]
    Changed {
        /// The path as given.
        path: String,
    },
    /// Standard input cannot be read a second time.
    #[error("- (standard input) cannot be read again to write it back; save it to a file and give the file")]
    StdinGone,
    /// The text does not give the same bytes when encoded again.
    #[error("{path}: its {encoding} text is damaged and cannot be written back byte for byte; save it as UTF-8 first")]
    NotReversible {
        /// The path as given.
        path: String,
        /// The encoding.
        encoding: &'static str,
    },
    /// polars refused a frame, which is a fault of this program.
    #[error("{path}: the table could not be built: {cause}; please report this with the header of the file")]
    Frame {
        /// The path as given, or the source.
        path: String,
        /// What polars says.
        #[source]
        cause: polars::error::PolarsError,
    },
}

impl Error {
    pub(super) fn missing(path: &str) -> Self {
        let given = PathBuf::from(path);
        let name = given.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let folder =
            given.parent().filter(|p| !p.as_os_str().is_empty()).map_or_else(|| PathBuf::from("."), PathBuf::from);
        let names = std::fs::read_dir(&folder)
            .map(|entries| entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect::<Vec<_>>())
            .unwrap_or_default();
        let nearest = super::header::nearest(&name, names.iter().map(String::as_str)).map(str::to_owned);
        let next = if folder.is_dir() {
            "check the path".to_owned()
        } else {
            format!("the folder {} does not exist", folder.display())
        };
        Self::Missing { path: path.to_owned(), nearest, next }
    }
}
