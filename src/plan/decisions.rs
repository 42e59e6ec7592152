//! What people decided: a yes or no for a rule, given as `CODE=accept` or `CODE=reject`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

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

/// Why a decision cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecisionError {
    /// Not of the form `CODE=ANSWER`.
    #[error("`--decide {word}` is no decision; write CODE=accept or CODE=reject")]
    Form {
        /// The word as given.
        word: String,
    },
    /// The answer is neither.
    #[error("`--decide {word}`: the answer is `accept` or `reject`, not `{answer}`")]
    Answer {
        /// The word as given.
        word: String,
        /// What stands for the answer.
        answer: String,
    },
    /// No such rule.
    #[error("`--decide {word}` names no rule; {hint}")]
    UnknownRule {
        /// The word as given.
        word: String,
        /// The nearest known name.
        hint: String,
    },
    /// Yes and no at once.
    #[error("{code} is both accepted and rejected; decide once")]
    Contradiction {
        /// Code of the rule.
        code: &'static str,
    },
}

/// Decisions by rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    rules: BTreeMap<&'static str, Answer>,
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
        Ok(Self { rules })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_decided_on() {
        let decisions = Decisions::parse(["dup001=accept, spelling-variant=Reject", "DUP001=accept"]).unwrap();
        assert_eq!(decisions.of("DUP001"), Some(Answer::Accept));
        assert_eq!(decisions.of("DRF001"), Some(Answer::Reject));
        assert_eq!(decisions.of("FMT005"), None);
    }

    #[test]
    fn what_is_no_decision_says_what_would_be_one() {
        let error = |word: &str| Decisions::parse([word]).unwrap_err().to_string();
        assert!(error("DUP01=accept").contains("did you mean `DUP001`?"), "{}", error("DUP01=accept"));
        assert!(error("DUP001").contains("CODE=accept"));
        assert!(error("DUP001=maybe").contains("not `maybe`"));
        assert!(error("DUP001=accept,DUP001=reject").contains("decide once"));
    }
}
