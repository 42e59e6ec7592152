//! What people decided: a yes or no for a rule (`CODE=accept`), for two records that are or are not one, or for one
//! proposed value.
//!
//! Decisions on merges are kept per unordered pair of record ids: who says that a record does not belong to a group says
//! it of its pair with every other one. The rest are kept by the fingerprint of the evidence. Either overrides what was
//! said of the rule as a whole.

mod ballots;
mod error;
mod file;
mod known;
mod pairs;
mod records;
mod sheet;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

pub use ballots::{Given, read};
pub use error::{DecisionError, Refused};
pub use file::{FILE, Kept, Subject};
pub use known::Known;
pub(super) use pairs::Pairs;
pub(super) use records::Records;
pub(super) use records::value_key;
pub use sheet::{CELL, COLUMNS, FIELD, GROUP, RECORD};

use super::build::MERGES;
use super::operation::Decision;
use crate::evidence::EvidenceRow;
use crate::rules::RULES;

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Carry the proposals out.
    Accept,
    /// Leave everything as it is.
    Reject,
}

impl Answer {
    /// The word used on the command line and in plans.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
        }
    }
}

/// An answer, who gave it and when.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ruling {
    /// Yes or no.
    pub answer: Answer,
    /// Who answers for it.
    pub by: Option<String>,
    /// The day of the audit's clock.
    pub on: Option<NaiveDate>,
}

impl Ruling {
    /// The form in which operations carry it.
    pub(super) fn decision(&self) -> Decision {
        Decision::Accepted { by: self.by.clone(), on: self.on }
    }

    /// `by revops@acme.example on 2026-10-31`, as far as it is known.
    pub(super) fn signed(&self) -> String {
        let by = self.by.as_deref().map_or(String::new(), |by| format!(" by {by}"));
        let on = self.on.map_or(String::new(), |on| format!(" on {on}"));
        by + &on
    }
}

/// What a plan says of evidence on which nobody decided.
pub(super) fn needed(code: &str) -> String {
    format!("needs a decision: --decide {code}=accept, or =reject")
}

/// Decisions, as far as they are about this audit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    rules: BTreeMap<&'static str, Answer>,
    values: BTreeMap<String, Ruling>,
    pairs: Pairs,
    /// What counts as accepted where nobody said anything.
    assumed: Assumed,
}

/// What counts as accepted where nobody said anything: the plans that a reviewer is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Assumed {
    #[default]
    Nothing,
    /// Every merge, with no values but those that are decided on or need nobody: what a yes on a group alone brings.
    Merges,
    /// Every value, and nothing is merged, so that no cell is left out for it.
    Values,
}

impl Decisions {
    /// Reads words of the form `CODE=accept` or `NAME=reject`; several may stand in one with commas between.
    pub fn parse<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Self, DecisionError> {
        let mut rules = BTreeMap::new();
        for word in words.into_iter().flat_map(|word| word.split(',')).map(str::trim).filter(|word| !word.is_empty()) {
            let (rule, answer) = word.split_once('=').ok_or_else(|| DecisionError::Form { word: word.to_owned() })?;
            let answer = match answer.trim().to_lowercase().as_str() {
                "accept" => Answer::Accept,
                "reject" => Answer::Reject,
                _ => return Err(DecisionError::Answer { word: word.to_owned(), answer: answer.to_owned() }),
            };
            let rule = rule.trim();
            let meta = RULES
                .iter()
                .map(|known| known.meta())
                .find(|meta| rule.eq_ignore_ascii_case(meta.code) || rule.eq_ignore_ascii_case(meta.name));
            let Some(meta) = meta else {
                let known = RULES.iter().flat_map(|known| [known.meta().code, known.meta().name]);
                let hint = crate::config::hint(rule, known);
                return Err(DecisionError::UnknownRule { word: word.to_owned(), hint });
            };
            if rules.insert(meta.code, answer).is_some_and(|before| before != answer) {
                return Err(DecisionError::Contradiction { code: meta.code });
            }
        }
        Ok(Self { rules, ..Self::default() })
    }

    /// What was decided about the rule with code `code`.
    #[must_use]
    pub fn of(&self, code: &str) -> Option<Answer> {
        self.rules.get(code).copied()
    }

    /// Every decision, by code.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Answer)> + '_ {
        self.rules.iter().map(|(code, answer)| (*code, *answer))
    }

    /// These decisions, and what people said of records and values: for `known`, the audit that they are about.
    #[must_use]
    pub fn with(mut self, kept: &Kept, known: &Known) -> Self {
        for (subject, (_, ruling)) in kept.iter() {
            match known.resolve(subject) {
                Some(Subject::Value { fingerprint }) => drop(self.values.insert(fingerprint, ruling.clone())),
                Some(Subject::Pair { scope, low, high }) => self.pairs.insert(&scope, low, high, ruling.clone()),
                None => {}
            }
        }
        self
    }

    /// The same, with a yes where nobody said anything: what a reviewer is asked about.
    pub(super) fn assumed(&self, assumed: Assumed) -> Self {
        Self { assumed, ..self.clone() }
    }

    /// What was decided about a row of evidence that proposes a value. `rule` is how decisions on rules are signed.
    pub(super) fn on(&self, row: &EvidenceRow, rule: &Decision) -> Option<Ruling> {
        self.values.get(&row.fingerprint).cloned().or_else(|| self.by_rule(row.code, rule))
    }

    /// What was decided about a rule as a whole, signed.
    pub(super) fn by_rule(&self, code: &str, rule: &Decision) -> Option<Ruling> {
        let is_assumed = match self.assumed {
            Assumed::Nothing => false,
            Assumed::Merges => MERGES.contains(&code),
            Assumed::Values => true,
        };
        let answer = self.of(code).or(is_assumed.then_some(Answer::Accept))?;
        let (by, on) = match rule {
            Decision::Accepted { by, on } => (by.clone(), *on),
            Decision::Safe => (None, None),
        };
        Some(Ruling { answer, by, on })
    }

    /// What was decided about the evidence of that fingerprint by itself.
    pub(super) fn on_value(&self, fingerprint: &str) -> Option<Answer> {
        self.values.get(fingerprint).map(|ruling| ruling.answer)
    }

    /// What was decided about pairs of records.
    pub(super) fn pairs(&self) -> &Pairs {
        &self.pairs
    }

    /// Whether nothing is to be merged.
    pub(super) fn keeps_apart(&self) -> bool {
        self.assumed == Assumed::Values
    }
}

/// Why a row of evidence was rejected.
pub(super) fn rejected(decisions: &Decisions, row: &EvidenceRow, ruling: &Ruling) -> String {
    if decisions.on_value(&row.fingerprint).is_some() {
        format!("rejected{}", ruling.signed())
    } else {
        format!("--decide {}=reject", row.code)
    }
}

/// Rows of evidence that each decision brought into the plan or kept out of it.
#[derive(Debug, Default)]
pub(super) struct Tally(BTreeMap<(&'static str, Ruling), u64>);

impl Tally {
    pub(super) fn add(&mut self, code: &'static str, ruling: &Ruling) {
        *self.0.entry((code, ruling.clone())).or_default() += 1;
    }

    /// The decisions as the plan records them; those on rules also where they met nothing.
    pub(super) fn recorded(mut self, decisions: &Decisions, rule: &Decision) -> Vec<Recorded> {
        for (code, _) in decisions.iter() {
            if let Some(ruling) = decisions.by_rule(code, rule) {
                self.0.entry((code, ruling)).or_default();
            }
        }
        let made = |((code, Ruling { answer, by, on }), rows)| Recorded { code, answer, by, on, rows };
        self.0.into_iter().map(made).collect()
    }
}

/// A decision as the plan records it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Recorded {
    /// Code of the rule.
    pub code: &'static str,
    /// Yes or no.
    pub answer: Answer,
    /// Who answers for the audit.
    pub by: Option<String>,
    /// The day of the audit's clock.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub on: Option<NaiveDate>,
    /// Rows of evidence that the decision brought into the plan or kept out of it.
    pub rows: u64,
}
