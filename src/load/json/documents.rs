//! The records of a text: elements of a list, lines of NDJSON, documents that follow one another.

use serde_json::value::RawValue;

use super::envelope::{Document, open};
use super::flatten::{Columns, Fault, WIDTH};
use super::parse::{each, offset, place, reason, sort};
use crate::load::{Error, Progress};
use crate::model::{IssueKind, ReadIssue};

/// The text of an unreadable row is kept up to this many characters.
const RAW_LIMIT: usize = 4096;

/// Progress is told after so many bytes.
const STEP: usize = 1 << 20;

/// What a text holds.
pub(super) struct Records {
    pub(super) columns: Columns,
    /// 1-based number of each record that was kept.
    pub(super) row: Vec<u32>,
    /// Line of each record that is a document of its own; 0 for elements of a list.
    pub(super) line: Vec<u32>,
    pub(super) issues: Vec<ReadIssue>,
    pub(super) notes: Vec<String>,
    /// Records, unreadable ones among them.
    pub(super) seen: u64,
}

/// Reads the records of a text. `by_line` says that the file's name promises a document on each line.
pub(super) fn read(text: &str, path: &str, by_line: bool, progress: &dyn Progress) -> Result<Records, Error> {
    if text.trim_ascii().is_empty() {
        let path = path.to_owned();
        return Err(if text.is_empty() { Error::Empty { path } } else { Error::Blank { path } });
    }
    let mut reader = Reader::new(text, path, progress);
    let fault = match reader.documents() {
        Ok(()) => return Ok(reader.finish()),
        Err(fault) => fault,
    };
    // One bad line of NDJSON must not cost the others.
    if fault.by_line && (by_line || first_line_is_a_record(text)) {
        let mut reader = Reader::new(text, path, &());
        reader.lines()?;
        if !reader.records.row.is_empty() {
            return Ok(reader.finish());
        }
    }
    Err(fault.error)
}

fn first_line_is_a_record(text: &str) -> bool {
    let line = text.lines().find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    line.trim_ascii_start().starts_with('{') && serde_json::from_str::<&RawValue>(line).is_ok()
}

/// Why the text cannot be read as documents, and whether its lines may say more.
struct Stop {
    error: Error,
    by_line: bool,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self { error, by_line: false }
    }
}

struct Reader<'a> {
    text: &'a str,
    path: &'a str,
    progress: &'a dyn Progress,
    told: usize,
    /// A place that was counted, and its line.
    counted: (usize, u64),
    records: Records,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, path: &'a str, progress: &'a dyn Progress) -> Self {
        let records = Records {
            columns: Columns::new(),
            row: Vec::new(),
            line: Vec::new(),
            issues: Vec::new(),
            notes: Vec::new(),
            seen: 0,
        };
        Self { text, path, progress, told: 0, counted: (0, 1), records }
    }

    fn finish(mut self) -> Records {
        self.progress.advance((self.text.len() - self.told) as u64);
        if self.records.seen == 0 {
            self.records.notes.push("the list of records is empty".to_owned());
        }
        self.records
    }

    /// Reads the text as documents that follow one another, with or without lines between them.
    fn documents(&mut self) -> Result<(), Stop> {
        let stream = serde_json::Deserializer::from_str(self.text).into_iter::<&'a RawValue>();
        let mut wrapped = None;
        for next in stream {
            let document = match next {
                Ok(document) => document.get(),
                Err(error) => return Err(Stop { by_line: true, error: self.syntax(&error) }),
            };
            match document.as_bytes().first() {
                Some(b'{') => {
                    let wrapped = *wrapped.get_or_insert_with(|| open(document) != Document::Record);
                    self.object(document, wrapped)?;
                }
                Some(b'[') => self.list(document)?,
                _ => {
                    let error = self.not_records(document, sort(document));
                    return Err(Stop { by_line: true, error });
                }
            }
        }
        Ok(())
    }

    /// Reads each line as a document of its own. What is no object is an unreadable row.
    fn lines(&mut self) -> Result<(), Error> {
        let mut wrapped = None;
        for line in self.text.lines().filter(|line| !line.trim_ascii().is_empty()) {
            let fault = match serde_json::from_str::<&'a RawValue>(line) {
                Ok(document) if document.get().starts_with('{') => {
                    let document = document.get();
                    let wrapped = *wrapped.get_or_insert_with(|| open(document) != Document::Record);
                    self.object(document, wrapped)?;
                    continue;
                }
                Ok(document) => format!("{} where a record should be", sort(document.get())),
                Err(error) => format!("no JSON object: {} at column {}", reason(&error), error.column()),
            };
            let number = self.line_of(line);
            self.unreadable(line, number, fault);
        }
        Ok(())
    }

    /// A document that is an object: a record, or what wraps a list of them.
    fn object(&mut self, document: &'a str, wrapped: bool) -> Result<(), Error> {
        match if wrapped { open(document) } else { Document::Record } {
            Document::Record => {
                let line = self.line_of(document);
                self.record(document, line as u32)
            }
            Document::List(list) => self.list(list),
            Document::Several(names) => {
                let reason = format!("it holds several lists of records: {}", names.join(", "));
                Err(self.refuse(document, reason, "export them one by one, a file for each"))
            }
            Document::Own(schema) => {
                Err(self.refuse(document, format!("this is a document of {schema}, no export"), "leave it out"))
            }
        }
    }

    fn list(&mut self, list: &'a str) -> Result<(), Error> {
        let before = (self.records.row.len(), self.records.seen);
        let mut first = None;
        each(list, &mut |element: &'a str| {
            if element.starts_with('{') {
                return self.record(element, 0);
            }
            first.get_or_insert(element);
            let (line, column) = place(self.text, offset(self.text, element));
            // A list of a million numbers is refused below; its elements are not kept.
            if self.records.row.len() > before.0 || self.records.seen - before.1 < 100 {
                self.unreadable(
                    element,
                    line,
                    format!("{} at column {column} where a record should be", sort(element)),
                );
            } else {
                self.records.seen += 1;
            }
            Ok(())
        })?;
        match first {
            Some(element) if self.records.row.len() == before.0 => {
                let what = format!("a list whose first element is {}", sort(element));
                Err(self.not_records(element, &what))
            }
            _ => Ok(()),
        }
    }

    fn record(&mut self, record: &'a str, line: u32) -> Result<(), Error> {
        let at = offset(self.text, record);
        if at >= self.told + STEP {
            self.progress.advance((at - self.told) as u64);
            self.told = at;
        }
        let row = self.records.row.len() as u32;
        match self.records.columns.add(record, row) {
            Ok(()) => {
                self.records.seen += 1;
                self.records.row.push(self.records.seen as u32);
                self.records.line.push(line);
                Ok(())
            }
            Err(Fault::Deep) => {
                let reason = "objects are nested deeper than 128 levels".to_owned();
                Err(self.refuse(record, reason, "export the records without what is nested in them"))
            }
            Err(Fault::Wide) => {
                let reason = format!("with this record there are more than {WIDTH} different keys");
                Err(self.refuse(record, reason, "if records are keyed by their ids, export them as a list"))
            }
        }
    }

    fn unreadable(&mut self, raw: &str, line: u64, detail: String) {
        self.records.seen += 1;
        self.records.issues.push(ReadIssue {
            kind: IssueKind::NoRecord,
            file: 0,
            row: self.records.seen,
            line,
            column: None,
            frame_row: None,
            value: raw.trim_ascii().chars().take(RAW_LIMIT).collect(),
            detail,
        });
    }

    /// The line of a part of the text; parts are asked for in order.
    fn line_of(&mut self, part: &str) -> u64 {
        let at = offset(self.text, part);
        let (from, line) = self.counted;
        if at > from {
            let passed = memchr::memchr_iter(b'\n', &self.text.as_bytes()[from..at]).count();
            self.counted = (at, line + passed as u64);
        }
        self.counted.1
    }

    fn syntax(&self, error: &serde_json::Error) -> Error {
        let (reason, next) = if error.is_eof() {
            (format!("the text ends too early: {}", reason(error)), "it is cut off, export or download it again")
        } else {
            (format!("not valid JSON: {}", reason(error)), "mend it there, or export it again")
        };
        self.refusal(error.line() as u64, error.column() as u64, reason, next)
    }

    fn not_records(&self, part: &str, what: &str) -> Error {
        let reason = format!("{what}, where a list of objects was expected");
        self.refuse(part, reason, "export the records as a list of JSON objects, or as CSV")
    }

    fn refuse(&self, part: &str, reason: String, next: &'static str) -> Error {
        let (line, column) = place(self.text, offset(self.text, part));
        self.refusal(line, column, reason, next)
    }

    fn refusal(&self, line: u64, column: u64, reason: String, next: &'static str) -> Error {
        Error::Json { path: self.path.to_owned(), line, column, reason, next }
    }
}
