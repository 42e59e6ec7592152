//! Sections 1 to 5: the verdict, what is new, what to do, what was read, the figures.

use super::{CELL, Page, Rich, code, name};
use crate::emit::{measures, summary, text, words};
use crate::evidence::history::Run;
use crate::evidence::{Audit, CreatedBy, CreatedFrom, SourceSummary};

/// Actions that section 3 lists.
const ACTIONS: usize = 10;
/// Rows of each table of figures.
pub(super) const FIGURES: usize = 5;

/// The heading over all: `leadlint: failed, 2 errors`.
pub(super) fn title(audit: &Audit) -> String {
    let word = if audit.verdict.passed { "passed" } else { "failed" };
    format!("leadlint: {word}, {}", summary::tally(audit))
}

impl Page<'_> {
    pub(super) fn verdict(&mut self) {
        let audit = self.audit;
        self.heading(1, "Verdict");
        let word = if audit.verdict.passed { "Passed" } else { "Failed" };
        let why = format!(": {} (fails on ", self.sentence(&audit.verdict.why));
        self.line(Rich::bold(word).text(why).code(name(&audit.verdict.fail_on)).text(")."));
        if audit.verdict.passed && !audit.skipped.is_empty() {
            let skipped = words::plural(audit.skipped.len() as u64, "rule");
            self.line(format!("{skipped} could not run, see section 9: what they look for is not known to be absent."));
        }
        if !audit.failed.is_empty() {
            self.line("Rules that failed inside, whose evidence is missing:");
            for rule in &audit.failed {
                self.item(format!("{} {}: {}", rule.code, rule.name, self.sentence(&rule.error)));
            }
        }
        let as_of = audit.as_of.map_or_else(
            || "no source has a usable time, so ages were not judged".to_owned(),
            |at| format!("{} (clock: {})", words::time(at), audit.as_of_from),
        );
        let mut rows = vec![
            vec!["owner".to_owned(), self.owner()],
            vec!["as of".to_owned(), as_of],
            vec!["period".to_owned(), self.period()],
            vec!["version".to_owned(), format!("leadlint {}", audit.version)],
            vec!["config".to_owned(), audit.config.as_deref().map_or_else(|| "none, defaults".to_owned(), name)],
            vec!["config SHA-256".to_owned(), audit.config_sha256.as_deref().map_or(words::NONE.to_owned(), name)],
        ];
        if let Some(previous) = audit.previous() {
            rows.push(vec!["previous run".to_owned(), name(&measures::previous(previous))]);
        }
        self.table("What was audited", &["what", "value"], rows);
    }

    /// Who answers for the audit. Not masked: it is there so that people know whom to ask.
    fn owner(&self) -> String {
        self.audit.owner.as_deref().map_or_else(|| "owner not set (GOV001)".to_owned(), name)
    }

    fn period(&self) -> String {
        let windows = || self.audit.sources.iter().filter_map(|s| s.window);
        match (windows().map(|w| w.0).min(), windows().map(|w| w.1).max()) {
            (Some(start), Some(end)) => format!("{} to {}", words::day(start), words::day(end)),
            _ => "not known: no source has created or started times".to_owned(),
        }
    }

    pub(super) fn do_now(&mut self) {
        let actions = summary::actions(self.audit);
        if actions.is_empty() {
            self.absent(3, "do now", "no rule that ran found something to do");
            return;
        }
        self.heading(3, "Do now");
        let owner = self.owner();
        let rows: Vec<Vec<Rich>> = actions
            .iter()
            .take(ACTIONS)
            .enumerate()
            .map(|(i, action)| {
                let finding = action.finding;
                vec![
                    (i + 1).to_string().into(),
                    format!("{} {}: {}", finding.code, finding.name, self.message(finding)).into(),
                    words::number(finding.count).into(),
                    owner.clone().into(),
                    action.due.map_or(words::NONE.to_owned(), words::day).into(),
                    code(&action.command),
                ]
            })
            .collect();
        let shown = rows.len();
        self.table("Actions, the most pressing first", &[">no.", "what", ">count", "person", "due", "command"], rows);
        let mut said = format!("{} of {} shown.", shown, words::plural(actions.len() as u64, "action"));
        if self.audit.as_of.is_some() {
            said.push_str(" Due dates follow the default cadence, counted from the clock: duplicates and sync weekly, tags and mapping quarterly, the rest monthly.");
        }
        self.line(said);
    }

    pub(super) fn read(&mut self) {
        let audit = self.audit;
        if audit.sources.is_empty() {
            self.absent(4, "what was read", "there was no source");
            return;
        }
        self.heading(4, "What was read");
        let rows: Vec<Vec<String>> = audit
            .sources
            .iter()
            .map(|s| {
                vec![
                    name(&s.name),
                    name(&summary::what_it_is(s)),
                    words::number(s.rows),
                    words::number(summary::excluded_rows(s)),
                    words::number(s.columns),
                    window(s),
                    self.sentence(&s.detected),
                ]
            })
            .collect();
        self.table(
            "Sources",
            &["source", "what it is", ">rows audited", ">set aside", ">columns", "window", "how it was recognised"],
            rows,
        );
        let rows: Vec<Vec<Rich>> = audit
            .sources
            .iter()
            .flat_map(|s| s.files.iter().map(move |f| (s, f)))
            .map(|(source, file)| {
                let read = file.rows + file.set_aside.len() as u64;
                let declared = match file.declared_rows {
                    Some(n) if n != read + file.unreadable => Rich::bold(words::number(n)),
                    Some(n) => words::number(n).into(),
                    None => words::NONE.into(),
                };
                let form = file.dialect.map_or_else(
                    || words::NONE.to_owned(),
                    |d| name(&format!("{}, {}", d.encoding.as_str(), delimiter(d.delimiter))),
                );
                vec![
                    name(&source.name).into(),
                    name(&file.path).into(),
                    words::bytes(file.bytes).into(),
                    words::number(read).into(),
                    words::number(file.unreadable).into(),
                    declared,
                    form.into(),
                    name(&file.sha256).into(),
                ]
            })
            .collect();
        self.table(
            "Files",
            &["source", "file", ">size", ">rows read", ">unreadable", ">declared", "form", "SHA-256"],
            rows,
        );
        let rows: Vec<Vec<String>> = audit
            .sources
            .iter()
            .flat_map(|s| s.roles.iter().map(move |r| (s, r)))
            .map(|(source, role)| {
                let found = match role.found {
                    crate::model::Found::Config => "config",
                    crate::model::Found::Alias => "header",
                    crate::model::Found::Content => "content",
                };
                vec![
                    name(&source.name),
                    role.role.to_string(),
                    name(&role.column),
                    found.to_owned(),
                    self.sentence(&role.why),
                ]
            })
            .collect();
        if !rows.is_empty() {
            self.table("Roles of columns", &["source", "role", "column", "found by", "why"], rows);
        }
        for source in &audit.sources {
            if source.roles.is_empty() {
                self.item(format!(
                    "{}: no column has a known role, so only rules that need none could judge it",
                    name(&source.name)
                ));
            }
            for one in &source.excluded {
                self.item(format!("{}: {}", name(&source.name), self.sentence(&summary::excluded(one))));
            }
            for note in &source.notes {
                self.item(format!("{}: {}", name(&source.name), self.sentence(note)));
            }
        }
    }

    pub(super) fn figures(&mut self) {
        self.heading(5, "Figures");
        let audit = self.audit;
        self.beside();
        self.trend();
        self.duplicates();
        let fill: Vec<Vec<String>> =
            audit.metrics.required_fill.iter().map(|(column, share)| vec![name(column), words::rate(*share)]).collect();
        if !fill.is_empty() {
            self.table("Fill of required columns", &["required column", ">filled"], fill);
        }
        self.fill();
        self.fill_picture();
        self.drift();
        self.drift_picture();
        self.links();
        self.sync();
        let score = &audit.score;
        let row = |dimension: Rich, score: Option<f64>| match score {
            Some(score) => vec![dimension, words::score(score).into(), words::bar(score, 20).into()],
            None => vec![dimension, words::NONE.into(), "not measured: no rule of it ran".into()],
        };
        let rows: Vec<Vec<Rich>> = [row(Rich::bold("overall"), score.overall)]
            .into_iter()
            .chain(score.dimensions.iter().map(|(dimension, score)| row(dimension.as_str().into(), *score)))
            .collect();
        self.score_picture();
        self.table("Score", &["score", ">of 100", "measure"], rows);
    }

    /// The telling figures beside those of the last run.
    fn beside(&mut self) {
        let Some(previous) = self.audit.previous() else { return };
        let now = Run::of(self.audit);
        let rows = measures::beside(previous, &now);
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| name(cell)).collect()).collect();
        self.table("Beside the last run", &["figure", ">last run", ">this run", ">change"], rows);
        if !measures::same_rules(previous, &now) {
            self.line("The last run ran other rules; counts may differ for that alone.");
        }
    }

    /// Who makes duplicates, and when: the newest weeks and the busiest makers.
    fn duplicates(&mut self) {
        let audit = self.audit;
        let Some(said) = summary::duplicates(audit) else { return };
        self.line(format!("{said}."));
        let Some(duplicates) = audit.metrics.duplicates.as_ref().filter(|_| audit.metrics.has_duplicates()) else {
            return;
        };
        let weeks = duplicates.per_week.iter().rev().map(|one| vec![one.week.clone(), words::number(one.count)]);
        self.duplicates_picture();
        self.top("week created", weeks.collect());
        let by = |one: &CreatedBy| vec![name(&summary::creator(&one.creator, &self.masker)), words::number(one.count)];
        let creators = duplicates.by_creator.iter().map(by).collect();
        self.top("created by", creators);
        let from = |one: &CreatedFrom| {
            let source = one.source.as_deref().map_or_else(|| "not known".to_owned(), |s| self.sentence(s));
            vec![source, words::number(one.count)]
        };
        let sources = duplicates.by_source.iter().map(from).collect();
        self.top("came from", sources);
    }

    fn top(&mut self, what: &str, mut rows: Vec<Vec<String>>) {
        let all = rows.len();
        rows.truncate(FIGURES);
        let shown = rows.len();
        self.table(&format!("Duplicates: {what}"), &[what, ">duplicates"], rows);
        if shown < all {
            self.line(format!("{shown} of {} shown; the JSON report has all.", words::number(all as u64)));
        }
    }

    /// The emptiest columns.
    fn fill(&mut self) {
        let mut columns: Vec<(&String, f64)> = self.audit.metrics.fill.iter().map(|(c, share)| (c, *share)).collect();
        columns.retain(|(_, share)| *share < 1.0);
        columns.sort_by(|a, b| a.1.total_cmp(&b.1));
        let all = columns.len();
        let rows: Vec<Vec<String>> =
            columns.into_iter().take(FIGURES).map(|(column, share)| vec![name(column), words::rate(share)]).collect();
        if rows.is_empty() {
            return;
        }
        let shown = rows.len();
        self.table("Emptiest columns", &["emptiest columns", ">filled"], rows);
        if shown < all {
            self.line(format!(
                "{shown} of {} columns with gaps shown; the JSON report has all.",
                words::number(all as u64)
            ));
        }
    }
}

fn window(source: &SourceSummary) -> String {
    match source.window {
        Some((start, end)) => {
            let from = if source.window_declared { "declared" } else { "learned" };
            format!("{} to {} ({from})", words::time(start), words::time(end))
        }
        None => "not known".to_owned(),
    }
}

fn delimiter(byte: u8) -> String {
    match byte {
        b',' => "comma".to_owned(),
        b';' => "semicolon".to_owned(),
        b'\t' => "tab".to_owned(),
        b'|' => "pipe".to_owned(),
        other => text::line(&char::from(other).to_string(), CELL),
    }
}
