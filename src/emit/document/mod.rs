//! The report as a document: eleven numbered sections in a fixed order, of words, tables and pictures that no format
//! has touched yet. Markdown and HTML say what stands here, each in its own marks.
//!
//! A section without content is left out and said under section 9, so that the numbers stay the same from month to
//! month and silence never reads as clean.

mod after;
mod assignment;
mod before;
mod drift;
mod findings;
mod pictures;
mod proof;
mod rich;
mod since;
mod sync;

use serde::Serialize;

use super::chart::{Chart, Picture, draw};
use super::mask::Masker;
use super::{Error, View, text};
use crate::evidence::{Audit, Finding};
use crate::model::Severity;
pub(crate) use rich::{Rich, Span};

/// The longest cell, in graphemes.
const CELL: usize = 100;
/// The longest sentence.
const SENTENCE: usize = 400;

/// How much a format has room for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Depth {
    /// Findings of one severity; the rest is counted.
    pub(crate) findings: usize,
    /// Rows of evidence per finding.
    pub(crate) rows: usize,
    /// Rows of evidence over all findings.
    pub(crate) rows_in_all: usize,
    /// The longest value in them, in graphemes.
    pub(crate) value: usize,
    /// Whether charts are drawn.
    pub(crate) pictures: bool,
    /// What has the evidence that is not shown, for `5 of 12 rows shown; …`; nothing where the section says it.
    pub(crate) rest: Option<&'static str>,
}

/// A report before it has a format.
#[derive(Debug)]
pub(crate) struct Document {
    /// `leadlint: failed, 2 errors`.
    pub(crate) title: String,
    /// The sections, by number.
    pub(crate) sections: Vec<Section>,
}

/// A numbered section.
#[derive(Debug, Serialize)]
pub(crate) struct Section {
    /// 1 to 11.
    pub(crate) number: u8,
    /// What stands over it.
    pub(crate) title: String,
    /// What it says.
    pub(crate) blocks: Vec<Block>,
}

/// A part of a section.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", content = "of", rename_all = "kebab-case")]
pub(crate) enum Block {
    /// A heading under that of the section.
    Heading(String),
    /// A paragraph.
    Paragraph(Rich),
    /// A list.
    List(Vec<Rich>),
    /// A table.
    Table(Table),
    /// A command line to copy.
    Command(String),
    /// A picture. What it shows stands in words or in a table beside it too.
    Picture(Box<Picture>),
    /// A finding.
    Finding(Box<Found>),
}

/// A table of words.
#[derive(Debug, Serialize)]
pub(crate) struct Table {
    /// What it is a table of, for formats that write that over it.
    pub(crate) caption: String,
    /// The columns.
    pub(crate) columns: Vec<Head>,
    /// The rows, each with as many cells as there are columns.
    pub(crate) rows: Vec<Vec<Rich>>,
}

/// The head of a column.
#[derive(Debug, Serialize)]
pub(crate) struct Head {
    /// Its words.
    pub(crate) text: String,
    /// Whether it holds figures, which stand flush right.
    pub(crate) right: bool,
}

/// A finding with its evidence.
#[derive(Debug, Serialize)]
pub(crate) struct Found {
    /// Code of the rule.
    pub(crate) code: &'static str,
    /// Name of the rule.
    pub(crate) name: &'static str,
    /// How bad it is.
    pub(crate) severity: Severity,
    /// Name of the source.
    pub(crate) source: String,
    /// Source and column.
    pub(crate) place: String,
    /// What is found, in sentences.
    pub(crate) about: Rich,
    /// Some of the evidence.
    pub(crate) evidence: Option<Table>,
    /// How much of the evidence that is, and where the rule is explained.
    pub(crate) shown: Rich,
}

impl Document {
    /// The document of an audit. Personal data is treated as the view wants it. Fails where a chart cannot be drawn.
    pub(crate) fn of(audit: &Audit, view: &View, depth: Depth) -> Result<Self, Error> {
        let title = before::title(audit);
        let masker = Masker::new(audit, view);
        let mut page = Page { audit, masker, depth, sections: Vec::new(), absent: Vec::new(), undrawn: None };
        page.verdict();
        page.since();
        page.do_now();
        page.read();
        page.figures();
        page.findings();
        page.mapping();
        page.assignment();
        page.cleanup();
        // Before section 9, which says what is absent.
        page.exceptions();
        page.filing();
        page.not_checked();
        if let Some(reason) = page.undrawn {
            return Err(Error::render("chart", &reason));
        }
        let mut sections = page.sections;
        sections.sort_by_key(|section| section.number);
        Ok(Self { title, sections })
    }
}

/// A document being written.
struct Page<'a> {
    audit: &'a Audit,
    masker: Masker<'a>,
    depth: Depth,
    sections: Vec<Section>,
    /// Sections that have no content, and why.
    absent: Vec<(u8, &'static str, String)>,
    /// Why a chart could not be drawn.
    undrawn: Option<String>,
}

impl Page<'_> {
    fn heading(&mut self, number: u8, title: &str) {
        self.sections.push(Section { number, title: title.to_owned(), blocks: Vec::new() });
    }

    fn push(&mut self, block: Block) {
        if let Some(section) = self.sections.last_mut() {
            section.blocks.push(block);
        }
    }

    fn subheading(&mut self, title: impl Into<String>) {
        self.push(Block::Heading(title.into()));
    }

    fn line(&mut self, line: impl Into<Rich>) {
        self.push(Block::Paragraph(line.into()));
    }

    fn item(&mut self, item: impl Into<Rich>) {
        if let Some(Block::List(items)) = self.sections.last_mut().and_then(|section| section.blocks.last_mut()) {
            items.push(item.into());
        } else {
            self.push(Block::List(vec![item.into()]));
        }
    }

    /// A table; a `>` in front of a header says that its column holds figures.
    fn table<C: Into<Rich>>(&mut self, caption: &str, headers: &[&str], rows: impl IntoIterator<Item = Vec<C>>) {
        self.push(Block::Table(table(caption, headers, rows)));
    }

    /// A command line of its own, to be copied.
    fn fence(&mut self, command: String) {
        self.push(Block::Command(command));
    }

    fn picture(&mut self, chart: Chart) {
        match draw(chart) {
            Ok(picture) => self.push(Block::Picture(Box::new(picture))),
            Err(reason) => self.undrawn = Some(reason),
        }
    }

    /// A sentence of the audit: masked, on one line.
    fn sentence(&self, raw: &str) -> String {
        text::line(&self.masker.text(raw), SENTENCE).trim().to_owned()
    }

    /// The sentence of a finding.
    fn message(&self, finding: &Finding) -> String {
        text::line(&self.masker.message(finding), SENTENCE).trim().to_owned()
    }

    fn absent(&mut self, number: u8, title: &'static str, why: impl Into<String>) {
        self.absent.push((number, title, why.into()));
    }
}

/// A table of any words.
pub(crate) fn table<C: Into<Rich>>(caption: &str, headers: &[&str], rows: impl IntoIterator<Item = Vec<C>>) -> Table {
    let head = |header: &&str| match header.strip_prefix('>') {
        Some(text) => Head { text: text.to_owned(), right: true },
        None => Head { text: (*header).to_owned(), right: false },
    };
    Table {
        caption: caption.to_owned(),
        columns: headers.iter().map(head).collect(),
        rows: rows.into_iter().map(|row| row.into_iter().map(Into::into).collect()).collect(),
    }
}

/// A name or path: on one line, never masked.
fn name(raw: &str) -> String {
    text::line(raw, CELL)
}

/// A command inside a line or cell.
fn code(command: &str) -> Rich {
    Rich::command(text::line(command, SENTENCE))
}

#[cfg(test)]
mod tests;
