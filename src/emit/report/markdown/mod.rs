//! The report for a ticket, a wiki or a pull request, in GitHub-flavoured Markdown. What it says is in
//! [`document`](crate::emit::document); written to a file, it has its charts as SVG files beside it.

mod escape;

use super::{Laid, Report, ReportMeta, picture_file};
use crate::emit::chart::{NAMES, Picture};
use crate::emit::document::{Block, Depth, Document, Found, Rich, Span, Table};
use crate::emit::{Error, View, words};
use crate::evidence::Audit;
pub(crate) use escape::escape;

/// The `markdown` format.
#[derive(Debug)]
pub(super) struct Markdown;

const META: ReportMeta =
    ReportMeta { name: "markdown", title: "for a ticket, a wiki or a pull request", extension: "md", masks: true };

const DEPTH: Depth = Depth { findings: 25, rows: 5, rows_in_all: usize::MAX, value: 60, pictures: false, rest: None };
/// Bytes of the largest page, without the sentence that says that it is cut: GitHub takes 1 MiB in a step summary.
const LARGEST: usize = 1_000_000;

impl Report for Markdown {
    fn meta(&self) -> &'static ReportMeta {
        &META
    }

    fn render(&self, audit: &Audit, view: &View) -> Result<Vec<u8>, Error> {
        Ok(fit(Page::of(&Document::of(audit, view, DEPTH)?, None).out).into_bytes())
    }

    fn beside(&self) -> &'static [&'static str] {
        &NAMES
    }

    fn lay(&self, audit: &Audit, view: &View, stem: &str) -> Result<Laid, Error> {
        let document = Document::of(audit, view, Depth { pictures: true, ..DEPTH })?;
        let page = Page::of(&document, Some(stem));
        Ok(Laid { report: fit(page.out).into_bytes(), beside: page.pictures })
    }
}

/// The page as far as a step summary of GitHub holds it: cut after a whole line, with any fence closed, and said.
fn fit(page: String) -> String {
    if page.len() <= LARGEST {
        return page;
    }
    let room = page.as_bytes()[..LARGEST].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let kept = &page[..room];
    let mut fence: Option<&str> = None;
    for line in kept.lines() {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match fence {
            None if ticks.len() > 2 => fence = Some(ticks),
            Some(open) if line == open => fence = None,
            _ => {}
        }
    }
    let close = fence.map(|ticks| format!("{ticks}\n")).unwrap_or_default();
    let (shown, all) = (words::bytes(room as u64), words::bytes(page.len() as u64));
    format!(
        "{kept}{close}\n**This report is cut: {shown} of {all} are shown, as GitHub takes no more in a step summary. Sections \
         that are missing, and rules that could not run, are in the JSON report.**\n"
    )
}

/// A report being written.
struct Page<'a> {
    out: String,
    /// The name of the report's file without its extension, where it has files beside it.
    stem: Option<&'a str>,
    /// The charts that are linked, by name.
    pictures: Vec<(&'static str, Vec<u8>)>,
}

impl<'a> Page<'a> {
    fn of(document: &Document, stem: Option<&'a str>) -> Self {
        let mut page = Self { out: String::new(), stem, pictures: Vec::new() };
        page.line(&format!("# {}", document.title));
        for section in &document.sections {
            page.part(&format!("## {} {}", section.number, section.title));
            for block in &section.blocks {
                page.block(block);
            }
        }
        page
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(title) => self.part(&format!("### {title}")),
            Block::Paragraph(words) => self.part(&inline(words)),
            Block::List(items) => {
                self.blank();
                for item in items {
                    self.line(&format!("- {}", inline(item)));
                }
            }
            Block::Table(table) => self.table(table),
            Block::Command(command) => self.fence(command),
            Block::Picture(picture) => self.picture(picture),
            Block::Finding(found) => self.finding(found),
        }
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// A line of its own, apart from what stands before it.
    fn part(&mut self, line: &str) {
        self.blank();
        self.line(line);
    }

    fn table(&mut self, table: &Table) {
        let names: Vec<&str> = table.columns.iter().map(|head| head.text.as_str()).collect();
        let rules: Vec<&str> = table.columns.iter().map(|head| if head.right { "---:" } else { "---" }).collect();
        self.part(&format!("| {} |", names.join(" | ")));
        self.line(&format!("| {} |", rules.join(" | ")));
        for row in &table.rows {
            let cells: Vec<String> = row.iter().map(inline).collect();
            self.line(&format!("| {} |", cells.join(" | ")));
        }
    }

    /// A command or path in a fence, safe from what it holds.
    fn fence(&mut self, content: &str) {
        let mut fence = "```".to_owned();
        while content.contains(&fence) {
            fence.push('`');
        }
        self.part(&format!("{fence}sh"));
        self.line(content);
        self.line(&fence);
    }

    fn picture(&mut self, picture: &Picture) {
        let Some(stem) = self.stem else { return };
        let file = address(&picture_file(stem, picture.name));
        self.part(&format!("![{}: {}]({file})", escape(&picture.title), escape(&picture.says)));
        self.pictures.push((picture.name, picture.file().into_bytes()));
    }

    fn finding(&mut self, found: &Found) {
        self.part(&format!("#### {} {}: {}", found.code, found.name, escape(&found.place)));
        self.part(&inline(&found.about));
        if let Some(evidence) = &found.evidence {
            self.table(evidence);
        }
        self.part(&inline(&found.shown));
    }
}

/// Words as Markdown.
fn inline(words: &Rich) -> String {
    words.spans().iter().map(span).collect()
}

fn span(span: &Span) -> String {
    match span {
        Span::Text(text) => escape(text),
        // A pipe or backtick would end the cell or the span: such a command stays plain text.
        Span::Code(command) if command.contains(['`', '|', '<', '@']) => escape(command),
        Span::Code(command) => format!("`{command}`"),
        Span::Strong(text) => format!("**{}**", escape(text)),
    }
}

/// The name of a file as the address of a link: every byte that could end or change it in percent signs.
fn address(file: &str) -> String {
    use std::fmt::Write as _;
    file.bytes().fold(String::with_capacity(file.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::emit::{Pii, testing};

    fn render(audit: &Audit) -> String {
        String::from_utf8(Markdown.render(audit, &testing::view(Pii::Show)).unwrap()).unwrap()
    }

    /// Cells of a table row, as GitHub counts them: a pipe ends a cell unless a backslash stands before it.
    fn cells(row: &str) -> usize {
        let row = row.trim().trim_start_matches('|').trim_end_matches('|');
        let mut cells = 1;
        let mut escaped = false;
        for c in row.chars() {
            if c == '|' && !escaped {
                cells += 1;
            }
            escaped = c == '\\' && !escaped;
        }
        cells
    }

    fn tables_are_whole(text: &str) {
        let mut width = None;
        for line in text.lines() {
            if line.starts_with('|') {
                let expected = *width.get_or_insert(cells(line));
                assert_eq!(cells(line), expected, "{line}");
            } else {
                width = None;
            }
        }
    }

    #[test]
    fn sections_come_in_their_order_and_absent_ones_are_said() {
        for (name, audit) in testing::samples() {
            let text = render(&audit);
            let there: Vec<u8> =
                text.lines().filter_map(|l| l.strip_prefix("## ")?.split(' ').next()?.parse().ok()).collect();
            assert!(there.is_sorted(), "{name}: {there:?}");
            for number in 1..=11 {
                let said = text.lines().any(|l| l.starts_with(&format!("- section {number}, ")));
                assert!(there.contains(&number) != said, "{name}: section {number} is neither there nor said, or both");
            }
        }
    }

    #[test]
    fn tables_of_the_samples_are_whole() {
        for (_, audit) in testing::samples() {
            tables_are_whole(&render(&audit));
        }
    }

    #[test]
    fn a_page_that_is_too_large_is_cut_after_a_line_and_says_so() {
        let line = "é".repeat(40) + "\n";
        let page = format!("````sh\n```\n{}````\n", line.repeat(20_000));
        let cut = fit(page.clone());
        assert!(cut.len() < 1_048_576 && cut.len() > 900_000, "{}", cut.len());
        assert!(
            cut.contains("é\n````\n\n**This report is cut: 1.0 MB of 1.6 MB are shown"),
            "{}",
            &cut[cut.len() - 300..]
        );
        assert_eq!(fit(line.clone()), line);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn hostile_cells_stay_text_in_their_cell(cell in r"[ -~\n|\\`<>@*_\[\]]{0,40}") {
            let mut audit = testing::sample();
            for finding in &mut audit.findings {
                finding.message.clone_from(&cell);
                finding.column = Some(cell.clone());
                for example in &mut finding.examples {
                    example.value = Some(cell.clone());
                    example.suggested = Some(cell.clone());
                    example.detail.clone_from(&cell);
                    example.record_id = Some(cell.clone());
                }
            }
            for source in &mut audit.sources {
                source.notes = vec![cell.clone()];
                for role in &mut source.roles {
                    role.column.clone_from(&cell);
                }
                for file in &mut source.files {
                    file.path.clone_from(&cell);
                }
            }
            audit.notes = vec![cell.clone()];
            audit.command = vec!["leadlint".to_owned(), "check".to_owned(), cell.clone()];
            audit.owner = Some(cell);
            let text = render(&audit);
            tables_are_whole(&text);
            let mut fenced = false;
            for line in text.lines() {
                if line.starts_with("```") {
                    fenced = !fenced;
                } else if !fenced {
                    prop_assert!(!line.contains('<'), "{}", line);
                }
            }
            prop_assert!(!fenced, "every fence is closed");
        }
    }
}
