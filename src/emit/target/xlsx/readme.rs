//! The first sheet: what this is, how to decide, what is in it and what is not; and the last: what was decided before.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use super::book::{Filled, Pen, Told, printed};
use super::style::Formats;
use crate::plan::decisions::{FILE, Subject};
use crate::plan::{Aside, Plan, Review};

const HOW: [&str; 6] = [
    "Open a sheet and read a group: its first row sums it up, the rows below are its records or values. Nothing is changed by deciding; the cleanup that is written afterwards is still yours to run.",
    "Choose accept, reject or later in the column decision. A group's row decides for all of its rows; a row's own decision goes before it. Blank and later leave things as they are; later also takes back what was decided before.",
    "Merges: reject a record to say that it is none of the others; the rest can still be merged. The rows called field show what the surviving record will hold, with where each value comes from and what is given up.",
    "Values: accept writes the suggested value where the current one still stands, reject keeps the current one.",
    "Sort and filter as you like, but keep the columns group and key, and the rows of a group that you decide on. What stands in the other columns is not read back.",
    "Save, and run leadlint clean again with --decisions and the path of this file, and with another --out. Decisions are kept in the file named below and read by every later run; a pair of records that was rejected is not proposed again.",
];

const COLUMNS: [(&str, &str); 8] = [
    (
        "current value",
        "What the export holds. For a record: name, address, phone, company, place, state, day of creation.",
    ),
    ("suggested value", "What would stand there."),
    (
        "alternatives",
        "Other values, with how many rows of the column hold each; for a field of a merge, the values given up and their records.",
    ),
    ("survivor", "The record that stays."),
    (
        "confidence",
        "From 0 to 1; 1 means that the rule is exact. It says how alike things are, not that they are the same.",
    ),
    ("reasons", "Why, and why this record or value."),
    ("group, key", "How the decision finds its way back. No values and no addresses, only hashes."),
    (
        "␣ and \\u{…}",
        "A space at an end or beside another, and characters that cannot be seen, by their Unicode number.",
    ),
];

/// Rows of a sheet, one after the other.
struct Page<'a> {
    pen: Pen<'a>,
    formats: &'a Formats,
    next: u32,
}

impl Page<'_> {
    fn line(&mut self, cells: &[&str], format: &Format) -> Result<(), XlsxError> {
        for (column, cell) in (0..).zip(cells) {
            self.pen.text(self.next, column, cell, [format, &self.formats.quoted])?;
        }
        self.next += 1;
        Ok(())
    }

    fn heading(&mut self, text: &str, width: u16) -> Result<(), XlsxError> {
        self.next += 1;
        let format = &self.formats.heading;
        for column in 0..width {
            self.pen.text(self.next, column, if column == 0 { text } else { "" }, [format; 2])?;
        }
        self.pen.sheet.set_row_height(self.next, 20.0)?;
        self.next += 1;
        Ok(())
    }

    /// A name and what is to be said of it, which may take several lines.
    fn said(&mut self, name: &str, text: &str, lines: usize) -> Result<(), XlsxError> {
        let formats = self.formats;
        self.pen.text(self.next, 0, name, [&formats.label; 2])?;
        self.pen.sheet.merge_range(self.next, 1, self.next, WIDE, "", &formats.text)?;
        self.pen.text(self.next, 1, text, [&formats.text, &formats.quoted])?;
        self.pen.sheet.set_row_height(self.next, 13.5 * lines as f64 + 3.0)?;
        self.next += 1;
        Ok(())
    }

    fn counts(&mut self, name: &str, cells: &[&str], numbers: &[u64]) -> Result<(), XlsxError> {
        let formats = self.formats;
        self.pen.text(self.next, 0, name, [&formats.label; 2])?;
        let mut column = 1;
        for cell in cells {
            self.pen.text(self.next, column, cell, [&formats.text, &formats.quoted])?;
            column += 1;
        }
        for number in numbers {
            self.pen.sheet.write_number_with_format(self.next, column, *number as f64, &formats.number)?;
            column += 1;
        }
        self.next += 1;
        Ok(())
    }
}

/// The last column of the first sheet.
const WIDE: u16 = 5;

/// The width of what is said, in characters, over all of its columns.
const ROOM: usize = 126;

/// The first sheet. `told` counts what the other sheets do not show as it is.
pub(super) fn sheet(
    plan: &Plan,
    filled: &[Filled],
    formats: &Formats,
    told: Told,
    as_of: &str,
    file: Option<&str>,
) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name("Read me")?;
    let mut own = Told::default();
    let mut page = Page { pen: Pen { sheet: &mut sheet, told: &mut own }, formats, next: 0 };
    page.line(&["Cleanup review"], &formats.title)?;
    page.pen.sheet.set_row_height(0, 30)?;
    let heading = &plan.heading;
    let owner = heading.owner.as_deref().unwrap_or("nobody is named; set [audit] owner");
    page.line(&[&format!("{as_of} · owner: {owner} · leadlint {}", heading.version)], &formats.subtitle)?;
    let config = heading.config_sha256.as_deref().map_or("no config".to_owned(), |sha| format!("config sha256 {sha}"));
    page.line(&[&config], &formats.subtitle)?;

    page.heading("How to decide", WIDE + 1)?;
    for (number, how) in (1..).zip(HOW) {
        page.said(&format!("{number}."), how, how.chars().count().div_ceil(ROOM))?;
    }
    let folder = file.and_then(|file| std::path::Path::new(file).parent()).map(|folder| folder.join(FILE));
    let kept = folder.map_or(FILE.to_owned(), |path| path.display().to_string());
    page.said("Kept in", &kept, 1)?;

    page.heading("What is in it", WIDE + 1)?;
    for (column, header) in (0..).zip(["sheet", "rules", "groups", "decided before", "rows", "no room for"]) {
        let format = if column < 2 { &formats.label } else { &formats.above_number };
        page.pen.text(page.next, column, header, [format; 2])?;
    }
    page.next += 1;
    for one in filled {
        let numbers = [one.groups, one.decided, one.rows, one.left_out].map(|number| number as u64);
        page.counts(&one.sheet, &[one.family], &numbers)?;
    }
    if filled.is_empty() {
        page.said("Nothing", "No proposal waits for a decision.", 1)?;
    }
    if filled.iter().any(|one| one.left_out > 0) {
        let text = "Groups without room are not in this workbook. Decide on these and run again, or decide on a whole rule with --decide CODE=accept.";
        page.said("No room", text, 2)?;
    }
    if told.cut + told.marked > 0 {
        let text = format!(
            "{} cells show marks or codes for what cannot be seen; {} are cut to what a cell can hold, and say so.",
            told.marked, told.cut
        );
        page.said("Cells", &text, 1)?;
    }

    page.heading("Columns", WIDE + 1)?;
    for (name, text) in COLUMNS {
        page.said(name, text, text.chars().count().div_ceil(ROOM))?;
    }

    page.heading("Made from", WIDE + 1)?;
    for (name, files) in &heading.sources {
        for file in files {
            page.said(name, &format!("{} · {} rows · sha256 {}", file.path, file.rows, file.sha256), 1)?;
        }
    }
    not_here(&mut page, plan)?;
    let last = page.next;
    for (column, width) in (0..).zip([16.0, 30.0, 22.0, 22.0, 22.0, 22.0]) {
        sheet.set_column_width(column, width)?;
    }
    sheet.set_screen_gridlines(false);
    sheet.set_print_area(0, 0, last, WIDE)?;
    printed(&mut sheet, "Read me", as_of);
    Ok(sheet)
}

/// What a decision in this workbook would not bring.
fn not_here(page: &mut Page<'_>, plan: &Plan) -> Result<(), XlsxError> {
    let mut counts: BTreeMap<(&str, &str), (u64, &str)> = BTreeMap::new();
    for aside in plan.set_aside.iter().filter(|aside| aside.class != Aside::Undecided) {
        counts.entry((aside.class.as_str(), aside.code)).or_insert((0, &aside.why)).0 += aside.count;
    }
    page.heading("Not in it", WIDE + 1)?;
    if counts.is_empty() {
        return page.said(
            "Nothing",
            "All evidence that a script could answer is on the sheets, or needs no decision.",
            1,
        );
    }
    page.said("", "Evidence that no decision here would change; RUNBOOK.md and plan.json list each.", 1)?;
    for ((class, code), (count, why)) in counts {
        let name = crate::rules::by_code(code).map_or("", |rule| rule.meta().name);
        let rows = if count == 1 { "row" } else { "rows" };
        let text = format!("{class} · {count} {rows} · {name} · {why}");
        page.said(code, &text, text.chars().count().div_ceil(ROOM).min(4))?;
    }
    Ok(())
}

/// The last sheet: what was decided before and meets something in this audit.
pub(super) fn decided(
    review: &Review,
    formats: &Formats,
    most: usize,
    told: &mut Told,
    as_of: &str,
) -> Result<Option<Worksheet>, XlsxError> {
    if review.standing.is_empty() {
        return Ok(None);
    }
    let mut sheet = Worksheet::new();
    sheet.set_name("Decided")?;
    let mut page = Page { pen: Pen { sheet: &mut sheet, told }, formats, next: 0 };
    page.line(&["rule", "answer", "of", "records, or fingerprint of the evidence", "by", "on"], &formats.header)?;
    for one in review.standing.iter().take(most) {
        let (of, which) = match &one.subject {
            Subject::Pair { scope, low, high } => (format!("pair of {scope}"), format!("{low}, {high}")),
            Subject::Value { fingerprint } => ("value".to_owned(), fingerprint.clone()),
        };
        let on = one.ruling.on.map_or(String::new(), |on| on.to_string());
        let by = one.ruling.by.as_deref().unwrap_or_default();
        page.line(&[&one.code, one.ruling.answer.as_str(), &of, &which, by, &on], &formats.text)?;
    }
    if review.standing.len() > most {
        page.line(&[&format!("{} more in {FILE}", review.standing.len() - most)], &formats.text)?;
    }
    page.next += 1;
    page.line(
        &[&format!("To take one back, decide otherwise in a new workbook, or take its entry out of {FILE}.")],
        &formats.subtitle,
    )?;
    let last = page.next;
    for (column, width) in (0..).zip([10.0, 10.0, 18.0, 44.0, 30.0, 12.0]) {
        sheet.set_column_width(column, width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_print_area(0, 0, last, 5)?;
    printed(&mut sheet, "Decided", as_of);
    Ok(Some(sheet))
}
