//! What the reader noticed while reading: rows it could not read, rows it had to pad, bytes it had to guess.

use serde::Serialize;

/// What is wrong with a stretch of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IssueKind {
    /// More non-blank cells than the header has columns. The row is in no frame.
    SurplusCells,
    /// Fewer cells than the header has columns. The row is in the frame, padded with nulls.
    MissingCells,
    /// A quote that is still open at the end of the file.
    OpenQuote,
    /// Text stands between a closing quote and the next delimiter.
    TextAfterQuote,
    /// A cell holds two or more lines that each have a full row's delimiters: a stray quote swallowed rows.
    SwallowedRows,
    /// Bytes that are not valid in the file's encoding and were read as Windows-1252.
    ForeignBytes,
    /// A line, or an element of a list, that is no JSON object. The row is in no frame.
    NoRecord,
}

impl IssueKind {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SurplusCells => "surplus-cells",
            Self::MissingCells => "missing-cells",
            Self::OpenQuote => "open-quote",
            Self::TextAfterQuote => "text-after-quote",
            Self::SwallowedRows => "swallowed-rows",
            Self::ForeignBytes => "foreign-bytes",
            Self::NoRecord => "no-record",
        }
    }
}

/// One thing that the reader noticed, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadIssue {
    /// What is wrong.
    pub kind: IssueKind,
    /// Position of the file in [`Source::files`](super::Source::files).
    pub file: usize,
    /// 1-based data row in the file, unreadable rows counted.
    pub row: u64,
    /// Physical line on which the row begins.
    pub line: u64,
    /// Position in the source's frame of the column meant, when one is.
    pub column: Option<usize>,
    /// Row in the source's frame, when the row is there.
    pub frame_row: Option<u32>,
    /// What stands there: the raw text of an unreadable row, else the cell.
    pub value: String,
    /// Why, in a few words: `14 cells, the header has 13`.
    pub detail: String,
}
