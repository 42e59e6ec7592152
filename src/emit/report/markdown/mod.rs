//! The report for a ticket, a wiki or a pull request, in GitHub-flavoured Markdown.
//!
//! Eleven numbered sections in a fixed order. A section without content is left out and said under section 9, so that
//! the numbers stay the same from month to month and silence never reads as clean.

mod after;
mod assignment;
mod before;
mod drift;
mod escape;
mod proof;
mod sync;

use super::{Report, ReportMeta};
use crate::emit::mask::Masker;
use crate::emit::{Error, View, text, words};
use crate::evidence::{Audit, Finding};
pub(crate) use escape::escape;

/// The `markdown` format.
#[derive(Debug)]
pub(super) struct Markdown;

const META: ReportMeta =
    ReportMeta { name: "markdown", title: "for a ticket, a wiki or a pull request", extension: "md", masks: true };

/// Bytes of the largest page, without the sentence that says that it is cut: GitHub takes 1 MiB in a step summary.
const LARGEST: usize = 1_000_000;
/// The longest cell, in graphemes.
const CELL: usize = 100;
/// The longest sentence.
const SENTENCE: usize = 400;

impl Report for Markdown {
    fn meta(&self) -> &'static ReportMeta {
        &META
    }

    fn render(&self, audit: &Audit, view: &View) -> Result<Vec<u8>, Error> {
        let mut page = Page { audit, masker: Masker::new(audit, view), out: String::new(), absent: Vec::new() };
        page.verdict();
        page.since();
        page.do_now();
        page.read();
        page.figures();
        page.findings();
        page.mapping();
        page.assignment();
        page.cleanup();
        // Written before section 9, which says what it lacks.
        let accepted = page.aside(Page::accepted);
        page.not_checked();
        page.blank();
        page.out.push_str(&accepted);
        page.filing();
        Ok(fit(page.out).into_bytes())
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
    audit: &'a Audit,
    masker: Masker<'a>,
    out: String,
    /// Sections that have no content, and why.
    absent: Vec<(u8, &'static str, String)>,
}

impl Page<'_> {
    /// What `write` adds to the page, kept aside.
    fn aside(&mut self, write: impl FnOnce(&mut Self)) -> String {
        let before = std::mem::take(&mut self.out);
        write(self);
        std::mem::replace(&mut self.out, before)
    }

    fn heading(&mut self, number: u8, title: &str) {
        self.blank();
        self.line(&format!("## {number} {title}"));
        self.blank();
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

    fn item(&mut self, item: &str) {
        self.line(&format!("- {item}"));
    }

    /// A table of cells that are already Markdown; a `>` in front of a header aligns its column right.
    fn table(&mut self, headers: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
        let names: Vec<&str> = headers.iter().map(|h| h.trim_start_matches('>')).collect();
        let rules: Vec<&str> = headers.iter().map(|h| if h.starts_with('>') { "---:" } else { "---" }).collect();
        self.blank();
        self.line(&format!("| {} |", names.join(" | ")));
        self.line(&format!("| {} |", rules.join(" | ")));
        for row in rows {
            self.line(&format!("| {} |", row.join(" | ")));
        }
        self.blank();
    }

    /// A command or path in a fence, safe from what it holds.
    fn fence(&mut self, content: &str) {
        let mut fence = "```".to_owned();
        while content.contains(&fence) {
            fence.push('`');
        }
        self.blank();
        self.line(&format!("{fence}sh"));
        self.line(content);
        self.line(&fence);
        self.blank();
    }

    /// A sentence of the audit: masked, on one line, escaped.
    fn sentence(&self, raw: &str) -> String {
        escape(text::line(&self.masker.text(raw), SENTENCE).trim())
    }

    /// The sentence of a finding.
    fn message(&self, finding: &Finding) -> String {
        escape(text::line(&self.masker.message(finding), SENTENCE).trim())
    }

    fn absent(&mut self, number: u8, title: &'static str, why: impl Into<String>) {
        self.absent.push((number, title, why.into()));
    }
}

/// A name or path: on one line, escaped, never masked.
fn name(raw: &str) -> String {
    escape(&text::line(raw, CELL))
}

/// A command inside a line or cell.
fn code(command: &str) -> String {
    let command = text::line(command, SENTENCE);
    // A pipe or backtick would end the cell or the span: such a command stays plain text.
    if command.contains(['`', '|', '<', '@']) { escape(&command) } else { format!("`{command}`") }
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
