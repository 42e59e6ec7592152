//! The report for a terminal: what an ops person wants to know, in the order in which they ask.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{
    Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Table as Grid,
    TableStyle, Width,
};

use super::{Report, ReportMeta};
use crate::emit::mask::Masker;
use crate::emit::{Error, View, measures, summary, text, words};
use crate::evidence::history::Run;
use crate::evidence::{Audit, EvidenceRow, Finding, SourceSummary};
use crate::model::{Safety, Severity};

/// The `table` format.
#[derive(Debug)]
pub(super) struct Table;

const META: ReportMeta = ReportMeta { name: "table", title: "for a terminal", extension: "txt", masks: false };

/// Rounded, with thin lines: the rows of data stand out, not the frame.
pub(crate) const STYLE: TableStyle = UTF8_FULL_CONDENSED
    .header_lines(ContentLineStyle::new('│', '│', '│'))
    .header_separator(LineStyle::new('├', '─', '┼', '┤'))
    .content_lines(ContentLineStyle::new('│', '│', '│'))
    .with_rounded_corners();

/// Findings of one severity that are shown; the rest is counted.
const SHOWN: usize = 25;
/// The longest cell value, in graphemes.
const CELL: usize = 48;
/// The longest sentence.
const SENTENCE: usize = 240;
/// The narrowest report; below it columns are no longer readable.
const NARROWEST: u16 = 60;

impl Report for Table {
    fn meta(&self) -> &'static ReportMeta {
        &META
    }

    fn render(&self, audit: &Audit, view: &View) -> Result<Vec<u8>, Error> {
        let page = Page { audit, view, masker: Masker::new(audit, view), out: String::new() };
        Ok(page.write().into_bytes())
    }
}

struct Page<'a> {
    audit: &'a Audit,
    view: &'a View,
    masker: Masker<'a>,
    out: String,
}

impl Page<'_> {
    fn write(mut self) -> String {
        self.title();
        self.sources();
        self.score();
        self.figures();
        self.since();
        for severity in Severity::WORST_FIRST {
            self.findings(severity);
        }
        self.failed();
        self.skipped();
        self.notes();
        self.next_steps();
        self.verdict();
        self.out
    }

    fn title(&mut self) {
        let audit = self.audit;
        let rows: u64 = audit.sources.iter().map(|s| s.rows).sum();
        let title = format!(
            "leadlint {}: {}, {} in {} of {}",
            audit.version,
            if audit.verdict.passed { "passed" } else { "failed" },
            summary::tally(audit),
            words::plural(rows, "row"),
            words::plural(audit.sources.len() as u64, "source"),
        );
        self.paragraph("", &title);
        let clock = match audit.as_of {
            Some(at) => format!("as of {} (clock: {})", words::time(at), audit.as_of_from),
            None => "no clock: no source has a usable time, so ages were not judged".to_owned(),
        };
        self.paragraph("", &clock);
        if let Some(previous) = audit.previous() {
            self.paragraph("", &format!("last run: {}", text::line(&measures::previous(previous), SENTENCE)));
        }
    }

    fn sources(&mut self) {
        let mut grid = self.grid(&["source", "what it is", "rows", "unreadable", "files"]);
        for source in &self.audit.sources {
            let unreadable: u64 = source.files.iter().map(|f| f.unreadable).sum();
            let unreadable =
                self.colored(Cell::new(words::number(unreadable)), (unreadable > 0).then_some(Severity::Warning));
            grid.add_row(vec![
                Cell::new(text::line(&source.name, CELL)),
                Cell::new(text::line(&summary::what_it_is(source), CELL)),
                Cell::new(words::number(source.rows)),
                unreadable,
                Cell::new(files(source)),
            ]);
        }
        right(&mut grid, &[2, 3]);
        self.section("Sources");
        self.put(&grid);
        for source in &self.audit.sources {
            for one in &source.excluded {
                self.item(&format!("{}: {}", text::line(&source.name, CELL), self.sentence(&summary::excluded(one))));
            }
            for note in &source.notes {
                self.item(&format!("{}: {}", text::line(&source.name, CELL), self.sentence(note)));
            }
        }
    }

    fn since(&mut self) {
        let said = summary::since(self.audit);
        if !said.is_empty() {
            self.section("Since the baseline");
            for line in said {
                self.item(&self.sentence(&line));
            }
        }
    }

    fn score(&mut self) {
        self.section("Score");
        let score = &self.audit.score;
        if score.overall.is_none() && score.dimensions.values().all(Option::is_none) {
            self.line("  not measured: no rule that counts ran");
            return;
        }
        let lines = score.dimensions.iter().map(|(dimension, score)| (dimension.as_str(), *score));
        for (name, score) in lines.chain([("overall", score.overall)]) {
            let line = match score {
                Some(score) => format!("  {name:<12}  {:>5}  {}", words::score(score), words::bar(score, 25)),
                None => format!("  {name:<12}      {}  not measured: no rule of it ran", words::NONE),
            };
            self.line(&line);
        }
    }

    fn figures(&mut self) {
        if let Some(previous) = self.audit.previous() {
            let now = Run::of(self.audit);
            let mut grid = self.grid(&["figure", "last run", "this run", "change"]);
            for row in measures::beside(previous, &now) {
                grid.add_row(row.map(|cell| Cell::new(text::line(&cell, CELL))));
            }
            right(&mut grid, &[1, 2, 3]);
            self.section("Since the last run");
            self.put(&grid);
            if !measures::same_rules(previous, &now) {
                self.item("the last run ran other rules; counts may differ for that alone");
            }
        }
        if let Some(said) = summary::duplicates(self.audit).filter(|_| self.audit.metrics.has_duplicates()) {
            self.item(&said);
        }
        for said in summary::sync(self.audit) {
            self.item(&said);
        }
    }

    fn findings(&mut self, severity: Severity) {
        let found: Vec<&Finding> = self.audit.of(severity).collect();
        if found.is_empty() {
            return;
        }
        let known = summary::has_known(self.audit);
        let mut headers = vec!["rule", "where", "count", "share"];
        if known {
            headers.push("new");
        }
        headers.push("what");
        let mut grid = self.grid(&headers);
        grid.style_mut().row_separator = LineStyle::new('├', '─', '┼', '┤');
        for finding in found.iter().take(SHOWN) {
            let share = match (finding.rows, finding.count) {
                (0, 1..) => words::NONE.to_owned(),
                (rows, _) => words::share(rows, finding.checked),
            };
            let mut row = vec![
                self.colored(Cell::new(finding.code), Some(severity)),
                Cell::new(summary::place(finding, CELL).replace(" · ", "\n")),
                Cell::new(words::number(finding.count)),
                Cell::new(share),
            ];
            if known {
                row.push(Cell::new(words::number(finding.new)));
            }
            row.push(Cell::new(self.what(finding)));
            grid.add_row(row);
        }
        right(&mut grid, if known { &[2, 3, 4] } else { &[2, 3] });
        // Room belongs to the sentence: a long header wraps before it does.
        if let Some(column) = grid.column_mut(1) {
            column.set_constraint(ColumnConstraint::UpperBoundary(Width::Fixed(self.width() / 5 + 2)));
        }
        self.section(&title(severity, found.len() as u64));
        self.put(&grid);
        if found.len() > SHOWN {
            self.item(&format!(
                "{} of {} findings shown; `-o json=report.json` has all",
                SHOWN,
                words::number(found.len() as u64)
            ));
        }
    }

    fn what(&self, finding: &Finding) -> String {
        let mut lines = vec![format!("{}: {}", finding.name, text::line(&self.masker.message(finding), SENTENCE))];
        if let Some(row) = finding.examples.first() {
            let example = self.example(row);
            let all = finding.examples.len() as u64 + finding.examples_hidden;
            if !example.is_empty() {
                let of = if all > 1 { format!(" (1 of {} shown)", words::number(all)) } else { String::new() };
                lines.push(format!("e.g. {example}{of}"));
            }
        }
        if let Some(budget) = &finding.budget {
            let kept = if finding.within_budget { "within budget" } else { "over budget" };
            lines.push(format!("{kept}: {}", self.sentence(budget)));
        }
        if finding.accepted > 0 {
            lines.push(format!("{} more accepted", words::number(finding.accepted)));
        }
        lines.join("\n")
    }

    fn example(&self, row: &EvidenceRow) -> String {
        let shown = self.masker.row(row);
        let change = match (&shown.value, &shown.suggested) {
            (Some(value), Some(suggested)) => {
                format!("{} -> {}", text::quoted(value, CELL), text::quoted(suggested, CELL))
            }
            (Some(value), None) => text::quoted(value, CELL),
            (None, Some(suggested)) => format!("(empty) -> {}", text::quoted(suggested, CELL)),
            (None, None) => text::line(&shown.detail, CELL * 2),
        };
        let spot = summary::spot(row, self.audit, CELL, true);
        let id = row.record_id.as_deref().map(|id| text::line(id, CELL));
        let spot = match (spot, id) {
            (Some(spot), Some(id)) => Some(format!("{spot} ({id})")),
            (spot, id) => spot.or(id),
        };
        match spot {
            Some(spot) if change.is_empty() => spot,
            Some(spot) => format!("{spot}: {change}"),
            None => change,
        }
    }

    fn failed(&mut self) {
        if self.audit.failed.is_empty() {
            return;
        }
        self.section(&format!(
            "Broken: {} failed inside, and the evidence is missing",
            words::plural(self.audit.failed.len() as u64, "rule")
        ));
        for rule in &self.audit.failed {
            self.item(&format!("{} {}: {}", rule.code, rule.name, self.sentence(&rule.error)));
        }
    }

    fn skipped(&mut self) {
        let audit = self.audit;
        if audit.skipped.is_empty() {
            return;
        }
        self.section(&format!("Not checked: {} could not run", words::plural(audit.skipped.len() as u64, "rule")));
        for (reason, codes) in summary::by_reason(&audit.skipped) {
            let reason = self.sentence(reason);
            let rules = words::plural(codes.len() as u64, "rule");
            self.item(&format!("{rules}: {reason}\n{}", codes.join(", ")));
        }
    }

    fn notes(&mut self) {
        let audit = self.audit;
        let timings = summary::timings(audit);
        if audit.notes.is_empty() && timings.is_none() {
            return;
        }
        self.section("Notes");
        for note in &audit.notes {
            self.item(&self.sentence(note));
        }
        if let Some(timings) = timings {
            self.item(&timings);
        }
    }

    fn next_steps(&mut self) {
        let audit = self.audit;
        let mut steps = Vec::new();
        if let Some(action) = summary::actions(audit).first() {
            steps.push((
                format!("leadlint rule {}", action.finding.code),
                format!("what {} is, and how to mend it", action.finding.name),
            ));
        }
        if !audit.evidence.is_empty() {
            let rows = words::plural(audit.evidence.len() as u64, "row");
            steps.push((
                format!("{} --evidence evidence.csv", summary::command_for(audit, "check")),
                format!("the evidence, {rows}, uncapped"),
            ));
        }
        let classes = summary::by_class(audit);
        if classes.iter().any(|(_, n)| *n > 0) {
            let said: Vec<String> = classes
                .iter()
                .filter(|(_, n)| *n > 0)
                .map(|(class, n)| match class {
                    Safety::Safe => format!("{} safe to apply", words::number(*n)),
                    Safety::Review => format!("{} for a person to decide", words::number(*n)),
                    Safety::Manual => format!("{} by hand", words::number(*n)),
                })
                .collect();
            let command = format!("{} --target csv --out cleanup/", summary::command_for(audit, "clean"));
            steps.push((command, format!("scripts to clean up: {}", said.join(", "))));
        }
        if steps.is_empty() {
            return;
        }
        self.section("Next");
        for (command, why) in steps {
            self.line(&format!("  {command}"));
            self.paragraph("      ", &why);
        }
    }

    fn verdict(&mut self) {
        let verdict = &self.audit.verdict;
        let word = match (verdict.passed, self.view.color) {
            (true, false) => "PASSED",
            (false, false) => "FAILED",
            (true, true) => "\u{1b}[1;32mPASSED\u{1b}[0m",
            (false, true) => "\u{1b}[1;31mFAILED\u{1b}[0m",
        };
        let mut why = self.sentence(&verdict.why);
        if !self.audit.skipped.is_empty() && self.audit.findings.is_empty() {
            let skipped = words::plural(self.audit.skipped.len() as u64, "rule");
            why = format!("{why}; {skipped} could not run, so this is no proof of clean data");
        }
        self.out.push('\n');
        self.paragraph("", &format!("{word}: {why} (--fail-on {})", text::line(&verdict.fail_on, CELL)));
    }

    fn grid(&self, headers: &[&str]) -> Grid {
        grid(headers.iter().copied(), self.width(), self.view.color)
    }

    fn colored(&self, cell: Cell, severity: Option<Severity>) -> Cell {
        match severity.filter(|_| self.view.color) {
            Some(Severity::Error) => cell.fg(Color::Red),
            Some(Severity::Warning) => cell.fg(Color::Yellow),
            Some(Severity::Info) => cell.fg(Color::Cyan),
            None => cell,
        }
    }

    fn sentence(&self, raw: &str) -> String {
        text::line(&self.masker.text(raw), SENTENCE)
    }

    fn width(&self) -> u16 {
        self.view.width.max(NARROWEST)
    }

    fn section(&mut self, title: &str) {
        self.out.push('\n');
        if self.view.color {
            self.line(&format!("\u{1b}[1m{title}\u{1b}[0m"));
        } else {
            self.paragraph("", title);
        }
    }

    fn put(&mut self, grid: &Grid) {
        self.out.push_str(&grid.trim_fmt());
        self.out.push('\n');
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    /// A line of a list, its own line ends kept, further lines indented.
    fn item(&mut self, item: &str) {
        for (i, line) in item.split('\n').enumerate() {
            let before = self.out.len();
            self.paragraph("    ", line);
            if i == 0 {
                self.out.replace_range(before..before + 4, "  - ");
            }
        }
    }

    /// Words wrapped to the width, each line after `indent`.
    fn paragraph(&mut self, indent: &str, words: &str) {
        let room = usize::from(self.width()) - indent.len();
        let mut used = 0;
        self.out.push_str(indent);
        for word in words.split(' ') {
            let long = word.chars().filter(|c| !c.is_control()).count();
            if used > 0 && used + 1 + long > room {
                self.out.push('\n');
                self.out.push_str(indent);
                used = 0;
            } else if used > 0 {
                self.out.push(' ');
                used += 1;
            }
            self.out.push_str(word);
            used += long;
        }
        self.out.push('\n');
    }
}

/// An empty table of `width` columns of the terminal, as every report draws it.
pub(crate) fn grid<'h>(headers: impl IntoIterator<Item = &'h str>, width: u16, color: bool) -> Grid {
    let mut grid = Grid::new();
    grid.load_style(STYLE);
    grid.force_no_tty();
    if color {
        grid.enforce_styling();
        grid.style_text_only();
    }
    grid.set_content_arrangement(ContentArrangement::Dynamic);
    grid.set_width(width);
    grid.set_header(headers);
    grid
}

fn title(severity: Severity, n: u64) -> String {
    match severity {
        Severity::Error => {
            format!("Errors: {} that break what people or automations rely on", words::plural(n, "finding"))
        }
        Severity::Warning => format!("Warnings: {} worth mending", words::plural(n, "finding")),
        Severity::Info => format!("Info: {} worth knowing", words::plural(n, "finding")),
    }
}

/// The files of a source: up to three, the rest counted; rows that a file declares and does not have are said.
fn files(source: &SourceSummary) -> String {
    let mut lines: Vec<String> = source
        .files
        .iter()
        .take(3)
        .map(|file| {
            let read = file.rows + file.unreadable + file.set_aside.len() as u64;
            let declared = match file.declared_rows {
                Some(declared) if declared != read => {
                    format!(" (declares {}, has {})", words::number(declared), words::number(read))
                }
                _ => String::new(),
            };
            format!("{}{declared}", text::line(&file.path, CELL * 2))
        })
        .collect();
    if source.files.len() > 3 {
        lines.push(format!("and {} more", words::plural(source.files.len() as u64 - 3, "file")));
    }
    lines.join("\n")
}

fn right(grid: &mut Grid, columns: &[usize]) {
    for column in columns {
        if let Some(column) = grid.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
