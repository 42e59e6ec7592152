//! Section 7: the mapping proof, as an auditor files it: mappings, probes, automations.

use super::{CELL, Page, Rich, name};
use crate::emit::{text, words};
use crate::evidence::{AutomationProof, Held, MappingProof};

/// Rows of each table that are shown; the rest is counted.
const SHOWN: usize = 50;

impl Page<'_> {
    pub(super) fn mapping(&mut self) {
        let metrics = &self.audit.metrics;
        let declared = [
            (metrics.mapping.is_empty(), "[[mapping]]"),
            (metrics.probes.is_empty(), "[[probe]]"),
            (metrics.automations.is_empty(), "[[automation]]"),
        ];
        let lacking: Vec<&str> = declared.iter().filter(|(absent, _)| *absent).map(|(_, what)| *what).collect();
        if lacking.len() == declared.len() {
            self.absent(7, "mapping proof", "the config declares no [[mapping]], [[probe]] or [[automation]]");
            return;
        }
        self.heading(7, "Mapping proof");
        self.mappings();
        self.probes();
        self.automations();
        if !lacking.is_empty() {
            self.line(format!("Not declared, so not proved: {}.", lacking.join(", ")));
        }
    }

    fn mappings(&mut self) {
        let all = &self.audit.metrics.mapping;
        if all.is_empty() {
            return;
        }
        self.line(
            "Of each declared mapping, the pairs of a chat and the record that it made. Tested are those of which the chat \
             says something; the others do not exercise the mapping.",
        );
        let rows: Vec<Vec<String>> = all.iter().take(SHOWN).map(mapping_row).collect();
        self.table(
            "Mappings",
            &[
                "mapping",
                "declared at",
                ">pairs",
                ">tested",
                ">equal",
                ">translated",
                ">contained",
                ">lost",
                ">altered",
                ">misrouted",
                ">other faults",
                ">not exercised",
                "since",
            ],
            rows,
        );
        self.mapping_picture();
        for one in all.iter().take(SHOWN) {
            self.mapping_notes(one);
        }
        self.shown(all.len(), "mapping");
    }

    /// What the figures of a mapping do not say by themselves.
    fn mapping_notes(&mut self, one: &MappingProof) {
        let mut said = Vec::new();
        if let Some(why) = &one.not_proved {
            said.push(format!("not proved: {}", self.sentence(why)));
        } else if one.tested == 0 {
            said.push("not exercised: no chat that made a record says anything".to_owned());
        }
        for (count, what) in [
            (one.opposite, "opposite"),
            (one.shifted, "shifted in time"),
            (one.truncated, "cut off"),
            (one.rejected, "not in the picklist"),
            (one.stood_back, "left to the mapping that comes first"),
        ] {
            if count > 0 {
                said.push(format!("{} {what}", words::number(count)));
            }
        }
        for stray in &one.strays {
            let since = stray.since.as_deref().map(|day| format!(" since {day}")).unwrap_or_default();
            said.push(format!("{} stand in {}{since}", words::number(stray.count), name(&stray.column)));
        }
        if one.edited > 0 {
            said.push(format!("of {} that failed, {} were changed by a person since", one.failed(), one.edited));
        }
        if !said.is_empty() {
            self.item(format!("{} → {}: {}", name(&one.from), name(&one.to), said.join("; ")));
        }
    }

    fn probes(&mut self) {
        let all = &self.audit.metrics.probes;
        if all.is_empty() {
            return;
        }
        let held =
            |one: Held| all.iter().flat_map(|probe| &probe.expectations).filter(|e| e.held == one).count() as u64;
        self.subheading("Probes");
        let expected = all.iter().map(|probe| probe.expectations.len() as u64).sum();
        let absent = all.iter().filter(|probe| probe.chats == 0 && probe.records.is_empty()).count() as u64;
        let absent = match absent {
            0 => String::new(),
            absent => format!("; {} not loaded", words::plural(absent, "chat")),
        };
        self.line(format!(
            "{} with {}: {} held, {} failed, {} not checked{absent}.",
            words::plural(all.len() as u64, "probe"),
            words::plural(expected, "expectation"),
            words::number(held(Held::Held)),
            words::number(held(Held::Failed)),
            words::number(held(Held::NotChecked)),
        ));
        let mut rows: Vec<Vec<Rich>> = Vec::new();
        for probe in all.iter().take(SHOWN) {
            let chat = if probe.chats == 0 { format!("{} (not loaded)", probe.chat) } else { probe.chat.clone() };
            let place = probe.place.as_deref().map_or_else(|| words::NONE.to_owned(), name);
            let front = || [name(&chat).into(), Rich::from(probe.case), place.clone().into()];
            if probe.expectations.is_empty() {
                let records = words::plural(probe.records.len() as u64, "record");
                let found =
                    if probe.chats == 0 && probe.records.is_empty() { Rich::bold("failed") } else { "found".into() };
                let rest = [words::NONE.into(), words::NONE.into(), found, records.into()];
                rows.push(front().into_iter().chain(rest).collect());
            }
            for one in &probe.expectations {
                let state = match one.held {
                    Held::Failed => Rich::bold(one.held.as_str()),
                    held => held.as_str().into(),
                };
                let why = one.why.as_deref().or(one.record.as_deref());
                let expected = self.masker.declared(&one.field, &one.expected).into_owned();
                let rest = [
                    name(&one.field).into(),
                    text::quoted(&expected, CELL).into(),
                    state,
                    why.map_or_else(|| words::NONE.to_owned(), |why| self.sentence(why)).into(),
                ];
                rows.push(front().into_iter().chain(rest).collect());
            }
        }
        self.table("Probes", &["chat", "case", "declared at", "field", "expected", "result", "record, or why"], rows);
        self.shown(all.len(), "probe");
    }

    fn automations(&mut self) {
        let all = &self.audit.metrics.automations;
        if all.is_empty() {
            return;
        }
        self.subheading("Automations");
        let uses: Vec<Vec<String>> = all.iter().take(SHOWN).flat_map(|one| self.uses(one)).collect();
        if !uses.is_empty() {
            self.table(
                "What automations read",
                &["automation", "declared at", "reads", ">filled", ">of", "which are", "filled by"],
                uses,
            );
        }
        let outcomes: Vec<Vec<String>> = all.iter().take(SHOWN).flat_map(|one| self.outcomes(one)).collect();
        if !outcomes.is_empty() {
            self.table(
                "What automations must lead to",
                &[
                    "automation",
                    "expects",
                    "to show",
                    ">records that match",
                    ">shown",
                    ">late",
                    ">not shown",
                    ">changed since",
                    ">not judged",
                ],
                outcomes,
            );
        }
        for one in all.iter().take(SHOWN) {
            for outcome in &one.outcomes {
                if let Some(why) = &outcome.not_proved {
                    let front = format!("{}, {}", self.sentence(&one.name), name(&outcome.field));
                    self.item(format!("{front}: not proved: {}", self.sentence(why)));
                }
            }
            if one.uses.is_empty() && one.outcomes.is_empty() {
                let front = self.sentence(&one.name);
                self.item(format!("{front}: declares neither what it reads nor what must follow"));
            }
        }
        self.shown(all.len(), "automation");
    }

    fn uses(&self, one: &AutomationProof) -> Vec<Vec<String>> {
        let place = one.place.as_deref().map_or_else(|| words::NONE.to_owned(), name);
        let row = |used: &crate::evidence::UseProof| {
            let mut row = vec![self.sentence(&one.name), place.clone(), name(&used.field)];
            row.extend(if let Some(why) = &used.absent {
                [words::NONE.to_owned(), words::NONE.to_owned(), self.sentence(why), words::NONE.to_owned()]
            } else {
                let (filled, rows) = (words::number(used.filled), words::number(used.rows));
                [filled, rows, used.of.to_owned(), used.fed_by.to_owned()]
            });
            row
        };
        one.uses.iter().map(row).collect()
    }

    fn outcomes(&self, one: &AutomationProof) -> Vec<Vec<String>> {
        let row = |outcome: &crate::evidence::OutcomeProof| {
            let expected = self.masker.declared(&outcome.field, &outcome.expected).into_owned();
            let mut row = vec![self.sentence(&one.name), name(&outcome.field), text::quoted(&expected, CELL)];
            let figures =
                [outcome.matched, outcome.shown, outcome.late, outcome.missing, outcome.changed, outcome.not_judged];
            row.extend(figures.map(|n| match outcome.not_proved {
                Some(_) => words::NONE.to_owned(),
                None => words::number(n),
            }));
            row
        };
        one.outcomes.iter().map(row).collect()
    }

    fn shown(&mut self, all: usize, noun: &str) {
        if all > SHOWN {
            self.line(format!("{SHOWN} of {} shown; the JSON report has all.", words::plural(all as u64, noun)));
        }
    }
}

fn mapping_row(one: &MappingProof) -> Vec<String> {
    let other = one.opposite + one.shifted + one.truncated + one.rejected;
    let figure = |n: u64| if one.not_proved.is_some() { words::NONE.to_owned() } else { words::number(n) };
    let equal = match (one.exact + one.normalised, one.normalised) {
        (all, 0) => figure(all),
        (all, normalised) => format!("{} ({} by form)", figure(all), words::number(normalised)),
    };
    vec![
        name(&format!("{} → {}", one.from, one.to)),
        one.place.as_deref().map_or_else(|| words::NONE.to_owned(), name),
        figure(one.pairs),
        figure(one.tested),
        equal,
        figure(one.translated),
        figure(one.contained),
        figure(one.lost),
        figure(one.altered),
        figure(one.misrouted),
        figure(other),
        figure(one.pairs - one.tested),
        one.failing_since.clone().unwrap_or_else(|| words::NONE.to_owned()),
    ]
}
