//! The workbook: a sheet for each family of rules, and what was said of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_xlsxwriter::{
    ConditionalFormatCell, ConditionalFormatCellRule, DataValidation, DocProperties, ExcelDateTime, IgnoreError,
    Workbook, Worksheet, XlsxError,
};

use super::shown::{lines, shown, starts_formula};
use super::style::{Formats, Part};
use crate::plan::decisions::{CELL, COLUMNS, FIELD, GROUP, RECORD};
use crate::plan::{Answer, Block, Line, Review, What};
use crate::rules::declare::Family;

/// A person looks at no more lines of a family than this; a sheet could hold ten times as many.
pub(super) const LINES: usize = 100_000;

/// Width of each column, in digits.
const WIDTHS: [f64; 15] = [9.5, 7.0, 8.5, 9.0, 20.0, 5.5, 14.0, 30.0, 25.0, 25.0, 20.0, 10.0, 28.0, 19.5, 37.0];

/// A row is at most this many lines high; the cell still holds all of its text.
const HIGHEST: usize = 14;

/// Points that a line takes.
const LINE: f64 = 12.0;

/// What became of a family's blocks.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Filled {
    pub(super) sheet: String,
    pub(super) family: &'static str,
    /// Groups, and values without one.
    pub(super) groups: usize,
    /// Rows of the sheet below its header.
    pub(super) rows: usize,
    /// Groups that found no room.
    pub(super) left_out: usize,
    /// Groups that were decided on before.
    pub(super) decided: usize,
}

/// What was said of cells that are not shown as they are.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) marked: usize,
    pub(super) cut: usize,
}

/// Writes cells, and counts what is not shown as it is.
pub(super) struct Pen<'a> {
    pub(super) sheet: &'a mut Worksheet,
    pub(super) told: &'a mut Told,
}

impl Pen<'_> {
    /// Writes a text, in the second format if it looks like a formula; the text as it stands there.
    pub(super) fn text(
        &mut self,
        row: u32,
        column: u16,
        value: &str,
        formats: [&rust_xlsxwriter::Format; 2],
    ) -> Result<String, XlsxError> {
        let shown = shown(value);
        self.told.marked += usize::from(shown.is_marked);
        self.told.cut += usize::from(shown.is_cut);
        let format = formats[usize::from(starts_formula(&shown.text))];
        self.sheet.write_string_with_format(row, column, &shown.text, format)?;
        Ok(shown.text)
    }
}

/// What people call a family, as the name of its sheet.
fn title(family: Family) -> String {
    let name = family.name();
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + rest
}

/// The family of a code.
fn family(code: &str) -> Option<Family> {
    Family::ALL.into_iter().find(|family| code.starts_with(family.prefix()))
}

/// The blocks of each family, in the order of families.
fn by_family(review: &Review) -> Vec<(Family, Vec<&Block>)> {
    let mut blocks: BTreeMap<&str, Vec<&Block>> = BTreeMap::new();
    for block in &review.blocks {
        if let Some(family) = family(block.code) {
            blocks.entry(family.prefix()).or_default().push(block);
        }
    }
    Family::ALL.into_iter().filter_map(|family| Some((family, blocks.remove(family.prefix())?))).collect()
}

/// The sheets of all families, with what is in each. `most` is how many lines a sheet takes.
pub(super) fn sheets(
    review: &Review,
    formats: &Formats,
    most: usize,
    told: &mut Told,
    as_of: &str,
) -> Result<Vec<(Worksheet, Filled)>, XlsxError> {
    by_family(review).into_iter().map(|(family, blocks)| sheet(family, &blocks, formats, most, told, as_of)).collect()
}

fn sheet(
    family: Family,
    blocks: &[&Block],
    formats: &Formats,
    most: usize,
    told: &mut Told,
    as_of: &str,
) -> Result<(Worksheet, Filled), XlsxError> {
    let name = title(family);
    let mut sheet = Worksheet::new();
    sheet.set_name(&name)?;
    let mut filled = Filled { sheet: name.clone(), family: family.prefix(), ..Filled::default() };
    let mut pen = Pen { sheet: &mut sheet, told };
    for (column, header) in (0..).zip(COLUMNS) {
        pen.text(0, column, header, [&formats.header; 2])?;
    }
    let mut next = 1;
    for (band, block) in blocks.iter().enumerate() {
        // A group stands on one sheet as a whole: half of one is nothing to decide on.
        if filled.rows + block.lines.len() > most {
            filled.left_out += 1;
            continue;
        }
        for line in &block.lines {
            write(&mut pen, next, line, band, formats)?;
            next += 1;
        }
        filled.groups += 1;
        filled.decided += usize::from(is_decided(block));
        filled.rows += block.lines.len();
    }
    finish(&mut sheet, &name, next.saturating_sub(1), formats, as_of)?;
    Ok((sheet, filled))
}

/// Whether nothing of a block waits for a decision.
fn is_decided(block: &Block) -> bool {
    let said = |what| block.lines.iter().filter(move |line| line.what == what).map(|line| line.answer.is_some());
    said(What::Group).any(|said| said) || !said(What::Value).any(|said| !said) && said(What::Value).next().is_some()
}

/// Writes one line.
fn write(pen: &mut Pen<'_>, row: u32, line: &Line, band: usize, formats: &Formats) -> Result<(), XlsxError> {
    let (part, what) = match line.what {
        What::Group => (Part::Group, GROUP),
        What::Record => (Part::Member, RECORD),
        What::Value => (Part::Member, CELL),
        What::Field => (Part::Field, FIELD),
    };
    let forms = [formats.text_of(band, part, false), formats.text_of(band, part, true)];
    let answer = line.answer.map_or("", Answer::as_str);
    let decision = if part == Part::Field { forms } else { [&formats.decision; 2] };
    pen.text(row, 0, answer, decision)?;
    let mut height = 1;
    let texts = [
        (1, what),
        (2, &line.rule),
        (3, &line.source),
        (4, &line.record),
        (6, &line.column),
        (7, &line.current),
        (8, &line.suggested),
        (9, &line.alternatives),
        (10, &line.survivor),
        (12, &line.reasons),
        (13, &line.group),
        (14, &line.key),
    ];
    for (column, value) in texts {
        let text = pen.text(row, column, value, forms)?;
        // Bold letters are wider.
        let width = WIDTHS[usize::from(column)] * if part == Part::Group { 0.88 } else { 1.0 };
        height = height.max(lines(&text, width));
    }
    for (column, number) in [(5, line.line.map(|line| line as f64)), (11, line.confidence)] {
        match number.filter(|number| number.is_finite()) {
            Some(number) => {
                pen.sheet.write_number_with_format(row, column, number, formats.number_of(band, part))?;
            }
            None => drop(pen.text(row, column, "", forms)?),
        }
    }
    pen.sheet.set_row_height(row, LINE * height.min(HIGHEST) as f64 + 3.0)?;
    Ok(())
}

/// Everything about a sheet that is no cell.
fn finish(sheet: &mut Worksheet, name: &str, last: u32, formats: &Formats, as_of: &str) -> Result<(), XlsxError> {
    let width = COLUMNS.len() as u16 - 1;
    for (column, width) in (0..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    sheet.set_row_height(0, LINE * 2.0 + 4.0)?;
    sheet.set_freeze_panes(1, 1)?;
    sheet.autofilter(0, 0, last, width)?;
    sheet.ignore_error_range(1, 0, last.max(1), width, IgnoreError::NumberStoredAsText)?;
    if last > 0 {
        let choice = DataValidation::new()
            .allow_list_strings(&["accept", "reject", "later"])?
            .ignore_blank(true)
            .set_error_title("No decision")?
            .set_error_message("Choose accept, reject or later, or leave the cell blank.")?;
        sheet.add_data_validation(1, 0, last, 0, &choice)?;
        let colours = [("accept", &formats.accepted), ("reject", &formats.rejected), ("later", &formats.later)];
        for (word, format) in colours {
            let rule =
                ConditionalFormatCell::new().set_rule(ConditionalFormatCellRule::EqualTo(word)).set_format(format);
            sheet.add_conditional_format(1, 0, last, 0, &rule)?;
        }
    }
    // Keys are for the program; on paper they only take room.
    sheet.set_print_area(0, 0, last, width - 2)?;
    sheet.set_repeat_rows(0, 0)?;
    printed(sheet, name, as_of);
    Ok(())
}

/// Paper: landscape, as wide as the page, numbered.
pub(super) fn printed(sheet: &mut Worksheet, name: &str, as_of: &str) {
    sheet.set_landscape();
    sheet.set_paper_size(9);
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_margins(0.4, 0.4, 0.6, 0.6, 0.25, 0.25);
    sheet.set_header(format!("&L&\"-,Bold\"leadlint review · {name}&R{as_of}"));
    sheet.set_footer("&LPersonal data: for whoever decides, and nobody else&RPage &P of &N");
}

/// The workbook's own data, the same for the same audit.
pub(super) fn properties(as_of: Option<DateTime<Utc>>) -> Result<DocProperties, XlsxError> {
    let created = as_of.map_or(0, |at| at.timestamp());
    let created = ExcelDateTime::from_timestamp(created).or_else(|_| ExcelDateTime::from_timestamp(0))?;
    Ok(DocProperties::new().set_title("Cleanup review").set_author("leadlint").set_creation_datetime(&created))
}

/// The bytes of a workbook with these sheets.
pub(super) fn bytes(sheets: Vec<Worksheet>, as_of: Option<DateTime<Utc>>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&properties(as_of)?);
    for sheet in sheets {
        book.push_worksheet(sheet);
    }
    book.save_to_buffer()
}
