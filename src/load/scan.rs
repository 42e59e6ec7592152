//! One record after the other: csv-core's reading, and the verdict on what it read. The frame and the segments of a file
//! both come from here, so that they cannot disagree.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::{memchr_iter, memchr3, memmem};

use super::segments::cells;
use crate::model::IssueKind;

/// What the tokeniser must know about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The delimiter.
    pub(crate) delimiter: u8,
    /// Number of columns in the header.
    pub(crate) columns: usize,
    /// Position after the last column whose header is not empty: a row may end there without lacking anything.
    pub(crate) named: usize,
    /// `\n`, or `\r` where the file has no `\n`.
    pub(crate) line_end: u8,
    /// Whether a space follows the delimiters of the header, so that one says nothing in a row.
    pub(crate) spaced: bool,
}

/// A record that was read; its cells are the scanner's until the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Record {
    /// First byte.
    pub(crate) start: usize,
    /// Position after its line end.
    pub(crate) end: usize,
    /// Physical line on which it begins.
    pub(crate) line: u64,
    /// Line ends inside its cells.
    pub(crate) inner_lines: u64,
    /// Why it cannot be in a frame, if it cannot.
    pub(crate) unreadable: Option<IssueKind>,
    /// Whether it lacks cells that have a header.
    pub(crate) missing: bool,
    /// Whether text follows a closing quote.
    pub(crate) text_after_quote: bool,
}

/// What came of asking for the next record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A record.
    Record(Record),
    /// The limit was reached inside a record: go on with a later limit.
    Within,
    /// The limit was reached where a record would begin.
    Between,
}

/// Reads records from a text, up to limits that the caller sets.
pub(crate) struct Scanner<'t> {
    text: &'t [u8],
    shape: Shape,
    reader: Reader,
    at: usize,
    line: u64,
    within: bool,
    start: usize,
    start_line: u64,
    line_mark: u64,
    out: Vec<u8>,
    written: usize,
    ends: Vec<usize>,
    ended: usize,
    /// Whether the last record has no quote, so that its cells are looked at where they stand in the text.
    plain: bool,
    /// Delimiters that spaces and a quote follow, before `prepared`.
    spaced_quotes: Vec<usize>,
    next_spaced: usize,
    prepared: usize,
}

impl<'t> Scanner<'t> {
    /// A scanner at `at`, which must be where a record begins, on physical line `line`.
    pub(crate) fn new(text: &'t [u8], at: usize, line: u64, shape: Shape) -> Self {
        let mut reader = ReaderBuilder::new().delimiter(shape.delimiter).build();
        // A reader that has read something no longer looks for a byte order mark, which is text at this place.
        let _ = reader.read_record(&[], &mut [0], &mut [0]);
        Self {
            text,
            shape,
            reader,
            at,
            line,
            within: false,
            start: at,
            start_line: line,
            line_mark: 0,
            out: vec![0; 16 * 1024],
            written: 0,
            ends: vec![0; shape.columns + 1],
            ended: 0,
            plain: false,
            spaced_quotes: Vec::new(),
            next_spaced: 0,
            prepared: at,
        }
    }

    /// Physical line at which the scanner stands, between records.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// The unescaped bytes of the last record's cells, [`Self::gap`] bytes between them.
    pub(crate) fn bytes(&self) -> &[u8] {
        if self.plain {
            &self.text[self.start..self.start + self.ends[self.ended - 1]]
        } else {
            &self.out[..self.written]
        }
    }

    /// How many bytes stand between the cells of [`Self::bytes`]: a delimiter, where they stand in the text.
    pub(crate) fn gap(&self) -> usize {
        usize::from(self.plain)
    }

    /// Where each cell of the last record ends in [`Self::bytes`].
    pub(crate) fn ends(&self) -> &[usize] {
        &self.ends[..self.ended]
    }

    /// The unescaped bytes of cell `index` of the last record.
    pub(crate) fn cell(&self, index: usize) -> &[u8] {
        let from = if index == 0 { 0 } else { self.ends[index - 1] + self.gap() };
        &self.bytes()[from..self.ends[index]]
    }

    /// Reads on to the end of a record, but not beyond `limit`; `last` says that the text to read ends there.
    pub(crate) fn step(&mut self, limit: usize, last: bool) -> Step {
        self.find_spaced_quotes(limit);
        loop {
            let is_new = !self.within;
            if is_new && !self.begin(limit) {
                return Step::Between;
            }
            self.plain = is_new && self.take_plain(limit);
            let open = if self.plain { Some(false) } else { self.feed(limit, last) };
            let Some(open) = open else { return Step::Within };
            if let Some(record) = self.finish(open) {
                return Step::Record(record);
            }
        }
    }

    /// Skips line ends; false when nothing else is left.
    fn begin(&mut self, limit: usize) -> bool {
        while self.at < limit && matches!(self.text[self.at], b'\n' | b'\r') {
            self.line += u64::from(self.text[self.at] == self.shape.line_end);
            self.at += 1;
        }
        if self.at >= limit {
            return false;
        }
        self.within = true;
        self.start = self.at;
        self.start_line = self.line;
        self.line_mark = self.reader.line();
        self.written = 0;
        self.ended = 0;
        true
    }

    /// Takes the record that begins here, if it has no quote and ends before the limit: then its cells lie between
    /// delimiters, and nobody has to read them byte by byte.
    fn take_plain(&mut self, limit: usize) -> bool {
        let rest = &self.text[self.at..limit];
        let Some(end) = memchr3(b'\n', b'\r', b'"', rest).filter(|end| rest[*end] != b'"') else { return false };
        for at in memchr_iter(self.shape.delimiter, &rest[..end]).chain([end]) {
            if self.ended == self.ends.len() {
                self.ends.resize(self.ended * 2, 0);
            }
            self.ends[self.ended] = at;
            self.ended += 1;
        }
        self.at += end + 1;
        true
    }

    /// Feeds the reader until it has a record, and says whether a quote was left open; `None` when the limit came first.
    fn feed(&mut self, limit: usize, last: bool) -> Option<bool> {
        loop {
            let stop = self.spaced_quotes.get(self.next_spaced).map_or(limit, |delimiter| delimiter + 1).min(limit);
            if self.at == stop && stop == limit {
                return last.then(|| self.close());
            }
            let (result, read, written, ended) = self.reader.read_record(
                &self.text[self.at..stop],
                &mut self.out[self.written..],
                &mut self.ends[self.ended..],
            );
            self.at += read;
            self.written += written;
            self.ended += ended;
            match result {
                ReadRecordResult::Record => return Some(false),
                ReadRecordResult::OutputFull => self.out.resize(self.out.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::InputEmpty | ReadRecordResult::End => self.skip_spaces(stop),
            }
        }
    }

    /// At a delimiter that spaces and a quote follow: skips the spaces, if the delimiter is one and not part of a cell.
    fn skip_spaces(&mut self, stop: usize) {
        if self.spaced_quotes.get(self.next_spaced).is_none_or(|delimiter| delimiter + 1 != stop) {
            return;
        }
        self.next_spaced += 1;
        // A delimiter inside quotes is copied to the output and so moves it past the last cell's end.
        if self.ended > 0 && self.ends[self.ended - 1] == self.written {
            while self.text[self.at] == b' ' {
                self.at += 1;
            }
        }
    }

    /// Ends the last record of the text, and says whether a quote is open in it: then a line end does not end it.
    fn close(&mut self) -> bool {
        if self.ends.len() <= self.ended {
            self.ends.resize(self.ended * 2, 0);
        }
        let line = self.reader.line();
        let (result, _, _, ended) = self.reader.read_record(b"\n", &mut [0; 4], &mut self.ends[self.ended..]);
        self.reader.set_line(line);
        self.ended += ended;
        let open = result != ReadRecordResult::Record;
        if open {
            self.ends[self.ended] = self.written;
            self.ended += 1;
        }
        open
    }

    /// Judges the record that was read; `None` when it is a blank line.
    fn finish(&mut self, open: bool) -> Option<Record> {
        self.within = false;
        let fed = self.at;
        let terminated = !open && matches!(self.text[fed - 1], b'\n' | b'\r');
        let content_end = fed - usize::from(terminated);
        let mut inner_lines = if self.plain {
            u64::from(self.text[fed - 1] == self.shape.line_end)
        } else if self.shape.line_end == b'\n' {
            self.reader.line() - self.line_mark
        } else {
            memchr_iter(b'\r', &self.text[self.start..fed]).count() as u64
        };
        let mut line_ends = 0;
        if terminated {
            line_ends = u64::from(self.text[fed - 1] == self.shape.line_end);
            inner_lines -= line_ends;
            if self.text[fed - 1] == b'\r' && self.text.get(fed) == Some(&b'\n') {
                self.at += 1;
                line_ends = 1;
            }
        }
        self.line = self.start_line + inner_lines + line_ends;
        let columns = self.shape.columns;
        let raw = &self.text[self.start..content_end];
        if self.ended == 1 && columns > 1 && raw.trim_ascii().is_empty() {
            return None;
        }
        let unreadable = if open {
            Some(IssueKind::OpenQuote)
        } else if inner_lines >= 2 && self.swallowed_rows() {
            Some(IssueKind::SwallowedRows)
        } else if self.ended > columns && self.surplus_matters(raw) {
            Some(IssueKind::SurplusCells)
        } else {
            None
        };
        // Without a byte that was dropped no cell was quoted, and nothing can follow a closing quote.
        let dropped = !self.plain && raw.len() > self.written + self.ended - 1;
        Some(Record {
            start: self.start,
            end: self.at,
            line: self.start_line,
            inner_lines,
            unreadable,
            missing: unreadable.is_none() && self.ended < self.shape.named,
            text_after_quote: unreadable.is_none() && dropped && text_after_quote(raw, self.shape.delimiter),
        })
    }

    /// Whether the cells beyond the header's hold something, or stand there because a comma of the text was not quoted and
    /// pushed all cells behind it to the right: then a cell begins with a space.
    fn surplus_matters(&self, raw: &[u8]) -> bool {
        let filled = (self.shape.columns..self.ended).any(|c| !self.cell(c).trim_ascii().is_empty());
        filled
            || (!self.shape.spaced
                && memchr_iter(self.shape.delimiter, raw).any(|at| raw.get(at + 1) == Some(&b' '))
                && cells(raw, self.shape.delimiter).iter().skip(1).any(|cell| {
                    let text = &raw[cell.range.clone()];
                    !cell.quoted && text.first() == Some(&b' ') && !text.trim_ascii().is_empty()
                }))
    }

    /// Whether a cell holds two or more lines that each have a full row's delimiters.
    fn swallowed_rows(&self) -> bool {
        let last = self.ended - 1;
        (0..self.ended).any(|index| {
            let pieces: Vec<&[u8]> = self.cell(index).split(|b| *b == self.shape.line_end).collect();
            // What stands before the first line end and after the last one is only part of a row, unless the cell
            // begins or ends the record.
            let from = usize::from(index > 0);
            let to = pieces.len() - usize::from(index < last);
            from < to && pieces[from..to].iter().filter(|piece| self.is_row(piece)).take(2).count() == 2
        })
    }

    /// Whether a line has as many delimiters as a row. One that a space follows is punctuation, as in this sentence, and
    /// in narrow files so is one between digits.
    fn is_row(&self, line: &[u8]) -> bool {
        let wanted = self.shape.columns.saturating_sub(1);
        let digit = |at: Option<&u8>| at.is_some_and(u8::is_ascii_digit);
        let found = memchr_iter(self.shape.delimiter, line).filter(|at| {
            let next = line.get(at + 1);
            let spaced = next == Some(&b' ') && !self.shape.spaced;
            let decimal = wanted <= 2 && digit(next) && digit(at.checked_sub(1).and_then(|before| line.get(before)));
            !spaced && !decimal
        });
        wanted > 0 && found.take(wanted).count() == wanted
    }

    /// Notes where spaces stand between a delimiter and a quote, up to `limit`.
    fn find_spaced_quotes(&mut self, limit: usize) {
        if limit <= self.prepared {
            return;
        }
        let text = self.text;
        for space in memmem::find_iter(&text[self.prepared..limit], b" \"").map(|found| self.prepared + found) {
            let before = text[self.start.min(space)..space].iter().rposition(|b| *b != b' ');
            if let Some(delimiter) = before.map(|at| self.start.min(space) + at)
                && text[delimiter] == self.shape.delimiter
            {
                self.spaced_quotes.push(delimiter);
            }
        }
        self.prepared = limit;
    }
}

/// Whether other text than spaces stands between a closing quote and the next delimiter.
fn text_after_quote(raw: &[u8], delimiter: u8) -> bool {
    let mut quotes = memchr_iter(b'"', raw);
    let mut open = false;
    while let Some(at) = quotes.next() {
        if open {
            match raw.get(at + 1) {
                Some(b'"') => {
                    quotes.next();
                }
                next => {
                    open = false;
                    if next.is_some_and(|b| *b != delimiter) {
                        let rest = &raw[at + 1..];
                        let cell = &rest[..memchr::memchr(delimiter, rest).unwrap_or(rest.len())];
                        if !cell.trim_ascii().is_empty() {
                            return true;
                        }
                    }
                }
            }
        } else {
            let before = raw[..at].iter().rposition(|b| *b != b' ');
            // At the start of a record a space is text, as csv-core has it.
            open = match before {
                None => at == 0,
                Some(before) => raw[before] == delimiter,
            };
        }
    }
    false
}
