//! How a text export is laid out: line ends, delimiter, what stands before the header, the header, the footer.

use std::ops::Range;

use memchr::{memchr, memchr_iter};

use super::Error;
use super::encoding::lenient;
use super::footer::{self, Footer};
use super::header::{Headers, name_columns};
use super::scan::{Record, Scanner, Shape, Step};
use crate::model::IssueKind;

/// The delimiters that are looked for; earlier ones win a tie.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How much text, and how many records, are looked at to find delimiter and header.
const SAMPLE_BYTES: usize = 64 * 1024;
pub(crate) const SAMPLE_RECORDS: usize = 200;

/// The header is looked for in this many records.
const PREAMBLE_RECORDS: usize = 20;

/// The places of a text export. Preamble, header, body and footer follow one another without a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) shape: Shape,
    pub(crate) header: Range<usize>,
    pub(crate) header_line: u64,
    pub(crate) headers: Headers,
    /// A fault in the header itself.
    pub(crate) header_fault: Option<IssueKind>,
    pub(crate) body: Range<usize>,
    pub(crate) body_line: u64,
    pub(crate) preamble_lines: u32,
    pub(crate) footer: Footer,
}

/// Finds the layout of a decoded text; `path` is for its extension and for messages.
pub(crate) fn lay_out(text: &[u8], path: &str) -> Result<Layout, Error> {
    if text.is_empty() {
        return Err(Error::Empty { path: path.to_owned() });
    }
    let line_end = if memchr(b'\n', text).is_none() && memchr(b'\r', text).is_some() { b'\r' } else { b'\n' };
    let hint = excel_hint(text);
    let trial = match hint {
        Some(delimiter) => Trial::new(text, delimiter, line_end, true),
        None => DELIMITERS
            .into_iter()
            .map(|delimiter| Trial::new(text, delimiter, line_end, false))
            .reduce(|best, next| if next.rank(path) > best.rank(path) { next } else { best })
            .unwrap_or_else(|| Trial::new(text, b',', line_end, false)),
    };
    let Some(header) = trial.records.get(trial.header) else { return Err(Error::Blank { path: path.to_owned() }) };
    let mut headers = name_columns(header.row.cells.clone());
    headers.notes.extend(doubt(&header.row, trial.header));
    let raw = &text[header.record.start..header.record.end];
    let delimiters = memchr_iter(trial.delimiter, raw);
    let spaced = header.row.cells.len() > 1 && delimiters.clone().all(|at| raw.get(at + 1) == Some(&b' '));
    let shape =
        Shape { delimiter: trial.delimiter, columns: headers.names.len(), named: headers.named, line_end, spaced };
    let body = header.record.end..text.len();
    let footer = footer::find(text, &body, shape);
    let preamble = text[..header.record.start].split(|b| *b == line_end);
    Ok(Layout {
        shape,
        header: header.record.start..header.record.end,
        header_line: header.record.line,
        header_fault: header.fault(),
        body: body.start..footer.start,
        body_line: header.next_line,
        preamble_lines: preamble.filter(|line| !line.trim_ascii().is_empty()).count() as u32,
        footer,
        headers,
    })
}

/// What is to be said of a header that is the first row and holds what only data hold.
pub(crate) fn doubt(header: &SampleRow, at: usize) -> Option<String> {
    let doubtful = at == 0 && header.cells.iter().any(|c| is_email(c));
    doubtful.then(|| "the first row looks like data; an export needs a header".to_owned())
}

/// The delimiter that Excel's `sep=;` line names.
fn excel_hint(text: &[u8]) -> Option<u8> {
    let line = text.split(|b| matches!(b, b'\n' | b'\r')).next()?;
    match line.trim_ascii_end() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] => Some(*delimiter),
        b"sep=" if line == b"sep=\t" => Some(b'\t'),
        _ => None,
    }
}

/// A record of the sample.
struct Probe {
    record: Record,
    next_line: u64,
    row: SampleRow,
}

/// A row at the beginning of a table, of a text or of a sheet.
#[derive(Debug, Clone, Default)]
pub(crate) struct SampleRow {
    pub(crate) cells: Vec<String>,
    /// Whether a blank line stands before it.
    pub(crate) after_blank: bool,
}

impl SampleRow {
    fn filled(&self) -> usize {
        self.cells.iter().filter(|c| !c.trim().is_empty()).count()
    }
}

impl Probe {
    fn fault(&self) -> Option<IssueKind> {
        match self.record.unreadable {
            Some(IssueKind::OpenQuote) => Some(IssueKind::OpenQuote),
            _ => self.record.text_after_quote.then_some(IssueKind::TextAfterQuote),
        }
    }
}

/// The sample as one delimiter splits it.
struct Trial {
    delimiter: u8,
    records: Vec<Probe>,
    header: usize,
}

impl Trial {
    fn new(text: &[u8], delimiter: u8, line_end: u8, hinted: bool) -> Self {
        let records = sample(text, delimiter, line_end, hinted);
        let rows: Vec<&SampleRow> = records.iter().map(|probe| &probe.row).collect();
        let header = find_header(&rows, hinted);
        Self { delimiter, records, header }
    }

    /// How well the delimiter fits: rows as wide as the header, then the width.
    fn rank(&self, path: &str) -> (u32, usize) {
        let Some(header) = self.records.get(self.header) else { return (0, 0) };
        let width = header.row.cells.len();
        if width < 2 {
            return (0, 0);
        }
        let rows = &self.records[self.header + 1..];
        let alike = rows.iter().filter(|r| r.row.cells.len() == width).count();
        let mut share = if rows.is_empty() { 500 } else { 1000 * alike / rows.len() } as u32;
        if self.header > 0 && !header.row.after_blank {
            share = share * 6 / 10;
        }
        if self.delimiter == b'\t' && extension(path).is_some_and(|e| matches!(e.as_str(), "tsv" | "tab")) {
            share += 200;
        }
        (1 + share, width)
    }
}

/// The extension of a path in lower case, that of what is packed for `.gz` and `.zst`.
pub(crate) fn extension(path: &str) -> Option<String> {
    let lower = path.to_lowercase();
    let inner = lower.strip_suffix(".gz").or_else(|| lower.strip_suffix(".zst")).unwrap_or(&lower);
    inner.rsplit_once('.').map(|(_, extension)| extension.to_owned())
}

/// The first records of the text that are not blank.
fn sample(text: &[u8], delimiter: u8, line_end: u8, hinted: bool) -> Vec<Probe> {
    let shape = Shape { delimiter, columns: 1, named: 0, line_end, spaced: false };
    let mut limit = text.len().min(SAMPLE_BYTES);
    loop {
        let mut scanner = Scanner::new(text, 0, 1, shape);
        let mut records: Vec<Probe> = Vec::new();
        let mut after_blank = false;
        let mut next_line = 1;
        while records.len() < SAMPLE_RECORDS
            && let Step::Record(record) = scanner.step(limit, limit == text.len())
        {
            let cells: Vec<String> = (0..scanner.ends().len()).map(|i| lenient(scanner.cell(i)).into_owned()).collect();
            let gap = record.line > next_line;
            next_line = scanner.line();
            if cells.len() == 1 && cells[0].trim().is_empty() {
                after_blank = true;
                continue;
            }
            records.push(Probe { record, next_line, row: SampleRow { cells, after_blank: gap || after_blank } });
            after_blank = false;
        }
        if !records.is_empty() && (!hinted || records.len() > 1) || limit == text.len() {
            return records;
        }
        limit = text.len().min(limit * 8);
    }
}

/// The position of the header: the first record, unless what stands there is a preamble.
pub(crate) fn find_header(records: &[&SampleRow], hinted: bool) -> usize {
    let from = usize::from(hinted).min(records.len().saturating_sub(1));
    let Some(first) = records.get(from) else { return 0 };
    let usual = typical_width(&records[from..]);
    // A report of few rows has more lines of title and footer than of rows.
    let short = if usual == 1 { block_width(&records[from..]) } else { None };
    let typical = short.unwrap_or(usual);
    let whole = first.filled() * 2 >= typical || (first.filled() > 1 && first.cells.len() == typical);
    if typical < 2 || whole {
        return from;
    }
    for (index, record) in records.iter().enumerate().take(PREAMBLE_RECORDS).skip(from + 1) {
        if record.cells.len() == typical && looks_like_header(&record.cells) {
            let alone = records[from..index].iter().all(|r| r.filled() <= 1);
            return if record.after_blank || (alone && typical > 2 && short.is_none()) { index } else { from };
        }
    }
    from
}

/// The most frequent number of cells; of two, the larger.
fn typical_width(records: &[&SampleRow]) -> usize {
    let mut widths: Vec<usize> = records.iter().map(|r| r.cells.len()).collect();
    widths.sort_unstable();
    widths.chunk_by(|a, b| a == b).map(|run| (run.len(), run[0])).max().map_or(0, |(_, width)| width)
}

/// The width of all records with more than one cell, where it is one, of three cells or more, and two records have it.
fn block_width(records: &[&SampleRow]) -> Option<usize> {
    let mut wide = records.iter().map(|r| r.cells.len()).filter(|width| *width > 1);
    let first = wide.next().filter(|width| *width > 2)?;
    let mut others = 0;
    for width in wide {
        if width != first {
            return None;
        }
        others += 1;
    }
    (others > 0).then_some(first)
}

fn looks_like_header(cells: &[String]) -> bool {
    let filled: Vec<&str> = cells.iter().map(|c| c.trim()).filter(|c| !c.is_empty()).collect();
    let mut distinct = filled.clone();
    distinct.sort_unstable();
    distinct.dedup();
    filled.len() * 2 >= cells.len()
        && distinct.len() == filled.len()
        && !filled.iter().any(|c| is_email(c) || is_number(c))
}

fn is_email(cell: &str) -> bool {
    let cell = cell.trim();
    cell.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !domain.contains('@') && !cell.contains(' ')
    })
}

/// Digits with the punctuation of numbers, dates and times.
fn is_number(cell: &str) -> bool {
    cell.contains(|c: char| c.is_ascii_digit())
        && cell.chars().all(|c| c.is_ascii_digit() || " .,:;-+/%$€TZ".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(text: &str) -> Layout {
        lay_out(text.as_bytes(), "x.csv").unwrap()
    }

    fn delimiter(text: &str) -> char {
        char::from(layout(text).shape.delimiter)
    }

    #[test]
    fn a_report_of_few_rows_has_its_header_below_the_title() {
        let header = |text: &str| layout(text).headers.names;
        let report = "Lead Report\n\"As of 2026-10-01\"\n\nId,Email,Last Name\n1,a@x.example,Doe\n\nGrand Totals (1 records)\nend\n";
        assert_eq!(header(report), ["Id", "Email", "Last Name"]);
        assert_eq!(header("Email\na@x.example\nb,c,d\ne,f,g\nc@x.example\n"), ["Email"]);
    }

    #[test]
    fn the_delimiter_is_the_one_that_gives_even_rows() {
        assert_eq!(delimiter("a,b\n1,2\n"), ',');
        assert_eq!(delimiter("a;b;c\n1,5;2;3\n2,5;3;4\n"), ';');
        assert_eq!(delimiter("a\tb\n1, 2\t3\n"), '\t');
        assert_eq!(delimiter("a|b|c\nx,y|2|3\n"), '|');
    }

    #[test]
    fn picklists_do_not_make_a_delimiter() {
        assert_eq!(delimiter("Id,Tags\n1,a;b;c\n2,a;b;c\n3,d;e;f\n"), ',');
        assert_eq!(delimiter("Id,Tags\n1,\"a;b;c\"\n"), ',');
    }

    #[test]
    fn delimiters_inside_quotes_do_not_count() {
        assert_eq!(delimiter("a;b\n\"x,y,z\";1\n\"x,y,z\";2\n"), ';');
    }

    #[test]
    fn one_column_is_one_column() {
        let found = layout("COLUMN1\n0\n1\n");
        assert_eq!((found.shape.columns, found.shape.delimiter), (1, b','));
        assert_eq!(layout("note\nhello, you\nno\nwell, a, b\n").headers.names, ["note"]);
    }

    #[test]
    fn the_sep_line_of_excel_is_obeyed_and_is_no_header() {
        let found = layout("sep=;\na,x;b\n1;2\n");
        assert_eq!(found.headers.names, ["a,x", "b"]);
        assert_eq!((found.header_line, found.preamble_lines, found.body_line), (2, 1, 3));
    }

    #[test]
    fn a_preamble_before_a_blank_line_is_skipped() {
        let found = layout("Reporting period 2026-10-01 to 2026-10-31\n\nAgent name,Conversations,Rating\nAna,3,5\n");
        assert_eq!(found.headers.names, ["Agent name", "Conversations", "Rating"]);
        assert_eq!((found.header_line, found.preamble_lines, found.body_line), (3, 1, 4));
    }

    #[test]
    fn a_padded_preamble_is_skipped() {
        let found = layout("Report,,,\n,,,\nid,name,email,phone\n1,Ann,a@x.org,\n2,Bob,b@x.org,\n");
        assert_eq!(found.headers.names[1], "name");
    }

    #[test]
    fn a_short_header_over_wider_rows_stays_the_header() {
        assert_eq!(layout("email\na@x.org,Ann\nb@x.org,Bob\n").headers.names, ["email"]);
        assert_eq!(layout("name\nBob,Smith\nAnn,Lee\n").headers.names, ["name"]);
    }

    #[test]
    fn blank_lines_before_the_header_count_as_lines() {
        let found = layout("\n\r\na,b\n1,2\n");
        assert_eq!((found.header_line, found.body_line, found.preamble_lines), (3, 4, 0));
    }

    #[test]
    fn carriage_returns_alone_end_lines() {
        let found = layout("a,b\r1,2\r");
        assert_eq!((found.shape.line_end, found.header.clone(), found.body_line), (b'\r', 0..4, 2));
    }

    #[test]
    fn a_header_longer_than_the_sample_is_read_whole() {
        let header: Vec<String> = (0..20_000).map(|i| format!("column_{i}")).collect();
        assert_eq!(layout(&format!("{}\n1,2\n", header.join(","))).shape.columns, 20_000);
    }

    #[test]
    fn nothing_but_blank_lines_is_an_error() {
        assert!(matches!(lay_out(b"\n \r\n", "x"), Err(Error::Blank { .. })));
        assert!(matches!(lay_out(b"", "x"), Err(Error::Empty { .. })));
    }
}
