//! Section 6: the findings by severity, each with evidence.

use std::fmt::Write as _;

use super::{Block, CELL, Found, Page, Rich, name, table};
use crate::emit::{summary, text, words};
use crate::evidence::{EvidenceRow, Finding};
use crate::model::{Safety, Severity};

impl Page<'_> {
    pub(super) fn findings(&mut self) {
        let audit = self.audit;
        if audit.findings.is_empty() {
            let why = format!("{} ran and found nothing", words::plural(audit.ran.len() as u64, "rule"));
            self.absent(6, "findings", why);
            return;
        }
        self.heading(6, "Findings");
        let mut left = self.depth.rows_in_all;
        for severity in Severity::WORST_FIRST {
            let found: Vec<&Finding> = audit.of(severity).collect();
            if found.is_empty() {
                continue;
            }
            let title = words::plural(found.len() as u64, severity.as_str());
            self.subheading(title.clone());
            let shown = found.len().min(self.depth.findings);
            self.overview(&format!("Figures of the {title}"), &found[..shown]);
            if found.len() > shown {
                let all = words::number(found.len() as u64);
                self.line(format!("{} of {all} findings shown; the JSON report has all.", words::number(shown as u64)));
            }
            for finding in &found[..shown] {
                let found = self.finding(finding, &mut left);
                self.push(Block::Finding(Box::new(found)));
            }
        }
    }

    /// The figures of findings, a line each.
    fn overview(&mut self, caption: &str, findings: &[&Finding]) {
        let since = findings.iter().any(|f| f.since.is_some());
        let mut headers = vec!["rule", "where", ">checked", ">failing", ">rate", ">new", ">accepted", "fix"];
        if since {
            headers.push("known since");
        }
        let row = |f: &&Finding| {
            let rate =
                if f.rows == 0 && f.count > 0 { words::NONE.to_owned() } else { words::share(f.rows, f.checked) };
            let mut row = vec![
                format!("{} {}", f.code, f.name),
                summary::place(f, CELL),
                words::number(f.checked),
                words::number(f.count),
                rate,
                words::number(f.new),
                words::number(f.accepted),
                classes(f),
            ];
            if since {
                row.push(f.since.map_or_else(|| words::NONE.to_owned(), words::day));
            }
            row
        };
        self.table(caption, &headers, findings.iter().map(row));
    }

    /// A finding with as much of its evidence as there is room for; `left` is the room over all findings.
    fn finding(&self, finding: &Finding, left: &mut usize) -> Found {
        let mut about = format!("{}.", self.message(finding).trim_end_matches('.'));
        if let Some(budget) = &finding.budget {
            let kept = if finding.within_budget { "Within budget" } else { "Over budget" };
            let _ = write!(about, " {kept}: {}.", self.sentence(budget));
        }
        if finding.groups > 0 {
            let _ = write!(about, " They form {}.", words::plural(finding.groups, "group"));
        }
        let place = summary::place(finding, CELL);
        let means = |said: String| {
            let rule = format!("leadlint rule {}", finding.code);
            Rich::from(format!("{said} What it means: ")).code(rule).text(".")
        };
        let bare = |row: &EvidenceRow| row.line.or(row.row).is_none() && row.record_id.is_none() && row.value.is_none();
        let (evidence, shown) = if finding.examples.iter().all(bare) {
            let all = finding.examples.len() as u64 + finding.examples_hidden;
            (None, means(format!("Evidence: {}, at no record.", words::plural(all, "row"))))
        } else {
            let rows = self.evidence(finding, self.depth.rows.min(*left));
            *left -= rows.len();
            let all = (finding.examples.len() as u64 + finding.examples_hidden).max(rows.len() as u64);
            let rest = self.depth.rest.filter(|_| all > rows.len() as u64);
            let said = format!("{} of {} shown", words::number(rows.len() as u64), words::plural(all, "row"));
            let said = rest.map_or_else(|| format!("{said}."), |rest| format!("{said}; {rest}."));
            let caption = format!("Evidence of {} in {place}", finding.code);
            let rows: Vec<_> = rows.iter().map(|row| self.row(row)).collect();
            let headers = ["place", "record", "value", "suggested", "why"];
            ((!rows.is_empty()).then(|| table(&caption, &headers, rows)), means(said))
        };
        Found {
            code: finding.code,
            name: finding.name,
            severity: finding.severity,
            source: text::line(&finding.source, CELL),
            place,
            about: about.into(),
            evidence,
            shown,
        }
    }

    /// Rows of evidence that no exception covers: the examples, or more where there is room for more.
    fn evidence(&self, finding: &Finding, most: usize) -> Vec<EvidenceRow> {
        if most > finding.examples.len() && finding.examples_hidden > 0 {
            let more = self.audit.evidence.some(finding.code, &finding.source, finding.column.as_deref(), most);
            if more.len() > finding.examples.len() {
                return more;
            }
        }
        finding.examples.iter().take(most).cloned().collect()
    }

    fn row(&self, row: &EvidenceRow) -> Vec<String> {
        let shown = self.masker.row(row);
        let cell = |value: &Option<String>| {
            value.as_deref().map_or(words::NONE.to_owned(), |v| text::quoted(v, self.depth.value))
        };
        let record = match (&row.record_id, &row.other_id) {
            (Some(id), Some(other)) => format!("{} with {}", name(id), name(other)),
            (Some(id), None) | (None, Some(id)) => name(id),
            (None, None) => words::NONE.to_owned(),
        };
        vec![
            summary::spot(row, self.audit, CELL, false).unwrap_or_else(|| words::NONE.to_owned()),
            record,
            cell(&shown.value),
            cell(&shown.suggested),
            text::line(&shown.detail, CELL),
        ]
    }
}

/// How much of a finding a script can mend: `12 safe, 3 review`.
fn classes(finding: &Finding) -> String {
    let parts: Vec<String> = Safety::ALL
        .iter()
        .filter_map(|class| {
            finding.safety.get(class).filter(|n| **n > 0).map(|n| format!("{} {class}", words::number(*n)))
        })
        .collect();
    if parts.is_empty() { words::NONE.to_owned() } else { parts.join(", ") }
}
