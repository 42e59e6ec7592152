//! What stands after the last row: the lines that a Salesforce report ends with.

use std::ops::Range;

use super::encoding::lenient;
use super::scan::Shape;
use super::segments::cells;

/// A footer is looked for in this many lines, and in this many bytes, from the end.
pub(crate) const TAIL_LINES: usize = 40;
const TAIL_BYTES: usize = 16 * 1024;

/// The end of a text export.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Footer {
    /// First byte of the footer, or the end of the text; blank lines before the footer's first line are part of it.
    pub(crate) start: usize,
    /// Lines that are not blank.
    pub(crate) lines: u32,
    /// The number of records that it declares.
    pub(crate) declared: Option<u64>,
}

/// What a line of the tail may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    Blank,
    /// A line that only a footer has.
    Marker,
    /// `Grand Totals (5700 records)`.
    Totals(u64),
    /// A `Total` row of a summary.
    Sum,
    /// A line of one cell, where rows have more.
    Lone,
    Row,
}

/// Finds the footer of a text whose rows begin at `body.start`.
pub(crate) fn find(text: &[u8], body: &Range<usize>, shape: Shape) -> Footer {
    let mut tail: Vec<(usize, Line)> = Vec::new();
    let mut end = body.end;
    while end > body.start && tail.len() < TAIL_LINES && body.end - end < TAIL_BYTES {
        let content_end = end - usize::from(text[end - 1] == shape.line_end);
        let start = text[body.start..content_end]
            .iter()
            .rposition(|b| *b == shape.line_end)
            .map_or(body.start, |at| body.start + at + 1);
        if end - start > TAIL_BYTES {
            break;
        }
        let line = classify(&text[start..content_end], shape);
        if line == Line::Row {
            break;
        }
        tail.push((start, line));
        end = start;
    }
    tail.reverse();
    settle(&tail).unwrap_or(Footer { start: body.end, ..Footer::default() })
}

/// The footer among the last lines of a table, which stand here with their places, none of them a row.
pub(crate) fn settle(tail: &[(usize, Line)]) -> Option<Footer> {
    let strong = |line: &Line| matches!(line, Line::Marker | Line::Totals(_));
    let last_strong = tail.iter().rposition(|(_, line)| strong(line))?;
    // A lone cell right under the rows may be a short row, and a sum is only one above the footer's own lines.
    let first = tail.iter().position(|(_, line)| !matches!(line, Line::Lone)).filter(|first| *first <= last_strong)?;
    let lines = &tail[first..];
    Some(Footer {
        start: lines[0].0,
        lines: lines.iter().filter(|(_, line)| *line != Line::Blank).count() as u32,
        declared: lines.iter().find_map(|(_, line)| if let Line::Totals(n) = line { Some(*n) } else { None }),
    })
}

fn classify(line: &[u8], shape: Shape) -> Line {
    if line.trim_ascii().is_empty() {
        return Line::Blank;
    }
    // An odd number of quotes belongs to a cell of several lines.
    if memchr::memchr_iter(b'"', line).count() % 2 == 1 {
        return Line::Row;
    }
    let raw = cells(line, shape.delimiter);
    let filled: Vec<String> =
        raw.iter().map(|cell| lenient(&cell.value(line)).trim().to_owned()).filter(|cell| !cell.is_empty()).collect();
    if is_marker(&lenient(line).to_lowercase()) {
        return Line::Marker;
    }
    let at_start = filled.first().is_some_and(|first| raw[0].value(line).trim_ascii() == first.as_bytes());
    judge(&filled, shape.columns, at_start)
}

/// What a line is by its filled cells, trimmed; `at_start` says whether the first of them is the line's first cell.
pub(crate) fn judge(filled: &[String], columns: usize, at_start: bool) -> Line {
    let Some(first) = filled.first() else { return Line::Blank };
    let low = first.to_lowercase();
    if filled.len() == 1 && is_marker(&low) {
        return Line::Marker;
    }
    if let Some(records) = declared(&low) {
        return Line::Totals(records);
    }
    let sum = matches!(low.as_str(), "total" | "totals" | "grand total" | "grand totals");
    if sum && columns > 1 && filled.len() <= (columns / 2).max(2) {
        return Line::Sum;
    }
    if filled.len() == 1 && columns > 1 && at_start {
        return Line::Lone;
    }
    Line::Row
}

fn is_marker(line: &str) -> bool {
    let line = line.trim_matches(['"', ' ', '\r', ',', ';', '\t']);
    line == "confidential information - do not distribute"
        || (line.starts_with("copyright") && line.contains("salesforce"))
}

/// The number in `grand totals (5,700 records)`.
fn declared(line: &str) -> Option<u64> {
    let rest = line.strip_prefix("grand total")?;
    let rest = rest.strip_prefix('s').unwrap_or(rest).trim_start();
    let inner = rest.strip_prefix('(')?.strip_suffix(')')?;
    let number = inner.strip_suffix("records").or_else(|| inner.strip_suffix("record"))?;
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::dialect::lay_out;
    use super::*;

    const REPORT: &str = "\"Lead ID\",\"Email\"\n\"00Q1\",\"a@x.org\"\n\"00Q2\",\"b@x.org\"\n";

    fn footer(tail: &str) -> (Footer, usize) {
        let text = format!("{REPORT}{tail}");
        let layout = lay_out(text.as_bytes(), "x.csv").unwrap();
        assert_eq!(layout.body.end, layout.footer.start);
        (layout.footer, text.len())
    }

    #[test]
    fn a_report_footer_is_no_row_and_declares_its_count() {
        let tail = "\n\n\"Grand Totals (5,700 records)\"\n\"Confidential Information - Do Not Distribute\"\n\"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved.\"\n";
        assert_eq!(footer(tail).0, Footer { start: REPORT.len(), lines: 3, declared: Some(5700) });
    }

    #[test]
    fn a_sum_and_a_name_belong_to_the_footer_around_them() {
        let tail = "Total,2\n\nMy report\n\"Copyright © 2000-2025 salesforce.com, inc. All rights reserved.\"\nConfidential Information - Do Not Distribute\nGenerated By:  Ana  1/2/2026\nAcme Inc\n\n";
        assert_eq!(footer(tail).0, Footer { start: REPORT.len(), lines: 6, declared: None });
    }

    #[test]
    fn unquoted_commas_in_the_copyright_line_do_not_hide_it() {
        let tail = "\nCopyright (c) 2000-2026 salesforce.com, inc. All rights reserved.\n";
        assert_eq!(footer(tail).0.lines, 1);
    }

    #[test]
    fn rows_that_look_a_little_like_a_footer_stay_rows() {
        for tail in
            ["Total,x@x.org\n", "lonely\n", "\nlonely\n", "00Q3,\"Confidential Information\n - Do Not Distribute\"\n"]
        {
            let (found, end) = footer(tail);
            assert_eq!(found, Footer { start: end, lines: 0, declared: None }, "{tail}");
        }
    }

    #[test]
    fn a_short_last_row_is_not_taken_by_the_footer() {
        let (found, _) = footer("00Q3\n\nConfidential Information - Do Not Distribute\n");
        assert_eq!(found.start, REPORT.len() + 5);
    }

    #[test]
    fn a_cell_that_ends_in_a_footer_line_stays_a_cell() {
        let (found, end) = footer("00Q3,\"bye\nConfidential Information - Do Not Distribute\"\n");
        assert_eq!(found.start, end);
    }
}
