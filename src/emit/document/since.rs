//! Section 2 and 10: what became of the evidence since the last run, and what is agreed to stay.

use super::{Page, Rich, name};
use crate::emit::{summary, words};
use crate::evidence::{AcceptState, Comparison, Exception, Finding};
use crate::model::Severity;

/// Rules, sources or exceptions that a table lists.
const LISTED: usize = 50;
/// Record ids that stand beside one exception.
const NAMED: usize = 3;

impl Page<'_> {
    pub(super) fn since(&mut self) {
        let audit = self.audit;
        if let Some(comparison) = &audit.comparison {
            self.heading(2, "Since the last run");
            self.compared(comparison);
        } else if summary::has_known(audit) {
            self.heading(2, "Since the last run");
            let row = |severity: &Severity| {
                let sum = |get: fn(&Finding) -> u64| audit.of(*severity).map(get).sum::<u64>();
                let (new, count) = (sum(|f| f.new), sum(|f| f.count));
                vec![severity.to_string(), words::number(new), words::number(count - new.min(count))]
            };
            let rows = Severity::WORST_FIRST.iter().map(row);
            self.table("New and known evidence by severity", &["severity", ">new or reopened", ">known"], rows);
            self.line(
                Rich::from("What was fixed since is in no single run: ")
                    .code("leadlint diff OLD NEW")
                    .text(" tells it from two JSON reports."),
            );
        } else {
            self.absent(2, "since the last run", "no baseline tells new from known; every finding counts as new");
        }
    }

    fn compared(&mut self, comparison: &Comparison) {
        for said in summary::since(self.audit) {
            let said = self.sentence(&said);
            self.item(said);
        }
        let rows: Vec<Vec<String>> = comparison
            .rules
            .iter()
            .take(LISTED)
            .map(|rule| {
                let figures = [rule.new, rule.reopened, rule.known, rule.fixed].map(words::number);
                [name(&rule.code)].into_iter().chain(figures).collect()
            })
            .collect();
        if !rows.is_empty() {
            self.table("Evidence by rule", &["rule", ">new", ">reopened", ">known", ">fixed"], rows);
            self.listed(comparison.rules.len(), "rule");
        }
        if let (Some(then), Some(now)) = (comparison.score, self.audit.score.overall) {
            self.item(format!("score: {} now, {} then", words::score(now), words::score(then)));
        }
        for source in comparison.sources.iter().take(LISTED) {
            let now = source.now.map(|rows| format!("{} now", words::plural(rows, "row")));
            let now = now.unwrap_or_else(|| "not read now".to_owned());
            self.item(format!("{}: {now}, {} then", name(&source.place), words::number(source.then)));
        }
        self.listed(comparison.sources.len(), "source");
    }

    pub(super) fn exceptions(&mut self) {
        let audit = self.audit;
        let accepted: Vec<&Finding> = audit.findings.iter().filter(|f| f.accepted > 0).collect();
        if audit.exceptions.is_empty() && accepted.is_empty() {
            self.absent(10, "accepted exceptions", "none is agreed that covers anything");
            return;
        }
        self.heading(10, "Accepted exceptions");
        if audit.exceptions.is_empty() {
            let row = |f: &&Finding| {
                let place = summary::place(f, super::CELL);
                vec![format!("{} {}", f.code, f.name), place, words::number(f.accepted)]
            };
            let rows: Vec<Vec<String>> = accepted.iter().take(LISTED).map(row).collect();
            let shown = words::number(rows.len() as u64);
            self.table("Accepted evidence", &["rule", "where", ">rows accepted"], rows);
            let all = words::plural(accepted.len() as u64, "exception");
            let said = Rich::from(format!("{shown} of {all} shown. Reasons, owners and expiry dates stand in "));
            self.line(said.code("[[accept]]").text(" of the config."));
            return;
        }
        let rows: Vec<Vec<String>> = audit.exceptions.iter().take(LISTED).map(|one| self.exception(one)).collect();
        let headers = ["rule", "what", ">rows covered", "reason", "owner", "expires", "state"];
        self.table("Agreed exceptions", &headers, rows);
        self.listed(audit.exceptions.len(), "exception");
    }

    fn exception(&self, one: &Exception) -> Vec<String> {
        let mut what: Vec<String> = one.records.iter().take(NAMED).map(|id| name(id)).collect();
        if one.records.len() > NAMED {
            what.push(format!("and {} more", words::number((one.records.len() - NAMED) as u64)));
        }
        what.extend(one.group.iter().map(|group| format!("group {}", name(group))));
        let or_none = |text: Option<String>| text.unwrap_or_else(|| words::NONE.to_owned());
        vec![
            name(&one.rule),
            if what.is_empty() { "all".to_owned() } else { what.join(", ") },
            words::number(one.covers),
            self.sentence(&one.reason),
            or_none(one.owner.as_deref().map(|owner| name(&self.masker.person(owner)))),
            or_none(one.expires.as_deref().map(name)),
            state(one.state).to_owned(),
        ]
    }

    fn listed(&mut self, all: usize, noun: &str) {
        if all > LISTED {
            self.line(format!("{LISTED} of {} shown; the JSON report has all.", words::plural(all as u64, noun)));
        }
    }
}

const fn state(state: AcceptState) -> &'static str {
    match state {
        AcceptState::InForce => "in force",
        AcceptState::Expiring => "expires soon",
        AcceptState::Expired => "expired, covers nothing",
        AcceptState::Stale => "covers nothing that is found",
        AcceptState::NotChecked => "not checked: its rule did not run",
    }
}
